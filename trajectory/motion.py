"""Translational motion of a point mass through the co-rotating atmosphere: the only place where these equations stand.

Frame `inertial`: origin at the Earth's centre, z along the rotation axis, x and y those of the Earth-fixed frame (ITRF) at
T-0, frozen then. At T-0 both frames coincide; later the Earth-fixed frame has turned by rotation_rate · t about z. Precession
and polar motion over the minutes of an ascent are left out.

Every function is an `@equation` of scalars: Python, numba and CasADi (SX) run the same lines. What belongs to one phase of
flight (engines at work, drag, Earth, atmosphere) is gathered in a `PhaseModel`, whose numba type never changes.
"""

from typing import Any, NamedTuple

import numpy as np

from ..core.numeric import Table, equation, lookup, table
from ..vehicle.normal_force import CROSS_FLOW_DRAG
from .environment.atmosphere import Atmosphere, density, pressure, speed_of_sound, standard_atmosphere
from .environment.gravity import WGS84, Earth, geodetic_altitude, gravity
from .environment.wind import Wind, calm, wind_components

SPEED_SMOOTHING = 1e-3
"""[m/s]: speeds relative to the air are sqrt(v^2 + this^2), which can be differentiated on the pad."""


class PhaseModel(NamedTuple):
    """What the equations of motion need to know about one phase. SI; build it with `phase_model`.

    thrust_vacuum [N] and mass_flow [kg/s] of ONE engine against throttle, engine_count of them at one throttle, exit_area
    [m^2] of one; steady_*: vacuum thrust, mass flow and exit area of all that burns beside them and is not steered by that
    throttle (strap-ons, solid motors); motor_*: vacuum thrust and mass flow of all solid motors against the clock [s];
    drag_coefficient against Mach number, referred to reference_area [m^2]; side_area [m^2]: of the body seen from the side.
    """

    earth: Earth
    atmosphere: Atmosphere
    wind: Wind
    thrust_vacuum: Table
    mass_flow: Table
    engine_count: float
    exit_area: float
    steady_thrust: float
    steady_mass_flow: float
    steady_exit_area: float
    motor_thrust: Table
    motor_mass_flow: Table
    drag_coefficient: Table
    reference_area: float
    side_area: float


class Air(NamedTuple):
    """Flight conditions: altitude [m], density [kg/m^3], pressure [Pa], velocity relative to the air (inertial components)
    and its smoothed magnitude [m/s], Mach number [-]."""

    altitude: Any
    density: Any
    pressure: Any
    wx: Any
    wy: Any
    wz: Any
    speed: Any
    mach: Any


class Loads(NamedTuple):
    """By-products of a state: SI; sine_alpha_squared of the angle between thrust axis and relative velocity."""

    altitude: Any
    speed_relative: Any
    mach: Any
    dynamic_pressure: Any
    thrust: Any
    drag: Any
    axial_acceleration: Any
    heat_flux: Any
    sine_alpha_squared: Any
    lateral_acceleration: Any


def phase_model(
    *,
    thrust_vacuum: Table | float = 0.0,
    mass_flow: Table | float = 0.0,
    engine_count: float = 0.0,
    exit_area: float = 0.0,
    steady_thrust: float = 0.0,
    steady_mass_flow: float = 0.0,
    steady_exit_area: float = 0.0,
    motor_thrust: Table | float = 0.0,
    motor_mass_flow: Table | float = 0.0,
    drag_coefficient: Table | float = 0.0,
    reference_area: float = 0.0,
    side_area: float = 0.0,
    earth: Earth = WGS84,
    atmosphere: Atmosphere | None = None,
    wind: Wind | None = None,
) -> PhaseModel:
    """A `PhaseModel`; tables may be given as constants, the default atmosphere is the U.S. Standard Atmosphere 1976,
    without wind.

    Without arguments it is a coast in vacuum drag-free flight: no engine, no drag area. Numbers become floats, so that numba
    sees one type.
    """
    return PhaseModel(
        earth=Earth(*(float(value) for value in earth)),
        atmosphere=standard_atmosphere() if atmosphere is None else atmosphere,
        wind=calm() if wind is None else wind,
        thrust_vacuum=_as_table(thrust_vacuum),
        mass_flow=_as_table(mass_flow),
        engine_count=float(engine_count),
        exit_area=float(exit_area),
        steady_thrust=float(steady_thrust),
        steady_mass_flow=float(steady_mass_flow),
        steady_exit_area=float(steady_exit_area),
        motor_thrust=_as_table(motor_thrust),
        motor_mass_flow=_as_table(motor_mass_flow),
        drag_coefficient=_as_table(drag_coefficient),
        reference_area=float(reference_area),
        side_area=float(side_area),
    )


