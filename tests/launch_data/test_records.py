"""What a run hands on: messages and the records that name them, valid by the protocol; broken records are refused."""

import hashlib
import json
from dataclasses import replace
from math import radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.core.frames import UNKNOWN_ORIENTATION, EarthOrientation
from osea_rocket.launch_data.ccsds.files import parse_messages
from osea_rocket.launch_data.command import run_check
from osea_rocket.launch_data.envelope import Envelope
from osea_rocket.launch_data.export import launch_data
from osea_rocket.launch_data.facts import FlightFacts, facts_of, with_orbit_reached
from osea_rocket.launch_data.opportunity.ocm import product_from_ocm
from osea_rocket.launch_data.protocol.kinds import read_record, to_plain

FACTS = FlightFacts(
    originator="OSEA",
    mission="Demo to 200 km",
    epoch="2027-03-01T12:00:00.250Z",
    ut1_minus_utc=None,
    site="Pad A",
    latitude=28.5,
    longitude=-80.0,
    height=0.0,
    azimuths=None,
    vehicle="Demo 9",
    stages=({"name": "first", "order": 1, "dry_mass_kg": 24700.0},),
    payload="payload",
    orbit={"name": "LEO", "perigee_height_m": 200e3, "apogee_height_m": 200e3, "inclination_deg": 28.5},
    objective="payload",
)
ENVELOPE = Envelope(
    originator="OSEA", issued_at="2026-11-21T02:00:00Z", software="osea-rocket 0.1.0", input_sha256="ab" * 32
)


def make(trajectory, orientation=UNKNOWN_ORIENTATION):
    return launch_data(trajectory, FACTS, ENVELOPE, payload_mass=22800.0, orientation=orientation)


def record(trajectory, name):
    return json.loads(dict(make(trajectory).files)[f"{name}.json"])


def test_records_name_the_files_as_they_are(trajectory, tmp_path):
    written = make(trajectory).write(tmp_path)
    assert [p.name for p in written] == [
        "trajectory.oem", "flight.ocm", "separation.opm",
        "mission.json", "vehicle-type.json", "payload.json", "launch.json", "trajectory.json", "flight.json",
        "separation-state.json",
    ]  # fmt: skip
    launch, state = record(trajectory, "launch"), record(trajectory, "separation-state")
    assert launch["t0"] == {"value": "2027-03-01T12:00:00.250Z", "precision": "nanosecond", "kind": "planned"}
    assert launch["provenance"][0]["source_sha256"] == "ab" * 32 and launch["status"] == "predicted"
    assert record(trajectory, "trajectory")["frame"] == "ITRF2000" and state["frame"] == "GCRF"
    content = (tmp_path / state["files"][0]["path"]).read_bytes()
    assert state["files"][0]["sha256"] == hashlib.sha256(content).hexdigest()
    assert state["mass_kg"] == 22800.0 and state["launch"] == launch["id"]


def test_they_are_valid_by_schema_and_rules(trajectory, tmp_path):
    make(trajectory).write(tmp_path)
    data, text = run_check([tmp_path])
    assert data["status"] == "done", text
    wrong = [f for f in data["findings"] if f["severity"] in ("ERROR", "WARN")]
    # a customer that nobody named, and an orbit that the made-up flight does not reach
    assert {f["rule"] for f in wrong} <= {"LD-SEP-004", "LD-MIS-001"}, wrong


def test_the_ocm_is_what_opportunities_start_from(trajectory):
    (message,) = parse_messages(dict(make(trajectory).files)["flight.ocm"].encode(), "flight.ocm")
    product, t_zero = product_from_ocm(message)
    assert t_zero == "2027-03-01T12:00:00.250"
    position, velocity = product.host_at([trajectory.events[-1].time])
    assert abs(position - trajectory.position_ecef[-1]).max() < 1e-3
    assert abs(velocity - trajectory.velocity_ecef[-1]).max() < 1e-6
    assert [(d.name, d.mass) for d in product.deployments] == [("PAYLOAD", 22800.0)]


def test_same_input_gives_the_same_bytes(trajectory):
    assert make(trajectory).files == make(trajectory).files


