"""Figures of the real engine beside those of its balance: what is compared, in which unit, and what was published by whom."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import Document, FieldError, Grade
from ..core.quantity import parse
from ..core.results import Result

if TYPE_CHECKING:
    from .contour.contour import Contour
    from .cycles.result import CycleBalance
    from .engine_mass import MassEstimate

Quantity = Literal[
    "vacuum specific impulse", "vacuum thrust", "mass flow", "mass", "oxidizer-fuel ratio", "characteristic velocity",
    "throat diameter", "exit diameter", "chamber diameter", "nozzle length", "chamber length",
    "power", "discharge pressure", "pressure ratio", "inlet pressure", "inlet temperature", "outlet temperature", "flow",
    "temperature", "heat", "pressure drop",
]  # fmt: skip
UNITS: dict[str, str] = {
    "vacuum specific impulse": "s", "vacuum thrust": "N", "mass flow": "kg/s", "mass": "kg", "oxidizer-fuel ratio": "",
    "characteristic velocity": "m/s", "throat diameter": "m", "exit diameter": "m", "chamber diameter": "m",
    "nozzle length": "m", "chamber length": "m", "power": "W", "discharge pressure": "Pa", "pressure ratio": "",
    "inlet pressure": "Pa", "inlet temperature": "K", "outlet temperature": "K", "flow": "kg/s", "temperature": "K",
    "heat": "W", "pressure drop": "Pa",
}  # fmt: skip
_PASSAGES = ("line", "valve", "orifice", "injector", "jacket", "heat exchanger", "film")
# Quantities of one component, and the kinds that have them.
COMPONENTS: dict[str, tuple[str, ...]] = {
    "power": ("pump", "turbine", "motor"),
    "discharge pressure": ("pump",),
    "pressure ratio": ("turbine",),
    "inlet pressure": ("pump", "turbine", *_PASSAGES),
    "inlet temperature": ("pump", "turbine", *_PASSAGES),
    "outlet temperature": ("pump", "turbine", *_PASSAGES),
    "flow": ("pump", "turbine", "burner", "exhaust", *_PASSAGES),
    "temperature": ("burner", "tap"),
    "heat": ("jacket", "heat exchanger"),
    "pressure drop": _PASSAGES,
}


class PublishedFigure(Document):
    """One figure of the real engine. of: the component, for what belongs to one. value: with its unit."""

    quantity: Quantity
    of: str | None = None
    value: Annotated[str, Field(examples=["444.4 s", "8.14 MW"])]
    grade: Grade
    citation: str = Field(min_length=3)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.quantity in COMPONENTS) != (self.of is not None):
            need = "of a component; name it" if self.quantity in COMPONENTS else "of the whole engine; leave it out"
            raise FieldError("of", f"'{self.quantity}' is {need}")
        if not self.si > 0.0:
            raise FieldError("value", f"'{self.value}' is not above zero")
        return self

    @property
    def si(self) -> float:
        """The value in SI. Raises FieldError for one that is not in the quantity's unit."""
        unit = UNITS[self.quantity]
        try:
            return float(self.value) if unit == "" else parse(self.value, unit)
        except (ValueError, TypeError) as error:
            raise FieldError(
                "value", f"{error}; expected {f'a unit of {unit}' if unit else 'a plain number'}"
            ) from None


def check_published(figures: tuple[PublishedFigure, ...], kinds: dict[str, str]) -> None:
    """Raises FieldError where a figure names no component of the engine, or one that has no such quantity."""
    import difflib

    for i, figure in enumerate(figures):
        if figure.of is None:
            continue
        kind = kinds.get(figure.of)
        if kind is None:
            near = difflib.get_close_matches(figure.of, list(kinds), 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise FieldError(f"published.{i}.of", f"no component is called '{figure.of}'{hint}")
        if kind not in COMPONENTS[figure.quantity]:
            raise FieldError(f"published.{i}.of", f"a {kind} has no '{figure.quantity}'")


@dataclass(frozen=True, kw_only=True)
class ComparedFigure(Result):
    """Published and computed side by side, in SI ``unit``; difference: of ours, relative; None where we compute none."""

    quantity: str
    of: str
    unit: str
    published: float
    computed: float | None
    difference: float | None
    grade: str
    citation: str


def compare(
    figures: tuple[PublishedFigure, ...],
    balance: "CycleBalance",
    contour: "Contour | None" = None,
    mass: "MassEstimate | None" = None,
) -> tuple[ComparedFigure, ...]:
    """Each published figure beside the computed one."""
    rows = []
    for figure in figures:
        ours = _computed(figure, balance, contour, mass)
        rows.append(
            ComparedFigure(
                quantity=figure.quantity, of=figure.of or "", unit=UNITS[figure.quantity], published=figure.si,
                computed=ours, difference=None if ours is None else ours / figure.si - 1.0, grade=figure.grade,
                citation=figure.citation,
            )
        )  # fmt: skip
    return tuple(rows)


def _computed(
    figure: PublishedFigure, b: "CycleBalance", contour: "Contour | None", mass: "MassEstimate | None"
) -> float | None:
    if figure.of is not None:
        return _of_component(figure.quantity, figure.of, b)
    return {
        "vacuum specific impulse": b.isp_vacuum,
        "vacuum thrust": b.thrust_vacuum,
        "mass flow": b.mass_flow,
        "mass": None if mass is None else mass.mass,
        "oxidizer-fuel ratio": b.oxidizer_fuel_ratio,
        "characteristic velocity": b.c_star,
        "throat diameter": float(np.sqrt(4.0 * b.throat_area / (np.pi * b.chambers))),
        "exit diameter": float(np.sqrt(4.0 * b.exit_area / (np.pi * b.chambers))),
        "chamber diameter": None if contour is None else 2.0 * contour.chamber_radius,
        "nozzle length": None if contour is None else contour.nozzle_length,
        "chamber length": None if contour is None else contour.chamber_length,
    }[figure.quantity]


def _of_component(quantity: str, name: str, b: "CycleBalance") -> float | None:
    inlet = next((s for s in b.streams if s.target == name), None)
    outlet = next((s for s in b.streams if s.source == name), None)
    if quantity == "power":
        return next(m.power for m in (*b.pumps, *b.turbines, *b.motors) if m.name == name)
    if quantity == "pressure ratio":
        return b.turbine(name).pressure_ratio
    if quantity == "temperature":
        return next(x.temperature for x in b.burners if x.name == name)
    if quantity == "heat":
        return next((h.heat for h in b.heats if h.name == name), None)
    if quantity == "flow":
        arriving = [s.mass_flow for s in b.streams if s.target == name]
        return sum(arriving) if arriving else None
    if quantity == "pressure drop":
        return None if inlet is None or outlet is None else inlet.pressure - outlet.pressure
    place, _, what = quantity.partition(" ")
    stream = inlet if place == "inlet" else outlet
    return None if stream is None else getattr(stream, what)
