"""Mission and launch site files: what is read, and what is refused with a clear error at the right place."""

import numpy as np
import pytest

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.errors import ImpossibleError
from osea_rocket.trajectory.mission import Mission
from osea_rocket.trajectory.site import LaunchSite
from osea_rocket.trajectory.targets import TargetOrbit

SITE = """\
schema: osea/launch-site/v1
name: Test pad
latitude: 28.562 deg
longitude: -80.577 deg
altitude: 10 m
azimuths: 35..120 deg
"""
MISSION = """\
schema: osea/mission/v1
name: Test flight
site: pad.yaml
orbit:
  perigee_altitude: 200 km
  apogee_altitude: 300 km
  inclination: 28.5 deg
sequence:
  vertical_rise: 10 s
  pitch_over: 12 s
  separation_coasts: [8 s]
limits:
  dynamic_pressure: 35 kPa
  q_alpha: 200 kPa*deg
  axial_acceleration: 5 g_0
  fairing_heat_flux: 1135 W/m^2
objective: payload
epoch: "2027-03-01T12:00:00Z"
ut1_minus_utc: 0.05 s
"""


def read(tmp_path, mission=MISSION, site=SITE):
    (tmp_path / "pad.yaml").write_text(site)
    (tmp_path / "mission.yaml").write_text(mission)
    return load_document(Mission, tmp_path / "mission.yaml")


def test_a_mission_is_read(tmp_path):
    mission = read(tmp_path)
    assert mission.site.latitude == pytest.approx(np.radians(28.562))
    assert mission.limits.q_alpha == pytest.approx(200e3 * np.pi / 180)
    assert mission.limits.axial_acceleration == pytest.approx(5 * 9.80665)
    assert mission.sequence.separation_coasts == (8.0,)
    assert mission.sequence.last_stage_burns == 1
    target = mission.target
    assert isinstance(target, TargetOrbit)
    assert target.perigee_radius == 6378137.0 + 200e3
    goal = target.goal()
    assert goal.semi_latus_rectum / (1 + goal.eccentricity) == pytest.approx(6578137.0)
    mission.require_reachable()
    assert Mission.model_validate(mission.to_plain()) == mission


def test_the_site_stands_where_it_says():
    site = LaunchSite(name="x", latitude=np.radians(28.562), longitude=np.radians(-80.577), altitude=10.0)
    east, north, up = site.east_north_up()
    assert np.allclose(np.cross(east, north), up)
    assert site.position() @ up == pytest.approx(6378137.0, abs=5e3)
    # 408 m/s due east, as any textbook has it for the Cape: omega · distance from the axis
    assert site.inertial_velocity() @ east == pytest.approx(408.8, abs=0.2)
    assert np.degrees(site.geocentric_latitude()) == pytest.approx(28.40, abs=0.01)


def test_the_geocentric_latitude_decides_what_can_be_reached(tmp_path):
    """28.5 deg is below the pad's geodetic latitude, and yet above its geocentric one."""
    read(tmp_path).require_reachable()
    low = read(tmp_path, MISSION.replace("28.5 deg", "28.3 deg"))
    with pytest.raises(ImpossibleError, match=r"mission\.yaml:7:\d+: an inclination of 28\.300 deg cannot be reached"):
        low.require_reachable()
    low.evolve(allow_dog_leg=True).require_reachable()
    with pytest.raises(ImpossibleError):
        read(tmp_path, MISSION.replace("28.5 deg", "152 deg")).require_reachable()


def test_azimuth_limits(tmp_path):
    with pytest.raises(ImpossibleError, match=r"launch azimuth of 3\d\d\.\d deg or 19\d\.\d deg"):
        read(tmp_path, MISSION.replace("28.5 deg", "97.4 deg")).require_reachable()
    read(tmp_path, MISSION.replace("28.5 deg", "97.4 deg"), SITE.replace("35..120", "180..200")).require_reachable()
    read(tmp_path, MISSION.replace("28.5 deg", "97.4 deg"), SITE.replace("35..120", "-30..10")).require_reachable()


