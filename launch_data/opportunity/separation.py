"""Separation states of every payload at every T-0: inertial position, velocity and covariance."""

from dataclasses import dataclass
from typing import cast

import numpy as np

from ...core.earth_orientation import OrientationTable
from ...core.frame_series import FrameSeries, InertialFrame, inertial_series
from ...core.frames import ROTATION_RATE_UT1, EarthOrientation
from ...core.time import SECOND
from .product import LaunchProduct

EARTH_FIXED = "ITRF"


@dataclass(frozen=True, eq=False)
class Separations:
    """k opportunities, p payloads. tai: (k, p) int64; position, velocity: (k, p, 3) m and m/s in `frame`.

    own: (p, 6, 6) covariance of each deployment alone, and shared: (p, 6, 6) that of the host, both in R, T, N of the host with
    inertial velocities; zero where the product gives none. The host's part is common to all payloads: it falls out of their
    distances. axes: (k, p, 3, 3) takes R, T, N to `frame`.
    """

    frame: str
    t0: np.ndarray
    tai: np.ndarray
    position: np.ndarray
    velocity: np.ndarray
    axes: np.ndarray
    own: np.ndarray
    shared: np.ndarray
    has_covariance: bool

    def covariance(self, opportunity: int, payload: int) -> np.ndarray:
        """Covariance (6, 6) of one payload in `frame`, host and deployment together."""
        axes = self._axes(opportunity, payload)
        return axes @ (self.own[payload] + self.shared[payload]) @ axes.T

    def cross_covariance(self, opportunity: int, first: int, second: int) -> np.ndarray:
        """Covariance (6, 6) between two payloads in `frame`: the host's part, taken as the same at both deployments."""
        shared = 0.5 * (self.shared[first] + self.shared[second])
        return self._axes(opportunity, first) @ shared @ self._axes(opportunity, second).T

    def _axes(self, opportunity: int, payload: int) -> np.ndarray:
        """What takes a state (6,) in R, T, N to `frame`; velocities of ITRF are relative to the turning Earth."""
        big = np.zeros((6, 6))
        big[:3, :3] = big[3:, 3:] = self.axes[opportunity, payload]
        if self.frame == EARTH_FIXED:
            turning = ROTATION_RATE_UT1 * np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
            big[3:, :3] = -turning @ big[:3, :3]
        return big


def separations(
    product: LaunchProduct,
    t0: np.ndarray,
    frame: str,
    orientation: OrientationTable | EarthOrientation,
) -> Separations:
    """The states of all payloads for T-0 at instants (k,) int64 (`Instant.tai`), in ITRF or an inertial frame.

    The velocity in ITRF is relative to the Earth; deployment speeds are added in the inertial orbit's axes and taken back.
    Raises InputError for an unknown frame or an instant that the table of Earth orientation does not have.
    """
    times = np.array([d.time for d in product.deployments])
    k, p = len(t0), len(times)
    tai = t0[:, None] + np.round(times * SECOND).astype(np.int64)[None, :]
    fixed = product.host_at(times)
    position, velocity = (np.broadcast_to(v, (k, p, 3)).reshape(-1, 3) for v in fixed)
    inertial = cast(InertialFrame, "GCRF" if frame == EARTH_FIXED else frame)
    turn = inertial_series(inertial, tai.reshape(-1), orientation)
    r, v = turn.to_inertial(position, velocity)
    axes = rtn_axes(r, v)
    speed = np.broadcast_to(np.array([d.delta_v for d in product.deployments]), (k, p, 3)).reshape(-1, 3)
    v = v + np.einsum("nij,nj->ni", axes, speed)
    if frame == EARTH_FIXED:
        axes = _fixed_axes(turn, axes)
        r, v = turn.to_earth_fixed(r, v)
    own, shared = _covariances(product, np.linalg.norm(np.cross(fixed[0], _inertial_speed(turn, fixed, p)), axis=1))
    return Separations(
        frame,
        t0,
        tai,
        r.reshape(k, p, 3),
        v.reshape(k, p, 3),
        axes.reshape(k, p, 3, 3),
        own,
        shared,
        len(product.covariance) > 0,
    )


def rtn_axes(position: np.ndarray, velocity: np.ndarray) -> np.ndarray:
    """Radial, transverse, normal unit vectors as columns, (n, 3, 3), of inertial states (n, 3)."""
    radial = position / np.linalg.norm(position, axis=-1, keepdims=True)
    normal = np.cross(position, velocity)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return np.stack([radial, np.cross(normal, radial), normal], axis=-1)


def _fixed_axes(turn: FrameSeries, axes: np.ndarray) -> np.ndarray:
    return np.swapaxes(turn.matrix, -1, -2) @ axes


def _inertial_speed(turn: FrameSeries, fixed: tuple[np.ndarray, np.ndarray], p: int) -> np.ndarray:
    """Inertial velocity in Earth-fixed axes of the p deployments; the same at every T-0 to 1e-11 rad/s."""
    return fixed[1] + np.cross(turn.rate_itrf[:p], fixed[0])


def _covariances(product: LaunchProduct, momentum: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(own, shared), (p, 6, 6) each, with inertial velocities. momentum: |r x v| (p,) of the host, for turning axes."""
    own, shared = (np.zeros((len(product.deployments), 6, 6)) for _ in range(2))
    for i, item in enumerate(product.deployments):
        variance = (item.sigma * float(np.linalg.norm(item.delta_v))) ** 2
        own[i, 3:, 3:] = variance * np.eye(3)
        host = product.covariance_at(item.time)
        if host is None:
            continue
        if product.covariance_frame == "RTN_ROTATING":
            radius = float(np.linalg.norm(product.host_at([item.time])[0]))
            rate = momentum[i] / radius**2  # of the axes, about N
            add = np.eye(6)
            add[3:, :3] = rate * np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
            host = add @ host @ add.T
        shared[i] = host
    return own, shared
