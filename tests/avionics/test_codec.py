"""The codec bit for bit: random messages against bitstruct (written by others), published vectors, refusals."""

import struct

import bitstruct
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.avionics.checksums import crc16_ccitt
from osea_rocket.avionics.codec import Codec, RejectedError, SetCodec
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet
from osea_rocket.core.errors import InputError


def resolved(*messages, **more):
    return layout(MessageSet.model_validate({"name": "test", "messages": list(messages), **more}))


def codec(*fields, **more):
    message = {"name": "m", "type": "plain", "fields": list(fields), **more}
    return Codec(resolved(message).messages[0])


# ---------------------------------------------------------------- random messages against bitstruct

_order = st.sampled_from(["big", "little"])


@st.composite
def _fields(draw):
    """(definition, bitstruct letter and bits, octet-aligned or not, values of its elements)"""
    kind = draw(st.sampled_from(["uint", "int", "float", "fixed", "bytes", "padding", "bool"]))
    count = draw(st.sampled_from([None, None, 1, 2, 3, 5]))
    n = count or 1
    if kind == "padding":
        bits = draw(st.integers(1, 90))
        return {"type": kind, "bits": bits}, f"p{bits}", False, []
    if kind == "float":
        bits = draw(st.sampled_from([32, 64]))
        values = draw(st.lists(st.floats(width=bits, allow_nan=False), min_size=n, max_size=n))
        return {"type": kind, "bits": bits, "count": count}, f"f{bits}", False, values
    if kind == "bytes":
        length = draw(st.integers(1, 9))
        return (
            {"type": kind, "length": length},
            f"r{8 * length}",
            True,
            [draw(st.binary(min_size=length, max_size=length))],
        )
    bits = draw(st.integers(1, 64))
    signed = kind == "int" or (kind == "fixed" and draw(st.booleans()))
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    number = st.one_of(st.integers(low, high), st.sampled_from([low, high]))
    values = draw(st.lists(number, min_size=n, max_size=n))
    definition = {"type": kind, "bits": bits, "count": count}
    if kind == "fixed":
        definition |= {"fraction_bits": draw(st.integers(0, bits)), "signed": signed}
    return definition, f"{'s' if signed else 'u'}{bits}", False, values


def _by_bitstruct(parts):
    """Octets of (letter+bits, aligned, order, values): each stretch of one byte order by itself, in whole octets.

    A little-endian stretch is a big-endian one read backwards: its fields from the last to the first, octets reversed.
    """
    stretches = []
    for form, aligned, order, values in parts:
        order = "big" if form[0] == "p" else order
        if not stretches or stretches[-1][0] != order:
            stretches.append((order, []))
        stretch = stretches[-1][1]
        if aligned:
            _fill(stretch)
        stretch += [(form, v) for v in values] or [(form, None)]
    data = b""
    for order, stretch in stretches:
        _fill(stretch)
        if order == "little":
            stretch = [(f, v[::-1] if f[0] == "r" else v) for f, v in reversed(stretch)]
        given_values = [v for f, v in stretch if f[0] != "p"]
        packed = bitstruct.pack("".join(f for f, _ in stretch), *given_values)
        data += packed[::-1] if order == "little" else packed
    return data


def _fill(stretch):
    missing = -sum(int(f[1:]) for f, _ in stretch) % 8
    if missing:
        stretch.append((f"p{missing}", None))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(_fields(), _order), min_size=1, max_size=12))
