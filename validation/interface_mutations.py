"""Faults planted in sound joints, by a list of operators frozen beforehand: how many the matching rules find, and where.

A fault is found when a finding that is not OK, and was not there before, names the mutated field, or when the document itself
is refused at that field. Everything planted counts; those that still fit (a range that was moved and still covers) count as
not found.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import ValidationError

from ..core.documents import Document, Module, load_document
from ..core.findings import Finding, Severity
from ..core.modules_catalogue import catalogue, own_catalogue
from ..core.ports.curves import Curve, RoomProfile, Sound
from ..core.ports.exchange import Exchange
from ..core.ports.match import End, match_ports
from ..core.ports.port import SECTIONS, Port, PortKind, SectionName
from ..core.ports.rules import CONJUGATES, Rule
from ..core.ports.sections import ByName, Info, Sides
from ..core.versions import Version
from ..studies.check_joints import check_joints, parts_of
from ..vehicle.vehicle import Vehicle
from .comparison import Comparison
from .planting import DATA, GONE, Score, operators, other_words, rows, with_put, words_of


class Kind(Document):
    """A kind of port and the sections of which nothing crosses it."""

    kind: PortKind
    roles: tuple[Literal["lower", "upper", "provider", "user"], ...] = ("lower", "upper")
    none: tuple[SectionName, ...] = ()


class SoundJoints(Module, schema="osea/sound-joints/v1"):
    """Two complete ports that fit, and the kinds of joint to make of them."""

    kinds: tuple[Kind, ...]
    lower: Port
    upper: Port


@dataclass(frozen=True)
class Mutant:
    """A joint with one fault: which operator, in which port (lower or upper), at which field; both ports as plain values, which
    mutants of one joint share where nothing was changed."""

    operator: str
    side: str
    field: str
    lower: dict[str, Any]
    upper: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.lower['kind']} {self.side} {self.field}: {self.operator}"


def sound_joints() -> list[tuple[Port, Port]]:
    """One sound joint of every kind in the data."""
    data = load_document(SoundJoints, DATA / "sound_joints.yaml")
    joints = []
    for kind in data.kinds:
        off = dict.fromkeys(kind.none)
        standard = {"name": f"osea-{kind.kind}", "version": "1.2.0"}
        lower, upper = (
            port.evolve(kind=kind.kind, role=role, none=kind.none, standard=standard, **off)
            for port, role in ((data.lower, kind.roles[0]), (data.upper, kind.roles[1]))
        )
        joints.append((lower, upper))
    return joints


def run() -> Score:
    """Plant every fault of the list in every sound joint."""
    names = operators("interface_mutations.yaml").names
    survivors, false, used, planted = [], [], set(), 0
    for lower, upper in sound_joints():
        before = match_ports(End("lower", lower), End("upper", upper))
        false += [f.message for f in before if f.severity is Severity.ERROR]
        for mutant in mutants(lower, upper):
            assert mutant.operator in names
            used.add(mutant.operator)
            planted += 1
            if not found(mutant, before):
                survivors.append(mutant.name)
    return Score(planted, planted - len(survivors), tuple(survivors), tuple(false), tuple(sorted(names - used)))


def run_on(vehicles: Iterable[Vehicle]) -> Score:
    """Plant the same list in the joints of whole vehicles, in the fields that the check called OK; false errors of all joints.

    A field that is not OK before (nobody stated it) can hide nothing: the check says already that it does not vouch for it.
    """
    names = {o.name for o in operators("interface_mutations.yaml").operators}
    survivors, false, used, planted = [], [], set(), 0
    for vehicle in vehicles:
        ports = {f"{part.name}.{port.name}": port for part in parts_of(vehicle) for port in part.ports or ()}
        for joint in check_joints(vehicle):
            false += [f"{vehicle.name}: {f.message}" for f in joint.findings if f.severity is Severity.ERROR]
            if not joint.matched:
                continue
            lower, upper = ports[joint.lower], ports[joint.upper]
            before = match_ports(End("lower", lower), End("upper", upper))
            fine = [f.rule.removeprefix("port.").rpartition(".")[0] for f in before if f.severity is Severity.OK]
            for mutant in mutants(lower, upper):
                if not any(_same_field(field, mutant.field) for field in fine):
                    continue
                used.add(mutant.operator)
                planted += 1
                if not found(mutant, before):
                    survivors.append(f"{vehicle.name}: {mutant.name}")
    return Score(planted, planted - len(survivors), tuple(survivors), tuple(false), tuple(sorted(names - used)))


def clean_vehicles() -> list[Vehicle]:
    """The whole vehicles of the catalogue: real products, assembled from their modules' files."""
    found = catalogue([own_catalogue()]).entries
    return [entry.module for entry in found if isinstance(entry.module, Vehicle)]


