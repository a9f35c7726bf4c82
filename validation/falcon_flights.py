"""Falcon 9 flights as they were seen, and as the optimizer flies them to the recorded cut-off time.

What is taken from a record: when the first stage was throttled down, cut off, and the second lit, and the largest dynamic
pressure. What is not: speed, altitude, steering. The flight goes on into the orbit in which the second stage's first burn
ended, and leaves as much propellant in that stage as may be; data/falcon_flights.yaml states the rules. The records are
public data that is not kept here; without them nothing is compared, and that is said.
"""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..core.earth import G0
from ..core.errors import OseaError
from ..trajectory.flight_plan import FlightPlan, flight_plan
from ..trajectory.result import AscentResult
from ..trajectory.sequence import ThrottleInterval
from ..vehicle.parts import Payload
from .launcher_rows import Flight, complete_rows, engine_map, flight_of

GROUP = "Falcon 9 as flown: first-stage cut-off"
RECORDS = Path(__file__).resolve().parents[2] / "shared" / "reference" / "trajectory" / "flights"
IGNITION_AFTER = 11.0  # s from cut-off to the second stage's ignition, where it was not recorded
_ALWAYS = 1e4  # s
_MESH_TOLERANCE = (
    1e-4  # what is compared is wanted to a per cent; the flight stands within 100 m and 0.1 m/s all the same
)
_STEP = 5.0  # s, of the throttle while the acceleration is held


@dataclass(frozen=True)
class Flown:
    """One flight beside its record: speed [m/s] and altitude [m] at cut-off, second cut-off [s]; ours, then theirs."""

    name: str
    speed: float = 0.0
    altitude: float = 0.0
    cutoff: float = 0.0
    recorded_speed: float = 0.0
    recorded_altitude: float = 0.0
    recorded_cutoff: float | None = None
    left: float = 0.0  # kg of usable propellant in the first stage at cut-off
    downrange: float = 0.0
    recorded_downrange: float = 0.0
    error: str = ""
    track: tuple[tuple[float, ...], ...] = ()  # time [s], speed [m/s], altitude [m]


@cache
def flights() -> dict[str, Any]:
    """The flights, their rules and sources."""
    return yaml.safe_load((Path(__file__).parent / "data" / "falcon_flights.yaml").read_text(encoding="utf-8"))


@cache
def records() -> dict[str, dict[str, Any]]:
    """The recorded events and the state at cut-off, by flight."""
    found = json.loads((RECORDS / "summary.json").read_text(encoding="utf-8"))
    return {r["mission"]: r for r in found}


def _row(flight: dict[str, Any]) -> dict[str, Any]:
    """A row of the launch vehicles' table for this flight: the stages of Falcon 9 with the thrust of its version."""
    data = flights()
    engines = data["rules"]["engines"][flight["version"]]
    falcon = next(r for r in complete_rows() if r["name"] == "Falcon 9 Block 5")
    first, second = falcon["stages"]
    row = {
        "name": flight["flight"],
        "site": flight["site"],
        "place": data["sites"][flight["site"]],
        "orbit": data["orbits"][flight["orbit"]],
        "fairing": falcon["fairing"],
        "stages": [
            first | {"thrust_sea_level_N": engines["sea_level_N"], "thrust_vacuum_N": engines["vacuum_N"]},
            second | {"thrust_vacuum_N": engines["second_N"]},
        ],
    }
    if "capsule" in flight:
        row["fairing"] = {"mass_kg": data["capsules"][flight["capsule"]]["nose_cap_kg"], "diameter_m": 3.66}
    return row


def payload_mass(flight: dict[str, Any]) -> float:
    """What is carried [kg], the capsule with its cargo."""
    capsule = flights()["capsules"].get(flight.get("capsule"), {"mass_kg": 0.0})
    return float(flight["payload_kg"] + capsule["mass_kg"])


