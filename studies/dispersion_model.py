"""A dispersion study as numbers: what is drawn, and what a draw makes of the vector that the compiled flight reads.

The model holds arrays only, so that it travels to worker processes whole; building it (the optimum, the engines, the
responses) is done once, by the parent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..core.distribution import Distribution, Uncertain
from ..core.errors import InputError, OseaError
from ..core.numeric import table
from ..core.progress import Progress
from ..core.variant import with_fields
from ..propulsion.performance import EnginePerformance
from ..trajectory.dispersion import importance
from ..trajectory.dispersion.point_mass import fly_many, outcomes
from ..trajectory.dispersion.profiles import (
    air_changes,
    air_nodes,
    packed_coefficients,
    retabulated,
    shapes,
    table_positions,
    wind_nodes,
)
from ..trajectory.dispersion.program import Program, Reference, program, reference
from ..trajectory.dispersion.program_layout import FAILURE, FAILURES, OUTCOME_SIZE, A, H
from ..trajectory.dispersion.reliability import Failure
from ..trajectory.dispersion.sampling import combined, correlated, unit_points
from ..trajectory.environment.atmosphere import Atmosphere
from ..trajectory.environment.wind import Wind, calm, wind_profile
from ..trajectory.flight_plan import flight_plan
from ..trajectory.motion import PhaseModel
from ..trajectory.segment import FlightPlan
from ..vehicle.vehicle import Vehicle
from .ascend import FlownAscent, ascend, engines_of
from .dispersion import AirProcess, DispersionStudy, WindProcess, carried
from .dispersion_response import JOINT_DRAWS, Response, response
from .documents import Study

More = Callable[[Vehicle, FlightPlan], np.ndarray]
NAVIGATION = ("x", "y", "z")
AIR_TABLES = (A.log_density, A.log_pressure, A.speed_of_sound)  # of the motion; no force asks for the temperature


class Moving(NamedTuple):
    """The mean wind and air on the nodes of the dispersed ones; None: the plan's own."""

    wind: Wind | None
    atmosphere: Atmosphere | None


@dataclass(frozen=True)
class Quantity:
    """An uncertain value: its name, the fields it sets, its distribution for each field (one draw moves all), and its
    unit."""

    name: str
    fields: tuple[str, ...]
    distributions: tuple[Distribution, ...]


@dataclass(frozen=True)
class Group:
    """Columns of the unit cube that belong together in a Sobol' index."""

    name: str
    columns: tuple[int, ...]


class Fall(NamedTuple):
    """A body that leaves at a segment's begin and falls through the air; model: whose air and wind."""

    segment: int
    name: str
    coefficient: Distribution
    model: PhaseModel


@dataclass(frozen=True)
class Draw:
    """What runs are given: inputs (n, k) under `DispersionModel.input_names`, numbers (n, m) at the model's positions,
    weights (n,), failed (n, events) and when."""

    inputs: np.ndarray
    numbers: np.ndarray
    weights: np.ndarray
    failed: np.ndarray


