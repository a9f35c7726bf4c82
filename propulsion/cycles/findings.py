"""What to mind about a balanced cycle: material limits, suction, ranges of the models, how well it closes."""

from collections.abc import Iterator
from typing import Any

from ...core.findings import Finding, Severity
from ..fluids.kerosene_gas import kerosene_gas_data
from ..fluids.media import RealFluid
from ..fluids.products import METHANE_RICH_RANGE
from ..fluids.storable_gas import STORABLE_RANGE
from ..turbomachinery.maps import map_range
from ..turbomachinery.published_maps import published_map
from ..turbomachinery.sizing import TURBINE_TIP_SPEED, pump_limits, stage_count
from .document import EngineCycle
from .elements import PASSAGES
from .losses import loss_class

_CLOSED = 1e-8
_SAME_DENSITY = 1e-3  # relative, of our one-phase state and the stable one
# Uncooled turbines of nickel alloys; a document's own highest_temperature counts instead.
_USUAL_TURBINE_LIMIT = 1100.0  # K


def cycle_findings(
    cycle: EngineCycle, result: Any, gas: Any, net: Any, readings: dict[str, float]
) -> Iterator[Finding]:
    """All findings of a balanced cycle."""
    yield from _map_ranges(cycle, result, readings)
    yield from _closure(cycle, result)
    yield from _turbines(cycle, result)
    yield from _motors(cycle, result)
    yield from _pumps(cycle, result)
    yield from _dimensions(cycle, result)
    yield from _passages(cycle, result)
    yield from _ranges(cycle, result, gas, net)
    if not cycle.losses:
        own = loss_class(cycle.fuel, cycle.cycle)
        text = (
            f"{cycle.name}: no losses are given; the defaults of the class '{own.name}' are taken "
            f"(their product lies between {own.lowest:g} and {own.highest:g} for real engines)"
        )
        yield Finding(Severity.WARN, "cycle.default_losses", cycle.where(), text)


def _closure(cycle: EngineCycle, result: Any) -> Iterator[Finding]:
    worst = result.worst_balance
    severity = Severity.OK if worst <= _CLOSED else Severity.ERROR
    text = f"{cycle.name}: mass, energy and shaft power close to {worst:.1e} (limit {_CLOSED:g})"
    yield Finding(severity, "cycle.closure", cycle.where(), text, 1.0 - worst / _CLOSED)


def _turbines(cycle: EngineCycle, result: Any) -> Iterator[Finding]:
    for c in cycle.components:
        if c.type != "turbine":
            continue
        hot = result.turbine(c.name).inlet_temperature
        limit, whose = (
            (c.highest_temperature, "stated") if c.highest_temperature else (_USUAL_TURBINE_LIMIT, "usual, uncooled")
        )
        margin = 1.0 - hot / limit
        severity = Severity.OK if margin >= 0.0 else Severity.ERROR if c.highest_temperature else Severity.WARN
        text = f"{c.name}: inlet at {hot:.0f} K, limit {limit:.0f} K ({whose})"
        if margin < 0.0:
            text += "; lower the burner's mixture ratio, or name a material that bears it (highest_temperature)"
        yield Finding(severity, "cycle.turbine_temperature", c.where(), text, margin)


def _motors(cycle: EngineCycle, result: Any) -> Iterator[Finding]:
    for c in cycle.components:
        if c.type == "motor" and c.highest_power is not None:
            power = next(m.power for m in result.motors if m.name == c.name)
            margin = 1.0 - power / c.highest_power
            severity = Severity.OK if margin >= 0.0 else Severity.ERROR
            text = f"{c.name}: {power / 1e3:.1f} kW at the shaft, limit {c.highest_power / 1e3:.1f} kW"
            text += "" if margin >= 0.0 else "; lower the chamber pressure, or take a stronger motor"
            yield Finding(severity, "cycle.motor_power", c.where(), text, margin)


def _map_ranges(cycle: EngineCycle, result: Any, r: dict[str, float]) -> Iterator[Finding]:
    """Off design a machine must stay within its map."""
    for c in cycle.components:
        key = {"pump": "flow_coefficient", "turbine": "speed_coefficient"}.get(c.type)
        reach = map_range(c) if key else None
        value = r.get(f"{c.name}.{key}")
        if reach is not None and value is not None and not reach[0] <= value <= reach[1]:
            text = (
                f"{c.name}: runs at {value:.2f} of its design point, its map reaches from {reach[0]:g} to {reach[1]:g}"
            )
            yield Finding(Severity.ERROR, "cycle.map", c.where(), text)
        elif value is not None and (foreign := getattr(c, "published_map", None)) is not None:
            m = published_map(foreign)
            text = f"{c.name}: off design by the published map '{m.name}' (n_q {m.specific_speed:g}), of another pump"
            yield Finding(Severity.WARN, "cycle.map", c.where(), text)
        elif key and reach is None and value is not None:
            text = f"{c.name}: off design by a general characteristic, an estimate (no map is given)"
            yield Finding(Severity.WARN, "cycle.map", c.where(), text)