def comparisons() -> list[Comparison]:
    """Shares of planted faults that were missed and of false alarms, against our own bounds; survivors in the note."""
    score, vehicles = run(), clean_vehicles()
    whole = run_on(vehicles)
    where = {name.split(" ", 2)[2] for name in score.survivors}
    count = len(operators("interface_mutations.yaml").operators)
    note = f"{score.planted} faults by {count} operators frozen beforehand, in {len(sound_joints())} sound joints; "
    note += f"missed: {', '.join(sorted(where))}" if where else "none missed"
    named = f"{whole.planted} faults in {len(vehicles)} vehicles, in fields that the check had called OK; "
    named += f"missed: {', '.join(whole.survivors[:4])}" if whole.survivors else "none missed"
    return [
        *rows(
            "Interfaces", ("faults planted in ports that the rules miss", "false errors in sound joints"), score, note
        ),
        *rows(
            "Interfaces",
            (
                "faults planted in the catalogue's vehicles that the rules miss",
                "false errors in the catalogue's vehicles",
            ),
            whole,
            named,
        ),
    ]


def found(mutant: Mutant, before: tuple[Finding, ...]) -> bool:
    """True when the fault is named at its field, by the reader or by the rules."""
    try:
        lower, upper = Port.model_validate(mutant.lower), Port.model_validate(mutant.upper)
    except ValidationError as error:
        places = [".".join(str(p) for p in e["loc"]) + str(e.get("ctx", {}).get("error", "")) for e in error.errors()]
        return any(mutant.field.split(".")[0] in place for place in places)
    fine = {f.rule for f in before if f.severity is not Severity.OK}
    for f in match_ports(End("lower", lower), End("upper", upper)):
        field = f.rule.removeprefix("port.").rpartition(".")[0]
        if f.severity is not Severity.OK and f.rule not in fine and _same_field(field, mutant.field):
            return True
    return False


def _same_field(named: str, mutated: str) -> bool:
    """A finding names the field itself, or the part or section that it stands in."""
    return mutated == named or mutated.startswith(named + ".") or named.startswith(mutated + ".")


def mutants(lower: Port, upper: Port) -> Iterator[Mutant]:
    """Every fault of the list that fits some place of the two ports."""
    plain = lower.model_dump(exclude_none=True), upper.model_dump(exclude_none=True)
    for side, port, partner in ((0, lower, upper), (1, upper, lower)):
        for operator, path, value, field in _faults(port, partner):
            if operator == "deny_section":  # the section leaves as it is denied: both together the reader refuses
                spoilt = {k: v for k, v in plain[side].items() if k != value}
                spoilt["none"] = (*spoilt.get("none", ()), value)
            else:
                spoilt = with_put(plain[side], path, value)
            data = (spoilt, plain[1]) if side == 0 else (plain[0], spoilt)
            yield Mutant(operator, ("lower", "upper")[side], field, *data)


Fault = tuple[str, tuple[Any, ...], Any, str]


def _faults(port: Port, partner: Port) -> Iterator[Fault]:
    if port.standard is not None:
        yield "other_standard", ("standard", "name"), "mutant", "standard.name"
        yield "major_version", ("standard", "version"), _next_major(port.standard.version), "standard.version"
    yield "same_role", ("role",), partner.role, "role"
    for kind in get_args(PortKind):
        if kind != port.kind:
            yield "other_kind", ("kind",), kind, "kind"
    for name in SECTIONS:
        section = getattr(port, name)
        if section is None:
            continue
        yield "delete_section", (name,), GONE, name
        yield "deny_section", (), name, name
        yield from _in_document(section, getattr(partner, name), (name,), name)


def _in_document(one: Document, other: Document | None, path: tuple[Any, ...], field: str) -> Iterator[Fault]:
    for name, info in type(one).model_fields.items():
        marker = next((m for m in info.metadata if isinstance(m, Rule | Info | ByName | Sides)), None)
        value = getattr(one, name)
        if marker is None or isinstance(marker, Info) or value is None:
            continue
        at, called = (*path, name), f"{field}.{name}"
        yield "delete", at, GONE, called
        if isinstance(value, Exchange):
            for word in (value.demand, value.capability):
                if getattr(value, word) is not None:
                    opposite = value.capability if word == value.demand else value.demand
                    partner = getattr(getattr(other, name, None), opposite, None)
                    yield from _in_exchange(getattr(value, word), partner, word == value.demand, (*at, word), called)
        elif isinstance(marker, ByName):
            yield from _in_list(value, getattr(other, name, None) or (), at, called)
        elif isinstance(marker, Sides):
            yield from _in_document(value, getattr(other, name, None), at, called)
        elif name == "pins":
            yield from _in_pins(value, at, called)
        else:
            yield from _in_plain(value, info.annotation, at, called)


