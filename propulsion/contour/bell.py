"""Bells by the method of characteristics: the ideal contour, its truncation, and Rao's contour of greatest thrust.

All start with the same kernel: the flow from the throat's start line along a circular arc up to the inflection angle.
Lengths over the throat's radius, angles in radians. Walls are rows (x, r, θ, ν) from the arc's end to the exit.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...core.errors import ImpossibleError, InputError, UndecidedError
from ...core.results import Array
from .isentrope import FLUX, PRESSURE, SIN_MU, SPEED, Isentrope
from .transonic import start_line

_START_POINTS = 40
_ARC_STEPS = 90
_CONTROL_POINTS = 240
_PLACES = np.concatenate([[1e-3], np.linspace(0.01, 0.98, 98)])  # on the kernel's last line, from the axis
_STEEPEST = np.radians(55.0)
_FLATTEST = np.radians(3.0)
RAO = 'Rao, "Exhaust Nozzle Contour for Optimum Thrust", Jet Propulsion 28 (1958), p. 377'
IDEAL = "method of characteristics (Zucrow and Hoffman, Gas Dynamics, volume 2, 1977, chapter 17)"


@dataclass(frozen=True)
class Throat:
    """The gas and the throat's radii of curvature upstream and downstream, over its own radius."""

    gas: Isentrope
    upstream: float
    downstream: float

    @cached_property
    def start(self) -> Array:
        return start_line(self.gas, self.upstream, _START_POINTS)

    def arc(self, angle: float, steps: int = _ARC_STEPS) -> Array:
        """Wall points (x, r, θ) on the arc behind the throat, the throat itself left out."""
        theta = angle * np.linspace(0.0, 1.0, steps + 1)[1:]
        x, r = self.downstream * np.sin(theta), 1.0 + self.downstream * (1.0 - np.cos(theta))
        return np.column_stack([x, r, theta])

    def kernel(self, angle: float) -> "Kernel":
        """The last right-running characteristic of the kernel, axis first."""
        line, nu, _ = run(self, self.arc(angle))
        return Kernel(self, angle, line[::-1].copy(), nu)

    @cached_property
    def slopes(self) -> Array:
        """d ln(ρV² tan μ)/dν by rows of the gas table."""
        gas = self.gas
        sin_mu = np.minimum(gas.table[:, SIN_MU], 1.0 - 1e-12)
        strength = np.log(gas.table[:, FLUX] * gas.table[:, SPEED] * sin_mu / np.sqrt(1.0 - sin_mu**2))
        angle = (gas.step * np.arange(len(strength))) ** 3
        return np.gradient(strength, angle)[:, None]

    @cached_property
    def mass_flow(self) -> float:
        """Through the start line, over 2π ρ*V* r_t²; one half in one-dimensional flow."""
        return float(_masses(self.gas, self.start[::-1])[0])

    @cached_property
    def start_thrust(self) -> float:
        """Vacuum thrust of the flow through the start line, over p0 times throat area."""
        return surface_thrust(self.gas, self.start[::-1])


def run(throat: Throat, walls: Array) -> tuple[Array, Array, int]:
    """March along a wall (m, 3: x, r, θ). Returns the last characteristic, ν along the wall, and how many were overtaken."""
    from .characteristics import CROSSED, OUT_OF_TABLE, march

    gas, start = throat.gas, throat.start
    line = np.empty((len(start) + 2 * len(walls) + 4, 4))
    nu = np.full(len(walls), np.nan)
    count, status, met = march(gas.table, gas.step, gas.highest_angle, start, np.ascontiguousarray(walls), line, nu)
    if status == OUT_OF_TABLE:
        raise UndecidedError("the flow on the axis leaves the range of the gas table; lower the area ratio")
    if status == CROSSED or not np.all(np.isfinite(line[:count])) or not np.all(np.isfinite(nu)):
        raise UndecidedError("the characteristics do not reach the wall; its slope falls or rises too sharply")
    return line[:count], nu, met