@dataclass(frozen=True)
class DispersionModel:
    """Everything that a worker needs. Columns of a point of the unit cube: quantities, flight, navigation, wind, air,
    failures."""

    program: Program
    quantities: tuple[Quantity, ...]
    correlation: np.ndarray
    response: Response
    flight: tuple[tuple[str, Distribution], ...]
    navigation: tuple[tuple[str, Distribution], ...]
    wind: np.ndarray  # (shapes, coefficients) each of east and of north; (members, 2 coefficients) of an ensemble
    wind_kind: str
    wind_positions: np.ndarray
    air: np.ndarray
    air_positions: np.ndarray
    failures: tuple[Failure, ...]
    drops: tuple[tuple[int, str], ...]  # segments at whose begin something is left behind, and what
    falls: tuple[Fall, ...]

    outcome_size = OUTCOME_SIZE
    chunk = 250  # runs that one worker flies in a go: some tenths of a second

    @property
    def dimensions(self) -> int:
        """Of the unit cube."""
        return sum(len(g.columns) for g in self.groups)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Columns by what they belong to."""
        found, at = [], 0

        def take(name: str, count: int) -> None:
            nonlocal at
            if count:
                found.append(Group(name, tuple(range(at, at + count))))
                at += count

        for quantity in self.quantities:
            take(quantity.name, 1)
        for name, _ in self.flight:
            take(name.replace("_", " "), 1)
        for name, _ in self.navigation:
            take(name.replace("_", " "), 3)
        take("wind", {"": 0, "ensemble": 1}.get(self.wind_kind, 2 * len(self.wind)))
        take("atmosphere", len(self.air))
        for failure in self.failures:
            take(failure.name, 2)
        for fall in self.falls:
            take(fall.name, 1)
        return tuple(found)

    @property
    def input_names(self) -> tuple[str, ...]:
        """Of the columns of `Draw.inputs`."""
        names = [q.name for q in self.quantities] + [n.replace("_", " ") for n, _ in self.flight]
        names += [f"{n.replace('_', ' ')} {axis}" for n, _ in self.navigation for axis in NAVIGATION]
        if self.wind_kind == "ensemble":
            names.append("wind profile")
        else:
            names += [f"wind {way} {k + 1}" for way in ("east", "north") for k in range(len(self.wind))]
        names += [f"air temperature {k + 1}" for k in range(len(self.air))]
        names += [f"{f.name} ballistic coefficient" for f in self.falls]
        return tuple(names)

    @cached_property
    def positions(self) -> np.ndarray:
        """Of the numbers that differ from run to run, each once."""
        return np.unique(np.concatenate(self._parts()))

    def _parts(self) -> list[np.ndarray]:
        head = [H.pitch_bias, H.yaw_bias, H.cutoff_delay, *range(H.position_x, H.velocity_z + 1)]
        failures = H.failures + np.arange(FAILURES * FAILURE)
        return [
            self.response.positions,
            self.program.drag,
            np.array(head),
            self.wind_positions,
            self.air_positions,
            failures,
        ]

    def draw(self, points: np.ndarray) -> Draw:
        """What points (n, dimensions) of the unit cube stand for."""
        n, base = len(points), self.program.numbers
        columns = iter(
            np.split(points, np.cumsum([len(self.quantities), len(self.flight), 3 * len(self.navigation)]), axis=1)
        )
        shared, flight, navigation, rest = columns
        if len(self.quantities):
            shared = (
                correlated(shared, self.correlation)
                if not np.array_equal(self.correlation, np.eye(len(shared.T)))
                else shared
            )
        values = _quantiles([q.distributions[0] for q in self.quantities], shared)
        positions = self.positions
        numbers = np.tile(base[positions], (n, 1))

        def put(where: np.ndarray | int, what: np.ndarray) -> None:
            numbers[:, np.searchsorted(positions, where)] = what

        put(self.response.positions, self.response.numbers(values))
        inflight = _quantiles([d for _, d in self.flight], flight)
        for (name, _), column in zip(self.flight, inflight.T, strict=True):
            if name == "drag":
                at = np.searchsorted(positions, self.program.drag)
                numbers[:, at] *= column[:, None]
            else:
                put(getattr(H, name), column)
        knowledge = _quantiles([d for _, d in self.navigation for _ in NAVIGATION], navigation)
        for k, (name, _) in enumerate(self.navigation):
            first = H.position_x if name == "position_knowledge" else H.velocity_x
            put(np.arange(first, first + 3), knowledge[:, 3 * k : 3 * k + 3])
        recorded, rest = self._winds(rest, numbers, positions)
        air, rest = self._airs(rest, numbers, positions)
        failed, times, weights = self._failures(rest, n)
        blocks = np.zeros((n, FAILURES, FAILURE))
        blocks[:, :, 0] = -1.0
        for k, failure in enumerate(self.failures):
            blocks[:, k, 0] = np.where(failed[:, k], failure.stage, -1)
            blocks[:, k, 1], blocks[:, k, 2] = times[:, k], failure.lost
        put(H.failures + np.arange(FAILURES * FAILURE), blocks.reshape(n, -1))
        falling = _quantiles([f.coefficient for f in self.falls], rest[:, 2 * len(self.failures) :])
        inputs = np.column_stack([values, inflight, knowledge, recorded, air, falling])
        return Draw(inputs, numbers, weights, np.where(failed, times, np.nan))

    def _winds(self, points: np.ndarray, numbers: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        from scipy.special import ndtri

        n, at = len(points), np.searchsorted(positions, self.wind_positions)
        if self.wind_kind == "ensemble":
            member = np.minimum((points[:, 0] * len(self.wind)).astype(int), len(self.wind) - 1)
            numbers[:, at] = self.wind[member]
            return member[:, None].astype(float), points[:, 1:]
        count = len(self.wind)
        if not count:
            return np.zeros((n, 0)), points
        scores = ndtri(points[:, : 2 * count])
        half = len(at) // 2
        numbers[:, at[:half]] += combined(scores[:, :count], self.wind)
        numbers[:, at[half:]] += combined(scores[:, count:], self.wind)
        return scores, points[:, 2 * count :]

    def _airs(self, points: np.ndarray, numbers: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        from scipy.special import ndtri

        count = len(self.air)
        if not count:
            return np.zeros((len(points), 0)), points
        scores = ndtri(points[:, :count])
        numbers[:, np.searchsorted(positions, self.air_positions)] += combined(scores, self.air)
        return scores, points[:, count:]

    def _failures(self, points: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        failed, times = np.zeros((n, len(self.failures)), bool), np.zeros((n, len(self.failures)))
        for k, failure in enumerate(self.failures):
            failed[:, k] = failure.happens(points[:, 2 * k])
            times[:, k] = failure.times(points[:, 2 * k + 1])
        true = np.array([f.true_probability for f in self.failures])
        drawn = np.array([f.drawn_probability for f in self.failures])
        return failed, times, importance.weights(failed, true, drawn) if self.failures else np.ones(n)

    def fly(self, draw: Draw, first: int = 0) -> np.ndarray:
        """Outcomes (n, OUTCOME_SIZE) of the point mass. first: number of the first run, for what a model draws by it."""
        out = outcomes(len(draw.numbers))
        made = self.program
        numbers = np.ascontiguousarray(draw.numbers)
        fly_many(made.numbers, self.positions, numbers, made.flight, made.plans, made.payload_at, out)
        return out

    def more(self, out: np.ndarray) -> dict[str, np.ndarray]:
        """Columns that only this model has, of its outcomes."""
        return {}

    def whole(self, draw: Draw, run: int = 0) -> np.ndarray:
        """The vector of one run."""
        numbers = self.program.numbers.copy()
        numbers[self.positions] = draw.numbers[run]
        return numbers


def _quantiles(distributions: Sequence[Distribution], points: np.ndarray) -> np.ndarray:
    return np.column_stack(
        [np.zeros((len(points), 0)), *(d.quantile(u) for d, u in zip(distributions, points.T, strict=True))]
    )


@dataclass(frozen=True)
class BuiltDispersion:
    """The model with what it was built from; `exact` builds the numbers of any values of the quantities anew."""

    study: DispersionStudy
    flown: FlownAscent
    nominal: Reference
    air: Moving
    model: DispersionModel
    more: More | None = None

    def exact(self, values: np.ndarray) -> np.ndarray:
        """The kernel's numbers for values of the quantities' first fields, all documents validated and every model built
        again."""
        quantities = self.model.quantities
        return _build(self.flown.study, self.flown, self.nominal, self.air, quantities, values, {}, self.more).numbers


def quantities_of(dispersion: DispersionStudy) -> tuple[Quantity, ...]:
    """Those of the document, and those that the study's own files carry. Raises InputError where one field scatters
    twice."""
    found = [Quantity(q.label, q.fields, q.distributions(dispersion.study)) for q in dispersion.quantities]
    taken = {path: q.name for q in found for path in q.fields}
    names = {q.name for q in found}
    for paths, value in carried(dispersion.study):
        for path in paths:
            if path in taken:
                raise InputError(
                    f"'{path}' carries a distribution in its own file and scatters with '{taken[path]}' too; leave one out",
                    where=dispersion.where("quantities"),
                )
        name = _name_of(paths[0], names)
        names.add(name)
        found.append(Quantity(name, paths, (value.distribution,) * len(paths)))
    return tuple(found)


def _name_of(path: str, taken: set[str]) -> str:
    parts = path.split(".")
    for count in range(2, len(parts) + 1):
        name = " ".join(parts[-count:]).replace("_", " ")
        if name not in taken:
            return name
    return path


def build_dispersion(
    dispersion: DispersionStudy, progress: Progress | None = None, *, more: More | None = None
) -> BuiltDispersion:
    """Solve the nominal ascent and build the model. more: numbers (k,) of a vehicle and its plan that are to answer to the
    uncertain values too; they stand at the end of the program's.

    Raises InputError for a quantity that is not in the study, and for one whose 3σ ends the documents refuse, naming it.
    """
    progress = progress or Progress()
    study, quantities = dispersion.flown_study(), quantities_of(dispersion)
    if not (
        quantities
        or dispersion.wind
        or dispersion.wind_ensemble
        or dispersion.atmosphere
        or dispersion.failures
        or _of_flight(dispersion) != ((), ())
    ):
        raise InputError(
            "nothing is uncertain: let values of the study carry distributions ('31.0 kN ± 1 % (3σ)'), or give a document "
            f"{DispersionStudy.schema_id} with 'quantities', 'flight', 'wind' …",
            where=dispersion.where("study"),
        )
    with progress.step("nominal ascent"):
        flown = ascend(study)
        nominal = reference(flown.solved)
    wind, kind, shape = _wind(dispersion, flown)
    atmosphere, air_shapes = _air(dispersion, flown)
    air = Moving(wind, atmosphere)
    with progress.step("responses"):
        engines: dict[str, EnginePerformance] = {}
        count = 2 * len(quantities) + JOINT_DRAWS + 1
        built = iter(range(1, count + 1))

        def build(values: np.ndarray) -> np.ndarray:
            progress.note(f"model {next(built, count)} of {count}")
            return _build(study, flown, nominal, air, quantities, values, engines, more).numbers

        points = unit_points("latin-hypercube", JOINT_DRAWS, len(quantities), dispersion.seed)
        distributions = [q.distributions[0] for q in quantities]
        answer = response(build, distributions, _quantiles(distributions, points))
        made = _program(study, flown.plan, nominal, air, more)
    flight, navigation = _of_flight(dispersion)
    model = DispersionModel(
        program=made,
        quantities=quantities,
        correlation=_whole_correlation(dispersion, len(quantities)),
        response=answer,
        flight=flight,
        navigation=navigation,
        wind=shape,
        wind_kind=kind,
        wind_positions=_of_tables(made, A.wind_east, A.wind_north) if kind else np.zeros(0, int),
        air=air_shapes,
        air_positions=_of_tables(made, *AIR_TABLES) if len(air_shapes) else np.zeros(0, int),
        failures=_failure_laws(dispersion, flown, point_mass=more is None),
        drops=tuple(
            (k, s.dropped_name) for k, s in enumerate(flown.plan.segments[: nominal.payload_at + 1]) if s.drops and k
        ),
        falls=_falls(dispersion, flown, nominal.payload_at),
    )
    return BuiltDispersion(dispersion, flown, nominal, air, model, more)


def _build(
    study: Study,
    flown: FlownAscent,
    nominal: Reference,
    air: Moving,
    quantities: Sequence[Quantity],
    values: np.ndarray,
    engines: dict[str, EnginePerformance],
    more: More | None,
) -> Program:
    changes = {}
    for quantity, value in zip(quantities, values, strict=True):
        first = quantity.distributions[0]
        for path, own in zip(quantity.fields, quantity.distributions, strict=True):
            if value != first.nominal:
                changes[path] = _alike(value, first, own)
    try:
        variant = with_fields(study, changes) if changes else study
        _, maps = engines_of(variant.vehicle, known=engines)
        plan = flight_plan(variant.vehicle, variant.mission, maps)
        return _program(variant, plan, nominal, air, more)
    except OseaError as error:
        told = "; ".join(f"{path} = {value:.6g}" for path, value in changes.items())
        raise InputError(
            f"the study does not hold a value that its distribution reaches ({told}, SI): {error.message}"
        ) from None


def _program(study: Study, plan: FlightPlan, nominal: Reference, air: Moving, more: More | None) -> Program:
    made = program(plan, study.vehicle, study.mission, nominal, *air)
    if more is None:
        return made
    return replace(made, numbers=np.concatenate([made.numbers, more(study.vehicle, plan)]))


def _alike(value: float, first: Distribution, own: Distribution) -> float:
    """What a draw of the first field's distribution is of another one's: as many spreads away from the nominal value."""
    if first is own:
        return value
    if first.nominal and own.nominal and first.kind != "table":
        relative = value / first.nominal - 1.0
        if np.isclose(first.deviation * own.nominal, own.deviation * first.nominal, rtol=1e-9, atol=0.0):
            return own.nominal * (1.0 + relative)
    low, high = (float(d) for d in first.quantile(np.array([1e-9, 1.0 - 1e-9])))
    low_own, high_own = (float(d) for d in own.quantile(np.array([1e-9, 1.0 - 1e-9])))
    if value >= first.nominal:
        share = (value - first.nominal) / (high - first.nominal) if high > first.nominal else 0.0
        return own.nominal + share * (high_own - own.nominal)
    share = (value - first.nominal) / (low - first.nominal) if low < first.nominal else 0.0
    return own.nominal + share * (low_own - own.nominal)


def _of_flight(
    dispersion: DispersionStudy,
) -> tuple[tuple[tuple[str, Distribution], ...], tuple[tuple[str, Distribution], ...]]:
    """(flight, navigation): what of the document's `flight` carries a distribution."""
    found = [
        (name, value.distribution)
        for name in type(dispersion.flight).model_fields
        if isinstance(value := getattr(dispersion.flight, name), Uncertain)
    ]
    navigation = ("position_knowledge", "velocity_knowledge")
    return tuple(f for f in found if f[0] not in navigation), tuple(f for f in found if f[0] in navigation)


