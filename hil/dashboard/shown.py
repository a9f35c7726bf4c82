"""What a page is sent of each sample: some signals as 32-bit floats, the host's time a step first."""

import numpy as np

from ..signals import INDEX, INPUT_INDEX, SIGNAL_COUNT

NAMES = (
    "host.step", "clock.time", "truth.altitude", "truth.north", "truth.east", "truth.down", "truth.airspeed", "truth.mach",
    "truth.dynamic_pressure", "truth.angle_of_attack", "truth.mass", "truth.thrust", "truth.perigee", "truth.apogee",
    "truth.attitude_ned.w", "truth.attitude_ned.x", "truth.attitude_ned.y", "truth.attitude_ned.z",
    "truth.rate.x", "truth.rate.y", "truth.rate.z", "truth.latitude", "truth.longitude",
    "engine.level", "engine.throttle", "engine.running", "gimbal.y", "gimbal.z", "propellant.mass",
    "power.voltage", "power.current", "vehicle.phase", "vehicle.stage", "vehicle.lifted", "vehicle.landed",
    "imu.valid", "gnss.valid", "gnss.altitude",
    "command.gimbal_y", "command.gimbal_z", "command.throttle", "answer.state", "answer.health",
)  # fmt: skip
_TICK = 1 + INDEX["clock.tick"]
_PLACES = np.array([1 + INDEX[n] if n in INDEX else 1 + SIGNAL_COUNT + INPUT_INDEX[n] for n in NAMES[1:]])


def shown(rows: np.ndarray, before: np.ndarray | None) -> np.ndarray:
    """(n, len(NAMES)) little-endian float32 of rows (n, `board.ROW_SIZE`); before: the row before them.

    ``host.step``: host time a step since the row before [us], NaN for the first of all.
    """
    found = np.empty((len(rows), len(NAMES)), "<f4")
    found[:, 1:] = rows[:, _PLACES]
    earlier = np.vstack([rows[:1] if before is None else before[None], rows[:-1]])
    with np.errstate(invalid="ignore", divide="ignore"):
        found[:, 0] = 1e6 * (rows[:, 0] - earlier[:, 0]) / (rows[:, _TICK] - earlier[:, _TICK])
    return found
