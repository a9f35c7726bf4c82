"""Findings, errors and progress: the small things every command says."""

import pytest

from osea_rocket.core.errors import ImpossibleError, InputError, MissingExtraError, OseaError, UndecidedError
from osea_rocket.core.findings import Finding, Severity, by_gravity, worst
from osea_rocket.core.progress import Progress, RichProgress


def finding(severity: Severity, rule: str = "r", margin: float | None = None) -> Finding:
    return Finding(severity, rule, "file:1:1", "message", margin)


def test_unknown_is_worse_than_warn_and_never_ok():
    ok, warn, unknown, error = (finding(s) for s in (Severity.OK, Severity.WARN, Severity.UNKNOWN, Severity.ERROR))
    assert worst([]) is Severity.OK
    assert worst([ok]) is Severity.OK
    assert worst([ok, warn]) is Severity.WARN
    assert worst([warn, unknown, ok]) is Severity.UNKNOWN
    assert worst([unknown, error]) is Severity.ERROR
    assert by_gravity([ok, warn, error, unknown]) == [error, unknown, warn, ok]


def test_the_order_is_kept_among_equals():
    a, b, c = finding(Severity.WARN, "a"), finding(Severity.ERROR, "b"), finding(Severity.WARN, "c")
    assert by_gravity([a, b, c]) == [b, a, c]


def test_a_margin_is_a_number_or_none():
    assert finding(Severity.OK, margin=-0.5).margin == -0.5
    for bad in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="margin"):
            finding(Severity.OK, margin=bad)


def test_exit_codes_and_texts():
    assert [e("x").exit_code for e in (InputError, ImpossibleError, UndecidedError)] == [2, 1, 3]
    error = InputError("wrong", where="a.yaml:1:2", details=["one", "two"])
    assert isinstance(error, OseaError) and str(error) == "a.yaml:1:2: wrong\n  one\n  two"
    assert str(InputError("wrong")) == "wrong"
    assert "pip install 'osea-rocket[x]'" in str(MissingExtraError("numpy", "x"))


def test_silent_progress(capsys):
    progress = Progress()
    with progress.step("engine"):
        progress.note("12")
    progress.close()
    assert capsys.readouterr() == ("", "")


def test_the_bar_takes_any_name_and_stays_off_stdout(capsys):
    progress = RichProgress({"stage [/bold]": 1.0})
    with progress.step("stage [/bold]"):  # names come from files: no markup
        progress.note("[red]")
    with pytest.raises(KeyError), progress.step("unplanned"):
        raise KeyError
    progress.close()
    assert progress.seconds["stage [/bold]"] >= 0
    assert capsys.readouterr().out == ""
