"""What goes in: reactants by name or by formula, at their temperature and pressure, mixed by mass."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...core.errors import InputError
from ..propellants import (
    ATOMIC_WEIGHTS,
    Mixture,
    Propellant,
    known_propellant,
    parse_formula,
    propellant_names,
)
from .species import has_species, species_formula, species_names, standard_enthalpy

LOWEST_RATIO, HIGHEST_RATIO = 0.001, 1000.0
_SAME_TEMPERATURE = 0.01  # K: closer than this to the assigned temperature nothing is shifted


@dataclass(frozen=True)
class Stream:
    """A flow into the chamber, per kilogram: atoms [kmol/kg], enthalpy [J/kg] (elements at 298.15 K are zero)."""

    name: str
    atoms: dict[str, float]
    enthalpy: float


def reactant(
    name: str,
    *,
    formula: str | None = None,
    enthalpy: float | None = None,
    temperature: float | None = None,
    pressure: float | None = None,
    where: str = "",
) -> Stream:
    """One reactant as a stream.

    By name: a propellant, mixture or solution of the propellant file, else a species of the library (at 298.15 K unless a
    temperature is given). By formula: any name, and its enthalpy. enthalpy [J/mol]: takes the place of the assigned one,
    and the temperature then says nothing more. temperature [K], pressure [Pa]: as it enters, after the pump; off the
    assigned temperature the enthalpy follows the real fluid, so pump work is in it. Raises InputError.
    """
    if formula is not None:
        try:
            atoms = parse_formula(formula)
        except ValueError as error:
            raise InputError(f"{name}: {error}", where=where) from None
        if enthalpy is None:
            raise InputError(f"{name}: a reactant given by formula needs its enthalpy_J_mol", where=where)
        return _stream(name, atoms, enthalpy, where)
    propellant = known_propellant(name, where)
    if propellant is not None:
        if enthalpy is None:
            enthalpy = propellant.enthalpy + _shift(propellant, temperature, pressure, where)
        return _stream(propellant.name, propellant.atoms, enthalpy, where)
    if not has_species(name):
        near = difflib.get_close_matches(name, [*propellant_names(), *species_names()], 4, 0.5)
        hint = f"did you mean {', '.join(near)}?" if near else "give its formula and enthalpy_J_mol"
        raise InputError(f"unknown reactant '{name}'; {hint}", where=where)
    if enthalpy is None:
        try:
            enthalpy = standard_enthalpy(name, 298.15 if temperature is None else temperature)
        except ValueError as error:
            raise InputError(str(error), where=where) from None
    return _stream(name, species_formula(name), enthalpy, where)


def _stream(name: str, atoms: dict[str, float], enthalpy: float, where: str) -> Stream:
    missing = sorted(set(atoms) - set(ATOMIC_WEIGHTS))
    if missing:
        raise InputError(
            f"{name}: element {', '.join(missing)} is not covered by the species data ({', '.join(ATOMIC_WEIGHTS)})",
            where=where,
        )
    mass = sum(ATOMIC_WEIGHTS[e] * n for e, n in atoms.items())  # kg/kmol
    return Stream(name, {e: n / mass for e, n in atoms.items()}, enthalpy * 1e3 / mass)


def _shift(propellant: Propellant, temperature: float | None, pressure: float | None, where: str) -> float:
    """How much the enthalpy [J/mol] as the liquid enters differs from the assigned one, by the real fluid's equation.

    The datum is the saturated liquid, or the dilute gas, at the propellant's own temperature; parahydrogen for H2.
    """
    warmer = temperature is not None and abs(temperature - propellant.temperature) > _SAME_TEMPERATURE
    if not warmer and pressure is None:
        return 0.0
    if propellant.fluid is None:
        raise InputError(
            f"{propellant.name}: no real-fluid data, so its enthalpy is known at {propellant.temperature:g} K only; "
            "give enthalpy_J_mol for another temperature or pressure",
            where=where,
        )
    from ..fluids.state import fluid_state, saturation_pressure

    fluid, at = propellant.fluid, propellant.temperature
    try:
        own = saturation_pressure(fluid, at)
        datum = fluid_state(
            fluid, pressure=1.0 if propellant.datum == "gas" or own is None else own * 1.0001, temperature=at
        )
        inlet = at if temperature is None else temperature
        if pressure is None:
            vapour = saturation_pressure(fluid, inlet)
            if vapour is None:
                raise InputError(
                    f"{propellant.name}: at {inlet:g} K it is above its critical temperature; give its pressure too",
                )
            pressure = vapour * 1.0001
        state = fluid_state(fluid, pressure=pressure, temperature=inlet)
    except InputError as error:
        raise InputError(error.message, where=where) from None
    return (state.enthalpy - datum.enthalpy) * propellant.molar_mass


def pumped(stream: Stream, pressure_rise: float, density: float, efficiency: float) -> Stream:
    """The stream behind a pump that lifts it by a pressure [Pa]: its enthalpy rises by Δp/(ρη), incompressible."""
    if not (0.0 < efficiency <= 1.0 and density > 0.0 and pressure_rise >= 0.0):
        raise InputError("a pump needs a density above 0, an efficiency in 0 to 1 and a pressure rise of at least 0")
    return Stream(stream.name, stream.atoms, stream.enthalpy + pressure_rise / (density * efficiency))


def blend(parts: Iterable[tuple[Stream, float]]) -> Stream:
    """Streams mixed by mass; the shares are scaled to one. Order does not matter. Raises InputError."""
    parts = list(parts)
    whole = sum(share for _, share in parts)
    if not parts or any(not share >= 0.0 for _, share in parts) or not 0.0 < whole < float("inf"):
        raise InputError("mass fractions must be positive")
    atoms: dict[str, float] = {}
    for stream, share in parts:
        for symbol, amount in stream.atoms.items():
            atoms[symbol] = atoms.get(symbol, 0.0) + amount * share / whole
    name = "+".join(stream.name for stream, _ in parts)
    return Stream(name, atoms, sum(stream.enthalpy * share for stream, share in parts) / whole)


def mixture_of(oxidizer: Stream | None, fuel: Stream, ratio: float, *, where: str = "") -> Mixture:
    """Oxidizer and fuel at a mass ratio; without an oxidizer (a solid, a monopropellant) the ratio is 0."""
    if oxidizer is None:
        total = fuel
        ratio = 0.0
    else:
        if not LOWEST_RATIO <= ratio <= HIGHEST_RATIO:
            raise InputError(
                f"oxidizer/fuel mass ratio {ratio:g} is outside {LOWEST_RATIO:g} to {HIGHEST_RATIO:g}", where=where
            )
        total = blend([(oxidizer, ratio), (fuel, 1.0)])
    atoms = tuple((e, total.atoms[e]) for e in ATOMIC_WEIGHTS if total.atoms.get(e, 0.0) > 0.0)
    label = fuel.name if oxidizer is None else f"{oxidizer.name}/{fuel.name}"
    return Mixture(atoms, total.enthalpy, ratio, label)


def stream_of(propellant: str | Propellant | Stream, **how: Any) -> Stream:
    """A stream from whatever names one; *how* as in ``reactant``."""
    if isinstance(propellant, Stream):
        return propellant
    if isinstance(propellant, Propellant):
        return reactant(propellant.name, formula=propellant.formula, enthalpy=propellant.enthalpy)
    return reactant(propellant, **how)
