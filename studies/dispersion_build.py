"""A dispersion study as the numbers that fly: the optimum solved, definitions built at the ends of what is uncertain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..core.distribution import Distribution, Uncertain
from ..core.errors import InputError, OseaError
from ..core.numeric import table
from ..core.progress import Progress
from ..core.variant import with_fields
from ..propulsion.performance import EnginePerformance
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
from ..trajectory.dispersion.program_layout import FAILURES, A
from ..trajectory.dispersion.reliability import Failure
from ..trajectory.dispersion.sampling import unit_points
from ..trajectory.environment.atmosphere import Atmosphere
from ..trajectory.environment.wind import Wind, calm, wind_profile
from ..trajectory.flight_plan import flight_plan
from ..trajectory.segment import FlightPlan
from ..vehicle.vehicle import Vehicle
from .ascend import FlownAscent, ascend, engines_of
from .dispersion import AirProcess, DispersionStudy, WindProcess, carried
from .dispersion_loads import along_the_way
from .dispersion_model import AIR_TABLES, DispersionModel, Fall, Quantity, quantiles
from .dispersion_response import JOINT_DRAWS, response
from .documents import Study

More = Callable[[Vehicle, FlightPlan], np.ndarray]


class Moving(NamedTuple):
    """The mean wind and air on the nodes of the dispersed ones; None: the plan's own."""

    wind: Wind | None
    atmosphere: Atmosphere | None


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
        answer = response(build, distributions, quantiles(distributions, points))
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
        along=along_the_way(flown, nominal.payload_at),
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
        canopy = body.canopy
        how = "through the air" if canopy is None else "under a canopy"
        opened = None if canopy is None else (canopy.ballistic_coefficient, canopy.opening_altitude)
        found.append(Fall(k, f"{body.event}, {how}", law, opened))
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
