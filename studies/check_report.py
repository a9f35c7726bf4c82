"""The report of a vehicle's check: the stack drawn with its joints coloured, and a table for each joint."""

from ..core.findings import Severity, worst
from ..report import theme
from ..report.pieces import Cell, Column, Figure, FindingsBlock, KeyFigure, KeyFigures, Report, Row, Table
from ..vehicle.drawing import WIDTH, colours_of, half_width
from ..vehicle.drawing_bodies import View, draw_boosters, draw_core, draw_fins
from ..vehicle.layout import layout
from ..vehicle.svg import FAINT, GREY, Sheet, text_width
from ..vehicle.vehicle import Vehicle
from .check import VehicleCheck, least_margin
from .check_joints import Joint
from .check_loads import governing, load_cases
from .joint_loads import AscentLoads

_SAYS = {
    Severity.OK: "fits",
    Severity.WARN: "fits, margin below policy",
    Severity.UNKNOWN: "not known",
    Severity.ERROR: "does not fit",
}


def check_report(
    check: VehicleCheck, vehicle: Vehicle, payload_mass: float | None = None, loads: AscentLoads | None = None
) -> Report:
    """Everything that the check found, for reading and printing; loads: as the check was given them."""
    findings = check.all_findings
    counts = {s: sum(f.severity is s for f in findings) for s in Severity}
    matched = sum(joint.matched for joint in check.joints)
    report = Report(
        title=vehicle.name,
        subtitle="Interface check: which joints fit, with what margin, and what nobody has stated",
        facts=(("content", check.input_hash[:12]), ("result", str(worst(findings)))),
    )
    report = report.section(
        "The stack",
        KeyFigures(
            (
                KeyFigure("joints matched", f"{matched} of {len(check.joints)}"),
                KeyFigure("errors", str(counts[Severity.ERROR])),
                KeyFigure("warnings", str(counts[Severity.WARN])),
                KeyFigure("unknown", str(counts[Severity.UNKNOWN])),
                KeyFigure("compared and sound", str(counts[Severity.OK])),
            )
        ),
        Figure(
            stack_drawing(check, vehicle),
            "The stack with its joints, each in the colour of its worst finding.",
            "stack",
        ),
        _overview(check),
        _loads(check, vehicle, payload_mass, loads),
    )
    wrong = tuple(f for f in findings if f.severity in (Severity.ERROR, Severity.WARN))
    if wrong:
        report = report.section("What to change", FindingsBlock(wrong))
    for joint in check.joints:
        if joint.matched:
            report = report.section(_arrowed(joint.name), _fields(joint))
    open_ones = tuple(f for joint in check.joints if not joint.matched for f in joint.findings)
    if open_ones:
        report = report.section("Joints that cannot be matched", FindingsBlock(open_ones))
    return report.section("The assembly", FindingsBlock(check.findings))


def _overview(check: VehicleCheck) -> Table:
    rows = []
    for joint in check.joints:
        counts = [
            sum(f.severity is s for f in joint.findings)
            for s in (Severity.ERROR, Severity.WARN, Severity.UNKNOWN, Severity.OK)
        ]
        rows.append(
            (_arrowed(joint.name), joint.kind, str(worst(check.of(joint))), *counts, least_margin(check.of(joint)))
        )
    columns = (
        Column("joint"), Column("kind"), Column("worst"), Column("ERROR", align="right"), Column("WARN", align="right"),
        Column("UNKNOWN", align="right"), Column("OK", align="right"), Column("least margin", "%", decimals=1, scale=100.0),
    )  # fmt: skip
    return Table(
        columns,
        rows,
        "Joints from the bottom up.",
        "joints",
        "Least margin: of loads, ranges and levels that both sides state.",
    )


def _loads(check: VehicleCheck, vehicle: Vehicle, payload_mass: float | None, loads: AscentLoads | None) -> Table:
    rows = []
    for row, cases in load_cases(vehicle, check.joints, loads, payload_mass):
        largest = [governing(cases, quantity) for quantity in ("axial", "shear", "bending")]
        cells = [cell for found in largest for cell in ((found[0], found[1].short) if found else (None, ""))]
        rows.append((_arrowed(row.joint.name), row.joint.station, row.mass, row.height, *cells))
    columns = (
        Column("joint"),
        Column("station", "m", decimals=2),
        Column("mass on it", "t", decimals=2, scale=1e-3),
        Column("its centre over it", "m", decimals=2),
        Column("axial", "kN", decimals=0, scale=1e-3),
        Column("by"),
        Column("shear", "kN", decimals=1, scale=1e-3),
        Column("by"),
        Column("bending", "kN·m", decimals=1, scale=1e-3),
        Column("by"),
    )
    return Table(
        columns,
        rows,
        "Computed loads: what stands on each matched joint, and the largest of all cases that are known.",
        "loads",
        "Without a flight's run its loads are missing here. A dash: the payload's mass is open, or no case says anything.",
    )


