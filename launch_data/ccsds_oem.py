"""The predicted trajectory as a CCSDS Orbit Ephemeris Message, Earth-fixed.

CCSDS 502.0-B-3 (April 2023), section 5, written as version 2.0, which holds all that is needed here and which readers of both
issues take. REF_FRAME is ITRF2000 unless another realisation is named: it is the newest one in the standard's own table
(3.2.3.3); later ones come from the SANA registry as ITRFyyyy and want an agreement between the parties. ITRF2000, its
successors and WGS-84 differ by centimetres, far below what a predicted ascent is worth.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ..core.errors import InputError
from ..core.time import Instant, format_utc, parse_utc
from ..trajectory.result import Trajectory
from .ccsds.message import Block, Message, Segment, States
from .ccsds.write_kvn import write_kvn
from .issuer import Issuer, SpaceObject, check_earth_fixed, comments, header

VERSION = "2.0"
EARTH_FIXED = "ITRF2000"
NANOSECONDS = 9  # decimals of time tags: 1 ns is 8 um at orbital speed


def write_oem(trajectory: Trajectory, vehicle: SpaceObject, issuer: Issuer, *, frame: str = EARTH_FIXED) -> str:
    """The message (KVN text) of a trajectory with an epoch: one segment a flight phase, time in UTC, km and km/s.

    Phases are apart because nobody may interpolate over a change of thrust (5.2.4.6); neighbours share the state at their
    border. Phases without duration are left out. Raises InputError without an epoch and for times that go backwards.
    """
    if trajectory.epoch is None:
        raise InputError("the trajectory has no epoch (T-0 in UTC), and an OEM cannot be written without one")
    check_earth_fixed(frame)
    epoch = parse_utc(trajectory.epoch)
    instants = [epoch.plus(float(t)) for t in trajectory.time]
    segments = list(_segments(np.asarray(trajectory.phase_index, int), instants))
    if not segments:
        raise InputError("the trajectory has no phase with a duration, so there is nothing to write into an OEM")
    opening = comments(
        "Predicted launch trajectory, computed; not tracked.",
        f"T-0 = {trajectory.epoch}, {trajectory.t0_definition}.",
        "States are those of the vehicle as a point mass, velocity relative to the rotating Earth. Until a separation that "
        "is all that flies; after it the stage that goes on, with the payload.",
        f"{frame} stands for the model's WGS-84 axes; polar motion is not modelled.",
    )
    chosen = tuple(_segment(trajectory, vehicle, frame, phase, samples, instants) for phase, samples in segments)
    return write_kvn(Message("oem", VERSION, header(issuer, opening), chosen))


def _segment(
    trajectory: Trajectory, vehicle: SpaceObject, frame: str, phase: int, chosen: list[int], instants: list[Instant]
) -> Segment:
    degree = 2 * min(4, len(chosen)) - 1  # Hermite over k states with velocity: degree 2k - 1
    tags = tuple(format_utc(instants[i], NANOSECONDS, zulu=False) for i in chosen)
    states = np.hstack([trajectory.position_ecef[chosen], trajectory.velocity_ecef[chosen]]) * 1e-3
    metadata = Block(
        "metadata",
        (
            ("OBJECT_NAME", vehicle.name.upper()),
            ("OBJECT_ID", vehicle.identifier.upper()),
            ("CENTER_NAME", "EARTH"),
            ("REF_FRAME", frame),
            ("TIME_SYSTEM", "UTC"),
            ("START_TIME", tags[0]),
            ("STOP_TIME", tags[-1]),
            ("INTERPOLATION", "HERMITE"),
            ("INTERPOLATION_DEGREE", degree),
        ),
        comments(f"Flight phase: {trajectory.phase_names[phase]}"),
    )
    times = np.array([instants[i].tai for i in chosen], np.int64)
    none = np.zeros((len(chosen), 3))
    return Segment(metadata, (), States(tags, times, states, none, np.zeros(len(chosen), dtype=bool)))


def _segments(phase_index: np.ndarray, instants: list[Instant]) -> Iterator[tuple[int, list[int]]]:
    """(phase, its samples) in order of time, each with strictly rising time tags and, where there is one, the next phase's
    first state as its last."""
    borders = [0, *(np.flatnonzero(np.diff(phase_index)) + 1), len(phase_index)]
    for start, stop in pairwise(borders):
        chosen: list[int] = []
        for i in range(start, min(stop + 1, len(phase_index))):
            if i and instants[i] < instants[i - 1]:
                raise InputError(f"the trajectory's times go backwards at sample {i}")
            if not chosen or instants[i] > instants[chosen[-1]]:
                chosen.append(i)
        if len(chosen) >= 2:
            yield int(phase_index[start]), chosen
