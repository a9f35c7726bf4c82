"""Faults planted in sound subjects of certification, by a frozen list: the share that the right requirement finds.

A mutant counts where the requirements that its operator breaks held before; it is found when one of them no longer does. A
joint's mutant that the reader refuses is found by the requirement that documents are read. What an operator leaves as it was is
no mutant. A sound subject that fails a requirement is a false failure.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from ..certification.judging import PASSES, Examiner, SuiteResult, Verdict, by_findings, examine
from ..certification.messages import message_examiner
from ..certification.reuse import ReuseSubject, reuse_examiner
from ..certification.suites import suites
from ..core import strict_yaml
from ..core.documents import Document, load_document
from ..core.ports.match import End, match_ports
from ..core.ports.port import Port
from ..studies.certify.documents import DocumentSubject
from ..studies.certify.modules import EngineSubject, SiteSubject, engine_examiner, module_examiner, site_examiner
from ..studies.certify.vehicle import VehicleSubject, vehicle_examiner
from .certification_codecs import flawed_codecs
from .certification_faults import Fault, edits, line_faults, record_faults
from .certification_others import package_mutants, run_mutants
from .comparison import Comparison
from .interface_mutations import mutants as joint_mutants
from .interface_mutations import sound_joints
from .planting import DATA, Score, rows

LIST = "certification_mutations.yaml"
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SOUND = DATA / "certification"


class Operator(Document):
    """One way to spoil a subject, and the requirements that it breaks."""

    name: str
    suite: str
    on: Literal["document", "line", "record", "codec", "file", "rule", "run"] = "document"
    file: str = "*"
    at: tuple[str, ...] = ()
    do: str = ""
    with_: Any = Field(default=None, alias="with")
    by: Any = None
    of: str = ""
    caught_by: tuple[str, ...] = Field(min_length=1)


class Operators(Document):
    """The frozen list; joints: by operators of the interface list."""

    frozen: str
    operators: tuple[Operator, ...]
    joints: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Mutant:
    """A spoilt subject, as what examines it; sound: the suite's result before."""

    name: str
    operator: Operator
    sound: SuiteResult
    examined: Callable[[], SuiteResult]


@cache
def operators() -> Operators:
    """The list."""
    return load_document(Operators, DATA / LIST)


def run(only: Iterable[str] = (), every: int = 1) -> dict[str, Score]:
    """Plant the list in every sound subject: a score by suite. every: one in so many, for a test."""
    wanted = set(only)
    scores = {}
    for code, make in MAKERS.items():
        if not wanted or code in wanted:
            with tempfile.TemporaryDirectory() as place:
                scores[code] = _score(make(Path(place)), every)
    if not wanted or "joints" in wanted:
        scores["joints"] = run_joints(every)
    return scores


def _score(found: Iterator[SuiteResult | Mutant], every: int) -> Score:
    survivors, false, used, planted, caught, count = [], [], set(), 0, 0, 0
    for one in found:
        if isinstance(one, SuiteResult):
            false += [
                f"{one.of}: {a.requirement.number}: {a.evidence}" for a in one.answers if a.verdict is Verdict.FAILS
                and a.requirement.number not in NOT_OURS.get(one.suite.code, ())
            ]  # fmt: skip
            continue
        before = {a.requirement.number for a in one.sound.answers if a.verdict in PASSES}
        aimed = before & set(one.operator.caught_by)
        if not aimed:
            continue
        count += 1
        used.add(one.operator.name)
        if count % every:
            continue
        planted += 1
        after = {a.requirement.number for a in one.examined().answers if a.verdict in PASSES}
        if aimed - after:
            caught += 1
        else:
            survivors.append(one.name)
    return Score(planted, caught, tuple(survivors), tuple(false), tuple(sorted(used)))


NOT_OURS = {"VEH": ("OSEA-CERT-VEH-040", "OSEA-CERT-VEH-041")}
"""Requirements that the example is known not to meet: no lock and no evidence stand in it."""


def run_joints(every: int = 1) -> Score:
    """The faults of interfaces, in every sound joint, by the requirement on the rule that they break."""
    requirements = {r.number: r for r in suites()["VEH"].requirements}
    aims = operators().joints
    survivors, false, planted, caught, count = [], [], 0, 0, 0
    for lower, upper in sound_joints():
        sound = match_ports(End("lower", lower), End("upper", upper))
        held = {n for n in {n for aim in aims.values() for n in aim} if _holds(requirements[n], sound)}
        false += [
            f"{lower.kind}: {n}"
            for aim in aims.values()
            for n in aim
            if by_findings(requirements[n], sound)[0] is Verdict.FAILS
        ]
        for mutant in joint_mutants(lower, upper):
            count += 1
            if count % every:
                continue
            planted += 1
            try:
                if mutant.side == "lower":
                    ports = Port.model_validate(mutant.lower), upper
                else:
                    ports = lower, Port.model_validate(mutant.upper)
            except ValidationError:
                caught += 1
                continue
            found = match_ports(End("lower", ports[0]), End("upper", ports[1]))
            if any(n in held and not _holds(requirements[n], found) for n in aims[mutant.operator]):
                caught += 1
            else:
                survivors.append(mutant.name)
    return Score(planted, caught, tuple(survivors), tuple(dict.fromkeys(false)), tuple(sorted(aims)))


def _holds(requirement: Any, findings: Any) -> bool:
    verdict, evidence = by_findings(requirement, findings)
    return verdict is Verdict.HOLDS or "said nothing" in evidence  # of a joint without such a field it does not apply


