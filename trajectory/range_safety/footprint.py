"""Where a jettisoned body comes down, and how widely: a normal distribution over the ground from dispersions at separation.

Linear covariance (e.g. Montenbruck & Gill, *Satellite Orbits*, 2000, sec. 7.1): every dispersion moves the impact point by its
own one-sigma step, half the difference of a step either way; independent dispersions add as squares. `sampled_impacts` flies
random draws instead, with a fixed seed, to show where the linear law is good enough.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...core.results import Array, Result, Unit
from ..environment.atmosphere import Atmosphere, standard_atmosphere
from ..environment.wind import Wind, calm, shifted
from .fall import Impact, fall
from .geodesy import destination, east_north_between


@dataclass(frozen=True)
class Spread:
    """One sigma of what is not known at separation; all independent, all normal.

    position [m] and velocity [m/s] of each Cartesian component; push: spread of the separation speed [m/s]; attitude: of its
    direction, about each of two axes [rad]; ballistic: of the ballistic coefficient, relative; wind: of its east and of its north
    component [m/s], the same at all altitudes; density: relative, the same at all altitudes.
    """

    position: float = 0.0
    velocity: float = 0.0
    push: float = 0.0
    attitude: float = 0.0
    ballistic: float = 0.0
    wind: float = 0.0
    density: float = 0.0


@dataclass(frozen=True)
class Release:
    """A body at the moment it leaves: time [s] since T-0, inertial position and velocity (3,) of the vehicle, the speed [m/s] and
    inertial direction (3,) with which it is pushed off, and its ballistic coefficient [kg/m^2]."""

    time: float
    position: np.ndarray
    velocity: np.ndarray
    push: float
    direction: np.ndarray
    ballistic_coefficient: float


@dataclass(frozen=True, kw_only=True)
class Footprint(Result):
    """Impact of one body: the nominal point (geodetic), when and how fast, and the covariance (2, 2) of its place east and north.

    semi_major, semi_minor, azimuth (of the long axis, from north): the ellipse that holds it with the probability stated.
    contributions: share of each dispersion in the covariance's trace, named in contributors.
    """

    body: str
    count: int
    event: str
    latitude: Annotated[float, Unit("rad")]
    longitude: Annotated[float, Unit("rad")]
    time: Annotated[float, Unit("s")]
    speed: Annotated[float, Unit("m/s")]
    angle: Annotated[float, Unit("rad")]
    ballistic_coefficient: Annotated[float, Unit("kg/m^2")]
    casualty_area: Annotated[float, Unit("m^2")] | None
    covariance: Annotated[Array, Unit("m^2")]
    probability: float
    semi_major: Annotated[float, Unit("m")]
    semi_minor: Annotated[float, Unit("m")]
    azimuth: Annotated[float, Unit("rad")]
    contributors: tuple[str, ...]
    contributions: Array

    def outline(self, points: int = 72) -> tuple[np.ndarray, np.ndarray]:
        """Latitudes and longitudes [rad] of the ellipse, by geodesics from its middle; first point repeated at the end."""
        angle = np.linspace(0.0, 2.0 * np.pi, points + 1)
        along, across = self.semi_major * np.cos(angle), self.semi_minor * np.sin(angle)
        north = along * np.cos(self.azimuth) - across * np.sin(self.azimuth)
        east = along * np.sin(self.azimuth) + across * np.cos(self.azimuth)
        return destination(self.latitude, self.longitude, np.arctan2(east, north), np.hypot(east, north))


Draw = Callable[[np.ndarray], Impact | None]
NAMES = (
    "position x", "position y", "position z", "velocity x", "velocity y", "velocity z", "separation speed",
    "separation attitude 1", "separation attitude 2", "ballistic coefficient", "wind east", "wind north", "density",
)  # fmt: skip


def _draws(
    release: Release, spread: Spread, atmosphere: Atmosphere | None, wind: Wind | None, tolerance: float
) -> tuple[Draw, np.ndarray]:
    """The fall as a function of standard normal numbers (13,), and which of them do anything."""
    air, blow = standard_atmosphere() if atmosphere is None else atmosphere, calm() if wind is None else wind
    direction = release.direction / np.linalg.norm(release.direction)
    aside = np.cross(direction, [0.0, 0.0, 1.0] if abs(direction[2]) < 0.9 else [1.0, 0.0, 0.0])
    aside = aside / np.linalg.norm(aside)
    third = np.cross(direction, aside)
    sigma = np.array(
        [spread.position] * 3 + [spread.velocity] * 3 + [spread.push] + [spread.attitude] * 2
        + [spread.ballistic] + [spread.wind] * 2 + [spread.density]
    )  # fmt: skip
    active = sigma > 0.0
    if release.push == 0.0:
        active[7:9] = False

    def flown(normal: np.ndarray) -> Impact | None:
        d = sigma * normal
        pointed = direction + np.tan(d[7]) * aside + np.tan(d[8]) * third
        push = (release.push + d[6]) * pointed / np.linalg.norm(pointed)
        thick = air._replace(log_density=air.log_density._replace(
            coefficients=air.log_density.coefficients + d[12])) if d[12] else air  # fmt: skip
        moved = shifted(blow, float(d[10]), float(d[11])) if d[10] or d[11] else blow
        return fall(
            release.time,
            release.position + d[:3],
            release.velocity + d[3:6] + push,
            ballistic_coefficient=release.ballistic_coefficient * float(np.exp(d[9])),
            atmosphere=thick,
            wind=moved,
            tolerance=tolerance,
        )

    return flown, active


def footprint(
    body: str,
    event: str,
    release: Release,
    spread: Spread,
    *,
    probability: float,
    count: int = 1,
    casualty_area: float | None = None,
    atmosphere: Atmosphere | None = None,
    wind: Wind | None = None,
    tolerance: float = 1e-7,
) -> Footprint | None:
    """The nominal impact and its dispersion by linear covariance; None when the body (or a dispersed one) stays in orbit.

    Density and ballistic coefficient are log-normal. probability: of the ellipse, a factor sqrt(-2 ln(1 - P)) of one sigma.
    """
    flown, active = _draws(release, spread, atmosphere, wind, tolerance)
    nominal = flown(np.zeros(13))
    if nominal is None:
        return None
    covariance, shares, names = np.zeros((2, 2)), [], []
    for i in np.flatnonzero(active):
        step = np.zeros(13)
        step[i] = 1.0
        ahead, back = flown(step), flown(-step)
        if ahead is None or back is None:
            return None
        east, north = east_north_between(nominal.latitude, nominal.longitude, [ahead.latitude, back.latitude],
                                         [ahead.longitude, back.longitude])  # fmt: skip
        move = np.array([east[0] - east[1], north[0] - north[1]]) / 2.0
        covariance += np.outer(move, move)
        shares.append(float(move @ move))
        names.append(NAMES[i])
    total = sum(shares)
    semi_major, semi_minor, azimuth = ellipse(covariance, probability)
    return Footprint(
        body=body,
        count=count,
        event=event,
        latitude=nominal.latitude,
        longitude=nominal.longitude,
        time=nominal.time,
        speed=nominal.speed,
        angle=nominal.angle,
        ballistic_coefficient=release.ballistic_coefficient,
        casualty_area=casualty_area,
        covariance=covariance,
        probability=probability,
        semi_major=semi_major,
        semi_minor=semi_minor,
        azimuth=azimuth,
        contributors=tuple(names),
        contributions=np.array(shares) / total if total > 0 else np.zeros(len(shares)),
    )


def ellipse(covariance: np.ndarray, probability: float) -> tuple[float, float, float]:
    """Semi-axes [m], long first, and azimuth [rad] of the long one, of the ellipse that holds the impact with a probability."""
    values, vectors = np.linalg.eigh(covariance)
    factor = np.sqrt(-2.0 * np.log1p(-probability))
    minor, major = factor * np.sqrt(np.clip(values, 0.0, None))
    return float(major), float(minor), float(np.arctan2(vectors[0, 1], vectors[1, 1]) % np.pi)


def sampled_impacts(
    release: Release,
    spread: Spread,
    count: int,
    *,
    seed: int = 1,
    atmosphere: Atmosphere | None = None,
    wind: Wind | None = None,
    tolerance: float = 1e-6,
) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes [rad] of `count` random falls with a fixed seed (those that stay in orbit are left out)."""
    flown, _ = _draws(release, spread, atmosphere, wind, tolerance)
    normals = np.random.default_rng(seed).standard_normal((count, 13))
    down = [impact for impact in map(flown, normals) if impact is not None]
    return np.array([i.latitude for i in down]), np.array([i.longitude for i in down])
