"""Powered landings flown with six degrees of freedom under their own guidance, noise and dispersions.

`benchmarks/landing_flights.py` flies a thousand; held here: a few land, ends are judged by the limits of the legs alone, and
what the guidance learns is what it measures.
"""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.earth import geodetic_from_ecef
from osea_rocket.recovery.descent_aim import across, height_over_ground
from osea_rocket.recovery.descent_burn import gate, percussion
from osea_rocket.recovery.descent_case import FALL, center_of_mass, pad_frame, pendulum_table, pitch_inertia
from osea_rocket.recovery.descent_document import LandingStudy
from osea_rocket.recovery.descent_flight import BESIDE, LANDED, LOG, PERIOD, ask, design_landing, draws, fly_landing
from osea_rocket.recovery.descent_lean import Command
from osea_rocket.recovery.descent_reach import Knowledge, Reach
from osea_rocket.recovery.guidance.native import library
from osea_rocket.recovery.landing_outlook import outlook
from osea_rocket.trajectory.flight.case import parameter_index
from osea_rocket.trajectory.flight.layout import M

STUDY = Path(__file__).resolve().parents[2] / "examples" / "landing" / "study.yaml"
compiled = pytest.mark.skipif(library() is None, reason="no C compiler: numba alone would take long")


@pytest.fixture(scope="module")
def study():
    return load_document(LandingStudy, STUDY)


@pytest.fixture(scope="module")
def design(study):
    return design_landing(study)


@pytest.fixture(scope="module")
def nominal(design):
    log = []
    return fly_landing(design, 0, log), log


@compiled
def test_the_nominal_flight_lands_within_the_legs_limits(study, nominal):
    end, log = nominal
    limits, rows = study.booster.legs.limits, np.array(log)
    assert end.verdict == LANDED and end.propellant > 500.0
    assert end.position <= limits.position and end.tilt <= limits.tilt
    assert 0.0 < end.vertical_speed <= limits.vertical_speed and end.lateral_speed <= limits.lateral_speed
    assert 0.02 < end.stroke < study.booster.legs.stroke  # it stood on its legs
    assert abs(rows[-1, LOG.index("vz")]) < 0.05  # and stands still


@compiled
@pytest.mark.parametrize("seed", [1, 2])
def test_dispersed_flights_land(design, seed):
    assert fly_landing(design, seed).verdict == LANDED


@compiled
def test_want_of_propellant_is_named_with_the_shortfall(study):
    light = study.evolve(entry=study.entry.evolve(mass=study.entry.mass - 5000.0))
    made, log = design_landing(light), []
    end = fly_landing(made, 0, log)
    assert end.verdict == "out of propellant"
    look = outlook(made, log)
    assert look is not None and look.outcome != "lands" and look.shortfall > 100.0


@compiled
def test_a_pad_out_of_reach_is_left_for_the_nearest_place_and_is_no_landing(study):
    """It stands, as softly as on the pad, on the place that it was told: seed 0 of the study, and a draw just out of reach."""
    aside, limits = load_document(LandingStudy, STUDY.with_name("out_of_reach.yaml")), study.booster.legs.limits
    near = aside.evolve(entry=aside.entry.evolve(left=2.8e3))
    for made, seed in ((aside, 0), (near, 302)):
        end = fly_landing(design_landing(made), seed)
        assert end.verdict == BESIDE and not end.landed
        assert end.vertical_speed < 0.5 * limits.vertical_speed and end.propellant > 500.0
        assert end.position > 3.0 * limits.position and end.aside > 3.0 * limits.position
        assert np.hypot(end.x - end.aim_x, end.y - end.aim_y) < 0.5 * limits.position


def test_the_ground_beside_the_pad_lies_below_its_level():
    """As the flight has it, which asks the ellipsoid: 4 km off 1.26 m."""
    assert height_over_ground(np.array([0.0, 0.0, 7.0])) == 7.0
    frame = pad_frame(load_document(LandingStudy, STUDY))
    for x, y in ((4e3, 0.0), (0.0, -4e3), (-2e3, 1e3)):
        place = frame.origin + np.array([x, y, 50.0]) @ frame.axes
        over = geodetic_from_ecef(*place)[2] - geodetic_from_ecef(*frame.origin)[2]
        assert height_over_ground(np.array([x, y, 50.0])) == pytest.approx(over, abs=0.02)


