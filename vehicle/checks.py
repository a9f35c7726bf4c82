"""Checks of a whole vehicle: can it lift off, are its figures covered, what is not modelled."""

from collections.abc import Mapping
from typing import Protocol

from ..core.earth import G0, SEA_LEVEL_PRESSURE
from ..core.errors import ImpossibleError
from ..core.findings import Finding, Severity
from .mass import mass_table
from .residuals import propellant_budget
from .vehicle import Vehicle

# Below this a lift-off is possible and wasteful: the lower end of what launchers have flown with (Saturn V: 1.15-1.2).
_SLUGGISH = 1.15


class EngineThrust(Protocol):
    """What is needed of an engine map: the thrust [N] of one engine at a throttle and an ambient pressure [Pa]."""

    def thrust(self, throttle: float, ambient_pressure: float) -> float: ...


def lift_off_check(
    vehicle: Vehicle,
    engine_maps: Mapping[str, EngineThrust],
    *,
    payload_mass: float | None = None,
    ambient_pressure: float = SEA_LEVEL_PRESSURE,
) -> Finding:
    """Thrust against weight at lift-off: of the lowest stage and of the boosters beside it, all at full throttle.

    engine_maps: by engine name or stage name. The margin is thrust over weight minus one. Raises ImpossibleError when the
    vehicle cannot leave the ground; KeyError when an engine map is missing.
    """
    lowest = vehicle.stages[0]
    groups = [g for g in vehicle.boosters if g.beside in (None, lowest.name) and g.ignition == 0.0]
    burning = [(lowest, 1)] + [(g.stage, g.count) for g in groups]
    thrust = sum(
        _map_of(stage, engine_maps).thrust(1.0, ambient_pressure) * stage.engine_count * count
        for stage, count in burning
    )
    weight = mass_table(vehicle, payload_mass).lift_off_mass * G0
    ratio = thrust / weight
    numbers = f"lift-off thrust {thrust / 1e3:.5g} kN over weight {weight / 1e3:.5g} kN = {ratio:.3f}"
    where = lowest.where("engine_count")
    if ratio <= 1.0:
        raise ImpossibleError(
            f"'{vehicle.name}' cannot lift off: {numbers}; add engines to '{lowest.name}' or boosters, raise their thrust, or "
            "take mass off",
            where=where,
        )
    if ratio < _SLUGGISH:
        return Finding(
            Severity.WARN, "vehicle.lift_off", where, f"{numbers}: slow, with high gravity losses", ratio - 1
        )
    return Finding(Severity.OK, "vehicle.lift_off", where, numbers, ratio - 1)


def _map_of(stage, engine_maps: Mapping[str, EngineThrust]) -> EngineThrust:
    for key in (stage.name, stage.powerplant.name):
        if key in engine_maps:
            return engine_maps[key]
    raise KeyError(
        f"no engine map for '{stage.powerplant.name}' of stage '{stage.name}'; given: {', '.join(engine_maps)}"
    )


def coverage(vehicle: Vehicle) -> tuple[Finding, ...]:
    """What the masses rest on: no source (UNKNOWN), memory (WARN, never validation), and what no model covers (UNKNOWN)."""
    findings: list[Finding] = [_start_losses(vehicle)]
    parts = [*vehicle.stages, *(g.stage for g in vehicle.boosters), *vehicle.interstages]
    parts += [p for p in (vehicle.fairing, vehicle.adapter) if p is not None]
    for part in parts:
        for field in ("dry_mass", "propellant_mass", "mass"):
            if field not in type(part).model_fields:
                continue
            grade = part.graded(field)
            if grade is None:
                findings.append(
                    Finding(
                        Severity.UNKNOWN,
                        "vehicle.no_source",
                        part.where(field),
                        f"'{part.name}': {field} has no source; add one",
                    )
                )
            elif grade == "recalled":
                findings.append(
                    Finding(
                        Severity.WARN,
                        "vehicle.recalled",
                        part.where(field),
                        f"'{part.name}': {field} is recalled from memory; replace it by a source that was read",
                    )
                )
    return tuple(findings)


def _start_losses(vehicle: Vehicle) -> Finding:
    """What the starts cost: stated of every liquid stage, and, of those that start in flight, within what is not burned."""
    rule, where = "vehicle.start_losses", vehicle.where("stages")
    liquid = [s for s in (*vehicle.stages, *(g.stage for g in vehicle.boosters)) if s.motor is None]
    silent = [s.name for s in liquid if s.start_loss is None]
    if silent:
        text = (
            "propellant burned before lift-off and lost at engine starts is not modelled: propellant_mass counts as on board "
            f"at T-0; give the load left at lift-off if it is known, and the start_loss of {', '.join(silent)}"
        )
        return Finding(Severity.UNKNOWN, rule, where, text)
    for stage in vehicle.stages[1:]:
        kept = propellant_budget(stage).residual
        if stage.start_loss is not None and stage.start_loss > kept:
            text = (
                f"'{stage.name}': a start loss of {stage.start_loss:.4g} kg, and a residual_mass of {kept:.4g} kg that is to "
                "hold it; raise residual_mass"
            )
            return Finding(Severity.ERROR, rule, stage.where("start_loss"), text, kept / stage.start_loss - 1.0)
    told = ", ".join(f"{s.name} {s.start_loss:.4g} kg" for s in liquid)
    text = f"start losses: {told}; before T-0 over the load, in flight within what is not burned"
    return Finding(Severity.OK, rule, where, text)