def test_launch_azimuth_to_the_station(tmp_path):
    """ISS from the Cape: near 45 degrees, less the Earth's turning."""
    azimuth = read(tmp_path, MISSION.replace("28.5 deg", "51.64 deg")).launch_azimuths()[0]
    assert 42.0 < np.degrees(azimuth) < 45.0


BROKEN = [
    ("apogee_altitude: 300 km", "apogee_altitude: 150 km", 6, "below the perigee"),
    ("perigee_altitude: 200 km", "perigee_altitude: 60 km", 5, "below 100 km the atmosphere"),
    ("perigee_altitude: 200 km", "perigee_altitude: 200", 5, "unit"),
    ("inclination: 28.5 deg", "inclination: 200 deg", 7, "at most"),
    ("inclination: 28.5 deg", "inclination: -5 deg", 7, "at least"),
    ("inclination: 28.5 deg", "inclination: 0 deg\n  argument_of_perigee: 10 deg", 8, "counts from the node"),
    ("inclination: 28.5 deg", "inclination: 0 deg\n  ascending_node: 10 deg", 8, "no node"),
    (
        "apogee_altitude: 300 km",
        "apogee_altitude: 200 km\n  ascending_node: 1 deg\n  argument_of_perigee: 1 deg",
        8,
        "circular",
    ),
    ("vertical_rise: 10 s", "vertical_rise: 0 s", 9, "greater than 0"),
    ("separation_coasts: [8 s]", "separation_coasts: [-8 s]", 11, "at least 0"),
    ("separation_coasts: [8 s]", "separation_coasts: [8 s]\n  last_stage_burns: 2", 9, "how long"),
    ("separation_coasts: [8 s]", "separation_coasts: [8 s]\n  longest_coast: 60 s", 12, "no coast"),
    ("dynamic_pressure: 35 kPa", "dynamic_pressure: 0 kPa", 13, "greater than 0"),
    ("dynamic_pressure: 35 kPa", "dynamic_presure: 35 kPa", 13, "did you mean 'dynamic_pressure'"),
    ("objective: payload", "objective: fun", 17, "must be one of"),
    ("2027-03-01T12:00:00Z", "2027-03-41T12:00:00Z", 18, "calendar"),
    ("ut1_minus_utc: 0.05 s", "ut1_minus_utc: 2 s", 19, "at most 0.9"),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), BROKEN)
def test_broken_missions_are_refused(tmp_path, old, new, line, message):
    assert old in MISSION
    with pytest.raises(DocumentError) as error:
        read(tmp_path, MISSION.replace(old, new))
    assert message in str(error.value)
    assert f"mission.yaml:{line}:" in str(error.value)
    assert error.value.exit_code == 2


def test_a_field_of_the_orbit_is_named_as_the_file_names_it(tmp_path):
    for old, new, place in (
        ("perigee_altitude: 200 km", "perigee_altitude: 60 km", "orbit.perigee_altitude: is 60 km"),
        ("perigee_altitude: 200 km", "perigee_altitude: nan km", "orbit.perigee_altitude: expected"),
        ("  inclination: 28.5 deg\n", "", "orbit: 'inclination' is missing"),
        ("inclination: 28.5 deg", "inclinaton: 28.5 deg", "orbit: unknown field 'inclinaton'"),
    ):
        with pytest.raises(DocumentError) as error:
            read(tmp_path, MISSION.replace(old, new))
        assert place in str(error.value) and "elements" not in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("28.562 deg", "95 deg", 3, "at most"),
        ("28.562 deg", "28.562", 3, "unit"),
        ("-80.577 deg", "-280 deg", 4, "at least"),
        ("10 m", "10 km", 5, "at most"),
        ("35..120 deg", "120..35 deg", 6, "low end"),
    ],
)
def test_broken_sites_are_refused(tmp_path, old, new, line, message):
    with pytest.raises(DocumentError) as error:
        read(tmp_path, site=SITE.replace(old, new))
    assert message in str(error.value)
    assert f"pad.yaml:{line}:" in str(error.value)
