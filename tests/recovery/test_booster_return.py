"""The booster's return: its equations, documents, plan, the guess by rules, the optimum alone, and bad input.

The joint problem is solved by `osea ascent examples/falcon9/recovery/study.yaml` (minutes); docs/recovery.md shows its figures.
"""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.earth import ROTATION_RATE, ecef_from_geodetic
from osea_rocket.core.errors import InputError, UndecidedError
from osea_rocket.core.findings import Severity
from osea_rocket.recovery import booster_return
from osea_rocket.recovery.booster_return import SolvedReturn, solve_alone
from osea_rocket.recovery.booster_return_document import BoosterReturn, ReturnBurn
from osea_rocket.recovery.booster_return_flight import fly_return
from osea_rocket.recovery.booster_return_guess import guess_return, ignition_times
from osea_rocket.recovery.booster_return_motion import (
    descent_right_hand_side,
    flow_cosine,
    local_up,
    local_velocity,
)
from osea_rocket.recovery.booster_return_plan import return_plan, with_kit
from osea_rocket.recovery.booster_return_problem import return_phases
from osea_rocket.recovery.booster_return_reach import Shortfall, refusal
from osea_rocket.recovery.booster_return_report import hover_findings, pad_findings
from osea_rocket.recovery.booster_return_result import IgnitionWindow
from osea_rocket.studies.ascend import engines_of
from osea_rocket.studies.documents import Study
from osea_rocket.studies.returning import with_return
from osea_rocket.trajectory.environment.gravity import WGS84, geodetic_altitude
from osea_rocket.trajectory.flight_plan import flight_plan
from osea_rocket.trajectory.motion import right_hand_side
from osea_rocket.trajectory.steering import launch_frame

EXAMPLE = Path(__file__).parents[2] / "examples" / "falcon9" / "recovery" / "study.yaml"


@pytest.fixture(scope="module")
def study():
    return load_document(Study, EXAMPLE)


@pytest.fixture(scope="module")
def planned(study):
    heavier, mode = with_return(study, "ship")
    _, maps = engines_of(heavier.vehicle)
    flight = flight_plan(heavier.vehicle, study.mission, maps)
    return heavier, maps, flight, return_plan(heavier.vehicle, study.mission, maps, flight, study.recovery, mode)


def falling_state(plan):
    """A state like that after an entry burn: 50 km up, 1.9 km/s, sinking."""
    place = np.array(ecef_from_geodetic(np.radians(28.3), np.radians(-75.0), 50e3))
    east = np.array([-place[1], place[0], 0.0]) / np.hypot(place[0], place[1])
    up = np.array(local_up(WGS84, *place.tolist()))
    velocity = 1700.0 * east - 850.0 * up + np.cross([0.0, 0.0, ROTATION_RATE], place)
    return np.concatenate([place, velocity, [1.1 * plan.landing_mass]])


def test_without_an_angle_of_attack_a_descent_is_plain_motion(planned):
    plan = planned[3]
    model, state = plan.segments[2].model, falling_state(plan)
    x, y, _, vx, vy, vz = state[:6]
    wind = np.array([vx + ROTATION_RATE * y, vy - ROTATION_RATE * x, vz])
    axis = (-wind / np.linalg.norm(wind)).tolist()
    arguments: Any = (*state.tolist(), *axis)
    powered: Any = (*arguments, 0.0)
    plain = right_hand_side(model, *powered)
    assert descent_right_hand_side(model, *arguments) == pytest.approx(plain, rel=1e-9, abs=1e-9)
    assert flow_cosine(model, *state[:6].tolist(), *axis) == pytest.approx(1.0)


def test_a_nose_held_low_lifts(planned):
    """Axis tilted from against the flow towards the level: the air pushes up."""
    plan = planned[3]
    model, state = plan.segments[2].model, falling_state(plan)
    x, y, _, vx, vy, vz = state[:6]
    wind = np.array([vx + ROTATION_RATE * y, vy - ROTATION_RATE * x, vz])
    against, up = -wind / np.linalg.norm(wind), np.array(local_up(WGS84, *state[:3].tolist()))
    level = against - (against @ up) * up
    tilted = against + 0.1 * level / np.linalg.norm(level)
    tilted /= np.linalg.norm(tilted)
    lift = np.array(descent_right_hand_side(model, *state.tolist(), *tilted.tolist())[3:6]) - np.array(
        descent_right_hand_side(model, *state.tolist(), *against.tolist())[3:6]
    )
    assert lift @ up > 0.0


