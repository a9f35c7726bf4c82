"""The whole cooling: gas along the wall, film, circuits in the order of flow, extension, findings."""

from dataclasses import replace

import numpy as np

from ...core.errors import InputError
from ..propellants import Mixture
from .contour import Wall, wall_of
from .document import Circuit, Cooling
from .extension import extension_along
from .film import film_along
from .findings import circuit_findings, cooling_findings, extension_findings
from .gas import WallGas, wall_gas
from .hot_side import Bartz, GasSideModel, ReferenceEnthalpy
from .march import STEPS, March, Surroundings
from .result import CircuitResult, CoolingResult


def gas_along(cooling: Cooling, mixture: Mixture, pressure: float, x: np.ndarray, radius: np.ndarray) -> WallGas:
    """The hot gas of a mixture at a chamber pressure [Pa] along a contour [m]; to be solved once and used often."""
    wall = wall_of(x, radius)
    ends = [wall.area_ratio(float(v)) for v in (wall.x[0], wall.x[-1])]
    widest = float(np.max((wall.radius[wall.x <= wall.throat_x] / wall.throat_radius) ** 2))
    return wall_gas(mixture, pressure, max(widest, ends[0]), ends[1], cooling.transport)


def throat_curvature_radius(cooling: Cooling, wall: Wall) -> float:
    """r_c of Bartz [m]: stated, or the contour's own in the throat."""
    if cooling.throat_curvature_radius is not None:
        return cooling.throat_curvature_radius
    curvature = wall.curvature(wall.throat_x)
    if curvature <= 0.0:
        raise InputError("the contour's throat is not round; state throat_curvature_radius", where=cooling.where())
    return 1.0 / curvature


def cool(cooling: Cooling, x: np.ndarray, radius: np.ndarray, gas: WallGas, *, steps: int = STEPS) -> CoolingResult:
    """March every circuit along a contour (x, radius [m]; 0 in the throat, ascending) beside a gas of ``gas_along``.

    steps: of each circuit. Raises InputError for a definition that does not fit the contour, UndecidedError where a wall's
    balance or the coolant's state is not found (choking, boiling in bulk).
    """
    wall = wall_of(x, radius)
    curvature = throat_curvature_radius(cooling, wall)
    model: GasSideModel
    if cooling.gas_side == "bartz":
        model = Bartz(gas, wall.throat_radius, curvature)
    else:
        model = ReferenceEnthalpy(gas, wall.throat_radius)
    film = film_along(cooling.film, wall, gas, model) if cooling.film is not None else None
    around = Surroundings(wall, _behind_layers(cooling, wall), gas, model, cooling.layers, film)
    done: dict[str, CircuitResult] = {}
    flows: dict[str, float | None] = {}
    drops: dict[str, float] = {}
    for circuit in cooling.circuits:
        flows[circuit.name] = circuit.mass_flow or flows.get(circuit.after or "")
        result = _circuit(circuit.evolve(mass_flow=flows[circuit.name]), around, done, steps)
        result = replace(result, findings=tuple(circuit_findings(cooling, circuit, result)))
        done[circuit.name] = result
        drops[circuit.name] = result.pressure_drop + (drops[circuit.after] if circuit.after else 0.0)
    extension = None
    if cooling.extension is not None:
        extension = extension_along(cooling.extension, wall, gas, model)
        extension = replace(extension, findings=tuple(extension_findings(cooling.extension, extension)))
    circuits = tuple(done.values())
    hottest = [float(c.hot_wall_temperature.max()) for c in circuits]
    fluxes = [float(c.heat_flux.max()) for c in circuits]
    if extension is not None:
        hottest.append(float(extension.temperature.max()))
        fluxes.append(float(extension.heat_flux.max()))
    result = CoolingResult(
        name=cooling.name,
        gas_side=cooling.gas_side,
        transport=gas.transport.kind,
        throat_curvature_radius=curvature,
        circuits=circuits,
        film=film,
        extension=extension,
        heat=sum(c.heat for c in circuits),
        pressure_drop=max(drops.values(), default=0.0),
        highest_wall_temperature=max(hottest),
        highest_heat_flux=max(fluxes),
        input_hash=cooling.content_hash(),
        sources=(getattr(model, "citation", ""), *dict.fromkeys(s for c in circuits for s in c.sources)),
    )
    own = tuple(cooling_findings(cooling, result))
    parts = [f for c in circuits for f in c.findings]
    parts += list(extension.findings) if extension is not None else []
    return replace(result, findings=(*own, *parts))


def _behind_layers(cooling: Cooling, wall: Wall) -> Wall:
    """The wall that the passages follow: the contour, moved outwards by the layers."""
    if not cooling.layers:
        return wall
    x = np.unique(np.concatenate([wall.x, *([s.x for s in layer.stations] for layer in cooling.layers)]))
    x = x[(x >= wall.x[0]) & (x <= wall.x[-1])]
    radius = np.array([wall.at(float(v)) for v in x])
    for layer in cooling.layers:
        thickness = [s.thickness for s in layer.stations]
        radius = radius + np.interp(x, [s.x for s in layer.stations], thickness, left=0.0, right=0.0)
    return wall_of(x, radius)


def _circuit(circuit: Circuit, around: Surroundings, done: dict[str, CircuitResult], steps: int) -> CircuitResult:
    if circuit.after is not None:
        before = done[circuit.after]
        return March(circuit, around).run(before.outlet_pressure, before.outlet_temperature, steps)
    if circuit.mass_flow is None or circuit.inlet_pressure is None or circuit.inlet_temperature is None:
        raise InputError(
            f"{circuit.name} is fed by the engine's passage '{circuit.passage}', whose flow only the engine's balance knows; "
            "give mass_flow, inlet_pressure and inlet_temperature to march it alone",
            where=circuit.where("passage"),
        )
    return March(circuit, around).run(circuit.inlet_pressure, circuit.inlet_temperature, steps)


def jacket(
    cooling: Cooling,
    x: np.ndarray,
    radius: np.ndarray,
    gas: WallGas,
    *,
    mass_flow: float | None = None,
    inlet_pressure: float | None = None,
    inlet_temperature: float | None = None,
    steps: int = STEPS,
) -> tuple[float, float]:
    """(heat [W], pressure drop [Pa]) of the circuits, for the cycle's jacket passage.

    mass_flow [kg/s] takes the place of every circuit's own, inlet_pressure [Pa] and inlet_temperature [K] that of the
    circuits that are not fed by another.
    """
    changed = []
    for c in cooling.circuits:
        new: dict[str, float] = {}
        if mass_flow is not None:
            new["mass_flow"] = mass_flow
        if c.after is None and inlet_pressure is not None:
            new["inlet_pressure"] = inlet_pressure
        if c.after is None and inlet_temperature is not None:
            new["inlet_temperature"] = inlet_temperature
        changed.append(c.evolve(**new))
    result = cool(cooling.evolve(circuits=tuple(changed)), x, radius, gas, steps=steps)
    return result.heat, result.pressure_drop
