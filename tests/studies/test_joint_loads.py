"""Loads at the joints: the sum over a joint's parts, the gust's triangle, what is said when they cannot be known."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.findings import Severity
from osea_rocket.studies import joint_loads as module
from osea_rocket.studies.joint_loads import ascent_loads, joints
from osea_rocket.studies.mass_history import Stack
from osea_rocket.trajectory.flight_plan import FlightPlan
from osea_rocket.trajectory.result import Event, Trajectory
from osea_rocket.trajectory.segment import Segment
from osea_rocket.vehicle.body_loads import FlightCondition, body_loads
from osea_rocket.vehicle.mass import mass_properties
from osea_rocket.vehicle.vehicle import Vehicle

FALCON = Path(__file__).parents[2] / "examples" / "falcon9" / "vehicle.yaml"
PAYLOAD = 15e3


@pytest.fixture(scope="module")
def falcon() -> Vehicle:
    return load_document(Vehicle, FALCON)


@pytest.fixture(scope="module")
def stack(falcon) -> Stack:
    masses = mass_properties(falcon, payload_mass=PAYLOAD, propellant={"first stage": 2.5e5})
    return Stack(masses, lowest_stage=0, strap_ons=(), fairing=True)


CONDITION = FlightCondition(
    dynamic_pressure=30e3, angle_of_attack=np.radians(3.0), axial_acceleration=18.0, thrust=7.6e6, drag=3.0e5
)


def forces(falcon, stack, condition=CONDITION):
    air = body_loads(
        falcon, replace(stack.masses, items=()), condition, lowest_stage=stack.lowest_stage, fairing=stack.fairing
    )
    return {j.name: module.joint_forces(j, air, stack.masses, condition) for j in joints(falcon, stack)}


def test_the_joints_of_the_stack_from_the_bottom_up(falcon, stack):
    found = joints(falcon, stack)
    assert [j.name for j in found] == [
        "first stage / interstage",
        "interstage / second stage",
        "second stage / payload fairing",
        "second stage / payload attach fitting",
        "payload attach fitting / payload",
    ]
    assert [j.station for j in found] == pytest.approx([41.2, 47.7, 56.7, 56.7, 57.61])
    bare = joints(falcon, replace(stack, lowest_stage=1, fairing=False))
    assert [j.name for j in bare] == ["second stage / payload attach fitting", "payload attach fitting / payload"]
    assert all(j.feels_air for j in bare)


def test_below_all_parts_it_is_the_cut_of_the_whole_stack(falcon, stack):
    """Under the interstage nothing hangs below the plane: parts and stations give the same."""
    whole = body_loads(falcon, stack.masses, CONDITION)
    assert forces(falcon, stack)["first stage / interstage"] == pytest.approx(whole.at(41.2), rel=1e-9)


def test_an_engine_that_hangs_into_the_interstage_is_carried_by_its_stage(falcon, stack):
    """The cut at the joint's plane misses the engine section below it; the joint does not."""
    axial = forces(falcon, stack)["interstage / second stage"][0]
    above = [item for item in stack.masses.items if item.part not in ("first stage", "interstage")]
    assert axial == pytest.approx(18.0 * sum(item.mass for item in above) + 3.0e5)
    assert axial > body_loads(falcon, stack.masses, CONDITION).at(47.7)[0]


def test_fairing_and_payload_share_what_the_second_stage_carries(falcon, stack):
    """Two load paths from one station: together they are the cut, for forces and moment."""
    found = forces(falcon, stack)
    both = np.add(found["second stage / payload fairing"], found["second stage / payload attach fitting"])
    cut = body_loads(falcon, stack.masses, CONDITION).at(
        56.7
    )  # which spreads the fairing evenly, a little past its base
    assert both == pytest.approx(cut, rel=2e-3)
    assert found["second stage / payload attach fitting"][0] == pytest.approx(18.0 * (PAYLOAD + 81.0))


def trajectory(**changes) -> Trajectory:
    """Five seconds at max-q, made up."""
    n = 6
    same: dict[str, Any] = {
        "mass": 4.0e5, "throttle": 1.0, "thrust": 7.6e6, "drag": 3.0e5, "altitude": 12e3, "latitude": 0.5,
        "longitude": -1.4, "downrange": 4e3, "speed_relative": 450.0, "speed_inertial": 800.0, "flight_path_angle": 1.0,
        "pitch": 1.0, "angle_of_attack": np.radians(2.0), "dynamic_pressure": 30e3, "mach": 1.5,
        "axial_acceleration": 18.0, "heat_flux": 1.0,
    } | changes  # fmt: skip
    vectors: dict[str, Any] = {
        name: np.tile([1.0, 0.0, 0.0], (n, 1)) for name in ("position_ecef", "velocity_ecef", "thrust_direction_ecef")
    }
    vectors |= {name: np.full(n, value) for name, value in same.items()}
    events: tuple[Event, ...] = ()
    return Trajectory(
        frame="", epoch=None, t0_definition="", phase_names=("burn",), phase_index=np.zeros(n), events=events,
        time=60.0 + np.arange(n), **vectors,
    )  # fmt: skip


