"""Propellants, equilibrium, nozzles, engines and their maps."""
