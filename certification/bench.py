"""A flight computer on its bench, by the records of flights that were flown: nominal, and under each kind of fault."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..core import strict_yaml
from ..core.errors import InputError, UndecidedError
from ..core.run_folder import read_result, read_run
from ..hil.faults import ACTUATOR, MESSAGE, SENSOR, VEHICLE
from ..hil.run import BenchResult
from .judging import Examiner, Program, Seen, Verdict, listed
from .suites import Requirement, suites

KINDS = {"message": MESSAGE, "sensor": SENSOR, "actuator": ACTUATOR, "vehicle": VEHICLE}


@dataclass(frozen=True)
class Flight:
    """One flight: its result, and the kinds of its faults by their names."""

    name: str
    result: BenchResult
    kinds: dict[str, str]
    requirements: int

    @property
    def acted(self) -> set[str]:
        """Kinds of faults that the record shows to have begun."""
        return {e.kind for e in self.result.faults if e.begins}


@dataclass(frozen=True)
class BenchSubject:
    """Flights of one bench."""

    runs: tuple[Path, ...]
    given: tuple[Flight, ...] = field(default=(), compare=False)

    @cached_property
    def wrong(self) -> list[str]:
        """Runs that are not as they were written."""
        found = []
        for run in self.runs:
            try:
                read_run(run)
            except InputError as error:
                found.append(f"{run.name}: {error.message.replace(f'{run}/', '')}")
        return found

    @cached_property
    def flights(self) -> tuple[Flight, ...]:
        """Raises UndecidedError where a run cannot be read."""
        if self.given:
            return self.given
        if self.wrong:
            raise UndecidedError("not looked at: a run is not as it was written")
        return tuple(_flight(run) for run in self.runs)

    @property
    def nominal(self) -> tuple[Flight, ...]:
        """Flights without faults. Raises UndecidedError where there is none."""
        found = tuple(f for f in self.flights if not f.kinds)
        if not found:
            raise UndecidedError("no flight without faults among the runs")
        return found


def is_bench_run(folder: Path) -> bool:
    """Whether a folder is a run of `osea hil run`, whole or not."""
    return (folder / "results" / "bench.json").is_file() and (folder / "run.json").is_file()


def bench_examiner(runs: Sequence[Path]) -> Examiner:
    """Of run folders."""
    return Examiner(suites()["FLC"], BenchSubject(tuple(runs)), PROGRAMS)


def _flight(run: Path) -> Flight:
    """The bench as plain data: its run was checked by its hashes, and its study is of a package above this one."""
    file = run / "inputs" / "resolved.yaml"
    node, _ = strict_yaml.compose(file, str(file))
    bench = strict_yaml.plain(node, str(file), [])
    result = read_result(run, "bench", BenchResult)
    kinds = {fault["name"]: fault["kind"] for fault in bench.get("faults", ())}
    return Flight(run.name, result, kinds, len(bench.get("requirements", ())))


def _states_requirements(subject: BenchSubject, _: Requirement) -> Seen:
    problems = [f"{f.name}: no requirement is stated" for f in subject.flights if not f.requirements]
    return listed(
        problems, f"{len(subject.flights)} flights with {min(f.requirements for f in subject.flights)} or more each"
    )


def _borne(flights: Sequence[Flight]) -> Seen:
    failed, open_ = [], []
    for flight in flights:
        r = flight.result
        failed += [f"{flight.name}: '{v.name}' {v.reason}" for v in r.verdicts if v.holds is False]
        open_ += [f"{flight.name}: '{v.name}' {v.reason}" for v in r.verdicts if v.holds is None]
        if not r.complete:
            open_.append(f"{flight.name}: {r.status}")
        if len(r.verdicts) != flight.requirements:
            open_.append(f"{flight.name}: {len(r.verdicts)} verdicts of {flight.requirements} requirements")
    if failed:
        return listed(failed, "")
    if open_:
        return Verdict.UNKNOWN, listed(open_, "")[1]
    return Verdict.HOLDS, f"{len(flights)} flights, {sum(len(f.result.verdicts) for f in flights)} requirements hold"


def _nominal(subject: BenchSubject, _: Requirement) -> Seen:
    return _borne(subject.nominal)


def _clean_link(subject: BenchSubject, _: Requirement) -> Seen:
    problems = [
        f"{f.name}: {link.computer}: {link.resent} sent again, {sum(r.count for r in link.rejected)} rejected"
        + (f", {link.lost}" if link.lost else "")
        for f in subject.nominal
        for link in f.result.links
        if link.resent or link.rejected or link.lost
    ]
    return listed(problems, f"{sum(f.result.exchanges for f in subject.nominal)} exchanges")


def _runs_whole(subject: BenchSubject, _: Requirement) -> Seen:
    return listed(subject.wrong, f"{len(subject.runs)} runs by the SHA-256 of every file")


def _flown(subject: BenchSubject, one: Requirement) -> Seen:
    acted = {kind for f in subject.flights for kind in f.acted}
    wanted = KINDS[one.class_]
    gone = [k for k in wanted if k not in acted]
    if gone:
        return Verdict.UNKNOWN, f"not flown, or did not act: {', '.join(gone)}"
    return Verdict.HOLDS, f"flown: {', '.join(wanted)}"


def _faults_borne(subject: BenchSubject, one: Requirement) -> Seen:
    wanted = {k for name in one.class_.split() for k in KINDS[name]}
    flights = [f for f in subject.flights if wanted & set(f.kinds.values())]
    if not flights:
        return Verdict.UNKNOWN, f"no flight with a fault of: {one.class_.replace(' ', ', ')}"
    return _borne(flights)


PROGRAMS: dict[str, Program] = {
    "states_requirements": _states_requirements,
    "nominal": _nominal,
    "clean_link": _clean_link,
    "runs_whole": _runs_whole,
    "faults_flown": _flown,
    "faults_borne": _faults_borne,
}
