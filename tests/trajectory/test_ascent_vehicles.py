"""Vehicles as they are flown: strap-ons lit in the air, throttle schedules, engines out, drops of payload on the way.

Each is made of the Falcon 9 example, flown on a first mesh, and asked whether its masses add up.
"""

from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.propulsion.thrust_curve import ThrustCurve
from osea_rocket.studies.ascend import engines_of
from osea_rocket.studies.documents import Study
from osea_rocket.trajectory.ascent import solve_ascent
from osea_rocket.trajectory.ascent_result import fly_ascent
from osea_rocket.trajectory.flight_plan import FlightPlan, flight_plan
from osea_rocket.trajectory.mission import Mission
from osea_rocket.trajectory.motion import total_mass_flow
from osea_rocket.trajectory.result import AscentResult
from osea_rocket.trajectory.sequence import Burn, BurnOrbit, Disposal, EngineOut, Sequence, ThrottleInterval
from osea_rocket.vehicle.residuals import propellant_budget
from osea_rocket.vehicle.stage import Stage
from osea_rocket.vehicle.vehicle import StrapOns, Vehicle

STUDY = Path(__file__).parents[2] / "examples" / "falcon9" / "study.yaml"
COARSE = 1e-4  # mesh error: enough for what is asked here


@pytest.fixture(scope="module")
def study() -> Study:
    return load_document(Study, STUDY)


def plan_of(vehicle: Vehicle, mission: Mission) -> FlightPlan:
    return flight_plan(vehicle, mission, engines_of(vehicle)[1])


def fly(vehicle: Vehicle, mission: Mission) -> AscentResult:
    return fly_ascent(solve_ascent(plan_of(vehicle, mission), mission, mesh_tolerance=COARSE, largest_miss=None))


def in_sequence(mission: Mission, **changes) -> Mission:
    return mission.evolve(sequence=mission.sequence.evolve(**changes))


def solid(name: str, load: float, thrust: float) -> Stage:
    """An invented solid strap-on: 63 s with a tail, 0.5 % of its load left."""
    time = np.array([0.0, 1.0, 12.0, 30.0, 50.0, 58.0, 63.0])
    shape = np.array([0.95, 1.0, 1.1, 1.05, 0.95, 0.8, 0.05]) * thrust
    isp = float(np.trapezoid(shape, time)) / (0.995 * load * 9.80665)
    motor = ThrustCurve(name=f"{name} motor", time=tuple(time), thrust=tuple(shape), isp_vacuum=isp, exit_area=0.5)
    return Stage(
        name=name, role="strap-on", diameter=1.0, length=13.0, dry_mass=1360.0, propellant_mass=load, motor=motor,
        nose_length=1.5, nose_shape="conical",
    )  # fmt: skip


def six_and_three(vehicle: Vehicle) -> Vehicle:
    """As Delta II: six strap-ons lit on the ground, three in the air half a second before the six leave."""
    core = vehicle.stages[0].evolve(
        name="core", tanks=(), propellant_mass=96e3, dry_mass=5.7e3, engine_count=2, length=26.0
    )
    engine = vehicle.stages[1].engine
    assert engine is not None
    upper = vehicle.stages[1].evolve(
        tanks=(), propellant_mass=20e3, dry_mass=2500.0, engine=engine.evolve(thrust_vacuum=110e3)
    )
    groups = (
        StrapOns(stage=solid("ground-lit", 11765.0, 500e3), count=6, drop=66.0),
        StrapOns(stage=solid("air-lit", 11765.0, 500e3), count=3, ignition=65.5, drop=131.5),
    )
    return vehicle.evolve(
        stages=(core, upper), interstages=(vehicle.interstages[0].evolve(on="core"),), boosters=groups
    )


