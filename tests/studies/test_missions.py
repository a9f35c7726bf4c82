"""Missions that users fly, made of the Falcon 9 example: restart, sun-synchronous, a given payload, strap-ons, transfer orbit.

Each is designed once, then questioned: is the orbit reached, does every kilogram add up, do the limits hold, and does an
independent integrator arrive at the same place?
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import ImpossibleError, InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.performance import engine_performance
from osea_rocket.studies.design import Design, design
from osea_rocket.studies.documents import Study
from osea_rocket.trajectory.flight_plan import FlightPlan, flight_plan
from osea_rocket.trajectory.reach import reach, require_in_reach, require_payload
from osea_rocket.trajectory.targets import TargetOrbit
from osea_rocket.vehicle.residuals import propellant_budget
from osea_rocket.vehicle.vehicle import StrapOns

FALCON9 = Path(__file__).resolve().parents[2] / "examples" / "falcon9" / "study.yaml"


def to_orbit(study: Study, perigee_km: float, apogee_km: float, inclination_deg: float = 28.5, **mission) -> Study:
    orbit = study.mission.orbit.evolve(
        perigee_altitude=perigee_km * 1e3, apogee_altitude=apogee_km * 1e3, inclination=np.radians(inclination_deg)
    )
    return study.evolve(mission=study.mission.evolve(orbit=orbit, **mission))


def restart(study: Study) -> Study:
    """Park, coast half a turn, and circularise at 500 km."""
    sequence = study.mission.sequence.evolve(last_stage_burns=2, longest_coast=5000.0)
    return to_orbit(study, 500, 500, sequence=sequence)


def transfer_orbit(study: Study) -> Study:
    """185 x 35,786 km in one burn: the optimum leaves no kilogram of either stage."""
    return to_orbit(study, 185, 35786)


def sun_synchronous(study: Study) -> Study:
    """Southward from Vandenberg."""
    site = study.mission.site.evolve(
        name="Vandenberg", latitude=np.radians(34.632), longitude=np.radians(-120.611), altitude=80.0,
        azimuths=(np.radians(140.0), np.radians(201.0)), sources=(),
    )  # fmt: skip
    return to_orbit(study, 500, 500, 97.4, site=site)


def given_payload(study: Study) -> Study:
    """Ten tonnes with as little propellant as possible."""
    vehicle = study.vehicle.evolve(payload=study.vehicle.payload.evolve(mass=10e3))
    return study.evolve(vehicle=vehicle, mission=study.mission.evolve(objective="propellant"))


def strap_ons(study: Study) -> Study:
    """An invented vehicle: two shortened first stages beside the core."""
    core = study.vehicle.stages[0].evolve(ports=None)  # its ports are those of a vehicle without strap-ons
    booster = core.evolve(
        name="invented booster", role="strap-on", length=27.0, dry_mass=14e3, engine_count=5,
        propellant_mass=core.propellant_mass / 2,
        tanks=tuple(t.evolve(propellant_mass=t.propellant_mass / 2) for t in core.tanks),
        nose_length=4.0, nose_shape="conical", sources=(),
    )  # fmt: skip
    stages = (core, *study.vehicle.stages[1:])
    return study.evolve(vehicle=study.vehicle.evolve(stages=stages, boosters=(StrapOns(stage=booster, count=2),)))


MISSIONS: list[Callable[[Study], Study]] = [restart, transfer_orbit, sun_synchronous, given_payload, strap_ons]


@pytest.fixture(scope="module")
def falcon9() -> Study:
    return load_document(Study, FALCON9)


@pytest.fixture(scope="module", params=MISSIONS, ids=lambda mission: mission.__name__)
def designed(request: pytest.FixtureRequest, falcon9: Study) -> Design:
    return design(request.param(falcon9).evolve(name=request.param.__name__))


def plan_of(study: Study) -> FlightPlan:
    stages = (*study.vehicle.stages, *(g.stage for g in study.vehicle.boosters))
    return flight_plan(
        study.vehicle, study.mission, {s.name: engine_performance(s.engine).map for s in stages if s.engine}
    )


def test_the_orbit_is_reached(designed: Design) -> None:
    """In the re-propagated flight; a metre and a millimetre a second at insertion are some metres half a turn later."""
    orbit, goal = designed.ascent.insertion, designed.study.mission.target
    assert isinstance(goal, TargetOrbit)
    assert orbit.perigee_altitude == pytest.approx(goal.perigee_altitude, abs=300.0)
    assert orbit.apogee_altitude == pytest.approx(goal.apogee_altitude, abs=300.0 + 3e-4 * goal.apogee_altitude)
    assert orbit.inclination == pytest.approx(goal.inclination, abs=1e-5)


def test_another_integrator_arrives_at_the_same_place(designed: Design) -> None:
    assert designed.ascent.solver.position_error < 100.0
    assert designed.ascent.solver.velocity_error < 0.1


def test_no_stage_burns_more_than_it_has(designed: Design) -> None:
    """What one stage leaves is dropped with it, and no use to the next."""
    for used in designed.ascent.propellant:
        stage = designed.study.vehicle.stage(used.stage)
        usable = propellant_budget(stage).usable
        assert 0.0 < used.burned <= usable + 1.0
        assert used.burned + used.usable_left == pytest.approx(usable, abs=1.0)


def test_every_kilogram_adds_up(designed: Design) -> None:
    """Lift-off mass less what was burned and dropped is what arrives."""
    vehicle, ascent = designed.study.vehicle, designed.ascent
    burned = {used.stage: used.burned for used in ascent.propellant}
    *lower, last = vehicle.stages
    assert vehicle.fairing and vehicle.adapter
    gone = burned[last.name] + vehicle.fairing.mass
    for stage in lower:  # the example's interstage has no mass of its own
        gone += stage.dry_mass + stage.propellant_mass
    for group in vehicle.boosters:
        gone += group.count * (group.stage.dry_mass + group.stage.propellant_mass)
    assert ascent.trajectory.mass[-1] == pytest.approx(ascent.liftoff_mass - gone, abs=1.0)
    arrives = ascent.payload_mass + vehicle.adapter.mass + last.dry_mass + last.propellant_mass - burned[last.name]
    assert ascent.trajectory.mass[-1] == pytest.approx(arrives, abs=1.0)
    assert designed.masses.lift_off_mass == pytest.approx(ascent.liftoff_mass, abs=1.0)


def test_the_mass_only_falls_and_jumps_where_something_is_dropped(designed: Design) -> None:
    t = designed.ascent.trajectory
    assert np.diff(t.mass).max() < 1e-3
    plan = plan_of(designed.study)
    for k in range(1, len(t.phase_names)):
        before, after = t.mass[t.phase_index == k - 1][-1], t.mass[t.phase_index == k][0]
        assert (before - after > 100.0) == plan.segments[k].drops, t.phase_names[k]


def test_limits_hold_in_every_phase(designed: Design) -> None:
    t, limits, sequence = designed.ascent.trajectory, designed.study.mission.limits, designed.study.mission.sequence
    assert limits.dynamic_pressure and limits.axial_acceleration and limits.q_alpha and limits.fairing_heat_flux
    assert t.dynamic_pressure.max() <= limits.dynamic_pressure * 1.002
    assert t.axial_acceleration.max() <= limits.axial_acceleration * 1.003
    steered = t.time > sequence.vertical_rise
    assert (t.dynamic_pressure * np.sin(t.angle_of_attack))[steered].max() <= limits.q_alpha * 1.01
    plan = plan_of(designed.study)
    bare = np.array([not plan.segments[int(k)].fairing_on for k in t.phase_index])
    assert t.heat_flux[bare].max() <= limits.fairing_heat_flux * 1.015  # also on the coast of the two burns
    assert not [f for f in designed.findings if f.severity is Severity.ERROR]


def test_the_velocity_lies_between_the_bounds_of_reach(designed: Design) -> None:
    """What the orbit needs at least, what was spent, what the vehicle has at most, payload on board."""
    plan = plan_of(designed.study)
    plan = type(plan)(plan.segments, plan.liftoff_mass, designed.payload_mass)
    bounds = reach(plan, designed.study.mission)
    assert bounds.needed < designed.ascent.budget.ideal <= bounds.available + 1.0


def test_what_each_mission_is_about(designed: Design) -> None:
    name, ascent = designed.study.name, designed.ascent
    events = [e.name for e in ascent.trajectory.events]
    times = {e.name: e.time for e in ascent.trajectory.events}
    left = {used.stage: used.usable_left for used in ascent.propellant}
    if name == "restart":
        assert events.count("second stage ignition") == events.count("second stage cut-off") == 2
        coast = ascent.trajectory.phase_index == ascent.trajectory.phase_names.index("coast")
        assert 2000.0 < np.ptp(ascent.trajectory.time[coast]) < 5000.0  # about half a turn
        assert ascent.payload_mass > 21e3  # a direct ascent to 500 km carries under 18 t
    elif name == "sun_synchronous":
        # sin A = cos 97.4 / cos 34.45 deg to the west of south, and the site's own 382 m/s to be undone at 7.6 km/s
        assert np.degrees(ascent.azimuth) == pytest.approx(180 + 9.0 + 2.8, abs=0.5)
        assert ascent.trajectory.latitude[-1] < ascent.trajectory.latitude[0]
    elif name == "given_payload":
        assert ascent.payload_mass == pytest.approx(10e3, abs=1e-3)
        assert left["second stage"] > 10e3
        assert left["first stage"] < 2.0
    elif name == "strap_ons":
        assert times["invented booster separation"] < times["first stage cut-off"]
        assert {e.name: e.mass for e in ascent.trajectory.events}["lift-off"] > 1e6
    elif name == "transfer_orbit":
        assert all(abs(kilograms) < 2.0 for kilograms in left.values())


# Without solving


def test_strap_ons_that_burn_out_together_leave_together(falcon9: Study) -> None:
    vehicle = strap_ons(falcon9).vehicle
    group = vehicle.boosters[0]
    twin = StrapOns(stage=group.stage.evolve(name="twin"), count=2)
    plan = plan_of(falcon9.evolve(vehicle=vehicle.evolve(boosters=(group, twin))))
    flown = next(s for s in plan.segments if s.name == "flight with invented booster and twin")
    after = plan.segments[plan.segments.index(flown) + 1]
    assert flown.duration is not None and flown.duration > 10.0
    assert after.dropped_name == "invented booster and twin separation"
    assert after.dropped_before == pytest.approx(2 * plan_of(strap_ons(falcon9)).segments[3].dropped_before)


def test_strap_ons_burn_out_one_after_the_other(falcon9: Study) -> None:
    vehicle = strap_ons(falcon9).vehicle
    group = vehicle.boosters[0]
    quick = StrapOns(stage=group.stage.evolve(name="quick", engine_count=7), count=2)
    plan = plan_of(falcon9.evolve(vehicle=vehicle.evolve(boosters=(group, quick))))
    names = [s.name for s in plan.segments]
    assert names[2:5] == ["flight with quick and invented booster", "flight with invented booster", "first stage burn"]
    assert [s.dropped_name for s in plan.segments[3:5]] == ["quick separation", "invented booster separation"]
    assert plan.segments[2].model.steady_thrust > plan.segments[3].model.steady_thrust > 0.0


def test_strap_ons_on_an_upper_stage_are_refused(falcon9: Study) -> None:
    vehicle = strap_ons(falcon9).vehicle
    upper = vehicle.boosters[0].evolve(beside="second stage")
    with pytest.raises(InputError, match="light in flight"):
        plan_of(falcon9.evolve(vehicle=vehicle.evolve(boosters=(upper,))))


def test_reach_is_a_bound_by_hand(falcon9: Study) -> None:
    """Tsiolkovsky's equation for the two stages without payload, and vis-viva at the site's radius."""
    first, second = falcon9.vehicle.stages
    assert falcon9.vehicle.adapter
    plan = plan_of(falcon9)
    bounds = reach(plan, falcon9.mission)
    after_first = plan.liftoff_mass - propellant_budget(first).usable
    begin = second.dry_mass + second.propellant_mass + falcon9.vehicle.adapter.mass  # fairing gone at once
    after_second = begin - propellant_budget(second).usable
    expected = 9.80665 * (311 * np.log(plan.liftoff_mass / after_first) + 348 * np.log(begin / after_second))
    assert bounds.available == pytest.approx(expected, rel=1e-9)
    radius = float(np.linalg.norm(falcon9.mission.site.position()))
    assert bounds.needed == pytest.approx(np.sqrt(3.986004418e14 * (2 / radius - 1 / 6578137)) - 408.7 - 20.0, abs=0.5)


def test_an_orbit_too_high_for_one_burn_asks_for_a_coast(falcon9: Study) -> None:
    """Nine Merlins at 57 % and one at 64 % are empty after less than 15 minutes; 36,000 km are hours away."""
    high = to_orbit(falcon9, 35786, 35786)
    assert reach(plan_of(high), high.mission).longest == pytest.approx(900.0, abs=100.0)
    with pytest.raises(ImpossibleError, match=r"mission.yaml:8:21: .*too high for this sequence.*last_stage_burns: 2"):
        require_in_reach(plan_of(high), high.mission)
    sequence = falcon9.mission.sequence.evolve(last_stage_burns=2, longest_coast=6 * 3600.0)
    coasting = to_orbit(falcon9, 35786, 35786, sequence=sequence)
    require_in_reach(plan_of(coasting), coasting.mission)


def test_the_largest_payload_decides(falcon9: Study) -> None:
    require_payload(22.97e3, 22.97e3, falcon9.mission)
    with pytest.raises(ImpossibleError, match="at most 22970 kg"):
        require_payload(23.1e3, 22.97e3, falcon9.mission)
