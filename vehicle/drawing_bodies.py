"""The bodies of the side view: stages in section with tanks and bells, interstages, fairing, and the view from aft."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, cos, pi, radians, sin, sqrt, tan
from typing import Any

from .aero_table import fin_sets
from .equipment import LandingLegs
from .layout import Layout, fairing_profile
from .liquid import level
from .parts import nose_profile
from .stage import Stage
from .svg import FAINT, GREY, INK, Sheet, text_width
from .tank import Tank
from .vehicle import Vehicle

BODY, STRUCTURE, METAL = "#f4f6f8", "#dfe4ea", "#aab4bf"
LIQUIDS = {
    "LOX": ("#8fc1e8", ("lox", "lo2", "o2(l)")),
    "RP-1": ("#e8b06a", ("rp-1", "rp1", "kerosene")),
    "LCH4": ("#9fd3a0", ("lch4", "ch4(l)", "lng", "methane")),
    "LH2": ("#e3a6b8", ("lh2", "h2(l)", "hydrogen")),
}
OTHER = ("#c5b3dd", "#d8cf8c", "#a9d4d0", "#d6b59b")


@dataclass
class View:
    """Metres to pixels: the nose points right."""

    sheet: Sheet
    scale: float
    x0: float
    axis: float

    def x(self, station: float) -> float:
        return self.x0 + station * self.scale

    def y(self, across: float) -> float:
        return self.axis - across * self.scale

    def band(self, a: float, b: float, ra: float, rb: float, fill: str, off: float = 0.0, **style: Any) -> None:
        """A cone or cylinder from station a to b."""
        points = ((a, ra), (b, rb), (b, -rb), (a, -ra))
        self.sheet.path(
            "M" + " L".join(f"{self.x(s):.2f},{self.y(off + r):.2f}" for s, r in points) + "Z", fill=fill, **style
        )


def draw_core(
    view: View, vehicle: Vehicle, place: Layout, colours: dict[str, str], maps: Mapping[str, Any] | None
) -> None:
    """The core stages with tanks and engines, interstages, adapter, fairing and payload envelope."""
    for stage in vehicle.stages:
        part = vehicle.interstage_on(stage)
        if part is not None:
            at = place.part("interstage", part.name)
            view.band(at.bottom, at.top, part.lower_diameter / 2, part.upper_diameter / 2, STRUCTURE, width=1.5)
    for i, stage in enumerate(vehicle.stages):
        at = place.part("stage", stage.name)
        below = vehicle.interstage_on(vehicle.stages[i - 1]) if i > 0 else None
        _stage(view, stage, at.bottom, 0.0, colours, maps, open_below=below is not None)
        if below is not None:
            # The interstage's upper joint: ticks on the skin, for tanks may reach down past it.
            joint, r = view.x(place.part("interstage", below.name).top), below.upper_diameter / 2
            for side in (1, -1):
                view.sheet.line(
                    joint, view.y(side * r) - side * 5, joint, view.y(side * r) + side * 3, stroke=INK, width=1.8
                )
    base = place.part("stage", vehicle.stages[-1].name).top
    if vehicle.fairing is not None:
        heights, radii = fairing_profile(vehicle)
        upper = [(view.x(base + h), view.y(r)) for h, r in zip(heights, radii, strict=True)]
        lower = [(view.x(base + h), view.y(-r)) for h, r in zip(heights[::-1], radii[::-1], strict=True)]
        view.sheet.path("M" + " L".join(f"{x:.2f},{y:.2f}" for x, y in upper + lower) + "Z", fill=BODY, width=1.5)
        if vehicle.fairing.boattail_length > 0:
            joint = view.x(base + vehicle.fairing.boattail_length)
            r = vehicle.fairing.diameter / 2
            view.sheet.line(joint, view.y(r), joint, view.y(-r), stroke=METAL)
        tip = view.x(base + vehicle.fairing.length - vehicle.fairing.nose_length)
        r = vehicle.fairing.diameter / 2
        view.sheet.line(tip, view.y(r), tip, view.y(-r), stroke=METAL)
    height = 0.0
    if vehicle.adapter is not None:
        a = vehicle.adapter
        height = a.height
        view.band(base, base + height, a.lower_diameter / 2, a.upper_diameter / 2, METAL, opacity=0.7, width=0.9)
    envelope = vehicle.fairing.envelope if vehicle.fairing is not None else None
    if envelope is not None:
        e, s = envelope, base + height
        outline = [(s, e.diameter / 2), (s + e.cylinder_height, e.diameter / 2), (s + e.height, e.top_diameter / 2)]
        points = outline + [(x, -r) for x, r in reversed(outline)]
        d = "M" + " L".join(f"{view.x(x):.2f},{view.y(r):.2f}" for x, r in points) + "Z"
        view.sheet.path(d, fill="#ffffff", stroke=GREY, width=0.9, dash="6 4", opacity=0.7)
    payload = vehicle.payload
    if payload.length is not None and payload.diameter is not None:
        at = place.part("payload")
        view.band(at.bottom, at.top, payload.diameter / 2, payload.diameter / 2, "#fff3c9", width=1.0)
    elif envelope is not None:
        x = view.x(base + height + envelope.cylinder_height / 2)
        if text_width("payload", 12) < envelope.cylinder_height * view.scale - 8:
            view.sheet.text(x, view.axis - 6, "payload", 12, colour=GREY)
            view.sheet.text(x, view.axis + 15, "envelope", 12, colour=GREY)


def _stage(
    view: View,
    stage: Stage,
    bottom: float,
    off: float,
    colours: dict[str, str],
    maps: Mapping[str, Any] | None,
    open_below: bool = False,
) -> None:
    """Bells, body, tanks of one stage whose axis lies *off* metres above the vehicle's."""
    r = stage.diameter / 2
    bell = _bell(stage, maps)
    section = stage.engine_section
    # A lowest stage's skirt covers the upper half of its bells; an upper stage's engine stands free in the interstage.
    skirt = bottom + (max(section - 0.1 * r, 0.0) if open_below else (0.55 * bell[1] if bell else 0.0))
    if bell:
        for across in sorted(_engine_places(stage.engine_count, r, bell[0]), key=lambda p: p[1]):
            _draw_bell(view, bottom, off + across[0], bell, section)
    top = bottom + stage.length
    nose = stage.nose_length or 0.0
    view.band(skirt, top - nose, r, r, BODY, off, width=1.5)
    if nose and stage.nose_shape:
        xs, rs = nose_profile(stage.nose_shape, nose, r)
        up = [(view.x(top - x), view.y(off + q)) for x, q in zip(xs, rs, strict=True)]
        down = [(view.x(top - x), view.y(off - q)) for x, q in zip(xs[::-1], rs[::-1], strict=True)]
        view.sheet.path("M" + " L".join(f"{x:.2f},{y:.2f}" for x, y in up + down) + "Z", fill=BODY, width=1.5)
    if section > 0 and stage.tanks:
        # Thrust structure, between the engines and the lowest tank.
        view.band(
            max(skirt, bottom + 0.62 * section), bottom + section, r * 0.45, r * 0.8, METAL, off, width=0.7, opacity=0.6
        )
    for tank, station in zip(stage.tanks, stage.tank_stations, strict=True):
        _tank(view, tank, bottom + station, off, colours[tank.contents])
    if not stage.tanks:
        view.band(bottom + section + 0.1 * r, top - nose - 0.1 * r, r * 0.94, r * 0.94, "#d9d4c8", off, width=0.9)


