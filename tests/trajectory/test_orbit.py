"""Elements there and back, and terminal conditions that vanish in the target orbit, and nowhere near it."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from osea_rocket.core.earth import MU, RADIUS
from osea_rocket.trajectory.orbit import elements, orbit_goal, state_from_elements, terminal_residuals

angle = st.floats(0.0, 6.28)


@given(st.floats(6.5e6, 5e7), st.floats(0.0, 0.9), st.floats(0.0, np.pi), angle, angle, angle)
def test_state_comes_back_from_its_elements(a, e, i, node, argument, anomaly):
    r, v = state_from_elements(a, e, i, node, argument, anomaly)
    again = elements(r, v)
    assert again.semi_major_axis == pytest.approx(a, rel=1e-9)
    assert again.eccentricity == pytest.approx(e, abs=1e-9)
    assert again.inclination == pytest.approx(i, abs=1e-7)
    r2, v2 = state_from_elements(*again[:6])
    assert np.allclose(r2, r, atol=1e-7 * a)
    assert np.allclose(v2, v, atol=1e-7 * np.linalg.norm(v))


def test_elements_of_a_published_state():
    """Vallado, Fundamentals of Astrodynamics, 4th ed., example 2-5, as printed there (km, km/s, mu = 398600.4418)."""
    el = elements(np.array([6524.834e3, 6862.875e3, 6448.296e3]), np.array([4.901327e3, 5.533756e3, -1.976341e3]))
    assert el.semi_major_axis == pytest.approx(36127.343e3, rel=1e-6)
    assert el.eccentricity == pytest.approx(0.832853, abs=1e-6)
    assert np.degrees(el.inclination) == pytest.approx(87.870, abs=1e-3)
    assert np.degrees(el.ascending_node) == pytest.approx(227.898, abs=1e-3)
    assert np.degrees(el.argument_of_perigee) == pytest.approx(53.38, abs=1e-2)
    assert np.degrees(el.true_anomaly) == pytest.approx(92.335, abs=1e-3)


def test_no_orbit_through_the_centre():
    with pytest.raises(ValueError, match="centre"):
        elements(np.array([7e6, 0, 0]), np.array([1e3, 0, 0]))


radius = st.floats(RADIUS + 150e3, RADIUS + 40e6)


@given(radius, radius, st.floats(0.0, np.pi), angle, angle, angle, st.sampled_from(["free", "node", "both", "perigee"]))
def test_residuals_vanish_in_the_target(r1, r2, i, node, argument, anomaly, given_angles):
    low, high = sorted([r1, r2])
    assume(high - low > 1e3)
    keys = {
        "free": {},
        "node": {"ascending_node": node},
        "both": {"ascending_node": node, "argument_of_perigee": argument},
        "perigee": {"argument_of_perigee": argument},
    }
    assume(given_angles != "perigee" or np.sin(i) > 1e-3)
    goal = orbit_goal(low, high, i, **keys[given_angles])
    r, v = state_from_elements((low + high) / 2, goal.eccentricity, i, node, argument, anomaly)
    residuals = np.array(terminal_residuals(goal, *r, *v))
    assert len(residuals) == {"free": 3, "node": 4, "both": 5, "perigee": 4}[given_angles] + (
        given_angles == "free" and np.sin(i) < 1e-9
    )
    assert np.max(np.abs(residuals)) < 1e-9 / min(1.0, goal.eccentricity)


@pytest.mark.parametrize("degrees", [0.0, 1.0, 28.5, 90.0, 97.4, 180.0])
@pytest.mark.parametrize("eccentricity", [0.0, 1e-3, 0.73])
@pytest.mark.parametrize("node", [None, 2.0])
def test_residuals_have_full_rank_and_good_condition(degrees, eccentricity, node):
    """Their gradients with respect to the state, scaled, are independent, for round and for equatorial targets too."""
    a, i = 7e6, np.radians(degrees)
    goal = orbit_goal(a * (1 - eccentricity), a * (1 + eccentricity), i, node)
    r, v = state_from_elements(a, eccentricity, i, 2.0, 0.7, 1.1)
    scale = np.array([a] * 3 + [np.sqrt(MU / a)] * 3)
    state = np.concatenate([r, v])
    columns = []
    for k in range(6):
        step = np.zeros(6)
        step[k] = 1e-6 * scale[k]
        up, down = terminal_residuals(goal, *(state + step)), terminal_residuals(goal, *(state - step))
        columns.append((np.array(up) - np.array(down)) / 2e-6)
    singular = np.linalg.svd(np.array(columns).T, compute_uv=False)
    assert singular[-1] > 0.05
    assert singular[0] < 10.0


def test_a_perigee_over_the_other_node_is_another():
    goal = orbit_goal(6563e3, 42164e3, 0.47, argument_of_perigee=np.pi)
    for argument, met in ((np.pi, True), (0.0, False), (np.pi + 0.1, False)):
        r, v = state_from_elements(0.5 * (6563e3 + 42164e3), goal.eccentricity, 0.47, 1.3, argument, 0.4)
        assert bool(np.max(np.abs(terminal_residuals(goal, *r, *v))) < 1e-9) is met


def test_residuals_tell_a_retrograde_plane_from_the_target():
    goal = orbit_goal(7e6, 8e6, 0.5, 1.0)
    r, v = state_from_elements(7.5e6, goal.eccentricity, np.pi - 0.5, 1.0 + np.pi, 0.3, 0.2)
    assert max(np.abs(terminal_residuals(goal, *r, *v))) > 1.0


def test_contradictory_goals_are_refused():
    with pytest.raises(ValueError, match="apogee"):
        orbit_goal(8e6, 7e6, 0.5)
    with pytest.raises(ValueError, match="perigee needs"):
        orbit_goal(7e6, 8e6, 0.0, argument_of_perigee=1.0)
