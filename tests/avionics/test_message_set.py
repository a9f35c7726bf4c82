"""Message sets as documents: what is wrong is said with file, line, field and the mend; variants; the built-in set."""

from pathlib import Path
from typing import get_args

import pytest

from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet, launcher_set
from osea_rocket.core.documents import DocumentError, load_document

HEAD = "schema: osea/message-set/v1\nname: test\n"


def load(tmp_path, text, name="set.yaml"):
    path = tmp_path / name
    path.write_text(HEAD + text)
    return load_document(MessageSet, path)


def packet(*fields, name="m", apid=1, more=""):
    lines = [f"- {{name: {name}, type: telemetry, apid: {apid}{more}, fields: ["]
    return "\n".join([*lines, *(f"    {{{f}}}," for f in fields), "  ]}"])


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        (
            "messages:\n" + packet("name: a, type: uint, bits: 8", "name: b, type: uint, bits: 8, bit: 4"),
            6,
            "fields.1",
            "'b' (bits 4 to 11) overlaps 'a'; the next free place is bit 8, or leave the place out",
        ),
        (
            "messages:\n"
            + packet(
                "name: a, type: uint, bits: 12, bit: 0, byte_order: little", "name: b, type: uint, bits: 4, bit: 8"
            ),
            None,
            None,
            None,  # Intel 12 bits leave the upper half of octet 1, where big-endian bit 8 begins
        ),
        (
            "messages:\n" + packet("name: a, type: uint, bits: 4, constant: 16"),
            5,
            "constant",
            "16 does not fit 4 bits (0 to 15); give more 'bits'",
        ),
        (
            "messages:\n" + packet("name: a, type: uint, bits: 8, unit: V, range: 0..400 V"),
            5,
            "range",
            "400 V does not fit: 8 bits hold 0 to 255 V; give more 'bits'",
        ),
        (
            "messages:\n"
            + packet(
                "name: a, type: enum, bits: 1, values: [{name: x, value: 0}, {name: y, value: 1}, {name: z, value: 2}]"
            ),
            5,
            "values.2.value",
            "'z' is 2 and does not fit 1 bits",
        ),
        (
            "messages:\n"
            + packet("name: a, type: uint, bits: 8")
            + "\n"
            + packet("name: a, type: uint, bits: 8", name="n"),
            7,
            "messages.1",
            "APID 1 is used twice, by 'm' and 'n'; give one of them another",
        ),
        ("messages:\n" + packet("name: a, type: uint, bits: 8", apid=2047), 4, "apid", "an APID is 0 to 2046"),
        (
            "messages:\n" + packet("name: a, type: float, bits: 24"),
            5,
            "bits",
            "a float has 32 or 64 bits, not 24; use 'fixed'",
        ),
        ("messages:\n" + packet("name: a, type: uint, bits: 65"), 5, "bits", "at most 64"),
        (
            "messages:\n- {name: m, type: can, id: 2048, fields: []}",
            4,
            "id",
            "a CAN id of 11 bits is 0 to 2047, not 2048; or set 'extended: true'",
        ),
        ("messages:\n- {name: m, type: can, id: 536870912, extended: true}", 4, "id", "29 bits is 0 to 536870911"),
        (
            "messages:\n- {name: m, type: can, id: 1, fields: [{name: a, type: bytes, length: 9}]}",
            4,
            "fields",
            "9 octets; this frame carries 8; or set 'fd: true'",
        ),
        (
            "messages:\n" + packet("name: a, type: enum, bits: 3, values: [{name: x, value: 0}, {name: y, value: 4}]"),
            5,
            "values",
            "1 to 3 has no name: name it, or list it in 'reserved'",
        ),
        (
            "enums:\n- {name: e, values: [{name: x, value: 0}, {name: y, value: 2}]}",
            4,
            "values",
            "1 has no name",
        ),
        (
            "messages:\n" + packet("name: a, type: uint, bits: 8, unit: furlongish"),
            5,
            "unit",
            "unknown unit 'furlongish'; write it by known ones",
        ),
        (
            "messages:\n" + packet("name: a, type: uint, bits: 8, unit: V, range: 0..4 A"),
            5,
            "range",
            "'A' is not a unit of this quantity",
        ),
        (
            "messages:\n" + packet("name: a, type: uint, bits: 8, unit: V, red: 0..4"),
            5,
            "red",
            "an interval without a unit; write '0..4 V'",
        ),
        (
            "messages:\n" + packet("name: a, type: uint, bits: 8, unit: V, yellow: 0..5 V, red: 1..4 V"),
            5,
            "yellow",
            "reaches outside 'red'",
        ),
        (
            "messages:\n"
            + packet("name: a, type: uint, bits: 8", more=", extends: n")
            + "\n"
            + packet(name="n", apid=2, more=", extends: m"),
            7,
            "extends",
            "the messages extend each other in a circle: m → n → m; remove one 'extends'",
        ),
        ("messages:\n" + packet(more=", extends: nobody"), 4, "extends", "there is no message 'nobody' to extend"),
        (
            "messages:\n" + packet("name: ccsds_apid, type: uint, bits: 8"),
            5,
            "name",
            "used twice in the message, or is one of its header's",
        ),
        (
            "messages:\n" + packet("name: 2x, type: uint, bits: 8"),
            5,
            "name",
            "'2x' is no name for a program; write a letter, then",
        ),
        ("messages:\n" + packet(), 4, "fields", "7 to 65542 with its headers"),
        (
            "messages:\n" + packet("name: a, type: text, length: 2, bit: 4"),
            5,
            "bit",
            "text and octets begin at a whole octet, not at bit 4",
        ),
        (
            "messages:\n- {name: m, type: arinc429, label: '203', sdi: 0, fields: [{name: a, type: uint, bits: 20}]}",
            4,
            "fields",
            "1 bits too many",
        ),
        (
            "messages:\n- {name: m, type: arinc429, label: '8'}",
            4,
            "label",
            "'8' is no octal label; write '000' to '377'",
        ),
        (
            "messages:\n- {name: m, type: mil1553, remote_terminal: 1, subaddress: 1, fields: [\n"
            "    {name: a, type: bytes, length: 66}]}",
            4,
            "fields",
            "33 words; a message has 1 to 32",
        ),
        (
            "messages:\n- {name: m, type: telemetry, fields: [{name: a, type: bool}]}",
            4,
            "messages.0",
            "'apid' is missing: 0 to 2046",
        ),
        (
            "messages:\n"
            + packet("name: a, type: uint, bits: 8, calibration: {type: spline, points: [[0, 1], [0, 2]]}"),
            5,
            "points.1",
            "raw values must rise",
        ),
        (
            "messages:\n" + packet("name: a, type: uint, bits: 8", more=", verification: []"),
            4,
            "",
            "unknown field 'verification'",
        ),
        ("messages:\n" + packet("name: a, type: uint, bits: 8, unit: m/s2x"), 5, "unit", "did you mean 'm/s^2'?"),
        (
            "messages:\n" + packet("name: a, type: uint, bits: 8, default: 300"),
            5,
            "default",
            "300 does not fit: 8 bits hold",
        ),
        (
            "messages:\n" + packet("name: a, type: uint, bits: 8, default: 1.5"),
            5,
            "default",
            "1.5 is no whole number; write one",
        ),
        (
            "messages:\n"
            + packet(
                "name: a, type: uint, bits: 8, range: 0..11, calibration: {type: spline, points: [[0, 0], [255, 10]]}"
            ),
            5,
            "range",
            "11 does not fit: 8 bits hold 0 to 10; give more 'bits', another calibration",
        ),
        (
            "messages:\n"
            + packet("name: a, type: uint, bits: 8, calibration: {type: table, points: [[0, 1], [256, 1]]}"),
            5,
            "points.1",
            "the raw number 256 does not fit 8 bits (0 to 255); give more 'bits' or remove it",
        ),
        (
            "messages:\n" + packet("name: a, type: time, code: cuc, epoch: x, byte_order: little"),
            5,
            "byte_order",
            "a CCSDS time code is big-endian by its standard; leave 'byte_order' out",
        ),
        (
            "messages:\n" + packet("name: a, type: enum, bits: 2, enum: nope"),
            5,
            "enum",
            "there is no enum 'nope'; define it under 'enums', or write 'values' here",
        ),
        (
            "messages:\n- {name: m, type: can, id: -1, fields: [{name: a, type: bool}]}",
            4,
            "id",
            "a CAN id of 11 bits is 0 to 2047, not -1; choose another",
        ),
    ],
)
def test_bad_input(tmp_path, text, line, field, says):
    if says is None:
        load(tmp_path, text)
        return
    with pytest.raises(DocumentError) as caught:
        load(tmp_path, text)
    problem = caught.value.problems[0]
    assert says in problem.text
    assert field in problem.text
    assert (problem.file, problem.line) == (str(tmp_path / "set.yaml"), line)


