"""The propagation against closed solutions, and against equations of motion written a second time in other coordinates."""

import numpy as np
import pytest

from osea_rocket.core.earth import J2, MU, RADIUS, ROTATION_RATE, geodetic_from_ecef
from osea_rocket.core.errors import UndecidedError
from osea_rocket.core.numeric import table
from osea_rocket.trajectory.environment import us76
from osea_rocket.trajectory.environment.atmosphere import exponential_atmosphere
from osea_rocket.trajectory.environment.gravity import WGS84, Earth, geodetic_altitude
from osea_rocket.trajectory.motion import phase_model
from osea_rocket.trajectory.orbit import elements, state_from_elements
from osea_rocket.trajectory.propagate import propagate
from osea_rocket.trajectory.site import LaunchSite

SITE = LaunchSite(name="Test pad", latitude=np.radians(34.6), longitude=np.radians(-120.6), altitude=150.0)
MASS, THRUST, FLOW, EXIT_AREA, AREA = 560e3, 8.2e6, 2700.0, 8.0, 10.5
MACH = np.linspace(0.0, 10.0, 41)
DRAG = table(MACH, 0.25 + 0.35 * np.exp(-((MACH - 1.15) ** 2) / 0.15))
BURN = 150.0


def at_pad():
    return np.concatenate([SITE.position(), SITE.inertial_velocity(), [MASS]])


def steering(t):
    """A gentle turn from the vertical towards azimuth 100 degrees, frozen in inertial space, with some yaw in it."""
    east, north, up = SITE.east_north_up()
    along = np.sin(np.radians(100)) * east + np.cos(np.radians(100)) * north
    turn = np.radians(min(max(t - 10.0, 0.0) * 0.45, 63.0))
    yaw = 0.05 * np.sin(t / 30.0)
    axis = np.cos(turn) * up + np.sin(turn) * (np.cos(yaw) * along + np.sin(yaw) * np.cross(up, along))
    return axis / np.linalg.norm(axis)


def ascent(**options):
    model = phase_model(
        steady_thrust=THRUST,
        steady_mass_flow=FLOW,
        steady_exit_area=EXIT_AREA,
        drag_coefficient=DRAG,
        reference_area=AREA,
    )
    return propagate(model, at_pad(), 0.0, BURN, steering, lambda t: 1.0, breaks=(10.0,), **options)


def test_an_orbit_closes_without_j2():
    round_earth = Earth(MU, RADIUS, 0.0, ROTATION_RATE, 0.0)
    model = phase_model(earth=round_earth, atmosphere=exponential_atmosphere(1.225, 7200.0))
    r, v = state_from_elements(7.2e6, 0.05, 1.0, 2.0, 3.0, 0.5)
    period = 2 * np.pi * np.sqrt(7.2e6**3 / MU)
    flown = propagate(model, np.concatenate([r, v, [1e3]]), 0.0, period, lambda t: np.array([1.0, 0, 0]), lambda t: 0.0)
    assert flown.position[-1] == pytest.approx(r, abs=0.05)
    assert flown.velocity[-1] == pytest.approx(v, abs=5e-5)


def test_j2_turns_the_node_as_theory_says():
    """Secular drift of the node -1.5 n J2 (a/p)^2 cos i (Vallado, 4th ed., eq. 9-37) over ten orbits, to first order in J2."""
    a, e, i = 7.0e6, 0.001, np.radians(60.0)
    r, v = state_from_elements(a, e, i, 1.0, 0.0, 0.0)
    n = np.sqrt(MU / a**3)
    span = 10 * 2 * np.pi / n
    flown = propagate(
        phase_model(), np.concatenate([r, v, [1e3]]), 0.0, span, lambda t: np.array([1.0, 0, 0]), lambda t: 0.0
    )
    drift = elements(flown.position[-1], flown.velocity[-1]).ascending_node - 1.0
    assert drift == pytest.approx(-1.5 * n * J2 * (RADIUS / a) ** 2 * np.cos(i) * span, rel=0.01)


def test_ideal_velocity_is_tsiolkovskys():
    flown = ascent()
    assert flown.budget.ideal == pytest.approx(THRUST / FLOW * np.log(MASS / (MASS - FLOW * BURN)), rel=1e-10)
    assert flown.mass[-1] == pytest.approx(MASS - FLOW * BURN, abs=1e-6)


def test_the_speed_budget_closes_and_its_losses_are_what_they_should_be():
    budget = ascent().budget
    losses = budget.pressure + budget.steering + budget.drag + budget.gravity
    assert budget.ideal - losses == pytest.approx(budget.gain, abs=1e-6)
    assert abs(budget.closure) < 1e-6
    assert min(budget.pressure, budget.steering, budget.drag, budget.gravity) > 0
    assert budget.gravity < 9.81 * BURN
    halves = propagate_in_two()
    assert (halves[0].budget + halves[1].budget).drag == pytest.approx(
        budget.drag, abs=1e-3
    )  # m/s: steps divided otherwise, summed otherwise


