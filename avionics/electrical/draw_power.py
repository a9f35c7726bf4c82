"""The power tree as a single-line diagram, and the power and charge by phase."""

from dataclasses import dataclass

from ...report import theme
from ...report.phases import Band
from ...report.plots import Line, Panel, profile_grid, stacked_bars
from ...vehicle.svg import GREY, INK, Sheet, text_width
from .document import Electrical
from .index import Index
from .power import Load, Protection, Source
from .power_tree import behind, charge, load_current, power_by_phase, source_current, voltage_at

_ROW, _TOP, _COLUMN = 32.0, 34.0, 205.0
_SOURCE, _LOAD = 28.0, 178.0  # where sources begin; width of a load's box
_STRING_GAP = 26.0


@dataclass
class _Bar:
    """A bus bar: protections fed by the same inputs."""

    inputs: tuple[str, ...]
    members: list[Protection]


def power_tree(e: Electrical) -> str:
    """SVG: sources at the left, protections, loads at the right; ratings and the largest currents beside them."""
    ix = Index(e)
    depth = {p.name: _depth(ix, p.name) for p in e.protections}
    columns = max(depth.values(), default=0) + 1
    bars: dict[tuple[str, ...], _Bar] = {}
    for p in e.protections:
        bars.setdefault(p.inputs, _Bar(p.inputs, [])).members.append(p)
    rows = _rows(ix, bars)
    sheet = Sheet()
    right = _SOURCE + 150 + columns * _COLUMN
    y = {name: _TOP + 18 + _ROW * row for name, row in rows.items()}
    source_y = _sources(ix, bars, y)
    for name, level in source_y.items():
        _source(sheet, ix.sources[name], level)
    for bar in bars.values():
        _bar(sheet, bar, depth, y, source_y)
    for p in e.protections:
        _protection(sheet, ix, p, depth[p.name], y[p.name])
    for load in e.loads:
        start = _x(depth[load.feed]) + 46
        sheet.line(start, y[load.feed], right, y[f"load {load.name}"], stroke=INK, width=1.0)
        _load(sheet, ix, load, right, y[f"load {load.name}"])
    for x, text in ((_SOURCE, "sources"), (_x(0) - 14, "protection"), (right, "loads, lowest voltage and margin")):
        sheet.text(x, 20, text, 11.5, "start", "bold", GREY)
    height = max([*y.values(), *source_y.values()], default=_TOP) + 34
    return sheet.document(right + _LOAD + 190, height, f"{e.name}: power tree", f"{len(e.loads)} loads")


def _x(depth: int) -> float:
    return _SOURCE + 150 + depth * _COLUMN


def _depth(ix: Index, name: str) -> int:
    """Protections above it."""
    return max((1 + _depth(ix, above) for above in ix.protections[name].inputs if above in ix.protections), default=0)


def _rows(ix: Index, bars: dict[tuple[str, ...], _Bar]) -> dict[str, float]:
    """A row for each load; a protection stands at the middle of what it feeds."""
    rows: dict[str, float] = {}
    following = 0.0

    def place(p: Protection) -> float:
        nonlocal following
        if p.name in rows:
            return rows[p.name]
        below = [bar for bar in bars.values() if p.name in bar.inputs]
        levels = [place(q) for bar in below for q in bar.members]
        for load in ix.e.loads:
            if load.feed == p.name:
                rows[f"load {load.name}"] = following
                levels.append(following)
                following += 1.0
        if not levels:
            levels.append(following)
            following += 1.0
        rows[p.name] = (min(levels) + max(levels)) / 2
        return rows[p.name]

    for source in ix.e.supplies:
        before = following
        for bar in bars.values():
            if source.name in bar.inputs:
                for p in bar.members:
                    place(p)
        if following > before:
            following += _STRING_GAP / _ROW
    for bar in bars.values():  # protections that feed one bar side by side stand one under the other
        above = [name for name in bar.inputs if name in rows]
        middle = sum(rows[m.name] for m in bar.members) / len(bar.members)
        for k, name in enumerate(above):
            rows[name] = middle + 1.6 * (k - (len(above) - 1) / 2)
    return rows


