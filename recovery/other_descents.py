"""Descents without engines: parachute, parafoil, water, catch in the air or in a net, and a wing-borne flight home.

Relations of preliminary design, each with its source; SI, angles [rad]. A figure that is not given in a design is the
caller's: nothing here is of one product.

Sources: Knacke, *Parachute Recovery Systems Design Manual*, NWC TP 6575 (1992); Anderson, *Introduction to Flight*, ch. 6
(drag polar, glide, range); von Karman, NACA TN 321 (1929) (impact on water).
"""

from dataclasses import dataclass

import numpy as np

from ..core.earth import G0

SEA_LEVEL_DENSITY = 1.225  # kg/m^3
WATER_DENSITY = 1025.0  # kg/m^3, sea water


@dataclass(frozen=True)
class Canopy:
    """A parachute of one type. drag_coefficient: C_D0 on the nominal area; opening_factor: C_x, the peak of the opening force
    over the steady drag at an infinite mass; fill: n in filling time = n D0 / v."""

    name: str
    drag_coefficient: float
    opening_factor: float
    fill: float


CANOPIES = (
    Canopy("flat circular", 0.78, 1.7, 8.0),
    Canopy("ringsail", 0.80, 1.1, 7.0),
    Canopy("conical ribbon", 0.53, 1.05, 14.0),
    Canopy("disk-gap-band", 0.55, 1.3, 10.0),
)
"""Middle values of Knacke 1992, tables 5-1 to 5-5 and sec. 5.4 (recalled: check against the table before a design rests on
them)."""


def descent_speed(mass: float, drag_area: float, density: float = SEA_LEVEL_DENSITY) -> float:
    """Steady sink rate [m/s] under a drag area C_D S [m^2]: weight equals drag (Knacke 1992, eq. 5-1)."""
    _positive(mass=mass, drag_area=drag_area, density=density)
    return float(np.sqrt(2.0 * mass * G0 / (density * drag_area)))


def parachute_area(mass: float, speed: float, canopy: Canopy, density: float = SEA_LEVEL_DENSITY) -> float:
    """Nominal area S_0 [m^2] for a sink rate [m/s]."""
    _positive(mass=mass, speed=speed, density=density)
    return 2.0 * mass * G0 / (density * speed**2 * canopy.drag_coefficient)


def nominal_diameter(area: float) -> float:
    """D_0 [m] of a nominal area [m^2]."""
    _positive(area=area)
    return float(np.sqrt(4.0 * area / np.pi))


def filling_time(canopy: Canopy, diameter: float, speed: float) -> float:
    """Time [s] from line stretch to full canopy: n D_0 / v (Knacke 1992, eq. 5-17)."""
    _positive(diameter=diameter, speed=speed)
    return canopy.fill * diameter / speed


def opening_force(canopy: Canopy, area: float, speed: float, density: float, mass: float) -> float:
    """Largest force [N] while the canopy opens: q C_D S C_x X_1.

    X_1 falls with the canopy loading as mass ratio R_m = rho (C_D S)^(3/2) / m grows (Knacke 1992, sec. 5.4.4, Pflanz's
    reduction, here X_1 = 1 / (1 + R_m / 4), an estimate that is 1 for a drogue and 0.2 for a light load under a large canopy).
    """
    _positive(area=area, speed=speed, density=density, mass=mass)
    drag_area = canopy.drag_coefficient * area
    ratio = density * drag_area**1.5 / mass
    return 0.5 * density * speed**2 * drag_area * canopy.opening_factor / (1.0 + ratio / 4.0)


def reefing_ratio(canopy: Canopy, area: float, speed: float, density: float, limit: float) -> float:
    """Share of the drag area to which a first stage is reefed so that its steady drag times C_x meets a limit [N]; 1: none."""
    _positive(area=area, speed=speed, density=density, limit=limit)
    full = 0.5 * density * speed**2 * canopy.drag_coefficient * area * canopy.opening_factor
    return min(limit / full, 1.0)


@dataclass(frozen=True)
class Glide:
    """Steady gliding flight: airspeed [m/s], sink rate [m/s], angle below the horizon [rad]."""

    speed: float
    sink: float
    angle: float


def parafoil_glide(mass: float, area: float, lift: float, drag: float, density: float = SEA_LEVEL_DENSITY) -> Glide:
    """Glide of a parafoil with coefficients of lift and drag (system's, on its area): tan(angle) = C_D / C_L."""
    _positive(mass=mass, area=area, lift=lift, drag=drag, density=density)
    angle = float(np.arctan2(drag, lift))
    speed = float(np.sqrt(2.0 * mass * G0 / (density * area * np.hypot(lift, drag))))
    return Glide(speed, speed * float(np.sin(angle)), angle)


def parafoil_area(mass: float, sink: float, lift: float, drag: float, density: float = SEA_LEVEL_DENSITY) -> float:
    """Area [m^2] for a sink rate [m/s]; the glide's own relations turned round."""
    _positive(mass=mass, sink=sink, lift=lift, drag=drag, density=density)
    total = float(np.hypot(lift, drag))
    return 2.0 * mass * G0 / (density * total) * (drag / total / sink) ** 2


