"""Random message sets read by everyone: `python benchmarks/avionics_agreement.py --peers PYTHON [--sets 1000]`.

Every set is packed and unpacked by the Python codec, by its C code (compiled in batches) and by the codec for compiled loops,
and read by programs that others wrote: bitstruct's Python module (not the C module that the codec uses), space_packet_parser
through our XTCE, cantools through our DBC, and ccsdspy in an environment of its own. `--yamcs PYTHON` names an environment with
benchmarks/peers/avionics/requirements-yamcs.txt: Yamcs (on a Java 17 of one's own) then loads our XTCE and extracts the packets.
What a reader cannot be told (our generators name it as a loss) is not compared. The table goes to
benchmarks/avionics_agreement.md for 1000 sets and more.
"""

import argparse
import importlib.util
import json
import math
import random
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import bitstruct

from osea_rocket.avionics.calibration import Spline
from osea_rocket.avionics.checksums import CHECKSUMS
from osea_rocket.avionics.codec import Codec
from osea_rocket.avionics.generate import xtce
from osea_rocket.avionics.generate.c99_vectors import VECTORS, sample
from osea_rocket.avionics.generate.outputs import element_fields
from osea_rocket.avionics.layout_types import ResolvedField, ResolvedMessage, ResolvedSet

HERE = Path(__file__).parent
ROUNDS = 3
NOTES = """
Not compared, because a reader cannot be told: text in ccsdspy, little-endian fields off the octets' borders in ccsdspy and
XTCE, fields in nine octets in ccsdspy, calibrations that XTCE or DBC do not have. Of Yamcs 5.12: steps (it draws lines),
absolute times (it shows UTC), and commands with scaled arguments, which it converts the other way round than the schema
says. In one command (set 717) Yamcs puts a constant of 7 bits that follows a little-endian argument in that argument's byte
order: its mismatch.
"""
BATCH = 25
FLAGS = "-std=c99 -O0 -Wall -Wextra -Werror -pedantic -Wconversion"


def from_tests(name: str) -> Any:
    """A module of tests/avionics, which has the random sets and the comparisons."""
    path = HERE.parent / "tests" / "avionics" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"agreement_{name}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def raws_of(m, rng) -> tuple:
    return tuple(sample(f, rng) for f in m.values for _ in range(f.count))


def alike(a: Any, b: Any) -> bool:
    return a == b or (a != a and b != b)


def by_bitstruct(m, data: bytes, raws: tuple) -> tuple[int, int]:
    """(values compared, different) each element by itself: big-endian from the left, little-endian read backwards."""
    letters = {"uint": "u", "int": "s", "float": "f", "bytes": "r"}
    wrong = at = 0
    for f in m.values:
        for k in range(f.count):
            first = f.element_offset(k)
            little = f.byte_order == "little" and f.raw != "bytes"
            skip = 8 * m.size - first - f.width if little else first
            octets = data[::-1] if little else data
            (got,) = bitstruct.unpack((f"p{skip}" if skip else "") + f"{letters[f.raw]}{f.width}", octets)
            wrong += not alike(got, raws[at])
            at += 1
    return at, wrong