def _wind(dispersion: DispersionStudy, flown: FlownAscent) -> tuple[Wind | None, str, np.ndarray]:
    """(the mean wind on the nodes of the dispersed one, its kind, what a draw adds or, of an ensemble, puts)."""
    mean = flown.plan.segments[0].model.wind
    if dispersion.wind is not None:
        nodes, found = wind_process(dispersion.wind, mean)
        return retabulated(mean, nodes), "process", np.array([packed_coefficients(table(nodes, s)) for s in found])
    if dispersion.wind_ensemble is not None:
        members = dispersion.wind_ensemble.members()
        nodes = wind_nodes(calm(), max(float(altitude[-1]) for altitude, _, _ in members))
        winds = [retabulated(wind_profile(*member), nodes) for member in members]
        packed = [np.concatenate([packed_coefficients(w.east), packed_coefficients(w.north)]) for w in winds]
        return retabulated(mean, nodes), "ensemble", np.array(packed)
    return None, "", np.zeros((0, 0))


def _air(dispersion: DispersionStudy, flown: FlownAscent) -> tuple[Atmosphere | None, np.ndarray]:
    """(the mean air on the nodes of the dispersed one, what scores add to the coefficients of AIR_TABLES)."""
    if dispersion.atmosphere is None:
        return None, np.zeros((0, 0))
    mean = flown.plan.segments[0].model.atmosphere
    nodes, altitude, found = air_process(dispersion.atmosphere)
    changes = [air_changes(mean, nodes, altitude, shape) for shape in found]
    return retabulated(mean, nodes), np.array(
        [np.concatenate([packed_coefficients(change[t]) for t in AIR_TABLES]) for change in changes]
    )


