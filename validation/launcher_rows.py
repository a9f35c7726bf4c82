"""A row of the launch vehicles' table as documents that fly: the vehicle, its mission, and its engines' maps.

The rules are those of data/launchers.yaml, the same for every row. An engine is known by its thrust and specific impulse only,
so that every stage carries a thrust curve: constant, until what it may burn is burned. Liquid engines fly by a map made
from the same figures, which lets them stop, start again and follow a throttle schedule.
"""

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..core.earth import G0, SEA_LEVEL_PRESSURE
from ..propulsion.engine_map import EngineMap
from ..propulsion.thrust_curve import MotorMap, ThrustCurve, motor_map
from ..trajectory.flight_plan import FlightPlan
from ..trajectory.mission import Limits, Mission, TargetOrbit
from ..trajectory.motion import thrust_in_vacuum, total_mass_flow
from ..trajectory.reach import ALLOWANCE, reach
from ..trajectory.sequence import Burn, BurnOrbit, Sequence, ThrottleInterval
from ..trajectory.site import LaunchSite
from ..vehicle.parts import Fairing, Interstage, Payload
from ..vehicle.residuals import residual_by_rule
from ..vehicle.stage import Stage
from ..vehicle.vehicle import StrapOns, Vehicle

Maps = dict[str, EngineMap | MotorMap]
# What a row's flight says of the vehicle, and not of the orbit.
_OF_THE_VEHICLE = ("throttle", "fairing_leaves_during", "separation_coasts_s", "core_ignition_s")
_LONGEST_CURVE = 3600.0  # s: no stage of the table burns longer at a stretch; what is left over stays aboard


@dataclass(frozen=True)
class Flight:
    """What flies: engine and motor maps by stage name."""

    vehicle: Vehicle
    mission: Mission
    maps: Maps


@cache
def table() -> dict[str, Any]:
    """The table, with its rules, sites and sources."""
    return _data("launchers.yaml")


def _data(name: str) -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / name).read_text(encoding="utf-8"))


def complete_rows() -> list[dict[str, Any]]:
    """The rows that can be flown."""
    return [row for row in table()["vehicles"] if "incomplete" not in row]


def other_orbits() -> list[dict[str, Any]]:
    """Rows of the same vehicles to the other orbits for which a payload is published: `vehicle` names the row they vary."""
    vehicles, rows = {row["name"]: row for row in complete_rows()}, []
    for given in _data("launchers_other_orbits.yaml")["rows"]:
        base = vehicles[given["vehicle"]]
        flight = {k: v for k, v in base.get("flight", {}).items() if k in _OF_THE_VEHICLE} | given["flight"]
        rows.append(base | given | {"name": f"{given['vehicle']} to {size(given['orbit'])}", "flight": flight})
    return rows


def given_alternatives() -> list[dict[str, Any]]:
    """Other figures for rows of the table, as the data file states them."""
    return _data("launchers_alternatives.yaml")["rows"]


def alternatives() -> list[dict[str, Any]]:
    """Rows with other figures that sources give too: `vehicle` names the row they vary, `what` says how."""
    vehicles, rows = {row["name"]: row for row in complete_rows()}, []
    for given in given_alternatives():
        base = vehicles[given["vehicle"]]
        payload = base["payload"] | ({"kg": given["payload_kg"]} if "payload_kg" in given else {})
        unknown = set(given["stages"]) - {s["name"] for s in base["stages"]}
        if unknown:
            raise ValueError(
                f"launchers_alternatives.yaml, {given['vehicle']}: no stage is called {', '.join(sorted(unknown))}"
            )
        stages = [stage | given["stages"].get(stage["name"], {}) for stage in base["stages"]]
        name = f"{given['vehicle']}: {given['what']}"
        rows.append(base | given | {"name": name, "payload": payload, "stages": stages})
    return rows


def size(orbit: dict[str, Any]) -> str:
    """An orbit by its altitudes and inclination, for people."""
    low, high = orbit["perigee_km"], orbit["apogee_km"]
    altitudes = f"{low} km" if low == high else f"{low} km x {high} km"
    return f"{altitudes}, {orbit['inclination_deg']:g} deg"


def flight_of(row: dict[str, Any]) -> Flight:
    """The documents of a complete row."""
    stages = [_stage(s) for s in row["stages"]]
    core = tuple(stage for stage in stages if stage.role == "core")
    vehicle = Vehicle(
        name=row["name"],
        stages=core,
        boosters=tuple(
            StrapOns(stage=stage, count=s["count"], ignition=float(s.get("ignition_s", 0.0)), drop=s.get("drop_s"))
            for stage, s in zip(stages, row["stages"], strict=True)
            if stage.role == "strap-on"
        ),
        interstages=_interstages(core),
        fairing=_fairing(row, core[-1].diameter),
        payload=Payload(name="payload"),
    )
    lowest = {t["stage"]: t["throttle"] for t in row.get("flight", {}).get("throttle", ())}
    maps: Maps = {
        stage.name: motor_map(_curve(s)) if _solid(s) else engine_map(s, lowest.get(stage.name, 1.0))
        for stage, s in zip(stages, row["stages"], strict=True)
    }
    return Flight(vehicle, _mission(row, core), maps)


