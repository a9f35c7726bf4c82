"""Thermochemistry: equilibrium of gas and condensed species, and ideal rocket performance (``osea thermo``)."""
