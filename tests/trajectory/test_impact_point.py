"""The vacuum impact point: against integration, against the ballistic missile's closed form, and in the optimizer."""

import numpy as np
import pytest

from osea_rocket.core.earth import MU, ecef_from_geodetic
from osea_rocket.core.errors import InputError
from osea_rocket.trajectory.dispersion.impacts import air_impacts
from osea_rocket.trajectory.environment.gravity import WGS84, Earth
from osea_rocket.trajectory.environment.wind import wind_profile
from osea_rocket.trajectory.range_safety.corridor import (
    MEAN_RADIUS,
    azimuth_pole,
    convex_edges,
    convex_hull_edges,
    depth_inside,
    direction_of,
    impact_cross_range,
    impact_depth_inside,
    impact_distance_from,
    signed_distance,
)
from osea_rocket.trajectory.range_safety.fall import fall, inertial_from_earth_fixed
from osea_rocket.trajectory.range_safety.geodesy import distance_and_azimuth
from osea_rocket.trajectory.range_safety.impact_point import (
    geodetic_of_surface_point,
    vacuum_impact_coordinates,
    vacuum_impact_point,
)

POINT_MASS = WGS84._replace(j2=0.0)
ROUND = Earth(MU, 6371e3, 0.0, 0.0, 0.0)


def state(latitude, longitude, altitude, speed, climb, azimuth, time=0.0):
    """Inertial state of a speed over the ground [m/s] at a climb angle and azimuth (all angles degrees)."""
    la, lo, g, a = np.radians([latitude, longitude, climb, azimuth])
    up = np.array([np.cos(la) * np.cos(lo), np.cos(la) * np.sin(lo), np.sin(la)])
    east = np.array([-np.sin(lo), np.cos(lo), 0.0])
    level = np.sin(a) * east + np.cos(a) * np.cross(up, east)
    r = np.array(ecef_from_geodetic(la, lo, altitude))
    r, v = inertial_from_earth_fixed(time, r, speed * (np.sin(g) * up + np.cos(g) * level))
    return [*r.tolist(), *v.tolist()]


CASES = [
    # latitude, longitude, altitude, speed, climb, azimuth, time
    (28.5, -80.6, 50.0, 30.0, 89.0, 90.0, 5.0),
    (28.5, -80.6, 12e3, 450.0, 65.0, 95.0, 70.0),
    (28.5, -80.6, 70e3, 2400.0, 30.0, 60.0, 160.0),
    (-34.0, 170.0, 140e3, 5200.0, 8.0, 120.0, 350.0),
    (62.0, 15.0, 190e3, 7000.0, 0.0, 350.0, 480.0),
    (0.0, 179.9, 100e3, 3000.0, 45.0, 90.0, 200.0),
    (-85.0, 0.0, 90e3, 3500.0, 20.0, 180.0, 250.0),
    (28.5, -80.6, 80e3, 1500.0, -30.0, 90.0, 300.0),
    (10.0, 50.0, 300e3, 2000.0, 90.0, 0.0, 100.0),
]


@pytest.mark.parametrize("case", CASES)
def test_against_integration_of_the_same_forces(case):
    time, s = case[6], state(*case)
    flown = fall(time, np.array(s[:3]), np.array(s[3:]), ballistic_coefficient=None, earth=POINT_MASS, tolerance=1e-12)
    assert flown is not None
    point = vacuum_impact_point(WGS84, time, *s)
    assert point.clearance < 0.0
    assert point.time_to_impact == pytest.approx(flown.time - time, abs=1e-5)
    latitude, longitude = vacuum_impact_coordinates(WGS84, time, *s)
    apart, _ = distance_and_azimuth(latitude, longitude, flown.latitude, flown.longitude)
    assert apart < 0.01  # m


def free_flight_range(q, climb):
    """cos(Ψ/2) of the range angle between points of equal radius: Bate, Mueller & White (1971), sec. 6.2, Q = v²r/μ."""
    c2 = np.cos(climb) ** 2
    return 2 * np.arccos((1 - q * c2) / np.sqrt(1 + q * (q - 2) * c2))


@pytest.mark.parametrize(("q", "climb"), [(0.3, 45.0), (0.6, 30.0), (0.8, 60.0), (0.95, 20.0)])
def test_free_flight_range_of_the_ballistic_missile(q, climb):
    speed = np.sqrt(q * MU / ROUND.equatorial_radius)
    g = np.radians(climb)
    s = (ROUND.equatorial_radius + 1e-6, 0.0, 0.0, speed * np.sin(g), speed * np.cos(g), 0.0)
    _, longitude = vacuum_impact_coordinates(ROUND, 0.0, *s)
    assert longitude % (2 * np.pi) == pytest.approx(free_flight_range(q, g), abs=1e-8)


