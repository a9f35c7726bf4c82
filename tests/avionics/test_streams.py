"""Packet, frame and serial streams: published vectors, round trips in random pieces, damage, noise."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.avionics.codec import SetCodec
from osea_rocket.avionics.framing import FrameStream, cobs_decode, cobs_encode, slip_decode, slip_encode
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet
from osea_rocket.avionics.randomiser import TELECOMMAND, randomised
from osea_rocket.avionics.space_packets import PacketStream, idle_packet
from osea_rocket.avionics.tc_frames import TcFrame, TcReceiver, bch_decode, bch_encode, cltu
from osea_rocket.avionics.tm_frames import ASM, TmLink, TmReceiver, TmSender

_FIELDS = [{"name": "a", "type": "uint", "bits": 32}, {"name": "b", "type": "uint", "bits": 24, "count": 5}]
SET = MessageSet.model_validate(
    {
        "name": "test",
        "messages": [
            {"name": "x", "type": "telemetry", "apid": 10, "crc": "crc16-ccitt", "fields": _FIELDS},
            {"name": "y", "type": "telemetry", "apid": 11, "crc": "crc16-ccitt", "fields": _FIELDS[:1]},
        ],
    }
)
CODECS = SetCodec(layout(SET))


def packets(n, seed=1):
    rng = random.Random(seed)
    made = []
    for i in range(n):
        codec = CODECS.codecs[rng.choice("xy")]
        made.append(codec.pack(*(rng.randrange(1 << 24) for _ in codec.raw_names), sequence_count=i % 16384))
    return made


def in_pieces(data, seed=2, longest=200):
    rng, at = random.Random(seed), 0
    while at < len(data):
        n = rng.randrange(1, longest)
        yield data[at : at + n]
        at += n


# ---------------------------------------------------------------- published sequences


def test_randomisers_begin_as_published():
    """CCSDS 131.0-B §10.4.1: FF 48 0E C0 9A …; 231.0-B §6.2: FF 39 9E 5A 68 … (recalled from the standards)."""
    assert randomised(bytes(5)).hex() == "ff480ec09a"
    assert randomised(bytes(5), TELECOMMAND).hex() == "ff399e5a68"
    assert randomised(bytes(600))[255:510] == randomised(bytes(255)), "the period is 255 bits, so 255 octets"


@pytest.mark.parametrize(
    ("plain", "encoded"),
    [
        ("00", "0101"),
        ("0000", "010101"),
        ("11220033", "0311220233"),
        ("11000000", "0211010101"),
        ("", "01"),
        (bytes(range(1, 255)).hex(), "ff" + bytes(range(1, 255)).hex()),
        (bytes(range(255)).hex(), "01ff" + bytes(range(1, 255)).hex()),
        (bytes(range(1, 256)).hex(), "ff" + bytes(range(1, 255)).hex() + "02ff"),
    ],
)
def test_cobs_examples(plain, encoded):
    """The table of examples that goes with Cheshire and Baker's algorithm."""
    assert cobs_encode(bytes.fromhex(plain)).hex() == encoded
    assert cobs_decode(bytes.fromhex(encoded)).hex() == plain


# ---------------------------------------------------------------- round trips


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=600)))
def test_cobs_and_slip_round_trip(frames):
    for framing, encode, delimiter in (("cobs", cobs_encode, b"\0"), ("slip", slip_encode, b"\xc0")):
        stream = FrameStream(framing)
        data = b"".join(encode(f) + delimiter for f in frames)
        got = [f for piece in in_pieces(data) for f in stream.feed(piece)]
        assert got == [f for f in frames if f or framing == "cobs"]
        assert stream.rejects.total == 0
    for f in frames:
        assert cobs_decode(cobs_encode(f)) == slip_decode(slip_encode(f)) == f


@pytest.mark.parametrize(
    "link", [TmLink(5), TmLink(0x155, 3, 64, ocf=True), TmLink(1, 0, 20, fecf=False, randomise=False)]
)
def test_tm_frames_bring_packets_back(link):
    sent = packets(300)
    sender, receiver = TmSender(link), TmReceiver(link)
    data = b""
    for i in range(0, len(sent), 7):
        data += sender.send(sent[i : i + 7])
        if i % 49 == 0:
            data += sender.flush()
    data += sender.flush() + sender.idle()
    assert len(data) % (link.length + 4) == 0
    assert [p for piece in in_pieces(data) for p in receiver.feed(piece)] == sent
    assert receiver.rejects.total == receiver.missing_frames == 0


def test_tm_header_as_published():
    """As spacepackets writes it: spacecraft 0x2A5, channel 3, OCF, counts 1 and 2, a packet from octet 16 on: 2a57 0102 1810."""
    sender = TmSender(TmLink(0x2A5, 3, 64, ocf=True, randomise=False))
    sender._master, sender._virtual = 0, 1
    frames = sender.send([bytes(52 + 16), bytes(36)])
    assert frames[68:78] == ASM + bytes.fromhex("2a5701021810")


def test_a_long_packet_spans_frames_without_a_start():
    link = TmLink(1, length=32)
    packet = bytes.fromhex("000ac00001ed") + bytes(494)
    sender, receiver = TmSender(link), TmReceiver(link)
    assert receiver.feed(sender.send([packet, packet]) + sender.flush()) == [packet, packet]