def _documents(
    code: str, folder: Path, main: str, files: list[Path], root: Path, make: Callable[[Path], Examiner]
) -> Iterator[SuiteResult | Mutant]:
    """Each operator on the documents in *files*, copied to *folder*; main: the one that is examined."""
    plain = {}
    for file in files:
        name = file.relative_to(root).as_posix()
        plain[name] = _plain(file)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(strict_yaml.dump(plain[name]), encoding="utf-8")
    sound = examine(make(folder / main), main)
    yield sound
    for operator in (o for o in operators().operators if o.suite == code and o.on == "document"):
        for name, data in plain.items():
            if not fnmatchcase(name, operator.file):
                continue
            for fault in edits(operator, data):

                def examined(name: str = name, fault: Fault = fault, data: Any = data) -> SuiteResult:
                    file = folder / name
                    file.write_text(strict_yaml.dump(fault.data), encoding="utf-8")
                    try:
                        return examine(make(folder / main), main)
                    finally:
                        file.write_text(strict_yaml.dump(data), encoding="utf-8")

                yield Mutant(f"{operator.name}: {name} {fault.place}", operator, sound, examined)


def _plain(file: Path) -> Any:
    node, _ = strict_yaml.compose(file, str(file))
    return strict_yaml.plain(node, str(file), [])


def _vehicles(folder: Path) -> Iterator[SuiteResult | Mutant]:
    root = EXAMPLES / "modular"
    if not root.is_dir():  # an installed wheel carries no examples
        return
    files = sorted(f for f in root.rglob("*.yaml") if f.name not in ("study.yaml", "mission.yaml", "m-120.yaml"))
    yield from _documents(
        "VEH", folder, "vehicle.yaml", files, root, lambda f: vehicle_examiner(VehicleSubject(f), str)
    )


def _single(code: str, names: tuple[str, ...], make: Callable[[Path], Examiner]) -> Callable[[Path], Iterator[Any]]:
    def found(folder: Path) -> Iterator[SuiteResult | Mutant]:
        for name in names:
            yield from _documents(code, folder, name, [SOUND / name], SOUND, make)

    return found


def _quick_messages(file: Path) -> Examiner:
    """Without what takes seconds and no operator aims at: outputs and the C code."""
    whole = message_examiner(file)
    aimed = {n for o in operators().operators for n in o.caught_by}
    kept = tuple(r for r in whole.suite.requirements if r.number in aimed)
    return Examiner(whole.suite.evolve(requirements=kept), whole.subject, whole.programs)


def _logs(folder: Path) -> Iterator[SuiteResult | Mutant]:
    path = EXAMPLES / "reuse" / "B003.jsonl"
    if not path.is_file():
        return
    base = reuse_examiner(path)
    sound = examine(base, path.name)
    yield sound
    for operator in (o for o in operators().operators if o.suite == "REU"):
        faults = line_faults if operator.on == "line" else record_faults
        for fault in faults(operator, path.read_bytes()):

            def examined(octets: bytes = fault.data) -> SuiteResult:
                subject = ReuseSubject(path, octets)
                return examine(Examiner(base.suite, subject, base.programs, findings=base.findings), path.name)

            yield Mutant(f"{operator.name}: {fault.place}", operator, sound, examined)


def _of_suite(code: str, mutants: Callable[..., Iterator[Any]]) -> Callable[[Path], Iterator[Any]]:
    """Subjects that are no documents: (operator's name, place, what examines it), the sound one first, without a name."""

    def found(folder: Path) -> Iterator[SuiteResult | Mutant]:
        own = {o.name: o for o in operators().operators if o.suite == code}
        sound = None
        for name, place, examined in mutants(own, folder):
            if sound is None:
                yield (sound := examined())
            else:
                yield Mutant(f"{name}: {place}", own[name], sound, examined)

    return found


MAKERS: dict[str, Callable[[Path], Iterator[SuiteResult | Mutant]]] = {
    "VEH": _vehicles,
    "MOD": _single("MOD", ("module.yaml",), lambda f: module_examiner(DocumentSubject(f), str)),
    "ENG": _single("ENG", ("engine.yaml",), lambda f: engine_examiner(EngineSubject(f), str)),
    "SIT": _single("SIT", ("ship.yaml", "pad.yaml"), lambda f: site_examiner(SiteSubject(f), str)),
    "REU": _logs,
    "MSG": _single("MSG", ("messages.yaml",), _quick_messages),
    "COD": _of_suite("COD", flawed_codecs),
    "LDP": _of_suite("LDP", package_mutants),
    "FLC": _of_suite("FLC", run_mutants),
}


def comparisons() -> list[Comparison]:
    """Shares missed and false failures by suite, against our own bounds; survivors in the note."""
    found = []
    for code, score in run().items():
        if not score.planted:
            continue
        what = "joints (interface list)" if code == "joints" else f"suite {code} ({suites()[code].name})"
        note = f"{what}: {score.planted} faults, {score.found} found by a requirement that they break"
        if score.survivors:
            kinds = dict.fromkeys(
                s.partition(" ")[2].rpartition(":")[2].strip() if code == "joints" else s for s in score.survivors
            )
            shown = list(kinds)
            note += f"; missed: {', '.join(shown[:6])}{f' and {len(shown) - 6} more' if len(shown) > 6 else ''}"
        found += rows("Certification", (f"{what}: faults missed", f"{what}: false failures"), score, note)
    return found
