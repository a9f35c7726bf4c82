"""What a certificate was asked by: the standard's pages, the suites and their programs, as one SHA-256."""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

STANDARD_VERSION = "1.0.0"
_PARTS = ("standard", "certification", "launch_data/conformance", "studies/certify", "core/ports")
_KINDS = {".md", ".json", ".yaml", ".py"}


@cache
def corpus_sha256() -> str:
    """Over name and content of every file of the corpus, in the order of the names; the same in a checkout and in a wheel."""
    root = Path(str(files(__name__.partition(".")[0])))
    total = hashlib.sha256()
    for file in sorted(f for part in _PARTS for f in (root / part).rglob("*") if f.suffix in _KINDS):
        content = hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        total.update(f"{file.relative_to(root).as_posix()}\0{content}\n".encode())
    return total.hexdigest()
