"""What `osea data import` does, apart from parsing the command line."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...core.errors import InputError
from ...core.wire import parse_json
from ..protocol.kinds import to_plain
from .csis import import_csis
from .gcat import import_gcat
from .launch_library import import_launch_library
from .source import Imported, Origin
from .spacex_api import import_spacex
from .telemetry import import_telemetry

Answer = tuple[dict[str, Any], str]
Files = dict[str, bytes]


def _json(files: Files, name: str) -> Any:
    return parse_json(files[name], name)


def _spacex(files: Files, origin: Origin) -> Imported:
    return import_spacex(_json(files, "launches.json"), _json(files, "payloads.json"), origin)


def _gcat(files: Files, origin: Origin) -> Imported:
    return import_gcat({n.removesuffix(".tsv"): data.decode("utf-8") for n, data in files.items()}, origin)


def _launch_library(files: Files, origin: Origin) -> Imported:
    data = parse_json(next(iter(files.values())), next(iter(files)))
    return import_launch_library(data["results"] if isinstance(data, dict) else data, origin)


def _csis(files: Files, origin: Origin) -> Imported:
    return import_csis(next(iter(files.values())).decode("utf-8-sig"), origin)


def _telemetry(files: Files, origin: Origin) -> Imported:
    flights: dict[str, dict[str, Any]] = {}
    for name in files:
        flight, _, file = name.rpartition("/")
        if flight:
            flights.setdefault(flight, {})[file.removesuffix(".json")] = _json(files, name)
    return import_telemetry(_json(files, "summary.json"), flights, origin)


# name: citation, files that are looked for in a folder (the first needed), importer
SOURCES: dict[str, tuple[str, tuple[str, ...], Callable[[Files, Origin], Imported]]] = {
    "spacex-api": ("r/SpaceX API v4, github.com/r-spacex/SpaceX-API", ("launches.json", "payloads.json"), _spacex),
    "gcat": (
        "J. McDowell, General Catalog of Artificial Space Objects, planet4589.org, CC-BY 4.0",
        ("launchlog.tsv", "lv.tsv", "sites.tsv", "orgs.tsv"),
        _gcat,
    ),
    "launch-library": ("The Space Devs, Launch Library 2.3.0", ("*.json",), _launch_library),
    "csis": (
        "T. G. Roberts, Space Launch to Low Earth Orbit: How Much Does It Cost?, CSIS 2022",
        ("csis-launch-costs.csv",),
        _csis,
    ),
    "telemetry": (
        "shahar603, Telemetry-Data, read off SpaceX broadcasts 2015 to 2019, Unlicense",
        ("summary.json", "*/analysed.json", "*/events.json", "*/stage1_raw.json"),
        _telemetry,
    ),
}


def run_import(source: str, path: Path, out: Path, retrieved: str) -> Answer:
    """Records of one source as one JSON-lines file a kind, and `import.json` that lists every field: mapped, kept, left out."""
    if source not in SOURCES:
        raise InputError(f"{source!r} is no source that can be imported; known are {', '.join(SOURCES)}")
    citation, names, importer = SOURCES[source]
    files = _read(path, names, source)
    whole = hashlib.sha256(b"".join(files[n] for n in sorted(files))).hexdigest()
    if out.exists() and any(out.iterdir()):
        raise InputError(f"'{out}' is not empty; name another folder, or empty it")
    try:
        found = importer(files, Origin(name=source, citation=citation, retrieved_at=retrieved, sha256=whole))
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise InputError(f"this is not what {source} gives: {type(error).__name__} {error}", where=str(path)) from None
    out.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    texts: dict[str, list[str]] = {}
    for record in found.records:
        plain = to_plain(record)
        kind = plain["schema"].split("/")[2]
        counts[kind] = counts.get(kind, 0) + 1
        texts.setdefault(kind, []).append(json.dumps(plain, ensure_ascii=False, allow_nan=False))
    for name, content in found.files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    for kind, lines in texts.items():
        (out / f"{kind}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = {
        "source": citation,
        "retrieved_at": retrieved,
        "sha256": whole,
        "records": counts,
        "fields_mapped": dict(sorted(found.mapped.items())),
        "fields_kept_in_extension": dict(sorted(found.kept.items())),
        "rows_left_out": [{"where": w, "why": y} for w, y in found.left_out],
        "defects": [{"rule": f.rule, "where": f.where, "message": f.message} for f in found.findings],
    }
    (out / "import.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    lines = [f"{n:7,} {kind}" for kind, n in counts.items()]
    lines += [f"{len(found.left_out):7,} rows left out, listed in {out / 'import.json'}"] if found.left_out else []
    lines += [f"WARN   {f.rule}  {f.where}: {f.message}" for f in found.findings]
    return {"status": "done", "folder": str(out), **report}, "\n".join(lines)


def _read(path: Path, names: tuple[str, ...], source: str) -> Files:
    if path.is_file():
        chosen = [path]
    else:
        chosen = [f for name in names for f in sorted(path.glob(name))]
        if not chosen or (names[0] not in ("*.json",) and not (path / names[0]).is_file()):
            raise InputError(f"'{path}' holds no {names[0]}, which {source} needs")
    try:
        root = path.parent if path.is_file() else path
        return {f.relative_to(root).as_posix(): f.read_bytes() for f in chosen}
    except OSError as error:
        raise InputError(f"cannot read '{error.filename}': {error.strerror}") from None
