"""Campaigns of faults: runs one after another, classified, held against what was stated, taken up again."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benches import SmallComputer, flying, free_port, over_udp

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.hil.fault_campaign import FaultCampaign
from osea_rocket.hil.transports.document import UdpLink
from osea_rocket.studies import fault_campaign
from osea_rocket.studies.documents import load

HOME = Path(__file__).resolve().parents[2] / "examples" / "flight_computer"
pytestmark = pytest.mark.timeout(300)

BENCH = """
schema: osea/bench/v1
name: small
study: {study}
rate: 100 Hz
countdown: 100 ms
clock: {{patience: 60 s, timeout: 2 s, resends: 1}}
computers:
- name: c0
  link: {{type: udp, local: "127.0.0.1:{local}", remote: "127.0.0.1:{remote}"}}
"""
CAMPAIGN = """
schema: osea/fault-campaign/v1
name: small faults
bench: bench.yaml
kept: truth.thrust > 10 kN
safe: truth.thrust < 1 N and power.voltage > 20 V
requirements:
- {name: power, at_end: power.voltage > 20 V}
cases:
- {name: nominal, outcome: mission kept, seeds: [1, 2]}
- name: engine out
  outcome: safe abort
  faults: [{name: out, kind: engine_out, amount: 1, at: 200 ms}]
- name: half the thrust
  outcome: mission kept
  faults: [{name: half, kind: thrust_loss, amount: 0.5, at: 200 ms}]
- name: brown-out
  faults: [{name: dark, kind: brown_out, amount: 10 V, at: 200 ms}]
"""


@pytest.fixture
def campaign(tmp_path, monkeypatch):
    link = UdpLink(local=f"127.0.0.1:{free_port()}", remote=f"127.0.0.1:{free_port()}")
    local, remote = link.local.rsplit(":")[1], link.remote.rsplit(":")[1]
    (tmp_path / "bench.yaml").write_text(BENCH.format(study=HOME / "study.yaml", local=local, remote=remote))
    path = tmp_path / "faults.yaml"
    path.write_text(CAMPAIGN)
    case = flying(1.0).case
    made = SimpleNamespace(flying=lambda seed: flying(1.0), case=case)
    monkeypatch.setattr(fault_campaign, "bench_case", lambda bench, progress: made)
    with over_udp(link, SmallComputer()):
        yield path


def test_runs_are_classified_and_held_against_what_was_stated(campaign, tmp_path):
    data, text = fault_campaign.run_campaign(campaign, tmp_path / "out", record=True, quiet=True)
    assert data["runs"] == 5 and data["outcomes"] == {"mission kept": 3, "safe abort": 1, "loss": 1}
    assert data["exit_code"] == 1 and "half the thrust, brown-out" in data["message"]  # the last fails a requirement
    assert [d["case"] for d in data["differences"]] == ["half the thrust", "brown-out"]
    assert "NOT AS STATED (mission kept)  half the thrust" in text
    out = tmp_path / "out"
    runs = json.loads((out / "results" / "campaign.json").read_text())["runs"]
    assert [(r["case"], r["seed"], r["agrees"]) for r in runs] == [
        ("nominal", 1, True), ("nominal", 2, True), ("engine out", 0, True), ("half the thrust", 0, False),
        ("brown-out", 0, None),
    ]  # fmt: skip
    suite = ET.parse(out / "junit.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("10", "2", "0")
    page = (out / "report.html").read_text()
    assert "half the thrust" in page and "differs" in page
    assert sorted(p.name for p in (out / "recordings").iterdir())[0] == "brown-out-0.mcap"
    assert len((out / "tables" / "runs.csv").read_text().splitlines()) == 6


def test_an_interrupted_campaign_is_taken_up_where_it_stopped(campaign, tmp_path, monkeypatch):
    flown, fly = [], fault_campaign._fly

    def some(made, c, case, seed, *rest):
        if len(flown) == 2:
            raise KeyboardInterrupt
        flown.append((case.name, seed))
        return fly(made, c, case, seed, *rest)

    monkeypatch.setattr(fault_campaign, "_fly", some)
    with pytest.raises(KeyboardInterrupt):
        fault_campaign.run_campaign(campaign, tmp_path / "out", quiet=True)
    kept = tmp_path / "out.partial" / "runs.jsonl"
    kept.write_text(kept.read_text() + '{"case": "cut off in the mid')
    monkeypatch.setattr(fault_campaign, "_fly", fly)
    data, _ = fault_campaign.run_campaign(campaign, tmp_path / "out", resume=True, quiet=True)
    assert data["runs"] == 5 and flown == [("nominal", 1), ("nominal", 2)]
    lines = (tmp_path / "out" / "runs.jsonl").read_text().splitlines()
    assert [json.loads(line)["case"] for line in lines[:2]] == ["nominal", "nominal"] and len(lines) == 5


def test_one_case_alone_and_one_that_is_none(campaign, tmp_path):
    data, _ = fault_campaign.run_campaign(campaign, tmp_path / "out", only=("engine out",), quiet=True)
    assert data["runs"] == 1 and "exit_code" not in data
    with pytest.raises(InputError, match="there is no case 'engine'"):
        fault_campaign.run_campaign(campaign, None, only=("engine",), quiet=True)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("name: half the thrust", "name: nominal", "named twice"),
        ("kept: truth.thrust", "kept: truth.thrus", "did you mean 'truth.thrust'"),
        ("outcome: safe abort", "outcome: safe", "mission kept"),
        ("kind: engine_out, amount: 1", "kind: engine_out", "needs an amount"),
    ],
)
def test_a_campaign_that_is_none_is_told(campaign, old, new, why):
    campaign.write_text(CAMPAIGN.replace(old, new))
    with pytest.raises(InputError, match=why):
        load_document(FaultCampaign, campaign)


def test_the_reference_computer_s_cases_cover_every_kind_of_fault():
    """What its flights do is a validation of hours; here only that the file is whole."""
    document = load(HOME / "faults.yaml")
    assert isinstance(document, FaultCampaign) and len(document.cases) >= 21
    kinds = {f.kind for c in document.cases for f in c.faults}
    from osea_rocket.hil.faults import ACTUATOR, MESSAGE, SENSOR, VEHICLE

    assert kinds == {*SENSOR, *ACTUATOR, *VEHICLE, *MESSAGE}
    assert all(c.outcome and c.why for c in document.cases)
