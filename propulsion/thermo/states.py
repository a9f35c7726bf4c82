"""Single states of a mixture in equilibrium: at temperature (TP), enthalpy (HP) or entropy (SP) and a pressure."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from ...core.errors import InputError, UndecidedError
from ...core.results import Array, Result, Unit
from ..propellants import Mixture
from .rocket import TRACE
from .species import GAS_CONSTANT, species_of

Kind = Literal["tp", "hp", "sp"]


@dataclass(frozen=True, kw_only=True)
class Equilibrium(Result):
    """A state in equilibrium. cp, gamma_s: of the shifting composition; cp None where a phase melts (it is infinite).

    molar_mass: of all species; gas_molar_mass: mass of the mixture per amount of gas.
    """

    problem: Kind
    temperature: Annotated[float, Unit("K")]
    pressure: Annotated[float, Unit("Pa")]
    density: Annotated[float, Unit("kg/m^3")]
    enthalpy: Annotated[float, Unit("J/kg")]
    entropy: Annotated[float, Unit("J/kg/K")]
    cp: Annotated[float | None, Unit("J/kg/K")]
    cp_frozen: Annotated[float, Unit("J/kg/K")]
    gamma_s: float
    molar_mass: Annotated[float, Unit("kg/mol")]
    gas_molar_mass: Annotated[float, Unit("kg/mol")]
    species: tuple[str, ...]
    mole_fractions: Array


def solve_state(
    mixture: Mixture,
    pressure: float,
    *,
    temperature: float | None = None,
    enthalpy: float | None = None,
    entropy: float | None = None,
    trace: float = TRACE,
) -> Equilibrium:
    """Equilibrium at a pressure [Pa] and one of temperature [K], enthalpy [J/kg], entropy [J/(kg K)].

    With none of the three the mixture's own enthalpy holds: adiabatic combustion. trace: mole fractions below it are not
    reported. Raises InputError for what is out of range, UndecidedError where no state was found.
    """
    given = {"tp": temperature, "hp": enthalpy, "sp": entropy}
    chosen = [(kind, value) for kind, value in given.items() if value is not None]
    if len(chosen) > 1:
        raise InputError("a state is given by one of temperature, enthalpy and entropy")
    kind, value = chosen[0] if chosen else ("hp", mixture.enthalpy)
    if not 1.0 <= pressure <= 1e9:
        raise InputError(f"pressure {pressure:g} Pa is outside 1 to 1e9 Pa")
    if kind == "tp" and not 200.0 <= value <= 6000.0:
        raise InputError(f"temperature {value:g} K is outside 200 to 6000 K, the range of the species data")
    from . import expansion, gibbs
    from .state import new_state, start_cold

    species = species_of(tuple(symbol for symbol, _ in mixture.atoms))
    b = np.array([amount for _, amount in mixture.atoms])
    state = new_state(species.bank)
    start_cold(state, value if kind == "tp" else 3800.0)
    code = {"tp": gibbs.TP, "hp": gibbs.HP, "sp": gibbs.SP}[kind]
    target = 0.0 if kind == "tp" else value / GAS_CONSTANT
    status = gibbs.equilibrium(species.bank, code, b, float(np.log(pressure / 1e5)), target, state)
    row = np.zeros(expansion.COLUMNS)
    if status == gibbs.CONVERGED:
        status = expansion.finish(species.bank, b, state, row, True)
    if status != gibbs.CONVERGED:
        raise UndecidedError(
            f"{mixture.label} at O/F {mixture.oxidizer_fuel_ratio:g}, {pressure / 1e5:g} bar: no equilibrium found at "
            f"{ {'tp': 'temperature', 'hp': 'enthalpy', 'sp': 'entropy'}[kind] } {value:g} within 200 to 6000 K"
        )
    amounts = np.concatenate([state.n, state.amount])
    fractions = amounts / row[expansion.TOTAL_MOLES]
    names = (*species.gases, *species.phases)
    order = [int(i) for i in np.argsort(-fractions, kind="stable") if fractions[i] > trace]
    heat = gibbs.shifting_heat(species.bank, b, state) * GAS_CONSTANT
    return Equilibrium(
        problem="tp" if kind == "tp" else "hp" if kind == "hp" else "sp",
        temperature=float(row[expansion.TEMPERATURE]),
        pressure=float(row[expansion.PRESSURE]) * 1e5,
        density=float(row[expansion.DENSITY]),
        enthalpy=float(row[expansion.ENTHALPY]),
        entropy=float(row[expansion.ENTROPY]),
        cp=heat if heat > 0.0 else None,
        cp_frozen=float(row[expansion.CP]),
        gamma_s=float(row[expansion.GAMMA]),
        molar_mass=1e-3 / float(row[expansion.TOTAL_MOLES]),
        gas_molar_mass=1e-3 / float(row[expansion.MOLES]),
        species=tuple(names[i] for i in order),
        mole_fractions=fractions[order],
    )
