"""Chemical equilibrium of a gas by Cantera, at given enthalpy or entropy and pressure, on NASA-9 data.

Cantera minimises the Gibbs energy at temperature and pressure; we close the energy or entropy balance ourselves by
Newton's method with the exact equilibrium heat capacity (Gordon and McBride, NASA RP-1311, 1994, part I, chapter 2).
Each state is checked before it leaves: atoms, chemical potentials, the balance, the range of the data, and that no
condensed product would form. A state that fails a check is an error, never a number.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..core.errors import UndecidedError
from .propellants import Mixture
from .thermo.species import library

LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE = 200.0, 6000.0  # the two intervals that every gas of the file has
_SOLVERS = ("element_potential", "vcs", "gibbs")  # in order of speed; the next one when one fails or its answer does
_BALANCE = 1e-11  # relative, of T in the energy and entropy balances: the speed at the throat follows to 1e-10
_POTENTIAL = 1e-6  # of mu/RT: by how much a species may leave equilibrium
_ATOMS = 1e-8  # relative: of each element's amount


def cantera_data(elements: tuple[str, ...]) -> dict[str, Any]:
    """The species of these elements in Cantera's own form: a phase ``products`` of all gases, and ``condensed``."""
    data = library()

    def entry(species: list[Any], bounds: list[float], rows: list[Any]) -> dict[str, Any]:
        name, formula, note = species[:3]
        thermo = {
            "model": "NASA9",
            "reference-pressure": 1e5,  # Cantera would assume 1 atm
            "temperature-ranges": bounds,
            "data": rows,
            "note": note,
        }
        return {"name": name, "composition": formula, "thermo": thermo}

    gases = [entry(s, data["temperatures"], s[3]) for s in data["gas"] if set(s[1]) <= set(elements)]
    return {
        "units": {"length": "m", "mass": "kg", "time": "s", "quantity": "kmol"},
        # CEA's atomic weights, not Cantera's newer ones: that alone would move Isp by up to 0.0013 %
        "elements": [{"symbol": e, "atomic-weight": data["elements"][e]} for e in elements],
        "phases": [
            {
                "name": "products",
                "thermo": "ideal-gas",
                "elements": list(elements),
                "species": [s["name"] for s in gases],
            }
        ],
        "species": gases,
        "condensed": [
            entry(s, [s[3][0][0], *(i[1] for i in s[3])], [i[2] for i in s[3]])
            for s in data["condensed"]
            if set(s[1]) <= set(elements)
        ],
    }


@dataclass(frozen=True)
class GasState:
    """A checked state of the gas. Per kilogram, SI.

    cp, gamma_s, sound_speed: with the composition shifting when ``shifting``, else with it frozen.
    gamma_s is the isentropic exponent (∂ln p/∂ln ρ) at constant entropy; sound_speed² = gamma_s·p/ρ.
    mass_fractions: in the order of the species of Gas, read-only.
    """

    temperature: float
    pressure: float
    density: float
    enthalpy: float
    entropy: float
    molar_mass: float  # kg/mol
    cp: float
    gamma_s: float
    shifting: bool
    mass_fractions: np.ndarray

    @property
    def sound_speed(self) -> float:
        """[m/s]"""
        return float(np.sqrt(self.gamma_s * self.pressure / self.density))