def _pumps(cycle: EngineCycle, result: Any) -> Iterator[Finding]:
    for c in cycle.components:
        if c.type != "pump":
            continue
        p = result.pump(c.name)
        if p.suction_head is None:
            text = f"{c.name}: NPSH cannot be told: the vapour pressure of what it pumps is not in the library"
            yield Finding(Severity.UNKNOWN, "cycle.suction", c.where(), text)
            continue
        if p.suction_head <= 0.0:
            text = (
                f"{c.name}: the inlet lies below the vapour pressure (NPSH {p.suction_head:.1f} m): it boils; "
                "raise the tank pressure or cool the propellant"
            )
            yield Finding(Severity.ERROR, "cycle.suction", c.where(), text)
        elif c.required_suction_head is not None:
            margin = p.suction_head / c.required_suction_head - 1.0
            severity = Severity.OK if margin >= 0.0 else Severity.ERROR
            text = f"{c.name}: NPSH {p.suction_head:.1f} m, needed {c.required_suction_head:.1f} m"
            text += "" if margin >= 0.0 else "; raise the tank pressure, or add a boost pump"
            yield Finding(severity, "cycle.suction", c.where(), text, margin)
        elif p.speed is not None and p.size is not None:
            margin = p.suction_head / p.size.needed_suction_head - 1.0
            severity = Severity.OK if margin >= 0.0 else Severity.WARN
            text = (
                f"{c.name}: NPSH {p.suction_head:.1f} m (suction specific speed {p.suction_specific_speed:.1f}); an inducer "
                f"needs about {p.size.needed_suction_head:.1f} m at this speed and flow"
            )
            text += "" if margin >= 0.0 else "; slow the shaft, raise the tank pressure, or add a boost pump"
            yield Finding(severity, "cycle.suction", c.where(), text, margin)
        else:
            text = f"{c.name}: NPSH is {p.suction_head:.1f} m; neither the shaft's speed nor the need is given"
            yield Finding(Severity.UNKNOWN, "cycle.suction", c.where(), text)


def _passages(cycle: EngineCycle, result: Any) -> Iterator[Finding]:
    """A passage cannot raise the pressure."""
    before = {s.target: s for s in result.streams}
    for c in cycle.components:
        if c.type not in PASSAGES:
            continue
        drop = before[c.name].pressure - result.stream(c.name).pressure
        if drop < -1e-6 * result.chamber_pressure:
            text = (
                f"{c.name} would have to raise the pressure by {-drop / 1e5:.2f} bar; raise the pressure ahead of it "
                "(outlet_pressure of its pump, a kick pump), or lower what lies behind"
            )
            yield Finding(Severity.ERROR, "cycle.uphill", c.where(), text, drop / result.chamber_pressure)


def _ranges(cycle: EngineCycle, result: Any, gas: Any, net: Any) -> Iterator[Finding]:
    media = {s.name: s.medium for s in net.streams}
    for s in result.streams:
        medium = media[s.name]
        low, high = medium.temperature_range
        if not low <= s.temperature <= high or s.pressure > medium.highest_pressure:
            text = (
                f"{s.name}: {s.temperature:.0f} K, {s.pressure / 1e5:.0f} bar is outside the range of the model of {s.medium} "
                f"({low:g} to {high:g} K, up to {medium.highest_pressure / 1e5:.0f} bar)"
            )
            yield Finding(Severity.ERROR, "cycle.range", cycle.where("flows"), text)
        elif isinstance(medium, RealFluid):
            stable = medium.stable_density(s.pressure, s.enthalpy)
            if stable is None or abs(stable / s.density - 1.0) > _SAME_DENSITY:
                text = (
                    f"{s.name}: the {s.medium} boils here ({s.pressure / 1e5:.1f} bar, {s.temperature:.1f} K); the "
                    "balance took it for one phase and does not hold behind this point; raise the pressure or take less heat"
                )
                yield Finding(Severity.ERROR, "cycle.two_phase", cycle.where("flows"), text)
    low, high = gas.ratio_range
    ratio = result.chamber_oxidizer_fuel_ratio
    if not low <= ratio <= high:
        text = f"{cycle.name}: the chamber burns at O/F {ratio:.3f}, outside the table from {low:.3f} to {high:.3f}"
        yield Finding(Severity.ERROR, "cycle.range", cycle.where("oxidizer_fuel_ratio"), text)
    kinds = {c.name: c for c in cycle.components}
    for b in result.burners:
        burner = kinds[b.name]
        if getattr(burner, "gas", "") == "fuel-rich kerosene":
            data = kerosene_gas_data()
            inside = data.lowest_ratio <= b.oxidizer_fuel_ratio <= data.highest_ratio
            text = (
                f"{b.name}: O/F {b.oxidizer_fuel_ratio:.3f}; the empirical relation for fuel-rich kerosene gas holds from "
                f"{data.lowest_ratio:g} to {data.highest_ratio:g}; equilibrium would be 17 to 27 % hotter"
            )
            severity = Severity.OK if inside else Severity.WARN
            yield Finding(severity, "cycle.kerosene_gas", burner.where(), text)
        elif getattr(burner, "gas", "") == "fuel-rich storable":
            yield _storable(b, burner)
        elif getattr(burner, "gas", "") == "fuel-rich methane":
            yield _methane(b, burner)
        elif b.temperature > 1500.0:
            text = f"{b.name}: {b.temperature:.0f} K: dissociation is left out above about 1500 K"
            yield Finding(Severity.WARN, "cycle.range", burner.where(), text)


