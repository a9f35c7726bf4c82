"""Ideal rocket performance: infinite-area chamber, sonic throat, one-dimensional isentropic expansion.

Method: Gordon and McBride, NASA RP-1311 (1994), part I, chapter 6. The composition shifts with the flow
(``equilibrium``), or is held from the chamber (``frozen_chamber``) or from the throat (``frozen_throat``) on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from ..core.earth import G0
from ..core.errors import InputError, UndecidedError
from ..core.results import Array, Result, Unit
from .equilibrium import Gas, GasState, gas_of
from .propellants import Mixture

Expansion = Literal["equilibrium", "frozen_chamber", "frozen_throat"]
_CLOSE = 1e-8  # relative, of the area ratio and of the Mach number squared at the throat
_TRACE = 5e-6  # mole fractions below this are not reported (CEA's default)


@dataclass(frozen=True, kw_only=True)
class Station(Result):
    """The gas at one cross-section of the nozzle.

    area_ratio: A/A_throat, None in the chamber. gamma_s, mach: with the composition shifting or frozen, as the flow is.
    isp_vacuum, isp_matched, thrust_coefficient_vacuum: of a nozzle that ends here; None in the chamber.
    """

    station: Literal["chamber", "throat", "exit"]
    area_ratio: float | None
    temperature: Annotated[float, Unit("K")]
    pressure: Annotated[float, Unit("Pa")]
    density: Annotated[float, Unit("kg/m^3")]
    enthalpy: Annotated[float, Unit("J/kg")]
    entropy: Annotated[float, Unit("J/kg/K")]
    molar_mass: Annotated[float, Unit("kg/mol")]
    cp: Annotated[float, Unit("J/kg/K")]
    gamma_s: float
    speed: Annotated[float, Unit("m/s")]
    mach: float
    isp_vacuum: Annotated[float | None, Unit("s")]
    isp_matched: Annotated[float | None, Unit("s")]
    thrust_coefficient_vacuum: float | None
    species: tuple[str, ...]
    mole_fractions: Array


@dataclass(frozen=True, kw_only=True)
class RocketPerformance(Result):
    """Ideal performance of a mixture; ``exits`` in the order of the area ratios asked for."""

    expansion: Expansion
    propellants: str
    oxidizer_fuel_ratio: float
    c_star: Annotated[float, Unit("m/s")]
    chamber: Station
    throat: Station
    exits: tuple[Station, ...]

    def isp(self, exit_index: int = 0, ambient_pressure: float = 0.0) -> float:
        """Specific impulse [s] at an ambient pressure [Pa], nozzle flowing full."""
        station = self.exits[exit_index]
        assert station.isp_vacuum is not None
        return station.isp_vacuum - ambient_pressure / (station.density * station.speed * G0)

    def thrust_coefficient(self, exit_index: int = 0, ambient_pressure: float = 0.0) -> float:
        """Thrust over chamber pressure and throat area, at an ambient pressure [Pa], nozzle flowing full."""
        return self.isp(exit_index, ambient_pressure) * G0 / self.c_star


def rocket(
    mixture: Mixture,
    chamber_pressure: float,
    area_ratios: tuple[float, ...],
    *,
    expansion: Expansion = "equilibrium",
) -> RocketPerformance:
    """Ideal performance at a chamber pressure [Pa] and exit area ratios ≥ 1.

    Raises InputError for a pressure or an area ratio out of range, UndecidedError where a state cannot be found.
    """
    if not 1e3 <= chamber_pressure <= 1e8:
        raise InputError(f"chamber pressure {chamber_pressure / 1e5:g} bar is outside 0.01 to 1000 bar")
    for ratio in area_ratios:
        if not 1.0 <= ratio <= 1000.0:
            raise InputError(f"area ratio {ratio:g} is outside 1 to 1000 (exit area over throat area)")
    gas = gas_of(tuple(symbol for symbol, _ in mixture.atoms))
    chamber = gas.at_enthalpy(mixture, chamber_pressure)
    flow = _Flow(gas, mixture, chamber if expansion != "frozen_chamber" else gas.frozen(chamber))
    throat = flow.throat()
    if expansion == "frozen_throat":
        flow.freeze(throat)
    exits = [throat if ratio == 1.0 else flow.at_area_ratio(throat, ratio) for ratio in area_ratios]

    throat_flux = throat.density * flow.speed(throat)
    c_star = chamber_pressure / throat_flux
    report = _Reporter(gas, flow, c_star, throat_flux)
    return RocketPerformance(
        expansion=expansion,
        propellants=mixture.label,
        oxidizer_fuel_ratio=mixture.oxidizer_fuel_ratio,
        c_star=c_star,
        chamber=report(flow.chamber, "chamber"),
        throat=report(throat, "throat"),
        exits=tuple(report(state, "exit", ratio) for state, ratio in zip(exits, area_ratios, strict=True)),
    )


class _Flow:
    """The isentrope through the chamber state."""

    def __init__(self, gas: Gas, mixture: Mixture, chamber: GasState) -> None:
        self.gas, self.mixture, self.chamber = gas, mixture, chamber
        self.frozen_from: GasState | None = None if chamber.shifting else chamber
        self._near = chamber  # the state found last: the next one starts from its temperature

    def freeze(self, state: GasState) -> None:
        self.frozen_from = state

    def at(self, pressure: float) -> GasState:
        """The state on the isentrope at a pressure [Pa]."""
        near = self._near
        guess = near.temperature * (pressure / near.pressure) ** (1.0 - 1.0 / near.gamma_s)
        guess = min(max(guess, 201.0), 5999.0)
        entropy = self.chamber.entropy
        if self.frozen_from is None:
            state = self.gas.at_entropy(self.mixture, pressure, entropy, guess=guess)
        else:
            state = self.gas.frozen_at_entropy(self.frozen_from, pressure, entropy, guess=guess)
        self._near = state
        return state

    def speed(self, state: GasState) -> float:
        """From the chamber, where the gas is at rest [m/s]."""
        return float(np.sqrt(2.0 * max(self.chamber.enthalpy - state.enthalpy, 0.0)))

    def throat(self) -> GasState:
        """Where the speed is that of sound, which is where the mass flux is largest (RP-1311, section 6.3.3)."""
        gamma = self.chamber.gamma_s
        log_high = np.log(self.chamber.pressure * 0.8)
        start = np.log(self.chamber.pressure * (2.0 / (gamma + 1.0)) ** (gamma / (gamma - 1.0)))

        def excess(state: GasState) -> tuple[float, float]:
            """ln(u²/a²) and its slope in ln p, the slope with gamma_s taken as constant."""
            u2, a2 = self.speed(state) ** 2, state.sound_speed**2
            slope = -2.0 * state.pressure / (state.density * u2) - (1.0 - 1.0 / state.gamma_s)
            return float(np.log(u2 / a2)), slope

        return self._solve(excess, float(start), float(log_high), "sonic throat")

    def at_area_ratio(self, throat: GasState, ratio: float) -> GasState:
        """The supersonic state where the flow needs *ratio* times the throat's area (RP-1311, section 6.3.6)."""
        target = float(np.log(ratio))
        flux = throat.density * self.speed(throat)
        # RP-1311's estimates of ln(p_c/p): near the throat a parabola, beyond it a line in ln(area ratio)
        if ratio < 2.0:
            drop = np.log(self.chamber.pressure / throat.pressure) + np.sqrt(3.294 * target**2 + 1.535 * target)
        else:
            drop = throat.gamma_s + 1.4 * target
        log_high = float(np.log(throat.pressure))
        start = min(float(np.log(self.chamber.pressure) - drop), log_high - 1e-3)

        def excess(state: GasState) -> tuple[float, float]:
            """ln(area ratio) − target and its slope in ln p: exact, from du = −dp/(ρu) and dρ/ρ = dp/(gamma_s p)."""
            u = self.speed(state)
            slope = state.pressure / (state.density * u**2) - 1.0 / state.gamma_s
            return float(np.log(flux / (state.density * u)) - target), slope

        return self._solve(excess, start, log_high, f"area ratio {ratio:g}")

    def _solve(
        self, excess: Callable[[GasState], tuple[float, float]], start: float, high: float, what: str
    ) -> GasState:
        """Newton's method in ln p, bracketed: *excess* is positive where the pressure is too low.

        A state that cannot be found counts as too low a pressure: an early step may have gone where the gas is colder
        than the data reach, while the answer is not there.
        """
        log_p, low = start, -np.inf
        reason = "no convergence"
        for _ in range(80):
            try:
                value, slope = excess(self.at(float(np.exp(log_p))))
            except UndecidedError as error:
                reason = error.message
                low, new = log_p, 0.5 * (log_p + high)
            else:
                if abs(value) < _CLOSE:
                    return self._near
                low, high = (log_p, high) if value > 0.0 else (low, log_p)
                # Just behind a throat that was found for shifting composition, the frozen flow is still subsonic and
                # the slope positive: go on downstream.
                step = -value / slope if slope < 0.0 else -0.05
                new = log_p + float(np.clip(step, -1.0, 1.0))
                if not low < new < high:
                    new = 0.5 * (max(low, log_p - 1.0) + min(high, log_p + 1.0))
            if high - low < 1e-9:
                break
            log_p = new
        raise UndecidedError(f"{self.mixture.label}: {what} not found: {reason}")


