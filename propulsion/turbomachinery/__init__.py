"""Pumps, turbines, shafts, motors and batteries: scalar equations, each with its source."""
