"""What to mind about an engine: figures that contradict each other, gaps, and flow separation."""

from ..core.earth import SEA_LEVEL_PRESSURE
from ..core.findings import Finding, Severity
from .engine import OPEN_CYCLES, Engine

# Summerfield, Foster and Swan, "Flow Separation in Overexpanded Supersonic Exhaust Nozzles", Jet Propulsion 24 (1954),
# p. 319: the flow leaves the wall where its pressure is about 0.4 of the ambient one.
SUMMERFIELD = 0.4
_AGREEMENT = 0.02  # published figures are commonly rounded to 1 %
_DIAMETER_AGREEMENT = 0.05


def separation_margin(exit_pressure: float, ambient_pressure: float) -> float:
    """Relative distance of the exit pressure to Summerfield's limit; negative where the flow separates."""
    return exit_pressure / (SUMMERFIELD * ambient_pressure) - 1.0


def engine_findings(
    engine: Engine,
    *,
    isp_ideal: float,
    isp_predicted: float,
    thrust_sea_level: float,
    isp_sea_level: float,
    exit_diameter: float,
    exit_pressures: tuple[float, ...],
) -> tuple[Finding, ...]:
    """Findings of one engine. exit_pressures [Pa]: at the lowest throttle and at full."""
    findings = [*_gaps(engine), *_specific_impulse(engine, isp_ideal, isp_predicted)]
    published = engine.published
    comparisons = (
        ("sea_level_thrust", "thrust_sea_level", published.thrust_sea_level, thrust_sea_level, "N", _AGREEMENT),
        ("sea_level_isp", "isp_sea_level", published.isp_sea_level, isp_sea_level, "s", _AGREEMENT),
    )
    for rule, field, stated, ours, unit, allowed in comparisons:
        if stated is not None:
            findings.append(_compare(engine, rule, f"published.{field}", stated, ours, unit, allowed))
    if engine.exit_diameter is not None:
        findings.append(
            _compare(
                engine, "exit_diameter", "exit_diameter", engine.exit_diameter, exit_diameter, "m", _DIAMETER_AGREEMENT
            )
        )
    if engine.use == "sea level":
        findings.append(_separation(engine, exit_pressures))
    return tuple(findings)


def _gaps(engine: Engine) -> list[Finding]:
    """What the document does not say and others will need, and what is assumed instead."""
    gaps = {
        "mass": "the mass is not given; a stage's dry mass must include it",
        "throttle_min": "the throttle range is not given; taken as fixed thrust",
        "ignitions": "how often it can start is not given; restarts cannot be checked",
        "gimbal": "the gimbal range is not given; steering cannot be checked",
        "start_ramp": "the start ramp is not given; thrust is taken to rise at once",
        "shutdown_ramp": "the shutdown ramp is not given; thrust is taken to end at once",
    }
    findings = [
        Finding(Severity.UNKNOWN, f"engine.{field}", engine.where(), f"{engine.name}: {text}")
        for field, text in gaps.items()
        if getattr(engine, field) is None
    ]
    if engine.cycle in OPEN_CYCLES and engine.turbine_exhaust is None:
        text = (
            f"{engine.name}: the turbine exhaust of its {engine.cycle} cycle is not given; throat and exit are sized "
            "for the whole flow, too large by the share that bypasses them"
        )
        findings.append(Finding(Severity.UNKNOWN, "engine.turbine_exhaust", engine.where(), text))
    return findings


def _specific_impulse(engine: Engine, ideal: float, predicted: float) -> list[Finding]:
    stated = engine.published.isp_vacuum
    if stated is None:
        return []
    where = engine.where("published.isp_vacuum")
    head = f"{engine.name}: published vacuum Isp {stated:.1f} s"
    if stated > ideal:
        text = f"{head} is above the ideal {ideal:.1f} s of its propellants; check mixture ratio, pressure, area ratio"
        return [Finding(Severity.ERROR, "engine.isp_vacuum", where, text, ideal / stated - 1.0)]
    remainder = stated / predicted - 1.0
    severity = Severity.OK if abs(remainder) <= _AGREEMENT else Severity.WARN
    flies = "published" if engine.basis == "published" else "predicted"
    text = (
        f"{head}, ideal {ideal:.1f} s, with the itemised losses {predicted:.1f} s: the losses leave {remainder:+.1%} "
        f"unexplained; the {flies} value is used"
    )
    return [Finding(severity, "engine.isp_vacuum", where, text, _AGREEMENT - abs(remainder))]


def _compare(engine: Engine, rule: str, field: str, stated: float, ours: float, unit: str, allowed: float) -> Finding:
    difference = ours / stated - 1.0
    scale, shown = (1e3, "kN") if unit == "N" else (1.0, unit)
    severity = Severity.OK if abs(difference) <= allowed else Severity.WARN
    text = (
        f"{engine.name}: {field.replace('published.', '').replace('_', ' ')} is stated as {stated / scale:.4g} {shown}; "
        f"thrust, Isp, chamber pressure and area ratio lead to {ours / scale:.4g} {shown} ({difference:+.1%})"
    )
    return Finding(severity, f"engine.{rule}", engine.where(field), text, allowed - abs(difference))


def _separation(engine: Engine, exit_pressures: tuple[float, ...]) -> Finding:
    """Summerfield's criterion at sea level, at full throttle and at the lowest one."""
    low, full = (separation_margin(p, SEA_LEVEL_PRESSURE) for p in (exit_pressures[0], exit_pressures[-1]))
    where = engine.where("area_ratio")
    by = f"Summerfield 1954: wall pressure below {SUMMERFIELD:g} of ambient"
    if full < 0.0:
        text = (
            f"{engine.name}: the flow separates at sea level (exit pressure {exit_pressures[-1] / 1e5:.3f} bar; {by}); "
            "thrust there is not reliable; lower the area ratio, or write 'use: vacuum'"
        )
        return Finding(Severity.WARN, "engine.flow_separation", where, text, full)
    if engine.throttle_min is not None and engine.throttle_min < 1.0 and low < 0.0:
        text = f"{engine.name}: the flow separates at sea level at the lowest throttle ({by})"
        return Finding(Severity.WARN, "engine.flow_separation", where, text, low)
    text = f"{engine.name}: the nozzle flows full at sea level (exit pressure {exit_pressures[-1] / 1e5:.3f} bar; {by})"
    return Finding(Severity.OK, "engine.flow_separation", where, text, full)
