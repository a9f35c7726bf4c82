"""The dispersion document (`osea/dispersion/v1`): what is uncertain about a study beyond what its own values carry."""

from typing import Annotated, Literal, Self, get_args

import numpy as np
from pydantic import Field, model_validator

from ..core.distribution import Distribution, Uncertain
from ..core.documents import Count, Document, FieldError, Integer, Module, Reference
from ..core.errors import InputError
from ..core.quantity import SI, ratio
from ..core.variant import value_at, with_fields
from ..trajectory.dispersion.sampling import Method, factor
from ..trajectory.environment.csv_columns import CSV
from .documents import Study

Altitude = Annotated[float, SI("m", ("12 km",), ge=-500.0, le=120e3)]
WindDeviation = Annotated[float, SI("m/s", ("6 m/s",), ge=0.0, le=60.0)]
WindSpeed = Annotated[float, SI("m/s", ("25 m/s",), ge=-300.0, le=300.0)]
Length = Annotated[float, SI("m", ("3 km",), gt=0.0)]
Fraction = Annotated[float, ratio(ge=0.0, le=0.3)]
Probability = Annotated[float, ratio(gt=0.0, lt=1.0)]
SmallAngle = Annotated[float, SI("rad", ("0 deg ± 0.3 deg (3σ)",), gt=-0.3, lt=0.3)]
Time = Annotated[float, SI("s", ("0 s ± 0.02 s (3σ)",), gt=-5.0, lt=5.0)]
Offset = Annotated[float, SI("m", ("0 m ± 100 m (3σ)",), gt=-1e5, lt=1e5)]
SpeedOffset = Annotated[float, SI("m/s", ("0 m/s ± 0.5 m/s (3σ)",), gt=-100.0, lt=100.0)]
Life = Annotated[float, SI("s", ("2e6 s",), gt=0.0)]


class UncertainQuantity(Document):
    """Fields of the study that scatter together: as one draw moves one of them, it moves all.

    spread: what stands behind the nominal value (`± 1 % (3σ)`); factors: a sample, as factors of the nominal value;
    values: a sample of the value itself.
    """

    name: str = ""
    fields: tuple[str, ...] = Field(min_length=1, description="dotted paths in the study")
    spread: str | None = Field(default=None, examples=["± 1 % (3σ)", "± 0.3 kN (1σ, truncated 2.5σ)"])
    factors: tuple[Annotated[float, ratio()], ...] | None = Field(default=None, min_length=2)
    values: tuple[str, ...] | None = Field(default=None, min_length=2, examples=[["310.2 s", "311.4 s"]])

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if sum(form is not None for form in (self.spread, self.factors, self.values)) != 1:
            raise FieldError("spread", "give one of 'spread', 'factors' and 'values'")
        return self

    @property
    def label(self) -> str:
        """Its name, or the first field's last two parts."""
        return self.name or " ".join(self.fields[0].split(".")[-2:]).replace("_", " ")

    def distributions(self, study: Study) -> tuple[Distribution, ...]:
        """One for each field, about the study's nominal values. Raises InputError at the place of what is wrong."""
        return tuple(self._of(study, path, k) for k, path in enumerate(self.fields))

    def _of(self, study: Study, path: str, place: int) -> Distribution:
        try:
            value, marker = value_at(study, path), _marker_at(study, path)
        except InputError as error:
            raise InputError(error.message, where=self.where(f"fields.{place}")) from None
        if value is None or marker is None:
            what = "is not given in the study" if marker is not None else "is not a quantity"
            raise InputError(f"'{path}' {what}, so it cannot scatter", where=self.where(f"fields.{place}"))
        nominal = float(value)
        unit = f" {marker.unit}" if marker.unit else ""
        try:
            if self.spread is not None:
                return marker.uncertain(f"{nominal!r}{unit} {self.spread.strip()}").distribution
            if self.factors is not None:
                sample = tuple(nominal * float(f) for f in self.factors)
            else:
                sample = tuple(float(marker.parse(v, _Nowhere())) for v in self.values or ())  # type: ignore[arg-type]
        except ValueError as error:  # pydantic's own
            name = "spread" if self.spread is not None else "values"
            raise InputError(f"'{path}': {error}", where=self.where(name)) from None
        low = max((marker.bounds[n] for n in ("gt", "ge") if n in marker.bounds), default=-np.inf)
        high = min((marker.bounds[n] for n in ("lt", "le") if n in marker.bounds), default=np.inf)
        if min(sample) < low or max(sample) > high:
            raise InputError(
                f"'{path}': the sample holds a value outside {low:g} to {high:g} in SI units: no such value exists",
                where=self.where("factors" if self.factors is not None else "values"),
            )
        return Distribution("table", nominal, low=min(sample), high=max(sample), values=tuple(sorted(sample)))


class _Nowhere:
    context = None


def _marker_at(study: Document, path: str) -> SI | None:
    """The unit marker of the field at a path; None for what is no quantity."""
    parent, _, name = path.rpartition(".")
    owner = value_at(study, parent) if parent else study
    if isinstance(owner, tuple):  # a list of quantities has one marker for all
        return _marker_at(study, parent)
    info = type(owner).model_fields.get(name)
    return None if info is None else next(_markers((*info.metadata, info.annotation)), None)


