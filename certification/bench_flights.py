"""Flights of a bench as their run folders tell them: of `osea hil run`, one each, and of `osea hil campaign`, all in one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core import strict_yaml
from ..core.errors import InputError
from ..core.run_folder import read_result, read_run
from ..hil.fault_campaign import CampaignResult, CaseRun
from ..hil.run import BenchResult

CAMPAIGN = "hil-campaign"
_KEPT = "mission kept"


@dataclass(frozen=True)
class Flight:
    """One flight: its result, and the kinds of its faults by their names. requirements: how many were stated for it."""

    name: str
    result: BenchResult | CaseRun
    kinds: dict[str, str]
    requirements: int

    @property
    def acted(self) -> set[str]:
        """Kinds of faults that the record shows to have begun."""
        return {e.kind for e in self.result.faults if e.begins}

    @property
    def against(self) -> str:
        """How it ended otherwise than it should have: a campaign's flight than was stated, without faults than with the mission
        kept; empty: not so."""
        r = self.result
        if not isinstance(r, CaseRun):
            return ""
        stated = r.stated or ("" if self.kinds else _KEPT)
        if not stated or r.outcome == stated:
            return ""
        return f"ended as '{r.outcome}', stated was '{stated}'" + ("" if r.complete else f" ({r.status})")

    @property
    def open(self) -> str:
        """Why nobody can know what became of it; empty: it can be known."""
        r = self.result
        if isinstance(r, CaseRun) and self.kinds and not r.stated:
            return "no outcome was stated beforehand"
        if not r.complete:
            return r.status
        if len(r.verdicts) != self.requirements:
            return f"{len(r.verdicts)} verdicts of {self.requirements} requirements"
        return ""


@dataclass(frozen=True)
class Flown:
    """What a run folder tells. unflown: cases that its campaign's document states and that were not flown, with their kinds of
    faults; wrong: where it contradicts itself."""

    flights: tuple[Flight, ...]
    unflown: tuple[tuple[str, frozenset[str]], ...] = ()
    wrong: tuple[str, ...] = ()


def is_bench_run(folder: Path) -> bool:
    """Whether a folder is a run of `osea hil run` or of `osea hil campaign`, whole or not."""
    if not (folder / "run.json").is_file():
        return False
    return (folder / "results" / "bench.json").is_file() or is_campaign(folder)


def is_campaign(folder: Path) -> bool:
    """Whether a folder is a run of `osea hil campaign`."""
    try:
        return json.loads((folder / "run.json").read_text(encoding="utf-8"))["command"] == CAMPAIGN
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return False


def read_flown(run: Path) -> Flown:
    """Of a run folder. Raises InputError where it is not as it was written, or not to be read."""
    read_run(run)
    document = _resolved(run)
    if is_campaign(run):
        return _campaign(run, document)
    kinds = {fault["name"]: fault["kind"] for fault in document.get("faults", ())}
    result = read_result(run, "bench", BenchResult)
    return Flown((Flight(run.name, result, kinds, len(document.get("requirements", ()))),))


def _resolved(run: Path) -> dict[str, Any]:
    """The document as plain data: its run was checked by its hashes, and its study is of a package above this one."""
    file = run / "inputs" / "resolved.yaml"
    node, _ = strict_yaml.compose(file, str(file))
    return strict_yaml.plain(node, str(file), [])


def _campaign(run: Path, document: dict[str, Any]) -> Flown:
    result = read_result(run, "campaign", CampaignResult)
    cases = {case["name"]: case for case in document["cases"]}
    shared = [r["name"] for r in document.get("requirements", ())]
    flights, wrong = [], []
    if result.campaign != document["name"]:
        wrong.append(f"it is of the campaign '{result.campaign}', its document of '{document['name']}'")
    lines = _lines(run / "runs.jsonl")
    for flown in result.runs:
        name = f"{flown.case}, seed {flown.seed}"
        if flown.case not in cases:
            wrong.append(f"{name}: no case of its document")
            continue
        if lines.pop((flown.case, flown.seed), None) != flown.to_json():
            wrong.append(f"{name}: runs.jsonl does not say of it what results/campaign.json does")
        case = cases[flown.case]
        kinds = {fault["name"]: fault["kind"] for fault in case.get("faults", ())}
        asked = [*shared, *(r["name"] for r in case.get("requirements", ()))]
        wrong += [f"{name}: {text}" for text in _contradictions(flown, case.get("outcome") or "", kinds, asked)]
        flights.append(Flight(name, flown, kinds, len(asked)))
    done = {(f.case, f.seed) for f in result.runs}
    unflown = [
        (f"{name}, seed {seed}", frozenset(fault["kind"] for fault in case.get("faults", ())))
        for name, case in cases.items()
        for seed in case.get("seeds") or document.get("seeds") or (0,)
        if (name, seed) not in done
    ]
    return Flown(tuple(flights), tuple(unflown), tuple(wrong))


def _contradictions(flown: CaseRun, stated: str, kinds: dict[str, str], asked: list[str]) -> Iterator[str]:
    """Where a flight's row contradicts its document, or itself."""
    if flown.stated != stated:
        yield f"'{flown.stated}' is said to have been stated; its document states '{stated}'"
    if flown.agrees != (flown.outcome == stated if stated else None):
        yield f"it is said to agree: {flown.agrees}; its outcome is '{flown.outcome}'"
    if not flown.complete and flown.outcome != "loss":
        yield f"something stopped it ({flown.status}), and its outcome is '{flown.outcome}'"
    if [v.name for v in flown.verdicts] != asked:
        yield "its verdicts are not those of its document's requirements"
    holds = [v.holds for v in flown.verdicts]
    if flown.passed != (False if False in holds else None if None in holds else True):
        yield f"it is said to have passed: {flown.passed}; its verdicts say otherwise"
    if any(kinds.get(event.fault) != event.kind for event in flown.faults):
        yield "faults acted that its document does not have"


def _lines(file: Path) -> dict[tuple[Any, Any], dict[str, Any]]:
    """The rows as they were written flight by flight. Raises InputError where one cannot be read."""
    found = {}
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[row["case"], row["seed"]] = row
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None
    return found