def test_strap_ons_lit_in_the_air(study):
    vehicle = six_and_three(study.vehicle)
    mission = study.mission.evolve(limits=study.mission.limits.evolve(dynamic_pressure=70e3))
    plan = plan_of(vehicle, mission)
    for segment in plan.segments[:8]:  # the smooth curves burn what the straight ones do
        if segment.clock != "flight":
            continue
        assert segment.duration is not None
        begin = sum(s.duration or 0.0 for s in plan.segments[: plan.segments.index(segment)])
        t = np.linspace(begin, begin + segment.duration, 20001)
        core = 2 * engines_of(vehicle)[1]["core"].mass_flow[-1]
        flow = np.array([total_mass_flow(segment.model, 1.0, float(x)) for x in t]) - core
        assert np.trapezoid(flow, t) == pytest.approx(plan.strap_on_burned(t[0], t[-1]), rel=2e-5, abs=0.5)
    flown = fly(vehicle, mission)
    events = {e.name: e.time for e in flown.trajectory.events}
    assert events["air-lit ignition"] == pytest.approx(65.5, abs=1e-6)
    assert events["ground-lit separation"] == pytest.approx(66.0, abs=1e-6)
    assert events["air-lit separation"] == pytest.approx(131.5, abs=1e-6)
    burned = {p.stage: p.burned for p in flown.propellant}
    core, upper = vehicle.stages
    assert vehicle.fairing and vehicle.adapter
    strap_ons = 9 * (1360.0 + 11765.0)
    gone = strap_ons + core.dry_mass + core.propellant_mass + vehicle.fairing.mass + burned[upper.name]
    assert flown.trajectory.mass[-1] == pytest.approx(flown.liftoff_mass - gone, abs=1.0)
    assert burned["core"] == pytest.approx(propellant_budget(core).usable, abs=30.0)  # of a coarse mesh
    # the thrust jumps when the three light
    k = int(np.searchsorted(flown.trajectory.time, 65.4))
    assert flown.trajectory.thrust[k + 2] - flown.trajectory.thrust[k - 1] > 1.2e6


def test_an_engine_out_costs_payload_and_lengthens_the_burn(study):
    mission = in_sequence(study.mission, engine_out=(EngineOut(stage="first stage", engines=1, after=76.0),))
    whole, failed = fly(study.vehicle, study.mission), fly(study.vehicle, mission)
    assert 200.0 < whole.payload_mass - failed.payload_mass < 2000.0
    cut = [next(e.time for e in r.trajectory.events if e.name == "first stage cut-off") for r in (whole, failed)]
    assert cut[1] > cut[0] + 5.0
    out = next(e for e in failed.trajectory.events if "engine(s) out" in e.name)
    assert out.name == "first stage: 1 engine(s) out"
    assert out.time == pytest.approx(76.0, abs=1e-6)
    burned = {p.stage: p.burned for p in failed.propellant}
    assert burned["first stage"] == pytest.approx(propellant_budget(study.vehicle.stages[0]).usable, abs=20.0)


def test_a_throttle_schedule_is_flown(study):
    interval = ThrottleInterval(stage="first stage", begin=55.0, end=80.0, throttle=0.8)
    flown = fly(study.vehicle, in_sequence(study.mission, throttle=(interval,)))
    t = flown.trajectory
    inside = (t.time > 55.01) & (t.time < 79.99)
    assert np.all(t.throttle[inside] == 0.8)
    assert flown.payload_mass < 22_972.0  # the free optimum is the best


def test_a_throttle_schedule_ends_with_the_propellant(study):
    """0.6 of the thrust from 55 s to 1000 s after lift-off: the stage is empty long before, and the burn ends there."""
    interval = ThrottleInterval(stage="first stage", begin=55.0, end=1000.0, throttle=0.6)
    flown = fly(study.vehicle, in_sequence(study.mission, throttle=(interval,)))
    burned = next(p.burned for p in flown.propellant if p.stage == "first stage")
    assert burned == pytest.approx(propellant_budget(study.vehicle.stages[0]).usable, abs=20.0)
    cut_off = next(e.time for e in flown.trajectory.events if e.name == "first stage cut-off")
    t = flown.trajectory
    assert 180.0 < cut_off < 300.0 and np.all(t.throttle[(t.time > 55.01) & (t.time < cut_off - 0.01)] == 0.6)


