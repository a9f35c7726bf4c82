"""What the runs of a dispersion say: percentiles with their confidence, ellipses, what moves what, probabilities of
failure.

Percentiles, ellipses and correlations are of the runs in which no failure event was drawn: those are alike, and order
statistics hold of them. Probabilities count every run, by its weight where failures were drawn more often than they happen.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ..core.earth import MEAN_RADIUS
from ..core.results import Array, Result, Unit
from ..trajectory.dispersion import importance
from ..trajectory.dispersion.ellipse import ConfidenceEllipse, confidence_ellipse
from ..trajectory.dispersion.linear_covariance import by_differences
from ..trajectory.dispersion.order_statistics import ONE_SIDED, percentile, proportion, runs_needed
from ..trajectory.dispersion.program_layout import BODY_LOST, STATUS
from ..trajectory.dispersion.sensitivity import SobolIndices, rank_correlations, sobol_indices
from ..trajectory.mission import Mission
from .dispersion import DispersionStudy
from .dispersion_model import DispersionModel, impact_name, slug
from .dispersion_runs import Columns, Output, fly_runs, input_keys, outputs_of

PROBABILITIES = (1.0 - ONE_SIDED[3], 0.05, 0.5, 0.95, ONE_SIDED[3])
ELLIPSE = 0.9973

LIMITS = (
    ("dynamic_pressure", "max_dynamic_pressure_Pa"), ("q_alpha", "max_q_alpha_Pa_rad"),
    ("axial_acceleration", "max_axial_acceleration_m_s2"), ("fairing_heat_flux", "fairing_heat_flux_W_m2"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PercentileOf(Result):
    """A percentile and the order statistics that bracket it with the confidence; None: the runs do not reach that far."""

    probability: float
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class OutputStatistics(Result):
    """One output, in the SI unit of its key. nominal: of the flight with every value at its nominal one. count: runs
    that have it; sensitivity: rank correlation with each input group, in the groups' order (of several inputs: root of
    the sum of squares, unsigned); linear_deviation: by linear covariance, None unless asked for."""

    key: str
    name: str
    count: int
    nominal: float | None
    mean: float
    deviation: float
    percentiles: tuple[PercentileOf, ...]
    sensitivity: tuple[float, ...]
    linear_deviation: float | None = None
    sobol_first: tuple[float, ...] = ()
    sobol_total: tuple[float, ...] = ()
    sobol_total_low: tuple[float, ...] = ()
    sobol_total_high: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chance(Result):
    """How often something was seen, and its probability with its interval; effective_runs of the weighted ones it was
    seen in."""

    name: str
    count: int
    probability: float
    low: float
    high: float
    effective_runs: float
    example: int | None = None


@dataclass(frozen=True, kw_only=True)
class ImpactEllipse(Result):
    """Where something comes down: centre [rad], ellipse of (east, north) [m] about it, of so many runs. kind: "vacuum impact" of
    what leaves, "touchdown" through the air, or "impact point" of the vehicle at a time."""

    name: str
    kind: str
    runs: int
    latitude: Annotated[float, Unit("rad")]
    longitude: Annotated[float, Unit("rad")]
    ellipse: ConfidenceEllipse | None


@dataclass(frozen=True, kw_only=True)
class DispersionResult(Result):
    """A dispersion. clean: runs without a drawn failure event; needed: runs that a 3σ limit without exception needs at the
    confidence; misfit: of the linearized model building (see `dispersion_response`); insertion: ellipse of perigee and
    apogee altitude [m]; first_weight_mean: mean weight, 1 but for chance; convergence: rows of run count, and the 3σ end
    of the propellant margin with its interval; partly_known: joints whose loads are unknown beside strap-ons."""

    name: str
    model: str
    runs: int
    clean: int
    seed: int
    sampling: str
    confidence: float
    needed: int
    rate: Annotated[float, Unit("1/s")]
    misfit: float
    mean_weight: float
    effective_runs: float
    groups: tuple[str, ...]
    statuses: tuple[Chance, ...]
    events: tuple[Chance, ...]
    limits: tuple[Chance, ...]
    outputs: tuple[OutputStatistics, ...]
    insertion: ConfidenceEllipse | None
    impacts: tuple[ImpactEllipse, ...]
    convergence: Array
    partly_known: tuple[str, ...] = ()

    def output(self, key: str) -> OutputStatistics:
        """By its key; KeyError when there is none."""
        for found in self.outputs:
            if found.key == key:
                return found
        raise KeyError(key)


def clean_runs(model: DispersionModel, columns: Columns) -> np.ndarray:
    """(n,) of bool: runs in which no failure event was drawn."""
    clean = np.ones(len(columns["run"]), bool)
    for failure in model.failures:
        clean &= ~np.isfinite(columns[f"failed_{slug(failure.name)}_time_s"])
    return clean


def statistics(
    dispersion: DispersionStudy,
    model: DispersionModel,
    columns: Columns,
    *,
    rate: float,
    model_name: str,
    covariance: bool = False,
    sobol: dict[str, SobolIndices] | None = None,
) -> DispersionResult:
    """Of the columns of all runs. rate [1/s]: at which they were flown; sobol: indices by output key."""
    confidence, clean = dispersion.confidence, clean_runs(model, columns)
    nominal = fly_runs(model, 0, nominal_point(model)) if model.dimensions else {}
    linear = _linear(model) if covariance else {}
    inputs = np.column_stack([np.zeros((len(clean), 0)), *(columns[k] for k in input_keys(model))])
    found = []
    for output in outputs_of(columns):
        values, own = columns[output.key], clean & np.isfinite(columns[output.key])
        if own.sum() < 2:
            continue
        found.append(
            _output(model, output, values[own], inputs[own], nominal, linear, (sobol or {}).get(output.key), confidence)
        )
    w = columns["weight"]
    names = {*columns["status"].tolist(), *((STATUS[BODY_LOST],) if model.has_attitude else ())}
    return DispersionResult(
        name=dispersion.name,
        model=model_name,
        runs=len(w),
        clean=int(clean.sum()),
        seed=dispersion.seed,
        sampling=dispersion.sampling,
        confidence=confidence,
        needed=runs_needed(ONE_SIDED[3], confidence),
        rate=rate,
        misfit=model.response.misfit,
        mean_weight=float(w.mean()),
        effective_runs=importance.effective_size(w),
        groups=tuple(g.name for g in model.groups),
        statuses=tuple(_chance(n, columns["status"] == n, columns, confidence) for n in sorted(names)),
        events=tuple(
            _chance(f.name, np.isfinite(columns[f"failed_{slug(f.name)}_time_s"]), columns, confidence)
            for f in model.failures
        ),
        limits=_limits(dispersion, columns, confidence),
        outputs=tuple(found),
        insertion=_insertion(columns, clean, confidence),
        impacts=tuple(
            _impact(name, kind, columns, clean, confidence)
            for kind, names in (
                ("vacuum impact", [n for _, n in model.drops]),
                ("touchdown", [f.name for f in model.falls]),
                ("impact point", [impact_name(t) for t in model.along.ways.times]),
            )
            for name in names
        ),
        partly_known=model.along.partly_known,
        convergence=_convergence(columns, clean, confidence),
        input_hash=dispersion.content_hash(),
        sources=tuple(f"{s.citation} [{s.grade}]" for s in dispersion.sources),
    )


def nominal_point(model: DispersionModel) -> np.ndarray:
    """The point (1, dimensions) of medians, without a failure."""
    point = np.full((1, model.dimensions), 0.5)
    for failure in model.failures:
        columns = next(g.columns for g in model.groups if g.name == failure.name)
        point[:, columns[0]] = 1.0 - 2.0**-53
    return point


def _output(
    model: DispersionModel,
    output: Output,
    values: np.ndarray,
    inputs: np.ndarray,
    nominal: Columns,
    linear: dict[str, float],
    sobol: SobolIndices | None,
    confidence: float,
) -> OutputStatistics:
    at = nominal[output.key][0] if nominal else np.nan
    ranks = rank_correlations(inputs, values)
    told, k = [], 0
    for group in model.groups:
        count = 0 if group.name in [f.name for f in model.failures] else len(group.columns)
        part = ranks[k : k + count]
        k += count
        told.append(float(part[0]) if count == 1 else float(np.sqrt((part**2).sum())))
    percentiles = [percentile(values, p, confidence) for p in PROBABILITIES]
    return OutputStatistics(
        key=output.key,
        name=output.name,
        count=len(values),
        nominal=float(at) if np.isfinite(at) else None,
        mean=float(values.mean()),
        deviation=float(values.std(ddof=1)),
        percentiles=tuple(
            PercentileOf(probability=p.probability, value=p.value, low=p.low, high=p.high) for p in percentiles
        ),
        sensitivity=tuple(told),
        linear_deviation=linear.get(output.key),
        sobol_first=() if sobol is None else tuple(sobol.first.tolist()),
        sobol_total=() if sobol is None else tuple(sobol.total.tolist()),
        sobol_total_low=() if sobol is None else tuple(sobol.total_interval[:, 0].tolist()),
        sobol_total_high=() if sobol is None else tuple(sobol.total_interval[:, 1].tolist()),
    )


def _linear(model: DispersionModel) -> dict[str, float]:
    """One standard deviation of each output by linear covariance over everything but failures."""
    from scipy.special import ndtr

    point = nominal_point(model)
    failing = {c for f in model.failures for g in model.groups if g.name == f.name for c in g.columns}
    free = [c for c in range(model.dimensions) if c not in failing]

    outputs = outputs_of(fly_runs(model, 0, point))

    def flown(scores: np.ndarray) -> np.ndarray:
        points = np.repeat(point, len(scores), axis=0)
        points[:, free] = np.clip(ndtr(scores), 2.0**-54, 1.0 - 2.0**-53)
        columns = fly_runs(model, 0, points)
        return np.column_stack([columns[o.key] for o in outputs])

    deviations = by_differences(flown, len(free)).deviation
    return {o.key: float(d) for o, d in zip(outputs, deviations, strict=True) if np.isfinite(d)}


def sobol_of_runs(a: Columns, b: Columns, mixed: list[Columns], confidence: float) -> dict[str, SobolIndices]:
    """Indices of every output that all of the runs have, rows left out where one has not."""
    found = {}
    for output in outputs_of(a):
        f_a, f_b, f_ab = a[output.key], b[output.key], np.array([m[output.key] for m in mixed])
        good = np.isfinite(f_a) & np.isfinite(f_b) & np.isfinite(f_ab).all(axis=0)
        if good.sum() > 16:
            found[output.key] = sobol_indices(f_a[good], f_b[good], f_ab[:, good], confidence=confidence)
    return found


def _chance(name: str, seen: np.ndarray, columns: Columns, confidence: float) -> Chance:
    w, count = columns["weight"], int(seen.sum())
    example = int(columns["run"][seen][0]) if count else None
    if np.all(w == 1.0):
        low, high = proportion(count, len(w), confidence)
        return Chance(
            name=name,
            count=count,
            probability=count / len(w),
            low=low,
            high=high,
            effective_runs=float(count),
            example=example,
        )
    p = importance.probability(seen, w, confidence)
    return Chance(
        name=name,
        count=count,
        probability=p.value,
        low=p.low,
        high=p.high,
        effective_runs=p.effective_runs,
        example=example,
    )


def _limits(dispersion: DispersionStudy, columns: Columns, confidence: float) -> tuple[Chance, ...]:
    """How often the mission's limits and the document's tolerances are left."""
    mission: Mission = dispersion.study.mission
    found = []
    for name, key in LIMITS:
        limit = getattr(mission.limits, name, None)
        if limit is not None:
            found.append(_chance(f"{name.replace('_', ' ')} over its limit", columns[key] > limit, columns, confidence))
    for name, wanted in (
        ("perigee_altitude", getattr(mission.target, "perigee_altitude", None)),
        ("apogee_altitude", getattr(mission.target, "apogee_altitude", None)),
        ("inclination", mission.inclination),
    ):
        allowed = getattr(dispersion.tolerances, name)
        key = "inclination_rad" if name == "inclination" else f"{name}_m"
        if allowed is not None and wanted is not None:
            # an orbit that was not reached is outside, too
            off = ~(np.abs(columns[key] - wanted) <= allowed)
            found.append(_chance(f"{name.replace('_', ' ')} out of tolerance", off, columns, confidence))
    return tuple(found)


def _insertion(columns: Columns, clean: np.ndarray, confidence: float) -> ConfidenceEllipse | None:
    points = np.column_stack([columns["perigee_altitude_m"], columns["apogee_altitude_m"]])[clean]
    return confidence_ellipse(points[np.isfinite(points).all(axis=1)], ELLIPSE, confidence)


def impact_offsets(name: str, columns: Columns, clean: np.ndarray) -> tuple[np.ndarray, float, float]:
    """(east, north) (n, 2) [m] of impacts about their mean, and that mean's latitude and longitude [rad]; nan where
    there are none."""
    latitude, longitude = (columns[f"{slug(name)}_impact_{c}_rad"][clean] for c in ("latitude", "longitude"))
    good = np.isfinite(latitude)
    if not good.any():
        return np.zeros((0, 2)), np.nan, np.nan
    latitude, longitude = latitude[good], longitude[good]
    lat, lon = float(latitude.mean()), float(np.angle(np.exp(1j * longitude).mean()))
    east = MEAN_RADIUS * np.cos(lat) * np.angle(np.exp(1j * (longitude - lon)))
    return np.column_stack([east, MEAN_RADIUS * (latitude - lat)]), lat, lon


def _impact(name: str, kind: str, columns: Columns, clean: np.ndarray, confidence: float) -> ImpactEllipse:
    points, latitude, longitude = impact_offsets(name, columns, clean)
    found = confidence_ellipse(points, ELLIPSE, confidence)
    return ImpactEllipse(
        name=name,
        kind=kind,
        runs=len(points),
        latitude=latitude if len(points) else 0.0,
        longitude=longitude if len(points) else 0.0,
        ellipse=found,
    )


def _convergence(columns: Columns, clean: np.ndarray, confidence: float) -> np.ndarray:
    """(k, 4): runs, lower 3σ percentile of the propellant margin, its interval (the smallest value where that is open)."""
    order = np.argsort(columns["run"], kind="stable")
    values = columns["propellant_left_kg"][order][clean[order]]
    values = values[np.isfinite(values)]
    rows = []
    for n in np.unique(np.geomspace(50, max(len(values), 50), 40).astype(int)):
        if n <= len(values):
            p = percentile(values[:n], PROBABILITIES[0], confidence)
            rows.append(
                [n, p.value, values[:n].min() if p.low is None else p.low, p.value if p.high is None else p.high]
            )
    return np.array(rows).reshape(-1, 4)
