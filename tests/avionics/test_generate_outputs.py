"""Field table, JSON Schema, MAVLink, interface document, the build and its command."""

import csv
import io
import json
import random
import re
import shutil
from xml.etree import ElementTree

import pytest

from osea_rocket.avionics.codec import Codec
from osea_rocket.avionics.generate import bit_diagram, field_table, icd, json_schema, mavlink, pdf
from osea_rocket.avionics.generate.build import OUTPUTS, build, generate_all
from osea_rocket.avionics.generate.c99_vectors import sample
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet, launcher_set
from osea_rocket.cli.main import main
from osea_rocket.core.errors import InputError


@pytest.fixture(scope="module")
def launcher():
    return layout(launcher_set())


def one(output):
    (text,) = output.files.values()
    return text


def document(*messages):
    return layout(MessageSet.model_validate({"name": "x", "messages": list(messages)}))


# ---- field table


def test_the_field_table_has_every_bit(random_set, launcher):
    for s in (launcher, *map(random_set, range(10))):
        rows = list(csv.DictReader(io.StringIO(one(field_table.generate(s)))))
        assert len(rows) == sum(len(m.fields) for m in s.messages)
        for m in s.messages:
            bits = sum(int(r["width_bits"]) * int(r["count"]) for r in rows if r["message"] == m.name)
            assert bits == 8 * m.size


# ---- JSON Schema


def fits(value, schema):
    """Whether a value is as the parts of JSON Schema that we use say."""
    if "enum" in schema and value not in schema["enum"]:
        return False
    match schema.get("type"):
        case "object":
            known = schema["properties"]
            return value.keys() == set(schema["required"]) and all(fits(v, known[k]) for k, v in value.items())
        case "array":
            size = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**9)
            return size and all(fits(v, schema["items"]) for v in value)
        case "integer":
            return isinstance(value, int) and schema.get("minimum", value) <= value <= schema.get("maximum", value)
        case "number":
            return isinstance(value, int | float)
        case "boolean":
            return isinstance(value, bool)
        case "string":
            right = re.fullmatch(schema["pattern"], value) if "pattern" in schema else len(value) <= schema["maxLength"]
            return isinstance(value, str) and bool(right)
    return "enum" in schema


def test_decoded_values_are_as_the_schema_says(random_set, launcher):
    rng = random.Random(5)
    for s in (launcher, *map(random_set, range(10))):
        schema = json.loads(one(json_schema.generate(s)))
        for m in s.messages:
            codec = Codec(m)
            raws = tuple(sample(f, rng) for f in m.values for _ in range(f.count))
            values = codec.decode(codec.pack(*raws))
            plain = json.loads(json.dumps(values, default=bytes.hex))
            assert fits(plain, schema["$defs"][m.name])
            assert not fits({**plain, "more": 1}, schema["$defs"][m.name])


# ---- MAVLink


def test_mavlink_names_what_it_widens_and_leaves_out():
    s = document(
        {"name": "a", "type": "plain", "fields": [
            {"name": "x", "type": "uint", "bits": 12, "unit": "m", "calibration": {"type": "polynomial", "coefficients": [5, 2]}},
            {"name": "y", "type": "float", "count": 3},
            {"name": "mode", "type": "enum", "bits": 8, "values": [{"name": "off", "value": 0}]},
            {"name": "tag", "type": "text", "length": 9}]},
        {"name": "b", "type": "plain", "fields": [{"name": "x", "type": "bytes", "length": 256}]},
    )  # fmt: skip
    output = mavlink.generate(s)
    top = ElementTree.fromstring(one(output))
    (message,) = top.findall("messages/message")
    types = {f.get("name"): f.get("type") for f in message.findall("field")}
    assert types == {"x": "uint16_t", "y": "float[3]", "mode": "uint8_t", "tag": "char[9]"}
    # MAVLink's schema knows three multipliers only, and the unit would be the raw number's
    first = message.findall("field")[0]
    assert first.attrib == {"type": "uint16_t", "name": "x"} and first.text == "x; raw x 2 + 5 m"
    assert [e.get("name") for e in top.findall("enums/enum")] == ["X_A_MODE"]
    where = [x.where for x in output.losses]
    assert "b" in where and where.count("a.x") == 2


