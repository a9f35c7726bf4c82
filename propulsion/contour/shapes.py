"""Walls that are drawn, not computed: cone, parabola with Rao's angles, and the chamber. Lengths over the throat's radius."""

from functools import cache

import numpy as np
from pydantic import Field

from ...core.documents import Document, Module, load_document
from ...core.errors import InputError
from ...core.findings import Finding, Severity
from ...core.quantity import Angle, Length, Ratio
from ...core.results import Array
from ..propellants import DATA, find_propellant
from .document import ChamberShape

CONE = np.radians(15.0)  # the cone that lengths are compared with
_FINE = 400
_BEYOND = 3.0  # times the chart's largest area ratio: further its edge means nothing


class AngleCurve(Document):
    """Angles at one length fraction."""

    length_fraction: Ratio
    area_ratios: tuple[Ratio, ...] = Field(min_length=2)
    inflection_angles: tuple[Angle, ...]
    exit_angles: tuple[Angle, ...]


class AngleChart(Module, schema="osea/rao-angles/v1"):
    """The file of angles, length fractions rising."""

    curves: tuple[AngleCurve, ...] = Field(min_length=2)


class LengthRange(Document):
    """Usual characteristic lengths of one pair; with the fuel injected as gas where that differs."""

    oxidizer: str
    fuel: str
    lowest: Length
    highest: Length
    lowest_gaseous_fuel: Length | None = None
    highest_gaseous_fuel: Length | None = None


class LengthRanges(Module, schema="osea/characteristic-lengths/v1"):
    """The file of usual characteristic lengths."""

    ranges: tuple[LengthRange, ...]


@cache
def angle_chart() -> AngleChart:
    """Rao's angles as shipped."""
    return load_document(AngleChart, DATA / "contour_rao_angles.yaml")


@cache
def length_ranges() -> LengthRanges:
    """Usual characteristic lengths as shipped."""
    return load_document(LengthRanges, DATA / "contour_characteristic_lengths.yaml")


def cone_length(area_ratio: float) -> float:
    """Of the 15° cone from the throat's radius to the exit's, the measure of length fractions."""
    return float((np.sqrt(area_ratio) - 1.0) / np.tan(CONE))


def rao_angles(
    area_ratio: float, length_fraction: float, *, where: str = ""
) -> tuple[float, float, tuple[Finding, ...]]:
    """(inflection angle, exit angle) [rad] of Rao's chart: straight in ln(area ratio) and in length fraction.

    Outside the chart its edge is taken, with a finding; far outside is an InputError.
    """
    curves = angle_chart().curves
    fractions = [c.length_fraction for c in curves]
    smallest, largest = max(c.area_ratios[0] for c in curves), min(c.area_ratios[-1] for c in curves)
    covers = f"Rao's chart covers area ratios {smallest:g} to {largest:g}, length fractions {fractions[0]:g} to {fractions[-1]:g}"
    mend = "give inflection_angle and exit_angle, or take 'thrust optimized'"
    if not (smallest / 2.0 <= area_ratio <= _BEYOND * largest) or not 0.5 <= length_fraction <= 1.0:
        raise InputError(
            f"area ratio {area_ratio:g} with length fraction {length_fraction:g} is far outside: {covers}; {mend}",
            where=where,
        )
    log_ratio = np.log(area_ratio)
    by_fraction = np.array(
        [
            [np.interp(log_ratio, np.log(c.area_ratios), angles) for angles in (c.inflection_angles, c.exit_angles)]
            for c in curves
        ]
    )
    theta_n, theta_e = (float(np.interp(length_fraction, fractions, by_fraction[:, i])) for i in (0, 1))
    margin = min(
        area_ratio / smallest - 1.0,
        1.0 - area_ratio / largest,
        length_fraction / fractions[0] - 1.0,
        1.0 - length_fraction / fractions[-1],
    )
    given = f"area ratio {area_ratio:g}, length fraction {length_fraction:g}"
    if margin < 0.0:
        text = f"{covers}; {given}: its edge is taken ({np.degrees(theta_n):.1f}°, {np.degrees(theta_e):.1f}°); {mend}"
        return theta_n, theta_e, (Finding(Severity.WARN, "contour.rao_chart", where, text, margin),)
    return theta_n, theta_e, (Finding(Severity.OK, "contour.rao_chart", where, f"{given}: {covers}", margin),)


