"""The vehicle on the ground: its pad, its umbilicals, and the recovery kit against the landing site."""

from collections.abc import Iterator
from math import sqrt

from ..core.documents import Module
from ..core.earth import G0
from ..core.findings import Finding, Severity
from ..core.modules import Part
from ..core.ports.rules import Capacity, Place
from ..core.ports.wording import shown
from ..trajectory.ground import LandingSite, LaunchPad
from ..vehicle.equipment import LandingLegs, Parachute, Umbilical
from ..vehicle.layout import layout
from ..vehicle.mass import mass_properties
from ..vehicle.residuals import propellant_budget
from ..vehicle.stage import Stage
from ..vehicle.vehicle import Vehicle
from .check_joints import Joint, parts_of

SEA_LEVEL_DENSITY = 1.225
"""[kg/m^3], US Standard Atmosphere 1976."""


def ground_findings(vehicle: Vehicle, joints: tuple[Joint, ...], payload_mass: float | None) -> Iterator[Finding]:
    """Pad, umbilicals, recovery kit and landing site, for those among the equipment."""
    yield from _pads(vehicle, payload_mass)
    yield from _umbilicals(vehicle, joints)
    yield from _recovery(vehicle)


def _pads(vehicle: Vehicle, payload_mass: float | None) -> Iterator[Finding]:
    mass = vehicle.payload.mass if payload_mass is None else payload_mass
    whole, height = mass_properties(vehicle, payload_mass=mass or 0.0).mass, layout(vehicle).length
    for pad in (e for e in vehicle.equipment or () if isinstance(e, LaunchPad)):
        yield _held(vehicle, pad, "lift_off_mass", whole, "kg", "weighs")
        yield _held(vehicle, pad, "vehicle_height", height, "m", "stands")


def _umbilicals(vehicle: Vehicle, joints: tuple[Joint, ...]) -> Iterator[Finding]:
    """Each umbilical port of the vehicle meets one of the ground, and each umbilical hangs on a pad and on the vehicle."""
    equipment = vehicle.equipment or ()
    pads = [e for e in equipment if isinstance(e, LaunchPad)]
    ground = {e.name for e in equipment if isinstance(e, LaunchPad | Umbilical)}
    met: dict[str, str] = {}
    for joint in joints:
        if joint.matched:
            met |= {joint.lower: joint.upper, joint.upper: joint.lower}
    for part in parts_of(vehicle):
        for port in part.ports or ():
            name = f"{part.name}.{port.name}"
            if port.kind != "umbilical" or part.name in ground:
                continue
            other = met.get(name)
            if other is None and pads:
                text = f"umbilical port {name} meets nothing of '{pads[0].name}'; name the two under 'joins'"
                yield Finding(Severity.ERROR, "assembly.umbilical", port.where(), text)
            elif other is None:
                text = f"umbilical port {name} meets nothing, and no pad is among the equipment; add it"
                yield Finding(Severity.UNKNOWN, "assembly.umbilical", port.where(), text)
            elif other.rpartition(".")[0] not in ground:
                text = f"umbilical port {name} meets {other}, which is not of the ground; join it to the pad or an umbilical"
                yield Finding(Severity.ERROR, "assembly.umbilical", port.where(), text)
            else:
                yield Finding(Severity.OK, "assembly.umbilical", port.where(), f"{name} meets {other} of the ground")
    for umbilical in (e for e in equipment if isinstance(e, Umbilical)):
        ends = [met[f"{umbilical.name}.{p.name}"] for p in umbilical.ports or () if f"{umbilical.name}.{p.name}" in met]
        holders = {end.rpartition(".")[0] for end in ends}
        if pads and umbilical.ports and not holders & {pad.name for pad in pads}:
            names = ", ".join(p.name for p in pads)
            text = f"'{umbilical.name}' hangs on none of the pads ({names}); join one of its ports to the pad"
            severity = Severity.UNKNOWN if any(pad.ports is None for pad in pads) else Severity.WARN
            yield Finding(severity, "assembly.umbilical", umbilical.where(), text)


