"""Faults planted in the sound electrical interface, by a list of operators frozen before the rules: how many they find.

A fault is found when the document is refused for it, or when an answer that is not OK, and was not there before, names the part
that it is in, or what a changed reference named before or names now. Everything planted counts, faults that change nothing
included; the harmless direction (``counted: false``) is shown apart.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..avionics.electrical.check import answers
from ..avionics.electrical.document import Electrical, known_names, marks_of, parts_of
from ..avionics.electrical.harness import Wire
from ..avionics.electrical.index import Index
from ..avionics.electrical.rules import CHECKS, Said, rule_texts
from ..core.documents import Document, FieldError, load_document
from ..core.findings import Severity
from .comparison import Comparison
from .planting import GONE, Score, operators, other_words, rows, words_of

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "avionics" / "electrical.yaml"
LIST = "electrical_mutations.yaml"
_UNCOUNTED = ("decimal_slip_less", "decimal_slip_more")
_CHECKED_AT_LOADING = ("start", "end", "power", "name")
_NOT_REFERRED = ("wires", "loads", "pyro", "links", "chains", "buses", "umbilicals")

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutant:
    """One fault: the operator, the path of what is changed, what it becomes, and the names by which a finding may name it."""

    operator: str
    path: Path_
    value: Any
    names: tuple[str, ...]
    whole: bool  # the document's own checks of names are to be run again

    @property
    def name(self) -> str:
        return f"{'.'.join(map(str, self.path))} ({'/'.join(self.names)}): {self.operator}"

    @property
    def kind(self) -> tuple[str, ...]:
        """Operator and field without the places in lists."""
        return self.operator, *(p for p in self.path if isinstance(p, str))

    @property
    def part(self) -> str:
        """Path of the part that it is in."""
        steps = list(self.path)
        while steps and not isinstance(steps[-1], int):
            steps.pop()
        return ".".join(map(str, steps))


@cache
def sound() -> Electrical:
    """The clean example."""
    return load_document(Electrical, EXAMPLE)


def mutants(e: Electrical) -> Iterator[Mutant]:
    """Every fault of the list at every place that it fits, in the order of the document."""
    known = known_names(e)
    for text, item in parts_of(e):
        if text.startswith("sources."):  # the document's own
            continue
        path: Path_ = tuple(int(p) if p.isdigit() else p for p in text.split("."))
        names = _names(e, path, item)
        for operator, more, value in _in_part(e, item, path, known):
            last = next((p for p in reversed(more) if isinstance(p, str)), "")
            mark = dict(marks_of(type(item))).get(last)
            whole = last in _CHECKED_AT_LOADING or (mark is not None and mark.word == "name")
            about = _texts(getattr(item, last, None), value) if mark is not None and mark.word == "name" else ()
            yield Mutant(operator, (*path, *more), value, (*names, *about), whole)
        yield Mutant("part_dropped", path, GONE, (*names, *_named_by(item)), True)


def _names(e: Electrical, path: Path_, item: Document) -> tuple[str, ...]:
    """The part's own name, or what it is about, and the names of the parts around it."""
    found = []
    at: Any = e
    for step in path:
        at = at[step] if isinstance(step, int) else getattr(at, step)
        name = getattr(at, "name", None)
        if isinstance(name, str) and name:
            found.append(name)
    for field in ("signal", "equipment", "message", "slot", "source"):
        value = getattr(item, field, None)
        if not getattr(item, "name", None) and isinstance(value, str):
            found.append(value)
    return tuple(dict.fromkeys(found))


def _texts(*values: Any) -> tuple[str, ...]:
    """What a reference named before and names now."""
    return tuple(v for value in values for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, str))


def _named_by(item: Document) -> Iterator[str]:
    """What a part names: when it is gone, that is what misses it."""
    for part in (item, *(p for f in ("slots", "nodes", "pins", "crossings") for p in getattr(item, f, ()))):
        if isinstance(part, Wire):
            yield from (place.rpartition(".")[0] for place in (part.start, part.end))
        for field, mark in marks_of(type(part)):
            value = getattr(part, field)
            if mark.word == "name" and value:
                yield from value if isinstance(value, tuple) else (value,)