def cone_wall(area_ratio: float, half_angle: float, downstream: float, x: Array | None = None) -> Array:
    """Rows (x, r, θ) from the arc's end to the exit, at *x* between them when given."""
    start, r0 = downstream * np.sin(half_angle), 1.0 + downstream * (1.0 - np.cos(half_angle))
    end = start + (np.sqrt(area_ratio) - r0) / np.tan(half_angle)
    if end <= start:
        raise InputError(
            f"the arc behind the throat opens to area ratio {r0**2:.3f} before the cone begins; raise the area ratio above it, "
            "or lower half_angle or throat_downstream_radius"
        )
    xs = start + (np.linspace(0.0, 1.0, 40) if x is None else x) * (end - start)
    return np.column_stack([xs, r0 + (xs - start) * np.tan(half_angle), np.full_like(xs, half_angle)])


def parabola_wall(
    area_ratio: float, length: float, theta_n: float, theta_e: float, downstream: float, x: Array | None = None
) -> Array:
    """Rows (x, r, θ) of the parabola that leaves the arc at θ_n and ends at θ_e (Rao 1960; a quadratic Bézier curve).

    x: places from 0 (the arc's end) to 1 (the exit).
    """
    x0, r0 = downstream * np.sin(theta_n), 1.0 + downstream * (1.0 - np.cos(theta_n))
    x2, r2 = length, float(np.sqrt(area_ratio))
    m0, m2 = np.tan(theta_n), np.tan(theta_e)
    x1 = (r2 - m2 * x2 - r0 + m0 * x0) / (m0 - m2)
    if not x0 < x1 < x2:
        chord = np.degrees(np.arctan2(r2 - r0, x2 - x0))
        raise InputError(
            f"no parabola leaves at {np.degrees(theta_n):.2f}° and ends at {np.degrees(theta_e):.2f}° here: the chord to the "
            f"exit rises by {chord:.2f}°, which must lie between them; change the angles or length_fraction"
        )
    r1 = r0 + m0 * (x1 - x0)
    if x is None:
        t = np.linspace(0.0, 1.0, 80)
    else:  # the parameter from x: a quadratic, in the form that does not cancel
        a, b, c = x0 - 2.0 * x1 + x2, 2.0 * (x1 - x0), -x * (x2 - x0)
        t = -2.0 * c / (b + np.sqrt(b**2 - 4.0 * a * c))
    xs = (1 - t) ** 2 * x0 + 2 * t * (1 - t) * x1 + t**2 * x2
    rs = (1 - t) ** 2 * r0 + 2 * t * (1 - t) * r1 + t**2 * r2
    slope = ((1 - t) * (r1 - r0) + t * (r2 - r1)) / ((1 - t) * (x1 - x0) + t * (x2 - x1))
    return np.column_stack([xs, rs, np.arctan(slope)])


