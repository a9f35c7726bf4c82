"""The reference: the rocket problem with Cantera's equilibrium, gases only, one state after the other.

Method: Gordon and McBride, NASA RP-1311 (1994), part I, chapter 6. The composition shifts with the flow, or is held from
the chamber or from the throat on. Slower than the minimiser by orders of magnitude, but independent of it; and without
anything to compile.
"""

from collections.abc import Callable

import numpy as np

from ...core.earth import G0
from ...core.errors import UndecidedError
from ..equilibrium import Gas, GasState, gas_of
from ..propellants import Mixture
from .rocket import TRACE, Mode, Place, Request, RocketSolution, RocketStation

_CLOSE = 1e-8  # relative, of the area ratio and of the Mach number squared at the throat


def solve_by_cantera(mixture: Mixture, pressure: float, mode: Mode, request: Request) -> RocketSolution:
    """Ideal performance with an infinite-area chamber; the input is checked by ``solve_rocket``.

    Raises UndecidedError where a state cannot be found, or where a condensed product would form.
    """
    gas = gas_of(tuple(symbol for symbol, _ in mixture.atoms))
    chamber = gas.at_enthalpy(mixture, pressure)
    flow = _Flow(gas, mixture, chamber if mode != "frozen_chamber" else gas.frozen(chamber))
    throat = flow.throat()
    found: list[tuple[GasState, Place]] = []
    for ratio in request.subsonic_area_ratios:
        found.append((flow.at_area_ratio(throat, ratio, subsonic=True), "subsonic"))
    by_pressure = {r: flow.at(pressure / r) for r in request.pressure_ratios if pressure / r > throat.pressure}
    if mode == "frozen_throat":
        throat = flow.freeze(throat)
    for ratio in request.area_ratios:
        found.append((throat if ratio == 1.0 else flow.at_area_ratio(throat, ratio), "supersonic"))
    for ratio in request.pressure_ratios:
        above = by_pressure.get(ratio)
        found.append((above, "subsonic") if above is not None else (flow.at(pressure / ratio), "supersonic"))

    flux = throat.density * flow.speed(throat)
    c_star = pressure / flux

    def station(state: GasState, place: Place) -> RocketStation:
        u = flow.speed(state)
        names, fractions = gas.mole_fractions(state, TRACE)
        vacuum = None if place == "chamber" else (u + state.pressure / (state.density * u)) / G0
        return RocketStation(
            station=place,
            area_ratio=None if place == "chamber" else flux / (state.density * u),
            temperature=state.temperature,
            pressure=state.pressure,
            density=state.density,
            enthalpy=state.enthalpy,
            entropy=state.entropy,
            gamma_s=state.gamma_s,
            cp_frozen=gas.frozen(state).cp,
            molar_mass=state.molar_mass,
            gas_molar_mass=state.molar_mass,
            speed=u,
            mach=u / state.sound_speed,
            isp_vacuum=vacuum,
            isp_matched=None if vacuum is None else u / G0,
            thrust_coefficient_vacuum=None if vacuum is None else vacuum * G0 / c_star,
            species=names,
            mole_fractions=fractions,
        )

    return RocketSolution(
        solver="cantera",
        mode=mode,
        propellants=mixture.label,
        oxidizer_fuel_ratio=mixture.oxidizer_fuel_ratio,
        c_star=c_star,
        chamber=station(flow.chamber, "chamber"),
        throat=station(throat, "throat"),
        stations=tuple(station(state, place) for state, place in found),
        injector_pressure=pressure,
    )


class _Flow:
    """The isentrope through the chamber state."""

    def __init__(self, gas: Gas, mixture: Mixture, chamber: GasState) -> None:
        self.gas, self.mixture, self.chamber = gas, mixture, chamber
        self.frozen_from: GasState | None = None if chamber.shifting else chamber
        self._near = chamber  # the state found last: the next one starts from its temperature

    def freeze(self, state: GasState) -> GasState:
        """Hold the composition of a state from here on; the state with the derivatives of a held composition."""
        self.frozen_from = self._near = self.gas.frozen(state)
        return self.frozen_from

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

        return self._solve(excess, float(start), -np.inf, float(log_high), "sonic throat")

    def at_area_ratio(self, throat: GasState, ratio: float, *, subsonic: bool = False) -> GasState:
        """The state where the flow needs *ratio* times the throat's area (RP-1311, section 6.3.6)."""
        target = float(np.log(ratio))
        flux = throat.density * self.speed(throat)
        log_pc, log_pt = float(np.log(self.chamber.pressure)), float(np.log(throat.pressure))
        drop = log_pc - log_pt
        # RP-1311's estimates of ln(p_c/p): near the throat a parabola, beyond it a line in ln(area ratio)
        if subsonic:
            guess = drop * (0.9 if ratio < 1.09 else 1.0) / (ratio + 10.587 * target**3 + 9.454 * target)
            low, high = log_pt, log_pc
        else:
            guess = drop + np.sqrt(3.294 * target**2 + 1.535 * target) if ratio < 2.0 else throat.gamma_s + 1.4 * target
            low, high = -np.inf, log_pt
        start = min(log_pc - float(guess), high - 1e-3) if not subsonic else log_pc - float(guess)
        sign = -1.0 if subsonic else 1.0

        def excess(state: GasState) -> tuple[float, float]:
            """ln(area ratio) − target and its slope in ln p: exact, from du = −dp/(ρu) and dρ/ρ = dp/(gamma_s p).

            Turned round for subsonic flow, so that it is positive where the pressure is too low on both branches.
            """
            u = self.speed(state)
            slope = state.pressure / (state.density * u**2) - 1.0 / state.gamma_s
            return sign * float(np.log(flux / (state.density * u)) - target), sign * slope

        return self._solve(excess, start, low, high, f"{'subsonic ' if subsonic else ''}area ratio {ratio:g}")

    def _solve(
        self, excess: Callable[[GasState], tuple[float, float]], start: float, low: float, high: float, what: str
    ) -> GasState:
        """Newton's method in ln p, bracketed: *excess* is positive where the pressure is too low.

        A state that cannot be found counts as too low a pressure: an early step may have gone where the gas is colder
        than the data reach, while the answer is not there.
        """
        log_p = start
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
