"""Our XTCE, held against the schema and read by space_packet_parser, which others wrote."""

import random
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree  # type: ignore[attr-defined]
from space_packet_parser.xtce.definitions import XtcePacketDefinition
from space_packet_parser.xtce.validation import validate_xtce

from osea_rocket.avionics.codec import Codec
from osea_rocket.avionics.generate import xtce
from osea_rocket.avionics.generate.c99_vectors import sample
from osea_rocket.avionics.generate.outputs import element_fields
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet, launcher_set


@pytest.fixture(scope="module")
def schema():
    spec = find_spec("space_packet_parser")
    assert spec and spec.origin
    text = (Path(spec.origin).parent / "xtce" / "schemas" / "SpaceSystem.xsd").read_text(encoding="utf-8")
    # the official schema refers to xml:base without importing it; no attribute of ours
    text = re.sub(r'<attribute\s+ref="xml:base"\s*(/>|></attribute>)', "", text)
    return etree.XMLSchema(etree.fromstring(text.encode(), etree.XMLParser(recover=True)))


def write(s, folder):
    ((name, text),) = xtce.generate(s).files.items()
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def valid(schema, path):
    tree = etree.parse(path)
    assert schema.validate(tree), schema.error_log
    structure = validate_xtce(path, level="structure", print_results=False, raise_on_error=False)
    assert structure.valid, structure.errors


def compare(s, path, rng, rounds):
    """Every value of every telemetry packet, by the other reader and by ours; how many were held against each other."""
    definition = XtcePacketDefinition.from_xtce(path)
    names = xtce.parameter_names(s)
    lost = {x.where for x in xtce.generate(s).losses}
    count = 0
    for m in s.of_kind("telemetry"):
        codec = Codec(m)
        for _ in range(rounds):
            raws = tuple(sample(f, rng) for f in m.values for _ in range(f.count))
            ours = codec.values_of(raws)
            theirs = definition.parse_bytes(codec.pack(*raws, sequence_count=rng.randint(0, 16383)))
            at = 0
            for f in m.values:
                for k, (name, single) in enumerate(element_fields(f)):
                    raw, at = raws[at], at + 1
                    key = names.get((m.name, name))
                    if key is None:  # opaque octets, which losses name
                        assert f"{m.name}.{name}" in lost
                        continue
                    value = ours[f.name][k] if f.is_array else ours[f.name]
                    got = theirs[key]
                    count += 1
                    if single.kind == "text":
                        assert got.rstrip("\0") == value
                    elif single.raw == "bytes":
                        assert bytes(got) == value
                    else:
                        assert got.raw_value == raw
                        if single.kind not in ("flags", "bcd", "bool") and f"{m.name}.{name}" not in lost:
                            assert got == (
                                pytest.approx(value, rel=1e-12)
                                if single.raw != "float" and not isinstance(value, str)
                                else value
                            )
    return count


@pytest.mark.parametrize("seed", range(40))
def test_random_sets_are_valid_and_read_the_same(seed, random_set, schema, tmp_path):
    s = random_set(seed, kinds=("telemetry", "telemetry", "telecommand"), count=5)
    path = write(s, tmp_path)
    valid(schema, path)
    if s.of_kind("telemetry"):
        assert compare(s, path, random.Random(seed), 5) > 0


def test_the_launcher_set(schema, tmp_path):
    s = layout(launcher_set())
    path = write(s, tmp_path)
    valid(schema, path)
    assert compare(s, path, random.Random(1), 3) > 100


def document(*messages, **more):
    return layout(MessageSet.model_validate({"name": "x", "messages": list(messages), **more}))


def test_packets_of_one_apid_are_told_apart_by_their_constants(tmp_path, schema):
    common = {"type": "telemetry", "apid": 7}
    one = {"pus": {"service": 3, "subservice": 25}}
    two = {"pus": {"service": 5, "subservice": 1}}
    s = document(
        {"name": "a", **common, "secondary_header": one, "fields": [{"name": "x", "type": "uint", "bits": 16}]},
        {"name": "b", **common, "secondary_header": two, "fields": [{"name": "y", "type": "float"}]},
    )
    path = write(s, tmp_path)
    valid(schema, path)
    definition = XtcePacketDefinition.from_xtce(path)
    a = definition.parse_bytes(Codec(s.by_name["a"]).encode({"x": 500}))
    b = definition.parse_bytes(Codec(s.by_name["b"]).encode({"y": 2.5}))
    assert a["a__x"] == 500 and "b__y" not in a
    assert b["b__y"] == 2.5 and "a__x" not in b


def test_the_root_is_abstract_and_bases_follow_entries(tmp_path):
    s = document({"name": "a", "type": "telemetry", "apid": 7, "fields": [{"name": "x", "type": "uint", "bits": 8}]})
    tree = etree.parse(write(s, tmp_path))
    ns = {"x": xtce.NAMESPACE}
    root, child = tree.findall(".//x:SequenceContainer", ns)
    assert root.get("abstract") == "true" and root.find("x:BaseContainer", ns) is None
    assert [etree.QName(e).localname for e in child] == ["EntryList", "BaseContainer"]


def test_what_xtce_cannot_say_is_named():
    s = document(
        {
            "name": "a",
            "type": "telemetry",
            "apid": 7,
            "byte_order": "little",
            "fields": [{"name": "x", "type": "uint", "bits": 12}, {"name": "y", "type": "uint", "bits": 4}],
        },
        {"name": "c", "type": "can", "id": 1, "fields": [{"name": "x", "type": "uint", "bits": 8}]},
    )
    losses = {(x.where, x.what.split(":")[0]) for x in xtce.generate(s).losses}
    assert ("a.x", "little-endian across octets off their borders") in losses
    assert ("a.y", "little-endian across octets off their borders") in losses
    assert ("c", "left out") in losses
