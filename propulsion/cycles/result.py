"""What a balanced cycle is: stations, machines, chamber, losses, and how well the balances close."""

from dataclasses import dataclass
from typing import Annotated

from ...core.results import Array, Result, Unit


@dataclass(frozen=True, kw_only=True)
class StreamState(Result):
    """One stream between two components. Enthalpy on the formation datum (not for fuel-rich kerosene gas)."""

    name: str
    source: str
    target: str
    medium: str
    mass_flow: Annotated[float, Unit("kg/s")]
    pressure: Annotated[float, Unit("Pa")]
    temperature: Annotated[float, Unit("K")]
    density: Annotated[float, Unit("kg/m^3")]
    enthalpy: Annotated[float, Unit("J/kg")]
    entropy: Annotated[float, Unit("J/kg/K")]


@dataclass(frozen=True, kw_only=True)
class PumpSize(Result):
    """Main dimensions at a speed: the shaft's, or the highest at which an inducer lives with the suction head that there is."""

    speed: Annotated[float, Unit("rad/s")]
    speed_given: bool
    head_coefficient: float
    tip_speed: Annotated[float, Unit("m/s")]
    tip_diameter: Annotated[float, Unit("m")]
    inlet_diameter: Annotated[float, Unit("m")]
    needed_suction_head: Annotated[float, Unit("m")]


@dataclass(frozen=True, kw_only=True)
class TurbineSize(Result):
    """Mean line; speed_ratio is U/C0 of the whole drop, efficiency an upper bound (no losses of gap and partial admission)."""

    staging: str
    stages: int
    blade_speed: Annotated[float, Unit("m/s")]
    mean_diameter: Annotated[float, Unit("m")]
    speed_ratio: float
    efficiency: float
    blade_height: Annotated[float, Unit("m")]
    admission: float


@dataclass(frozen=True, kw_only=True)
class PumpState(Result):
    """One pump. Specific speeds dimensionless, a stage; None where the shaft's speed (or the vapour pressure) is not known."""

    name: str
    shaft: str
    power: Annotated[float, Unit("W")]
    efficiency: float
    pressure_rise: Annotated[float, Unit("Pa")]
    head: Annotated[float, Unit("m")]
    volume_flow: Annotated[float, Unit("m^3/s")]
    stages: int
    speed: Annotated[float | None, Unit("rad/s")]
    specific_speed: float | None
    suction_head: Annotated[float | None, Unit("m")]
    suction_specific_speed: float | None
    size: PumpSize | None = None


@dataclass(frozen=True, kw_only=True)
class TurbineState(Result):
    """One turbine."""

    name: str
    shaft: str
    power: Annotated[float, Unit("W")]
    efficiency: float
    pressure_ratio: float
    mass_flow: Annotated[float, Unit("kg/s")]
    inlet_temperature: Annotated[float, Unit("K")]
    ideal_work: Annotated[float, Unit("J/kg")]
    size: TurbineSize | None = None


@dataclass(frozen=True, kw_only=True)
class MotorState(Result):
    """One electric motor; battery_energy for the burn time, None when that is not given."""

    name: str
    shaft: str
    power: Annotated[float, Unit("W")]
    battery_power: Annotated[float, Unit("W")]
    battery_energy: Annotated[float | None, Unit("J")]


@dataclass(frozen=True, kw_only=True)
class BurnerState(Result):
    """Gas generator or preburner."""

    name: str
    oxidizer_fuel_ratio: float
    temperature: Annotated[float, Unit("K")]
    mass_flow: Annotated[float, Unit("kg/s")]


@dataclass(frozen=True, kw_only=True)
class ExhaustState(Result):
    """Gas that leaves beside the main nozzle."""

    name: str
    mass_flow: Annotated[float, Unit("kg/s")]
    isp_vacuum: Annotated[float, Unit("s")]


@dataclass(frozen=True, kw_only=True)
class HeatState(Result):
    """Heat that a passage takes up."""

    name: str
    heat: Annotated[float, Unit("W")]


@dataclass(frozen=True, kw_only=True)
class CycleLoss(Result):
    """One step from the ideal to the delivered vacuum specific impulse; isp_after: once this and those above are taken."""

    name: str
    factor: float
    isp_after: Annotated[float, Unit("s")]
    grade: str
    citation: str


