"""`osea check ELECTRICAL.yaml`: the rules' answers as a table and as data; drawings, lists and the document beside them."""

from pathlib import Path
from typing import Any

from ..avionics.electrical.check import PREFIX, ElectricalCheck, check_electrical
from ..avionics.electrical.document import Electrical
from ..avionics.electrical.rules import rule_texts
from ..core.findings import Finding, Severity, by_gravity, worst
from .check import least_margin, severity_counts

_TIGHTEST = 12  # margins shown


def checked(
    e: Electrical, out: Path | None, html: Path | None
) -> tuple[dict[str, Any], list[str], tuple[Finding, ...]]:
    """All rules asked: as data, as lines, as findings.

    out: a folder for everything that is made of it; html: the file of the document alone.
    """
    check = check_electrical(e)
    data, lines = as_data(check), [*as_text(check), ""]
    if out is not None or html is not None:
        from ..avionics.electrical.outputs import document, write_all

        if html is not None:
            html.parent.mkdir(parents=True, exist_ok=True)
            html.write_text(document(e, check).html(), encoding="utf-8")
        if out is not None:
            files = write_all(e, check, out)
            data |= {"folder": str(out), "files": files}
            lines = [*lines[:-1], f"{len(files)} files in {out}: {', '.join(files)}", ""]
    return data, lines, check.findings


def by_group(check: ElectricalCheck) -> dict[str, tuple[Finding, ...]]:
    """Findings by group of rules, in the order of the rules."""
    texts = rule_texts()
    found: dict[str, list[Finding]] = {t.group: [] for t in texts.values()}
    for f in check.findings:
        found[texts[f.rule.removeprefix(PREFIX)].group].append(f)
    return {group: tuple(fs) for group, fs in found.items()}


def tightest(check: ElectricalCheck, count: int = _TIGHTEST) -> list[Finding]:
    """The sound comparison with the least margin of each rule, the tightest rules first."""
    least: dict[str, Finding] = {}
    for f in check.findings:
        if f.severity is not Severity.OK or f.margin is None or f.rule in _EXACT:
            continue
        if f.rule not in least or f.margin < (least[f.rule].margin or 0.0):
            least[f.rule] = f
    return sorted(least.values(), key=lambda f: f.margin or 0.0)[:count]


# Rules of statements that are to agree: their margin says nothing of the design.
_EXACT = tuple(
    PREFIX + r
    for r in (
        "wire.resistance",
        "wire.length",
        "signal.return_current",
        "signal.criticality",
        "signal.levels",
        "pyro.inhibits",
        "bus.bit_rate",
    )
)


def as_text(check: ElectricalCheck) -> list[str]:
    """The table by group of rules, the tightest margins, then what is wrong, weak or unknown, gravest first."""
    lines = [f"{'rules':<16}{'ERROR':>6}{'WARN':>6}{'UNKNOWN':>9}{'OK':>7}{'least margin':>14}"]
    for group, findings in by_group(check).items():
        counts, least = severity_counts(findings), least_margin(tuple(f for f in findings if f.rule not in _EXACT))
        shown = "" if least is None else f"{100 * least:+.1f} %"
        lines.append(f"{group:<16}{counts[0]:>6}{counts[1]:>6}{counts[2]:>9}{counts[3]:>7}{shown:>14}")
    lines.append(f"\n{len(rule_texts())} rules; the tightest sound margins, one a rule:")
    lines += [
        f"  {100 * (f.margin or 0.0):>6.1f} %  {f.rule.removeprefix(PREFIX)}: {f.message}" for f in tightest(check)
    ]
    wrong = [f for f in by_gravity(check.findings) if f.severity is not Severity.OK]
    lines += [""] if wrong else []
    lines += [f"{f.severity:<8}{f.rule.removeprefix(PREFIX)}: {f.message}\n        {f.where}" for f in wrong]
    return lines


def as_data(check: ElectricalCheck) -> dict[str, Any]:
    """Every rule with its source, its counts and its least margin, as plain data."""
    found = []
    for name, text in rule_texts().items():
        findings = check.of_rule(name)
        counts = severity_counts(findings)
        found.append(
            {
                "rule": PREFIX + name, "group": text.group, "says": text.says, "source": text.source, "grade": text.grade,
                "worst": str(worst(findings)) if findings else None, "least_margin": least_margin(findings),
                **dict(zip(("error", "warn", "unknown", "ok"), counts, strict=True)),
            }
        )  # fmt: skip
    return {"rules": found}
