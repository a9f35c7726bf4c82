"""Codecs against their peers: 100 MB of packets of two APIDs to columns, and single packets: `python benchmarks/avionics.py`.

ccsdspy, space_packet_parser and spacepackets run in an environment of their own (`--peers PYTHON`, made with
benchmarks/peers/avionics/requirements.txt); bitstruct's C module runs here. space_packet_parser gets a fiftieth of the
file, and its time is scaled. The table is printed and written to benchmarks/avionics.md.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
import timeit
from pathlib import Path

import bitstruct.c
import numpy as np

from osea_rocket.avionics.bulk import decode_packets
from osea_rocket.avionics.codec import Codec
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet

HERE = Path(__file__).parent
OCTETS = 100_000_000
GOALS = {"bulk ccsdspy": 15, "bulk space_packet_parser": 300, "imu encode": 1, "imu decode": 2}
GOALS |= {"mixed encode": 1, "mixed decode": 1, "spacepackets encode": 5, "spacepackets decode": 2}


def number(kind: str, name: str, bits: int, count: int = 1) -> list[dict]:
    names = [name] if count == 1 else [f"{name}{i}" for i in range(count)]
    return [{"name": n, "type": kind, "bits": bits} for n in names]


IMU = [*number("uint", "seconds", 32), *number("uint", "fraction", 16), *number("float", "x", 32, 6)]
IMU += [*number("int", "temperature", 16), *number("uint", "status", 16)]
MIXED = [*number("uint", "seconds", 32), *number("uint", "mode", 3), *number("uint", "flag", 1, 5)]
MIXED += [*number("int", "raw", 12, 8), *number("float", "p", 64, 9), *number("float", "q", 32, 16)]
MIXED += [*number("uint", "word", 24, 4), *number("int", "k", 16, 11), *number("uint", "n", 8, 8)]


def messages() -> MessageSet:
    return MessageSet.model_validate(
        {
            "name": "benchmark",
            "messages": [
                {"name": "imu", "type": "telemetry", "apid": 100, "fields": IMU},
                {"name": "mixed", "type": "telemetry", "apid": 101, "fields": MIXED},
            ],
        }
    )


def random_values(codec: Codec, rng: random.Random) -> list:
    rows = [codec.message.by_name[n] for n in codec.raw_names]
    return [float(np.float32(rng.uniform(-9, 9))) if r.raw == "float" else rng.randint(*r.raw_limits) for r in rows]


def single(codec: Codec, rng: random.Random) -> dict[str, float]:
    """Nanoseconds of one packet, ours and bitstruct's, both with every field of the header."""
    values, size = random_values(codec, rng), codec.message.size
    letters = {"uint": "u", "int": "s", "float": "f"}
    form = "".join(f"{letters[f.raw]}{f.width}" for f in codec.message.fields)
    compiled = bitstruct.c.compile(form)
    everything = [0, 0, 0, codec.message.apid, 3, 5, size - 7, *values]
    data = codec.pack(*values, sequence_count=5)
    assert data == compiled.pack(*everything) and codec.unpack(data) == tuple(values)
    pack = codec.pack_unexplained

    def best(job) -> float:
        return min(timeit.repeat(job, number=20_000, repeat=7)) / 20_000 * 1e9

    return {
        "encode": best(lambda: pack(*values, sequence_count=5)),
        "encode_bitstruct": best(lambda: compiled.pack(*everything)),
        "decode": best(lambda: codec.unpack(data)),
        "decode_bitstruct": best(lambda: compiled.unpack(data)),
    }


