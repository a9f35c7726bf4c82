"""A million damaged frames into every decoder, in Python and in C under sanitizers: `python benchmarks/avionics_fuzz.py`.

Frames are of the launcher set and of examples/avionics/every-kind.yaml: sound ones with up to three octets changed, cut,
lengthened, and noise. Each frame that goes into a message's decoder goes into the C decoder too, and the two answers are
held against each other. Streams get the same frames one after another; what they deliver, reject and skip must add up.
`--frames N` for fewer. The table is printed and, for a full run, written to benchmarks/avionics_fuzz.md.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from osea_rocket.avionics.bulk import decode_packets
from osea_rocket.avionics.codec import Codec, RejectedError, SetCodec
from osea_rocket.avionics.framing import FrameStream, cobs_encode, slip_encode
from osea_rocket.avionics.generate import c99
from osea_rocket.avionics.generate.c99_vectors import sample
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet, launcher_set
from osea_rocket.avionics.space_packets import PacketStream
from osea_rocket.avionics.tc_frames import TcFrame, TcReceiver, cltu
from osea_rocket.avionics.tm_frames import TmLink, TmReceiver, TmSender
from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError

HERE = Path(__file__).parent
FLAGS = ["-std=c99", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
# the reason in Python → the number in C
NUMBERS = {
    "size": 2,
    "checksum": 3,
    "parity": 3,
    "constant": 4,
    "enum": 7,
    "flags": 8,
    "bool": 9,
    "bcd": 10,
    "text": 11,
}
NUMBERS |= {"calibration": 12}


def damaged(data: bytes, rng: random.Random) -> bytes:
    """A frame as a bad link, or a bad sender, would give it."""
    frame = bytearray(data)
    way = rng.random()
    if way < 0.1:
        return rng.randbytes(rng.randrange(2 * len(data) + 1))
    if way < 0.2:
        del frame[rng.randrange(len(frame) + 1) :]
    elif way < 0.25:
        frame += rng.randbytes(rng.randrange(1, 9))
    for _ in range(rng.randrange(4)):
        if frame:
            frame[rng.randrange(len(frame))] = rng.randrange(256)
    return bytes(frame)


def sound(codec: Codec, rng: random.Random, n: int) -> list[bytes]:
    """Sound messages to damage."""
    rows = [f for f in codec.message.values for _ in range(f.count)]
    return [codec.pack(*(sample(f, rng) for f in rows), sequence_count=rng.randrange(16384)) for _ in range(n)]


def messages(s, frames: int, rng: random.Random) -> tuple[list[tuple[int, bytes]], Counter, list[int]]:
    """Frames for each message's own decoder, with Python's answers as C's numbers."""
    codecs = [Codec(m) for m in s.messages]
    pools = [sound(c, rng, 32) for c in codecs]
    made, reasons, answers = [], Counter(), []
    for k in range(frames):
        i = k % len(codecs)
        frame = damaged(rng.choice(pools[i]), rng)
        made.append((i, frame))
        try:
            codecs[i].decode(frame)
            reasons["accepted"] += 1
            answers.append(0)
        except RejectedError as error:
            word = error.reason.split()[0]
            reasons[word] += 1
            answers.append(NUMBERS[word])
    return made, reasons, answers


def compiled_loops(s, made: list[tuple[int, bytes]]) -> Counter:
    """The same frames into the codec for compiled loops."""
    fast = {}
    for i, m in enumerate(s.messages):
        try:
            c = Codec(m).compiled()
            fast[i] = (c, np.zeros(len(c.names)))
        except InputError:
            continue  # it says so itself: decimal digits and tables have none
    words = {0: "accepted", -1: "size", -2: "constant", -3: "checksum", -4: "parity"}
    found: Counter = Counter()
    for i, frame in made:
        if i in fast:
            codec, values = fast[i]
            found[words.get(codec.decode(np.frombuffer(frame, np.uint8), values), "without a meaning")] += 1
    return found