def _tank(view: View, tank: Tank, bottom: float, off: float, colour: str) -> None:
    r = tank.radius
    lower, upper = tank.lower_dome.height(r), tank.upper_dome.height(r)
    start = bottom + (0.0 if tank.lower_dome.inward else lower)
    end = start + tank.barrel_length
    s = view.scale
    y1, y2 = view.y(off + r), view.y(off - r)

    def arc(height: float, sweep: int, y: float, x: float) -> str:
        return f"A{height * s:.2f},{r * s:.2f} 0 0 {sweep} {x:.2f},{y:.2f}" if height > 0 else f"L{x:.2f},{y:.2f}"

    # Clockwise from the upper left: along the top, down the forward dome, back along the bottom, up the aft dome.
    fore, aft = view.x(end), view.x(start)
    outline = (
        f"M{aft:.2f},{y1:.2f} L{fore:.2f},{y1:.2f} {arc(upper, 0 if tank.upper_dome.inward else 1, y2, fore)} "
        f"L{aft:.2f},{y2:.2f} {arc(lower, 0 if tank.lower_dome.inward else 1, y1, aft)}Z"
    )
    surface = view.x(bottom + level(tank, tank.fill * tank.internal_volume))
    key = f"t{len(view.sheet.elements)}"
    view.sheet.path(outline, fill="#ffffff", stroke="none")
    view.sheet.elements.append(f'<clipPath id="{key}"><path d="{outline}"/></clipPath>')
    left = view.x(bottom)
    view.sheet.elements.append(
        f'<g clip-path="url(#{key})">'
        f'<rect x="{left:.2f}" y="{y1:.2f}" width="{surface - left:.2f}" height="{y2 - y1:.2f}" fill="{colour}"/>'
        f'<line x1="{surface:.2f}" y1="{y1:.2f}" x2="{surface:.2f}" y2="{y2:.2f}" stroke="{GREY}" stroke-width="0.7"/></g>'
    )
    view.sheet.path(outline, stroke=INK, width=1.2)
    middle = (view.x(start + (lower if tank.lower_dome.inward else 0)) + view.x(end)) / 2
    label, mass = tank.contents, f"{tank.propellant_mass / 1000:.1f} t"
    room = 2 * (view.x(end) - middle) - 8
    one = f"{label} \u2013 {mass}"
    if text_width(one, 13) < room and 2 * r * s > 22:
        view.sheet.text(middle, view.y(off) - 6, one, 13, weight="bold")
    elif text_width(label, 12) < room + 16 and 2 * r * s > 22:
        view.sheet.text(middle, view.y(off) - 6, label, 12, weight="bold")
        view.sheet.text(middle, view.y(off) + 15, mass, 11)


