"""The Falcon 9 example's ascent: solved once, then questioned, also by equations of motion that are written separately."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline

from osea_rocket.core.documents import load_document
from osea_rocket.core.earth import J2, MU, RADIUS, ROTATION_RATE, geodetic_from_ecef
from osea_rocket.core.errors import ImpossibleError, InputError, UndecidedError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.performance import engine_performance
from osea_rocket.studies.documents import Study
from osea_rocket.trajectory import ascent
from osea_rocket.trajectory.ascent import solve_ascent
from osea_rocket.trajectory.ascent_result import fly_ascent
from osea_rocket.trajectory.environment import us76
from osea_rocket.trajectory.flight_plan import flight_plan
from osea_rocket.trajectory.result import AscentResult
from osea_rocket.trajectory.steering import launch_frame, thrust_direction
from osea_rocket.vehicle.aerodynamics import drag_table

STUDY = Path(__file__).parents[2] / "examples" / "falcon9" / "study.yaml"


@pytest.fixture(scope="module")
def study():
    return load_document(Study, STUDY)


@pytest.fixture(scope="module")
def engines(study):
    return {stage.name: engine_performance(stage.engine) for stage in study.vehicle.stages}


@pytest.fixture(scope="module")
def solved(study, engines):
    plan = flight_plan(study.vehicle, study.mission, {name: e.map for name, e in engines.items()})
    return solve_ascent(plan, study.mission)


@pytest.fixture(scope="module")
def flown(solved):
    return fly_ascent(solved)


def test_the_orbit_is_reached_by_the_optimizer(solved, study):
    end = solved.solution.phases[-1].states
    position, velocity = (np.array([end[n][-1] for n in names]) for names in (("x", "y", "z"), ("vx", "vy", "vz")))
    h = np.cross(position, velocity)
    assert np.linalg.norm(position) == pytest.approx(RADIUS + 200e3, abs=1.0)
    assert np.linalg.norm(velocity) == pytest.approx(np.sqrt(MU / (RADIUS + 200e3)), abs=1e-3)
    assert position @ velocity == pytest.approx(0.0, abs=1e3)
    assert np.arccos(h[2] / np.linalg.norm(h)) == pytest.approx(study.mission.orbit.inclination, abs=1e-7)


def test_flown_again_it_arrives_at_the_same_place(flown):
    assert flown.solver.position_error < 100.0
    assert flown.solver.velocity_error < 0.1
    assert flown.insertion.perigee_altitude == pytest.approx(200e3, abs=300.0)
    assert flown.insertion.apogee_altitude == pytest.approx(200e3, abs=300.0)


def test_limits_hold_all_the_way(flown, study):
    t, limits = flown.trajectory, study.mission.limits
    assert t.dynamic_pressure.max() <= limits.dynamic_pressure * 1.002
    assert t.axial_acceleration.max() <= limits.axial_acceleration * 1.002
    steered = t.time > study.mission.sequence.vertical_rise
    assert (t.dynamic_pressure * np.sin(t.angle_of_attack))[steered].max() <= limits.q_alpha * 1.01
    off = t.phase_index == len(t.phase_names) - 1
    assert t.heat_flux[off].max() <= limits.fairing_heat_flux * 1.005
    rate = np.abs(np.diff(np.unwrap(t.pitch))) / np.maximum(np.diff(t.time), 1e-9)
    assert (
        rate[np.diff(t.time) > 0.5].max() <= limits.attitude_rate * 1.1
    )  # pitch over the horizon turns a little faster
    assert not [f for f in flown.findings if f.severity is Severity.ERROR]


def test_masses_close(flown, study):
    """Lift-off mass = what was burned + what was dropped + what is in orbit."""
    first, second = study.vehicle.stages
    burned = {p.stage: p for p in flown.propellant}
    assert all(abs(p.usable_left) < 2.0 for p in burned.values())
    unburned = first.propellant_mass - burned[first.name].burned
    dropped = first.dry_mass + unburned + study.vehicle.fairing.mass
    final = flown.liftoff_mass - sum(p.burned for p in burned.values()) - dropped
    assert flown.trajectory.mass[-1] == pytest.approx(final, abs=2.0)
    in_orbit = second.dry_mass + study.vehicle.adapter.mass + flown.payload_mass
    assert final == pytest.approx(in_orbit + second.propellant_mass - burned[second.name].burned, abs=2.0)


def test_velocity_budget_closes(flown):
    b = flown.budget
    assert b.ideal - b.gravity - b.drag - b.steering - b.pressure == pytest.approx(b.gain, abs=1e-4)
    assert b.gain == pytest.approx(flown.trajectory.speed_relative[-1], abs=0.01)
    assert flown.earth_rotation == pytest.approx(ROTATION_RATE * (RADIUS + 200e3), rel=0.15)  # less the turn to north


def test_events_come_in_order(flown):
    names = [e.name for e in flown.trajectory.events]
    expected = ["lift-off", "max-q", "first stage cut-off", "first stage separation", "second stage ignition",
                "fairing jettison", "second stage cut-off", "insertion"]  # fmt: skip
    assert [n for n in names if n in expected] == expected
    assert all(np.diff([e.time for e in flown.trajectory.events]) > -1e-6)


def test_result_survives_its_file(flown):
    assert AscentResult.from_json(flown.to_json()).same_as(flown)


def test_the_penalty_on_rates_costs_next_to_nothing(solved, monkeypatch):
    """A hundredth of the weights changes the payload by less than 0.02 %: they make rates unique, no more."""
    from osea_rocket.trajectory import ascent_problem as stated

    monkeypatch.setattr(stated, "TURNING_WEIGHT", stated.TURNING_WEIGHT / 100)
    monkeypatch.setattr(stated, "THROTTLING_WEIGHT", stated.THROTTLING_WEIGHT / 10)
    freer = solve_ascent(solved.plan, solved.mission, mesh_tolerance=1e-4)
    assert freer.payload_mass == pytest.approx(solved.payload_mass, rel=2e-4)


def test_separately_written_equations_fly_to_the_same_orbit(solved, study, engines, flown):
    """Spherical coordinates in the Earth-fixed frame, the exact standard atmosphere, SciPy's splines: no shared equation."""
    x, y, z = study.mission.site.position()
    r, lon, lat = np.sqrt(x * x + y * y + z * z), np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))
    state = np.array([r, lon, lat, 0.0, 0.0, 0.0, flown.liftoff_mass])
    for segment in solved.plan.segments:
        state[6] = segment.mass_after_drop(state[6], solved.payload_mass)
        phase = solved.solution[segment.name]
        rate = _written_separately(study, engines, segment, phase, solved.frame)
        for a, b in zip(phase.edges[:-1], phase.edges[1:], strict=True):
            piece = solve_ivp(rate, (a, b), state, method="RK45", rtol=1e-8, atol=1e-8)
            assert piece.success
            state = piece.y[:, -1]
    r, lon, lat, *_ = state
    phase = solved.solution.phases[-1]
    here = lon + ROTATION_RATE * phase.end
    up = np.array([np.cos(lat) * np.cos(here), np.cos(lat) * np.sin(here), np.sin(lat)])
    east = np.array([-np.sin(here), np.cos(here), 0.0])
    velocity = state[3] * east + state[4] * np.cross(up, east) + state[5] * up
    velocity += np.cross([0.0, 0.0, ROTATION_RATE], r * up)
    end = phase.states
    assert np.linalg.norm(r * up - [end[n][-1] for n in ("x", "y", "z")]) < 100.0
    assert np.linalg.norm(velocity - [end[n][-1] for n in ("vx", "vy", "vz")]) < 0.3
    assert state[6] == pytest.approx(end["mass"][-1], abs=2.0)


