"""Every rule of the protocol passes on the examples and fails on its own change of them."""

import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.launch_data.protocol.examples import changed, examples
from osea_rocket.launch_data.protocol.kinds import KINDS, record_of
from osea_rocket.launch_data.protocol.rules import RULES, Package, apply
from osea_rocket.launch_data.protocol.rules.engine import Entry


def judged(records):
    return apply(Package([Entry(record_of(plain, kind), kind) for kind, plain in records.items()]))


def test_there_are_at_least_150_rules_with_sentences_of_their_own():
    assert len(RULES) >= 150
    assert len({r.statement for r in RULES.values()}) == len(RULES)
    assert {k.split("/")[2] for k in KINDS} == set(examples())


def test_the_examples_break_no_rule():
    assert judged(examples()) == []


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_is_broken_by_its_example(code):
    rule = RULES[code]
    found = [f for f in judged(changed(examples(), dict(rule.fails))) if f.rule == code]
    assert found, f"{rule.statement}: not broken by {rule.fails}"
    assert all(f.severity == rule.severity and f.message and "#/" in f.where for f in found)
    assert rule.severity in (Severity.WARN, Severity.ERROR, Severity.UNKNOWN)


@pytest.mark.parametrize(("schema", "model"), sorted(KINDS.items()))
def test_each_kind_refuses_what_its_schema_forbids_and_keeps_what_it_does_not_know(schema, model):
    kind = schema.split("/")[2]
    plain = examples()[kind] | {"colour": {"of": ["paint", 3.5]}}
    record = record_of(plain, kind)
    assert record.model_dump(mode="json", by_alias=True, exclude_unset=True) == plain
    for broken in (
        {"issuer": "nobody"},
        {"revision": 0},
        {"issued_at": "yesterday"},
        {"issued_at": "2027-02-01T08:00:00+08:00"},
    ):
        with pytest.raises(InputError, match=next(iter(broken))):
            record_of(plain | broken, kind)
    for name, field in model.model_fields.items():
        if field.is_required():
            with pytest.raises(InputError, match=field.alias or name):
                record_of({k: v for k, v in plain.items() if k != (field.alias or name)}, kind)