def test_sets_that_extend_each_other(tmp_path):
    (tmp_path / "a.yaml").write_text(HEAD + "extends: b.yaml\n")
    (tmp_path / "b.yaml").write_text(HEAD + "extends: a.yaml\n")
    with pytest.raises(DocumentError, match=r"the files refer to each other in a circle: a.yaml → b.yaml → a.yaml"):
        load_document(MessageSet, tmp_path / "a.yaml")


def test_variants_of_messages_and_sets(tmp_path):
    base = "messages:\n" + packet(
        "name: a, type: uint, bits: 8", "name: b, type: uint, bits: 8", more=", crc: crc16-ccitt"
    )
    load(tmp_path, base, "base.yaml")
    child = packet(
        "name: a, type: uint, bits: 16", "name: c, type: bool", name="n", apid=2, more=", extends: m, rate: 5 Hz"
    )
    s = layout(load(tmp_path, "extends: base.yaml\nmessages:\n" + child))
    assert [m.name for m in s.messages] == ["m", "n"]
    n = s.by_name["n"]
    assert [(f.name, f.bit_offset, f.width) for f in n.values] == [("a", 48, 16), ("b", 64, 8), ("c", 72, 1)]
    assert (n.crc, n.rate, n.ancestors) == ("crc16-ccitt", 5.0, ("m",))
    wider = packet("name: b, type: uint, bits: 32", more=", extends: m")  # a namesake replaces what it extends
    s = layout(load(tmp_path, "extends: base.yaml\nmessages:\n" + wider))
    assert [(f.name, f.width) for f in s.by_name["m"].values] == [("a", 8), ("b", 32)]
    with pytest.raises(DocumentError, match="APID 1 is used twice"):
        load(tmp_path, "extends: base.yaml\nmessages:\n" + packet("name: z, type: uint, bits: 8", name="n"))


