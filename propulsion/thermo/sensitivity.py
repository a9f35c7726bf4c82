"""Exact derivatives of a rocket problem, by the converged equations differentiated.

Notation: b atoms [kmol/kg], h enthalpy/R, s entropy/R of the mixture, n amounts; π element potentials over RT. Each state
in equilibrium answers changes of b, of its enthalpy or entropy and of ln p by the matrix of its own Newton step (implicit
function theorem on RP-1311 equations 2.24 to 2.28). Chamber entropy: Gibbs's relation T ds = dh − (p/ρ) d ln p − T Σ π db.
Throat: the mass flux is largest there, so a shift of the throat changes it in second order only (envelope theorem). Exit:
ρu = flux/ε. Where the composition is held, its change is that of the state that it is held from; a throat moves as
p/(ρu²) = 1/γ_s demands, with γ_s (in closed form) differentiated along the state's own change by a central difference.
"""

from dataclasses import dataclass

import numpy as np

from ...core.earth import G0
from ...core.errors import InputError
from .reactants import Stream, mixture_of
from .rocket import MODES, Mode, Request, RocketSolution, check_pressure, run, solution_of
from .species import GAS_CONSTANT, SpeciesSet, species_of
from .state import State, new_state

_STEP = 1e-5  # of ln p, O/F and ln ε, for γ_s


@dataclass(frozen=True)
class Derivatives:
    """By (O/F, chamber pressure [Pa], area ratio): chamber_temperature [K], c_star [m/s], isp_vacuum [s],
    exit_temperature [K], exit_pressure [Pa]. Each a tuple of the three partial derivatives; and the solution itself."""

    solution: RocketSolution
    chamber_temperature: tuple[float, float, float]
    c_star: tuple[float, float, float]
    isp_vacuum: tuple[float, float, float]
    exit_temperature: tuple[float, float, float]
    exit_pressure: tuple[float, float, float]


def rocket_derivatives(
    oxidizer: Stream, fuel: Stream, ratio: float, pressure: float, area_ratio: float, *, mode: Mode = "equilibrium"
) -> Derivatives:
    """Ideal performance with its derivatives; chamber pressure [Pa], one exit area ratio > 1.

    Raises InputError for what is out of range, UndecidedError where a state could not be found.
    """
    check_pressure(pressure)
    if not area_ratio > 1.0:
        raise InputError(f"area ratio {area_ratio:g}: derivatives need one above 1")
    if mode not in MODES:
        raise InputError(f"unknown mode '{mode}'; one of {', '.join(MODES)}")
    mixture = mixture_of(oxidizer, fuel, ratio)
    symbols = tuple(symbol for symbol, _ in mixture.atoms)
    species = species_of(symbols)
    request = Request(area_ratios=(area_ratio,))
    request.check()
    b = np.array([[amount for _, amount in mixture.atoms]])
    rows, amounts = run(species, b, [mixture.enthalpy], [pressure], mode, request)
    solution = solution_of(mixture, mode, request, species, rows[0], amounts[0])
    # columns: O/F, ln pc, ln ε
    d_b = np.zeros((len(symbols), 3))
    d_b[:, 0] = [(oxidizer.atoms.get(e, 0.0) - fuel.atoms.get(e, 0.0)) / (1.0 + ratio) ** 2 for e in symbols]
    d_h = np.zeros(3)
    d_h[0] = (oxidizer.enthalpy - fuel.enthalpy) / (1.0 + ratio) ** 2 / GAS_CONSTANT
    d_pc = np.array([0.0, 1.0, 0.0])
    still = np.zeros(3)

    chamber = _Shifting(species, b[0], rows[0, 0], amounts[0, 0], "hp")
    change = chamber.change(d_b, d_h, d_pc)
    d_s = d_h / chamber.temperature - chamber.moles * d_pc - chamber.potentials @ d_b
    driving = _Driving(d_b, d_h, d_s)

    if mode == "frozen_chamber":
        held = change.amounts
        throat = _Held(species, rows[0, 1], amounts[0, 1], held)
        exit_ = _Held(species, rows[0, 2], amounts[0, 2], held)
    else:
        throat = _Shifting(species, b[0], rows[0, 1], amounts[0, 1], "sp")
        if mode == "frozen_throat":
            held = throat.change(d_b, d_s, throat.movement(driving)).amounts
            exit_ = _Held(species, rows[0, 2], amounts[0, 2], held)
        else:
            exit_ = _Shifting(species, b[0], rows[0, 2], amounts[0, 2], "sp")

    flux = throat.along(driving, still).flux  # at the throat's pressure held: the flux is stationary in it
    d_ln_c_star = d_pc - flux
    d_ln_exit_flux = flux - np.array([0.0, 0.0, 1.0])
    slope = 1.0 / exit_.gamma - exit_.pressure / (exit_.density * exit_.speed**2)
    d_pe = (d_ln_exit_flux - exit_.along(driving, still).flux) / slope
    at_exit = exit_.along(driving, d_pe)
    push = exit_.pressure / (exit_.density * exit_.speed)
    d_isp = (at_exit.speed + push * (d_pe - d_ln_exit_flux)) / G0

    scale = np.array([1.0, 1.0 / pressure, 1.0 / area_ratio])

    def three(values: np.ndarray) -> tuple[float, float, float]:
        of, pc, ratio_ = (float(v) for v in values * scale)
        return of, pc, ratio_

    return Derivatives(
        solution=solution,
        chamber_temperature=three(chamber.temperature * change.ln_t),
        c_star=three(solution.c_star * d_ln_c_star),
        isp_vacuum=three(d_isp),
        exit_temperature=three(exit_.temperature * at_exit.ln_t),
        exit_pressure=three(exit_.pressure * d_pe),
    )


