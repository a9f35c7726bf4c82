"""Propellants as data, and the mixture that enters a chamber: atoms and enthalpy per kilogram."""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import field_validator

from ..core.documents import Document, Module, Source, load_document
from ..core.errors import InputError
from ..core.quantity import SI, Density, Temperature

DATA = Path(__file__).parent / "data"
MolarEnthalpy = Annotated[float, SI("J/mol", ("-12979 J/mol",))]

# Atomic weights of CEA's library [kg/kmol], the same as in the species file: mass and energy must balance exactly.
ATOMIC_WEIGHTS = {"C": 12.0107, "H": 1.00794, "O": 15.9994}

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


class Propellant(Document):
    """One liquid as it enters the injector.

    enthalpy: assigned, per mole of ``formula``, relative to the elements at 298.15 K (CEA's datum), at ``temperature``.
    """

    name: str
    aliases: tuple[str, ...] = ()
    role: Literal["oxidizer", "fuel"]
    formula: str
    enthalpy: MolarEnthalpy
    temperature: Temperature
    density: Density
    density_temperature: Temperature
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


class PropellantTable(Module, schema="osea/propellants/v1"):
    """The file of propellants."""

    propellants: tuple[Propellant, ...]


@cache
def propellant_table() -> PropellantTable:
    """The propellants that ship with the package."""
    return load_document(PropellantTable, DATA / "propellants.yaml")


def find_propellant(name: str, role: Literal["oxidizer", "fuel"] | None = None, *, where: str = "") -> Propellant:
    """The propellant of that name or alias (case does not matter).

    Raises InputError with the nearest names for an unknown one, or for one that has another role.
    """
    key = _key(name)
    table = propellant_table().propellants
    for p in table:
        if key in (_key(p.name), *map(_key, p.aliases)):
            if role and p.role != role:
                options = ", ".join(q.name for q in table if q.role == role)
                raise InputError(
                    f"{p.name} is {_article(p.role)}, and {_article(role)} is needed here: {options}", where=where
                )
            return p
    names = [n for p in table if not role or p.role == role for n in (p.name, *p.aliases)]
    near = difflib.get_close_matches(name, names, 3, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}"
    raise InputError(f"unknown propellant '{name}'; {hint}", where=where)


def _key(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()


def _article(role: str) -> str:
    return ("an " if role[0] in "aeiou" else "a ") + role


@dataclass(frozen=True)
class Mixture:
    """What enters the chamber, per kilogram.

    atoms: (symbol, [kmol/kg]) in the order of ATOMIC_WEIGHTS; enthalpy [J/kg]; oxidizer_fuel_ratio by mass.
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
