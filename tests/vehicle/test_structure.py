"""Buckling after SP-8007, materials, and the bending of beams against closed forms."""

from math import exp, pi, sqrt

import numpy as np
import pytest
from scipy.optimize import curve_fit

from osea_rocket.core.errors import InputError
from osea_rocket.validation.vehicle_methods import left_out
from osea_rocket.vehicle.structure import buckling
from osea_rocket.vehicle.structure.materials import Material, find_material, shipped_materials
from osea_rocket.vehicle.structure.modes import bending_modes

AL_LI = find_material("Al-Li 2195-T8")


@pytest.mark.parametrize(("slim", "gamma"), [(200, 0.471), (300, 0.404), (400, 0.357), (500, 0.3217), (1000, 0.224)])
def test_axial_knockdown_as_published(slim, gamma):
    # a public survey's table of SP-8007 (1968) eq. 5 [secondary]
    assert buckling.knockdown_axial(slim) == pytest.approx(gamma, rel=2e-3)


def test_bending_knockdown_is_milder():
    assert buckling.knockdown_bending(400.0) == pytest.approx(1 - 0.731 * (1 - exp(-20 / 16)), rel=1e-12)
    assert buckling.knockdown_bending(400.0) > buckling.knockdown_axial(400.0)


def test_hand_case_of_an_unpressurised_barrel():
    # 10 MN on a radius of 1.83 m, E 75.8 GPa, nu 0.33: about 8.6 mm (a public code's hand case [secondary])
    wall = buckling.thickness_for(1.83, AL_LI, 1e7, 0.0)
    assert wall == pytest.approx(8.6e-3, rel=0.01)
    again = 1.83 / 500
    load = 2 * pi * 75.8e9 * again**2 * buckling.knockdown_axial(500.0) / sqrt(3 * (1 - 0.33**2))
    assert buckling.critical_axial(1.83, again, AL_LI) == pytest.approx(load, rel=1e-12)


def hill(x, top, half, power):
    """A smooth curve from nothing to a ceiling."""
    return top / (1 + (half / x) ** power)


def test_the_pressure_figure_is_known_to_one_per_cent_and_the_reading_that_was_off_is_the_coarse_one():
    # SP-8007 prints a curve and no equation. Each reading judges itself: its scatter about a smooth curve is its reader's error
    figure = buckling.figure_6()
    fine, coarse = figure, figure["other_reading"]
    ours = left_out(np.array(fine["pressure_parameter"]), np.array(fine["increase"]))
    theirs = left_out(np.array(coarse["pressure_parameter"]), np.array(coarse["increase"]))
    assert np.sqrt(np.mean(ours**2)) < 0.0101 and np.abs(ours).max() < 0.018
    assert 0.04 < np.sqrt(np.mean(theirs**2)) < 0.05
    for x, y in zip(fine["pressure_parameter"], fine["increase"], strict=True):
        assert buckling.pressure_increase(x, 1.0, 1.0) == pytest.approx(y, rel=1e-9)
    # the readings agree to within the coarse one's own 10 %
    for x, y in zip(coarse["pressure_parameter"], coarse["increase"], strict=True):
        assert buckling.pressure_increase(x, 1.0, 1.0) == pytest.approx(y, rel=0.10)


def test_the_pressure_figure_between_its_points_and_outside():
    x = np.geomspace(1e-3, 20, 400)
    y = np.array([buckling.pressure_increase(v, 1.0, 1.0) for v in x])
    assert (
        np.all(np.diff(y) >= -1e-15)
        and y[-1] == pytest.approx(0.2689)
        and buckling.pressure_increase(0.0, 1.0, 1.0) == 0.0
    )
    figure = buckling.figure_6()
    smooth, _ = curve_fit(
        lambda x, *p: np.log(hill(x, *p)),
        figure["pressure_parameter"],
        np.log(figure["increase"]),
        p0=(0.28, 0.22, 0.9),
    )
    inside = (x > 0.03) & (x < 4.9)
    assert np.abs(y[inside] / hill(x[inside], *smooth) - 1).max() < 0.015


def test_what_a_reading_error_of_the_figure_is_worth_in_a_wall():
    # a barrel of 1.83 m for 10 MN at 2.4 bar: one per cent of the increase moves the wall by less than 0.2 %
    wall = buckling.thickness_for(1.83, AL_LI, 1e7, 0.0, 2.4e5)
    slim = 1.83 / wall
    increase = buckling.pressure_increase(2.4e5, AL_LI.modulus, slim)
    share = 2 * pi * AL_LI.modulus * wall**2 * increase / 1e7
    assert 0.0 < share < 0.4
    assert 0.01 * share / 2 < 0.002  # the load goes with the wall's square


