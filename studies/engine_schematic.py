"""The cycle schematic as SVG: every component drawn, every stream with its pressure, temperature and flow."""

from dataclasses import dataclass
from html import escape

from ..propulsion.cycles.document import EngineCycle
from ..propulsion.cycles.result import CycleBalance, StreamState
from ..report import theme

_LANE, _ROW, _SIZE = 208.0, 68.0, 15.0  # px
_FUEL, _OXIDIZER, _GAS = theme.SERIES[2], theme.SERIES[0], theme.SERIES[1]
_APART, _MOST_DRAWN = 60.0, 6  # px, of chambers on one set of pumps
_PASSAGES = ("line", "valve", "injector", "jacket")


@dataclass(frozen=True)
class Place:
    """Centre of a component's symbol."""

    x: float
    y: float


def schematic(cycle: EngineCycle, balance: CycleBalance) -> str:
    """SVG text. Fuel on the left, oxidizer on the right, turbine gas between; flow runs downwards."""
    places, lanes, rows = _layout(cycle)
    width = lanes * _LANE + 40.0
    height = (rows + 1) * _ROW + 40.0
    kinds = {c.name: c for c in cycle.components}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'font-family="{escape(theme.FONT_STACK, quote=True)}" font-size="9.4" fill="{theme.INK}">'
    ]
    parts += _shafts(cycle, balance, places)
    labels = []
    merges: dict[str, int] = {}
    for s in balance.streams:
        arrives = merges.setdefault(s.target, 0)
        merges[s.target] += 1
        drawn, label = _pipe(s, places, kinds, cycle, arrives)
        parts.append(drawn)
        labels.append(label)
    for name, place in places.items():
        parts.append(_symbol(kinds[name], place, balance, cycle))
    return "".join([*parts, *labels, "</svg>"])


# --- where things stand ---------------------------------------------------------------------------------------------


def _layout(cycle: EngineCycle) -> tuple[dict[str, Place], int, int]:
    """A lane a flow, a row a step from the tanks; the two flows into the chamber stand outside."""
    kinds = {c.name: c.type for c in cycle.components}
    chamber = next(n for n, k in kinds.items() if k == "chamber")
    into_chamber = [f for f in cycle.flows if f[-1] == chamber and kinds[f[0]] == "tank"]
    fuel = next((f for f in into_chamber if _role(cycle, f[0]) == "fuel"), None)
    oxidizer = next((f for f in into_chamber if _role(cycle, f[0]) == "oxidizer" and f is not fuel), None)
    first_fuel = fuel or next(f for f in cycle.flows if kinds[f[0]] == "tank" and _role(cycle, f[0]) == "fuel")
    first_oxidizer = oxidizer or next(
        f for f in cycle.flows if kinds[f[0]] == "tank" and _role(cycle, f[0]) == "oxidizer"
    )
    between = [f for f in cycle.flows if f not in (first_fuel, first_oxidizer)]
    lane: dict[str, int] = {}
    for name in first_fuel:
        lane.setdefault(name, 0)
    for name in first_oxidizer:
        lane.setdefault(name, -1)
    row = _rows(cycle)
    taken: dict[int, set[int]] = {}
    for flow in between:
        new = [n for n in flow if n not in lane and n != chamber]
        if not new:
            continue
        rows = set(range(min(row[n] for n in new), max(row[n] for n in new) + 1))
        source = lane.get(flow[0], 1)
        wanted = [source] if source >= 1 else []
        # a lane is shared with what it continues, or with a row between
        apart = rows | {min(rows) - 1, max(rows) + 1}
        column = next(k for k in [*wanted, *range(1, 20)] if not (rows if k in wanted else apart) & taken.get(k, set()))
        taken.setdefault(column, set()).update(rows)
        for n in new:
            lane[n] = column
    last = max(taken, default=0) + 1
    places = {}
    deepest = max(row.values())
    for name, column in lane.items():
        x = (last if column == -1 else column) * _LANE + 42.0
        places[name] = Place(x, row[name] * _ROW + 34.0)
    places[chamber] = Place((last * _LANE) / 2.0 + 42.0, (deepest + 0.35) * _ROW + 34.0)
    return places, last + 1, deepest + 1


