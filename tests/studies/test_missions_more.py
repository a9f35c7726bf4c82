"""The example missions, coarsely meshed: dawn-dusk, into a station's plane, escape, dog-leg, a keep-out area; more limits."""

import re
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.earth import MU
from osea_rocket.core.errors import ImpossibleError
from osea_rocket.core.findings import Severity
from osea_rocket.core.time import parse_utc
from osea_rocket.studies import ascent_sections, ascent_summary
from osea_rocket.studies.ascend import engines_of
from osea_rocket.studies.documents import Study
from osea_rocket.trajectory.ascent import Ascent, solve_ascent
from osea_rocket.trajectory.ascent_result import fly_ascent
from osea_rocket.trajectory.environment.gravity import WGS84
from osea_rocket.trajectory.flight_plan import flight_plan
from osea_rocket.trajectory.launch_window import launch_window, site_passages
from osea_rocket.trajectory.limits import GroundStation
from osea_rocket.trajectory.mission import EscapeOrbit, Mission
from osea_rocket.trajectory.orbit import elements, outgoing_asymptote
from osea_rocket.trajectory.range_safety.document import AzimuthCorridor
from osea_rocket.trajectory.range_safety.impact_point import vacuum_impact_coordinates
from osea_rocket.trajectory.range_safety.polygons import Area
from osea_rocket.trajectory.range_safety.report import range_report
from osea_rocket.trajectory.result import AscentResult, Insertion
from osea_rocket.trajectory.sequence import Disposal

FALCON9 = Path(__file__).resolve().parents[2] / "examples" / "falcon9"


@cache
def study_of(name: str) -> Study:
    file = FALCON9 / "study.yaml" if name == "study" else FALCON9 / "missions" / f"{name}-study.yaml"
    return load_document(Study, file)


def solved(study: Study, mission: Mission | None = None) -> Ascent:
    mission = mission or study.mission
    _, maps = engines_of(study.vehicle)
    plan = flight_plan(study.vehicle, mission, maps)
    return solve_ascent(plan, mission, mesh_tolerance=1e-4, range_safety=study.range, largest_miss=None)


@cache
def flown(name: str) -> tuple[Ascent, AscentResult]:
    ascent = solved(study_of(name))
    return ascent, fly_ascent(ascent)


def limited(**changes) -> AscentResult:
    study = study_of("study")
    return fly_ascent(solved(study, study.mission.evolve(limits=study.mission.limits.evolve(**changes))))


