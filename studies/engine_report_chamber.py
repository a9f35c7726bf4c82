"""The report's sections on the chamber: contour, injector, acoustic modes."""

import numpy as np

from ..propulsion.acoustics import ChamberAcoustics
from ..propulsion.contour.contour import Contour
from ..propulsion.engine_design import EngineDesign
from ..propulsion.injector import InjectorDesign, SideDesign
from ..report.pieces import Cell, Column, Facts, Figure, Section, SourceNote, Table, Text
from .engine_drawing import chamber_drawing


def contour_blocks(design: EngineDesign) -> tuple:
    """Drawing and figures of the contour."""
    c = design.contour
    assert c is not None
    drawing = Figure(
        chamber_drawing(c, design.cooling),
        "Chamber and nozzle in section, millimetres; the wall's coordinates are in tables/contour.csv and contour.dxf.",
        label="contour",
    )
    return Text(_contour_words(c)), drawing, _contour_facts(c)


def _contour_words(c: Contour) -> str:
    if c.divergence_efficiency is None:
        loss = "The flow in it could not be computed, so that its divergence loss is that of the engine's class."
    else:
        loss = (
            f"By the method of characteristics its vacuum thrust is {c.divergence_efficiency:.4f} of that of one-dimensional "
            "flow through the same exit: the divergence loss of [[losses]], where the engine states none of its own."
        )
    return f"[[contour]] shows the wall: {c.method}, {c.length_fraction:.1%} of the length of a 15° cone. {loss}"


def _contour_facts(c: Contour) -> Facts:
    rows: list[tuple] = [
        ("Chamber length, to the throat", Cell(1e3 * c.chamber_length, decimals=1), "mm"),
        ("Cylinder", Cell(1e3 * c.cylinder_length, decimals=1), "mm"),
        ("Chamber volume (characteristic length times throat)", Cell(1e3 * c.chamber_volume, digits=4), "l"),
        ("Nozzle length", Cell(1e3 * c.nozzle_length, decimals=1), "mm"),
        ("Inflection and exit angle", f"{np.degrees(c.inflection_angle):.2f}° and {np.degrees(c.exit_angle):.2f}°", ""),
        ("Wall area, whole and nozzle", f"{c.surface_area:.4g} and {c.nozzle_surface_area:.4g}", "m²"),
        ("Discharge coefficient of the throat", Cell(c.discharge_coefficient, decimals=4), ""),
    ]
    if c.exit_wall_pressure is not None:
        rows.append(("Wall pressure at the exit over total pressure", Cell(c.exit_wall_pressure, digits=3), ""))
    return Facts(tuple(rows))


def injector_blocks(design: EngineDesign) -> tuple:
    """The injector as sized."""
    d = design.injector
    assert d is not None
    return Text(_injector_words(d)), _injector_table(d), _numbers(d)


def _injector_words(d: InjectorDesign) -> str:
    each = f" {d.thrust_per_element:,.0f} N each," if d.thrust_per_element else ""
    count = f"{d.elements} elements" if d.elements > 1 else "One element"
    return (
        f"{count}, {d.element},{each} {d.flow_per_element * 1e3:.3g} g/s each. [[injector]] gives both sides' passages."
    )


def _injector_table(d: InjectorDesign) -> Table:
    def size(s: SideDesign) -> str:
        if s.orifice_diameter is not None:
            return f"⌀ {1e3 * s.orifice_diameter:.3f} mm"
        return f"⌀ {1e3 * (s.inner_diameter or 0):.3f} to {1e3 * (s.outer_diameter or 0):.3f} mm"

    sides = (d.oxidizer, d.fuel)
    rows = [
        ("Orifices", *(f"{s.orifices}" for s in sides)),
        ("Passage", *(size(s) for s in sides)),
        ("Flow area, all", *(f"{1e4 * s.area:.4g} cm²" for s in sides)),
        ("Discharge coefficient", *(f"{s.discharge_coefficient:.3f}" for s in sides)),
        ("Pressure drop", *(f"{s.pressure_drop / 1e5:.2f} bar" for s in sides)),
        ("of chamber pressure", *(f"{s.pressure_ratio:.1%}" + (", choked" if s.choked else "") for s in sides)),
        ("at the lowest throttle", *(f"{s.lowest_pressure_ratio:.1%}" for s in sides)),
        ("Velocity of the jet", *(f"{s.velocity:.1f} m/s" for s in sides)),
        ("Density of the jet", *(f"{s.density:.4g} kg/m³" for s in sides)),
        ("Reynolds number", *("unknown" if s.reynolds is None else f"{s.reynolds:.3g}" for s in sides)),
    ]
    columns = (Column("Passages"), Column("Oxidizer", align="right"), Column("Fuel", align="right"))
    return Table(columns, tuple(rows), "The injector's passages.", label="injector")


def _numbers(d: InjectorDesign) -> Facts:
    rows: list[tuple] = [
        ("Velocity ratio", Cell(d.velocity_ratio, digits=4), ""),
        ("Momentum flux ratio", Cell(d.momentum_flux_ratio, digits=4), ""),
        ("Momentum ratio", Cell(d.momentum_ratio, digits=4), ""),
    ]
    for label, value, scale, unit in (
        ("Angle of the merged sheet to the axis", d.resultant_angle, 180.0 / np.pi, "°"),
        ("Half angle of the spray", d.spray_half_angle, 180.0 / np.pi, "°"),
        ("Rupe's number", d.rupe, 1.0, ""),
        ("Weber number", d.weber, 1.0, ""),
        ("Pitch of the elements", d.pitch, 1e3, "mm"),
        ("Widest passage of an element", d.element_diameter, 1e3, "mm"),
    ):
        if value is not None:
            rows.append((label, Cell(scale * value, digits=4), unit))
    if d.weber is None:
        rows.append(("Weber number", "none", "(no liquid with a known surface beside a gas)"))
    return Facts(tuple(rows))


