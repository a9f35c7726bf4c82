"""A vehicle against its landing site: loads, scatter, wind and sea, slope, marks, beacons, safing, the zone kept free."""

from collections.abc import Iterator
from functools import cache
from math import atan, cos, degrees, pi
from pathlib import Path
from typing import Any

import yaml

from ..core.documents import Module
from ..core.earth import G0
from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..core.modules import Join, Part
from ..core.ports.rules import Capacity, Place
from ..core.ports.wording import shown
from ..trajectory.ground import LandingNeeds, LandingSite
from ..vehicle.equipment import LandingLegs
from ..vehicle.layout import layout
from ..vehicle.mass import mass_properties
from ..vehicle.residuals import propellant_budget
from ..vehicle.stage import Stage
from ..vehicle.vehicle import Vehicle
from .cost.elements import same_propellant


def set_on_site(document: Module, site: Module) -> Module:
    """A vehicle's or a study's document with *site* for its landing. Raises InputError for documents of other kinds."""
    from .documents import Study

    if isinstance(document, Study):
        return document.evolve(vehicle=at_site(document.vehicle, site))
    if not isinstance(document, Vehicle):
        raise InputError("--site is for vehicles and studies", where=document.where())
    return at_site(document, site)


def at_site(vehicle: Vehicle, site: Module) -> Vehicle:
    """The vehicle landing on *site* in place of its own sites; the ports of deck and feet are joined where there is one of each.

    Raises InputError when the site is a document of another kind.
    """
    if not isinstance(site, LandingSite):
        text = f"'{site.name}' is a document of {site.schema_}; a landing site ({LandingSite.schema_id}) is needed"
        raise InputError(text, where=site.where())
    kept = tuple(e for e in vehicle.equipment or () if not isinstance(e, LandingSite))
    gone = {e.name for e in vehicle.equipment or ()} - {e.name for e in kept}
    joins = [j for j in vehicle.joins or () if not {j.lower.rpartition(".")[0], j.upper.rpartition(".")[0]} & gone]
    grounds = _surfaces(site)
    feet = [name for part in (*vehicle.stages, *kept) for name in _surfaces(part)]
    if len(grounds) == len(feet) == 1:
        joins.append(Join(lower=grounds[0], upper=feet[0]))
    return vehicle.evolve(equipment=(*kept, site), joins=tuple(joins) or None)


def _surfaces(part: Part) -> list[str]:
    """Its ports for a landing surface, as joins name them."""
    return [f"{part.name}.{port.name}" for port in part.ports or () if port.kind == "landing-surface"]


@cache
def _blast() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "blast.yaml").read_text(encoding="utf-8"))


def landing_findings(vehicle: Vehicle) -> Iterator[Finding]:
    """Every landing site among the equipment against what the stage that lands there asks for and does to it."""
    equipment = vehicle.equipment or ()
    legs = next((e for e in equipment if isinstance(e, LandingLegs)), None)
    for site in (e for e in equipment if isinstance(e, LandingSite)):
        needs = [e for e in equipment if isinstance(e, LandingNeeds)]
        if not needs:
            text = f"nothing says what a stage needs to land on '{site.name}'; add a document of osea/landing-needs/v1"
            yield Finding(Severity.UNKNOWN, "landing.needs", site.where(), text)
        for one in needs:
            stage = next((s for s in vehicle.stages if s.name == one.stage), None)
            if stage is None:
                names = ", ".join(s.name for s in vehicle.stages)
                text = (
                    f"'{one.name}' is of the stage '{one.stage}', which the vehicle does not have; its stages: {names}"
                )
                yield Finding(Severity.ERROR, "landing.needs", one.where("stage"), text)
                continue
            yield from _on_site(vehicle, stage, one, site, legs)


def _on_site(
    vehicle: Vehicle, stage: Stage, needs: LandingNeeds, site: LandingSite, legs: LandingLegs | None
) -> Iterator[Finding]:
    wide = None if needs.scatter is None else 2.0 * needs.scatter
    yield _held("scatter", needs, site, wide, site.diameter, "m", "scatters over", theirs="diameter")
    yield _weather(needs, site, "wind", "m/s")
    if site.surface == "ship":
        yield _weather(needs, site, "sea_state", "")
    yield _held("slope", site, needs, site.slope, needs.slope, "rad", "leans by")
    if legs is not None and site.surface in ("pad", "ship", "ground"):
        yield _touchdown(stage, needs, legs, site)
        yield from _upright(vehicle, stage, legs, site)
    yield from _found_by(needs, site, "marks")
    yield from _found_by(needs, site, "beacons")
    yield from _safing(stage, needs, site)
    yield _zone(stage, needs, site)


