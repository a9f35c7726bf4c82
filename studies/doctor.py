"""`osea doctor`: is this installation whole, and what can it not do? Looks, and changes nothing."""

import importlib.metadata
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..core.errors import ImpossibleError

OLDEST = (3, 11)
_EXTRAS = {
    "hil": "benches: recordings, serial lines, CAN",
    "server": "the launch-data server",
    "cluster": "runs on several machines",
    "msis": "the NRLMSIS atmosphere",
}


@dataclass(frozen=True)
class Looked:
    """One thing. state: ok, missing (something cannot be done without it), broken (the installation is not whole)."""

    what: str
    state: str
    said: str


def run_doctor() -> tuple[dict[str, Any], str]:
    """Everything that is looked at; the data's exit_code is 1 where the installation is broken."""
    found = list(look())
    broken = [x for x in found if x.state == "broken"]
    lines = [f"{x.state:<8} {x.what:<22} {x.said}" for x in found]
    data: dict[str, Any] = {"status": "done", "looked": [vars(x) for x in found]}
    if broken:
        message = f"{', '.join(x.what for x in broken)}: the installation is not whole; see above"
        data |= {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": message}
    return data, "\n".join(lines)


def look() -> Iterator[Looked]:
    """Python, required packages, extras, compilers and programs, folders, and one small calculation of each heavy library."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield _one(
        "Python", sys.version_info[:2] >= OLDEST, f"{version}, {platform.system()} {platform.machine()}", "broken"
    )
    yield Looked(
        "OSEA-Rocket", "ok", f"{importlib.metadata.version('osea-rocket')} in {Path(str(files('osea_rocket')))}"
    )
    yield _packages()
    for extra, what in _EXTRAS.items():
        gone = [r.name for r in _required(extra) if not _installed(r.name)]
        mend = f"pip install 'osea-rocket[{extra}]'" + (f" ({', '.join(gone)} missing)" if gone else "")
        yield Looked(f"extra {extra}", "missing" if gone else "ok", f"{what}{': ' + mend if gone else ''}")
    yield _numba()
    yield _tried("casadi", _casadi)
    yield _tried("cantera", _cantera)
    for program, names, what in (
        ("C compiler", ("cc", "gcc", "clang"), "flight code and message code compiled and tested here"),
        ("make", ("make",), "the reference flight computer"),
        ("chromium", ("chromium", "chromium-browser", "google-chrome"), "PDFs of interface documents"),
    ):
        path = next((p for n in names if (p := shutil.which(n))), None)
        yield Looked(
            program, "ok" if path else "missing", f"{path or 'not found; without it no'} {'' if path else what}".strip()
        )
    yield _writable("this folder", Path.cwd())
    yield _writable("temporary folder", Path(tempfile.gettempdir()))


@dataclass(frozen=True)
class _Requirement:
    name: str
    least: str


def _required(extra: str) -> Iterator[_Requirement]:
    for line in importlib.metadata.requires("osea-rocket") or ():
        head, _, marker = line.partition(";")
        named = re.search(r"extra\s*==\s*[\"']([^\"']+)", marker)
        if (named[1] if named else "") == extra:
            name = re.match(r"[A-Za-z0-9._-]+", head.strip())
            least = re.search(r">=\s*([0-9.]+)", head)
            assert name is not None
            yield _Requirement(name[0], least[1] if least else "0")


def _packages() -> Looked:
    wanted = list(_required(""))
    gone = [r.name for r in wanted if not _installed(r.name)]
    old = [
        f"{r.name} {importlib.metadata.version(r.name)} (needs {r.least})"
        for r in wanted
        if r.name not in gone and _numbers(importlib.metadata.version(r.name)) < _numbers(r.least)
    ]
    if gone or old:
        return Looked(
            "packages",
            "broken",
            f"missing: {', '.join(gone) or 'none'}; too old: {', '.join(old) or 'none'}; pip install osea-rocket",
        )
    return Looked("packages", "ok", f"{len(wanted)} required packages are there")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", text)[:3])


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _tried(what: str, work: Callable[[], str]) -> Looked:
    try:
        return Looked(what, "ok", work())
    except Exception as error:
        return Looked(what, "broken", f"{type(error).__name__}: {str(error)[:200]}")


def _numba() -> Looked:
    from ..core.compiled import compiled
    from ..core.numeric import equation

    def work() -> str:
        @equation
        def twice(x: float) -> float:
            """2 x, to see that compiling works."""
            return 2.0 * x

        assert compiled(twice)(21.0) == 42.0
        place = os.environ.get("NUMBA_CACHE_DIR") or "beside the package, or in the user's cache"
        return f"compiles; compiled code is kept {place}"

    return _tried("numba", work)


def _casadi() -> str:
    import casadi

    x = casadi.MX.sym("x")  # type: ignore[attr-defined]
    solver = casadi.nlpsol(
        "s", "ipopt", {"x": x, "f": (x - 3) ** 2}, {"print_time": False, "ipopt": {"print_level": 0, "sb": "yes"}}
    )
    answer = float(solver(x0=0)["x"])
    assert abs(answer - 3.0) < 1e-6
    return f"{importlib.metadata.version('casadi')}: IPOPT solves"


def _cantera() -> str:
    import cantera

    return f"{cantera.__version__}"


def _writable(what: str, folder: Path) -> Looked:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Looked(what, "missing", f"{folder} cannot be written to: {error.strerror}; choose others with --out")
    free = shutil.disk_usage(folder).free / 1e9
    return Looked(what, "ok" if free > 0.5 else "missing", f"{folder}, {free:.1f} GB free")


def _one(what: str, fine: bool, said: str, otherwise: str) -> Looked:
    return Looked(what, "ok" if fine else otherwise, said)
