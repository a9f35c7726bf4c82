"""Propellants as data, and the mixture that enters a chamber: atoms and enthalpy per kilogram."""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import field_validator, model_validator

from ..core.documents import Document, Module, Source, load_document
from ..core.errors import InputError
from ..core.quantity import SI, Density, Ratio, Temperature
from .thermo.species import atomic_weights, species_formula, standard_enthalpy

DATA = Path(__file__).parent / "data"
MolarEnthalpy = Annotated[float, SI("J/mol", ("-12979 J/mol",))]

# Those of CEA's library [kg/kmol], from the species file: mass and energy must balance exactly.
ATOMIC_WEIGHTS = atomic_weights()

_ATOM = re.compile(r"([A-Z][a-z]?)(\d+\.?\d*|\.\d+)?")


def parse_formula(formula: str) -> dict[str, float]:
    """``"C H1.95"`` → {"C": 1.0, "H": 1.95}. Raises ValueError on anything else than symbols with counts."""
    atoms: dict[str, float] = {}
    rest = _ATOM.sub("", formula).strip()
    if rest or not formula.strip():
        raise ValueError(f"'{formula}' is not a formula; write element symbols with their counts, such as 'C H1.95'")
    for symbol, count in _ATOM.findall(formula):
        atoms[symbol] = atoms.get(symbol, 0.0) + (float(count) if count else 1.0)
    if any(count <= 0.0 for count in atoms.values()):
        raise ValueError(f"'{formula}': every count must be positive")
    return atoms


HeatCapacityValue = Annotated[float, SI("J/(kg K)", ("2936 J/(kg K)",), gt=0.0)]
Expansion = Annotated[float, SI("1/K", ("1.1e-3 1/K",), gt=0.0)]


class Part(Document):
    """A part of a mixture, by mass: a propellant of the file or a species of the library (at 298.15 K)."""

    name: str
    share: Ratio


class HeatCapacity(Document):
    """cp of the liquid (or solid) at ascending temperatures; straight lines between, nothing beyond."""

    temperature: tuple[Temperature, ...]
    value: tuple[HeatCapacityValue, ...]

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if len(self.temperature) != len(self.value) or len(self.temperature) < 2:
            raise ValueError("temperature and value need the same number of entries, at least two")
        if any(b <= a for a, b in pairwise(self.temperature)):
            raise ValueError("temperatures must ascend")
        return self

    def enthalpy_change(self, start: float, end: float) -> float:
        """∫cp dT [J/kg] from one temperature [K] to another. Raises ValueError outside the range."""
        t, low, high = self.temperature, self.temperature[0], self.temperature[-1]
        for x in (start, end):
            if not low <= x <= high:
                raise ValueError(f"{x:g} K is outside its heat capacity's data, {low:g} to {high:g} K")
        knots = sorted({start, end, *(x for x in t if min(start, end) < x < max(start, end))})
        cp = np.interp(knots, t, self.value)
        return float(np.trapezoid(cp, knots)) * (1.0 if end >= start else -1.0)


class Propellant(Document):
    """One liquid as it enters the injector.

    enthalpy: assigned, per mole of ``formula``, relative to the elements at 298.15 K (CEA's datum), at ``temperature``.
    density: of the liquid, None where no source was at hand. fluid: its name in ``fluids``, for other temperatures and
    pressures; datum: whether the assigned enthalpy is that of the saturated liquid or of the dilute gas. heat_capacity,
    expansion (thermal, ∂ln v/∂T): for a propellant without such an equation. parts: what a mixture is made of.
    """

    name: str
    aliases: tuple[str, ...] = ()
    role: Literal["oxidizer", "fuel"]
    formula: str
    enthalpy: MolarEnthalpy
    temperature: Temperature
    density: Density | None = None
    density_temperature: Temperature | None = None
    fluid: str | None = None
    datum: Literal["liquid", "gas"] = "liquid"
    heat_capacity: HeatCapacity | None = None
    expansion: Expansion | None = None
    parts: tuple[Part, ...] = ()
    sources: tuple[Source, ...] = ()

    @field_validator("formula")
    @classmethod
    def _readable(cls, value: str) -> str:
        parse_formula(value)
        return value

    @property
    def atoms(self) -> dict[str, float]:
        """Atoms per formula unit."""
        return parse_formula(self.formula)

    @property
    def molar_mass(self) -> float:
        """[kg/mol]. Raises InputError for an element that the species data do not cover."""
        return sum(count * _weight(symbol, self) for symbol, count in self.atoms.items()) * 1e-3