def _methane(b: Any, burner: Any) -> Finding:
    low, high = METHANE_RICH_RANGE
    inside = low <= b.oxidizer_fuel_ratio <= high
    text = (
        f"{b.name}: O/F {b.oxidizer_fuel_ratio:.3f}, {b.temperature:.0f} K; fuel-rich methane gas is far from equilibrium: "
        f"flame products in unreacted methane, from a kinetic model for {low:g} to {high:g}, of an ideal gas. Equilibrium "
        "would be up to 9 % hotter (below 0.35) or 18 % colder (at 0.5): an uncertainty of about that size"
    )
    return Finding(Severity.WARN, "cycle.methane_gas", burner.where(), text, None if inside else -1.0)


def _storable(b: Any, burner: Any) -> Finding:
    low, high = STORABLE_RANGE
    text = (
        f"{b.name}: O/F {b.oxidizer_fuel_ratio:.3f}, {b.temperature:.0f} K; gas of storable propellants in equilibrium (O/F "
        f"{low:g} to {high:g}), composition held behind it; no published temperature of such a generator is at hand to prove "
        "it: test the generator before its flow and the turbine's power are relied upon"
    )
    inside = low <= b.oxidizer_fuel_ratio <= high
    return Finding(Severity.UNKNOWN, "cycle.storable_gas", burner.where(), text, None if inside else -1.0)


def _dimensions(cycle: EngineCycle, result: Any) -> Iterator[Finding]:
    """Tip speeds, rise a stage, and whether a mean line reaches the turbine's efficiency."""
    fluids = {s.target: s.medium for s in result.streams}
    for c in cycle.components:
        if c.type == "pump" and (size := result.pump(c.name).size) is not None and size.speed_given:
            p, limits = result.pump(c.name), pump_limits(fluids[c.name])
            yield _tip_speed(c, size.tip_speed, limits.tip_speed, "more stages or a slower shaft")
            rise = p.pressure_rise / p.stages
            if rise > limits.stage_rise:
                text = (
                    f"{c.name}: {rise / 1e5:.0f} bar a stage, usual is up to {limits.stage_rise / 1e5:.0f} bar; "
                    f"take {stage_count(p.pressure_rise, limits)} stages"
                )
                yield Finding(Severity.WARN, "cycle.stage_rise", c.where(), text, 1.0 - rise / limits.stage_rise)
        if c.type == "turbine" and (size := result.turbine(c.name).size) is not None:
            stated = result.turbine(c.name).efficiency
            if c.mean_diameter is not None:
                yield _tip_speed(c, size.blade_speed, TURBINE_TIP_SPEED, "a smaller wheel")
            margin = size.efficiency / stated - 1.0
            text = (
                f"{c.name}: stated efficiency {stated:.2f}, mean line {size.efficiency:.2f} (stages: {size.stages} "
                f"{size.staging}, U/C0 {size.speed_ratio:.2f}, admission {size.admission:.2f})"
            )
            text += "" if margin >= 0.0 else "; add stages, enlarge the wheel, or state less"
            severity = Severity.OK if margin >= 0.0 else Severity.WARN
            yield Finding(severity, "cycle.turbine_efficiency", c.where(), text, margin)


def _tip_speed(c: Any, speed: float, usual: float, remedy: str) -> Finding:
    limit, whose = (c.highest_tip_speed, "stated") if c.highest_tip_speed else (usual, "usual, an estimate")
    margin = 1.0 - speed / limit
    severity = Severity.OK if margin >= 0.0 else Severity.ERROR if c.highest_tip_speed else Severity.WARN
    text = f"{c.name}: tip speed {speed:.0f} m/s, limit {limit:.0f} m/s ({whose})"
    text += "" if margin >= 0.0 else f"; take {remedy}"
    return Finding(severity, "cycle.tip_speed", c.where(), text, margin)