@dataclass(frozen=True)
class _Driving:
    """What changes: atoms b (k, 3), enthalpy/R of the gas at rest and entropy/R (3,)."""

    b: np.ndarray
    h: np.ndarray
    s: np.ndarray


@dataclass(frozen=True)
class _Change:
    """Of a state in equilibrium: ln n of the gases (g, 3), amounts of all species (g + c, 3), ln N, ln T (3,)."""

    ln_gas: np.ndarray
    amounts: np.ndarray
    ln_n: np.ndarray
    ln_t: np.ndarray


@dataclass(frozen=True)
class _Along:
    """Of the flow at a place: ln T, speed [m/s], ln(ρu) (3,)."""

    ln_t: np.ndarray
    speed: np.ndarray
    flux: np.ndarray


class _Place:
    """What the row of a station says, and the state's arrays filled."""

    def __init__(self, species: SpeciesSet, row: np.ndarray, amounts: np.ndarray) -> None:
        self.species = species
        self.pressure, self.temperature, self.density = float(row[0]) * 1e5, float(row[1]), float(row[2])
        self.gamma, self.moles, self.speed = float(row[5]), float(row[7]), float(row[8])
        g = len(species.gases)
        self.state: State = new_state(species.bank)
        with np.errstate(divide="ignore"):
            self.state.ln_n[:] = np.maximum(np.log(amounts[:g]), -1e3)
        self.state.amount[:] = amounts[g:]
        self.state.present[:] = amounts[g:] != 0.0
        self.state.main[:] = np.log([row[7], row[1], row[0]])

    def _along(self, d_ln_t: np.ndarray, d_ln_n: np.ndarray, d_enthalpy: np.ndarray, rest: np.ndarray, d_p: np.ndarray):
        """u = √(2(h_c − h)), ρ = p/(N R T); enthalpies/R."""
        speed = GAS_CONSTANT * (rest - d_enthalpy) / self.speed
        return _Along(d_ln_t, speed, d_p - d_ln_n - d_ln_t + speed / self.speed)


