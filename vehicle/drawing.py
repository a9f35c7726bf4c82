"""General-arrangement drawing of a vehicle: side view in section, to scale, as SVG."""

from collections.abc import Mapping
from math import ceil, log10
from typing import Any

from .aero_table import fin_sets
from .drawing_bodies import LIQUIDS, OTHER, View, aft_reach, draw_aft_view, draw_boosters, draw_core, draw_fins
from .layout import Layout, layout
from .mass import mass_table
from .svg import FAINT, GREY, INK, Sheet, rows, spread, text_width
from .vehicle import Vehicle

WIDTH = 1050.0  # on a printed page 11 units are then 5.3 pt
_GAP = 18.0  # between callouts


def side_view(vehicle: Vehicle, engine_maps: Mapping[str, Any] | None = None, payload_mass: float | None = None) -> str:
    """The drawing as an SVG string, 1050 units wide, white background, no external fonts.

    engine_maps: by engine or stage name, for nozzle sizes where the engine's document has no exit_diameter (neither known:
    the bells are left out). payload_mass [kg]: for the title block.
    """
    place = layout(vehicle)
    sheet = Sheet()
    colours = colours_of(vehicle)
    aft_radius = aft_reach(vehicle)
    reach = max(half_width(vehicle), aft_radius)
    low = min(0.0, *(p.bottom for p in place.parts))
    length = place.length - low
    scale = (WIDTH - 210) / (length + 2 * aft_radius)
    scale = min(scale, 60.0, 420.0 / (2 * reach))
    callouts = _fitted(_callouts(vehicle, place))
    top = 64 + 16 * max(len(c[2]) for c in callouts) + 43
    view = View(sheet, scale, 40 + 2 * aft_radius * scale + 84 - low * scale, top + reach * scale)

    sheet.text(40, 34, vehicle.name, 20, anchor="start", weight="bold")
    _title(sheet, vehicle, place, payload_mass)
    for side in (-1, 1):
        draw_boosters(view, vehicle, place, colours, engine_maps, side)
    draw_fins(view, vehicle, towards=False)
    draw_core(view, vehicle, place, colours, engine_maps)
    draw_fins(view, vehicle, towards=True)
    sheet.line(
        view.x(low) - 14, view.axis, view.x(place.length) + 16, view.axis, stroke=GREY, width=0.6, dash="14 4 3 4"
    )
    draw_aft_view(view, vehicle, 40 + aft_radius * scale, engine_maps)
    _draw_callouts(view, callouts, 64)
    bottom = _dimensions(view, vehicle, place, view.axis + reach * scale + 30)
    bottom = _foot(view, colours, bottom + 30)
    description = f"Side view to scale; overall length {place.length:.1f} m."
    return sheet.document(WIDTH, bottom + 18, f"{vehicle.name}: general arrangement", description)


def half_width(vehicle: Vehicle) -> float:
    """The widest reach from the axis [m], boosters and fins included."""
    widest = max(s.diameter / 2 for s in vehicle.stages)
    if vehicle.fairing is not None:
        widest = max(widest, vehicle.fairing.diameter / 2)
    for group in vehicle.boosters:
        core = next(s for s in vehicle.stages if s.name == (group.beside or vehicle.stages[0].name))
        widest = max(widest, core.diameter / 2 + group.stage.diameter)
    return max([widest, *(fins.radius + fins.span for fins in fin_sets(vehicle))])


def colours_of(vehicle: Vehicle) -> dict[str, str]:
    """A colour for the contents of each tank."""
    colours: dict[str, str] = {}
    spare = list(OTHER)
    for stage in (*vehicle.stages, *(g.stage for g in vehicle.boosters)):
        for tank in stage.tanks:
            known = next((c for c, names in LIQUIDS.values() if tank.contents.lower() in names), None)
            colours.setdefault(tank.contents, known or (spare.pop(0) if len(spare) > 1 else spare[0]))
    return colours


def _title(sheet: Sheet, vehicle: Vehicle, place: Layout, payload_mass: float | None) -> None:
    table = mass_table(vehicle, payload_mass)
    payload = table.rows[-1].total
    facts = [f"length {place.length:.1f} m"]
    facts.append(f"lift-off {table.lift_off_mass / 1000:.1f} t" + ("" if payload else " without payload"))
    if payload:
        facts.append(f"payload {payload / 1000:.2f} t")
    sheet.text(WIDTH - 40, 34, "  ·  ".join(facts), 14, anchor="end", colour=GREY)
    sheet.line(40, 44, WIDTH - 40, 44, stroke=FAINT)


