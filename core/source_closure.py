"""What a module's compiled code may depend on: its own source and that of every module of the package it imports."""

import hashlib
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_IMPORT = re.compile(
    r"^[ \t]*from[ \t]+(?P<dots>\.+)(?P<module>[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n\\]*(?:\\\n[^\n\\]*)*)",
    re.MULTILINE,
)


def closure_hash(file: str | Path, root: Path = ROOT) -> str:
    """Hash of a source file of the package and of all that it imports from the package, directly or not.

    Imports inside functions and under TYPE_CHECKING count too: too many files cost a compilation, one too few would keep old
    code. A file outside the package (a user's own, a test) may import anything: it depends on the whole package.
    """
    start = Path(file).resolve()
    if root in start.parents:
        found: set[Path] = set()
        waiting = [start]
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                waiting += _imported(path, root)
    else:
        found = {
            p
            for package in root.rglob("__init__.py")
            if _is_package(package.parent, root)
            for p in package.parent.glob("*.py")
        }
    digest = hashlib.sha256()
    for path in sorted(found):
        name = path.relative_to(root).as_posix() if root in path.parents else path.name
        digest.update(f"{name}\0".encode() + _content(path))
    return digest.hexdigest()[:16]


@cache
def _content(path: Path) -> bytes:
    return path.read_bytes()


@cache
def _imported(path: Path, root: Path) -> tuple[Path, ...]:
    """Files of the package that a file's relative imports name."""
    files: list[Path] = []
    for match in _IMPORT.finditer(_content(path).decode()):
        base = path.parent
        for _ in match["dots"][1:]:
            base = base.parent
        if base != root and root not in base.parents:
            continue
        target = base.joinpath(*filter(None, match["module"].split(".")))
        names = re.findall(r"\w+", re.sub(r"#[^\n]*", "", match["names"]))
        candidates = [target.with_suffix(".py") if match["module"] else target / "__init__.py", target / "__init__.py"]
        candidates += [target / f"{n}.py" for n in names] + [target / n / "__init__.py" for n in names]
        files += [c for c in candidates if c.is_file()]
    return tuple(dict.fromkeys(files))


def _is_package(folder: Path, root: Path) -> bool:
    """Whether every folder from the root down is a package: not .venv, out, tests."""
    while folder != root:
        if not (folder / "__init__.py").is_file():
            return False
        folder = folder.parent
    return True
