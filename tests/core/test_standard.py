"""The standard's pages: numbered without holes, the same in both languages, and their rules are those of the code."""

import re
from itertools import groupby
from pathlib import Path

import pytest

import osea_rocket
from osea_rocket.core.ports.rules import RULES
from osea_rocket.core.standard import pages, requirement, requirements

ROOT = Path(osea_rocket.__file__).parent


def test_numbers_run_without_holes_and_one_letter_is_one_page():
    for letter, group in groupby(requirements(), key=lambda r: r.part):
        group = list(group)
        assert [r.number for r in group] == [f"OSEA-{letter}-{i:03d}" for i in range(1, len(group) + 1)]
        assert len({r.page for r in group}) == 1
    assert len({r.number for r in requirements()}) == len(requirements()) > 100
    assert len(pages()) == 10


def test_both_languages_hold_the_same_numbers_and_rules():
    assert [p.name for p in pages("en")] == [p.name for p in pages("zh")]
    assert [(r.number, r.rule) for r in requirements("en")] == [(r.number, r.rule) for r in requirements("zh")]
    for english, chinese in zip(requirements("en"), requirements("zh"), strict=True):
        assert re.search(r"[\u4e00-\u9fff]", chinese.text) and not re.search(r"[\u4e00-\u9fff]", english.text)
        # what is code in one text is code in the other
        code = [
            {c for c in re.findall(r"`([^`]+)`", r.text) if "@" not in c and "->" not in c} for r in (english, chinese)
        ]
        assert code[0] == code[1], english.number
    for language in ("en", "zh"):
        for page in pages(language):
            said = len(re.findall(r"OSEA-[A-Z]-[0-9]{3}\*\*", page.read_text(encoding="utf-8")))
            assert said == sum(r.page == page for r in requirements(language)), (
                f"a requirement of {page} cannot be read"
            )


def test_every_rule_that_is_named_is_a_rule_of_the_code():
    folders = ("core", "propulsion", "vehicle", "recovery", "studies")
    sources = "\n".join(f.read_text(encoding="utf-8") for folder in folders for f in (ROOT / folder).rglob("*.py"))
    matching = {rule.name for rule in RULES} | {"missing", "none", "unmatched", "unused"}
    for rule in {r.rule for r in requirements() if r.rule}:
        family, _, name = rule.rpartition(".")
        if family.startswith("port."):
            assert name in matching, rule
        elif rule == "assembly.joint_mass":
            assert 'f"assembly.joint_{field}"' in sources
        else:
            assert f'"{rule}"' in sources or f'"{name}"' in sources, rule


def test_the_index_counts_the_requirements():
    text = (ROOT / "standard/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]) \|.*\| (\d+) \|$", text, re.MULTILINE)
    counts = {letter: sum(r.part == letter for r in requirements()) for letter in {r.part for r in requirements()}}
    assert {letter: int(n) for letter, n in rows} == counts


def test_one_by_its_number():
    assert "ten" not in requirement("OSEA-R-001").text and requirement("OSEA-R-001").rule == "port.*.equal"
    with pytest.raises(KeyError, match="OSEA-X-001"):
        requirement("OSEA-X-001")
