"""Revisions: a package that follows another raises the revision of what changed, and repeats what did not, byte for byte."""

import hashlib
import json
from pathlib import Path
from typing import Any

from ...core.errors import InputError
from ..protocol.kinds import read_record, to_plain
from .package import read_inside, read_manifest
from .runs import Parts, Plain

_OF_THE_ISSUE = ("revision", "supersedes", "issued_at", "provenance")


def follow(parts: Parts, before: Path) -> None:
    """Number the parts' records as revisions after those of an earlier package. Raises InputError for what is none."""
    earlier = _newest(before)
    for name, plain in parts.records.items():
        old = earlier.get(plain["id"])
        if old is None:
            continue
        was, sha256 = old
        if content(was) == content(plain):
            parts.records[name] = was
        elif plain["revision"] <= was["revision"]:
            supersedes = {"id": was["id"], "revision": was["revision"], "sha256": sha256}
            parts.records[name] = plain | {"revision": was["revision"] + 1, "supersedes": supersedes}


def content(plain: Plain) -> str:
    """What a record says, apart from its being issued."""
    return json.dumps({k: v for k, v in plain.items() if k not in _OF_THE_ISSUE}, sort_keys=True)


def _newest(folder: Path) -> dict[str, tuple[Plain, str]]:
    """The newest revision of each record of a package, and its file's SHA-256."""
    found: dict[str, tuple[Plain, str]] = {}
    for path in record_paths(folder):
        data = read_inside(folder, path)
        plain = to_plain(read_record(data, str(folder / path)))
        if plain["id"] not in found or found[plain["id"]][0]["revision"] < plain["revision"]:
            found[plain["id"]] = plain, hashlib.sha256(data).hexdigest()
    return found


def record_paths(folder: Path) -> list[str]:
    """The records of a package, by its manifest."""
    rows: list[dict[str, Any]] = read_manifest(folder)["files"]
    paths = [r["path"] for r in rows if r["path"].endswith(".json") and "/" not in r["path"]]
    found = [p for p in paths if p not in ("index.json", "opportunities.json")]
    if not found:
        raise InputError(f"'{folder}' holds no records")
    return found
