"""CCSDS messages read, refused and written: the books' and Orekit's files, and made-up ones."""

import random
from datetime import datetime
from pathlib import Path

import ccsds_ndm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError
from osea_rocket.core.time import parse_utc, parse_utc_array
from osea_rocket.launch_data.ccsds.files import parse_messages, read_messages
from osea_rocket.launch_data.ccsds.grammar import KINDS, grammar
from osea_rocket.launch_data.ccsds.message import Block, Message, Segment, States
from osea_rocket.launch_data.ccsds.states import covariance
from osea_rocket.launch_data.ccsds.values import number_text
from osea_rocket.launch_data.ccsds.write_kvn import write_kvn
from osea_rocket.launch_data.ccsds.write_xml import write_xml

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "launch_data"
BOOKS, OREKIT = REFERENCE / "ccsds_books" / "data", REFERENCE / "orekit_odm"
needs_files = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the example files are not on this machine")

# What Orekit's own tests expect an error from; all its other files are valid there.
INVALID = {
    "OCM-incompatible-units-dimension.txt", "OCM-incompatible-units-scale.txt", "OCM-missing-maneuver-time.txt",
    "OCM-missing-t0.txt", "OCM-spurious-metadata-section.txt", "OCM-unknown-frame.txt", "OCM-wrong-nb-elements.txt",
    "OCM-wrong-time-span.txt", "OEM-ephemeris-number-format-error.txt", "OEM-inconsistent-time-systems.txt",
    "OEM-keyword-within-covariance.txt", "OEM-too-few-covariance-columns.txt", "OEM-too-many-covariance-columns.txt",
    "OEM-too-small-covariance-dimension.txt", "OPM-incompatible-units.txt", "OPM-number-format-error.txt",
    "spurious-metadata.xml",
}  # fmt: skip
NO_MESSAGE = {"OEMExample7.txt.pre"}  # the beginning of one, for a test of Orekit's writer
# Where we and Orekit differ, and why.
REFUSED_THOUGH_VALID = {"OPM-non-standard-units.txt": "metres where the book has kilometres, and units beyond ASCII"}
READ_THOUGH_INVALID = {"OCM-unknown-frame.txt": "a frame by agreement is allowed (502.0-B-3, 3.2.3.3); it is warned of"}
# Examples that contradict the book's own tables as they are printed; read by --lenient alone.
CONTRADICTORY = {
    "ocm_g15.kvn": "nine values in lines of CARTPV, which has six",
    "ocm_g17.kvn": "'ISP THR_MAG_SIGMA' for THR_ISP, THR_MAG_SIGMA",
    "ndm_g22.xml": "a number broken in two by the printed line ('- 0.0038')",
}

