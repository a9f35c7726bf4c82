"""Faults planted in the electrical example by the frozen list: the share found. A sample here, all of them in `osea validate`."""

import hashlib

from osea_rocket.validation.electrical_mutations import LIST, benign, false_alarms, mutants, run, sound, spoilt
from osea_rocket.validation.planting import DATA, operators

# The list was frozen before the rules were written; a change of it is a new measurement and says so here.
FROZEN = "24b56f281b0dfac0e3ba9e1b976e06cc21334a611b82b1aea4fa86356996b823"


def test_the_list_of_operators_is_the_frozen_one():
    assert hashlib.sha256((DATA / LIST).read_bytes()).hexdigest() == FROZEN


def test_every_operator_fits_somewhere_and_every_kind_of_part_is_spoilt():
    planted = list(mutants(sound()))
    assert {m.operator for m in planted} == operators(LIST).names
    assert len(planted) > 15_000
    assert len({m.kind for m in planted}) > 350
    assert spoilt(sound(), next(m for m in planted if not m.whole)) != sound()


def test_nearly_all_of_a_sample_are_found_and_nothing_else_is_told():
    found = run(processes=1, every=61)
    print("\n".join(found.score.survivors))
    assert found.score.planted > 250
    assert found.score.found >= 0.95 * found.score.planted
    assert found.score.false_errors == ()


def test_benign_edits_raise_no_alarm():
    assert len(list(benign(sound()))) > 400
    assert false_alarms(every=29) == ()
