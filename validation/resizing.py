"""Real launch vehicles sized again from payload, orbit, engines and propellants alone, everything else fixed on the others.

Known of a vehicle: its payload and orbit; of each stage the propellants, and the engines' number, thrust and specific impulse;
of a solid motor its load, for it is bought whole; diameters and lengths, which enter the drag alone. Not known: loads of liquid
stages, dry masses, the fairing. Dry masses follow the laws of stage_fits, fitted without the vehicle: engines by a published
relation of their thrust, the rest by the load; the fairing a power law of the payload, likewise. The size is closed by the loop
of `osea design` around the vehicle's own ascents, under the rules by which the rows of launchers fly (adapter, reserve, full
thrust), for the least lift-off mass. A vehicle that does not close has no
number, and counts as worse than any in the median over all.

``python -m osea_rocket.validation.resizing [NAME...]`` prints the table, or every turn of some vehicles. Rows are kept as they
come (kept_rows), so that what was stopped goes on.
"""

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from ..core.earth import SEA_LEVEL_PRESSURE
from ..core.errors import ImpossibleError, InputError, OseaError, UndecidedError
from ..core.progress import Progress
from ..propulsion.engine_map import EngineMap
from ..studies.sizing.closing import SizingIteration, as_line, close_size
from ..studies.sizing.document import SizeRules
from ..studies.sizing.losses import first_guess
from ..studies.sizing.point import EXPENDED, Point, SizingModel, StageSize
from ..trajectory.flight_plan import flight_plan
from .comparison import Comparison
from .kept_rows import KeptRows
from .launcher_rows import Flight, adapter, complete_rows, flight_of, table, thrust, unburned, with_reserve
from .launchers import full_thrust
from .stage_fits import ENGINES, EngineLaw, PowerLaw, class_of, engines_mass, fit, fit_beside_engines

GROUP = "Real vehicles sized again"
GOAL = 0.20
FIRST_BURN, UPPER_BURN = 150.0, 400.0  # s: where the search for loads begins, from the engines' flows
STARTS = (
    (1.0, 1.0),
    (0.5, 0.5),
    (2.0, 2.0),
    (0.5, 2.0),
    (2.0, 0.5),
)  # factors on the first loads of lower and upper stages
LEAST_LIFT_OFF = 1.01
"""Thrust over weight: it must leave the pad, nothing more. With the 1.15 of first use three vehicles more had no solution."""
BURN_OUT = "6 g_0"
"""The most at a stage's burn-out: satellites are built for about that (users' guides of Falcon 9, Atlas V and Delta IV;
recalled), and of the table's vehicles none exceeds it at full thrust but those that throttle (Falcon Heavy, Delta IV Heavy,
Atlas V). Nothing else keeps the lightest vehicle for given engines from leaving the pad at twice its weight and burning out at
10 g. Rows with a throttle schedule are free of it."""
CLOSED = 0.005
"""Of lift-off mass and payload, from one turn to the next: a fortieth of the goal."""
MESH = 1e-3  # as in the loop of `osea design`
_ITERATIONS = 400  # flights that succeed take 15 to 60, the first of a vehicle up to 220
_UNLIMITED = 1e5  # s: no time ends a solve, so that a vehicle ends alike on any machine


