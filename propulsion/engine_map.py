"""What the trajectory needs of an engine: thrust and mass flow against throttle."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from ..core.earth import G0
from ..core.errors import InputError
from ..core.numeric import Table, lookup, table
from ..core.results import Array, Result, Unit


@dataclass(frozen=True, kw_only=True)
class EngineMap(Result):
    """One engine. All arrays (n,) against ``throttle``: chamber pressure over rated chamber pressure, ascending to 1.

    thrust_vacuum [N]; mass_flow [kg/s], turbine exhaust included; exit_area [m²]; throttle_min: the lowest at which the
    engine may run (1: fixed thrust; the arrays then reach lower only so that a table can be made). ignitions: starts
    in all, None when unknown. Ramps [s]: from start command to full thrust, from shutdown command to none; linear.
    """

    name: str
    throttle: Array
    thrust_vacuum: Annotated[Array, Unit("N")]
    mass_flow: Annotated[Array, Unit("kg/s")]
    exit_area: Annotated[float, Unit("m^2")]
    throttle_min: float
    ignitions: int | None
    start_ramp: Annotated[float, Unit("s")]
    shutdown_ramp: Annotated[float, Unit("s")]
    oxidizer_fuel_ratio: float

    @property
    def isp_vacuum(self) -> float:
        """Vacuum specific impulse at full throttle [s]."""
        return float(self.thrust_vacuum[-1] / (self.mass_flow[-1] * G0))

    @cached_property
    def thrust_table(self) -> Table:
        """Vacuum thrust [N] against throttle, for equations."""
        return table(self.throttle, self.thrust_vacuum)

    @cached_property
    def mass_flow_table(self) -> Table:
        """Mass flow [kg/s] against throttle, for equations."""
        return table(self.throttle, self.mass_flow)

    def thrust(self, throttle: float, ambient_pressure: float) -> float:
        """Thrust [N] at a throttle and an ambient pressure [Pa], nozzle flowing full.

        Raises InputError for a throttle at which the engine does not run.
        """
        if not self.throttle_min <= throttle <= 1.0:
            raise InputError(f"{self.name} runs at throttles from {self.throttle_min:g} to 1, not at {throttle:g}")
        return float(lookup(self.thrust_table, throttle)) - ambient_pressure * self.exit_area