def _in_list(parts: tuple[Any, ...], others: tuple[Any, ...], path: tuple[Any, ...], field: str) -> Iterator[Fault]:
    plain = [p.model_dump(exclude_none=True) for p in parts]
    for i, part in enumerate(parts):
        yield "part_dropped", path, tuple(plain[:i] + plain[i + 1 :]), f"{field}.{part.name}"
        yield "part_renamed", (*path, i, "name"), "mutant", field
        partner = next((p for p in others if p.name == part.name), None)
        yield from _in_document(part, partner, (*path, i), f"{field}.{part.name}")


def _in_pins(pins: tuple[Any, ...], path: tuple[Any, ...], field: str) -> Iterator[Fault]:
    plain = [p.model_dump() for p in pins]
    yield "pin_dropped", path, tuple(plain[:-1]), field
    if len(plain) > 1:
        swapped = deepcopy(plain)
        swapped[0]["signal"], swapped[1]["signal"] = plain[1]["signal"], plain[0]["signal"]
        yield "pin_swapped", path, tuple(swapped), field
    directed = next((i for i, p in enumerate(plain) if p["direction"] in ("in", "out")), None)
    if directed is not None:
        turned = deepcopy(plain)
        turned[directed]["direction"] = CONJUGATES[plain[directed]["direction"]]
        yield "pin_turned", path, tuple(turned), field


def _in_plain(value: Any, annotation: Any, path: tuple[Any, ...], field: str) -> Iterator[Fault]:
    if words_of(annotation):
        for operator, word in other_words(value, annotation):
            yield operator, path, word, field
    elif isinstance(value, int):
        yield "count_up", path, value + 1, field
    elif isinstance(value, float):
        if value:
            yield "plain_percent", path, value * 1.01, field
            yield "plain_inch", path, value * 25.4, field
    elif isinstance(value, str):
        yield "other_text", path, "mutant", field
    elif isinstance(value, tuple):
        yield "other_text", path, ("mutant",), field


def _in_exchange(value: Any, partner: Any, demand: bool, path: tuple[Any, ...], field: str) -> Iterator[Fault]:
    if isinstance(value, Curve):
        yield from _in_curve(value, demand, path, field)
    elif isinstance(value, RoomProfile):
        if demand:
            yield "envelope_wide", (*path, "diameter"), tuple(2 * d for d in value.diameter), field
            yield "envelope_long", (*path, "height"), tuple(2 * h for h in value.height), field
        else:
            yield "envelope_narrow", (*path, "diameter"), tuple(d / 2 for d in value.diameter), field
    elif isinstance(value, int):
        yield ("integer_demand", path, value + 10, field) if demand else ("integer_capability", path, 0, field)
    elif isinstance(value, float):
        if value == 0.0:  # ten times nothing is no fault
            return
        if demand:
            yield "decimal_slip_demand", path, value * 10, field
        else:
            yield "decimal_slip_capability", path, value / 10, field
    elif isinstance(value, str):
        if field.endswith("version"):
            number = value.lstrip("^")
            yield "major_version", path, value[: len(value) - len(number)] + _next_major(number), field
        else:
            yield "other_brought", path, "mutant", field
    elif isinstance(value, tuple) and isinstance(value[0], str):
        yield ("extra_item", path, (*value, "mutant"), field) if demand else ("empty_list", path, ("mutant",), field)
    elif isinstance(value, tuple):
        low, high = value
        other = partner or value
        shift, middle = 2 * (other[1] - other[0]), (low + high) / 2
        yield "range_shift_up", path, (low + shift, high + shift), field
        yield "range_shift_down", path, (low - shift, high - shift), field
        share = 10 if demand else 0.1
        wide = (middle - share * (high - low) / 2, middle + share * (high - low) / 2)
        yield ("range_wide" if demand else "range_narrow"), path, wide, field


def _in_curve(curve: Curve, demand: bool, path: tuple[Any, ...], field: str) -> Iterator[Fault]:
    for i in range(len(curve.level)):
        sound = isinstance(curve, Sound)
        raised = curve.level[i] + 30 if sound else curve.level[i] * 1e3
        lowered = curve.level[i] - 30 if sound else curve.level[i] / 1e3
        levels = (*curve.level[:i], raised if demand else lowered, *curve.level[i + 1 :])
        yield ("curve_raised" if demand else "curve_lowered"), (*path, "level"), levels, field
    frequency = curve.frequency
    yield "curve_unsorted", (*path, "frequency"), (frequency[1], frequency[0], *frequency[2:]), field
    yield "curve_negative", (*path, "level"), (-curve.level[0], *curve.level[1:]), field
    if not demand and len(frequency) >= 4:
        keep = len(frequency) // 2
        cut = curve.model_dump(exclude_none=True) | {"frequency": frequency[:keep], "level": curve.level[:keep]}
        yield "curve_cut", path, cut, field


def _next_major(version: str) -> str:
    return str(Version(Version.parse(version).major + 1, 0, 0))