def test_a_lean_carries_across_no_further_than_a_body_that_is_flown_so(study, design):
    """The reach across against the same push flown step by step, first one way, then the other; hardly any in thick air."""
    reach, know, b = Reach(study, design.frame, design.air), Knowledge(30e3), study.booster
    position, velocity = np.array([0.0, 0.0, 900.0]), np.array([0.0, 0.0, -130.0])
    found = across(reach, know, position, velocity, 0.7, 45.0, np.radians(20.0))
    end, mass, time = reach.landing_burn(know, position, velocity, 30e3, 0.7, 45.0, 0.0)
    leans = np.linspace(0.0, reach.gimballed_lift(30e3)[0], 60)

    def flown(turned_at, step=0.02):
        place = aside = 0.0
        for t in np.arange(0.5 * step, time, step):
            s = t / time
            v, m = 130.0 + s * (45.0 - 130.0), 30e3 + s * (mass - 30e3)
            z = 900.0 - (900.0 - end[2]) * (t * 130.0 - 0.5 * t * s * (130.0 - 45.0)) / (0.5 * time * (130.0 + 45.0))
            push = (0.7 * b.engine.thrust_vacuum - reach.back_pressure(z)) / m
            air, (slope, growth) = reach.dynamic_pressure(z, v) * b.area / m, reach.lift(z, v, m)
            lean = min(
                leans[np.argmax(push * leans - air * (slope + growth * leans) * leans)],
                0.8 * (push - air * slope) / (2.0 * air * growth),
            )
            a = push * lean - air * (slope + growth * lean) * lean
            aside += step * ((a if t < turned_at else -a) - aside * (push + air * reach.axial(z, v)) / v)
            place += step * aside
        return place, aside

    low, high = 0.0, time
    for _ in range(12):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if flown(middle)[1] > 0.0 else (middle, high)
    assert found.reach == pytest.approx(flown(high)[0], rel=0.05)
    assert 10.0 < found.reach < 100.0 and found.off < 5.0
    assert np.hypot(*found.nearest()) == 0.0  # the pad itself is in reach
    far = replace(found, end=np.array([300.0, -400.0]))
    assert np.hypot(*far.nearest()) == pytest.approx(500.0 - 0.5 * found.reach)
    thick = across(reach, replace(know, thickness=40.0), position, velocity, 0.7, 45.0, np.radians(20.0))
    assert thick.reach < 0.1 * found.reach
    wider = across(reach, know, np.array([0.0, 0.0, 1800.0]), np.array([0.0, 0.0, -190.0]), 0.7, 45.0, np.radians(20.0))
    assert wider.reach > found.reach


@compiled
def test_an_engine_that_cannot_hover_has_a_window(design, nominal):
    look = outlook(design, nominal[1])
    assert look is not None and look.outcome == "lands" and look.shortfall == 0.0
    assert not look.window.hovers and look.window.thrust_to_weight > 1.0
    assert look.window.earliest < 0.0 < look.window.latest  # the flown ignition lies inside


def test_the_gate_is_where_an_even_deceleration_begins(study, design):
    g, rules = gate(study, design.air), study.guidance
    slowing = (g.sink - rules.touchdown_speed) / rules.terminal_time
    assert g.sink**2 - rules.touchdown_speed**2 == pytest.approx(2.0 * slowing * g.height)
    b = study.booster
    thrust = (rules.terminal_throttle * b.engine.thrust_vacuum - 101325.0 * b.engine.exit_area) * b.landing_engines
    assert thrust / b.dry_mass - 9.80665 == pytest.approx(slowing, rel=2e-3)


def test_a_sideways_force_at_the_gimbals_leaves_the_centre_of_percussion(study):
    b, mass = study.booster, 27e3
    arm, force = center_of_mass(b, mass) - b.gimbal_station, 1e4
    turning = force * arm / pitch_inertia(b, mass)
    assert force / mass - turning * percussion(b, mass) == pytest.approx(0.0, abs=1e-12)


def test_a_fall_is_the_same_in_prediction_and_in_two_parts(study, design):
    reach, know = Reach(study, design.frame, design.air), Knowledge(33e3)
    position, velocity = np.array([-5e3, 30.0, 20e3]), np.array([300.0, -2.0, -800.0])
    whole, speed, _, time = reach.fall(know, position, velocity, ground=3e3, burns_to=None)
    middle, on, _, first = reach.fall(know, position, velocity, ground=9e3, burns_to=None)
    end, last, _, second = reach.fall(know, middle, on, ground=3e3, burns_to=None)
    assert end == pytest.approx(whole, abs=0.5) and last == pytest.approx(speed, abs=0.1)
    assert first + second == pytest.approx(time, abs=0.01)


def test_a_fall_through_wind_is_the_one_through_still_air_seen_from_the_air(study, design):
    reach, wind = Reach(study, design.frame, design.air), (9.0, -4.0)
    position, velocity = np.array([200.0, 30.0, 5e3]), np.array([20.0, -2.0, -300.0])
    over = velocity + np.array([*wind, 0.0])
    blown, speed, _, time = reach.fall(Knowledge(30e3, wind=wind), position, over, ground=1e3, burns_to=None)
    calm, seen, _, same = reach.fall(Knowledge(30e3), position, velocity, ground=1e3, burns_to=None)
    assert time == pytest.approx(same, abs=1e-2)
    assert blown[:2] - time * np.array(wind) == pytest.approx(calm[:2], abs=0.5)
    assert speed[:2] - np.array(wind) == pytest.approx(seen[:2], abs=0.1)


