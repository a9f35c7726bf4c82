"""Documents of an early day: much is not stated, parts are missing. Nothing may fail, and what is missing is told."""

import random

import pytest

from osea_rocket.avionics.electrical.check import check_electrical
from osea_rocket.avionics.electrical.document import Electrical, marks_of, parts_of
from osea_rocket.avionics.electrical.outputs import generate
from osea_rocket.core.findings import Severity

BARE = {"name": "bare", "phases": [{"name": "p", "duration": 1.0, "place": "ground"}], "equipment": [{"name": "box"}]}


def test_a_document_with_nothing_in_it_is_drawn_and_unknown():
    e = Electrical.model_validate(BARE)
    check = check_electrical(e)
    assert {f.severity for f in check.findings} >= {Severity.UNKNOWN}
    assert not any(f.severity is Severity.ERROR for f in check.findings)
    assert "bare_icd.html" in generate(e, check)


@pytest.mark.parametrize("seed", range(4))
def test_fields_left_out_at_random_leave_rules_and_drawings_standing(seed, sound, changed):
    rng = random.Random(seed)
    e = sound
    paths = []
    for path, item in parts_of(e):
        for field, mark in marks_of(type(item)):
            info = type(item).model_fields[field]
            if info.is_required() or mark.word == "info" or getattr(item, field) == info.default:
                continue
            if rng.random() < 0.15:
                paths.append(f"{path.replace('.', '/')}/{info.alias or field}")
    for path in paths:
        e = changed(e, path, None)
    check = check_electrical(e)
    stated = [f for f in check.findings if f.rule == "electrical.document.stated"]
    assert len(paths) > 100 and len(stated) > 50 and {f.severity for f in stated} == {Severity.UNKNOWN}
    if seed == 0:
        assert generate(e, check)


@pytest.mark.parametrize("seed", range(3))
def test_parts_left_out_at_random_are_refused_or_told_and_never_break_a_rule(seed, sound):
    rng = random.Random(seed)
    lists = ("wires", "loads", "pyro", "chains", "links", "umbilicals", "return_bonds", "buses", "not_carried")
    kept = {name: tuple(x for x in getattr(sound, name) if rng.random() < 0.7) for name in lists}
    slots = {s.name for b in kept["buses"] for s in b.slots}
    kept["chains"] = tuple(c for c in kept["chains"] if all(h.slot is None or h.slot in slots for h in c.hops))
    e = sound.model_copy(update=kept)
    e.check_names()
    check = check_electrical(e)
    assert any(f.severity is Severity.ERROR for f in check.findings)
    if seed == 0:
        assert generate(e, check)
