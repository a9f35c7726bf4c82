"""The report of a bench's run."""

from importlib.metadata import version

import numpy as np

from ..hil.history import History
from ..hil.run import BenchResult
from ..hil.signals import INDEX
from ..report.pieces import Column, Figure, KeyFigure, KeyFigures, Report, Row, Table, Text
from ..report.plots import Band, Line, Panel, profile_grid
from .bench import BenchCase
from .landing_bench import LandingBench

LAST_HEIGHT = 2000.0  # m


def bench_figures(made: BenchCase | LandingBench, result: BenchResult, h: History) -> dict[str, str]:
    """Every figure as SVG text, by name."""
    t, deg = h["clock.time"], np.degrees
    if len(t) < 2:
        return {}
    bands = _bands(made, h)
    speed = np.sqrt(sum(h[f"truth.velocity.{a}"] ** 2 for a in "xyz"))
    thin = h["truth.dynamic_pressure"] < 100.0
    flight = profile_grid(
        t,
        [
            Panel("Altitude", "km", [Line(h["truth.altitude"] / 1e3)], bottom=0.0),
            Panel("Speed over ground", "m/s", [Line(speed)], bottom=0.0),
            Panel("Dynamic pressure", "kPa", [Line(h["truth.dynamic_pressure"] / 1e3)], bottom=0.0),
            Panel(
                "Angle of attack", "deg", [Line(np.where(thin, np.nan, deg(h["truth.angle_of_attack"])))], bottom=0.0
            ),
            Panel("Thrust", "MN", [Line(h["truth.thrust"] / 1e6)], bottom=0.0),
            Panel("Propellant of the stage", "t", [Line(h["propellant.mass"] / 1e3)], bottom=0.0),
        ],
        bands=bands,
    )
    computer = profile_grid(
        t,
        [
            Panel("Gimbals about y", "deg", [Line(deg(h["command.gimbal_y"]), "commanded"),
                                             Line(deg(h["gimbal.y"]), "measured", style="dashed")]),
            Panel("Gimbals about z", "deg", [Line(deg(h["command.gimbal_z"]), "commanded"),
                                             Line(deg(h["gimbal.z"]), "measured", style="dashed")]),
            Panel("Body rates", "deg/s", [Line(deg(h["truth.rate.x"]), "roll"), Line(deg(h["truth.rate.y"]), "pitch"),
                                          Line(deg(h["truth.rate.z"]), "yaw")]),
            Panel("Throttle", "%", [Line(100.0 * h["command.throttle"])], bottom=0.0),
            Panel("State of the computer", "", [Line(h["answer.state"])], bottom=0.0),
            Panel("Bus voltage", "V", [Line(h["power.voltage"])]),
        ],
        bands=bands,
    )  # fmt: skip
    drawn = {"flight": flight, "computer": computer}
    if isinstance(made, LandingBench) and (last := _landing(h)):
        drawn["landing"] = last
    return drawn


def _landing(h: History) -> str:
    """The last part, against the height of the centre of mass."""
    height, deg = -h["truth.local.z"], np.degrees
    last = (height < LAST_HEIGHT) & (h["vehicle.landed"] == 0.0) & (h["clock.time"] > 0.0)
    height = height[last]
    if not len(height):
        return ""

    def of(name: str) -> np.ndarray:
        return h[name][last]

    return profile_grid(
        height,
        [
            Panel("Sink rate", "m/s", [Line(of("truth.down"))], bottom=0.0),
            Panel("Place over the pad", "m", [Line(of("truth.local.x"), "north"), Line(of("truth.local.y"), "east")]),
            Panel("Speed across", "m/s", [Line(of("truth.north"), "north"), Line(of("truth.east"), "east")]),
            Panel("Tilt from the vertical", "deg", [Line(deg(of("truth.tilt")))], bottom=0.0),
            Panel("Throttle", "%", [Line(100.0 * of("command.throttle"))], bottom=0.0),
            Panel("Grid fins", "deg", [Line(deg(of("fin.y")), "about y"), Line(deg(of("fin.z")), "about z")]),
        ],
        x_label="Height of the centre of mass, m",
        x_range=(LAST_HEIGHT, 0.0),
    )


def _bands(made: BenchCase | LandingBench, h: History) -> list[Band]:
    of_phase = isinstance(made, LandingBench)
    number, t = h["vehicle.phase" if of_phase else "vehicle.stage"], h["clock.time"]
    names = made.case.names if of_phase else [s.name for s in made.flown.study.vehicle.stages]
    bands = []
    for i, name in enumerate(names):
        here = (number == i) & (t > 0.0)
        if here.any():
            bands.append(Band(float(t[here][0]), float(t[here][-1]), name[:1].upper() + name[1:]))
    return bands