def main() -> int:
    """1 when something differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", type=int, default=1000)
    parser.add_argument("--peers", help="Python with benchmarks/peers/avionics/requirements.txt")
    parser.add_argument("--yamcs", help="Python with benchmarks/peers/avionics/requirements-yamcs.txt")
    options = parser.parse_args()
    conftest, xtce_test, dbc_test = (from_tests(n) for n in ("conftest", "test_generate_xtce", "test_generate_dbc"))
    c_test = from_tests("test_generate_c99")
    compiled_test = from_tests("test_compiled_codec")
    make = conftest.random_set_of
    counts: dict[str, Counter] = {}
    notes: Counter = Counter()
    start = time.perf_counter()

    def add(reader: str, compared: int, wrong: int = 0, sets: int = 1) -> None:
        counts.setdefault(reader, Counter()).update(sets=sets, compared=compared, wrong=wrong)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = (folder / "cases.jsonl").open("w")
        yamcs = Yamcs(folder)
        batch: list = []
        for seed in range(options.sets):
            rng = random.Random(seed)  # noqa: S311
            s = make(seed, count=4)
            for m in s.messages:
                traits(m, notes)
                codec = Codec(m)
                lines = []
                for _ in range(ROUNDS):
                    raws, count = raws_of(m, rng), rng.randint(0, 16383) if m.has_ccsds_header else 0
                    data = codec.pack(*raws, sequence_count=count)
                    again = codec.unpack(data)
                    same = len(again) == len(raws) and all(map(alike, again, raws))
                    add("Python, there and back", len(raws), 0 if same else 1, 0)
                    lines.append((data, raws))
                    if m.size:
                        add("bitstruct (Python module), each element", *by_bitstruct(m, data, raws), 0)
                if m.kind == "telemetry":
                    tell_ccsdspy(f"{seed} {m.name}", m, lines, cases)
                if m.size:
                    try:
                        if compiled_test.compare(codec, rng, ROUNDS):  # no for what it says it cannot carry
                            add("compiled loops", ROUNDS * sum(f.count for f in m.values), 0, 0)
                    except AssertionError:
                        add("compiled loops", 1, 1, 0)
            for reader in ("Python, there and back", "bitstruct (Python module), each element", "compiled loops"):
                add(reader, 0)
            if s.of_kind("telemetry", "telecommand"):
                path = xtce_test.write(s, folder)
                try:
                    add("space_packet_parser through our XTCE", xtce_test.compare(s, path, rng, ROUNDS))
                except AssertionError as error:
                    add("space_packet_parser through our XTCE", 1, 1)
                    print(seed, "XTCE", str(error)[:300], file=sys.stderr)
                yamcs.take(s, path, rng)
            if s.of_kind("can"):
                try:
                    add("cantools through our DBC", dbc_test.compare(s, rng, ROUNDS))
                except AssertionError as error:
                    add("cantools through our DBC", 1, 1)
                    print(seed, "DBC", str(error)[:300], file=sys.stderr)
            batch.append(s)
            if len(batch) == BATCH or seed == options.sets - 1:
                in_c(batch, c_test, add, folder)
                batch = []
                print(f"{seed + 1} sets, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        cases.close()
        if options.yamcs:
            values, octets = yamcs.compare(options.yamcs)
            add("Yamcs through our XTCE", *values, yamcs.sets)
            add("Yamcs building our commands (octets)", *octets, yamcs.sets)
        if options.peers:
            script = HERE / "peers" / "avionics" / "read_ccsdspy.py"
            done = subprocess.run([options.peers, script, cases.name], capture_output=True, text=True, check=True)
            found = json.loads(done.stdout.splitlines()[-1])
            add("ccsdspy", found["compared"], len(found["wrong"]), options.sets)
            for line in found["wrong"][:10]:
                print("ccsdspy", line, file=sys.stderr)
    lines = [
        f"# {options.sets} random message sets, read by everyone",
        "",
        "Written by `python benchmarks/avionics_agreement.py`.",
        "",
    ]
    lines += ["| reader | sets | values compared | mismatches |", "|---|---|---|---|"]
    lines += [f"| {reader} | {c['sets']} | {c['compared']} | {c['wrong']} |" for reader, c in counts.items()]
    lines += ["", "Among the messages: " + ", ".join(f"{n} {what}" for what, n in sorted(notes.items())) + "."]
    text = "\n".join(lines) + "\n" + NOTES
    print(text)
    if options.sets >= 1000 and options.peers:
        (HERE / "avionics_agreement.md").write_text(text, encoding="utf-8")
    return 1 if any(c["wrong"] for c in counts.values()) else 0


class Yamcs:
    """Yamcs on our XTCE: sets and packets are gathered, then read by one run of ReadXtce.java."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sets = folder, 0
        self._input = (folder / "yamcs.bin").open("wb")
        self._expected: list[list[list[tuple[str, ResolvedField, Any, Any]]]] = []
        self._commands: list[list[bytes]] = []

    def take(self, s: ResolvedSet, path: Path, rng: random.Random) -> None:
        """Remember a set's packets and what each parameter should be."""
        losses = xtce.generate(s).losses
        names, lost = xtce.parameter_names(s), {x.where for x in losses}
        opaque = {x.where.partition(".")[0] for x in losses if "opaque" in x.what}
        packets: list[bytes] = []
        expected = []
        for m in s.of_kind("telemetry"):
            codec = Codec(m)
            for _ in range(ROUNDS):
                raws = raws_of(m, rng)
                values, at, wanted = codec.values_of(raws), 0, []
                packets.append(codec.pack(*raws, sequence_count=rng.randint(0, 16383)))
                for f in m.values:
                    for k, (name, single) in enumerate(element_fields(f)):
                        value = values[f.name][k] if f.is_array else values[f.name]
                        if f"{m.name}.{name}" in lost and single.kind != "text":
                            value = None  # its raw number is compared
                        if (m.name, name) in names:
                            wanted.append((names[m.name, name], single, raws[at], value))
                        at += 1
                expected.append(wanted)
        built = [self._command(m, raws_of(m, rng)) for m in s.of_kind("telecommand") if _as_they_are(m, opaque)]
        file = str(path.rename(path.with_name(f"yamcs_{self.sets}.xml"))).encode()
        self._number(len(file), file, len(packets))
        for packet in packets:
            self._number(len(packet), packet)
        self._number(len(built))
        for name, arguments, _ in built:
            self._text(name)
            self._number(len(arguments))
            for part in (text for pair in arguments for text in pair):
                self._text(part)
        self._expected.append(expected)
        self._commands.append([octets for *_, octets in built])
        self.sets += 1

    def _command(self, m: ResolvedMessage, raws: tuple) -> tuple[str, list[tuple[str, str]], bytes]:
        """Its name, its arguments as text, and the octets that it should become, checksum and count zero."""
        codec = Codec(m)
        values, arguments = codec.values_of(raws), []
        for f in m.values:
            for k, (name, _) in enumerate(element_fields(f)):
                value = values[f.name][k] if f.is_array else values[f.name]
                if f.kind in ("flags", "bcd"):
                    value = raws[[x.name for x in m.values for _ in range(x.count)].index(f.name) + k]
                shown = (
                    value.hex() if isinstance(value, bytes) else str(value).lower() if f.kind == "bool" else str(value)
                )
                arguments.append((name, shown))
        data = codec.pack(*raws)
        tail = CHECKSUMS[m.crc][1] if m.crc else 0
        return m.name, arguments, data[: len(data) - tail] + bytes(tail)

    def _number(self, *parts: int | bytes) -> None:
        self._input.write(b"".join(p.to_bytes(4, "big") if isinstance(p, int) else p for p in parts))

    def _text(self, text: str) -> None:
        self._number(len(text.encode()), text.encode())

    def compare(self, python: str) -> tuple[tuple[int, int], tuple[int, int]]:
        """(values compared, different) of telemetry, (octets compared, commands different)."""
        self._input.close()
        find = "import fprime_yamcs_bundle as b, os; print(os.path.dirname(b.__file__))"
        place = subprocess.run([python, "-c", find], capture_output=True, text=True, check=True).stdout.strip()
        program = HERE / "peers" / "avionics" / "ReadXtce.java"
        command = ["java", "-cp", f"{place}/lib/*", str(program), self._input.name]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        compared = wrong = 0
        sets: list[list[dict[str, tuple[str, str]]]] = []
        built: list[list[str]] = []
        for line in lines:
            if line.startswith("SET "):
                sets.append([])
                built.append([])
            elif line.startswith("COMMAND "):
                built[-1].append(line.removeprefix("COMMAND "))
            elif line == "PACKET":
                sets[-1].append({})
            elif line.startswith("FAILED"):
                wrong += 1
                print("Yamcs", len(sets), line, file=sys.stderr)
            elif "\t" in line:
                name, raw, value = line.split("\t")
                sets[-1][-1][name] = raw, value
        for number, (found, expected) in enumerate(zip(sets, self._expected, strict=True)):
            for packet, wanted in zip(found, expected, strict=True):
                for name, field, raw, value in wanted:
                    compared += 1
                    if name not in packet or not _by_yamcs(field, raw, value, *packet[name]):
                        wrong += 1
                        print("Yamcs", number, name, packet.get(name), raw, value, file=sys.stderr)
        octets = amiss = 0
        for number, (found, wanted) in enumerate(zip(built, self._commands, strict=True)):
            for got, data in zip(found, wanted, strict=True):
                octets += len(data)
                if got != data.hex():
                    amiss += 1
                    print("Yamcs", number, "command", got, data.hex(), file=sys.stderr)
        return (compared, wrong), (octets, amiss)


