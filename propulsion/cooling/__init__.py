"""Regenerative, film and radiation cooling of chamber and nozzle: heat along the wall, and whether the wall bears it."""