def _weight(symbol: str, propellant: Propellant) -> float:
    if symbol not in ATOMIC_WEIGHTS:
        raise InputError(
            f"{propellant.name}: element {symbol} is not covered by the species data "
            f"({', '.join(ATOMIC_WEIGHTS)}); convert it with propulsion/data/convert_thermo.py",
            where=propellant.where("formula"),
        )
    return ATOMIC_WEIGHTS[symbol]


class Blend(Document):
    """A mixture of fixed composition. Enthalpies add: heat of mixing is left out."""

    name: str
    aliases: tuple[str, ...] = ()
    role: Literal["oxidizer", "fuel"]
    parts: tuple[Part, ...]
    density: Density | None = None
    sources: tuple[Source, ...] = ()


class Solution(Document):
    """One liquid in another over a range of strengths: ``H2O2-98`` is 98 % H2O2 by mass."""

    name: str
    aliases: tuple[str, ...] = ()
    role: Literal["oxidizer", "fuel"]
    solute: str
    solvent: str
    lowest: Ratio
    highest: Ratio


class PropellantTable(Module, schema="osea/propellants/v1"):
    """The file of propellants."""

    propellants: tuple[Propellant, ...]
    mixtures: tuple[Blend, ...] = ()
    solutions: tuple[Solution, ...] = ()


@cache
def propellant_table() -> PropellantTable:
    """The propellants that ship with the package."""
    return load_document(PropellantTable, DATA / "propellants.yaml")


