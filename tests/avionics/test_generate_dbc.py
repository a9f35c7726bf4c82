"""Our DBC, read back by cantools, which others wrote."""

import random
from typing import Any

import cantools
import pytest

from osea_rocket.avionics.codec import Codec
from osea_rocket.avionics.generate import dbc
from osea_rocket.avionics.generate.c99_vectors import sample
from osea_rocket.avionics.generate.outputs import element_names
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet, launcher_set


def database(text) -> Any:
    return cantools.database.load_string(text, database_format="dbc", strict=True)


def compare(s, rng, rounds):
    """Every raw signal both ways, and engineering values where the file carries them."""
    output = dbc.generate(s)
    lost = {x.where for x in output.losses if "raw number" in x.what}
    frames = {(m.bus, dbc.frame_id(m)): m for m in s.of_kind("can")}
    count = 0
    for text in output.files.values():
        db = database(text)
        for frame in db.messages:
            m = frames.pop((db.dbc.attributes["DBName"].value, frame.frame_id | (frame.is_extended_frame << 31)))
            assert frame.length == m.size and frame.is_fd == m.fd
            codec = Codec(m)
            for _ in range(rounds):
                raws = tuple(sample(f, rng) for f in m.values for _ in range(f.count))
                data, values = codec.pack(*raws), codec.values_of(raws)
                theirs = frame.decode(data, decode_choices=False, scaling=False)
                elements = [(f, k) for f in m.values for k in range(f.count)]
                physical = frame.decode(data, decode_choices=True)
                named = dbc.signals(m)
                for (f, k), raw in zip(elements, raws, strict=True):
                    element = [n for n in named if n[0] == element_names(f)[k]]
                    if f.raw == "bytes":
                        got = b"".join(theirs[n].to_bytes(x.width // 8, "big") for _, n, x in element)
                        assert got == raw
                        continue
                    ((_, name, _),) = element
                    assert theirs[name] == raw
                    count += 1
                    value = values[f.name][k] if f.is_array else values[f.name]
                    if f.kind == "enum":
                        assert str(physical[name]) == value
                    elif f.kind not in ("flags", "bcd", "bool") and f"{m.name}.{element[0][0]}" not in lost:
                        assert physical[name] == pytest.approx(value, rel=1e-12)
                # cantools fills bits without a signal with zeros, as we do
                assert frame.encode(theirs, scaling=False, strict=False, padding=False) == data
    assert frames == {}
    return count


@pytest.mark.parametrize("seed", range(60))
def test_random_frames_read_the_same(seed, random_set):
    compare(random_set(seed, kinds=("can",), count=6), random.Random(seed), 5)


def test_the_launcher_set():
    s = layout(launcher_set())
    if s.of_kind("can"):
        assert compare(s, random.Random(1), 3) > 0


def frames(*messages):
    return layout(MessageSet.model_validate({"name": "x", "messages": [{"type": "can", **m} for m in messages]}))


def test_motorola_start_bit_is_the_most_significant_bit():
    field = {"name": "speed", "type": "uint", "bits": 12, "start_bit": 7, "byte_order": "big"}
    s = frames({"name": "wheel", "id": 291, "fields": [field]})
    (text,) = dbc.generate(s).files.values()
    assert " SG_ speed : 7|12@0+ (1,0)" in text
    assert database(text).messages[0].decode(bytes([0xAB, 0xC0]), scaling=False) == {"speed": 0xABC}


def test_floats_fd_and_29_bits():
    field = {"name": "v", "type": "float", "bits": 64, "byte_order": "little"}
    s = frames(
        {"name": "a", "id": 0x1ABCDEF0, "extended": True, "fd": True, "bit_rate_switch": True, "fields": [field]}
    )
    (text,) = dbc.generate(s).files.values()
    frame = database(text).messages[0]
    assert f"SIG_VALTYPE_ {0x9ABCDEF0} v : 2;" in text
    assert (frame.frame_id, frame.is_extended_frame, frame.is_fd) == (0x1ABCDEF0, True, True)
    assert frame.decode(Codec(s.messages[0]).encode({"v": 0.1})) == {"v": 0.1}


def test_long_names_are_cut_kept_apart_and_kept_whole_in_an_attribute():
    fields = [{"name": "a" * 40 + end, "type": "uint", "bits": 8} for end in "xy"]
    output = dbc.generate(frames({"name": "m" * 40, "id": 1, "fields": fields}))
    (text,) = output.files.values()
    frame = database(text).messages[0]
    assert [s.name for s in frame.signals] == ["a" * 40 + "x", "a" * 40 + "y"]  # by the attribute
    assert all(len(word) <= 32 for line in text.splitlines() if line.startswith(" SG_") for word in [line.split()[1]])
    assert sum("is cut to" in x.what for x in output.losses) == 3


def test_descriptions_cannot_break_out_of_their_comment():
    field = {"name": "x", "type": "uint", "bits": 8, "description": 'a "quoted";\nBO_ 5 y: 8 z × \\'}
    (text,) = dbc.generate(frames({"name": "m", "id": 1, "fields": [field]})).files.values()
    assert len(database(text).messages) == 1 and text.isascii()