# Propulsion


def _solid(stage: dict[str, Any]) -> bool:
    return stage["propellants"].startswith("solid")


def unburned(stage: dict[str, Any]) -> float:
    """Propellant [kg] that stays in an empty stage: the residual of a liquid one. The reserve is the whole flight's."""
    return 0.0 if _solid(stage) else residual_by_rule(float(stage["propellant_mass_kg"]))


def adapter(payload: float) -> float:
    """Mass [kg] of a payload's adapter by the rule."""
    rule = table()["rules"]["adapter"]
    return rule["coefficient"] * payload ** rule["exponent"]


def separated(mass_in_orbit: float) -> float:
    """Payload [kg] of what the last stage brings to its orbit, the rest being its adapter: the rule inverted."""
    payload = mass_in_orbit
    for _ in range(20):  # a contraction by a factor of twenty at each step
        payload = mass_in_orbit - adapter(payload)
    return payload


def with_reserve(plan: FlightPlan, mission: Mission) -> FlightPlan:
    """The plan, whose last stage keeps at its end what would give it the rule's share of the flight's ideal velocity."""
    rule, last = table()["rules"]["flight_performance_reserve"], plan.insertion
    assert last.burnout_mass is not None
    ideal = reach(plan, mission).needed + ALLOWANCE + rule["losses_m_s"]
    exhaust = float(thrust_in_vacuum(last.model, 1.0) / total_mass_flow(last.model, 1.0))
    share = float(np.expm1(rule["share"] * ideal / exhaust))
    kept = replace(last, burnout_mass=(1.0 + share) * last.burnout_mass, kept_per_payload=share)
    return replace(plan, segments=tuple(kept if s is last else s for s in plan.segments))


def _burned(stage: dict[str, Any]) -> float:
    """Propellant [kg] that a stage may burn."""
    return float(stage["propellant_mass_kg"]) - unburned(stage)


def thrust(stage: dict[str, Any]) -> float:
    """Constant vacuum thrust [N] of a whole stage: of a motor from its burn time, where that is known."""
    if "burn_time_s" in stage:
        return _burned(stage) * stage["isp_vacuum_s"] * G0 / stage["burn_time_s"]
    return float(stage["thrust_vacuum_N"])


def _exit_area(stage: dict[str, Any]) -> float:
    """Of all nozzles [m^2], from what ambient pressure takes of the thrust at sea level.

    A solid motor's two thrusts are its largest, and what flies is their mean: the pressure takes the same of either.
    """
    full = thrust(stage)
    if "thrust_sea_level_N" in stage:
        share = stage["thrust_sea_level_N"] / stage["thrust_vacuum_N"]
    elif "isp_sea_level_s" in stage:
        return (1.0 - stage["isp_sea_level_s"] / stage["isp_vacuum_s"]) * full / SEA_LEVEL_PRESSURE
    elif _solid(stage):
        share = table()["rules"]["sea_level_share_of_solids"]
    else:
        return 0.0
    return (1.0 - share) * (float(stage["thrust_vacuum_N"]) if _solid(stage) else full) / SEA_LEVEL_PRESSURE


def _curve(stage: dict[str, Any]) -> ThrustCurve:
    full = thrust(stage)
    burn_time = min(_burned(stage) * stage["isp_vacuum_s"] * G0 / full, _LONGEST_CURVE)
    return ThrustCurve(
        name=stage["engine"],
        time=tuple(np.linspace(0.0, burn_time, 4).tolist()),
        thrust=(full,) * 4,
        isp_vacuum=float(stage["isp_vacuum_s"]),
        exit_area=_exit_area(stage),
    )


def engine_map(stage: dict[str, Any], lowest: float) -> EngineMap:
    """All engines of a stage as one, thrust and flow in proportion to the throttle."""
    throttle = np.linspace(min(lowest, 0.8), 1.0, 7)
    full = thrust(stage)
    return EngineMap(
        name=stage["engine"],
        throttle=throttle,
        thrust_vacuum=throttle * full,
        mass_flow=throttle * full / (stage["isp_vacuum_s"] * G0),
        exit_area=_exit_area(stage),
        throttle_min=lowest,
        ignitions=None,
        start_ramp=0.0,
        shutdown_ramp=0.0,
        oxidizer_fuel_ratio=0.0,  # not known, and nothing here asks for it
    )


# The vehicle's parts


def _stage(stage: dict[str, Any]) -> Stage:
    strap_on = stage["role"] == "strap-on"
    diameter = float(stage["diameter_m"])
    return Stage(
        name=stage["name"],
        role=stage["role"],
        diameter=diameter,
        length=float(stage["length_m"]),
        dry_mass=float(stage["dry_mass_kg"] + stage.get("adapter_above_kg", 0.0)),
        propellant_mass=float(stage["propellant_mass_kg"]),
        motor=_curve(stage),
        nose_length=1.5 * diameter if strap_on else None,
        nose_shape="ogive" if strap_on else None,
    )


