"""Burn-back against closed forms, and against an independent polygon offset."""

from math import asin, cos, pi, radians, sin, tan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.propulsion.solids.burnback import Section
from osea_rocket.propulsion.solids.outline import Arc, Outline, circle, ends, finocyl, polygon, star

CASE = 0.1


def star_perimeter(n: int, fraction: float, opening: float, tip: float, y: float) -> float:
    """While flanks are left and the case is not reached: the closed form of Barrère et al., Rocket Propulsion (1960)."""
    a = fraction * pi / n
    flank = tip * sin(a) / sin(opening / 2.0) - y / tan(opening / 2.0)
    return 2.0 * n * (flank + y * (pi / 2.0 + a - opening / 2.0) + (tip + y) * (pi / n - a))


def neutral_opening(n: int) -> float:
    """theta/2 of the neutral star: pi/2 + pi/N - theta/2 = cot(theta/2), from the perimeter above."""
    low, high = 0.1, pi / 2.0
    for _ in range(80):
        mid = 0.5 * (low + high)
        low, high = (mid, high) if 1.0 / tan(mid) > pi / 2.0 + pi / n - mid else (low, mid)
    return 2.0 * low


def faceted(outline: Outline, step: float) -> tuple[tuple[float, float], ...]:
    """The outline as points."""
    points: list[tuple[float, float]] = []
    for piece in outline:
        if isinstance(piece, Arc):
            n = int(np.ceil((piece.last - piece.first) / step))
            points += [piece.at(a) for a in np.linspace(piece.first, piece.last, n + 1)[:-1]]
        else:
            points.append(ends(piece)[0])
    return tuple(points)