def _as_table(value: Table | float) -> Table:
    return value if isinstance(value, Table) else table(np.linspace(0.0, 1.0, 4), np.full(4, float(value)))


@equation
def dynamic_pressure(rho, speed):
    """Dynamic pressure [Pa] of density [kg/m^3] and relative speed [m/s]: 0.5 rho v^2."""
    return 0.5 * rho * speed * speed


@equation
def free_molecular_heat_flux(rho, speed):
    """Free-molecular heating [W/m^2] of a plate across the flow, all its energy taken up: 0.5 rho v^3.

    The measure by which launch providers bound fairing jettison: 1,135 W/m^2 in SpaceX, *Falcon User's Guide* (2020),
    sec. 4.3.9, as quoted (secondary).
    """
    return 0.5 * rho * speed * speed * speed


@equation
def drag_force(model, rho, speed, mach):
    """Drag [N], along the relative velocity."""
    return dynamic_pressure(rho, speed) * model.reference_area * lookup(model.drag_coefficient, mach)


@equation
def normal_force(model, q, sine_alpha_squared):
    """Air's force [N] across a slender body at a dynamic pressure [Pa]: 2 q A sin α + 1.2 q A_side sin² α.

    Slender-body theory and cross-flow drag (Allen & Perkins, NACA Report 1048, 1951), as `vehicle.body_loads` has them, with
    sin 2α cos(α/2) <= 2 sin α. The 1e-10 gives the root a slope at α = 0.
    """
    sine = np.sqrt(sine_alpha_squared + 1e-10)
    return q * (2.0 * model.reference_area * sine + CROSS_FLOW_DRAG * model.side_area * sine_alpha_squared)


@equation
def thrust_in_vacuum(model, throttle, clock=0.0):
    """Vacuum thrust [N] of everything that burns; clock [s]: what the solid motors' curves count in."""
    engines = model.engine_count * lookup(model.thrust_vacuum, throttle)
    return engines + model.steady_thrust + lookup(model.motor_thrust, clock)


@equation
def thrust_pressure_loss(model, ambient):
    """What ambient pressure [Pa] takes from the vacuum thrust [N]: ambient · exit area."""
    return ambient * (model.engine_count * model.exit_area + model.steady_exit_area)


@equation
def total_mass_flow(model, throttle, clock=0.0):
    """Propellant flow [kg/s] of everything that burns."""
    engines = model.engine_count * lookup(model.mass_flow, throttle)
    return engines + model.steady_mass_flow + lookup(model.motor_mass_flow, clock)


@equation
def smoothed_speed(wx, wy, wz):
    """Magnitude [m/s] of a velocity, smoothed by `SPEED_SMOOTHING`."""
    return np.sqrt(wx * wx + wy * wy + wz * wz + SPEED_SMOOTHING * SPEED_SMOOTHING)


@equation
def earth_fixed_velocity(earth, x, y, vx, vy, vz):
    """Velocity (x, y, z) [m/s] over the turning Earth, in inertial axes, of an inertial state [m, m/s]."""
    return vx + earth.rotation_rate * y, vy - earth.rotation_rate * x, vz


@equation
def air(model, x, y, z, vx, vy, vz):
    """Flight conditions of an inertial state [m, m/s] in an atmosphere that turns with the Earth, and its wind."""
    altitude = geodetic_altitude(model.earth, x, y, z)
    rate = model.earth.rotation_rate
    blow_x, blow_y, blow_z = wind_components(model.wind, x, y, z, altitude, model.earth.flattening)
    wx = vx + rate * y - blow_x
    wy = vy - rate * x - blow_y
    wz = vz - blow_z
    speed = smoothed_speed(wx, wy, wz)
    mach = speed / speed_of_sound(model.atmosphere, altitude)
    return Air(
        altitude, density(model.atmosphere, altitude), pressure(model.atmosphere, altitude), wx, wy, wz, speed, mach
    )