def _in_part(
    e: Electrical, item: Document, path: Path_, known: dict[str, list[str]]
) -> Iterator[tuple[str, Path_, Any]]:
    marks = dict(marks_of(type(item)))
    for field, info in type(item).model_fields.items():
        value, mark = getattr(item, field), marks.get(field)
        if field == "name":
            if path[0] not in _NOT_REFERRED and "hops" not in path and _referred(e, item.name, path):  # type: ignore[attr-defined]
                yield "part_renamed", ("name",), "mutant"
            continue
        if mark is None or mark.word == "info" or value is None:
            continue
        if not info.is_required() and value != info.default:
            yield "delete", (field,), GONE
        if isinstance(item, Wire) and field in ("start", "end"):
            yield from _ends(e, item, field, int(path[1]))
        elif mark.word == "name":
            yield from _references(field, value, known[mark.of])
        elif mark.word == "demand":
            yield from _demand(field, value, info.annotation)
        elif mark.word == "capability":
            yield from _capability(field, value)
        else:
            yield from _equal(field, value, info.annotation)


def _referred(e: Electrical, name: str, path: Path_) -> bool:
    """Whether anything names it: a connector of a box as ``box.connector``, anything else by its name."""
    if "connectors" in path and path[0] == "equipment":
        name = f"{e.equipment[int(path[1])].name}.{name}"
    return name in _all_references(e)


@cache
def _references_of(key: int) -> frozenset[str]:
    e = _by_id[key]
    found: set[str] = set()
    for _, item in parts_of(e):
        for field, mark in marks_of(type(item)):
            value = getattr(item, field)
            if mark.word == "name":
                found.update(value if isinstance(value, tuple) else (value,))
            elif isinstance(item, Wire) and field in ("start", "end"):
                found.update((value, value.rpartition(".")[0]))
    return frozenset(found)


_by_id: dict[int, Electrical] = {}


def _all_references(e: Electrical) -> frozenset[str]:
    _by_id[id(e)] = e
    return _references_of(id(e))


def _ends(e: Electrical, wire: Wire, field: str, i: int) -> Iterator[tuple[str, Path_, Any]]:
    place = getattr(wire, field)
    connector, dot, cavity = place.rpartition(".")
    if dot:
        following = str(int(cavity) + 1) if cavity.isdigit() else chr(ord(cavity) + 1)
        yield "other_cavity", (field,), f"{connector}.{following}"
    yield "other_end", (field,), getattr(e.wires[(i + 1) % len(e.wires)], field)


def _references(field: str, value: Any, known: list[str]) -> Iterator[tuple[str, Path_, Any]]:
    def following(name: str) -> str:
        return known[(known.index(name) + 1) % len(known)]

    if not isinstance(value, tuple):
        if following(value) != value:
            yield "other_reference", (field,), following(value)
        yield "unknown_reference", (field,), "mutant"
        return
    for i, name in enumerate(value):
        if following(name) != name:
            yield "other_reference", (field,), (*value[:i], following(name), *value[i + 1 :])
        yield "unknown_reference", (field,), (*value[:i], "mutant", *value[i + 1 :])
        yield "item_dropped", (field,), (*value[:i], *value[i + 1 :])


def _demand(field: str, value: Any, annotation: Any) -> Iterator[tuple[str, Path_, Any]]:
    words = words_of(annotation)
    if words:
        for word in words[words.index(value) + 1 :]:
            yield "word_demand", (field,), word
    elif isinstance(value, bool):
        if not value:
            yield "flag_demand", (field,), True
    elif isinstance(value, int):
        yield "integer_demand", (field,), value + 10
    elif isinstance(value, tuple):
        for i, x in enumerate(value):
            if x:
                yield "decimal_slip_demand", (field,), (*value[:i], x * 10, *value[i + 1 :])
                yield "decimal_slip_less", (field,), (*value[:i], x / 10, *value[i + 1 :])
    elif value:
        yield "decimal_slip_demand", (field,), value * 10
        yield "decimal_slip_less", (field,), value / 10


