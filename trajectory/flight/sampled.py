"""The errors that a flight's sensors have by chance: drawn once for a flight, from what its rules state."""

import numpy as np

from .document import FlightRules
from .layout import P

AXES = ("x", "y", "z")


def drawn_parameters(nominal: np.ndarray, rules: FlightRules, seed: int) -> np.ndarray:
    """Parameters with biases, scale factors, misalignments and alignment errors of one vehicle; normal, independent. Seed 0:
    none of them
    (noise remains), the flight of a perfect instrument."""
    values = nominal.copy()
    if seed == 0 or rules.navigation == "perfect":
        return values
    generator, unit = np.random.Generator(np.random.Philox(key=seed)), rules.inertial_unit
    for name, sigma in (
        ("gyro_bias", unit.gyro_bias),
        ("gyro_scale", unit.gyro_scale),
        ("gyro_misalignment", unit.misalignment),
        ("accelerometer_bias", unit.accelerometer_bias),
        ("accelerometer_scale", unit.accelerometer_scale),
        ("accelerometer_misalignment", unit.misalignment),
        ("alignment", rules.alignment.attitude),
    ):
        for axis in AXES:
            values[getattr(P, f"{name}_{axis}")] += sigma * generator.standard_normal()
    return values
