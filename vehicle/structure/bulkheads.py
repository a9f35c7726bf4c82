"""Domes that bulge into a tank: common bulkheads, and inward ends. The tank on the hollow side presses them out, the other in.

Pressed out they are membranes; pressed in they buckle. The pressures are differences: the one side's largest less what the other
side keeps at the same instant, gas and liquid; with `either_alone` nothing is kept on the other side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from ...core.errors import InputError
from ...core.findings import Finding, Severity
from ...core.results import Result, Unit
from ...propulsion.propellants import find_propellant
from ..tank import Tank, share_a_dome
from . import caps
from .cases import LoadCase, gas, liquid_pressure, ullage
from .document import StructureRules
from .materials import Material
from .zones import Zone, dome_area

_UNLIKE = 20.0  # K: liquids farther apart than this ask for insulation between them
_THICKEST_FACES = (
    30  # steps between the least face and the plain dome's half, from which the lightest sandwich is taken
)


@dataclass(frozen=True)
class Bulkhead:
    """A dome that bulges into the tank *inside*: its upper one (on_top) or its lower one; outside: the tank on the hollow side,
    None for dry space."""

    inside: Zone
    outside: Zone | None
    on_top: bool

    @property
    def tank(self) -> Tank:
        """The tank into which it bulges."""
        assert self.inside.tank is not None
        return self.inside.tank

    @property
    def height(self) -> float:
        """Of the dome [m]."""
        dome = self.tank.upper_dome if self.on_top else self.tank.lower_dome
        return dome.height(self.tank.radius)

    def ends(self, zone: Zone, upper: bool) -> bool:
        """Whether it is that end of a tank's, seen from its hollow side."""
        return zone is self.outside and upper != self.on_top

    def sides(self, rules: StructureRules, case: LoadCase) -> tuple[tuple[float, float], tuple[float, float]]:
        """(least, largest) pressure [Pa] on the bulging and on the hollow side in one case."""
        here = self._side(
            self.inside, self.tank, rules, case, rim=self.inside.top if self.on_top else self.inside.bottom
        )
        if self.outside is None or self.outside.tank is None:
            return here, (0.0, 0.0)
        other = self.outside
        return here, self._side(other, other.tank, rules, case, rim=other.bottom if self.on_top else other.top)

    def _side(
        self, zone: Zone, tank: Tank | None, rules: StructureRules, case: LoadCase, rim: float
    ) -> tuple[float, float]:
        assert tank is not None
        crown = rim + (-self.height if self.on_top else self.height)
        heads = [liquid_pressure(zone, tank, case, x) for x in (rim, crown)]
        low, high = gas(tank, rules, case)
        return low + min(heads), high + max(heads)


@dataclass(frozen=True, kw_only=True)
class BulkheadSizing(Result):
    """One bulkhead. wall: of the plain dome, or of each of two faces; core: None of a plain one. pressed_out, pressed_in: limit
    pressures from the hollow and from the bulging side, with their cases; sized_by: gauge, pressure or buckling. margin_*:
    allowable over factored demand, less one; None without demand. heat_flow: through the core between the liquids."""

    name: str
    part: str
    hollow_side: str
    bulging_side: str
    material: str
    construction: str
    wall: Annotated[float, Unit("m")]
    core: Annotated[float | None, Unit("m")]
    pressed_out: Annotated[float, Unit("Pa")]
    out_case: str
    pressed_in: Annotated[float, Unit("Pa")]
    in_case: str
    sized_by: str
    margin_pressure: float | None
    margin_buckling: float | None
    heat_flow: Annotated[float | None, Unit("W")]
    mass: Annotated[float, Unit("kg")]


def bulkheads(found: Sequence[Zone]) -> list[Bulkhead]:
    """Every inward dome of the stack's barrels, from the bottom up, with the tank that shares it."""
    barrels = [z for z in found if z.tank is not None]
    shared: list[Bulkhead] = []
    for below, above in pairwise(barrels):
        assert below.tank is not None and above.tank is not None
        touching = below.part == above.part and abs(above.bottom - below.top) < 1e-6
        if touching and share_a_dome(below.tank, above.tank):
            bulges_up = above.tank.lower_dome.inward
            shared.append(Bulkhead(above, below, False) if bulges_up else Bulkhead(below, above, True))
    for zone in barrels:
        assert zone.tank is not None
        for dome, on_top in ((zone.tank.lower_dome, False), (zone.tank.upper_dome, True)):
            if dome.inward and not any(b.inside is zone and b.on_top == on_top for b in shared):
                shared.append(Bulkhead(zone, None, on_top))
    return sorted(shared, key=lambda b: b.inside.bottom)