def wind_process(process: WindProcess, mean: Wind) -> tuple[np.ndarray, np.ndarray]:
    """(altitudes (n,) [m], shapes (k, n) [m/s]) of a random wind about a mean one."""
    nodes = wind_nodes(mean, process.altitude[-1])
    deviation = np.interp(nodes, process.altitude, process.deviation)
    return nodes, shapes(nodes, deviation, process.correlation_length)


def air_process(process: AirProcess) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(altitudes of the dispersed tables, altitudes (n,) [m], relative shapes (k, n) of the temperature there)."""
    altitude = np.arange(process.altitude[0], process.altitude[-1] + 1.0, 1000.0)
    nodes = air_nodes(max(process.altitude[-1] + 10e3, 100e3))
    deviation = np.interp(altitude, process.altitude, process.deviation)
    return nodes, altitude, shapes(altitude, deviation, process.correlation_length)


def _of_tables(made: Program, *tables: int) -> np.ndarray:
    return np.concatenate([table_positions(made.numbers, int(made.flight[t])) for t in tables])


def _whole_correlation(dispersion: DispersionStudy, count: int) -> np.ndarray:
    """The document's correlations, quantities that files carry after them, independent."""
    matrix = np.eye(count)
    own = dispersion.correlation_matrix()
    matrix[: len(own), : len(own)] = own
    return matrix