def _bell(stage: Stage, maps: Mapping[str, Any] | None) -> tuple[float, float, float] | None:
    """Exit radius, length and throat radius [m] for the drawing: an 80 % bell (length of a 15 deg cone times 0.8)."""
    engine = stage.powerplant
    diameter = getattr(engine, "exit_diameter", None)
    if diameter is None and maps:
        found = maps.get(stage.name) or maps.get(engine.name)
        diameter = sqrt(4 / pi * found.exit_area) if found is not None else None
    if diameter is None:
        return None
    exit_radius = diameter / 2
    throat = exit_radius / sqrt(getattr(engine, "area_ratio", 16.0))
    length = 0.8 * (exit_radius - throat) / tan(radians(15))
    if stage.engine_section > 0:
        length = min(length, 0.72 * stage.engine_section)
    return exit_radius, length, throat


def _engine_places(count: int, body_radius: float, exit_radius: float) -> list[tuple[float, float]]:
    """Engine axes across the body, (up, towards the viewer) [m]: a ring, with one in the middle from five engines on."""
    if count == 1:
        return [(0.0, 0.0)]
    places: list[tuple[float, float]] = []
    left, radius = count, max(body_radius - 1.05 * exit_radius, exit_radius)
    while left > 0:
        room = max(int(pi / max(1e-6, _half_angle(exit_radius, radius))), 1)
        ring = left if left < 5 or (left <= room and radius < 2.2 * exit_radius) else min(left - 1, room)
        if radius < exit_radius * 0.6:
            ring, radius = left, 0.0
        places += [
            (radius * cos(2 * pi * k / ring + pi / 2), radius * sin(2 * pi * k / ring + pi / 2)) for k in range(ring)
        ]
        left -= ring
        radius = 0.0 if left == 1 else max(radius - 2.1 * exit_radius, 0.0)
    return places


def _half_angle(exit_radius: float, ring_radius: float) -> float:
    return asin(min(1.0, exit_radius / ring_radius)) if ring_radius > 0 else pi


def _draw_bell(view: View, bottom: float, off: float, bell: tuple[float, float, float], section: float) -> None:
    exit_radius, length, throat = bell
    n = 14
    # A parabola through throat and exit stands for the contour.
    curve = [(bottom + length * (1 - i / n), throat + (exit_radius - throat) * (i / n) ** 0.62) for i in range(n + 1)]
    chamber = [
        (bottom + length + 4.2 * throat, 1.35 * throat),
        (bottom + length + 1.6 * throat, 1.6 * throat),
        (bottom + length, throat),
    ]
    points = chamber[:2] + curve
    up = [(view.x(s), view.y(off + r)) for s, r in points]
    down = [(view.x(s), view.y(off - r)) for s, r in reversed(points)]
    d = "M" + " L".join(f"{x:.2f},{y:.2f}" for x, y in up + down) + "Z"
    view.sheet.path(d, fill="#c9cfd6", width=1.0)


def draw_boosters(
    view: View, vehicle: Vehicle, place: Layout, colours: dict, maps: Mapping[str, Any] | None, side: int
) -> None:
    """Boosters above (+1) and below (-1) the core; those in front and behind would hide it and are left out."""
    for group in vehicle.boosters:
        core = next(s for s in vehicle.stages if s.name == (group.beside or vehicle.stages[0].name))
        at = place.part("booster", group.stage.name)
        _stage(view, group.stage, at.bottom, side * (core.diameter + group.stage.diameter) / 2, colours, maps)


