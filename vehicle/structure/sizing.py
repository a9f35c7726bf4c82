"""Walls of the stack for a set of load cases, their masses and margins.

A barrel's wall is the thickest that rupture and yield by pressure, buckling with the lowest pressure's relief, and the
gauge ask for; a dry shell's that of buckling and gauge; common bulkheads are in `bulkheads`. A wall that the document gives
is kept, and its margins counted. Margin of safety: allowable over factored demand, less one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import Annotated

import numpy as np

from ...core.findings import Finding, Severity
from ...core.results import Array, Result, Unit
from ..tank import Dome, Tank
from ..vehicle import Vehicle
from . import buckling
from .bulkheads import BulkheadSizing, bulkheads, size_bulkhead
from .caps import membrane
from .cases import LoadCase, gas, largest_pressure, liquid_pressure, ullage
from .document import StructureRules
from .materials import Material
from .zones import Zone, dome_area, zones

_SOURCES = (
    "NASA SP-8007, Buckling of Thin-Walled Circular Cylinders (rev. August 1968; factors unchanged in rev. 2, 2020)",
    "NASA SP-8032, Buckling of Thin-Walled Doubly Curved Shells (August 1969): domes pressed in",
    "G. Gerard, C. Lakshmikantham (1966): optimum stiffened cylinders, with NASA's customary knock-down of 0.65",
)


@dataclass(frozen=True, kw_only=True)
class ShellSizing(Result):
    """One shell. thickness: smeared, where it is stiffened. sized_by: pressure, buckling, gauge or given; by which case.

    axial, bending: limit loads of the case that governs buckling; pressure: largest, at the foot. margin_*: None where it
    does not apply. mass: with joints.
    """

    name: str
    part: str
    kind: str
    material: str
    construction: str
    bottom: Annotated[float, Unit("m")]
    top: Annotated[float, Unit("m")]
    radius: Annotated[float, Unit("m")]
    thickness: Annotated[float, Unit("m")]
    sized_by: str
    buckling_case: str
    pressure_case: str
    axial: Annotated[float, Unit("N")]
    shear: Annotated[float, Unit("N")]
    bending: Annotated[float, Unit("N*m")]
    pressure: Annotated[float, Unit("Pa")]
    margin_pressure: float | None
    margin_buckling: float | None
    mass: Annotated[float, Unit("kg")]


@dataclass(frozen=True, kw_only=True)
class DomeSizing(Result):
    """The domes of a tank that bulge outward and are no common bulkheads; wall and mass 0 where it has none."""

    tank: str
    part: str
    thickness: Annotated[float, Unit("m")]
    pressure: Annotated[float, Unit("Pa")]
    mass: Annotated[float, Unit("kg")]


@dataclass(frozen=True, kw_only=True)
class Structure(Result):
    """The sized core. ultimate_factor, yield_factor: on every demand. mass: of shells, domes and bulkheads."""

    shells: tuple[ShellSizing, ...]
    domes: tuple[DomeSizing, ...]
    bulkheads: tuple[BulkheadSizing, ...]
    ultimate_factor: float
    yield_factor: float
    mass: Annotated[float, Unit("kg")]

    def mass_of(self, part: str) -> float:
        """Shells, domes and bulkheads of one stage or interstage [kg]."""
        return sum(s.mass for s in (*self.shells, *self.domes, *self.bulkheads) if s.part == part)

    def stiffness(self, station: Array, modulus: dict[str, float]) -> Array:
        """E I [N m^2] of each piece between stations: E pi r^3 t of the shell there; the nearest one's outside."""
        middle = (station[:-1] + station[1:]) / 2
        result = np.empty(len(middle))
        for i, x in enumerate(middle):
            shell = min(self.shells, key=lambda s: max(s.bottom - x, x - s.top, 0.0))
            result[i] = modulus[shell.material] * pi * shell.radius**3 * shell.thickness
        return result


