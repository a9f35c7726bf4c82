"""The species library as arrays: NASA-9 polynomials of gases and condensed phases for a set of elements."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

SPECIES_FILE = Path(__file__).parent.parent / "data" / "species.json"
GAS_CONSTANT = 8314.46261815324  # J/(kmol K), CODATA 2018


class Bank(NamedTuple):
    """What the compiled solver reads: k elements, g gases, c condensed phases, i intervals of theirs.

    gas (2, 9, g): coefficients below and above ``split`` [K]. gas_atoms (k, g), phase_atoms (k, c).
    phase_start (c + 1): the phase's intervals in interval_low, interval_high [K] (i,) and interval (i, 9).
    family (c,): phases of one substance carry one number.
    """

    split: float
    gas: np.ndarray
    gas_atoms: np.ndarray
    phase_atoms: np.ndarray
    phase_start: np.ndarray
    interval_low: np.ndarray
    interval_high: np.ndarray
    interval: np.ndarray
    family: np.ndarray


@dataclass(frozen=True)
class SpeciesSet:
    """Every species that can be made of ``elements``. Weights [kg/kmol]."""

    elements: tuple[str, ...]
    element_weights: np.ndarray
    gases: tuple[str, ...]
    phases: tuple[str, ...]
    gas_weights: np.ndarray
    phase_weights: np.ndarray
    bank: Bank


@lru_cache(maxsize=1)
def library() -> dict[str, Any]:
    """The data file as it is written; its ``notes`` say what is what."""
    return json.loads(SPECIES_FILE.read_text(encoding="utf-8"))


def atomic_weights() -> dict[str, float]:
    """Elements that the library covers, with CEA's atomic weights [kg/kmol]."""
    return library()["elements"]


def _find(name: str) -> tuple[dict[str, float], list[float], list[Any]] | None:
    """Formula, bounds [K] and coefficients of a gas or a condensed phase; None when there is none of that name."""
    data = library()
    for kind in ("gas", "condensed"):
        for species, formula, _, rows in data[kind]:
            if species.lower() == name.strip().lower():
                if kind == "gas":
                    return formula, data["temperatures"], rows
                return formula, [rows[0][0], *(r[1] for r in rows)], [r[2] for r in rows]
    return None


def has_species(name: str) -> bool:
    """Whether the library has a gas or a condensed phase of that name (case does not matter)."""
    return _find(name) is not None


def species_names() -> list[str]:
    """Every gas and condensed phase."""
    data = library()
    return [s[0] for kind in ("gas", "condensed") for s in data[kind]]


def species_formula(name: str) -> dict[str, float]:
    """Atoms of a species. Raises KeyError for an unknown one."""
    found = _find(name)
    if found is None:
        raise KeyError(name)
    return found[0]


def standard_enthalpy(name: str, temperature: float = 298.15) -> float:
    """Enthalpy [J/mol] of a species at a temperature [K], elements at 298.15 K being zero.

    Raises KeyError for an unknown species and ValueError outside its range.
    """
    found = _find(name)
    if found is None:
        raise KeyError(name)
    _, bounds, rows = found
    # the data of a few phases begin at 300 K instead of 298.15 K: two kelvin further are allowed
    if not bounds[0] - 2.0 <= temperature <= bounds[-1]:
        raise ValueError(f"{name}: {temperature:g} K is outside its data, {bounds[0]:g} to {bounds[-1]:g} K")
    i = min(int(np.searchsorted(bounds[1:], temperature)), len(rows) - 1)
    a, t = rows[i], temperature
    series = a[2] + t * (a[3] / 2 + t * (a[4] / 3 + t * (a[5] / 4 + t * a[6] / 5)))
    return 1e-3 * GAS_CONSTANT * t * (-a[0] / t**2 + a[1] * float(np.log(t)) / t + series + a[7] / t)


@lru_cache(maxsize=32)
def species_of(elements: tuple[str, ...]) -> SpeciesSet:
    """The species made of these elements only. Raises KeyError for an element that the library does not cover."""
    data = library()
    weights = np.array([data["elements"][e] for e in elements])
    gases = [s for s in data["gas"] if set(s[1]) <= set(elements)]
    phases = [s for s in data["condensed"] if set(s[1]) <= set(elements)]

    def atoms(species: list[Any]) -> np.ndarray:
        counts = np.array([[s[1].get(e, 0.0) for s in species] for e in elements], dtype=float)
        return np.ascontiguousarray(counts.reshape(len(elements), len(species)))

    starts = np.cumsum([0] + [len(s[3]) for s in phases])
    intervals = [i for s in phases for i in s[3]]
    formulas = [tuple(sorted(s[1].items())) for s in phases]
    gas_atoms, phase_atoms = atoms(gases), atoms(phases)
    bank = Bank(
        split=data["temperatures"][1],
        gas=np.ascontiguousarray(np.array([s[3] for s in gases]).transpose(1, 2, 0)),
        gas_atoms=gas_atoms,
        phase_atoms=phase_atoms,
        phase_start=starts.astype(np.int64),
        interval_low=np.array([i[0] for i in intervals], dtype=float),
        interval_high=np.array([i[1] for i in intervals], dtype=float),
        interval=np.array([i[2] for i in intervals], dtype=float).reshape(len(intervals), 9),
        family=np.array([formulas.index(f) for f in formulas], dtype=np.int64),
    )
    return SpeciesSet(
        elements=elements,
        element_weights=weights,
        gases=tuple(s[0] for s in gases),
        phases=tuple(s[0] for s in phases),
        gas_weights=weights @ gas_atoms,
        phase_weights=weights @ phase_atoms,
        bank=bank,
    )
