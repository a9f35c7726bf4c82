"""Forces and disturbances of the flight, each against a closed solution."""

from typing import Any

import numpy as np
import pytest

from osea_rocket.core.earth import MU
from osea_rocket.core.numeric import table
from osea_rocket.trajectory.environment.atmosphere import exponential_atmosphere
from osea_rocket.trajectory.flight.autopilot import turbulence
from osea_rocket.trajectory.flight.case import Case, parameter_index
from osea_rocket.trajectory.flight.layout import GUIDANCE_NONE, KIND_CHUTE, H, M, P, Y
from osea_rocket.trajectory.flight.plant import C, Flight, Plant
from osea_rocket.validation.flight import BODY, ROUND, one_phase

STILL = ROUND._replace(rotation_rate=0.0, flattening=0.0)
RADIUS = STILL.equatorial_radius
THRUST, FLOW, ARM, MASS = 2e4, 6.7, BODY["center_of_mass"], 1500.0
ENGINE = {
    "thrust": table([0.0, 0.3, 0.7, 1.0], [0.0, 6e3, 14e3, THRUST]),
    "flow": table([0.0, 0.3, 0.7, 1.0], [0.0, 2.0, 4.7, FLOW]),
    "gain_p": 2.0,
    "gain_d": 2.5,
    "gain_i": 0.5,
}


def pushed(duration: float = 30.0, rates=(0.0, 0.0, 0.0), **numbers: Any) -> Case:
    """A body in orbit pushed by an engine at its tail."""
    given: dict[str, Any] = {
        "engines": 1.0,
        "ignites": 1.0,
        "gimbal_station": 0.0,
        "gimbal_limit": 0.08,
        "gimbal_rate": 0.3,
        "gimbal_lag": 0.04,
    }
    return one_phase(duration, mass=MASS, tables=ENGINE, rates=rates, **{**given, **numbers})  # fmt: skip


def flown(case: Case, **parameters: float) -> Flight:
    values = case.parameters.copy()
    for name, value in parameters.items():
        values[parameter_index(name.replace("__", "."))] = value
    flight = Flight(case, values)
    flight.advance()
    return flight


def test_gimbals_trim_a_misaligned_thrust_and_a_centre_of_mass_off_the_axis():
    """At rest the thrust's line goes through the centre of mass: the gimbal takes the misalignment back, and points at the
    offset, z / l."""
    assert flown(pushed(), stage0__thrust_angle_y=0.01).memory[M.gimbal_y] == pytest.approx(-0.01, abs=2e-4)
    assert flown(pushed(), stage0__mass_offset_z=0.05).memory[M.gimbal_y] == pytest.approx(-0.05 / ARM, abs=2e-4)
    assert flown(pushed(120.0), stage0__mass_offset_y=0.05).memory[M.gimbal_z] == pytest.approx(0.05 / ARM, abs=2e-4)


def test_an_engine_that_stops_takes_its_thrust_and_flow_along():
    flight = flown(pushed(30.0, engines=3.0), stage0__engine_out_time=10.0, stage0__engines_out=1.0)
    assert flight.memory[M.thrust] == pytest.approx(2 * THRUST)
    assert MASS - flight.state[Y.mass] == pytest.approx(FLOW * (3 * 10 + 2 * 20), abs=2 * FLOW * 0.01)


def test_jet_damping_slows_turning_as_its_differential_equation():
    """dw/dt = -(flow l^2 / I) w where the inertia stands (Thomson 1961, sec. 8.3)."""
    flight = flown(pushed(20.0, rates=(0.0, 0.02, 0.0), guidance=GUIDANCE_NONE, gimbal_limit=0.0))
    wanted = 0.02 * np.exp(-FLOW * ARM**2 / BODY["pitch_inertia"] * 20.0)
    assert flight.state[11] == pytest.approx(wanted, rel=1e-6)


def test_a_bending_mode_answers_a_gimbal_step_as_an_oscillator():
    """Static deflection F / (m w^2), first overshoot exp(-pi z / sqrt(1 - z^2)) after half a period."""
    frequency, damping, force = 2.0 * np.pi * 4.0, 0.01, 1.0 / 800.0
    case = pushed(
        10.0, bend_frequency=frequency, bend_damping=damping, bend_force=force, gimbal_lag=1e-6, gimbal_rate=1e3,
        start_ramp=0.0,
    )  # fmt: skip
    plant = Plant(case)
    plant.commands[C["gimbal_z"]] = 0.02
    shape = []
    for _ in range(400):
        plant.step(0.001)
        shape.append(plant.state[Y.bend])
    static = force * THRUST * np.sin(0.02) / frequency**2
    root = np.sqrt(1.0 - damping**2)
    assert np.argmax(shape[:200]) * 1e-3 == pytest.approx(np.pi / (frequency * root), abs=2e-3)
    assert max(shape) == pytest.approx(static * (1.0 + np.exp(-np.pi * damping / root)), rel=2e-3)


