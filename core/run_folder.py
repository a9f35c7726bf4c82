"""The run folder: inputs, results, tables, figures and report of one run, published whole or not at all.

Work goes into ``<name>.partial``, whose ``run.json`` says *running*; ``publish`` writes the final one and renames the
folder. A run that fails or is interrupted leaves no folder that looks finished. Nothing is removed or replaced that is
not a run of ours, and a lock on the ``.partial`` keeps a second run out of it (not on Windows, which has no flock).
Long work of many parts keeps its ``.partial`` when it is interrupted, and a later run with the same input takes it up.
"""

import contextlib
import csv
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self, TypeVar

from . import interruption, strict_yaml
from .documents import Module
from .errors import InputError
from .results import Result

SCHEMA = "osea/run/v1"
_VERSIONED = ("osea-rocket", "numpy", "scipy", "casadi", "cantera", "numba")

R = TypeVar("R", bound=Result)


class RunFolder:
    """Use as a context: ``with RunFolder(path, "design", document) as run: … run.publish()``.

    Leaving the block without publish() (an error, Ctrl-C) removes the partial folder, unless *keep* is set. resume: take up
    a kept partial folder of the same command and input. Raises InputError when the path holds
    something that is not an earlier run, or what is to be resumed is not there or has another input.
    """

    def __init__(self, path: Path, command: str, document: Module, *, keep: bool = False, resume: bool = False) -> None:
        self.path = path
        self.command = command
        self.document = document
        self.keep = keep
        self.resume = resume
        self._place = Path(os.path.realpath(path))  # '.', '..' and links have no name to put '.partial' after
        if not self._place.name:
            raise InputError(f"'{path}' cannot be a run folder; choose another with --out")
        self.partial = self._place.with_name(self._place.name + ".partial")
        self._lock: IO[str] | None = None
        self._started = datetime.now(UTC)
        _refuse_foreign(self._place)

    def __enter__(self) -> Self:
        try:
            self._claim()
            for name in ("inputs", "results", "tables", "figures"):
                (self.partial / name).mkdir(exist_ok=True)
            self._write_inputs()
        except BlockingIOError:
            raise InputError(
                f"another run is writing '{self.path}'; wait for it, or choose another with --out"
            ) from None
        except OSError as error:
            self._release()
            raise InputError(f"cannot write '{self.partial}': {error.strerror}; choose another with --out") from None
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _claim(self) -> None:
        """Make the partial folder ours, a leftover of a dead run removed. BlockingIOError: a live one holds it."""
        if self.resume:
            self._require_same_input()
            self._lock = _locked(self.partial / "run.json", "a")
            return
        if self.partial.exists():
            _refuse_foreign(self.partial)
            with contextlib.closing(_locked(self.partial / "run.json", "a")):
                shutil.rmtree(self.partial)
        try:
            self.partial.mkdir(parents=True)
        except FileExistsError:  # made by another run just now
            raise BlockingIOError from None
        self._lock = _locked(self.partial / "run.json", "w")
        self._write_run("running", {})

    def _require_same_input(self) -> None:
        try:
            run = json.loads((self.partial / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            raise InputError(f"there is no unfinished run '{self.partial}' to resume; leave --resume out") from None
        ours = {"schema": SCHEMA, "command": self.command, "input_hash": self.document.content_hash()}
        if not isinstance(run, dict) or any(run.get(key) != value for key, value in ours.items()):
            raise InputError(f"'{self.partial}' is of another input; leave --resume out to begin anew")

    def _release(self) -> None:
        """Give the partial folder up, and remove it when it is still there and not to be kept."""
        if self._lock:
            if not self.keep:
                shutil.rmtree(self.partial, ignore_errors=True)
            self._lock.close()
            self._lock = None

    def _write_inputs(self) -> None:
        files = self.document.input_files()
        if files:
            root = Path(os.path.commonpath([file.parent for file in files]))
            if root / "resolved.yaml" in files:  # an earlier run's: its copy goes a folder deeper than ours
                root = root.parent
            for file, raw in files.items():
                copy = self.partial / "inputs" / file.relative_to(root)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(raw)
        resolved = strict_yaml.dump(self.document.to_plain())
        (self.partial / "inputs" / "resolved.yaml").write_text(resolved, encoding="utf-8")

    def write_result(self, name: str, result: Result) -> None:
        """``results/<name>.json``."""
        text = json.dumps(result.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
        self._file(f"results/{name}.json").write_text(text + "\n", encoding="utf-8")

    def write_table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """``tables/<name>.csv``; floats by repr, so that they read back exactly."""
        with self._file(f"tables/{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([repr(float(v)) if isinstance(v, float) else v for v in row] for row in rows)

    def write_text(self, name: str, text: str) -> None:
        """Any other text artefact, by its path in the folder (``report.html``, ``figures/side_view.svg``)."""
        self._file(name).write_text(text, encoding="utf-8")

    def read_text(self, name: str) -> str | None:
        """What an artefact of the partial folder holds, None when it is not there: for taking work up again."""
        file = self._file(name)
        return file.read_text(encoding="utf-8") if file.is_file() else None

    def append_text(self, name: str, text: str) -> None:
        """Add to a text artefact, on disk at once: a kept partial folder then holds what is done so far."""
        with self._file(name).open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def write_bytes(self, name: str, content: bytes) -> None:
        """A binary artefact, whole or not at all: an interruption leaves none that is cut short."""
        file = self._file(name)
        half = file.with_name(file.name + ".half")
        half.write_bytes(content)
        half.replace(file)

    def read_bytes(self, name: str) -> bytes | None:
        """What a binary artefact of the partial folder holds, None when it is not there."""
        file = self._file(name)
        return file.read_bytes() if file.is_file() else None

    def remove(self, name: str) -> None:
        """Take an artefact, or a folder of them, away again: parts that have been put together."""
        file = self._file(name)
        if file.is_dir():
            shutil.rmtree(file)
        else:
            file.unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        """The artefact's path, its folder made. Raises ValueError for a name that leads out of the run folder."""
        file = self.partial / name
        if name == "run.json" or not file.resolve().is_relative_to(self.partial):
            raise ValueError(f"'{name}' is no name for an artefact")
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def publish(self, status: Literal["done", "stopped"] = "done") -> Path:
        """Write run.json, put the folder in its place, and return it. Raises KeyboardInterrupt when one was swallowed.

        stopped: the user ended the work, and what it holds is whole (a flight as far as it went); `read_run` refuses it.
        """
        interruption.check()
        artefacts = {
            file.relative_to(self.partial).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(self.partial.rglob("*"))
            if file.is_file() and file != self.partial / "run.json"
        }
        self._write_run(status, artefacts)
        _refuse_foreign(self._place)  # it may have come into being meanwhile
        # os.replace cannot put a folder over one that is not empty: the old run steps aside first
        aside = Path(tempfile.mkdtemp(prefix=f".{self._place.name}.", dir=self._place.parent))
        try:
            if self._place.exists():
                self._place.rename(aside / "old")
            self.partial.rename(self._place)
        finally:
            if (aside / "old").exists() and not self._place.exists():
                (aside / "old").rename(self._place)
            shutil.rmtree(aside, ignore_errors=True)
        if self._lock:  # from here on a '.partial' is somebody else's
            self._lock.close()
            self._lock = None
        return self.path

    def _write_run(self, status: str, artefacts: dict[str, str]) -> None:
        run = {
            "schema": SCHEMA,
            "status": status,
            "command": self.command,
            "name": self.document.name,
            "started": self._started.isoformat(timespec="seconds"),
            "finished": datetime.now(UTC).isoformat(timespec="seconds") if status != "running" else None,
            "input_hash": self.document.content_hash(),
            "versions": {"python": platform.python_version(), **_versions()},
            "artefacts": artefacts,
        }
        (self.partial / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")


def _locked(file: Path, mode: str) -> IO[str]:
    """The file, open and locked until it is closed (or its process ends). Raises BlockingIOError when another has it."""
    handle = file.open(mode, encoding="utf-8")
    try:
        import fcntl
    except ImportError:
        return handle
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        if isinstance(error, BlockingIOError):
            raise
        return file.open(mode, encoding="utf-8")  # a file system without locks
    return handle


def _refuse_foreign(folder: Path) -> None:
    """InputError when something stands at the path that is neither a run of ours nor an empty folder."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        if json.loads((folder / "run.json").read_text(encoding="utf-8"))["schema"] == SCHEMA:
            return
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        pass
    raise InputError(f"'{folder}' exists and is not a run folder; choose another with --out")


def read_run(path: Path) -> dict[str, Any]:
    """run.json of a finished run whose artefacts are all as they were written. Raises InputError otherwise."""
    file = path / "run.json"
    try:
        run = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"'{path}' is not a finished run: it has no run.json") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None
    if not isinstance(run, dict) or run.get("schema") != SCHEMA or not isinstance(run.get("artefacts"), dict):
        raise InputError(f"{file}: not a document of schema {SCHEMA}")
    if run.get("status") != "done":
        raise InputError(f"'{path}' is not a finished run: its status is '{run.get('status')}'")
    for name, digest in run["artefacts"].items():
        artefact = path / name
        try:
            inside = artefact.resolve().is_relative_to(path.resolve())
            same = inside and artefact.is_file() and hashlib.sha256(artefact.read_bytes()).hexdigest() == digest
        except (OSError, RuntimeError, ValueError):  # links in a circle; a name that no file can have
            inside = same = False
        if not inside:
            raise InputError(f"{file}: the artefact '{name[:80]}' lies outside the run folder")
        if not same:
            raise InputError(f"{artefact}: changed or missing since the run was written; run it again")
    return run


def read_result(path: Path, name: str, kind: type[R]) -> R:
    """A result of a finished run, equal to the one that was written."""
    file = path / "results" / f"{name}.json"
    try:
        return kind.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"{file}: {error}") from None


def _versions() -> dict[str, str]:
    found = {}
    for package in _VERSIONED:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