def final_inertial(ascent: Ascent) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity at insertion in the frame frozen at T-0, as optimized."""
    end = ascent.solution[ascent.plan.insertion.name]
    state = np.array([end.states[n][-1] for n in ("x", "y", "z", "vx", "vy", "vz")])
    return state[:3], state[3:]


@pytest.mark.slow
def test_dawn_dusk() -> None:
    """The node flown stands where the local mean solar time is 06:00 at T-0; inclination of 750 km by J2."""
    ascent, result = flown("sso-dawn-dusk")
    epoch = ascent.mission.epoch
    assert epoch is not None and epoch.startswith("2027-03-01T")
    noon = parse_utc("2027-03-01T12:00:00Z")
    utc_hours = 12 + parse_utc(epoch).minus(noon) / 3600
    local = (utc_hours + np.degrees(result.insertion.ascending_node_from_greenwich) / 15) % 24
    assert local == pytest.approx(6.0, abs=1 / 60)
    assert np.degrees(result.insertion.inclination) == pytest.approx(98.39, abs=0.03)
    assert result.insertion.perigee_altitude == pytest.approx(
        750e3, abs=1000.0
    )  # on a mesh that is not refined by its flight
    assert 180 < np.degrees(result.azimuth) < 201


@pytest.mark.slow
def test_into_the_plane_of_the_station() -> None:
    """CRS-19 lifted off at 17:29 UTC (spacetoday.net, 8 Dec 2019) with the Station in the plane of these elements."""
    ascent, _ = flown("station-plane")
    epoch, plane = ascent.mission.epoch, ascent.mission.plane()
    assert epoch is not None and plane is not None
    real = datetime.fromisoformat("2019-12-05T17:29:00")
    assert abs((datetime.fromisoformat(epoch.removesuffix("Z")) - real).total_seconds()) < 360.0
    reached = elements(*final_inertial(ascent))
    assert reached.inclination == pytest.approx(plane.inclination, abs=1e-6)
    node = plane.node_longitude(parse_utc(epoch))
    assert np.exp(1j * reached.ascending_node) == pytest.approx(np.exp(1j * node), abs=1e-6)
    (first, second) = site_passages(study_of("station-plane").mission, 2)
    assert first.northward and not second.northward
    # lift-off comes before the pad is in the plane: the ascent takes nine minutes
    lead = parse_utc(first.time).minus(parse_utc(epoch))
    assert 120.0 < lead < 420.0


@pytest.mark.slow
def test_the_launch_window() -> None:
    """Five minutes off, the Earth has turned the site 1.25 deg out of the plane: it costs payload on both sides."""
    study = study_of("station-plane")

    def payload_at(mission: Mission) -> tuple[float, str | None]:
        ascent = solved(study, mission)
        return ascent.payload_mass, ascent.mission.epoch

    window = launch_window(study.mission, payload_at, [-300.0, 300.0])
    assert window.failed == ()
    lost = window.best_payload - window.payload
    assert np.all((lost > 80.0) & (lost < 400.0))
    assert 0.0 < window.width(50.0) <= 600.0


@pytest.mark.slow
def test_escape() -> None:
    """v² - 2 mu/r of the flown end is C3, and it leaves from the perigee asked for."""
    ascent, _ = flown("escape")
    r, v = final_inertial(ascent)
    assert v @ v - 2 * MU / np.linalg.norm(r) == pytest.approx(10e6, rel=1e-4)
    assert elements(r, v).perigee_radius == pytest.approx(6378137 + 185e3, abs=100.0)
    assert 2500 < ascent.payload_mass < 6000


def test_a_way_out_is_told_by_its_energy_and_has_no_apogee() -> None:
    way_out = Insertion(
        time=588.4, perigee_altitude=185e3, apogee_altitude=-92.66e6, inclination=0.496, eccentricity=1.165, c3=10e6,
        semi_major_axis=-39.86e6, ascending_node_from_greenwich=0.0, argument_of_latitude=0.0, lowest_altitude=194.6e3,
        highest_altitude=194.6e3,
    )  # fmt: skip
    line, figure = ascent_summary._reached(way_out), ascent_sections._orbit(way_out)
    assert line.startswith("escape with C3 10.000 km²/s², perigee 185.00 km") and "revolution" not in line
    assert figure.label == "C3" and ascent_sections._first_revolution(way_out) == ""
    closed = replace(way_out, apogee_altitude=200e3, eccentricity=0.001, highest_altitude=200e3)
    assert ascent_summary._reached(closed).startswith("185.00 x 200.00 km, 28.4")
    assert "194.6 and 200.0 km" in ascent_sections._first_revolution(closed)


def test_the_asymptote_of_a_hyperbola() -> None:
    """Against the state itself, far out along the way: the direction of motion there."""
    from osea_rocket.trajectory.orbit import escape_goal, escape_residuals, state_from_elements

    a = -MU / 10e6
    e = 1 - 6563e3 / a
    beyond = np.arccos(-1 / e)
    r, v = state_from_elements(a, e, 0.6, 1.1, 2.0, 0.3)
    far = state_from_elements(a, e, 0.6, 1.1, 2.0, beyond - 1e-6)[1]
    s = np.array(outgoing_asymptote(MU, 10e6, *r, *v))
    assert s == pytest.approx(far / np.linalg.norm(far), abs=1e-5)
    goal = escape_goal(6563e3, 10e6, 0.6, float(np.arcsin(s[2])), float(np.arctan2(s[1], s[0])))
    assert np.abs(escape_residuals(goal, *r, *v)).max() < 1e-9
    other = escape_goal(6563e3, 10e6, 0.6, float(np.arcsin(s[2])), float(np.arctan2(s[1], s[0])) + 0.1)
    assert np.abs(escape_residuals(other, *r, *v)).max() > 0.05
    orbit = EscapeOrbit(type="escape", perigee_altitude=185e3, c3=10e6)
    assert orbit.eccentricity == pytest.approx(1 + (6378137 + 185e3) * 10e6 / MU)
    assert 2 * orbit.semi_major_axis == pytest.approx(orbit.perigee_radius + orbit.apogee_radius)


@pytest.mark.slow
def test_a_dog_leg_costs_payload() -> None:
    """3.4 deg of plane at orbital speed are 460 m/s at the end; turned on the way, less."""
    ascent, result = flown("dog-leg")
    assert np.degrees(result.insertion.inclination) == pytest.approx(25.0, abs=1e-3)
    direct = flown("study")[0].payload_mass
    assert 1500 < direct - ascent.payload_mass < 3500


@pytest.mark.slow
def test_past_a_keep_out_area() -> None:
    """The free optimum crosses the area; with the rule it keeps the clearance, and the loss is told."""
    study = study_of("keep-out")
    assert study.range is not None
    free, held = flown("study"), flown("keep-out")
    (crossed,) = range_report(free[1].trajectory, study.range).findings
    assert crossed.severity is Severity.ERROR and "impact_in_keep_out" in crossed.rule
    (clear,) = range_report(held[1].trajectory, study.range).findings
    assert clear.severity is Severity.OK
    assert 2.0 < free[0].payload_mass - held[0].payload_mass < 100.0


@pytest.mark.slow
def test_a_lateral_limit_holds() -> None:
    """Half of what the free optimum meets."""
    free = limited(lateral_acceleration=100.0)
    (met,) = [f for f in free.findings if f.rule == "ascent.lateral_acceleration"]
    assert met.margin is not None
    largest = 100.0 * (1 - met.margin)
    held = limited(lateral_acceleration=0.5 * largest)
    (finding,) = [f for f in held.findings if f.rule == "ascent.lateral_acceleration"]
    assert finding.severity is not Severity.ERROR
    assert held.payload_mass < free.payload_mass + 0.5


@pytest.mark.slow
def test_a_station_keeps_the_vehicle_in_sight() -> None:
    """Bermuda sees the last minutes of an easterly ascent low over the south; higher costs payload."""
    bermuda = GroundStation(
        name="Bermuda", latitude=np.radians(32.35), longitude=np.radians(-64.66), begin=300.0, end=450.0
    )
    seen = limited(stations=(bermuda,))
    (finding,) = [f for f in seen.findings if f.rule == "ascent.station"]
    assert finding.severity is Severity.OK
    lowest = float(finding.message.split(" deg")[0].split()[-1])
    asked = bermuda.evolve(minimum_elevation=np.radians(lowest + 1.0))
    higher = limited(stations=(asked,))
    (finding,) = [f for f in higher.findings if f.rule == "ascent.station"]
    assert finding.severity is not Severity.ERROR, finding.message
    assert higher.payload_mass < seen.payload_mass


@pytest.mark.slow
def test_the_throttle_moves_no_faster_than_it_may() -> None:
    held = limited(throttle_rate=0.02)
    t = held.trajectory
    moved = False
    for name in ("first stage burn", "second stage burn, fairing off"):
        here = t.phase_index == t.phase_names.index(name)
        time, throttle = t.time[here], t.throttle[here]
        # over five seconds: between its points the polynomial of a rate rings about its bound
        rates = (np.interp(time + 5.0, time, throttle) - throttle)[time < time[-1] - 5.0] / 5.0
        assert np.abs(rates).max() <= 0.02 * 1.1
        moved |= bool(np.abs(rates).max() > 0.01)
    assert moved


def test_the_heat_under_the_fairing() -> None:
    """A limit that the optimum does not meet changes nothing but a finding; one that it cannot hold is named."""
    study = study_of("study")
    ascent = solved(study, study.mission.evolve(limits=study.mission.limits.evolve(covered_heat_flux=60e6)))
    (found,) = [f for f in fly_ascent(ascent).findings if f.rule == "ascent.covered_heat_flux"]
    assert found.severity is Severity.OK and found.margin is not None and found.margin > 0.0


def test_a_rise_that_breaks_a_limit_needs_no_optimizer() -> None:
    study = study_of("study")
    mission = study.mission.evolve(limits=study.mission.limits.evolve(dynamic_pressure=3.0))
    with pytest.raises(ImpossibleError, match="vertical rise"):
        solved(study, mission)


def test_a_heading_chooses_between_two_ways() -> None:
    mission = study_of("study").mission
    site = mission.site.evolve(azimuths=None)
    orbit = mission.orbit.evolve(inclination=np.radians(51.6))
    north, south = (
        np.degrees(mission.evolve(site=site, orbit=orbit, heading=h).launch_azimuth())
        for h in ("northward", "southward")
    )
    assert north == pytest.approx(42.7, abs=0.5) and south == pytest.approx(180 - 42.7, abs=0.5)


@pytest.mark.slow
def test_the_last_stage_falls_into_its_area() -> None:
    """By itself it would come down off Australia, at 110 deg east."""
    study = study_of("study")
    corners = np.radians([-27.0, -5.0, -5.0, -27.0]), np.radians([60.0, 60.0, 95.0, 95.0])
    area = Area(name="Indian Ocean", latitude=tuple(corners[0]), longitude=tuple(corners[1]))
    disposal = Disposal(perigee_altitude=0.0, shortest_coast=60.0, longest_coast=5000.0)
    ascent = solved(
        study,
        study.mission.evolve(
            sequence=study.mission.sequence.evolve(disposal=disposal),
            limits=study.mission.limits.evolve(disposal_area=(area,)),
        ),
    )
    end = ascent.solution[ascent.plan.segments[-1].name]
    state = [float(end.states[n][-1]) for n in ("x", "y", "z", "vx", "vy", "vz")]
    where = vacuum_impact_coordinates(WGS84, float(end.end), *state)
    assert area.distance(*where)[0] < 10.0


@pytest.mark.slow
def test_a_burn_on_the_optimizers_own_bound_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last burn of the example lasts some 370 s, of which the bound leaves 300."""
    from osea_rocket.trajectory import ascent_checks, ascent_problem

    for module in (ascent_problem, ascent_checks):
        monkeypatch.setattr(module, "LONGEST_BURN", 300.0)
    (finding,) = [f for f in limited().findings if f.rule == "ascent.longest_burn"]
    assert finding.severity is Severity.WARN and "300 s" in finding.message