@pytest.mark.parametrize("range_angle", [20.0, 60.0, 100.0])
def test_least_energy_for_a_range(range_angle):
    """v² = (μ/R) 2 sin(Λ/2)/(1 + sin(Λ/2)) at a climb of 45° - Λ/4 just reaches Λ (same, sec. 6.2); other climbs do not."""
    wanted = np.radians(range_angle)
    half = np.sin(wanted / 2)
    speed = np.sqrt(MU / ROUND.equatorial_radius * 2 * half / (1 + half))

    def reached(climb):
        s = (ROUND.equatorial_radius + 1e-6, 0.0, 0.0, speed * np.sin(climb), speed * np.cos(climb), 0.0)
        return vacuum_impact_coordinates(ROUND, 0.0, *s)[1]

    best = np.pi / 4 - wanted / 4
    assert reached(best) == pytest.approx(wanted, abs=1e-7)
    assert reached(best + 0.05) < wanted > reached(best - 0.05)


def test_a_lateral_shift_of_cutoff_gives_no_miss_a_quarter_turn_away():
    """cos δC = sin²Ψ + cos²Ψ cos δχ: Siouris, *Missile Guidance and Control Systems* (2004), eq. 6.116a."""
    q, g, shift = 0.9, np.radians(35.0), np.radians(1.0)
    speed, r = np.sqrt(q * MU / ROUND.equatorial_radius), ROUND.equatorial_radius + 1e-6
    psi = free_flight_range(q, g)
    ends = []
    for a in (0.0, shift):
        up = np.array([np.cos(a), 0.0, np.sin(a)])
        s = (*(r * up), *(speed * (np.sin(g) * up + np.cos(g) * np.array([0.0, 1.0, 0.0]))))
        p = vacuum_impact_point(ROUND, 0.0, *(float(v) for v in s))
        ends.append(np.array(p[:3]) / np.linalg.norm(p[:3]))
    assert ends[0] @ ends[1] == pytest.approx(np.sin(psi) ** 2 + np.cos(psi) ** 2 * np.cos(shift), abs=1e-9)


def test_the_turning_earth_moves_the_impact_west():
    up = state(0.0, 0.0, 300e3, 2000.0, 90.0, 0.0)
    _, longitude = vacuum_impact_coordinates(WGS84, 0.0, *up)
    assert -0.1 < longitude < -0.001


def test_an_orbit_has_no_impact_point_and_says_so():
    clear = vacuum_impact_point(WGS84, 0.0, 6.6e6, 0.0, 0.0, 0.0, 7800.0, 0.0)
    assert clear.clearance > 1e5
    assert np.all(np.isfinite(clear))
    fast = vacuum_impact_point(WGS84, 0.0, 6.6e6, 0.0, 0.0, 0.0, 12e3, 0.0)
    assert fast.clearance > 1e5 and np.all(np.isfinite(fast))


def test_drag_shortens_the_fall_and_a_wind_carries_it():
    s = np.array(state(28.5, -80.6, 60e3, 1800.0, 30.0, 90.0))
    reach = {}
    for name, options in {
        "vacuum": {"ballistic_coefficient": None},
        "heavy": {"ballistic_coefficient": 20e3},
        "light": {"ballistic_coefficient": 100.0},
        "blown": {"ballistic_coefficient": 100.0, "wind": wind_profile([0.0, 30e3], [25.0, 25.0], [0.0, 0.0])},
    }.items():
        impact = fall(0.0, s[:3], s[3:], **options)
        assert impact is not None
        reach[name], _ = distance_and_azimuth(np.radians(28.5), np.radians(-80.6), impact.latitude, impact.longitude)
        if name in ("light", "blown"):
            # at the ground it falls at its terminal speed: β g = ρ v²/2, and drifts with the wind
            down = impact.speed * np.sin(impact.angle)
            assert down == pytest.approx(np.sqrt(2 * 100.0 * 9.79 / 1.225), rel=0.01)
            drift = impact.speed * np.cos(impact.angle)
            assert drift == pytest.approx(25.0 if name == "blown" else 0.0, abs=1.0)
    assert reach["light"] < reach["heavy"] < reach["vacuum"]
    assert 4e3 < reach["blown"] - reach["light"] < 20e3


def test_what_stays_up_is_no_impact():
    assert fall(0.0, np.array([6.7e6, 0.0, 0.0]), np.array([0.0, 7720.0, 0.0]), ballistic_coefficient=None) is None


# ---- as constraints ----

SQUARE = (np.radians([28.0, 28.0, 30.0, 30.0]), np.radians([-78.0, -76.0, -76.0, -78.0]))


def test_smooth_distance_is_near_and_never_above_the_true_one():
    edges = convex_edges(*SQUARE)
    rounding = np.log(4) / 1e-3
    for latitude, longitude, true in ((29.0, -80.0, 2 * 111.32e3 * np.cos(np.radians(29.0))), (27.0, -77.0, 110.9e3)):
        found = signed_distance(edges, *direction_of(np.radians(latitude), np.radians(longitude)).tolist())
        assert true * 0.985 - rounding < found < true * 1.003
    inside = direction_of(np.radians(29.0), np.radians(-77.5)).tolist()
    assert (
        signed_distance(edges, *inside) < 0 < depth_inside(edges, *inside) < 1.003 * 55.66e3 * np.cos(np.radians(29.0))
    )
    assert depth_inside(edges, *direction_of(0.0, 0.0).tolist()) < -1e6


