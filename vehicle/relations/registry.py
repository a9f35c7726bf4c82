"""All relations by kind and name, those of installed packages too, and what one says of a part."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from math import log
from pathlib import Path
from typing import Annotated

from ...core.documents import load_document
from ...core.errors import InputError
from ...core.findings import Finding, Severity
from ...core.results import Result, Unit
from .document import INPUTS, Relation, RelationFamily

ENTRY_POINTS = "osea_rocket.mass_relations"
"""Installed packages offer relations by this group: each entry point names a package whose YAML files hold families."""


@dataclass(frozen=True)
class Entry:
    """A relation and the family that it belongs to."""

    family: RelationFamily
    relation: Relation

    @property
    def name(self) -> str:
        """``family: name``."""
        return f"{self.family.name}: {self.relation.name}"


@dataclass(frozen=True, kw_only=True)
class MassEstimate(Result):
    """What one relation says. mass: with the technology factor; low, high: by its scatter; inside: all inputs lie within the
    source's data (False where it states no range, with an UNKNOWN finding)."""

    kind: str
    relation: str
    mass: Annotated[float, Unit("kg")]
    low: Annotated[float, Unit("kg")]
    high: Annotated[float, Unit("kg")]
    scatter: float
    scatter_from: str
    technology_factor: float
    inside: bool


@cache
def families() -> tuple[RelationFamily, ...]:
    """Every family: those that ship with the package, then those of installed packages."""
    folder = Path(__file__).parent / "data"
    found = [load_document(RelationFamily, path) for path in sorted(folder.glob("*.yaml"))]
    for point in entry_points(group=ENTRY_POINTS):
        for item in sorted(files(point.value).iterdir(), key=lambda p: p.name):
            if item.name.endswith((".yaml", ".yml")):
                found.append(load_document(RelationFamily, Path(str(item))))
    return tuple(found)


def relations(kind: str | None = None) -> tuple[Entry, ...]:
    """All relations, or those of one kind."""
    return tuple(Entry(f, r) for f in families() for r in f.relations if kind in (None, r.kind))


@cache
def find(kind: str, name: str) -> Entry:
    """By kind and ``family: name``. Raises InputError with the nearest names."""
    known = relations(kind)
    for entry in known:
        if name == entry.name:
            return entry
    names = [e.name for e in known]
    if not names:
        raise InputError(
            f"there are no relations for '{kind}'; kinds: {', '.join(sorted({e.relation.kind for e in relations()}))}"
        )
    near = difflib.get_close_matches(name[:100], names, 1)
    hint = f"; did you mean '{near[0]}'?" if near else f"; known: {'; '.join(names)}"
    raise InputError(f"there is no relation '{name}' for '{kind}'{hint}")


def estimate(
    entry: Entry, inputs: Mapping[str, float], *, technology_factor: float = 1.0, where: str = ""
) -> MassEstimate:
    """The mass by a relation; inputs in SI, by the names of `document.INPUTS`.

    Leaving the source's range is a WARN, a range that the source does not state UNKNOWN. Raises InputError for an input that
    is missing or not above zero, and for an answer that is no mass.
    """
    relation = entry.relation
    for name in relation.inputs:
        value = inputs.get(name.name)
        if value is None:
            raise InputError(f"'{entry.name}' needs {name.name} [{INPUTS[name.name]}]", where=where or None)
        if not value > 0.0:
            raise InputError(f"'{entry.name}': {name.name} is {value:g}, and must be above zero", where=where or None)
    mass = relation.mass(inputs) * technology_factor
    if not mass > 0.0:
        raise InputError(
            f"'{entry.name}' gives no mass here ({mass:.4g} kg); take another relation", where=where or None
        )
    findings = _range(entry, inputs, where)
    return MassEstimate(
        kind=relation.kind,
        relation=entry.name,
        mass=mass,
        low=mass * max(1.0 - relation.scatter, 0.0),
        high=mass * (1.0 + relation.scatter),
        scatter=relation.scatter,
        scatter_from=relation.scatter_from,
        technology_factor=technology_factor,
        inside=all(f.severity is Severity.OK for f in findings),
        sources=(f"{entry.family.citation}, {relation.place} [{entry.family.grade}]",),
        findings=tuple(findings),
    )


def _range(entry: Entry, inputs: Mapping[str, float], where: str) -> list[Finding]:
    found = []
    for i in entry.relation.inputs:
        told = inputs[i.name] / i.scale
        if i.lower is None or i.upper is None:
            text = f"{entry.name}: its source states no range of {i.name}; {told:.4g} {i.unit} may be outside"
            found.append(Finding(Severity.UNKNOWN, "mass_relation.range", where, text))
            continue
        inside = i.lower <= told <= i.upper
        text = f"{entry.name}: {i.name} {told:.4g} {i.unit}, range {i.lower:g} to {i.upper:g}"
        if not inside:
            text += "; extrapolated, its scatter no longer holds: take a relation whose range fits, or state the mass"
        margin = min(log(told / i.lower) if i.lower > 0 else log(1e6), log(i.upper / told))
        found.append(Finding(Severity.OK if inside else Severity.WARN, "mass_relation.range", where, text, margin))
    return found
