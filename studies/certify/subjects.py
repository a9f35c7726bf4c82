"""What a path or an address is, and which suites look at it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ...certification.bench import bench_examiner
from ...certification.bench_flights import is_bench_run
from ...certification.codec import codec_examiner
from ...certification.judging import Examiner
from ...certification.launch_data import package_examiner, server_examiner
from ...certification.messages import message_examiner
from ...certification.reuse import reuse_examiner
from ...core.documents import DocumentError, Module
from ...core.errors import InputError
from ...core.signing import PublicKey
from ...launch_data.packaging.package import MANIFEST
from ...propulsion.engine import Engine
from ...recovery.reuse.log import SUFFIX
from ...trajectory.ground import LandingSite
from ...vehicle.vehicle import Vehicle
from ..check_assembly import read_loads
from ..documents import MessageSet, Study, load
from .documents import DocumentSubject
from .modules import EngineSubject, SiteSubject, engine_examiner, module_examiner, site_examiner
from .vehicle import VehicleSubject, vehicle_examiner

MODULES = {  # the kinds of OSEA-M-002 that have no suite of their own
    f"osea/{kind}/v1"
    for kind in (
        "thrust-curve", "solid-motor",
        "tank", "thrust-structure", "stage", "interstage", "fairing", "payload-adapter", "dispenser",
        "payload", "avionics-unit", "battery", "harness-segment", "landing-legs", "fins", "reaction-control", "parachute",
        "umbilical", "launch-pad",
    )
}  # fmt: skip
LARGEST_FOLDER = 5000  # files: a folder that is searched through


@dataclass(frozen=True)
class Wishes:
    """keys: that are trusted for packages; token: for a server; loads: a design run; codec: the command of one to try."""

    keys: dict[str, PublicKey] = field(default_factory=dict)
    token: str | None = None
    loads: Path | None = None
    codec: str | None = None


@dataclass
class Subjects:
    """What there is to look at: (name, examiner), the files that are certified, and those that no suite looks at."""

    name: str
    kind: str
    examiners: list[tuple[str, Examiner]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    not_covered: list[str] = field(default_factory=list)


def subjects_of(place: str, wishes: Wishes) -> Subjects:
    """Raises InputError for what is nothing that a suite looks at."""
    if urlsplit(place).scheme in ("http", "https"):
        found = Subjects(place, "launch-data server")
        found.examiners.append((place, server_examiner(place, wishes.token)))
        return found
    path = Path(place)
    if path.is_dir():
        found = _folder(path, wishes)
    elif path.is_file():
        found = Subjects(path.name, "file")
        root = path.parent
        if not _file(found, path, root, wishes):
            raise InputError(f"no suite looks at '{path}'; there are suites for vehicles, studies, modules, engines, landing "
                             f"sites, message sets, logs of reuse ({SUFFIX}), packages, servers and benches' runs")  # fmt: skip
    else:
        raise InputError(f"there is no '{path}'")
    if not found.examiners:
        raise InputError(f"'{path}' holds nothing that a suite looks at")
    return found


def _folder(path: Path, wishes: Wishes) -> Subjects:
    found = Subjects(path.resolve().name, "folder")
    if (path / MANIFEST).is_file():
        _package(found, path, path, wishes)
        return found
    if is_bench_run(path):
        _runs(found, [path], path)
        return found
    files = sorted(f for f in path.rglob("*") if f.is_file() and not _hidden(f.relative_to(path)))
    if len(files) > LARGEST_FOLDER:
        raise InputError(f"'{path}' holds {len(files)} files; name a smaller folder")
    inside: set[Path] = set()
    runs = [f.parent for f in files if f.name == "run.json"]
    benches = [r for r in runs if is_bench_run(r)]
    if benches:
        _runs(found, benches, path)
    for folder in [f.parent for f in files if f.name == MANIFEST]:
        if not any(r in folder.parents for r in runs):
            _package(found, folder, path, wishes)
            inside.add(folder)
    rest = [f for f in files if not any(folder in f.parents for folder in (*inside, *runs))]
    certified = _certified_by_studies(rest)
    for file in rest:
        if file not in certified and not _file(found, file, path, wishes):
            found.not_covered.append(file.relative_to(path).as_posix())
    found.not_covered += [
        f.relative_to(path).as_posix() for f in files if any(r in f.parents for r in runs if r not in benches)
    ]
    return found


def _hidden(relative: Path) -> bool:
    return any(part.startswith((".", "__")) for part in relative.parts)


def _certified_by_studies(files: Iterable[Path]) -> set[Path]:
    """Vehicles' files that a study among the files holds: they are looked at once, as the study's."""
    held: set[Path] = set()
    for file in files:
        if file.suffix in (".yaml", ".yml"):
            try:
                document = load(file)
            except InputError:
                continue
            if isinstance(document, Study):
                held.add(Path(document.vehicle.where().rsplit(":", 2)[0]))
    return held


def _file(found: Subjects, file: Path, root: Path, wishes: Wishes) -> bool:
    """Add a file with the suites that look at it; False when none does."""
    name = file.relative_to(root).as_posix()
    if file.suffix == SUFFIX:
        found.examiners.append((name, reuse_examiner(file)))
        found.files[name] = _sha256(file.read_bytes())
        return True
    if file.suffix not in (".yaml", ".yml"):
        return False
    tidy = _tidy(root)
    document: Module | None
    try:
        document = load(file)
        schema = document.schema_
        files = document.input_files()
    except DocumentError:
        document, schema, files = None, _schema_line(file), {}
    except InputError:
        return False
    made = list(_examiners(file, name, document, schema, tidy, wishes))
    if not made:
        return False
    found.examiners += made
    if document is not None and found.kind == "file":
        found.name = document.name
    for path, octets in (files or {file: file.read_bytes()}).items():
        found.files[_relative(path, root)] = _sha256(octets)
    return True


def _examiners(
    file: Path, name: str, document: Module | None, schema: str, tidy: Callable[[str], str], wishes: Wishes
) -> Iterable[tuple[str, Examiner]]:
    if isinstance(document, Study) and document.size is not None:
        return  # what is still to be sized is no vehicle yet
    if schema in (Study.schema_id, Vehicle.schema_id):
        loads = read_loads(wishes.loads) if wishes.loads else None
        yield name, vehicle_examiner(VehicleSubject(file, "vehicle", loads=loads), tidy)
    elif schema == LandingSite.schema_id:
        yield name, site_examiner(SiteSubject(file), tidy)
    elif schema == MessageSet.schema_id:
        yield name, message_examiner(file, tidy)
        if wishes.codec and isinstance(document, MessageSet):
            yield f"{wishes.codec}, {name}", codec_examiner(wishes.codec, document)
    elif schema == Engine.schema_id:
        yield name, engine_examiner(EngineSubject(file), tidy)
        yield name, module_examiner(DocumentSubject(file), tidy)
    elif schema in MODULES:
        yield name, module_examiner(DocumentSubject(file), tidy)


def _package(found: Subjects, folder: Path, root: Path, wishes: Wishes) -> None:
    name = folder.relative_to(root).as_posix() if folder != root else root.resolve().name
    found.examiners.append((name, package_examiner(folder, wishes.keys)))
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        found.files[file.relative_to(root).as_posix()] = _sha256(file.read_bytes())


def _runs(found: Subjects, runs: list[Path], root: Path) -> None:
    name = root.resolve().name
    found.examiners.append((name, bench_examiner(runs)))
    for run in runs:
        file = run / "run.json"  # holds the SHA-256 of all else
        found.files[_relative(file.resolve(), root)] = _sha256(file.read_bytes())


def _schema_line(file: Path) -> str:
    """The schema that a file which cannot be read says that it has."""
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("schema:"):
            return line.removeprefix("schema:").strip()
    return ""


def _relative(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:  # beside the folder: as it is reached from there
        import os

        return Path(os.path.relpath(path.resolve(), root.resolve())).as_posix()


def _tidy(root: Path) -> Callable[[str], str]:
    """Evidence without the folder that the subject happens to stand in."""
    prefixes = [f"{p}/" for p in (str(root), str(root.resolve())) if p not in (".", "/")]

    def tidy(text: str) -> str:
        for prefix in prefixes:
            text = text.replace(prefix, "")
        return text

    return tidy


def _sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
