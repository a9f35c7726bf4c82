"""Codecs against their peers: single packets, and 100 MB of packets of two APIDs to columns: `python benchmarks/avionics.py`.

ccsdspy, space_packet_parser and spacepackets run in an environment of their own (`--peers PYTHON`, made with
benchmarks/peers/avionics/requirements.txt); bitstruct's C module runs here. Everyone takes turns, and each one's best turn
counts, so that other work on the machine weighs on all alike. space_packet_parser gets a fiftieth of the file, and its time
is scaled. The table is printed and written to benchmarks/avionics.md.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import bitstruct.c
import numpy as np

from osea_rocket.avionics.bulk import decode_packets
from osea_rocket.avionics.codec import Codec
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet, launcher_set

HERE = Path(__file__).parent
OCTETS = 100_000_000
TURNS = 3
Row = tuple[str, str, str, float | None, str]
NOTES = """
- **imu, mixed**: raw numbers in, octets out, and back, by functions without a check on either side: `Codec.pack_words` and
  `Codec.unpack`, which are `struct`'s own for whole octets (imu) and bitstruct's own for odd bits (mixed; so its ratio is
  about 1 by its nature), against `bitstruct.c.compile(…)` with every field of the header. Ours takes the header as its three
  words and leaves it out when it reads; *with header* reads it too (`Codec.unpack_words`). Nothing in CPython's library reads
  ten numbers in half of bitstruct's time.
- **encode and header**: `pack_words(*head(count), *values)`, which makes the header as spacepackets' `SpacePacket` does.
- **checked**: `Codec.pack`: numbers counted, header filled in, a misfit named. **values**: `Codec.encode` and `decode`:
  engineering values by name, ranges, constants, every check. No peer does the same.
- **compiled loop**: `Codec.compiled()`, engineering values of the launcher's imu with its checksum, inside a numba loop.
- **bulk, spacepackets**: seconds of processor, ours and the peers' (each works on one core): the machine is shared, and a wall
  clock would measure its other users.
- **first bulk call**: in a fresh process, numba not loaded and nothing cached: sound packets are followed in Python. The
  compiled scan is loaded after some 3 million packets, or where damage begins; the bulk rows are with it.
- **build**: every output of the launcher set, and the whole command with Python's start.
"""


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


def turns(jobs: Mapping[str, Callable[[], object]], calls: int, rounds: int) -> dict[str, float]:
    """Seconds a call of each job: they take turns, and the best turn counts."""
    best = dict.fromkeys(jobs, float("inf"))
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            for _ in range(calls):
                job()
            best[name] = min(best[name], (time.perf_counter() - start) / calls)
    return best


def best_of(function: Callable, arguments: tuple) -> Callable[[], float]:
    """A turn of 1000 calls → seconds a call, without a frame of ours in between."""

    def turn() -> float:
        calls = range(1000)
        if len(arguments) == 1:  # called as one calls it
            (argument,) = arguments
            start = time.perf_counter()
            for _ in calls:
                function(argument)
        else:
            start = time.perf_counter()
            for _ in calls:
                function(*arguments)
        return (time.perf_counter() - start) / len(calls)

    return turn


def single(codec: Codec, rng: random.Random) -> dict[str, float]:
    """Seconds of one packet, ours and bitstruct's."""
    values, size = random_values(codec, rng), codec.message.size
    letters = {"uint": "u", "int": "s", "float": "f"}
    compiled = bitstruct.c.compile("".join(f"{letters[f.raw]}{f.width}" for f in codec.message.fields))
    everything = (0, 0, 0, codec.message.apid, 3, 5, size - 7, *values)
    words = (*codec.head(5), *values)
    data = compiled.pack(*everything)
    named = dict(zip(codec.raw_names, values, strict=True))
    assert (
        codec.pack_words(*words)
        == data
        == codec.pack(*values, sequence_count=5)
        == codec.encode(named, sequence_count=5)
    )
    assert codec.unpack(data) == tuple(values) and codec.unpack_words(data) == words
    assert compiled.unpack(data) == everything and codec.decode(data) == named
    best: dict[str, float] = {}
    for jobs in (  # those that are held against each other take turns by themselves
        {"encode": best_of(codec.pack_words, words), "encode bitstruct": best_of(compiled.pack, everything)},
        {
            "decode": best_of(codec.unpack, (data,)),
            "decode bitstruct": best_of(compiled.unpack, (data,)),
            "decode with header": best_of(codec.unpack_words, (data,)),
        },
        {
            "encode and header": best_of(lambda: codec.pack_words(*codec.head(5), *values), ()),
            "checked encode": best_of(lambda: codec.pack(*values, sequence_count=5), ()),
            "values encode": best_of(lambda: codec.encode(named, sequence_count=5), ()),
            "values decode": best_of(codec.decode, (data,)),
        },
    ):
        best |= dict.fromkeys(jobs, float("inf"))
        for _ in range(200):
            for name, turn in jobs.items():
                best[name] = min(best[name], turn())
    return best


