"""What to mind about the cooling: material, coking, boiling, pressure, Mach number, stress, ranges of the models."""

from collections.abc import Iterator

import numpy as np

from ...core.findings import Finding, Severity
from .boiling import critical_heat_flux
from .coolant import coolant, coolant_limits
from .document import Channels, Circuit, Cooling, Extension
from .result import CircuitResult, CoolingResult, ExtensionResult
from .wall import WallMaterial, at, wall_material

_HIGHEST_MACH = 0.5  # above it one-dimensional friction and acceleration run away
_BURNOUT_UNCERTAINTY = 0.4  # of the critical heat flux


def circuit_findings(cooling: Cooling, circuit: Circuit, result: CircuitResult) -> Iterator[Finding]:
    """All findings of one circuit."""
    yield _wall(circuit, result)
    yield from _layers(cooling, result)
    yield from _coolant(circuit, result)
    yield from _boiling(circuit, result)
    yield from _flow(circuit, result)
    yield from _stress(cooling, circuit, result)
    yield from _ranges(circuit, result)


def cooling_findings(cooling: Cooling, result: CoolingResult) -> Iterator[Finding]:
    """Findings of the whole."""
    if result.transport == "cantera" and result.gas_side == "bartz":
        text = (
            f"{cooling.name}: Bartz's coefficient 0.026 was found with his own estimates of viscosity and Prandtl number; "
            "kinetic theory gives hydrogen-rich gas about a quarter more heat; run both for a bracket"
        )
        yield Finding(Severity.WARN, "cooling.transport", cooling.where("transport"), text)
    film = result.film
    if cooling.film is not None and film is not None and cooling.film.phase == "liquid":
        end = cooling.film.x + film.liquid_length
        margin = -end / max(-cooling.film.x, 1e-3)
        text = f"{cooling.name}: the liquid film is gone at x = {end * 1e3:.0f} mm"
        severity = Severity.OK
        if end > 0.0:
            severity = Severity.WARN
            text = (
                f"{cooling.name}: the liquid film reaches x = {end * 1e3:.0f} mm, past the throat, where its boiling point at "
                "chamber pressure no longer holds and shear would tear it; lessen the film's flow"
            )
        yield Finding(severity, "cooling.film", cooling.where("film.mass_flow"), text, margin)
    text = (
        f"{cooling.name}: correlations of this kind meet measured heat fluxes within about 20 %; radiation of the gas and "
        "the injector's streaks are not in them"
    )
    yield Finding(Severity.WARN, "cooling.model", cooling.where("gas_side"), text)


def _limit(material: WallMaterial, hottest: float, what: str, x: float, where: str, mend: str) -> Finding:
    limit = material.use_limit
    margin = 1.0 - hottest / limit.temperature
    # a recalled limit cannot condemn a design
    beyond = Severity.ERROR if limit.grade in ("read", "secondary") else Severity.WARN
    severity = Severity.OK if margin >= 0.0 else beyond
    text = (
        f"{what}: hottest {hottest:.0f} K at x = {x * 1e3:.0f} mm; {material.name} is used up to {limit.temperature:.0f} K "
        f"({limit.grade})"
    )
    return Finding(severity, "cooling.wall_temperature", where, text + ("" if margin >= 0.0 else mend), margin)


def _wall(circuit: Circuit, result: CircuitResult) -> Finding:
    material = wall_material(circuit.geometry.material)
    k = int(np.argmax(result.hot_wall_temperature))
    mend = "; make the passage narrower or lower there, the wall thinner, add film, or take a better conductor"
    where = circuit.where("geometry.material")
    return _limit(material, float(result.hot_wall_temperature[k]), circuit.name, float(result.x[k]), where, mend)


def _layers(cooling: Cooling, result: CircuitResult) -> Iterator[Finding]:
    for i, layer in enumerate(cooling.layers):
        inside = (result.x >= layer.stations[0].x) & (result.x <= layer.stations[-1].x)
        if not np.any(inside):
            continue
        t = np.where(inside, result.hot_wall_temperature, 0.0)
        k = int(np.argmax(t))
        mend = "; make the layer thinner or shorter"
        where = cooling.where(f"layers.{i}.material")
        name = f"{result.name}, layer of {layer.material}"
        yield _limit(wall_material(layer.material), float(t[k]), name, float(result.x[k]), where, mend)


