"""The state at payload separation as a CCSDS Orbit Parameter Message, inertial.

CCSDS 502.0-B-3 (April 2023), section 3, written as version 2.0. REF_FRAME is GCRF (the frame of the IAU 2006/2000A models) or,
for users of the older convention, EME2000; both are in the standard's table (3.2.3.3).
"""

from typing import Literal

import numpy as np

from ..core.errors import InputError
from ..core.frames import UNKNOWN_ORIENTATION, EarthOrientation, eme2000_from_itrf, gcrf_from_itrf
from ..core.time import format_utc, parse_utc
from ..trajectory.result import Event, Trajectory
from .ccsds.message import Block, Message, Segment
from .ccsds.write_kvn import write_kvn
from .ccsds_oem import NANOSECONDS
from .issuer import Issuer, SpaceObject, comments, header

VERSION = "2.0"
InertialFrame = Literal["GCRF", "EME2000"]
_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")


def inertial_state(
    trajectory: Trajectory, event: Event, orientation: EarthOrientation, frame: InertialFrame = "GCRF"
) -> tuple[np.ndarray, np.ndarray]:
    """Position [m] and velocity [m/s], (3,) each, of an event in an inertial frame, the Earth's rotation added."""
    rotation = {"GCRF": gcrf_from_itrf, "EME2000": eme2000_from_itrf}[frame]
    instant = parse_utc(_epoch(trajectory)).plus(event.time)
    return rotation(instant, orientation).to_inertial(event.position_ecef, event.velocity_ecef)


def write_opm(
    trajectory: Trajectory,
    event: Event,
    payload: SpaceObject,
    payload_mass: float,
    issuer: Issuer,
    *,
    orientation: EarthOrientation = UNKNOWN_ORIENTATION,
    frame: InertialFrame = "GCRF",
    state_of: str = "last stage with payload, before the separation impulse",
) -> str:
    """The message (KVN text) for the payload at the event of its separation; time in UTC, km, km/s, kg.

    payload_mass [kg] is MASS, the mass of the object named; the mass of the combination that the state belongs to stands in a
    comment. Raises InputError without an epoch and for a mass that is not positive.
    """
    if not payload_mass > 0.0:
        raise InputError(f"an OPM needs the payload's mass, not {payload_mass} kg", where=payload.where or None)
    position, velocity = inertial_state(trajectory, event, orientation, frame)
    instant = parse_utc(_epoch(trajectory)).plus(event.time)
    turn = orientation.angle_bound()
    opening = comments(
        "Predicted state at payload separation, computed; not tracked.",
        f"T-0 = {trajectory.epoch}, {trajectory.t0_definition}. Mission elapsed time of the state: {event.time:.6f} s.",
        f"The state belongs to: {state_of}; mass of that {event.mass:.6f} kg.",
    )
    metadata = Block(
        "metadata",
        (
            ("OBJECT_NAME", payload.name.upper()),
            ("OBJECT_ID", payload.identifier.upper()),
            ("CENTER_NAME", "EARTH"),
            ("REF_FRAME", frame),
            ("TIME_SYSTEM", "UTC"),
        ),
    )
    state = Block(
        "stateVector",
        (
            ("EPOCH", format_utc(instant, NANOSECONDS, zulu=False)),
            *((keyword, float(v) * 1e-3) for keyword, v in zip(_STATE, [*position, *velocity], strict=True)),
        ),
        comments(
            f"From Earth-fixed by IAU 2006/2000A (CIO based). {describe(orientation)}",
            *_bound_text(turn, position, velocity),
        ),
    )
    mass = Block("spacecraftParameters", (("MASS", float(payload_mass)),))
    return write_kvn(Message("opm", VERSION, header(issuer, opening), (Segment(metadata, (state, mass)),)))


def describe(orientation: EarthOrientation) -> str:
    """What was used for the Earth's orientation, in words."""
    ut1 = orientation.ut1_minus_utc
    pole = "given" if orientation.pole_x is not None and orientation.pole_y is not None else "taken as zero"
    return f"UT1-UTC {f'{ut1:.7f} s' if ut1 is not None else 'not known, taken as zero'}; polar motion {pole}."


def _bound_text(turn: float, position: np.ndarray, velocity: np.ndarray) -> list[str]:
    """What an angle [rad] by which the Earth's orientation may be off does to the state, and what is not said of it."""
    if turn == 0.0:
        return []
    metres, speed = (turn * float(np.linalg.norm(vector)) for vector in (position, velocity))
    return [
        f"What is not known of the Earth's orientation can move the position by up to {metres:.0f} m and the velocity by up to "
        f"{speed:.2g} m/s. The uncertainty of the prediction itself is not stated."
    ]


def _epoch(trajectory: Trajectory) -> str:
    if trajectory.epoch is None:
        raise InputError("the trajectory has no epoch (T-0 in UTC), and there is no inertial state without one")
    return trajectory.epoch
