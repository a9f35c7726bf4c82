"""Tanks, stages, fairings and their assembly: mass, aerodynamics, drawing."""