def _weather(needs: LandingNeeds, site: LandingSite, field: str, unit: str) -> Finding:
    """Up to what stage and site land: the lesser of the two governs, and when it is the stage's the site has to know."""
    rule, bears, takes = f"landing.{field}", getattr(needs, field), getattr(site, field)
    for part, value in ((needs, bears), (site, takes)):
        if value is None:
            text = f"'{part.name}' does not state its {field}; state it, so that stage and site can be compared"
            return Finding(Severity.UNKNOWN, rule, part.where(), text)
    shares = f"'{site.name}' takes stages up to {takes:g} {unit}".rstrip()
    told = f"{field.replace('_', ' ')}: {shares}, '{needs.name}' lands up to {bears:g} {unit}".rstrip()
    if bears >= takes:
        return Finding(Severity.OK, rule, site.where(field), told)
    text = f"{told}: the stage's limit governs; enter it in the site's rules"
    return Finding(Severity.WARN, rule, needs.where(field), text)


def _held(
    field: str,
    asks: Part,
    bears: Part,
    demand: float | None,
    limit: float | None,
    unit: str,
    verb: str,
    *,
    theirs: str = "",
) -> Finding:
    """A demand of one part against a limit of the other. theirs: the limit's field, where it has another name."""
    rule, theirs = f"landing.{field}", theirs or field
    for part, value, name in ((asks, demand, field), (bears, limit, theirs)):
        if value is None:
            text = f"'{part.name}' does not state its {name}; state it, so that stage and site can be compared"
            return Finding(Severity.UNKNOWN, rule, part.where(), text)
    assert demand is not None and limit is not None
    return _capacity(rule, demand, limit, asks, bears, theirs, unit, (verb, "bears"))


def _capacity(
    rule: str, demand: float, limit: float, asks: Part, bears: Part, field: str, unit: str, words: tuple[str, str]
) -> Finding:
    place = Place(f"{asks.name} -> {bears.name}", field, bears.where(field), asks.name, bears.name, unit, words)
    found = Capacity(policy=0.0)(demand, limit, place)
    return Finding(found.severity, rule, found.where, found.message, found.margin)


def _landing_mass(stage: Stage, needs: LandingNeeds) -> float:
    """[kg] at touchdown: dry, what cannot be burned, and what is left besides."""
    return stage.dry_mass + max(propellant_budget(stage).residual, needs.propellant_left or 0.0)


def _touchdown(stage: Stage, needs: LandingNeeds, legs: LandingLegs, site: LandingSite) -> Finding:
    """The legs stop the stage evenly over their stroke: F = m (g + v²/(2 s))."""
    rule = "landing.landing_load"
    if legs.touchdown_speed is None or legs.stroke is None:
        text = f"'{legs.name}' does not state touchdown_speed and stroke, so the load on '{site.name}' is not known; state both"
        return Finding(Severity.UNKNOWN, rule, legs.where(), text)
    force = _landing_mass(stage, needs) * (G0 + legs.touchdown_speed**2 / (2 * legs.stroke))
    if site.landing_load is None:
        text = f"{stage.name} presses on '{site.name}' with {shown(force, 'N')}, and it does not state its landing_load; state it"
        return Finding(Severity.UNKNOWN, rule, site.where(), text)
    return _capacity(rule, force, site.landing_load, stage, site, "landing_load", "N", ("presses with", "bears"))


def _upright(vehicle: Vehicle, stage: Stage, legs: LandingLegs, site: LandingSite) -> Iterator[Finding]:
    """On a slope the empty stage must not tip over its feet: tan(slope) below the least lever over its mass's height.

    The lever of n feet on a circle is r cos(pi/n); the height is that of the empty stage's centre of mass over its exit plane.
    """
    if site.slope is None:
        return
    if legs.count < 3:
        yield Finding(
            Severity.ERROR, "landing.tip_over", legs.where("count"), f"'{legs.name}': {legs.count} feet do not stand"
        )
        return
    height = _height_of_mass(vehicle, stage)
    limit = atan(legs.span / 2 * cos(pi / legs.count) / height)
    place = Place(
        f"{stage.name} -> {site.name}",
        "slope",
        site.where("slope"),
        site.name,
        stage.name,
        "rad",
        ("leans by", "tips at"),
    )
    found = Capacity()(site.slope, limit, place)
    text = (
        f"{stage.name} stands on {legs.count} feet across {legs.span:g} m with its mass {height:.1f} m up: it tips "
        f"at {degrees(limit):.1f} deg, and '{site.name}' leans by up to {degrees(site.slope):.1f} deg"
    )
    yield Finding(found.severity, "landing.tip_over", found.where, text, found.margin)


