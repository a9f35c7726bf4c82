"""When a Falcon 9 flight began to move and when its first stage's thrust ended, on the clock of its broadcast.

The broadcast's clock starts before the vehicle does, and the event "MECO" is a whole second that is told when the speed has
stopped growing. Both are read from the speed of the 1 Hz tracks that there are; data/falcon_flights.yaml keeps what was read, and
the medians that every other flight takes.
"""

from typing import Any

import numpy as np

_RISE = (4.0, 14.0)  # s: the first speeds are rounded to 1 km/h, and later the vehicle turns
_BEFORE, _AFTER = (-12.0, -4.0), (2.0, 8.0)  # s from the event: outside of the track's own smoothing


def read_times(track: dict[str, list[float]], event: float) -> tuple[float, float]:
    """Lift-off and end of thrust [s on the broadcast's clock] of a 1 Hz track with `time` [s] and `velocity` [m/s].

    Lift-off: where the parabola through the speeds of the rise is zero, to some 0.2 s. End of thrust: where the parabola through
    those before the event meets the line through those after it.
    """
    time, speed = np.array(track["time"]), np.array(track["velocity"])
    rise = (time >= _RISE[0]) & (time <= _RISE[1])
    roots = np.roots(np.polyfit(time[rise], speed[rise], 2))
    lift_off = float(min(roots.real, key=abs))
    after_event = time - event
    before = (after_event >= _BEFORE[0]) & (after_event <= _BEFORE[1])
    after = (after_event >= _AFTER[0]) & (after_event <= _AFTER[1])
    growing = np.polyfit(after_event[before], speed[before], 2)
    coasting = np.polyfit(after_event[after], speed[after], 1)
    meeting = np.roots(np.polysub(growing, coasting)).real
    return lift_off, event + float(min(meeting, key=abs))


def times_of(rules: dict[str, Any], record: dict[str, Any]) -> tuple[float, float]:
    """Lift-off and end of thrust [s on the broadcast's clock] of a flight: as read from its track, or by the medians."""
    read = rules["times_read"].get(record["mission"])
    if read is not None:
        return float(read["lift_off_s"]), float(read["cut_off_s"])
    return float(rules["lift_off_s"]), float(record["events"]["meco"]) - float(rules["event_after_cut_off_s"])
