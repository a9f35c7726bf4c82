"""Columns of whole files equal the packets one by one, in random sets too; damage is passed over and counted."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.avionics import packet_scan
from osea_rocket.avionics.bulk import decode_file, decode_packets
from osea_rocket.avionics.codec import SetCodec
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet, launcher_set
from osea_rocket.avionics.space_packets import idle_packet


def random_raw(row, rng):
    if row.raw == "bytes":
        return rng.randbytes(row.width // 8)
    if row.raw == "float":
        return float(np.float32(rng.uniform(-1e6, 1e6)))
    return rng.randint(*row.raw_limits)


def random_packets(codecs, names, n, seed=1):
    rng = random.Random(seed)
    sent = []
    for i in range(n):
        codec = codecs.codecs[rng.choice(names)]
        raws = tuple(random_raw(row, rng) for row, _ in codec._items)
        sent.append((codec.message.name, raws, codec.pack(*raws, sequence_count=i % 16384)))
    return sent


def same_columns(result, sent, codecs):
    for name, columns in result.columns.items():
        mine = [raws for n, raws, _ in sent if n == name]
        assert columns.offsets.size == len(mine)
        got = []
        for row in columns.message.values:
            column = columns.raw[row.name]
            if row.raw == "bytes":
                got.append([octets.tobytes() for octets in column])
            else:
                got += column.T.tolist() if row.is_array else [column.tolist()]
        assert list(zip(*got, strict=True)) == mine


def test_launcher_packets_to_columns(tmp_path):
    s = layout(launcher_set())
    codecs = SetCodec(s)
    names = [m.name for m in s.of_kind("telemetry", "telecommand")]
    sent = random_packets(codecs, names, 2000)
    path = tmp_path / "packets.bin"
    path.write_bytes(b"".join(p for *_, p in sent))
    result = decode_file(s, path)
    same_columns(result, sent, codecs)
    assert result.packets == 2000
    assert result.rejects.total == 0
    columns = result.columns["tvc_feedback"]
    one = codecs.codecs["tvc_feedback"].values_of(next(raws for n, raws, _ in sent if n == "tvc_feedback"))
    assert columns.value("time")[0] == one["time"]
    assert tuple(columns.value("pitch")[0]) == pytest.approx(one["pitch"])
    assert columns.value("supply_current")[0] == pytest.approx(one["supply_current"])


_field = st.tuples(
    st.sampled_from(["uint", "int"]),
    st.integers(1, 64),
    st.sampled_from([None, 1, 3]),
    st.sampled_from(["big", "little"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_field, min_size=1, max_size=10), st.booleans())
def test_random_sets_to_columns(fields, evenly):
    fields = [
        {"name": f"f{i}", "type": kind, "bits": bits, "count": count, "byte_order": order}
        for i, (kind, bits, count, order) in enumerate(fields)
    ]
    messages = [{"name": "a", "type": "telemetry", "apid": 1, "fields": fields}]
    if not evenly:
        more = [{"name": "z", "type": "uint", "bits": 8}]
        messages.append({"name": "b", "type": "telemetry", "apid": 2, "crc": "crc32", "fields": [*fields, *more]})
    s = layout(MessageSet.model_validate({"name": "test", "messages": messages}))
    codecs = SetCodec(s)
    sent = random_packets(codecs, [m["name"] for m in messages], 30)
    same_columns(decode_packets(s, b"".join(p for *_, p in sent)), sent, codecs)


def test_damage_costs_only_the_packets_it_hits():
    s = layout(launcher_set())
    codecs = SetCodec(s)
    sent = random_packets(codecs, ["imu", "navigation", "valves"], 600)
    data, whole = bytearray(), []
    for i, packet in enumerate(sent):
        octets = packet[2]
        if i % 50 == 10:
            octets = octets[:11]
        elif i % 50 == 20:
            octets = octets[:-1] + bytes([octets[-1] ^ 1])
        else:
            whole.append(packet)
        data += octets + (b"\xff\x00\x13 noise" if i % 50 == 30 else b"")
    result = decode_packets(s, bytes(data) + sent[0][2][:9])
    assert result.packets == len(whole)
    same_columns(result, whole, codecs)
    assert result.rejects.by_reason["checksum"] >= 12
    assert result.rejects.by_reason["header"] >= 12
    assert result.rejects.total <= 50
    assert result.missing[16] > 0


def test_noise_and_nothing():
    s = layout(launcher_set())
    assert decode_packets(s, b"").packets == 0
    assert decode_packets(s, random.Random(1).randbytes(100_000)).packets == 0


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_following_in_python_and_the_compiled_scan_find_the_same(data):
    """Sound stretches, idle packets, cut-off ends and damage: with and without the way in Python."""
    s = layout(launcher_set())
    codecs = SetCodec(s)
    sent = random_packets(codecs, ["imu", "navigation", "set_valve"], 12, seed=data.draw(st.integers(0, 99)))
    parts = [p for *_, p in sent]
    for _ in range(data.draw(st.integers(0, 3))):
        i = data.draw(st.integers(0, len(parts) - 1))
        damage = [
            parts[i][:-3],
            parts[i] + idle_packet(9),
            b"\x08\x10" + parts[i],
            parts[i][:-1] + b"\0",
            idle_packet(7)[:5],
        ]
        parts[i] = data.draw(st.sampled_from(damage))
    octets = np.frombuffer(b"".join(parts), np.uint8)
    sizes = {(m.apid or 0) | (m.kind == "telecommand") << 11: {m.size} for m in s.of_kind("telemetry", "telecommand")}
    with_crc = set(sizes) if all(m.crc for m in s.of_kind("telemetry", "telecommand")) else {16, 18}
    found = []
    for compiled in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(packet_scan, "_numba_is_better", lambda c=compiled: c)
            found.append([x.tolist() for x in packet_scan.scan(octets, sizes, with_crc)])
    assert found[0] == found[1]