OPM = """CCSDS_OPM_VERS = 3.0
CREATION_DATE = 2027-03-01T12:00:00
ORIGINATOR = OSEA
OBJECT_NAME = DEMO
OBJECT_ID = 2027-001A
CENTER_NAME = EARTH
REF_FRAME = GCRF
TIME_SYSTEM = UTC
COMMENT state
EPOCH = 2027-03-01T12:10:00.25
X = 6578.0 [km]
Y = 0.0 [km]
Z = 0.0 [km]
X_DOT = 0.0 [km/s]
Y_DOT = 7.8 [km/s]
Z_DOT = 0.0 [km/s]
"""
OEM = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2027-03-01T12:00:00
ORIGINATOR = OSEA
META_START
OBJECT_NAME = DEMO
OBJECT_ID = 2027-001A
CENTER_NAME = EARTH
REF_FRAME = ITRF2000
TIME_SYSTEM = UTC
START_TIME = 2016-12-31T23:59:59
STOP_TIME = 2017-01-01T00:00:01
META_STOP
2016-12-31T23:59:59 6578.0 0.0 0.0 0.0 7.8 0.0
2016-12-31T23:59:60.5 6578.0 0.0 0.0 0.0 7.8 0.0 0.001 0.0 0.0
2017-001T00:00:01Z 6578.0 0.0 0.0 0.0 7.8 -1.5e-3
"""


def one(text: str, *, lenient: bool = False) -> Message:
    (message,) = parse_messages(text.encode(), "made-up.kvn", lenient=lenient)
    return message


@needs_files
@pytest.mark.parametrize("path", sorted(OREKIT.rglob("*.*")), ids=lambda p: f"{p.parent.name}-{p.name}")
def test_orekits_files_are_read_or_refused_as_orekit_does(path):
    name = path.name
    readable = (
        name not in INVALID or name in READ_THOUGH_INVALID
    ) and name not in REFUSED_THOUGH_VALID | dict.fromkeys(NO_MESSAGE)
    if readable:
        assert read_messages(path)
    else:
        with pytest.raises(InputError) as caught:
            read_messages(path)
        where = caught.value.where or ""
        assert where.startswith(f"{path}:") and where.rsplit(":", 1)[1].isdigit()


@needs_files
def test_of_orekits_files_so_many_are_read_and_refused():
    """At least 95 % of the valid files are read, and 90 % of the invalid ones refused."""
    files = [p for p in OREKIT.rglob("*.*") if p.name not in NO_MESSAGE]
    valid, invalid = [p for p in files if p.name not in INVALID], [p for p in files if p.name in INVALID]
    assert len(valid) >= 35 and len(invalid) >= 18
    assert sum(_reads(p) for p in valid) / len(valid) >= 0.95
    assert sum(not _reads(p) for p in invalid) / len(invalid) >= 0.90


def _reads(path: Path) -> bool:
    try:
        return bool(read_messages(path))
    except InputError:
        return False


@needs_files
@pytest.mark.parametrize(
    "path", sorted(p for k in (*KINDS, "ndm") for p in BOOKS.rglob(f"{k}_*.*")), ids=lambda p: p.name
)
def test_every_example_of_the_books_is_read(path):
    if path.name in CONTRADICTORY:
        with pytest.raises(InputError):
            read_messages(path)
    messages = read_messages(path, lenient=path.name in CONTRADICTORY)
    assert all(m.header.get("ORIGINATOR") for m in messages)


@needs_files
@pytest.mark.parametrize("path", sorted([*OREKIT.rglob("*.*"), *BOOKS.rglob("[orn]*.*")]), ids=lambda p: p.name)
def test_what_is_read_survives_both_forms(path):
    try:
        messages = read_messages(path, lenient=True)
    except InputError:
        pytest.skip("refused, see the test above")
    for message in messages:
        (back,) = parse_messages(write_xml(message).encode(), lenient=True)
        assert back.same_as(message, 1e-15), "XML"
        (back,) = parse_messages(write_kvn(message).encode(), lenient=True)
        ascii_only = all(c.isascii() for b in message.blocks() for c in b.comments)
        assert back.same_as(message, 1e-15) or not ascii_only, "KVN"
    if len(messages) > 1:
        assert len(parse_messages(write_xml(*messages).encode(), lenient=True)) == len(messages)


@needs_files
@pytest.mark.parametrize("path", sorted(BOOKS.glob("kvn/[or][pemd]m_*.kvn")), ids=lambda p: p.name)
def test_a_foreign_reader_takes_what_is_written(path):
    """ccsds_ndm (Rust) reads both forms of each example that the book does not contradict."""
    (message,) = read_messages(path)
    reader = getattr(ccsds_ndm, message.kind.capitalize())
    for text in (write_kvn(message), write_xml(message)):
        theirs = reader.from_str(text)
        assert theirs.header.originator == message.header.text("ORIGINATOR")


def test_values_units_and_comments_of_an_opm():
    message = one(OPM)
    state = message.segments[0].block("stateVector")
    assert state is not None and state.comments == ("state",)
    assert (state.number("X"), state.text("EPOCH")) == (6578.0, "2027-03-01T12:10:00.25")
    assert message.metadata["REF_FRAME"] == "GCRF" and message.findings == ()


def test_states_of_an_oem_count_leap_seconds_and_keep_accelerations():
    states = one(OEM).segments[0].states
    assert states is not None
    np.testing.assert_array_equal(np.diff(states.time), [1_500_000_000, 1_500_000_000])
    np.testing.assert_array_equal(states.accelerated, [False, True, False])
    assert states.accelerations[1, 0] == 0.001 and states.states[2, 5] == -1.5e-3


BROKEN = [
    ("CCSDS_OPM_VERS = 3.0", "CCSDS_XYZ_VERS = 3.0", 1, "begins with its version"),
    ("CCSDS_OPM_VERS = 3.0", "CCSDS_OPM_VERS = 9.0", 1, "newer"),
    ("CCSDS_OPM_VERS = 3.0", "CCSDS_OPM_VERS = three", 1, "no version"),
    ("ORIGINATOR = OSEA\n", "", 2, "lacks ORIGINATOR"),
    ("OBJECT_NAME = DEMO", "OBJECT_NAM = DEMO", 4, "did you mean OBJECT_NAME"),
    ("TIME_SYSTEM = UTC", "TIME_SYSTEM = UCT", 8, "did you mean UTC"),
    ("X = 6578.0 [km]", "X = 6578.0 [m]", 11, r"the unit of X is \[km\]"),
    ("X = 6578.0 [km]", "X = nan", 11, "is a number"),
    ("X = 6578.0 [km]", "X = 1e999", 11, "is a number"),
    ("X = 6578.0 [km]", "X = 1_000", 11, "is a number"),
    ("X = 6578.0 [km]", "X =", 11, "no value"),
    ("X = 6578.0 [km]", "X 6578.0", 11, "KEYWORD = value"),
    ("X = 6578.0 [km]", "X = 6578.0 [km]\nX = 6578.0 [km]", 12, "X stands twice"),
    ("X_DOT = 0.0 [km/s]\n", "", 10, "lacks X_DOT"),
    ("EPOCH = 2027-03-01T12:10:00.25", "EPOCH = 2027-02-29T12:10:00", 10, "calendar"),
    ("EPOCH = 2027-03-01T12:10:00.25", "EPOCH = 2027-03-01T25:10:00", 10, "time of day"),
    ("EPOCH = 2027-03-01T12:10:00.25", "EPOCH = 1 March 2027", 10, "is a time such as"),
    ("OBJECT_NAME = DEMO", "OBJECT_NAME = DÉMO", 5 - 1, "ASCII"),
    ("Z_DOT = 0.0 [km/s]\n", "Z_DOT = 0.0\nMASS = -4.0 [kg]\n", 17, "never negative"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "said"), BROKEN, ids=[b[3] + b[1][:12] for b in BROKEN])
def test_a_broken_opm_is_refused_with_its_line(old, new, line, said):
    assert old in OPM
    with pytest.raises(InputError, match=said) as caught:
        one(OPM.replace(old, new))
    assert caught.value.where == f"made-up.kvn:{line}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2017-001T00:00:01Z 6578.0 0.0", "2017-001T00:00:01Z 0.0", "6 or 9 numbers"),
        ("2017-001T00:00:01Z", "2016-366T23:59:58Z", "do not rise"),
        ("STOP_TIME = 2017-01-01T00:00:01", "STOP_TIME = 2017-01-01T00:00:00", "outside of START_TIME"),
        ("START_TIME = 2016-12-31T23:59:59", "START_TIME = 2018-01-01T00:00:00", "is later than STOP_TIME"),
        ("META_STOP\n", "", "no line of the form|META_STOP"),
        ("2016-12-31T23:59:60.5", "2017-06-30T23:59:60.5", "leap second"),
        ("META_STOP\n", "INTERPOLATION = HERMITE\nMETA_STOP\n", "INTERPOLATION_DEGREE"),
        (OEM[OEM.index("2016-12-31T23:59:59 ") :], "", "no states"),
    ],
)
def test_a_broken_oem_is_refused(old, new, said):
    with pytest.raises(InputError, match=said):
        one(OEM.replace(old, new))


def test_several_problems_are_named_at_once():
    with pytest.raises(InputError) as caught:
        one(OPM.replace("X = 6578.0 [km]", "X = six").replace("Y = 0.0 [km]", "Y = 0.0 [ft]"))
    assert caught.value.where == "made-up.kvn:11" and any(":12:" in d for d in caught.value.details)


def test_an_opm_s_covariance_is_a_symmetric_matrix_and_a_negative_variance_is_refused():
    names = [f.keyword for f in grammar("opm").block("covarianceMatrix").fields.values() if f.kind == "number"]
    diagonal = {"CX_X", "CY_Y", "CZ_Z", "CX_DOT_X_DOT", "CY_DOT_Y_DOT", "CZ_DOT_Z_DOT"}
    lines = [f"{n} = {2.0 if n in diagonal else 0.5}" for n in names]
    block = one(OPM + "\n".join(lines)).segments[0].block("covarianceMatrix")
    assert block is not None
    matrix = covariance(block)
    np.testing.assert_array_equal(matrix, 1.5 * np.eye(6) + 0.5)
    with pytest.raises(InputError, match="variance"):
        one(OPM + "\n".join(lines).replace("CZ_Z = 2.0", "CZ_Z = -2.0"))
    indefinite = one(OPM + "\n".join(lines).replace("0.5", "3.0"))
    assert [f.rule for f in indefinite.findings] == ["ccsds.covariance"]


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE opm [<!ENTITY a "x">]><opm>&a;</opm>',
        '<?xml version="1.0"?><!DOCTYPE opm SYSTEM "file:///etc/passwd"><opm/>',
        "<opm>" + "<a>" * 100 + "</a>" * 100 + "</opm>",
        "<opm><header></opm>",
        "<tdm/>",
        "<opm/>",
        "<?xml version='1.0' encoding='martian'?><opm/>",
    ],
)
def test_unsafe_or_broken_xml_is_refused_with_its_line(text):
    with pytest.raises(InputError) as caught:
        parse_messages(text.encode(), "x.xml")
    assert caught.value.where and caught.value.where.startswith("x.xml:")


def test_neither_noise_nor_damage_gets_past_the_reader():
    """Bytes at random, and messages with bytes changed, cut and doubled: read or refused with a place, nothing else."""
    chance = random.Random(20270301)
    for text in (OPM, OEM, write_xml(one(OPM)), write_xml(one(OEM))):
        for _ in range(400):
            data = bytearray(text.encode())
            for _ in range(chance.randint(1, 4)):
                at = chance.randrange(len(data))
                match chance.randrange(4):
                    case 0:
                        data[at] = chance.randrange(256)
                    case 1:
                        del data[at : at + chance.randint(1, 40)]
                    case 2:
                        data[at:at] = data[at : at + chance.randint(1, 40)]
                    case _:
                        data[at:at] = bytes(chance.randrange(256) for _ in range(3))
                data = data or bytearray(b"x")
            try:
                parse_messages(bytes(data), "damaged")
            except InputError as error:
                assert error.where and error.where.startswith("damaged")


@given(st.floats(-1e300, 1e300))
def test_numbers_have_sixteen_digits_and_lose_nothing_that_counts(value):
    text = number_text(value)
    mantissa = text.lower().split("e")[0]
    assert sum(c.isdigit() for c in mantissa.lstrip("-0.")) <= 17 and abs(float(text) - value) <= 1e-15 * abs(value)


@given(
    st.lists(st.datetimes(datetime(1972, 1, 1), datetime(2261, 12, 31)), max_size=20),
    st.integers(0, 9),
)
def test_many_times_are_read_as_one_by_one(stamps, digits):
    texts = [f"{s:%Y-%m-%dT%H:%M:%S}" + (f".{s.microsecond:06d}000"[: digits + 1] if digits else "") for s in stamps]
    texts = [t if t[:4] >= "1972" else f"1999{t[4:]}" for t in texts]
    texts += ["2016-12-31T23:59:60.25", "2027-060T00:00:00Z"]
    texts = [t for t in texts if "02-29" not in t]
    assert parse_utc_array(texts).tolist() == [parse_utc(t).tai for t in texts]


coordinate = st.floats(-1e5, 1e5)


@given(st.lists(st.tuples(*[coordinate] * 6), min_size=1, max_size=5), st.booleans())
def test_random_ephemerides_survive_both_forms(rows, xml):
    epochs = tuple(f"2027-03-01T12:00:{i:02d}.000000000" for i in range(len(rows)))
    states = States(
        epochs, parse_utc_array(epochs), np.array(rows), np.zeros((len(rows), 3)), np.zeros(len(rows), dtype=bool)
    )
    metadata = one(OEM).metadata
    inside = tuple(
        (k, epochs[0] if k == "START_TIME" else epochs[-1] if k == "STOP_TIME" else v) for k, v in metadata.values
    )
    message = Message("oem", "2.0", one(OEM).header, (Segment(Block("metadata", inside), (), states),))
    text = write_xml(message) if xml else write_kvn(message)
    (back,) = parse_messages(text.encode())
    assert back.same_as(message, 1e-15)
