"""Dispersion: how samples are drawn, how a point mass flies them, and what may be said of the results."""