@dataclass(frozen=True, kw_only=True)
class Throttling(Result):
    """Operating points against chamber pressure over its design value (``throttle``); one column of each a point."""

    throttle: Array
    thrust_vacuum: Annotated[Array, Unit("N")]
    mass_flow: Annotated[Array, Unit("kg/s")]
    isp_vacuum: Annotated[Array, Unit("s")]
    oxidizer_fuel_ratio: Array
    turbine_inlet_temperature: Annotated[Array, Unit("K")]
    shafts: tuple[str, ...]
    speed_ratio: Array  # (shafts, points), over design
    controls: tuple[str, ...]
    control_resistance: Array  # (controls, points), over design; of a motor its power
    sweep_time: Annotated[float, Unit("s")]  # of solving all points, the network built


@dataclass(frozen=True, kw_only=True)
class TankFeed(Result):
    """One tank over the burn (``time`` of the feed), and the pressurant that a regulated one needs; None for blow-down."""

    tank: str
    mode: str
    pressure: Annotated[Array, Unit("Pa")]
    propellant_mass: Annotated[Array, Unit("kg")]
    pressurant_mass: Annotated[float, Unit("kg")]
    bottle_volume: Annotated[float | None, Unit("m^3")]


@dataclass(frozen=True, kw_only=True)
class PressureFeed(Result):
    """A pressure-fed engine against time, until a tank is empty (``emptied``)."""

    time: Annotated[Array, Unit("s")]
    thrust_vacuum: Annotated[Array, Unit("N")]
    chamber_pressure: Annotated[Array, Unit("Pa")]
    mass_flow: Annotated[Array, Unit("kg/s")]
    isp_vacuum: Annotated[Array, Unit("s")]
    oxidizer_fuel_ratio: Array
    total_impulse: Annotated[float, Unit("N s")]
    emptied: str
    tanks: tuple[TankFeed, ...]


@dataclass(frozen=True, kw_only=True)
class OperatingBalance(Result):
    """One operating point off design: its name in the document, and the engine there."""

    name: str
    chamber_pressure: Annotated[float, Unit("Pa")]
    thrust_vacuum: Annotated[float, Unit("N")]
    mass_flow: Annotated[float, Unit("kg/s")]
    isp_vacuum: Annotated[float, Unit("s")]
    oxidizer_fuel_ratio: float
    turbine_inlet_temperature: Annotated[float | None, Unit("K")]


@dataclass(frozen=True, kw_only=True)
class CycleBalance(Result):
    """A cycle in balance. worst_balance: the largest residual, relative to the flow, enthalpy or power it belongs to."""

    name: str
    cycle: str
    oxidizer: str
    fuel: str
    chamber_pressure: Annotated[float, Unit("Pa")]
    area_ratio: float
    thrust_vacuum: Annotated[float, Unit("N")]
    mass_flow: Annotated[float, Unit("kg/s")]
    isp_vacuum: Annotated[float, Unit("s")]
    oxidizer_fuel_ratio: float
    chamber_oxidizer_fuel_ratio: float
    chamber_mass_flow: Annotated[float, Unit("kg/s")]
    chamber_isp_vacuum: Annotated[float, Unit("s")]
    chamber_isp_ideal: Annotated[float, Unit("s")]
    c_star: Annotated[float, Unit("m/s")]
    chamber_temperature_ideal: Annotated[float, Unit("K")]
    chambers: int
    throat_area: Annotated[float, Unit("m^2")]
    exit_area: Annotated[float, Unit("m^2")]
    chamber_heat: Annotated[float, Unit("W")]
    worst_balance: float
    iterations: int
    solve_time: Annotated[float, Unit("s")]
    unknowns: int
    streams: tuple[StreamState, ...]
    pumps: tuple[PumpState, ...]
    turbines: tuple[TurbineState, ...]
    motors: tuple[MotorState, ...]
    burners: tuple[BurnerState, ...]
    exhausts: tuple[ExhaustState, ...]
    heats: tuple[HeatState, ...]
    losses: tuple[CycleLoss, ...]
    throttling: Throttling | None = None
    operating_points: tuple[OperatingBalance, ...] = ()
    feed: PressureFeed | None = None

    def stream(self, source: str, target: str = "") -> StreamState:
        """The stream out of a component (towards *target* when there are several). Raises KeyError when there is none."""
        for s in self.streams:
            if s.source == source and target in ("", s.target):
                return s
        raise KeyError(f"no stream from '{source}'" + (f" to '{target}'" if target else ""))

    def pump(self, name: str) -> PumpState:
        """A pump by its name."""
        return next(p for p in self.pumps if p.name == name)

    def turbine(self, name: str) -> TurbineState:
        """A turbine by its name."""
        return next(t for t in self.turbines if t.name == name)
