"""From an engine's document to its performance: ideal, with its losses, against the published figures, and over throttle."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from ..core.earth import G0, SEA_LEVEL_PRESSURE
from ..core.errors import UndecidedError
from ..core.findings import Finding
from ..core.results import Result, Unit
from .engine import Engine
from .engine_map import EngineMap
from .findings import engine_findings
from .propellants import Mixture, mix
from .thermo.rocket import RocketSolution, solve_rocket

_THROTTLE_POINTS = 7


@dataclass(frozen=True, kw_only=True)
class LossItem(Result):
    """One line of the loss table; isp_after [s] is the vacuum specific impulse once this loss and those above are taken."""

    name: str
    on: str
    factor: float
    isp_after: Annotated[float, Unit("s")]
    grade: str
    citation: str


@dataclass(frozen=True, kw_only=True)
class EnginePerformance(Result):
    """One engine at rated chamber pressure, and its map over throttle.

    isp_vacuum: what the vehicle flies with, by ``basis``. unexplained_factor: published over predicted vacuum specific
    impulse, what the itemised losses leave open; None without a published one. Sea-level figures assume a nozzle that
    flows full; None for an engine for vacuum use.
    """

    name: str
    cycle: str
    oxidizer: str
    fuel: str
    oxidizer_fuel_ratio: float
    chamber_pressure: Annotated[float, Unit("Pa")]
    area_ratio: float
    basis: Literal["published", "predicted"]
    ideal_equilibrium: RocketSolution
    ideal_frozen: RocketSolution
    losses: tuple[LossItem, ...]
    c_star: Annotated[float, Unit("m/s")]
    isp_vacuum_ideal: Annotated[float, Unit("s")]
    isp_vacuum_predicted: Annotated[float, Unit("s")]
    isp_vacuum_published: Annotated[float | None, Unit("s")]
    unexplained_factor: float | None
    isp_vacuum: Annotated[float, Unit("s")]
    thrust_vacuum: Annotated[float, Unit("N")]
    mass_flow: Annotated[float, Unit("kg/s")]
    mass_flow_chamber: Annotated[float, Unit("kg/s")]
    throat_area: Annotated[float, Unit("m^2")]
    throat_diameter: Annotated[float, Unit("m")]
    exit_area: Annotated[float, Unit("m^2")]
    exit_diameter: Annotated[float, Unit("m")]
    exit_pressure: Annotated[float, Unit("Pa")]
    thrust_sea_level: Annotated[float | None, Unit("N")]
    isp_sea_level: Annotated[float | None, Unit("s")]
    mass: Annotated[float | None, Unit("kg")]
    map: EngineMap


def engine_performance(engine: Engine) -> EnginePerformance:
    """Everything that follows from an engine's document; see EnginePerformance. About 0.1 s.

    Equations: c*, Isp and C_F of the ideal engine by RP-1311 chapter 6 (``thermo``); delivered c* = ideal c* times its
    factors; throat area = chamber flow · delivered c* / chamber pressure; exit area = throat area · area ratio;
    thrust at ambient pressure p = vacuum thrust − p · exit area.
    Raises InputError for a propellant or ratio out of range, UndecidedError where a state could not be found.
    """
    where = engine.where("oxidizer_fuel_ratio")
    mixture = mix(engine.oxidizer_propellant, engine.fuel_propellant, engine.oxidizer_fuel_ratio, where=where)
    throttles = _throttle_grid(engine.throttle_min)
    ideal_map = [_ideal(engine, mixture, float(t)) for t in throttles]
    ideal = ideal_map[-1]
    frozen = _ideal(engine, mixture, 1.0, frozen=True)

    losses = _losses(engine, ideal.isp())
    predicted = losses[-1].isp_after if losses else ideal.isp()
    published = engine.published.isp_vacuum
    if engine.basis == "published":
        assert published is not None  # the document holds it
        isp = published
    else:
        isp = predicted

    exhaust_share = engine.turbine_exhaust.flow_fraction if engine.turbine_exhaust else 0.0
    c_star_factor = float(np.prod([loss.factor for loss in engine.losses if loss.on == "c_star"]))
    c_star = ideal.c_star * c_star_factor
    mass_flow = engine.thrust_vacuum / (isp * G0)
    chamber_flow = mass_flow * (1.0 - exhaust_share)
    throat_area = chamber_flow * c_star / engine.chamber_pressure
    exit_area = throat_area * engine.area_ratio

    # Losses and remainder keep their ratio to the ideal engine as the chamber pressure falls; the ideal itself changes.
    flows = np.array(
        [
            t * engine.chamber_pressure * throat_area / (p.c_star * c_star_factor)
            for t, p in zip(throttles, ideal_map, strict=True)
        ]
    ) / (1.0 - exhaust_share)
    isps = np.array([isp * p.isp() / ideal.isp() for p in ideal_map])
    sources = tuple(f"{', '.join(s.fields)}: {s.citation} [{s.grade}]" for s in engine.sources)
    hash_ = engine.content_hash()
    engine_map = EngineMap(
        input_hash=hash_,
        sources=sources,
        name=engine.name,
        throttle=throttles,
        thrust_vacuum=flows * isps * G0,
        mass_flow=flows,
        exit_area=exit_area,
        throttle_min=1.0 if engine.throttle_min is None else engine.throttle_min,
        ignitions=engine.ignitions,
        start_ramp=engine.start_ramp or 0.0,
        shutdown_ramp=engine.shutdown_ramp or 0.0,
        oxidizer_fuel_ratio=engine.oxidizer_fuel_ratio,
    )
    at_sea_level = engine.use == "sea level"
    thrust_sea_level = engine.thrust_vacuum - SEA_LEVEL_PRESSURE * exit_area
    findings: tuple[Finding, ...] = engine_findings(
        engine,
        isp_ideal=ideal.isp(),
        isp_predicted=predicted,
        thrust_sea_level=thrust_sea_level,
        isp_sea_level=thrust_sea_level / (mass_flow * G0),
        exit_diameter=_diameter(exit_area),
        exit_pressures=tuple(p.stations[0].pressure for p in (ideal_map[0], ideal)),
    )
    return EnginePerformance(
        input_hash=hash_,
        sources=sources,
        findings=findings,
        name=engine.name,
        cycle=engine.cycle,
        oxidizer=engine.oxidizer_propellant.name,
        fuel=engine.fuel_propellant.name,
        oxidizer_fuel_ratio=engine.oxidizer_fuel_ratio,
        chamber_pressure=engine.chamber_pressure,
        area_ratio=engine.area_ratio,
        basis=engine.basis,
        ideal_equilibrium=ideal,
        ideal_frozen=frozen,
        losses=losses,
        c_star=c_star,
        isp_vacuum_ideal=ideal.isp(),
        isp_vacuum_predicted=predicted,
        isp_vacuum_published=published,
        unexplained_factor=published / predicted if published else None,
        isp_vacuum=isp,
        thrust_vacuum=engine.thrust_vacuum,
        mass_flow=mass_flow,
        mass_flow_chamber=chamber_flow,
        throat_area=throat_area,
        throat_diameter=_diameter(throat_area),
        exit_area=exit_area,
        exit_diameter=_diameter(exit_area),
        exit_pressure=ideal.stations[0].pressure,
        thrust_sea_level=thrust_sea_level if at_sea_level else None,
        isp_sea_level=thrust_sea_level / (mass_flow * G0) if at_sea_level else None,
        mass=engine.mass,
        map=engine_map,
    )


def _throttle_grid(throttle_min: float | None) -> np.ndarray:
    """Throttles of the map: from the lowest one to 1; at least a fifth, so that a fixed engine has a table as well."""
    low = min(1.0 if throttle_min is None else throttle_min, 0.8)
    return np.linspace(low, 1.0, _THROTTLE_POINTS)


def _ideal(engine: Engine, mixture: Mixture, throttle: float, *, frozen: bool = False) -> RocketSolution:
    """The ideal engine at a throttle, mixture ratio held. By Cantera: eight states need no compiled minimiser."""
    try:
        return solve_rocket(
            mixture,
            engine.chamber_pressure * throttle,
            mode="frozen_chamber" if frozen else "equilibrium",
            area_ratios=(engine.area_ratio,),
            solver="cantera",
        )
    except UndecidedError as error:
        raise UndecidedError(error.message, where=engine.where(), details=error.details) from None


def _losses(engine: Engine, isp_ideal: float) -> tuple[LossItem, ...]:
    """The losses in the document's order, then the turbine exhaust, which weighs two specific impulses by their flows."""
    items = []
    isp = isp_ideal
    for loss in engine.losses:
        isp *= loss.factor
        items.append(
            LossItem(
                name=loss.name, on=loss.on, factor=loss.factor, isp_after=isp, grade=loss.grade, citation=loss.citation
            )
        )
    exhaust = engine.turbine_exhaust
    if exhaust:
        mixed = (1.0 - exhaust.flow_fraction) * isp + exhaust.flow_fraction * exhaust.isp_vacuum
        items.append(
            LossItem(
                name="turbine exhaust",
                on="isp",
                factor=mixed / isp,
                isp_after=mixed,
                grade=exhaust.grade,
                citation=exhaust.citation,
            )
        )
    return tuple(items)


def _diameter(area: float) -> float:
    return float(np.sqrt(4.0 * area / np.pi))
