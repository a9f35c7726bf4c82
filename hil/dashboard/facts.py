"""What a page needs to know of a bench that does not change: names, phases, faults, the vehicle's outline in each phase."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...trajectory.flight.layout import PH
from ...vehicle.body_loads import profile
from ...vehicle.vehicle import Vehicle
from ..document import Bench, Computer
from ..faults import Fault
from ..plant import Flying

FACTS = "osea_dashboard"
"""Key of the facts in a recording's metadata."""


def facts(
    bench: Bench, flying: Flying, *, vehicle: Vehicle | None = None, planned: float | None = None, buttons: bool = False
) -> dict[str, Any]:
    """As plain data. vehicle: whose outline is drawn; planned: time at which the flight should end [s]; buttons: whether
    faults may be pressed."""
    case = flying.case
    return {
        "bench": bench.name, "rate": bench.rate, "clock": bench.clock.mode, "factor": bench.clock.factor,
        "countdown": bench.countdown, "planned": planned, "buttons": buttons,
        "computers": [{"name": c.name, "link": _link(c)} for c in bench.computers],
        "phases": list(case.names),
        "faults": [_fault(f) for f in bench.faults],
        "requirements": [{"name": r.name, "text": r.text or ""} for r in bench.requirements],
        "outlines": _outlines(vehicle, case.phases) if vehicle is not None else None,
    }  # fmt: skip


def _link(computer: Computer) -> str:
    """In one word or two."""
    link = computer.link
    ends = [str(v) for v in (getattr(link, n, None) for n in ("remote", "local", "port", "channel")) if v]
    return f"{link.type} {ends[0]}" if ends else link.type


def _fault(fault: Fault) -> dict[str, Any]:
    where = fault.signal or (f"link of {fault.computer}" if fault.computer else "")
    amount = "" if fault.amount is None else str(fault.amount)
    text = ", ".join(t for t in (fault.kind.replace("_", " "), where, amount) if t)
    return {"name": fault.name, "kind": fault.kind, "by_hand": fault.by_hand, "text": text}


def _outlines(vehicle: Vehicle, phases: np.ndarray) -> dict[str, Any]:
    """shapes: station [m] and radius [m], from the bottom up; of_phase: which one flies in each."""
    shapes: list[list[Sequence[float]]] = []
    numbers: dict[tuple[int, bool], int] = {}
    of_phase = []
    for row in phases:
        key = (int(row[PH.stage]), bool(row[PH.bare]) or vehicle.fairing is None)
        if key not in numbers:
            x, r = profile(vehicle, key[0], not key[1])
            numbers[key] = len(shapes)
            shapes.append([[round(float(v), 3) for v in x], [round(float(v), 3) for v in r]])
        of_phase.append(numbers[key])
    return {"shapes": shapes, "of_phase": of_phase}
