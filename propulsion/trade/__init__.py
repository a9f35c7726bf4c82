"""Trades: an engine cycle over chamber pressure, mixture ratio and area ratio, and the best point under limits."""