def _markers(annotations):
    for annotation in annotations:
        if type(annotation) is SI or (isinstance(annotation, SI) and not annotation.unit):
            yield annotation
        yield from _markers((*getattr(annotation, "__metadata__", ()), *get_args(annotation)))


class FlightUncertainty(Document):
    """What scatters in flight and belongs to no part's document; nominal values are 1 or 0."""

    drag: Annotated[float, ratio(gt=0.0)] = Field(
        default=1.0, examples=["1 ± 10 % (3σ)"], description="factor on the drag"
    )
    pitch_bias: SmallAngle = Field(
        default=0.0, description="of the thrust axis, up: alignment, gimbal and attitude errors together"
    )
    yaw_bias: SmallAngle = Field(default=0.0, description="alike, to the right")
    cutoff_delay: Time = Field(
        default=0.0, description="of the last stage's cut-off after its command; tail-off impulse as a time"
    )
    position_knowledge: Offset = Field(
        default=0.0, description="error of navigation in each inertial component, seen by guidance"
    )
    velocity_knowledge: SpeedOffset = Field(
        default=0.0, description="error of navigation in each inertial component, seen by guidance"
    )


class Correlation(Document):
    """Two quantities of the document that go together; of their normal scores (a Gaussian copula)."""

    between: tuple[str, str] = Field(description="names of two quantities")
    coefficient: Annotated[float, ratio(ge=-1.0, le=1.0)]