def test_engine_out_of_an_upper_stage_comes_after_the_fairing(study):
    """Two engines of half the thrust; one stops 120 s after ignition, fairing gone by then."""
    second = study.vehicle.stages[1]
    assert second.engine is not None
    twin = second.evolve(engine=second.engine.evolve(thrust_vacuum=second.engine.thrust_vacuum / 2), engine_count=2)
    vehicle = study.vehicle.evolve(stages=(study.vehicle.stages[0], twin))
    plan = plan_of(
        vehicle, in_sequence(study.mission, engine_out=(EngineOut(stage="second stage", engines=1, after=120.0),))
    )
    names = [s.name for s in plan.segments[-3:]]
    assert names == ["second stage burn", "second stage burn, fairing off", "second stage burn, engine out"]
    assert [s.engines for s in plan.segments[-3:]] == [2, 2, 1]
    assert plan.segments[-2].clock_end == 120.0
    assert plan.segments[-3].clock == "burn" and plan.segments[-1].clock is None


def test_a_sequence_of_burns_becomes_segments(study):
    burns = (
        Burn(orbit=BurnOrbit(perigee_altitude=200e3, apogee_altitude=200e3), longest_coast=3000.0),
        Burn(orbit=BurnOrbit(perigee_altitude=200e3, apogee_altitude=630e3), releases=500.0, longest_coast=6000.0),
        Burn(),
    )
    mission = in_sequence(study.mission, burns=burns, disposal=Disposal(perigee_altitude=40e3, longest_coast=3000.0))
    plan = plan_of(study.vehicle, mission)
    assert [s.name for s in plan.segments[6:]] == [
        "coast", "second stage second burn", "second coast", "second stage third burn", "coast to disposal",
        "second stage disposal burn",
    ]  # fmt: skip
    assert plan.insertion.name == "second stage third burn"
    assert plan.released == 500.0
    assert [s.payload_aboard(2000.0) for s in plan.segments[6:]] == [2000.0, 2000.0, 1500.0, 1500.0, 0.0, 0.0]
    second, third = plan.segments[-4:-2], plan.segments[-2]
    assert second[0].mass_after_drop(9000.0, 2000.0, plan.before(second[0])) == 8500.0
    assert third.mass_after_drop(9000.0, 2000.0, plan.before(third)) == 7500.0


BAD = [
    ({"throttle": (ThrottleInterval(stage="second stage", begin=1.0, end=2.0, throttle=0.7),)}, "counts from lift-off"),
    ({"throttle": (ThrottleInterval(stage="first stage", begin=1.0, end=2.0, throttle=0.1),)}, "runs at throttles"),
    ({"engine_out": (EngineOut(stage="second stage", engines=1, after=9.0),)}, "none is left to burn on"),
    ({"engine_out": (EngineOut(stage="third stage", engines=1, after=9.0),)}, "no core stage 'third stage'"),
    ({"fairing_stage": "fourth stage"}, "no core stage 'fourth stage'"),
    ({"core_ignition": 20.0}, "no strap-ons lift it"),
    ({"longest_separation_coasts": (5.0, 5.0)}, "2 longest separation coasts for 1 stage separations"),
]


@pytest.mark.parametrize(("changes", "message"), BAD)
def test_contradictions_are_refused_with_their_place(study, changes, message):
    with pytest.raises(InputError, match=message):
        plan_of(study.vehicle, in_sequence(study.mission, **changes))


def test_sequences_that_make_no_sense_are_refused():
    usual = {"vertical_rise": 5.0, "pitch_over": 5.0, "separation_coasts": (5.0,)}
    sequence = Sequence.model_validate(usual)
    two = (
        ThrottleInterval(stage="a", begin=0.0, end=9.0, throttle=0.5),
        ThrottleInterval(stage="a", begin=8.0, end=9.5, throttle=0.6),
    )
    for changes, message in (
        ({"burns": (Burn(), Burn())}, "another burn follows"),
        ({"burns": (Burn(longest_coast=9.0),)}, "no burn follows"),
        ({"burns": (Burn(releases=5.0),)}, "the rest of the payload"),
        ({"burns": (Burn(),), "last_stage_burns": 2, "longest_coast": 9.0}, "leave out last_stage_burns"),
        ({"throttle": two}, "overlap"),
        ({"engine_out": (EngineOut(stage="a", engines=1, after=1.0),) * 2}, "fail twice"),
    ):
        with pytest.raises(InputError, match=message):
            sequence.evolve(**changes)


