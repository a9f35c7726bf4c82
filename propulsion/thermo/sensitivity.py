"""Exact derivatives of a rocket problem in shifting equilibrium, by the converged equations differentiated.

Notation: b atoms [kmol/kg], h enthalpy/R, s entropy/R of the mixture; π element potentials over RT. Each state answers
changes of b, of its enthalpy or entropy and of ln p by the matrix of its own Newton step (implicit function theorem on
RP-1311 equations 2.24 to 2.28). Chamber entropy: Gibbs's relation T ds = dh − (p/ρ) d ln p − T Σ π db. Throat: the mass
flux is largest there, so a shift of the throat changes it in second order only (envelope theorem). Exit: ρu = flux/ε.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.earth import G0
from ...core.errors import InputError
from .reactants import Stream, mixture_of
from .rocket import Request, RocketSolution, check_pressure, run, solution_of
from .species import GAS_CONSTANT, SpeciesSet, species_of


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


def rocket_derivatives(oxidizer: Stream, fuel: Stream, ratio: float, pressure: float, area_ratio: float) -> Derivatives:
    """Ideal performance in shifting equilibrium with its derivatives; chamber pressure [Pa], one exit area ratio > 1.

    Raises InputError for what is out of range, UndecidedError where a state could not be found.
    """
    check_pressure(pressure)
    if not area_ratio > 1.0:
        raise InputError(f"area ratio {area_ratio:g}: derivatives need one above 1")
    mixture = mixture_of(oxidizer, fuel, ratio)
    symbols = tuple(symbol for symbol, _ in mixture.atoms)
    species = species_of(symbols)
    request = Request(area_ratios=(area_ratio,))
    request.check()
    b = np.array([[amount for _, amount in mixture.atoms]])
    rows, amounts = run(species, b, [mixture.enthalpy], [pressure], "equilibrium", request)
    solution = solution_of(mixture, "equilibrium", request, species, rows[0], amounts[0])
    # columns: O/F, ln pc, ln ε
    d_b = np.zeros((len(symbols), 3))
    d_b[:, 0] = [(oxidizer.atoms.get(e, 0.0) - fuel.atoms.get(e, 0.0)) / (1.0 + ratio) ** 2 for e in symbols]
    d_h = np.zeros(3)
    d_h[0] = (oxidizer.enthalpy - fuel.enthalpy) / (1.0 + ratio) ** 2 / GAS_CONSTANT
    d_pc = np.array([0.0, 1.0, 0.0])

    chamber, throat, exit_ = (_State(species, b[0], r, n) for r, n in zip(rows[0], amounts[0], strict=True))
    _, ln_t = chamber.respond("hp", d_b, d_h, d_pc)
    d_chamber_t = chamber.temperature * ln_t
    d_s = d_h / chamber.temperature - chamber.moles * d_pc - chamber.potentials @ d_b

    flux = throat.flux_change(d_b, d_h, d_s, np.zeros(3))  # at the throat's pressure held: the flux is stationary in it
    d_ln_c_star = d_pc - flux
    d_ln_exit_flux = flux - np.array([0.0, 0.0, 1.0])
    slope = 1.0 / exit_.gamma - exit_.pressure / (exit_.density * exit_.speed**2)
    d_pe = (d_ln_exit_flux - exit_.flux_change(d_b, d_h, d_s, np.zeros(3))) / slope
    _, ln_te = exit_.respond("sp", d_b, d_s, d_pe)
    d_u = exit_.speed_change(d_b, d_h, d_s, d_pe)
    push = exit_.pressure / (exit_.density * exit_.speed)
    d_isp = (d_u + push * (d_pe - d_ln_exit_flux)) / G0

    scale = np.array([1.0, 1.0 / pressure, 1.0 / area_ratio])

    def three(values: np.ndarray) -> tuple[float, float, float]:
        of, pc, ratio_ = (float(v) for v in values * scale)
        return of, pc, ratio_

    return Derivatives(
        solution=solution,
        chamber_temperature=three(d_chamber_t),
        c_star=three(solution.c_star * d_ln_c_star),
        isp_vacuum=three(d_isp),
        exit_temperature=three(exit_.temperature * ln_te),
        exit_pressure=three(exit_.pressure * d_pe),
    )


class _State:
    """A converged state, ready to be differentiated."""

    def __init__(self, species: SpeciesSet, b: np.ndarray, row: np.ndarray, amounts: np.ndarray) -> None:
        from . import gibbs
        from .state import new_state

        g = len(species.gases)
        state = new_state(species.bank)
        with np.errstate(divide="ignore"):
            state.ln_n[:] = np.maximum(np.log(amounts[:g]), -1e3)
        state.amount[:] = amounts[g:]
        state.present[:] = amounts[g:] != 0.0
        state.main[:] = np.log([row[7], row[1], row[0]])
        self.pressure, self.temperature, self.density = float(row[0]) * 1e5, float(row[1]), float(row[2])
        self.gamma, self.moles, self.speed = float(row[5]), float(row[7]), float(row[8])
        size = len(b) + len(species.phases) + 2
        self._matrices: dict[str, Any] = {}
        for name, kind in (("hp", gibbs.HP), ("sp", gibbs.SP)):
            matrix, rhs = np.zeros((size, size)), np.zeros((size, 1))
            target = row[3] / GAS_CONSTANT if kind == gibbs.HP else row[4] / GAS_CONSTANT
            m = gibbs.assemble(species.bank, kind, b, target, state, matrix, rhs)
            self._matrices[name] = matrix[:m, :m]
            if kind == gibbs.HP:
                self.potentials = np.linalg.solve(matrix[:m, :m], rhs[:m, 0])[: len(b)]
        self._k, self._m = len(b), m
        self._sum_n = float(state.n.sum())

    def respond(
        self, kind: str, d_b: np.ndarray, d_target: np.ndarray, d_p: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Changes of ln N and ln T for changes of b, of enthalpy/R ("hp") or entropy/R ("sp"), and of ln p."""
        matrix, k, m = self._matrices[kind], self._k, self._m
        rhs = np.zeros((m, d_b.shape[1]))
        at_n = m - 2
        # ln p stands beside ln N in every row of the gases, with the opposite sign
        rhs[:k] = d_b + np.outer(matrix[:k, at_n], d_p)
        rhs[at_n] = self._sum_n * d_p
        if kind == "hp":
            rhs[m - 1] = d_target / self.temperature + matrix[m - 1, at_n] * d_p
        else:
            rhs[m - 1] = d_target + (matrix[m - 1, at_n] + self._sum_n) * d_p
        x = np.linalg.solve(matrix, rhs)
        return x[m - 2], x[m - 1]

    def enthalpy_change(self, d_b: np.ndarray, d_s: np.ndarray, d_p: np.ndarray) -> np.ndarray:
        """Of enthalpy/R, by Gibbs's relation: T ds + N T d ln p + T Σ π db."""
        return self.temperature * (d_s + self.moles * d_p + self.potentials @ d_b)

    def speed_change(self, d_b: np.ndarray, d_h: np.ndarray, d_s: np.ndarray, d_p: np.ndarray) -> np.ndarray:
        """Of u = √(2(h_c − h)) [m/s]; d_h is the chamber's."""
        return GAS_CONSTANT * (d_h - self.enthalpy_change(d_b, d_s, d_p)) / self.speed

    def flux_change(self, d_b: np.ndarray, d_h: np.ndarray, d_s: np.ndarray, d_p: np.ndarray) -> np.ndarray:
        """Of ln(ρu)."""
        d_n, d_t = self.respond("sp", d_b, d_s, d_p)
        return d_p - d_n - d_t + self.speed_change(d_b, d_h, d_s, d_p) / self.speed