def main(peers: str | None) -> None:
    resolved, rng = layout(messages()), random.Random(1)  # noqa: S311
    codecs = {m.name: Codec(m) for m in resolved.messages}
    rows: list[tuple[str, str, str, float | None]] = []
    singles = {name: single(codec, rng) for name, codec in codecs.items()}
    for name, r in singles.items():
        for way in ("encode", "decode"):
            peer, mine = r[f"{way}_bitstruct"], r[way]
            rows.append(
                (
                    f"{name} {way}",
                    f"{mine:.0f} ns ({codecs[name].message.size} B)",
                    f"bitstruct {peer:.0f} ns",
                    peer / mine,
                )
            )
    counts = {"imu": 0, "mixed": 0}
    made = []
    for _ in range(16384):
        name = rng.choice(["imu", "imu", "imu", "mixed"])
        made.append(codecs[name].pack(*random_values(codecs[name], rng), sequence_count=counts[name] % 16384))
        counts[name] += 1
    block = b"".join(made)
    data = np.frombuffer(block * (OCTETS // len(block)), np.uint8)
    start = time.perf_counter()
    result = decode_packets(resolved, data)
    times = [time.perf_counter() - start]
    for _ in range(5):
        start = time.perf_counter()
        result = decode_packets(resolved, data)
        times.append(time.perf_counter() - start)
    bulk = min(times)
    rows.append(("first bulk call", f"{times[0]:.2f} s", "", None))
    if peers:
        with tempfile.TemporaryDirectory() as folder:
            found = _peers(peers, Path(folder), data, len(block), made[0], codecs, result)
        for peer in ("ccsdspy", "space_packet_parser"):
            label, mine, r = f"bulk {peer}", bulk, found[f"{peer}_bulk"]
            if "failed" in r:
                rows.append((label, f"{mine:.3f} s", r["failed"], None))
                continue
            seconds = r["seconds"] * (result.packets / r["packets"] if "packets" in r else 1)
            note = (
                f"{seconds:.2f} s"
                + ("" if r.get("equal", True) else ", VALUES DIFFER")
                + (" (scaled)" if "packets" in r else "")
            )
            rows.append((label, f"{mine:.3f} s", note, seconds / mine))
        r = found["spacepackets_single"]
        for way in ("encode", "decode"):
            mine = singles["imu"][way]
            text = r.get("failed") or f"{r[way] * 1e9:.0f} ns" + ("" if r["equal"] else ", VALUES DIFFER")
            rows.append((f"spacepackets {way}", f"{mine:.0f} ns", text, None if "failed" in r else r[way] * 1e9 / mine))
    lines = ["# Avionics codecs and their peers", "", "Written by `python benchmarks/avionics.py --peers PYTHON`.", ""]
    lines += ["| case | ours | peer | times faster | goal |", "|---|---|---|---|---|"]
    for case, mine, peer, times_faster in rows:
        lines.append(
            f"| {case} | {mine} | {peer} | {f'{times_faster:.1f}' if times_faster else '—'} | {GOALS.get(case, '—')} |"
        )
    text = "\n".join(lines) + "\n"
    print(text)
    (HERE / "avionics.md").write_text(text)


def _peers(python: str, folder: Path, data: np.ndarray, block: int, packet: bytes, codecs: dict, result) -> dict:
    from osea_rocket.avionics.generate import xtce

    data.tofile(folder / "packets.bin")
    data[: len(data) // 50 // block * block or block].tofile(folder / "part.bin")
    try:
        (text,) = xtce.generate(layout(messages())).files.values()
        (folder / "set.xml").write_text(text)
    except Exception as error:
        print(f"no XTCE for space_packet_parser: {error}", file=sys.stderr)
    kinds = {"uint": "uint", "int": "int", "float": "float"}
    fields = {}
    for codec in codecs.values():
        m = codec.message
        fields[m.apid] = [(f.name, kinds[f.raw], f.width) for f in m.values]
        for f in m.values:
            np.save(folder / f"{m.apid}_{f.name}.npy", result.columns[m.name].raw[f.name])
    values = codecs["imu"].unpack(packet) if len(packet) == codecs["imu"].message.size else None
    if values is None:
        values = tuple(random_values(codecs["imu"], random.Random(2)))  # noqa: S311
    case = {"fields": fields, "payload": ">IH6fhH", "values": values, "apid": 100}
    case["packet"] = codecs["imu"].pack(*values, sequence_count=5).hex()
    (folder / "case.json").write_text(json.dumps(case))
    script = HERE / "peers" / "avionics" / "run_peers.py"
    done = subprocess.run([python, str(script), str(folder)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--peers") + 1] if "--peers" in sys.argv else None)