def propagate_in_two():
    model = phase_model(
        steady_thrust=THRUST, steady_mass_flow=FLOW, steady_exit_area=EXIT_AREA, drag_coefficient=DRAG, reference_area=AREA
    )  # fmt: skip
    first = propagate(model, at_pad(), 0.0, 80.0, steering, lambda t: 1.0, breaks=(10.0,))
    return first, propagate(model, first.final_state, 80.0, BURN, steering, lambda t: 1.0)


def test_wanted_times_are_met_and_change_nothing():
    wanted = np.linspace(0.0, BURN, 31)
    flown, plain = ascent(times=wanted), ascent()
    assert set(wanted) <= set(flown.time.tolist())
    assert flown.final_state == pytest.approx(plain.final_state, abs=1e-9)
    assert np.all(np.diff(flown.time) > 0)
    assert np.all(np.diff(plain.time) > 0)


def test_an_event_ends_the_phase():
    flown = ascent(events={"30 km": lambda t, y: geodetic_altitude(WGS84, *y[:3]) - 30e3})
    assert flown.event == "30 km"
    assert flown.time[-1] < BURN
    assert geodetic_altitude(WGS84, *flown.position[-1]) == pytest.approx(30e3, abs=1e-3)
    assert abs(flown.budget.closure) < 1e-6


def test_a_hopeless_propagation_is_no_result():
    with pytest.raises(UndecidedError):
        propagate(phase_model(), at_pad(), 0.0, 10.0, lambda t: np.full(3, np.nan), lambda t: 1.0)


def second_opinion(t, y):
    """The same flight in spherical, Earth-fixed coordinates: radius, longitude, geocentric latitude, and the velocity over
    ground east, north, up; Coriolis and centrifugal terms instead of an inertial frame, gravity from the potential's partial
    derivatives, the exact standard atmosphere instead of its spline. Shares constants and steering, no equation."""
    r, lon, lat, east, north, up, mass = y
    s, c, omega = np.sin(lat), np.cos(lat), ROTATION_RATE
    _, _, altitude = geodetic_from_ecef(r * c * np.cos(lon), r * c * np.sin(lon), r * s)
    if altitude < 86e3:
        layer = us76.lower(np.array([altitude]))
        rho, ambient = layer.density[0], layer.pressure[0]
        sound = np.sqrt(1.4 * ambient / rho)
    else:
        whole = us76.profile()
        rho = np.exp(np.interp(altitude, whole.altitude, np.log(whole.density)))
        ambient, sound = np.exp(np.interp(altitude, whole.altitude, np.log(whole.pressure))), 274.1
    speed = np.sqrt(east**2 + north**2 + up**2)
    cd = 0.25 + 0.35 * np.exp(-((speed / sound - 1.15) ** 2) / 0.15)
    brake = 0.5 * rho * speed * cd * AREA / mass

    axis = steering(t)
    here = lon + omega * t  # the meridian in the inertial frame
    e = np.array([-np.sin(here), np.cos(here), 0.0])
    u = np.array([c * np.cos(here), c * np.sin(here), s])
    thrust = (THRUST - ambient * EXIT_AREA) / mass * np.array([axis @ e, axis @ np.cross(u, e), axis @ u])

    ratio = J2 * (RADIUS / r) ** 2
    gravity_up = -MU / r**2 * (1 - 1.5 * ratio * (3 * s**2 - 1))
    gravity_north = -3 * MU / r**2 * ratio * s * c
    return [
        up,
        east / (r * c),
        north / r,
        thrust[0] - brake * east + east * (north * s / c - up) / r + 2 * omega * (north * s - up * c),
        thrust[1] - brake * north - (east**2 * s / c + north * up) / r - 2 * omega * east * s
        + gravity_north - omega**2 * r * s * c,
        thrust[2] - brake * up + (east**2 + north**2) / r + 2 * omega * east * c + gravity_up + omega**2 * r * c**2,
        -FLOW,
    ]  # fmt: skip


def test_equations_written_twice_fly_the_same_ascent():
    from scipy.integrate import solve_ivp

    x, y, z = SITE.position()
    r, lon, lat = np.sqrt(x * x + y * y + z * z), np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))
    state = [r, lon, lat, 0.0, 0.0, 0.0, MASS]
    for span in ((0.0, 10.0), (10.0, BURN)):
        state = solve_ivp(second_opinion, span, state, method="RK45", rtol=1e-9, atol=1e-9).y[:, -1]
    r, lon, lat, *_ = state
    here = lon + ROTATION_RATE * BURN
    position = r * np.array([np.cos(lat) * np.cos(here), np.cos(lat) * np.sin(here), np.sin(lat)])
    e = np.array([-np.sin(here), np.cos(here), 0.0])
    u = position / r
    over_ground = state[3] * e + state[4] * np.cross(u, e) + state[5] * u
    velocity = over_ground + np.cross([0.0, 0.0, ROTATION_RATE], position)

    flown = ascent()
    assert geodetic_altitude(WGS84, *flown.position[-1]) > 60e3
    assert np.linalg.norm(over_ground) > 2000.0
    # what is left is the spline of the atmosphere, 0.04 % at the worst altitude: 3 cm and 0.2 mm/s
    assert np.linalg.norm(flown.position[-1] - position) < 0.1
    assert np.linalg.norm(flown.velocity[-1] - velocity) < 0.001
