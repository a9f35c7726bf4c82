"""The suites as data, and how verdicts become a level."""

import re
from pathlib import Path

import pytest

import osea_rocket
from osea_rocket.certification import bench, codec, messages, reuse
from osea_rocket.certification.judging import Examiner, Verdict, examine, reached
from osea_rocket.certification.suites import LEVELS, sentence, suites
from osea_rocket.core.errors import UndecidedError
from osea_rocket.core.findings import Finding, Severity
from osea_rocket.studies.certify import documents, vehicle

ROOT = Path(osea_rocket.__file__).parent
ALL = [r for suite in suites().values() for r in suite.requirements]


def test_numbers_run_without_holes_in_each_suite():
    for code, suite in suites().items():
        assert [r.number for r in suite.requirements] == [
            f"OSEA-CERT-{code}-{i:03d}" for i in range(1, len(suite.requirements) + 1)
        ]
        levels = [LEVELS.index(r.level) for r in suite.requirements]
        assert levels == sorted(levels)
    assert len(suites()) == 10 and len(ALL) > 120


@pytest.mark.parametrize("requirement", ALL, ids=lambda r: r.number)
def test_each_requirement_is_traced_to_a_sentence_that_exists(requirement):
    assert requirement.quote in sentence(requirement.traces)
    if not requirement.traces.startswith("OSEA-"):  # a demand of a conformance class stands in the page, too
        page = (ROOT / "standard/launch-data/conformance.md").read_text(encoding="utf-8")
        assert f"| {requirement.traces} | {requirement.quote} |" in page


def test_every_program_and_condition_that_is_named_is_there():
    own = {
        "performance",
        "flows_full",
        "losses",
        "engine_mount",
        "mount_sections",
        "position",
        "marks",
        "safing",
        "surface_port",
    }
    known = {
        "VEH": {*documents.PROGRAMS, "lock"}, "MOD": set(documents.PROGRAMS), "ENG": {*documents.PROGRAMS, *own},
        "SIT": {*documents.PROGRAMS, *own}, "MSG": set(messages.PROGRAMS), "COD": set(codec.PROGRAMS),
        "FLC": set(bench.PROGRAMS), "REU": set(reuse.PROGRAMS), "LDP": {"demand"}, "LDS": {"demand"},
    }  # fmt: skip
    source = (ROOT / "studies/certify/modules.py").read_text(encoding="utf-8")
    assert {name for name in own if f'"{name}": ' not in source} == set()
    conditions = {*vehicle.CONDITIONS, *re.findall(r'^        "([\w-]+)": lambda', source, re.MULTILINE), "always"}
    for code, suite in suites().items():
        used = {r.program for r in suite.requirements} - {"findings"}
        assert used <= known[code], code
        assert {r.applies for r in suite.requirements} <= conditions, code


def test_a_level_needs_every_requirement_up_to_it():
    holds, fails, unknown, away = Verdict.HOLDS, Verdict.FAILS, Verdict.UNKNOWN, Verdict.DOES_NOT_APPLY
    assert reached([("bronze", holds), ("silver", away), ("gold", fails), ("platinum", holds)]) == "silver"
    assert reached([("bronze", holds), ("silver", unknown), ("gold", holds)]) == "bronze"
    assert reached([("bronze", unknown), ("silver", holds)]) is None
    assert reached([("bronze", holds), ("gold", holds)]) == "gold"  # a suite need not have a level
    assert reached([]) is None


def _findings(_):
    return [Finding(Severity.OK, "reuse.life", "here", "said", 0.5)]


def test_a_suite_that_skips_anything_does_not_pass():
    suite = suites()["REU"]
    programs = {name: lambda subject, one: (Verdict.HOLDS, "seen") for name in reuse.PROGRAMS}

    def outcome(without: str):
        some = {n: p for n, p in programs.items() if n != without}
        return examine(Examiner(suite, None, some, findings=_findings), "x")

    for name in programs:  # a program that is not there
        result = outcome(name)
        answer = next(a for a in result.answers if a.requirement.program == name)
        assert answer.verdict is Verdict.UNKNOWN and "not looked at" in answer.evidence
        assert result.level != suite.ceiling
    silent = next(a for a in outcome("").answers if a.requirement.rules == ("reuse.release",))
    assert silent.verdict is Verdict.UNKNOWN  # a rule that said nothing


def test_a_program_that_cannot_tell_leaves_it_unknown():
    def cannot(subject, one):
        raise UndecidedError("it did not converge")

    suite = suites()["REU"]
    result = examine(Examiner(suite, None, dict.fromkeys(reuse.PROGRAMS, cannot), findings=_findings), "x")
    assert {a.verdict for a in result.answers if a.requirement.program != "findings"} == {Verdict.UNKNOWN}
    assert result.level is None
