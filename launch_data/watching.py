"""Following a feed: a package in a folder or on any web server (polled, ETag), or a server's event stream (SSE).

Events: the format of the WHATWG HTML standard, 9.2; a lost connection is taken up again with Last-Event-ID, after the time that
the server asked for. Whatever comes is bounded in size and parsed as launch data before anything is said of it.
"""

import json
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPMessage
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ..core.errors import InputError
from ..core.wire import parse_json
from .difference import differences
from .packaging.package import INDEX, inside, read_inside
from .protocol.kinds import record_of, to_plain

Plain = dict[str, Any]
LARGEST = 64 << 20  # bytes of one answer
MOST_RECORDS = 20_000
LONGEST_EVENT = 8 << 20
SILENCE = 60.0  # s without a byte after which a stream counts as lost
SLOWEST = 30.0  # s of an answer


class Source(Protocol):
    """Where a package stands. `read` gives a file's bytes, None when it is as it was at the last reading."""

    def read(self, name: str) -> bytes | None: ...


@dataclass
class Folder:
    """A package on disk."""

    path: Path
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def read(self, name: str) -> bytes | None:
        """By the file's time and size."""
        try:
            info = inside(self.path, name).stat()
        except OSError as error:
            raise InputError(f"cannot read '{self.path / name}': {error.strerror}") from None
        mark = info.st_mtime_ns, info.st_size
        if self._seen.get(name) == mark:
            return None
        data = read_inside(self.path, name)
        self._seen[name] = mark
        return data


class _SameScheme(HTTPRedirectHandler):
    """Follows redirections within http and https alone, never from https to http."""

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme not in ("http", "https") or (
            req.type == "https" and not newurl.startswith("https:")
        ):
            raise InputError(f"{req.full_url} redirects to {newurl[:200]}, where launch data are not fetched from")
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            following.remove_header("Authorization")  # the token is for the server that was named
        return following


@dataclass
class Web:
    """A package on a web server; `url` is its folder. token: for servers that ask for one."""

    url: str
    token: str | None = None
    _tags: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise InputError(f"'{self.url[:200]}' is no http or https address")
        if not self.url.endswith("/"):
            self.url += "/"

    def read(self, name: str) -> bytes | None:
        """By ETag and date; the server says that nothing changed (304)."""
        inside(Path(), name)
        url = urljoin(self.url, name)
        try:
            with opened(url, self.token, self._tags.get(name, {}), SLOWEST) as answer:
                data = answer.read(LARGEST + 1)
                if len(data) > LARGEST:
                    raise InputError(f"{url} is larger than {LARGEST >> 20} MiB")
                tags = {
                    "If-None-Match": answer.headers.get("ETag"),
                    "If-Modified-Since": answer.headers.get("Last-Modified"),
                }
                self._tags[name] = {k: v for k, v in tags.items() if v}
                return data
        except HTTPError as error:
            if error.code == 304:
                return None
            raise InputError(f"{url}: the server answers {error.code} {error.reason}") from None
        except (URLError, OSError, ValueError) as error:
            raise InputError(f"{url} cannot be read: {getattr(error, 'reason', error)}") from None