def size_structure(vehicle: Vehicle, rules: StructureRules, cases: Sequence[LoadCase]) -> Structure:
    """Size the core for the cases. Boosters, fairing, adapter and thrust structure are not in it, and a finding says so."""
    shells, domes, findings = [], [], [_not_sized(vehicle)]
    materials = (rules.tank_material, rules.dry_material)
    found = zones(vehicle)
    between = bulkheads(found)
    for zone in found:
        shell, told = _shell(zone, rules, cases)
        shells.append(shell)
        findings += told
        if zone.tank is not None:
            both = ((zone.tank.lower_dome, False), (zone.tank.upper_dome, True))
            own = [d for d, upper in both if not d.inward and not any(b.ends(zone, upper) for b in between)]
            domes.append(_domes(zone, zone.tank, own, rules, cases))
    shared = []
    for bulkhead in between:
        sized, told = size_bulkhead(bulkhead, rules, cases)
        shared.append(sized)
        findings += told
    return Structure(
        shells=tuple(shells),
        domes=tuple(domes),
        bulkheads=tuple(shared),
        ultimate_factor=rules.ultimate_factor,
        yield_factor=rules.yield_factor,
        mass=sum(s.mass for s in (*shells, *domes, *shared)),
        input_hash=vehicle.content_hash(),
        sources=(*_SOURCES, *dict.fromkeys(f"{m.name}: {m.citation} [{m.grade}]" for m in materials)),
        findings=tuple(findings),
    )


def _shell(zone: Zone, rules: StructureRules, cases: Sequence[LoadCase]) -> tuple[ShellSizing, list[Finding]]:
    tank = zone.tank
    material = rules.tank_material if tank is not None else rules.dry_material
    construction = rules.tanks if tank is not None else rules.shells
    there = [c for c in cases if c.covers(zone)]
    by_buckling, governing, demand = 0.0, "none", (0.0, 0.0, 0.0)
    relief = 0.0
    for case in there:
        axial, shear, bending = case.largest(zone)
        pressure = _relief(tank, rules, case)
        needed = _needed(zone, material, construction, axial, bending, pressure, rules.ultimate_factor)
        if needed > by_buckling or governing == "none":
            by_buckling, governing, demand, relief = (
                max(needed, by_buckling),
                case.name,
                (axial, shear, bending),
                pressure,
            )
    pressure, pressure_case = largest_pressure(zone, rules, there)
    by_pressure = max(
        rules.ultimate_factor * pressure * zone.radius / (material.ultimate_strength * material.weld_factor),
        rules.yield_factor * pressure * zone.radius / (material.yield_strength * material.weld_factor),
    )
    choices = {"gauge": material.minimum_gauge, "pressure": by_pressure, "buckling": by_buckling}
    given = tank.wall_thickness if tank is not None else None
    sized_by = "given" if given is not None else max(choices, key=lambda k: choices[k])
    wall = given if given is not None else choices[sized_by]
    margin_buckling = None
    if governing != "none" and (demand[0] > 0 or demand[2] > 0):
        margin_buckling = _buckling_margin(zone, wall, material, construction, demand, relief, rules.ultimate_factor)
    margin_pressure = wall / by_pressure - 1 if by_pressure > 0 else None
    findings = _margin_findings(zone, tank, margin_pressure, margin_buckling, wall, governing, bool(there))
    sizing = ShellSizing(
        name=zone.name,
        part=zone.part,
        kind=zone.kind,
        material=material.name,
        construction=construction,
        bottom=zone.bottom,
        top=zone.top,
        radius=zone.radius,
        thickness=wall,
        sized_by=sized_by,
        buckling_case=governing,
        pressure_case=pressure_case,
        axial=demand[0],
        shear=demand[1],
        bending=demand[2],
        pressure=pressure,
        margin_pressure=margin_pressure,
        margin_buckling=margin_buckling,
        mass=zone.area * wall * material.density * (1 + rules.joint_share),
    )
    return sizing, findings