def _ends(made: BenchCase | LandingBench, final: np.ndarray) -> list[KeyFigure]:
    """What the flight came to."""
    if not isinstance(made, LandingBench):
        return [
            KeyFigure("Perigee at the end", final[INDEX["truth.perigee"]] / 1e3, "km", digits=5),
            KeyFigure("Apogee at the end", final[INDEX["truth.apogee"]] / 1e3, "km", digits=5),
        ]
    if final[INDEX["vehicle.landed"]] == 0.0:
        return [KeyFigure("Touchdown", "none")]
    return [
        KeyFigure("Touchdown", final[INDEX["truth.touchdown.distance"]], "m", "from the pad's middle", digits=3),
        KeyFigure("Sink rate", final[INDEX["truth.touchdown.sink"]], "m/s"),
        KeyFigure("Speed across", final[INDEX["truth.touchdown.drift"]], "m/s"),
        KeyFigure("Tilt", float(np.degrees(final[INDEX["truth.touchdown.tilt"]])), "deg"),
        KeyFigure("Propellant left", final[INDEX["propellant.mass"]] / 1e3, "t"),
    ]


def bench_report(
    made: BenchCase | LandingBench, result: BenchResult, h: History, seed: int, digest: str, drawn: dict[str, str]
) -> Report:
    """One page that prints."""
    bench, final = made.bench, result.final
    pace = max(result.end_time, 0.0) / max(result.host_time, 1e-9)
    report = Report(
        title=bench.name,
        subtitle=f"{made.name} on the bench",
        facts=(
            ("Bench", str(bench.where().rsplit(":", 2)[0])),
            ("Clock", f"{bench.clock.mode.replace('_', ' ')}, {bench.rate:g} Hz"),
            ("Seed", str(seed)),
            ("Recording", f"sha256 of content {digest[:16]}…" if digest else "none"),
            ("Tool", f"OSEA-Rocket {version('osea-rocket')}"),
        ),
        footer=f"OSEA-Rocket {version('osea-rocket')}",
    )
    words = {True: "holds", False: "fails", None: "not shown"}
    shown = {True: "All hold", False: "Failed", None: "Undecided"}[result.passed]
    report = report.section(
        "Outcome",
        KeyFigures(
            (
                KeyFigure("Requirements", str(sum(v.holds is True for v in result.verdicts)), f"of {len(result.verdicts)}",
                          shown),
                *_ends(made, final),
                KeyFigure("Exchanges", str(result.exchanges)),
            )
        ),
        Text(
            f"The run ended at T{result.end_time:+.2f} s in '{result.phase}': {result.status}. It took "
            f"{result.host_time:.1f} s of the host's time, {pace:.1f} times real time."
        ),
        *([_requirements(result, words)] if result.verdicts else []),
        *([_faults(result)] if result.faults else []),
    )  # fmt: skip
    if drawn:
        report = report.section(
            "Flight",
            Figure(drawn["flight"], "The flight as it was: the plant's truth, which the computer never sees."),
            Figure(drawn["computer"], "What the computer commanded, and what the actuators did."),
            *([Figure(drawn["landing"], "The last two kilometres, by height.")] if "landing" in drawn else []),
        )
    return report.section("Links", _links(result), *_timing(result))


def _requirements(result: BenchResult, words: dict[bool | None, str]) -> Table:
    rows = [
        Row((v.name, v.text or "", words[v.holds], "" if v.time is None else f"{v.time:.3f}",
             "" if v.margin is None else f"{v.margin:.4g}", v.reason))
        for v in result.verdicts
    ]  # fmt: skip
    columns = tuple(Column(c) for c in ("Requirement", "Text", "Verdict", "At [s]", "Margin", "Why"))
    return Table(
        columns, rows, "Requirements. The margin is the least distance from the bound, in the signal's SI unit."
    )


def _faults(result: BenchResult) -> Table:
    rows = [Row((f"{f.time:.3f}", f.fault, f.kind, "begins" if f.begins else "ends")) for f in result.faults]
    return Table((Column("At [s]"), Column("Fault"), Column("Kind"), Column("")), rows, "Faults that were injected.")


def _links(result: BenchResult) -> Table:
    rows = [
        Row((link.computer, str(link.answers), str(link.resent), str(link.duplicates),
             ", ".join(f"{r.reason}: {r.count}" for r in link.rejected) or "none", link.lost or "no"))
        for link in result.links
    ]  # fmt: skip
    columns = tuple(Column(c) for c in ("Computer", "Answers", "Asked again", "Repeated", "Thrown away", "Lost"))
    return Table(columns, rows, "What went over the links.")


def _timing(result: BenchResult) -> list[Text]:
    t = result.timing
    if t is None:
        return [Text("Lockstep: the plant waited for every answer, so the flight is the same on any machine.")]
    return [
        Text(
            f"Of {t.steps} steps of {t.period * 1e3:.3f} ms, {t.overruns} took longer than a period and {t.machine_gaps} "
            "began late although the bench was waiting (the machine's own gaps). Lateness: "
            f"{t.lateness_median * 1e6:.1f} us in the median, {t.lateness_p99 * 1e6:.0f} us at the 99th percentile, "
            f"{t.lateness_worst * 1e3:.2f} ms at worst."
        )
    ]