class WindEnsemble(Document):
    """Measured wind profiles, one row a point; every profile is as likely as another."""

    profile: tuple[Annotated[float, ratio(ge=0.0)], ...] = Field(
        min_length=2, description="number of the profile, ascending"
    )
    altitude: tuple[Altitude, ...]
    east: tuple[WindSpeed, ...]
    north: tuple[WindSpeed, ...]

    @model_validator(mode="after")
    def _is_an_ensemble(self) -> Self:
        if not len(self.profile) == len(self.altitude) == len(self.east) == len(self.north):
            raise FieldError("altitude", "the columns are not equally long")
        if list(self.profile) != sorted(self.profile):
            raise FieldError("profile", "rows of one profile stand together, their numbers ascending")
        for number in set(self.profile):
            rows = [h for p, h in zip(self.profile, self.altitude, strict=True) if p == number]
            if len(rows) < 2 or sorted(set(rows)) != rows:
                raise FieldError("altitude", f"profile {number:g} has fewer than two altitudes, or they do not ascend")
        return self

    def members(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """(altitude, east, north) of each profile."""
        number = np.array(self.profile)
        columns = [np.array(c) for c in (self.altitude, self.east, self.north)]
        return [tuple(c[number == n] for c in columns) for n in np.unique(number)]  # type: ignore[misc]


class RandomProfile(Document):
    """A normal process over altitude: its standard deviation, and the altitude over which its correlation falls to 1/e."""

    altitude: tuple[Altitude, ...] = Field(min_length=2, description="ascending")
    correlation_length: Length

    @model_validator(mode="after")
    def _ascends(self) -> Self:
        if any(b <= a for a, b in zip(self.altitude, self.altitude[1:], strict=False)):
            raise FieldError("altitude", "altitudes ascend")
        if len(self.deviation) != len(self.altitude):  # type: ignore[attr-defined]
            raise FieldError("deviation", "as many deviations as altitudes")
        return self


class WindProcess(RandomProfile):
    """Deviation of the east and of the north wind from the study's own wind; end values hold."""

    deviation: tuple[WindDeviation, ...] = Field(description="one sigma of each component")


class AirProcess(RandomProfile):
    """Relative deviation of the temperature from the study's air; density and pressure follow. None above the last
    altitude."""

    deviation: tuple[Fraction, ...] = Field(description="one sigma of temperature, relative")


class Weibull(Document):
    """A law of life: R(t) = exp(-(t/life)^shape)."""

    shape: Annotated[float, ratio(gt=0.0, le=20.0)]
    life: Life = Field(description="characteristic life: 63 % have failed by then")


class FailureEvent(Document):
    """Something that may fail, with a probability for each unit over the stage's nominal burn, or a law of its life.

    drawn: probability with which runs are drawn to fail, where the true one is too small to be seen; runs are weighed
    for it.
    """

    name: str = Field(min_length=1)
    kind: Literal["engine-out", "stuck-actuator", "sensor-loss"]
    stage: str
    engines: Count = Field(default=1, description="how many stop with the first that fails")
    probability: Probability | None = Field(default=None, description="of one engine over its burn")
    weibull: Weibull | None = None
    drawn: Probability | None = None

    @model_validator(mode="after")
    def _one_law(self) -> Self:
        if (self.probability is None) == (self.weibull is None):
            raise FieldError("probability", "give one of 'probability' and 'weibull'")
        return self


class Canopy(Document):
    """A parachute under which a body comes down, fully open at once below an altitude."""

    opening_altitude: Altitude
    ballistic_coefficient: Annotated[float, SI("kg/m^2", ("6 kg/m^2",), gt=0.1, le=1000.0)] = Field(
        description="mass over drag coefficient times area, with the canopy"
    )


class FallingBody(Document):
    """What leaves at an event and falls through the air: its footprint."""

    event: str = Field(min_length=1, description="as the flight names it: 'first stage separation'")
    ballistic_coefficient: Annotated[float, SI("kg/m^2", ("500 kg/m^2 ± 30 % (3σ)",), gt=0.0)] = Field(
        description="mass over drag coefficient times area"
    )
    canopy: Canopy | None = None


class Tolerances(Document):
    """How far from the target an orbit may be and still count: absolute."""

    perigee_altitude: Annotated[float, SI("m", ("10 km",), gt=0.0)] | None = None
    apogee_altitude: Annotated[float, SI("m", ("10 km",), gt=0.0)] | None = None
    inclination: Annotated[float, SI("rad", ("0.1 deg",), gt=0.0)] | None = None


class DispersionStudy(Module, schema="osea/dispersion/v1"):
    """A study and all that is uncertain about its flight; distributions that stand in the study's own files count too."""

    study: Reference[Study]
    payload_mass: Annotated[float, SI("kg", ("20 t",), gt=0.0)] | None = Field(
        default=None, description="flown with least propellant; the study's own objective when absent"
    )
    sampling: Method = "latin-hypercube"
    seed: Integer = Field(default=1, ge=0, le=2**62)
    confidence: Annotated[float, ratio(gt=0.5, lt=1.0)] = 0.9
    quantities: tuple[UncertainQuantity, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    flight: FlightUncertainty = FlightUncertainty()
    wind: WindProcess | None = None
    wind_ensemble: Annotated[WindEnsemble, CSV] | None = Field(
        default=None, description="columns, or a CSV file of them"
    )
    atmosphere: AirProcess | None = None
    failures: tuple[FailureEvent, ...] = ()
    falling: tuple[FallingBody, ...] = Field(
        default=(), description="bodies whose footprints through the air are wanted; impacts in vacuum are there anyway"
    )
    tolerances: Tolerances = Tolerances()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.wind is not None and self.wind_ensemble is not None:
            raise FieldError("wind_ensemble", "there is a random wind already; leave one out")
        names = [q.label for q in self.quantities]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise FieldError(f"quantities.{i}.name", f"two quantities are called '{name}'; give each its own name")
        seen: dict[str, str] = {}
        for i, quantity in enumerate(self.quantities):
            for j, path in enumerate(quantity.fields):
                if path in seen:
                    raise FieldError(f"quantities.{i}.fields.{j}", f"'{path}' scatters already, with '{seen[path]}'")
                seen[path] = quantity.label
        for i, pair in enumerate(self.correlations):
            for name in pair.between:
                if name not in names:
                    raise FieldError(
                        f"correlations.{i}.between",
                        f"there is no quantity '{name}'; known: {', '.join(names) or 'none'}",
                    )
            if pair.between[0] == pair.between[1]:
                raise FieldError(f"correlations.{i}.between", "a quantity is correlated with itself already")
        try:
            factor(self.correlation_matrix())
        except InputError as error:
            raise FieldError("correlations", error.message) from None
        stages = [s.name for s in self.study.vehicle.stages]
        for i, failure in enumerate(self.failures):
            if failure.stage not in stages:
                raise FieldError(
                    f"failures.{i}.stage", f"there is no stage '{failure.stage}'; known: {', '.join(stages)}"
                )
        return self

    def flown_study(self) -> Study:
        """The study with this document's payload, so that what it has not burned is margin."""
        if self.payload_mass is None:
            return self.study
        changes = {"vehicle.payload.mass": self.payload_mass, "mission.objective": "propellant"}
        return with_fields(self.study, changes)

    def correlation_matrix(self) -> np.ndarray:
        """Of the quantities' normal scores, in their order."""
        names = [q.label for q in self.quantities]
        matrix = np.eye(len(names))
        for pair in self.correlations:
            i, j = (names.index(n) for n in pair.between)
            matrix[i, j] = matrix[j, i] = pair.coefficient
        return matrix


def carried(study: Document) -> list[tuple[tuple[str, ...], Uncertain]]:
    """(paths, value) of every value in a study's documents that carries a distribution; a document named twice scatters
    once."""
    found: dict[tuple[int, str], tuple[list[str], Uncertain]] = {}

    def walk(value: object, path: str, owner: int) -> None:
        if isinstance(value, Uncertain):
            name = path.rpartition(".")[2]
            found.setdefault((owner, name), ([], value))[0].append(path)
        elif isinstance(value, Document):
            for name in type(value).model_fields:
                walk(getattr(value, name), f"{path}.{name}" if path else name, id(value))
        elif isinstance(value, tuple):
            for i, item in enumerate(value):
                walk(item, f"{path}.{i}", id(value) if not isinstance(item, Document) else owner)

    walk(study, "", 0)
    return [(tuple(paths), value) for paths, value in found.values()]