def singles(codecs: dict[str, Codec], rng: random.Random) -> tuple[list[Row], dict[str, float]]:
    rows: list[Row] = []
    imu: dict[str, float] = {}
    for name, codec in codecs.items():
        found = single(codec, rng)
        imu = imu or found
        goals = {"encode": "1", "decode": "2" if name == "imu" else "1"}
        for what, seconds in found.items():
            if what.endswith("bitstruct"):
                continue
            way = "encode" if "encode" in what else "decode"
            peer = found[f"{way} bitstruct"] if what in ("encode", "decode", "decode with header") else None
            text = f"bitstruct {peer * 1e9:.0f} ns" if peer else ""
            ratio = peer / seconds if peer else None
            label = f"{name} {what} ({codec.message.size} B)"
            rows.append((label, f"{seconds * 1e9:.0f} ns", text, ratio, goals.get(what, "—")))
    return rows, imu


def compiled_loop() -> list[Row]:
    from osea_rocket.avionics import compiled_codec
    from osea_rocket.core.compiled import compiled

    fast = Codec(layout(launcher_set()).by_name["imu"]).compiled()
    values, frame, n = np.zeros(len(fast.names)), fast.frame(), 20_000

    def encode(plan, values, frame, n):
        for i in range(n):
            compiled_codec.encode_into(plan, values, frame, i)

    def decode(plan, values, frame, n):
        for _ in range(n):
            compiled_codec.decode_into(plan, frame, values)

    jobs = {}
    for name, function in (("encode", encode), ("decode", decode)):
        loop = compiled(function)
        loop(fast.plan, values, frame, 1)
        jobs[name] = lambda loop=loop: loop(fast.plan, values, frame, n)
    found = turns(jobs, 1, 20)
    return [(f"compiled loop {k}", f"{seconds / n * 1e9:.0f} ns", "", None, "—") for k, seconds in found.items()]


def packets(codecs: dict[str, Codec], rng: random.Random) -> tuple[bytes, int, bytes]:
    """(octets, length of the block that they repeat, its first imu packet)."""
    counts = {"imu": 0, "mixed": 0}
    made = []
    for _ in range(16384):
        name = rng.choice(["imu", "imu", "imu", "mixed"])
        made.append(codecs[name].pack(*random_values(codecs[name], rng), sequence_count=counts[name] % 16384))
        counts[name] += 1
    block = b"".join(made)
    first = next(p for p in made if len(p) == codecs["imu"].message.size)
    return block * (OCTETS // len(block)), len(block), first


def first_call(path: str) -> None:
    """In a process of its own: seconds of the first call, and whether numba was loaded by it."""
    resolved, data = layout(messages()), np.fromfile(path, np.uint8)
    start, busy = time.perf_counter(), time.process_time()
    decode_packets(resolved, data)
    took = {"seconds": time.perf_counter() - start, "processor": time.process_time() - busy}
    print(json.dumps(took | {"numba": "numba" in sys.modules}))


def building() -> list[Row]:
    from osea_rocket.avionics.generate.build import build

    s = layout(launcher_set())
    with tempfile.TemporaryDirectory() as folder:
        build(s, Path(folder))
        seconds = turns({"build": lambda: build(s, Path(folder))}, 1, 5)["build"]
        command = [sys.executable, "-m", "osea_rocket", "avionics", "build", "launcher", "--out", folder]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        whole = turns({"command": lambda: subprocess.run(command, capture_output=True, check=True)}, 1, 3)["command"]
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 3
    command_row = ("osea avionics build launcher", f"{whole:.2f} s ({busy:.2f} s of processor)", "", None, "2 s")
    return [("build, all outputs", f"{seconds:.2f} s", "", None, "2 s"), command_row]


def main(peers: str | None) -> None:
    """Everything; the table is printed and written."""
    resolved, rng = layout(messages()), random.Random(1)  # noqa: S311
    codecs = {m.name: Codec(m) for m in resolved.messages}
    rows, imu = singles(codecs, rng)
    octets, block, packet = packets(codecs, rng)
    data = np.frombuffer(octets, np.uint8)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data.tofile(folder / "packets.bin")
        environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}  # nothing compiled is at hand
        command = [sys.executable, __file__, "--first", str(folder / "packets.bin")]
        firsts = [
            json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
            for _ in range(TURNS)
        ]
        first, busy = (min(f[k] for f in firsts) for k in ("seconds", "processor"))
        assert not any(f["numba"] for f in firsts)
        rows.append(("first bulk call", f"{first:.2f} s ({busy:.2f} s of processor)", "", None, "1 s"))
        result = decode_packets(resolved, data)
        for _ in range(3):  # the compiled scan is loaded by then
            decode_packets(resolved, data)
        bulk, found = float("inf"), {}
        for turn in range(TURNS):
            for _ in range(5):
                busy_from = time.process_time()
                decode_packets(resolved, data)
                bulk = min(bulk, time.process_time() - busy_from)
            if peers:
                again = _peers(peers, folder, data, block, packet, codecs, result, turn)
                found = _better(found, again)
        for peer, goal in (("ccsdspy", "15"), ("space_packet_parser", "300")):
            if peers:
                rows.append(_bulk_row(peer, goal, bulk, found[f"{peer}_bulk"], result.packets))
        if peers:
            rows += _spacepackets(imu, found["spacepackets_single"])
    rows += compiled_loop() + building()
    lines = ["# Avionics codecs and their peers", "", "Written by `python benchmarks/avionics.py --peers PYTHON`.", ""]
    lines += ["| case | ours | peer | times faster | goal |", "|---|---|---|---|---|"]
    for case, mine, peer, ratio, goal in rows:
        lines.append(f"| {case} | {mine} | {peer} | {f'{ratio:.2f}' if ratio else '—'} | {goal} |")
    text = "\n".join(lines) + "\n" + NOTES
    print(text)
    (HERE / "avionics.md").write_text(text, encoding="utf-8")


