"""The report's section on the trade: contours over the spans, holes, and the best point."""

from dataclasses import replace

import numpy as np

from ..propulsion.cycles.document import EngineCycle
from ..propulsion.trade.result import TradeResult
from ..report.contours import Bound, ContourPanel, Mark, contour_plot
from ..report.pieces import Cell, Column, Facts, Figure, Table, Text
from ..report.plots import Line, Panel, profile_grid

_AXES = (
    ("chamber_pressure", "Chamber pressure, bar", 1e-5),
    ("oxidizer_fuel_ratio", "O/F", 1.0),
    ("area_ratio", "Area ratio", 1.0),
)


def trade_blocks(cycle: EngineCycle, r: TradeResult) -> tuple:
    """Text, contours, best point and holes."""
    figure = Figure(trade_figure(cycle, r), _caption(r), label="trade")
    blocks: list = [Text(_words(r)), figure]
    if r.best is not None:
        blocks.append(_best(cycle, r))
    if r.holes:
        blocks.append(_holes(r))
    return tuple(blocks)


def _words(r: TradeResult) -> str:
    total, closed = int(np.prod(r.shape)), len(r.index)
    inside = int(r.allowed.sum())
    text = (
        f"The cycle was balanced at {total} points ({closed} close, {inside} inside all limits), "
        f"{1e3 * r.solve_time / total:.1f} ms each. Stated pressures go in proportion to the chamber pressure, the jackets' heat "
        f"with its power −0.1, the losses stay; the chamber's gas is mapped within {r.map_error:.0e} of the Gibbs solver. "
        "[[trade]] shows them."
    )
    if r.mass_relation:
        text += f" Mass: {r.mass_relation}."
    return text


def _varied(r: TradeResult) -> list[int]:
    return [d for d in range(3) if r.shape[d] > 1]


def trade_figure(cycle: EngineCycle, r: TradeResult) -> str:
    """Contours over the two first spans that are varied, at the best value of a third; lines when only one is."""
    varied = _varied(r)
    fields = _fields(cycle, r)
    if len(varied) == 1:
        d = varied[0]
        axis = getattr(r, _AXES[d][0]) * _AXES[d][2]
        panels = [Panel(title, unit, [Line(np.moveaxis(z, d, 0).reshape(len(axis)))]) for title, unit, z, _ in fields]
        return profile_grid(axis, panels, x_label=_AXES[d][1])
    first, second = varied[0], varied[1]
    third = ({0, 1, 2} - {first, second}).pop()
    at = _slice(r, third)
    bounds = [
        Bound(np.take(z, at, axis=third), limit, f"limit {limit:.4g}") for _, _, z, limit in fields if limit is not None
    ]
    limited = [f[0] for f in fields if f[3] is not None]
    panels = []
    for title, unit, z, _ in fields:  # each limit is named where its own field is drawn
        own = [b if name == title else replace(b, label="") for b, name in zip(bounds, limited, strict=True)]
        panels.append(ContourPanel(title, unit, np.take(z, at, axis=third), own))
    x, y = (getattr(r, _AXES[d][0]) * _AXES[d][2] for d in (first, second))
    marks = [Mark(_value_of(cycle, first), _value_of(cycle, second), "design")]
    if r.best is not None:
        best = [getattr(r.best, _AXES[d][0]) * _AXES[d][2] for d in (first, second)]
        marks.append(Mark(best[0], best[1], "best"))
    marks = [m for m in marks if x[0] <= m.x <= x[-1] and y[0] <= m.y <= y[-1]]
    return contour_plot(x, y, panels, x_label=_AXES[first][1], y_label=_AXES[second][1], marks=marks)


def _value_of(cycle: EngineCycle, d: int) -> float:
    return getattr(cycle, _AXES[d][0]) * _AXES[d][2]


def _slice(r: TradeResult, third: int) -> int:
    """Where along the third axis the best point is nearest, else its middle."""
    axis = getattr(r, _AXES[third][0])
    if r.best is None:
        return len(axis) // 2
    return int(np.argmin(np.abs(axis - getattr(r.best, _AXES[third][0]))))


