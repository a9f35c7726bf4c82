"""The atmosphere against the published U.S. Standard Atmosphere 1976, and the spline against the exact one."""

import numpy as np
import pytest

from osea_rocket.trajectory.environment import us76
from osea_rocket.trajectory.environment.atmosphere import (
    density,
    exponential_atmosphere,
    pressure,
    speed_of_sound,
    standard_atmosphere,
    temperature,
)

# U.S. Standard Atmosphere 1976, table I: geometric altitude [m], temperature [K], pressure [Pa], density [kg/m^3] as printed
# (read in the tests of COESA.jl and ussa1976, which transcribe the same table; above 86 km also in a second transcription).
PUBLISHED_LOW = [
    (-5e3, 320.676, 1.7776e5, 1.9311),
    (0.0, 288.150, 1.01325e5, 1.2250),
    (5e3, 255.676, 5.4048e4, 7.3643e-1),
    (15e3, 216.650, 1.2111e4, 1.9476e-1),
    (25e3, 221.552, 2.5492e3, 4.0084e-2),
    (40e3, 250.350, 2.8714e2, 3.9957e-3),
    (50e3, 270.650, 7.9779e1, 1.0269e-3),
    (60e3, 247.021, 2.1958e1, 3.0968e-4),
    (75e3, 208.399, 2.3881, 3.9921e-5),
    (86e3, 186.87, 3.7338e-1, 6.958e-6),
]
# The layers' bounds, geopotential altitude [m'], molecular-scale temperature [K], and the ratios of pressure and density to
# those at sea level: R. L. Carmichael, Public Domain Aeronautical Software, program Press 1.4, computed in 80 bits.
PUBLISHED_LAYERS = [
    (11e3, 216.65, 0.2233611050922, 0.2970759401445),
    (20e3, 216.65, 0.0540329501078, 0.0718651953546),
    (32e3, 228.65, 0.0085666783593, 0.0107959255160),
    (47e3, 270.65, 0.0010945601338, 0.0011653334659),
    (51e3, 270.65, 0.0006606353133, 0.0007033514337),
    (71e3, 214.65, 0.0000390468337, 0.0000524171681),
    (84852.0, 186.946, 0.0000036850095, 0.0000056799049),
]
# above 86 km: altitude, kinetic temperature, pressure (printed to 5 digits), density (to 4 digits)
PUBLISHED_HIGH = [
    (90e3, 186.87, 1.8359e-1, 3.416e-6),
    (95e3, 188.42, 7.5966e-2, 1.393e-6),
    (100e3, 195.08, 3.2011e-2, 5.604e-7),
    (105e3, 208.84, None, 2.325e-7),
    (110e3, 240.00, 7.1042e-3, 9.708e-8),
    (115e3, 300.00, 4.0096e-3, 4.289e-8),
    (120e3, 360.00, 2.5382e-3, 2.222e-8),
    (130e3, 469.27, 1.2505e-3, 8.152e-9),
    (150e3, 634.39, 4.5422e-4, 2.076e-9),
    (200e3, 854.56, 8.4736e-5, 2.541e-10),
    (250e3, 941.33, 2.4767e-5, 6.073e-11),
    (300e3, 976.01, 8.7704e-6, 1.916e-11),
    (400e3, 995.83, 1.4518e-6, 2.803e-12),
    (500e3, 999.24, 3.0236e-7, 5.215e-13),
    (600e3, 999.85, 8.2130e-8, 1.137e-13),
    (750e3, 999.99, 2.2599e-8, 1.788e-14),
    (800e3, 999.99, 1.7036e-8, 1.136e-14),
    (1000e3, 1000.00, 7.5138e-9, 3.561e-15),
]


@pytest.mark.parametrize(("altitude", "t", "p", "rho"), PUBLISHED_LOW)
def test_exact_profile_has_the_published_values_below_86_km(altitude, t, p, rho):
    profile = us76.lower(np.array([altitude]))
    assert profile.temperature[0] == pytest.approx(t, rel=2e-5)
    assert profile.pressure[0] == pytest.approx(p, rel=1e-4)
    assert profile.density[0] == pytest.approx(rho, rel=1e-4)


