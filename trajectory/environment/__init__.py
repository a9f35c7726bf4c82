"""Atmosphere and gravity."""
