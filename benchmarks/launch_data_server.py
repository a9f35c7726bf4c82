"""How fast the launch-data server answers. Run: python benchmarks/launch_data_server.py [--write].

A list of 10 out of 10,000 launches and single launches drawn at random, against a bare FastAPI route that returns the same bytes
on the same server program: both run as processes of their own, asked in turns by one load generator over 8 kept connections. The
ratio is of the servers' processor times, which a loaded machine does not change; requests a second are by the clock. Then 100
viewers of one countdown: from the sending of a record to its arrival at each of them.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.store import tokens
from osea_rocket.launch_data.store.access import Reader
from osea_rocket.launch_data.store.append import append
from osea_rocket.launch_data.store.rows import incoming
from osea_rocket.launch_data.store.store import Store

HERE = Path(__file__).parent
LAUNCHES, ROUNDS, REQUESTS, CONNECTIONS = 10_000, 5, 1000, 8
VIEWERS, RECORDS = 100, 50
PROVIDER = "urn:osea:example:provider:1"


def fill(store: Store) -> list[str]:
    """10,000 planned launches, and the identifiers of all."""
    base = examples()["launch"] | {"status": "planned", "state": "planned", "attempts": [], "alt_ids": []}
    writer = Reader("benchmark", "provider", PROVIDER)
    ids = [f"urn:osea:example:launch:n{i}" for i in range(LAUNCHES)]
    for first in range(0, LAUNCHES, 1000):
        batch = []
        for i in range(first, first + 1000):
            t0 = f"{2028 + i // 3600}-{1 + i // 300 % 12:02d}-{1 + i // 12 % 25:02d}T{i % 12:02d}:00:00Z"
            record = base | {
                "id": ids[i],
                "name": f"flight {i}",
                "t0": {"value": t0, "precision": "second", "kind": "planned"},
            }
            batch.append(incoming(json.dumps(record).encode(), "benchmark"))
        append(store, batch, writer)
    return ids


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def process(*command: str, port: int) -> Iterator[int]:
    """A server of its own; its process id, once it listens."""
    running = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield running.pid
    finally:
        running.terminate()
        running.wait()


def processor_time(pid: int) -> float:
    """Seconds that all threads of a process have run."""
    return sum(int((t / "schedstat").read_text().split()[0]) for t in Path(f"/proc/{pid}/task").iterdir()) / 1e9


async def load(port: int, paths: Sequence[str]) -> None:
    """Ask for all paths over kept connections."""

    async def one(mine: Sequence[str]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path in mine:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"{path}: {head[:200]!r}")
            length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
            await reader.readexactly(int(length))
        writer.close()

    await asyncio.gather(*(one(paths[i::CONNECTIONS]) for i in range(CONNECTIONS)))


def compare(name: str, ours: tuple[int, int], paths: Sequence[str], body: bytes, folder: Path) -> str:
    """A row: our processor time against the bare route's, taken in turns."""
    (folder / "body").write_bytes(body)
    port = free_port()
    with process(str(HERE / "peers" / "launch_data_bare.py"), str(folder / "body"), str(port), port=port) as bare:
        servers = {"ours": (*ours, list(paths)), "bare": (bare, port, ["/bare/1"] * len(paths))}
        used: dict[str, list[float]] = {key: [] for key in servers}
        taken: dict[str, list[float]] = {key: [] for key in servers}
        for turn in range(ROUNDS + 1):
            for key, (pid, at, asked) in servers.items():
                before, began = processor_time(pid), time.perf_counter()
                asyncio.run(load(at, asked))
                if turn:  # the first warms up
                    used[key].append((processor_time(pid) - before) / len(asked))
                    taken[key].append((time.perf_counter() - began) / len(asked))
    ratio = statistics.median(used["bare"]) / statistics.median(used["ours"])
    micro = {key: 1e6 * statistics.median(values) for key, values in used.items()}
    rate = 1.0 / statistics.median(taken["ours"])
    return f"| {name} | {micro['ours']:.0f} µs | {micro['bare']:.0f} µs | {100 * ratio:.0f} % | {rate:,.0f}/s |"


