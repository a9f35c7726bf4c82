"""Areas to keep clear, and the drafts of notices of them: they hold the whole ellipse, in the forms that offices take."""

import json
import re
import xml.etree.ElementTree as ET
from math import pi

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.time import parse_utc
from osea_rocket.launch_data.packaging.command import Wishes, run_build
from osea_rocket.launch_data.packaging.hazards import Offices
from osea_rocket.launch_data.packaging.notices import MILE, Notice, corners_around, farthest, navarea, notam
from osea_rocket.trajectory.range_safety.footprint import Footprint
from osea_rocket.trajectory.range_safety.geodesy import distance_and_azimuth


def ellipse(latitude, longitude, major, minor, azimuth):
    return Footprint(
        body="stage", count=1, event="separation", latitude=np.radians(latitude), longitude=np.radians(longitude), time=600.0,
        speed=50.0, angle=1.5, ballistic_coefficient=100.0, casualty_area=None, covariance=np.eye(2), probability=0.99,
        semi_major=major, semi_minor=minor, azimuth=np.radians(azimuth), contributors=(), contributions=np.zeros(0),
    )  # fmt: skip


def notice(footprint, start="2027-03-01T12:00:30Z", end="2027-03-01T12:29:59.5Z"):
    middle = float(np.degrees(footprint.latitude)), float(np.degrees(footprint.longitude))
    corners = corners_around(footprint)
    return Notice(
        what="first stage é", corners=corners, middle=middle, radius=farthest(middle, corners), start=parse_utc(start),
        end=parse_utc(end),
    )  # fmt: skip


def signed(letter, degrees, minutes, seconds=0.0):
    return (-1 if letter in "SW" else 1) * (int(degrees) + float(minutes) / 60 + float(seconds) / 3600)


def read_dms(text):
    found = re.findall(r"(\d\d)(\d\d)(\d\d)([NS])(\d{3})(\d\d)(\d\d)([EW])", text)
    return [(signed(n, a, b, c), signed(w, d, e, f)) for a, b, c, n, d, e, f, w in found]


def read_minutes(text):
    found = re.findall(r"(\d\d)-(\d\d\.\d\d)([NS]) (\d{3})-(\d\d\.\d\d)([EW])", text)
    return [(signed(n, a, b), signed(w, c, d)) for a, b, n, c, d, w in found]


def holds(polygon, latitude, longitude):
    """Parity of the edges east of the point, on a chart whose straight lines are those of latitude and longitude."""
    inside = False
    turned = [(a, longitude + (b - longitude + 180.0) % 360.0 - 180.0) for a, b in polygon]
    for (a, b), (c, d) in zip(turned, [*turned[1:], turned[0]], strict=True):
        if (a > latitude) != (c > latitude) and longitude < b + (latitude - a) / (c - a) * (d - b):
            inside = not inside
    return inside


@given(
    latitude=st.floats(-75.0, 75.0),
    longitude=st.floats(-180.0, 180.0),
    major=st.floats(500.0, 400e3),
    ratio=st.floats(0.05, 1.0),
    azimuth=st.floats(0.0, 180.0),
)
@settings(max_examples=25, deadline=None)
def test_what_is_published_holds_the_whole_ellipse(latitude, longitude, major, ratio, azimuth):
    made = ellipse(latitude, longitude, major, max(major * ratio, 200.0), azimuth)
    one = notice(made)
    lats, lons = (np.degrees(v) for v in made.outline(36))
    text = notam(one, "KZMA").replace("\n", " ")
    for polygon in (read_dms(text.split("E) ")[1])[:-1], read_minutes(navarea(one, "IV").replace("\n   ", " "))):
        assert len(polygon) == 12
        assert all(holds(polygon, a, b) for a, b in zip(lats, lons, strict=True))
    where = re.search(r"/999/(\d\d)(\d\d)([NS])(\d{3})(\d\d)([EW])(\d{3})", text)
    assert where is not None
    middle = signed(where[3], where[1], where[2]), signed(where[6], where[4], where[5])
    for a, b in zip(lats, lons, strict=True):  # the circle of line Q, too
        length, _ = distance_and_azimuth(*np.radians([*middle, a, b]))
        assert length <= int(where[7]) * MILE


