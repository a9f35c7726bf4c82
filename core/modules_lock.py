"""The lock file: which exact content of each module a vehicle was checked with."""

import json
from pathlib import Path
from typing import Any

from .documents import Document, Module
from .errors import InputError
from .findings import Finding, Severity
from .modules import Part

SCHEMA = "osea/lock/v1"
LOCK_FILE = "osea.lock"


def modules_of(document: Document, inside: str | None = None) -> list[Module]:
    """The document and every module in it that has a file of its own, each once; what is written inside another counts with it.

    inside: the file of what holds the document.
    """
    file = document.where().rsplit(":", 2)[0]
    found: list[Module] = [document] if isinstance(document, Module) and file != inside else []
    for name in type(document).model_fields:
        value = getattr(document, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Document):
                found += [m for m in modules_of(item, file) if not any(m is known for known in found)]
    return found


def lock_text(document: Module) -> str:
    """The lock of a document: every module in it by kind, name, version, content hash and its ports' hashes, as JSON lines."""
    rows = [
        {"schema": m.schema_, "name": m.name, "version": m.version, "sha256": m.content_hash(), "ports": _ports(m)}
        for m in _unique(document)
    ]
    lines = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return (
        f'{{"schema": "{SCHEMA}", "of": {json.dumps(document.name, ensure_ascii=False)}, "modules": [\n  {lines}\n]}}\n'
    )


def check_lock(document: Module, file: Path) -> tuple[Finding, ...]:
    """Every module against the lock: changed, new or gone is an ERROR, named with its file. Raises InputError for no lock."""
    locked, lines = _read(file)
    findings = []
    present = {(m.schema_, m.name): m for m in _unique(document)}
    for key, module in present.items():
        row = locked.get(key)
        if row is None:
            text = (
                f"'{module.name}' ({module.schema_}) is not in {file}; write the lock again if it was meant to come in"
            )
            findings.append(Finding(Severity.ERROR, "lock.new", module.where(), text))
        elif row["sha256"] != module.content_hash():
            versions = f"version {row['version']} then, {module.version} now"
            said, where = _changed_ports(module, row.get("ports"))
            text = (
                f"'{module.name}' ({module.schema_}) is not what {file}:{lines[key]} holds ({versions}{said}); take the locked "
                "one back, or check again and write the lock"
            )
            findings.append(Finding(Severity.ERROR, "lock.changed", where, text))
        else:
            findings.append(Finding(Severity.OK, "lock.same", module.where(), f"'{module.name}' is as locked"))
    for (schema, name), _ in locked.items():
        if (schema, name) not in present:
            text = f"'{name}' ({schema}) is locked and no longer used; write the lock again if it was meant to go"
            findings.append(Finding(Severity.ERROR, "lock.gone", f"{file}:{lines[schema, name]}:1", text))
    return tuple(findings)


def _ports(module: Module) -> dict[str, str] | None:
    """Content hash of each port by its name; None for a module that describes none."""
    ports = module.ports if isinstance(module, Part) else None
    return None if ports is None else {port.name: port.content_hash() for port in ports}


def _changed_ports(module: Module, locked: Any) -> tuple[str, str]:
    """Which ports are not as they were, in words, and where the first of them stands (the module, when none does)."""
    present = _ports(module)
    if present is None or not isinstance(locked, dict):
        return "", module.where()
    names = [name for name in (*present, *locked) if present.get(name) != locked.get(name)]
    names = list(dict.fromkeys(names))
    if not names:
        return "; its ports are as they were", module.where()
    index = next((i for i, name in enumerate(present) if name in names), None)
    where = module.where() if index is None else module.where(f"ports.{index}")
    return f"; changed: port{'s' * (len(names) > 1)} {', '.join(names)}", where


def _unique(document: Module) -> list[Module]:
    """Modules by kind and name; raises InputError when two differ and cannot be told apart."""
    found: dict[tuple[str, str], Module] = {}
    parts: list[Module] = []
    for module in modules_of(document):
        other = found.setdefault((module.schema_, module.name), module)
        if other is module:
            parts.append(module)
        elif other.content_hash() != module.content_hash():
            raise InputError(
                f"two modules of {module.schema_} are called '{module.name}' and differ; give each a name of its own",
                where=module.where(),
            )
    return parts


def _read(file: Path) -> tuple[dict[tuple[str, str], dict[str, Any]], dict[tuple[str, str], int]]:
    try:
        text = file.read_text(encoding="utf-8")
        data = json.loads(text)
        rows = {(row["schema"], row["name"]): row for row in data["modules"]}
        if data["schema"] != SCHEMA or not all(
            isinstance(row["sha256"], str) and "version" in row for row in rows.values()
        ):
            raise ValueError(f"not a document of {SCHEMA}")
    except FileNotFoundError:
        raise InputError(f"there is no lock file '{file}'; write it with 'osea modules lock'") from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{file}: not a lock file that can be read ({error}); write it again") from None
    lines = {}
    for number, line in enumerate(text.splitlines(), 1):
        for key in rows:
            if f'"schema": "{key[0]}"' in line and f'"name": {json.dumps(key[1], ensure_ascii=False)}' in line:
                lines.setdefault(key, number)
    return rows, {key: lines.get(key, 1) for key in rows}
