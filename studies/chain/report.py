"""The chain's page: headline, the way back, every step with its pages, what passed between them."""

from pathlib import Path

from ...core.findings import Finding, Severity
from ...report.pieces import Cell, Column, FindingsBlock, KeyFigure, KeyFigures, Report, Row, Section, Table, Text
from .document import Chain
from .result import BAD, ChainResult, StepOutcome, Traced

_WHAT = {
    "engine": "engine cycle, contour, injector, mass",
    "design": "engines, vehicle, ascent, loads, launch data",
    "check": "ports and joints, masses, power",
    "ascent": "ascent and the booster's return, one optimum",
    "disperse": "many flights, scattered",
    "land": "the booster's landing, once and many times",
    "electrical": "harness, power, buses held against the rules",
    "messages": "message set: codecs, databases, control document",
    "bench": "a flight computer flies it",
    "package": "launch data, signed and verified",
    "certify": "held against the standard, signed and checked again",
    "campaign": "a constellation deployed, costs and price",
}


def chain_report(chain: Chain, result: ChainResult, folder: Path) -> Report:
    """The overview page of a chain whose steps lie in *folder*."""
    mode = "quick: what takes long is left out, and the files' own values stand there" if result.quick else "all steps"
    report = Report(
        title=chain.name,
        subtitle=chain.notes.strip(),
        facts=(("steps", str(len(chain.steps))), ("run", mode), ("time", f"{result.seconds:.0f} s")),
        footer=f"OSEA-Rocket · {result.input_hash[:12]}",
    )
    report = report.section("Result", *_headline(result), _steps(result), *_bad(result))
    if result.trace:
        report = report.section(chain.trace_title, *_trace(result))
    if result.passed:
        report = report.section("What the steps hand on", _passed(result))
    told = tuple(_said(s, folder) for s in result.steps if s.said and not s.pages)
    return report.section("Steps without a page of their own", *told) if told else report


def _headline(result: ChainResult) -> tuple[KeyFigures | Text, ...]:
    """The figures, and under them why one that was asked for is not there."""
    figures = tuple(KeyFigure(t.name, t.value, t.unit, t.note) for t in result.headline if t.value is not None)
    missing = tuple(
        Text(f"{t.name}{f' ({t.note})' if t.note else ''}: {t.message}") for t in result.headline if t.value is None
    )
    return (*((KeyFigures(figures),) if figures else ()), *missing)


def _steps(result: ChainResult) -> Table:
    rows = []
    for s in result.steps:
        page = s.pages[0] if s.pages else None
        more = Cell(s.pages[1][0], link=s.pages[1][1]) if len(s.pages) > 1 else ""
        rows.append(
            (
                Cell(s.title, link=page[1] if page else ""),
                _WHAT[s.kind],
                s.state,
                Cell(s.seconds, decimals=1),
                Cell(s.processor_time, decimals=1),
                more,
            )
        )
    columns = (
        Column("Step"),
        Column("What it is"),
        Column("Ended"),
        Column("Time", "s"),
        Column("Processor", "s"),
        Column("More"),
    )
    return Table(columns, rows, "The steps; each name leads to its own page")


def _bad(result: ChainResult) -> tuple[FindingsBlock, ...]:
    found = []
    for s in result.steps:
        if s.state in BAD:
            severity = Severity.ERROR if BAD[s.state] != 3 else Severity.UNKNOWN
        elif s.state in ("recording", "absent"):
            severity = Severity.WARN
        else:
            continue
        found.append(Finding(severity, f"chain.{s.kind}", s.name, f"{s.title}: {s.state}. {s.message}".strip()))
    return (FindingsBlock(tuple(found)),) if found else ()


def _trace(result: ChainResult) -> tuple[Text | Table, ...]:
    rows = [_line(t, result) for t in result.trace]
    columns = (Column("What"), Column("Value", align="right"), Column("Follows from"), Column("Where it stands"))
    text = (
        "Each line follows from the one below it. The value is read from the step's own results; its name leads to the page "
        "on which that step explains it."
    )
    return Text(text), Table(columns, rows, "The way back, line by line")


def _line(t: Traced, result: ChainResult) -> Row:
    title = next(s.title for s in result.steps if s.name == t.step)
    whole = t.value is not None and t.value.is_integer() and abs(t.value) < 1e6
    value = Cell(t.value, unit=t.unit, digits=5, decimals=0 if whole else None) if t.value is not None else t.message
    return Row((Cell(t.name, link=t.path), value, t.note, Cell(title, link=t.path)))


def _passed(result: ChainResult) -> Table:
    rows = [
        (p.step, p.field, p.source, _cell(p.stated), _cell(p.value), _cell(p.change, 100.0, "%"), p.message)
        for p in result.passed
    ]
    columns = (
        Column("To step"), Column("Field"), Column("From"), Column("In the file", align="right"),
        Column("Taken", align="right"), Column("Change", align="right"), Column(""),
    )  # fmt: skip
    note = "SI units. A step works with what is taken, not with what its file says; the file is kept near it."
    return Table(columns, rows, "Values handed from step to step", note=note)


def _cell(value: float | None, scale: float = 1.0, unit: str = "") -> Cell | None:
    return None if value is None else Cell(value, scale=scale, unit=unit)


def _said(step: StepOutcome, folder: Path) -> Section:
    said = step.said.replace(f"{folder.resolve()}/", "")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    shown = lines[:14]
    if len(lines) > len(shown):
        shown.append(f"… and {len(lines) - len(shown)} lines more, on its page")
    return Section(step.title, (Text("\n\n".join(shown)),))