@equation
def right_hand_side(model, x, y, z, vx, vy, vz, mass, ux, uy, uz, throttle, clock=0.0):
    """Time derivative (7 scalars) of the inertial state (x, y, z, vx, vy, vz, mass) [m, m/s, kg].

    (ux, uy, uz): unit vector of thrust, inertial; throttle of rated, as the engine map counts it; clock [s]
    of the solid motors. Thrust less pressure loss,
    drag against the relative velocity, gravity with J2.
    """
    gx, gy, gz = gravity(model.earth, x, y, z)
    a = air(model, x, y, z, vx, vy, vz)
    push = (thrust_in_vacuum(model, throttle, clock) - thrust_pressure_loss(model, a.pressure)) / mass
    hold = drag_force(model, a.density, a.speed, a.mach) / (mass * a.speed)
    return (
        vx,
        vy,
        vz,
        gx + push * ux - hold * a.wx,
        gy + push * uy - hold * a.wy,
        gz + push * uz - hold * a.wz,
        -total_mass_flow(model, throttle, clock),
    )


@equation
def loads(model, x, y, z, vx, vy, vz, mass, ux, uy, uz, throttle, clock=0.0):
    """Loads on the vehicle in a state; arguments as of `right_hand_side`.

    axial_acceleration is what an accelerometer along the thrust axis reads: (thrust - drag · cos alpha) / mass;
    lateral_acceleration the air's normal force over the mass: that force is a load here and no part of the motion.
    """
    a = air(model, x, y, z, vx, vy, vz)
    thrust = thrust_in_vacuum(model, throttle, clock) - thrust_pressure_loss(model, a.pressure)
    drag = drag_force(model, a.density, a.speed, a.mach)
    cosine = (ux * a.wx + uy * a.wy + uz * a.wz) / a.speed
    # of the cross product: 1 - cos^2 would lose what is left of a small angle
    cx = uy * a.wz - uz * a.wy
    cy = uz * a.wx - ux * a.wz
    cz = ux * a.wy - uy * a.wx
    sine2 = (cx * cx + cy * cy + cz * cz) / (a.speed * a.speed)
    q = dynamic_pressure(a.density, a.speed)
    return Loads(
        altitude=a.altitude,
        speed_relative=a.speed,
        mach=a.mach,
        dynamic_pressure=q,
        thrust=thrust,
        drag=drag,
        axial_acceleration=(thrust - drag * cosine) / mass,
        heat_flux=free_molecular_heat_flux(a.density, a.speed),
        sine_alpha_squared=sine2,
        lateral_acceleration=normal_force(model, q, sine2) / mass,
    )


@equation
def speed_change_rates(model, x, y, z, vx, vy, vz, mass, ux, uy, uz, throttle, clock=0.0):
    """Rates [m/s^2] of the velocity budget: (ideal, pressure loss, steering loss, drag loss, gravity loss).

    They satisfy, exactly, d(relative speed)/dt = ideal - pressure - steering - drag - gravity, with the relative (Earth-fixed)
    speed smoothed as in `air`, whatever the wind (which enters through the drag alone):
    ideal     vacuum thrust / mass;
    pressure  ambient pressure · exit area / mass;
    steering  net thrust / mass · (1 - cosine between thrust and relative velocity);
    drag      drag / mass along the relative velocity (a tail wind that is faster than the vehicle makes it negative);
    gravity   what gravity and the centrifugal acceleration of the turning frame take along the relative velocity (the
              Coriolis acceleration does no work).
    """
    a = air(model, x, y, z, vx, vy, vz)
    gx, gy, gz = gravity(model.earth, x, y, z)
    rate2 = model.earth.rotation_rate * model.earth.rotation_rate
    wx, wy, wz = earth_fixed_velocity(model.earth, x, y, vx, vy, vz)
    speed = smoothed_speed(wx, wy, wz)
    ideal = thrust_in_vacuum(model, throttle, clock) / mass
    lost_pressure = thrust_pressure_loss(model, a.pressure) / mass
    cosine = (ux * wx + uy * wy + uz * wz) / speed
    steering = (ideal - lost_pressure) * (1.0 - cosine)
    # the drag acts along the velocity through the air
    along = (a.wx * wx + a.wy * wy + a.wz * wz) / (a.speed * speed)
    lost_drag = drag_force(model, a.density, a.speed, a.mach) / mass * along
    lost_gravity = -((gx + rate2 * x) * wx + (gy + rate2 * y) * wy + gz * wz) / speed
    return ideal, lost_pressure, steering, lost_drag, lost_gravity