Line = tuple[str, bool]
Callout = tuple[float, float, list[Line]]
_NARROWEST = 70.0


def _fitted(callouts: list[tuple[float, float, list[str]]]) -> list[Callout]:
    """Every callout with its lines, the name in bold; broken at blanks until all stand side by side on the sheet."""
    limit = WIDTH
    while True:
        found = [
            (station, across, [(part, k == 0) for k, line in enumerate(lines) for part in _broken(line, k == 0, limit)])
            for station, across, lines in callouts
        ]
        if limit < _NARROWEST or sum(map(_callout_width, found)) + _GAP * (len(found) - 1) <= WIDTH - 80:
            return found
        limit = min(limit, max(map(_callout_width, found))) - 5.0


def _broken(line: str, bold: bool, limit: float) -> list[str]:
    parts: list[str] = []
    for word in line.split(" "):
        longer = f"{parts[-1]} {word}" if parts else word
        if parts and _line_width((longer, bold)) <= limit:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts


def _line_width(line: Line) -> float:
    return text_width(line[0], 15.2 if line[1] else 12.4)  # readers' fonts differ: Verdana's kin are the widest


def _callout_width(callout: Callout) -> float:
    return max(map(_line_width, callout[2]))


def _callouts(vehicle: Vehicle, place: Layout) -> list[tuple[float, float, list[str]]]:
    """(station, height over the axis to point at, lines) from the tail to the nose."""
    result = []
    for stage in vehicle.stages:
        at = place.part("stage", stage.name)
        engines = f"{stage.engine_count} × {stage.powerplant.name}" if stage.engine_count > 1 else stage.powerplant.name
        lines = [
            stage.name,
            f"Ø {stage.diameter:.2f} m, {engines}",
            f"{_t(stage.dry_mass)} dry, {_t(stage.propellant_mass)} propellant",
        ]
        inside = (
            vehicle.interstage_on(vehicle.stages[vehicle.stages.index(stage) - 1])
            if stage is not vehicle.stages[0]
            else None
        )
        start = at.bottom + (inside.encloses if inside else 0.0)
        result.append((start + 0.5 * (at.top - start), stage.diameter / 2, lines))
        part = vehicle.interstage_on(stage)
        if part is not None:
            a = place.part("interstage", part.name)
            lines = [part.name, f"mass in {part.mass_included_in}" if part.mass_included_in else _t(part.mass)]
            result.append(
                (a.bottom + 0.5 * (a.top - a.bottom), max(part.lower_diameter, part.upper_diameter) / 2, lines)
            )
    for fins in fin_sets(vehicle):
        lines = [f"{fins.count} fins", f"{fins.span:.2f} m out, root {fins.root:.2f} m"]
        result.append((fins.leading_edge - 0.5 * fins.root, fins.radius + 0.5 * fins.span, lines))
    for group in vehicle.boosters:
        at = place.part("booster", group.stage.name)
        core = next(s for s in vehicle.stages if s.name == (group.beside or vehicle.stages[0].name))
        lines = [
            f"{group.count} × {group.stage.name}",
            f"Ø {group.stage.diameter:.2f} m, {group.stage.engine_count} × {group.stage.powerplant.name}",
            f"each {_t(group.stage.dry_mass)} dry, {_t(group.stage.propellant_mass)} propellant",
        ]
        result.append((at.bottom + 0.3 * group.stage.length, core.diameter / 2 + group.stage.diameter, lines))
    if vehicle.adapter is not None:
        a, at = vehicle.adapter, place.part("adapter")
        lines = [a.name, f"Ø {a.lower_diameter:.2f} to {a.upper_diameter:.3f} m", _t(a.mass)]
        inside = (
            vehicle.fairing.base_diameter if vehicle.fairing and vehicle.fairing.base_diameter else a.lower_diameter
        )
        result.append((at.bottom + 0.3 * a.height, inside / 2, lines))
    if vehicle.fairing is not None:
        f, at = vehicle.fairing, place.part("fairing")
        lines = [f.name, f"Ø {f.diameter:.2f} m, {f.nose_shape} nose {f.nose_length:.1f} m", _t(f.mass)]
        result.append((at.top - 0.5 * f.nose_length, f.diameter / 2 * 0.8, lines))
    payload = vehicle.payload
    if payload.length is not None and payload.diameter is not None:
        at = place.part("payload")
        lines = [payload.name, f"Ø {payload.diameter:.2f} m", "mass open" if payload.mass is None else _t(payload.mass)]
        result.append(((at.bottom + at.top) / 2, payload.diameter / 2, lines))
    return sorted(result, key=lambda c: c[0])


