"""Kill the server and start it again: nothing that it acknowledged may be lost. Run it with [--rounds N].

A server of its own on a SQLite file is sent records by four clients at once and killed (SIGKILL) at a moment drawn at random, N
times. After each start every acknowledged record has to be there, byte for byte, and a viewer that follows the feed by
Last-Event-ID through all of it has to have seen each. That a commit is on the disk (fsync) cannot be shown by killing a process,
since the system's cache survives that; the tests hold the setting of the database that says so.
"""

import argparse
import http.client
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.store import tokens
from osea_rocket.launch_data.store.store import Store

WRITERS = 4


class Crash:
    """A server that is killed again and again, who writes to it, and who watches."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/launches.db"
        store = Store(self.url)
        self.token = tokens.issue(store, "provider", party="urn:osea:example:provider:1", days=1).text
        store.close()
        self.acknowledged: dict[str, bytes] = {}
        self.seen: set[str] = set()
        self.last = ""
        self.port = 0

    def start(self) -> subprocess.Popen[bytes]:
        """A new server on a new port; returns once it answers."""
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        command = (
            sys.executable,
            "-m",
            "osea_rocket",
            "data",
            "serve",
            self.url,
            "--port",
            str(self.port),
            "--rate",
            "0",
        )
        running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while True:
            try:
                if self.ask("GET", "/v1")[0] == 200:
                    return running
            except OSError:
                time.sleep(0.05)

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def write(self, name: str, stop: threading.Event) -> None:
        """Append records until the server is gone."""
        number = 0
        while not stop.is_set():
            identifier = f"urn:osea:example:site:{name}-{number}"
            body = json.dumps(examples()["site"] | {"id": identifier}).encode()
            try:
                status, _ = self.ask("POST", "/v1/records", body)
            except (OSError, http.client.HTTPException):
                return
            if status == 201:
                self.acknowledged[identifier] = body
            number += 1

    def watch(self) -> None:
        """Read what the feed tells after the last event, until there is silence."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1.5)
        try:
            connection.request("GET", "/v1/events", headers={"Last-Event-ID": self.last} if self.last else {})
            answer = connection.getresponse()
            while line := answer.readline():
                if line.startswith(b"id: "):
                    self.last = line[4:].decode().strip()
                elif line.startswith(b"data: "):
                    self.seen.add(json.loads(line[6:])["data"]["id"])
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()

    def round(self, number: int, drawn: random.Random) -> None:
        """Write, watch, kill."""
        running = self.start()
        stop = threading.Event()
        work: list[Any] = [threading.Thread(target=self.write, args=(f"{number}-{i}", stop)) for i in range(WRITERS)]
        work.append(threading.Thread(target=self.watch))
        for thread in work:
            thread.start()
        before, until = len(self.acknowledged), time.monotonic() + 60.0
        while len(self.acknowledged) < before + 10 and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(drawn.uniform(0.0, 1.0))
        running.send_signal(signal.SIGKILL)
        running.wait()
        stop.set()
        for thread in work:
            thread.join()

    def lost(self) -> list[str]:
        """After one more start: acknowledged records that are not there as they were, or that the feed did not tell."""
        running = self.start()
        self.watch()
        gone = [i for i, body in self.acknowledged.items() if self.ask("GET", f"/v1/records/{i}") != (200, body)]
        running.send_signal(signal.SIGKILL)
        running.wait()
        return gone + [i for i in self.acknowledged if i not in self.seen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    drawn = random.Random(1)  # noqa: S311  moments, no secret
    with tempfile.TemporaryDirectory() as folder:
        crash = Crash(Path(folder))
        for number in range(rounds):
            crash.round(number, drawn)
        lost = crash.lost()
    print(f"killed {rounds} times: {len(crash.acknowledged)} records acknowledged, {len(lost)} lost")
    sys.exit(1 if lost or not crash.acknowledged else 0)


if __name__ == "__main__":
    main()