# ---- interface document


def test_the_bit_diagram_draws_every_bit_once(random_set):
    for s in map(random_set, range(20)):
        for m in s.messages:
            bits = [b for first, count, *_ in bit_diagram.runs(m) for b in range(first, first + count)]
            assert sorted(bits) == list(range(8 * m.size))
            if m.size:
                ElementTree.fromstring(bit_diagram.svg(m))


def test_little_endian_pieces_of_a_field():
    s = document({"name": "a", "type": "plain", "byte_order": "little", "fields": [
        {"name": "x", "type": "uint", "bits": 12}, {"name": "y", "type": "uint", "bits": 4}]})  # fmt: skip
    found = [(first, count, label) for first, count, label, *_ in bit_diagram.runs(s.messages[0])]
    assert found == [(0, 8, "x"), (8, 4, "y"), (12, 4, "x")]


def test_the_interface_document_names_every_field_and_is_safe(launcher):
    page = one(icd.generate(launcher))
    for m in launcher.messages:
        for f in m.values:
            assert f">{f.name}<" in page
    evil = document({"name": "a", "type": "plain", "description": "<script>alert(1)</script>", "fields": [
        {"name": "x", "type": "uint", "bits": 8, "description": "<img onerror=x> [[nowhere"}]})  # fmt: skip
    assert "<script" not in one(icd.generate(evil)) and "<img" not in one(icd.generate(evil))


# ---- build


def test_the_whole_launcher_set(launcher, tmp_path):
    built = build(launcher, tmp_path / "a")
    assert {f.name for f in (tmp_path / "a").iterdir()} == set(built.files)
    losses = (tmp_path / "a" / "losses.txt").read_text(encoding="utf-8").splitlines()
    assert losses[1:] == [str(x) for x in built.losses]


def test_the_document_is_printed(launcher, tmp_path, monkeypatch):
    build(launcher, tmp_path, ["icd"])
    page = tmp_path / "osea_launcher_icd.html"
    if any(map(shutil.which, pdf.BROWSERS)):
        pdf.print_pdf(page, tmp_path / "icd.pdf")
        assert (tmp_path / "icd.pdf").read_bytes().startswith(b"%PDF-")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="Chromium, Chrome or Edge, and none is on the PATH; install one"):
        pdf.print_pdf(page, tmp_path / "other.pdf")


def test_the_same_set_gives_the_same_bytes(random_set):
    assert generate_all(random_set(4)).files == generate_all(random_set(4)).files


def test_every_output_can_be_had_alone(launcher):
    for name in OUTPUTS:
        generate_all(launcher, [name])
    with pytest.raises(InputError, match="no output 'cobol'; choose from c99"):
        generate_all(launcher, ["cobol"])


def osea(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main(["avionics", "build", *map(str, arguments)])
    captured = capsys.readouterr()
    return end.value.code, captured.out, captured.err


def test_command_from_a_file(capsys, tmp_path):
    file = tmp_path / "set.yaml"
    file.write_text(
        "schema: osea/message-set/v1\nname: wheel set\nmessages:\n- name: wheel\n  type: can\n  id: 291\n"
        "  fields:\n  - {name: speed, type: uint, bits: 12, start_bit: 7, byte_order: big}\n"
    )
    code, out, _ = osea(capsys, file, "--out", tmp_path / "o", "--json")
    data = json.loads(out)
    assert code == 0 and data["messages"] == 1 and "wheel_set_can.dbc" in data["files"]
    assert {"output": "xtce", "where": "wheel", "what": "left out: a message of type can is no CCSDS packet"} in data[
        "losses"
    ]
    code, out, _ = osea(capsys, file, "--out", tmp_path / "o")
    assert code == 0 and "losses (all of them:" in out and "xtce: left out" in out


def test_command_says_what_is_wrong(capsys, tmp_path):
    code, _, err = osea(capsys, tmp_path / "none.yaml", "--out", tmp_path / "o")
    assert code == 2 and "none.yaml" in err
    taken = tmp_path / "taken"
    taken.write_text("")
    code, _, err = osea(capsys, "launcher", "--out", taken)
    assert code == 2 and "is a file" in err
    assert taken.read_text() == ""
