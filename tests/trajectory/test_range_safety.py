"""Footprints, areas, people and the range's report of a flight."""

import json
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.earth import ROTATION_RATE, ecef_from_geodetic, geodetic_from_ecef
from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.trajectory.motion import phase_model
from osea_rocket.trajectory.propagate import propagate
from osea_rocket.trajectory.range_safety import casualty
from osea_rocket.trajectory.range_safety.casualty import PopulationGrid, expected_casualties, read_population
from osea_rocket.trajectory.range_safety.document import Dispersions, JettisonedBody, RangeSafety
from osea_rocket.trajectory.range_safety.footprint import Release, Spread, ellipse, footprint, sampled_impacts
from osea_rocket.trajectory.range_safety.geodesy import destination, distance_and_azimuth, east_north_between
from osea_rocket.trajectory.range_safety.geojson import GeoJsonError, line_feature, polygon_feature, read_polygons
from osea_rocket.trajectory.range_safety.polygons import Area
from osea_rocket.trajectory.range_safety.report import range_report
from osea_rocket.trajectory.range_safety.result import RangeResult
from osea_rocket.trajectory.result import Event, Trajectory

CAPE = np.radians(28.5), np.radians(-80.6)


def make_trajectory():
    """A made-up two-stage flight due east from the Cape: the first stage drops at 150 s, insertion is cut short at 420 s."""
    lat, lon = CAPE
    up = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    pad = np.array(ecef_from_geodetic(lat, lon, 10.0))

    def direction(t):
        climb = np.radians(max(90.0 - 0.55 * max(t - 10.0, 0.0), 12.0 - 0.03 * t))
        return np.cos(climb) * east + np.sin(climb) * up

    first = phase_model(
        thrust_vacuum=7.6e6, mass_flow=2500.0, engine_count=1, drag_coefficient=0.4, reference_area=10.5
    )
    second = phase_model(thrust_vacuum=0.93e6, mass_flow=270.0, engine_count=1)
    state = np.array([*pad, *np.cross([0.0, 0.0, ROTATION_RATE], pad), 5.4e5])
    one = propagate(
        first, state, 0.0, 150.0, direction, lambda t: 1.0, times=np.arange(2.0, 150.0, 2.0), tolerance=1e-8
    )
    begin = one.final_state.copy()
    begin[6] = 1.15e5
    two = propagate(
        second, begin, 150.0, 540.0, direction, lambda t: 1.0, times=np.arange(155.0, 540.0, 5.0), tolerance=1e-8
    )
    time = np.concatenate([one.time, two.time])
    rows = []
    for t, r, v in zip(
        time, np.vstack([one.position, two.position]), np.vstack([one.velocity, two.velocity]), strict=True
    ):
        c, s = np.cos(ROTATION_RATE * t), np.sin(ROTATION_RATE * t)
        turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
        fixed = turn @ r
        rows.append(
            (fixed, turn @ v - np.cross([0, 0, ROTATION_RATE], fixed), turn @ direction(t), geodetic_from_ecef(*fixed))
        )
    position, velocity, axis, place = (np.array(column) for column in zip(*rows, strict=True))
    scalars: Any = {
        name: np.zeros(len(time))
        for name in ("phase_index", "mass", "throttle", "thrust", "drag", "downrange", "speed_relative", "speed_inertial",
                     "flight_path_angle", "pitch", "angle_of_attack", "dynamic_pressure", "mach", "axial_acceleration",
                     "heat_flux")
    }  # fmt: skip
    k = int(np.flatnonzero(time == 150.0)[0])
    event = Event(
        name="first stage separation", time=150.0, position_ecef=position[k], velocity_ecef=velocity[k],
        altitude=0.0, downrange=0.0, speed_relative=0.0, speed_inertial=0.0, flight_path_angle=0.0, dynamic_pressure=0.0,
        mass=0.0,
    )  # fmt: skip
    return Trajectory(
        frame="ITRF", epoch=None, t0_definition="lift-off", phase_names=("all",), time=time, position_ecef=position,
        velocity_ecef=velocity, thrust_direction_ecef=axis, latitude=place[:, 0], longitude=place[:, 1], altitude=place[:, 2],
        events=(event,), **scalars,
    )  # fmt: skip