def find_propellant(name: str, role: Literal["oxidizer", "fuel"] | None = None, *, where: str = "") -> Propellant:
    """The propellant, mixture or solution (``H2O2-98``) of that name or alias (case does not matter).

    Raises InputError with the nearest names for an unknown one, or for one that has another role.
    """
    found = known_propellant(name, where)
    if found is None:
        known = [n for p in _entries() if not role or p.role == role for n in (p.name, *p.aliases)]
        near = difflib.get_close_matches(name, known, 3, 0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
        raise InputError(f"unknown propellant '{name}'; {hint}", where=where)
    if role and found.role != role:
        options = ", ".join(q.name for q in _entries() if q.role == role)
        raise InputError(
            f"{found.name} is {_article(found.role)}, and {_article(role)} is needed here: {options}", where=where
        )
    return found


def propellant_names() -> list[str]:
    """Every name and alias."""
    return [n for p in _entries() for n in (p.name, *p.aliases)]


def _entries() -> tuple[Propellant | Blend | Solution, ...]:
    table = propellant_table()
    return (*table.propellants, *table.mixtures, *table.solutions)


def known_propellant(name: str, where: str = "") -> Propellant | None:
    """As find_propellant, but None for an unknown name. Raises InputError for a solution's strength out of range."""
    key = _key(name)
    table = propellant_table()
    for p in (*table.propellants, *table.mixtures):
        if key in (_key(p.name), *map(_key, p.aliases)):
            return p if isinstance(p, Propellant) else _mixed(p.name, p.role, p.parts, p.density, p.sources)
    strength = re.fullmatch(r"(.+?)[\s_(-]*(\d+(?:\.\d+)?)\s*%?\)?", name.strip())
    if strength:
        for s in table.solutions:
            if _key(strength[1]) in (_key(s.name), *map(_key, s.aliases)):
                share = float(strength[2]) / 100.0
                if not s.lowest <= share <= s.highest:
                    raise InputError(
                        f"{s.name} of {100 * share:g} %: the strength is outside {100 * s.lowest:g} to "
                        f"{100 * s.highest:g} % of {s.solute} by mass",
                        where=where,
                    )
                parts = (Part(name=s.solute, share=share), Part(name=s.solvent, share=1.0 - share))
                return _mixed(f"{s.name}-{strength[2]}", s.role, parts[: 1 if share == 1.0 else 2], None, ())
    return None


def _part(name: str) -> tuple[str, float]:
    """Formula and enthalpy [J/mol] of a part."""
    found = known_propellant(name)
    if found is not None:
        return found.formula, found.enthalpy
    formula = " ".join(f"{symbol}{count:g}" for symbol, count in species_formula(name).items())
    return formula, standard_enthalpy(name)


def _mixed(
    name: str, role: Literal["oxidizer", "fuel"], parts: tuple[Part, ...], density: float | None, sources: Any
) -> Propellant:
    """The propellant that 100 g of the parts make: its formula is what they hold."""
    atoms: dict[str, float] = {}
    enthalpy = 0.0
    for part in parts:
        formula, per_mole = _part(part.name)
        counts = parse_formula(formula)
        moles = 100.0 * part.share / sum(ATOMIC_WEIGHTS[e] * n for e, n in counts.items())
        enthalpy += moles * per_mole
        for symbol, count in counts.items():
            atoms[symbol] = atoms.get(symbol, 0.0) + moles * count
    return Propellant(
        name=name,
        role=role,
        formula=" ".join(f"{symbol}{count:.15f}" for symbol, count in atoms.items()),
        enthalpy=enthalpy,
        temperature=298.15,
        density=density,
        density_temperature=298.15 if density else None,
        parts=parts,
        sources=tuple(s for s in sources if "parts" not in s.fields),
    )


def _key(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()


def _article(role: str) -> str:
    return ("an " if role[0] in "aeiou" else "a ") + role


@dataclass(frozen=True)
class Mixture:
    """What enters the chamber, per kilogram.

    atoms: (symbol, [kmol/kg]) in the order of ATOMIC_WEIGHTS; enthalpy [J/kg]; oxidizer_fuel_ratio by mass, 0 where
    everything is in one (a solid propellant).
    """

    atoms: tuple[tuple[str, float], ...]
    enthalpy: float
    oxidizer_fuel_ratio: float
    label: str


# Beyond these a rocket's main chamber does not burn; it also catches a ratio written upside down or in per cent.
_RATIO_RANGE = (0.05, 500.0)


def mix(oxidizer: Propellant, fuel: Propellant, oxidizer_fuel_ratio: float, *, where: str = "") -> Mixture:
    """Oxidizer and fuel at a mass ratio, as assigned enthalpies and atoms per kilogram.

    Raises InputError when the ratio is out of range or an element is not covered.
    """
    low, high = _RATIO_RANGE
    if not low <= oxidizer_fuel_ratio <= high:
        raise InputError(
            f"oxidizer/fuel mass ratio {oxidizer_fuel_ratio:g} is outside {low:g} to {high:g}", where=where
        )
    fuel_share = 1.0 / (1.0 + oxidizer_fuel_ratio)
    atoms: dict[str, float] = {}
    enthalpy = 0.0
    for propellant, share in ((oxidizer, 1.0 - fuel_share), (fuel, fuel_share)):
        moles = share / propellant.molar_mass  # mol/kg
        enthalpy += moles * propellant.enthalpy
        for symbol, count in propellant.atoms.items():
            atoms[symbol] = atoms.get(symbol, 0.0) + moles * count * 1e-3
    ordered = tuple((symbol, atoms[symbol]) for symbol in ATOMIC_WEIGHTS if symbol in atoms)
    return Mixture(ordered, enthalpy, oxidizer_fuel_ratio, f"{oxidizer.name}/{fuel.name}")
