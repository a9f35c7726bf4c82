"""A sweep flown: its flights shared out among processes, each one's outcome kept as soon as it is there."""

import json
import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Annotated, Any, Literal

import numpy as np

from ..core.errors import ImpossibleError, InputError, OseaError, UndecidedError
from ..core.progress import Progress
from ..core.results import Result, Unit
from ..core.run_folder import RunFolder
from .ascend import ascend
from .sweep import Sweep, Value

Status = Literal["done", "impossible", "undecided", "refused"]
KEPT = "results/flights.jsonl"


@dataclass(frozen=True, kw_only=True)
class Flight(Result):
    """One flight of a sweep. values: of the axes, as a file has them. What has no value was not reached: see message.

    refused: the study does not hold such a value; impossible: it cannot be flown; undecided: the solver failed.
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
    sweep: Sweep, run: RunFolder | None = None, *, jobs: int = 0, progress: Progress | None = None
) -> SweepResult:
    """Fly every combination. jobs: processes, 0 for one a core; run: keeps each flight, and gives back those it holds.

    Raises InputError when a field is not in the study; a single flight that fails is in the result, with the reason.
    """
    sweep.require_fields()
    progress = progress or Progress()
    done = {f.number: f for f in _kept(run)}
    todo = [(n, values) for n, values in enumerate(sweep.combinations()) if n not in done]
    for flight in _flights(sweep, todo, jobs or os.cpu_count() or 1):
        done[flight.number] = flight
        if run is not None:
            run.append_text(KEPT, json.dumps(flight.to_json(), ensure_ascii=False, allow_nan=False) + "\n")
        with progress.step(f"flight {len(done)}"):
            progress.note(f"of {sweep.size}")
    return SweepResult(
        name=sweep.name,
        axes=tuple(_axis_values(a.label, a.fields, a.points()) for a in sweep.vary),
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


def _flights(sweep: Sweep, todo: list[tuple[int, tuple[Value, ...]]], jobs: int) -> Iterator[Flight]:
    if jobs == 1 or len(todo) < 2:
        yield from (_fly(sweep, number, values) for number, values in todo)
        return
    pool = ProcessPoolExecutor(
        min(jobs, len(todo)), mp_context=get_context("spawn"), initializer=_begin, initargs=(sweep.to_plain(),)
    )
    try:
        waiting: list[Future[dict[str, Any]]] = [pool.submit(_fly_there, *item) for item in todo]
        for future in as_completed(waiting):
            yield Flight.from_json(future.result())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)  # after Ctrl-C the flights under way end first: seconds


_sweep: Sweep | None = None  # of a worker process


def _begin(plain: dict[str, Any]) -> None:
    """In a worker: the sweep is read once; Ctrl-C is the parent's to handle."""
    global _sweep
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _sweep = Sweep.model_validate(plain)


def _fly_there(number: int, values: tuple[Value, ...]) -> dict[str, Any]:
    assert _sweep is not None
    return _fly(_sweep, number, values).to_json()


def _fly(sweep: Sweep, number: int, values: tuple[Value, ...]) -> Flight:
    told = tuple(str(v) for v in values)

    def failed(status: Status, error: OseaError) -> Flight:
        return Flight(number=number, values=told, status=status, message=error.message)

    try:
        study = sweep.variant(values)
    except InputError as error:
        return failed("refused", error)
    try:
        ascent = ascend(study).ascent
    except ImpossibleError as error:
        return failed("impossible", error)
    except UndecidedError as error:
        return failed("undecided", error)
    except InputError as error:
        return failed("refused", error)
    t, budget = ascent.trajectory, ascent.budget
    return Flight(
        number=number,
        values=told,
        status="done",
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
