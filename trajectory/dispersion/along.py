"""What is wanted of a run's way and not of its end: loads at the joints, and where it would have come down at given times.

A run's log has LOG_COLUMNS; the point mass writes it as it flies, a body's is made of its history.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...core.compiled import compiled
from .program_layout import MARK, O

LOG_COLUMNS = (
    "time", "x", "y", "z", "vx", "vy", "vz", "mass", "segment", "dynamic_pressure", "alpha", "axial_acceleration", "drag",
)  # fmt: skip
"""SI; inertial state; alpha: total angle of attack [rad], 0 where the air does not matter; axial acceleration as sensed."""
LOG_SIZE = len(LOG_COLUMNS)
SEGMENT, PRESSURE, ALPHA, AXIAL, DRAG = range(8, LOG_SIZE)

COEFFICIENTS = ("axial", "axial_mass", "axial_drag", "bending", "bending_squared", "shear", "shear_squared")
"""Of a joint at an instant: axial force k0 + k1 a + k2 D, bending moment q (k3 alpha + k4 alpha^2), shear likewise."""
JOINT = ("axial", "shear", "bending", "equivalent")
"""What is kept of a joint: the largest magnitudes, N, N, N m, N."""


class Ways(NamedTuple):
    """What is wanted of every run's way. tables (segments, n, joints, COEFFICIENTS), durations (segments,) [s], diameters
    (joints,) [m]: see `joint_maxima`; times (k,) [s since T-0]: at which the state is wanted."""

    tables: np.ndarray
    durations: np.ndarray
    diameters: np.ndarray
    times: np.ndarray


@dataclass(frozen=True)
class AlongTheWay:
    """Names of the joints in the order of the tables, and which of them are unknown while strap-ons fly beside them."""

    joints: tuple[str, ...]
    partly_known: tuple[str, ...]
    ways: Ways


NOTHING = Ways(np.zeros((0, 2, 0, len(COEFFICIENTS))), np.zeros(0), np.zeros(0), np.zeros(0))


@compiled
def joint_maxima(log, rows, tables, durations, diameters, outcome, out):
    """The largest loads of every joint along a log, into out (joints, 4).

    tables (segments, n, joints, COEFFICIENTS): at n instants of each nominal segment, evenly spaced; durations (segments,) [s] of
    those; diameters (joints,) [m] of the rings; outcome: of the run, whose marks say when its own segments began.
    """
    segments, n, joints, _ = tables.shape
    for j in range(joints):
        for c in range(4):
            out[j, c] = 0.0
    for i in range(rows):
        k = int(log[i, SEGMENT])
        q, alpha, a, drag = log[i, PRESSURE], log[i, ALPHA], log[i, AXIAL], log[i, DRAG]
        if k >= segments or not np.isfinite(q + alpha + a + drag):
            continue
        s = (log[i, 0] - outcome[O.marks + MARK * k]) / max(durations[k], 1e-9)
        s = min(max(s, 0.0), 1.0) * (n - 1)
        m = min(int(s), n - 2)
        f = s - m
        for j in range(joints):
            t, u = tables[k, m, j], tables[k, m + 1, j]
            axial = (1.0 - f) * (t[0] + t[1] * a + t[2] * drag) + f * (u[0] + u[1] * a + u[2] * drag)
            bending = q * alpha * ((1.0 - f) * (t[3] + t[4] * alpha) + f * (u[3] + u[4] * alpha))
            shear = q * alpha * ((1.0 - f) * (t[5] + t[6] * alpha) + f * (u[5] + u[6] * alpha))
            out[j, 0] = max(out[j, 0], abs(axial))
            out[j, 1] = max(out[j, 1], abs(shear))
            out[j, 2] = max(out[j, 2], abs(bending))
            out[j, 3] = max(out[j, 3], axial + 4.0 * abs(bending) / diameters[j])


@compiled
def states_at(log, rows, times, out):
    """Time and inertial state at times [s since T-0], into out (times, 7): cubic between the log's rows; nan beyond them."""
    row = 0
    for k in range(times.shape[0]):
        t = times[k]
        out[k, 0] = t
        if rows < 2 or t < log[0, 0] or t > log[rows - 1, 0]:
            out[k, 1:7] = np.nan
            continue
        while row < rows - 2 and log[row + 1, 0] <= t:
            row += 1
        h = log[row + 1, 0] - log[row, 0]
        s = (t - log[row, 0]) / h if h > 0.0 else 0.0
        for i in range(3):
            p, v, p1, v1 = log[row, 1 + i], log[row, 4 + i], log[row + 1, 1 + i], log[row + 1, 4 + i]
            d = p1 - p
            out[k, 1 + i] = p + s * (h * v + s * (3.0 * d - h * (2.0 * v + v1) + s * (h * (v + v1) - 2.0 * d)))
            out[k, 4 + i] = v + s * (v1 - v)