def in_c(s, made: list[tuple[int, bytes]], folder: Path) -> list[int]:
    """The answers of the C decoders; each frame in its own allocation of exactly its size."""
    unit = c99.Unit(s)
    for name, text in c99.generate(s).files.items():
        (folder / name).write_text(text, encoding="utf-8")
    cases = "\n".join(
        f"        case {i}: {{ static {m.type} value; answer = {m.unpack}(&value, frame, size); break; }}"
        for i, m in enumerate(unit.messages)
    )
    (folder / "fuzz.c").write_text(
        f'#include "{unit.common["header"]}"\n'
        "#include <stdio.h>\n#include <stdlib.h>\n"
        "int main(void)\n{\n    unsigned char head[4];\n    while (fread(head, 1U, 4U, stdin) == 4U) {\n"
        "        const size_t size = (size_t)head[2] * 256U + head[3];\n"
        "        uint8_t *frame = malloc(size == 0U ? 1U : size);\n        int answer = 99;\n"
        "        if (frame == NULL || fread(frame, 1U, size, stdin) != size) { return 2; }\n"
        f"        switch (head[0] * 256 + head[1]) {{\n{cases}\n        default: return 3;\n        }}\n"
        "        free(frame);\n        putchar(answer);\n    }\n    return 0;\n}\n"
    )
    command = ["gcc", *FLAGS, *SANITIZERS, "fuzz.c", unit.common["source"], "-o", "fuzz"]
    subprocess.run(command, cwd=folder, check=True)
    data = b"".join(i.to_bytes(2, "big") + len(f).to_bytes(2, "big") + f for i, f in made)
    return list(subprocess.run([folder / "fuzz"], input=data, stdout=subprocess.PIPE, check=True).stdout)


def pieces(data: bytes, rng: random.Random):
    at = 0
    while at < len(data):
        n = rng.randrange(1, 4000)
        yield data[at : at + n]
        at += n


