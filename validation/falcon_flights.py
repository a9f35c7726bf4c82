"""Falcon 9 flights as they were seen, and as the optimizer flies them to the recorded cut-off times.

What is taken from a record: when the vehicle lifted off, when the first stage was throttled down and cut off, when the second lit
and was cut off, and the largest dynamic pressure. What is not: speed, altitude, steering. The flight goes on into the orbit in
which the second stage's first burn ended, and leaves as much propellant in that stage as may be; data/falcon_flights.yaml states
the rules. The records are public data that is not kept here; without them nothing is compared, and that is said.
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
from ..trajectory.result import AscentResult, Trajectory
from ..trajectory.sequence import ThrottleInterval
from ..vehicle.parts import Payload
from .falcon_times import times_of
from .launcher_rows import Flight, complete_rows, engine_map, flight_of

GROUP = "Falcon 9 as flown: first-stage cut-off"
RECORDS = Path(__file__).resolve().parents[2] / "shared" / "reference" / "trajectory" / "flights"
IGNITION_AFTER = 11.0  # s from cut-off to the second stage's ignition, where it was not recorded
SECO_WITHIN = 1.0  # s
_TRIES = 4
_ALWAYS = 1e4  # s
_MESH_TOLERANCE = (
    1e-4  # what is compared is wanted to a per cent; the flight stands within 100 m and 0.1 m/s all the same
)
_STEP = 5.0  # s, of the throttle while the acceleration is held


@dataclass(frozen=True)
class Flown:
    """One flight beside its record: speed [m/s] and altitude [m] at the recorded cut-off event, second cut-off [s]; ours, then
    theirs. Times count on the broadcast's clock."""

    name: str
    speed: float = 0.0
    altitude: float = 0.0
    cutoff: float = 0.0
    recorded_speed: float = 0.0
    recorded_altitude: float = 0.0
    recorded_cutoff: float | None = None
    throttle: float = 1.0  # of the second stage
    left: float = 0.0  # kg of usable propellant in the first stage at cut-off
    downrange: float = 0.0
    recorded_downrange: float = 0.0
    error: str = ""
    track: tuple[tuple[float, ...], ...] = ()  # time on the broadcast's clock [s], speed [m/s], altitude [m]


@cache
def flights() -> dict[str, Any]:
    """The flights, their rules and sources."""
    return yaml.safe_load((Path(__file__).parent / "data" / "falcon_flights.yaml").read_text(encoding="utf-8"))


@cache
def records() -> dict[str, dict[str, Any]]:
    """The recorded events and the state at cut-off, by flight."""
    found = json.loads((RECORDS / "summary.json").read_text(encoding="utf-8"))
    return {r["mission"]: r for r in found}


def _row(flight: dict[str, Any], throttle: float) -> dict[str, Any]:
    """A row of the launch vehicles' table for this flight: the stages of Falcon 9 with the thrust of its version. throttle: of
    the second stage."""
    data = flights()
    engines, masses = data["rules"]["engines"][flight["version"]], data["rules"]["stages"]
    falcon = next(r for r in complete_rows() if r["name"] == "Falcon 9 Block 5")
    first, second = falcon["stages"]
    row = {
        "name": flight["flight"],
        "site": flight["site"],
        "place": data["sites"][flight["site"]],
        "orbit": data["orbits"][flight["orbit"]],
        "fairing": falcon["fairing"],
        "stages": [
            first
            | masses["first"]
            | {"thrust_sea_level_N": engines["sea_level_N"], "thrust_vacuum_N": engines["vacuum_N"]},
            second | masses["second"] | {"thrust_vacuum_N": throttle * engines["second_N"]},
        ],
    }
    if "capsule" in flight:
        row["fairing"] = {"mass_kg": data["capsules"][flight["capsule"]]["nose_cap_kg"], "diameter_m": 3.66}
    return row


def payload_mass(flight: dict[str, Any]) -> float:
    """What is carried [kg], the capsule with its cargo."""
    capsule = flights()["capsules"].get(flight.get("capsule"), {"mass_kg": 0.0})
    return float(flight["payload_kg"] + capsule["mass_kg"])


def since_lift_off(record: dict[str, Any]) -> dict[str, float]:
    """The recorded events [s after lift-off], `meco` being the end of thrust; on the broadcast's clock they are later."""
    lift_off, cut_off = times_of(flights()["rules"], record)
    events = record["events"] | {"meco": cut_off}
    events.setdefault("ses1", record["events"]["meco"] + IGNITION_AFTER)
    return {name: float(time) - lift_off for name, time in events.items()}