def _written_separately(study, engines, segment, phase, frame):
    """Rates of (r, longitude, geocentric latitude, east, north, up, mass), all Earth-fixed."""
    index = [s.name for s in study.vehicle.stages].index(segment.stage)
    stage = study.vehicle.stages[index]
    engine = engines[segment.stage].map
    area = stage.engine_count * engine.exit_area if segment.powered else 0.0
    drag = drag_table(study.vehicle, lowest_stage=index, fairing=segment.fairing_on, nozzle_exit_area=area)
    cd = CubicSpline(drag.mach, drag.cd if segment.powered else drag.cd_power_off)
    thrust = CubicSpline(engine.throttle, engine.thrust_vacuum)
    flow = CubicSpline(engine.throttle, engine.mass_flow)
    whole = us76.profile()

    def rate(t, state):
        r, lon, lat, east, north, up, mass = state
        s, c, omega = np.sin(lat), np.cos(lat), ROTATION_RATE
        _, _, altitude = geodetic_from_ecef(r * c * np.cos(lon), r * c * np.sin(lon), r * s)
        if altitude < 86e3:
            layer = us76.lower(np.array([altitude]))
            rho, ambient = layer.density[0], layer.pressure[0]
            sound = np.sqrt(1.4 * ambient / rho)
        else:
            rho = np.exp(np.interp(altitude, whole.altitude, np.log(whole.density)))
            ambient, sound = np.exp(np.interp(altitude, whole.altitude, np.log(whole.pressure))), 274.1
        speed = np.sqrt(east**2 + north**2 + up**2)
        brake = 0.5 * rho * speed * cd(min(speed / sound, drag.mach[-1])) * drag.reference_area / mass
        held = phase.at(t)
        axis = np.array(thrust_direction(frame, held["pitch"][0], held["yaw"][0]))
        throttle = min(held["throttle"][0], 1.0) if "throttle" in held else 1.0
        push, burn = 0.0, 0.0
        if segment.powered:
            push = (stage.engine_count * thrust(throttle) - ambient * area) / mass
            burn = stage.engine_count * flow(throttle)
        here = lon + omega * t
        e = np.array([-np.sin(here), np.cos(here), 0.0])
        u = np.array([c * np.cos(here), c * np.sin(here), s])
        felt = push * np.array([axis @ e, axis @ np.cross(u, e), axis @ u])
        ratio = J2 * (RADIUS / r) ** 2
        gravity_up = -MU / r**2 * (1 - 1.5 * ratio * (3 * s**2 - 1))
        gravity_north = -3 * MU / r**2 * ratio * s * c
        return [
            up, east / (r * c), north / r,
            felt[0] - brake * east + east * (north * s / c - up) / r + 2 * omega * (north * s - up * c),
            felt[1] - brake * north - (east**2 * s / c + north * up) / r - 2 * omega * east * s
            + gravity_north - omega**2 * r * s * c,
            felt[2] - brake * up + (east**2 + north**2) / r + 2 * omega * east * c + gravity_up + omega**2 * r * c**2,
            -burn,
        ]  # fmt: skip

    return rate