def streams(s, frames: int, rng: random.Random) -> list[tuple[str, int, Counter, str]]:
    """(decoder, frames in, what came of them, what was added up) of everything that finds frames in octets."""
    codecs = SetCodec(s)
    pool = [p for m in s.of_kind("telemetry", "telecommand") for p in sound(codecs.codecs[m.name], rng, 16)]
    made = [damaged(rng.choice(pool), rng) if rng.random() < 0.5 else rng.choice(pool) for _ in range(frames)]
    results = []

    reasons: Counter = Counter()
    for frame in made:
        try:
            codecs.decode(frame)
            reasons["accepted"] += 1
        except RejectedError as error:
            reasons[error.reason.split()[0]] += 1
    results.append(("SetCodec.decode", frames, reasons, "each frame"))

    data = b"".join(made)
    stream = PacketStream(codecs)
    got = [p for piece in pieces(data, rng) for p in stream.feed(piece)] + stream.feed(b"", final=True)
    taken, skipped = sum(map(len, got)), stream.rejects.skipped_octets
    idle = len(data) - taken - skipped  # idle packets among the noise
    assert idle >= 0
    note = f"{len(data)} octets = {taken} in packets + {skipped} skipped + {idle} idle"
    results.append(("PacketStream", frames, Counter(delivered=len(got), **_words(stream.rejects)), note))

    bulk = decode_packets(s, data)
    results.append(("decode_packets", frames, Counter(delivered=bulk.packets, **_words(bulk.rejects)), ""))

    for framing, encode, end in (("cobs", cobs_encode, b"\0"), ("slip", slip_encode, b"\xc0")):
        sent = [encode(f) + end for f in made if f]
        hurt = [damaged(f, rng) if rng.random() < 0.5 else f for f in sent]
        receiver = FrameStream(framing)
        line = b"".join(hurt)
        got = [f for piece in pieces(line, rng) for f in receiver.feed(piece)]
        whole = sum(1 for f in line.split(end)[:-1] if f)
        assert len(got) + receiver.rejects.total == whole
        note = f"{whole} frames between delimiters = {len(got)} delivered + {receiver.rejects.total} rejected"
        results.append(
            (f"FrameStream {framing}", len(sent), Counter(delivered=len(got), **_words(receiver.rejects)), note)
        )

    link = TmLink(5, 1, 256, ocf=True)
    sender, receiver = TmSender(link), TmReceiver(link)
    size = link.length + 4
    got, n = [], 0
    while n < frames:
        block = sender.send(rng.choices(pool, k=2000)) + sender.flush()
        cut = [block[i : i + size] for i in range(0, len(block), size)]
        n += len(cut)
        hurt = b"".join(damaged(f, rng) if rng.random() < 0.5 else f for f in cut)
        for piece in pieces(hurt, rng):
            got.append(len(receiver.feed(piece)))
    results.append(("TmReceiver", n, Counter(frames=receiver.frames, packets=sum(got), **_words(receiver.rejects)), ""))

    tc = TcReceiver(9)
    units = [cltu(TcFrame(9, 0, i % 256, rng.randbytes(rng.randrange(1, 40))).encoded()) for i in range(2000)]
    count = 0
    for _ in range(frames // 1000):
        line = b"".join(damaged(u, rng) if rng.random() < 0.5 else u for u in rng.choices(units, k=1000))
        for piece in pieces(line, rng):
            count += len(tc.feed(piece))
    results.append(
        ("TcReceiver", frames // 1000 * 1000, Counter(frames=count, mended=tc.mended, **_words(tc.rejects)), "")
    )
    return results


def _words(rejects) -> Counter:
    found: Counter = Counter()
    for reason, n in rejects.by_reason.items():
        found[reason.split()[0] if reason.startswith(("constant", "enum", "flags")) else reason] += n
    return found


def main() -> int:
    """Feed everything; 1 when an answer of C differs from Python's."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--frames", type=int, default=1_000_000)
    frames = parser.parse_args().frames
    sets = [layout(launcher_set())]
    sets.append(layout(load_document(MessageSet, HERE.parent / "examples" / "avionics" / "every-kind.yaml")))
    lines = ["| set | decoder | frames | came to | seconds |", "|---|---|---|---|---|"]
    differ = 0

    def row(name: str, decoder: str, n: int, found: Counter, seconds: float, note: str = "") -> None:
        text = ", ".join(f"{k} {v}" for k, v in found.most_common()) + (f" ({note})" if note else "")
        lines.append(f"| {name} | {decoder} | {n} | {text} | {seconds:.0f} |")
        print(lines[-1], flush=True)

    for s in sets:
        rng = random.Random(6)  # noqa: S311
        start = time.perf_counter()
        made, reasons, answers = messages(s, frames, rng)
        row(s.name, "Codec.decode, every message", frames, reasons, time.perf_counter() - start)
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            theirs = in_c(s, made, Path(folder))
            wrong = sum(a != b for a, b in zip(answers, theirs, strict=True))
            differ += wrong
            names = {v: n.lower() for n, v, _ in c99.ERRORS}
            found = Counter(names[a] for a in theirs)
            note = f"{wrong} answers differ from Python's"
            row(
                s.name,
                "C, every message, address and undefined-behaviour sanitizers",
                frames,
                found,
                time.perf_counter() - start,
                note,
            )
        start = time.perf_counter()
        found = compiled_loops(s, made)
        row(s.name, "compiled loops", found.total(), found, time.perf_counter() - start)
        start = time.perf_counter()
        for decoder, n, found, note in streams(s, frames, rng):
            row(s.name, decoder, n, found, time.perf_counter() - start, note)
            start = time.perf_counter()
    text = f"# {frames} damaged frames into every decoder\n\nWritten by `python benchmarks/avionics_fuzz.py`. "
    text += "No crash, no hang: a run that ends has had none.\n\n"
    if frames >= 1_000_000:
        (HERE / "avionics_fuzz.md").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
