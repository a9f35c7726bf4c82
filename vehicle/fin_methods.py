"""Planar fins: slope of the normal force, its centre, damping in roll and drag, from subsonic to supersonic speeds.

Barrowman 1967 is J. S. Barrowman, The Practical Calculation of the Aerodynamic Characteristics of Slender Finned Vehicles, M.Sc.
thesis, Catholic University of America; Niskanen 2009 as in drag_methods.
"""

from dataclasses import dataclass
from math import cos, hypot, pi, sqrt

from . import drag_methods


@dataclass(frozen=True)
class FinSet:
    """Equal trapezoidal fins, evenly around a body of *radius* [m].

    root, tip: chords; span: of one, from the body's side; sweep: of the leading edge, from root to tip along the axis;
    thickness, all [m]. leading_edge: station of the root's leading edge over the vehicle's exit plane [m]. count >= 3.
    """

    count: int
    root: float
    tip: float
    span: float
    sweep: float
    radius: float
    leading_edge: float
    thickness: float = 0.0

    @property
    def outline(self) -> tuple[tuple[float, float], ...]:
        """The four corners of one fin, (station, distance from the axis) [m]: root from its leading edge aft, then the tip."""
        top, tip = self.leading_edge, self.leading_edge - self.sweep
        out = self.radius + self.span
        return (top, self.radius), (top - self.root, self.radius), (tip - self.tip, out), (tip, out)

    @property
    def area(self) -> float:
        """Planform of one fin [m^2]."""
        return (self.root + self.tip) / 2 * self.span

    @property
    def aspect_ratio(self) -> float:
        """2 s^2 / A: of one fin and its mirror image in the body."""
        return 2 * self.span**2 / self.area

    @property
    def mid_chord_cosine(self) -> float:
        """Cosine of the sweep of the mid-chord line."""
        return self.span / hypot(self.span, self.sweep + (self.tip - self.root) / 2)

    @property
    def mean_chord(self) -> float:
        """Mean aerodynamic chord [m] (Barrowman 1967, eq. 3-2)."""
        return 2 / 3 * (self.root + self.tip - self.root * self.tip / (self.root + self.tip))

    @property
    def mean_leading_edge(self) -> float:
        """Distance [m] of the mean chord's leading edge behind the root's."""
        return self.sweep / 3 * (self.root + 2 * self.tip) / (self.root + self.tip)

    @property
    def mean_span(self) -> float:
        """Distance [m] of the mean chord from the axis."""
        return self.radius + self.span / 3 * (self.root + 2 * self.tip) / (self.root + self.tip)


def single_slope(fins: FinSet, mach: float) -> float:
    """Slope of one fin's normal force [1/rad], referred to its own area.

    Subsonic: 2 pi AR / (2 + sqrt(4 + (beta AR / cos L)^2)), L the mid-chord sweep (Diederich, as in Barrowman 1967, eq. 3-6).
    Supersonic: 4 / beta of linear theory less half of it inside the tip's Mach cone, (1 - 1/(2 beta AR)) for beta AR >= 1, and
    the slender pi AR / 2 below, where the two join within the former's range. Between Mach 0.8 and 1.2 a straight line.
    """
    data = drag_methods.normal_force_data()["fins"]
    low, high = float(data["subsonic_until"]), float(data["supersonic_from"])
    if mach <= low:
        return _subsonic(fins, mach)
    if mach >= high:
        return _supersonic(fins, mach)
    share = (mach - low) / (high - low)
    return (1 - share) * _subsonic(fins, low) + share * _supersonic(fins, high)


def _subsonic(fins: FinSet, mach: float) -> float:
    beta = sqrt(1 - mach**2)
    ratio = fins.aspect_ratio
    return 2 * pi * ratio / (2 + sqrt(4 + (beta * ratio / fins.mid_chord_cosine) ** 2))


def _supersonic(fins: FinSet, mach: float) -> float:
    reduced = sqrt(mach**2 - 1) * fins.aspect_ratio
    slender = pi * fins.aspect_ratio / 2
    if reduced < 0.5:
        return slender
    linear = 4 / sqrt(mach**2 - 1) * (1 - 1 / (2 * reduced))
    return min(slender, linear) if reduced >= 1.0 else slender


def interference(fins: FinSet) -> float:
    """What the body adds: 1 + r/(s + r) (Barrowman 1967, eq. 3-96's straight line)."""
    return 1 + fins.radius / (fins.span + fins.radius)


def set_slope(fins: FinSet, mach: float, reference_area: float) -> float:
    """Slope of the whole set on its body [1/rad]: n/2 of one fin's, for three fins and more in any roll angle."""
    return fins.count / 2 * single_slope(fins, mach) * interference(fins) * fins.area / reference_area


def center_station(fins: FinSet, mach: float) -> float:
    """Station [m] of the set's centre of pressure: a quarter of the mean chord below Mach 0.5, moving back to the half that
    (AR beta - 0.67)/(2 AR beta - 1) gives from Mach 2 on (Niskanen 2009, eq. 3.36, after Fleeman 2001); smooth between."""

    def behind(m: float) -> float:
        reduced = fins.aspect_ratio * sqrt(m**2 - 1)
        return min(max((reduced - 0.67) / (2 * reduced - 1), 0.25), 0.5) if reduced > 0.67 else 0.25

    if mach <= 0.5:
        share = 0.25
    elif mach >= 2.0:
        share = behind(mach)
    else:
        t = (mach - 0.5) / 1.5
        share = 0.25 + (behind(2.0) - 0.25) * t * t * (3 - 2 * t)
    return fins.leading_edge - fins.mean_leading_edge - share * fins.mean_chord


def roll_damping(fins: FinSet, mach: float, reference_area: float, reference_length: float) -> float:
    """C_lp of the set for p d / (2 V): each strip meets the angle p y / V (Barrowman 1967, ch. 3.4)."""
    s, r, cr, ct = fins.span, fins.radius, fins.root, fins.tip
    second = (cr + ct) / 2 * r * r * s + (cr + 2 * ct) / 3 * r * s * s + (cr + 3 * ct) / 12 * s**3
    return -2 * fins.count * single_slope(fins, mach) * second / (reference_area * reference_length**2)


def drag_area(fins: FinSet, mach: float, friction: float) -> float:
    """Drag coefficient times area [m^2] of the set.

    Friction on both sides with (1 + 2 t/c); leading edge, rounded, and blunt trailing edge on the frontal area t s (Niskanen
    2009, eq. 3.85, 3.89-3.92). friction: skin friction coefficient.
    """
    wetted = 2 * fins.area * friction * (1 + 2 * fins.thickness / fins.mean_chord)
    if mach < 0.9:
        edge = (1 - mach**2) ** -0.417 - 1
    elif mach < 1.0:
        edge = 1 - 1.785 * (mach - 0.9)
    else:
        edge = 1.214 - 0.502 / mach**2 + 0.1095 / mach**4
    lead = cos(_leading_sweep(fins)) ** 2
    frontal = fins.thickness * fins.span
    return fins.count * (wetted + frontal * (edge * lead + drag_methods.base(mach)))


def _leading_sweep(fins: FinSet) -> float:
    from math import atan2

    return atan2(fins.sweep, fins.span)