def _better(a: dict, b: dict) -> dict:
    """The best of two turns of each peer."""
    if not a:
        return b
    best = {}
    for peer, r in b.items():
        old = a[peer]
        if "failed" in r or "failed" in old:
            best[peer] = r
            continue
        quick = {k: min(r[k], old[k]) for k in ("seconds", "encode", "decode") if k in r}
        best[peer] = r | quick | ({"equal": r["equal"] and old["equal"]} if "equal" in r else {})
    return best


def _bulk_row(peer: str, goal: str, bulk: float, r: dict, n: int) -> Row:
    if "failed" in r:
        return (f"bulk {peer}", f"{bulk:.3f} s", r["failed"], None, goal)
    seconds = r["seconds"] * (n / r["packets"] if "packets" in r else 1)
    note = (
        f"{seconds:.2f} s"
        + ("" if r.get("equal", True) else ", VALUES DIFFER")
        + (" (scaled)" if "packets" in r else "")
    )
    return (f"bulk {peer}", f"{bulk:.3f} s", note, seconds / bulk, goal)


def _spacepackets(imu: dict[str, float], r: dict) -> list[Row]:
    rows: list[Row] = []
    for way, mine, goal in (("encode", imu["encode and header"], "5"), ("decode", imu["decode"], "2")):
        text = r.get("failed") or f"{r[way] * 1e9:.0f} ns" + ("" if r["equal"] else ", VALUES DIFFER")
        ratio = None if "failed" in r else r[way] / mine
        rows.append((f"spacepackets {way}", f"{mine * 1e9:.0f} ns", text, ratio, goal))
    return rows


def _peers(
    python: str, folder: Path, data: np.ndarray, block: int, packet: bytes, codecs: dict, result, turn: int
) -> dict:
    from osea_rocket.avionics.generate import xtce

    script = HERE / "peers" / "avionics" / "run_peers.py"
    if turn:  # the files are there
        done = subprocess.run([python, str(script), str(folder)], capture_output=True, text=True, check=True)
        return json.loads(done.stdout.splitlines()[-1])
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
    values = codecs["imu"].unpack(packet)
    case = {"fields": fields, "payload": ">IH6fhH", "values": values, "apid": 100}
    case["packet"] = codecs["imu"].pack(*values, sequence_count=5).hex()
    (folder / "case.json").write_text(json.dumps(case))
    done = subprocess.run([python, str(script), str(folder)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    if "--first" in sys.argv:
        first_call(sys.argv[sys.argv.index("--first") + 1])
        sys.exit()
    main(sys.argv[sys.argv.index("--peers") + 1] if "--peers" in sys.argv else None)