def _as_they_are(m: ResolvedMessage, opaque: set[str]) -> bool:
    """Whether a command's arguments are raw numbers: Yamcs 5.12 takes calibrators of arguments the other way round."""
    if m.name in opaque or any(f.kind == "time" and f.epoch == "ccsds" for f in m.values):
        return False
    return all((f.calibration is None and (f.scale, f.offset) == (1.0, 0.0)) or f.kind == "bcd" for f in m.values)


def _by_yamcs(f: ResolvedField, raw: Any, value: Any, got_raw: str, got: str) -> bool:
    """Whether Yamcs' raw and engineering values are ours."""
    if f.kind == "text":
        return bytes.fromhex(got[2:]).rstrip(b"\0").decode() == value
    if f.raw == "bytes":
        return bytes.fromhex(got[2:]) == raw
    if f.raw == "float":
        code = "f" if f.width == 32 else "d"
        return int(got_raw[2:], 16) == int.from_bytes(struct.pack(f">{code}", raw), "big")
    if int(got_raw.removeprefix("i:")) != raw:
        return False
    steps = isinstance(f.calibration, Spline) and f.calibration.order == 0  # Yamcs 5.12 draws lines from step to step
    if value is None or steps or f.kind in ("flags", "bcd", "bool") or got.startswith("TIMESTAMP"):
        return True
    if f.kind == "enum":
        return bytes.fromhex(got[2:]).decode() == value
    mine = float(int(got[2:])) if got[0] == "i" else _double(got)
    return math.isclose(mine, value, rel_tol=1e-6 if got[0] == "f" else 1e-12, abs_tol=1e-12)


