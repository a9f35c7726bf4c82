"""What `osea data watch` does, apart from parsing the command line: it prints as it goes, so it has no one answer."""

import json
import sys
import time
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlsplit

from ..core.errors import InputError
from .watching import Folder, Follower, Plain, Web, stream, told


def run_watch(source: str, *, events: bool, every: float, looks: int, token: str | None, as_lines: bool) -> None:
    """Print what changes; ends after `looks` looks or events, 0 means never. Raises InputError when the first look fails."""
    web = urlsplit(source).scheme in ("http", "https")
    if events:
        if not web:
            raise InputError("an event stream has an http or https address")
        for event in islice(stream(source, token), looks or None):
            _print(*told(event), as_lines)
        return
    follower = Follower(Web(source, token) if web else Folder(Path(source)))
    for number in count(1):
        try:
            for row, lines in follower.look():
                _print(row, lines, as_lines)
        except InputError as error:
            if number == 1:
                raise
            print(f"error {error}", file=sys.stderr)  # a server that is away comes back
        if number == looks:
            return
        time.sleep(every)


def _print(row: Plain, lines: list[str], as_lines: bool) -> None:
    print(json.dumps(row, ensure_ascii=False) if as_lines else "\n".join(lines), flush=True)