def test_a_gust_of_one_minus_cosine_is_met_where_it_blows():
    """Climbing through 10 m/s sideways: an angle of attack of atan(10 / speed) at the gust's peak, none beyond it."""
    case = one_phase(
        8.0, position=(RADIUS + 1e4, 0.0, 0.0), velocity=(200.0, 0.0, 0.0), earth=STILL, guidance=GUIDANCE_NONE, area=1e-3,
        atmosphere=exponential_atmosphere(1e-4, 1e9), tables={"axial": 1.0},
    ).with_parameters(gust_speed=10.0, gust_altitude=10_300.0, gust_length=400.0, gust_azimuth=np.pi / 2)  # fmt: skip
    flight, seen = Flight(case), []
    while flight.status == "flying":
        flight.advance(flight.time + 0.05)
        seen.append((flight.memory[M.altitude], flight.memory[M.alpha]))
    altitude, alpha = np.array(seen).T
    peak = int(np.argmax(alpha))
    assert altitude[peak] == pytest.approx(10_700.0, abs=20.0)
    speed = np.sqrt(200.0**2 - 2.0 * MU / RADIUS**2 * 700.0)  # slowed by gravity
    assert alpha[peak] == pytest.approx(np.arctan(10.0 / speed), rel=0.01)
    assert alpha[altitude > 11_110.0].max() < 1e-3


def test_turbulence_has_the_deviation_and_the_scale_length_of_dryden():
    """MIL-F-8785C: deviation sigma; along the flight the correlation falls to 1/e over 533 m (above 610 m)."""
    case = pushed().with_head(turbulence=2.0).with_parameters(turbulence=1.0)
    plant = Plant(case, seed=5)
    plant.memory[M.altitude], plant.memory[M.speed] = 5e3, 400.0
    gusts = np.empty((200_000, 3))
    for k in range(len(gusts)):
        turbulence(case.bank, case.parameters, plant.memory, 0.01)
        gusts[k] = plant.memory[M.gust_u : M.gust_u + 3]
    assert gusts.std(axis=0) == pytest.approx([2.0] * 3, rel=0.12)
    lag = round(533.4 / 400.0 / 0.01)
    assert np.corrcoef(gusts[lag:, 0], gusts[:-lag, 0])[0, 1] == pytest.approx(np.exp(-1.0), abs=0.12)
    plant.memory[M.altitude] = 40e3
    turbulence(case.bank, case.parameters, plant.memory, 0.01)
    assert not plant.memory[M.gust_u : M.gust_u + 3].any()
    assert case.bank[H.turbulence] == 2.0 and case.parameters[P.turbulence] == 1.0


def hanging(glide: float) -> Flight:
    """A body under an open canopy in even air until it flies steadily."""
    case = one_phase(
        90.0, position=(RADIUS + 5e3, 0.0, 0.0), velocity=(-10.0, 10.0, 0.0), earth=STILL, mass=500.0, kind=KIND_CHUTE,
        chute_area=40.0, chute_time=1.0, glide=glide, guidance=GUIDANCE_NONE, atmosphere=exponential_atmosphere(1.1, 1e9),
    )  # fmt: skip
    flight = Flight(case)
    flight.advance()
    return flight


def test_a_parachute_sinks_and_a_parafoil_glides_as_their_balance_of_forces():
    """Drag = m g sin(path) and path = atan(1 / glide): a parachute falls at sqrt(2 m g / (rho C_D A))."""
    g = MU / (RADIUS + 3e3) ** 2
    for glide, sine in ((0.0, 1.0), (3.0, 1.0 / np.sqrt(10.0))):
        v = hanging(glide).state[3:6]
        assert np.linalg.norm(v) == pytest.approx(np.sqrt(2 * 500.0 * g * sine / (1.1 * 40.0)), rel=3e-3)
        assert -v[0] / np.linalg.norm(v) == pytest.approx(sine, rel=3e-3)
