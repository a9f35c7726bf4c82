"""Stated pressures that contradict one another: what flows without a pump flows from the higher pressure to the lower."""

from collections.abc import Iterator
from typing import Any

from ...core.errors import ImpossibleError
from .document import EngineCycle
from .elements import PASSAGES

_LEADS = (*PASSAGES, "split", "mixer")  # what pressure only falls through, or stays


def check_stated_pressures(cycle: EngineCycle) -> None:
    """Raises ImpossibleError where a burner, a turbine's inlet or the chamber is stated above the pump or tank that feeds it."""
    kinds = {c.name: c for c in cycle.components}
    for c in cycle.components:
        wanted = cycle.chamber_pressure if c.type == "chamber" else c.pressure if c.type == "burner" else None
        if wanted is None:
            continue
        for source, pressure, field in _feeding(cycle, kinds, c.name, set()):
            if pressure < wanted:
                place = cycle.where("chamber_pressure") if c.type == "chamber" else c.where("pressure")
                raise ImpossibleError(
                    f"{c.name} is stated at {wanted / 1e5:.2f} bar, {(wanted - pressure) / 1e5:.2f} bar above {source.name} "
                    f"that feeds it ({field} {pressure / 1e5:.2f} bar); lower the one, raise the other, or put a pump between",
                    where=place,
                )


def _feeding(cycle: EngineCycle, kinds: dict[str, Any], name: str, seen: set[str]) -> Iterator[tuple[Any, float, str]]:
    """Pumps and tanks with a stated pressure from which only passages lead to a component."""
    for before, after in cycle.links:
        if after != name or before in seen:
            continue
        seen.add(before)
        c = kinds[before]
        if c.type == "tank":
            yield c, c.pressure, "pressure"
        elif c.type == "pump" and c.outlet_pressure is not None:
            yield c, c.outlet_pressure, "outlet_pressure"
        elif c.type in _LEADS:
            yield from _feeding(cycle, kinds, before, seen)
