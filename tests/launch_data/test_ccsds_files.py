"""OEM and OPM, read back by two programs that are not ours: `oem` (Python) and `ccsds_ndm` (Rust, from ccsds-ndm-py)."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import ccsds_ndm
import numpy as np
import oem
import pytest
from astropy import units
from oem.tools import parse_epoch

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.core.frames import EarthOrientation, eme2000_from_itrf, gcrf_from_itrf
from osea_rocket.core.time import parse_utc
from osea_rocket.launch_data.ccsds_oem import write_oem
from osea_rocket.launch_data.ccsds_opm import write_opm
from osea_rocket.launch_data.envelope import Envelope
from osea_rocket.launch_data.export import launch_data
from osea_rocket.launch_data.facts import facts_of
from osea_rocket.launch_data.issuer import Issuer, SpaceObject

STUDY = {
    "originator": "OSEA",
    "mission": {"name": "m", "site": {"name": "s", "latitude": "28.5 deg", "longitude": "-80 deg", "altitude": "0 m"}},
    "vehicle": {"name": "v", "stages": []},
}
ISSUER = Issuer(originator="Example Launch", created="2026-11-21T02:00:00.4Z")
VEHICLE, PAYLOAD = SpaceObject(name="Demo 9"), SpaceObject(name="Payload")
KNOWN = EarthOrientation(ut1_minus_utc=0.05, pole_x=1e-6, pole_y=2e-6)
REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "launch_data" / "ccsds_books" / "data" / "kvn"


def flown_samples(trajectory):
    """The samples that must be in the OEM, doubled ones once."""
    _, first = np.unique(trajectory.time, return_index=True)
    return first


def test_oem_reads_back_with_the_python_reader(trajectory, tmp_path):
    path = tmp_path / "trajectory.oem"
    path.write_text(write_oem(trajectory, VEHICLE, ISSUER))
    message = oem.OrbitEphemerisMessage.open(path)
    assert message.header["ORIGINATOR"] == "EXAMPLE LAUNCH"
    assert len(message.segments) == 3, "the phase without duration is left out"
    for segment in message.segments:
        meta = segment.metadata
        assert (meta["REF_FRAME"], meta["TIME_SYSTEM"], meta["CENTER_NAME"]) == ("ITRF2000", "UTC", "EARTH")
        assert (meta["OBJECT_NAME"], meta["OBJECT_ID"], meta["INTERPOLATION"]) == ("DEMO 9", "UNKNOWN", "HERMITE")
    states = [state for segment in message.segments for state in segment]
    epoch: Any = parse_epoch("2027-03-01T12:00:00.250", {"TIME_SYSTEM": "UTC"})
    seconds = np.array([(s.epoch - epoch).to_value("s") for s in states])
    distinct = np.flatnonzero(np.diff(seconds, prepend=-1.0) > 1e-7)
    chosen = flown_samples(trajectory)
    assert len(distinct) == len(chosen)
    np.testing.assert_allclose(seconds[distinct], trajectory.time[chosen], atol=6e-10)
    position = np.array([s.position for s in states])[distinct]
    velocity = np.array([s.velocity for s in states])[distinct]
    np.testing.assert_allclose(position * 1e3, trajectory.position_ecef[chosen], rtol=0.0, atol=2e-9)
    np.testing.assert_allclose(velocity * 1e3, trajectory.velocity_ecef[chosen], rtol=0.0, atol=1e-9)


def test_oem_reads_back_with_the_rust_reader_and_is_valid(trajectory):
    message = ccsds_ndm.Oem.from_str(write_oem(trajectory, VEHICLE, ISSUER))
    message.validate()
    assert message.header.creation_date == "2026-11-21T02:00:00"
    starts = [s.metadata.start_time for s in message.segments]
    stops = [s.metadata.stop_time for s in message.segments]
    assert starts[0] == "2027-03-01T12:00:00.250000000" and stops[-1] == "2027-03-01T12:08:20.250000000"
    assert stops[:-1] == starts[1:], "neighbouring phases share the state at their border"
    last = message.segments[-1].data.state_vector[-1]
    np.testing.assert_allclose([last.x * 1e3, last.y * 1e3, last.z * 1e3], trajectory.position_ecef[-1], atol=2e-9)


def test_interpolating_as_the_oem_says_meets_the_flight(trajectory, flown, tmp_path):
    path = tmp_path / "trajectory.oem"
    path.write_text(write_oem(trajectory, VEHICLE, ISSUER))
    message = oem.OrbitEphemerisMessage.open(path)
    epoch: Any = parse_epoch("2027-03-01T12:00:00.250", {"TIME_SYSTEM": "UTC"})
    for time in (77.7, 153.3, 299.9):
        there = message(epoch + time * units.s)
        assert np.linalg.norm(np.array(there.position) * 1e3 - flown(time)[0]) < 1.0


@pytest.mark.parametrize(("frame", "rotation"), [("GCRF", gcrf_from_itrf), ("EME2000", eme2000_from_itrf)])
def test_opm_reads_back_and_turns_back_to_the_earth_fixed_state(trajectory, frame, rotation):
    event = trajectory.events[-1]
    text = write_opm(trajectory, event, PAYLOAD, 22800.0, ISSUER, orientation=KNOWN, frame=frame)
    message = ccsds_ndm.Opm.from_str(text)
    message.validate()
    vector, meta = message.segment.data.state_vector, message.segment.metadata
    assert (meta.ref_frame, meta.time_system, meta.object_name) == (frame, "UTC", "PAYLOAD")
    spacecraft = message.segment.data.spacecraft_parameters
    assert spacecraft is not None and spacecraft.mass == 22800.0
    assert vector.epoch == "2027-03-01T12:08:20.250000000"
    position = np.array([vector.x, vector.y, vector.z]) * 1e3
    velocity = np.array([vector.x_dot, vector.y_dot, vector.z_dot]) * 1e3
    back = rotation(parse_utc("2027-03-01T12:08:20.25Z"), KNOWN).to_earth_fixed(position, velocity)
    assert np.abs(back[0] - event.position_ecef).max() < 1e-8
    assert np.abs(back[1] - event.velocity_ecef).max() < 1e-8
    assert "hold-down release" in text and "500.000000 s" in text and "26920.5" in text


def test_opm_state_agrees_with_astropy(trajectory):
    """An independent library, given the same UT1-UTC and pole: within 5 cm and 1 mm/s."""
    from astropy.coordinates import GCRS, ITRS, CartesianDifferential, CartesianRepresentation
    from astropy.time import Time
    from astropy.utils import iers

    trajectory = replace(trajectory, epoch="2020-06-01T10:00:00Z")
    when = Time("2020-06-01T10:08:20", scale="utc")
    with iers.conf.set_temp("auto_download", False), iers.earth_orientation_table.set(iers.IERS_B.open()):
        table = iers.earth_orientation_table.get()
        pole = [float(v.to_value("rad")) for v in table.pm_xy(when)]
        orientation = EarthOrientation(
            ut1_minus_utc=float(table.ut1_utc(when).to_value("s")), pole_x=pole[0], pole_y=pole[1]
        )
        event = trajectory.events[-1]
        speed = CartesianDifferential(event.velocity_ecef * units.m / units.s)
        fixed = ITRS(CartesianRepresentation(event.position_ecef * units.m, differentials=speed), obstime=when)
        theirs: Any = fixed.transform_to(GCRS(obstime=when)).cartesian
    vector = ccsds_ndm.Opm.from_str(
        write_opm(trajectory, event, PAYLOAD, 1.0, ISSUER, orientation=orientation)
    ).segment.data.state_vector
    assert np.abs(np.array([vector.x, vector.y, vector.z]) * 1e3 - theirs.xyz.to_value("m")).max() < 0.05
    ours = np.array([vector.x_dot, vector.y_dot, vector.z_dot]) * 1e3
    assert np.abs(ours - theirs.differentials["s"].d_xyz.to_value("m/s")).max() < 1e-3


def test_files_use_only_keywords_of_the_standard_in_its_order(trajectory):
    header = (
        "CCSDS_OEM_VERS COMMENT CREATION_DATE ORIGINATOR META_START COMMENT OBJECT_NAME OBJECT_ID CENTER_NAME REF_FRAME"
    )
    meta = "TIME_SYSTEM START_TIME STOP_TIME INTERPOLATION INTERPOLATION_DEGREE META_STOP"
    assert f"{header} {meta}" in " ".join(keywords(write_oem(trajectory, VEHICLE, ISSUER)))
    opm = "CCSDS_OPM_VERS COMMENT CREATION_DATE ORIGINATOR OBJECT_NAME OBJECT_ID CENTER_NAME REF_FRAME TIME_SYSTEM COMMENT"
    state = "EPOCH X Y Z X_DOT Y_DOT Z_DOT MASS"
    text = write_opm(trajectory, trajectory.events[-1], PAYLOAD, 1.0, ISSUER)
    assert " ".join(keywords(text)) == f"{opm} {state}"


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the Blue Book's example files are not on this machine")
def test_keywords_are_those_of_the_blue_book_examples(trajectory):
    known = {k for path in REFERENCE.glob("o[ep]m_*.kvn") for k in keywords(path.read_text())}
    ours = write_oem(trajectory, VEHICLE, ISSUER) + write_opm(trajectory, trajectory.events[-1], PAYLOAD, 1.0, ISSUER)
    assert set(keywords(ours)) <= known


def keywords(text: str) -> list[str]:
    """Keywords in order, a run of the same one once."""
    found = [m[1] for line in text.splitlines() if (m := re.match(r"([A-Z_]+)( =| |$)", line))]
    return [k for i, k in enumerate(found) if i == 0 or found[i - 1] != k]


def test_every_line_is_short_ascii(trajectory):
    long = make_named(trajectory, "Zündung der zweiten Stufe 第二级点火 " * 12)
    for line in write_oem(long, VEHICLE, ISSUER).splitlines():
        assert line.isascii() and line.isprintable() and len(line) <= 254


def make_named(trajectory, name):
    return replace(trajectory, phase_names=(name,) * 4)


@pytest.mark.parametrize(
    "bad", ["", "Näme", "two\nlines", "tab\there", "长征", " ends", "a  b", "x" * 201, "nul\0", "line\x85"]
)
def test_text_that_a_message_cannot_carry_is_refused(bad):
    for make in (
        lambda: Issuer(originator=bad, created="2026-11-21T02:00:00Z", where="study.yaml:3:1"),
        lambda: SpaceObject(name=bad, where="study.yaml:3:1"),
        lambda: SpaceObject(name="X", identifier=bad, where="study.yaml:3:1"),
    ):
        with pytest.raises(InputError, match=r"study\.yaml:3:1"):
            make()


def test_other_wrong_input_is_refused(trajectory):
    with pytest.raises(InputError):
        Issuer(originator="X", created="yesterday")
    for frame in ("GCRF", "WGS84", "ITRF", "ITRF2000 ", "ITRF-99"):
        with pytest.raises(InputError, match="ITRF2000"):
            write_oem(trajectory, VEHICLE, ISSUER, frame=frame)
    with pytest.raises(InputError, match="mass"):
        write_opm(trajectory, trajectory.events[-1], PAYLOAD, 0.0, ISSUER)
    with pytest.raises(InputError, match="backwards"):
        write_oem(replace(trajectory, time=trajectory.time[::-1]), VEHICLE, ISSUER)


def test_without_an_epoch_nothing_is_written_and_the_finding_says_so(trajectory, tmp_path):
    undated = replace(trajectory, epoch=None)
    made = Envelope(originator="OSEA", issued_at="2026-11-21T02:00:00Z", software="s")
    data = launch_data(undated, facts_of(STUDY), made, payload_mass=1.0, where="mission.yaml:1:1")
    assert data.files == () and data.write(tmp_path / "none") == ()
    assert not (tmp_path / "none").exists()
    (finding,) = data.findings
    assert finding.severity is Severity.UNKNOWN and "epoch" in finding.message and finding.where == "mission.yaml:1:1"
    with pytest.raises(InputError, match="epoch"):
        write_oem(undated, VEHICLE, ISSUER)
    with pytest.raises(InputError, match="epoch"):
        write_opm(undated, undated.events[-1], PAYLOAD, 1.0, ISSUER)


def test_opm_says_what_the_earth_s_orientation_does_to_position_and_velocity(trajectory):
    def comment(orientation):
        text = write_opm(trajectory, trajectory.events[-1], PAYLOAD, 1000.0, ISSUER, orientation=orientation)
        return " ".join(line.removeprefix("COMMENT ") for line in text.splitlines() if line.startswith("COMMENT"))

    unknown = comment(EarthOrientation())
    position, velocity = gcrf_from_itrf(parse_utc(trajectory.epoch).plus(500.0)).to_inertial(
        trajectory.events[-1].position_ecef, trajectory.events[-1].velocity_ecef
    )
    angle = np.hypot(0.9 * 7.2921e-5, 0.7 * 4.8481e-6)  # UT1-UTC of 0.9 s, polar motion of 0.7 arcsec
    assert f"position by up to {angle * np.linalg.norm(position):.0f} m" in unknown
    assert f"velocity by up to {angle * np.linalg.norm(velocity):.2g} m/s" in unknown
    assert "uncertainty of the prediction itself is not stated" in unknown
    assert "orientation can move" not in comment(KNOWN)
