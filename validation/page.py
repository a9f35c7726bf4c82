"""The book of proof as a Markdown page."""

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from .comparison import Comparison

_HEAD = """# Our numbers beside the published ones

Made by `osea validate --write docs/validation.md` ({when}, OSEA-Rocket {version}, Python {python}, {machine}). Nothing here is
tuned to its target. *read*: from the source itself; *secondary*: from a copy that cites it. A recalled figure is shown and
never counted.

{counts}
"""


def page(rows: Sequence[Comparison]) -> str:
    """One table a group; what is not met is said first."""
    met = sum(r.met is True for r in rows)
    missed = [r for r in rows if r.met is False]
    failed = [r for r in rows if r.error]
    shown = len(rows) - met - len(missed) - len(failed)  # nothing promised, or the target is recalled
    counts = f"**{met} of {met + len(missed) + len(failed)} hold"
    counts += f"; {len(missed)} do not" if missed else ""
    counts += f"; {len(failed)} could not be computed" if failed else ""
    counts += f"; {shown} more are shown for comparison" if shown else ""
    kinds = dict.fromkeys(r.against for r in rows if r.met is True)
    by_kind = ", ".join(f"{sum(r.met is True and r.against == k for r in rows)} against {k}" for k in kinds)
    text = _HEAD.format(
        when=datetime.now(UTC).strftime("%Y-%m-%d"),
        version=version("osea-rocket"),
        python=platform.python_version(),
        machine=f"{platform.machine()}, {os.cpu_count()} cores",
        counts=f"{counts}.** Of those that hold: {by_kind}." if by_kind else counts + ".**",
    )
    return text + "".join(f"\n{section}" for section in _sections(rows).values())


def with_sections(text: str, rows: Sequence[Comparison]) -> str:
    """A page with the sections of these rows in place of its own (at its end, where it has none), what holds counted again."""
    for group, section in _sections(rows).items():
        here = re.search(rf"^## {re.escape(group)}\n.*?(?=\n## |\Z)", text, re.DOTALL | re.MULTILINE)
        text = text[: here.start()] + section + text[here.end() :] if here else f"{text.rstrip()}\n\n{section}"
    hold, missed = text.count("| yes |"), text.count("| **no** |")
    return re.sub(
        r"^\*\*\d+ of \d+ hold; \d+ do not",
        f"**{hold} of {hold + missed} hold; {missed} do not",
        text,
        flags=re.MULTILINE,
    )


def _sections(rows: Sequence[Comparison]) -> dict[str, str]:
    """The table and notes of each group."""
    found = {}
    for group in dict.fromkeys(r.group for r in rows):
        own = [r for r in rows if r.group == group]
        text = f"## {group}\n\n| Quantity | Ours | Published or bound | Difference | Holds | Source |\n"
        text += "|---|---:|---:|---:|---|---|\n"
        text += "".join(_line(r) for r in own)
        notes = dict.fromkeys(r.note for r in own if r.note)
        found[group] = text + ("\n" + "".join(f"- {note}\n" for note in notes) if notes else "")
    return found


def _line(r: Comparison) -> str:
    source = f"{r.source} ({r.grade})" if r.source != "own bound" else r.source
    return f"| {r.quantity} | {_ours(r)} | {_published(r)} | {_difference(r)} | {holds(r)} | {source} |\n"


def _unit(r: Comparison) -> str:
    return "" if r.unit == "1" else f" {r.unit}"


def _published(r: Comparison) -> str:
    if r.published is None:
        return ""
    return f"{'≤ ' if r.kind == 'at most' else ''}{_number(r.published, r.digits)}{_unit(r)}"


def _ours(r: Comparison) -> str:
    if r.error:
        return r.error
    if r.kind == "between" and r.low is not None and r.high is not None:
        return f"{_number(r.low, r.digits)} … {_number(r.high, r.digits)}{_unit(r)}"
    return "" if r.ours is None else f"{_number(r.ours, r.digits)}{_unit(r)}"


def _difference(r: Comparison) -> str:
    if r.kind not in ("within", "shown") or r.difference is None or not r.published:
        return ""
    percent = 100 * r.difference / r.published
    return f"{percent:+.2f} %" if abs(percent) >= 0.005 else f"{r.difference:+.2g}{_unit(r)}"


def holds(r: Comparison) -> str:
    """yes, **no**, or a dash where nothing was promised or nothing can be said."""
    if r.met is None:
        return "–"
    return "yes" if r.met else "**no**"


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    return text if "e" not in text or abs(value) < 1e-3 else f"{value:,.0f}"


def lines(rows: Sequence[Comparison]) -> str:
    """The same for a terminal."""
    text = []
    for group in dict.fromkeys(r.group for r in rows):
        text += ["", group]
        for r in (r for r in rows if r.group == group):
            mark = {"yes": "ok  ", "**no**": "MISS", "–": "    "}[holds(r)]
            text.append(f"  {mark} {r.quantity:<74} {_ours(r):>20} {_published(r):>16} {_difference(r):>10}")
    return "\n".join(text).lstrip("\n")
