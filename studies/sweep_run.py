"""A sweep flown: its flights shared out, each one's outcome kept as soon as it is there."""

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np

from ..core.errors import ImpossibleError, InputError, OseaError, UndecidedError
from ..core.progress import Progress
from ..core.results import Result, Unit
from ..core.run_folder import RunFolder
from .ascend import ascend, stages_of
from .documents import Study
from .pool import shared_out
from .sweep import Sweep, Value

Status = Literal["done", "impossible", "undecided", "refused"]
KEPT = "results/flights.jsonl"


@dataclass(frozen=True, kw_only=True)
class Flight(Result):
    """One flight of a sweep. values: of the axes, as a file has them. What has no value was not reached: see message.

    refused: the study does not hold such a value; impossible: it cannot be flown; undecided: the solver failed. dry_mass: of all
    stages; cost: of one flight, by the sizing's relations (these two and the payload are all that is known of a sized vehicle).
    """

    number: int
    values: tuple[str, ...]
    status: str
    message: str = ""
    payload_mass: Annotated[float | None, Unit("kg")] = None
    liftoff_mass: Annotated[float | None, Unit("kg")] = None
    insertion_time: Annotated[float | None, Unit("s")] = None
    largest_dynamic_pressure: Annotated[float | None, Unit("Pa")] = None
    largest_acceleration: Annotated[float | None, Unit("m/s^2")] = None
    ideal_delta_v: Annotated[float | None, Unit("m/s")] = None
    gravity_loss: Annotated[float | None, Unit("m/s")] = None
    drag_loss: Annotated[float | None, Unit("m/s")] = None
    steering_loss: Annotated[float | None, Unit("m/s")] = None
    pressure_loss: Annotated[float | None, Unit("m/s")] = None
    dry_mass: Annotated[float | None, Unit("kg")] = None
    cost: Annotated[float | None, Unit("M$")] = None


@dataclass(frozen=True, kw_only=True)
class AxisValues(Result):
    """What varied. numbers: the values in *unit* where all are numbers of one unit, else None."""

    name: str
    fields: tuple[str, ...]
    values: tuple[str, ...]
    unit: str
    numbers: tuple[float, ...] | None


@dataclass(frozen=True, kw_only=True)
class SweepResult(Result):
    """All flights, the last axis changing fastest."""

    name: str
    axes: tuple[AxisValues, ...]
    flights: tuple[Flight, ...]

    def payloads(self) -> np.ndarray:
        """Payload [kg] by the axes' positions; nan where a flight has none."""
        masses = [np.nan if f.payload_mass is None else f.payload_mass for f in self.flights]
        return np.array(masses).reshape([len(a.values) for a in self.axes])


def run_sweep(
    sweep: Sweep,
    run: RunFolder | None = None,
    *,
    jobs: int = 0,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> SweepResult:
    """Fly every combination. jobs, scheduler: who flies, as of `shared_out`; run: keeps each flight, gives back those it holds.

    Raises InputError when a field is not in the study; a single flight that fails is in the result, with the reason.
    """
    sweep.require_fields()
    progress = progress or Progress()
    done = {f.number: f for f in _kept(run)}
    todo = [(n, values) for n, values in enumerate(sweep.combinations()) if n not in done]
    text = json.dumps(sweep.to_plain())
    for flight in shared_out(_fly_there, text, todo, jobs=jobs, scheduler=scheduler):
        done[flight.number] = flight
        if run is not None:
            run.append_text(KEPT, json.dumps(flight.to_json(), ensure_ascii=False, allow_nan=False) + "\n")
        with progress.step(f"flight {len(done)}"):
            progress.note(f"of {sweep.size}")
    return SweepResult(
        name=sweep.name,
        axes=tuple(
            _axis_values(label, a.fields, a.points()) for a, label in zip(sweep.vary, sweep.labels, strict=True)
        ),
        flights=tuple(done[n] for n in sorted(done)),
        input_hash=sweep.content_hash(),
    )


def _kept(run: RunFolder | None) -> list[Flight]:
    """The flights that an interrupted run has left; a line cut short by the interruption is flown again."""
    flights = []
    for line in ((run.read_text(KEPT) if run else None) or "").splitlines():
        try:
            flights.append(Flight.from_json(json.loads(line)))
        except ValueError:
            continue
    return flights


def _fly_there(text: str, number: int, values: tuple[Value, ...]) -> Flight:
    return _fly(_read(text), number, values)


@lru_cache(maxsize=1)
def _read(text: str) -> Sweep:
    return Sweep.model_validate(json.loads(text))


def _fly(sweep: Sweep, number: int, values: tuple[Value, ...]) -> Flight:
    told = tuple(str(v) for v in values)

    def failed(status: Status, error: OseaError) -> Flight:
        return Flight(number=number, values=told, status=status, message=error.message)

    try:
        study = sweep.variant(values)
    except InputError as error:
        return failed("refused", error)
    done = Flight(number=number, values=told, status="done")
    try:
        return _sized(study, done) if study.size is not None else _flown(study, done)
    except ImpossibleError as error:
        return failed("impossible", error)
    except UndecidedError as error:
        return failed("undecided", error)
    except InputError as error:
        return failed("refused", error)


def _sized(study: Study, done: Flight) -> Flight:
    """With what is known of the vehicle that the sizing loop closes."""
    from .sizing.loop import size_study

    result = size_study(study).result
    stages = {s.stage for s in result.iterations[-1].stages}
    dry = sum(m.dry for m in result.masses if m.stage in stages)  # not the fairing, which may be sized too
    cost = None if result.cost is None else result.cost.total
    return replace(done, payload_mass=result.payload, liftoff_mass=result.liftoff, dry_mass=dry, cost=cost)


def _flown(study: Study, done: Flight) -> Flight:
    ascent = ascend(study).ascent
    t, budget = ascent.trajectory, ascent.budget
    return replace(
        done,
        payload_mass=ascent.payload_mass,
        liftoff_mass=ascent.liftoff_mass,
        insertion_time=ascent.insertion.time,
        largest_dynamic_pressure=float(np.max(t.dynamic_pressure)),
        largest_acceleration=float(np.max(t.axial_acceleration)),
        ideal_delta_v=budget.ideal,
        gravity_loss=budget.gravity,
        drag_loss=budget.drag,
        steering_loss=budget.steering,
        pressure_loss=budget.pressure,
        dry_mass=sum(s.dry_mass for s in stages_of(study.vehicle)),
    )


def _axis_values(name: str, fields: tuple[str, ...], values: tuple[Value, ...]) -> AxisValues:
    split = [re.fullmatch(r"\s*([-+.\deE]+)\s*(.*)", str(v)) for v in values]
    units = {m[2].strip() for m in split if m}
    numbers = None
    if all(split) and len(units) == 1 and not any(isinstance(v, bool) for v in values):
        numbers = tuple(float(m[1]) for m in split if m)
    return AxisValues(
        name=name,
        fields=fields,
        values=tuple(str(v) for v in values),
        unit=units.pop() if numbers and units else "",
        numbers=numbers,
    )
