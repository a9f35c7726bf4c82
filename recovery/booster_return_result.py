"""The computed return: the flight of a booster from separation to touchdown, and how it stands."""

from dataclasses import dataclass
from typing import Annotated

from ..core.results import Array, Result, Unit


@dataclass(frozen=True, kw_only=True)
class ReturnEvent(Result):
    """One instant of the return; speed, its angle over the horizon and its azimuth from north are over the turning Earth."""

    name: str
    time: Annotated[float, Unit("s")]
    altitude: Annotated[float, Unit("m")]
    downrange: Annotated[float, Unit("m")]
    speed_relative: Annotated[float, Unit("m/s")]
    mass: Annotated[float, Unit("kg")]
    flight_path_angle: Annotated[float, Unit("rad")] = 0.0
    azimuth: Annotated[float, Unit("rad")] = 0.0


@dataclass(frozen=True, kw_only=True)
class IgnitionWindow(Result):
    """When the landing burn may be lit, and what of thrust over weight there is at touchdown.

    least, most: thrust over weight at the lowest and the largest throttle with the mass at touchdown. A least over 1 cannot
    hover: the burn is a hover-slam, that has to end at the ground. earliest, planned, latest [s after lift-off]: ignitions from
    which the lowest and the largest throttle of the burn stop at the ground; None where neither does.
    """

    least: float
    most: float
    planned: Annotated[float, Unit("s")]
    earliest: Annotated[float | None, Unit("s")] = None
    latest: Annotated[float | None, Unit("s")] = None

    @property
    def hovers(self) -> bool:
        """Whether the lowest thrust is less than the weight."""
        return self.least <= 1.0


@dataclass(frozen=True, kw_only=True)
class ReturnResult(Result):
    """The return sampled at n instants, every phase with its own first and last one; frame and T-0 as of the ascent's trajectory.

    Vectors (n, 3) Earth-fixed, velocity over the turning Earth; axis from the engines to the nose. landing_mass: the least
    allowed at touchdown; propellant_left: over it. burned: by burn, in the order of burns. position_error, velocity_error: at
    touchdown, between the optimizer's state and the same controls flown open loop from separation on.
    """

    booster: str
    mode: str
    bodies: int
    phase_names: tuple[str, ...]
    phase_index: Array
    time: Annotated[Array, Unit("s")]
    position_ecef: Annotated[Array, Unit("m")]
    velocity_ecef: Annotated[Array, Unit("m/s")]
    axis_ecef: Array
    mass: Annotated[Array, Unit("kg")]
    engines: Array
    throttle: Array
    thrust: Annotated[Array, Unit("N")]
    altitude: Annotated[Array, Unit("m")]
    latitude: Annotated[Array, Unit("rad")]
    longitude: Annotated[Array, Unit("rad")]
    downrange: Annotated[Array, Unit("m")]
    speed_relative: Annotated[Array, Unit("m/s")]
    vertical_speed: Annotated[Array, Unit("m/s")]
    dynamic_pressure: Annotated[Array, Unit("Pa")]
    heat_flux: Annotated[Array, Unit("W/m^2")]
    mach: Array
    axial_acceleration: Annotated[Array, Unit("m/s^2")]
    angle_of_attack: Annotated[Array, Unit("rad")]
    events: tuple[ReturnEvent, ...]
    burns: tuple[str, ...]
    burned: Annotated[tuple[float, ...], Unit("kg")]
    kit_mass: Annotated[float, Unit("kg")]
    landing_mass: Annotated[float, Unit("kg")]
    propellant_left: Annotated[float, Unit("kg")]
    ignition: IgnitionWindow | None
    position_error: Annotated[float, Unit("m")]
    velocity_error: Annotated[float, Unit("m/s")]
