"""The landing guidance as C99: header, source, test vectors made by the Python, and the test that holds them against the C.

write_landing(Path("out/landing"), [(vehicle, states)])
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ...core.earth import G0
from . import descent, landing, search
from .c99 import Translation
from .lander import (
    LEAST_INTERVALS,
    MISS_WEIGHT,
    MOST_INTERVALS,
    OUTCOMES,
    WORK_SIZE,
    Engines,
    Lander,
    LandingVehicle,
    Plan,
)

TIMES = 9
"""Instants of a plan that a vector holds."""
UPDATE_PROGRAMS = landing.WARM_TRIES + 1
_HALVINGS = 8  # of a flight time until it is within TIME_TOLERANCE of a feasible one
_SEARCH = landing.COARSE_STEPS * _HALVINGS + search.PASSES
SOLVE_PROGRAMS = 3 * (search.TRIES + 2 * _SEARCH + 2) + landing.FINE_STEPS * _HALVINGS + search.PASSES + 1
"""No search takes more: first_feasible, search_time and passes of every branch of `solve_landing`."""


@dataclass(frozen=True)
class State:
    """A state of a test vector: position, velocity (3,) [m, m/s] and mass [kg] at the pad; after so many seconds an update."""

    position: tuple[float, float, float]
    velocity: tuple[float, float, float]
    mass: float
    elapsed: float = 0.0


def c_sources() -> dict[str, str]:
    """osea_landing.h and osea_landing.c."""
    body = Translation([descent.set_state, landing.solve_landing, landing.update_landing, landing.read_plan]).text()
    numbers = {
        "hash": hashlib.sha256(body.encode()).hexdigest()[:16],
        "body": body,
        "work": WORK_SIZE,
        "kilobytes": WORK_SIZE * 8 / 1024,
        "iterations": descent.ITERATION_BOUND,
        "updates": UPDATE_PROGRAMS,
        "solves": SOLVE_PROGRAMS,
        "intervals": MOST_INTERVALS,
        "least_intervals": LEAST_INTERVALS,
        "miss_weight": MISS_WEIGHT,
        "standard_gravity": G0,
    }
    return {
        name: _templates().get_template(f"{name[5:]}.j2").render(**numbers)
        for name in ("osea_landing.h", "osea_landing.c")
    }


def landing_files(cases: Sequence[tuple[LandingVehicle, Sequence[State]]]) -> dict[str, str]:
    """All four files, with a test vector for each state."""
    files = c_sources()
    vectors = [_vector(i, vehicle, state) for i, (vehicle, states) in enumerate(cases) for state in states]
    known = {
        "hash": hashlib.sha256(files["osea_landing.c"].encode()).hexdigest()[:16],
        "times": TIMES,
        "vehicles": [_initialiser(_vehicle(v)) for v, _ in cases],
        "vectors": [_initialiser(v) for v in vectors],
    }
    files["osea_landing_vectors.h"] = _templates().get_template("vectors.h.j2").render(**known)
    files["osea_landing_test.c"] = _templates().get_template("test.c.j2").render(**known)
    return files


def c_vehicle(vehicle: LandingVehicle) -> str:
    """An osea_landing_vehicle_t as an initialiser."""
    return _initialiser(_vehicle(vehicle))


def _vehicle(v: LandingVehicle) -> list[Any]:
    engines = [*v.engines, *[Engines(0.0, 0.0)] * (3 - len(v.engines))]
    shares = [*v.switch_share, *[0.0] * (2 - len(v.switch_share))]
    return [
        v.gravity, v.specific_impulse, len(v.engines), [[e.least_thrust, e.most_thrust, e.exit_area] for e in engines], shares,
        v.air_pressure, v.pressure_height, v.air_density, v.density_height, v.drag_area, v.tilt, v.last_tilt, v.glide_slope,
        v.most_speed, v.dry_mass, v.touchdown_velocity, v.intervals,
    ]  # fmt: skip


def _vector(number: int, vehicle: LandingVehicle, state: State) -> list[Any]:
    lander = Lander(vehicle)
    plan = lander.solve(state.position, state.velocity, state.mass)
    first = OUTCOMES.index(plan.outcome)
    after: list[Any] = [0, 0.0, [0.0] * 3, [0.0] * 3, 0.0, 0]
    if state.elapsed > 0.0 and plan.found:
        position, velocity, mass = (
            _at(plan, plan.position, state.elapsed) + 3.0, _at(plan, plan.velocity, state.elapsed) - 0.5,
            float(np.interp(state.elapsed, plan.time, plan.mass)),
        )  # fmt: skip
        plan = lander.update(position, velocity, mass, state.elapsed)
        after = [1, state.elapsed, position, velocity, mass, OUTCOMES.index(plan.outcome)]
    head = [number, state.position, state.velocity, state.mass, first, *after]
    if not plan.found:
        return [*head, 0.0, 0.0, 0.0, 0.0, [[0.0] * 3] * TIMES, [[0.0] * 3] * TIMES, [0.0] * TIMES]
    times = plan.flight_time * np.arange(TIMES) / (TIMES - 1)
    acceleration = np.array([_at(plan, plan.acceleration, t) for t in times])
    place = np.array([_at(plan, plan.position, t) for t in times])
    points = _points(lander, times)
    return [
        *head, plan.flight_time, plan.propellant, plan.miss, plan.shortfall, acceleration, place,
        points[:, 7] * np.exp(points[:, 6]),
    ]  # fmt: skip


def _at(plan: Plan, values: np.ndarray, time: float) -> np.ndarray:
    return np.array([np.interp(time, plan.time, column) for column in values.T])


def _points(lander: Lander, times: np.ndarray) -> np.ndarray:
    from . import node

    out = np.empty((len(times), node.VARIABLES))
    for row, time in zip(out, times, strict=True):
        landing.read_plan(lander.work, float(time), node.SCRATCH)
        row[:] = lander.work[node.SCRATCH : node.SCRATCH + node.VARIABLES]
    return out


def _initialiser(value: Any) -> str:
    if isinstance(value, list | tuple | np.ndarray):
        return "{" + ", ".join(_initialiser(v) for v in value) + "}"
    return str(value) if isinstance(value, int) else repr(float(value))


def write_landing(folder: Path, cases: Sequence[tuple[LandingVehicle, Sequence[State]]]) -> None:
    """Write the files into a folder, which is made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in landing_files(cases).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


@lru_cache
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent / "data"
    # C, not HTML: nothing is escaped
    return Environment(  # noqa: S701
        loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
