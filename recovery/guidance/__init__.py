"""Landing guidance by convex optimisation, written once for Python (numba) and for a flight computer (C99)."""