class _Shifting(_Place):
    """A converged state in equilibrium, given by its enthalpy ("hp") or its entropy ("sp")."""

    def __init__(self, species: SpeciesSet, b: np.ndarray, row: np.ndarray, amounts: np.ndarray, kind: str) -> None:
        super().__init__(species, row, amounts)
        from . import expansion, gibbs

        self._b, self._kind = b, kind
        own = np.zeros(expansion.COLUMNS)  # the row may be that of the held composition
        expansion.finish(species.bank, b, self.state, own, True)
        self.gamma = float(own[expansion.GAMMA])
        m = gibbs.assemble(species.bank, gibbs.HP, b, row[3] / GAS_CONSTANT, self.state)
        self.potentials = np.linalg.solve(self.state.matrix[:m, :m], self.state.rhs[:m, 0])[: len(b)]
        if kind == "sp":
            gibbs.assemble(species.bank, gibbs.SP, b, row[4] / GAS_CONSTANT, self.state)
        self._matrix = self.state.matrix[:m, :m].copy()
        self._sum_n = float(self.state.n.sum())

    def change(self, d_b: np.ndarray, d_target: np.ndarray, d_p: np.ndarray) -> _Change:
        """For changes of b, of enthalpy/R ("hp") or entropy/R ("sp"), and of ln p."""
        matrix, k, m = self._matrix, len(d_b), len(self._matrix)
        rhs = np.zeros((m, d_b.shape[1]))
        at_n = m - 2
        # ln p stands beside ln N in every row of the gases, with the opposite sign
        rhs[:k] = d_b + np.outer(matrix[:k, at_n], d_p)
        rhs[at_n] = self._sum_n * d_p
        if self._kind == "hp":
            rhs[m - 1] = d_target / self.temperature + matrix[m - 1, at_n] * d_p
        else:
            rhs[m - 1] = d_target + (matrix[m - 1, at_n] + self._sum_n) * d_p
        x = np.linalg.solve(matrix, rhs)
        bank, state = self.species.bank, self.state
        ln_gas = bank.gas_atoms.T @ x[:k] + x[m - 2] + np.outer(state.h, x[m - 1]) - d_p
        amounts = np.zeros((len(state.n) + len(state.amount), d_b.shape[1]))
        amounts[: len(state.n)] = state.n[:, None] * ln_gas
        amounts[len(state.n) + np.flatnonzero(state.present)] = x[k : m - 2]
        return _Change(ln_gas, amounts, x[m - 2], x[m - 1])

    def along(self, driving: _Driving, d_p: np.ndarray) -> _Along:
        """On the isentrope, with a change of ln p. Enthalpy by Gibbs's relation: T ds + N T d ln p + T Σ π db."""
        change = self.change(driving.b, driving.s, d_p)
        enthalpy = self.temperature * (driving.s + self.moles * d_p + self.potentials @ driving.b)
        return self._along(change.ln_t, change.ln_n, enthalpy, driving.h, d_p)

    def movement(self, driving: _Driving) -> np.ndarray:
        """How ln p of a sonic throat changes (3,): p/(ρu²) − 1/γ_s stays 0."""
        still, one = np.zeros(3), np.zeros(1)
        push = self.pressure / (self.density * self.speed**2)
        here = self.along(driving, still)
        d_ln_u = here.speed / self.speed
        # p/(ρu²) at a pressure held: −d ln ρ − 2 d ln u = −d ln(ρu) − d ln u
        by_driving = push * (-here.flux - d_ln_u) + self._gamma_change(self.change(driving.b, driving.s, still), still)
        down = self.change(np.zeros((len(driving.b), 1)), one, np.ones(1))
        by_pressure = push * (1.0 - 1.0 / self.gamma + 2.0 * push) + self._gamma_change(down, np.ones(1))
        return -by_driving / by_pressure

    def _gamma_change(self, change: _Change, d_p: np.ndarray) -> np.ndarray:
        """d γ_s / γ_s² along a change of the state."""
        from . import expansion

        found = np.zeros(len(d_p))
        g = len(self.state.n)
        row = np.zeros(expansion.COLUMNS)
        for i in range(len(d_p)):
            values = []
            for step in (_STEP, -_STEP):
                moved = new_state(self.species.bank)
                moved.ln_n[:] = self.state.ln_n + step * change.ln_gas[:, i]
                moved.amount[:] = self.state.amount + step * change.amounts[g:, i]
                moved.present[:] = self.state.present
                moved.main[:] = self.state.main + step * np.array([change.ln_n[i], change.ln_t[i], d_p[i]])
                expansion.finish(self.species.bank, self._b, moved, row, True)
                values.append(row[expansion.GAMMA])
            found[i] = (values[0] - values[1]) / (2.0 * _STEP) / self.gamma**2
        return found


class _Held(_Place):
    """A state whose composition is held from elsewhere; d_n (g + c, 3): how those amounts change."""

    def __init__(self, species: SpeciesSet, row: np.ndarray, amounts: np.ndarray, d_n: np.ndarray) -> None:
        super().__init__(species, row, amounts)
        from .state import gas_properties, phase_properties

        state, g = self.state, len(species.gases)
        gas_properties(species.bank, self.temperature, state.cp, state.h, state.mu)
        present = amounts > 0.0
        enthalpy, entropy = np.zeros(len(amounts)), np.zeros(len(amounts))
        enthalpy[:g] = state.h
        entropy[:g] = state.h - state.mu - (state.ln_n - state.main[0]) - state.main[2]
        for c in np.flatnonzero(state.present):
            _, h, mu = phase_properties(species.bank, c, self.temperature)
            enthalpy[g + c], entropy[g + c] = h, h - mu
        self._heat = float(row[6]) / GAS_CONSTANT
        # Σ n_j d ln x_j is nothing, so the mixing terms need no derivative of their own
        self._d_h = enthalpy[present] @ d_n[present] * self.temperature
        self._d_s = entropy[present] @ d_n[present]
        self._d_ln_n = d_n[:g].sum(axis=0) / self.moles

    def along(self, driving: _Driving, d_p: np.ndarray) -> _Along:
        """On the isentrope, with a change of ln p."""
        ln_t = (driving.s - self._d_s + self.moles * d_p) / self._heat
        enthalpy = self._d_h + self._heat * self.temperature * ln_t
        return self._along(ln_t, self._d_ln_n, enthalpy, driving.h, d_p)