def parafoil_reach(height: float, lift: float, drag: float, wind: float = 0.0, sink: float = 0.0) -> float:
    """Way over the ground [m] from a height [m]: in still air height C_L / C_D, with a tail wind [m/s] and its drift over the
    time that a sink rate [m/s] gives."""
    _positive(lift=lift, drag=drag)
    return height * lift / drag + (wind * height / sink if sink > 0.0 else 0.0)


def splashdown_acceleration(mass: float, radius: float, speed: float) -> float:
    """Largest deceleration [m/s^2] of a sphere-nosed body that strikes water at right angles, by von Karman's added mass.

    The added mass of a disk of the wetted radius, 4/3 rho a^3 with a^2 = 2 R h, takes up momentum: (m + m_a) v = m v_0;
    the deceleration's maximum over depth is found numerically. Pile-up of water (Wagner 1932) raises it by up to half.
    """
    _positive(mass=mass, radius=radius, speed=speed)
    depth = np.linspace(1e-6, radius / 2.0, 4000)
    added = 4.0 / 3.0 * WATER_DENSITY * (2.0 * radius * depth) ** 1.5
    slope = 2.0 * WATER_DENSITY * (2.0 * radius * depth) ** 0.5 * 2.0 * radius
    v = mass * speed / (mass + added)
    return float(np.max(v * v * slope / (mass + added)))


def floats(mass: float, volume: float) -> float:
    """Share of a closed volume [m^3] that lies under water; above 1 it sinks."""
    _positive(mass=mass, volume=volume)
    return mass / (WATER_DENSITY * volume)


@dataclass(frozen=True)
class Catch:
    """A catch: largest acceleration [m/s^2], line or net force [N], way until the speeds are equal [m], and its time [s]."""

    acceleration: float
    force: float
    way: float
    time: float


def air_catch(mass: float, speed_difference: float, force: float) -> Catch:
    """A helicopter's hook takes up a body under parachute: a winch that slips at a force [N] above the weight's.

    Constant force: way = m v^2 / (2 (F - m g)). ValueError where the force does not carry the body.
    """
    free = force - mass * G0
    if free <= 0.0:
        raise ValueError(f"a winch that slips at {force:.0f} N does not carry {mass * G0:.0f} N; choose a larger force")
    time = mass * speed_difference / free
    return Catch(force / mass, force, 0.5 * speed_difference * time, time)


def net_catch(mass: float, speed: float, way: float) -> Catch:
    """A net or arms that stop a body evenly over a way [m]: a = v^2 / (2 way), the weight carried besides."""
    _positive(mass=mass, speed=speed, way=way)
    slowing = speed**2 / (2.0 * way)
    return Catch(slowing, mass * (slowing + G0), way, 2.0 * way / speed)


@dataclass(frozen=True)
class Polar:
    """C_D = zero_lift + induced C_L^2 on a wing area [m^2]."""

    zero_lift: float
    induced: float
    area: float

    @property
    def best_glide(self) -> float:
        """Largest lift over drag: 1 / (2 sqrt(C_D0 k)) (Anderson, ch. 6)."""
        return 0.5 / float(np.sqrt(self.zero_lift * self.induced))

    def best_glide_speed(self, mass: float, density: float = SEA_LEVEL_DENSITY) -> float:
        """Airspeed [m/s] of the best glide in level flight, at C_L = sqrt(C_D0 / k)."""
        lift = float(np.sqrt(self.zero_lift / self.induced))
        return float(np.sqrt(2.0 * mass * G0 / (density * self.area * lift)))

    def stall_speed(self, mass: float, most_lift: float, density: float = SEA_LEVEL_DENSITY) -> float:
        """Airspeed [m/s] at the largest coefficient of lift; a runway landing is flown some 1.2 times as fast."""
        return float(np.sqrt(2.0 * mass * G0 / (density * self.area * most_lift)))


def flyback_fuel(polar: Polar, mass: float, way: float, speed: float, specific_impulse: float) -> float:
    """Fuel [kg] of a fly-back with jet engines: Breguet's range, way = v I_sp L/D ln(m / (m - fuel)), at the best glide.

    mass: at the begin of the cruise; specific_impulse [s] of the jets with air; turbofans have some 5000 to 7000 s.
    """
    _positive(mass=mass, way=way, speed=speed, specific_impulse=specific_impulse)
    return mass * (1.0 - float(np.exp(-way / (speed * specific_impulse * polar.best_glide))))


def glide_back_reach(polar: Polar, height: float, turn_loss: float = 0.0) -> float:
    """Way [m] of an unpowered glide from a height [m], of which a turn takes `turn_loss` [m]."""
    return max(height - turn_loss, 0.0) * polar.best_glide


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0.0:
            raise ValueError(f"{name} is {value:g}; it must be above nought")
