"""A bench's study, made ready to fly before a flight computer."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.documents import load_document
from ..core.errors import InputError
from ..core.progress import Progress
from ..core.results import Array
from ..hil.document import Bench
from ..hil.plant import Flying
from ..recovery.descent_document import LandingStudy
from ..trajectory.flight.case import Case
from ..trajectory.flight.layout import PH
from ..trajectory.flight.plant import Flight
from ..trajectory.flight.sampled import drawn_parameters
from ..vehicle.vehicle import Vehicle
from .ascend import FlownAscent, ascend
from .documents import Study
from .flight_phases import FlightCase, flight_case
from .landing_bench import LandingBench, landing_bench
from .steering_table import steering_table

BENCH_STEPS = {"read": 1.5, "engines": 0.5, "vehicle": 0.5, "ascent": 6.0, "steering table": 2.0, "control design": 2.0}


@dataclass(frozen=True)
class BenchCase:
    """What flies on a bench. empty_mass (phases,) [kg]: of the vehicle in each phase when its
    stage's usable propellant is gone."""

    bench: Bench
    flown: FlownAscent
    made: FlightCase
    empty_mass: Array

    @property
    def case(self) -> Case:
        return self.made.case

    @property
    def name(self) -> str:
        return self.flown.study.name

    @property
    def input_hash(self) -> str:
        return self.flown.ascent.input_hash

    @property
    def vehicle(self) -> Vehicle | None:
        return self.flown.study.vehicle

    @property
    def planned(self) -> float:
        """About how long the flight takes [s]."""
        return float(self.flown.ascent.trajectory.time[-1])

    @property
    def control_period(self) -> float:
        return 1.0 / self.made.rules.control_rate

    @property
    def guidance_period(self) -> float:
        return self.made.rules.guidance_period

    def spans(self) -> dict[int, tuple[float, float, float]]:
        """(mass at begin, mass at end [kg], duration [s]) of each phase, of the nominal flight without sensor errors."""
        flight = Flight(self.case.with_head(log_every=10.0, perfect=1.0), log_rows=200_000)
        flight.advance()
        h = flight.history()
        result = {}
        for k in range(len(self.case.names)):
            here = np.flatnonzero(h["phase"] == k)
            if len(here):
                t, m = h["time"][here], h["mass"][here]
                result[k] = float(m[0]), float(m[-1]), float(t[-1] - t[0]) + 0.1
        return result

    def flying(self, seed: int) -> Flying:
        """With the errors of instruments and vehicle that a seed draws; nominal for seed 0."""
        drawn = drawn_parameters(self.case.parameters, self.made.rules, seed)
        return Flying(self.case, self.empty_mass, drawn)


def open_bench(path: Path | Bench, progress: Progress | None = None) -> BenchCase | LandingBench:
    """A bench document (a path, or the document), made ready: an ascent, or a booster's descent."""
    progress = progress or Progress()
    with progress.step("read"):
        bench = path if isinstance(path, Bench) else load_document(Bench, path)
    if isinstance(bench.study, LandingStudy):
        return landing_bench(bench, bench.study, progress)
    return bench_case(bench, progress)


def bench_case(path: Path | Bench, progress: Progress | None = None) -> BenchCase:
    """Read a bench document (a path, or the document), solve its study's ascent and design its control."""
    progress = progress or Progress()
    bench = path if isinstance(path, Bench) else load_document(Bench, path)
    study = bench.study
    if not isinstance(study, Study):
        text = f"an ascent (osea/study/v1) is needed here, not {study.schema_id}; `osea hil run` flies that one"
        raise InputError(text, where=bench.where("study"))
    flown = ascend(study, progress)
    with progress.step("steering table"):
        steering = steering_table(flown.solved, flown.ascent.trajectory)
    with progress.step("control design"):
        made = flight_case(flown, steering, study.flight)
    return BenchCase(bench, flown, made, empty_masses(flown, made.case))


def empty_masses(flown: FlownAscent, case: Case) -> Array:
    """(phases,) [kg], see `BenchCase`; what a later phase of the same stage drops still counts."""
    last = flown.plan.segments[-1]
    at_end = (last.burnout_mass or 0.0) + float(last.payload_aboard(flown.ascent.payload_mass))
    phases, stages = case.phases, case.phases[:, PH.stage]
    result = np.zeros(len(phases))
    for stage in np.unique(stages):
        mine = np.flatnonzero(stages == stage)
        least = phases[mine, PH.least_mass]
        base = at_end if stage == stages[-1] else float(least[least > 0.0].min()) if (least > 0.0).any() else 0.0
        for k in mine:
            result[k] = base + phases[mine[mine > k], PH.drop].sum() if base else 0.0
    return result
