"""Everything that is made of an electrical interface: drawings, lists, and the interface control document that holds them all."""

import re
from pathlib import Path

from ...core.findings import Severity, by_gravity
from ...report.pieces import (
    Cell,
    Column,
    Facts,
    Figure,
    FindingsBlock,
    KeyFigure,
    KeyFigures,
    Report,
    Row,
    Section,
    Table,
    Text,
)
from ..generate.icd import message_sections
from ..generate.writing import write_files
from .check import PREFIX, ElectricalCheck
from .document import Electrical
from .draw_blocks import block_diagram, strings_of
from .draw_harness import wiring_diagrams
from .draw_power import charge_chart, power_chart, power_tree
from .index import Index
from .lists import pin_list, wire_list, wireviz
from .rules import rule_texts
from .tables_of import bus_tables, connector_tables, harness_tables, power_tables


def generate(e: Electrical, check: ElectricalCheck) -> dict[str, str]:
    """Names and texts of all files."""
    name = _file_name(e.name)
    files = {
        f"{name}_icd.html": document(e, check).html(),
        "block_diagram.svg": block_diagram(e),
        "wires.csv": wire_list(e),
        "pins.csv": pin_list(e),
        f"{name}.wireviz.yml": wireviz(e),
    }
    if e.supplies:
        files |= {"power_tree.svg": power_tree(e), "power_by_phase.svg": power_chart(e)}
    charges = charge_chart(e)
    if charges is not None:
        files["charge_by_phase.svg"] = charges
    for title, svg in wiring_diagrams(e):
        files[f"wiring_{_file_name(title)}.svg"] = svg
    return files


def write_all(e: Electrical, check: ElectricalCheck, folder: Path) -> list[str]:
    """Write every file into *folder*, which is made when missing; each is replaced whole. Returns their names."""
    files = generate(e, check)
    write_files(files, folder)
    return list(files)


def _file_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower() or "electrical"


def document(e: Electrical, check: ElectricalCheck) -> Report:
    """The interface control document: what fits, drawings, every interface, then the messages of the set."""
    ix = Index(e)
    facts = (("Version", e.version or "not stated"), ("Definition", f"sha256 {e.content_hash()[:16]}"))
    report = Report(e.name, "Electrical interface control document", facts=facts)
    counts = {s: sum(f.severity is s for f in check.findings) for s in Severity}
    figures = KeyFigures(
        (
            KeyFigure("Boxes", str(len(e.equipment))),
            KeyFigure("Connectors", str(len(ix.connectors))),
            KeyFigure("Wires", str(len(e.wires))),
            KeyFigure("Signals", str(len(e.signals))),
            KeyFigure("Errors", str(counts[Severity.ERROR])),
            KeyFigure("Unknown", str(counts[Severity.UNKNOWN])),
            KeyFigure("Comparisons that hold", str(counts[Severity.OK])),
        )
    )
    wrong = [f for f in by_gravity(check.findings) if f.severity is not Severity.OK]
    blocks = [figures, *([Text(e.notes)] if e.notes else []), _equipment(e)]
    report = report.section("Overview", *blocks)
    if wrong:
        report = report.section("What is wrong, weak or unknown", FindingsBlock(wrong))
    said = "The boxes of string {} on the rails that join them. White boxes belong to another string, or to none."
    panels = [Figure(block_diagram(e, [string]), said.format(string or "(none)")) for string in strings_of(e)]
    report = report.section("Block diagram", *panels, new_page=True)
    if e.supplies:
        report = report.section("Power", *_power(e, ix), new_page=True)
    report = report.section("Rules and margins", *_rules(check), new_page=True)
    report = report.section("Connectors and pins", *connector_tables(ix), new_page=True)
    report = report.section("Signals and harness", *harness_tables(ix), new_page=True)
    sheets = [Figure(svg, f"Wiring, {title}.") for title, svg in wiring_diagrams(e)]
    key = "Twisted wires cross; a dashed outline is a shield, tied to the connector where its line leads."
    report = report.section("Wiring diagrams", Text(key), *sheets, new_page=True)
    report = report.section("Buses, schedules and telemetry", *bus_tables(ix), new_page=True)
    for section in message_sections(ix.messages) if ix.messages else ():
        report = report.section(section.title, *section.blocks, new_page=True)
    return report


def _equipment(e: Electrical) -> Table:
    columns = (
        Column("Box"), Column("What"), Column("String"), Column("Where"), Column("Role in the messages"),
        Column("Bond", "mΩ", digits=2, scale=1e3), Column("Isolation", "MΩ", digits=2, scale=1e-6),
    )  # fmt: skip
    rows = [
        (b.name, b.description, b.string or "", b.bay, ", ".join(b.roles), b.bond, b.isolation) for b in e.equipment
    ]
    return Table(columns, rows, "Equipment")


def _power(e: Electrical, ix: Index) -> list[Figure | Table | Facts | Section]:
    tree = (
        "The power tree: fuses are boxes with a line, limiters boxes with I <; at the loads the lowest voltage there."
    )
    blocks: list[Figure | Table | Facts | Section] = [
        Figure(power_tree(e), tree, "power-tree"),
        Figure(power_chart(e), "Power that the loads take from each source, by phase."),
    ]
    charges = charge_chart(e)
    if charges is not None:
        text = "Charge taken from each battery at its lowest voltage, and what it may give (dashed)."
        blocks.append(Figure(charges, text))
    return [*blocks, *power_tables(ix)]


def _rules(check: ElectricalCheck) -> list[Table]:
    rows: list[Row | tuple] = []
    group = ""
    for name, text in rule_texts().items():
        findings = check.of_rule(name)
        margins = [f.margin for f in findings if f.margin is not None]
        if text.group != group:
            group = text.group
            rows.append(Row((group,), "group"))
        counts = [(s, sum(f.severity is s for f in findings)) for s in reversed(Severity)]
        answer = ", ".join(f"{count} {s}" for s, count in counts if count) or "nothing to say"
        least = Cell(min(margins, default=None))
        rows.append((name, text.says, f"{text.source} ({text.grade})", answer, least))
    columns = (
        Column("Rule"), Column("Says"), Column("Source (grade)"), Column("Answers"),
        Column("Least margin", "%", decimals=1, scale=100.0),
    )  # fmt: skip
    note = "Grades: recalled is from memory of the standard and waits to be held against its page; estimate is a rule of ours."
    return [Table(columns, rows, "Rules, and what they found", note=note)]


__all__ = ["PREFIX", "document", "generate", "write_all"]