def grid_area(outline: Outline, depth: float, n: int = 240) -> float:
    """Port area by brute force: the share of n² evenly scattered points (Roberts' R2 sequence) that lie within the port or no
    farther than the depth from it."""
    corners = np.array(faceted(outline, 0.05))
    steps = np.arange(1, n * n + 1)
    plastic = 1.3247179572447460
    p = CASE * (2.0 * np.stack([(0.5 + steps / plastic) % 1.0, (0.5 + steps / plastic**2) % 1.0], axis=1) - 1.0)
    p = p[np.hypot(*p.T) < CASE]
    inside = np.zeros(len(p), dtype=bool)
    nearest = np.full(len(p), np.inf)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (a[1] > p[:, 1]) != (b[1] > p[:, 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crosses & (p[:, 0] < (b[0] - a[0]) * (p[:, 1] - a[1]) / (b[1] - a[1]) + a[0])
        t = np.clip((p - a) @ (b - a) / ((b - a) @ (b - a)), 0.0, 1.0)
        nearest = np.minimum(nearest, np.hypot(*(p - a - t[:, None] * (b - a)).T))
    return float(np.sum(inside | (nearest < depth))) * (2.0 * CASE / n) ** 2


def test_tube_is_exact() -> None:
    front = Section(circle(0.04), CASE).front(0.02)
    assert front.perimeter == pytest.approx(2 * pi * 0.06, rel=1e-14)
    assert front.port_area == pytest.approx(pi * 0.06**2, rel=1e-14)
    assert Section(circle(0.04), CASE).web() == pytest.approx(0.06, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(4, 9), st.floats(0.6, 1.0), st.floats(0.05, 0.07), st.floats(0.05, 1.0))
def test_star_is_barreres_closed_form(n: int, fraction: float, tip: float, share: float) -> None:
    opening = max(radians(70.0), 2.0 * fraction * pi / n + 0.15)
    end = tip * sin(fraction * pi / n) / cos(opening / 2.0)  # the flanks are gone
    y = share * 0.98 * min(end, CASE - tip)
    section = Section(star(n, tip, opening, fraction), CASE, n)
    assert section.measure(y)[0] == pytest.approx(star_perimeter(n, fraction, opening, tip, y), rel=1e-9)


def test_one_sector_stands_for_all() -> None:
    for outline, fold in ((star(6, 0.06, 1.3, 0.8), 6), (finocyl(0.03, 8, 0.01, 0.06, False), 8)):
        for y in (0.0, 0.004, 0.013, 0.03, 0.038):
            one, whole = Section(outline, CASE, fold).measure(y), Section(outline, CASE).front(y)
            assert one == pytest.approx((whole.perimeter, whole.port_area), rel=1e-10)


@pytest.mark.parametrize("points", [6, 7, 8])
def test_neutral_star_keeps_its_surface(points: int) -> None:
    opening = neutral_opening(points)
    section = Section(star(points, 0.06, opening, 1.0), CASE, points)
    perimeters = [section.measure(y)[0] for y in (0.001, 0.01, 0.02, 0.028)]  # later the flanks are gone
    assert np.ptp(perimeters) / perimeters[0] < 1e-12


def test_published_neutral_angles() -> None:
    """Neutral half angles 31.1, 33.5 and 35.6 degrees for 5, 6 and 7 points: Barrère et al. 1960 (recalled)."""
    angles = [np.degrees(neutral_opening(n)) / 2.0 for n in (5, 6, 7)]
    assert angles == pytest.approx([31.13, 33.53, 35.55], abs=0.05)


@pytest.mark.parametrize("outline", [
    star(5, 0.06, radians(75.0), 0.8), finocyl(0.03, 6, 0.012, 0.06, True), finocyl(0.02, 4, 0.01, 0.05, False),
])  # fmt: skip
def test_arcs_against_the_general_polygon(outline: Outline) -> None:
    """The surface of the same port as a polygon of short chords, within 0.2 %."""
    exact, chords = Section(outline, CASE), Section(polygon(faceted(outline, 0.15)), CASE)
    for y in (0.001, 0.01, 0.02, 0.036):
        assert chords.front(y).perimeter == pytest.approx(exact.front(y).perimeter, rel=2e-3)
        assert chords.front(y).port_area == pytest.approx(exact.front(y).port_area, rel=2e-3)


@pytest.mark.parametrize("depth", [0.005, 0.02, 0.045])
def test_area_against_brute_force(depth: float) -> None:
    outline = finocyl(0.025, 5, 0.012, 0.055, False)
    assert Section(outline, CASE).front(depth).port_area == pytest.approx(grid_area(outline, depth), rel=3e-3)


def test_concave_polygon_against_brute_force() -> None:
    cross = (
        (0.05, 0.01),
        (0.01, 0.01),
        (0.01, 0.05),
        (-0.01, 0.05),
        (-0.01, 0.01),
        (-0.06, 0.0),
        (-0.01, -0.01),
        (0.05, -0.01),
    )
    for points in (cross, cross[::-1]):  # either sense of rotation
        outline = polygon(points)
        for depth in (0.004, 0.02, 0.06):
            assert Section(outline, CASE).front(depth).port_area == pytest.approx(grid_area(outline, depth), rel=3e-3)


def test_surface_is_the_derivative_of_the_area() -> None:
    section = Section(finocyl(0.03, 6, 0.012, 0.06, False), CASE, 6)
    for y in (0.002, 0.011, 0.023, 0.031, 0.046):
        slope = (section.measure(y + 1e-6)[1] - section.measure(y - 1e-6)[1]) / 2e-6
        assert section.measure(y)[0] == pytest.approx(slope, rel=1e-6)


def test_web_is_where_nothing_is_left() -> None:
    section = Section(star(6, 0.055, radians(70.0), 1.0), CASE, 6)
    web = section.web()
    assert section.measure(web * (1 + 1e-9))[1] == pytest.approx(pi * CASE**2, rel=1e-9)
    assert section.measure(web * 0.999)[1] < pi * CASE**2 * (1 - 1e-9)


def test_overlapping_fins_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        finocyl(0.02, 8, 2.1 * 0.02 * sin(pi / 8), 0.05, False)
    with pytest.raises(ValueError, match="within the core"):
        finocyl(0.02, 4, 0.01, 0.02 * cos(asin(0.25)), False)
    with pytest.raises(ValueError, match="meet at the axis"):
        star(3, 0.06, radians(40.0), 1.0)
