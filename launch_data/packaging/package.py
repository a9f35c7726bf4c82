"""A package as files: records, data, an index of the records and a manifest with the SHA-256 of everything else.

The same parts give the same bytes. A package is written beside its place and moved there whole; names that lead out of it are
refused, in writing and in reading.
"""

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ...core.errors import InputError
from ...core.wire import parse_json
from ..envelope import record_text

Plain = dict[str, Any]
MANIFEST, INDEX = "manifest.json", "index.json"
MANIFEST_SCHEMA, INDEX_SCHEMA = "osea/launch-data-manifest/v1", "osea/launch-data-index/v1"
LARGEST = 1 << 30  # bytes of one file of a package that is read
MOST_FILES = 200_000
_MEDIA = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".geojson": "application/geo+json",
    ".kml": "application/vnd.google-earth.kml+xml",
    ".xml": "application/xml",
    ".html": "text/html; charset=utf-8",
}


def package_files(records: Mapping[str, Plain], files: Mapping[str, bytes], head: Plain) -> dict[str, bytes]:
    """Every file of a package, manifest included. head: what index and manifest begin with (issuer, issued_at, audience)."""
    texts = {f"{name}.json": record_text(plain).encode() for name, plain in records.items()}
    if twice := texts.keys() & files.keys():
        raise InputError(f"two files of the package are named {sorted(twice)[0]}")
    whole = {**texts, **files}
    rows = [_row(name, records[name.removesuffix(".json")], whole[name]) for name in sorted(texts)]
    whole[INDEX] = _json({"schema": INDEX_SCHEMA, "protocol": "1.0", **head, "records": rows})
    listed = [
        {"path": name, "bytes": len(whole[name]), "sha256": _sha256(whole[name]), "media_type": media_type(name)}
        for name in sorted(whole)
    ]
    whole[MANIFEST] = _json({"schema": MANIFEST_SCHEMA, "protocol": "1.0", **head, "files": listed})
    for name in whole:
        inside(Path(), name)
    return whole


def write_package(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a new or empty folder, all or none. Raises InputError for a folder that holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"'{folder}' is not empty; name another folder, or empty it")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for name, content in files.items():
                file = inside(half, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            half.chmod(0o755)
            half.replace(folder)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    except OSError as error:
        raise InputError(f"cannot write '{folder}': {error.strerror}") from None


def read_manifest(folder: Path) -> Plain:
    """The manifest of a package, by its form alone. Raises InputError."""
    file = folder / MANIFEST
    plain = parse_json(read_inside(folder, MANIFEST), str(file))
    if (
        not isinstance(plain, dict)
        or plain.get("schema") != MANIFEST_SCHEMA
        or not isinstance(plain.get("files"), list)
    ):
        raise InputError(f"this is no manifest of a package ({MANIFEST_SCHEMA})", where=str(file))
    if len(plain["files"]) > MOST_FILES:
        raise InputError(f"the manifest names more than {MOST_FILES} files", where=str(file))
    for row in plain["files"]:
        if not (isinstance(row, dict) and isinstance(row.get("path"), str) and isinstance(row.get("sha256"), str)):
            raise InputError("each file of a manifest has a path and a sha256", where=str(file))
        inside(folder, row["path"])
    return plain


def manifest_problems(folder: Path) -> list[str]:
    """What of a package is not as its manifest says: missing, changed, or there and not named. Raises InputError."""
    plain = read_manifest(folder)
    named = [row["path"] for row in plain["files"]]
    found = [f"{name} stands twice in the manifest" for name in sorted({n for n in named if named.count(n) > 1})]
    for row in plain["files"]:
        try:
            content = read_inside(folder, row["path"])
        except InputError as error:
            found.append(error.message)
            continue
        if _sha256(content) != row["sha256"]:
            found.append(f"{row['path']} is not the file that the manifest names: its sha256 differs")
    present = {f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file() or f.is_symlink()}
    strange = present - set(named) - {MANIFEST} - {n for n in present if n.endswith(".jws")}
    return found + [f"{name} is in the folder, and not in the manifest" for name in sorted(strange)]


def check_manifest(file: Path) -> None:
    """Raise InputError unless every file of the package is as its manifest says, and no other is there."""
    first, *rest = [*manifest_problems(file.parent), ""]
    if first:
        raise InputError(first, where=str(file), details=rest[:-1])


def check_index(file: Path) -> None:
    """Raise InputError unless the index names the records that stand beside it, each as it is."""
    folder = file.parent
    plain = parse_json(read_inside(folder, file.name), str(file))
    rows = plain.get("records") if isinstance(plain, dict) and plain.get("schema") == INDEX_SCHEMA else None
    if not isinstance(rows, list):
        raise InputError(f"this is no index of a package ({INDEX_SCHEMA})", where=str(file))
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("path"), str):
            raise InputError("each record of an index has a path", where=str(file))
        if _sha256(read_inside(folder, row["path"])) != row.get("sha256"):
            raise InputError(
                f"{row['path']} is not the record that the index names: its sha256 differs", where=str(file)
            )


def inside(folder: Path, name: str) -> Path:
    """The path of a package's file. Raises InputError for a name that leads out of it or that some system cannot hold."""
    path = PurePosixPath(name)
    if (
        name in ("", ".")
        or path.is_absolute()
        or path.as_posix() != name
        or any(p.endswith((".", " ")) for p in path.parts)  # `..` among them
        or any(c in '\\:*?"<>|' or ord(c) < 32 for c in name)
        or len(name) > 500
    ):
        raise InputError(f"{name[:100]!r} is no name of a file within a package")
    return folder / path


def read_inside(folder: Path, name: str) -> bytes:
    """A file of a package: a plain one, not reached by a link out of it, of bounded size. Raises InputError."""
    file = inside(folder, name)
    try:
        if not file.resolve().is_relative_to(folder.resolve()):
            raise InputError(f"{name} leads out of the package")
        with file.open("rb") as handle:
            info = os.fstat(handle.fileno())
            if not stat.S_ISREG(info.st_mode):
                raise InputError(f"{name} is no file")
            if info.st_size > LARGEST:
                raise InputError(f"{name} is larger than {LARGEST >> 20} MiB")
            return handle.read(LARGEST)
    except (OSError, RuntimeError) as error:
        raise InputError(f"{name} cannot be read: {getattr(error, 'strerror', error)}") from None


def media_type(name: str) -> str:
    """By the file's ending; CCSDS messages in KVN have none of their own."""
    return _MEDIA.get(PurePosixPath(name).suffix, "text/plain; charset=us-ascii")


def _row(name: str, plain: Plain, content: bytes) -> Plain:
    kept = {k: plain[k] for k in ("schema", "id", "revision", "status", "issued_at") if k in plain}
    title = plain.get("name") or plain.get("body") or plain.get("object_name") or plain.get("cause")
    return kept | ({"title": title} if title else {}) | {"path": name, "sha256": _sha256(content)}


def _json(plain: Plain) -> bytes:
    return (json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