@pytest.fixture(scope="module")
def flight():
    return make_trajectory()


RELEASE = Release(
    time=150.0,
    position=np.array(ecef_from_geodetic(*CAPE, 70e3)),
    velocity=np.array([1900.0, 900.0, 900.0]),
    push=3.0,
    direction=np.array([-1.0, 0.0, 0.0]),
    ballistic_coefficient=300.0,
)
SPREAD = Spread(position=30.0, velocity=2.0, push=0.5, attitude=0.1, ballistic=0.15, wind=8.0, density=0.05)


# ---- footprints ----


def test_linear_footprint_agrees_with_random_falls():
    linear = footprint("stage", "separation", RELEASE, SPREAD, probability=0.9)
    assert linear is not None
    latitude, longitude = sampled_impacts(RELEASE, SPREAD, 160, seed=7)
    east, north = east_north_between(linear.latitude, linear.longitude, latitude, longitude)
    points = np.stack([east, north])
    # the sample of 160 has 11 % (1 sigma) of doubt in a variance
    assert np.trace(np.cov(points)) == pytest.approx(np.trace(linear.covariance), rel=0.3)
    inside = np.einsum("in,ij,jn->n", points, np.linalg.inv(linear.covariance), points) < -2 * np.log(1 - 0.9)
    assert 0.82 < inside.mean() < 0.96
    assert linear.contributions.sum() == pytest.approx(1.0)
    again = sampled_impacts(RELEASE, SPREAD, 3, seed=7)
    assert np.array_equal(again[0], latitude[:3])


def test_what_is_known_exactly_spreads_nothing_and_each_dispersion_something():
    sharp = footprint("x", "e", RELEASE, Spread(), probability=0.9)
    assert sharp is not None and sharp.semi_major == 0.0 and sharp.contributors == ()
    for field in ("position", "velocity", "push", "attitude", "ballistic", "wind", "density"):
        wide = footprint("x", "e", RELEASE, Spread(**{field: getattr(SPREAD, field)}), probability=0.9)
        assert wide is not None and wide.semi_major > 1.0, field
    assert footprint("x", "e", Release(0.0, np.array([6.8e6, 0, 0]), np.array([0, 7700.0, 0]), 0.0, np.array([1.0, 0, 0]), 300.0),
                     SPREAD, probability=0.9) is None  # fmt: skip


def test_ellipse_of_a_known_covariance():
    """Long axis 300 m to the north-east, short one 100 m: 39.35 % within one sigma, 98.89 % within three."""
    along, across = np.array([1.0, 1.0]) / np.sqrt(2), np.array([1.0, -1.0]) / np.sqrt(2)
    covariance = 300.0**2 * np.outer(along, along) + 100.0**2 * np.outer(across, across)
    major, minor, azimuth = ellipse(covariance, 1 - np.exp(-0.5))
    assert (major, minor) == pytest.approx((300.0, 100.0)) and azimuth == pytest.approx(np.pi / 4)
    assert ellipse(covariance, 1 - np.exp(-4.5))[0] == pytest.approx(900.0)


def test_the_outline_is_the_ellipse():
    f = footprint("stage", "separation", RELEASE, SPREAD, probability=0.95)
    assert f is not None
    east, north = east_north_between(f.latitude, f.longitude, *f.outline(36))
    square = np.einsum("in,ij,jn->n", np.stack([east, north]), np.linalg.inv(f.covariance), np.stack([east, north]))
    assert square == pytest.approx(np.full(37, -2 * np.log(0.05)), rel=1e-6)


# ---- areas ----

BOX = np.radians([28.0, 28.0, 30.0, 30.0]), np.radians([-78.0, -76.0, -76.0, -78.0])


def test_signed_distance_against_geodesics():
    area = Area(name="box", latitude=tuple(BOX[0]), longitude=tuple(BOX[1]))
    east_side, _ = distance_and_azimuth(*np.radians([29.0, -75.0, 29.0, -76.0]))
    corner, _ = distance_and_azimuth(*np.radians([27.0, -75.0, 28.0, -76.0]))
    found = area.distance(np.radians([29.0, 27.0, 29.0]), np.radians([-75.0, -75.0, -76.1]))
    assert found[:2] == pytest.approx([east_side, corner], rel=0.004)
    assert found[2] == pytest.approx(-0.1 * east_side, rel=0.01)
    assert area.distance(-0.5, np.radians(103.0))[0] > 1e7  # its antipode lies outside