class ResizingModel(SizingModel):
    """The sizing model with dry masses by power laws, by stage name; top: mass of the fairing [kg]."""

    def __init__(
        self, flight: Flight, row: dict[str, Any], laws: dict[str, PowerLaw | EngineLaw], fairing: float
    ) -> None:
        core = {s.name for s in flight.vehicle.stages}
        self.solid = {s["name"] for s in row["stages"] if s["propellants"].startswith("solid")}
        self.laws, self.fairing = laws, fairing
        self.rows = {s["name"]: s for s in row["stages"]}
        names = [*core, *(g.stage.name for g in flight.vehicle.boosters)]
        rules = SizeRules.model_validate(
            {
                "payload": _in_orbit(row),
                "lift_off_thrust_to_weight": {"lower": LEAST_LIFT_OFF, "upper": 9.0},
                "upper_thrust_to_weight": {"lower": 1e-4, "upper": 9.0},
                "burn_out_acceleration": None if "throttle" in row.get("flight", {}) else BURN_OUT,
                "tolerance": CLOSED,
                "fineness": 60.0,
                "stages": [{"stage": n} for n in names if n not in self.solid],
            }
        )
        ignition = float(row.get("flight", {}).get("core_ignition_s", 0.0))
        super().__init__(flight.vehicle, rules, flight.maps, SEA_LEVEL_PRESSURE, ignition)

    def _dry(self, name: str, size: StageSize, gross: float) -> float:
        return self.laws[name].mass(size.propellant)

    def _top(self) -> float:
        return self.fairing

    def _fairing_gone(self, name: str) -> float:
        return self.fairing if [s.name for s in self.vehicle.stages].index(name) >= 1 else 0.0

    def _flow(self, name: str, size: StageSize) -> float:
        engine = self.maps[name]
        if isinstance(engine, EngineMap):
            return float(engine.mass_flow[-1])
        return size.propellant / engine.burn_time

    def usable(self, name: str, size: StageSize) -> float:
        """All of a solid motor's load; of a liquid stage's what residual and reserve leave."""
        return size.propellant - unburned(self.rows[name] | {"propellant_mass_kg": size.propellant})


def _in_orbit(row: dict[str, Any]) -> float:
    """What the last stage must bring to the orbit [kg]: the payload and its adapter."""
    return float(row["payload"]["kg"]) + adapter(float(row["payload"]["kg"]))


@dataclass(frozen=True)
class Resized:
    """One vehicle. ours, real: lift-off mass, published payload in both [kg]; dry, real_dry: of all stages [kg]; scatter: of
    the laws, weighed by dry mass. error: why there is no number."""

    name: str
    ours: float | None = None
    real: float = 0.0
    dry: float = 0.0
    real_dry: float = 0.0
    scatter: float = 0.0
    ascents: int = 0
    error: str = ""


@cache
def _rows() -> tuple[dict[str, Any], ...]:
    """The complete rows whose stages all have a class."""
    return tuple(r for r in complete_rows() if all(class_of(s["propellants"]) for s in r["stages"]))


def _size(stage: dict[str, Any], load: float) -> StageSize:
    return StageSize(load, float(stage["diameter_m"]), 1.0, 1.0, EXPENDED, 1.0)


def _start(model: ResizingModel, name: str, lowest: str, lower: float, upper: float) -> StageSize:
    """A stage at the start of a search: its load from its engines' flow and a usual burn time."""
    row = model.rows[name]
    load = float(row["propellant_mass_kg"])
    if name not in model.solid:
        first = name == lowest or row["role"] == "strap-on"
        load = model._flow(name, _size(row, 0.0)) * (FIRST_BURN * lower if first else UPPER_BURN * upper)
    return _size(row, load)


def fairing_law(without: str) -> PowerLaw:
    """Fairing mass from the payload, through the vehicles with a fairing mass in the table but one."""
    known = [r for r in _rows() if r["name"] != without and r["fairing"]["mass_kg"]]
    x = np.log([float(r["payload"]["kg"]) for r in known])
    y = np.log([float(r["fairing"]["mass_kg"]) for r in known])
    slope, constant = np.polyfit(x, y, 1)
    scatter = float(np.std(y - slope * x - constant))
    ends = float(np.exp(x.min())), float(np.exp(x.max()))
    return PowerLaw(float(np.exp(constant)), float(slope), scatter, *ends, tuple(r["name"] for r in known))


def _law(stage: dict[str, Any], vehicle: str) -> PowerLaw | EngineLaw:
    """Of a stage's dry mass, fitted without the vehicle: beside its engines, of a solid motor by its load."""
    kind = str(class_of(stage["propellants"]))
    if kind not in ENGINES:
        return fit(kind, without=[vehicle])
    return fit_beside_engines(kind, engines_mass(stage), without=[vehicle])


def model_of(row: dict[str, Any]) -> tuple[ResizingModel, list[Point]]:
    """The model of a row without its own masses, and where the search for its loads begins."""
    flight, payload = flight_of(row), float(row["payload"]["kg"])
    laws = {s["name"]: _law(s, row["name"]) for s in row["stages"]}
    model = ResizingModel(flight, row, laws, fairing_law(row["name"]).mass(payload))
    lowest = flight.vehicle.stages[0].name
    starts = [
        Point({n: _start(model, n, lowest, lower, upper) for n in model.rows}, _in_orbit(row))
        for lower, upper in STARTS
    ]
    return model, starts