def test_strap_ons_must_be_empty_before_they_leave(study):
    vehicle = six_and_three(study.vehicle)
    early = vehicle.evolve(boosters=(vehicle.boosters[0].evolve(drop=50.0), vehicle.boosters[1]))
    with pytest.raises(InputError, match=r"burns until 63\.0 s"):
        plan_of(early, study.mission)


def test_two_drops_into_two_orbits(study):
    """500 kg at 200 x 630 km, the rest at 600 km: masses jump by what is released, and both orbits are met."""
    first = Burn(
        orbit=BurnOrbit(perigee_altitude=200e3, apogee_altitude=630e3, inclination=np.radians(28.5)),
        releases=500.0,
        longest_coast=6000.0,
    )
    orbit = study.mission.orbit.evolve(perigee_altitude=600e3, apogee_altitude=600e3)
    flown = fly(study.vehicle, in_sequence(study.mission, burns=(first, Burn())).evolve(orbit=orbit))
    drop, last = flown.orbits
    assert drop.released == 500.0
    assert last.released == pytest.approx(flown.payload_mass - 500.0)
    assert drop.orbit.perigee_altitude == pytest.approx(200e3, abs=2e3)
    assert drop.orbit.apogee_altitude == pytest.approx(630e3, abs=2e3)
    assert last.orbit.perigee_altitude == pytest.approx(600e3, abs=2e3)
    t = flown.trajectory
    coast = t.phase_names.index("coast")
    jump = t.mass[t.phase_index == coast - 1][-1] - t.mass[t.phase_index == coast][0]
    assert jump == pytest.approx(500.0, abs=1e-6)
    second = study.vehicle.stages[1]
    burned = {p.stage: p.burned for p in flown.propellant}[second.name]
    left = second.dry_mass + second.propellant_mass - burned + study.vehicle.adapter.mass
    assert t.mass[-1] == pytest.approx(left + flown.payload_mass - 500.0, abs=1.0)


def three_cores(vehicle: Vehicle) -> Vehicle:
    """As Falcon Heavy and Delta IV Heavy: two more first stages beside the core."""
    side = vehicle.stages[0].evolve(
        name="side booster", role="strap-on", nose_length=4.0, nose_shape="conical", sources=()
    )
    return vehicle.evolve(boosters=(StrapOns(stage=side, count=2),))


def test_a_throttled_core_outlasts_liquid_strap_ons(study):
    """Throttled for 100 s the core has that much more to burn alone; three stages lift more than twice what one does."""
    vehicle = three_cores(study.vehicle)
    interval = ThrottleInterval(stage="first stage", begin=50.0, end=150.0, throttle=0.6)
    mission = in_sequence(study.mission, throttle=(interval,))
    flown = fly_ascent(solve_ascent(plan_of(vehicle, mission), mission, mesh_tolerance=1e-3, largest_miss=None))
    t, events = flown.trajectory, {e.name: e.time for e in flown.trajectory.events}
    assert np.all(t.throttle[(t.time > 50.01) & (t.time < 149.99)] == 0.6)
    assert events["side booster separation"] < events["first stage cut-off"] - 30.0
    burned = {p.stage: p.burned for p in flown.propellant}
    usable = propellant_budget(study.vehicle.stages[0]).usable
    assert burned["first stage"] == pytest.approx(usable, abs=50.0)
    assert 55e3 < flown.payload_mass < 70e3


def test_a_core_lit_in_flight(study):
    """As Titan: the strap-ons lift all, and the core lights 140 s after lift-off, before they are empty."""
    vehicle, mission = three_cores(study.vehicle), in_sequence(study.mission, core_ignition=140.0)
    flown = fly_ascent(solve_ascent(plan_of(vehicle, mission), mission, mesh_tolerance=1e-3, largest_miss=None))
    t, events = flown.trajectory, {e.name: e.time for e in flown.trajectory.events}
    assert events["first stage ignition"] == pytest.approx(140.0, abs=1e-6)
    assert 140.0 < events["side booster separation"] < events["first stage cut-off"]
    before, after = (float(t.thrust[np.searchsorted(t.time, at)]) for at in (138.5, 141.5))
    assert after > 1.3 * before
    core = propellant_budget(study.vehicle.stages[0]).usable
    assert {p.stage: p.burned for p in flown.propellant}["first stage"] == pytest.approx(core, abs=50.0)
