"""What flies from outside: the stepped plant, guidance as a plug-in, the filter's consistency; and Calisto beside RocketPy."""

import importlib.util
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.numeric import table
from osea_rocket.trajectory.flight.case import parameter_index
from osea_rocket.trajectory.flight.guidance import PluginError, Steering, fly_runs, fly_with
from osea_rocket.trajectory.flight.layout import GUIDANCE_NONE, I_, M, N
from osea_rocket.trajectory.flight.plant import C, Flight, Plant
from osea_rocket.trajectory.flight.sensors import WALK
from osea_rocket.validation.flight import one_phase

CALISTO = Path(__file__).resolve().parents[2] / "examples" / "calisto" / "calisto.py"
ENGINE = {
    "thrust": table([0.0, 0.3, 0.7, 1.0], [0.0, 6e3, 14e3, 2e4]),
    "flow": table([0.0, 0.3, 0.7, 1.0], [0.0, 2.0, 4.7, 6.7]),
    "gain_p": 2.0,
    "gain_d": 2.5,
}


def thrusting(duration=30.0, **head):
    """A body in orbit pushed by an engine that swivels."""
    return one_phase(
        duration,
        mass=1500.0,
        tables=ENGINE,
        head=head,
        engines=1.0,
        ignites=1.0,
        gimbal_station=0.0,
        gimbal_limit=0.08,
        gimbal_rate=0.3,
        gimbal_lag=0.04,
        throttle_min=0.4,
        roll_torque=500.0,
    )


class Turning:
    """Asks for a slow turn; or for nonsense from a time on."""

    name = "slow turn"

    def __init__(self, fails=np.inf, raises=np.inf):
        self.fails, self.raises = fails, raises

    def steer(self, time, phase, navigation):
        if time >= self.raises:
            raise ZeroDivisionError("division by zero")
        assert np.all(np.isfinite(navigation.position)) and phase == "free"
        return Steering(pitch=np.pi / 2 + 0.01 * time, pitch_rate=0.01, throttle=np.nan if time >= self.fails else 0.8)


def test_a_plug_in_steers():
    flight = fly_with(thrusting(), Turning(), phases=[0], period=0.5)
    assert flight.status == "done"
    assert flight.memory[M.most_error] < np.radians(1.0)  # asked before the first step too
    assert flight.memory[M.throttle] == 0.8


def test_a_number_that_is_none_is_named_with_run_and_time():
    with pytest.raises(PluginError, match=r"run 7, 12\.000 s, 'free': guidance 'slow turn' gave throttle = nan"):
        fly_with(thrusting(), Turning(fails=12.0), phases=[0], period=0.5, run=7)
    with pytest.raises(PluginError, match="failed: ZeroDivisionError"):
        fly_with(thrusting(), Turning(raises=3.0), phases=[0], period=0.5)


def test_the_rest_goes_on():
    case = thrusting(10.0)
    runs = [case.parameters, case.parameters.copy()]
    runs[1][parameter_index("stage0.thrust_factor")] = np.nan
    good, bad = fly_runs(case, Turning(), runs, phases=[0], period=0.5, seeds=[1, 2])
    assert (good.status, bad.status) == ("done", "not a number") and good.error == ""
    assert bad.error == f"run 1, {bad.results['time']:.3f} s, 'free': not a number"
    lost, kept = fly_runs(case, Turning(fails=9.9), [runs[0]] * 2, phases=[0], period=0.5, seeds=[1, 2])
    assert lost.status == kept.status == "done"  # asked for the last time at 9.5 s
    first, second = fly_runs(case, Turning(fails=5.0), [runs[0]] * 2, phases=[0], period=0.5, seeds=[1, 2])
    assert "run 0, 5.000 s" in first.error and "run 1, 5.000 s" in second.error


def test_an_unstable_control_is_named_with_run_and_time_and_the_rest_goes_on():
    """Attitude control through a gimbal's lag: lag s^3 + s^2 + m d s + m p is stable where d > lag p (Routh), whatever the
    thrust; here d / p = 1.25 s. Lags of 0.2 s and 2.5 s lie on either side of it."""
    case = thrusting(60.0, lost_angle=0.15).with_phases(gimbal_lag=0.2, gimbal_rate=1e3)
    slow = case.parameters.copy()
    slow[parameter_index("gimbal_lag_factor")] = 12.5
    runs = [case.parameters, slow, case.parameters]
    first, lost, last = fly_runs(case, Turning(), runs, phases=[0], period=0.5, seeds=[1, 2, 3])
    assert first.status == last.status == "done" and first.error == ""
    assert first.results["time"] == 60.0
    assert lost.status == "control lost" and 0.0 < lost.results["time"] < 60.0
    assert lost.results["most_attitude_error"] > 0.15
    time, angle = lost.results["status_time"], np.degrees(lost.results["most_attitude_error"])
    assert (
        lost.error
        == f"run 1, {time:.3f} s, 'free': control lost: the attitude is {angle:.1f} deg off, more than 8.6 deg"
    )