def test_one_apid_may_carry_messages_that_a_constant_tells_apart(tmp_path):
    two = "messages:\n" + "\n".join(
        packet(f"name: code, type: uint, bits: 8, constant: {i}", name=f"m{i}").replace("telemetry", "telecommand")
        for i in (1, 2)
    )
    assert len(layout(load(tmp_path, two)).messages) == 2


def test_limits_are_converted_to_the_field_s_unit(tmp_path):
    s = layout(load(tmp_path, "messages:\n" + packet("name: a, type: float, unit: degC, red: 263.15..373.15 K")))
    red = s.messages[0].by_name["a"].red
    assert red is not None
    assert red.low == pytest.approx(-10)


def test_the_launcher_set_is_documented_field_by_field():
    s = layout(launcher_set())
    for m in s.of_kind("telemetry"):
        assert m.source and m.sinks and m.latency, m.name
        assert m.rate or m.name == "command_report"  # sent when there is something to report
    asked = {
        "imu",
        "gnss",
        "navigation",
        "guidance",
        "tvc_command",
        "tvc_feedback",
        "throttle_command",
        "throttle_feedback",
    }
    asked |= {"engine_health", "valves", "pyro", "power", "thermal", "fts_status", "landing_radar", "grid_fin_command"}
    assert asked | {"grid_fin_feedback", "sequencer", "time"} <= set(s.by_name)
    for m in s.messages:
        assert m.description
        for f in m.fields:
            assert f.description, f"{m.name}.{f.name}"
        every = sorted(bit for f in m.fields for bit in f.occupied())
        assert every == list(range(8 * m.size))


def test_a_set_survives_the_trip_through_plain_data():
    s = launcher_set()
    again = MessageSet.model_validate(s.to_plain())
    assert again == s
    assert layout(again) == layout(s)


def test_addresses_may_be_hexadecimal(tmp_path):
    s = load(tmp_path, "messages:\n- {name: m, type: can, id: 0x1A, fields: [{name: a, type: bool}]}")
    assert layout(s).messages[0].can_id == 0x1A
    with pytest.raises(DocumentError, match="a CAN id of 11 bits is 0 to 2047, not 2048"):
        load(tmp_path, "messages:\n- {name: m, type: can, id: 0x800, fields: [{name: a, type: bool}]}")
    with pytest.raises(DocumentError, match="a whole number is expected here, not '0xZZ'"):
        load(tmp_path, "messages:\n- {name: m, type: can, id: '0xZZ', fields: [{name: a, type: bool}]}")


def test_the_example_holds_every_kind_of_message_and_field():
    from osea_rocket.avionics.fields import AnyField
    from osea_rocket.avionics.messages import Message, Packet
    from osea_rocket.studies.documents import load as load_document_of_any_kind

    s = load_document_of_any_kind(Path(__file__).parents[2] / "examples" / "avionics" / "every-kind.yaml")
    assert isinstance(s, MessageSet)
    for union, found in (
        (AnyField, {type(f) for m in s.messages for f in m.fields}),
        (Message, {type(m) for m in s.messages}),
    ):
        kinds = set(get_args(get_args(union)[0]))
        kinds -= {k for k in kinds if k.__name__ == "Time"}  # they stand in the secondary headers
        assert kinds == found
    headers = [m.secondary_header for m in s.messages if isinstance(m, Packet) and m.secondary_header]
    assert {h.time.code for h in headers if h.time} == {"cuc", "cds"}


def test_the_page_s_example_is_a_set(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "avionics.md").read_text(encoding="utf-8")
    (tmp_path / "set.yaml").write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    s = layout(load_document(MessageSet, tmp_path / "set.yaml"))
    assert [m.name for m in s.messages] == ["imu", "wheel"]
