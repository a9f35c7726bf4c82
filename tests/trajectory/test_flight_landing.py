"""Legs, grid fins and the plume's share of drag, against what statics and single formulas say."""

import numpy as np
import pytest

from osea_rocket.core.earth import MU
from osea_rocket.core.numeric import lookup, table
from osea_rocket.trajectory.environment.atmosphere import exponential_atmosphere
from osea_rocket.trajectory.flight.case import AeroGrid, Case, Phase, assemble, launch_axes, no_lift, quaternion_of_axes
from osea_rocket.trajectory.flight.equations import quaternion_product, to_inertial
from osea_rocket.trajectory.flight.layout import GUIDANCE_NONE, M
from osea_rocket.trajectory.flight.plant import C, Flight, Plant
from osea_rocket.trajectory.flight.plume import drag_share, measured
from osea_rocket.validation.flight import BODY, FRAME, ROUND, one_phase

STILL = ROUND._replace(rotation_rate=0.0, flattening=0.0)
RADIUS = ROUND.equatorial_radius
MASS, STIFFNESS = 2.5e4, 8e5
LEGS = {
    "legs": 4.0, "leg_station": 0.0, "leg_radius": 9.0, "leg_angle": 0.7854, "leg_stroke": 0.8, "leg_stiffness": STIFFNESS,
    "leg_damping": 1.2e5, "leg_friction": 0.6, "guidance": GUIDANCE_NONE, "step": 0.002,
}  # fmt: skip
STAGE = {"roll_inertia": 6e4, "pitch_inertia": 2.6e6, "yaw_inertia": 2.6e6, "center_of_mass": 14.0}


def standing(speed: float, tilt: float, drift: float = 0.0) -> Flight:
    """A stage that comes down on its legs: sinking and drifting [m/s], tilted [rad]; flown for 20 s."""
    quaternion = (np.cos(tilt / 2), 0.0, 0.0, np.sin(tilt / 2))
    case = one_phase(
        20.0, position=(RADIUS + 14.5, 0.0, 0.0), velocity=(-speed, drift, 0.0), quaternion=quaternion, mass=MASS, earth=STILL,
        tables=STAGE, head={"ground": 0.0}, **LEGS,
    )  # fmt: skip
    flight = Flight(case)
    flight.advance()
    return flight


def lean(flight: Flight) -> float:
    """Angle [rad] of the body's axis from the vertical (x)."""
    q0, q1, q2, q3 = flight.state[6:10]
    axis = to_inertial(q0, q1, q2, q3, 1.0, 0.0, 0.0)
    return float(np.arccos(np.clip(axis[0], -1.0, 1.0)))


def test_a_stage_comes_to_rest_where_springs_carry_it():
    flight = standing(2.0, 0.01)
    g = MU / RADIUS**2
    assert flight.status == "done"
    assert np.linalg.norm(flight.state[3:6]) < 1e-3 and lean(flight) < 1e-3
    assert RADIUS + 14.0 - flight.state[0] == pytest.approx(MASS * g / (4 * STIFFNESS), rel=1e-3)
    assert 0.08 < flight.memory[M.most_stroke] < 0.8


def test_a_hard_landing_uses_more_stroke():
    assert standing(5.0, 0.0).memory[M.most_stroke] > 1.3 * standing(2.0, 0.0).memory[M.most_stroke]


def test_a_stage_topples_beyond_the_angle_of_its_feet():
    """The static limit is atan(reach of an edge / height of the centre of mass): 24 deg with feet at 45 deg."""
    limit = np.arctan(9.0 * np.cos(np.pi / 4) / 14.0)
    assert lean(standing(0.1, 0.7 * limit)) < 0.05
    toppled = standing(0.1, 1.3 * limit)
    assert toppled.status == "ground" or lean(toppled) > np.radians(60.0)


def test_friction_stops_a_drift():
    flight = standing(1.0, 0.0, drift=0.8)
    assert np.linalg.norm(flight.state[3:6]) < 1e-3
    assert 0.0 < flight.state[1] < 1.0


def falling(tables: dict, **numbers: float) -> Case:
    """A body that falls tail first at 300 m/s through even air."""
    phase = Phase(
        name="fall",
        numbers={"duration": 10.0, "area": 10.0, "diameter": 3.57, "guidance": GUIDANCE_NONE, "step": 0.002, **numbers},
        tables={**BODY, **STAGE, "axial": 1.0, **tables},
        aero=no_lift(14.0),
    )
    return assemble(
        [phase], position=np.array([RADIUS + 1e4, 0.0, 0.0]), velocity=np.array([-300.0, 0.0, 0.0]),
        quaternion=np.array([1.0, 0.0, 0.0, 0.0]), mass=MASS, frame=FRAME, earth=STILL,
        atmosphere=exponential_atmosphere(0.5, 1e9),
    )  # fmt: skip


def acceleration(case: Case) -> float:
    plant = Plant(case)
    plant.step(1e-4)
    return float((plant.state[3] - case.state[3]) / 1e-4 + MU / (RADIUS + 1e4) ** 2)


