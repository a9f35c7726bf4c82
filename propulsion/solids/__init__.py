"""Solid motors: grain, propellant, nozzle, pressure and thrust in time, RASP files."""
