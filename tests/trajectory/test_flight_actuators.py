"""Engines, gimbals and jets need time and have limits; each against a hand value."""

import numpy as np
import pytest

from osea_rocket.core.numeric import table
from osea_rocket.trajectory.environment.gravity import WGS84
from osea_rocket.trajectory.flight.case import Case, Phase, assemble, parameter_index
from osea_rocket.trajectory.flight.layout import GUIDANCE_NONE, PH, M, P, Y
from osea_rocket.trajectory.flight.plant import C, Flight, Plant
from osea_rocket.validation.flight import BODY, FRAME, one_phase

THRUST, FLOW, MASS = 2e4, 6.7, 1500.0
ENGINE = {
    "thrust": table([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 5e3, 10e3, 15e3, THRUST]),
    "flow": table([0.0, 0.25, 0.5, 0.75, 1.0], [0.0, 1.675, 3.35, 5.025, FLOW]),
}


def burning(duration: float = 10.0, **numbers: float) -> Case:
    """A body in orbit pushed straight by an engine that stands still."""
    given = {"engines": 1.0, "ignites": 1.0, "guidance": GUIDANCE_NONE, **numbers}
    return one_phase(duration, mass=MASS, tables=ENGINE, **given)  # type: ignore[arg-type]


def burned(case: Case, until: float) -> float:
    flight = Flight(case)
    flight.advance(until)
    assert flight.time == pytest.approx(until, abs=1e-9)
    return MASS - flight.state[Y.mass]


def test_thrust_rises_on_a_straight_line_and_costs_half_a_ramp():
    """Level t / ramp: after half the ramp half the thrust and an eighth of ramp * flow; after it t - ramp / 2."""
    case = burning(start_ramp=0.8)
    flight = Flight(case)
    flight.advance(0.4)
    assert flight.memory[M.thrust] == pytest.approx(0.5 * THRUST, rel=1e-12)
    assert burned(case, 0.4) == pytest.approx(FLOW * 0.8 / 8.0, rel=1e-9)
    assert burned(case, 5.0) == pytest.approx(FLOW * (5.0 - 0.4), rel=1e-9)
    assert burned(burning(start_ramp=0.0), 5.0) == pytest.approx(FLOW * 5.0, rel=1e-9)


def test_thrust_falls_on_a_straight_line_and_gives_half_a_ramp():
    """The tail-off burns flow * ramp / 2 and gives the velocity that the rocket equation has for it."""
    speed = THRUST / FLOW
    flights = []
    for ramp in (0.6, 0.0):
        numbers = {"engines": 1.0, "guidance": GUIDANCE_NONE, "area": 0.0}
        stopping = {"duration": 0.6, "stops": 1.0, "stop_ramp": ramp, **numbers}
        phases = [
            Phase(name="burn", numbers={"duration": 2.0, "ignites": 1.0, **numbers}, tables={**BODY, **ENGINE}),
            Phase(name="tail-off", numbers=stopping, tables={**BODY, **ENGINE}),
        ]  # fmt: skip
        case = assemble(
            phases, position=np.array([7e6, 0.0, 0.0]), velocity=np.array([0.0, 7500.0, 0.0]), mass=MASS, frame=FRAME,
            quaternion=np.array([1.0, 0.0, 0.0, 0.0]), earth=WGS84._replace(j2=0.0),
        )  # fmt: skip
        flights.append(Flight(case))
        assert flights[-1].advance() == "done"
    slow, sudden = (f.state for f in flights)
    before, after = MASS - FLOW * 2.0, MASS - FLOW * (2.0 + 0.3)
    assert (sudden[Y.mass], slow[Y.mass]) == pytest.approx((before, after), rel=1e-12)
    # both fall through the same field but for less than a metre, which is worth 1e-6 m/s
    assert slow[3] - sudden[3] == pytest.approx(speed * np.log(before / after), abs=2e-6)


def test_engines_are_not_throttled_below_their_least():
    plant = Plant(burning(throttle_min=0.4))
    for asked, flown in ((0.75, 0.75), (0.1, 0.4), (1.7, 1.0)):
        plant.commands[C["throttle"]] = asked
        plant.step(0.01)
        assert plant.memory[M.thrust] == pytest.approx(flown * THRUST, rel=1e-9)