def _coolant(circuit: Circuit, result: CircuitResult) -> Iterator[Finding]:
    where, name = circuit.where("coolant"), result.coolant
    fluid = coolant(circuit.coolant)
    if fluid.surrogate:
        text = f"{circuit.name}: {name} has no equation of state here; {fluid.surrogate} stands in for it, an estimate"
        yield Finding(Severity.WARN, "cooling.surrogate", where, text)
    data = coolant_limits()
    if name in data.unlimited:
        return
    hottest = float(result.cold_wall_temperature.max())
    found = False
    for limit in data.limits:
        if limit.coolant != name:
            continue
        found = True
        margin = 1.0 - hottest / limit.wall_temperature
        beyond = Severity.ERROR if limit.grade in ("read", "secondary") else Severity.WARN
        text = (
            f"{circuit.name}: the wetted wall reaches {hottest:.0f} K; {limit.kind} of {name} begins near "
            f"{limit.wall_temperature:.0f} K ({limit.grade})"
        )
        if margin < 0.0:
            text += "; raise the coolant's speed, thin the wall, add film, or take another coolant"
        yield Finding(Severity.OK if margin >= 0.0 else beyond, f"cooling.{limit.kind}", where, text, margin)
    if not found:
        text = f"{circuit.name}: no coking or decomposition limit of {name} is in propulsion/data/coolant_limits.yaml"
        yield Finding(Severity.UNKNOWN, "cooling.coking", where, text)


def _boiling(circuit: Circuit, result: CircuitResult) -> Iterator[Finding]:
    fluid, where = coolant(circuit.coolant), circuit.where("inlet_pressure" if circuit.inlet_pressure else "")
    worst: tuple[float, int, float] | None = None
    for i, (p, t, cold) in enumerate(
        zip(result.pressure, result.temperature, result.cold_wall_temperature, strict=True)
    ):
        if p >= 0.999 * fluid.critical_pressure:
            continue
        saturation = fluid.saturation(float(p))
        if saturation is None or t >= saturation.temperature or cold <= saturation.temperature:
            continue
        limit = critical_heat_flux(saturation, float(t), float(result.coolant_coefficient[i]))
        # what the coolant's side carries, not the hot side's flux
        flux = float(result.coolant_coefficient[i]) * (float(cold) - float(t))
        if worst is None or flux / limit > worst[0]:
            worst = flux / limit, i, limit
    if worst is None:
        text = f"{circuit.name}: no boiling at the wall: the coolant is supercritical, a gas, or the wall below boiling"
        yield Finding(Severity.OK, "cooling.boiling", where, text)
        return
    ratio, i, limit = worst
    margin = 1.0 - ratio
    if margin < 0.0:
        severity, mend = Severity.ERROR, "; raise the pressure above critical, the speed or the subcooling"
    elif margin < _BURNOUT_UNCERTAINTY:
        severity, mend = Severity.WARN, "; the limit is known within 40 %: raise pressure, speed or subcooling"
    else:
        severity, mend = Severity.OK, ""
    text = (
        f"{circuit.name}: nucleate boiling; at x = {result.x[i] * 1e3:.0f} mm {ratio * limit / 1e6:.2f} MW/m² of a critical "
        f"heat flux of {limit / 1e6:.2f} MW/m² (Gambill)"
    )
    yield Finding(severity, "cooling.critical_heat_flux", where, text + mend, margin)


def _flow(circuit: Circuit, result: CircuitResult) -> Iterator[Finding]:
    k = int(np.argmax(result.mach))
    mach = float(result.mach[k])
    margin = 1.0 - mach / _HIGHEST_MACH
    severity = Severity.OK if margin >= 0.0 else Severity.ERROR if mach >= 0.9 else Severity.WARN
    text = f"{circuit.name}: the coolant's Mach number reaches {mach:.2f} at x = {result.x[k] * 1e3:.0f} mm"
    text += "" if margin >= 0.0 else "; widen the passages there, or raise the inlet pressure"
    yield Finding(severity, "cooling.mach", circuit.where("geometry"), text, margin)
    need = circuit.least_outlet_pressure
    if need is not None:
        margin = result.outlet_pressure / need - 1.0
        text = f"{circuit.name}: {result.outlet_pressure / 1e5:.1f} bar at the outlet, {need / 1e5:.1f} bar needed"
        text += "" if margin >= 0.0 else "; raise the inlet pressure or widen the passages"
        severity = Severity.OK if margin >= 0.0 else Severity.ERROR
        yield Finding(severity, "cooling.outlet_pressure", circuit.where("least_outlet_pressure"), text, margin)