def _needed(
    zone: Zone, material: Material, construction: str, axial: float, bending: float, pressure: float, factor: float
) -> float:
    axial, bending = factor * max(axial, 0.0), factor * bending
    if construction == "monocoque":
        return buckling.thickness_for(zone.radius, material, axial, bending, pressure)
    relieved = max(axial - max(pressure, 0.0) * pi * zone.radius**2, 0.0)
    wall = buckling.stiffened_thickness(zone.radius, material, relieved, bending)
    line = relieved / (2 * pi * zone.radius) + bending / (pi * zone.radius**2)
    return max(wall, line / material.yield_strength)


def _buckling_margin(zone, wall, material, construction, demand, pressure, factor) -> float:
    if construction == "monocoque":
        ratio = buckling.buckling_ratio(zone.radius, wall, material, factor * demand[0], factor * demand[2], pressure)
        return 1 / ratio - 1 if ratio > 0 else 10.0
    needed = _needed(zone, material, construction, demand[0], demand[2], pressure, factor)
    exponent = 1 / buckling.GERARD[1]
    return min((wall / needed) ** exponent - 1, 10.0) if needed > 0 else 10.0


def _relief(tank: Tank | None, rules: StructureRules, case: LoadCase) -> float:
    if tank is None:
        return 0.0
    return gas(tank, rules, case)[0]


def _domes(zone: Zone, tank: Tank, own: Sequence[Dome], rules: StructureRules, cases: Sequence[LoadCase]) -> DomeSizing:
    """The domes that are the tank's own and bulge outward, of one thickness: the largest membrane stress of both."""
    material = rules.tank_material
    pressure = max(
        [ullage(tank, rules)]
        + [
            ullage(tank, rules) + liquid_pressure(zone, tank, c, zone.tank_bottom)
            for c in cases
            if c.covers(zone) and c.pressurised
        ]
    )
    wall = area = 0.0
    allowed = min(material.ultimate_strength / rules.ultimate_factor, material.yield_strength / rules.yield_factor)
    for dome in own:
        height = dome.height(tank.radius)
        line = membrane(tank.radius, height) if height > 0 else 2 * tank.radius
        wall = max(wall, pressure * line / (allowed * material.weld_factor), material.minimum_gauge)
        area += dome_area(tank.radius, height)
    return DomeSizing(
        tank=zone.name,
        part=zone.part,
        thickness=wall,
        pressure=pressure,
        mass=area * wall * material.density * (1 + rules.joint_share),
    )


def _margin_findings(zone, tank, by_pressure, by_buckling, wall, case, covered) -> list[Finding]:
    where = tank.where("wall_thickness") if tank is not None and tank.wall_thickness is not None else zone.name
    found = []
    if not covered:
        text = f"{zone.name}: no load case covers it; its wall is sized by pressure and gauge alone"
        found.append(Finding(Severity.UNKNOWN, "structure.no_case", where, text))
    for name, margin in (("pressure", by_pressure), ("buckling", by_buckling)):
        if margin is None:
            continue
        # a wall that was made for its load has a margin of 0 by construction
        bad = margin < -1e-6
        text = f"{zone.name}: {1e3 * wall:.2f} mm, margin of safety against {name} {margin:+.2f}"
        text += f" ({case}); make the wall thicker" if bad else ""
        found.append(Finding(Severity.ERROR if bad else Severity.OK, f"structure.{name}", where, text, margin))
    if not zone.radius / wall <= buckling.THINNEST:
        text = f"{zone.name}: radius over thickness {zone.radius / wall:.0f}; SP-8007's tests end at {buckling.THINNEST:.0f}"
        found.append(
            Finding(Severity.WARN, "structure.slenderness", where, text, buckling.THINNEST * wall / zone.radius - 1)
        )
    return found


def _not_sized(vehicle: Vehicle) -> Finding:
    return Finding(
        Severity.UNKNOWN,
        "structure.not_sized",
        vehicle.where(),
        "thrust structures, payload adapter, fairing and strap-ons are not sized; cut-outs, fatigue, slosh and transients are "
        "not modelled",
    )