def _role(cycle: EngineCycle, tank: str) -> str:
    from ..propulsion.propellants import find_propellant

    component = next(c for c in cycle.components if c.name == tank)
    return find_propellant(component.propellant).role if component.type == "tank" else ""


def _rows(cycle: EngineCycle) -> dict[str, int]:
    """Longest way from a tank, in links; what nothing follows stands one below its source."""
    row: dict[str, int] = {}
    pending = [c.name for c in cycle.components if c.type not in ("shaft", "motor")]
    while pending:
        ready = [n for n in pending if all(a in row for a, b in cycle.links if b == n)]
        if not ready:  # what runs back upstream is cut ahead of a mixer, as in the balance
            kinds = {c.name: c.type for c in cycle.components}
            ready = [n for n in pending if kinds[n] == "mixer" and any(a in row for a, b in cycle.links if b == n)][:1]
        for name in ready:
            row[name] = max((row[a] + 1 for a, b in cycle.links if b == name and a in row), default=0)
            pending.remove(name)
    chamber = next(c.name for c in cycle.components if c.type == "chamber")
    row[chamber] = max(row[chamber], max(r for n, r in row.items() if n != chamber) + 1)
    return row


# --- pipes ------------------------------------------------------------------------------------------------------------


def _colour(s: StreamState, cycle: EngineCycle) -> str:
    if "gas" in s.medium or "rich" in s.medium:
        return _GAS
    return _OXIDIZER if s.medium == "oxygen" or s.medium.startswith(("N2O", "O2", "H2O2")) else _FUEL


def _pipe(s: StreamState, places: dict[str, Place], kinds: dict, cycle: EngineCycle, arrives: int) -> tuple[str, str]:
    a, b = places[s.source], places[s.target]
    colour = _colour(s, cycle)
    top, bottom = a.y + _SIZE, b.y - _SIZE
    is_chamber = kinds[s.target].type == "chamber"
    if is_chamber:
        entry = b.x + (-9.0 if a.x < b.x else 9.0)
        level = b.y - 34.0
        points = [(a.x, top), (a.x, level), (entry, level), (entry, b.y - 17.0)]
        at = (a.x, min(top + 26.0, level - 4.0))
    elif abs(a.x - b.x) < 1.0:
        points = [(a.x, top), (b.x, bottom)]
        at = (a.x, 0.5 * (top + bottom) + 3.0 if bottom - top < 1.2 * _ROW else top + 20.0)
    elif kinds[s.source].type == "split":  # leaves its lane at once
        level = a.y + 20.0
        points = [(a.x, top - 8.0), (a.x, level), (b.x, level), (b.x, bottom)]
        at = (b.x, max(bottom - 6.0, level + 12.0))
    else:  # joins another lane at the end
        level = b.y - 22.0 - 5.0 * arrives
        points = [(a.x, top), (a.x, level), (b.x, level), (b.x, bottom)]
        at = (a.x, top + 20.0)
    path = " ".join(f"{'M' if i == 0 else 'L'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(points))
    weight = 2.2 if s.mass_flow > 0 else 1.0
    x, y = points[-1]
    arrow = f'<path d="M{x - 3.4:.1f} {y - 6:.1f} L{x:.1f} {y:.1f} L{x + 3.4:.1f} {y - 6:.1f} Z" fill="{colour}"/>'
    drawn = (
        f'<path d="{path}" fill="none" stroke="#fff" stroke-width="{weight + 3:.1f}"/>'
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{weight}" stroke-linejoin="round"/>{arrow}'
    )
    text = f"{_number(s.pressure / 1e5)} bar · {_number(s.temperature)} K · {_number(s.mass_flow)} kg/s"
    return drawn, _text(at[0] + 7.0, at[1], text, colour=theme.MUTED, halo=True)


def _number(value: float) -> str:
    if value >= 1000.0:
        return f"{value:,.0f}"
    return f"{value:.4g}" if value >= 100.0 else f"{value:.3g}"


def _text(
    x: float, y: float, text: str, *, colour: str = theme.INK, bold: bool = False, halo: bool = False,
    anchor: str = "start",
) -> str:  # fmt: skip
    weight = ' font-weight="600"' if bold else ""
    outline = ' stroke="#fff" stroke-width="2.6" paint-order="stroke" stroke-linejoin="round"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{weight}{outline} text-anchor="{anchor}">{escape(text)}</text>'
    )


