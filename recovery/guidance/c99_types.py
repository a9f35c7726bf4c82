"""Names of types in functions that become C."""

import numpy as np

Vector = np.ndarray
"""A float64 vector: `double *` in C; `int` and `float` are `int` and `double`."""
