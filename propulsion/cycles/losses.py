"""Losses of the main chamber, item by item: defaults by class from a data file, and relations where the nozzle is known."""

from collections.abc import Iterable
from functools import cache
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from ...core.documents import Document, FieldError, Flag, Grade, Module, load_document
from ...core.errors import InputError
from ...core.findings import Finding, Severity
from ...core.quantity import ratio
from ..propellants import DATA, find_propellant
from .document import ChamberLoss, Efficiency, EngineCycle

DIVERGENCE, BOUNDARY_LAYER, KINETICS = "divergence", "boundary layer", "kinetics"
_CHART_UNIT = 175.126835  # N/m in one pound per square inch times inch


class ClassLoss(ChamberLoss):
    """A default factor with the range in which it lies among engines of the class."""

    lowest: Efficiency
    highest: Efficiency

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.lowest <= self.factor <= self.highest:
            raise FieldError("factor", f"{self.factor:g} is outside its own range {self.lowest:g} to {self.highest:g}")
        return self


class LossClass(Document):
    """Losses of one class of engines. lowest, highest: of the product of the factors, as published engines scatter. set_with:
    engines whose published specific impulse was looked at when the factors were chosen; they prove nothing."""

    name: str
    fuels: tuple[str, ...]
    staged: Flag
    losses: tuple[ClassLoss, ...]
    lowest: Efficiency
    highest: Efficiency
    set_with: tuple[str, ...] = ()


class LossDefaults(Module, schema="osea/loss-defaults/v1"):
    """The file of classes; the first that fits counts."""

    classes: tuple[LossClass, ...] = Field(min_length=1)


Positive = Annotated[float, ratio(gt=0.0)]


class LossCurve(Document):
    """One area ratio's curve, in the chart's units."""

    pressure_diameter: tuple[Positive, ...] = Field(min_length=3)
    loss_percent: tuple[Positive, ...] = Field(min_length=3)


class BoundaryLayerChart(Module, schema="osea/boundary-layer-loss/v1"):
    """The chart: a curve for each area ratio."""

    grade: Grade
    citation: str
    area_ratios: tuple[Positive, ...]
    curves: tuple[LossCurve, ...]


@cache
def loss_defaults() -> LossDefaults:
    """The classes that ship with the package."""
    return load_document(LossDefaults, DATA / "loss_defaults.yaml")


@cache
def boundary_layer_chart() -> BoundaryLayerChart:
    """The chart that ships with the package."""
    return load_document(BoundaryLayerChart, DATA / "loss_defaults_boundary_layer.yaml")


def loss_class(fuel: str, cycle: str) -> LossClass:
    """The class of an engine by its fuel and cycle."""
    name = find_propellant(fuel).name
    staged = cycle.endswith("staged combustion")
    classes = loss_defaults().classes
    return next(c for c in classes if (name in c.fuels or not c.fuels) and c.staged == staged)


def losses_of(cycle: EngineCycle) -> tuple[ChamberLoss, ...]:
    """The document's own losses, or the defaults of its class."""
    return cycle.losses or loss_class(cycle.fuel, cycle.cycle).losses


def factors(losses: Iterable[ChamberLoss]) -> tuple[float, float]:
    """(on c*, on the thrust coefficient)."""
    c_star = nozzle = 1.0
    for loss in losses:
        if loss.on == "c_star":
            c_star *= loss.factor
        else:
            nozzle *= loss.factor
    return c_star, nozzle


def cone_divergence(half_angle: float) -> float:
    """Share of a cone's momentum that points along the axis, (1 + cos a)/2; half_angle [rad] (Malina, 1940)."""
    return float(0.5 * (1.0 + np.cos(half_angle)))


