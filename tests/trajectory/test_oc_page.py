"""The example on docs/optimal_control.md runs, and is as short as it promises."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "optimal_control.md"


def test_the_goddard_rocket_of_the_page(capsys):
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(example.splitlines()) < 40
    names: dict = {}
    exec(compile(example, str(PAGE), "exec"), names)
    assert names["solution"].objective == pytest.approx(1.01284, abs=1e-5)
    printed = capsys.readouterr().out
    assert "1.0128368" in printed and "flown again" in printed
