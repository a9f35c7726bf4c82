"""Gravity against its potential and against normal gravity; geodetic altitude against the closed inverse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.earth import ecef_from_geodetic, geodetic_from_ecef
from osea_rocket.trajectory.environment.gravity import WGS84, Earth, geodetic_altitude, gravitational_potential, gravity

direction = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda d: sum(x * x for x in d) > 0.01)


@given(direction, st.floats(6.3e6, 5e7))
def test_gravity_is_the_gradient_of_the_potential(d, radius):
    r = np.array(d) / np.linalg.norm(d) * radius
    g = np.array(gravity(WGS84, *r))
    step = 100.0
    for i in range(3):
        up, down = r.copy(), r.copy()
        up[i] += step
        down[i] -= step
        slope = (gravitational_potential(WGS84, *up) - gravitational_potential(WGS84, *down)) / (2 * step)
        assert g[i] == pytest.approx(slope, abs=2e-8 * float(np.linalg.norm(g)) + 1e-9)


def test_normal_gravity_at_equator_and_pole():
    """Somigliana's normal gravity of WGS-84 (NIMA TR8350.2, table 3.4), whose J4 and higher terms are left out here:
    (15/8) J4 · 9.8 = 4e-5 m/s^2 at the equator, 5 J4 · 9.8 = 1.2e-4 at the pole, with J4 = -2.37e-6 (table 5.1)."""
    a, b = WGS84.equatorial_radius, WGS84.equatorial_radius * (1 - WGS84.flattening)
    equator = -gravity(WGS84, a, 0.0, 0.0)[0] - WGS84.rotation_rate**2 * a
    pole = -gravity(WGS84, 0.0, 0.0, b)[2]
    assert equator == pytest.approx(9.7803253359, abs=6e-5)
    assert pole == pytest.approx(9.8321849378, abs=1.3e-4)


def test_round_planet_is_central():
    earth = Earth(3.986012e14, 6378145.0, 0.0, 7.29211585e-5, 0.0)
    g = np.array(gravity(earth, 3e6, -4e6, 5e6))
    r = np.array([3e6, -4e6, 5e6])
    assert np.allclose(g, -3.986012e14 * r / np.linalg.norm(r) ** 3, rtol=1e-15)
    assert geodetic_altitude(earth, *r) == pytest.approx(np.linalg.norm(r) - 6378145.0, abs=1e-6)


@given(st.floats(-np.pi / 2, np.pi / 2), st.floats(-np.pi, np.pi), st.floats(-10e3, 2000e3))
def test_altitude_inverts_the_closed_formula(latitude, longitude, altitude):
    position = ecef_from_geodetic(latitude, longitude, altitude)
    assert geodetic_altitude(WGS84, *position) == pytest.approx(altitude, abs=1e-4)


@pytest.mark.parametrize("latitude", [0.0, 1e-9, 0.7, np.pi / 2 - 1e-9, np.pi / 2, -np.pi / 2])
@pytest.mark.parametrize("altitude", [0.0, 400e3, 1000e3])
def test_altitude_at_equator_and_poles(latitude, altitude):
    position = ecef_from_geodetic(latitude, 0.3, altitude)
    assert geodetic_altitude(WGS84, *position) == pytest.approx(altitude, abs=2e-7)
    assert geodetic_altitude(WGS84, *position) == pytest.approx(geodetic_from_ecef(*position)[2], abs=2e-7)


def test_altitude_far_out_keeps_a_small_error():
    for latitude in np.radians([0, 30, 45, 60, 90]):
        position = ecef_from_geodetic(latitude, 1.0, 35786e3)
        assert geodetic_altitude(WGS84, *position) == pytest.approx(35786e3, abs=0.01)


def test_altitude_has_finite_derivatives_on_the_axis():
    import casadi as ca

    ca.GlobalOptions.setNumpyMode(1)

    r = ca.SX.sym("r", 3)
    h = geodetic_altitude(WGS84, r[0], r[1], r[2])
    curvature, slope = ca.hessian(h, r)
    f = ca.Function("f", [r], [slope, curvature])
    slope, curvature = (np.array(x) for x in f([0.0, 0.0, 6.4e6]))
    assert np.allclose(slope.ravel(), [0, 0, 1], atol=1e-6)
    assert np.all(np.isfinite(curvature))