def _turns(count: int) -> list[tuple[float, float]]:
    """Cosine and sine of the angle from straight up, towards the viewer, of parts evenly around the axis; the first is up."""
    return [(cos(2 * pi * k / count), sin(2 * pi * k / count)) for k in range(count)]


def draw_fins(view: View, vehicle: Vehicle, towards: bool) -> None:
    """Planar fins as they are seen from the side: those on the viewer's side, or those behind the body."""
    for fins in fin_sets(vehicle):
        for up, near in _turns(fins.count):
            if (near > 1e-9) is not towards:
                continue
            points = [(view.x(a), view.y(b * up)) for a, b in fins.outline]
            view.sheet.path("M" + " L".join(f"{x:.2f},{y:.2f}" for x, y in points) + "Z", fill=STRUCTURE, width=1.2)


def _legs(vehicle: Vehicle) -> list[LandingLegs]:
    return [part for part in vehicle.equipment or () if isinstance(part, LandingLegs)]


def aft_reach(vehicle: Vehicle) -> float:
    """The widest reach from the axis [m] in the view from aft: boosters, fins and deployed legs included."""
    lowest = vehicle.stages[0]
    reach = [lowest.diameter / 2, *(g.stage.diameter + lowest.diameter / 2 for g in vehicle.boosters)]
    return max([*reach, *(f.radius + f.span for f in fin_sets(vehicle)), *(p.span / 2 for p in _legs(vehicle))])


def draw_aft_view(view: View, vehicle: Vehicle, x: float, maps: Mapping[str, Any] | None) -> None:
    """The vehicle from behind at sheet position x: bodies, fins, the lowest stage's engines, and its legs as deployed, dashed."""
    lowest = vehicle.stages[0]
    s = view.scale
    for fins in fin_sets(vehicle):
        for up, near in _turns(fins.count):
            inner, outer = fins.radius * s, (fins.radius + fins.span) * s
            ends = (x + inner * near, view.axis - inner * up, x + outer * near, view.axis - outer * up)
            view.sheet.line(*ends, stroke=INK, width=max(fins.thickness * s, 2.0))
    for legs in _legs(vehicle):
        for k in range(legs.count):  # between the axes of the drawing, where fins and boosters are not
            angle = 2 * pi * (k + 0.5) / legs.count
            inner, outer = lowest.diameter / 2 * s, legs.span / 2 * s
            foot = (x + outer * sin(angle), view.axis - outer * cos(angle))
            start = (x + inner * sin(angle), view.axis - inner * cos(angle))
            view.sheet.line(*start, *foot, stroke=GREY, width=1.6, dash="5 3")
            view.sheet.circle(*foot, 3.0, fill="#ffffff", stroke=GREY, width=1.0)

    def disc(stage: Stage, cx: float, cy: float) -> None:
        view.sheet.circle(cx, cy, stage.diameter / 2 * s, fill=BODY, width=1.5)
        bell = _bell(stage, maps)
        if bell:
            for across, towards in _engine_places(stage.engine_count, stage.diameter / 2, bell[0]):
                view.sheet.circle(cx + towards * s, cy - across * s, bell[0] * s, fill="#c9cfd6", width=0.9)
                view.sheet.circle(cx + towards * s, cy - across * s, bell[2] * s, fill=GREY, width=0.5)

    for group in vehicle.boosters:
        d = (lowest.diameter + group.stage.diameter) / 2
        for k in range(group.count):
            angle = 2 * pi * k / group.count + pi / 2
            disc(group.stage, x + d * cos(angle) * s, view.axis - d * sin(angle) * s)
    disc(lowest, x, view.axis)
    reach = aft_reach(vehicle)
    seen = reach if vehicle.fairing is None else max(reach, vehicle.fairing.diameter / 2)
    view.sheet.text(x, view.axis + seen * s + 18, "from aft", 11, colour=GREY)
    for row, legs in enumerate(_legs(vehicle), start=1):
        view.sheet.text(x, view.axis + seen * s + 18 + 14 * row, f"feet Ø {legs.span:.1f} m", 11, colour=GREY)
    if vehicle.fairing is not None and vehicle.fairing.diameter > lowest.diameter and not vehicle.boosters:
        view.sheet.elements.append(
            f'<circle cx="{x:.2f}" cy="{view.axis:.2f}" r="{vehicle.fairing.diameter / 2 * s:.2f}" fill="none" stroke="{FAINT}" '
            'stroke-width="1" stroke-dasharray="4 3"/>'
        )
