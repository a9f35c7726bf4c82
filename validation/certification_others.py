"""Packages of launch data and flights of a bench: sound ones, and what the certification list does to them."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..certification.bench import KINDS, PROGRAMS, BenchSubject
from ..certification.bench_flights import Flight
from ..certification.judging import Examiner, SuiteResult, examine
from ..certification.launch_data import package_examiner
from ..certification.suites import suites
from ..core.run_folder import SCHEMA
from ..hil.fault_state import FaultEvent
from ..hil.requirements import Verdict as Held
from ..hil.run import BenchResult, LinkCount, Rejected
from ..launch_data.packaging.package import MANIFEST, package_files
from ..launch_data.protocol.examples import changed, examples
from ..launch_data.protocol.rules import RULES

HEAD = {"issuer": "urn:x:me", "issued_at": "2026-11-30T07:12:52Z", "audience": "public"}
Made = Iterator[tuple[str, str, Callable[[], SuiteResult]]]


def package_mutants(own: Mapping[str, Any], folder: Path) -> Made:
    """A package of one record of each kind; its files spoilt, then its records, rule by rule."""
    sound = package_files(examples(), {}, HEAD)

    def of(files: Callable[[], Mapping[str, bytes]], name: str) -> Callable[[], SuiteResult]:
        def examined() -> SuiteResult:
            place = folder / name
            place.mkdir()
            for file, octets in files().items():
                (place / file).parent.mkdir(parents=True, exist_ok=True)
                (place / file).write_bytes(octets)
            return examine(_first_class(package_examiner(place, {})), "package")

        return examined

    yield "", "", of(lambda: sound, "sound")
    count = 0
    for name, operator in own.items():
        if operator.on == "file":
            changed_files = _file_faults(operator.do, sound)
        else:
            changed_files = _broken_rules()
        for place, files in changed_files:
            count += 1
            yield name, place, of(files, str(count))


def _first_class(whole: Examiner) -> Examiner:
    """The demands of C0 on form alone, at which the operators aim; the files that the examples name are not there (C0-5)."""
    kept = tuple(r for r in whole.suite.requirements if r.traces in ("C0-1", "C0-2", "C0-3", "C0-4"))
    return Examiner(whole.suite.evolve(requirements=kept), whole.subject, whole.programs, tidy=whole.tidy)


def _file_faults(do: str, sound: Mapping[str, bytes]) -> Iterator[tuple[str, Callable[[], Mapping[str, bytes]]]]:
    if do == "add":
        yield "notes.txt", lambda: {**sound, "notes.txt": b"a word more\n"}
        return
    for name, octets in sound.items():
        if name == MANIFEST:
            continue
        if do == "drop":
            yield name, partial(_without, sound, name)
        else:
            at = len(octets) // 2
            yield name, partial(_with, sound, name, octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :])


def _without(files: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    return {n: octets for n, octets in files.items() if n != name}


def _with(files: Mapping[str, bytes], name: str, octets: bytes) -> dict[str, bytes]:
    return {**files, name: octets}


def _broken_rules() -> Iterator[tuple[str, Callable[[], Mapping[str, bytes]]]]:
    """Records that break one rule of duty "must": one that breaks another is conformant still."""
    for code, rule in RULES.items():
        if rule.severity == "ERROR":
            yield code, partial(_breaking, dict(rule.fails))


def _breaking(change: dict[str, Any]) -> dict[str, bytes]:
    return package_files(changed(examples(), change), {}, HEAD)


def _flight(name: str, *kinds: str) -> Flight:
    events = tuple(FaultEvent(time=1.0, fault=k, kind=k, begins=True) for k in kinds)
    link = LinkCount(computer="fc", answers=10, resent=0, duplicates=0, rejected=(), held=(), lost="")
    held = Held(name="orbit", text="", holds=True, margin=1.0, time=9.0, reason="at the end")
    result = BenchResult(
        bench="made up", status="orbit", complete=True, end_time=500.0, phase="coast", steps=10, exchanges=10, host_time=1.0,
        final=np.zeros(1), links=(link,), faults=events, verdicts=(held,), timing=None,
    )  # fmt: skip
    return Flight(name, result, {k: k for k in kinds}, 1)


def run_mutants(own: Mapping[str, Any], folder: Path) -> Made:
    """A made-up campaign: one flight without faults, one with each kind of fault."""
    flights = (_flight("nominal"), *(_flight(k, k) for kinds in KINDS.values() for k in kinds))
    run = folder / "run"
    (run / "results").mkdir(parents=True)
    octets = b'{"made up": true}\n'
    (run / "results" / "bench.json").write_bytes(octets)
    row = {"schema": SCHEMA, "status": "done", "artefacts": {"results/bench.json": hashlib.sha256(octets).hexdigest()}}
    (run / "run.json").write_text(json.dumps(row), encoding="utf-8")

    def of(some: tuple[Flight, ...], edited: bool = False) -> Callable[[], SuiteResult]:
        def examined() -> SuiteResult:
            (run / "results" / "bench.json").write_bytes(b"{}" if edited else octets)
            return examine(Examiner(suites()["FLC"], BenchSubject((run,), given=some), PROGRAMS), "campaign")

        return examined

    yield "", "", of(flights)
    for name, operator in own.items():
        for i, flight in enumerate(flights):
            new = _spoilt(operator.do, flight)
            if new == flight and operator.do != "edit":
                continue
            rest = (*flights[:i], *(() if new is None else (new,)), *flights[i + 1 :])
            yield name, flight.name, of(rest, edited=operator.do == "edit")


def _spoilt(do: str, flight: Flight) -> Flight | None:
    r = flight.result
    match do:
        case "fail":
            return replace(flight, result=replace(r, verdicts=(replace(r.verdicts[0], holds=False),)))
        case "not_shown":
            return replace(flight, result=replace(r, verdicts=(replace(r.verdicts[0], holds=None),)))
        case "stop":
            return replace(flight, result=replace(r, complete=False, status="computer 'fc' has been silent"))
        case "drop":
            return None
        case "no_fault":
            return replace(flight, result=replace(r, faults=())) if r.faults else flight
        case "rejected":
            link = replace(r.links[0], rejected=(Rejected(reason="checksum", count=3),))
            return flight if flight.kinds else replace(flight, result=replace(r, links=(link,)))
        case "no_requirements":
            return replace(flight, requirements=0)
        case "edit":
            return flight
    raise ValueError(f"no operator '{do}'")