def test_throttle_goes_to_its_command_at_its_rate_and_begins_there():
    """At 0.5 a second: lit at 0.9, down to 0.5 within 0.8 s; what burns meanwhile is the mean of both."""
    plant = Plant(burning(throttle_min=0.4, throttle_rate=0.5))
    plant.commands[C["throttle"]] = 0.9
    plant.step(0.01)
    assert plant.memory[M.thrust] == pytest.approx(0.9 * THRUST, rel=1e-9)
    begin = float(plant.state[Y.mass])
    plant.commands[C["throttle"]] = 0.5
    for _ in range(40):
        plant.step(0.01)
    assert plant.memory[M.thrust] == pytest.approx(0.7 * THRUST, rel=1e-9)
    assert begin - plant.state[Y.mass] == pytest.approx(0.8 * FLOW * 0.4, rel=1e-9)
    for _ in range(100):
        plant.step(0.01)
    assert plant.memory[M.thrust] == pytest.approx(0.5 * THRUST, rel=1e-9)
    assert begin - plant.state[Y.mass] == pytest.approx(FLOW * (0.7 * 0.8 + 0.5 * 0.6), rel=1e-9)


def test_burnout_is_located_to_a_microsecond():
    """The stage is empty half a ramp after propellant / flow, which is in the middle of a step."""
    flight = Flight(burning(1e3, start_ramp=0.8, least_mass=MASS - 41.0))
    assert flight.advance() == "done"
    assert flight.time == pytest.approx(0.4 + 41.0 / FLOW, abs=1e-6)
    assert flight.time % 0.01 > 1e-3


def gimballed(**numbers: float) -> Plant:
    given = {"gimbal_station": 0.0, "gimbal_limit": 0.08, "gimbal_rate": 1e3, "gimbal_lag": 1e-9, **numbers}
    return Plant(burning(**given))


def angle(plant: Plant, command: float, seconds: float, step: float = 0.01) -> float:
    plant.commands[C["gimbal_y"]] = command
    for _ in range(round(seconds / step)):
        plant.step(step)
    return float(plant.memory[M.gimbal_y])


def test_a_gimbal_lags_behind_its_command():
    for step in (0.01, 0.002):  # exact over a step of any length
        assert angle(gimballed(gimbal_lag=0.05), 0.02, 0.06, step) == pytest.approx(
            0.02 * (1 - np.exp(-1.2)), rel=1e-12
        )


def test_a_gimbal_turns_no_faster_than_its_rate_and_no_farther_than_its_limit():
    plant = gimballed(gimbal_rate=0.25)
    assert angle(plant, 0.2, 0.2) == pytest.approx(0.25 * 0.2, rel=1e-12)
    assert angle(plant, 0.2, 1.0) == pytest.approx(0.08, rel=1e-12)
    assert angle(plant, -0.2, 0.4) == pytest.approx(0.08 - 0.25 * 0.4, rel=1e-12)
    assert angle(plant, -0.2, 2.0) == pytest.approx(-0.08, rel=1e-12)


def test_a_gimbal_with_lag_and_rate_is_fast_first_and_then_lags():
    """At the rate until the rest of the way is rate * lag, exponential from there on."""
    lag, rate, command = 0.1, 0.2, 0.06
    turned = command - rate * lag  # 0.04 rad, reached after 0.2 s
    found = angle(gimballed(gimbal_lag=lag, gimbal_rate=rate), command, 0.35, step=1e-4)
    assert found == pytest.approx(command - rate * lag * np.exp(-(0.35 - turned / rate) / lag), rel=1e-4)


AXES = (("rcs_roll", "roll_inertia", 10), ("rcs_pitch", "pitch_inertia", 11), ("rcs_yaw", "yaw_inertia", 12))