class Follower:
    """Remembers the records of a source and says what changed since it last looked."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.records: dict[str, Plain] = {}
        self._hashes: dict[str, str] = {}

    def look(self) -> Iterator[tuple[Plain, list[str]]]:
        """(as data, lines for people) of every record that is new, gone or changed. Raises InputError."""
        data = self.source.read(INDEX)
        if data is None:
            return
        index = parse_json(data, INDEX)
        rows = index.get("records") if isinstance(index, dict) else None
        if not isinstance(rows, list) or len(rows) > MOST_RECORDS:
            raise InputError(f"{INDEX} is no index of a package, or of more than {MOST_RECORDS:,} records")
        now: dict[str, Plain] = {}
        for row in rows:
            plain = self._record(row)
            if plain["id"] not in now or plain["revision"] > now[plain["id"]]["revision"]:
                now[plain["id"]] = plain
        before, self.records = self.records, now
        yield from differences(before, now)

    def _record(self, row: Any) -> Plain:
        if not isinstance(row, dict) or not isinstance(row.get("path"), str) or not isinstance(row.get("id"), str):
            raise InputError(f"each record of {INDEX} has a path and an id")
        known = self.records.get(row["id"])
        if known is not None and self._hashes.get(row["path"]) == row.get("sha256"):
            return known
        data = self.source.read(row["path"])
        if data is None:
            if known is None:
                raise InputError(f"{row['path']} is named as new, and the server says that nothing changed")
            return known
        plain = to_plain(record_of(parse_json(data, row["path"]), row["path"]))
        self._hashes[row["path"]] = str(row.get("sha256"))
        return plain


@dataclass(frozen=True)
class ServerEvent:
    """One event of a stream."""

    kind: str
    data: str
    id: str | None


def events(lines: Iterable[bytes]) -> Iterator[ServerEvent | int]:
    """Events of a stream's lines; a whole number is the wait [ms] that the server asks for. Raises InputError if too long."""
    kind, data, identifier, size = "", [], None, 0
    for raw in lines:
        size += len(raw)
        if size > LONGEST_EVENT:
            raise InputError(f"an event of the stream is larger than {LONGEST_EVENT >> 20} MiB")
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if not line:
            if data:
                yield ServerEvent(kind or "message", "\n".join(data), identifier)
            kind, data, size = "", [], 0
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            kind = value
        elif name == "data":
            data.append(value)
        elif name == "id" and "\0" not in value:
            identifier = value
        elif name == "retry" and value.isascii() and value.isdigit():
            yield int(value)


def stream(
    url: str, token: str | None = None, last: str | None = None, sleep: Callable[[float], None] = time.sleep
) -> Generator[ServerEvent, None, None]:
    """The events of a server, for ever; connections that break are taken up where they broke. Raises InputError when refused."""
    wait, failures = 3.0, 0
    while True:
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"} | (
            {"Last-Event-ID": last} if last else {}
        )
        try:
            with opened(url, token, headers, SILENCE) as answer:
                if answer.headers.get_content_type() != "text/event-stream":
                    raise InputError(f"{url} is no event stream but {answer.headers.get_content_type()}")
                for item in events(iter(lambda a=answer: a.readline(LONGEST_EVENT + 1), b"")):
                    if isinstance(item, int):
                        wait = min(item / 1000.0, 300.0)
                        continue
                    last, failures = item.id or last, 0
                    yield item
        except HTTPError as error:
            if error.code == 204:
                return
            if error.code < 500 and error.code != 429:
                raise InputError(f"{url}: the server answers {error.code} {error.reason}") from None
        except (URLError, OSError) as error:
            if failures >= 20:
                raise InputError(f"{url} cannot be reached: {getattr(error, 'reason', error)}") from None
        failures += 1
        sleep(min(wait * 2 ** min(failures - 1, 6), 300.0))


def told(event: ServerEvent) -> tuple[Plain, list[str]]:
    """(as data, lines for people) of an event; its data are JSON, or text."""
    try:
        content = parse_json(event.data.encode(), "an event")
    except InputError:
        content = event.data
    shown = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    row: Plain = {"event": event.kind, "id": event.id, "data": content}
    return row, [f"{event.kind} {event.id or ''}: {shown[:300]}"]


def opened(url: str, token: str | None, headers: Mapping[str, str], timeout: float) -> Any:
    """The answer of a web server, to be closed by the caller; what urllib raises is the caller's, a foreign scheme InputError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise InputError(f"'{url[:200]}' is no http or https address")
    every = {"User-Agent": "osea-rocket", **headers} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = Request(url, headers=every)  # noqa: S310  the scheme was looked at
    return build_opener(_SameScheme).open(request, timeout=timeout)
