"""A flight computer on its bench, by the records of flights that were flown: nominal, and under each kind of fault."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..core.errors import InputError, UndecidedError
from ..core.run_folder import read_run
from ..hil.fault_campaign import OUTCOMES, CaseRun
from ..hil.faults import ACTUATOR, MESSAGE, SENSOR, VEHICLE
from .bench_flights import Flight, Flown, read_flown
from .judging import Examiner, Program, Seen, Verdict, listed
from .suites import Requirement, suites

KINDS = {"message": MESSAGE, "sensor": SENSOR, "actuator": ACTUATOR, "vehicle": VEHICLE}


@dataclass(frozen=True)
class BenchSubject:
    """Flights of one bench."""

    runs: tuple[Path, ...]
    given: tuple[Flight, ...] = field(default=(), compare=False)

    @cached_property
    def _read(self) -> tuple[list[Flown], list[str]]:
        """What the runs tell, and what is wrong with them."""
        told, wrong = [], []
        for run in self.runs:
            try:
                if self.given:  # nothing but whether the runs are whole is asked of them
                    read_run(run)
                    continue
                flown = read_flown(run)
            except InputError as error:
                wrong.append(f"{run.name}: {error.message.replace(f'{run}/', '')}")
            else:
                told.append(flown)
                wrong += [f"{run.name}: {text}" for text in flown.wrong]
        return told, wrong

    @property
    def wrong(self) -> list[str]:
        """Runs that are not as they were written, or contradict themselves."""
        return self._read[1]

    @cached_property
    def flights(self) -> tuple[Flight, ...]:
        """Raises UndecidedError where a run cannot be read."""
        if self.given:
            return self.given
        if self.wrong:
            raise UndecidedError("not looked at: a run is not as it was written")
        return tuple(flight for flown in self._read[0] for flight in flown.flights)

    @property
    def unflown(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Cases that a campaign states and that were not flown, with their kinds of faults."""
        return () if self.given else tuple(case for flown in self._read[0] for case in flown.unflown)

    @property
    def nominal(self) -> tuple[Flight, ...]:
        """Flights without faults. Raises UndecidedError where there is none."""
        found = tuple(f for f in self.flights if not f.kinds)
        if not found:
            raise UndecidedError("no flight without faults among the runs")
        return found


def bench_examiner(runs: Sequence[Path]) -> Examiner:
    """Of run folders."""
    return Examiner(suites()["FLC"], BenchSubject(tuple(runs)), PROGRAMS)


def _states_requirements(subject: BenchSubject, _: Requirement) -> Seen:
    problems = [f"{f.name}: no requirement is stated" for f in subject.flights if not f.requirements]
    return listed(
        problems, f"{len(subject.flights)} flights with {min(f.requirements for f in subject.flights)} or more each"
    )


def _borne(flights: Sequence[Flight], unflown: Sequence[str] = ()) -> Seen:
    failed, open_ = [], [f"{name}: stated and not flown" for name in unflown]
    for flight in flights:
        verdicts = flight.result.verdicts
        failed += [f"{flight.name}: '{v.name}' {v.reason}" for v in verdicts if v.holds is False]
        failed += [f"{flight.name}: {flight.against}"] if flight.against else []
        open_ += [f"{flight.name}: '{v.name}' {v.reason}" for v in verdicts if v.holds is None]
        open_ += [f"{flight.name}: {flight.open}"] if flight.open else []
    if failed:
        return listed(failed, "")
    if open_:
        return Verdict.UNKNOWN, listed(open_, "")[1]
    held = f"{len(flights)} flights, {sum(len(f.result.verdicts) for f in flights)} requirements hold"
    return Verdict.HOLDS, held + _outcomes(flights)


def _outcomes(flights: Sequence[Flight]) -> str:
    """What became of a campaign's flights, so that a loss that was stated is not hidden."""
    rows = [f.result for f in flights if isinstance(f.result, CaseRun)]
    counts = [(sum(r.outcome == o for r in rows), o) for o in OUTCOMES]
    lost = [r.case for r in rows if r.outcome == "loss"]
    text = ", ".join(f"{n} {o}" for n, o in counts if n)
    return (f"; as stated: {text}" + (f" ({', '.join(dict.fromkeys(lost))})" if lost else "")) if rows else ""


def _nominal(subject: BenchSubject, _: Requirement) -> Seen:
    return _borne(subject.nominal, [name for name, kinds in subject.unflown if not kinds])


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
    unflown = [name for name, kinds in subject.unflown if wanted & kinds]
    if not flights:
        return Verdict.UNKNOWN, f"no flight with a fault of: {one.class_.replace(' ', ', ')}"
    return _borne(flights, unflown)


PROGRAMS: dict[str, Program] = {
    "states_requirements": _states_requirements,
    "nominal": _nominal,
    "clean_link": _clean_link,
    "runs_whole": _runs_whole,
    "faults_flown": _flown,
    "faults_borne": _faults_borne,
}