def test_local_velocity_of_a_body_at_rest_and_rising():
    place = np.array(ecef_from_geodetic(0.6, -1.4, 30.0))
    rest = np.cross([0.0, 0.0, ROTATION_RATE], place)
    up = np.array([np.cos(0.6) * np.cos(-1.4), np.cos(0.6) * np.sin(-1.4), np.sin(0.6)])
    assert local_up(WGS84, *place.tolist()) == pytest.approx(up, abs=1e-9)
    assert local_velocity(WGS84, *place.tolist(), *(rest + 7.0 * up).tolist()) == pytest.approx(
        [0.0, 0.0, 7.0], abs=1e-6
    )


def test_three_backends_agree(planned):
    import casadi as ca

    from osea_rocket.core.compiled import compiled

    plan = planned[3]
    model, state = plan.segments[2].model, falling_state(plan).tolist()
    axis = (0.6, 0.0, 0.8)
    arguments: Any = (*state, *axis)
    expected = descent_right_hand_side(model, *arguments)
    assert compiled(descent_right_hand_side)(model, *arguments) == pytest.approx(expected, rel=1e-12)
    symbols = [ca.SX.sym(f"s{i}") for i in range(10)]
    traced = ca.Function("f", symbols, list(descent_right_hand_side(model, *symbols)))
    found = [float(v) for v in traced(*state, *axis)]
    assert found == pytest.approx(expected, rel=1e-9)
    for function, arguments in ((local_velocity, (WGS84, *state[:6])), (flow_cosine, (model, *state[:6], *axis))):
        assert compiled(function)(*arguments) == pytest.approx(function(*arguments), rel=1e-12)


def test_the_kit_rides_along(study):
    assert study.recovery.kit_mass("ship") == pytest.approx(2108 + 520 + 1393)
    assert study.recovery.kit_mass("expend") == 0.0
    heavier = with_kit(study.vehicle, study.recovery, "ship")
    assert heavier.stages[0].dry_mass == pytest.approx(study.vehicle.stages[0].dry_mass + 4021)
    assert with_return(study, "expend")[0] is study


def test_segments_follow_the_burns(planned, study):
    heavier, maps, flight, plan = planned
    names = [s.name.partition(": ")[2] for s in plan.segments]
    assert names == ["coast", "entry burn", "descent", "landing burn"]
    assert plan.after == "first stage burn" and plan.pad is None
    document = study.recovery.evolve(landing=ReturnBurn(engines=(1, 3, 1)), mode="rtls")
    back = return_plan(heavier.vehicle, study.mission, maps, flight, document, "rtls")
    assert [s.engines for s in back.segments] == [0, 3, 0, 3, 0, 1, 3, 1]
    # one engine starts with the ullage, two more at the change, none at the way back to one
    assert [s.lost for s in back.segments[-3:]] == [200.0, 300.0, 0.0]
    assert back.pad is not None and back.pad[0] == study.mission.site.latitude


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"stage": "second stage"}, "cannot come back"),
        ({"landing": ReturnBurn(engines=(11,))}, "has 9 engines"),
        ({"landing": ReturnBurn(engines=(1,), throttle=0.3)}, "57% at least"),
    ],
)
def test_what_cannot_be_flown_is_told(planned, study, changes, text):
    heavier, maps, flight, _ = planned
    with pytest.raises(InputError, match=text):
        return_plan(heavier.vehicle, study.mission, maps, flight, study.recovery.evolve(**changes), "rtls")


def test_more_starts_than_the_engine_has_are_refused(planned, study):
    heavier, maps, flight, _ = planned
    once = {**maps, "first stage": replace(maps["first stage"], ignitions=2)}
    with pytest.raises(InputError, match="starts 2 times, and ascent and return take 4"):
        return_plan(heavier.vehicle, study.mission, once, flight, study.recovery, "rtls")


def test_a_return_needs_its_document(study):
    with pytest.raises(InputError, match="does not say how a booster comes back"):
        with_return(study.evolve(recovery=None), "rtls")
    with pytest.raises(InputError, match="needs one"):
        BoosterReturn(name="x", flip=1.0).evolve(mode="parachute")


