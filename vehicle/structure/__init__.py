"""Thin shells of a launcher: loads along the body, walls by pressure, buckling and gauge, margins, bending frequencies."""