@dataclass(frozen=True)
class Kernel:
    """line (n, 4): from the axis to the wall; nu: along the arc."""

    throat: Throat
    angle: float
    line: Array
    nu: Array

    @cached_property
    def masses(self) -> Array:
        """Flow between each point and the wall."""
        return _masses(self.throat.gas, self.line)

    def at(self, fraction: float) -> tuple[Array, float]:
        """A point of the line and the flow between it and the wall; 0 is the axis, 1 the wall."""
        place = fraction * (len(self.line) - 1)
        index = np.arange(len(self.line))
        point = np.array([np.interp(place, index, self.line[:, c]) for c in range(4)])
        return point, float(np.interp(place, index, self.masses))

    def wall(self, fraction: float, control: Array) -> Array:
        """The wall from the arc's end to the exit, for a control line from the point at *fraction*."""
        from .characteristics import fill

        gas = self.throat.gas
        point, mass = self.at(fraction)
        first = int(np.floor(fraction * (len(self.line) - 1))) + 1
        kernel = np.vstack([point, self.line[first:]])
        masses = np.concatenate([[mass], self.masses[first:]])
        wall = np.empty_like(kernel)
        if fill(gas.table, gas.step, kernel, masses, control, wall) != 0:
            raise UndecidedError("the characteristics behind the kernel do not close; lower the area ratio")
        return wall[::-1]


def _masses(gas: Isentrope, line: Array) -> Array:
    """Flow between each point of a line (axis or inner end first) and its last one, over 2π ρ*V* r_t²."""
    flux = gas.at(line[:, 3], FLUX) * line[:, 1]
    dx, dr = np.diff(line[:, 0]), np.diff(line[:, 1])
    across, along = flux * np.cos(line[:, 2]), flux * np.sin(line[:, 2])
    parts = 0.5 * ((across[1:] + across[:-1]) * dr - (along[1:] + along[:-1]) * dx)
    return np.concatenate([np.cumsum(parts[::-1])[::-1], [0.0]])


def surface_thrust(gas: Isentrope, line: Array) -> float:
    """Vacuum thrust of the flow through a surface, inner end first, over p0 times throat area: ∮ (p + ρV² cos θ …) 2r."""
    momentum = gas.at(line[:, 3], FLUX) * gas.at(line[:, 3], SPEED) * gas.sonic_momentum
    by_r = 2.0 * line[:, 1] * (gas.at(line[:, 3], PRESSURE) + momentum * np.cos(line[:, 2]) ** 2)
    by_x = 2.0 * line[:, 1] * momentum * np.cos(line[:, 2]) * np.sin(line[:, 2])
    dx, dr = np.diff(line[:, 0]), np.diff(line[:, 1])
    return float(np.sum(0.5 * ((by_r[1:] + by_r[:-1]) * dr - (by_x[1:] + by_x[:-1]) * dx)))


def wall_thrust(gas: Isentrope, radius: Array, nu: Array) -> float:
    """Pressure on the wall, over p0 times throat area."""
    pressure = gas.at(nu, PRESSURE)
    return float(np.sum(0.5 * (pressure[1:] + pressure[:-1]) * np.diff(radius**2)))


@dataclass(frozen=True)
class Bell:
    """wall (n, 4): x, r, θ, ν from the arc's end to the exit. arc_nu: along the arc (wall of ``Throat.arc``)."""

    throat: Throat
    angle: float
    arc_nu: Array
    wall: Array
    design_area_ratio: float

    @cached_property
    def thrust(self) -> float:
        """Vacuum thrust over p0 times throat area: through the start line and on the wall."""
        arc = self.throat.arc(self.angle, len(self.arc_nu))
        radius = np.concatenate([[1.0], arc[:, 1], self.wall[1:, 1]])
        nu = np.concatenate([[self.throat.start[0, 3]], self.arc_nu, self.wall[1:, 3]])
        return self.throat.start_thrust + wall_thrust(self.throat.gas, radius, nu)