def plan(**changes) -> FlightPlan:
    fields: dict[str, Any] = {
        "name": "burn",
        "stage": "first stage",
        "steering": "free",
        "model": None,
        "burnout_mass": 1.0,
    } | changes
    return FlightPlan((Segment(**fields),), 0.0, None)


def test_largest_loads_and_their_time(falcon):
    loads = ascent_loads(falcon, plan(), trajectory(), PAYLOAD)
    joint = loads.joint("first stage / interstage")
    assert joint.largest_bending == np.abs(joint.bending).max() > 0
    assert joint.largest_bending_at in joint.time
    assert joint.largest_equivalent == pytest.approx(joint.largest_axial + 4 * joint.largest_bending / 3.66)
    with pytest.raises(KeyError, match="known: first stage / interstage"):
        loads.joint("first stage")


def test_a_gust_turns_and_strengthens_the_wind(falcon):
    calm = ascent_loads(falcon, plan(), trajectory(), PAYLOAD)
    gusty = ascent_loads(falcon, plan(), trajectory(), PAYLOAD, gust=9.0)
    assert np.degrees(gusty.angle_of_attack - calm.angle_of_attack) == pytest.approx(np.degrees(np.arctan(9 / 450)))
    name = "first stage / interstage"
    growth = gusty.joint(name).largest_bending / calm.joint(name).largest_bending
    angle = (2.0 + np.degrees(np.arctan(9 / 450))) / 2.0
    assert growth == pytest.approx(angle, rel=0.05)  # bending is nearly linear in the angle
    assert gusty.joint(name).largest_axial == calm.joint(name).largest_axial


def test_on_the_pad_a_gust_is_none(falcon):
    standing = trajectory(speed_relative=0.0, dynamic_pressure=0.0, angle_of_attack=0.0)
    loads = ascent_loads(falcon, plan(), standing, PAYLOAD, gust=9.0)
    assert (loads.angle_of_attack == 0.0).all()
    assert all(joint.largest_bending == 0.0 for joint in loads.joints)


def test_what_is_not_known_is_said(falcon):
    rules = {f.rule: f for f in ascent_loads(falcon, plan(), trajectory(), PAYLOAD).findings}
    assert set(rules) == {"loads.gust", "loads.payload_height"}
    tall = falcon.evolve(payload=falcon.payload.evolve(length=5.0, diameter=3.0))
    assert ascent_loads(tall, plan(), trajectory(), PAYLOAD, gust=9.0).findings == ()


def with_strap_ons(falcon, **attachments) -> tuple[Vehicle, FlightPlan]:
    core = falcon.stages[0]
    booster = core.evolve(
        name="booster", role="strap-on", length=27.0, propellant_mass=core.propellant_mass / 2, tanks=(),
        nose_length=4.0, nose_shape="conical",
    )  # fmt: skip
    from osea_rocket.trajectory.segment import StrapOnGroup
    from osea_rocket.vehicle.vehicle import StrapOns

    group = StrapOnGroup("booster", 2, 0.0, 100.0, 100.0, lambda t: 4000.0 * t, lambda t, p: 6.0e6)
    vehicle = falcon.evolve(boosters=(StrapOns(stage=booster, count=2, **attachments),))
    return vehicle, replace(plan(strap_ons=("booster",)), strap_ons=(group,))


def test_with_strap_ons_the_joints_above_them_are_known(falcon):
    vehicle, flown = with_strap_ons(falcon)
    loads = ascent_loads(vehicle, flown, trajectory(mass=7e5, thrust=1.36e7), PAYLOAD, gust=9.0)
    assert loads.joints[0].name == "first stage / interstage"
    (finding,) = (f for f in loads.findings if f.rule == "loads.strap_ons")
    assert finding.severity is Severity.UNKNOWN and "60 to 65 s" in finding.message and "'booster'" in finding.message


def test_attachments_that_are_located_are_joints(falcon):
    vehicle, flown = with_strap_ons(falcon, fore_attachment=22.0, aft_attachment=1.0, thrust_attachment="fore")
    loads = ascent_loads(vehicle, flown, trajectory(mass=7e5, thrust=1.36e7), PAYLOAD, gust=9.0)
    assert not [f for f in loads.findings if f.rule == "loads.strap_ons"]
    fore, aft = loads.joint("first stage / booster, fore"), loads.joint("first stage / booster, aft")
    assert fore.station == 22.0 and fore.largest_axial > 0.0 == aft.largest_axial
    # thrust less inertia and its part of the drag: 3 MN of one, three equal fronts but for the fairing's
    booster = vehicle.boosters[0].stage
    mass = booster.dry_mass + booster.propellant_mass - 2000.0 * fore.time
    share = 3.66**2 / (2 * 3.66**2 + 5.2**2)
    assert fore.axial == pytest.approx(3.0e6 - 18.0 * mass - 3.0e5 * share, rel=1e-3)
