"""Every rule with a case that it bears and one that breaks it: data/rule_cases.yaml, changes of the example."""

from pathlib import Path

import pytest
import yaml

from osea_rocket.avionics.electrical.check import check_electrical
from osea_rocket.avionics.electrical.document import Electrical
from osea_rocket.avionics.electrical.index import Index
from osea_rocket.avionics.electrical.rules import CHECKS, rule_texts
from osea_rocket.core.findings import Severity

CASES = yaml.safe_load((Path(__file__).parent / "data" / "rule_cases.yaml").read_text(encoding="utf-8"))


def _edited(e: Electrical, changed, case: dict, key: str) -> Electrical:
    for path, value in (case.get(key) or {}).items():
        e = changed(e, path, value)
    for path in case.get("drop", ()) if key == "set" else ():
        e = changed(e, path, None, drop=True)
    return e


def test_there_is_a_case_for_every_rule_and_a_text_for_every_check():
    assert [case["rule"] for case in CASES] == list(rule_texts())
    assert set(rule_texts()) == set(CHECKS) and len(CHECKS) >= 25
    for text in rule_texts().values():
        assert text.says.endswith(".") and text.source and text.grade


@pytest.mark.parametrize("case", CASES, ids=[case["rule"] for case in CASES])
def test_the_rule_holds_for_the_example_and_breaks_for_the_change(case, sound, changed):
    check = CHECKS[case["rule"]]
    answers = list(check(Index(sound)))
    assert [s.text for s in answers if s.severity is not Severity.OK] == []
    severity, words = case["breaks"]
    found = [s for s in check(Index(_edited(sound, changed, case, "set"))) if s.severity is not Severity.OK]
    assert any(str(s.severity) == severity and words in s.text for s in found), [s.text for s in found]
    for s in found:
        assert sound.where(s.path).count(":") == 2  # a place in the file
    if "holds" in case:
        edge = list(check(Index(_edited(sound, changed, case, "holds"))))
        assert edge and [s.text for s in edge if s.severity is not Severity.OK] == []


def test_the_example_is_clean_and_most_answers_are_comparisons(sound):
    check = check_electrical(sound)
    assert [f.message for f in check.findings if f.severity is not Severity.OK] == []
    assert len(check.findings) > 5000
    assert len({f.rule for f in check.findings}) > 75  # of which the others speak only when broken
    assert all(f.margin is None or f.margin >= 0.0 for f in check.findings)


def test_what_is_not_stated_is_unknown_and_never_ok(sound, changed):
    e = changed(sound, "equipment/fc_a/bond", None)
    check = check_electrical(e)
    (finding,) = [f for f in check.findings if f.severity is not Severity.OK]
    assert finding.severity is Severity.UNKNOWN and "'bond' is not stated" in finding.message
    assert not any("fc_a is bonded" in f.message for f in check.of_rule("ground.bond"))
    for path in ("supplies/bat_a/voltage", "loads/tvc_a/power", "buses/can_a/slots/throttle_a_order/jitter"):
        worst = {str(f.severity) for f in check_electrical(changed(sound, path, None)).findings}
        assert "UNKNOWN" in worst, path
