"""Inert mass of a stage from its propellant: power laws through the stages of the launch vehicles' table, by propellants.

Two laws a class. `fit`: everything by the load. `fit_beside_engines`: the engines by a published relation, the rest by the load.
The second is for a stage whose engines are known, for these do not shrink with the load; it has as many fitted constants.
``python -m osea_rocket.validation.stage_fits`` prints the family that ships as vehicle/relations/data/own.yaml; a test holds the
file to it. The same fit without one vehicle's stages serves the re-sizing of that vehicle.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..propulsion.engine_mass import mass_relations
from .launcher_rows import table, thrust

CLASSES = {
    "kerolox": ("LOX/RP-1",),
    "hydrolox": ("LOX/LH2",),
    "storable": ("N2O4/UDMH", "MMH/MON-3"),
    "solid": ("solid HTPB", "solid PBAN"),
}


ENGINES = {
    "kerolox": "Zandbergen M-S1, hydrocarbon and storable",
    "hydrolox": "Zandbergen M-C1, hydrogen",
    "storable": "Zandbergen M-S1, hydrocarbon and storable",
}
"""The relation for the mass of one engine from its thrust alone, by class; below its 15 kN it is carried on."""


@dataclass(frozen=True)
class StagePoint:
    """One real stage or booster: masses [kg]. engines: by relation, all of them; 0 of a solid motor."""

    vehicle: str
    stage: str
    kind: str
    propellant: float
    dry: float
    engines: float = 0.0


@dataclass(frozen=True)
class PowerLaw:
    """dry = factor * propellant^exponent; scatter: relative, one standard deviation of the logarithms; names: the set."""

    factor: float
    exponent: float
    scatter: float
    lowest: float
    highest: float
    names: tuple[str, ...]

    def mass(self, propellant: float) -> float:
        """Dry mass [kg]."""
        return self.factor * propellant**self.exponent


@dataclass(frozen=True)
class EngineLaw:
    """dry = engines + factor * propellant^exponent, engines [kg] by relation; scatter and names as in PowerLaw."""

    engines: float
    factor: float
    exponent: float
    scatter: float
    names: tuple[str, ...]

    def mass(self, propellant: float) -> float:
        """Dry mass [kg]."""
        return self.engines + self.factor * propellant**self.exponent


def engines_mass(stage: dict[str, Any]) -> float:
    """Mass [kg] of all engines of a stage of the table by `ENGINES`, from their vacuum thrust; 0 of a solid motor."""
    kind = class_of(stage["propellants"])
    if kind not in ENGINES:
        return 0.0
    relation = next(r for r in mass_relations().relations if r.name == ENGINES[kind])
    count = int(stage.get("engine_count") or 1)
    return count * relation.mass(thrust(stage) / count, 1.0, 1)


def class_of(propellants: str) -> str | None:
    """The class of a stage's propellants, None for those of too few stages."""
    return next((k for k, names in CLASSES.items() if propellants in names), None)


@cache
def points() -> tuple[StagePoint, ...]:
    """Every stage of the table with both masses from a source (not from memory); equal stages once."""
    found: dict[tuple[str, float, float], StagePoint] = {}
    for row in table()["vehicles"]:
        for s in row.get("stages", ()):
            kind = class_of(s["propellants"])
            recalled = set(s.get("recalled", ()))
            if kind is None or recalled & {"dry_mass_kg", "propellant_mass_kg", "all"} or s.get("dry_mass_kg") is None:
                continue
            engines = engines_mass(s) if "incomplete" not in row else 0.0
            point = StagePoint(
                row["name"], s["name"], kind, float(s["propellant_mass_kg"]), float(s["dry_mass_kg"]), engines
            )
            found.setdefault((kind, point.propellant, point.dry), point)
    return tuple(found.values())