class Gas:
    """The gas of all species made of the given elements. Not thread-safe: it holds one Cantera object."""

    def __init__(self, elements: tuple[str, ...]) -> None:
        import cantera as ct

        data = cantera_data(elements)
        self._gas: Any = ct.Solution(yaml=json.dumps(data))
        gas = self._gas
        self.gas_constant: float = ct.gas_constant  # J/(kmol K)
        self.elements = elements
        self.species: tuple[str, ...] = tuple(gas.species_names)
        self._counts = np.array([[gas.n_atoms(s, e) for s in self.species] for e in elements])
        self._condensed = [
            (s["name"], np.array([s["composition"].get(e, 0.0) for e in elements]), ct.Species.from_dict(s).thermo)
            for s in data["condensed"]
        ]

    # --- equilibrium -----------------------------------------------------------------------------------------------

    def at_enthalpy(self, mixture: Mixture, pressure: float, *, guess: float = 3500.0) -> GasState:
        """Adiabatic combustion: equilibrium at the mixture's enthalpy and a pressure [Pa].

        Raises UndecidedError when no state passes the checks.
        """
        self._start_from_atoms(mixture, guess, pressure)  # so that the answer does not depend on earlier work
        return self._balance(mixture, pressure, "enthalpy", mixture.enthalpy, guess)

    def at_entropy(self, mixture: Mixture, pressure: float, entropy: float, *, guess: float) -> GasState:
        """Shifting isentropic change: equilibrium at an entropy [J/(kg K)] and a pressure [Pa].

        Raises UndecidedError when no state passes the checks.
        """
        return self._balance(mixture, pressure, "entropy", entropy, guess)

    def _balance(self, mixture: Mixture, pressure: float, kind: str, target: float, guess: float) -> GasState:
        """Newton's method on ln T with a bracket: enthalpy and entropy rise with temperature, so it cannot be lost."""
        low, high = LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE
        temperature = min(max(guess, low), high)
        for _ in range(60):
            state = self._at_temperature(mixture, temperature, pressure)
            if kind == "enthalpy":
                step = (target - state.enthalpy) / (state.cp * temperature)
            else:
                step = (target - state.entropy) / state.cp
            if abs(step) < _BALANCE:
                self._refuse_condensed(mixture)
                return state
            low, high = (temperature, high) if step > 0 else (low, temperature)
            if high - low < 1e-6 and (low == LOWEST_TEMPERATURE or high == HIGHEST_TEMPERATURE):
                break
            new = temperature * float(np.exp(np.clip(step, -0.5, 0.5)))
            temperature = new if low < new < high else 0.5 * (low + high)
        raise UndecidedError(
            f"{mixture.label} at O/F {mixture.oxidizer_fuel_ratio:g}, {pressure / 1e5:.4g} bar: no equilibrium found at "
            f"the given {kind} between {LOWEST_TEMPERATURE:g} K and {HIGHEST_TEMPERATURE:g} K (stopped at {temperature:.1f} K)"
        )

    def _at_temperature(self, mixture: Mixture, temperature: float, pressure: float) -> GasState:
        """Equilibrium at temperature and pressure, by the first of Cantera's solvers whose answer passes the checks."""
        import cantera as ct

        gas = self._gas
        atoms = np.array([dict(mixture.atoms)[e] for e in self.elements])
        warm = np.allclose(self._atoms(), atoms, rtol=_ATOMS, atol=0.0)
        attempts = [(_SOLVERS[0], True)] * warm + [(solver, False) for solver in _SOLVERS]
        reasons = []
        for solver, as_it_is in attempts:
            try:
                if not as_it_is:
                    self._start_from_atoms(mixture, temperature, pressure)
                gas.TP = temperature, pressure
                gas.equilibrate("TP", solver=solver, rtol=1e-11, max_steps=2000)
            except ct.CanteraError as error:
                reasons.append(f"{solver}: {_last_line(str(error))}")
                continue
            wrong = self._wrong(atoms)
            if not wrong:
                return self._state(shifting=True)
            reasons.append(f"{solver}: {wrong}")
        raise UndecidedError(
            f"{mixture.label} at O/F {mixture.oxidizer_fuel_ratio:g}: equilibrium not found at {temperature:.1f} K, "
            f"{pressure / 1e5:.4g} bar",
            details=reasons,
        )

    def _start_from_atoms(self, mixture: Mixture, temperature: float, pressure: float) -> None:
        """A composition of free atoms: right in its elements, neutral in everything else."""
        self._gas.TPX = temperature, pressure, dict(mixture.atoms)

    def _atoms(self) -> np.ndarray:
        """Amount of each element now in the gas [kmol/kg]."""
        return self._counts @ (self._gas.X / self._gas.mean_molecular_weight)

    def _potentials(self) -> np.ndarray:
        """Element potentials λ/RT: the weighted least squares solution of Σ a_ij λ_i = μ_j/RT."""
        gas = self._gas
        weighted = self._counts * gas.X
        mu = gas.chemical_potentials / (self.gas_constant * gas.T)
        return np.linalg.solve(weighted @ self._counts.T, weighted @ mu)

    def _wrong(self, atoms: np.ndarray) -> str:
        """What is wrong with Cantera's answer; empty when it is an equilibrium with the right atoms."""
        gas = self._gas
        if not np.all(np.isfinite(gas.X)):
            return "composition is not finite"
        error = float(np.max(np.abs(self._atoms() / atoms - 1.0)))
        if error > _ATOMS:
            return f"elements are off by {error:.1e}"
        present = gas.X > 1e-9
        mu = gas.chemical_potentials / (self.gas_constant * gas.T)
        error = float(np.max(np.abs(mu - self._counts.T @ self._potentials())[present]))
        if error > _POTENTIAL:
            return f"not in equilibrium: chemical potentials are off by {error:.1e} RT"
        return ""

    def _refuse_condensed(self, mixture: Mixture) -> None:
        """Raise when a condensed product would form: where its Gibbs energy is below that of its atoms in the gas."""
        gas = self._gas
        potentials = self._potentials()
        for name, counts, thermo in self._condensed:
            if thermo.min_temp <= gas.T <= thermo.max_temp:
                g = thermo.h(gas.T) / (self.gas_constant * gas.T) - thermo.s(gas.T) / self.gas_constant
                if float(counts @ potentials) > g + _POTENTIAL:
                    raise UndecidedError(
                        f"{mixture.label} at O/F {mixture.oxidizer_fuel_ratio:g}: {name} would form at {gas.T:.0f} K, "
                        f"{gas.P / 1e5:.4g} bar, and condensed products are not modelled; "
                        "raise the mixture ratio or lower the area ratio"
                    )

    # --- frozen ----------------------------------------------------------------------------------------------------

    def frozen_at_entropy(self, start: GasState, pressure: float, entropy: float, *, guess: float) -> GasState:
        """Isentropic change with the composition of *start* held. Raises UndecidedError below the data's range."""
        gas = self._gas
        gas.TPY = guess, pressure, start.mass_fractions
        temperature = guess
        for _ in range(60):
            if not LOWEST_TEMPERATURE <= temperature <= HIGHEST_TEMPERATURE:
                break
            gas.TP = temperature, pressure
            step = (entropy - gas.entropy_mass) / gas.cp_mass
            if abs(step) < _BALANCE:
                return self._state(shifting=False)
            temperature *= float(np.exp(np.clip(step, -0.5, 0.5)))
        raise UndecidedError(
            f"frozen expansion to {pressure / 1e5:.4g} bar leaves the range of the species data "
            f"({LOWEST_TEMPERATURE:g} to {HIGHEST_TEMPERATURE:g} K, reached {temperature:.1f} K); lower the area ratio"
        )

    def frozen(self, state: GasState) -> GasState:
        """The same state, with the derivatives (cp, gamma_s, sound speed) of a frozen composition."""
        self._gas.TPY = state.temperature, state.pressure, state.mass_fractions
        return self._state(shifting=False)

    def mole_fractions(self, state: GasState, least: float) -> tuple[tuple[str, ...], np.ndarray]:
        """Names and mole fractions of the species above *least*, the most abundant first."""
        x = state.mass_fractions / self._gas.molecular_weights
        x = x / x.sum()
        order = [i for i in np.argsort(-x, kind="stable") if x[i] > least]
        return tuple(self.species[i] for i in order), x[order]

    # --- derivatives -----------------------------------------------------------------------------------------------

    def _state(self, *, shifting: bool) -> GasState:
        gas = self._gas
        cp, gamma_s = self._shifting_derivatives() if shifting else (gas.cp_mass, gas.cp_mass / gas.cv_mass)
        y = np.array(gas.Y)
        y.flags.writeable = False
        return GasState(
            temperature=float(gas.T),
            pressure=float(gas.P),
            density=float(gas.density),
            enthalpy=float(gas.enthalpy_mass),
            entropy=float(gas.entropy_mass),
            molar_mass=float(gas.mean_molecular_weight) * 1e-3,
            cp=float(cp),
            gamma_s=float(gamma_s),
            shifting=shifting,
            mass_fractions=y,
        )

    def _shifting_derivatives(self) -> tuple[float, float]:
        """cp [J/(kg K)] and gamma_s of a gas that stays in equilibrium.

        RP-1311 part I, chapter 2, thermodynamic derivatives: the linear systems of tables 2.3 and 2.4, gas only.
        """
        gas = self._gas
        n = gas.X / gas.mean_molecular_weight  # kmol/kg
        total = float(n.sum())
        a, h, cp = self._counts, gas.standard_enthalpies_RT, gas.standard_cp_R
        k = len(self.elements)
        matrix = np.zeros((k + 1, k + 1))
        matrix[:k, :k] = (a * n) @ a.T
        matrix[:k, k] = matrix[k, :k] = a @ n
        by_temperature = np.append(-(a * n) @ h, -float(n @ h))
        by_pressure = np.append(a @ n, total)
        x_t, x_p = np.linalg.solve(matrix, np.column_stack([by_temperature, by_pressure])).T
        volume_t, volume_p = 1.0 + x_t[k], -1.0 + x_p[k]  # ∂ln V/∂ln T at p, ∂ln V/∂ln p at T
        r = self.gas_constant
        cp_shifting = r * float(n @ cp + (n * h) @ (a.T @ x_t[:k]) + (n @ h) * x_t[k] + n @ (h * h))
        cv = cp_shifting + total * r * volume_t**2 / volume_p
        return cp_shifting, -cp_shifting / (cv * volume_p)


@lru_cache(maxsize=8)
def gas_of(elements: tuple[str, ...]) -> Gas:
    """The gas for a set of elements, made once."""
    return Gas(elements)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip(" *")]
    return lines[-1] if lines else "failed"
