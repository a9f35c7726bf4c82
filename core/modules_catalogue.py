"""The catalogue: every module found on a path of folders and in installed packages that offer some."""

import difflib
import importlib.resources
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .documents import SCHEMAS, DocumentError, Module, load_any
from .errors import InputError
from .versions import Version

ENTRY_POINTS = "osea_rocket.modules"
"""Installed packages offer modules by this group: each entry point names a package whose YAML files are modules."""
PATH_VARIABLE = "OSEA_MODULES"


@dataclass(frozen=True)
class Entry:
    """A module of the catalogue and the file that it stands in; offered: by an installed package, our own among them."""

    file: Path
    module: Module
    offered: bool = False

    @property
    def version(self) -> Version | None:
        return Version.parse(self.module.version) if self.module.version else None

    @property
    def key(self) -> str:
        """``name@version``, or the name alone."""
        return f"{self.module.name}@{self.module.version}" if self.module.version else self.module.name


@dataclass(frozen=True)
class Catalogue:
    """entries: by kind, name and version. problems: what is wrong with files that could not be read."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = field(default=())

    def find(self, name: str) -> Entry:
        """By file, by ``name@version``, or by name (the newest version; of the folders before that of installed packages).

        Raises InputError with the nearest names.
        """
        path = Path(name)
        if path.suffix in (".yaml", ".yml"):
            return Entry(path, load_any(path))
        wanted, _, version = name.partition("@")
        found = [e for e in self.entries if e.module.name == wanted and (not version or e.module.version == version)]
        if not found:
            near = difflib.get_close_matches(name[:100], [e.key for e in self.entries], 3)
            hint = (
                f"; near: {', '.join(near)}"
                if near
                else f"; {len(self.entries)} modules are known, see 'osea modules list'"
            )
            raise InputError(f"there is no module '{name}' in the catalogue{hint}")
        own = [e for e in found if not e.offered] or found
        newest = max(own, key=lambda e: e.version.key if e.version else ())
        rivals = [e for e in own if e.module.version == newest.module.version and e.file != newest.file]
        if rivals:
            files = ", ".join(str(e.file) for e in (newest, *rivals))
            raise InputError(f"'{name}' stands in several files ({files}); name the file")
        return newest


def catalogue(folders: Iterable[Path]) -> Catalogue:
    """Every module in the folders and below. The packages that define the schemas must have been imported.

    YAML files without one of our schemas are passed over; those with one that cannot be read are problems.
    """
    entries, problems = [], []
    offered, composed = _installed(), {}
    for file in _files(folders):
        try:
            if not _is_module(file):
                continue
            inside = any(file.resolve().is_relative_to(folder) for folder in offered)
            entries.append(Entry(file, load_any(file, composed), inside))
        except DocumentError as error:
            problems.append(str(error))
    entries.sort(key=lambda e: (e.module.schema_, e.module.name, e.version.key if e.version else (), str(e.file)))
    return Catalogue(tuple(entries), tuple(dict.fromkeys(problems)))


def search_path(given: Iterable[Path], alone: bool = False) -> list[Path]:
    """The folders to look in: those given, else of OSEA_MODULES, else this folder; and our catalogue and those of installed
    packages (alone: not beside folders that are given). Raises InputError for a folder that is not there.
    """
    given = list(given)
    folders = given or [Path(p) for p in os.environ.get(PATH_VARIABLE, "").split(os.pathsep) if p] or [Path()]
    for folder in folders:
        if not folder.exists():
            raise InputError(f"there is no folder '{folder}' to look for modules in")
    return folders if alone and given else folders + _installed()


def own_catalogue() -> Path:
    """The catalogue that comes with this package."""
    return Path(str(importlib.resources.files(__name__.partition(".")[0]))) / "catalogue"


def _installed() -> list[Path]:
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    folders = [own_catalogue()]
    for point in entry_points(group=ENTRY_POINTS):
        spec = find_spec(point.value)  # found, not run: a catalogue is data
        folders += [Path(p) for p in (spec.submodule_search_locations or ())] if spec else []
    return [folder.resolve() for folder in folders if folder.is_dir()]


def _files(folders: Iterable[Path]) -> list[Path]:
    found: dict[Path, Path] = {}
    for folder in folders:
        inside = [folder] if folder.is_file() else sorted(p for e in ("*.yaml", "*.yml") for p in folder.rglob(e))
        for file in inside:
            if not any(part.startswith(".") and part != ".." for part in file.relative_to(folder).parts):
                found.setdefault(file.resolve(), file)
    return list(found.values())


def _is_module(file: Path) -> bool:
    """True when the file's first field is one of our schemas; cheap, as a folder may hold any YAML."""
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for _, line in zip(range(40), lines, strict=False):
                if line.startswith("schema:"):
                    return line.partition(":")[2].split("#")[0].strip().strip("'\"") in SCHEMAS
    except OSError:
        return False
    return False