def acoustic_blocks(a: ChamberAcoustics) -> tuple:
    """Standing waves, and the cavities tuned to them."""
    text = (
        f"A cylinder of {1e3 * a.diameter:.1f} mm, acoustic length {1e3 * a.acoustic_length:.1f} mm, with a sound speed of "
        f"{a.sound_speed:.0f} m/s and through-flow at Mach {a.mach:.3f}. L along the axis, T about it, R nodal circles."
    )
    modes = a.modes[:12]
    half = -(-len(modes) // 2)
    rows = []
    for i in range(half):
        left, right = modes[i], modes[i + half] if i + half < len(modes) else None
        rows.append((left.name, left.frequency, right.name if right else "", right.frequency if right else None))
    columns = (
        Column("Mode"),
        Column("Frequency", "Hz", decimals=0),
        Column("Mode"),
        Column("Frequency", "Hz", decimals=0),
    )
    blocks: list = [Text(text), Table(columns, tuple(rows), "Lowest acoustic modes of the chamber.", label="modes")]
    if a.cavities:
        cavity_columns = (
            Column("Cavity for"), Column("Mode at", "Hz", decimals=0), Column("Cavity at", "Hz", decimals=0),
            Column("Depth that meets it", "mm", scale=1e3, decimals=1),
            Column("Open area of the face", "%", scale=100, decimals=1),
        )  # fmt: skip
        tuned = tuple((c.mode, c.mode_frequency, c.frequency, c.tuned_depth, c.open_area_of_face) for c in a.cavities)
        blocks.append(Table(cavity_columns, tuned, "Acoustic cavities.", label="cavities"))
    return tuple(blocks)


def mass_blocks(design: EngineDesign) -> tuple:
    """Dry mass by every relation that fits the cycle and propellants."""
    rows = []
    for m in design.masses:
        reach = f"{m.lowest_thrust / 1e3:,.0f} to {m.highest_thrust / 1e3:,.0f} kN"
        note = Cell(m.relation, tuple(SourceNote("secondary", s) for s in m.sources))
        within = "inside" if m.inside else "outside"
        rows.append((note, m.mass, m.low, m.high, reach, within))
    columns = (
        Column("Relation"), Column("Dry mass", "kg", digits=4), Column("low", "kg", digits=4), Column("high", "kg", digits=4),
        Column("Range of thrust"), Column(""),
    )  # fmt: skip
    table = Table(
        columns, tuple(rows), "Dry mass by published relations over built engines, with their scatter; none knows the chamber "
        "pressure.", label="mass",
    )  # fmt: skip
    return (table,)


def comparison_blocks(design: EngineDesign) -> tuple:
    """Computed beside published; what is recalled or estimated stands apart."""
    found = [r for r in design.comparison if r.grade in ("read", "secondary")]
    doubtful = [r for r in design.comparison if r.grade not in ("read", "secondary")]
    columns = (
        Column("Figure"), Column("Unit"), Column("Published", align="right"), Column("Computed", align="right"),
        Column("Difference", "%", scale=100.0, decimals=2),
    )  # fmt: skip
    scales = {"Pa": (1e-5, "bar"), "W": (1e-3, "kW"), "N": (1e-3, "kN"), "m": (1e3, "mm")}
    blocks: list = []
    for rows, label, caption in (
        (found, "comparison", "The balance beside published figures of the engine."),
        (doubtful, "recalled", "Beside figures from memory or estimated; these prove nothing."),
    ):
        lines = []
        for r in rows:
            scale, unit = scales.get(r.unit, (1.0, r.unit))
            name = f"{r.of}: {r.quantity}" if r.of else r.quantity.capitalize()
            value = Cell(scale * r.published, (SourceNote(r.grade, r.citation),), digits=5)
            ours = Cell(None if r.computed is None else scale * r.computed, digits=5)
            lines.append((name, unit, value, ours, r.difference))
        if lines:
            blocks.append(Table(columns, tuple(lines), caption, label=label))
    return tuple(blocks)


def jacket_section(design: EngineDesign) -> Section | None:
    """The jackets in the balance and along the wall."""
    if not design.jackets:
        return None
    rows = []
    for j in design.jackets:
        heat = "from the wall" if j.heat_computed else "stated"
        drop = "from the wall" if j.drop_computed else "stated or found"
        rows.append((j.passage, j.heat, j.marched_heat, heat, j.pressure_drop, j.marched_pressure_drop, drop))
    columns = (
        Column("Jacket"), Column("Heat", "MW", scale=1e-6, decimals=3), Column("along the wall", "MW", scale=1e-6, decimals=3),
        Column("Balance's is"), Column("Drop", "bar", scale=1e-5, decimals=2),
        Column("along the wall", "bar", scale=1e-5, decimals=2), Column("Balance's is"),
    )  # fmt: skip
    table = Table(
        columns,
        tuple(rows),
        "Jackets: what the balance holds, and what the march along the wall gives.",
        label="jackets",
    )
    return Section("Balance and cooling", (table,))
