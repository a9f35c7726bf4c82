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
_TRACE = 1e-10  # of all atoms: an element rarer than this is left out
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
    assigned temperature the enthalpy follows the real fluid or its heat capacity, so pump work is in it. A plain
    formula such as "CH4" names the gas, as in CEA; "CH4(L)" is the liquid. Raises InputError.
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
    label = f"{name} gas" if known_propellant(f"{name}(L)") else name
    return _stream(label, species_formula(name), enthalpy, where)


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
    """How much the enthalpy [J/mol] as the liquid enters differs from the assigned one."""
    inlet = propellant.temperature if temperature is None else temperature
    if abs(inlet - propellant.temperature) <= _SAME_TEMPERATURE and pressure is None:
        return 0.0
    try:
        return _shift_per_kilogram(propellant, inlet, pressure) * propellant.molar_mass
    except (InputError, ValueError) as error:
        message = error.message if isinstance(error, InputError) else f"{propellant.name}: {error}"
        raise InputError(message, where=where) from None


def _shift_per_kilogram(propellant: Propellant, temperature: float, pressure: float | None) -> float:
    """[J/kg], by the best there is: the real fluid's equation, the parts of a mixture, or the heat capacity."""
    if propellant.fluid is not None:
        return _real_fluid_shift(propellant, propellant.fluid, temperature, pressure)
    if propellant.parts:
        return sum(part.share * _part_shift(part.name, temperature, pressure) for part in propellant.parts)
    start = propellant.temperature
    if abs(temperature - start) <= _SAME_TEMPERATURE:
        change = 0.0
    elif propellant.heat_capacity is not None:
        change = propellant.heat_capacity.enthalpy_change(start, temperature)
    elif has_species(propellant.name):
        change = _species_shift(propellant.name, start, temperature)
    else:
        raise InputError(
            f"{propellant.name}: no heat capacity in the data, so its enthalpy is known at {start:g} K only; "
            "give enthalpy_J_mol for another temperature"
        )
    return change if pressure is None else change + _compression(propellant, temperature, pressure)


def _compression(propellant: Propellant, temperature: float, pressure: float) -> float:
    """(∂h/∂p)_T = v(1 − βT) for a liquid of constant v and β, from 1 bar to a pressure [Pa]; J/kg."""
    if propellant.density is None or propellant.expansion is None:
        raise InputError(
            f"{propellant.name}: no density and thermal expansion in the data, so its enthalpy under pressure is not "
            "known; leave the pressure out, or give enthalpy_J_mol"
        )
    return (1.0 - propellant.expansion * temperature) * (pressure - 1e5) / propellant.density


def _part_shift(name: str, temperature: float, pressure: float | None) -> float:
    """Of a mixture's part [J/kg], from the 298.15 K at which mixtures are assigned."""
    part = known_propellant(name)
    if part is not None:
        return _shift_per_kilogram(part, temperature, pressure)
    if pressure is None:
        return _species_shift(name, 298.15, temperature)
    if name != "H2O(L)":
        raise InputError(f"{name}: no density in the data, so the mixture's enthalpy under pressure is not known")
    from ..fluids.state import fluid_state

    before, after = (
        fluid_state("water", pressure=p, temperature=t).enthalpy for p, t in ((1e5, 298.15), (pressure, temperature))
    )
    return after - before


def _species_shift(name: str, start: float, end: float) -> float:
    """By the species' own polynomial [J/kg]. Raises ValueError outside its range."""
    mass = sum(ATOMIC_WEIGHTS[e] * n for e, n in species_formula(name).items()) * 1e-3
    return (standard_enthalpy(name, end) - standard_enthalpy(name, start)) / mass


def _real_fluid_shift(propellant: Propellant, fluid: str, inlet: float, pressure: float | None) -> float:
    """The datum is the saturated liquid, or the dilute gas, at the propellant's own temperature; parahydrogen for H2."""
    from ..fluids.state import fluid_state, saturation_pressure

    at = propellant.temperature
    own = saturation_pressure(fluid, at)
    dilute = 1.0  # Pa
    start = dilute if propellant.datum == "gas" or own is None else own * 1.0001
    datum = fluid_state(fluid, pressure=start, temperature=at)
    if pressure is None and propellant.datum == "gas":
        pressure = dilute
    if pressure is None:
        vapour = saturation_pressure(fluid, inlet)
        if vapour is None:
            raise InputError(
                f"{propellant.name}: at {inlet:g} K it is above its critical temperature; give its pressure too"
            )
        pressure = vapour * 1.0001
    return fluid_state(fluid, pressure=pressure, temperature=inlet).enthalpy - datum.enthalpy


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
    least = _TRACE * sum(total.atoms.values())
    atoms = tuple((e, total.atoms[e]) for e in ATOMIC_WEIGHTS if total.atoms.get(e, 0.0) > least)
    label = fuel.name if oxidizer is None else f"{oxidizer.name}/{fuel.name}"
    return Mixture(atoms, total.enthalpy, ratio, label)


def stream_of(propellant: str | Propellant | Stream, **how: Any) -> Stream:
    """A stream from whatever names one; *how* as in ``reactant``."""
    if isinstance(propellant, Stream):
        return propellant
    if isinstance(propellant, Propellant):
        return reactant(propellant.name, formula=propellant.formula, enthalpy=propellant.enthalpy)
    return reactant(propellant, **how)
