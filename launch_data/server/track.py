"""The trajectory of a record as points over the ground, from the file that it names: for maps, not for screening."""

from typing import Any

import numpy as np

from ...core.earth import geodetic_from_ecef
from ...core.errors import InputError
from ...core.frame_series import FRAMES, inertial_series
from ...core.frames import UNKNOWN_ORIENTATION
from ...core.time import SECOND
from ...core.wire import instant_of
from ..ccsds.files import parse_messages
from ..ccsds.message import Message, Segment
from ..opportunity.ocm import product_from_ocm
from ..protocol.dynamics import TrajectoryRecord

COLUMNS = ("t_s", "longitude_deg", "latitude_deg", "height_m", "speed_m_s")
MOST = 1200  # points: more than a screen has columns
Flight = tuple[
    np.ndarray, np.ndarray, np.ndarray
]  # s from T-0 (n,); position [m] and velocity [m/s], Earth-fixed (n, 3)


def track(record: TrajectoryRecord, content: bytes) -> dict[str, Any]:
    """A row a point: seconds from T-0, longitude and latitude [deg, WGS 84], height [m], speed relative to the Earth [m/s].

    Reads OEM and OCM. Raises InputError for other files and frames, and for an OEM when the record has no T-0.
    """
    (message,) = parse_messages(content, record.file.path)
    time, position, velocity = _flight(message, record)
    chosen = np.unique(np.linspace(0, len(time) - 1, min(len(time), MOST)).astype(int))
    latitude, longitude, height = np.array([geodetic_from_ecef(*point) for point in position[chosen].tolist()]).T
    speed = np.linalg.norm(velocity[chosen], axis=1)
    rows = np.column_stack(
        [
            time[chosen].round(3),
            np.degrees(longitude).round(6),
            np.degrees(latitude).round(6),
            height.round(1),
            speed.round(2),
        ]
    )
    return {
        "trajectory": record.id,
        "revision": record.revision,
        "columns": COLUMNS,
        "points": rows.tolist(),
    }


def _flight(message: Message, record: TrajectoryRecord) -> Flight:
    where = record.file.path
    if message.kind == "ocm":
        product, _ = product_from_ocm(message, where)
        return product.time, product.position, product.velocity
    if message.kind != "oem":
        raise InputError(f"a track is made of an OEM or OCM, and this is {message.kind.upper()}", where=where)
    if record.t0 is None:
        raise InputError(
            "the trajectory's record states no T-0, so the file's times cannot be counted from it", where=where
        )
    parts = [_segment(segment, where) for segment in message.segments if segment.states is not None]
    time, position, velocity = (np.concatenate(column) for column in zip(*parts, strict=True))
    return (time - instant_of(record.t0)) / SECOND, position, velocity


def _segment(segment: Segment, where: str) -> Flight:
    states, frame = segment.states, segment.metadata.text("REF_FRAME")
    assert states is not None
    if segment.metadata.text("TIME_SYSTEM") != "UTC":
        raise InputError("a track is made of files in UTC", where=where)
    position, velocity = 1e3 * states.states[:, :3], 1e3 * states.states[:, 3:]
    if frame in FRAMES:
        position, velocity = inertial_series(frame, states.time, UNKNOWN_ORIENTATION).to_earth_fixed(position, velocity)
    elif not frame.startswith(("ITRF", "WGS")):
        raise InputError(f"a track cannot be made of states in {frame}", where=where)
    return states.time, position, velocity