def _height_of_mass(vehicle: Vehicle, stage: Stage) -> float:
    """Of the empty stage's centre of mass over its own exit plane [m]."""
    dry = mass_properties(vehicle, payload_mass=vehicle.payload.mass or 0.0, propellant={stage.name: 0.0})
    own = [item for item in dry.items if item.part == stage.name]
    middle = sum(item.mass * item.station for item in own) / sum(item.mass for item in own)
    return middle - layout(vehicle).part("stage", stage.name).bottom


def _found_by(needs: LandingNeeds, site: LandingSite, field: str) -> Iterator[Finding]:
    """One mark (or beacon) at least of the kinds that the guidance needs."""
    wanted, has, rule = getattr(needs, field), getattr(site, field), f"landing.{field}"
    if wanted is None:
        yield Finding(
            Severity.UNKNOWN,
            rule,
            needs.where(),
            f"'{needs.name}' does not state which {field} it needs; state them, or []",
        )
    elif not wanted:
        yield Finding(Severity.OK, rule, needs.where(field), f"'{needs.name}' needs no {field}")
    elif has is None:
        yield Finding(
            Severity.UNKNOWN, rule, site.where(), f"'{site.name}' does not state its {field}; state them, or []"
        )
    else:
        met = [one.name for one in has if one.kind in wanted]
        text = (
            f"'{needs.name}' needs {' or '.join(wanted)}; '{site.name}' has {', '.join(m.kind for m in has) or 'none'}"
        )
        yield Finding(Severity.OK if met else Severity.ERROR, rule, site.where(field), text)


def _safing(stage: Stage, needs: LandingNeeds, site: LandingSite) -> Iterator[Finding]:
    if stage.engine is None:
        return
    rule = "landing.safing"
    if site.safing is None:
        text = f"'{site.name}' does not state how it makes a landed stage's propellants safe; state 'safing'"
        yield Finding(Severity.UNKNOWN, rule, site.where(), text)
        return
    for name in (stage.engine.oxidizer, stage.engine.fuel):
        held = any(same_propellant(name, other) for other in site.safing.propellants)
        does = "makes safe" if held else "has nothing to make safe"
        severity = Severity.OK if held else Severity.ERROR
        yield Finding(
            severity, rule, site.where("safing"), f"'{site.name}' {does} {name}, which {stage.name} lands with"
        )


def _zone(stage: Stage, needs: LandingNeeds, site: LandingSite) -> Finding:
    """The zone kept free against the distance that the rest of the propellant asks for."""
    rule, data = "landing.exclusion_radius", _blast()
    left = max(propellant_budget(stage).residual, needs.propellant_left or 0.0)
    if needs.propellant_left is None:
        text = f"'{needs.name}' does not state propellant_left; the zone that it asks for is not known"
        return Finding(Severity.UNKNOWN, rule, needs.where(), text)
    hydrogen = stage.engine is not None and same_propellant(stage.engine.fuel, "LH2")
    distance = data["k_factor"] * (data["yield"]["hydrogen" if hydrogen else "other"] * left) ** (1 / 3)
    asked = (
        f"{left:.0f} kg of propellant left in {stage.name} ask for {distance:.0f} m free (K40, yields as remembered)"
    )
    if site.exclusion_radius is None:
        return Finding(
            Severity.UNKNOWN, rule, site.where(), f"{asked}, and '{site.name}' does not state its exclusion_radius"
        )
    margin = site.exclusion_radius / distance - 1.0
    told = f"{asked}; '{site.name}' keeps {site.exclusion_radius:.0f} m free"
    return Finding(Severity.ERROR if margin < 0.0 else Severity.WARN if margin < 0.1 else Severity.OK, rule,
                   site.where("exclusion_radius"), told, margin)  # fmt: skip
