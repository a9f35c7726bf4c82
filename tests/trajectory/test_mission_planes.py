"""Planes against time: Sun-synchronous orbits, passes over a site, and published launch times to the Space Station."""

import contextlib
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.earth import MU, RADIUS
from osea_rocket.core.time import parse_utc
from osea_rocket.trajectory.plane_elements import PlaneElements, read_elements
from osea_rocket.trajectory.planes import (
    PlaneAtEpoch,
    SunFixedPlane,
    instant_of_node,
    node_from_site,
    node_longitude_at_mean_time,
    node_rate,
    passages,
    sun_synchronous_inclination,
)

CAPE = (np.arctan(0.99330562 * np.tan(np.radians(28.5618571))), np.radians(-80.577366))  # SLC-40, geocentric
PAD_39A = (np.arctan(0.99330562 * np.tan(np.radians(28.6084))), np.radians(-80.6043))

CRS_17 = """\
1 25544U 98067A   19117.72128472  .00001222  00000-0  26993-4 0  9992
2 25544  51.6413 252.0397 0001001 239.0409 324.7377 15.52596785167414
"""
CRS_19 = """\
0 ISS (ZARYA)
1 25544U 98067A   19343.69339541  .00001764  00000-0  38792-4 0  9991
2 25544  51.6439 211.2001 0007417  17.6667  85.6398 15.50103472202482
"""
CRS_20 = """\
1 25544U 98067A   20053.24093319  .00001847  00000-0  41427-4 0  9993
2 25544  51.6429 202.1571 0004852 303.4083 121.5105 15.49190851214046
"""
CREW_DEMO_2 = """\
1 25544U 98067A   20154.57277630  .00016717  00000-0  10270-3 0  9118
2 25544  51.6443  60.8122 0001995  12.6931 347.4269 15.49438452 29742
"""


def plane_of(text: str) -> PlaneAtEpoch:
    fields = read_elements(text)
    return PlaneElements.model_validate(fields).plane()


@pytest.mark.parametrize(
    ("altitude", "degrees", "source"),
    [
        (705e3, 98.2, "Landsat 8 Data Users Handbook (USGS LSDS-1574), sec. 2.1: 705 km, 98.2 deg"),
        (800e3, 98.6, "the customary figure of 800 km orbits (SPOT: 98.6 to 98.7 deg at 822 to 832 km)"),
    ],
)
def test_inclination_of_sun_synchronous_orbits(altitude: float, degrees: float, source: str) -> None:
    found = np.degrees(sun_synchronous_inclination(RADIUS + altitude))
    assert found == pytest.approx(degrees, abs=0.05), source


@given(st.floats(300e3, 5000e3), st.floats(0.0, 0.05))
def test_the_node_then_follows_the_sun(altitude: float, eccentricity: float) -> None:
    a = RADIUS + altitude
    rate = node_rate(a, eccentricity, sun_synchronous_inclination(a, eccentricity))
    assert np.degrees(rate) * 86400 == pytest.approx(360 / 365.2421897, rel=1e-9)


def test_too_high_for_the_sun() -> None:
    with pytest.raises(ValueError, match="Sun-synchronous"):
        sun_synchronous_inclination(RADIUS + 6000e3)


@given(st.floats(0, 86399), st.integers(0, 400 * 86400))
def test_mean_time_of_a_node_is_that_of_its_meridian(clock: float, seconds: int) -> None:
    """At Greenwich mean noon a node at 18:00 stands over 90 deg east; and a day later it stands there again."""
    noon = parse_utc("2027-03-01T12:00:00Z")
    assert np.degrees(node_longitude_at_mean_time(18 * 3600, noon)) == pytest.approx(90.0, abs=1e-6)
    when = noon.plus(seconds)
    found, again = (node_longitude_at_mean_time(clock, when.plus(k * 86400)) for k in (0, 1))
    assert np.exp(1j * found) == pytest.approx(np.exp(1j * again), abs=1e-5)


def test_mean_time_agrees_with_the_mean_sun() -> None:
    """Against right ascensions: the mean Sun of Newcomb, 18h 41m 50.54841s + 8640184.812866s T (Aoki et al. 1982) at 0 h UT."""
    plane = SunFixedPlane(6 * 3600.0, np.radians(98.0))
    when = parse_utc("2027-06-01T00:00:00Z")
    centuries = ((parse_utc("2027-06-01T00:00:00Z").minus(parse_utc("2000-01-01T12:00:00Z")) - 5) / 86400) / 36525
    sidereal_at_midnight = (24110.54841 + 8640184.812866 * centuries) / 86400 * 2 * np.pi
    mean_sun = sidereal_at_midnight + np.pi  # twelve hours from Greenwich
    node = plane.node_longitude(when) + sidereal_at_midnight
    assert np.exp(1j * (node - mean_sun)) == pytest.approx(np.exp(-1j * np.pi / 2), abs=1e-3)


