"""What `osea modules` does, apart from parsing the command line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.documents import Module
from ..core.errors import ImpossibleError, InputError
from ..core.findings import Finding, Severity, by_gravity, worst
from ..core.modules import Part
from ..core.modules_catalogue import Catalogue, Entry, catalogue, search_path
from ..core.modules_compare import compare
from ..core.modules_lock import LOCK_FILE, check_lock, lock_text, modules_of
from .documents import load

Answer = tuple[dict[str, Any], str]


def run_list(folders: Sequence[Path], kind: str | None) -> Answer:
    """Every module of the folders, without them of all that is found, by kind. kind: ``stage`` for osea/stage/v1."""
    found = catalogue(search_path(folders, alone=True))
    entries = [e for e in found.entries if kind is None or e.module.schema_.split("/")[1] == kind]
    if kind is not None and not entries:
        kinds = ", ".join(sorted({e.module.schema_.split("/")[1] for e in found.entries})) or "none"
        raise InputError(f"no module of kind '{kind}' is in the catalogue; kinds there: {kinds}")
    names = max((len(e.module.name) for e in entries), default=0)
    suppliers = max((len(e.module.supplier or "-") for e in entries), default=0)
    lines, last = [], ""
    for entry in entries:
        if entry.module.schema_ != last:
            last = entry.module.schema_
            lines.append(last)
        m = entry.module
        ports = len(m.ports) if isinstance(m, Part) and m.ports is not None else None
        said = (
            f"{ports} port{'s' * (ports != 1)}" if ports is not None else "ports unknown" if isinstance(m, Part) else ""
        )
        lines.append(
            f"  {m.name:<{names}}  {m.version or '-':<8}  {m.supplier or '-':<{suppliers}}  {said:<13}  {entry.file}"
        )
    lines += [f"cannot be read: {problem}" for problem in found.problems]
    data = {"status": "done", "modules": [_row(e) for e in entries], "problems": list(found.problems)}
    return data, "\n".join(lines) or "no module found"


def run_show(name: str, folders: Sequence[Path]) -> Answer:
    """One module: its identity, its ports, where its figures come from."""
    entry = _catalogue(folders, name).find(name)
    m = entry.module
    lines = [f"{m.name}  {m.schema_}", f"  file      {entry.file}"]
    for field in ("version", "supplier", "licence", "maturity"):
        lines.append(f"  {field:<10}{getattr(m, field) or 'not stated'}")
    lines.append(f"  content   {m.content_hash()}")
    for port in (m.ports or ()) if isinstance(m, Part) else ():
        standard = f"{port.standard.name} {port.standard.version}" if port.standard else "no standard stated"
        lines.append(f"  port      {port.name}: {port.kind}, {port.role}, {standard}")
    if isinstance(m, Part) and m.ports is None:
        lines.append("  port      none described")
    for source in m.sources:
        lines.append(f"  {source.grade:<10}{', '.join(source.fields)}: {source.citation}")
    return {"status": "done", **_row(entry), "document": m.to_plain()}, "\n".join(lines)


def run_compare(old: str, new: str, folders: Sequence[Path]) -> Answer:
    """Two versions: every difference with its kind, and the next version. exit_code 1 when the stated one says too little."""
    known = _catalogue(folders, old, new)
    before, after = known.find(old).module, known.find(new).module
    result = compare(before, after)
    lines = [
        f"{before.name} {before.version or '(no version)'} -> {after.name} {after.version or '(no version)'}: {result.change}"
    ]
    order = ("breaking", "additive", "editorial")
    for d in sorted(result.differences, key=lambda d: order.index(d.change)):
        lines.append(f"  {d.change:<10}{d.path}: {d.text}")
    lines.append(f"{result.finding.severity:<8}{result.finding.message}")
    data: dict[str, Any] = {
        "status": "done",
        "change": result.change,
        "proposed_version": result.proposed,
        "differences": [{"path": d.path, "change": d.change, "text": d.text} for d in result.differences],
        "finding": _plain(result.finding),
    }
    if result.finding.severity is Severity.ERROR:
        data |= {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": result.finding.message}
    return data, "\n".join(lines)


def run_lock(file: Path, lock: Path | None, check: bool) -> Answer:
    """Write the lock of a document beside it, or hold the document against the one that is there."""
    document = load(file)
    lock = lock or file.parent / LOCK_FILE
    if not check:
        lock.write_text(lock_text(document), encoding="utf-8")
        return {"status": "done", "lock": str(lock)}, f"{lock}: {len(modules_of(document))} modules locked"
    findings = check_lock(document, lock)
    data: dict[str, Any] = {"status": "done", "lock": str(lock), "findings": [_plain(f) for f in findings]}
    wrong = [f for f in findings if f.severity is Severity.ERROR]
    if worst(findings) is Severity.ERROR:
        message = f"{file}: {len(wrong)} of {len(findings)} modules are not as {lock} holds them"
        data |= {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": message}
    shown = wrong or findings
    return data, "\n".join(f"{f.severity:<8}{f.where}: {f.message}" for f in by_gravity(shown))


def run_where_used(name: str, folders: Sequence[Path]) -> Answer:
    """The modules that hold a module, directly or through another."""
    known = _catalogue(folders, name)
    entry = known.find(name)
    digest = entry.module.content_hash()
    users = [e for e in known.entries if e.module.content_hash() != digest and digest in _digests(e.module)]
    names = max((len(e.module.name) for e in users), default=0)
    kinds = max((len(e.module.schema_) for e in users), default=0)
    text = "\n".join(f"{e.module.name:<{names}}  {e.module.schema_:<{kinds}}  {e.file}" for e in users)
    data = {"status": "done", "module": _row(entry), "used_by": [_row(e) for e in users]}
    return data, text or f"'{entry.key}' is used by no module of the catalogue"


def _catalogue(folders: Sequence[Path], *names: str) -> Catalogue:
    """The catalogue; files named on the command line need none."""
    if not folders and all(Path(n).suffix in (".yaml", ".yml") for n in names) and len(names) > 1:
        return Catalogue(())
    return catalogue(search_path(folders))


def _digests(module: Module) -> set[str]:
    return {m.content_hash() for m in modules_of(module)}


def _row(entry: Entry) -> dict[str, Any]:
    m = entry.module
    return {
        "schema": m.schema_,
        "name": m.name,
        "version": m.version,
        "supplier": m.supplier,
        "licence": m.licence,
        "maturity": m.maturity,
        "file": str(entry.file),
        "content_hash": m.content_hash(),
    }


def _plain(f: Finding) -> dict[str, Any]:
    return {"severity": str(f.severity), "rule": f.rule, "where": f.where, "message": f.message, "margin": f.margin}
