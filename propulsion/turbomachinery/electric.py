"""Motor, inverter and battery."""

from ...core.numeric import equation


@equation
def battery_power(shaft_power, motor_efficiency, inverter_efficiency):
    """Electric power [W] drawn from the battery for a shaft power [W]."""
    return shaft_power / (motor_efficiency * inverter_efficiency)


@equation
def battery_mass(power, duration, specific_power, specific_energy):
    """(mass for power, mass for energy) [kg], with W/kg and J/kg; the larger one counts (Kwak, Kwon and Choi 2018)."""
    return power / specific_power, power * duration / specific_energy
