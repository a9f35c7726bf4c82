"""The launch record: what it names, that unknown fields live on, and that broken ones are refused."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.core.frames import UNKNOWN_ORIENTATION, EarthOrientation
from osea_rocket.launch_data.export import RECORD_NAME, launch_data
from osea_rocket.launch_data.issuer import Issuer, SpaceObject
from osea_rocket.launch_data.records import LaunchRecord, check_files, read_record, record_id


def make(trajectory, orientation=UNKNOWN_ORIENTATION):
    return launch_data(
        trajectory,
        Issuer(originator="OSEA", created="2026-11-21T02:00:00Z"),
        mission="Demo to 200 km",
        vehicle=SpaceObject(name="DEMO 9"),
        payload=SpaceObject(name="PAYLOAD"),
        payload_mass=22800.0,
        software="osea-rocket 0.1.0",
        orientation=orientation,
    )


def test_record_names_the_files_as_they_are(trajectory, tmp_path):
    written = make(trajectory).write(tmp_path)
    assert [p.name for p in written] == ["trajectory.oem", "separation.opm", "launch-record.json"]
    record = read_record(tmp_path / RECORD_NAME)
    check_files(record, tmp_path)
    data = json.loads((tmp_path / RECORD_NAME).read_text())
    assert data["schema"] == "osea/launch-record/v1" and data["status"] == "predicted" and data["revision"] == 1
    assert data["t0"] == {"utc": "2027-03-01T12:00:00.250Z", "definition": "liftoff: hold-down release"}
    assert data["trajectory"]["frame"] == "ITRF2000" and data["separation"]["frame"] == "GCRF"
    assert data["trajectory"]["time_system"] == data["separation"]["time_system"] == "UTC"
    assert data["provenance"]["input_sha256"] == "ab" * 32
    content = (tmp_path / data["separation"]["file"]["path"]).read_bytes()
    assert data["separation"]["file"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert data["separation"]["object_mass_kg"] == 22800.0 and data["separation"]["total_mass_kg"] == 26920.5


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
    record = read_record(tmp_path / RECORD_NAME)
    path = tmp_path / "trajectory.oem"
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="sha256"):
        check_files(record, tmp_path)
    path.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        check_files(record, tmp_path)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    value=json_values, place=st.sampled_from([(), ("t0",), ("trajectory",), ("trajectory", "file"), ("provenance",)])
)
def test_unknown_fields_survive(trajectory, value, place):
    data = json.loads(dict(make(trajectory).files)[RECORD_NAME])
    part = data
    for key in place:
        part = part[key]
    part["x-of-another-version"] = value
    again = json.loads(LaunchRecord.model_validate_json(json.dumps(data)).to_json())
    assert again == data


def breakages():
    def at(*path, value):
        def change(data):
            part = data
            for key in path[:-1]:
                part = part[key]
            part[path[-1]] = value

        return change

    yield "no schema of ours", at("schema", value="osea/launch-record/v9")
    yield "revision", at("revision", value=0)
    yield "text for a number", at("separation", "object_mass_kg", value="22800")
    yield "negative mass", at("separation", "object_mass_kg", value=-1.0)
    yield "two numbers for a vector", at("separation", "position_m", value=[1.0, 2.0])
    yield "no time", at("t0", "utc", value="soon")
    yield "short hash", at("trajectory", "file", "sha256", value="abc")
    yield "absolute path", at("trajectory", "file", "path", value="/etc/passwd")
    yield "path out of the folder", at("trajectory", "file", "path", value="../x.oem")
    yield "windows path", at("trajectory", "file", "path", value="..\\x.oem")
    yield "no urn", at("id", value="1")
    yield "empty issuer", at("issuer", value="")


@pytest.mark.parametrize(("name", "change"), list(breakages()), ids=[name for name, _ in breakages()])
def test_a_broken_record_is_refused(trajectory, tmp_path, name, change):
    data = json.loads(dict(make(trajectory).files)[RECORD_NAME])
    change(data)
    path = tmp_path / "record.json"
    path.write_text(json.dumps(data))
    with pytest.raises(InputError, match=r"record\.json"):
        read_record(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"id": 1, "id": 2}', b'{"revision": NaN}', b"[" * 100000, b'"text"', b"null"],
)
def test_what_is_no_record_at_all_is_refused(tmp_path, content):
    path = tmp_path / "record.json"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_record(path)
    with pytest.raises(InputError):
        read_record(tmp_path / "absent.json")


def test_an_identifier_is_stable_and_its_own():
    assert record_id("OSEA", "a") == record_id("OSEA", "a") != record_id("OSEA", "b")
    assert record_id("a", "bc") != record_id("ab", "c")
