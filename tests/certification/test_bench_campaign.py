"""A campaign of faults as a flight computer's proof: what its folder says, what was not flown, what was changed afterwards."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from osea_rocket.certification.bench import bench_examiner
from osea_rocket.certification.bench_flights import is_bench_run, is_campaign
from osea_rocket.certification.judging import Verdict, examine
from osea_rocket.core.run_folder import RunFolder
from osea_rocket.hil.fault_campaign import CampaignResult, Case, CaseRun, FaultCampaign
from osea_rocket.hil.fault_state import FaultEvent
from osea_rocket.hil.requirements import Verdict as Held
from osea_rocket.hil.run import LinkCount, Rejected
from osea_rocket.studies.documents import load

FILE = Path(__file__).resolve().parents[2] / "examples/flight_computer/faults.yaml"


@pytest.fixture(scope="module")
def campaign() -> FaultCampaign:
    document = load(FILE)
    assert isinstance(document, FaultCampaign)
    return document


def _row(campaign: FaultCampaign, case: Case, seed: int = 0) -> CaseRun:
    """A flight that went as its case states, put together by hand."""
    asked = campaign.bench_of(case).requirements
    outcome = case.outcome or "mission kept"
    return CaseRun(
        case=case.name, seed=seed, outcome=outcome, stated=case.outcome or "", agrees=case.outcome and True, passed=True,
        status="ended as asked", complete=True, end_time=550.0, phase="coast", state=6.0, health=0.0, perigee=2e5, apogee=2e5,
        exchanges=55000, host_time=5.0,
        links=(LinkCount(computer="fc", answers=55000, resent=0, duplicates=0, rejected=(), held=(), lost=""),),
        faults=tuple(FaultEvent(time=60.0, fault=f.name, kind=f.kind, begins=True) for f in case.faults),
        verdicts=tuple(Held(name=r.name, text=r.text, holds=True, margin=None, time=None, reason="held") for r in asked),
    )  # fmt: skip


def _folder(place: Path, campaign: FaultCampaign, rows: Sequence[CaseRun]) -> Path:
    with RunFolder(place / "flown", "hil-campaign", campaign) as run:
        run.write_result("campaign", CampaignResult(campaign=campaign.name, runs=tuple(rows)))
        run.write_text("runs.jsonl", "".join(json.dumps(r.to_json()) + "\n" for r in rows))
        return run.publish()


def _verdicts(folder: Path) -> tuple[str | None, dict[str, tuple[Verdict, str]]]:
    result = examine(bench_examiner([folder]), "campaign")
    return result.level, {a.requirement.number[-3:]: (a.verdict, a.evidence) for a in result.answers}


@pytest.fixture(scope="module")
def sound(campaign) -> list[CaseRun]:
    return [_row(campaign, case) for case in campaign.cases]


def test_a_whole_campaign_reaches_platinum_and_its_losses_are_named(tmp_path, campaign, sound):
    folder = _folder(tmp_path, campaign, sound)
    assert is_campaign(folder) and is_bench_run(folder)
    level, found = _verdicts(folder)
    assert level == "platinum", found
    assert "(gyroscope noisy)" in found["008"][1] and "(brown-out for good)" in found["011"][1]


def test_what_was_not_flown_is_unknown(tmp_path, campaign, sound):
    """`--only` leaves cases out: a kind that no other case has, a case of a kind that others have, and the nominal flight."""
    silent = [r for r in sound if r.case != "noise on the line"]
    level, found = _verdicts(_folder(tmp_path, campaign, silent))
    assert level == "bronze"
    assert found["005"] == (Verdict.UNKNOWN, "not flown, or did not act: babble")
    assert found["006"][0] is Verdict.UNKNOWN and "noise on the line, seed 0: stated and not flown" in found["006"][1]
    lazy = [r for r in sound if r.case != "all samples lost for 5 s"]
    _, found = _verdicts(_folder(tmp_path, campaign, lazy))
    assert found["005"][0] is Verdict.HOLDS and found["006"][0] is Verdict.UNKNOWN
    level, found = _verdicts(_folder(tmp_path, campaign, sound[1:]))
    assert level is None and found["002"][0] is found["003"][0] is Verdict.UNKNOWN


def test_every_seed_that_the_document_names_counts(tmp_path, campaign, sound):
    twice = campaign.evolve(seeds=(0, 1))
    _, found = _verdicts(_folder(tmp_path, twice, sound))
    assert found["002"][0] is Verdict.UNKNOWN and "nominal, seed 1: stated and not flown" in found["002"][1]
    both = [_row(twice, case, seed) for case in twice.cases for seed in (0, 1)]
    assert _verdicts(_folder(tmp_path, twice, both))[0] == "platinum"


def _with(rows: Sequence[CaseRun], name: str, **changes: Any) -> list[CaseRun]:
    return [replace(r, **changes) if r.case == name else r for r in rows]


@pytest.mark.parametrize(
    ("case", "changes", "number", "verdict", "told"),
    [
        ("mute", {"outcome": "loss", "agrees": False}, "006", Verdict.FAILS, "ended as 'loss', stated was 'mission kept'"),
        ("freeze", {"complete": False, "outcome": "loss", "agrees": False, "status": "silent"}, "008", Verdict.FAILS, "silent"),
        ("nominal", {"links": "resent"}, "003", Verdict.FAILS, "2 sent again, 3 rejected"),
        ("engine_out", {"faults": ()}, "010", Verdict.UNKNOWN, "engine_out"),
    ],
)  # fmt: skip
def test_what_the_record_shows(tmp_path, campaign, sound, case, changes, number, verdict, told):
    """A case is taken by its kind of fault; each kind here has every one of its cases spoilt."""
    if "links" in changes:
        link = replace(sound[0].links[0], resent=2, rejected=(Rejected(reason="checksum", count=3),))
        changes = {"links": (link,)}
    rows = sound
    for c in campaign.cases:
        if c.name == case or any(f.kind == case for f in c.faults):
            rows = _with(rows, c.name, **changes)
    _, found = _verdicts(_folder(tmp_path, campaign, rows))
    assert found[number][0] is verdict and told in found[number][1], found[number]


def test_nothing_stated_beforehand_is_unknown_and_a_nominal_flight_must_keep_the_mission(tmp_path, campaign):
    cases = (*campaign.cases[:2], campaign.cases[2].evolve(outcome=None))
    cases = (cases[0].evolve(outcome="safe abort"), *cases[1:])
    few = campaign.evolve(cases=cases)
    _, found = _verdicts(_folder(tmp_path, few, [_row(few, c) for c in few.cases]))
    assert found["002"][0] is Verdict.HOLDS  # as was stated
    assert found["008"][0] is Verdict.UNKNOWN and "no outcome was stated beforehand" in found["008"][1]
    few = campaign.evolve(cases=(cases[0].evolve(outcome=None), cases[1]))
    rows = [_row(few, c) for c in few.cases]
    _, found = _verdicts(_folder(tmp_path, few, _with(rows, "nominal", outcome="safe abort")))
    assert found["002"][0] is Verdict.FAILS and "stated was 'mission kept'" in found["002"][1]


def _hash_again(folder: Path, name: str) -> None:
    """What a forger does who knows that run.json holds the hashes."""
    file = folder / "run.json"
    run = json.loads(file.read_text())
    run["artefacts"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    file.write_text(json.dumps(run))


def _edit(name: str, old: str, new: str) -> Callable[[Path], str]:
    def do(folder: Path) -> str:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return name

    return do


@pytest.mark.parametrize("hashed", [False, True])
@pytest.mark.parametrize(
    "forge",
    [
        _edit("runs.jsonl", '"outcome": "loss"', '"outcome": "mission kept"'),
        _edit("results/campaign.json", '"outcome": "loss"', '"outcome": "mission kept"'),
        _edit("results/campaign.json", '"holds": true', '"holds": null'),
        _edit("inputs/resolved.yaml", "outcome: loss", "outcome: mission kept"),
        _edit("inputs/resolved.yaml", "kind: mute", "kind: loss"),
        _edit("inputs/resolved.yaml", "name: load", "name: easy"),
    ],
)  # fmt: skip
def test_tampering_is_found(tmp_path, campaign, sound, forge, hashed):
    """By the hashes; and where these were made anew, because the folder then contradicts itself."""
    folder = _folder(tmp_path, campaign, sound)
    name = forge(folder)
    if hashed:
        _hash_again(folder, name)
    level, found = _verdicts(folder)
    assert level is None and found["004"][0] is Verdict.FAILS, found["004"]
    assert {v for n, (v, _) in found.items() if n != "004"} == {Verdict.UNKNOWN}


def test_an_unfinished_or_foreign_folder(tmp_path, campaign, sound):
    folder = _folder(tmp_path, campaign, sound)
    (folder / "runs.jsonl").unlink()
    assert _verdicts(folder)[1]["004"][0] is Verdict.FAILS
    run = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(run | {"command": "campaign"}))
    assert not is_campaign(folder) and not is_bench_run(folder)