def _capability(field: str, value: Any) -> Iterator[tuple[str, Path_, Any]]:
    if isinstance(value, bool):
        if value:
            yield "flag_capability", (field,), False
    elif isinstance(value, int):
        yield "gauge_narrow", (field,), value + (12 if field == "thickest" else -12)
    elif value:
        yield "decimal_slip_capability", (field,), value / 10
        yield "decimal_slip_more", (field,), value * 10


def _equal(field: str, value: Any, annotation: Any) -> Iterator[tuple[str, Path_, Any]]:
    if words_of(annotation):
        for operator, word in other_words(value, annotation):
            yield operator, (field,), word
    elif isinstance(value, bool):
        yield "flag_turned", (field,), not value
    elif isinstance(value, int):
        yield "count_up", (field,), value + 1
    elif isinstance(value, float):
        if value:
            yield "decimal_slip_up", (field,), value * 10
            yield "decimal_slip_down", (field,), value / 10
    elif isinstance(value, str):
        yield "other_text", (field,), "mutant"
    elif isinstance(value, tuple) and value and isinstance(value[0], float) and "coupler" not in field:
        low, high = value
        shift = 2 * (high - low)
        if shift:
            yield "range_shift_up", (field,), (low + shift, high + shift)
            yield "range_shift_down", (field,), (low - shift, high - shift)
    elif isinstance(value, tuple):
        for i, x in enumerate(value):
            others = {int: ("count_up", (lambda v: v + 1)), str: ("item_renamed", (lambda v: "mutant"))}
            yield "item_dropped", (field,), (*value[:i], *value[i + 1 :])
            if type(x) in others:
                operator, turn = others[type(x)]
                yield operator, (field,), (*value[:i], turn(x), *value[i + 1 :])
            elif isinstance(x, float):
                for operator, factor in (("decimal_slip_up", 10.0), ("decimal_slip_down", 0.1)):
                    yield operator, (field,), (*value[:i], x * factor, *value[i + 1 :])


def spoilt(e: Electrical, mutant: Mutant) -> Electrical:
    """The document with the fault in it. Raises ValidationError or FieldError where it is refused."""
    changed = _changed(e, mutant.path, mutant.value)
    if mutant.whole:
        changed.check_names()
    return changed


def _changed(at: Any, path: Path_, value: Any) -> Any:
    step, *rest = path
    if isinstance(at, tuple):
        assert isinstance(step, int)
        if not rest:
            return (*at[:step], *at[step + 1 :])  # a part dropped
        return (*at[:step], _changed(at[step], tuple(rest), value), *at[step + 1 :])
    assert isinstance(step, str)
    if rest:
        return at.model_copy(update={step: _changed(getattr(at, step), tuple(rest), value)})
    fields = {name: getattr(at, name) for name in type(at).model_fields}
    if value is GONE:
        del fields[step]
    else:
        fields[step] = value
    return type(at).model_validate(fields)


def _tells(said: Said, mutant: Mutant) -> bool:
    """Whether an answer is about the part that the fault is in: by its place in the document, or by a name of it."""
    if said.severity is Severity.OK:
        return False
    return (
        said.path == mutant.part
        or said.path.startswith(f"{mutant.part}.")
        or any(name in said.text for name in mutant.names)
    )


def survivors(planted: Iterable[Mutant]) -> list[str]:
    """Names of the faults that are not found. The rule that found the last fault of a kind is asked first."""
    e, first, left = sound(), {}, []
    order = list(rule_texts())
    for mutant in planted:
        try:
            ix = Index(spoilt(e, mutant))
        except (ValidationError, FieldError):
            continue
        likely = first.get(mutant.kind)
        for rule in [*([likely] if likely else []), *(r for r in order if r != likely)]:
            if any(_tells(said, mutant) for said in CHECKS[rule](ix)):
                first[mutant.kind] = rule
                break
        else:
            left.append(mutant.name)
    return left


