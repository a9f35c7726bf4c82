"""Engines that fire into the flow: what they leave of the air's axial force (wind-tunnel data, `data/retropropulsion.yaml`)."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ...core.numeric import Table, table

SPACING = 0.01
"""Between two knots of the thrust coefficient: the measured step keeps its place, and a spline through it does not swing."""


@lru_cache(maxsize=1)
def measured() -> dict[str, Any]:
    """The data file: thrust coefficients, shares of drag, their uncertainty and their source."""
    path = Path(__file__).parent.parent / "data" / "retropropulsion.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def drag_share() -> Table:
    """Share of the axial air force that is left, against thrust / (dynamic pressure x reference area); `plume` of a phase.

    Measured at Mach 2 on a cone with one nozzle, up to a coefficient of 8.8, whose value holds beyond. Slightly negative from 2
    on: the body lies in the jet's own wake. Monotone cubics (Fritsch and Carlson 1980) between the measured points.
    Source: Jarvinen and Adams 1970, fig. 32, secondary.
    """
    from scipy.interpolate import PchipInterpolator

    data = measured()
    x, share = np.array(data["thrust_coefficient"]), np.array(data["drag_share"])
    knots = np.linspace(x[0], x[-1], round((x[-1] - x[0]) / SPACING) + 1)
    return table(knots, PchipInterpolator(x, share)(knots))
