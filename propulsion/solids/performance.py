"""From a solid motor's document to what it does: pressure, thrust and mass in time, and the figures by definition."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...core.earth import G0
from ...core.results import Array, Result, Unit
from .ballistics import Firing, quasi_steady, transient
from .document import SolidMotor
from .erosive import Eroded
from .findings import motor_findings
from .gas import MotorGas, motor_gas
from .grain import GrainTable, grain_table
from .nozzle import exit_pressure_ratio, losses, thrust_at, thrust_coefficient


@dataclass(frozen=True, kw_only=True)
class SolidLoss(Result):
    """One factor between ideal and delivered vacuum thrust; isp_after: mean vacuum Isp once this and those above are taken."""

    name: str
    factor: float
    isp_after: Annotated[float, Unit("s")]
    grade: str
    citation: str


@dataclass(frozen=True, kw_only=True)
class SolidMotorPerformance(Result):
    """Histories, one column a time (which stands twice where the surface jumps), and what follows from them.

    thrust: at ``ambient_pressure``; mass_flux: the largest in any port; propellant_mass: unburnt; center_of_mass: of the unburnt
    propellant, from the head end of the grain (the last value is held when nothing is left). klemmung: burning over throat
    area. burn_time: from a tenth of peak pressure to the end of the web by the aft-tangent bisector; action_time: between a
    tenth of peak pressure on both flanks (both definitions recalled from Sutton & Biblarz, Rocket Propulsion
    Elements). sliver_fraction: propellant left at the end of the web. mass_balance: see ballistics.Firing.
    """

    name: str
    propellant: str
    ballistics: str
    time: Annotated[Array, Unit("s")]
    pressure: Annotated[Array, Unit("Pa")]
    thrust_vacuum: Annotated[Array, Unit("N")]
    thrust: Annotated[Array, Unit("N")]
    mass_flow: Annotated[Array, Unit("kg/s")]
    propellant_mass: Annotated[Array, Unit("kg")]
    center_of_mass: Annotated[Array, Unit("m")]
    burning_area: Annotated[Array, Unit("m^2")]
    klemmung: Array
    burnt_depth: Annotated[Array, Unit("m")]
    mass_flux: Annotated[Array, Unit("kg/(m^2*s)")]
    ambient_pressure: Annotated[float, Unit("Pa")]
    propellant_mass_initial: Annotated[float, Unit("kg")]
    peak_pressure: Annotated[float, Unit("Pa")]
    mean_pressure: Annotated[float, Unit("Pa")]
    peak_thrust: Annotated[float, Unit("N")]
    mean_thrust: Annotated[float, Unit("N")]
    total_impulse: Annotated[float, Unit("N*s")]
    total_impulse_vacuum: Annotated[float, Unit("N*s")]
    isp: Annotated[float, Unit("s")]
    isp_vacuum: Annotated[float, Unit("s")]
    c_star: Annotated[float, Unit("m/s")]
    gamma: float
    flame_temperature: Annotated[float | None, Unit("K")]
    burn_time: Annotated[float, Unit("s")]
    action_time: Annotated[float, Unit("s")]
    web: Annotated[float, Unit("m")]
    sliver_fraction: float
    volumetric_loading: float
    port_to_throat: float
    area_ratio: float
    throat_area: Annotated[float, Unit("m^2")]
    exit_area: Annotated[float, Unit("m^2")]
    characteristic_length: Annotated[float, Unit("m")]
    mass_balance: float
    losses: tuple[SolidLoss, ...]


def solid_performance(motor: SolidMotor) -> SolidMotorPerformance:
    """Everything that follows from a solid motor's document; about a second.

    Thrust = losses · C_F · p · A_t, C_F of a perfect gas of the expansion's mean exponent, scaled to the equilibrium one
    where the propellant is given by composition. Raises ImpossibleError for an unstable burn rate (exponent 1 or more) or
    without a steady pressure, UndecidedError where a solver failed.
    """
    from .findings import refuse_unstable

    refuse_unstable(motor)
    gas, grain = motor_gas(motor), grain_table(motor)
    if motor.ballistics == "quasi-steady":
        firing = quasi_steady(motor, gas, grain)
    else:
        firing = transient(motor, gas, grain, Eroded(motor, grain) if motor.propellant.erosive is not None else None)
    return _result(motor, gas, grain, firing)


def _result(motor: SolidMotor, gas: MotorGas, grain: GrainTable, f: Firing) -> SolidMotorPerformance:
    exit_area = np.pi * motor.nozzle.exit_diameter**2 / 4.0
    start, end = _span(f.time, f.pressure)

    def average(y: np.ndarray) -> float:
        t = np.union1d(f.time[(f.time > start) & (f.time < end)], [start, end])
        return float(np.trapezoid(np.interp(t, f.time, y), t) / (end - start))

    mean, mean_throat = average(f.pressure), average(f.throat_area)
    star = (grain.empty + motor.free_volume + 0.5 * grain.volume[0]) / mean_throat
    factors = losses(motor, gas, mean, 2.0 * np.sqrt(mean_throat / np.pi), star, end - start)

    coefficient = thrust_coefficient(exit_area / f.throat_area, gas.gamma)
    if gas.thrust_coefficient is not None:
        coefficient = coefficient * gas.thrust_coefficient / float(thrust_coefficient(gas.area_ratio, gas.gamma))
    ideal = coefficient * f.pressure * f.throat_area
    vacuum = ideal * float(np.prod([x.factor for x in factors]))
    thrust = thrust_at(f.pressure, vacuum, ideal, f.throat_area, exit_area, gas.gamma, motor.ambient_pressure)
    # below the critical ratio the throat is not sonic: what little it gives is left out
    if motor.ambient_pressure > 0.0:
        sonic = (2.0 / (gas.gamma + 1.0)) ** (gas.gamma / (gas.gamma - 1.0))
        thrust = np.where(f.pressure * sonic > motor.ambient_pressure, thrust, 0.0)
    mass = motor.propellant.density * grain.volume[0]
    impulse, impulse_vacuum = (float(np.trapezoid(x, f.time)) for x in (thrust, vacuum))
    isp = float(np.trapezoid(ideal, f.time)) / (mass * G0)
    items = []
    for x in factors:
        isp *= x.factor
        items.append(SolidLoss(name=x.name, factor=x.factor, isp_after=isp, grade=x.grade, citation=x.citation))
    case = sum(np.pi * s.outer_diameter**2 / 4.0 * (s.length + s.gap) * s.count for s in motor.grain)
    exit_pressure = float(exit_pressure_ratio(exit_area / mean_throat, gas.gamma)) * mean
    return SolidMotorPerformance(
        input_hash=motor.content_hash(),
        sources=tuple(f"{', '.join(s.fields)}: {s.citation} [{s.grade}]" for s in motor.sources),
        name=motor.name,
        propellant=motor.propellant.name,
        ballistics=motor.ballistics,
        time=f.time,
        pressure=f.pressure,
        thrust_vacuum=vacuum,
        thrust=thrust,
        mass_flow=f.mass_flow,
        propellant_mass=f.propellant_mass,
        center_of_mass=f.center_of_mass,
        burning_area=f.surface,
        klemmung=f.surface / f.throat_area,
        burnt_depth=f.depth,
        mass_flux=f.mass_flux,
        ambient_pressure=motor.ambient_pressure,
        propellant_mass_initial=mass,
        peak_pressure=float(f.pressure.max()),
        mean_pressure=mean,
        peak_thrust=float(thrust.max()),
        mean_thrust=average(thrust),
        total_impulse=impulse,
        total_impulse_vacuum=impulse_vacuum,
        isp=impulse / (mass * G0),
        isp_vacuum=impulse_vacuum / (mass * G0),
        c_star=float(gas.c_star(mean)),
        gamma=gas.gamma,
        flame_temperature=gas.temperature,
        burn_time=_end_of_web(motor, f, grain, start) - start,
        action_time=end - start,
        web=grain.web,
        sliver_fraction=grain.sliver_fraction,
        volumetric_loading=grain.volume[0] / case,
        port_to_throat=grain.port / f.throat_area[0],
        area_ratio=exit_area / f.throat_area[0],
        throat_area=f.throat_area[0],
        exit_area=exit_area,
        characteristic_length=star,
        mass_balance=f.balance,
        losses=tuple(items),
        findings=motor_findings(motor, gas, grain, f, factors, exit_pressure),
    )


def _span(time: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """First and last time at a tenth of the peak, between the samples by straight lines."""
    level = 0.1 * float(y.max())
    over = np.flatnonzero(y >= level)
    i, j = int(over[0]), int(over[-1])
    start = time[i] if i == 0 else float(np.interp(level, y[i - 1 : i + 1], time[i - 1 : i + 1]))
    end = time[j] if j == len(y) - 1 else float(np.interp(-level, -y[j : j + 2], time[j : j + 2]))
    return float(start), float(end)


def _end_of_web(motor: SolidMotor, f: Firing, grain: GrainTable, start: float) -> float:
    """Aft-tangent bisector: the tangents before and after the web's end, their bisector, and where it meets the curve.

    The tangents are taken at the end of the plateau (the web's depth; with erosive burning where the surface has last half
    its mean) and where the pressure then falls steepest.
    """
    last = int(np.argmax(f.depth)) + 1
    through = float(np.interp(grain.web, f.depth[:last], f.time[:last]))
    if motor.propellant.erosive is not None:
        mean = float(np.trapezoid(f.surface, f.time)) / f.time[-1]
        through = float(f.time[np.flatnonzero(f.surface >= 0.5 * mean)[-1]])
    scale_t, scale_p = f.time[-1], float(f.pressure.max())
    grid = np.linspace(start, f.time[-1], 4001)
    p = np.interp(grid, f.time, f.pressure) / scale_p
    t = grid / scale_t
    slope = np.gradient(p, t)
    k = max(1, min(int(np.searchsorted(grid, through)) - 8, len(grid) - 2))
    after = k + int(np.argmin(slope[k:]))
    if slope[after] >= slope[k] - 0.1:
        return through
    # lines through (t, p) with these slopes
    x = (p[after] - slope[after] * t[after] - p[k] + slope[k] * t[k]) / (slope[k] - slope[after])
    y = p[k] + slope[k] * (x - t[k])
    a, b = np.arctan(slope[k]), np.arctan(slope[after])
    direction = 0.5 * (a + b) - np.pi / 2.0  # the bisector of the knee, into the curve
    side = (p - y) * np.cos(direction) - (t - x) * np.sin(direction)
    near = np.flatnonzero(np.diff(np.sign(side[k:])) != 0) + k
    return float(grid[near[np.argmin(np.abs(t[near] - x))]]) if len(near) else through
