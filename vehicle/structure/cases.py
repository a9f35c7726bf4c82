"""What acts on the core at one instant, and the pressures in its tanks then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..body_loads import BodyLoads
from ..liquid import level
from ..tank import Tank
from .document import StructureRules
from .zones import Zone


@dataclass(frozen=True)
class LoadCase:
    """What acts on the core at one instant. axial_acceleration [m/s^2]: sensed. filled: share of the load that is left, by
    stage name; pressurised: whether tanks are at flight pressure (else the pad's). axial_factor: on the axial force."""

    name: str
    loads: BodyLoads
    axial_acceleration: float
    filled: Mapping[str, float]
    pressurised: bool = True
    axial_factor: float = 1.0

    def covers(self, zone: Zone) -> bool:
        """Whether the shell is there."""
        return bool(self.loads.station[0] - 1e-6 <= zone.bottom and zone.top <= self.loads.station[-1] + 1e-6)

    def largest(self, zone: Zone) -> tuple[float, float, float]:
        """Largest axial force, magnitude of shear [N] and of bending [N m] within a shell."""
        x = self.loads.station
        at = np.unique(np.concatenate([[zone.bottom, zone.top], x[(x > zone.bottom) & (x < zone.top)]]))
        axial, shear, bending = (np.interp(at, x, v) for v in (self.loads.axial, self.loads.shear, self.loads.bending))
        return float(axial.max()) * self.axial_factor, float(np.abs(shear).max()), float(np.abs(bending).max())


def ullage(tank: Tank, rules: StructureRules) -> float:
    """Largest pressure of the gas [Pa], over ambient."""
    return tank.pressure if tank.pressure is not None else rules.ullage_pressure


def gas(tank: Tank, rules: StructureRules, case: LoadCase) -> tuple[float, float]:
    """Lowest and largest pressure of the gas [Pa] in one case."""
    if not case.pressurised:
        return rules.pad_pressure, rules.pad_pressure
    return rules.lowest_pressure_share * ullage(tank, rules), ullage(tank, rules)


def largest_pressure(zone: Zone, rules: StructureRules, cases: Sequence[LoadCase]) -> tuple[float, str]:
    """At the barrel's foot: ullage and the liquid above under the sensed acceleration, the largest of all cases."""
    if zone.tank is None:
        return 0.0, "none"
    best = (ullage(zone.tank, rules), "ullage")
    for case in cases:
        pressure = liquid_pressure(zone, zone.tank, case, zone.bottom)
        pressure += ullage(zone.tank, rules) if case.pressurised else rules.pad_pressure
        if pressure > best[0]:
            best = (pressure, case.name)
    return best


def liquid_pressure(zone: Zone, tank: Tank, case: LoadCase, station: float) -> float:
    """Of the liquid [Pa] at a station: density, sensed acceleration, depth under its level."""
    density = tank.liquid_density or 0.0
    mass = tank.propellant_mass * case.filled.get(zone.part, 0.0)
    if not density or mass <= 0.0:
        return 0.0
    surface = zone.tank_bottom + level(tank, min(mass / density, tank.internal_volume))
    return density * case.axial_acceleration * max(surface - station, 0.0)
