"""What follows from a balance for the chamber: the gas in the nozzle, the contour, the injector's feeds, the acoustic modes."""

import dataclasses
from typing import Any

import numpy as np

from ..core.errors import InputError, UndecidedError
from .acoustics import ChamberAcoustics, chamber_modes, sound_speed
from .contour.contour import Contour, contour
from .contour.isentrope import Isentrope
from .cycles.balance import Prepared
from .cycles.document import EngineCycle
from .cycles.losses import factors, losses_of
from .cycles.result import CycleBalance, StreamState
from .cycles.solve import Solution
from .fluids.kerosene_gas import kerosene_gas
from .fluids.state import NAMES, spray_properties
from .injector import Feed, InjectorDesign, design_injector
from .propellants import Mixture, find_propellant, mix
from .thermo.rocket import RocketSolution, solve_rocket

_FAR = (1000.0, 500.0, 250.0, 120.0)  # area ratios to which the gas is solved, as far as its data go
_HIGHEST_MACH = 40.0
_LIQUID = 3.0  # isentropic exponent above which a fluid is taken as incompressible in an orifice


def chamber_name(cycle: EngineCycle) -> str:
    """The main chamber's name."""
    return next(c.name for c in cycle.components if c.type == "chamber")


def injected(cycle: EngineCycle, balance: CycleBalance) -> Mixture:
    """What burns in the chamber: its mixture ratio, and the enthalpy with which the streams of the balance arrive.

    Heat that the jackets take from the gas comes back with the propellants of a closed cycle; it is not taken off here,
    for the core has not lost it. Fuel-rich kerosene gas has no enthalpy on the formation datum: propellants as tabulated.
    """
    ox, fu = find_propellant(cycle.oxidizer, "oxidizer"), find_propellant(cycle.fuel, "fuel")
    mixture = mix(ox, fu, balance.chamber_oxidizer_fuel_ratio)
    arriving = [s for s in balance.streams if s.target == chamber_name(cycle)]
    if any(s.medium in (kerosene_gas().name, "fuel-rich storable gas") for s in arriving):
        return mixture
    flow = sum(s.mass_flow for s in arriving)
    return dataclasses.replace(mixture, enthalpy=sum(s.mass_flow * s.enthalpy for s in arriving) / flow)


def nozzle_gas(mixture: Mixture, pressure: float, area_ratio: float) -> tuple[RocketSolution, Isentrope]:
    """(The solved chamber, its gas along the isentrope) in shifting equilibrium.

    Beyond the last station that the species data allow, a perfect gas of that station's gamma: flow on the axis of a bell
    runs ahead of its area ratio. Raises UndecidedError where the gas is not found even to the nozzle's own area ratio.
    """
    failure: Exception | None = None
    for far in _FAR:
        if far < 1.05 * area_ratio:
            break
        try:
            solution = solve_rocket(mixture, pressure, area_ratios=tuple(np.geomspace(1.04, far, 26)), solver="cantera")
            return solution, _isentrope(solution)
        except (InputError, UndecidedError) as error:
            failure = error
    raise UndecidedError(f"the gas in the nozzle was not found up to area ratio {area_ratio:g}: {failure}")


def _isentrope(solution: RocketSolution) -> Isentrope:
    states = [solution.throat, *(s for s in solution.stations if s.mach > 1.0 + 1e-6)]
    states = sorted(states, key=lambda s: -s.pressure)
    p, rho, v, mach = (np.array([getattr(s, n) for s in states]) for n in ("pressure", "density", "speed", "mach"))
    mach[0] = 1.0
    gamma, last = states[-1].gamma_s, mach[-1]
    more = np.geomspace(1.05 * last, max(_HIGHEST_MACH, 2.0 * last), 14)
    cooler = (1.0 + 0.5 * (gamma - 1.0) * last**2) / (1.0 + 0.5 * (gamma - 1.0) * more**2)
    return Isentrope.of_states(
        np.concatenate([p, p[-1] * cooler ** (gamma / (gamma - 1.0))]),
        np.concatenate([rho, rho[-1] * cooler ** (1.0 / (gamma - 1.0))]),
        np.concatenate([v, v[-1] * more / last * np.sqrt(cooler)]),
        np.concatenate([mach, more]),
        solution.chamber.pressure,
    )


def engine_contour(cycle: EngineCycle, throat_area: float, gas: Isentrope) -> Contour:
    """The contour that the document asks for, at a throat area [m²]."""
    assert cycle.chamber_shape is not None and cycle.nozzle is not None
    try:
        return contour(cycle.chamber_shape, cycle.nozzle, throat_area, cycle.area_ratio, gamma=gas)
    except InputError as error:
        if error.where:
            raise
        raise InputError(error.message, where=cycle.nozzle.where()) from None


