"""Rows of a long comparison kept as they come: a stop loses the rows under way and no other.

A row is good for the sources it was made by, so that their digest names the file; another state of them finds nothing kept.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ..core.caches import cache_home

_ROOT = Path(__file__).parent.parent


class KeptRows:
    """Rows of one comparison by name. sources: files and folders of the package, as it names them, that a row depends on."""

    def __init__(self, name: str, sources: Iterable[str], home: Path | None = None, root: Path = _ROOT) -> None:
        self.name, self.sources, self.home, self.root = name, tuple(sources), home or cache_home(), root

    @cached_property
    def path(self) -> Path:
        """Of the file, one row a line."""
        return self.home / f"{self.name}-{self._digest()[:16]}.jsonl"

    def _digest(self) -> str:
        found = hashlib.sha256()
        for source in self.sources:
            at = self.root / source
            files = [at] if at.is_file() else sorted(p for p in at.rglob("*") if p.suffix in (".py", ".yaml"))
            for file in files:
                found.update(file.relative_to(self.root).as_posix().encode() + b"\0" + file.read_bytes())
        return found.hexdigest()

    def all(self) -> dict[str, dict[str, Any]]:
        """What is kept. A line cut short by a stop is left out."""
        rows: dict[str, dict[str, Any]] = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    row = json.loads(line)
                except json.JSONDecodeError:
                    continue
                rows[row["name"]] = row
        return rows

    def put(self, row: dict[str, Any]) -> None:
        """Keep a row, which has a `name`; a folder that cannot be written keeps nothing, and nothing else comes of it."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        except OSError:
            return

    def complete(
        self, names: list[str], make: Callable[[str], Any], tell: Callable[[int, dict[str, Any]], None]
    ) -> dict[str, dict[str, Any]]:
        """A row of each name: kept, or made in processes by *make*, which gives a dataclass with a `name`, and kept when it
        is done. tell: called for each that is made, with the number of rows so far."""
        rows = {n: row for n, row in self.all().items() if n in names}
        left = [n for n in names if n not in rows]
        if left:
            with ProcessPoolExecutor(min(len(left), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
                for job in as_completed([pool.submit(make, n) for n in left]):
                    row = asdict(job.result())
                    rows[row["name"]] = row
                    self.put(row)
                    tell(len(rows), row)
        return rows
