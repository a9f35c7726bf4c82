"""Payload of every complete row of the launch vehicles' table, beside the published one.

Each row is flown as data/launchers.yaml states: from its site to its orbit, the largest payload by the optimizer. No constant is
fitted; what the table lacks follows one rule for all rows.
"""

import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..core.earth import G0
from ..core.errors import OseaError, UndecidedError
from ..core.progress import Progress
from ..trajectory.environment.atmosphere import pressure, standard_atmosphere
from ..trajectory.flight_plan import FlightPlan, flight_plan
from ..trajectory.result import AscentResult
from ..vehicle.checks import lift_off_check
from .comparison import Comparison
from .kept_rows import KeptRows
from .launcher_rows import (
    adapter,
    alternatives,
    complete_rows,
    flight_of,
    other_orbits,
    separated,
    size,
    table,
    unburned,
    with_reserve,
)

GROUP = "Payload of launch vehicles"
OTHER = "Payload of launch vehicles: other orbits that are published"
ALTERNATIVES = "Payload of launch vehicles: what other figures would make of it"
VELOCITY = "Payload of launch vehicles: what the published figures give, and what the ascent takes"
# Several stages and restarts take more than a plain ascent. No time ends a solve: a row ends alike on any machine.
_ITERATIONS = 300
_UNLIMITED = 1e5  # s
MESH_TOLERANCE = (
    1e-4  # payloads are wanted to a per mille: that the flight stands within 100 m and 0.1 m/s is what counts
)
KEPT = KeptRows(
    "launchers",
    (
        "core", "propulsion", "vehicle", "trajectory", "validation/launchers.py", "validation/launcher_rows.py",
        "validation/data/launchers.yaml", "validation/data/launchers_other_orbits.yaml",
        "validation/data/launchers_alternatives.yaml",
    ),
)  # fmt: skip
LEAST_SHARE = 0.8  # of the complete rows that should come within the tolerance


@dataclass(frozen=True)
class Payload:
    """One row flown: the largest payload [kg], the losses [m/s] until insertion, or why there is no number.

    ideal: velocity [m/s] that all burns give with the payload found; published: what the same burns give with the published one.
    """

    name: str
    payload: float | None = None
    burns: int = 1  # of the last stage
    gravity_loss: float = 0.0
    drag_loss: float = 0.0
    steering_loss: float = 0.0
    pressure_loss: float = 0.0
    ideal: float = 0.0
    published: float = 0.0
    dynamic_pressure: float = 0.0
    acceleration: float = 0.0
    seconds: float = 0.0
    error: str = ""


@cache
def explanations() -> dict[str, Any]:
    """Why rows differ, written after they were flown; nothing of it enters a flight."""
    return yaml.safe_load((Path(__file__).parent / "data" / "launchers_explained.yaml").read_text(encoding="utf-8"))


def ascent_of(row: dict[str, Any]) -> AscentResult:
    """The optimal ascent of a row, flown again. Raises what `solve_ascent` raises."""
    from ..trajectory.ascent import OPTIONS, solve_ascent
    from ..trajectory.ascent_result import fly_ascent

    flight = flight_of(row)
    ambient = float(pressure(standard_atmosphere(), flight.mission.site.ellipsoid_altitude()))
    lift_off_check(flight.vehicle, flight.maps, payload_mass=0.0, ambient_pressure=ambient)
    plan = with_reserve(flight_plan(flight.vehicle, flight.mission, flight.maps), flight.mission)
    return fly_ascent(
        solve_ascent(
            full_thrust(plan),
            flight.mission,
            options=replace(OPTIONS, max_iterations=_ITERATIONS, max_time=_UNLIMITED, explain=False),
            mesh_tolerance=MESH_TOLERANCE,
            time_limit=_UNLIMITED,
        )
    )


def full_thrust(plan: FlightPlan) -> FlightPlan:
    """The plan at full thrust wherever no schedule says otherwise."""
    segments = (replace(s, throttle=1.0) if s.throttles else s for s in plan.segments)
    return replace(plan, segments=tuple(segments))


def _all_rows() -> list[dict[str, Any]]:
    return [*complete_rows(), *other_orbits(), *alternatives()]


def fly(name: str) -> Payload:
    """The row of that name."""
    row = next(r for r in _all_rows() if r["name"] == name)
    burns = row.get("flight", {}).get("last_stage_burns", 1)
    try:
        try:
            found = ascent_of(row)
        except UndecidedError:
            if burns == 1:
                raise
            burns = 1  # a flight without the coast is one of those with it: what it carries can be carried
            found = ascent_of(row | {"flight": {k: v for k, v in row["flight"].items() if k != "last_stage_burns"}})
    except OseaError as error:
        return Payload(name, error=f"no number: {error.message.removesuffix('; the worst violations at the end:')}")
    budget = found.budget
    return Payload(
        name,
        payload=separated(found.payload_mass),
        burns=burns,
        gravity_loss=budget.gravity,
        drag_loss=budget.drag,
        steering_loss=budget.steering,
        pressure_loss=budget.pressure,
        ideal=budget.ideal,
        published=ideal_with(found, row["payload"]["kg"] + adapter(row["payload"]["kg"]) - found.payload_mass),
        dynamic_pressure=float(found.trajectory.dynamic_pressure.max()),
        acceleration=float(found.trajectory.axial_acceleration.max()),
        seconds=found.solver.wall_time,
    )