def plan_of(flight: dict[str, Any], record: dict[str, Any]) -> tuple[Flight, FlightPlan]:
    """The flight's documents and its plan, cut at the recorded times."""
    rules, events, row = flights()["rules"], record["events"], _row(flight)
    made = flight_of(row)
    first = made.vehicle.stages[0].name
    meco = float(events["meco"])
    throttle = _schedule(row, flight, record, first)
    ignition = events.get("ses1")
    coast = float(ignition) - meco if ignition else IGNITION_AFTER
    mission = made.mission.evolve(
        objective="propellant",
        sequence=made.mission.sequence.evolve(throttle=throttle, separation_coasts=(coast,)),
        limits=made.mission.limits.evolve(
            dynamic_pressure=float(record["maxq_reported"]), q_alpha=1e3 * np.radians(rules["q_alpha_limit_kPa_deg"])
        ),
    )
    vehicle = made.vehicle.evolve(payload=Payload(name=flight["flight"], mass=payload_mass(flight)))
    maps = made.maps | {first: engine_map(row["stages"][0], rules["lowest_throttle"])}
    plan = flight_plan(vehicle, mission, maps)
    # The burn ends at the recorded time, whatever is left to burn: what follows of it is not flown.
    flown, clock = [], 0.0
    for segment in plan.segments:
        begin, clock = clock, clock + (segment.duration or 0.0)
        if segment.stage == first and begin >= meco - 1e-6:
            clock = begin
            continue
        flown.append(segment)
    return Flight(vehicle, mission, maps), replace(plan, segments=tuple(flown))


def _schedule(
    row: dict[str, Any], flight: dict[str, Any], record: dict[str, Any], stage: str
) -> tuple[ThrottleInterval, ...]:
    """Full thrust, free while the throttle-down was seen, then throttled so that the acceleration stays at its limit.

    The mass is known without flying: what full thrust has burned. Steps of the throttle are a few seconds long.
    """
    rules, events = flights()["rules"], record["events"]
    one, two = row["stages"]
    thrust, meco = float(one["thrust_vacuum_N"]), float(events["meco"])
    flow = thrust / (one["isp_vacuum_s"] * G0)
    dry = sum(s["dry_mass_kg"] + s["propellant_mass_kg"] for s in (one, two)) + row["fairing"]["mass_kg"]
    mass, limit = dry + payload_mass(flight), rules["acceleration_m_s2"]
    reached = (mass - thrust / limit) / flow  # when full thrust would exceed the limit
    down, up = events.get("throttle_down_start"), events.get("throttle_down_end")
    edges = [(0.0, float(down), 1.0), (float(up), min(reached, meco), 1.0)] if down is not None else []
    begin, mass = min(reached, meco), mass - flow * reached
    while begin < meco:
        end = begin + _STEP if meco - begin > 1.5 * _STEP else meco
        mean = mass * float(np.exp(-limit * flow / thrust * 0.5 * (end - begin)))
        edges.append((begin, end, max(limit * mean / thrust, rules["lowest_throttle"])))
        mass, begin = mass * float(np.exp(-limit * flow / thrust * (end - begin))), end
    edges.append((meco, _ALWAYS, 1.0))
    return tuple(ThrottleInterval(stage=stage, begin=a, end=b, throttle=c) for a, b, c in edges)


def ascent_of(flight: dict[str, Any], record: dict[str, Any]) -> AscentResult:
    """The flight flown. Raises what `solve_ascent` raises."""
    from ..trajectory.ascent import solve_ascent
    from ..trajectory.ascent_result import fly_ascent

    documents, plan = plan_of(flight, record)
    return fly_ascent(solve_ascent(plan, documents.mission, mesh_tolerance=_MESH_TOLERANCE))


def fly(name: str) -> Flown:
    """The flight of that name beside its record."""
    flight = next(f for f in flights()["flights"] if f["flight"] == name)
    record = records()[name]
    theirs = {
        "recorded_speed": record["meco_v_mps"],
        "recorded_altitude": 1e3 * record["meco_alt_km"],
        "recorded_cutoff": record["events"].get("seco1"),
        "recorded_downrange": 1e3 * record["meco_downrange_km"],
    }
    try:
        found = ascent_of(flight, record)
    except OseaError as error:
        return Flown(name, error=f"{type(error).__name__}: {error.message}", **theirs)
    meco = next(e for e in found.trajectory.events if e.name == "S1 cut-off")
    seco = next(e for e in found.trajectory.events if e.name == "S2 cut-off")
    t = found.trajectory
    return Flown(
        name,
        speed=meco.speed_relative,
        altitude=meco.altitude,
        downrange=meco.downrange,
        cutoff=seco.time,
        left=next(p.usable_left for p in found.propellant if p.stage == "S1"),
        track=tuple(zip(t.time.tolist(), t.speed_relative.tolist(), t.altitude.tolist(), strict=True)),
        **theirs,
    )