def boundary_layer_loss(pressure: float, throat_diameter: float, area_ratio: float) -> tuple[float, bool]:
    """(Factor on thrust, whether the chart covers the point) of NASA SP-8120, fig. 4.

    pressure [Pa], throat_diameter [m]. Between the curves the logarithms are interpolated; outside the chart its edge counts:
    for large engines (beyond 340 kN/m) that is a little too much loss. Raises InputError for what is not above zero.
    """
    if not (pressure > 0.0 and throat_diameter > 0.0 and area_ratio >= 1.0):
        raise InputError(
            f"boundary-layer loss: {pressure:g} Pa, {throat_diameter:g} m, area ratio {area_ratio:g} is no nozzle"
        )
    chart = boundary_layer_chart()
    x = float(np.log(pressure * throat_diameter / _CHART_UNIT))
    logs = [np.interp(x, np.log(c.pressure_diameter), np.log(c.loss_percent)) for c in chart.curves]
    loss = float(np.exp(np.interp(np.log(area_ratio), np.log(chart.area_ratios), logs)))
    low = max(c.pressure_diameter[0] for c in chart.curves)
    high = min(c.pressure_diameter[-1] for c in chart.curves)
    inside = low <= float(np.exp(x)) <= high and chart.area_ratios[0] <= area_ratio <= chart.area_ratios[-1]
    return 1.0 - loss / 100.0, inside


def kinetics_bound(oxidizer: str, fuel: str, oxidizer_fuel_ratio: float, pressure: float, area_ratio: float) -> float:
    """The least that the kinetics' factor can be: vacuum Isp with the throat's composition frozen, over shifting equilibrium.

    The real nozzle lies between the two (NASA RP-1311, ch. 6; Bray 1959: equilibrium, then sudden freezing). pressure [Pa].
    """
    from ..propellants import mix
    from ..thermo.rocket import solve_rocket

    mixture = mix(find_propellant(oxidizer, "oxidizer"), find_propellant(fuel, "fuel"), oxidizer_fuel_ratio)
    shifting = solve_rocket(mixture, pressure, area_ratios=(area_ratio,)).isp()
    frozen = solve_rocket(mixture, pressure, mode="frozen_throat", area_ratios=(area_ratio,)).isp()
    return float(frozen / shifting)


def replaced(losses: Iterable[ChamberLoss], name: str, factor: float, citation: str) -> tuple[ChamberLoss, ...]:
    """The losses with one item's factor taken from elsewhere, an estimate; added when there is none of that name."""
    if not 0.0 < factor <= 1.0:
        raise InputError(f"{name}: a factor of {factor:g} is outside 0 to 1")
    item = ChamberLoss(name=name, factor=factor, on="thrust_coefficient", grade="estimate", citation=citation)
    kept = tuple(losses)
    if all(loss.name != name for loss in kept):
        return (*kept, item)
    return tuple(item if loss.name == name else loss for loss in kept)


def nozzle_losses(
    losses: Iterable[ChamberLoss],
    *,
    divergence_efficiency: float | None = None,
    contour: str = "the contour",
    pressure: float | None = None,
    throat_diameter: float | None = None,
    area_ratio: float | None = None,
) -> tuple[ChamberLoss, ...]:
    """Default losses with what a known nozzle says itself: divergence of its contour, boundary layer by the chart.

    The boundary layer is replaced only where the chart covers it; pressure [Pa] and throat_diameter [m] go together with
    area_ratio. Documents that state their own losses should not be passed through here.
    """
    result = tuple(losses)
    if divergence_efficiency is not None:
        result = replaced(result, DIVERGENCE, divergence_efficiency, f"divergence of {contour}")
    if pressure is not None and throat_diameter is not None and area_ratio is not None:
        factor, inside = boundary_layer_loss(pressure, throat_diameter, area_ratio)
        if inside:
            result = replaced(result, BOUNDARY_LAYER, factor, boundary_layer_chart().citation)
    return result


def loss_findings(losses: Iterable[ChamberLoss], fuel: str, cycle: str, where: str) -> tuple[Finding, ...]:
    """Each item against the range of its class; items that the class does not know are UNKNOWN."""
    ranges = {c.name: c for c in loss_class(fuel, cycle).losses}
    findings = []
    for loss in losses:
        own = ranges.get(loss.name)
        if own is None:
            text = f"{loss.name}: {loss.factor:.4f}; the class has no range for it"
            findings.append(Finding(Severity.UNKNOWN, "cycle.loss_range", where, text))
            continue
        span = own.highest - own.lowest
        margin = min(loss.factor - own.lowest, own.highest - loss.factor) / span if span > 0.0 else 0.0
        text = f"{loss.name}: {loss.factor:.4f}, class {own.lowest:g} to {own.highest:g}"
        if margin < -1e-9:
            text += "; look at its source again"
        severity = Severity.OK if margin >= -1e-9 else Severity.WARN
        findings.append(Finding(severity, "cycle.loss_range", where, text, margin=margin))
    return tuple(findings)