def converging(shape: ChamberShape, points: int = _FINE) -> list[tuple[str, Array]]:
    """(part, rows (x, r)) from the cylinder's end to the throat at x = 0: blend, cone, throat's upstream arc."""
    r_c, beta = np.sqrt(shape.contraction_ratio), shape.converging_angle
    upstream, blend = shape.throat_upstream_radius, shape.blend_radius
    rise = 1.0 - np.cos(beta)
    straight = r_c - 1.0 - (upstream + blend) * rise
    if straight < 0.0:
        raise InputError(
            f"the arcs between cylinder and throat take {(upstream + blend) * rise:.3f} throat radii of height, and the chamber "
            f"leaves {r_c - 1.0:.3f}; lower blend_radius, throat_upstream_radius or converging_angle, or raise contraction_ratio",
            where=shape.where("contraction_ratio"),
        )
    angle = np.linspace(beta, 0.0, points)
    throat = np.column_stack([-upstream * np.sin(angle), 1.0 + upstream * (1.0 - np.cos(angle))])
    x1, r1 = throat[0, 0] - straight / np.tan(beta), throat[0, 1] + straight
    turn = np.linspace(0.0, beta, points)
    x0 = x1 - blend * np.sin(beta)
    round_part = np.column_stack([x0 + blend * np.sin(turn), r_c - blend * (1.0 - np.cos(turn))])
    few = max(points // 3, 2)
    line = np.column_stack([np.linspace(x1, throat[0, 0], few), np.linspace(r1, throat[0, 1], few)])
    return [("blend", round_part), ("cone", line), ("throat upstream", throat)]


def volume(rows: Array) -> float:
    """Of the body of revolution of rows (x, r): frustums."""
    x, r = rows[:, 0], rows[:, 1]
    return float(np.sum(np.pi / 3.0 * np.diff(x) * (r[1:] ** 2 + r[1:] * r[:-1] + r[:-1] ** 2)))


def area(rows: Array) -> float:
    """Of the surface of revolution of rows (x, r): frustums."""
    x, r = rows[:, 0], rows[:, 1]
    return float(np.sum(np.pi * (r[1:] + r[:-1]) * np.hypot(np.diff(x), np.diff(r))))


def cylinder_length(shape: ChamberShape, throat_radius: float) -> float:
    """Over the throat's radius: what the converging part leaves of L* A_t (Huzel and Huang, section 4.2).

    Raises InputError when L* is too short for the converging part alone.
    """
    length = shape.characteristic_length / throat_radius
    used = sum(volume(rows) for _, rows in converging(shape)) / np.pi
    if used >= length:
        raise InputError(
            f"the converging part alone has a characteristic length of {used * throat_radius:.4g} m, more than the "
            f"{shape.characteristic_length:.4g} m asked for; raise characteristic_length, or lower contraction_ratio or raise "
            "converging_angle",
            where=shape.where("characteristic_length"),
        )
    return (length - used) / shape.contraction_ratio


def characteristic_length_finding(
    shape: ChamberShape, oxidizer: str, fuel: str, *, gaseous_fuel: bool = False
) -> Finding:
    """L* beside the usual values of the propellant pair; UNKNOWN where none are on file."""
    where, value = shape.where("characteristic_length"), shape.characteristic_length
    ox, fu = find_propellant(oxidizer, "oxidizer").name, find_propellant(fuel, "fuel").name
    rule = "contour.characteristic_length"
    for row in length_ranges().ranges:
        if find_propellant(row.oxidizer).name == ox and find_propellant(row.fuel).name == fu:
            low, high = row.lowest, row.highest
            if gaseous_fuel and row.lowest_gaseous_fuel and row.highest_gaseous_fuel:
                low, high = row.lowest_gaseous_fuel, row.highest_gaseous_fuel
            margin = min(value / low - 1.0, 1.0 - value / high)
            text = (
                f"characteristic length {value:.3g} m; usual for {ox}/{fu}: {low:.2f} to {high:.2f} m (Huzel and Huang)"
            )
            if margin >= 0.0:
                return Finding(Severity.OK, rule, where, text, margin)
            why = "shorter may burn incompletely" if value < low else "longer costs mass and cooling"
            return Finding(
                Severity.WARN, rule, where, f"{text}; {why}; change it, or show by test that it will do", margin
            )
    text = f"no usual characteristic length of {ox}/{fu} is on file; {value:.3g} m cannot be judged; add one with its source"
    return Finding(Severity.UNKNOWN, rule, where, text)