def test_tc_round_trip_mends_single_bits():
    rng = random.Random(3)
    sent = [TcFrame(9, 1, i, rng.randbytes(rng.randrange(1, 200)), bypass=bool(i % 2)) for i in range(50)]
    for randomise in (False, True):
        receiver = TcReceiver(9, randomise=randomise)
        data = bytearray()
        for frame in sent:
            unit = bytearray(cltu(frame.encoded(), randomise))
            block = rng.randrange((len(unit) - 10) // 8)
            bit = rng.randrange(63)
            unit[2 + 8 * block + bit // 8] ^= 0x80 >> bit % 8
            data += b"\x55\x55\x55" + unit
        got = [f for piece in in_pieces(bytes(data)) for f in receiver.feed(piece)]
        assert got == sent
        assert receiver.mended == 50
        assert receiver.rejects.to_plain() == {"skipped_octets": 0}


def test_bch_mends_one_and_finds_two():
    block = bytes(range(7))
    code = int.from_bytes(bch_encode(block), "big")
    assert bch_decode(code.to_bytes(8, "big")) == (block, False)
    for i in range(1, 64):
        assert bch_decode((code ^ 1 << i).to_bytes(8, "big")) == (block, True)
        assert bch_decode((code ^ 1 << i).to_bytes(8, "big"), correct=False) is None
        for j in range(1, i):
            assert bch_decode((code ^ 1 << i ^ 1 << j).to_bytes(8, "big")) is None
    assert bch_decode(bytes.fromhex("C5C5C5C5C5C5C579")) is None, "the tail is no code block"


# ---------------------------------------------------------------- damage


def test_packets_are_found_again_after_damage():
    sent = packets(400)
    data = bytearray()
    hurt = set()
    for i, packet in enumerate(sent):
        if i % 20 == 7:
            packet = packet[: len(packet) // 2]
            hurt.add(i)
        elif i % 20 == 13:
            packet = packet[:-3] + bytes([packet[-3] ^ 0x10]) + packet[-2:]
            hurt.add(i)
        elif i % 20 == 17:
            data += b"\x00\x0b\xc0noise"
        data += packet
    stream = PacketStream(CODECS)
    got = [p for piece in in_pieces(bytes(data)) for p in stream.feed(piece)] + stream.feed(b"", final=True)
    assert got == [p for i, p in enumerate(sent) if i not in hurt]
    assert stream.rejects.by_reason["checksum"] >= 20
    assert 60 <= stream.rejects.total <= 80
    assert sum(stream.missing.values()) > 0


def test_noise_that_looks_like_an_idle_packet_takes_nothing_with_it():
    """An idle packet of 65542 octets by its header: true ones are passed over, this one is no header's neighbour."""
    from osea_rocket.avionics.bulk import decode_packets

    sent = packets(300)
    false = bytes.fromhex("07ffc000ffff")
    data = (
        b"".join(sent[:100]) + idle_packet(50) + b"".join(sent[100:200]) + false + b"".join(sent[200:]) + idle_packet(9)
    )
    stream = PacketStream(CODECS)
    got = [p for piece in in_pieces(data) for p in stream.feed(piece)] + stream.feed(b"", final=True)
    assert got == sent
    assert stream.rejects.skipped_octets == 6
    longer = data + b"".join(packets(6000))  # so that the false length ends among packets
    assert decode_packets(layout(SET), longer).packets == 6300


def test_tm_receiver_over_lost_and_damaged_frames():
    link = TmLink(5, length=64)
    sent = packets(400)
    sender = TmSender(link)
    data = sender.send(sent) + sender.flush()
    size = link.length + 4
    frames = [data[i : i + size] for i in range(0, len(data), size)]
    del frames[30]
    frames[60] = frames[60][:20] + b"\xff\x00" + frames[60][22:]
    frames[90] = frames[90][:-9]
    receiver = TmReceiver(link)
    got = [p for piece in in_pieces(b"".join(frames)) for p in receiver.feed(piece)]
    assert receiver.missing_frames == 3
    assert receiver.rejects.by_reason["frame checksum"] == 2
    assert set(got) <= set(sent)
    assert len(got) > 380


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000), st.integers(0, 1000))
def test_noise_crashes_nothing(noise, seed):
    """Noise with true beginnings mixed in: no exception, and what comes out of the packet stream is sound."""
    rng = random.Random(seed)
    parts = [ASM, b"\xeb\x90", packets(1, seed)[0], cltu(TcFrame(9, 0, 0, b"x").encoded()), noise]
    data = b"".join(rng.choice(parts)[: rng.randrange(1, 60)] for _ in range(30)) + noise
    stream = PacketStream(CODECS)
    receivers = [stream, TmReceiver(TmLink(5, length=20, fecf=False)), TmReceiver(TmLink(5, length=40)), TcReceiver(9)]
    for receiver in [*receivers, FrameStream("cobs", 100), FrameStream("slip", 100)]:
        for piece in in_pieces(data, seed):
            for got in receiver.feed(piece):
                if receiver is stream:
                    CODECS.decode(got)