def test_the_plant_steps_as_the_loop_flies():
    """A plant whose computer repeats what the built-in control commands ends where the loop does."""
    case = thrusting(6.0)
    loop = Flight(case)
    plant = Plant(case)
    while plant.time < 4.995:
        loop.advance(plant.time + 0.005)
        plant.commands[:4] = [
            loop.memory[M.command_y],
            loop.memory[M.command_z],
            loop.memory[M.throttle],
            loop.memory[M.command_roll],
        ]
        assert plant.step(0.01) == 0
    assert np.allclose(plant.state, loop.state, rtol=1e-12, atol=1e-12)


def test_a_step_of_the_plant_allocates_nothing_that_stays():
    plant = Plant(thrusting(60.0), seed=3)
    out = np.zeros(6)
    for _ in range(10):
        plant.step(0.001)
        plant.sense()
        plant.fix(out)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(500):
        plant.step(0.001)
    assert tracemalloc.get_traced_memory()[0] - before < 2000
    tracemalloc.stop()
    plant.commands[C["cut_off"]] = 1.0
    plant.step(0.001)
    assert plant.memory[M.level] == 0.0


def test_the_plant_resumes_to_the_bit():
    plant = Plant(thrusting(60.0), seed=3)
    plant.commands[0] = 0.01
    for _ in range(50):
        plant.step(0.0025)
    kept = plant.snapshot()
    first = [plant.sense().copy() for _ in range(20) if plant.step(0.0025) == 0]
    plant.restore(kept)
    second = [plant.sense().copy() for _ in range(20) if plant.step(0.0025) == 0]
    assert np.array(first).tobytes() == np.array(second).tobytes()


SENSORS = {
    "perfect": 0.0,
    "gyro_noise": 1.5e-5,
    "gyro_walk": 1e-7,
    "accelerometer_noise": 1e-3,
    "accelerometer_walk": 1e-5,
    "gnss_on": 1.0,
    "gnss_period": 1.0,
    "gnss_position": 5.0,
    "gnss_velocity": 0.1,
    "attitude_sigma": 2e-3,
    "position_sigma": 3.0,
    "velocity_sigma": 0.05,
    "gyro_bias_sigma": 5e-6,
    "accelerometer_bias_sigma": 3e-3,
}


def test_the_filter_is_consistent():
    """Normalised estimation error and innovation squared over 40 flights lie where their chi-square distributions have them
    (Bar-Shalom, Li & Kirubarajan, *Estimation with Applications to Tracking and Navigation* (2001), sec. 5.4): 99.9 %."""
    runs, nees, nis, numbers = 40, [], 0.0, 0.0
    case = thrusting(40.0, **SENSORS)
    generator = np.random.default_rng(5)
    for seed in range(1, runs + 1):
        parameters = case.parameters.copy()
        for name, sigma in (("gyro_bias", 5e-6), ("accelerometer_bias", 3e-3), ("alignment", 2e-3)):
            for axis in "xyz":
                parameters[parameter_index(f"{name}_{axis}")] = sigma * generator.standard_normal()
        flight = Flight(case, parameters, seed=seed)
        flight.advance(35.0)
        # the estimate is of the last control run: fly on one step's begin later to compare like with like
        truth = flight.state.copy()
        flight.advance(35.005)
        m = flight.memory
        error = np.empty(15)
        q, p = m[N + 6 : N + 10], truth[6:10]
        # estimated after true, turned back: the rotation vector between them in inertial axes
        error[:3] = 2.0 * (p[0] * q[1:] - q[0] * p[1:] - np.cross(q[1:], p[1:]))
        error[3:6], error[6:9] = m[N + 3 : N + 6] - truth[3:6], m[N : N + 3] - truth[:3]
        for i, name in enumerate(("gyro_bias", "accelerometer_bias")):
            true = [parameters[parameter_index(f"{name}_{a}")] + m[I_ + WALK + 3 * i + k] for k, a in enumerate("xyz")]
            error[9 + 3 * i : 12 + 3 * i] = np.array(true) - m[N + 10 + 3 * i : N + 13 + 3 * i]
        nees.append(error @ np.linalg.solve(flight.covariance, error))
        nis, numbers = nis + m[N + 21], numbers + m[N + 22]
    from scipy.stats import chi2

    low, high = chi2.ppf([5e-4, 1 - 5e-4], 15 * runs) / runs
    assert low < np.mean(nees) < high
    low, high = chi2.ppf([5e-4, 1 - 5e-4], numbers) / numbers
    assert low < nis / numbers < high


def calisto():
    spec = importlib.util.spec_from_file_location("calisto_example", CALISTO)
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_calisto_beside_rocketpy():
    """RocketPy 1.13.0 on the same figures (benchmarks/peers/flight/run_rocketpy.py): apogee 3306.08 m, landing after 298.18 s."""
    script = calisto()
    flight = Flight(script.calisto())
    assert flight.advance() == "done"
    assert flight.results()["most_altitude"] - script.ELEVATION == pytest.approx(3306.08, rel=0.01)
    assert flight.time == pytest.approx(298.18, rel=0.01)


def test_a_phase_without_guidance_is_left_alone():
    case = thrusting(3.0).with_phases(guidance=GUIDANCE_NONE)
    flight = Flight(case)
    assert flight.advance() == "done"
    assert flight.memory[M.pitch] == 0.0