def _path(x: float, y: float, shape: str, pen: str) -> str:
    """A symbol's outline about its centre."""
    return f'<path transform="translate({x:.1f} {y:.1f})" d="{shape}" {pen}/>'


# --- symbols ----------------------------------------------------------------------------------------------------------


def _symbol(c, place: Place, balance: CycleBalance, cycle: EngineCycle) -> str:
    x, y, r = place.x, place.y, _SIZE
    pen = f'fill="#fff" stroke="{theme.INK}" stroke-width="1.2" stroke-linejoin="round"'
    below = ""
    if c.type == "tank":
        shape = f'<rect x="{x - 22:.1f}" y="{y - r:.1f}" width="44" height="{2 * r:.1f}" rx="12" {pen}/>'
        return shape + _text(x + 28.0, y + 3.0, c.name, bold=True, halo=True)
    if c.type == "pump":
        p = balance.pump(c.name)
        below = f"{p.power / 1e3:,.0f} kW, η {p.efficiency:.3g}"
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {pen}/>'
        shape += f'<path d="M{x - 12:.1f} {y - 8:.1f} L{x + 12:.1f} {y - 8:.1f} L{x:.1f} {y + 14:.1f} Z" {pen}/>'
    elif c.type == "turbine":
        t = balance.turbine(c.name)
        below = f"{t.power / 1e3:,.0f} kW, η {t.efficiency:.3g}, ratio {t.pressure_ratio:.3g}"
        shape = _path(x, y, "M-7 -15 L7 -15 L17 15 L-17 15 Z", pen)
    elif c.type == "burner":
        b = next(b for b in balance.burners if b.name == c.name)
        below = f"O/F {b.oxidizer_fuel_ratio:.3g}"
        shape = f'<rect x="{x - 16:.1f}" y="{y - r:.1f}" width="32" height="{2 * r:.1f}" rx="3" {pen}/>'
        shape += (
            f'<path d="M{x:.1f} {y + 9:.1f} C{x - 13:.1f} {y + 3:.1f} {x - 4:.1f} {y - 3:.1f} {x:.1f} {y - 11:.1f} '
            f'C{x + 5:.1f} {y - 3:.1f} {x + 13:.1f} {y + 3:.1f} {x:.1f} {y + 9:.1f} Z" fill="{_GAS}" stroke="none"/>'
        )
    elif c.type == "chamber":
        return _chamber(c, place, balance)
    elif c.type == "exhaust":
        e = next(e for e in balance.exhausts if e.name == c.name)
        below = f"Isp {e.isp_vacuum:.1f} s" if e.isp_vacuum else "overboard"
        shape = _path(x, y, "M-5 -15 L-3 -4 L-11 11 L11 11 L3 -4 L5 -15 Z", pen)
    elif c.type in ("split", "mixer"):
        colour = next((_colour(s, cycle) for s in balance.streams if s.target == c.name), theme.INK)
        shape = f'<path d="M{x:.1f} {y - r:.1f} L{x:.1f} {y + r + 1:.1f}" stroke="{colour}" stroke-width="2.2"/>'
        return shape + f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2" fill="{theme.INK}"/>'
    elif c.type == "valve":
        shape = _path(x, y, "M-10 -15 L10 -15 L-10 15 L10 15 Z", pen)
    elif c.type == "jacket":
        heat = next((h.heat for h in balance.heats if h.name == c.name), None)
        below = f"{heat / 1e6:,.2f} MW" if heat else ""
        waves = " ".join(f"L{x + (9 if i % 2 else -9):.1f} {y - r + (i + 1) * 5:.1f}" for i in range(5))
        shape = f'<rect x="{x - 14:.1f}" y="{y - r:.1f}" width="28" height="{2 * r:.1f}" {pen}/>'
        shape += f'<path d="M{x:.1f} {y - r:.1f} {waves} L{x:.1f} {y + r:.1f}" fill="none" stroke="{_GAS}" stroke-width="1.3"/>'
    elif c.type == "injector":
        shape = f'<rect x="{x - 14:.1f}" y="{y - 9:.1f}" width="28" height="18" {pen}/>'
        for dx in (-7.0, 0.0, 7.0):
            shape += f'<path d="M{x + dx:.1f} {y - 5:.1f} v10" stroke="{theme.INK}" stroke-width="1"/>'
        shape += f'<path d="M{x:.1f} {y - r:.1f} v6 M{x:.1f} {y + 9:.1f} v6" stroke="{theme.INK}" stroke-width="1"/>'
    else:
        shape = f'<rect x="{x - 4:.1f}" y="{y - r:.1f}" width="8" height="{2 * r:.1f}" rx="2" {pen}/>'
    label = _text(x + 22.0, y + (0.0 if below else 3.0), c.name, bold=True, halo=True)
    return shape + label + (_text(x + 22.0, y + 10.0, below, halo=True) if below else "")


