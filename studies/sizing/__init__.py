"""Sizing a vehicle around its real ascent: what is free, how masses follow, the loop, and its report."""
