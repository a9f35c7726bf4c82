"""The compiled flight's machinery: tables, determinism, snapshots, events, parameters by name."""

import numpy as np
import pytest

from osea_rocket.core.earth import MU
from osea_rocket.core.numeric import FlatTable, lookup, pack_table, table
from osea_rocket.trajectory.environment.atmosphere import standard_atmosphere
from osea_rocket.trajectory.environment.gravity import WGS84
from osea_rocket.trajectory.flight.case import Case, Phase, assemble, nominal_parameters, parameter_index
from osea_rocket.trajectory.flight.kernel import RESULT_NAMES, fly_many, fly_one
from osea_rocket.trajectory.flight.layout import EVENT_APOGEE, ST, P
from osea_rocket.trajectory.flight.plant import Flight
from osea_rocket.trajectory.steering import LaunchFrame

FRAME = LaunchFrame(0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
BODY = {"roll_inertia": 1e3, "pitch_inertia": 1e4, "yaw_inertia": 1.1e4, "center_of_mass": 5.0}


def coast(duration=300.0, *, position=(6.678e6, 0.0, 0.0), velocity=(20.0, 7900.0, 30.0), mass=1e3, **numbers) -> Case:
    phase = Phase(name="coast", numbers={"duration": duration, **numbers}, tables=BODY)
    return assemble(
        [phase],
        position=np.array(position),
        velocity=np.array(velocity),
        quaternion=np.array([1.0, 0.0, 0.0, 0.0]),
        mass=mass,
        frame=FRAME,
        earth=WGS84._replace(j2=0.0),
    )


@pytest.mark.parametrize(
    "smooth",
    [
        standard_atmosphere().log_density,
        table([0.0, 1.0, 3.0, 7.0, 7.5], [1.0, -2.0, 1.0, 0.0, 4.0]),
        table(np.geomspace(1.0, 1e5, 40), np.linspace(0.0, 1.0, 40)),
    ],
    ids=["atmosphere", "uneven", "geometric"],
)
def test_a_packed_table_is_the_table(smooth):
    flat = FlatTable(np.concatenate([[np.nan] * 3, pack_table(smooth)]), 3)
    width = smooth.high - smooth.low
    x = np.concatenate(
        [np.random.default_rng(1).uniform(smooth.low - 0.1 * width, smooth.high + 0.1 * width, 3000), smooth.knots]
    )
    wanted = np.array([lookup(smooth, v) for v in x])
    found = np.array([lookup(flat, v) for v in x])
    assert np.max(np.abs(found - wanted)) <= 1e-12 * np.max(np.abs(wanted))


def test_random_numbers_are_normal_and_independent_of_each_other():
    """Kolmogorov and Smirnov's distance, the tail beyond the ziggurat's lowest layer, and neighbours' correlation."""
    from scipy.stats import kstest, norm

    from osea_rocket.trajectory.flight.noise import TAIL, normal

    values, count = np.empty(200_000), 0.0
    for i in range(len(values)):
        values[i], count = normal(7.0, count)
    assert count < 1.05 * len(values)
    assert kstest(values, "norm").pvalue > 1e-3
    beyond = np.sum(np.abs(values) > 3.0)
    assert beyond == pytest.approx(2 * norm.sf(3.0) * len(values), abs=4 * np.sqrt(beyond))
    assert np.max(np.abs(values)) > TAIL
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 4.0 / np.sqrt(len(values))
    assert normal(7.0, 5.0) == normal(7.0, 5.0) != normal(8.0, 5.0)


def test_same_numbers_same_result_to_the_bit():
    case = coast(50.0)
    parameters = np.tile(case.parameters, (3, 1))
    parameters[1, P.density_factor] = 1.5
    parameters[1, parameter_index("stage0.dry_mass")] = 10.0
    together = fly_many(case, parameters, np.array([1.0, 2.0, 1.0]))
    assert together[0].tobytes() == together[2].tobytes()
    assert together[1].tobytes() == fly_one(case, parameters[1], 2).tobytes()
    assert together[1].tobytes() != together[0].tobytes()


def test_a_resumed_flight_is_the_uninterrupted_one_to_the_bit():
    case = coast(60.0)
    whole, parted = Flight(case, seed=4), Flight(case, seed=4)
    whole.advance()
    parted.advance(17.123)
    kept = parted.snapshot()
    parted.advance(41.0)
    parted.restore(kept)
    assert parted.advance() == "done"
    assert whole.state.tobytes() == parted.state.tobytes()
    assert whole.memory.tobytes() == parted.memory.tobytes()


@pytest.mark.parametrize("step", [0.01, 0.25, 1.0])
def test_an_event_lies_where_the_ellipse_has_it(step):
    """The apogee of a two-body ellipse, from Kepler's equation, to 1e-6 s."""
    r, v = np.array([6.9e6, 0.0, 0.0]), np.array([400.0, 7900.0, 0.0])
    case = coast(1e5, position=r, velocity=v, step=step, end_event=EVENT_APOGEE)
    a = 1.0 / (2.0 / np.linalg.norm(r) - v @ v / MU)
    e_cos, e_sin = 1.0 - np.linalg.norm(r) / a, r @ v / np.sqrt(MU * a)
    e = np.hypot(e_cos, e_sin)
    anomaly = np.arctan2(e_sin, e_cos)
    wanted = (np.pi - (anomaly - e * np.sin(anomaly))) * np.sqrt(a**3 / MU)
    flight = Flight(case.with_phases(area=0.0))
    assert flight.advance() == "done"
    assert flight.time == pytest.approx(wanted, abs=1e-6)


def test_parameters_have_names():
    assert nominal_parameters()[parameter_index("stage3.thrust_factor")] == 1.0
    assert parameter_index("wind_east[4]") == P.wind_east + 4
    with pytest.raises(KeyError, match="thrust_factor"):
        parameter_index("stage0.trust_factor")
    with pytest.raises(ValueError, match="parameters are"):
        fly_many(coast(), np.zeros((2, 3)), np.zeros(2))


def test_results_have_names():
    found = dict(zip(RESULT_NAMES, fly_one(coast(10.0)), strict=True))
    assert found["status"] == 1.0 and found["time"] == 10.0 and found["mass"] == 1e3


def test_a_separation_tips_the_body_off_and_leaves_it_where_it_is():
    """The rates drawn are added at once; what flies on has its known mass, and its velocity stays when nothing turned before."""
    before = Phase(name="stack", numbers={"duration": 10.0}, tables=BODY)
    after = Phase(name="upper stage", numbers={"duration": 0.01, "separates": 1.0, "begin_mass": 400.0}, tables=BODY)
    case = assemble(
        [before, after], position=np.array([6.678e6, 0.0, 0.0]), velocity=np.array([20.0, 7900.0, 30.0]),
        quaternion=np.array([1.0, 0.0, 0.0, 0.0]), mass=1e3, frame=FRAME, earth=WGS84._replace(j2=0.0),
    )  # fmt: skip
    tipped = case.with_parameters()
    tipped.parameters[P.stages + ST.tip_off_y], tipped.parameters[P.stages + ST.tip_off_z] = 0.02, -0.03
    still, turning = Flight(case), Flight(tipped)
    assert still.advance() == turning.advance() == "done"
    assert turning.state[11:13] - still.state[11:13] == pytest.approx([0.02, -0.03], rel=1e-3)
    assert turning.state[13] == still.state[13] == 400.0
    assert turning.state[:6] == pytest.approx(still.state[:6], rel=1e-12)