def row_of(model: ResizingModel, row: dict[str, Any], point: Point) -> dict[str, Any]:
    """The row with the masses of a point; its engines as they are."""
    dry = model.weigh(point).dry
    stages = []
    for stage in row["stages"]:
        name = stage["name"]
        new = {k: v for k, v in stage.items() if k not in ("adapter_above_kg", "burn_time_s") or name in model.solid}
        new |= {"dry_mass_kg": dry[name], "propellant_mass_kg": point.sizes[name].propellant}
        if name not in model.solid:
            new["thrust_vacuum_N"] = thrust(stage)
            if "thrust_sea_level_N" in stage:
                share = stage["thrust_sea_level_N"] / stage["thrust_vacuum_N"]
                new["thrust_sea_level_N"] = share * new["thrust_vacuum_N"]
        stages.append(new)
    return row | {"stages": stages, "fairing": row["fairing"] | {"mass_kg": model.fairing}}


class _Flights:
    """The ascents of one vehicle's sizes, each from the one before."""

    def __init__(self, model: ResizingModel, row: dict[str, Any]) -> None:
        self.model, self.row = model, row
        self.like: Any = None
        self.coasts = row.get("flight", {}).get("last_stage_burns", 1) > 1

    def __call__(self, point: Point) -> float:
        """Payload and adapter [kg] that a size carries."""
        row = row_of(self.model, self.row, point)
        if self.coasts:
            try:
                return self._fly(row)
            except UndecidedError:
                # a flight without the coast is one of those with it, as in launchers; once for all, or sizes that are close would
                # differ by how they are flown
                self.coasts = False
        return self._fly(row | {"flight": {k: v for k, v in row.get("flight", {}).items() if k != "last_stage_burns"}})

    def _fly(self, row: dict[str, Any]) -> float:
        from ..trajectory.ascent import OPTIONS, solve_ascent  # CasADi is slow to import

        flight = flight_of(row)
        try:
            plan = full_thrust(with_reserve(flight_plan(flight.vehicle, flight.mission, flight.maps), flight.mission))
        except InputError as error:  # of this size: a core that is empty before its strap-ons leave
            raise ImpossibleError(error.message) from None
        solved = solve_ascent(
            plan,
            flight.mission,
            mesh_tolerance=MESH,
            options=replace(OPTIONS, max_time=_UNLIMITED, max_iterations=_ITERATIONS, explain=False),
            time_limit=_UNLIMITED,
            like=self.like,
            fly=False,
        )
        self.like = solved.solution
        return solved.payload_mass


def resize(name: str, tell: Callable[[SizingIteration], None] | None = None) -> Resized:
    """Size one vehicle again."""
    row = next(r for r in _rows() if r["name"] == name)
    counts = {s["name"]: s["count"] for s in row["stages"]}
    fairing = flight_of(row).vehicle.fairing
    real_dry = sum(s["count"] * float(s["dry_mass_kg"]) for s in row["stages"])
    real = real_dry + sum(s["count"] * float(s["propellant_mass_kg"]) for s in row["stages"])
    real += (fairing.mass if fairing is not None else 0.0) + float(row["payload"]["kg"])
    model, starts = model_of(row)
    mission = flight_of(row).mission
    try:
        closed = close_size(model, starts, first_guess(mission), _Flights(model, row), tell=tell)
    except OseaError as error:
        return Resized(name, real=real, real_dry=real_dry, error=error.message)
    weighed = model.weigh(closed.point)
    dry = sum(counts[n] * m for n, m in weighed.dry.items())
    scatter = sum(counts[n] * m * model.laws[n].scatter for n, m in weighed.dry.items()) / dry
    ours = weighed.liftoff - adapter(float(row["payload"]["kg"]))
    return Resized(name, ours, real, dry, real_dry, scatter, ascents=closed.ascents)


KEPT = KeptRows(
    "resizing",
    (
        "core", "propulsion", "vehicle", "trajectory", "studies/sizing", "validation/resizing.py", "validation/stage_fits.py",
        "validation/launcher_rows.py", "validation/launchers.py", "validation/data/launchers.yaml",
    ),
)  # fmt: skip


