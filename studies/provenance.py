"""Where a document's figures come from: what has no source, what rests on memory."""

from ..core.documents import Document, Module
from ..core.findings import Finding, Severity


def documents_of(document: Document) -> list[Module]:
    """The document and every module that it holds, each once."""
    found: list[Module] = [document] if isinstance(document, Module) else []
    for name in type(document).model_fields:
        value = getattr(document, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Document):
                found += [m for m in documents_of(item) if m not in found]
    return found


def unsourced(document: Document) -> tuple[Finding, ...]:
    """One WARN for each module whose numbers have no source, naming the fields."""
    findings = []
    for module in documents_of(document):
        covered = {f.split(".")[0] for s in module.sources for f in s.fields}
        bare = [
            name
            for name, info in type(module).model_fields.items()
            if name not in covered and name in module.model_fields_set and isinstance(getattr(module, name), float)
        ]
        if bare:
            findings.append(
                Finding(
                    Severity.WARN,
                    "document.no_source",
                    module.where(bare[0]),
                    f"'{module.name}': no source for {', '.join(bare)}; add one, or mark them as an estimate",
                )
            )
    return tuple(findings)


def recalled(document: Document) -> tuple[Finding, ...]:
    """One WARN for each module that rests on figures from memory, naming the fields: results that use them inherit the doubt."""
    findings = []
    for module in documents_of(document):
        fields = [f for s in module.sources if s.grade == "recalled" for f in s.fields]
        fields += [f"losses.{loss.name}" for loss in getattr(module, "losses", ()) if loss.grade == "recalled"]
        if fields:
            findings.append(
                Finding(
                    Severity.WARN,
                    "document.recalled",
                    module.where(),
                    f"'{module.name}': {', '.join(fields)} recalled from memory; what is computed from them is no validation "
                    "until they are looked up",
                )
            )
    return tuple(findings)