def _stress(cooling: Cooling, circuit: Circuit, result: CircuitResult) -> Iterator[Finding]:
    g, where = circuit.geometry, circuit.where("geometry")
    material, factor = wall_material(g.material), cooling.yield_factor
    if material.yield_strength is None or material.youngs_modulus is None or material.expansion is None:
        text = f"{circuit.name}: strength, stiffness or expansion of {material.name} is not known; no stress is judged"
        yield Finding(Severity.UNKNOWN, "cooling.stress", where, text)
    else:
        mean = 0.5 * (result.hot_wall_temperature + result.cold_wall_temperature)
        strength = np.array([at(material.yield_strength, float(t)) for t in mean])
        grade = material.yield_strength.grade
        for rule, stress, what, mend in (
            ("cooling.pressure_stress", result.pressure_stress, "pressure", "; narrow the passage or thicken the wall"),
            (
                "cooling.combined_stress",
                result.pressure_stress + result.thermal_stress,
                "pressure and restrained expansion",
                "; the wall yields at every start: judge its life by low-cycle fatigue, or thin the wall",
            ),
        ):
            ratio = factor * stress / strength
            k = int(np.argmax(ratio))
            margin = float(1.0 / max(ratio[k], 1e-9) - 1.0)
            beyond = Severity.ERROR if what == "pressure" and grade in ("read", "secondary") else Severity.WARN
            text = (
                f"{circuit.name}: {what} give {stress[k] / 1e6:.0f} MPa at x = {result.x[k] * 1e3:.0f} mm, {material.name} "
                f"yields at {strength[k] / 1e6:.0f} MPa there ({grade}); factor {factor:g}"
            )
            severity = Severity.OK if margin >= 0.0 else beyond
            yield Finding(severity, rule, where, text + ("" if margin >= 0.0 else mend), margin)
    if isinstance(g, Channels):
        jacket = wall_material(g.jacket_material)
        where = circuit.where("geometry.jacket")
        if jacket.yield_strength is None:
            text = f"{circuit.name}: the strength of the jacket's {jacket.name} is not known"
            yield Finding(Severity.UNKNOWN, "cooling.jacket", where, text)
            return
        strength = np.array([at(jacket.yield_strength, float(t)) for t in result.temperature])
        ratio = factor * result.jacket_stress / strength
        k = int(np.argmax(ratio))
        margin = float(1.0 / max(ratio[k], 1e-9) - 1.0)
        beyond = Severity.ERROR if jacket.yield_strength.grade in ("read", "secondary") else Severity.WARN
        text = (
            f"{circuit.name}: jacket of {jacket.name} carries {result.jacket_stress[k] / 1e6:.0f} MPa, yields at "
            f"{strength[k] / 1e6:.0f} MPa; factor {factor:g}"
        )
        text += "" if margin >= 0.0 else "; thicken the jacket"
        yield Finding(Severity.OK if margin >= 0.0 else beyond, "cooling.jacket", where, text, margin)


def _ranges(circuit: Circuit, result: CircuitResult) -> Iterator[Finding]:
    fluid, where = coolant(circuit.coolant), circuit.where("correlation")
    least = float(result.reynolds.min())
    if least < 4000.0:
        text = f"{circuit.name}: Reynolds number down to {least:.0f}: not fully turbulent, the coefficient is uncertain"
        yield Finding(Severity.WARN, "cooling.range", where, text)
    hottest = float(result.cold_wall_temperature.max())
    if hottest > fluid.highest_temperature:
        text = (
            f"{circuit.name}: wall at {hottest:.0f} K, the coolant's equation of state holds to "
            f"{fluid.highest_temperature:.0f} K; properties at the wall are extrapolated"
        )
        yield Finding(Severity.WARN, "cooling.range", where, text)
    if circuit.correlation == "taylor" and fluid.name != "hydrogen":
        text = f"{circuit.name}: Taylor's correlation is for hydrogen; take gnielinski for {fluid.name}"
        yield Finding(Severity.WARN, "cooling.range", where, text)
    table = wall_material(circuit.geometry.material).conductivity
    low, high = float(result.cold_wall_temperature.min()), float(result.hot_wall_temperature.max())
    if low < table.temperatures[0] - 1.0 or high > table.temperatures[-1] + 1.0:
        text = (
            f"{circuit.name}: wall from {low:.0f} to {high:.0f} K; the conductivity is known from "
            f"{table.temperatures[0]:.0f} to {table.temperatures[-1]:.0f} K and held outside"
        )
        yield Finding(Severity.WARN, "cooling.range", circuit.where("geometry.material"), text)


def extension_findings(extension: Extension, result: ExtensionResult) -> Iterator[Finding]:
    """Findings of a radiating extension."""
    k = int(np.argmax(result.temperature))
    mend = "; begin it further downstream, raise its emissivity (coating), or take another material"
    where = extension.where("material")
    material = wall_material(extension.material)
    yield _limit(material, float(result.temperature[k]), "extension", float(result.x[k]), where, mend)
