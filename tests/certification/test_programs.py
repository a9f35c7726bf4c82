"""What single suites see: a codec as a program, flights of a bench, a server by its address."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.avionics.message_set import MessageSet
from osea_rocket.certification.bench import KINDS, PROGRAMS, BenchSubject
from osea_rocket.certification.bench_flights import Flight
from osea_rocket.certification.codec import codec_examiner
from osea_rocket.certification.judging import Examiner, Verdict, examine
from osea_rocket.certification.messages import message_examiner
from osea_rocket.certification.suites import suites
from osea_rocket.core.documents import load_document
from osea_rocket.core.run_folder import RunFolder
from osea_rocket.hil.document import Bench
from osea_rocket.hil.fault_state import FaultEvent
from osea_rocket.hil.faults import Fault
from osea_rocket.hil.requirements import Verdict as Held
from osea_rocket.hil.run import BenchResult, LinkCount
from osea_rocket.studies.documents import load

SET = """\
schema: osea/message-set/v1
name: small
messages:
- name: rates
  type: telemetry
  apid: 3
  crc: crc16-ccitt
  rate: 10 Hz
  latency: 10 ms
  source: gyro
  sinks: [computer]
  fields:
  - {name: rate, type: float, bits: 32, count: 3, unit: rad/s, range: -10..10 rad/s}
  - {name: state, type: enum, bits: 8, values: [{name: idle, value: 0}, {name: run, value: 1}]}
  - {name: level, type: fixed, bits: 16, fraction_bits: 8, signed: false, unit: V}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    file = tmp_path_factory.mktemp("set") / "set.yaml"
    file.write_text(SET, encoding="utf-8")
    return file


def test_our_own_codec_as_a_program_by_others(small):
    command = f"{sys.executable} -m osea_rocket.certification.codec_server {small}"
    result = examine(codec_examiner(command, load_document(MessageSet, small)), "small")
    assert {a.requirement.number: a.evidence for a in result.answers if a.verdict is not Verdict.HOLDS} == {}
    assert result.level == "platinum"


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("print('{}', flush=True)", "no octets"),
        ("raise SystemExit(4)", "exit code 4"),
        ("print(1, flush=True)", "no object"),
    ],
)
def test_a_program_that_is_no_codec(small, program, told):
    command = f'{sys.executable} -c "import sys\nfor line in sys.stdin: exec(sys.argv[1])" "{program}"'
    result = examine(codec_examiner(command, load_document(MessageSet, small)), "small")
    assert result.level is None and told in result.answers[0].evidence


def test_a_message_set(small):
    result = examine(message_examiner(small), "small")
    wanting = {a.requirement.number for a in result.answers if a.verdict is not Verdict.HOLDS}
    assert wanting <= {"OSEA-CERT-MSG-007"}  # without a compiler


@pytest.mark.parametrize(("unit", "holds"), [(', unit: "1"', True), ("", False)])
def test_a_pure_number_of_the_set_that_is_extended_says_so_itself(tmp_path, unit, holds):
    text = SET.replace("fields:\n", f"fields:\n  - {{name: attitude, type: float, bits: 32, count: 4{unit}}}\n", 1)
    (tmp_path / "base.yaml").write_text(text, encoding="utf-8")
    variant = "schema: osea/message-set/v1\nname: variant\nextends: base.yaml\nmessages:\n"
    variant += "- {name: own, extends: rates, type: telemetry, apid: 4, fields: [{name: more, type: uint, bits: 8}]}\n"
    (tmp_path / "set.yaml").write_text(variant, encoding="utf-8")
    answers = {a.requirement.number: a for a in examine(message_examiner(tmp_path / "set.yaml"), "set").answers}
    found = answers["OSEA-CERT-MSG-004"]
    assert (found.verdict is Verdict.HOLDS) == holds, found.evidence
    if not holds:
        assert "rates.attitude" in found.evidence and "own.attitude" in found.evidence


def _flight(name: str, *kinds: str, holds: bool | None = True, complete: bool = True, acted: bool = True) -> Flight:
    events = tuple(FaultEvent(time=1.0, fault=k, kind=k, begins=True) for k in kinds if acted)
    result = BenchResult(
        bench="b", status="orbit", complete=complete, end_time=500.0, phase="p", steps=10, exchanges=10, host_time=1.0,
        final=np.zeros(1), links=(LinkCount(computer="fc", answers=10, resent=0, duplicates=0, rejected=(), held=(), lost=""),),
        faults=events, verdicts=(Held(name="orbit", text="", holds=holds, margin=None, time=None, reason="x"),), timing=None,
    )  # fmt: skip
    return Flight(name, result, {k: k for k in kinds}, 1)


def _level(*flights: Flight) -> tuple[str | None, set[str]]:
    subject = BenchSubject((Path("x"),), given=flights)
    programs = PROGRAMS | {"runs_whole": lambda s, r: (Verdict.HOLDS, "given")}
    result = examine(Examiner(suites()["FLC"], subject, programs), "bench")
    return result.level, {a.requirement.number[-3:] for a in result.answers if a.verdict is not Verdict.HOLDS}


def test_flights_of_a_bench():
    nominal = _flight("nominal")
    message = [_flight(k, k) for k in KINDS["message"]]
    sensor = [_flight(k, k) for k in KINDS["sensor"]]
    rest = [_flight(k, k) for k in (*KINDS["actuator"], *KINDS["vehicle"])]
    assert _level(nominal)[0] == "bronze"
    assert _level(nominal, *message)[0] == "silver"
    assert _level(nominal, *message, *sensor)[0] == "gold"
    assert _level(nominal, *message, *sensor, *rest) == ("platinum", set())
    assert _level(*message)[1] >= {"002", "003"}  # none without faults
    assert _level(nominal, *message[1:])[1] >= {"005"}
    assert "005" in _level(nominal, *message[1:], _flight("idle", KINDS["message"][0], acted=False))[1]
    assert "006" in _level(nominal, *message[1:], _flight("lost", KINDS["message"][0], holds=False))[1]
    assert "002" in _level(_flight("nominal", complete=False))[1]
    assert "002" in _level(_flight("nominal", holds=None))[1]
    sent_again = replace(nominal.result, links=(replace(nominal.result.links[0], resent=2),))
    assert "003" in _level(replace(nominal, result=sent_again))[1]
    assert "001" in _level(replace(nominal, requirements=0))[1]


def test_the_run_folder_of_a_real_bench_is_read(tmp_path):
    """Its study is of a package above the suites: the resolved bench is read without it."""
    bench = load(Path(__file__).resolve().parents[2] / "examples/flight_computer/bench-faults.yaml")
    assert isinstance(bench, Bench)
    biased = {"name": "gyroscope biased", "kind": "bias", "signal": "imu.rate.y", "amount": "0.01 deg/s", "at": "60 s"}
    bench = bench.evolve(faults=(Fault.model_validate(biased),))
    made = _flight("run", *{f.kind for f in bench.faults}).result
    held = tuple(replace(made.verdicts[0], name=r.name) for r in bench.requirements)
    with RunFolder(tmp_path / "run", "hil", bench) as run:
        run.write_result("bench", replace(made, verdicts=held))
        run.publish()
    subject = BenchSubject((tmp_path / "run",))
    assert not subject.wrong
    (flight,) = subject.flights
    assert flight.requirements == len(bench.requirements)
    assert flight.kinds == {f.name: f.kind for f in bench.faults} and flight.acted == set(flight.kinds.values())