def size_bulkhead(
    bulkhead: Bulkhead, rules: StructureRules, cases: Sequence[LoadCase]
) -> tuple[BulkheadSizing, list[Finding]]:
    """Of least mass for its pressures."""
    there = [c for c in cases if c.covers(bulkhead.inside)]
    (out, out_case), (pressed, in_case) = _demands(bulkhead, rules, there)
    made = _made(bulkhead, rules, out, pressed)
    tank, beside = bulkhead.tank, bulkhead.outside.tank if bulkhead.outside is not None else None
    area = dome_area(tank.radius, bulkhead.height)
    per_area = made.wall * rules.tank_material.density * (1 if made.core is None else 2)
    heat = None
    if made.core is not None:
        own = rules.common_bulkheads
        per_area += made.core * own.core_density + 2 * own.adhesive
        if beside is not None and (apart := _apart(tank, beside)) is not None:
            heat = own.core_conductivity * area * apart / made.core
    hollow = bulkhead.outside.tank.name if bulkhead.outside is not None and bulkhead.outside.tank is not None else "dry"
    sizing = BulkheadSizing(
        name=f"{bulkhead.inside.part}: {'common bulkhead' if beside is not None else 'inward dome'} of {tank.name}",
        part=bulkhead.inside.part,
        hollow_side=hollow,
        bulging_side=tank.name,
        material=rules.tank_material.name,
        construction=rules.common_bulkheads.construction,
        wall=made.wall,
        core=made.core,
        pressed_out=out,
        out_case=out_case,
        pressed_in=pressed,
        in_case=in_case,
        sized_by=made.sized_by,
        margin_pressure=made.margin_pressure,
        margin_buckling=made.margin_buckling,
        heat_flow=heat,
        mass=area * per_area * (1 + rules.joint_share),
    )
    return sizing, _findings(sizing, bulkhead, beside, made)


def _demands(
    bulkhead: Bulkhead, rules: StructureRules, cases: Sequence[LoadCase]
) -> tuple[tuple[float, str], tuple[float, str]]:
    """The largest pressures [Pa] outward and inward, with their cases; none below zero."""
    out, pressed = (0.0, "none"), (0.0, "none")
    alone = rules.common_bulkheads.either_alone
    for case in cases:
        (least_in, most_in), (least_out, most_out) = bulkhead.sides(rules, case)
        out = max(out, (most_out - (0.0 if alone else least_in), case.name), key=lambda x: x[0])
        pressed = max(pressed, (most_in - (0.0 if alone else least_out), case.name), key=lambda x: x[0])
    if not cases:  # the gas alone, for want of a case
        out = (ullage(bulkhead.outside.tank, rules) if bulkhead.outside and bulkhead.outside.tank else 0.0, "ullage")
        pressed = (ullage(bulkhead.tank, rules), "ullage")
    return out, pressed


@dataclass(frozen=True)
class _Made:
    wall: float
    core: float | None
    sized_by: str
    margin_pressure: float | None
    margin_buckling: float | None


def _made(bulkhead: Bulkhead, rules: StructureRules, out: float, pressed: float) -> _Made:
    radius, height, material = bulkhead.tank.radius, bulkhead.height, rules.tank_material
    allowed = min(material.ultimate_strength / rules.ultimate_factor, material.yield_strength / rules.yield_factor)
    # pressed in it is as much a membrane, without welds to tear
    line = caps.membrane(radius, height) if height > 0 else 2 * radius
    by_pressure = line * max(out / material.weld_factor, pressed) / allowed
    if rules.common_bulkheads.construction == "sandwich" and height > 0:
        return _sandwich(radius, height, material, rules, by_pressure, pressed)
    needed = rules.ultimate_factor * pressed
    choices = {
        "gauge": material.minimum_gauge,
        "pressure": by_pressure,
        "buckling": caps.plain_for(radius, height, material, needed) if height > 0 else 0.0,
    }
    sized_by = max(choices, key=lambda k: choices[k])
    wall = choices[sized_by]
    margin = caps.critical_plain(radius, height, wall, material) / needed - 1 if needed > 0 and height > 0 else None
    return _Made(wall, None, sized_by, wall / by_pressure - 1 if by_pressure > 0 else None, margin)


