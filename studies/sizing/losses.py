"""What a flight loses as a function of the size: Schilling's fit, and its error at the last ascent.

The sum of ideal velocities less what is lost must be the gain in speed that the orbit asks for. Schilling's fit says how losses
change with burn times and with the acceleration at lift-off. Its error, measured by each ascent of the loop, is interpolated
between the sizes that were flown: a Gaussian process over the logarithms of each stage's burn time and thrust over weight, with
a constant, a linear and a local part (C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006),
eq. 2.25 and ch. 2.7). Where a size was flown the model is exact to NOISE.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from math import cos, exp, log, sin, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ...core.earth import G0, MU, RADIUS
from ...trajectory.mission import Mission
from ...trajectory.targets import EscapeOrbit
from .point import Point, SizingModel, Weighed

ROTATION = 465.1  # m/s, of the ground at the equator


@cache
def schilling() -> dict[str, Any]:
    """The coefficients of data/schilling.yaml."""
    return yaml.safe_load((Path(__file__).parent / "data" / "schilling.yaml").read_text(encoding="utf-8"))


CONSTANT, LINEAR, LOCAL, REACH, NOISE = 1000.0, 150.0, 60.0, 0.35, 0.3
"""Of the process: deviation of the constant [m/s], of a slope [m/s per unit of a logarithm], of the local part [m/s] and its
reach [1], and of one ascent [m/s]. Ours: sizes of what Schilling's scatter of 260 m/s leaves."""


@dataclass(frozen=True)
class Losses:
    """gain [m/s]: of speed over the turning Earth until insertion, as the orbit says; perigee [m]: its altitude. errors: at each
    size that was flown, its features and what closes the balance beyond Schilling's fit [m/s]. extra [m/s]: asked for beside."""

    gain: float
    perigee: float
    errors: tuple[tuple[tuple[float, ...], float], ...] = ()
    extra: float = 0.0

    @cached_property
    def _weights(self) -> np.ndarray:
        places = np.array([f for f, _ in self.errors])
        return np.linalg.solve(
            _covariance(places, places) + NOISE**2 * np.eye(len(places)), np.array([e for _, e in self.errors])
        )

    def error(self, at: tuple[float, ...]) -> float:
        """Losses less Schilling's [m/s] at features."""
        if not self.errors:
            return self.extra
        places = np.array([f for f, _ in self.errors])
        return float(_covariance(np.array([at]), places)[0] @ self._weights) + self.extra

    def lost(self, model: SizingModel, point: Point, weighed: Weighed) -> float:
        """All that is lost [m/s] at a point."""
        return penalty(model, point, weighed, self.perigee) + self.error(features(weighed))

    def surplus(self, model: SizingModel, point: Point, weighed: Weighed) -> float:
        """Ideal velocity beyond what gain and losses take [m/s]; 0 where the point just makes it."""
        return (
            sum(weighed.delta_v.values())
            - self.gain
            - self.lost(model, point, weighed)
            - model.rules.trajectory_reserve
        )


def _covariance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    apart = ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2)
    return CONSTANT**2 + LINEAR**2 * (a @ b.T) + LOCAL**2 * np.exp(-apart / (2 * REACH**2))


def features(weighed: Weighed) -> tuple[float, ...]:
    """Logarithms of burn times [100 s] and of thrust over weight by stage, and of the fineness."""
    times = (log(v / 100) for v in weighed.burn_time.values())
    return (*times, *(log(v) for v in weighed.thrust_to_weight.values()), log(weighed.fineness / 15))


def penalty(model: SizingModel, point: Point, weighed: Weighed, perigee: float) -> float:
    """Schilling's fit [m/s]; perigee: its altitude [m]."""
    data, ideal = schilling(), sum(weighed.delta_v.values())
    height = max(perigee, 0.0) / 1000
    exhaust = ideal / weighed.log_ratio
    lowest = model.vehicle.stages[0].name
    acceleration = weighed.thrust_to_weight[lowest] * G0
    notional = 3 * (1 - exp(-0.333 * ideal / exhaust)) * exhaust / acceleration
    time = data["share"] * sum(weighed.burn_time.values()) + (1 - data["share"]) * notional
    a0, a1, a2 = data["k3"]
    b0, b1 = data["k4"]
    return a0 + a1 * height + a2 * height**2 + (b0 + b1 * height) * time


def first_guess(mission: Mission) -> Losses:
    """Before any flight: Schilling's fit as it is, and the speed of the orbit at its perigee less the ground's."""
    target = mission.target
    ground = ROTATION * cos(mission.site.latitude) * sin(mission.launch_azimuth())
    if isinstance(target, EscapeOrbit):
        perigee = 200e3
        speed = sqrt(target.c3 + 2 * MU / (RADIUS + perigee))
    else:
        perigee = target.perigee_altitude
        low, high = RADIUS + perigee, RADIUS + target.apogee_altitude
        speed = sqrt(MU * (2 / low - 2 / (low + high)))
    return Losses(speed - ground, perigee)


def measured(model: SizingModel, point: Point, before: Losses) -> Losses:
    """What is known after an ascent of that point, with the largest payload that it carried."""
    weighed = model.weigh(point)
    # what closes the balance at this point: losses, the orbit's own speed, and the ideal velocity's error of the model
    error = sum(weighed.delta_v.values()) - before.gain - penalty(model, point, weighed, before.perigee)
    return Losses(before.gain, before.perigee, (*before.errors, (features(weighed), error)))
