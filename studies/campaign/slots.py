"""The places of a constellation: planes in one band of local time, and the drift of a launch's satellites to theirs."""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Annotated

from ...core.earth import MU
from ...core.earth import RADIUS as EARTH_RADIUS
from ...core.results import Result, Unit
from ...trajectory.planes import MEAN_SUN_RATE, node_rate, sun_synchronous_inclination

DAY = 86400.0


@dataclass(frozen=True, kw_only=True)
class Slots(Result):
    """Where the launches of a constellation go, one plane after the other.

    plane_of: of each launch, from 0; local_times: of each plane's node, from the middle of the band; launches: in each plane.
    drift_rate: of the phase on the lower orbit against the final one; phasing_time: of the satellite with the longest way, which
    leaves the launch's own place for the far end of its plane; node_shift: of local time, meanwhile.
    """

    plane_of: tuple[int, ...]
    local_times: tuple[float, ...]
    launches: tuple[int, ...]
    inclination: Annotated[float, Unit("rad")]
    drift_rate: Annotated[float, Unit("rad/s")]
    phasing_time: Annotated[float, Unit("s")]
    node_shift: Annotated[float, Unit("s")]


def slots(launches: int, planes: int, altitude: float, spread: float, phasing_altitude: float) -> Slots:
    """Places of *launches* in *planes* at local times ± *spread* [s] around the band's middle; heights in m.

    A launch's satellites share out an equal part of their plane, 2 pi over the launches of the plane, so that each drifts at most
    through that part less one place; here through the whole of it. Two-body rates with J2's node drift at the same inclination.
    """
    share = [launches // planes + (1 if i < launches % planes else 0) for i in range(planes)]
    a, lower = EARTH_RADIUS + altitude, EARTH_RADIUS + altitude - phasing_altitude
    inclination = sun_synchronous_inclination(a)
    drift = sqrt(MU / lower**3) - sqrt(MU / a**3)
    time = 2 * pi / min(share) / drift
    turned = (node_rate(lower, 0.0, inclination) - MEAN_SUN_RATE) * time
    step = 2 * spread / planes
    return Slots(
        plane_of=tuple(i for i, n in enumerate(share) for _ in range(n)),
        local_times=tuple(-spread + (i + 0.5) * step for i in range(planes)),
        launches=tuple(share),
        inclination=inclination,
        drift_rate=drift,
        phasing_time=time,
        node_shift=turned / (2 * pi) * DAY,
    )