def test_the_form_of_a_notam():
    lines = notam(notice(ellipse(28.1, -72.97, 18630.0, 8524.0, 96.2)), "KZMA").splitlines()
    assert lines[0] == "(DRAFT NOTAMN" and lines[-1] == "F) SFC G) UNL)"
    assert re.fullmatch(r"Q\) KZMA/QWMLW/IV/BO/W/000/999/2806N07258W\d{3}", lines[1])
    assert lines[2] == "A) KZMA B) 2703011200 C) 2703011230"  # from the minute before to the minute after
    assert all(len(line) <= 69 and re.fullmatch(r"[A-Z0-9 ./()\-,:]*", line) for line in lines)
    text = navarea(notice(ellipse(28.1, -72.97, 18630.0, 8524.0, 96.2)), "IV")
    assert "011200Z MAR 27 TO 011230Z MAR 27" in text.replace("\n", " ") and "CANCEL THIS MSG 011330Z MAR 27." in text
    assert all(len(line) <= 69 for line in text.splitlines())


def test_times_round_outwards_over_midnight_and_leap_seconds():
    made = ellipse(0.0, 179.9, 1e4, 5e3, 0.0)
    assert "B) 1612312359 C) 1701010001" in notam(notice(made, "2016-12-31T23:59:60Z", "2017-01-01T00:00:01Z"), "ZZZZ")
    assert "C) 1701010000" in notam(notice(made, "2016-12-31T23:00:00Z", "2017-01-01T00:00:00Z"), "ZZZZ")


def test_what_a_package_says_of_hazards(design_run, tmp_path):
    folder = tmp_path / "package"
    wishes = Wishes(
        opens="2027-03-01T11:00:00Z", closes="2027-03-01T13:00:00Z", offices=Offices(region="KZMA", area="IV")
    )
    data, _ = run_build([design_run], folder, wishes)
    assert not [f for f in data["findings"] if f["rule"] == "build.notices"]
    areas = [json.loads(f.read_text()) for f in sorted(folder.glob("hazard-area-*.json"))]
    assert [(a["kind"], a.get("ceiling_m")) for a in areas] == [("aircraft", None), ("ship", 0.0)] * 2
    # open with the window, closed a quarter of an hour after the last T-0 and the fall
    assert areas[0]["active"] == [{"start": "2027-03-01T11:00:00Z", "end": "2027-03-01T13:26:27Z"}]
    geojson = json.loads((folder / "hazard-areas.geojson").read_text())
    assert [f["geometry"] for f in geojson["features"]] == [areas[2]["geometry"], areas[0]["geometry"]]
    impacts = [json.loads(f.read_text()) for f in folder.glob("impact-prediction-*.json")]
    assert [(i["body"], i["mass_kg"], i["casualty_expectation"]) for i in impacts] == [("first stage", 25613.7, 3.2e-6)]
    assert [f["message"] for f in data["findings"] if f["rule"] == "build.impact_mass"] == [
        "the range's document states no mass of 'fairing half', so there is no impact prediction of it"
    ]
    marks = ET.fromstring((folder / "hazard-areas.kml").read_text()).iter("{http://www.opengis.net/kml/2.2}Placemark")
    assert len(list(marks)) == 4
    assert (folder / "notices.txt").read_text().count("Q) KZMA/QWMLW") == 2


def test_an_area_that_is_a_circle_is_held_too():
    made = ellipse(60.0, 0.0, 5e4, 5e4, 0.0)
    polygon = corners_around(made)
    area = 0.5 * abs(np.sum(polygon[:, 1] * np.roll(polygon[:, 0], -1) - np.roll(polygon[:, 1], -1) * polygon[:, 0]))
    square = (111.2e3**2) * np.cos(np.radians(60.0)) * area
    assert 1.0 < square / (pi * 5e4**2) < 1.15  # no larger than it has to be
