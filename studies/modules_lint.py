"""`osea modules lint`: what is weak in a catalogue's data. Misses of published figures are listed; nothing is bent to pass."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.documents import Document, Module
from ..core.errors import ImpossibleError
from ..core.findings import Finding, Severity, by_gravity
from ..core.modules import Part
from ..core.modules_catalogue import Catalogue, Entry, catalogue, search_path
from ..vehicle.published import published_findings
from ..vehicle.vehicle import Vehicle
from . import documents  # noqa: F401  with it, every schema is known
from .provenance import documents_of, unsourced

_IDENTITY = ("version", "supplier", "licence", "maturity")


def run_lint(folders: Sequence[Path]) -> tuple[dict[str, Any], str]:
    """Every module of the catalogue looked through; the data's exit_code is 1 where a file cannot be read."""
    found = catalogue(search_path(folders, alone=True))
    findings = lint(found)
    order = (Severity.ERROR, Severity.WARN, Severity.UNKNOWN, Severity.OK)
    counts = {s: sum(f.severity is s for f in findings) for s in order}
    lines = [f"{f.severity:<8}{f.where}: {f.message}" for f in by_gravity(findings)]
    lines.append(f"{len(found.entries)} modules: " + ", ".join(f"{n} {s}" for s, n in counts.items()))
    data: dict[str, Any] = {
        "status": "done",
        "modules": len(found.entries),
        "counts": {str(s): n for s, n in counts.items()},
        "findings": [
            {"severity": str(f.severity), "rule": f.rule, "where": f.where, "message": f.message, "margin": f.margin}
            for f in findings
        ],
    }
    if counts[Severity.ERROR]:
        count = counts[Severity.ERROR]
        message = f"{count} file{'s' * (count > 1)} of the catalogue must be mended; see ERROR above"
        data |= {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": message}
    return data, "\n".join(lines)


def lint(found: Catalogue) -> tuple[Finding, ...]:
    """Unreadable files (ERROR), figures without a source and whole vehicles off their published figures (WARN), identities and
    ports left unsaid (UNKNOWN)."""
    findings = [Finding(Severity.ERROR, "catalogue.unreadable", "catalogue", problem) for problem in found.problems]
    for module in (entry.module for entry in found.entries):
        if isinstance(module, Part | Vehicle):
            findings += [f for m in _own(module) for f in unsourced_figures(m)]
            findings += _identity(module)
        if isinstance(module, Vehicle):
            findings += published_findings(module)
    findings += _twice(found)
    return tuple(dict.fromkeys(findings))


def _twice(found: Catalogue) -> list[Finding]:
    """A name and version in two files of one's own folders, or of what is installed: ERROR where they differ, WARN where not."""
    first: dict[tuple[str, str, bool], Entry] = {}
    findings = []
    for entry in found.entries:
        if entry.module.version is None or not isinstance(entry.module, Part | Vehicle):
            continue
        other = first.setdefault((entry.module.schema_, entry.key, entry.offered), entry)
        if other is entry:
            continue
        same = other.module.content_hash() == entry.module.content_hash()
        text = f"'{entry.key}' stands in {other.file} too, with {'the same' if same else 'other'} content; " + (
            "keep one of them" if same else "give one of them another name or version"
        )
        severity = Severity.WARN if same else Severity.ERROR
        findings.append(Finding(severity, "catalogue.twice", entry.module.where(), text))
    return findings


def _own(module: Module) -> list[Module]:
    """The module and those written in its own file: what has a file of its own is an entry of its own."""
    file = module.where().rsplit(":", 2)[0]
    return [m for m in documents_of(module) if m.where().rsplit(":", 2)[0] == file]


def unsourced_figures(module: Module) -> tuple[Finding, ...]:
    """WARN for numbers without a source: the module's own (as `osea check` says) and those in the sections of its ports."""
    file = module.where().rsplit(":", 2)[0]
    findings = [f for f in unsourced(module) if f.where.rsplit(":", 2)[0] == file]
    covered = {f for s in module.sources for f in s.fields}
    for i, port in enumerate(getattr(module, "ports", None) or ()):
        for name in ("mechanical", "separation", "fluid", "electrical", "data", "pyro", "thermal", "environment"):
            section, path = getattr(port, name), f"ports.{i}.{name}"
            if section is None or _is_covered(path, covered):
                continue
            bare = [f for f, value in section if f not in ("none", "name") and value is not None]
            bare = [f for f in bare if not _is_covered(f"{path}.{f}", covered)]
            if bare:
                text = (
                    f"'{module.name}': no source for {', '.join(bare)} of port '{port.name}', {name}; add one, or mark them "
                    "as an estimate"
                )
                findings.append(Finding(Severity.WARN, "document.no_source", section.where(), text))
    return tuple(findings)


def _is_covered(path: str, covered: set[str]) -> bool:
    return any(path == c or path.startswith(c + ".") for c in covered)


def _identity(module: Document) -> tuple[Finding, ...]:
    missing = [name for name in _IDENTITY if getattr(module, name) is None]
    if isinstance(module, Part) and module.ports is None:
        missing.append("ports")
    if not missing:
        return ()
    name = getattr(module, "name", "")
    text = f"'{name}' does not state its {', '.join(missing)}; state them"
    return (Finding(Severity.UNKNOWN, "catalogue.identity", module.where(), text),)