def _falls(dispersion: DispersionStudy, flown: FlownAscent, last: int) -> tuple[Fall, ...]:
    drops = {s.dropped_name: k for k, s in enumerate(flown.plan.segments[: last + 1]) if s.drops and k}
    found = []
    for i, body in enumerate(dispersion.falling):
        if body.event not in drops:
            raise InputError(
                f"nothing leaves at '{body.event}'; events of this flight: {', '.join(drops) or 'none'}",
                where=dispersion.where(f"falling.{i}.event"),
            )
        value, k = body.ballistic_coefficient, drops[body.event]
        law = (
            value.distribution
            if isinstance(value, Uncertain)
            else Distribution("uniform", value, low=value, high=value)
        )
        found.append(Fall(k, f"{body.event}, through the air", law, flown.plan.segments[k].model))
    return tuple(found)


def _failure_laws(dispersion: DispersionStudy, flown: FlownAscent, *, point_mass: bool) -> tuple[Failure, ...]:
    stages = list(dispersion.study.vehicle.stages)
    if len(dispersion.failures) > FAILURES:
        raise InputError(f"at most {FAILURES} kinds of failure in one dispersion", where=dispersion.where("failures"))
    found = []
    for i, event in enumerate(dispersion.failures):
        index = [s.name for s in stages].index(event.stage)
        burns = [s for s in flown.plan.segments if s.stage == event.stage and s.powered]
        exposure = sum(flown.solved.solution[s.name].duration for s in burns)
        if event.kind == "engine-out" and event.engines > stages[index].engine_count:
            raise InputError(
                f"'{event.stage}' has {stages[index].engine_count} engines, and {event.engines} are to stop",
                where=dispersion.where(f"failures.{i}.engines"),
            )
        if event.kind != "engine-out" and point_mass:
            raise InputError(
                f"a point mass has neither actuators nor sensors, so '{event.name}' would do nothing; fly it with "
                "--model six-dof, or leave it out",
                where=dispersion.where(f"failures.{i}.kind"),
            )
        law = event.weibull
        found.append(
            Failure(
                name=event.name,
                kind=event.kind,
                stage=index,
                units=stages[index].engine_count if event.kind == "engine-out" else 1,
                lost=float(event.engines),
                exposure=float(exposure),
                probability=event.probability,
                shape=None if law is None else law.shape,
                life=None if law is None else law.life,
                drawn=event.drawn,
            )
        )
    return tuple(found)