def test_the_wind_is_found_from_a_fall(study, design):
    """Of a body that falls along its motion through the air, whose navigation has noise."""
    reach, truth = Reach(study, design.frame, design.air), Knowledge(30e3, wind=(7.0, -5.0))
    know, draw = Knowledge(30e3), np.random.default_rng(3)
    position, velocity, period = np.array([0.0, 0.0, 9e3]), np.array([60.0, 0.0, -500.0]), 0.04
    seen = velocity
    for _ in range(400):
        through = reach.through_air(truth, position[2], velocity)
        low = position[2] + period * velocity[2]
        place, after, _, spent = reach.fall(truth, position, velocity, ground=low, burns_to=None)
        position, velocity, before = place, after, seen
        seen = velocity + 0.02 * draw.standard_normal(3)
        reach.learn_wind(know, position, seen, before, -through / np.linalg.norm(through), spent)
    assert know.wind == pytest.approx((7.0, -5.0), abs=0.7)
    assert know.wind_height == position[2]
    aloft, low = reach.wind(know, 20e3), reach.wind(know, 0.5 * know.wind_height)
    assert aloft == know.wind and low[0] == pytest.approx(know.wind[0] * 0.5 ** (1.0 / 7.0))


def test_beyond_what_the_fins_trim_the_gimbals_add_to_the_airs_force(study, design):
    reach, b = Reach(study, design.frame, design.air), study.booster
    angle, at_none, slope, growth = reach.gimballed_lift(28e3)
    kept, grows = reach.lift(0.0, 100.0, 28e3)
    kept += reach.axial(0.0, 100.0)
    assert at_none + slope * angle + growth * angle**2 == pytest.approx(kept * angle + grows * angle**2)
    # at that angle the fins stand at their limit against what the body's force turns
    arm = 0.5 * b.length - center_of_mass(b, 28e3), b.fins.station - center_of_mass(b, 28e3)
    body = 2.0 * angle + growth / (1.0 + arm[0] / (center_of_mass(b, 28e3) - b.gimbal_station)) * angle**2
    assert body * arm[0] == pytest.approx(b.fins.slope * (b.fins.limit - angle) * arm[1])
    assert slope + 2.0 * growth * angle > 2.0 * (kept + 2.0 * grows * angle)


def test_what_is_learnt_tends_to_what_is_measured():
    know = Knowledge(30e3)
    for _ in range(400):
        know.learn_strength(20.0, 20.4, 0.04)
    assert know.strength == pytest.approx(1.02, abs=1e-3)
    know.learn_thickness(10.0, 1e6, 100.0)
    assert know.thickness <= 1.4  # a broken sensor is not believed


def test_phases_come_in_their_order(nominal):
    phases = np.array(nominal[1])[:, LOG.index("phase")]
    assert np.all(np.diff(phases) >= 0.0) and FALL in phases


def test_a_steady_wind_blows_stronger_aloft_and_leaves_the_other_draws_alone(study, design):
    windy = replace(design, study=study.evolve(dispersion=study.dispersion.evolve(wind=4.0)))
    _, _, calm = draws(design, 5)
    position, _, blown = draws(windy, 5)
    ground, aloft = (blown[parameter_index(f"wind_east[{k}]")] for k in (0, 24))
    assert ground != 0.0 and aloft == pytest.approx(4.0 * ground)
    assert blown[parameter_index("wind_north[60]")] == pytest.approx(4.0 * blown[parameter_index("wind_north[0]")])
    same = [i for i in range(len(calm)) if calm[i] == blown[i]]
    assert len(calm) - len(same) == 2 * 61
    assert position == pytest.approx(draws(design, 5)[0])
    spread = [draws(windy, seed)[2][parameter_index("wind_east[0]")] for seed in range(1, 400)]
    assert np.std(spread) == pytest.approx(4.0, rel=0.15)


def test_what_is_left_sloshes_where_its_density_is_given(study):
    booster = study.booster
    assert pendulum_table(booster, 38.5e3) is None
    packed = pendulum_table(booster.evolve(propellant_density=1140.0), 38.5e3)
    assert packed is not None
    rows = packed[3:].reshape(-1, 6)
    left = np.linspace(booster.dry_mass, 1.05 * 38.5e3, len(rows)) - booster.dry_mass
    assert np.all(rows[1:, 0] < left[1:]) and np.all(np.diff(rows[:, 0]) > 0.0) and np.all(rows[:, 3:] == 0.0)
    radius = booster.diameter / 2.0
    depth = left[-1] / (1140.0 * np.pi * radius**2)
    assert rows[-1, 1] == pytest.approx(radius / (1.8412 * np.tanh(1.8412 * depth / radius)), rel=1e-4)


def test_thrust_follows_a_changed_throttle_with_its_lag(design):
    flight: Any = SimpleNamespace(memory=np.zeros(400), time=1.0)
    command = Command(np.array([0.0, 0.0, 1.0]), 0.8)
    flight.memory[M.throttle] = 0.5
    ask(design.frame, flight, command, 0.15)
    assert flight.memory[M.throttle] == pytest.approx(0.5 + 0.3 * (1.0 - np.exp(-PERIOD / 0.15)))
    ask(design.frame, flight, command)
    assert flight.memory[M.throttle] == pytest.approx(0.8)