def test_random_messages_equal_bitstruct_and_come_back(fields):
    definitions, parts, raws = [], [], []
    for i, ((definition, form, aligned, values), order) in enumerate(fields):
        definition = {k: v for k, v in definition.items() if v is not None}
        if definition["type"] != "padding":
            definition |= {"name": f"f{i}", "byte_order": order}
        definitions.append(definition)
        parts.append((form, aligned, order, values))
        raws += values
    c = codec(*definitions)
    data = c.pack(*raws)
    assert data == _by_bitstruct(parts)
    assert c.unpack(data) == tuple(raws)
    assert c.unpack(bytearray(data)) == tuple(raws)
    c.check(data)
    every = sorted(bit for f in c.message.fields for bit in f.occupied())
    assert every == list(range(8 * c.message.size)), "each bit of a message has exactly one row"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_places_come_back(data):
    """Fields of both orders dropped anywhere, sharing octets: what is refused overlaps, what is taken comes back."""
    fields, taken, raws = [], set(), {}
    for i in range(data.draw(st.integers(1, 8))):
        bits, at = data.draw(st.integers(1, 33)), data.draw(st.integers(0, 120))
        order = data.draw(_order)
        mine = {b // 8 * 8 + 7 - b % 8 if order == "little" else b for b in range(at, at + bits)}
        if mine & taken:
            continue
        taken |= mine
        fields.append({"name": f"f{i}", "type": "uint", "bits": bits, "bit": at, "byte_order": order})
        raws[f"f{i}"] = (at, bits, order, data.draw(st.integers(0, (1 << bits) - 1)))
    c = codec(*fields)
    packed = c.pack(*(raws[name][3] for name in c.raw_names))
    for name, got in zip(c.raw_names, c.unpack(packed), strict=True):
        at, bits, order, value = raws[name]
        number = int.from_bytes(packed, order)
        shift = at if order == "little" else 8 * len(packed) - at - bits
        assert got == value == number >> shift & ((1 << bits) - 1)


# ---------------------------------------------------------------- published vectors


def test_space_packet_header_as_spacepackets_writes_it():
    """spacepackets 0.3x writes telemetry, secondary header, APID 0x7FE, count 0x3FFF, 34 octets as 0ffeffff0021."""
    m = {"name": "m", "type": "telemetry", "apid": 0x7FE, "secondary_header": {"fields": []}}
    m["fields"] = [{"name": "data", "type": "bytes", "length": 0x22}]
    data = Codec(resolved(m).messages[0]).pack(bytes(0x22), sequence_count=0x3FFF)
    assert data[:6].hex() == "0ffeffff0021"


def test_crc_check_value():
    assert crc16_ccitt(b"123456789") == 0x29B1


def test_pus_headers():
    """PUS-C ping: TC 2f 11 01 0000 and TM 20 11 02 0000 0000 (written by spacepackets); the CRC's residue is 0."""
    tc = {"name": "ping", "type": "telecommand", "apid": 66, "crc": "crc16-ccitt"}
    tc["secondary_header"] = {"pus": {"service": 17, "subservice": 1}}
    tm = {"name": "pong", "type": "telemetry", "apid": 66, "crc": "crc16-ccitt"}
    tm["secondary_header"] = {"pus": {"service": 17, "subservice": 2}}
    s = resolved(tc, tm)
    command, report = (Codec(m).encode({}) for m in s.messages)
    assert command[6:11].hex() == "2f11010000"
    assert report[6:13].hex() == "20110200000000"
    assert crc16_ccitt(command) == crc16_ccitt(report) == 0
    assert SetCodec(s).identify(report).message.name == "pong"


def test_cds_time():
    """2026-01-01 is 40 6105 00000000 with its P-field."""
    time = {"name": "t", "type": "time", "code": "cds", "epoch": "ccsds", "p_field": True}
    assert codec(time).encode({"t_day": 24837, "t_ms": 0}).hex() == "40610500000000"


@pytest.mark.parametrize(
    ("coarse", "fine", "epoch", "p"),
    [(4, 2, "T-0", "2e"), (4, 2, "ccsds", "1e"), (4, 3, "ccsds", "1f"), (4, 3, "GPS", "2f"), (5, 3, "ccsds", "9f20")],
)
def test_cuc_preamble(coarse, fine, epoch, p):
    time = {"name": "t", "type": "time", "code": "cuc", "epoch": epoch, "p_field": True, "coarse": coarse, "fine": fine}
    data = codec(time).encode({"t": 1.5})
    assert data.hex() == p + (1).to_bytes(coarse, "big").hex() + "80" + "00" * (fine - 1)


def test_arinc_429_word():
    """Label 203 (octal), altitude: parity odd, label bits reversed on the wire, two's complement in bits 29 to 12."""
    word = {"name": "w", "type": "arinc429", "label": "203", "sdi": 1}
    c = Codec(resolved(word | {"fields": [{"name": "altitude", "type": "int", "bits": 18}]}).messages[0])
    for altitude in (0, 1, -1, 131071, -131072):
        data = c.encode({"altitude": altitude})
        number = int.from_bytes(data, "big")
        assert number.bit_count() % 2 == 1
        assert number & 0xFF == 0b11000001
        assert c.decode(data) == {"ssm": 3, "altitude": altitude}
    with pytest.raises(RejectedError) as caught:
        c.decode((number ^ 1 << 20).to_bytes(4, "big"))
    assert caught.value.reason == "parity"


def test_mil_1553_command_word():
    """RT 5, transmit, subaddress 2, two words: 00101 1 00010 00010."""
    message = {"name": "m", "type": "mil1553", "remote_terminal": 5, "subaddress": 2, "transmit": True}
    message["fields"] = [{"name": "a", "type": "uint", "bits": 32}]
    assert resolved(message).messages[0].command_word == 0b00101_1_00010_00010


def test_motorola_start_bit_is_a_dbc_file_s():
    """A 12-bit Motorola signal at 7|12@0 fills octet 0 and the upper half of octet 1."""
    fields = [{"name": "s", "type": "uint", "bits": 12, "start_bit": 7}]
    message = resolved({"name": "m", "type": "can", "id": 1, "fields": fields}).messages[0]
    assert Codec(message).pack(0xABC).hex() == "abc0"
    assert message.by_name["s"].dbc_start == 7


def test_can_fd_payload_is_filled_to_a_length_code():
    message = {"name": "m", "type": "can", "id": 1, "fd": True}
    message["fields"] = [{"name": "d", "type": "bytes", "length": 34}]
    assert resolved(message).messages[0].size == 48


# ---------------------------------------------------------------- engineering values


def test_engineering_values():
    mode = {
        "name": "mode",
        "type": "enum",
        "bits": 3,
        "values": [{"name": "off", "value": 0}, {"name": "on", "value": 1}],
    }
    state = {
        "name": "state",
        "type": "flags",
        "bits": 5,
        "flags": [{"name": "hot", "value": 0}, {"name": "wet", "value": 4}],
    }
    poly = {"type": "polynomial", "coefficients": [-273.15, 0.01]}
    spline = {"type": "spline", "points": [[0, 5.0], [100, 2.0], [255, -40.0]]}
    c = codec(
        mode,
        state,
        {"name": "t", "type": "uint", "bits": 16, "unit": "degC", "calibration": poly},
        {"name": "s", "type": "uint", "bits": 8, "unit": "degC", "calibration": spline},
        {"name": "r", "type": "fixed", "bits": 16, "fraction_bits": 8, "count": 2},
        {"name": "tag", "type": "text", "length": 6},
    )
    given_values = {"mode": "on", "state": ("hot", "wet"), "t": 20.0, "s": 3.5, "r": (1.5, -2.25), "tag": "żab"}
    decoded = c.decode(c.encode(given_values))
    assert decoded == given_values | {"t": pytest.approx(20.0), "s": pytest.approx(3.5)}
    assert c.encode(given_values)[0] == 0b001_10001
    assert struct.unpack_from(">H", c.encode(given_values), 1)[0] == 29315


def test_cubic_spline_passes_its_points_and_inverts():
    points = [[0, 0.0], [50, 10.0], [100, 40.0], [255, 300.0]]
    c = codec({"name": "s", "type": "uint", "bits": 8, "calibration": {"type": "spline", "order": 3, "points": points}})
    for raw, value in points:
        assert c.values_of((raw,))["s"] == pytest.approx(value)
    for raw in range(256):
        assert c.unpack(c.encode({"s": c.values_of((raw,))["s"]})) == (raw,)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ({"type": "uint", "bits": 3}, 8, "8 does not fit 3 bits (0 to 7)"),
        ({"type": "uint", "bits": 8}, -1, "-1 does not fit 8 bits"),
        ({"type": "int", "bits": 5}, 16, "16 does not fit 5 bits (-16 to 15)"),
        ({"type": "int", "bits": 7}, 2.5, "a whole number is needed"),
        ({"type": "float", "bits": 32}, 1e39, "not a number that a float of 32 bits"),
        ({"type": "bytes", "length": 3}, b"ab", "3 octets are needed"),
        ({"type": "uint", "bits": 8, "unit": "V", "range": "0..40 V"}, 41, "outside its range, 0 to 40 V"),
        ({"type": "bool"}, 2, "true or false"),
        ({"type": "text", "length": 3}, "abcd", "does not fit 3 octets"),
    ],
)
def test_values_that_do_not_fit(field, value, message):
    with pytest.raises(InputError) as caught:
        codec({"name": "x"} | field).encode({"x": value})
    assert message in str(caught.value)
    assert "x" in str(caught.value)