_IN_ANY_ORDER = (
    "contacts", "wire_types", "equipment", "connectors", "signals", "bundles", "cables", "splices", "wires", "umbilicals",
    "ground_points", "return_bonds", "supplies", "protections", "loads", "inhibits", "pyro", "buses", "links", "chains",
)  # fmt: skip


def benign(e: Electrical) -> Iterator[tuple[str, Electrical]]:
    """Edits that change nothing electrical: every description another text, every list whose order says nothing turned round,
    every wire renamed."""
    for text, item in parts_of(e):
        path: Path_ = tuple(int(p) if p.isdigit() else p for p in text.split("."))
        for field, mark in marks_of(type(item)):
            if mark.word == "info":
                yield f"{text}.{field}: another text", _changed(e, (*path, field), "another text")
    for field in _IN_ANY_ORDER:
        if len(getattr(e, field)) > 1:
            yield f"{field}: turned round", e.model_copy(update={field: getattr(e, field)[::-1]})
    for i in range(len(e.wires)):
        yield f"wires.{i}.name: another name", _changed(e, ("wires", i, "name"), f"sleeve-{i}")


def false_alarms(every: int = 1) -> tuple[str, ...]:
    """Everything that is not OK in the clean example, and in its benign variants (or each so many-th of them)."""
    alarms = [f"{rule}: {said.text}" for rule, said in answers(sound()) if said.severity is not Severity.OK]
    for name, variant in list(benign(sound()))[::every]:
        alarms += [f"{name}: {rule}: {s.text}" for rule, s in answers(variant) if s.severity is not Severity.OK]
    return tuple(alarms)


@dataclass(frozen=True)
class ElectricalScore:
    """score: of the faults that count; harmless: of the other direction, for information."""

    score: Score
    harmless: Score


def run(processes: int = 2, every: int = 1) -> ElectricalScore:
    """Plant every fault of the list in the clean example (or each so many-th), in so many processes."""
    listed = operators(LIST)
    planted = list(mutants(sound()))[::every]
    unknown = {m.operator for m in planted} - listed.names
    assert not unknown, unknown
    chunks = [planted[k::processes] for k in range(processes)]
    if processes == 1:
        left = set(survivors(planted))
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            left = {name for names in pool.map(survivors, chunks) for name in names}
    alarms = false_alarms(every)
    unused = tuple(sorted(listed.names - {m.operator for m in planted}))

    def scored(which: list[Mutant]) -> Score:
        missed = tuple(m.name for m in which if m.name in left)
        return Score(len(which), len(which) - len(missed), missed, alarms, unused)

    return ElectricalScore(
        scored([m for m in planted if m.operator not in _UNCOUNTED]),
        scored([m for m in planted if m.operator in _UNCOUNTED]),
    )


def comparisons() -> list[Comparison]:
    """Shares of planted faults that were missed and of false alarms, against our own bounds; survivors in the note."""
    found = run()
    kinds: dict[str, int] = {}
    for name in found.score.survivors:
        place, _, operator = name.partition(" ")
        field = ".".join(p for p in place.split(".") if not p.isdigit())
        kind = f"{field} {operator.rpartition(': ')[2]}"
        kinds[kind] = kinds.get(kind, 0) + 1
    note = f"{found.score.planted} faults by {len(operators(LIST).operators)} operators frozen beforehand, at every field; "
    note += "missed: "
    note += ", ".join(f"{kind} ({count})" for kind, count in sorted(kinds.items())) or "none"
    note += f". Of {found.harmless.planted} slips in the harmless direction {found.harmless.found} are told as well"
    what = (
        "faults planted in the electrical interface that the rules miss",
        "false alarms on the clean electrical interface",
    )
    return rows("Electrical interface", what, found.score, note)


__all__ = [
    "EXAMPLE",
    "LIST",
    "Mutant",
    "benign",
    "comparisons",
    "false_alarms",
    "mutants",
    "run",
    "sound",
    "spoilt",
    "survivors",
]