def ideal(throat: Throat, area_ratio: float) -> Bell:
    """The shortest contour with this arc whose exit flow is uniform and axial."""
    from scipy.optimize import brentq

    def excess(angle: float) -> float:
        kernel = throat.kernel(angle)
        return 0.5 * np.log(_uniform_area(kernel) / area_ratio)

    low, high = _FLATTEST, 0.0
    if excess(low) > 0.0:
        raise ImpossibleError(
            f"area ratio {area_ratio:g} is too small for an ideal contour: an arc of {np.degrees(low):.0f}° gives more; "
            "take a conical nozzle"
        )
    high = _bracket(excess, low)
    angle = float(brentq(excess, low, high, xtol=1e-9))  # type: ignore[arg-type]
    return _ideal_of(throat.kernel(angle))


def _bracket(excess, low: float) -> float:
    """The first angle, in steps, where the excess is positive."""
    angle = low
    while angle < _STEEPEST:
        angle = angle + np.radians(4.0)
        try:
            if excess(angle) > 0.0:
                return angle
        except UndecidedError:
            break
    raise ImpossibleError(
        f"no ideal contour: the arc would have to open beyond {np.degrees(angle):.0f}°; lower the area ratio"
    )


def _uniform_area(kernel: Kernel) -> float:
    """Area ratio at which uniform flow as on the axis carries the whole flow."""
    flux = float(kernel.throat.gas.at(kernel.line[0, 3], FLUX))
    return 2.0 * float(kernel.masses[0]) / flux


def _ideal_of(kernel: Kernel) -> Bell:
    gas = kernel.throat.gas
    x0, _, _, nu = kernel.line[0]
    mu = float(np.arcsin(gas.at(nu, SIN_MU)))
    # close at the axis and even further out, as the kernel's own points are
    r = np.sqrt(_uniform_area(kernel)) * np.linspace(0.0, 1.0, _CONTROL_POINTS)
    control = np.column_stack([x0 + r / np.tan(mu), r, np.zeros_like(r), np.full_like(r, nu)])
    return Bell(kernel.throat, kernel.angle, kernel.nu, kernel.wall(0.0, control), _uniform_area(kernel))


def _cut(bell: Bell, area_ratio: float) -> Bell:
    """The bell up to an area ratio."""
    wall, end = bell.wall, np.sqrt(area_ratio)
    last = int(np.searchsorted(wall[:, 1], end))
    if last >= len(wall):
        raise UndecidedError("the ideal contour does not reach the area ratio")
    part = (end - wall[last - 1, 1]) / (wall[last, 1] - wall[last - 1, 1])
    tip = wall[last - 1] + part * (wall[last] - wall[last - 1])
    tip[1] = end
    return Bell(bell.throat, bell.angle, bell.arc_nu, np.vstack([wall[:last], tip]), bell.design_area_ratio)


def truncated_ideal(throat: Throat, area_ratio: float, length: float) -> Bell:
    """The ideal contour of a larger area ratio, cut where it has this one; *length* from the throat to the exit.

    Ahlberg, Hamilton, Migdal and Nilson, "Truncated Perfect Nozzles in Optimum Nozzle Design", ARS Journal 31 (1961), p. 614.
    """
    from scipy.optimize import brentq

    shortest = ideal(throat, area_ratio)
    if length > shortest.wall[-1, 0]:
        raise InputError(_too_long(length, float(shortest.wall[-1, 0])))

    def excess(angle: float) -> float:
        return float(_cut(_ideal_of(throat.kernel(angle)), area_ratio).wall[-1, 0]) - length

    low, angle = shortest.angle, shortest.angle
    while angle < _STEEPEST:
        low, angle = angle, angle + np.radians(1.0)
        try:
            if excess(angle) < 0.0:
                if low == shortest.angle:
                    low += 1e-3 * (angle - low)
                root = float(brentq(excess, low, angle, xtol=1e-8))  # type: ignore[arg-type]
                return _cut(_ideal_of(throat.kernel(root)), area_ratio)
        except UndecidedError:
            break
    raise ImpossibleError(
        f"no truncated ideal contour of area ratio {area_ratio:g} is as short as {length:.3f} throat radii; "
        f"raise the length fraction, or take 'thrust optimized' or 'parabolic'"
    )