@pytest.mark.parametrize(("height", "t", "delta", "sigma"), PUBLISHED_LAYERS)
def test_exact_profile_has_the_published_ratios_at_the_layers(height, t, delta, sigma):
    radius = us76.constants()["effective_radius_m"]
    profile = us76.lower(np.array([0.0, radius * height / (radius - height)]))
    molecular = profile.temperature[1] * us76.constants()["molar_mass_sea_level_kg_kmol"] / profile.molar_mass[1]
    assert molecular == pytest.approx(t, rel=1e-9)
    assert profile.pressure[1] / profile.pressure[0] == pytest.approx(delta, rel=2e-8)
    assert profile.density[1] / profile.density[0] == pytest.approx(sigma, rel=2e-8)


@pytest.mark.parametrize(("altitude", "t", "p", "rho"), PUBLISHED_HIGH)
def test_exact_profile_has_the_published_values_above_86_km(altitude, t, p, rho):
    profile = us76.profile()
    i = int(np.searchsorted(profile.altitude, altitude))
    assert profile.altitude[i] == altitude
    assert profile.temperature[i] == pytest.approx(t, abs=0.01)
    if p is not None:  # at 105 km two transcriptions of the printed table disagree
        assert profile.pressure[i] == pytest.approx(p, rel=2e-4)
    assert profile.density[i] == pytest.approx(rho, rel=3e-4)


def test_the_two_parts_meet_at_86_km():
    top, bottom = us76.upper(), us76.lower(np.array([86e3]))
    assert top.temperature[0] == pytest.approx(bottom.temperature[0], rel=1e-6)
    assert top.pressure[0] == pytest.approx(bottom.pressure[0], rel=2e-5)
    assert top.density[0] == pytest.approx(bottom.density[0], rel=2e-5)


def test_upper_profile_does_not_depend_on_its_grid():
    coarse, fine = us76.upper(200.0), us76.upper(50.0)
    assert np.max(np.abs(coarse.density / fine.density[::4] - 1)) < 2e-4


def test_the_spline_is_within_its_stated_error_of_the_exact_values():
    air = standard_atmosphere()
    low = np.arange(-5e3, 86e3, 37.0)
    exact = us76.lower(low)
    rho = np.array([density(air, h) for h in low])
    p = np.array([pressure(air, h) for h in low])
    t = np.array([temperature(air, h) for h in low])
    assert np.max(np.abs(rho / exact.density - 1)) < 5e-4
    assert np.max(np.abs(p / exact.pressure - 1)) < 2e-5
    assert np.max(np.abs(t - exact.temperature)) < 0.1
    whole = us76.profile()
    high = whole.altitude >= 86e3
    rho = np.array([density(air, h) for h in whole.altitude[high]])
    p = np.array([pressure(air, h) for h in whole.altitude[high]])
    assert np.max(np.abs(rho / whole.density[high] - 1)) < 5e-4
    assert np.max(np.abs(p / whole.pressure[high] - 1)) < 2e-4


def test_speed_of_sound_as_published_and_constant_above_86_km():
    air = standard_atmosphere()
    for altitude, a in [(0.0, 340.29), (5e3, 320.55), (25e3, 298.39), (50e3, 329.80), (75e3, 289.40), (85e3, 275.52)]:
        assert speed_of_sound(air, altitude) == pytest.approx(a, abs=0.01)
    assert speed_of_sound(air, 400e3) == pytest.approx(274.10, abs=0.01)


def test_values_hold_beyond_the_range():
    air = standard_atmosphere()
    assert density(air, 5e6) == density(air, 1000e3)
    assert density(air, -6e3) == density(air, -5e3)


def test_log_density_has_continuous_curvature():
    air = standard_atmosphere()
    h = np.arange(10e3, 12e3, 1.0)  # over the tropopause, the sharpest kink
    curvature = np.diff(np.log([density(air, x) for x in h]), 2)
    assert np.max(np.abs(np.diff(curvature))) < 0.02 * np.max(np.abs(curvature))


def test_exponential_atmosphere_is_exact():
    air = exponential_atmosphere(1.225, 7200.0)
    for h in (-1e3, 0.0, 12345.0, 400e3):
        assert density(air, h) == pytest.approx(1.225 * np.exp(-h / 7200.0), rel=1e-11)