def test_a_dented_area_and_one_over_the_date_line():
    dented = Area(
        name="L", latitude=tuple(np.radians([0, 0, 1, 1, 2, 2])), longitude=tuple(np.radians([0, 2, 2, 1, 1, 0]))
    )
    assert np.sign(dented.distance(np.radians([0.5, 1.5, 1.5]), np.radians([1.5, 0.5, 1.5]))).tolist() == [-1, -1, 1]
    across = Area(
        name="line", latitude=tuple(np.radians([-1, -1, 1, 1])), longitude=tuple(np.radians([179, 181, 181, 179]))
    )
    assert np.all(across.distance([0.0, 0.0], np.radians([179.9, -179.9])) < 0)


@settings(max_examples=60, deadline=None)
@given(
    latitude=st.floats(-70, 70), longitude=st.floats(-170, 170), size=st.floats(0.05, 5.0), corners=st.integers(3, 9),
    name=st.text(min_size=1, max_size=20),
)  # fmt: skip
def test_geojson_goes_out_and_comes_back(latitude, longitude, size, corners, name):
    angle = 2 * np.pi * np.arange(corners) / corners
    lat, lon = np.radians(latitude + size * np.sin(angle)), np.radians(longitude + size * np.cos(angle))
    text = json.dumps(polygon_feature(name, lat, lon)).encode()
    ((back_name, back_lat, back_lon),) = read_polygons(text)
    assert back_name == name
    assert np.radians(back_lat) == pytest.approx(lat, abs=2e-9)
    assert np.radians(back_lon) == pytest.approx(lon, abs=2e-9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no json", "no JSON"),
        ('{"type": "Point", "coordinates": [0, 0]}', "polygons are expected"),
        ('{"type": "Polygon", "coordinates": [[[0,0],[1,0],[1,1],[0,1]]]}', "last equal to the first"),
        ('{"type": "Polygon", "coordinates": [[[0,0],[1,0],[95,99],[0,0]]]}', "longitude comes first"),
        ('{"type": "Polygon", "coordinates": [[[0,0],[1,0],["a",1],[0,0]]]}', "not \\[longitude"),
        ('{"type": "Polygon", "coordinates": [[[0,0],[1,0],[1,1],[0,0]],[[0,0],[1,0],[1,1],[0,0]]]}', "hole"),
        ('{"type": "FeatureCollection"}', "without its list"),
        ('{"type": "FeatureCollection", "features": []}', "no polygon"),
        ("[]", "object"),
    ],
)
def test_bad_geojson(text, message):
    with pytest.raises(GeoJsonError, match=message):
        read_polygons(text.encode())


def test_a_track_is_cut_at_the_date_line():
    feature = line_feature("t", np.radians([0.0, 1.0]), np.radians([179.0, 181.0]))
    assert feature["geometry"]["type"] == "MultiLineString"
    (first, second) = feature["geometry"]["coordinates"]
    assert first[-1] == [180.0, 0.5] and second[0] == [-180.0, 0.5] and second[-1] == [-179.0, 1.0]


# ---- people ----


def wide_footprint(sigma, casualty_area=10.0):
    f = footprint("stage", "e", RELEASE, SPREAD, probability=0.9, casualty_area=casualty_area)
    assert f is not None
    data = {**f.__dict__, "covariance": sigma**2 * np.eye(2)}
    return type(f)(**data)


def uniform_grid(f, span_deg, cell_deg, density):
    n = round(span_deg / cell_deg)
    lat0, lon0 = np.degrees(f.latitude) - span_deg / 2, np.degrees(f.longitude) - span_deg / 2
    lat, lon = np.meshgrid(lat0 + cell_deg * np.arange(n), lon0 + cell_deg * np.arange(n), indexing="ij")
    empty = PopulationGrid(
        np.radians(lat.ravel()), np.radians(lon.ravel()), float(np.radians(cell_deg)), np.zeros(n * n)
    )
    return PopulationGrid(empty.latitude, empty.longitude, empty.size, density * empty.areas())