def _fields(cycle: EngineCycle, r: TradeResult) -> list[tuple[str, str, np.ndarray, float | None]]:
    """(title, unit, field, limit) of what is drawn."""
    limits = cycle.trade.limits if cycle.trade is not None else None
    fields: list[tuple[str, str, np.ndarray, float | None]] = [
        ("Vacuum Isp delivered", "s", r.grid("isp_vacuum"), None),
        ("Vacuum Isp of the ideal chamber", "s", r.isp_ideal, None),
    ]
    if r.objective not in ("vacuum specific impulse",):
        fields.insert(0, (r.objective.capitalize(), "", r.grid("value"), None))
    if r.pump_pressure is not None:
        limit = limits.pump_pressure / 1e5 if limits and limits.pump_pressure else None
        fields.append(("Highest pressure behind a pump", "bar", r.grid("pump_pressure") / 1e5, limit))
    limit = limits.exit_diameter if limits else None
    fields.append(("Exit diameter", "m", r.grid("exit_diameter"), limit))
    hot = r.turbine_temperature
    if hot is not None and len(hot) and np.ptp(hot) > 1.0:
        fields.append(
            (
                "Hottest turbine inlet",
                "K",
                r.grid("turbine_temperature"),
                limits.turbine_temperature if limits else None,
            )
        )
    return fields


def _caption(r: TradeResult) -> str:
    varied = _varied(r)
    text = "The trade"
    if len(varied) == 3:
        third = varied[2]
        value = float(getattr(r, _AXES[third][0])[_slice(r, third)])
        text += f" at {_AXES[third][1].split(',')[0].lower()} {value * _AXES[third][2]:.4g}"
    return f"{text}; hatched: no engine; red: beyond a limit; dots: points that were balanced."


def _best(cycle: EngineCycle, r: TradeResult) -> Facts:
    b = r.best
    assert b is not None
    rows: list[tuple] = [
        ("Best for", r.objective, ""),
        ("Chamber pressure", Cell(b.chamber_pressure / 1e5, digits=4), "bar"),
        ("O/F", Cell(b.oxidizer_fuel_ratio, decimals=3), ""),
        ("Area ratio", Cell(b.area_ratio, digits=4), ""),
        ("Vacuum Isp", Cell(b.isp_vacuum, decimals=2), "s"),
    ]
    if r.exact_isp is not None:
        rows.append(("the same by a balance of its own", Cell(r.exact_isp, decimals=2), "s"))
    rows.append(("Exit diameter", Cell(b.exit_diameter, digits=4), "m"))
    if b.pump_pressure is not None:
        rows.append(("Highest pressure behind a pump", Cell(b.pump_pressure / 1e5, digits=4), "bar"))
    if b.turbine_temperature is not None:
        rows.append(("Hottest turbine inlet", Cell(b.turbine_temperature, decimals=0), "K"))
    if b.engine_mass is not None:
        rows.append(("Dry mass", Cell(b.engine_mass, digits=4), "kg"))
        rows.append(("Thrust to weight", Cell(b.thrust_to_weight, digits=4), ""))
    return Facts(tuple(rows))


def _holes(r: TradeResult) -> Table:
    """Reasons, and where they hold; the amounts differ from point to point."""
    import re

    groups: dict[str, list] = {}
    for h in r.holes:
        groups.setdefault(re.sub(r"[\d,]+(\.\d+)? (bar|kW)", "… \\2", h.reason), []).append(h)
    rows = []
    for reason, holes in groups.items():
        p = [h.chamber_pressure / 1e5 for h in holes]
        of = [h.oxidizer_fuel_ratio for h in holes]
        rows.append((len(holes), reason, f"{min(p):.4g} to {max(p):.4g}", f"{min(of):.3g} to {max(of):.3g}"))
    columns = (
        Column("Points", decimals=0),
        Column("Why there is no engine"),
        Column("Chamber pressure, bar"),
        Column("O/F"),
    )
    return Table(
        columns, tuple(rows), "Holes of the trade; every one with its amounts is in results/trade.json.", label="holes"
    )