def ideal_with(ascent: AscentResult, extra: float) -> float:
    """Ideal velocity [m/s] of the flight's burns with some mass [kg] more aboard: Tsiolkovsky's equation, burn by burn."""
    total = 0.0
    for index, piece in enumerate(ascent.segment_budgets):
        mass = ascent.trajectory.mass[ascent.trajectory.phase_index == index]
        if piece.budget.ideal > 0.0:
            before, after = float(mass[0]), float(mass[-1])
            total += piece.budget.ideal * np.log((before + extra) / (after + extra)) / np.log(before / after)
    return float(total)


def _equivalent(row: dict[str, Any], ours: float) -> float:
    """Velocity [m/s] that lies between the published payload and ours, by Tsiolkovsky's equation on the last stage's end mass."""
    last = row["stages"][-1]
    end = last["dry_mass_kg"] + unburned(last)
    return float(last["isp_vacuum_s"] * G0 * np.log((end + ours) / (end + row["payload"]["kg"])))


def _row_comparison(row: dict[str, Any], flown: Payload, group: str = GROUP, whys: str = "rows") -> Comparison:
    given, why = row["payload"], explanations()[whys].get(row["name"], "")
    note = ""
    if flown.payload is not None:
        worth = _equivalent(row, flown.payload)
        note = f"{row['name']}: the difference is worth {worth:+.0f} m/s"
        if flown.ideal > 0.0:  # what every engine, or the last stage alone, would have to be
            extra = flown.payload - given["kg"]
            note += f" ({-worth / flown.ideal:+.1%} of every specific impulse, or {extra:+,.0f} kg of the last stage, explain it)"
        if flown.burns == 1 and row.get("flight", {}).get("last_stage_burns") == 2:
            note += ", flown with one burn of the last stage: with two the solver did not converge"
        note += f". {why}" if why else ""
    return Comparison(
        group,
        f"{row.get('vehicle', row['name'])}, {size(row['orbit'])}",
        "kg",
        given["kg"],
        given["source"],
        given["grade"],
        ours=flown.payload,
        kind="shown",
        real=True,
        digits=5,
        note=note or why,
        error=flown.error,
    )


def _velocity(row: dict[str, Any], flown: Payload) -> Comparison:
    """What the orbit takes, losses and all, beside what the row's figures give with the published payload."""
    lost = f"gravity {flown.gravity_loss:.0f}, drag {flown.drag_loss:.0f}, steering {flown.steering_loss:.0f}"
    return Comparison(
        VELOCITY,
        f"{row['name']}: {lost}, ambient pressure {flown.pressure_loss:.0f} m/s lost",
        "m/s",
        flown.published,
        "Tsiolkovsky's equation on the row's figures",
        row["payload"]["grade"],
        ours=flown.ideal,
        kind="shown",
        real=True,
        digits=5,
        note=explanations()["velocity"],
    )


def _incomplete(row: dict[str, Any]) -> Comparison:
    figures = ", ".join(f"{k} {v:g} kg" for k, v in row["published_payload_kg"].items())
    return Comparison(
        GROUP,
        f"{row['name']} ({figures}): incomplete, not flown",
        "kg",
        None,
        "the reference table",
        "secondary",
        kind="shown",
        note=f"{row['name']} is incomplete: {row['incomplete']}",
    )


def comparisons(progress: Progress | None = None) -> list[Comparison]:
    """Every row of the table: payload beside the published one, or why it cannot be flown; and how many come within the goal."""
    progress = progress or Progress()
    rows, names = complete_rows(), [r["name"] for r in _all_rows()]
    made = KEPT.complete(names, fly, lambda count, row: progress.note(f"{count} of {len(names)}: {row['name']}"))
    flown = {name: Payload(**row) for name, row in made.items()}
    found = [_row_comparison(r, flown[r["name"]]) for r in rows]
    counted = [c for c in found if c.grade != "recalled"]
    tolerance = table()["rules"]["tolerance"]
    outside = sum(c.difference is None or abs(c.difference) > tolerance * (c.published or 0.0) for c in counted)
    goal = Comparison(
        GROUP,
        f"rows of {len(counted)} more than {tolerance:.0%} off, or without a number",
        "1",
        float(int((1.0 - LEAST_SHARE) * len(counted))),
        "own bound",
        "read",
        ours=float(outside),
        kind="at most",
        real=True,
        note=explanations()["all"],
    )
    left_out = [_incomplete(r) for r in table()["vehicles"] if "incomplete" in r]
    velocities = [_velocity(r, flown[r["name"]]) for r in rows if flown[r["name"]].ideal > 0.0]
    others = [_row_comparison(r, flown[r["name"]], OTHER, "other_orbits") for r in other_orbits()]
    varied = [_alternative(r, flown[r["name"]], flown[r["vehicle"]]) for r in alternatives()]
    return [goal, *found, *left_out, *others, *varied, *velocities]


def _alternative(row: dict[str, Any], flown: Payload, base: Payload) -> Comparison:
    """The row with other figures, and beside which payload of ours it stands."""
    ours = "no number" if base.payload is None else f"{base.payload:,.0f} kg"
    return Comparison(
        ALTERNATIVES,
        f"{row['name']} (the table: {ours})",
        "kg",
        row["payload"]["kg"],
        row["source"],
        row["grade"],
        ours=flown.payload,
        kind="shown",
        real=True,
        digits=5,
        note=explanations()["alternatives"],
        error=flown.error,
    )


if __name__ == "__main__":  # single rows: python -m osea_rocket.validation.launchers NAME...
    for name in sys.argv[1:]:
        print(fly(name), flush=True)