def _sandwich(
    radius: float, height: float, material: Material, rules: StructureRules, by_pressure: float, pressed: float
) -> _Made:
    """The lightest of those whose faces bear the membrane's load and whose core keeps them from buckling."""
    own, needed = rules.common_bulkheads, rules.ultimate_factor * pressed
    least = max(material.minimum_gauge, by_pressure / 2)
    most = max(least, caps.plain_for(radius, height, material, needed) / 2) if needed > 0 else least
    best: tuple[float, float, float] | None = None
    for k in range(_THICKEST_FACES + 1):
        face = least + (most - least) * (k / _THICKEST_FACES) ** 2
        core = max(caps.core_for(radius, height, face, own.core_shear_modulus, material, needed), own.least_core)
        mass = 2 * face * material.density + core * own.core_density
        if best is None or mass < best[0]:
            best = (mass, face, core)
        if most == least:
            break
    assert best is not None
    _, face, core = best
    sandwich = caps.Sandwich(face, core, own.core_shear_modulus)
    margin = caps.critical_sandwich(radius, height, sandwich, material) / needed - 1 if needed > 0 else None
    buckles = core > own.least_core * (1 + 1e-9) or face > least * (1 + 1e-9)
    sized_by = "buckling" if buckles else "gauge" if least == material.minimum_gauge else "pressure"
    return _Made(face, core, sized_by, 2 * face / by_pressure - 1 if by_pressure > 0 else None, margin)


def _apart(one: Tank, other: Tank) -> float | None:
    """Difference of the liquids' temperatures [K]; None where one is not known."""
    known = [_temperature(t) for t in (one, other)]
    return None if None in known else abs(known[0] - known[1])  # type: ignore[operator]


def _temperature(tank: Tank) -> float | None:
    if tank.temperature is not None:
        return tank.temperature
    try:
        return find_propellant(tank.contents).temperature
    except InputError:
        return None


def _findings(sizing: BulkheadSizing, bulkhead: Bulkhead, beside: Tank | None, made: _Made) -> list[Finding]:
    name, found = sizing.name, []
    built = f"{1e3 * sizing.wall:.2f} mm, plain"
    if sizing.core is not None:
        built = f"two faces of {1e3 * sizing.wall:.2f} mm on a core of {1e3 * sizing.core:.0f} mm"
    pressures = (
        f"pressed out by {sizing.pressed_out / 1e5:.2f} bar ({sizing.out_case}), "
        f"in by {sizing.pressed_in / 1e5:.2f} bar ({sizing.in_case})"
    )
    text = f"{name}: {built}; {pressures}; {sizing.mass:.0f} kg"
    found.append(Finding(Severity.OK, "structure.bulkhead", name, text, made.margin_buckling))
    if bulkhead.height <= 0:
        text = f"{name}: flat; what a flat bulkhead bears is not modelled. Give its dome a height"
        found.append(Finding(Severity.UNKNOWN, "structure.bulkhead_flat", name, text))
    if sizing.sized_by == "buckling" and beside is not None:
        text = (
            f"{name}: '{sizing.bulging_side}' presses it in by {sizing.pressed_in / 1e5:.2f} bar ({sizing.in_case}); buckling "
            f"sizes it. A dome that bulges into '{sizing.hollow_side}' instead, more pressure kept there, or a sandwich may be "
            "lighter"
        )
        found.append(Finding(Severity.WARN, "structure.bulkhead_pressed_in", name, text))
    if beside is not None and sizing.core is None:
        apart = _apart(bulkhead.tank, beside)
        if apart is None or apart > _UNLIKE:
            how = "liquids of temperatures not known" if apart is None else f"liquids {apart:.0f} K apart"
            text = f"{name}: stands between {how} and has no insulation in its mass; a sandwich's core insulates"
            found.append(Finding(Severity.WARN, "structure.bulkhead_insulation", name, text))
    return found
