"""Campaigns of faults: runs one after another, classified, held against what was stated, taken up again."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benches import SmallComputer, bench, flying, free_port, over_udp

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.hil.fault_campaign import FaultCampaign
from osea_rocket.hil.transports.document import SerialLink, UdpLink
from osea_rocket.studies import fault_campaign
from osea_rocket.studies.documents import load
from osea_rocket.studies.fault_campaign_flights import on_own_ports

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
    made = SimpleNamespace(flying=lambda seed: flying(1.0), case=case, empty_mass=None)
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
    flown, fly = [], fault_campaign.fly_case

    def some(errand, c, case, seed, *rest):
        if len(flown) == 2:
            raise KeyboardInterrupt
        flown.append((case.name, seed))
        return fly(errand, c, case, seed, *rest)

    monkeypatch.setattr(fault_campaign, "fly_case", some)
    with pytest.raises(KeyboardInterrupt):
        fault_campaign.run_campaign(campaign, tmp_path / "out", quiet=True)
    kept = tmp_path / "out.partial" / "runs.jsonl"
    kept.write_text(kept.read_text() + '{"case": "cut off in the mid')
    monkeypatch.setattr(fault_campaign, "fly_case", fly)
    data, _ = fault_campaign.run_campaign(campaign, tmp_path / "out", resume=True, quiet=True)
    assert data["runs"] == 5 and flown == [("nominal", 1), ("nominal", 2)]
    lines = (tmp_path / "out" / "runs.jsonl").read_text().splitlines()
    assert [json.loads(line)["case"] for line in lines[:2]] == ["nominal", "nominal"] and len(lines) == 5


COMPUTER = """
import socket, sys
sys.path.insert(0, sys.argv[1])
from benches import SmallComputer
ports = {"local": 0, "remote": 0}
for word in sys.argv[2:]:
    name, _, port = word.partition("=")
    ports[name] = int(port)
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.bind(("127.0.0.1", ports["remote"]))
computer = SmallComputer()
while True:
    answer = computer.answer(peer.recv(4096))
    if answer is not None:
        peer.sendto(answer, ("127.0.0.1", ports["local"]))
"""


def test_two_workers_fly_what_one_does_on_ports_of_their_own(campaign, tmp_path):
    """Both begin at once, each with a computer of its own; a computer that were shared would answer wrong steps."""
    text = campaign.with_name("bench.yaml").read_text()
    local, remote = re.findall(r":(\d+)", text)
    for port in (local, remote):  # the first worker's: the fixture's computer listens at the document's own
        text = text.replace(port, str(free_port()))
    campaign.with_name("bench.yaml").write_text(text)
    local, remote = re.findall(r":(\d+)", text)
    program = tmp_path / "computer.py"
    program.write_text(COMPUTER)
    start = f"{sys.executable} {program} {Path(__file__).parent} local={local} remote={remote}"
    found = []
    for workers in (1, 2):
        out = tmp_path / str(workers)
        data, told = fault_campaign.run_campaign(
            campaign, out, start=start, seeds=2, workers=workers, only=("engine out",), quiet=True
        )
        assert data["outcomes"] == {"mission kept": 0, "safe abort": 2, "loss": 0}
        assert "engine out: 2 safe abort; 2 of 2 as stated (safe abort)" in told
        runs = json.loads((out / "results" / "campaign.json").read_text())["runs"]
        found.append([{k: v for k, v in r.items() if k != "host_time_s"} for r in runs])
    assert found[0] == found[1] and all(r["exchanges"] == 110 for r in found[0])
    assert "Each case with all its seeds" in (out / "report.html").read_text()


def test_ports_of_workers():
    link = UdpLink(local="127.0.0.1:14651", remote="127.0.0.1:14652")
    moved, start = on_own_ports(bench(link), "fc udp:14652:14651 146521", 3)
    assert moved.computers[0].link == UdpLink(local="127.0.0.1:14657", remote="127.0.0.1:14658")
    assert start == "fc udp:14658:14657 146521"
    apart = UdpLink(
        local="127.0.0.1:20000", remote="127.0.0.1:60001"
    )  # far from each other, and an even step would meet
    places = [on_own_ports(bench(apart), None, k)[0].computers[0].link for k in range(4)]
    assert all(isinstance(link, UdpLink) for link in places)
    assert len({getattr(link, end) for link in places for end in ("local", "remote")}) == 8
    with pytest.raises(InputError, match="names none of the bench's ports"):
        on_own_ports(bench(link), "fc", 1)
    with pytest.raises(InputError, match="no ports above"):
        on_own_ports(bench(link), None, 40_000)
    with pytest.raises(InputError, match="linked by serial, of which there is one; use --workers 1"):
        on_own_ports(bench(SerialLink(port="/dev/ttyUSB0")), None, 1)


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
