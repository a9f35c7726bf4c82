"""Bending frequencies of the stack as a beam: Hermite elements with consistent and rotary mass, free or clamped at its foot."""

from dataclasses import dataclass
from math import pi
from typing import Annotated, Literal

import numpy as np

from ...core.results import Array, Result, Unit

Support = Literal["free", "clamped"]


@dataclass(frozen=True, kw_only=True)
class BendingModes(Result):
    """Frequencies of the lowest bending modes (k,), and the first one's shape (n,) at the stations, largest deflection 1."""

    support: str
    frequency: Annotated[Array, Unit("Hz")]
    station: Annotated[Array, Unit("m")]
    shape: Array


def bending_modes(
    station: Array, line_mass: Array, stiffness: Array, *, support: Support = "free", count: int = 3
) -> BendingModes:
    """Modes of a beam between stations [m] (n,); line_mass [kg/m] and stiffness E I [N m^2] (n - 1,) of each piece.

    Euler-Bernoulli: no shear, which lowers short bodies' frequencies. Free: the two rigid modes are left out. Raises
    ValueError for stations that do not ascend, or pieces without mass or stiffness.
    """
    x = np.asarray(station, float)
    lengths = np.diff(x)
    if len(x) < 3 or np.any(lengths <= 0):
        raise ValueError("a beam needs at least three ascending stations")
    if np.any(line_mass <= 0) or np.any(stiffness <= 0):
        raise ValueError("every piece of the beam needs mass and stiffness")
    size = 2 * len(x)
    k, m = np.zeros((size, size)), np.zeros((size, size))
    for i, (h, mass, ei) in enumerate(zip(lengths, line_mass, stiffness, strict=True)):
        at = slice(2 * i, 2 * i + 4)
        k[at, at] += ei / h**3 * np.array(
            [[12, 6 * h, -12, 6 * h], [6 * h, 4 * h * h, -6 * h, 2 * h * h], [-12, -6 * h, 12, -6 * h],
             [6 * h, 2 * h * h, -6 * h, 4 * h * h]]
        )  # fmt: skip
        m[at, at] += mass * h / 420 * np.array(
            [[156, 22 * h, 54, -13 * h], [22 * h, 4 * h * h, 13 * h, -3 * h * h], [54, 13 * h, 156, -22 * h],
             [-13 * h, -3 * h * h, -22 * h, 4 * h * h]]
        )  # fmt: skip
    kept = np.arange(size) if support == "free" else np.arange(2, size)
    from scipy.linalg import eigh

    rigid = 2 if support == "free" else 0
    values, vectors = eigh(
        k[np.ix_(kept, kept)], m[np.ix_(kept, kept)], subset_by_index=[0, rigid + count - 1], driver="gvx"
    )
    whole = np.zeros(size)
    whole[kept] = vectors[:, rigid]
    shape = whole[::2]
    shape = shape / shape[np.argmax(np.abs(shape))]
    return BendingModes(
        support=support,
        frequency=np.sqrt(np.maximum(values[rigid:], 0.0)) / (2 * pi),
        station=x,
        shape=shape,
    )
