"""Burn rate and combustion gas: what the propellant gives at a chamber pressure."""

from dataclasses import dataclass

import numpy as np

from ...core.errors import ImpossibleError, UndecidedError
from ..thermo.reactants import blend, mixture_of, reactant
from ..thermo.rocket import RocketStation, solve_rocket
from ..thermo.species import atomic_weights, library, species_formula
from .document import SolidMotor, SolidPropellant

_PRESSURES = (1e6, 2e6, 4e6, 8e6, 16e6)  # Pa: where the equilibrium solver is asked; between them log p decides


@dataclass(frozen=True)
class MotorGas:
    """c* [m/s] against pressure [Pa], isentropic exponent for the expansion, and shares that losses need.

    thrust_coefficient: ideal, vacuum, at area_ratio, of shifting equilibrium; None: from gamma. condensed: mass of the
    condensed products over that of all; condensed_molar_mass [kg/mol]: theirs, None where not known.
    frozen: frozen over shifting vacuum specific impulse; None where not known.
    """

    pressures: np.ndarray
    c_stars: np.ndarray
    gamma: float
    area_ratio: float
    thrust_coefficient: float | None
    condensed: float | None
    condensed_molar_mass: float | None
    frozen: float | None
    temperature: float | None

    def c_star(self, pressure: np.ndarray | float) -> np.ndarray:
        """Delivered c* [m/s] at a pressure [Pa]."""
        return np.interp(np.log(np.maximum(pressure, 1.0)), np.log(self.pressures), self.c_stars)


def motor_gas(motor: SolidMotor) -> MotorGas:
    """The gas of a motor: as given, or by equilibrium with condensed products (RP-1311). Raises UndecidedError."""
    p, area = motor.propellant, (motor.nozzle.exit_diameter / motor.nozzle.throat_diameter) ** 2
    if p.gas is not None:
        g = p.gas
        c = np.full(2, g.c_star * p.c_star_efficiency)
        return MotorGas(np.array([1e5, 1e7]), c, g.gamma, area, None, g.condensed, None, None, None)
    parts = [(reactant(i.name, formula=i.formula, enthalpy=i.enthalpy), i.share) for i in p.composition]
    mixture = mixture_of(None, blend(parts), 0.0)
    found = [solve_rocket(mixture, x, area_ratios=(area,)) for x in _PRESSURES]
    mid = found[2]
    try:
        frozen = solve_rocket(mixture, _PRESSURES[2], mode="frozen_throat", area_ratios=(area,)).isp() / mid.isp()
    except (
        UndecidedError
    ):  # liquid alumina held frozen cannot expand far: the kinetic loss is then not known, and said so
        frozen = None
    chamber, exit_ = mid.chamber, mid.stations[0]
    gamma = float(np.log(chamber.pressure / exit_.pressure) / np.log(chamber.pressure / exit_.pressure
                  * exit_.temperature * chamber.gas_molar_mass / (chamber.temperature * exit_.gas_molar_mass)))  # fmt: skip
    condensed, condensed_molar_mass = _condensed(chamber)
    return MotorGas(
        np.array(_PRESSURES),
        np.array([f.c_star for f in found]) * p.c_star_efficiency,
        gamma,
        area,
        mid.thrust_coefficient(),
        condensed,
        condensed_molar_mass,
        frozen,
        chamber.temperature,
    )


def _condensed(chamber: RocketStation) -> tuple[float, float | None]:
    """Mass share of the condensed products, and their molar mass [kg/mol]."""
    share, moles = 0.0, 0.0
    weights, phases = atomic_weights(), {s[0] for s in library()["condensed"]}
    for name, x in zip(chamber.species, chamber.mole_fractions.tolist(), strict=True):
        if name in phases:
            share += x * 1e-3 * sum(weights[e] * n for e, n in species_formula(name).items()) / chamber.molar_mass
            moles += x
    return share, (share * chamber.molar_mass / moles if moles > 0.0 else None)


def burn_rate(propellant: SolidPropellant, temperature: float, pressure: np.ndarray | float) -> np.ndarray:
    """r [m/s] at a pressure [Pa] and a grain temperature [K]: r = r_ref (p/p_ref)^n exp(sigma_p (T - T_ref)).

    Below the first and above the last range the nearest law is carried on (a finding says so). Sutton & Biblarz, Rocket
    Propulsion Elements, 7th ed., section 11.1.
    """
    p = np.maximum(np.asarray(pressure, dtype=float), 1.0)
    laws = propellant.burn_rate
    r = laws[0].rate * (p / laws[0].at) ** laws[0].exponent
    for law in laws[1:]:
        assert law.pressures is not None  # the document holds it
        r = np.where(p >= law.pressures[0], law.rate * (p / law.at) ** law.exponent, r)
    return r * np.exp(propellant.temperature_sensitivity * (temperature - propellant.reference_temperature))


def equilibrium_pressure(motor: SolidMotor, gas: MotorGas, klemmung: np.ndarray | float) -> np.ndarray:
    """The pressure [Pa] at which the nozzle passes what burns: rho r(p) c*(p) K = p, K = burning over throat area.

    For one law p = (rho a c* K)^(1/(1-n)), a = r/p^n (from the balance above). Bisection in log p. Raises
    ImpossibleError where no pressure below 1000 bar balances, as with an exponent of 1 or more.
    """
    k = np.asarray(klemmung, dtype=float)
    rho = motor.propellant.density

    def surplus(x: np.ndarray) -> np.ndarray:
        p = np.exp(x)
        return rho * burn_rate(motor.propellant, motor.temperature, p) * gas.c_star(p) * k / p - 1.0

    low, high = np.full(k.shape, np.log(1.0)), np.full(k.shape, np.log(1e8))
    if np.any(surplus(high) > 0.0):
        raise ImpossibleError(
            f"no steady pressure below 1000 bar: burning over throat area reaches {float(np.max(k)):.0f}; enlarge the "
            "throat, or the burn rate is too steep in pressure",
            where=motor.where("nozzle"),
        )
    for _ in range(60):
        mid = 0.5 * (low + high)
        up = surplus(mid) > 0.0
        low, high = np.where(up, mid, low), np.where(up, high, mid)
    return np.where(k > 0.0, np.exp(0.5 * (low + high)), 0.0)