def _recovery(vehicle: Vehicle) -> Iterator[Finding]:
    """Legs and parachutes, the stage that they bring down, and where it comes down."""
    equipment = vehicle.equipment or ()
    sites = [e for e in equipment if isinstance(e, LandingSite)]
    legs = [e for e in equipment if isinstance(e, LandingLegs)]
    chutes = [e for e in equipment if isinstance(e, Parachute)]
    for kit in (*legs, *chutes):
        if not sites:
            text = f"'{kit.name}' has no landing site among the equipment; add one, so that the two can be compared"
            yield Finding(Severity.UNKNOWN, "assembly.landing_site", kit.where(), text)
    for site in sites:
        if not legs and not chutes and site.surface != "catch tower":
            text = f"'{site.name}' ({site.surface}) is to be landed on without legs or parachutes among the equipment; add them"
            yield Finding(Severity.UNKNOWN, "assembly.landing_site", site.where(), text)
        yield from _legs_on(vehicle, legs, site)
        yield from _weight_on(vehicle, (*legs, *chutes), site)
        yield from _chutes_over(vehicle, chutes, legs, site)


def _legs_on(vehicle: Vehicle, legs: list[LandingLegs], site: LandingSite) -> Iterator[Finding]:
    for kit in legs:
        if site.surface in ("water", "catch tower"):
            text = f"'{kit.name}' cannot stand on '{site.name}' ({site.surface}); take another site or another way down"
            yield Finding(Severity.ERROR, "assembly.landing_site", site.where("surface"), text)
        else:
            yield _held(kit, site, "diameter", kit.span, "m", "spans")


def _weight_on(vehicle: Vehicle, kits: tuple[Part, ...], site: LandingSite) -> Iterator[Finding]:
    stage = _stage_of(vehicle, kits)
    if stage is not None:
        yield _held(stage, site, "landing_mass", _landing_mass(stage), "kg", "lands with")


def _chutes_over(
    vehicle: Vehicle, chutes: list[Parachute], legs: list[LandingLegs], site: LandingSite
) -> Iterator[Finding]:
    """The speed under the canopies at sea level, against what legs take; without legs it is said and not judged."""
    stage = _stage_of(vehicle, tuple(chutes))
    if stage is None or not chutes:
        return
    drag = sum(c.count * c.drag_coefficient * c.area for c in chutes)
    speed = sqrt(2 * _landing_mass(stage) * G0 / (SEA_LEVEL_DENSITY * drag))
    what = f"{stage.name} under {' and '.join(c.name for c in chutes)}"
    taken = [kit.touchdown_speed for kit in legs if kit.touchdown_speed is not None]
    if legs and taken:
        place = Place(
            f"{what} -> {site.name}",
            "touchdown_speed",
            legs[0].where("touchdown_speed"),
            what,
            legs[0].name,
            "m/s",
            ("sinks at", "takes"),
        )
        found = Capacity()(speed, min(taken), place)
        yield Finding(found.severity, "assembly.descent_speed", found.where, found.message, found.margin)
    else:
        text = (
            f"{what} meets '{site.name}' at {shown(speed, 'm/s', 3)}, and nothing says what it bears; give legs a "
            "touchdown_speed"
        )
        yield Finding(Severity.UNKNOWN, "assembly.descent_speed", chutes[0].where(), text)


def _stage_of(vehicle: Vehicle, kits: tuple[Part, ...]) -> Stage | None:
    """The stage that the kit is joined to; the lowest one when no join says so."""
    if not kits:
        return None
    names = {kit.name for kit in kits}
    for join in vehicle.joins or ():
        if join.upper.rpartition(".")[0] in names:
            holder = join.lower.rpartition(".")[0]
            return next((s for s in (*vehicle.stages, *(g.stage for g in vehicle.boosters)) if s.name == holder), None)
    return vehicle.stages[0]


def _landing_mass(stage: Stage) -> float:
    """Dry, with what cannot be burned [kg]; propellant kept for landing is spent by then."""
    return stage.dry_mass + propellant_budget(stage).residual


def _held(module: Module, holder: Part, field: str, demand: float, unit: str, verb: str) -> Finding:
    """A figure of the vehicle against what the ground has for it."""
    rule, limit = f"assembly.{field}", getattr(holder, field)
    if limit is None:
        text = f"{module.name} {verb} {shown(demand, unit)}, and '{holder.name}' does not state its {field}; state it"
        return Finding(Severity.UNKNOWN, rule, holder.where(), text)
    place = Place(
        f"{module.name} -> {holder.name}", field, holder.where(field), module.name, holder.name, unit, (verb, "holds")
    )
    found = Capacity()(demand, limit, place)
    return Finding(found.severity, rule, found.where, found.message, found.margin)
