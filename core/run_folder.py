"""The run folder: inputs, results, tables, figures and report of one run, published whole or not at all.

Work goes into ``<name>.partial``; ``publish`` writes ``run.json`` and renames it. A run that fails or is interrupted
leaves no folder that looks finished.
"""

import contextlib
import csv
import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import yaml

from .documents import Module
from .errors import InputError
from .results import Result

SCHEMA = "osea/run/v1"
_VERSIONED = ("osea-rocket", "numpy", "scipy", "casadi", "cantera", "numba")

R = TypeVar("R", bound=Result)


class RunFolder:
    """Use as a context: ``with RunFolder(path, "design", document) as run: … run.publish()``.

    Leaving the block without publish() (an error, Ctrl-C) removes the partial folder. Raises InputError when the
    path holds something that is not an earlier run.
    """

    def __init__(self, path: Path, command: str, document: Module) -> None:
        self.path = path
        self.command = command
        self.document = document
        self.partial = path.with_name(path.name + ".partial")
        self._started = datetime.now(UTC)
        if path.exists() and not (path / "run.json").is_file() and (not path.is_dir() or any(path.iterdir())):
            raise InputError(f"'{path}' exists and is not a run folder; choose another with --out")

    def __enter__(self) -> Self:
        try:
            if self.partial.exists():
                shutil.rmtree(self.partial)
            for name in ("inputs", "results", "tables", "figures"):
                (self.partial / name).mkdir(parents=True)
        except OSError as error:
            raise InputError(f"cannot write '{self.partial}': {error.strerror}; choose another with --out") from None
        self._write_inputs()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.partial.exists():
            shutil.rmtree(self.partial, ignore_errors=True)

    def _write_inputs(self) -> None:
        files = self.document.input_files()
        if files:
            root = Path(os.path.commonpath([file.parent for file in files]))
            for file, raw in files.items():
                copy = self.partial / "inputs" / file.relative_to(root)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(raw)
        resolved = yaml.safe_dump(self.document.to_plain(), sort_keys=False, allow_unicode=True, width=120)
        (self.partial / "inputs" / "resolved.yaml").write_text(resolved, encoding="utf-8")

    def write_result(self, name: str, result: Result) -> None:
        """``results/<name>.json``."""
        text = json.dumps(result.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
        (self.partial / "results" / f"{name}.json").write_text(text + "\n", encoding="utf-8")

    def write_table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """``tables/<name>.csv``; floats by repr, so that they read back exactly."""
        with (self.partial / "tables" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([repr(float(v)) if isinstance(v, float) else v for v in row] for row in rows)

    def write_text(self, name: str, text: str) -> None:
        """Any other text artefact, by its path in the folder (``report.html``, ``figures/side_view.svg``)."""
        file = self.partial / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def publish(self) -> Path:
        """Write run.json, put the folder in its place, and return it."""
        artefacts = {
            file.relative_to(self.partial).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(self.partial.rglob("*"))
            if file.is_file()
        }
        run = {
            "schema": SCHEMA,
            "status": "done",
            "command": self.command,
            "name": self.document.name,
            "started": self._started.isoformat(timespec="seconds"),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "input_hash": self.document.content_hash(),
            "versions": {"python": platform.python_version(), **_versions()},
            "artefacts": artefacts,
        }
        (self.partial / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
        old = self.path.with_name(self.path.name + ".old")
        if old.exists():
            shutil.rmtree(old)
        if self.path.exists():
            self.path.rename(old)  # os.replace cannot put a folder over one that is not empty
        self.partial.rename(self.path)
        if old.exists():
            shutil.rmtree(old, ignore_errors=True)
        return self.path


def read_run(path: Path) -> dict[str, Any]:
    """run.json of a finished run whose artefacts are all as they were written. Raises InputError otherwise."""
    file = path / "run.json"
    try:
        run = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"'{path}' is not a finished run: it has no run.json") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None
    if not isinstance(run, dict) or run.get("schema") != SCHEMA or not isinstance(run.get("artefacts"), dict):
        raise InputError(f"{file}: not a document of schema {SCHEMA}")
    for name, digest in run["artefacts"].items():
        artefact = path / name
        if not artefact.resolve().is_relative_to(path.resolve()):
            raise InputError(f"{file}: the artefact '{name}' lies outside the run folder")
        if not artefact.is_file() or hashlib.sha256(artefact.read_bytes()).hexdigest() != digest:
            raise InputError(f"{artefact}: changed or missing since the run was written; run it again")
    return run


def read_result(path: Path, name: str, kind: type[R]) -> R:
    """A result of a finished run, equal to the one that was written."""
    file = path / "results" / f"{name}.json"
    try:
        return kind.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"{file}: {error}") from None


def _versions() -> dict[str, str]:
    found = {}
    for package in _VERSIONED:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