class _Reporter:
    """Turns states into stations."""

    def __init__(self, gas: Gas, flow: _Flow, c_star: float, throat_flux: float) -> None:
        self.gas, self.flow, self.c_star, self.throat_flux = gas, flow, c_star, throat_flux

    def __call__(
        self, state: GasState, station: Literal["chamber", "throat", "exit"], area_ratio: float | None = None
    ) -> Station:
        u = self.flow.speed(state)
        names, fractions = self.gas.mole_fractions(state, _TRACE)
        vacuum = matched = coefficient = None
        if station != "chamber":
            vacuum = (u + state.pressure / (state.density * u)) / G0
            matched = u / G0
            coefficient = vacuum * G0 / self.c_star
        return Station(
            station=station,
            area_ratio=1.0 if station == "throat" else area_ratio,
            temperature=state.temperature,
            pressure=state.pressure,
            density=state.density,
            enthalpy=state.enthalpy,
            entropy=state.entropy,
            molar_mass=state.molar_mass,
            cp=state.cp,
            gamma_s=state.gamma_s,
            speed=u,
            mach=u / state.sound_speed,
            isp_vacuum=vacuum,
            isp_matched=matched,
            thrust_coefficient_vacuum=coefficient,
            species=names,
            mole_fractions=fractions,
        )
