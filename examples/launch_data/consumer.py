"""What both consumers share: following a feed, and believing nothing that is not valid by the published schemas.

Written from standard/launch-data alone: nothing of the toolkit is imported.
"""

import hashlib
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any

import jsonschema_rs

Record = dict[str, Any]
SCHEMAS = Path(__file__).parents[2] / "standard" / "launch-data" / "schemas"
MU = 3.986004418e14  # m^3/s^2


def instant(utc: str) -> datetime:
    """A time of a record."""
    return datetime.fromisoformat(utc.replace("Z", "+00:00"))


def utc(moment: datetime) -> str:
    """A time as people read it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Feed:
    """A server's feed of one launch. Goes on after a lost connection; yields each revision once, and only valid records."""

    def __init__(self, url: str, launch: str, token: str | None = None) -> None:
        self.url, self.launch, self.token = url.rstrip("/"), launch, token
        self.last = ""
        self.seen: set[tuple[str, int]] = set()
        self.validators: dict[str, Any] = {}

    def records(self) -> Iterator[Record]:
        """The records of the launch as they come, for ever."""
        path = f"/v1/launches/{urllib.parse.quote(self.launch, safe=':')}/events"
        wait = 0.2
        while True:
            try:
                with self._open(path, {"Last-Event-ID": self.last} if self.last else {}) as answer:
                    wait = 0.2
                    yield from self._events(answer)
            except urllib.error.HTTPError as error:
                if error.code not in (404, 429, 503):  # not there yet, or busy: ask again
                    raise
            except OSError:
                pass
            sleep(wait)
            wait = min(2.0 * wait, 30.0)

    def _events(self, answer: Any) -> Iterator[Record]:
        identifier, data = "", []
        for line in answer:
            text = line.decode().rstrip("\r\n")
            if text.startswith("id: "):
                identifier = text[4:]
            elif text.startswith("data: "):
                data.append(text[6:])
            elif not text and data:
                record = json.loads("\n".join(data))["data"]
                data = []
                key = record["id"], record.get("revision", 1)
                if key not in self.seen and self.valid(record):
                    yield record
                self.seen.add(key)
                self.last = identifier  # after the record was dealt with, so that none is lost

    def valid(self, record: Record) -> bool:
        """Is it a record of the protocol, with nothing in it that must be understood and is not?"""
        kind = record["schema"].split("/")[2]
        if kind not in self.validators:
            file = SCHEMAS / f"{kind}-v1.schema.json"
            if not file.is_file():
                return False  # of a later version
            self.validators[kind] = jsonschema_rs.Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))
        return self.validators[kind].is_valid(record) and not record.get("crit")

    def get(self, identifier: str) -> Record:
        """A record that the feed does not tell, since it is not of the launch alone."""
        with self._open(f"/v1/records/{urllib.parse.quote(identifier, safe=':')}", {}) as answer:
            return json.load(answer)

    def file(self, named: Record) -> bytes:
        """A file that a record names; refused when it is not that file."""
        with self._open(f"/v1/files/{named['sha256']}", {}) as answer:
            content = answer.read()
        if hashlib.sha256(content).hexdigest() != named["sha256"]:
            raise ValueError(f"{named['path']} is not the file that the record names")
        return content

    def _open(self, path: str, headers: dict[str, str]) -> Any:
        if self.token:
            headers = headers | {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.url + path, headers=headers)  # noqa: S310  the user's own choice
        return urllib.request.urlopen(request, timeout=60)  # noqa: S310


def say(decision: str, because: Record, **more: Any) -> None:
    """One decision, as a line of JSON."""
    print(json.dumps({"decision": decision, "because": because["id"], **more}), flush=True)
