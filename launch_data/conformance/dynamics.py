"""Do a record and the message that it names say the same, and does the message read back as written?"""

from collections.abc import Iterator

import numpy as np

from ...core.time import parse_utc
from ..ccsds.files import parse_messages
from ..ccsds.message import Message
from ..ccsds.write_kvn import write_kvn
from ..ccsds.write_xml import write_xml
from ..protocol.dynamics import SeparationState, TrajectoryRecord

TIME = 1e-3  # s
POSITION, VELOCITY = 1e-2, 1e-5  # m, m/s


def round_trip_problems(record: TrajectoryRecord | SeparationState, message: Message) -> Iterator[str]:
    """KVN to XML to KVN: the same text, number by number."""
    del record
    first = write_kvn(message)
    (again,) = parse_messages(write_xml(message).encode(), "again.xml")
    if write_kvn(again) != first:
        yield f"the {message.kind.upper()} does not come back from XML as it was"


def disagreements(record: TrajectoryRecord | SeparationState, message: Message) -> Iterator[str]:
    """Frame, times and state of a record against those of its message."""
    if isinstance(record, SeparationState):
        yield from _state(record, message) if message.kind == "opm" else ()
    elif message.kind == "oem":
        yield from _ephemeris(record, message)
    elif message.kind == "ocm":
        yield from _counted(record, message)


def _ephemeris(record: TrajectoryRecord, message: Message) -> Iterator[str]:
    frames = {s.metadata.text("REF_FRAME") for s in message.segments}
    if frames != {record.frame}:
        yield f"frame {record.frame}, and the OEM is in {', '.join(sorted(frames))}"
    if record.t0 is not None:
        t0 = parse_utc(record.t0)
        starts, stops = (
            [parse_utc(s.metadata.text(k)).minus(t0) for s in message.segments] for k in ("START_TIME", "STOP_TIME")
        )
        yield from _span(record, min(starts), max(stops))


def _counted(record: TrajectoryRecord, message: Message) -> Iterator[str]:
    blocks = message.segments[0].blocks("traj")
    if not blocks:
        yield "the OCM holds no trajectory"
        return
    if blocks[0].text("TRAJ_REF_FRAME") != record.frame:
        yield f"frame {record.frame}, and the OCM is in {blocks[0].text('TRAJ_REF_FRAME')}"
    if record.has_covariance != (message.segments[0].block("cov") is not None):
        yield f"has_covariance is {record.has_covariance}, and the OCM says otherwise"
    if record.time_system == "T0":
        yield from _span(record, float(blocks[0].rows[0][0]), float(blocks[-1].rows[-1][0]))


def _span(record: TrajectoryRecord, start: float, stop: float) -> Iterator[str]:
    if abs(start - record.start_s) > TIME or abs(stop - record.stop_s) > TIME:
        yield f"{record.start_s:g} to {record.stop_s:g} s, and the message goes from {start:g} to {stop:g} s"


def _state(record: SeparationState, message: Message) -> Iterator[str]:
    segment = message.segments[0]
    block = segment.block("stateVector")
    if block is None or segment.metadata.text("REF_FRAME") != record.frame:
        yield f"frame {record.frame}, and the OPM is in {segment.metadata.text('REF_FRAME')}"
        return
    if abs(parse_utc(block.text("EPOCH")).minus(parse_utc(record.epoch))) > TIME:
        yield f"epoch {record.epoch}, and the OPM's is {block.text('EPOCH')}"
    state = 1e3 * np.array([float(block[k]) for k in ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")])  # type: ignore[arg-type]
    apart = np.abs(state - np.array([*record.position_m, *record.velocity_m_s]))
    if apart[:3].max() > POSITION or apart[3:].max() > VELOCITY:
        yield f"the OPM's state is {apart[:3].max():.3g} m and {apart[3:].max():.3g} m/s off"
