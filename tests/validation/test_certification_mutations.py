"""Faults planted in sound subjects of certification by the frozen list: a sample; all of them in `osea validate`."""

import hashlib

import pytest

from osea_rocket.certification.suites import suites
from osea_rocket.validation.certification_mutations import LIST, operators, run
from osea_rocket.validation.planting import DATA

# The list was frozen before the suites' programs were written; a change of it is a new measurement and says so here.
FROZEN = "c4fc3c466eef6920f02b7a5e3845696865aa14ca4f7be46efa2bc1a4cfd515cd"


def test_the_list_of_operators_is_the_frozen_one():
    assert hashlib.sha256((DATA / LIST).read_bytes()).hexdigest() == FROZEN


def test_operators_aim_at_requirements_that_exist():
    numbers = {r.number for suite in suites().values() for r in suite.requirements}
    for operator in operators().operators:
        assert set(operator.caught_by) <= numbers, operator.name


@pytest.mark.parametrize(
    ("suite", "every"),
    [
        ("VEH", 40),
        ("MOD", 3),
        ("ENG", 9),
        ("SIT", 4),
        ("REU", 3),
        ("MSG", 5),
        ("COD", 3),
        ("LDP", 25),
        ("FLC", 7),
        ("joints", 80),
    ],
)
def test_nearly_all_of_a_sample_are_found_and_no_sound_subject_fails(suite, every):
    score = run([suite], every=every)[suite]
    print("\n".join(score.survivors))
    assert score.planted >= 5
    assert score.found >= 0.9 * score.planted - 1  # of a sample; the bound of 95 % is on all of them
    assert score.false_errors == ()
