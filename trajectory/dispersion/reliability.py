"""Failures by probability: what happens in a run, and when, from two uniform numbers.

A part's life follows Weibull's law, R(t) = exp(-(t/η)^β), or fails with a given probability evenly over its burn. Of n
alike and independent parts the first failure counts: R_n = R^n.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["engine-out", "stuck-actuator", "sensor-loss"]


@dataclass(frozen=True)
class Failure:
    """One kind of failure. stage: index; units: parts of which the first to fail counts, each of which takes *lost* with
    it.

    exposure [s]: the time at risk, from ignition. shape, life: of Weibull's law [-, s], or probability of one part over
    the exposure (evenly). drawn: probability with which runs are drawn to fail, None: the true one.
    """

    name: str
    kind: str
    stage: int
    units: int
    lost: float
    exposure: float
    probability: float | None = None
    shape: float | None = None
    life: float | None = None
    drawn: float | None = None

    def unit_probability(self, time: float) -> float:
        """That one part has failed by a time [s]."""
        if self.probability is not None:
            return self.probability * min(time / self.exposure, 1.0)
        assert self.shape is not None and self.life is not None
        return float(-np.expm1(-((time / self.life) ** self.shape)))

    @property
    def true_probability(self) -> float:
        """That any of the parts fails over the exposure."""
        return float(-np.expm1(self.units * np.log1p(-self.unit_probability(self.exposure))))

    @property
    def drawn_probability(self) -> float:
        """With which runs fail."""
        return self.true_probability if self.drawn is None else self.drawn

    def happens(self, u: np.ndarray) -> np.ndarray:
        """(n,) of bool from uniform numbers (n,)."""
        return u < self.drawn_probability

    def times(self, u: np.ndarray) -> np.ndarray:
        """Times [s] of the first failure from uniform numbers (n,), given that there is one before the exposure's end."""
        share = u * self.true_probability  # that the first has happened by then
        of_one = -np.expm1(np.log1p(-share) / self.units)
        if self.probability is not None:
            return np.minimum(of_one / self.probability, 1.0) * self.exposure if self.probability > 0 else 0.0 * u
        assert self.shape is not None and self.life is not None
        return self.life * (-np.log1p(-of_one)) ** (1.0 / self.shape)
