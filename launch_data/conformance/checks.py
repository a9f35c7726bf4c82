"""The programs behind the demands on a package of files; those on an interface (C1, C4) are asked of a server."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...core.errors import InputError, OseaError
from ...core.findings import Finding, Severity
from ...core.signing import PublicKey
from ..named_messages import messages_of
from ..packaging.package import INDEX, check_index, manifest_problems
from ..packaging.revisions import record_paths
from ..protocol.business import PriceOffer
from ..protocol.dynamics import HazardArea, ImpactPrediction, SeparationState, TrajectoryRecord
from ..protocol.launches import Launch, ManifestSlot, Opportunity, Payload
from ..protocol.package import judge, read_package
from ..protocol.rules.engine import Package
from ..protocol.rules.launches import FLOWN
from ..protocol.vehicles import FlightUnitLog, RecoveryRecord
from ..signed import CONCEALED, verify_package, verify_path
from . import dynamics, geometry
from .classes import Outcome

Seen = tuple[Outcome, str]
Check = Callable[["Subject"], Seen]
CHECKS: dict[str, Check] = {}


@dataclass
class Subject:
    """A package that is looked at: its folder, records and findings, each made once; keys that are trusted."""

    folder: Path
    keys: Mapping[str, PublicKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.package, self.refused = self._read()
        self.findings = judge(self.package)

    def _read(self) -> tuple[Package, list[InputError]]:
        try:
            return read_package([self.folder / p for p in record_paths(self.folder)])
        except InputError as error:
            return Package([]), [error]

    def all(self, model: type) -> list[tuple[str, Any]]:
        """(file, record) of every record of a kind."""
        return [(e.where, e.record) for e in self.package.entries if isinstance(e.record, model)]


def check(code: str) -> Callable[[Check], Check]:
    """Register the program behind a demand."""

    def register(one: Check) -> Check:
        CHECKS[code] = one
        return one

    return register


def _seen(problems: Iterator[str] | list[str], counted: str, some: int = 1) -> Seen:
    """Fails by its first problems, unknown where there was nothing to look at, else holds by what was counted."""
    found = list(problems)
    if found:
        more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
        return Outcome.FAILS, "; ".join(found[:3]) + more
    return (Outcome.HOLDS, counted) if some else (Outcome.UNKNOWN, f"nothing to look at: {counted}")


@check("C0-1")
def _manifest(subject: Subject) -> Seen:
    return _seen(_refused(lambda: manifest_problems(subject.folder)), "every file by its SHA-256")


@check("C0-2")
def _index(subject: Subject) -> Seen:
    return _seen(_raised(lambda: check_index(subject.folder / INDEX)), "every record by its SHA-256")


@check("C0-3")
def _schema(subject: Subject) -> Seen:
    count = len(subject.package.entries)
    return _seen([str(e).splitlines()[0] for e in subject.refused], f"{count} records", count)


@check("C0-4")
def _rules(subject: Subject) -> Seen:
    wrong = [_told(f) for f in subject.findings if f.severity == Severity.ERROR]
    return _seen(wrong, f"{len(subject.package.entries)} records by every rule", len(subject.package.entries))


@check("C0-5")
def _data(subject: Subject) -> Seen:
    return _seen([_told(f) for f in subject.findings if f.rule.startswith("LD-FIL")], "every file that is named")


@check("C2-1")
def _described(subject: Subject) -> Seen:
    launches = subject.all(Launch)
    problems = [
        f"{where}: {name} {value} is not in the package"
        for where, launch in launches
        for name in ("mission", "vehicle_type", "pad", "provider")
        if subject.package.find(value := getattr(launch, name)) is None
    ]
    return _seen(problems, f"{len(launches)} launches", len(launches))


@check("C2-2")
def _windows(subject: Subject) -> Seen:
    planned = [(w, r) for w, r in subject.all(Launch) if r.state in ("planned", "go", "hold")]
    have = {o.launch for _, o in subject.all(Opportunity)}
    problems = [f"{where}: the launch has no opportunity" for where, launch in planned if launch.id not in have]
    return _seen(problems, f"{len(planned)} planned launches", len(planned) + len(have))


@check("C2-3")
def _payloads(subject: Subject) -> Seen:
    named = {p for _, launch in subject.all(Launch) for p in launch.payloads}
    named |= {s.payload for _, s in subject.all(ManifestSlot) if s.payload}
    problems = []
    for name in sorted(named):
        payload = subject.package.find(name)
        if not isinstance(payload, Payload):
            problems.append(f"{name} is not in the package")
        elif payload.mass_kg is None or payload.owner.lower() in ("not stated", "unknown"):
            problems.append(f"{name}: mass or owner is not stated")
    return _seen(problems, f"{len(named)} payloads", len(named))


@check("C3-1")
def _messages(subject: Subject) -> Seen:
    problems, count = [], 0
    for where, record in _moving(subject):
        found = messages_of(Path(where).parent, record)
        count += len(found.messages)
        problems += [f"{where}: {p}" for p in found.problems]
        if not found.messages and not found.problems:
            problems.append(f"{where}: no OEM, OCM or OPM")
    return _seen(problems, f"{count} messages", count)


@check("C3-2")
def _round_trip(subject: Subject) -> Seen:
    return _of_messages(subject, dynamics.round_trip_problems)


@check("C3-3")
def _same(subject: Subject) -> Seen:
    return _of_messages(subject, dynamics.disagreements)


@check("C3-4")
def _from_t_zero(subject: Subject) -> Seen:
    launches = {r.launch for _, r in subject.all(TrajectoryRecord)}
    counted = {r.launch for _, r in subject.all(TrajectoryRecord) if r.time_system == "T0"}
    problems = [f"{n} has no trajectory that counts from T-0" for n in sorted(launches - counted)]
    return _seen(problems, f"{len(counted)} launches", len(launches))


@check("C5-1")
def _areas(subject: Subject) -> Seen:
    areas = subject.all(HazardArea)
    problems = [f"{where}: containment is not stated" for where, a in areas if a.containment is None]
    kinds: dict[str, set[str]] = {}
    for _, area in areas:
        kinds.setdefault(area.launch, set()).add(area.kind)
    problems += [
        f"{n}: no area for {kind}" for n, have in kinds.items() for kind in ("aircraft", "ship") if kind not in have
    ]
    return _seen(problems, f"{len(areas)} areas", len(areas))


@check("C5-2")
def _simple(subject: Subject) -> Seen:
    areas = subject.all(HazardArea)
    problems = [f"{where}: {p}" for where, a in areas for p in geometry.crossings(a.geometry)]
    return _seen(problems, f"{len(areas)} areas", len(areas))


@check("C5-3")
def _inside(subject: Subject) -> Seen:
    impacts, areas = subject.all(ImpactPrediction), [a for _, a in subject.all(HazardArea)]
    problems = [
        f"{where}: {p}" for where, i in impacts for p in geometry.outside(i, [a for a in areas if a.launch == i.launch])
    ]
    return _seen(problems, f"{len(impacts)} impacts", len(impacts))


@check("C5-4")
def _covariances(subject: Subject) -> Seen:
    states = subject.all(SeparationState)
    have = {s.launch for _, s in states if s.covariance is not None}
    problems = [f"{where}: no covariance" for where, s in states if s.launch not in have]
    problems += [_told(f) for f in subject.findings if f.rule in ("LD-SEP-009", "LD-SEP-010")]
    return _seen(problems, f"{len(have)} launches with a covariance", len(states))


@check("C6-1")
def _flights(subject: Subject) -> Seen:
    ended = [r for _, r in subject.all(Launch) if r.state in FLOWN and r.state != "in-flight"]
    flown = {(item, launch.id) for launch in ended for item in launch.items}
    logs = {(r.item, r.launch) for _, r in subject.all(FlightUnitLog)}
    recoveries = subject.all(RecoveryRecord)
    problems = [f"{launch}: no flight log of {item}" for item, launch in sorted(flown - logs)]
    unknown = [where for where, r in recoveries if r.attempted and r.outcome == "unknown"]
    problems += [f"{where}: attempted, and the outcome is not known" for where in unknown]
    return _seen(problems, f"{len(logs)} flight logs, {len(recoveries)} recoveries", len(logs) + len(recoveries))


@check("C6-2")
def _prices(subject: Subject) -> Seen:
    offers = subject.all(PriceOffer)
    problems = [f"{where}: price_year is not stated" for where, o in offers if o.price.price_year is None]
    return _seen(problems, f"{len(offers)} offers", len(offers))


@check("C7-1")
def _signature(subject: Subject) -> Seen:
    if not subject.keys:
        return Outcome.UNKNOWN, "no key is trusted; give --key"
    return _seen(_raised(lambda: verify_package(subject.folder, subject.keys)), "the manifest's signature")


@check("C7-2")
def _restricted(subject: Subject) -> Seen:
    problems = [
        f"{e.where}: access is {e.record.access.level}"
        for e in subject.package.entries
        if e.record.access.level != "public"
    ]
    return _seen(problems, f"{len(subject.package.entries)} records", len(subject.package.entries))


@check("C7-3")
def _copies(subject: Subject) -> Seen:
    copies = sorted(subject.folder.rglob(f"*{CONCEALED}"))
    if copies and not subject.keys:
        return Outcome.UNKNOWN, "no key is trusted; give --key"
    problems = [p for c in copies for p in _raised(lambda c=c: verify_path(c, subject.keys))]
    return _seen(problems, f"{len(copies)} redacted copies")


def _moving(subject: Subject) -> list[tuple[str, Any]]:
    return subject.all(TrajectoryRecord) + [(w, s) for w, s in subject.all(SeparationState) if s.files]


def _of_messages(subject: Subject, problems_of: Callable[[Any, Any], Iterator[str]]) -> Seen:
    problems, count = [], 0
    for where, record in _moving(subject):
        for message in messages_of(Path(where).parent, record).messages:
            count += 1
            problems += [f"{where}: {p}" for p in problems_of(record, message)]
    return _seen(problems, f"{count} messages", count)


def _raised(job: Callable[[], Any]) -> list[str]:
    """The problem of a job that raises where there is one."""

    def run() -> list[str]:
        job()
        return []

    return _refused(run)


def _refused(job: Callable[[], list[str]]) -> list[str]:
    try:
        return job()
    except OseaError as error:
        return [str(error).splitlines()[0]]


def _told(finding: Finding) -> str:
    return f"{finding.rule} {finding.where}: {finding.message}"