def acoustics(cycle: EngineCycle, shape: Contour, solution: RocketSolution) -> ChamberAcoustics:
    """Modes of the chamber, and the tuning of its cavities."""
    assert cycle.chamber_shape is not None
    c_star_factor, _ = factors(losses_of(cycle))
    return chamber_modes(
        2.0 * shape.chamber_radius, shape.cylinder_length, sound_speed(solution.chamber, c_star_efficiency=c_star_factor),
        convergent_length=shape.chamber_length - shape.cylinder_length,
        contraction_ratio=cycle.chamber_shape.contraction_ratio, gamma=solution.chamber.gamma_s, cavities=cycle.cavities,
        chamber_temperature=solution.chamber.temperature, where=cycle.where("chamber_shape"),
    )  # fmt: skip


# --- injector -----------------------------------------------------------------------------------------------------------


def engine_injector(
    cycle: EngineCycle, balance: CycleBalance, prepared: Prepared, solution: Solution, shape: Contour | None
) -> InjectorDesign:
    """The injector of one chamber at the balance's feeds: flow, density ahead of the plate, drop of the injector's passage.

    Without a face_diameter the chamber's is taken. Raises InputError where a side has no drop.
    """
    assert cycle.injector is not None
    injector = cycle.injector
    if injector.face_diameter is None and shape is not None:
        injector = injector.evolve(face_diameter=2.0 * shape.chamber_radius)
    sides = {who: _side(cycle, balance, prepared, solution, who) for who in ("oxidizer", "fuel")}
    (oxidizer, oxidizer_drop), (fuel, fuel_drop) = sides["oxidizer"], sides["fuel"]
    lowest = cycle.throttle.lowest if cycle.throttle is not None else 1.0
    return design_injector(
        injector, oxidizer, fuel, balance.chamber_pressure, oxidizer_drop=oxidizer_drop, fuel_drop=fuel_drop,
        thrust=balance.thrust_vacuum / cycle.chambers, lowest_throttle=lowest, input_hash=injector.content_hash(),
    )  # fmt: skip


def _side(
    cycle: EngineCycle, b: CycleBalance, prepared: Prepared, solution: Solution, who: str
) -> tuple[Feed, float | None]:
    """(Feed, drop [Pa] of its passage or None) of one propellant; several streams are taken as one."""
    kinds = {c.name: c.type for c in cycle.components}
    exponents = isentropic_exponents(prepared, solution)
    ahead: list[StreamState] = []
    drops: list[float] = []
    for s in (
        s for s in b.streams if s.target == chamber_name(cycle) and _is_oxidizer(cycle, s) == (who == "oxidizer")
    ):
        if kinds[s.source] == "injector":
            inlet = next(x for x in b.streams if x.target == s.source)
            ahead.append(inlet)
            drops.append(inlet.pressure - s.pressure)
        elif kinds[s.source] != "film":
            ahead.append(s)
    if not ahead:
        raise InputError(f"{cycle.name}: no {who} reaches the chamber but as film", where=cycle.where("injector"))
    flow = sum(s.mass_flow for s in ahead)
    main = max(ahead, key=lambda s: s.mass_flow)
    exponent = exponents[main.name]
    tension = viscosity = None
    if main.medium in NAMES:  # a surface forms, or does not, at the chamber's pressure
        tension, viscosity = spray_properties(main.medium, b.chamber_pressure, main.temperature)
    feed = Feed(
        mass_flow=flow / cycle.chambers, density=flow / sum(s.mass_flow / s.density for s in ahead),
        gamma=exponent if exponent < _LIQUID else None, surface_tension=tension, viscosity=viscosity,
    )  # fmt: skip
    if feed.gamma is not None and not 1.0 < feed.gamma < 2.0:
        feed = dataclasses.replace(feed, gamma=min(max(feed.gamma, 1.05), 1.95))
    return feed, min(drops) if len(drops) == len(ahead) else None


def _is_oxidizer(cycle: EngineCycle, s: StreamState) -> bool:
    if "oxidizer-rich" in s.medium or "oxygen-rich" in s.medium:
        return True
    if "rich" in s.medium or "gas" in s.medium:
        return False
    from .fluids.media import propellant_medium

    return s.medium == propellant_medium(cycle.oxidizer).name


def isentropic_exponents(prepared: Prepared, solution: Solution) -> dict[str, float]:
    """(ρ/p)(∂p/∂ρ) at constant entropy of every stream: gamma of a gas, large for a liquid."""
    import casadi as ca

    rows: list[Any] = []
    for s in prepared.network.streams:
        t, rho = ca.SX.sym("t"), ca.SX.sym("rho")
        p, entropy = ca.SX(s.medium.pressure(t, rho)), ca.SX(s.medium.entropy(t, rho))
        by_density = ca.jacobian(p, rho) - ca.jacobian(p, t) * ca.jacobian(entropy, rho) / ca.jacobian(entropy, t)
        rows.append(ca.substitute([rho / p * by_density], [t, rho], [s.temperature, s.density])[0])
    system = prepared.system
    values = ca.Function("exponents", [system.x, system.p], [ca.vertcat(*rows)])(solution.x, system.parameters())
    return {s.name: float(v) for s, v in zip(prepared.network.streams, np.asarray(values).ravel(), strict=True)}