@pytest.mark.parametrize(("sigma", "cell"), [(20e3, 0.1), (20e3, 1.0), (2e3, 1.0), (60e3, 0.5)])
def test_people_spread_evenly_give_area_times_density(sigma, cell):
    """Ec = A_c · density wherever the body comes down, when people are everywhere alike: 10 m² · 50 per km² = 5e-4."""
    f = wide_footprint(sigma)
    grid = uniform_grid(f, 8.0, cell, 50e-6)
    assert expected_casualties(f, grid) == pytest.approx(5e-4, rel=0.005)
    assert casualty.impact_probabilities(f, grid).sum() == pytest.approx(1.0, rel=0.005)


def test_half_the_people_under_half_the_bell():
    f = wide_footprint(20e3)
    grid = uniform_grid(f, 4.0, 0.1, 50e-6)
    north = grid.latitude + grid.size / 2 > f.latitude
    half = PopulationGrid(grid.latitude, grid.longitude, grid.size, np.where(north, grid.people, 0.0))
    assert expected_casualties(f, half) == pytest.approx(2.5e-4, rel=0.01)


def test_grids_from_esri_and_csv_are_the_same():
    esri = b"ncols 2\nnrows 2\nxllcorner -81\nyllcorner 28\ncellsize 0.5\nNODATA_value -9999\n10 20\n-9999 40\n"
    rows = b"latitude_deg,longitude_deg,size_deg,people\n28.75,-80.75,0.5,10\n28.75,-80.25,0.5,20\n"
    rows += b"28.25,-80.75,0.5,0\n28.25,-80.25,0.5,40\n"
    one, two = read_population(esri, "a.asc", "persons per cell"), read_population(rows, "a.csv", "persons per cell")
    for name in ("latitude", "longitude", "people"):
        assert getattr(one, name) == pytest.approx(getattr(two, name))
    dense = read_population(esri, "a.asc", "persons per km2")
    assert dense.people[0] == pytest.approx(10.0 * 55.66 * 48.8, rel=0.01)  # a cell of half a degree at 28.75 N


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"ncols 2\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 1\n1 2 3\n", "3 values for 2 rows of 2"),
        (b"ncols 2\nnrows x\n", "line 2: not an ESRI"),
        (b"ncols 1\nnrows 1\nxllcorner 0\nyllcorner 89.5\ncellsize 1\n1\n", "not on the Earth"),
        (b"ncols 1\nnrows 1\nxllcorner 0\nyllcorner 0\ncellsize 1\n-5\n", "not negative"),
        (b"a,b\n", "columns are"),
        (b"latitude_deg,longitude_deg,size_deg,people\n1,2,x,4\n", "line 2: four numbers"),
        (b"latitude_deg,longitude_deg,size_deg,people\n1,2,0.1,4\n1,3,0.2,4\n", "one size"),
        (b"latitude_deg,longitude_deg,size_deg,people\n", "no cells"),
        (b"\xff\xfe", "not text"),
    ],
)
def test_bad_grids(raw, message):
    with pytest.raises(InputError, match=message):
        read_population(raw, "grid", "persons per cell")


# ---- the report ----

HEAD = "schema: osea/range/v1\nname: Eastern range\nprobability: 0.99\ntrace_ballistic_coefficient: 500 kg/m^2\n"
BODIES = """bodies:
  - name: first stage
    event: first stage separation
    mass: 25 t
    drag_coefficient: 1.0
    diameter: 3.7 m
    length: 42 m
    separation_speed: 2 m/s
    dispersions:
      {velocity: 3 m/s, separation_speed: 0.3 m/s, attitude: 5 deg, ballistic_coefficient: 20 %, wind: 10 m/s, density: 5 %}
    casualty_area: 300 m^2
"""