def test_every_limit_can_be_blamed() -> None:
    """Each field of the limits is found again in the problem, so that it can be asked to give way alone."""
    from osea_rocket.trajectory.ascent_guess import guess_ascent
    from osea_rocket.trajectory.ascent_problem import ascent_problem
    from osea_rocket.trajectory.blame import HELD_BY, holds
    from osea_rocket.trajectory.limits import Limits
    from osea_rocket.trajectory.steering import launch_frame

    study = study_of("keep-out")
    corners = np.radians([-27.0, -5.0, -5.0, -27.0]), np.radians([60.0, 60.0, 95.0, 95.0])
    area = Area(name="sea", latitude=tuple(corners[0]), longitude=tuple(corners[1]))
    station = GroundStation(name="A", latitude=0.5, longitude=-1.1, begin=300.0, end=400.0, minimum_elevation=0.1)
    limits = study.mission.limits.evolve(
        lateral_acceleration=5.0, throttle_rate=0.1, covered_heat_flux=60e6, stations=(station,), disposal_area=(area,)
    )
    disposal = Disposal(perigee_altitude=0.0, shortest_coast=60.0, longest_coast=5000.0)
    mission = study.mission.evolve(limits=limits, sequence=study.mission.sequence.evolve(disposal=disposal))
    plan = flight_plan(study.vehicle, mission, engines_of(study.vehicle)[1])
    frame = launch_frame(mission.site, mission.launch_azimuth())
    problem = ascent_problem(plan, mission, frame, guess_ascent(plan, mission, frame), 1.0, study.range)
    held = [(p.name, x.name) for p in problem.phases for x in (*p.path, *p.controls)]
    held += [("boundary", x.name) for b in problem.boundaries for x in b.limits]
    assert set(HELD_BY) == set(Limits.model_fields) - {"notes", "sources"}
    for field in HELD_BY:
        mine = [one for one in held if holds(field, plan)(*one)]
        assert mine, field
        others = [f for f in HELD_BY if f != field and any(holds(f, plan)(*one) for one in mine)]
        assert others == [], field


@pytest.mark.slow
def test_inside_a_corridor() -> None:
    """The Earth turns under the plane: the free optimum's impact point leaves a strip due east on one side; held, it stays."""
    study = study_of("keep-out")
    strip = AzimuthCorridor(azimuth=np.radians(92.0), half_width=120e3)
    assert study.range is not None
    narrow = study.evolve(range=study.range.evolve(keep_out=(), azimuth_corridor=strip))
    assert narrow.range is not None
    rules = [
        [f for f in range_report(fly_ascent(ascent).trajectory, narrow.range).findings if "azimuth" in f.rule]
        for ascent in (flown("study")[0], solved(narrow))
    ]
    widths = [float(re.findall(r"([\d.]+) km", found[0].message)[0]) for found in rules]
    during = narrow.mission.limits.range_during
    assert during and widths[1] < widths[0], (during, rules)
