"""Recorded telemetry to CSV files, with gaps, limits and damage told."""

import csv
import json
import random
import socket
import subprocess
import sys
import threading
import time

import pytest

from osea_rocket.avionics.codec import SetCodec
from osea_rocket.avionics.decode_command import run_decode, run_follow
from osea_rocket.avionics.framing import cobs_encode, slip_encode
from osea_rocket.avionics.generate.c99_vectors import sample
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
    assert power["packets"] == 9
    assert plain["gaps"] == [{"apid": power["apid"], "missing": 1}]
    low = {"field": "bus_voltage", "level": "red", "packets": 2, "unit": "V", "least": 21.0, "greatest": 28.0}
    assert power["limits"] == [low]
    assert "bus_voltage: outside red in 2 packets, 21 to 28 V" in text
    if framing == "tm":
        assert plain["framing_rejects"]["no sync marker"] == 1
    with (tmp_path / "out" / "power.csv").open() as f:
        rows = list(csv.DictReader(f))
    assert [float(r["time [s]"]) for r in rows] == [-5, -4, -3, -2, 0, 1, 2, 3, 4]
    assert float(rows[0]["bus_current.3 [A]"]) == -3.0
    assert float(rows[-1]["bus_voltage.0 [V]"]) == 21.0


def test_wrong_input(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        run_decode(tmp_path / "none", None, tmp_path / "out")
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(InputError, match="need their link"):
        run_decode(tmp_path / "x", None, tmp_path / "out", "tm")
    with pytest.raises(InputError, match="packets, tm, cobs or slip"):
        run_decode(tmp_path / "x", None, tmp_path / "out", "morse")


def test_parquet_is_the_same_table_with_types_and_units(tmp_path):
    from pyarrow import parquet

    rng = random.Random(7)
    packets = []
    for m in layout(launcher_set()).of_kind("telemetry"):
        for i in range(5):
            raws = tuple(sample(f, rng) for f in m.values for _ in range(f.count))
            packets.append(CODECS.codecs[m.name].pack(*raws, sequence_count=i))
    (tmp_path / "x.bin").write_bytes(b"".join(packets))
    plain, _ = run_decode(tmp_path / "x.bin", None, tmp_path / "o", formats="csv,parquet")
    assert not list((tmp_path / "o").glob("*.partial"))
    held = 0
    for entry in plain["messages"]:
        assert entry["files"] == [f"{entry['name']}.csv", f"{entry['name']}.parquet"]
        table = parquet.read_table(tmp_path / "o" / f"{entry['name']}.parquet")
        m = CODECS.codecs[entry["name"]].message
        assert table.schema.metadata[b"message"].decode() == m.name
        mine = [CODECS.decode(p)[1] for p in packets if CODECS.identify(p).message is m]
        with (tmp_path / "o" / f"{entry['name']}.csv").open() as f:
            rows = list(csv.reader(f))
        assert len(rows) == 6 and len(rows[0]) == table.num_columns
        for f in m.values:
            for k in range(f.count):
                label = f"{f.name}.{f.elements[k] if f.elements else k}" if f.is_array else f.name
                column = table.column(label)
                unit = (table.schema.field(label).metadata or {}).get(b"unit", b"").decode()
                assert unit == f.unit
                text = [row[rows[0].index(label + (f" [{f.unit}]" if f.unit else ""))] for row in rows[1:]]
                for got, cell, values in zip(column.to_pylist(), text, mine, strict=True):
                    value = values[f.name][k] if f.is_array else values[f.name]
                    held += 1
                    if isinstance(value, float):
                        same = pytest.approx(value, rel=1e-6 if f.raw == "float" and f.width == 32 else 1e-12)
                        assert (got is None and value != value) or (got == same and float(cell) == same)
                    else:
                        assert got == (" ".join(value) if isinstance(value, tuple) else value)
                        assert cell == str(got).replace("True", "true").replace("False", "false")
    assert held > 500


def test_a_format_that_does_not_exist(tmp_path):
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(InputError, match="no format 'xlsx'; --format is csv, parquet"):
        run_decode(tmp_path / "x", None, tmp_path / "o", formats="csv,xlsx")
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="is a file"):
        run_decode(tmp_path / "x", None, tmp_path / "taken")


# ---- live


def damaged_flight():
    """Ten packets, the fifth lost, noise before the seventh, the ninth with a wrong bit."""
    packets = flight()
    packets[5] = b"\xff\x00noise" + packets[5]
    packets[7] = packets[7][:20] + bytes([packets[7][20] ^ 4]) + packets[7][21:]
    return packets


@pytest.mark.parametrize("framing", ["packets", "cobs", "tm"])
def test_follow_a_growing_file(tmp_path, framing, capsys):
    packets, link = damaged_flight(), TmLink(5, length=128)
    if framing == "cobs":
        pieces = [cobs_encode(p) + b"\0" for p in packets]
    elif framing == "tm":
        sender = TmSender(link)
        noise, packets[5] = (
            packets[5][:7],
            packets[5][7:],
        )  # between frames: within one it would hide what follows in it
        pieces = [sender.send([p]) for p in packets] + [noise, sender.flush()]
    else:
        pieces = packets
    data = b"".join(pieces)
    file = tmp_path / "live.bin"
    file.write_bytes(data[:100])

    def grow():
        for i in range(100, len(data), 50):
            time.sleep(0.02)
            with file.open("ab") as f:
                f.write(data[i : i + 50])

    thread = threading.Thread(target=grow)
    thread.start()
    plain, text = run_follow(str(file), None, tmp_path / "o", framing, link, "csv,parquet", idle=1.0)
    thread.join()
    (power,) = plain["messages"]
    assert power["packets"] == 8
    assert plain["gaps"] == [{"apid": power["apid"], "missing": 2}]
    assert plain["rejects"]["checksum"] == 1
    assert (plain.get("framing_rejects") or plain["rejects"])["skipped_octets"] > 0 or framing == "cobs"
    assert power["limits"][0] | {"packets": 0} == {
        "field": "bus_voltage", "level": "red", "packets": 0, "least": 21.0, "greatest": 28.0, "unit": "V"
    }  # fmt: skip
    told = capsys.readouterr().out
    assert "power.bus_voltage.0 = 21 V: outside red" in told
    assert f"APID {power['apid']}: packets missing" in told and "packet rejected (checksum): 1" in told
    assert "2 packets missing by its sequence count" in text
    with (tmp_path / "o" / "power.csv").open() as f:
        assert len(list(csv.DictReader(f))) == 8


def test_follow_udp_and_standard_input(tmp_path):
    packets = flight()
    done = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def listen():
        done["udp"] = run_follow(f"udp:{port}", None, tmp_path / "udp", idle=1.5)[0]

    thread = threading.Thread(target=listen)
    thread.start()
    time.sleep(0.4)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for p in packets:
            sender.sendto(p, ("127.0.0.1", port))
    thread.join()
    assert done["udp"]["packets"] == 9
    command = [
        sys.executable,
        "-m",
        "osea_rocket",
        "avionics",
        "decode",
        "-",
        "--follow",
        "--json",
        "-o",
        tmp_path / "s",
    ]
    ran = subprocess.run(command, input=b"".join(packets), capture_output=True, check=True)
    assert json.loads(ran.stdout)["packets"] == 9
    assert b"outside red" in ran.stderr
    with pytest.raises(InputError, match="names no port"):
        run_follow("udp:here", None, tmp_path / "x")
    with pytest.raises(InputError, match="cannot be read"):
        run_follow(str(tmp_path / "none"), None, tmp_path / "x")
