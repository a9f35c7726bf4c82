"""A booster's return, made ready to fly before a flight computer: from separation, or the coast before the entry burn, until it
stands."""

from dataclasses import dataclass, replace

import numpy as np

from ..core.earth import G0
from ..core.progress import Progress
from ..core.results import Array
from ..hil.document import Bench
from ..hil.plant import Flying
from ..recovery.descent_case import CONTROL_EVERY, STEP, Begin, descent_case, separation_position
from ..recovery.descent_document import LandingStudy
from ..recovery.descent_flight import PERIOD, LandingDesign, design_landing, draws
from ..recovery.descent_guidance import DescentGuidance
from ..trajectory.flight.case import Case, parameter_index
from ..trajectory.flight.equations import quaternion_product

COAST = 10.0
"""Of the nominal flight before the entry burn [s]: the computer finds by itself when to light the engines."""


@dataclass(frozen=True)
class LandingBench:
    """What flies on a bench. case: the nominal flight; position, velocity (3,): its begin in the pad's axes; planned [s]: about
    how long it takes."""

    bench: Bench
    design: LandingDesign
    case: Case
    position: Array
    velocity: Array
    planned: float

    vehicle = None
    """There is no drawing of the booster."""
    control_period, guidance_period = STEP * CONTROL_EVERY, PERIOD

    @property
    def name(self) -> str:
        return self.design.study.name

    @property
    def input_hash(self) -> str:
        return self.design.study.content_hash()

    def spans(self) -> dict[int, tuple[float, float, float]]:
        """Of no phase: a descent's lengths are the guidance's to choose."""
        return {}

    def flying(self, seed: int) -> Flying:
        """The flight of one draw of the study's dispersions, as `osea land` draws them, begun before the entry burn; seed 0:
        nominal, with noise. The attitude that the computer's data state is off by the draw's error of alignment."""
        case, study = self.case, self.design.study
        position, velocity, parameters = draws(self.design, seed)
        if seed:
            case = beginning(self.design, self.position + position, self.velocity + velocity)
        state = case.state.copy()
        state[6:10] = turned_back(self.case.state[6:10], [parameters[parameter_index(f"alignment_{a}")] for a in "xyz"])
        dry = np.full(len(case.names), study.booster.dry_mass)
        return Flying(replace(case, state=state), dry, parameters, self.design.frame.origin)


def beginning(design: LandingDesign, position: np.ndarray, velocity: np.ndarray) -> Case:
    """The flight from a state (3,), (3,) in the pad's axes at separation, or on the coast before the entry burn."""
    begin: Begin = "separation" if design.study.separation else "coast"
    return descent_case(design.study, design.uprange, position, velocity, begin=begin)


def turned_back(estimated: np.ndarray, error: list[float]) -> np.ndarray:
    """The true attitude (4,) of an estimated one that is off by a rotation (3,) [rad] about inertial axes
    (`trajectory.flight.navigation.align`)."""
    x, y, z = (-0.5 * e for e in error)
    n = 1.0 / np.sqrt(1.0 + x * x + y * y + z * z)
    return np.array(quaternion_product(n, n * x, n * y, n * z, *estimated))


def landing_bench(bench: Bench, study: LandingStudy, progress: Progress) -> LandingBench:
    """Design the descent, and put its begin at the study's separation, or COAST before the entry burn."""
    with progress.step("control design"):
        design = design_landing(study)
        guidance = DescentGuidance(study, design.frame, design.air)
        guidance.predict(design.position, design.velocity, study.guidance.entry_speed)
        planned = COAST + guidance.to_go
        begin = guidance.reach.before(study.entry.mass, design.position, design.velocity, COAST)
        position, velocity = begin[:3], begin[3:]
        if study.separation:
            position, velocity = separation_position(study.separation, study, design.frame)
            planned += 2.0 * float(velocity[2]) / G0
    return LandingBench(bench, design, beginning(design, position, velocity), position, velocity, planned)