def _too_long(length: float, limit: float) -> str:
    return (
        f"the length of {length:.3f} throat radii is more than the ideal contour's {limit:.3f}, which gives uniform flow; "
        f"lower the length fraction below {limit / length:.3f} of what it is, or take 'ideal'"
    )


def control_line(throat: Throat, point: Array, mass: float) -> Array:
    """Rao's control surface from a point of the kernel outward, until the flow through it is *mass*: rows (x, r, θ, ν).

    On a left-running characteristic, r ρV² sin²θ tan μ stays constant (Rao 1958, condition on the control surface; also
    Guderley and Hantsch 1955); with compatibility along it, two linear equations in dθ and dν. Rao's other condition,
    V cos(θ − μ)/cos μ constant, follows and is the test's.
    """
    from .characteristics import control_surface

    gas = throat.gas
    # equal steps of radius; that at the exit is about what the mass flow asks for
    step = (np.sqrt(point[1] ** 2 + 2.0 * mass / float(gas.at(point[3], FLUX))) - point[1]) / _CONTROL_POINTS
    out = np.empty((4 * _CONTROL_POINTS, 4))
    rows, status = control_surface(gas.table, throat.slopes, gas.step, gas.highest_angle, point, mass, step, out)
    if status != 0:
        raise UndecidedError("Rao's control surface turns towards the axis")
    return out[:rows]


def thrust_optimized(throat: Throat, area_ratio: float, length: float) -> Bell:
    """Rao's contour: of all walls with this arc, area ratio and length the one of greatest vacuum thrust."""
    from scipy.optimize import brentq

    longest = ideal(throat, area_ratio)
    if length > longest.wall[-1, 0]:
        raise InputError(_too_long(length, float(longest.wall[-1, 0])))
    exit_radius = np.sqrt(area_ratio)

    def excess_radius(kernel: Kernel, place: float) -> float:
        return float(control_line(throat, *kernel.at(place))[-1, 1]) / exit_radius - 1.0

    def foot(kernel: Kernel) -> float:
        """The place on the kernel's last line whose control surface ends at the exit radius; found from the axis outward."""
        before = _PLACES[0]
        if excess_radius(kernel, before) < 0.0:
            return before
        for place in _PLACES[1:]:
            if excess_radius(kernel, place) < 0.0:
                return float(brentq(lambda f: excess_radius(kernel, f), before, place, xtol=1e-12))  # type: ignore[arg-type]
            before = place
        raise UndecidedError("no control surface ends at the exit")

    def excess(angle: float) -> float:
        kernel = throat.kernel(angle)
        return float(control_line(throat, *kernel.at(foot(kernel)))[-1, 0]) / length - 1.0

    low = angle = longest.angle
    reached = float(longest.wall[-1, 0])
    try:
        while angle < _STEEPEST:
            low, angle = angle, angle + np.radians(1.0)
            miss = excess(angle)
            reached = length * (1.0 + miss)
            if miss < 0.0:
                root = float(brentq(excess, low + np.radians(0.02), angle, xtol=1e-10))  # type: ignore[arg-type]
                kernel = throat.kernel(root)
                place = foot(kernel)
                wall = kernel.wall(place, control_line(throat, *kernel.at(place)))
                if abs(wall[-1, 0] / length - 1.0) > 1e-5 or abs(wall[-1, 1] / exit_radius - 1.0) > 1e-5:
                    raise UndecidedError(f"no contour of greatest thrust found for area ratio {area_ratio:g}")
                return Bell(throat, root, kernel.nu, wall, area_ratio)
    except UndecidedError as error:
        reason = error.message
    except ValueError:
        raise UndecidedError(
            f"a length of {length:.3f} throat radii is too close to the ideal contour's {longest.wall[-1, 0]:.3f}; take 'ideal'"
        ) from None
    else:
        reason = f"the arc would open beyond {np.degrees(_STEEPEST):.0f}°"
    raise ImpossibleError(
        f"Rao's conditions give no smooth flow for area ratio {area_ratio:g} in {length:.3f} throat radii ({reason}; shortest "
        f"found: {reached:.3f}); raise the length fraction by {reached / length - 1.0:.0%}, or take 'parabolic'"
    )
