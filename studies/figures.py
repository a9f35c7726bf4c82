"""The figures of a design: side view, drag, throttle curves, and those of its ascent."""

from ..core.earth import SEA_LEVEL_PRESSURE
from ..propulsion.performance import EnginePerformance
from ..report.plots import Line, Panel, line_plot
from ..vehicle.drawing import side_view
from .ascent_figures import ascent_figures
from .design import Design


def figures(design: Design) -> dict[str, str]:
    """Every figure of the report as SVG text, by name."""
    return {
        "side_view": side_view(
            design.study.vehicle, {e.name: e.map for e in design.engines}, payload_mass=design.payload_mass
        ),
        "drag": _drag(design),
        **ascent_figures(design.flight),
    }


def _drag(design: Design) -> str:
    d = design.drag
    shown = d.mach <= 6
    return line_plot(
        d.mach[shown],
        Panel(
            "Drag coefficient",
            f"of {d.reference_area:.2f} m²",
            [Line(d.cd[shown], "engines on"), Line(d.cd_power_off[shown], "engines off", style="dashed")],
            bottom=0.0,
        ),
        x_label="Mach number",
        width=2.9,
        height=2.4,
    )


def throttle_curve(e: EnginePerformance) -> str:
    """Thrust against throttle, in vacuum and, for an engine that works there, at sea level."""
    m = e.map
    lines = [Line(m.thrust_vacuum / 1e3, "vacuum")]
    if e.thrust_sea_level is not None:
        lines.append(Line((m.thrust_vacuum - SEA_LEVEL_PRESSURE * m.exit_area) / 1e3, "sea level", style="dashed"))
    return line_plot(m.throttle * 100, Panel("Thrust", "kN", lines), x_label="Throttle, %", width=3.0, height=2.0)