def test_launch_frame_is_right_handed_and_points_where_it_says(study):
    site = study.mission.site
    frame = launch_frame(site, np.radians(90.0))
    east, north, up = site.east_north_up()
    assert np.allclose(thrust_direction(frame, np.pi / 2, 0.0), up)
    assert np.allclose(thrust_direction(frame, 0.0, 0.0), east)
    assert np.allclose(thrust_direction(frame, 0.0, np.pi / 2), -north)  # to the right of due east


def test_an_orbit_out_of_reach_is_refused_with_the_condition_that_gives_way(study, engines):
    small = study.vehicle.stages[1].evolve(propellant_mass=9e3, tanks=())
    vehicle = study.vehicle.evolve(stages=(study.vehicle.stages[0], small))
    plan = flight_plan(vehicle, study.mission, {name: e.map for name, e in engines.items()})
    with pytest.raises(ImpossibleError) as refusal:
        solve_ascent(plan, study.mission)
    assert refusal.value.details


def test_an_undecided_ascent_names_the_limits_that_would_leave_a_flight(study, engines, monkeypatch):
    def fails(*_, **__):
        raise UndecidedError("was not solved")

    asked = []

    def blames(*_, **__):
        asked.append(True)
        return {"q_alpha": "limits.q_alpha gives way: off by 9"}

    monkeypatch.setattr(ascent, "solve_refined", fails)
    monkeypatch.setattr(ascent, "limits_to_blame", blames)
    plan = flight_plan(study.vehicle, study.mission, {name: e.map for name, e in engines.items()})
    with pytest.raises(UndecidedError, match="was not solved") as error:
        solve_ascent(plan, study.mission)
    assert error.value.details == ("limits.q_alpha gives way: off by 9",)
    with pytest.raises(UndecidedError):  # who asks for no reasons is not kept waiting for them
        solve_ascent(plan, study.mission, options=replace(ascent.OPTIONS, explain=False))
    assert len(asked) == 1


def test_plan_needs_a_coast_for_each_separation(study, engines):
    mission = study.mission.evolve(sequence=study.mission.sequence.evolve(separation_coasts=(5.0, 5.0)))
    with pytest.raises(InputError, match="2 separation coasts for 1 stage separations"):
        flight_plan(study.vehicle, mission, {name: e.map for name, e in engines.items()})


def test_plan_accounts_for_every_kilogram(study, engines):
    plan = flight_plan(study.vehicle, study.mission, {name: e.map for name, e in engines.items()})
    first, second = study.vehicle.stages
    parts = (first.dry_mass, first.propellant_mass, second.dry_mass, second.propellant_mass,
             study.vehicle.fairing.mass, study.vehicle.adapter.mass)  # fmt: skip
    assert plan.liftoff_mass == pytest.approx(sum(parts))
    assert [s.steering for s in plan.segments] == ["vertical", "pitch-over", "free", "held", "free", "free"]
