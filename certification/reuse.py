"""The log of an item that flies again: its form, its chain, its life and releases."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..core.errors import InputError
from ..core.findings import Finding
from ..core.wire import instant_of
from ..recovery.reuse.check import reuse_findings
from ..recovery.reuse.history import History
from ..recovery.reuse.log import parse_log
from ..recovery.reuse.records import InspectionRecord, ReleaseRecord
from .judging import Examiner, Program, Seen, Verdict, listed
from .suites import Requirement, suites


@dataclass(frozen=True)
class ReuseSubject:
    """The bytes of a log, and its history where it can be read."""

    path: Path
    data: bytes

    @cached_property
    def history(self) -> History:
        """Raises InputError for a log that is none."""
        return History(parse_log(self.data, self.path.name))


def reuse_examiner(path: Path) -> Examiner:
    """Of a log's file. Raises InputError when it cannot be read at all."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None

    def findings(subject: ReuseSubject) -> list[Finding]:
        return list(reuse_findings(subject.history))

    return Examiner(suites()["REU"], ReuseSubject(path, data), PROGRAMS, findings=findings)


def _lines(subject: ReuseSubject) -> list[bytes]:
    return [line for line in subject.data.split(b"\n") if line.strip()]


def _read(subject: ReuseSubject, _: Requirement) -> Seen:
    return Verdict.HOLDS, f"{len(subject.history.log.entries)} records"


def _chain(subject: ReuseSubject, _: Requirement) -> Seen:
    """By its own arithmetic, apart from the reader's."""
    problems, before = [], None
    lines = _lines(subject)
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError:
            return Verdict.FAILS, f"line {number} is no JSON"
        if not isinstance(record, dict) or record.get("previous") != before:
            problems.append(f"line {number} does not carry the SHA-256 of the line before it")
        before = hashlib.sha256(line).hexdigest()
    if not problems:
        assert subject.history  # the reader holds more of it: an unfinished line, another item
    return listed(problems, f"{len(lines)} lines")


def _revisions(subject: ReuseSubject, _: Requirement) -> Seen:
    entries = subject.history.log.entries  # refuses a hole in the revisions, and one that supersedes nothing
    later = sum(e.record.revision > 1 for e in entries)
    return Verdict.HOLDS, f"{len({e.record.id for e in entries})} identifiers, {later} corrections"


def _allowances(subject: ReuseSubject, _: Requirement) -> Seen:
    found = subject.history.log.item.allowances
    problems = [f"allowance '{a.name}' names no source" for a in found if not a.source]
    if not any(a.rule in ("flights", "landings") for a in found):
        problems.append("no allowance is of flights or landings")
    return listed(problems, f"{len(found)} allowances")


def _landings(subject: ReuseSubject, _: Requirement) -> Seen:
    flights = subject.history.flights
    problems = [f"flight {n} at {f.began_at} tells no landing" for n, f in enumerate(flights, 1) if f.landing is None]
    return listed(problems, f"{len(flights)} flights")


def _released_each_time(subject: ReuseSubject, _: Requirement) -> Seen:
    history = subject.history
    flights = history.flights
    problems = []
    releases = [instant_of(r.at) for r in history.of(ReleaseRecord) if r.decision.startswith("released")]
    inspections = [instant_of(r.at) for r in history.of(InspectionRecord)]
    ends = [instant_of(f.ended_at) for f in flights]
    begins = [instant_of(f.began_at) for f in flights]
    for number, begin in enumerate(begins, 1):
        since = ends[number - 2] if number > 1 else None
        if not any((since is None or since <= at) and at <= begin for at in releases):
            problems.append(f"flight {number} was not released")
        if since is not None and not any(since <= at <= begin for at in inspections):
            problems.append(f"between flights {number - 1} and {number} there was no inspection")
    if ends and not any(at >= ends[-1] for at in inspections):
        problems.append(f"after flight {len(ends)} there was no inspection")
    return listed(problems, f"{len(flights)} flights")


PROGRAMS: dict[str, Program] = {
    "read": _read,
    "chain": _chain,
    "revisions": _revisions,
    "allowances": _allowances,
    "landings": _landings,
    "released_each_time": _released_each_time,
}
