"""The codec inside compiled loops gives the octets and values of the codec in Python."""

import random

import numpy as np
import pytest

from osea_rocket.avionics import compiled_codec
from osea_rocket.avionics.codec import Codec, RejectedError
from osea_rocket.avionics.generate.c99_vectors import sample
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet, launcher_set
from osea_rocket.core.errors import InputError


def numbers_of(codec, values):
    """Decoded values as the compiled codec has them: elements in a row, names as their numbers."""
    found = []
    for row in codec.message.values:
        if row.raw == "bytes":
            continue
        numbers = {v.name: v.value for v in row.values}
        for value in values[row.name] if row.is_array else [values[row.name]]:
            if row.kind == "enum":
                found.append(float(numbers[value]))
            elif row.kind == "flags":
                found.append(float(sum(1 << numbers[n] for n in value)))
            else:
                found.append(float(value))
    return np.array(found)


def compare(codec, rng, rounds):
    try:
        fast = codec.compiled()
    except InputError as error:
        assert "no compiled codec" in str(error) and f"{codec.message.name}." in str(error)
        return 0
    frame, values = fast.frame(), np.zeros(len(fast.names))
    exact = [
        r.width <= 53 or r.raw == "float" for r in codec.message.values if r.raw != "bytes" for _ in range(r.count)
    ]
    for _ in range(rounds):
        raws = tuple(
            bytes(f.width // 8) if f.raw == "bytes" else sample(f, rng)
            for f in codec.message.values
            for _ in range(f.count)
        )
        count = rng.randint(0, 16383) if codec.message.has_ccsds_header else 0
        data = codec.pack(*raws, sequence_count=count)
        assert fast.decode(np.frombuffer(data, np.uint8), values) == 0
        wanted = numbers_of(codec, codec.values_of(raws))
        assert np.array_equal(values, wanted, equal_nan=True)
        if not all(exact):
            continue
        try:
            again = codec.encode(codec.values_of(raws), sequence_count=count)
        except InputError:
            with pytest.raises(InputError):
                fast.encode(values, frame, count)
            continue
        fast.encode(values, frame, count)
        same = np.frombuffer(again, np.uint8)
        assert np.array_equal(frame, same)
        damaged = bytearray(again)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        try:
            codec.decode(bytes(damaged))
            assert fast.decode(np.frombuffer(bytes(damaged), np.uint8), values) == 0
        except RejectedError as error:
            answer = fast.decode(np.frombuffer(bytes(damaged), np.uint8), values)
            word = error.reason.split()[0]
            known = {"constant": -2, "checksum": -3, "parity": -4}
            assert answer == known[word] if word in known else answer > 0 or word == "text"
    return 1


@pytest.mark.parametrize("seed", range(25))
def test_random_sets(seed, random_set):
    rng = random.Random(seed)
    for m in random_set(seed, count=6).messages:
        if m.size:
            compare(Codec(m), rng, 8)


def test_the_launcher_set():
    rng = random.Random(1)
    assert sum(compare(Codec(m), rng, 20) for m in layout(launcher_set()).messages) >= 20


def plain(*fields, **more):
    message = {"name": "m", "type": "plain", "fields": list(fields), **more}
    return Codec(layout(MessageSet.model_validate({"name": "x", "messages": [message]})).messages[0])


@pytest.mark.parametrize("bad", [256.0, -1.0, 0.5, np.nan, np.inf])
def test_a_value_that_does_not_fit_is_named(bad):
    fast = plain({"name": "a", "type": "uint", "bits": 8}, {"name": "b", "type": "uint", "bits": 8}).compiled()
    with pytest.raises(InputError, match=r"m\.b: .* does not fit its bits or its range"):
        fast.encode(np.array([1.0, bad]), fast.frame())


def test_curves_go_both_ways():
    points = [[0, 0.0], [50, 10.0], [255, 300.0]]
    codec = plain({"name": "s", "type": "uint", "bits": 8, "calibration": {"type": "spline", "points": points}})
    fast, values, frame = codec.compiled(), np.zeros(1), np.zeros(1, np.uint8)
    for raw in range(256):
        assert fast.decode(np.array([raw], np.uint8), values) == 0
        fast.encode(values, frame)
        assert frame[0] == raw
    for value in np.linspace(0.0, 300.0, 777):
        fast.encode(np.array([value]), frame)
        assert frame.tobytes() == codec.encode({"s": value})


def test_text_stays_in_the_frame():
    codec = plain({"name": "a", "type": "uint", "bits": 8}, {"name": "tag", "type": "text", "length": 4}, crc="crc32")
    fast = codec.compiled({"tag": "abc"})
    frame = fast.frame()
    fast.encode(np.array([7.0]), frame)
    assert codec.decode(frame.tobytes()) == {"a": 7, "tag": "abc"}


def test_in_a_compiled_loop_of_one_s_own():
    from osea_rocket.core.compiled import compiled

    codec = Codec(layout(launcher_set()).by_name["imu"])
    fast = codec.compiled()

    def loop(plan, values, frame, back, n):
        wrong = 0
        for i in range(n):
            values[1] = 0.0
            wrong += compiled_codec.encode_into(plan, values, frame, i)
            wrong += compiled_codec.decode_into(plan, frame, back)
        return wrong

    values, back, frame = np.zeros(len(fast.names)), np.zeros(len(fast.names)), fast.frame()
    values[0], values[-1] = -5.25, 21.5
    assert compiled(loop)(fast.plan, values, frame, back, 1000) == 0
    assert np.array_equal(values, back)
    assert codec.decode(frame.tobytes())["temperature"] == 21.5
    assert int.from_bytes(frame[2:4].tobytes(), "big") & 0x3FFF == 999