def test_rules_bring_a_booster_down(planned, study):
    """The guess stops near the ground, upright."""
    plan = planned[3]
    frame = launch_frame(study.mission.site, study.mission.launch_azimuth())
    state = falling_state(plan)
    landing = replace(plan, segments=plan.segments[2:])
    phases = guess_return(landing, frame, state, 400.0)
    last = phases[-1].values
    end = [np.atleast_1d(last[n])[-1] for n in ("x", "y", "z", "vx", "vy", "vz")]
    east, north, up = local_velocity(WGS84, *end)
    assert -3.0 < up < 3.0 and np.hypot(east, north) < 15.0
    assert -200.0 < geodetic_altitude(WGS84, *end[:3]) < 3000.0
    # less thrust must be lit earlier; the rules' own throttle lies between the two
    descent = phases[0]
    states = np.array([descent.values[n] for n in ("x", "y", "z", "vx", "vy", "vz", "mass")]).T
    times = descent.start + descent.duration * descent.at
    early, late = ignition_times(landing, frame, times[-30:], states[-30:], (0.7, 0.8))
    assert late is not None and (early is None or early < late)
    assert late >= phases[-1].start - 1.0
    assert np.degrees(np.atleast_1d(last["pitch"])[-1]) == pytest.approx(86.0, abs=5.0)


def test_an_entry_burn_may_be_asked_for_on_the_way_down(planned, study):
    """entry_altitude bounds height and vertical speed at the ignition; without it neither is asked for."""
    heavier, maps, flight, plan = planned
    limited = study.recovery.evolve(limits=study.recovery.limits.evolve(entry_altitude=65e3))
    asked = return_plan(heavier.vehicle, study.mission, maps, flight, limited, "ship")
    frame = launch_frame(study.mission.site, study.mission.launch_azimuth())
    guess = guess_return(plan, frame, falling_state(plan), 300.0)
    bounds = [
        {
            limit.name.partition(": ")[2]: limit.upper
            for b in return_phases(p, frame, guess).boundaries
            for limit in b.limits
        }
        for p in (plan, asked)
    ]
    new = {name: upper for name, upper in bounds[1].items() if name not in bounds[0]}
    assert new == {"altitude at the entry burn's ignition": 65e3, "vertical speed at the entry burn's ignition": 0.0}


def test_one_three_one_engines_in_entry_and_landing_are_solved_and_flown_again(planned, study):
    """Three times as many phases in each burn: the least propellant from over the air to a ship."""
    heavier, maps, flight, _ = planned
    counts = ReturnBurn(engines=(1, 3, 1))
    document = study.recovery.evolve(
        entry=counts, landing=counts.model_copy(update={"throttle": study.recovery.landing.throttle}), flip=1.0
    )
    plan = return_plan(heavier.vehicle, study.mission, maps, flight, document, "ship")
    frame = launch_frame(study.mission.site, study.mission.launch_azimuth())
    state, begun = falling_state(plan), 400.0
    state[6] = 1.6 * plan.landing_mass
    solution = solve_alone(plan, frame, state, begun)
    back = SolvedReturn(plan, frame, solution, tuple(fly_return(plan, frame, solution, state)))
    assert back.miss[0] < 50.0 and back.miss[1] < 1.0
    assert [s.engines for s in plan.segments] == [0, 1, 3, 1, 0, 1, 3, 1]
    burned = {}
    for segment, (times, states) in zip(plan.segments, back.flown, strict=True):
        assert times[-1] - times[0] >= segment.shortest - 1e-3
        if segment.engines:
            flow = (states[0, 6] - states[-1, 6]) / (times[-1] - times[0]) / segment.engines
            assert 0.5 * 270.0 < flow < 1.05 * 320.0  # kg/s of one engine
            burned[segment.name] = states[0, 6] - states[-1, 6]
    assert len(burned) == 6
    end = back.flown[-1][1][-1]
    east, north, up = local_velocity(WGS84, *end[:6].tolist())
    assert np.hypot(east, north) < 2.0 and -3.5 < up < 1.0
    assert geodetic_altitude(WGS84, *end[:3].tolist()) == pytest.approx(plan.ship_altitude, abs=50.0)