def _fields(joint: Joint) -> Table:
    rows: list[Row | tuple] = []
    section, neither = "", []
    for f in joint.findings:
        field, _, rule = f.rule.removeprefix("port.").rpartition(".")
        if rule == "none" and f.severity is Severity.OK and f.message.endswith("on either side"):
            neither.append(field)
            continue
        head, _, tail = field.partition(".")
        if (head if tail else "port") != section:
            section = head if tail else "port"
            rows.append(Row((section,), "group"))
        said = f.message.partition(f"{field}: ")[2] or f.message
        rows.append((tail or head, str(f.severity), rule, said, Cell(f.margin)))
    columns = (
        Column("field"),
        Column("finding"),
        Column("rule"),
        Column("what is said"),
        Column("margin", "%", decimals=1, scale=100.0),
    )
    note = f"Both sides say that there is none: {', '.join(neither)}." if neither else ""
    return Table(columns, rows, f"{_arrowed(joint.name)}, field by field.", note=note)


def _arrowed(name: str) -> str:
    """A joint's name as headings, tables and the drawing show it."""
    return name.replace(" -> ", " → ")


def stack_drawing(check: VehicleCheck, vehicle: Vehicle) -> str:
    """The side view with a coloured line across each joint of the stack, and its name and verdict underneath."""
    place = layout(vehicle)
    sheet = Sheet()
    reach = half_width(vehicle)
    low = min(0.0, *(p.bottom for p in place.parts))
    scale = min((WIDTH - 100) / (place.length - low), 60.0, 300.0 / (2 * reach))
    view = View(sheet, scale, (WIDTH - (place.length - low) * scale) / 2 - low * scale, 30 + reach * scale)
    colours = colours_of(vehicle)
    for side in (-1, 1):
        draw_boosters(view, vehicle, place, colours, None, side)
    draw_fins(view, vehicle, towards=False)
    draw_core(view, vehicle, place, colours, None)
    draw_fins(view, vehicle, towards=True)
    in_stack = sorted(_drawn(check, vehicle), key=lambda pair: pair[1])
    foot = view.axis + reach * scale
    half = max(vehicle.stages[0].diameter / 2, vehicle.fairing.diameter / 2 if vehicle.fairing else 0.0) * scale + 8
    marks = []
    for i, (joint, station) in enumerate(in_stack):
        x = view.x(station) + _aside(in_stack, i)
        label = f"{_arrowed(joint.name)}: {worst(check.of(joint))}"
        marks.append((x, label, theme.SEVERITY[str(worst(check.of(joint)))], x - text_width(label, 12) < 40))
    # Labels run to the left of their leaders, the leftmost on top; those without room run to the right, above the others.
    marks = sorted((m for m in marks if m[3]), key=lambda m: -m[0]) + [m for m in marks if not m[3]]
    for row, (x, _, colour, _) in enumerate(marks):
        sheet.line(x, view.axis - half, x, view.axis + half, stroke=colour, width=4.0)
        sheet.line(x, view.axis + half, x, foot + 30 + 19 * row, stroke=colour, width=0.9)
    for row, (x, label, colour, right) in enumerate(marks):
        y, width = foot + 34 + 19 * row, text_width(label, 12)
        sheet.rect(x + 5 if right else x - 5 - width, y - 11, width, 15, "#ffffff")
        sheet.text(x + (7 if right else -7), y, label, 12, anchor="start" if right else "end", colour=colour)
    y = foot + 34 + 19 * len(marks) + 16
    beside = [j for j in check.joints if all(j is not drawn for drawn, _ in in_stack)]
    x = 40.0
    for joint in beside:
        colour, label = theme.SEVERITY[str(worst(check.of(joint)))], _arrowed(joint.name)
        width = text_width(label, 11) + 40
        if x + width > WIDTH - 30:
            x, y = 40.0, y + 18
        sheet.circle(x + 5, y - 4, 4.5, colour, colour)
        sheet.text(x + 15, y, label, 11, anchor="start", colour=GREY)
        x += width
    x, y = 40.0, y + 28
    sheet.line(40, y - 16, WIDTH - 40, y - 16, stroke=FAINT)
    for severity, words in _SAYS.items():
        sheet.rect(x, y - 9, 14, 11, theme.SEVERITY[str(severity)])
        sheet.text(x + 20, y, f"{severity}: {words}", 11.5, anchor="start")
        x += text_width(f"{severity}: {words}", 11.5) + 46
    text = f"{len(check.joints)} joints; worst finding {worst(check.all_findings)}"
    return sheet.document(WIDTH, y + 16, f"{vehicle.name}: joints", text)


def _drawn(check: VehicleCheck, vehicle: Vehicle) -> list[tuple[Joint, float]]:
    """The joints that have a place in the drawing, with their stations [m]: engines hang under their stage's engine section."""
    place = layout(vehicle)
    mounts = {s.name: place.part("stage", s.name).bottom + s.engine_section for s in vehicle.stages}
    found = []
    for joint in check.joints:
        stage = joint.lower.rpartition(".")[0]
        if joint.station is not None:
            found.append((joint, joint.station))
        elif joint.kind == "engine-mount" and stage in mounts:
            found.append((joint, mounts[stage]))
        elif joint.kind == "launch-mount" and joint.matched:
            found.append((joint, 0.0))
    return found


def _aside(joints: list[tuple[Joint, float]], i: int) -> float:
    """Joints at one station (adapter and fairing on the last stage) stand a few pixels apart."""
    same = [joint for joint, station in joints if abs(station - joints[i][1]) < 0.05]
    return 6.0 * (same.index(joints[i][0]) - (len(same) - 1) / 2)