def fit(kind: str, without: Iterable[str] = ()) -> PowerLaw:
    """The law of one class, without the stages of some vehicles."""
    left_out = set(without)
    chosen = [p for p in points() if p.kind == kind and p.vehicle not in left_out]
    x, y = (np.log([getattr(p, n) for p in chosen]) for n in ("propellant", "dry"))
    exponent, constant = np.polyfit(x, y, 1)
    left = y - (exponent * x + constant)
    return PowerLaw(
        factor=float(np.exp(constant)),
        exponent=float(exponent),
        scatter=float(np.sqrt(np.sum(left**2) / (len(x) - 2))),
        lowest=float(np.exp(x.min())),
        highest=float(np.exp(x.max())),
        names=tuple(f"{p.vehicle} {p.stage}" for p in chosen),
    )


def fit_beside_engines(kind: str, engines: float, without: Iterable[str] = ()) -> EngineLaw:
    """The law of one class of liquid stages beside their engines, for a stage whose engines weigh *engines* [kg], without the
    stages of some vehicles: least squares of the logarithms of dry masses."""
    from scipy.optimize import least_squares

    left_out = set(without)
    chosen = [p for p in points() if p.kind == kind and p.vehicle not in left_out and p.engines > 0.0]
    load, dry, known = (np.array([getattr(p, n) for p in chosen]) for n in ("propellant", "dry", "engines"))
    start = fit(kind, without)

    def left(x: np.ndarray) -> np.ndarray:
        return np.log(known + np.exp(x[0]) * load ** x[1]) - np.log(dry)

    found = least_squares(left, (np.log(start.factor), start.exponent), xtol=1e-12, ftol=1e-12)
    return EngineLaw(
        engines=engines,
        factor=float(np.exp(found.x[0])),
        exponent=float(found.x[1]),
        scatter=float(np.sqrt(np.sum(left(found.x) ** 2) / (len(chosen) - 2))),
        names=tuple(f"{p.vehicle} {p.stage}" for p in chosen),
    )


def left_out_error(kind: str, beside_engines: bool) -> float:
    """Root mean square of the logarithm of what a law says of stages of vehicles left out of its fit, over the table's."""
    errors = []
    for vehicle in sorted({p.vehicle for p in points() if p.kind == kind and p.engines > 0.0}):
        for p in points():
            if p.kind == kind and p.vehicle == vehicle:
                law = fit_beside_engines(kind, p.engines, [vehicle]) if beside_engines else fit(kind, [vehicle])
                errors.append(np.log(law.mass(p.propellant) / p.dry))
    return float(np.sqrt(np.mean(np.square(errors))))


def family() -> dict[str, Any]:
    """The relations as the data file has them."""
    relations = []
    for kind in CLASSES:
        law = fit(kind)
        relations.append(
            {
                "name": f"inert mass of a {kind} stage",
                "kind": "inert stage",
                "classes": [kind],
                "inputs": [
                    {"name": "propellant_mass", "unit": "kg", "lower": round(law.lowest), "upper": round(law.highest)}
                ],
                "product": [
                    [
                        {
                            "times": float(f"{law.factor:.5g}"),
                            "of": [{"input": "propellant_mass", "power": round(law.exponent, 5)}],
                        }
                    ]
                ],
                "scatter": f"{100 * law.scatter:.3g} %",
                "scatter_from": "measured",
                "range_from": "read",
                "place": f"least squares of logarithms over {len(law.names)} stages",
                "fitting_set": list(law.names),
            }
        )
    return {
        "schema": "osea/mass-relations/v1",
        "name": "OSEA fit",
        "grade": "estimate",
        "citation": "own fits over validation/data/launchers.yaml, made by validation/stage_fits.py",
        "notes": (
            "Dry mass with engines, and with whatever each source counts in it (interstages mostly included). Scatter: one "
            "standard deviation of the fit's own residuals. The fitting set of each is named; a vehicle that is re-sized is left "
            "out of it."
        ),
        "relations": relations,
    }


if __name__ == "__main__":
    import yaml

    print(yaml.safe_dump(family(), sort_keys=False, allow_unicode=True, width=128), end="")
