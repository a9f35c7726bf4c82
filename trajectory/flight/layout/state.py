"""The continuous state of a flight."""

from typing import NamedTuple


class StateLayout(NamedTuple):
    """Continuous state: inertial position [m] and velocity [m/s] of the centre of mass, quaternion (scalar first, body to
    inertial), body rates [rad/s], mass [kg]; slosh: of two pendulums, each its angle towards y and z and their rates; bend:
    the first bending
    mode's displacement along y and z and their rates."""

    x: int
    y: int
    z: int
    vx: int
    vy: int
    vz: int
    q0: int
    q1: int
    q2: int
    q3: int
    wx: int
    wy: int
    wz: int
    mass: int
    slosh: int
    bend: int


Y = StateLayout._make([*range(15), 22])
SLOSH_STATES = 8
BENDING_STATES = 4
STATE_SIZE = Y.slosh + SLOSH_STATES + BENDING_STATES
RIGID = 14
"""Size of the state without slosh and bending."""