def _sources(ix: Index, bars: dict[tuple[str, ...], _Bar], y: dict[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for source in ix.e.supplies:
        levels = [y[p.name] for bar in bars.values() if source.name in bar.inputs for p in bar.members]
        found[source.name] = (
            sum(levels) / len(levels) if levels else max([*y.values(), *found.values()], default=0.0) + _ROW
        )
    return found


def _source(sheet: Sheet, source: Source, y: float) -> None:
    x = _SOURCE
    if source.type == "battery":
        for k in range(3):
            sheet.line(x + 8 * k, y - 9, x + 8 * k, y + 9, stroke=INK, width=1.1)
            sheet.line(x + 8 * k + 4, y - 5, x + 8 * k + 4, y + 5, stroke=INK, width=2.4)
    else:
        sheet.circle(x + 10, y, 10)
        sheet.text(x + 10, y + 4, "=", 13)
    sheet.text(x + 30, y - 6, source.name, 11.5, "start", "bold")
    volts = f"{source.voltage[0]:g} to {source.voltage[1]:g} V" if source.voltage else "voltage not stated"
    hold = f", {source.capacity / 3600:g} A h" if source.capacity else ""
    sheet.text(x + 30, y + 15, volts + hold, 9.5, "start", colour=GREY)
    sheet.line(x + 22, y, _x(0) - 14, y, stroke=INK, width=1.2)


def _bar(sheet: Sheet, bar: _Bar, depth: dict[str, int], y: dict[str, float], source_y: dict[str, float]) -> None:
    x = _x(min(depth[p.name] for p in bar.members)) - 14
    feeds = [(n, source_y.get(n, y.get(n, 0.0))) for n in bar.inputs]
    levels = [y[p.name] for p in bar.members] + [level for _, level in feeds]
    if len(bar.members) > 1 or len(feeds) > 1:
        sheet.line(x, min(levels) - 7, x, max(levels) + 7, stroke=INK, width=3.2)
    for name, level in feeds:
        if name in depth:
            sheet.line(_x(depth[name]) + 46, level, x, level, stroke=INK, width=1.0)
            sheet.circle(x, level, 2.6, INK, INK)
    for p in bar.members:
        sheet.line(x, y[p.name], _x(depth[p.name]), y[p.name], stroke=INK, width=1.0)


def _protection(sheet: Sheet, ix: Index, p: Protection, depth: int, y: float) -> None:
    x = _x(depth)
    sheet.rect(x, y - 6.5, 46, 13, "#ffffff", INK, 1.1)
    if p.type == "fuse":
        sheet.line(x, y, x + 46, y, stroke=INK, width=1.0)
    else:
        sheet.text(x + 23, y + 4, "I <", 10.5)
    current = behind(ix, p)
    rating = f"{p.rating:g} A" if p.rating is not None else "rating ?"
    drawn = f", carries {current:.3g} A" if current is not None else ""
    sheet.text(x + 51, y - 5, p.name, 10.5, "start")
    sheet.rect(x + 50, y + 2.5, text_width(f"{rating}{drawn}", 9) + 4, 10.5, "#ffffff")
    sheet.text(x + 51, y + 11, f"{rating}{drawn}", 9, "start", colour=GREY)


def _load(sheet: Sheet, ix: Index, load: Load, x: float, y: float) -> None:
    sheet.rect(x, y - 11, _LOAD, 22, theme.FAINT, INK, 0.9)
    sheet.text(x + 8, y + 4, load.name, 11.5, "start", "bold")
    current = load_current(ix, load)
    most = max(load.power) if load.power else None
    text = (f"{most:.4g} W" if most is not None else "power ?") + (f", {current:.3g} A" if current is not None else "")
    sheet.text(x + _LOAD - 8, y + 4, text, 10.5, "end")
    worst = [v[0] for s in ix.sources_of(load.feed) if (v := voltage_at(ix, load, s)) is not None]
    if worst and load.voltage:
        margin = min(worst) - load.voltage[0]
        colour = theme.SEVERITY["OK" if margin >= 0 else "ERROR"]
        sheet.text(x + _LOAD + 9, y + 4, f"{min(worst):.1f} V, margin {margin:+.1f} V", 10.5, "start", colour=colour)


def power_chart(e: Electrical) -> str:
    """SVG: the power that loads take from each source, phase by phase."""
    parts = [(s.name, [p or 0.0 for p in powers]) for s, powers in power_by_phase(Index(e))]
    return stacked_bars(
        [p.name.replace("_", " ") for p in e.phases], parts, x_label="Power drawn by loads, W", digits=3
    )


def charge_chart(e: Electrical) -> str | None:
    """SVG: the charge taken from each battery over the phases against what it may give; None without a battery that says."""
    ix = Index(e)
    starts = [0.0]
    for phase in e.phases:
        starts.append(starts[-1] + phase.duration)
    panels = []
    for source in e.supplies:
        if (
            source.type != "battery"
            or charge(ix, source) is None
            or not source.capacity
            or not source.depth_of_discharge
        ):
            continue
        taken = [0.0]
        for k, phase in enumerate(e.phases):
            taken.append(taken[-1] + (source_current(ix, source, k) or 0.0) * phase.duration / 3600)
        limit = source.capacity * source.depth_of_discharge / 3600
        said = f"{100 * source.depth_of_discharge:.0f} % of {source.capacity / 3600:g} A h"
        top = 1.25 * max(limit, taken[-1])
        panels.append(Panel(source.name, "A h", [Line(taken)], limits=[(limit, said)], bottom=0.0, top=top))
    if not panels:
        return None
    minutes = [t / 60 for t in starts]
    bands = [Band(a, b, p.name.replace("_", " ")) for a, b, p in zip(minutes, minutes[1:], e.phases, strict=False)]
    return profile_grid(minutes, panels, x_label="Time since the start of the first phase, min", bands=bands)