def test_engines_that_fire_into_the_flow_take_drag_away():
    engine = {"thrust": table([0.0, 0.3, 0.7, 1.0], [9e5] * 4), "flow": 0.0}
    run = {"engines": 1.0, "ignites": 1.0, "gimbal_station": 0.0}
    q_area = 0.5 * 0.5 * 300.0**2 * 10.0
    share = table([0.0, 1.0, 3.0, 10.0], [1.0, 0.4, 0.1, 0.1])
    drag = acceleration(falling({}))
    # no_lift keeps the axial coefficient's sign nose first: tail first its force points the other way
    whole, part = acceleration(falling(engine, **run)), acceleration(falling(engine | {"plume": share}, **run))
    assert abs(drag) == pytest.approx(q_area / MASS, rel=1e-3)
    left = (part - 9e5 / MASS) / (whole - 9e5 / MASS)
    assert left == pytest.approx(lookup(share, 9e5 / q_area), rel=1e-3)


def test_the_share_of_drag_under_retropropulsion_is_what_was_measured():
    """Within the uncertainty of reading the figure, without a swing beside the measured step; and the end value holds."""
    data, share = measured(), drag_share()
    for x, y in zip(data["thrust_coefficient"], data["drag_share"], strict=True):
        assert lookup(share, x) == pytest.approx(y, abs=0.5 * data["uncertainty"]["drag_share"])
    between = np.array([lookup(share, x) for x in np.linspace(0.0, 8.8, 4001)])
    assert between.max() <= 1.0 + 1e-9 and between.min() >= -0.135
    assert lookup(share, 50.0) == lookup(share, 8.8)
    # in flight: at a coefficient of 0.46, 22 % is left
    engine = {"thrust": table([0.0, 0.3, 0.7, 1.0], [0.46 * 0.5 * 0.5 * 300.0**2 * 10.0] * 4), "flow": 0.0}
    run = {"engines": 1.0, "ignites": 1.0, "gimbal_station": 0.0}
    whole, part = acceleration(falling(engine, **run)), acceleration(falling(engine | {"plume": share}, **run))
    push = 0.46 * 0.5 * 0.5 * 300.0**2 * 10.0 / MASS
    assert (part - push) / (whole - push) == pytest.approx(0.22, abs=0.02)


def test_grid_fins_turn_the_body_after_their_lag():
    """The first angular acceleration is q A C delta arm / I once the fins stand."""
    case = falling({"fin_slope": 0.8}, fin_station=40.0, fin_limit=0.35, fin_rate=10.0, fin_lag=1e-6)
    plant = Plant(case)
    plant.commands[C["fin_z"]] = 0.1
    for _ in range(10):
        plant.step(1e-3)
    before = plant.state[12]
    plant.step(1e-3)
    q_area = 0.5 * 0.5 * 300.0**2 * 10.0
    assert abs(plant.state[12] - before) / 1e-3 == pytest.approx(q_area * 0.8 * 0.1 * 26.0 / 2.6e6, rel=0.01)
    plant.commands[C["fin_z"]] = 5.0
    for _ in range(50):
        plant.step(1e-3)
    assert plant.memory[M.fin_z] == pytest.approx(0.35, rel=1e-6)


def test_grid_fins_hold_a_stage_that_falls_tail_first():
    """Thrown off by 2 deg, the built-in control turns it back, though the air would turn it over."""
    axes, tilt = launch_axes(FRAME), np.radians(2.0)
    a, b, c, d = quaternion_of_axes(np.column_stack([-axes[:, 2], axes[:, 1], axes[:, 0]]))
    fins = {"fin_station": 40.0, "fin_limit": 0.35, "fin_rate": 0.7, "fin_lag": 0.05}
    phase = Phase(
        name="fall",
        aero=AeroGrid(np.array([0.0, 10.0]), np.tile([0.0, 2.0, 10.0], (2, 41, 1))),
        programme=np.array([[0.0, np.pi / 2, 0.0, 0.0], [60.0, np.pi / 2, 0.0, 0.0]]),
        numbers={"duration": 15.0, "area": 10.0, "diameter": 3.57, **fins},
        tables={**BODY, **STAGE, "axial": 1.0, "fin_slope": 0.8},
    )
    case = assemble(
        [phase], position=np.array([RADIUS + 1e4, 0.0, 0.0]), velocity=np.array([-300.0, 0.0, 0.0]),
        quaternion=np.array(quaternion_product(a, b, c, d, np.cos(tilt / 2), 0.0, 0.0, np.sin(tilt / 2))), mass=MASS, frame=FRAME,
        earth=STILL, atmosphere=exponential_atmosphere(0.5, 1e9),
    )  # fmt: skip
    held, free = Flight(case), Flight(case.with_phases(guidance=GUIDANCE_NONE, fin_slope=-1.0))
    held.advance()
    free.advance()
    assert lean(held) < np.radians(0.3) < np.radians(10.0) < lean(free)
