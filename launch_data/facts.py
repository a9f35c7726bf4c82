"""What a run's resolved study says of a launch: names, site, vehicle, orbit, T-0; as records need it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import degrees
from typing import Any

from ..core.errors import InputError
from ..core.quantity import parse

Plain = Mapping[str, Any]
NOT_STATED = "not stated"


@dataclass(frozen=True, kw_only=True)
class FlightFacts:
    """Names and figures of a study, SI and degrees; vehicle and orbit as records have them. epoch: T-0 in UTC, None without."""

    originator: str
    mission: str
    epoch: str | None
    ut1_minus_utc: float | None
    site: str
    latitude: float
    longitude: float
    height: float
    azimuths: tuple[float, float] | None
    vehicle: str
    stages: tuple[dict[str, Any], ...]
    payload: str
    orbit: dict[str, Any]
    objective: str


def facts_of(study: Plain, where: str = "") -> FlightFacts:
    """The facts of a resolved study, as `inputs/resolved.yaml` of a run holds it (a dispersion's within `study`).

    Raises InputError for what is no study.
    """
    plain = study.get("study", study)
    try:
        mission, vehicle = plain["mission"], plain["vehicle"]
        site = mission["site"]
        return FlightFacts(
            originator=plain["originator"],
            mission=mission["name"],
            epoch=mission.get("epoch"),
            ut1_minus_utc=_si(mission.get("ut1_minus_utc"), "s"),
            site=site["name"],
            latitude=degrees(parse(site["latitude"], "rad")),
            longitude=degrees(parse(site["longitude"], "rad")),
            height=parse(site["altitude"], "m"),
            azimuths=_azimuths(site.get("azimuths")),
            vehicle=vehicle["name"],
            stages=tuple(_stage(s, i) for i, s in enumerate(vehicle["stages"], 1)),
            payload=(vehicle.get("payload") or {}).get("name", "payload"),
            orbit=_orbit(mission.get("orbit") or {}),
            objective=mission.get("objective", "payload"),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"this holds no study that can be launched: {error}", where=where or None) from None


def with_orbit_reached(facts: FlightFacts, perigee: float, apogee: float, inclination: float, c3: float) -> FlightFacts:
    """The facts with what the mission leaves open of its orbit as it was reached: altitudes [m], rad, C3 [m^2/s^2]."""
    if c3 > 0.0:
        reached: dict[str, Any] = {"name": "escape", "c3_m2_s2": c3, "inclination_deg": degrees(inclination)}
        return replace(facts, orbit=reached)
    reached = {"perigee_height_m": perigee, "apogee_height_m": apogee, "inclination_deg": degrees(inclination)}
    orbit = reached | {k: v for k, v in facts.orbit.items() if k != "name"}
    name = _class(orbit["perigee_height_m"], orbit["apogee_height_m"], orbit["inclination_deg"])
    return replace(facts, orbit={"name": name, **orbit})


def _si(text: str | None, unit: str) -> float | None:
    return None if text is None else parse(text, unit)


def _azimuths(text: Any) -> tuple[float, float] | None:
    if not isinstance(text, str):
        return None
    low, _, rest = text.partition("..")
    number, _, unit = rest.strip().partition(" ")
    return degrees(parse(f"{low.strip()} {unit}", "rad")), degrees(parse(f"{number} {unit}", "rad"))


def _stage(stage: Plain, order: int) -> dict[str, Any]:
    """A stage as a vehicle type describes it; what the study does not say is absent."""
    engine = stage.get("engine") or {}
    found: dict[str, Any] = {
        "name": stage["name"],
        "order": order,
        "propellants": [engine[k] for k in ("oxidizer", "fuel") if engine.get(k)],
        "engine": engine.get("name"),
        "engine_count": stage.get("engine_count"),
        "dry_mass_kg": _si(stage.get("dry_mass"), "kg"),
        "propellant_mass_kg": _si(stage.get("propellant_mass"), "kg"),
    }
    return {k: v for k, v in found.items() if v not in (None, [])}


def _orbit(orbit: Plain) -> dict[str, Any]:
    """The orbit as missions and performance tables name it; heights above 6378.137 km."""
    perigee, apogee = (_si(orbit.get(f"{k}_altitude"), "m") for k in ("perigee", "apogee"))
    inclination = _si(orbit.get("inclination"), "rad")
    found = {
        "name": _class(perigee, apogee, None if inclination is None else degrees(inclination)),
        "perigee_height_m": perigee,
        "apogee_height_m": apogee,
        "inclination_deg": None if inclination is None else degrees(inclination),
    }
    return {k: v for k, v in found.items() if v is not None}


def _class(perigee: float | None, apogee: float | None, inclination: float | None) -> str:
    if perigee is None or apogee is None:
        return "x-as the mission's kind says"
    if apogee < 2_000e3:
        return "SSO" if inclination is not None and 96.0 <= inclination <= 101.0 else "LEO"
    if apogee > 30_000e3:
        return "GEO" if perigee > 30_000e3 else "GTO"
    return "MEO" if perigee > 2_000e3 else "x-elliptical"