def state_at(trajectory: Trajectory, time: float) -> tuple[float, float, float]:
    """Speed [m/s], altitude and distance down range [m] at a time after lift-off."""
    of = (trajectory.speed_relative, trajectory.altitude, trajectory.downrange)
    speed, altitude, downrange = (float(np.interp(time, trajectory.time, values)) for values in of)
    return speed, altitude, downrange


def plan_of(flight: dict[str, Any], record: dict[str, Any], throttle: float = 1.0) -> tuple[Flight, FlightPlan]:
    """The flight's documents and its plan, cut at the recorded times. throttle: of the second stage."""
    rules, events, row = flights()["rules"], since_lift_off(record), _row(flight, throttle)
    made = flight_of(row)
    first, meco = made.vehicle.stages[0].name, events["meco"]
    schedule, coast = _schedule(row, flight, events, first), events["ses1"] - meco
    mission = made.mission.evolve(
        objective="propellant",
        sequence=made.mission.sequence.evolve(throttle=schedule, separation_coasts=(coast,)),
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
    row: dict[str, Any], flight: dict[str, Any], events: dict[str, float], stage: str
) -> tuple[ThrottleInterval, ...]:
    """Full thrust, free while the throttle-down was seen, then throttled so that the acceleration stays at its limit.

    The mass is known without flying: what full thrust has burned. Steps of the throttle are a few seconds long.
    """
    rules, (one, two) = flights()["rules"], row["stages"]
    thrust, meco = float(one["thrust_vacuum_N"]), events["meco"]
    flow = thrust / (one["isp_vacuum_s"] * G0)
    dry = sum(s["dry_mass_kg"] + s["propellant_mass_kg"] for s in (one, two)) + row["fairing"]["mass_kg"]
    mass, limit = dry + payload_mass(flight), rules["acceleration_m_s2"]
    reached = (mass - thrust / limit) / flow  # when full thrust would exceed the limit
    down, up = events.get("throttle_down_start"), events.get("throttle_down_end")
    edges = [(0.0, down, 1.0), (up, min(reached, meco), 1.0)] if down is not None and up is not None else []
    begin, mass = min(reached, meco), mass - flow * reached
    while begin < meco:
        end = begin + _STEP if meco - begin > 1.5 * _STEP else meco
        mean = mass * float(np.exp(-limit * flow / thrust * 0.5 * (end - begin)))
        edges.append((begin, end, max(limit * mean / thrust, rules["lowest_throttle"])))
        mass, begin = mass * float(np.exp(-limit * flow / thrust * (end - begin))), end
    edges.append((meco, _ALWAYS, 1.0))
    return tuple(ThrottleInterval(stage=stage, begin=a, end=b, throttle=c) for a, b, c in edges)


def ascent_of(flight: dict[str, Any], record: dict[str, Any]) -> tuple[AscentResult, float]:
    """The flight flown, and the second stage's throttle. Raises what `solve_ascent` raises.

    Where the second stage's cut-off was recorded, its throttle is the constant one that ends the burn then, within
    SECO_WITHIN: a burn lasts inversely to it, but for what a longer climb costs, which the next try takes in.
    """
    from ..trajectory.ascent import solve_ascent
    from ..trajectory.ascent_result import fly_ascent

    def flown(throttle: float) -> AscentResult:
        documents, plan = plan_of(flight, record, throttle)
        return fly_ascent(solve_ascent(plan, documents.mission, mesh_tolerance=_MESH_TOLERANCE))

    events, throttle = since_lift_off(record), 1.0
    found = flown(throttle)
    for _ in range(_TRIES if "seco1" in events else 0):
        cutoff = next(e.time for e in found.trajectory.events if e.name == "S2 cut-off")
        lasts, lasted = cutoff - events["ses1"], events["seco1"] - events["ses1"]
        better = min(1.0, throttle * lasts / lasted)
        if abs(lasts - lasted) <= SECO_WITHIN or better == throttle:  # or full thrust is too little
            break
        throttle = better
        found = flown(throttle)
    return found, throttle


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
        found, throttle = ascent_of(flight, record)
    except OseaError as error:
        return Flown(name, error=f"{type(error).__name__}: {error.message}", **theirs)
    seco = next(e for e in found.trajectory.events if e.name == "S2 cut-off")
    t, lift_off = found.trajectory, times_of(flights()["rules"], record)[0]
    speed, altitude, downrange = state_at(t, record["events"]["meco"] - lift_off)
    return Flown(
        name,
        speed=speed,
        altitude=altitude,
        downrange=downrange,
        cutoff=seco.time + lift_off,
        throttle=throttle,
        left=next(p.usable_left for p in found.propellant if p.stage == "S1"),
        track=tuple(zip((t.time + lift_off).tolist(), t.speed_relative.tolist(), t.altitude.tolist(), strict=True)),
        **theirs,
    )
