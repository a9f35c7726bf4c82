"""A launch as it stands before its T-0 is known: Earth-fixed trajectory from T-0, deployments, covariance of the host."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...core.errors import InputError

CovarianceFrame = Literal["RTN_INERTIAL", "RTN_ROTATING"]


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One payload leaves the host `time` s after T-0, with `delta_v` (3,) m/s along R, T, N of the host's orbit.

    sigma: 1 sigma of the deployment speed as a fraction of it, the same in each axis; mass in kg, None when not told.
    """

    name: str
    time: float
    delta_v: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sigma: float = 0.0
    mass: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class LaunchProduct:
    """The host's flight and what it deploys.

    time: (n,) s from T-0, rising; position, velocity: (n, 3) m and m/s in ITRF, velocity relative to the Earth. covariance:
    (m, 6, 6) m and m/s about the host at covariance_time (m,), in R, T, N of its inertial orbit; covariance_frame says whether
    its velocities are those of the inertial frame (RTN_INERTIAL) or of the turning axes (RTN_ROTATING). No covariance: m is 0.
    """

    name: str
    time: np.ndarray
    position: np.ndarray
    velocity: np.ndarray
    deployments: tuple[Deployment, ...]
    covariance_time: np.ndarray
    covariance: np.ndarray
    covariance_frame: CovarianceFrame = "RTN_INERTIAL"
    where: str = ""

    def __post_init__(self) -> None:
        if len(self.time) < 2 or (np.diff(self.time) <= 0.0).any():
            raise InputError("the trajectory needs two states or more, in rising time", where=self.where or None)
        if not self.deployments:
            raise InputError(
                "nothing is deployed; a launch product has a deployment a payload", where=self.where or None
            )
        for item in self.deployments:
            if not self.time[0] <= item.time <= self.time[-1]:
                raise InputError(
                    f"{item.name} is deployed at T+{item.time:g} s, outside of the trajectory, which goes from "
                    f"T{self.time[0]:+g} s to T{self.time[-1]:+g} s",
                    where=self.where or None,
                )
        for matrix in self.covariance:
            scale = np.sqrt(np.maximum(np.diag(matrix), 0.0))
            unit = matrix / np.outer(*[np.where(scale > 0.0, scale, 1.0)] * 2)
            if (np.diag(matrix) <= 0.0).any() or np.linalg.eigvalsh(unit).min() <= 0.0:
                raise InputError("the host's covariance is not positive definite", where=self.where or None)

    def host_at(self, times: Sequence[float] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Earth-fixed position and velocity, (k, 3), at times (k,) s from T-0: cubic Hermite between the states."""
        t = np.asarray(times, float)
        i = np.clip(np.searchsorted(self.time, t, side="right") - 1, 0, len(self.time) - 2)
        step = (self.time[i + 1] - self.time[i])[:, None]
        u = (t - self.time[i])[:, None] / step
        p0, p1, v0, v1 = self.position[i], self.position[i + 1], self.velocity[i] * step, self.velocity[i + 1] * step
        position = p0 + u * (v0 + u * (3 * (p1 - p0) - 2 * v0 - v1 + u * (2 * (p0 - p1) + v0 + v1)))
        speed = v0 + u * (2 * (3 * (p1 - p0) - 2 * v0 - v1) + 3 * u * (2 * (p0 - p1) + v0 + v1))
        return position, speed / step

    def covariance_at(self, time: float) -> np.ndarray | None:
        """The host's covariance (6, 6) at the nearest time for which one is given; None without any."""
        if not len(self.covariance_time):
            return None
        return self.covariance[int(np.argmin(np.abs(self.covariance_time - time)))]
