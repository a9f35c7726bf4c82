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