def resize_all(progress: Progress | None = None) -> dict[str, Resized]:
    """Every vehicle, each told and kept as it is done; one kept from the same sources is not made again."""
    progress = progress or Progress()
    names = [r["name"] for r in _rows()]
    for name, row in KEPT.all().items():
        if name in names:
            progress.note(f"kept: {as_sentence(Resized(**row))}")
    rows = KEPT.complete(
        names, resize, lambda count, row: progress.note(f"{count} of {len(names)}: {as_sentence(Resized(**row))}")
    )
    return {name: Resized(**row) for name, row in rows.items()}


def as_sentence(got: Resized) -> str:
    """One vehicle for the terminal."""
    if got.ours is None:
        return f"{got.name}: {got.error}"
    return (
        f"{got.name}: lift-off {got.ours / 1000:.1f} t ({got.ours / got.real - 1:+.1%}), dry {got.dry / 1000:.1f} t "
        f"({got.dry / got.real_dry - 1:+.1%}, scatter {got.scatter:.0%}), {got.ascents} ascents"
    )


def comparisons(progress: Progress | None = None) -> list[Comparison]:
    """Every vehicle, those with incomplete data too, and the median errors against the goal."""
    rows, errors, names = [], [], [r["name"] for r in _rows()]
    sizes = resize_all(progress)
    for name in names:
        got = sizes[name]
        errors.append(float("inf") if got.ours is None else abs(got.ours / got.real - 1))
        note = ""
        if got.ours is not None and abs(got.dry / got.real_dry - 1) > got.scatter:
            note = f"{got.name}: dry mass outside the laws' scatter of {got.scatter:.0%}"
        dry = got.dry if got.ours is not None else None
        rows += [
            Comparison(
                GROUP, f"{got.name}, lift-off mass", "kg", got.real, "reference table: stages, fairing, payload", "secondary",
                ours=got.ours, tolerance=GOAL * got.real, kind="shown", digits=4, real=True,
                note="" if got.ours is not None else f"{got.name}: {got.error}",
            ),
            Comparison(
                GROUP, f"{got.name}, dry mass of all stages", "kg", got.real_dry, "reference table", "secondary", ours=dry,
                kind="shown", digits=4, real=True, note=note,
            ),
        ]  # fmt: skip
    sized = {r["name"] for r in _rows()}
    for row in table()["vehicles"]:
        if row["name"] not in sized:
            why = row.get("incomplete") or "a stage's propellants are of no class with enough stages for a fit"
            note = f"{row['name']}: {why}"
            rows.append(
                Comparison(
                    GROUP,
                    f"{row['name']}: not sized",
                    "1",
                    None,
                    "reference table",
                    "secondary",
                    kind="shown",
                    note=note,
                )
            )
    with_number = [e for e in errors if e < float("inf")]
    everyone = float(np.median(errors))
    why = (
        f"{len(errors) - len(with_number)} of {len(errors)} do not close and count as worse than any; what stands in the way is "
        "told with each. Engines keep their number and thrust, so that a law heavier than a vehicle's stages may leave nothing "
        "that both lifts off and makes the orbit."
    )
    rows += [
        Comparison(
            GROUP, f"median error of the lift-off mass over all {len(errors)} complete vehicles", "1", GOAL, "own bound", "read",
            ours=everyone, kind="at most", digits=3, note=why,
        ),
        Comparison(
            GROUP, f"median error of the lift-off mass over the {len(with_number)} that have a size", "1", GOAL, "own bound",
            "read", ours=float(np.median(with_number)), kind="shown", digits=3,
        ),
    ]  # fmt: skip
    return rows


class _Said(Progress):
    """Notes on the terminal."""

    def note(self, text: str) -> None:
        """One line."""
        print(text, flush=True)


if __name__ == "__main__":
    for asked in sys.argv[1:]:
        one = resize(asked, tell=lambda row: print(as_line(row), flush=True))
        KEPT.put(asdict(one))
        print(as_sentence(one))
    for line in comparisons(_Said()) if not sys.argv[1:] else ():
        ours = "-" if line.ours is None else f"{line.ours:.4g}"
        print(
            f"{line.quantity:75} {ours:>10} {'' if line.published is None else f'{line.published:.4g}':>10} {line.note}"
        )