def _t(mass: float) -> str:
    """A mass with at most four figures: kg below a tonne, t above."""
    if mass < 1000:
        return f"{mass:.0f} kg"
    return f"{mass / 1000:.{2 if mass < 1e4 else 1}f} t"


def _draw_callouts(view: View, callouts: list[Callout], y: float) -> None:
    widths = [_callout_width(c) for c in callouts]
    centres = spread([view.x(s) for s, _, _ in callouts], widths, 40, WIDTH - 40, _GAP)
    deepest = y + 16 * max(len(c[2]) for c in callouts)
    for (station, across, lines), centre in zip(callouts, centres, strict=True):
        for i, (line, bold) in enumerate(lines):
            size, weight = (13, "bold") if bold else (11.5, "normal")
            view.sheet.text(centre, y + 12 + 16 * i, line, size, weight=weight, colour=INK if bold else GREY)
        start = y + 16 * len(lines) + 4
        knee = max(start + 4, deepest + 12)
        tip = view.y(across * 0.86)
        view.sheet.line(centre, start, centre, knee)
        view.sheet.line(centre, knee, view.x(station), tip)
        view.sheet.circle(view.x(station), tip, 2.0, fill=GREY, stroke="none")


def _dimensions(view: View, vehicle: Vehicle, place: Layout, y: float) -> float:
    """Lengths below the vehicle, in as many rows as need be; the overall length last. Returns the lowest y."""
    spans = [(p.bottom, p.top) for p in place.parts if p.kind in ("stage", "interstage", "fairing", "booster")]
    spans = sorted(dict.fromkeys(spans))
    boxes = []
    for a, b in spans:
        x1, x2, w = view.x(a), view.x(b), text_width(f"{b - a:.2f} m", 12)
        boxes.append((x1, x2 if x2 - x1 >= w + 26 else x2 + w + 10))
    for (a, b), row in zip(spans, rows(boxes, 2.0), strict=True):
        level_y = y + 24 * row
        for s in (a, b):
            view.sheet.line(view.x(s), view.axis + 6, view.x(s), level_y + 5, stroke=FAINT, width=0.7)
        view.sheet.dimension(view.x(a), view.x(b), level_y, f"{b - a:.2f} m")
    lowest, clear = vehicle.stages[0], view.x(min(0.0, *(p.bottom for p in place.parts)))
    if not vehicle.boosters:
        view.sheet.upright(
            clear - 24, view.y(lowest.diameter / 2), view.y(-lowest.diameter / 2), clear, f"Ø {lowest.diameter:.2f} m"
        )
    if vehicle.fairing is not None:
        r, tip = vehicle.fairing.diameter / 2, view.x(place.length)
        shoulder = view.x(place.part("fairing").top - vehicle.fairing.nose_length)
        view.sheet.upright(tip + 24, view.y(r), view.y(-r), shoulder, f"Ø {vehicle.fairing.diameter:.2f} m")
    last = y + 24 * (max(rows(boxes, 2.0)) + 1)
    low = min(0.0, *(p.bottom for p in place.parts))
    for s in (low, place.length):
        view.sheet.line(view.x(s), view.axis + 6, view.x(s), last + 5, stroke=FAINT, width=0.7)
    view.sheet.dimension(view.x(low), view.x(place.length), last, f"overall {place.length - low:.2f} m", 13)
    return last


def _foot(view: View, colours: dict[str, str], y: float) -> float:
    """Scale bar on the left, legend on the right."""
    metres = 10 ** max(ceil(log10(90 / view.scale)) - 1, 0)
    metres *= next(k for k in (1, 2, 5, 10) if k * metres * view.scale >= 90)
    width = metres * view.scale
    for i in range(4):
        fill = INK if i % 2 == 0 else "#ffffff"
        view.sheet.rect(40 + i * width / 4, y - 4, width / 4, 6, fill, INK)
    view.sheet.text(40, y + 16, "0", 11, colour=GREY)
    view.sheet.text(40 + width, y + 16, f"{metres:g} m", 11, colour=GREY)
    x = WIDTH - 40
    for name, colour in reversed(list(colours.items())):
        view.sheet.text(x, y + 3, name, 12, anchor="end")
        x -= text_width(name, 12) + 22
        view.sheet.rect(x, y - 7, 14, 12, colour, GREY)
        x -= 26
    return y + 16
