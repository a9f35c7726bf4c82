"""Ellipses around points in a plane: of the normal law, and one that covers a share of whatever law with a confidence."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...core.results import Array, Result, Unit
from .order_statistics import tolerance_limit


@dataclass(frozen=True, kw_only=True)
class ConfidenceEllipse(Result):
    """Centre (2,) and half-axes in the points' units (large first), tilt [rad] of the large one from the first coordinate.

    probability: what the normal law with this mean and covariance (2, 2) has inside. covering_scale: how many times
    larger an ellipse of this shape must be to hold that share of the true distribution with the confidence, by order
    statistics of the points' distances, whatever the distribution; None where there are too few points.
    """

    centre: Array
    covariance: Array
    major: float
    minor: float
    tilt: Annotated[float, Unit("rad")]
    probability: float
    confidence: float
    covering_scale: float | None

    def outline(self, points: int = 181, scale: float = 1.0) -> np.ndarray:
        """(points, 2) along the ellipse."""
        angle = np.linspace(0.0, 2 * np.pi, points)
        along, across = self.major * scale * np.cos(angle), self.minor * scale * np.sin(angle)
        c, s = np.cos(self.tilt), np.sin(self.tilt)
        return self.centre + np.column_stack([along * c - across * s, along * s + across * c])


def confidence_ellipse(
    points: np.ndarray, probability: float = 0.9973, confidence: float = 0.90
) -> ConfidenceEllipse | None:
    """Of points (n, 2); None for fewer than three or for points that do not scatter.

    Half-axes sqrt(-2 ln(1 - p)) of the covariance's principal deviations: the χ² law with two degrees of freedom.
    """
    points = np.asarray(points, float)
    if len(points) < 3:
        return None
    centre, covariance = points.mean(axis=0), np.cov(points, rowvar=False)
    values, vectors = np.linalg.eigh(covariance)
    if values[1] <= 0.0:
        return None
    reach = np.sqrt(-2.0 * np.log1p(-probability))
    minor, major = (float(reach * np.sqrt(max(v, 0.0))) for v in values)
    scale = None
    if minor > 1e-9 * major:
        distance = np.sqrt(np.sum(((points - centre) @ vectors) ** 2 / values, axis=1)) / reach
        scale = tolerance_limit(distance, probability, confidence)
    return ConfidenceEllipse(
        centre=centre,
        covariance=covariance,
        major=major,
        minor=minor,
        tilt=float(np.arctan2(vectors[1, 1], vectors[0, 1])),
        probability=probability,
        confidence=confidence,
        covering_scale=scale,
    )
