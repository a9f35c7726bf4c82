"""Recorded telemetry to CSV files, with gaps, limits and damage told."""

import csv
import json

import pytest

from osea_rocket.avionics.codec import SetCodec
from osea_rocket.avionics.decode_command import run_decode
from osea_rocket.avionics.framing import cobs_encode, slip_encode
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import launcher_set
from osea_rocket.avionics.tm_frames import TmLink, TmSender
from osea_rocket.core.errors import InputError

CODECS = SetCodec(layout(launcher_set()))


def flight():
    """Ten power packets, the bus sagging to 21 V at the end, the fifth lost."""
    values = {
        "bus_current": (12.5, 0, 0, -3.0),
        "charge": (80, 80, 80, 80),
        "battery_temperature": (20, 20, 20, 20),
        "switches": 3,
        "tripped": 0,
        "on_internal_power": True,
    }
    packets = []
    for i in range(10):
        volts = 28.0 if i < 8 else 21.0
        data = values | {"time": -5.0 + i, "bus_voltage": (volts, 28, 28, 28)}
        packets.append(CODECS.codecs["power"].encode(data, sequence_count=16380 + i if i < 4 else i - 4))
    del packets[4]
    return packets


@pytest.mark.parametrize("framing", ["packets", "tm", "cobs", "slip"])
def test_decode(tmp_path, framing):
    packets, link = flight(), TmLink(5, length=128)
    if framing == "tm":
        sender = TmSender(link)
        data = b"noise" + sender.send(packets) + sender.flush()
    elif framing == "packets":
        data = b"".join(packets)
    else:
        encode, end = (cobs_encode, b"\0") if framing == "cobs" else (slip_encode, b"\xc0")
        data = b"".join(encode(p) + end for p in packets)
    (tmp_path / "flight.bin").write_bytes(data)
    plain, text = run_decode(tmp_path / "flight.bin", None, tmp_path / "out", framing, link)
    json.dumps(plain, allow_nan=False)
    (power,) = plain["messages"]
    assert (power["packets"], power["missing"]) == (9, 1)
    low = {"field": "bus_voltage", "level": "red", "packets": 2, "unit": "V", "least": 21.0, "greatest": 28.0}
    assert power["limits"] == [low]
    assert "bus_voltage: outside red in 2 packets, 21 to 28 V" in text
    if framing == "tm":
        assert plain["framing_rejects"]["no sync marker"] == 1
    with (tmp_path / "out" / "power.csv").open() as f:
        rows = list(csv.DictReader(f))
    assert [float(r["time [s]"]) for r in rows] == [-5, -4, -3, -2, 0, 1, 2, 3, 4]
    assert float(rows[0]["bus_current.3 [A]"]) == -3.0
    assert rows[-1]["bus_voltage.0 [V]"] == "21.0"


def test_wrong_input(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        run_decode(tmp_path / "none", None, tmp_path / "out")
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(InputError, match="need their link"):
        run_decode(tmp_path / "x", None, tmp_path / "out", "tm")
    with pytest.raises(InputError, match="packets, tm, cobs or slip"):
        run_decode(tmp_path / "x", None, tmp_path / "out", "morse")
