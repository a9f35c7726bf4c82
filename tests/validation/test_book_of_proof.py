"""The book of proof: every comparison with a promise holds, and the page says so truthfully."""

import dataclasses
import json

import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.validation import command, environment, falcon9, optimal_control
from osea_rocket.validation.comparison import Comparison
from osea_rocket.validation.page import lines, page

ROW = Comparison("Group", "quantity", "kg", 100.0, "a book", "secondary", ours=101.0, tolerance=2.0)


def test_environment_holds():
    rows = environment.comparisons()
    assert len(rows) == 10
    assert all(r.met for r in rows)


def test_optimal_control_holds():
    rows = optimal_control.comparisons()
    # the solve time is shown in the book; a test asserts no speed
    assert all(r.met for r in rows if r.kind != "shown" and "solve without building" not in r.quantity)
    assert {r.quantity.split(",")[0] for r in rows} == {
        "Delta III",
        "Goddard rocket",
        "Shuttle re-entry",
        "Mars descent",
        "Six-degree-of-freedom landing",
        "Flip and landing",
    }


@pytest.mark.slow
def test_falcon9_holds():
    rows = falcon9.comparisons()
    assert not [r.error for r in rows if r.error]
    promised = [r for r in rows if r.met is not None]
    assert len(promised) == 4
    assert all(r.met for r in promised)
    payloads = [r.ours for r in rows if "dry" in r.quantity and r.ours is not None]
    assert len(payloads) == 4
    assert payloads == sorted(payloads, reverse=True)  # a heavier first stage carries less
    # a kilogram of first stage costs a seventh to a fifth of a kilogram of payload: any staging textbook
    slope = (payloads[0] - payloads[-1]) / (33100 - 22200)
    assert 0.1 < slope < 0.25


def test_what_holds_and_what_does_not():
    assert ROW.met
    assert dataclasses.replace(ROW, tolerance=0.5).met is False
    assert dataclasses.replace(ROW, kind="at most").met is False
    assert dataclasses.replace(ROW, kind="at most", ours=99.0).met
    assert dataclasses.replace(ROW, kind="between", low=90.0, high=110.0).met
    assert dataclasses.replace(ROW, kind="between", low=101.0, high=110.0).met is False
    assert dataclasses.replace(ROW, kind="shown").met is None
    assert dataclasses.replace(ROW, grade="recalled").met is None  # never counts as validation
    assert dataclasses.replace(ROW, ours=None, error="no convergence").met is None


def test_the_page_counts_and_says_no():
    missed = dataclasses.replace(ROW, quantity="missed", tolerance=0.5)
    text = page(
        [ROW, missed, dataclasses.replace(ROW, kind="shown"), dataclasses.replace(ROW, ours=None, error="failed")]
    )
    assert (
        "**1 of 3 hold; 1 do not; 1 could not be computed; 1 more are shown for comparison.** Of those that hold: 1 against other"
        in text
    )
    assert "| missed | 101 kg | 100 kg | +1.00 % | **no** | a book (secondary) |" in text
    assert "MISS missed" in lines([missed])


def test_a_miss_is_a_failure_and_a_gap_is_undecided(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "validate", lambda progress, only: [dataclasses.replace(ROW, tolerance=0.5)])
    data, _ = command.run_validate(tmp_path / "page.md", quiet=True)
    assert data["exit_code"] == 1 and "1 of 1 comparisons do not hold: quantity" in data["message"]
    assert "**no**" in (tmp_path / "page.md").read_text(encoding="utf-8")  # a miss is written down all the same
    monkeypatch.setattr(command, "validate", lambda progress, only: [dataclasses.replace(ROW, ours=None, error="gone")])
    assert command.run_validate(None, quiet=True)[0]["exit_code"] == 3
    monkeypatch.setattr(command, "validate", lambda progress, only: [ROW, dataclasses.replace(ROW, kind="shown")])
    data, text = command.run_validate(None, quiet=True)
    assert json.dumps(data, allow_nan=False)
    assert "quantity" in text


def test_one_part_alone_takes_its_section_s_place(monkeypatch, tmp_path):
    """The rest of the page stays, and what holds is counted over all of it."""
    there = tmp_path / "page.md"
    other = dataclasses.replace(ROW, group="other", quantity="other")
    there.write_text(page([dataclasses.replace(ROW, tolerance=0.5), other]), encoding="utf-8")
    assert "**1 of 2 hold; 1 do not" in there.read_text(encoding="utf-8")
    monkeypatch.setattr(command, "validate", lambda progress, only: [ROW])
    command.run_validate(there, only=["speed"], quiet=True)
    text = there.read_text(encoding="utf-8")
    assert "**2 of 2 hold; 0 do not" in text and "**no**" not in text
    assert text.count("## ") == 2 and "| other |" in text


def test_a_part_that_is_not_there_is_named():
    with pytest.raises(InputError, match="there is no part 'sped'; known: combustion"):
        command.run_validate(None, only=["sped"], quiet=True)