def test_the_way_round_does_not_matter_and_a_dent_is_refused_or_filled():
    reversed_square = SQUARE[0][::-1], SQUARE[1][::-1]
    p = direction_of(np.radians(29.0), np.radians(-80.0)).tolist()
    assert signed_distance(convex_edges(*reversed_square), *p) == pytest.approx(
        signed_distance(convex_edges(*SQUARE), *p)
    )
    dented = (np.radians([28.0, 29.0, 28.0, 30.0, 30.0]), np.radians([-78.0, -77.0, -76.0, -76.0, -78.0]))
    with pytest.raises(InputError, match="not convex"):
        convex_edges(*dented)
    assert len(convex_hull_edges(*dented).normals) == 4
    with pytest.raises(InputError, match="three corners"):
        convex_edges([0.0, 1.0], [0.0, 1.0])


def test_constraints_are_differentiable_and_equal_in_casadi():
    import casadi as ca

    ca.GlobalOptions.setNumpyMode(-1)
    edges, pole = convex_edges(*SQUARE), azimuth_pole(np.radians(28.5), np.radians(-80.6), np.radians(90.0))
    s = ca.SX.sym("s", 6)
    parts = ca.vertsplit(s)
    outputs = ca.vertcat(
        impact_distance_from(edges, WGS84, 160.0, *parts), impact_depth_inside(edges, WGS84, 160.0, *parts),
        impact_cross_range(pole, WGS84, 160.0, *parts),
    )  # fmt: skip
    value, slope = ca.Function("f", [s], [outputs]), ca.Function("g", [s], [ca.jacobian(outputs, s)])
    for case in (CASES[2], CASES[1], CASES[0]):
        at = state(*case[:6], 160.0)
        expected = [
            impact_distance_from(edges, WGS84, 160.0, *at), impact_depth_inside(edges, WGS84, 160.0, *at),
            impact_cross_range(pole, WGS84, 160.0, *at),
        ]  # fmt: skip
        assert np.array(value(at)).ravel() == pytest.approx(expected, rel=1e-9, abs=1e-6)
        found = np.array(slope(at))
        assert np.all(np.isfinite(found))
        for k, step in ((0, 1.0), (4, 1e-3)):
            up, down = (np.array(at) + sign * step * np.eye(6)[k] for sign in (1, -1))
            numeric = (np.array(value(up)) - np.array(value(down))).ravel() / (2 * step)
            assert found[:, k] == pytest.approx(numeric, rel=2e-3, abs=1e-4 * np.max(np.abs(found)))
    orbit = [6.6e6, 0.0, 0.0, 0.0, 7800.0, 0.0]
    assert np.all(np.isfinite(np.array(slope(orbit))))


def test_numba_runs_the_same_equations():
    from osea_rocket.core.compiled import compiled

    edges = convex_edges(*SQUARE)
    at = state(*CASES[2])
    assert compiled(impact_distance_from)(edges, WGS84, 160.0, *at) == pytest.approx(
        impact_distance_from(edges, WGS84, 160.0, *at), rel=1e-10
    )


def test_cross_range_is_positive_to_the_right():
    pole = azimuth_pole(np.radians(28.5), np.radians(-80.6), np.radians(90.0))
    south, north = (state(28.5, -80.6, 70e3, 2400.0, 30.0, azimuth, 160.0) for azimuth in (95.0, 85.0))
    assert impact_cross_range(pole, WGS84, 160.0, *south) > 0 > impact_cross_range(pole, WGS84, 160.0, *north)


def test_surface_points_have_their_geodetic_latitude():
    x, y, z = ecef_from_geodetic(0.7, -2.0, 0.0)
    assert geodetic_of_surface_point(WGS84, x, y, z) == pytest.approx((0.7, -2.0), abs=1e-12)
    assert pytest.approx((2 * 6378137.0 + 6356752.314) / 3, abs=0.1) == MEAN_RADIUS


@pytest.mark.parametrize("coefficient", [80.0, 600.0])
def test_falls_of_many_bodies_end_where_one_by_one_they_do(coefficient):
    """Compiled falls through the air beside the adaptive integrator of `range_safety.fall`."""
    state = np.array([160.0, 6.44e6, 4e4, 2e4, 900.0, 2300.0, 100.0])
    wanted = fall(160.0, state[1:4], state[4:7], ballistic_coefficient=coefficient)
    orbit = np.array([0.0, 6.778e6, 0.0, 0.0, 0.0, 7700.0, 0.0])
    found = air_impacts(np.array([state, orbit, np.full(7, np.nan)]), np.full(3, coefficient))
    assert wanted is not None
    assert np.abs(found[0] - [wanted.latitude, wanted.longitude]).max() * 6.378e6 < 5.0
    assert np.isnan(found[1:]).all()
