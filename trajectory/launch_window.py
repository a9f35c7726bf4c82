"""When to launch: T-0 of a flight that is to end in a plane, the passes of the site through it, payload against T-0.

The flight does not know the time: turned about the Earth's axis it is the same flight. So it is optimized with its node free,
and T-0 is the instant at which the node that it reaches is the plane's. Away from that instant the plane has to be turned in
flight, which costs payload: the launch window.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ..core.errors import ImpossibleError, InputError, UndecidedError
from ..core.results import Array, Result, Unit
from ..core.time import format_utc, parse_utc
from .flight_plan import FlightPlan
from .mission import Mission
from .optimal_control.solution import Solution
from .orbit import elements
from .planes import Passage, instant_of_node, passages


def at_its_time(mission: Mission, solution: Solution, plan: FlightPlan) -> Mission:
    """The mission with the epoch at which a solution's plane is the one asked for; as it is, when it has no window."""
    plane = mission.plane()
    if mission.launch_window is None or plane is None:
        return mission
    end = solution[plan.insertion.name]
    state = np.array([end.states[n][-1] for n in ("x", "y", "z", "vx", "vy", "vz")])
    node = elements(state[:3], state[3:]).ascending_node
    opens = parse_utc(mission.launch_window.opens)
    found = instant_of_node(plane, node, opens, mission.ut1_minus_utc or 0.0)
    return mission.evolve(epoch=format_utc(found, 3), launch_window=None)


def site_passages(mission: Mission, count: int = 4) -> tuple[Passage, ...]:
    """The next passes of the site through the orbit's plane, two a day, from the window's opening or the epoch on.

    Raises InputError for a mission without a plane, ImpossibleError where the plane never passes over the site.
    """
    plane = mission.plane()
    if plane is None:
        raise InputError("the orbit's plane is free: there is nothing to wait for", where=mission.where("orbit"))
    after = mission.epoch or (mission.launch_window.opens if mission.launch_window else "")
    latitude = mission.site.geocentric_latitude()
    try:
        return passages(plane, latitude, mission.site.longitude, after, count, mission.ut1_minus_utc or 0.0)
    except ValueError as error:
        raise ImpossibleError(f"'{mission.site.name}': {error}", where=mission.where("orbit")) from None


@dataclass(frozen=True, kw_only=True)
class WindowResult(Result):
    """Payload against T-0. t0: UTC of the best T-0; offset from it; payload nan-free: only those that were solved are listed.

    failed: (offset [s], why) of the others.
    """

    t0: str
    offset: Annotated[Array, Unit("s")]
    payload: Annotated[Array, Unit("kg")]
    best_payload: Annotated[float, Unit("kg")]
    failed: tuple[tuple[float, str], ...]

    def width(self, loss: float) -> float:
        """How long [s] the payload stays within a loss [kg] of the best one, between the offsets given (linear between)."""
        times, below = [], self.best_payload - self.payload - loss
        for a, b, ta, tb in zip(below, below[1:], self.offset, self.offset[1:], strict=False):
            if (a > 0) != (b > 0):
                times.append(float(ta + (tb - ta) * a / (a - b)))
        low = max((t for t in times if t < 0), default=float(self.offset.min()))
        high = min((t for t in times if t > 0), default=float(self.offset.max()))
        return high - low


def launch_window(
    mission: Mission, payload_at: Callable[[Mission], tuple[float, str | None]], offsets: Sequence[float]
) -> WindowResult:
    """Payload of launches at offsets [s] from the best T-0.

    payload_at(mission): its largest payload [kg] and T-0, raising as `solve_ascent` does; called for the mission, which has a
    launch window, and for each T-0 with the plane fixed.
    """
    if mission.launch_window is None:
        raise InputError(
            "the best T-0 is found from a 'launch_window'; give one in place of the epoch", where=mission.where()
        )
    best, t0 = payload_at(mission)
    assert t0 is not None  # of a mission with a window
    times, payloads, failed = [], [], []
    for offset in sorted(offsets):
        at = mission.evolve(epoch=format_utc(parse_utc(t0).plus(offset), 3), launch_window=None)
        try:
            payload, _ = payload_at(at)
        except (ImpossibleError, UndecidedError) as error:
            failed.append((float(offset), error.message.splitlines()[0]))
            continue
        times.append(float(offset))
        payloads.append(payload)
    return WindowResult(
        t0=t0,
        offset=np.array(times),
        payload=np.array(payloads),
        best_payload=best,
        failed=tuple(failed),
        input_hash=mission.content_hash(),
        sources=(),
        findings=(),
    )