async def viewers(port: int, token: str) -> list[float]:
    """Seconds from the sending of each record to its arrival at each viewer."""
    launch = examples()["launch"]
    sent: dict[int, float] = {}
    delays: list[float] = []

    async def post(record: dict[str, Any]) -> None:
        body = json.dumps(record).encode()
        head = (
            f"POST /v1/records HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + body)
        answer = await reader.read()
        if not answer.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")):
            raise SystemExit(answer.decode())
        writer.close()

    async def view(ready: asyncio.Event) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        path = f"/v1/launches/{launch['id']}/events?kind=countdown-clock"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await reader.readuntil(b"retry: 2000")
        ready.set()
        seen = 0
        while seen < RECORDS:
            line = await reader.readline()
            if line.startswith(b"data: "):
                at = time.perf_counter()
                delays.append(at - sent[json.loads(line[6:])["data"]["sequence"]])
                seen += 1
        writer.close()

    await post(launch)
    ready = [asyncio.Event() for _ in range(VIEWERS)]
    tasks = [asyncio.create_task(view(one)) for one in ready]
    await asyncio.gather(*(one.wait() for one in ready))
    for i in range(1, RECORDS + 1):
        clock = examples()["countdown-clock"] | {"id": f"urn:osea:example:countdown-clock:n{i}", "sequence": i}
        sent[i] = time.perf_counter()
        await post(clock)
        await asyncio.sleep(0.1)
    await asyncio.gather(*tasks)
    return sorted(delays)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write launch_data_server.md beside this file")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/launches.db"
        store = Store(url)
        began = time.process_time()
        ids = fill(store)
        filling = LAUNCHES / (time.process_time() - began)
        token = tokens.issue(store, "provider", party=PROVIDER, days=1).text
        drawn = random.Random(1)  # noqa: S311  a draw of launches, no secret
        singles = [f"/v1/records/{i}" for i in drawn.choices(ids, k=REQUESTS)]
        lists = [f"/v1/launches?limit=10&from=2028-{drawn.randint(1, 12):02d}-01T00:00:00Z" for _ in range(REQUESTS)]
        one = store.get(ids[0])
        page = store.page({"kind": "launch"}, limit=10)
        assert one is not None
        bodies = one.text, b'{"records":[' + b",".join(s.text for s in page) + b'],"next":' + b"x" * 80 + b"}"
        port = free_port()
        command = ("-m", "osea_rocket", "data", "serve", url, "--port", str(port), "--rate", "1000000")
        with process(*command, port=port) as pid:
            rows = [
                compare(f"a list of 10 out of {LAUNCHES:,} launches", (pid, port), lists, bodies[1], folder),
                compare("one launch, drawn at random", (pid, port), singles, bodies[0], folder),
            ]
            before = processor_time(pid)
            delays = asyncio.run(viewers(port, token))
            spent = (processor_time(pid) - before) / RECORDS
        store.close()
    at = [delays[int(q * (len(delays) - 1))] * 1e3 for q in (0.5, 0.99)]
    load_now = os.getloadavg()[0]
    lines = [
        "# Speed of the launch-data server",
        "",
        "Made by `python benchmarks/launch_data_server.py --write`; SQLite, rate limits on. The bare route returns the same",
        "bytes and runs on the same server program; processor time of each server's process, medians of "
        f"{ROUNDS} rounds in turns.",
        f"Load {load_now:.1f}; two shared cores, the load generator beside the servers.",
        "",
        "| asked | ours | bare route | of its speed (goal 50 %) | by the clock |",
        "|---|---:|---:|---:|---:|",
        *rows,
        "",
        "Lists that anybody may read are remembered until anything new is recorded (32 MiB at most); twelve of them are asked",
        "for in turns. Single launches are read from the store each time.",
        "",
        f"{VIEWERS} viewers of one countdown, {RECORDS} records: each arrived at all of them, {at[0]:.0f} ms (median) and",
        f"{at[1]:.0f} ms (p99, goal 50 ms) after it was sent, checked by all rules and on the disk. Such a record takes",
        f"{1e3 * spent:.0f} ms of the server's processor time with all its viewers, whatever the load.",
        f"Appending by batches of 1000: {filling:,.0f} records a second of processor time.",
    ]
    print("\n".join(lines))
    if wanted.write:
        Path(__file__).with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