def _interstages(stages: tuple[Stage, ...]) -> tuple[Interstage, ...]:
    return tuple(
        Interstage(
            name=f"cone on {lower.name}",
            on=lower.name,
            length=max(abs(lower.diameter - upper.diameter), 0.1),
            lower_diameter=lower.diameter,
            upper_diameter=upper.diameter,
            mass=0.0,
            mass_included_in=lower.name,
        )
        for lower, upper in pairwise(stages)
        if abs(lower.diameter - upper.diameter) > 1e-3
    )


def _fairing(row: dict[str, Any], below: float) -> Fairing:
    diameter, mass = float(row["fairing"]["diameter_m"]), row["fairing"]["mass_kg"]
    step = abs(diameter - below)
    # A cylinder one diameter long and an ogive of one and a half: about 2 pi D^2.
    area = 2.0 * np.pi * diameter**2
    return Fairing(
        name="fairing",
        mass=4.95 * area**1.15 if mass is None else float(mass),
        length=2.5 * diameter + (0.5 * step if step > 1e-3 else 0.0),
        diameter=diameter,
        base_diameter=below,
        boattail_length=0.5 * step if step > 1e-3 else 0.0,
        nose_length=1.5 * diameter,
        nose_shape="ogive",
    )


# The mission


def _mission(row: dict[str, Any], core: tuple[Stage, ...]) -> Mission:
    rules, place, orbit = table()["rules"], row.get("place") or table()["sites"][row["site"]], row["orbit"]
    limits = Limits(
        q_alpha=1e3 * np.radians(rules["q_alpha_limit_kPa_deg"]),
        attitude_rate=np.radians(rules["attitude_rate_limit_deg_s"]),
        fairing_heat_flux=float(rules["fairing_heat_flux_W_m2"]),
    )
    return Mission(
        name=f"{row['name']} from {row['site']}",
        site=LaunchSite(
            name=row["site"],
            latitude=np.radians(place["latitude_deg"]),
            longitude=np.radians(place["longitude_deg"]),
            altitude_above_sea_level=float(place["altitude_above_sea_level_m"]),
        ),
        orbit=TargetOrbit(
            perigee_altitude=1e3 * orbit["perigee_km"],
            apogee_altitude=1e3 * orbit["apogee_km"],
            inclination=np.radians(orbit["inclination_deg"]),
            argument_of_perigee=np.radians(argument) if (argument := orbit.get("argument_of_perigee_deg")) else None,
        ),
        sequence=_sequence(row, core),
        limits=limits,
        objective="payload",
        allow_dog_leg=True,
        heading=row.get("flight", {}).get("heading"),
    )


def _sequence(row: dict[str, Any], core: tuple[Stage, ...]) -> Sequence:
    rules, flight = table()["rules"], row.get("flight", {})
    coast, longest = float(rules["separation_coast_s"]), flight.get("longest_coast_before_s", {})
    burns: tuple[Burn, ...] = ()
    if flight.get("last_stage_burns") == 2:
        parking = flight.get("parking_orbit")
        first = None
        if "argument_of_perigee_deg" in row["orbit"]:  # a transfer orbit: left from a circular one at its perigee
            first = _circular(1e3 * row["orbit"]["perigee_km"])
        if parking:
            first = BurnOrbit(perigee_altitude=1e3 * parking["perigee_km"], apogee_altitude=1e3 * parking["apogee_km"])
        coasts = (1.0, float(rules["longest_coast_between_burns_s"]))
        if (
            parking and "coast_s" in parking
        ):  # how long it lasts is all the same to an orbit whose perigee lies anywhere
            coasts = (float(parking["coast_s"]),) * 2
        burns = (Burn(orbit=first, shortest_coast=coasts[0], longest_coast=coasts[1]), Burn())
    return Sequence(
        vertical_rise=float(rules["vertical_rise_s"]),
        pitch_over=float(rules["pitch_over_s"]),
        core_ignition=float(flight.get("core_ignition_s", 0.0)),
        separation_coasts=tuple(map(float, flight.get("separation_coasts_s", (coast,) * (len(core) - 1)))),
        longest_separation_coasts=tuple(float(longest.get(s.name, 0.0)) for s in core[1:]) if longest else (),
        fairing_stage=flight.get("fairing_leaves_during"),
        throttle=_schedule(flight.get("throttle", ())),
        burns=burns,
    )


def _circular(altitude: float) -> BurnOrbit:
    return BurnOrbit(perigee_altitude=altitude, apogee_altitude=altitude)


def _schedule(given: Any) -> tuple[ThrottleInterval, ...]:
    """Full thrust until each interval, the throttle that it states in it; free afterwards."""
    intervals = []
    for t in given:
        begin, end = float(t["begin_s"]), float(t["end_s"])
        intervals += [
            ThrottleInterval(stage=t["stage"], begin=0.0, end=begin, throttle=1.0),
            ThrottleInterval(stage=t["stage"], begin=begin, end=end, throttle=t["throttle"]),
        ]
    return tuple(intervals)