@pytest.mark.parametrize(
    ("elements", "site", "launch", "source"),
    [
        (CRS_17, CAPE, "2019-05-04T06:48:00", "Seradata: 0648 GMT on 4 May 2019"),
        (CRS_19, CAPE, "2019-12-05T17:29:00", "spacetoday.net, 8 Dec 2019: 1729 GMT"),
        (CREW_DEMO_2, PAD_39A, "2020-05-30T19:22:45", "sattrackcam.blogspot.com, 30 May 2020, after Spaceflight Now"),
    ],
    ids=["CRS-17", "CRS-19", "Crew Demo-2"],
)
def test_published_launches_to_the_station(elements: str, site: tuple[float, float], launch: str, source: str) -> None:
    """They lift off up to six minutes before the pad passes through the plane, never after: the ascent takes nine."""
    plane, actual = plane_of(elements), datetime.fromisoformat(launch)
    found = passages(plane, *site, f"{launch[:10]}T00:00:00Z", 3)
    early = [(datetime.fromisoformat(p.time.removesuffix("Z")) - actual).total_seconds() for p in found if p.northward]
    assert min(early, key=abs) == pytest.approx(180.0, abs=180.0), source


def test_two_passes_a_day_and_the_site_lies_in_the_plane() -> None:
    plane = plane_of(CRS_19)
    found = passages(plane, *CAPE, "2019-12-05T00:00:00Z", 6)
    assert [p.northward for p in found] in ([True, False] * 3, [False, True] * 3)
    for p in found:
        node = plane.node_longitude(parse_utc(p.time))
        i = plane.inclination
        normal = np.array([np.sin(node) * np.sin(i), -np.cos(node) * np.sin(i), np.cos(i)])
        latitude, longitude = CAPE
        place = np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
        assert abs(normal @ place) < 1e-5  # a tenth of a second of the Earth's turning
        ahead = np.cross(normal, place)
        assert (ahead[2] > 0) == p.northward
    sidereal_days = [parse_utc(b.time).minus(parse_utc(a.time)) for a, b in zip(found, found[2:], strict=False)]
    # a turn of the Earth in the frame of the node, which goes westward
    assert sidereal_days == pytest.approx([2 * np.pi / (7.2921159e-5 - plane.rate)] * 4, abs=0.2)


@given(st.floats(-1.2, 1.2), st.floats(0.0, 6.28), st.floats(0.05, 3.09), st.booleans())
def test_the_node_under_a_site(latitude: float, longitude: float, inclination: float, northward: bool) -> None:
    if abs(np.tan(latitude)) > abs(np.tan(inclination)):
        with pytest.raises(ValueError, match="never"):
            node_from_site(latitude, longitude, inclination, northward)
        return
    node = node_from_site(latitude, longitude, inclination, northward)
    normal = np.array([np.sin(node) * np.sin(inclination), -np.cos(node) * np.sin(inclination), np.cos(inclination)])
    place = np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    assert abs(normal @ place) < 1e-9
    assert np.cross(normal, place)[2] * (1 if northward else -1) >= -1e-6


def test_the_instant_of_a_node() -> None:
    plane, after = plane_of(CRS_17), parse_utc("2019-05-01T00:00:00Z")
    for longitude in np.linspace(0.1, 6.2, 9):
        when = instant_of_node(plane, longitude, after)
        assert 0.0 <= when.minus(after) < 86400.0
        assert plane.node_longitude(when) == pytest.approx(longitude, abs=1e-9)


def test_elements_of_a_two_line_set() -> None:
    fields = read_elements(CRS_19)
    assert fields["name"] == "ISS (ZARYA)"
    assert fields["epoch"].startswith("2019-12-09T16:38:29.36")
    found = PlaneElements.model_validate(fields)
    assert np.degrees(found.inclination) == pytest.approx(51.6439)
    assert np.degrees(found.ascending_node) == pytest.approx(211.2001)
    assert found.eccentricity == 0.0007417
    assert np.sqrt(MU / found.semi_major_axis**3) * 86400 / (2 * np.pi) == pytest.approx(15.50103472)


OMM = """\
CCSDS_OMM_VERS = 2.0
CREATION_DATE = 2019-12-09T20:00:00
ORIGINATOR = TEST
OBJECT_NAME = ISS (ZARYA)
REF_FRAME = TEME
MEAN_ELEMENT_THEORY = SGP4
EPOCH = 2019-12-09T16:38:29.363424
MEAN_MOTION = 15.50103472 [rev/day]
ECCENTRICITY = 0.0007417
INCLINATION = 51.6439 [deg]
RA_OF_ASC_NODE = 211.2001 [deg]
"""


def test_an_omm_says_the_same() -> None:
    one, two = (PlaneElements.model_validate(read_elements(text)) for text in (OMM, CRS_19))
    assert one.evolve(epoch=two.epoch) == two


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "two-line elements or an OMM"),
        (CRS_17.splitlines()[0], "not followed by line 2"),
        (CRS_17.replace("252.0397", "252.0398"), "checksum"),
        (CRS_17[:-5], "69"),
        (OMM.replace("RA_OF_ASC_NODE = 211.2001 [deg]\n", ""), "RA_OF_ASC_NODE"),
        (OMM.replace("REF_FRAME = TEME", "REF_FRAME = ITRF"), "TEME is expected"),
        (OMM.replace("15.50103472", "0"), "positive"),
    ],
)
def test_what_is_no_elements(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_elements(text)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        read_elements(text)