def range_file(folder, text, **files):
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content, encoding="utf-8")
    path = folder / "range.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def square(latitude, longitude, half=0.5, name="island"):
    ring = [[longitude + a * half, latitude + b * half] for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
    feature = {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


@pytest.fixture(scope="module")
def reported(flight, tmp_path_factory):
    folder = tmp_path_factory.mktemp("range")
    path = range_file(
        folder,
        HEAD + BODIES + "keep_out: islands.geojson\nclearance: 50 km\nazimuth_corridor: {azimuth: 90 deg, half_width: 400 km}\n"
        "population: {file: people.asc, values: persons per cell}\n",
        islands__geojson=square(26.5, -77.5),
        people__asc="ncols 20\nnrows 20\nxllcorner -82\nyllcorner 20\ncellsize 1\n" + "\n".join(["100 " * 20] * 20),
    )  # fmt: skip
    document = load_document(RangeSafety, path)
    return document, range_report(flight, document)


def test_the_stage_comes_down_down_range_where_its_fall_leads(reported, flight):
    _, result = reported
    (f,) = result.footprints
    reach, azimuth = distance_and_azimuth(*CAPE, f.latitude, f.longitude)
    k = int(np.argmin(np.abs(flight.time - 150.0)))
    at_release = np.argmin(np.abs(result.vacuum.time - 150.0))
    vacuum, _ = distance_and_azimuth(*CAPE, result.vacuum.latitude[at_release], result.vacuum.longitude[at_release])
    released, _ = distance_and_azimuth(*CAPE, flight.latitude[k], flight.longitude[k])
    assert released < reach < vacuum
    assert np.degrees(azimuth) == pytest.approx(90.0, abs=10.0)
    assert f.ballistic_coefficient == pytest.approx(25e3 / (np.pi * 3.7 * (42 + 1.85) / 4), rel=1e-12)
    assert f.semi_major > f.semi_minor > 500.0


def test_impact_trace_runs_down_range_and_ends_before_orbit(reported):
    _, result = reported
    assert np.all(np.diff(result.vacuum.longitude[20:]) >= 0)
    assert result.with_drag is not None
    last = min(result.vacuum.time[-1], result.with_drag.time[-1])
    v, d = (np.interp(last - 20, t.time, t.longitude) for t in (result.vacuum, result.with_drag))
    assert d < v


def test_findings_say_what_holds_and_by_how_much(reported, flight):
    document, result = reported
    found = {f.rule: f for f in result.findings}
    assert found["range.impact_in_keep_out"].severity is Severity.OK
    assert found["range.azimuth_corridor"].severity is Severity.OK
    casualties = found["range.casualty"]
    assert casualties.severity is Severity.OK and result.expected_casualties is not None
    # 100 people a cell of some 10,800 km²
    (f,) = result.footprints
    cell = 111.2e3**2 * np.cos(f.latitude)
    assert result.expected_casualties == pytest.approx(300.0 * 100 / cell, rel=0.02)
    hit = document.evolve(
        trace_ballistic_coefficient=None,
        keep_out=(Area(name="islet", latitude=tuple(f.latitude + 0.01 * np.array([-1, -1, 1, 1])),
                       longitude=tuple(f.longitude + 0.01 * np.array([-1, 1, 1, -1]))),),
        azimuth_corridor={"azimuth": np.pi / 2, "half_width": 1e3}, casualty_limit=1e-9,
    )  # fmt: skip
    worse = {f.rule: f for f in range_report(flight, hit).findings}
    assert {worse[r].severity for r in ("range.impact_in_keep_out", "range.azimuth_corridor", "range.casualty")} == {
        Severity.ERROR
    }
    near = document.evolve(keep_out=document.keep_out, clearance=1e6, trace_ballistic_coefficient=None)
    assert any(
        f.rule == "range.keep_out_clearance" and f.severity is Severity.ERROR
        for f in range_report(flight, near).findings
    )


def test_without_a_casualty_area_the_answer_is_unknown(reported, flight):
    document, _ = reported
    bare = document.bodies[0].evolve(casualty_area=None)
    result = range_report(flight, document.evolve(trace_ballistic_coefficient=None), [bare])
    assert result.expected_casualties is None
    assert next(f for f in result.findings if f.rule == "range.casualty").severity is Severity.UNKNOWN


def test_files_for_maps_are_what_their_standards_say(reported):
    _, result = reported
    data = json.loads(result.geojson())
    kinds = [f["properties"]["kind"] for f in data["features"]]
    assert kinds == ["ground track", "impact point trace", "impact point trace", "impact", "footprint", "keep-out"]
    ring = data["features"][4]["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1] and all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in ring)
    root = ET.fromstring(result.kml("Test <flight> & more"))
    space = {"k": "http://www.opengis.net/kml/2.2"}
    names = [e.text for e in root.findall(".//k:Placemark/k:name", space)]
    assert {"Trajectory", "Ground track", "first stage", "island"} <= set(names)
    styles = {e.get("id") for e in root.findall(".//k:Style", space)}
    assert {e.text.lstrip("#") for e in root.findall(".//k:styleUrl", space) if e.text} <= styles
    ring_text = root.find(".//k:LinearRing/k:coordinates", space)
    assert ring_text is not None and ring_text.text
    corners = ring_text.text.split()
    assert corners[0] == corners[-1] and len(corners) > 30


def test_the_result_survives_its_file(reported):
    _, result = reported
    assert RangeResult.from_json(json.loads(json.dumps(result.to_json()))).same_as(result)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("bodies: [{name: a, event: e}]\n", "ballistic_coefficient"),
        ("bodies: [{name: a, event: e, ballistic_coefficient: 0 kg/m^2}]\n", "greater than"),
        ("bodies: [{name: a, event: e, ballistic_coefficient: 9 kg/m^2, drag_coefficient: 1}]\n", "leave one out"),
        ("bodies: [{name: a, event: e, ballistic_coefficient: 9 kg/m^2}, {name: a, event: e, ballistic_coefficient: 9 kg/m^2}]\n",
         "one name"),
        ("keep_out: nowhere.geojson\n", "no such file"),
        ("keep_out: bad.geojson\n", "last equal to the first"),
        ("keep_out: [{name: a, latitude: [1 deg, 1 deg, 2 deg], longitude: [0 deg, 0 deg, 1 deg]}]\n", "same point"),
        ("population: {file: gone.asc, values: persons per cell}\n", "no such file"),
        ("casualty_limit: 0\n", "casualty_limit"),
    ],
)  # fmt: skip
def test_bad_documents(tmp_path, body, message):
    path = range_file(
        tmp_path, HEAD + body, bad__geojson='{"type": "Polygon", "coordinates": [[[0,0],[1,0],[1,1],[0,1]]]}'
    )
    with pytest.raises(DocumentError, match=r"range\.yaml:\d+:\d+") as caught:
        load_document(RangeSafety, path)
    assert message in str(caught.value)


def test_an_event_that_the_flight_does_not_have(flight):
    document = RangeSafety(
        name="r",
        probability=0.9,
        bodies=(JettisonedBody(name="fairing", event="fairing jettison", ballistic_coefficient=30.0),),
    )
    with pytest.raises(InputError, match="'first stage separation'"):
        range_report(flight, document)


def test_what_does_not_come_down_is_unknown(flight):
    up = {**flight.__dict__}
    event = flight.events[0]
    fast = type(event)(
        **{**event.__dict__, "velocity_ecef": event.velocity_ecef * 10e3 / np.linalg.norm(event.velocity_ecef)}
    )
    flown = type(flight)(**{**up, "events": (fast,)})
    body = JettisonedBody(
        name="dispenser", event=event.name, ballistic_coefficient=1e4, dispersions=Dispersions(velocity=1.0)
    )
    result = range_report(flown, RangeSafety(name="r", probability=0.9, bodies=(body,)))
    assert result.footprints == ()
    assert [f.severity for f in result.findings] == [Severity.UNKNOWN]


def test_destination_is_the_inverse_of_distance():
    lat, lon = destination(0.5, 3.1, [0.3, 2.0], [1e5, 2e6])
    east, north = east_north_between(0.5, 3.1, lat, lon)
    assert np.hypot(east, north) == pytest.approx([1e5, 2e6], rel=1e-9)
    assert np.arctan2(east, north) == pytest.approx([0.3, 2.0], abs=1e-9)


def test_the_maps_show_every_impact_and_area(reported):
    from osea_rocket.trajectory.range_safety.figures import footprint_figure, range_map

    _, result = reported
    flight_map, close_up = range_map(result, "the Cape"), footprint_figure(result)
    assert close_up is not None
    for text in ("the Cape", "first stage", "island", "impact point, vacuum", "impact point, with drag"):
        assert text in flight_map
    assert "99 %" in close_up and "50 %" in close_up and "first stage" in close_up
    bare = type(result)(**{**result.__dict__, "footprints": ()})
    assert footprint_figure(bare) is None and "first stage" not in range_map(bare)
