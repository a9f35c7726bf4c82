"""Equations of state in the Helmholtz energy, for floats and CasADi alike: all properties from temperature and density.

The coefficients are those that CoolProp carries (its fluid files name the papers: parahydrogen Leachman et al. 2009, oxygen
Schmidt and Wagner 1985, methane Setzmann and Wagner 1991, …); the algebra is that of Span, "Multiparameter Equations of
State" (2000), section 3.2. Being plain algebra in T and ρ, its derivatives are exact, and no flash is solved inside a flash.
"""

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from ...core.errors import InputError


def _is_symbol(value: Any) -> bool:
    return type(value).__module__.startswith("casadi") and type(value).__name__ == "SX"


@dataclass(frozen=True)
class Helmholtz:
    """alpha(τ, δ) of one pure fluid. power: rows n, d, t, l; gaussian: rows n, d, t, eta, epsilon, beta, gamma."""

    name: str
    gas_constant: float  # J/(kg K)
    reducing_temperature: float
    reducing_density: float  # kg/m^3
    ideal_constant: float
    ideal_linear: float
    ideal_log: float
    planck_einstein: tuple[tuple[float, float], ...]
    power: tuple[tuple[float, ...], ...]
    gaussian: tuple[tuple[float, ...], ...]
    temperature_range: tuple[float, float]
    highest_pressure: float
    critical_temperature: float
    critical_pressure: float
    citation: str

    def _ideal(self, tau: Any, delta: Any) -> tuple[Any, Any]:
        """α⁰ and τ ∂α⁰/∂τ."""
        a = np.log(delta) + self.ideal_constant + self.ideal_linear * tau + self.ideal_log * np.log(tau)
        slope = self.ideal_linear * tau + self.ideal_log
        for n, t in self.planck_einstein:
            e = np.exp(-t * tau)
            a = a + n * np.log(1.0 - e)
            slope = slope + n * t * tau * e / (1.0 - e)
        return a, slope

    def _residual(self, tau: Any, delta: Any) -> tuple[Any, Any, Any]:
        """αʳ, τ ∂αʳ/∂τ and δ ∂αʳ/∂δ."""
        a = by_tau = by_delta = 0.0
        for n, d, t, power in self.power:
            damping = delta**power if power else 0.0
            term = n * delta**d * tau**t * (np.exp(-damping) if power else 1.0)
            a, by_tau, by_delta = a + term, by_tau + t * term, by_delta + (d - power * damping) * term
        for n, d, t, eta, epsilon, beta, gamma in self.gaussian:
            x, y = delta - epsilon, tau - gamma
            term = n * delta**d * tau**t * np.exp(-eta * x * x - beta * y * y)
            a = a + term
            by_tau = by_tau + (t - 2.0 * beta * tau * y) * term
            by_delta = by_delta + (d - 2.0 * eta * delta * x) * term
        return a, by_tau, by_delta

    @cached_property
    def _traced(self) -> Any:
        """(T, ρ) → p, h, s as one CasADi function: put into an expression by CasADi itself, it costs a tenth of Python's time."""
        import casadi as ca

        t, rho = ca.SX.sym("t"), ca.SX.sym("rho")
        return ca.Function("state", [t, rho], [self._pressure(t, rho), self._enthalpy(t, rho), self._entropy(t, rho)])

    def pressure(self, temperature: Any, density: Any) -> Any:
        """[Pa] (Span 2000, eq. 3.37)."""
        if _is_symbol(temperature):
            return self._traced(temperature, density)[0]
        return self._pressure(temperature, density)

    def enthalpy(self, temperature: Any, density: Any) -> Any:
        """[J/kg], on CoolProp's datum (Span 2000, eq. 3.41)."""
        if _is_symbol(temperature):
            return self._traced(temperature, density)[1]
        return self._enthalpy(temperature, density)

    def entropy(self, temperature: Any, density: Any) -> Any:
        """[J/(kg K)], on CoolProp's datum (Span 2000, eq. 3.39)."""
        if _is_symbol(temperature):
            return self._traced(temperature, density)[2]
        return self._entropy(temperature, density)

    def _pressure(self, temperature: Any, density: Any) -> Any:
        tau, delta = self.reducing_temperature / temperature, density / self.reducing_density
        return density * self.gas_constant * temperature * (1.0 + self._residual(tau, delta)[2])

    def _enthalpy(self, temperature: Any, density: Any) -> Any:
        tau, delta = self.reducing_temperature / temperature, density / self.reducing_density
        _, by_tau, by_delta = self._residual(tau, delta)
        return self.gas_constant * temperature * (1.0 + self._ideal(tau, delta)[1] + by_tau + by_delta)

    def _entropy(self, temperature: Any, density: Any) -> Any:
        tau, delta = self.reducing_temperature / temperature, density / self.reducing_density
        ideal, ideal_slope = self._ideal(tau, delta)
        residual, by_tau, _ = self._residual(tau, delta)
        return self.gas_constant * (ideal_slope + by_tau - ideal - residual)


@lru_cache(maxsize=32)
def helmholtz(fluid: str) -> Helmholtz:
    """The equation of state of a fluid by CoolProp's name. Raises InputError for one that has terms of other kinds."""
    from CoolProp import CoolProp

    try:
        data = json.loads(CoolProp.get_fluid_param_string(fluid, "JSON"))[0]
    except (ValueError, RuntimeError):
        raise InputError(f"no equation of state for the fluid '{fluid}'") from None
    eos = data["EOS"][0]
    molar_mass, reducing = eos["molar_mass"], eos["STATES"]["reducing"]
    tc = reducing["T"]
    constant = linear = log = 0.0
    planck: list[tuple[float, float]] = []
    for term in eos["alpha0"]:
        kind = term["type"].removeprefix("IdealGasHelmholtz")
        if kind in ("Lead", "EnthalpyEntropyOffset"):
            constant, linear = constant + term["a1"], linear + term["a2"]
        elif kind == "LogTau":
            log += term["a"]
        elif kind == "PlanckEinstein":
            planck += zip(term["n"], term["t"], strict=True)
        elif kind == "PlanckEinsteinFunctionT":
            planck += [(n, v / tc) for n, v in zip(term["n"], term["v"], strict=True)]
        else:
            raise InputError(f"{fluid}: ideal-gas terms of the kind {kind} are not covered")
    power: list[tuple[float, ...]] = []
    gaussian: list[tuple[float, ...]] = []
    for term in eos["alphar"]:
        kind = term["type"].removeprefix("ResidualHelmholtz")
        columns = {"Power": "ndtl", "Gaussian": ("n", "d", "t", "eta", "epsilon", "beta", "gamma")}.get(kind)
        if columns is None:
            raise InputError(f"{fluid}: residual terms of the kind {kind} are not covered")
        (power if kind == "Power" else gaussian).extend(zip(*(term[c] for c in columns), strict=True))
    critical = data["STATES"]["critical"]
    return Helmholtz(
        name=fluid,
        gas_constant=eos["gas_constant"] / molar_mass,
        reducing_temperature=tc,
        reducing_density=reducing["rhomolar"] * molar_mass,
        ideal_constant=constant,
        ideal_linear=linear,
        ideal_log=log,
        planck_einstein=tuple(planck),
        power=tuple(power),
        gaussian=tuple(gaussian),
        temperature_range=(eos["Ttriple"], eos["T_max"]),
        highest_pressure=eos["p_max"],
        critical_temperature=critical["T"],
        critical_pressure=critical["p"],
        citation=f"{fluid}: {eos['BibTeX_EOS']}, coefficients as in CoolProp",
    )