def _chamber(c, place: Place, balance: CycleBalance) -> str:
    x, y = place.x, place.y
    outline = (
        "M-18 -17 L-18 8 C-18 16 -7 16 -6 22 C-12 30 -24 40 -27 54 L27 54 C24 40 12 30 6 22 C7 16 18 16 18 8 L18 -17 Z"
    )
    lines = (
        (c.name if balance.chambers == 1 else f"{c.name}: {balance.chambers}, all together", True),
        (f"{balance.chamber_pressure / 1e5:.4g} bar · O/F {balance.chamber_oxidizer_fuel_ratio:.3f}", False),
        (f"{balance.chamber_mass_flow:.4g} kg/s · area ratio {balance.area_ratio:g}", False),
        (f"thrust {balance.thrust_vacuum / 1e3:,.1f} kN, Isp {balance.isp_vacuum:.1f} s (vacuum)", False),
    )
    pen = f'fill="{theme.FAINT}" stroke="{theme.INK}" stroke-width="1.4"'
    count = min(balance.chambers, _MOST_DRAWN)
    half = 0.5 * (count - 1) * _APART
    drawn = "".join(_path(x - half + k * _APART, y, outline, pen) for k in range(count))
    if count > 1:  # the manifold that feeds them
        drawn += (
            f'<rect x="{x - half - 18:.1f}" y="{y - 21:.1f}" width="{2 * half + 36:.1f}" height="5" fill="#fff" '
            f'stroke="{theme.INK}" stroke-width="1.2"/>'
        )
    return drawn + "".join(
        _text(x + half + 34.0, y + 4.0 + 12.0 * i, t, bold=b, halo=True) for i, (t, b) in enumerate(lines)
    )


def _shafts(cycle: EngineCycle, balance: CycleBalance, places: dict[str, Place]) -> list[str]:
    """Dashed lines from each turbine to what it drives."""
    drawn = []
    for shaft in (c for c in cycle.components if c.type == "shaft"):
        members = [c for c in cycle.components if getattr(c, "shaft", None) == shaft.name and c.name in places]
        turbines = [m for m in members if m.type == "turbine"] or members[:1]
        for t in turbines:
            for p in (m for m in members if m.type == "pump"):
                a, b = places[t.name], places[p.name]
                drawn.append(
                    f'<path d="M{a.x:.1f} {a.y:.1f} L{b.x:.1f} {b.y:.1f}" fill="none" stroke="{theme.RULE}" '
                    'stroke-width="1.5" stroke-dasharray="7 3 1.5 3"/>'
                )
    return drawn