def test_missing_and_unknown_names():
    c = codec({"name": "a", "type": "uint", "bits": 8})
    with pytest.raises(InputError, match="there is no field b; a must be given"):
        c.encode({"b": 1})


def test_damage_is_refused_with_its_reason():
    mode = {
        "name": "mode",
        "type": "enum",
        "bits": 8,
        "values": [{"name": "off", "value": 0}, {"name": "on", "value": 1}],
    }
    m = {
        "name": "m",
        "type": "telemetry",
        "apid": 5,
        "fields": [mode, {"name": "k", "type": "uint", "bits": 8, "constant": 7}],
    }
    s = SetCodec(resolved(m, m | {"name": "n", "apid": 6, "crc": "crc16-ccitt"}))
    good = s.codecs["m"].encode({"mode": "on"})
    assert s.decode(good) == ("m", {"mode": "on"})
    for data, reason in (
        (good[:-1], "size"),
        (good[:-2] + b"\x02\x07", None),
        (good[:-1] + b"\x08", "constant k"),
        (b"\x00\x04" + good[2:], "unknown apid"),
        (good[:2] + b"\x00" + good[3:], "constant ccsds_sequence_flags"),
        (good[:5] + b"\x09" + good[6:], "constant ccsds_data_length"),
        (s.codecs["n"].encode({"mode": "on"})[:-1] + b"\x00", "checksum"),
    ):
        with pytest.raises(RejectedError) as caught:
            s.decode(data)
        assert caught.value.reason == (reason or "enum mode")


