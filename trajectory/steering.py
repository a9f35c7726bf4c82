"""Attitude of the thrust axis during ascent: pitch and yaw in the launch frame, which stays fixed in inertial space.

Launch frame at T-0: up (the ellipsoid's normal), downrange (level, along the launch azimuth) and cross (level, to the
right of downrange). Pitch turns from downrange towards up, yaw then towards cross:
u = cos(yaw) · (cos(pitch) · downrange + sin(pitch) · up) + sin(yaw) · cross.
Vertical is pitch 90 deg; the singular yaw of 90 deg is never near in an ascent.
"""

from typing import NamedTuple

import numpy as np

from ..core.numeric import equation
from .site import LaunchSite


class LaunchFrame(NamedTuple):
    """Axes as plain floats, so that every backend takes them: downrange d, up u, cross c."""

    dx: float
    dy: float
    dz: float
    ux: float
    uy: float
    uz: float
    cx: float
    cy: float
    cz: float


def launch_frame(site: LaunchSite, azimuth: float) -> LaunchFrame:
    """The frame at a site for a launch azimuth [rad], clockwise from north."""
    east, north, up = site.east_north_up()
    downrange = np.sin(azimuth) * east + np.cos(azimuth) * north
    cross = np.sin(azimuth + np.pi / 2) * east + np.cos(azimuth + np.pi / 2) * north
    return LaunchFrame(*map(float, (*downrange, *up, *cross)))


@equation
def thrust_direction(frame, pitch, yaw):
    """Unit vector (3 scalars) of the thrust axis in the inertial frame; pitch, yaw [rad]."""
    along = np.cos(yaw) * np.cos(pitch)
    above = np.cos(yaw) * np.sin(pitch)
    aside = np.sin(yaw)
    return (
        along * frame.dx + above * frame.ux + aside * frame.cx,
        along * frame.dy + above * frame.uy + aside * frame.cy,
        along * frame.dz + above * frame.uz + aside * frame.cz,
    )