@pytest.fixture(scope="module")
def heavy():
    study = load_document(Study, EXAMPLE.parents[2] / "falcon_heavy" / "study.yaml")
    return with_return(study, None)[0]


def test_two_side_boosters_leave_with_propellant_and_each_has_its_pad(heavy):
    vehicle, mission = heavy.vehicle, heavy.mission
    _, maps = engines_of(vehicle)
    flight = flight_plan(vehicle, mission, maps)
    plan = return_plan(vehicle, mission, maps, flight, heavy.recovery, "rtls")
    group, stage = vehicle.boosters[0], vehicle.boosters[0].stage
    after = flight.segments[[s.name for s in flight.segments].index(plan.after) + 1]
    assert plan.bodies == 2
    each = plan.after_parting(1e6, after.mass_after_drop(1e6, 0.0))
    assert each == pytest.approx(plan.empty_mass + plan.reserve + group.kept, rel=1e-6)
    spent = group.count * (stage.propellant_mass - group.kept)
    (times,) = flight.strap_ons
    assert times.burned(times.burnout) == pytest.approx(spent, rel=0.01)
    (finding,) = pad_findings(plan)
    assert finding.severity is Severity.OK and "Landing Zone 1" in finding.message and "mirror image" in finding.message
    one_pad = replace(plan, document=heavy.recovery.evolve(pads=heavy.recovery.pads[:1]))
    (finding,) = pad_findings(one_pad)
    assert finding.severity is Severity.WARN and "give one for each" in finding.message


def test_strap_ons_without_propellant_for_the_way_back_are_refused(heavy):
    group = heavy.vehicle.boosters[0]
    empty = heavy.vehicle.evolve(boosters=(group.evolve(kept=0.0),))
    _, maps = engines_of(empty)
    flight = flight_plan(empty, heavy.mission, maps)
    with pytest.raises(InputError, match="give 'kept' to the strap-ons"):
        return_plan(empty, heavy.mission, maps, flight, heavy.recovery, "rtls")
    greedy = heavy.vehicle.evolve(boosters=(group.evolve(kept=500e3),))
    with pytest.raises(InputError, match="cannot keep 500000 kg"):
        flight_plan(greedy, heavy.mission, maps)


def test_a_hover_slam_is_said_with_its_window(planned):
    plan = planned[3]
    (slam,) = hover_findings(IgnitionWindow(least=1.38, most=2.05, planned=498.0, earliest=494.5, latest=499.0), plan)
    assert slam.severity is Severity.WARN and "cannot hover" in slam.message and "4.50 s in all" in slam.message
    (soft,) = hover_findings(IgnitionWindow(least=0.8, most=2.0, planned=498.0, latest=499.0), plan)
    assert soft.severity is Severity.OK
    (unknown,) = hover_findings(IgnitionWindow(least=1.2, most=2.0, planned=498.0), plan)
    assert unknown.severity is Severity.UNKNOWN


def test_a_pad_out_of_reach_names_the_shortfall(planned):
    plan = replace(planned[3], pad=(0.5, -1.4, 0.0))
    text = refusal(Shortfall(4321.0, 56e3, 0.49, -1.39), plan).message
    assert "4321 kg of propellant are wanting" in text and "56.0 km from the pad" in text


def test_a_finer_mesh_that_strays_is_solved_again_by_small_steps_or_refused(monkeypatch):
    """An optimum that is a third worse than the mesh's before is no refinement of it."""
    problem: Any = SimpleNamespace(name="a return", objective=SimpleNamespace(maximize=True))
    before: Any = SimpleNamespace(objective=12.45)
    asked = []

    def solving(*found):
        answers = iter(found)

        def solve(problem, guess, options, on_iteration):
            asked.append(dict(options.extra).get("mu_init"))
            return SimpleNamespace(objective=next(answers))

        return solve

    def refined(*found):
        asked.clear()
        monkeypatch.setattr(booster_return, "solve", solving(*found))
        return booster_return._on_finer(problem, before, booster_return.OPTIONS, lambda iteration: None).objective

    assert refined(12.44) == 12.44 and asked == [None]
    assert refined(8.6, 12.46) == 12.46 and asked == [None, booster_return.NEAR["mu_init"]]
    with pytest.raises(UndecidedError, match=r"leaves an optimum of 12\.45 for one of 8\.2"):
        refined(8.6, 8.2)