def test_odd_bits_refuse_what_whole_octets_refuse():
    """Runs that bitstruct packs: it would make infinity of 1e39, cut octets off, and pass a value too many over."""
    fields = [{"name": "a", "type": "uint", "bits": 3}, {"name": "x", "type": "float", "bits": 32}]
    c = codec(*fields, {"name": "y", "type": "float", "bits": 32}, {"name": "b", "type": "uint", "bits": 5})
    with pytest.raises(InputError, match=r"m\.y: 1e\+39 is not a number that a float of 32 bits holds"):
        c.pack(1, 1.0, 1e39, 2)
    with pytest.raises(InputError, match="5 values; 4 are needed"):
        c.pack(1, 1.0, 1.0, 2, 3)
    with pytest.raises(InputError, match=r"m\.b: a whole number is needed, not 2\.5"):
        c.pack(1, 1.0, 1.0, 2.5)
    assert c.pack(np.int64(1), np.float32(1.0), float("inf"), np.uint8(2)) == c.pack(1, 1.0, float("inf"), 2)
    octets = codec(*fields, {"type": "padding", "bits": 5}, {"name": "o", "type": "bytes", "length": 3})
    with pytest.raises(InputError, match=r"m\.o: 3 octets are needed"):
        octets.pack(1, 1.0, b"1234")