def _double(text: str) -> float:
    code, size = ("f", 4) if text[0] == "f" else ("d", 8)
    return struct.unpack(f">{code}", int(text[2:], 16).to_bytes(size, "big"))[0]


def traits(m, notes: Counter) -> None:
    """Count what the sets are meant to hold."""
    data = [f for f in m.fields if f.role == "data" and f.kind != "padding" and f.raw != "bytes"]
    notes["messages"] += 1
    notes["with a little-endian field over octets"] += any(f.byte_order == "little" and f.width > 8 for f in data)
    notes["with a field that crosses octets off their borders"] += any(
        not f.is_octets and f.bit_offset // 8 != (f.bit_offset + f.width - 1) // 8 for f in data
    )
    notes["CAN frames with a Motorola signal over octets"] += m.kind == "can" and any(
        f.byte_order == "big" and f.bit_offset // 8 != (f.bit_offset + f.width - 1) // 8 for f in data
    )
    payload = sum(f.bit_size for f in m.fields if f.kind != "padding")
    notes["CAN FD frames filled up to a length code"] += (
        m.kind == "can" and m.fd and m.size > 8 and payload <= 8 * (m.size - 1)
    )


def tell_ccsdspy(name: str, m, lines: list, file) -> None:
    fields, at = [], 0
    kinds = {"uint": "uint", "int": "int", "float": "float"}
    for f in m.values:
        for k in range(f.count):
            place, index = f.element_offset(k), at
            at += 1
            whole = place % 8 == 0 and f.width in (8, 16, 32, 64)
            if f.raw == "bytes" or not (whole or (f.byte_order == "big" and f.raw != "float")):
                continue  # it knows little-endian and floats in whole octets only
            if place // 8 + 8 <= (place + f.width - 1) // 8:
                continue  # and refuses a message with a field in nine octets (TypeError: invalid data-type for array)
            values = [raws[index] for _, raws in lines]
            fields.append(
                {
                    "name": f"{f.name}_{k}",
                    "type": kinds[f.raw],
                    "bits": f.width,
                    "at": place,
                    "order": f.byte_order,
                    "values": values,
                }
            )
    if fields:
        fields.sort(key=lambda f: f["at"])
        packets = [data.hex() for data, _ in lines]
        file.write(json.dumps({"name": name, "fields": fields, "packets": packets}) + "\n")


def in_c(sets: list, c_test, add, folder: Path) -> None:
    """Vectors of the Python codec in the C codecs of a batch of sets, in one program."""
    place = folder / "c"
    place.mkdir(exist_ok=True)
    sources = [source for s in sets for source in c_test.write(s, place)]
    names = [source.removesuffix("_test.c") for source in sources if source.endswith("_test.c")]
    declared = "".join(f"int {n}_test(void);\n" for n in names)
    calls = "".join(f"    failures += {n}_test();\n" for n in names)
    body = f'    int failures = 0;\n{calls}    printf("%d", failures);\n    return 0;\n'
    main = f"#include <stdio.h>\n{declared}int main(void)\n{{\n{body}}}\n"
    (place / "all.c").write_text(main)
    command = ["gcc", *FLAGS.split(), "-DOSEA_NO_MAIN", "all.c", *sources, "-o", "all"]
    subprocess.run(command, cwd=place, check=True)
    done = subprocess.run([place / "all"], capture_output=True, text=True, check=True)
    values = sum(f.count for s in sets for m in s.messages for f in m.values) * VECTORS
    add("C99, test vectors", values, int(done.stdout.split()[-1]), len(sets))
    for file in place.iterdir():
        file.unlink()


if __name__ == "__main__":
    sys.exit(main())
