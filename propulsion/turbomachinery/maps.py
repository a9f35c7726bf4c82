"""Characteristics of pumps and turbines off design: given points as smooth tables, else a general curve, an estimate."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from ...core.numeric import Table, lookup, table
from . import pump, turbine
from .published_maps import map_rows

Curve = Callable[[Any], Any]


def pump_characteristic(component: Any, specific_speed: float | None) -> tuple[Curve, Curve]:
    """(head, efficiency) over their design values against the flow coefficient over its design value.

    component: the pump's document; specific_speed: dimensionless, at design, a stage, None where the speed is not known.
    """
    rows = _pump_rows(component)
    if rows:
        return partial(lookup, _table(rows, 1)), partial(lookup, _table(rows, 2))
    shut_off = pump.SHUT_OFF_HEAD if specific_speed is None else float(pump.shut_off_head(specific_speed))
    return partial(pump.head_curve, shut_off_head=shut_off), pump.efficiency_curve


def turbine_characteristic(component: Any) -> Curve:
    """Efficiency over its design value against U/C0 over its design value."""
    if component.map:
        rows = tuple((p.speed_ratio, p.efficiency) for p in component.map)
        return partial(lookup, _table(rows, 1))
    return turbine.efficiency_curve


def _pump_rows(component: Any) -> tuple[tuple[float, float, float], ...]:
    """The pump's own map, or the published one that it names."""
    if component.published_map is not None:
        return map_rows(component.published_map)
    return tuple((p.flow, p.head, p.efficiency) for p in component.map)


def map_range(component: Any) -> tuple[float, float] | None:
    """From where to where the given points reach (beyond, the last value holds); None without points."""
    if component.type == "pump" and component.published_map is not None:
        rows = _pump_rows(component)
        return rows[0][0], rows[-1][0]
    if not component.map:
        return None
    key = "flow" if component.type == "pump" else "speed_ratio"
    return getattr(component.map[0], key), getattr(component.map[-1], key)


@cache
def _table(rows: tuple[tuple[float, ...], ...], column: int) -> Table:
    """Scaled so that the value at 1, the design point, is 1: the design point stays where it is."""
    grid, values = [r[0] for r in rows], [r[column] for r in rows]
    at_design = float(lookup(table(grid, values), 1.0))
    return table(grid, [v / at_design for v in values])
