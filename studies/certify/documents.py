"""A definition file as the subject of a suite, and the programs that every kind of document shares."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ...certification.judging import Program, Seen, Verdict, listed
from ...certification.suites import Requirement
from ...core import strict_yaml
from ...core.documents import DocumentError, Module, load_any
from ...core.errors import UndecidedError
from ...core.findings import Finding
from ...core.modules import Part
from ...core.modules_lock import modules_of
from ...core.ports.port import SECTIONS
from ..documents import load
from ..modules_lint import unsourced_figures
from ..provenance import documents_of, recalled

IDENTITY = ("version", "supplier", "licence", "maturity")


@dataclass(frozen=True)
class DocumentSubject:
    """A file that should be a document. part: of it, that is looked at where it is not the whole (a study's vehicle)."""

    path: Path
    part: str = ""
    given: Module | None = field(default=None, compare=False)

    @cached_property
    def read(self) -> Module | DocumentError:
        """The document, or what is wrong with its file."""
        if self.given is not None:
            return self.given
        try:
            whole = load(self.path)
        except DocumentError as error:
            return error
        return getattr(whole, self.part) if self.part and self.part in type(whole).model_fields else whole

    @property
    def document(self) -> Module:
        """The document. Raises UndecidedError where its file cannot be read: then nothing else is known of it."""
        if isinstance(self.read, DocumentError):
            raise UndecidedError("not looked at: the document cannot be read")
        return self.read


def read(subject: DocumentSubject, _: Requirement) -> Seen:
    """Every file is read strictly."""
    found = subject.read
    if isinstance(found, DocumentError):
        return listed([str(p) for p in found.problems], "")
    files = found.input_files()
    return Verdict.HOLDS, f"{found.schema_}, {max(len(files), 1)} files, content {found.content_hash()[:16]}"


def stated(subject: DocumentSubject, one: Requirement) -> Seen:
    """The fields that the requirement names are not left out."""
    document = subject.document
    gone = [name for name in one.fields if getattr(document, name, None) in (None, "")]
    if not gone:
        return Verdict.HOLDS, f"{', '.join(one.fields)} stated"
    verdict = Verdict.FAILS if one.missing == "fails" else Verdict.UNKNOWN
    return verdict, f"'{document.name}' does not state {', '.join(gone)}"


def identities(subject: DocumentSubject, one: Requirement) -> Seen:
    """Every module with a file of its own says what it is, by whom, and how mature."""
    modules = [m for m in modules_of(subject.document) if isinstance(m, Part) or m is subject.document]
    problems = []
    for module in modules:
        gone = [name for name in IDENTITY if getattr(module, name) is None]
        if gone:
            problems.append(f"'{module.name}' does not state {', '.join(gone)}")
    return listed(problems, f"{len(modules)} modules")


def content_hash(subject: DocumentSubject, one: Requirement) -> Seen:
    """The resolved document, written out and read again, is the same content."""
    import tempfile

    document = subject.document
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "resolved.yaml"
        file.write_text(strict_yaml.dump(document.to_plain()), encoding="utf-8")
        again = load_any(file).content_hash()
    if again != document.content_hash():
        return Verdict.FAILS, f"{document.content_hash()[:16]} becomes {again[:16]}"
    return Verdict.HOLDS, document.content_hash()


def ports(subject: DocumentSubject, one: Requirement) -> Seen:
    """It says where it meets others."""
    found = getattr(subject.document, "ports", None)
    if found is None:
        return Verdict.FAILS, f"'{subject.document.name}' describes no ports"
    if not found:
        return Verdict.FAILS, f"'{subject.document.name}' has no port: it meets nothing"
    return Verdict.HOLDS, ", ".join(f"{p.name} ({p.kind}, {p.role})" for p in found)


def port_standards(subject: DocumentSubject, one: Requirement) -> Seen:
    """Every port follows a named standard."""
    found = _ports(subject)
    problems = [f"port '{p.name}' names no standard" for p in found if p.standard is None]
    return listed(problems, ", ".join(sorted({f"{p.standard.name} {p.standard.version}" for p in found if p.standard})))


def sections(subject: DocumentSubject, one: Requirement) -> Seen:
    """Of each section something is said."""
    silent = [
        f"{p.name}.{name}" for p in _ports(subject) for name in SECTIONS if name not in p.none and not getattr(p, name)
    ]
    if silent:
        return Verdict.UNKNOWN, f"nothing is said of {', '.join(silent[:8])}{', …' if len(silent) > 8 else ''}"
    return Verdict.HOLDS, f"{len(SECTIONS)} sections of {len(_ports(subject))} ports"


def sources(subject: DocumentSubject, one: Requirement) -> Seen:
    """Every figure has a source."""
    found = list(source_findings(subject.document))
    return listed([f.message for f in found], f"{len(documents_of(subject.document))} documents")


def not_recalled(subject: DocumentSubject, one: Requirement) -> Seen:
    """No figure is from memory."""
    return listed([f.message for f in recalled(subject.document)], f"{len(documents_of(subject.document))} documents")


def evidence_any(subject: DocumentSubject, one: Requirement) -> Seen:
    """Something stands behind the figures."""
    found = subject.document.evidence or ()
    if not found:
        return Verdict.FAILS, f"'{subject.document.name}' names no evidence"
    return Verdict.HOLDS, "; ".join(f"{e.kind}: {e.document}" for e in found)


def evidence(subject: DocumentSubject, one: Requirement) -> Seen:
    """A test or a flight stands behind the figures of every module with a file of its own."""
    modules = [m for m in modules_of(subject.document) if isinstance(m, Part)]
    bare = [m for m in modules if not any(e.kind in ("test", "flight") for e in m.evidence or ())]
    problems = [f"'{m.name}' names no test and no flight" for m in bare]
    return listed(problems, f"{len(modules)} modules name a test or a flight")


def qualified(subject: DocumentSubject, one: Requirement) -> Seen:
    """It is past its qualification."""
    maturity = subject.document.maturity
    ok = maturity in ("qualified", "flown")
    return (Verdict.HOLDS if ok else Verdict.FAILS), f"maturity: {maturity or 'not stated'}"


def source_findings(document: Module) -> Iterator[Finding]:
    """WARN for each figure without a source, in the document and in all that it holds."""
    yield from dict.fromkeys(f for m in documents_of(document) for f in unsourced_figures(m))


def _ports(subject: DocumentSubject) -> tuple:
    found = getattr(subject.document, "ports", None)
    if not found:
        raise UndecidedError("not looked at: it describes no ports")
    return found


PROGRAMS: dict[str, Program] = {
    "read": read,
    "stated": stated,
    "identities": identities,
    "content_hash": content_hash,
    "ports": ports,
    "port_standards": port_standards,
    "sections": sections,
    "sources": sources,
    "not_recalled": not_recalled,
    "evidence_any": evidence_any,
    "evidence": evidence,
    "qualified": qualified,
}
