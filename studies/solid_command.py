"""What `osea engine` does with a solid motor, a thrust curve or a RASP file."""

import re
from pathlib import Path
from typing import Any

from ..core.documents import load_any, load_document
from ..core.errors import InputError
from ..core.findings import by_gravity, refusal
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from ..propulsion.solids.curve import RaspMotor, curve_of, flight_curve, rasp_of
from ..propulsion.solids.document import SolidMotor
from ..propulsion.solids.performance import SolidMotorPerformance, solid_performance
from ..propulsion.solids.rasp import CLASSIC_POINTS, format_eng, read_eng
from ..propulsion.thrust_curve import ThrustCurve

STEPS = {"read": 0.3, "firing": 2.0, "report": 1.0}


def run_solid(path: Path, out: Path | None, *, quiet: bool = False) -> tuple[dict[str, Any], str]:
    """Fire a solid motor and publish its run folder; returns (the result as plain data, the same for people)."""
    progress = Progress() if quiet else RichProgress(STEPS)
    try:
        with progress.step("read"):
            motor = load_document(SolidMotor, path)
        folder = out or Path("out") / _slug(motor.name)
        with RunFolder(folder, "engine", motor) as run:
            with progress.step("firing"):
                result = solid_performance(motor)
            with progress.step("report"):
                _write(motor, result, run)
            run.publish()
    finally:
        progress.close()
    report = folder / "report.html"
    data = result.to_json() | refusal(result.findings) | {"run": str(folder), "report": str(report)}
    return data, f"{table(result)}\n\n  report  {report}"


def _write(motor: SolidMotor, r: SolidMotorPerformance, run: RunFolder) -> None:
    from ..core import strict_yaml
    from .solid_report import section_drawing, solid_report

    run.write_result("motor", r)
    columns = ("time_s", "pressure_Pa", "thrust_N", "thrust_vacuum_N", "mass_flow_kg_s", "propellant_mass_kg",
               "center_of_mass_m", "burning_area_m2", "klemmung", "burnt_depth_m")  # fmt: skip
    arrays = (r.time, r.pressure, r.thrust, r.thrust_vacuum, r.mass_flow, r.propellant_mass, r.center_of_mass,
              r.burning_area, r.klemmung, r.burnt_depth)  # fmt: skip
    run.write_table("firing", columns, zip(*(a.tolist() for a in arrays), strict=True))
    curve = curve_of(motor, r)
    comment = f"{motor.name}: computed by OSEA-Rocket, thrust at {r.ambient_pressure:g} Pa"
    if motor.inert_mass is None:
        comment += "\nThe motor's inert mass is not known: the loaded mass is that of the propellant alone"
    run.write_text(f"{_slug(curve.name)}.eng", format_eng([curve], comment=comment, most=CLASSIC_POINTS))
    run.write_text("thrust-curve.yaml", strict_yaml.dump(flight_curve(motor, r).to_plain()))
    run.write_text("figures/grain.svg", section_drawing(motor))
    run.write_text("report.html", solid_report(motor, r).html())


def run_curves(path: Path, out: Path | None, *, quiet: bool = False) -> tuple[dict[str, Any], str]:
    """A RASP file's motors, one RASP motor's document or one thrust curve: report, table, ``.eng`` and document for each."""
    from ..core import strict_yaml
    from .solid_report import curve_report

    curves = _curves(path)
    names: list[str] = []
    for c in curves:
        name, n = _slug(c.name) or "motor", 1
        while name in names:
            n += 1
            name = f"{_slug(c.name)}-{n}"
        names.append(name)
    motors, lines = [], []
    for c, name in zip(curves, names, strict=True):
        folder = (out or Path("out") / name) if len(curves) == 1 else (out or Path("out") / _slug(path.stem)) / name
        with RunFolder(folder, "engine", c) as run:
            run.write_text("rasp-motor.yaml", strict_yaml.dump(c.to_plain()))
            run.write_text(f"{name}.eng", format_eng([c]))
            left = c.propellant_left().tolist()
            run.write_table("curve", ("time_s", "thrust_N", "propellant_mass_kg"),
                            zip(c.time.tolist(), c.thrust.tolist(), left, strict=True))  # fmt: skip
            run.write_text("report.html", curve_report(c).html())
            run.publish()
        motors.append({
            "name": c.name, "manufacturer": c.manufacturer, "total_impulse_N_s": c.total_impulse, "isp_s": c.isp,
            "burn_time_s": float(c.time[-1]), "peak_thrust_N": float(c.thrust.max()),
            "propellant_mass_kg": c.propellant_mass, "loaded_mass_kg": c.loaded_mass,
            "document": str(folder / "rasp-motor.yaml"), "report": str(folder / "report.html"),
        })  # fmt: skip
        isp = f"{c.isp:.1f} s" if c.isp is not None else "unknown"
        lines.append(
            f"{c.name} ({c.manufacturer or 'unknown maker'}): {c.total_impulse:,.1f} N s, peak {c.thrust.max():,.1f} N, "
            f"{c.time[-1]:.3f} s, Isp {isp}\n  document  {folder / 'rasp-motor.yaml'}\n  report    {folder / 'report.html'}"
        )
    return {"motors": motors}, "\n".join(lines)


def _curves(path: Path) -> tuple[RaspMotor, ...]:
    if path.suffix.lower() == ".eng":
        return read_eng(path)
    document = load_any(path)
    if isinstance(document, ThrustCurve):
        return (rasp_of(document),)
    if not isinstance(document, RaspMotor):
        raise InputError("neither a thrust curve nor a RASP motor", where=document.where())
    return (document,)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "motor"


def table(r: SolidMotorPerformance) -> str:
    """The firing for a terminal."""
    rows = (
        (
            "total impulse",
            f"{r.total_impulse / 1e3:,.3f} kN s",
            "in vacuum",
            f"{r.total_impulse_vacuum / 1e3:,.3f} kN s",
        ),
        ("Isp", f"{r.isp:.2f} s", "in vacuum", f"{r.isp_vacuum:.2f} s"),
        ("peak thrust", f"{r.peak_thrust / 1e3:,.3f} kN", "mean", f"{r.mean_thrust / 1e3:,.3f} kN"),
        ("peak pressure", f"{r.peak_pressure / 1e5:,.2f} bar", "mean", f"{r.mean_pressure / 1e5:,.2f} bar"),
        ("burn time", f"{r.burn_time:.3f} s", "action time", f"{r.action_time:.3f} s"),
        ("propellant", f"{r.propellant_mass_initial:,.3f} kg", "sliver", f"{100 * r.sliver_fraction:.2f} %"),
        ("Kn", f"{r.klemmung.max():.0f} at most", "port / throat", f"{r.port_to_throat:.2f}"),
    )
    lines = [
        f"{r.name}: {r.propellant}, {r.ballistics}, ambient {r.ambient_pressure / 1e5:.4g} bar",
        *(f"  {a:<18}{v:>16}     {c:<16}{w:>16}" for a, v, c, w in rows),
        f"  mass closes to {r.mass_balance:.0e}",
        "",
        *(f"  {x.name:<28}{x.factor:>8.4f}   vacuum Isp {x.isp_after:.2f} s" for x in r.losses),
        "",
    ]
    lines += [f"  {f.severity:<8}{f.message}" for f in by_gravity(r.findings)]
    return "\n".join(lines)