def test_earth_orientation_is_asked_for(trajectory):
    (finding,) = make(trajectory).findings
    # 0.9 s x 7.292e-5 rad/s x 6578 km = 432 m
    assert finding.severity is Severity.WARN and "43" in finding.message and "ut1_minus_utc" in finding.message
    (finding,) = make(trajectory, orientation=EarthOrientation(ut1_minus_utc=0.1)).findings
    assert finding.severity is Severity.OK


def test_a_changed_or_missing_file_is_found(trajectory, tmp_path):
    make(trajectory).write(tmp_path)
    path = tmp_path / "separation.opm"
    path.write_bytes(path.read_bytes().replace(b"OSEA", b"OSEB"))
    rules = {f["rule"] for f in run_check([tmp_path])[0]["findings"]}
    assert "LD-FIL-002" in rules
    path.unlink()
    rules = {f["rule"] for f in run_check([tmp_path])[0]["findings"]}
    assert "LD-FIL-001" in rules


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=json_values, place=st.sampled_from([(), ("t0",), ("access",), ("provenance", 0), ("extensions", "x")]))
def test_unknown_fields_survive(trajectory, value, place):
    data = record(trajectory, "launch") | {"extensions": {"x": {}}}
    part = data
    for key in place:
        part = part[key]
    part["x-of-another-version"] = value
    assert to_plain(read_record(json.dumps(data).encode(), "launch.json")) == data


def breakages():
    def at(*path, value):
        def change(data):
            part = data
            for key in path[:-1]:
                part = part[key]
            part[path[-1]] = value

        return change

    yield "no schema of ours", at("schema", value="osea/launch-data/launch/v9")
    yield "revision", at("revision", value=0)
    yield "text for a number", at("mass_kg", value="22800")
    yield "negative mass", at("mass_kg", value=-1.0)
    yield "two numbers for a vector", at("position_m", value=[1.0, 2.0])
    yield "no time", at("t0", value="soon")
    yield "short hash", at("files", 0, "sha256", value="abc")
    yield "absolute path", at("files", 0, "path", value="/etc/passwd")
    yield "path out of the folder", at("files", 0, "path", value="../x.oem")
    yield "windows path", at("files", 0, "path", value="..\\x.oem")
    yield "no urn", at("id", value="1")
    yield "empty issuer", at("issuer", value="")


@pytest.mark.parametrize(("name", "change"), list(breakages()), ids=[name for name, _ in breakages()])
def test_a_broken_record_is_refused(trajectory, name, change):
    data = record(trajectory, "separation-state")
    change(data)
    with pytest.raises(InputError, match=r"record\.json"):
        read_record(json.dumps(data).encode(), "record.json")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"id": 1, "id": 2}', b'{"revision": NaN}', b"[" * 100000, b'"text"', b"null"],
)
def test_what_is_no_record_at_all_is_refused(content):
    with pytest.raises(InputError):
        read_record(content, "record.json")


def test_an_identifier_is_stable_and_its_own():
    other = Envelope(originator="OTHER", issued_at=ENVELOPE.issued_at, software="x")
    assert ENVELOPE.urn("launch", "a") == ENVELOPE.urn("launch", "a")
    assert (
        len(
            {
                ENVELOPE.urn("launch", "a"),
                ENVELOPE.urn("launch", "b"),
                ENVELOPE.urn("pad", "a"),
                other.urn("launch", "a"),
            }
        )
        == 4
    )


def test_what_is_no_study_has_no_facts():
    with pytest.raises(InputError, match="no study"):
        facts_of({"vehicle": {}})


def test_what_a_mission_leaves_open_of_its_orbit_is_the_one_reached():
    open_ = replace(FACTS, orbit={"name": "x-as the mission's kind says"})
    assert with_orbit_reached(open_, 500e3, 510e3, radians(97.4), -5e7).orbit["name"] == "SSO"
    assert with_orbit_reached(FACTS, 199e3, 201e3, radians(28.6), -6e7).orbit == FACTS.orbit  # what it states stays
    assert with_orbit_reached(open_, 185e3, -9e6, radians(28.5), 8e6).orbit == {
        "name": "escape", "c3_m2_s2": 8e6, "inclination_deg": pytest.approx(28.5),
    }  # fmt: skip