def test_pressure_never_makes_a_shell_better_than_a_perfect_one():
    t = 1.0 / 60
    perfect = 2 * pi * AL_LI.modulus * t**2 / sqrt(3 * (1 - AL_LI.poisson**2))
    assert buckling.critical_axial(1.0, t, AL_LI, 1e8) == pytest.approx(perfect + 1e8 * pi, rel=1e-12)


def test_pressure_relieves():
    bare = buckling.critical_axial(1.83, 4e-3, AL_LI)
    pressed = buckling.critical_axial(1.83, 4e-3, AL_LI, 2e5)
    assert pressed > bare + 2e5 * pi * 1.83**2
    assert buckling.thickness_for(1.83, AL_LI, 1e7, 0.0, 2e5) < buckling.thickness_for(1.83, AL_LI, 1e7, 0.0)
    assert buckling.thickness_for(1.83, AL_LI, 1e6, 0.0, 2e5) == 0.0  # the gas alone bears 2.1 MN


def test_bending_with_pressure_has_a_moment_not_a_force():
    r, t = 2.0, 5e-3
    pressed, bare = buckling.critical_bending(r, t, AL_LI, 3e5), buckling.critical_bending(r, t, AL_LI)
    increase = pi * r * AL_LI.modulus * t**2 * buckling.pressure_increase(3e5, AL_LI.modulus, r / t)
    assert pressed - bare - increase == pytest.approx(0.8 * 3e5 * pi * r**3, rel=1e-9)
    # unpressurised, pure bending: pi r^2 times the line load
    line = buckling.knockdown_bending(r / t) * AL_LI.modulus * t**2 / (r * sqrt(3 * (1 - 0.33**2)))
    assert bare == pytest.approx(pi * r**2 * line, rel=1e-12)


def test_wall_meets_the_interaction():
    t = buckling.thickness_for(1.83, AL_LI, 4e6, 3e6, 1e5)
    assert buckling.buckling_ratio(1.83, t, AL_LI, 4e6, 3e6, 1e5) == pytest.approx(1.0, abs=1e-5)
    assert not buckling.moderately_long(1.83, t, 0.02, 0.33) and buckling.moderately_long(1.83, t, 2.0, 0.33)


def test_stiffened_wall_is_lighter_than_a_plain_one():
    assert buckling.stiffened_thickness(1.83, AL_LI, 1e7, 0.0) < 0.6 * buckling.thickness_for(1.83, AL_LI, 1e7, 0.0)


def test_materials_have_sources_and_order():
    assert len(shipped_materials()) >= 5
    for m in shipped_materials():
        assert m.citation and m.ultimate_strength >= m.yield_strength
    with pytest.raises(InputError, match="did you mean 'Al-Li 2195-T8'"):
        find_material("AlLi 2195")
    with pytest.raises(ValueError, match="exchange"):
        Material.model_validate(AL_LI.model_dump() | {"yield_strength": "600 MPa"})


@pytest.mark.parametrize(
    ("support", "roots"), [("free", (4.730041, 7.853205, 10.995608)), ("clamped", (1.875104, 4.694091, 7.854757))]
)
def test_uniform_beam_against_the_closed_form(support, roots):
    # Blevins, Formulas for Natural Frequency and Mode Shape (1979), table 8-1
    length, mass, ei = 40.0, 1200.0, 4e9
    modes = bending_modes(np.linspace(0, length, 41), np.full(40, mass), np.full(40, ei), support=support)
    exact = [r**2 / (2 * pi * length**2) * sqrt(ei / mass) for r in roots]
    assert modes.frequency == pytest.approx(exact, rel=1e-3)


def test_heavy_tip_lowers_a_cantilever():
    # massless beam with a tip mass: f = sqrt(3 EI / (m L^3)) / 2 pi
    x = np.append(np.linspace(0, 10, 21), 10.02)
    modes = bending_modes(x, np.append(np.ones(20), 5e4), np.append(np.full(20, 1e8), 1e9), support="clamped", count=1)
    assert modes.frequency[0] == pytest.approx(sqrt(3 * 1e8 / (1e3 * 10.01**3)) / (2 * pi), rel=5e-3)


def test_beams_that_are_none_are_refused():
    with pytest.raises(ValueError, match="ascending"):
        bending_modes(np.array([0.0, 1.0, 1.0]), np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="stiffness"):
        bending_modes(np.array([0.0, 1.0, 2.0]), np.ones(2), np.array([1.0, 0.0]))
