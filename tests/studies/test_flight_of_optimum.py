"""The optimal controls flown by the six-degree-of-freedom loop with zero attitude error end on the optimum's orbit."""

from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.studies.ascend import ascend
from osea_rocket.studies.documents import Study
from osea_rocket.studies.flight_case import optimum_case
from osea_rocket.studies.flight_phases import flight_case
from osea_rocket.studies.steering_table import steering_table
from osea_rocket.trajectory.flight.kernel import RESULT_NAMES, fly_one
from osea_rocket.trajectory.flight.plant import Flight
from osea_rocket.trajectory.mission import Mission
from osea_rocket.trajectory.range_safety.fall import inertial_from_earth_fixed

STUDY = Path(__file__).resolve().parents[2] / "examples" / "falcon9" / "study.yaml"


@pytest.fixture(scope="module")
def falcon():
    flown = ascend(load_document(Study, STUDY))
    # rows so close that straight lines between them cost little of the orbit
    steering = steering_table(flown.solved, flown.ascent.trajectory, position_goal=10.0, velocity_goal=0.02)
    return flown, optimum_case(flown, steering)


def results(case):
    return dict(zip(RESULT_NAMES, fly_one(case), strict=True))


@pytest.mark.slow
def test_the_optimum_flown_ends_on_its_orbit(falcon):
    flown, case = falcon
    end = results(case)
    trajectory = flown.ascent.trajectory
    assert end["status"] == 1.0
    assert end["time"] == pytest.approx(trajectory.time[-1], abs=1e-6)
    position, velocity = inertial_from_earth_fixed(
        float(trajectory.time[-1]), trajectory.position_ecef[-1], trajectory.velocity_ecef[-1]
    )
    assert np.linalg.norm([end[n] for n in ("x", "y", "z")] - position) < 100.0
    assert np.linalg.norm([end[n] for n in ("vx", "vy", "vz")] - velocity) < 0.3
    assert end["mass"] == pytest.approx(trajectory.mass[-1], abs=0.1)
    assert end["perigee_altitude"] == pytest.approx(flown.ascent.insertion.perigee_altitude, abs=100.0)
    assert end["apogee_altitude"] == pytest.approx(flown.ascent.insertion.apogee_altitude, abs=100.0)


@pytest.mark.slow
def test_a_coast_and_a_restart_flown_end_on_the_orbit():
    """Two burns of the last stage with most of a revolution between them; flown by the optimum's controls, and by the whole
    vehicle: it turns into its velocity to separate at 900 Pa, and steers both burns itself."""
    study = load_document(Study, STUDY)
    flown = ascend(study.evolve(mission=load_document(Mission, STUDY.with_name("two-burns.yaml"))))
    assert [s.name for s in flown.plan.segments][-2:] == ["coast", "second stage second burn"]
    steering = steering_table(flown.solved, flown.ascent.trajectory)
    end = results(optimum_case(flown, steering))
    trajectory = flown.ascent.trajectory
    position, _ = inertial_from_earth_fixed(
        float(trajectory.time[-1]), trajectory.position_ecef[-1], trajectory.velocity_ecef[-1]
    )
    assert end["status"] == 1.0
    assert np.linalg.norm([end[n] for n in ("x", "y", "z")] - position) < 100.0
    whole = results(flight_case(flown, steering).case)
    assert whole["status"] == 1.0
    assert whole["perigee_altitude"] == pytest.approx(flown.ascent.insertion.perigee_altitude, abs=5e3)
    assert whole["apogee_altitude"] == pytest.approx(flown.ascent.insertion.apogee_altitude, abs=5e3)
    assert whole["inclination"] == pytest.approx(flown.ascent.insertion.inclination, abs=1e-3)
    assert whole["most_attitude_error"] < np.radians(10.0)


@pytest.mark.slow
def test_a_ten_times_finer_step_ends_within_a_metre(falcon):
    _, case = falcon
    coarse, fine = results(case), results(case.with_phases(step=0.001))
    assert np.linalg.norm([coarse[n] - fine[n] for n in ("x", "y", "z")]) < 1.0


@pytest.fixture(scope="module")
def guided(falcon):
    flown, _ = falcon
    return flight_case(flown, steering_table(flown.solved, flown.ascent.trajectory))


@pytest.mark.slow
def test_explicit_guidance_ends_in_the_orbit(falcon, guided):
    """Engines that need time, gimbals, slosh, navigation with its errors: the last stage steers itself to the orbit."""
    flown, _ = falcon
    wanted = flown.ascent.insertion
    for perfect, allowed in ((1.0, 300.0), (0.0, 2000.0)):
        end = results(guided.case.with_head(perfect=perfect))
        assert end["status"] == 1.0
        assert end["perigee_altitude"] == pytest.approx(wanted.perigee_altitude, abs=allowed)
        assert end["apogee_altitude"] == pytest.approx(wanted.apogee_altitude, abs=allowed)
        assert end["inclination"] == pytest.approx(wanted.inclination, abs=2e-5)
        assert end["mass"] == pytest.approx(flown.ascent.trajectory.mass[-1], abs=300.0)


@pytest.mark.slow
def test_steps_ten_times_finer_end_within_a_metre_with_everything_on(guided):
    """Sensors, filter, turbulence, gust and explicit guidance, which draw the same numbers at either step."""
    case = guided.case.with_head(turbulence=1.0).with_parameters(
        gust_speed=9.0, gust_altitude=9e3, gust_length=300.0, gust_azimuth=1.57
    )
    coarse, fine = results(case), results(case.with_phases(step=0.001).with_head(control_every=10))
    assert np.linalg.norm([coarse[n] - fine[n] for n in ("x", "y", "z")]) < 1.0


@pytest.mark.slow
def test_the_control_keeps_its_margins_every_five_seconds(guided):
    control = guided.control
    for k in np.unique(control.phase_index):
        assert np.max(np.diff(control.time[control.phase_index == k])) <= 5.0 + 1e-9
    assert np.all(control.stable == 1.0)
    assert np.min(control.low) >= 6.0
    assert np.min(control.high) >= 6.0
    assert np.degrees(np.min(control.phase)) >= 30.0


@pytest.mark.slow
def test_a_flight_with_everything_resumes_to_the_bit(guided):
    whole, parted = Flight(guided.case, seed=11), Flight(guided.case, seed=11)
    assert whole.advance() == "done"
    parted.advance(163.2)  # between the stages
    kept = parted.snapshot()
    parted.advance(300.0)
    parted.restore(kept)
    assert parted.advance() == "done"
    assert whole.state.tobytes() == parted.state.tobytes()
    assert whole.memory.tobytes() == parted.memory.tobytes()
    assert whole.covariance.tobytes() == parted.covariance.tobytes()
