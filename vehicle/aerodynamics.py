"""Zero-lift drag coefficient of the flying stack against Mach number: a build-up of components, or the given curve.

What is added up, each by its published relation (drag_methods.py): turbulent skin friction with roughness,
compressibility and form factor; pressure drag of nose, shoulders and boat-tails; base drag, with the nozzles' exit area
taken off while the engines run. Not modelled: legs, raceways, gaps and other protuberances; interference between core and
boosters; the plume's effect on the flow ahead of it; thin air above about 90 km, where the coefficient rises towards 2.
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import pi, sqrt
from typing import Annotated

import numpy as np

from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..core.numeric import Table, table
from ..core.results import Array, Result, Unit
from . import drag_methods as methods
from .layout import Layout, layout
from .stage import Stage
from .vehicle import StrapOns, Vehicle

CITATIONS = (
    "S. Niskanen, Development of an Open Source Model Rocket Simulation Software (2009), ch. 3.4, app. B: build-up",
    "S. F. Hoerner, Fluid-Dynamic Drag (1965): roughness, boat-tail",
    "E. L. Fleeman, Tactical Missile Design (2001), p. 23: base drag",
    "W. E. Stoney, NASA TR R-100 (1961): noses",
)


@dataclass(frozen=True, kw_only=True)
class DragTable(Result):
    """Zero-lift drag coefficient against Mach number, all referred to reference_area.

    cd: engines running; cd_power_off: coasting. friction + nose + boattail + base (base_power_off) add up to them.
    """

    mach: Array
    cd: Array
    cd_power_off: Array
    friction: Array
    nose: Array
    boattail: Array
    base: Array
    base_power_off: Array
    reference_area: Annotated[float, Unit("m^2")]
    wetted_area: Annotated[float, Unit("m^2")]
    nozzle_exit_area: Annotated[float, Unit("m^2")]
    method: str

    def table(self, power_on: bool = True) -> Table:
        """The C² table of the coefficient against Mach number, clamped at its ends."""
        return table(self.mach, self.cd if power_on else self.cd_power_off)


@dataclass(frozen=True)
class Cone:
    """A piece of the outline, from the fore end aft: length and the two diameters [m]."""

    length: float
    fore: float
    aft: float

    @property
    def wetted(self) -> float:
        return pi / 2 * (self.fore + self.aft) * sqrt(self.length**2 + (self.aft - self.fore) ** 2 / 4)

    @property
    def step(self) -> float:
        """Area gained from fore to aft [m^2]; negative on a boat-tail."""
        return pi / 4 * (self.aft**2 - self.fore**2)


def mach_points() -> Array:
    """The Mach numbers of every table."""
    spans = methods.drag_data()["mach_points"]
    points = [np.arange(s["from"], s["to"] + s["step"] / 2, s["step"]) for s in spans]
    return np.round(np.concatenate(points), 6)


def drag_table(
    vehicle: Vehicle,
    *,
    lowest_stage: int = 0,
    boosters: bool | Collection[str] = True,
    fairing: bool = True,
    nozzle_exit_area: float = 0.0,
) -> DragTable:
    """Drag of what still flies: core stages from *lowest_stage* up, with or without boosters and fairing.

    boosters: whether they are attached, or the names of those that are.

    nozzle_exit_area [m^2]: of all engines that run at the base, boosters' included; no more than the base is taken off.
    The reference area is that of the widest body of the core (boosters' drag is added on the same area). A curve given in
    the vehicle's document is returned as it stands for the complete vehicle, and for the rest of the flight with a finding.
    """
    if nozzle_exit_area < 0:
        raise InputError(f"nozzle_exit_area is {nozzle_exit_area:g} m^2; it cannot be negative")
    if vehicle.drag is not None:
        return _given(vehicle, lowest_stage, fairing, nozzle_exit_area)
    place = layout(vehicle)
    nose, body = outline(vehicle, lowest_stage, fairing, place)
    groups = [
        g
        for g in vehicle.boosters
        if (boosters is True or (boosters and g.stage.name in boosters))
        and [s.name for s in vehicle.stages].index(g.beside or vehicle.stages[0].name) >= lowest_stage
    ]
    widest = max([nose[2] if nose else 0.0] + [max(c.fore, c.aft) for c in body])
    area = pi / 4 * widest**2
    machs = mach_points()
    findings = _findings(vehicle, nose, fairing, groups)

    core = body_drag(nose, body, machs)
    wetted = core["wetted"]
    core_base = pi / 4 * body[-1].aft ** 2
    base_area = core_base
    sums = {k: np.array(core[k]) for k in ("friction", "nose", "boattail")}
    for group in groups:
        b_nose, b_body = booster_outline(group)
        one = body_drag(b_nose, b_body, machs)
        for k in sums:
            sums[k] = sums[k] + group.count * np.array(one[k])
        wetted += group.count * one["wetted"]
        base_area += group.count * pi / 4 * group.stage.diameter**2
    base_coefficient = np.array([methods.base(m) for m in machs])
    base_off = base_coefficient * base_area
    base_on = base_coefficient * max(base_area - nozzle_exit_area, 0.0)
    parts = {k: v / area for k, v in sums.items()}
    forebody = parts["friction"] + parts["nose"] + parts["boattail"]
    return DragTable(
        mach=machs,
        cd=forebody + base_on / area,
        cd_power_off=forebody + base_off / area,
        friction=parts["friction"],
        nose=parts["nose"],
        boattail=parts["boattail"],
        base=base_on / area,
        base_power_off=base_off / area,
        reference_area=area,
        wetted_area=wetted,
        nozzle_exit_area=nozzle_exit_area,
        method="build-up",
        input_hash=vehicle.content_hash(),
        sources=CITATIONS,
        findings=tuple(findings),
    )


def tail_first_drag(stage: Stage, length: float | None = None) -> tuple[Array, Array, float]:
    """A stage that falls engines first, cut off: Mach numbers, drag coefficients, reference area [m^2].

    A flat face, skin friction, and the base drag of the upper end. length [m]: with what stays on it; the stage's own when None.
    Legs, fins and what burns are no part of it.
    """
    machs, area = mach_points(), pi / 4 * stage.diameter**2
    body = body_drag(None, [Cone(length or stage.length, stage.diameter, stage.diameter)], machs)
    base = np.array([methods.base(m) for m in machs])
    return machs, (np.array(body["friction"]) + np.array(body["nose"])) / area + base, area


def body_drag(nose: tuple[str, float, float] | None, body: list[Cone], machs: Array) -> dict:
    """Drag areas (coefficient times area) [m^2] of one body of revolution at each Mach number, and its wetted area."""
    data = methods.drag_data()
    length = sum(c.length for c in body) + (nose[1] if nose else 0.0)
    widest = max([nose[2] if nose else 0.0] + [max(c.fore, c.aft) for c in body])
    wetted = sum(c.wetted for c in body) + (_nose_area(*nose) if nose else 0.0)
    # Form factor of a body of revolution: 1 + 1/(2 fineness), Niskanen 2009 eq. 3.85.
    form = 1 + widest / (2 * length)
    roughness = data["roughness"]["value_m"] / length
    friction, front, tail = [], [], []
    for mach in machs:
        mach = float(mach)
        cf = methods.skin_friction(methods.reference_reynolds(mach, length), mach, roughness)
        friction.append(cf * form * wetted)
        if nose:
            drag = methods.nose(nose[0], nose[1], nose[2], mach) * pi / 4 * nose[2] ** 2
        else:
            drag = methods.blunt_face(mach) * pi / 4 * body[0].fore ** 2
        narrowing = 0.0
        for cone in body:
            if cone.step > 1e-9:
                # A shoulder is a conical nose on the step in area (Niskanen 2009 ch. 3.4.4).
                drag += methods.nose("conical", cone.length, cone.aft - cone.fore, mach) * cone.step
            elif cone.step < -1e-9:
                narrowing += methods.boattail(mach, cone.length, cone.fore, cone.aft) * -cone.step
        front.append(drag)
        tail.append(narrowing)
    return {"friction": friction, "nose": front, "boattail": tail, "wetted": wetted}


def _nose_area(shape: str, length: float, diameter: float) -> float:
    """Wetted area of a nose [m^2]."""
    from .parts import nose_profile

    x, r = map(np.asarray, nose_profile(shape, length, diameter / 2))
    return float(np.sum(pi * (r[1:] + r[:-1]) * np.hypot(np.diff(x), np.diff(r))))


def outline(
    vehicle: Vehicle, lowest: int, fairing: bool, place: Layout
) -> tuple[tuple[str, float, float] | None, list[Cone]]:
    """The nose (shape, length, diameter; None: a flat face) and the body from the fore end aft."""
    body: list[Cone] = []
    nose = None
    if not 0 <= lowest < len(vehicle.stages):
        raise InputError(
            f"lowest_stage is {lowest}, and the vehicle has {len(vehicle.stages)} stages (0 is the lowest)"
        )
    if fairing and vehicle.fairing is not None:
        f = vehicle.fairing
        nose = (f.nose_shape, f.nose_length, f.diameter)
        if f.cylinder_length > 1e-9:
            body.append(Cone(f.cylinder_length, f.diameter, f.diameter))
        if f.boattail_length > 0:
            body.append(Cone(f.boattail_length, f.diameter, f.base_diameter or vehicle.stages[-1].diameter))
    for i in range(len(vehicle.stages) - 1, lowest - 1, -1):
        stage = vehicle.stages[i]
        below = vehicle.interstage_on(vehicle.stages[i - 1]) if i > 0 else None
        # The engine of an upper stage is hidden in the interstage while that is attached.
        hidden = below.encloses if below is not None and i > lowest else 0.0
        body.append(Cone(stage.length - hidden, stage.diameter, stage.diameter))
        if below is not None and i > lowest:
            body.append(Cone(below.length, below.upper_diameter, below.lower_diameter))
    return nose, body


def booster_outline(group: StrapOns) -> tuple[tuple[str, float, float] | None, list[Cone]]:
    """As `outline`, of one booster."""
    stage = group.stage
    if stage.nose_length is None or stage.nose_shape is None:
        return None, [Cone(stage.length, stage.diameter, stage.diameter)]
    nose = (stage.nose_shape, stage.nose_length, stage.diameter)
    return nose, [Cone(max(stage.length - stage.nose_length, 1e-6), stage.diameter, stage.diameter)]


def _findings(vehicle: Vehicle, nose, fairing: bool, groups: list[StrapOns]) -> list[Finding]:
    findings = [
        Finding(
            Severity.UNKNOWN,
            "aerodynamics.protuberances",
            vehicle.where(),
            "legs, raceways, gaps and fittings have no drag in the build-up; give a measured curve in 'drag' if there is one",
        )
    ]
    if nose is not None and nose[1] / nose[2] < 0.5:
        findings.append(
            Finding(
                Severity.WARN,
                "aerodynamics.nose_fineness",
                vehicle.where("fairing"),
                f"the nose is only {nose[1] / nose[2]:.2f} diameters long; the relations hold from 0.5 (Niskanen 2009)",
                nose[1] / nose[2] / 0.5 - 1,
            )
        )
    if nose is None and fairing:
        findings.append(
            Finding(
                Severity.WARN,
                "aerodynamics.no_fairing",
                vehicle.where(),
                "without a fairing the front counts as a flat face",
            )
        )
    if groups:
        findings.append(
            Finding(
                Severity.UNKNOWN,
                "aerodynamics.interference",
                vehicle.where("boosters"),
                "drag of boosters is added as if they flew alone; their interference with the core is not modelled",
            )
        )
    return findings


def _given(vehicle: Vehicle, lowest: int, fairing: bool, nozzle_exit_area: float) -> DragTable:
    assert vehicle.drag is not None
    curve = vehicle.drag
    findings = []
    if lowest > 0 or not fairing:
        findings.append(
            Finding(
                Severity.WARN,
                "aerodynamics.given_curve",
                vehicle.where("drag"),
                "the given drag curve is that of the complete vehicle and is used after staging as well",
            )
        )
    zero = np.zeros(len(curve.mach))
    return DragTable(
        mach=np.array(curve.mach),
        cd=np.array(curve.coefficient),
        cd_power_off=np.array(curve.coefficient),
        friction=zero,
        nose=zero,
        boattail=zero,
        base=zero,
        base_power_off=zero,
        reference_area=curve.reference_area,
        wetted_area=0.0,
        nozzle_exit_area=nozzle_exit_area,
        method="given",
        input_hash=vehicle.content_hash(),
        sources=(curve.source,),
        findings=tuple(findings),
    )