@pytest.mark.parametrize(("jets", "inertia", "rate"), AXES, ids=["roll", "pitch", "yaw"])
def test_jets_give_no_less_than_their_shortest_pulse(jets, inertia, rate):
    """A command of one step turns the body by torque * shortest pulse / inertia, whatever the step."""
    torque, pulse = 40.0, 0.035
    for step in (0.01, 0.002):
        plant = Plant(one_phase(10.0, **{jets: torque}, rcs_pulse=pulse))  # type: ignore[arg-type]
        plant.commands[C["jet_x"] + rate - 10] = -1.0
        plant.step(step)
        plant.commands[C["jet_x"] + rate - 10] = 0.0
        for _ in range(round(0.1 / step)):
            plant.step(step)
        assert plant.state[rate] == pytest.approx(-torque * pulse / BODY[inertia], rel=1e-9)
        assert plant.memory[M.rcs_used] == pytest.approx(pulse)


@pytest.mark.parametrize("axis", [0, 1, 2], ids=["roll", "pitch", "yaw"])
def test_the_control_leaves_a_dead_band_alone_and_answers_with_one_pulse(axis):
    """Inside 4 mrad nothing fires; just outside the shortest pulse does, once, and the body drifts back."""
    jets, inertia, rate = AXES[axis]
    torque, pulse = 40.0, 0.035
    for error, fired in ((3.9e-3, 0.0), (4.2e-3, 1.0), (-4.2e-3, -1.0)):
        turned = np.array([np.cos(error / 2), 0.0, 0.0, 0.0])
        turned[1 + axis] = np.sin(error / 2)
        case = one_phase(2.0, quaternion=turned, **{jets: torque}, rcs_pulse=pulse)  # type: ignore[arg-type]
        flight = Flight(case.with_head(l0=1.0, l1=0.0, l2=0.0, l3=0.0))
        assert flight.advance() == "done"
        assert flight.memory[M.rcs_used] == pytest.approx(abs(fired) * pulse)
        assert flight.state[rate] == pytest.approx(-fired * torque * pulse / BODY[inertia], rel=1e-6, abs=1e-15)


def test_a_fairing_leaves_with_its_mass_and_the_rest_flies_on():
    """Mass falls by the fairing's, drawn difference included; the body's parts keep position and velocity, so that the centre
    of mass jumps along the axis by what the tables say, and by w x jump in velocity. Heat is counted from there on."""
    drop, jump, turning = 150.0, -0.4, 0.02
    after = {**BODY, "center_of_mass": BODY["center_of_mass"] + jump}
    numbers = {"duration": 1.0, "area": 0.0}
    case = assemble(
        [
            Phase(name="covered", numbers=numbers, tables=BODY),
            Phase(name="bare", numbers={**numbers, "drop": drop, "bare": 1.0, "duration": 1e-6}, tables=after),
        ],
        position=np.array([6.5e6, 0.0, 0.0]), velocity=np.array([0.0, 7500.0, 0.0]), mass=MASS, frame=FRAME,
        quaternion=np.array([1.0, 0.0, 0.0, 0.0]), rates=np.array([0.0, turning, 0.0]), earth=WGS84._replace(j2=0.0),
    )  # fmt: skip
    heavier = case.parameters.copy()
    heavier[parameter_index("fairing_mass")] = 12.0
    flights = []
    for parameters in (case.parameters, heavier):
        flight = Flight(case, parameters)
        flight.advance(0.995)
        assert flight.state[Y.mass] == MASS + parameters[P.fairing_mass]
        flight.advance(0.9999)
        assert flight.memory[M.most_heat_flux] == 0.0
        assert flight.advance() == "done"
        assert flight.state[Y.mass] == MASS - drop
        assert flight.memory[M.most_heat_flux] > 0.0
        flights.append(flight)
    whole = Flight(case.with_phases([1], drop=0.0, bare=0.0, masses=case.phases[0, PH.masses]))
    assert whole.advance() == "done"
    pitched = turning * 1.0  # about body y: the axis tips towards -z
    x, v = flights[0].state[:3] - whole.state[:3], flights[0].state[3:6] - whole.state[3:6]
    assert x == pytest.approx(jump * np.array([np.cos(pitched), 0.0, -np.sin(pitched)]), abs=1e-6)
    assert v == pytest.approx(-jump * turning * np.array([np.sin(pitched), 0.0, np.cos(pitched)]), abs=1e-8)
