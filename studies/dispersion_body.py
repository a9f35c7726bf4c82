"""Dispersed flights with six degrees of freedom: a draw as the parameters of the compiled flight, its results as outcomes.

The numbers of `body_numbers` stand at the end of the vector that the point mass flies on, so that they answer to uncertain
values as that vector does, are drawn with it, and are built anew with it for a replay. What scatters in flight has places of
its own: drag, misalignment of every stage's thrust, cut-off, wind to 30 km and density to 120 km. Errors of navigation are
those of the study's sensors, drawn for each run by its number; the document's knowledge of position and velocity is for the
point mass.
"""

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from ..core.numeric import lookup
from ..core.progress import Progress
from ..trajectory.dispersion.along import joint_maxima, states_at
from ..trajectory.dispersion.profiles import air_changes
from ..trajectory.dispersion.program_layout import (
    BODY_LOST,
    EXHAUSTED,
    GROUND,
    LOST,
    MARK,
    NOT_A_NUMBER,
    OUTCOME_SIZE,
    REACHED,
    TIME_OUT,
    O,
)
from ..trajectory.flight.case import Case
from ..trajectory.flight.document import FlightRules
from ..trajectory.flight.kernel import RESULT_NAMES, fly_many
from ..trajectory.flight.layout import (
    DENSITY_NODES,
    DENSITY_SPACING,
    MARK_SIZE,
    PH,
    ST,
    STAGE_SIZE,
    STATUS_DONE,
    STATUS_GROUND,
    STATUS_LOST,
    STATUS_NAN,
    STATUS_TIME,
    WIND_NODES,
    WIND_SPACING,
    H,
    P,
)
from ..trajectory.flight.loop import LOG_COLUMNS, LOG_SIZE
from ..trajectory.flight.sampled import drawn_parameters
from ..trajectory.segment import FlightPlan
from ..vehicle.residuals import propellant_budget
from ..vehicle.vehicle import Vehicle
from .ascend import FlownAscent
from .dispersion import DispersionStudy
from .dispersion_build import BuiltDispersion, air_process, build_dispersion, wind_process
from .dispersion_model import AIR_TABLES, DispersionModel, Draw
from .flight_phases import SHUTDOWN, flight_case
from .steering_table import steering_table

PER_STAGE = ("thrust", "exhaust", "stack", "propellant")
WHOLE = ("strap thrust", "strap exhaust", "strap dry", "strap propellant", "fairing", "drag")
LOG_PERIOD = 0.25  # s: between two looks at the loads of the joints
EMPTY_MARGIN = 2.0  # kg: of usable propellant; a burn that ends with less has run dry
COLUMN = {name: i for i, name in enumerate(LOG_COLUMNS)}
RESULT = {name: i for i, name in enumerate(RESULT_NAMES)}
BODY_STATUS = {
    STATUS_DONE: REACHED, STATUS_NAN: NOT_A_NUMBER, STATUS_LOST: BODY_LOST, STATUS_GROUND: GROUND, STATUS_TIME: TIME_OUT,
}  # fmt: skip
MORE = (
    ("max_attitude_error_rad", "most_attitude_error"), ("max_gimbal_angle_rad", "most_gimbal_angle"),
    ("max_body_rate_rad_s", "most_body_rate"), ("gimbal_saturated_time_s", "gimbal_saturated_time"),
    ("jet_time_s", "rcs_time"), ("navigation_position_error_m", "nav_position_error"),
    ("navigation_velocity_error_m_s", "nav_velocity_error"),
)  # fmt: skip
"""Columns that only a body has, and the results that they are."""


def body_numbers(vehicle: Vehicle, plan: FlightPlan) -> np.ndarray:
    """Of each stage the vacuum thrust [N], exhaust speed [m/s], mass of all from it up without payload [kg] and propellant [kg];
    of all strap-ons together thrust, exhaust speed, dry mass and propellant (1, 1, 0, 0 without any); then the fairing's
    mass [kg] and the mean drag coefficient. A solid motor's thrust and flow are those of the middle of its curve."""
    found: list[float] = []
    for i, stage in enumerate(vehicle.stages):
        own = [s for s in plan.segments if s.stage == stage.name]
        burn = next(s for s in own if s.powered)
        engines = burn.model.engine_count
        if burn.solid:
            motor, middle = burn.model, 0.5 * burn.model.motor_thrust.high
            thrust, flow = (float(lookup(curve, middle)) for curve in (motor.motor_thrust, motor.motor_mass_flow))
        else:
            thrust = engines * float(lookup(burn.model.thrust_vacuum, 1.0))
            flow = engines * float(lookup(burn.model.mass_flow, 1.0))
        begin = plan.liftoff_mass if i == 0 else next(s.begin_mass for s in own if s.begin_mass is not None)
        found += [thrust, thrust / flow, begin, stage.propellant_mass]
    drag = plan.segments[0].model.drag_coefficient.coefficients
    return np.array(
        [
            *found,
            *_strap_on_numbers(vehicle, plan),
            vehicle.fairing.mass if vehicle.fairing is not None else 0.0,
            float(np.mean(drag)),
        ]
    )


def _strap_on_numbers(vehicle: Vehicle, plan: FlightPlan) -> tuple[float, float, float, float]:
    if not vehicle.boosters:
        return 1.0, 1.0, 0.0, 0.0
    thrust = flow = 0.0
    for group in plan.strap_ons:
        middle = 0.5 * (group.ignition + group.burnout)
        thrust += group.thrust(middle, 0.0)
        flow += 0.5 * (group.burned(middle + 1.0) - group.burned(middle - 1.0))
    dry, propellant = (
        float(sum(g.count * getattr(g.stage, name) for g in vehicle.boosters))
        for name in ("dry_mass", "propellant_mass")
    )
    return thrust, thrust / flow, dry, propellant


@dataclass(frozen=True, kw_only=True)
class BodyModel(DispersionModel):
    """A dispersion flown as a rigid body. case: the nominal flight; rules: its sensors; shape_wind, shape_density (shapes,
    nodes): what scores add to the flight's own profiles (of an ensemble: members (n, 2 nodes)); segments: of each phase."""

    case: Case
    rules: FlightRules
    seed: int
    shape_wind: np.ndarray
    shape_density: np.ndarray
    segments: np.ndarray
    last_empty: float
    stages: int
    period: int = 0  # runs so far apart draw the same sensors' errors and turbulence; 0: none do

    has_attitude = True
    own_size = OUTCOME_SIZE + len(MORE)
    chunk = 20  # runs: a second or two

    @property
    def body_size(self) -> int:
        return len(PER_STAGE) * self.stages + len(WHOLE)

    @cached_property
    def body_positions(self) -> tuple[np.ndarray, np.ndarray]:
        """(places among `positions`, which of the body's numbers stand there)."""
        first = len(self.program.numbers) - self.body_size
        there = np.flatnonzero(self.positions >= first)
        return there, self.positions[there] - first

    def body(self, draw: Draw) -> np.ndarray:
        """The body's numbers (n, body_size) of a draw."""
        numbers = np.tile(self.program.numbers[-self.body_size :], (len(draw.numbers), 1))
        there, which = self.body_positions
        numbers[:, which] = draw.numbers[:, there]
        return numbers

    def parameters(self, draw: Draw, first: int) -> np.ndarray:
        """Parameters (n, PARAMETER_SIZE) of the compiled flight."""
        n = len(draw.numbers)
        nominal, body = self.program.numbers[-self.body_size :], self.body(draw)
        change = body - nominal
        values = np.array([drawn_parameters(self.case.parameters, self.rules, self._seed(first + k)) for k in range(n)])
        size, last = len(PER_STAGE), self.stages - 1
        fairing, drag = change[:, -2], body[:, -1] / nominal[-1]
        for i in range(self.stages):
            thrust, exhaust, stack, propellant = (size * i + k for k in range(size))
            at = P.stages + i * STAGE_SIZE
            values[:, at + ST.thrust_factor] *= body[:, thrust] / nominal[thrust]
            values[:, at + ST.isp_factor] *= body[:, exhaust] / nominal[exhaust]
            values[:, at + ST.propellant] += change[:, propellant]
            above = fairing if i == last else change[:, stack + size]
            values[:, at + ST.dry_mass] += change[:, stack] - above - change[:, propellant]
            burned = body[:, propellant] / nominal[propellant]
            values[:, at + ST.time_factor] *= burned * values[:, at + ST.isp_factor] / values[:, at + ST.thrust_factor]
        strap = size * self.stages
        if nominal[strap + 3] > 0.0:
            thrust, exhaust, propellant = (body[:, strap + k] / nominal[strap + k] for k in (0, 1, 3))
            values[:, P.strap_thrust_factor] *= thrust
            values[:, P.strap_isp_factor] *= exhaust
            values[:, P.strap_time_factor] *= propellant * exhaust / thrust
            values[:, P.strap_dry_mass] += change[:, strap + 2]
            values[:, P.strap_propellant] += change[:, strap + 3]
            values[:, P.stages + ST.dry_mass] -= change[:, strap + 2] + change[:, strap + 3]
        values[:, P.fairing_mass] += fairing
        values[:, P.axial_factor] *= drag
        self._of_flight(values, draw.inputs)
        self._of_air(values, draw.inputs)
        for k, failure in enumerate(self.failures):
            self._of_failure(values, failure.kind, failure.stage, failure.lost, draw.failed[:, k])
        return values

    def _seed(self, run: int) -> int:
        return 1 + (self.seed * 1_000_003 + (run % self.period if self.period else run)) % 2**52

    def with_common_noise(self, period: int) -> "BodyModel":
        return replace(self, period=period)

    def _of_flight(self, values: np.ndarray, inputs: np.ndarray) -> None:
        for k, (name, _) in enumerate(self.flight):
            column = inputs[:, len(self.quantities) + k]
            if name == "drag":
                values[:, P.axial_factor] *= column
            elif name == "cutoff_delay":
                values[:, P.cutoff_delay] += column
            else:
                angle = ST.thrust_angle_y if name == "pitch_bias" else ST.thrust_angle_z
                for i in range(self.stages):
                    values[:, P.stages + i * STAGE_SIZE + angle] += column

    def _of_air(self, values: np.ndarray, inputs: np.ndarray) -> None:
        at = len(self.quantities) + len(self.flight) + 3 * len(self.navigation)
        east, north = (slice(p, p + WIND_NODES) for p in (P.wind_east, P.wind_north))
        if self.wind_kind == "ensemble":
            member = self.shape_wind[inputs[:, at].astype(int)]
            values[:, east] += member[:, :WIND_NODES]
            values[:, north] += member[:, WIND_NODES:]
            at += 1
        else:
            count = len(self.shape_wind)
            values[:, east] += inputs[:, at : at + count] @ self.shape_wind
            values[:, north] += inputs[:, at + count : at + 2 * count] @ self.shape_wind
            at += 2 * count
        count = len(self.shape_density)
        if count:
            values[:, P.density : P.density + DENSITY_NODES] += np.expm1(
                inputs[:, at : at + count] @ self.shape_density
            )

    def _of_failure(self, values: np.ndarray, kind: str, stage: int, lost: float, time: np.ndarray) -> None:
        """time (n,): since the stage's ignition [s], nan where it does not fail."""
        happens, at = np.isfinite(time), P.stages + stage * STAGE_SIZE
        if kind == "engine-out":
            values[happens, at + ST.engine_out_time] = time[happens]
            values[happens, at + ST.engines_out] = lost
            return
        place = at + ST.stuck_time if kind == "stuck-actuator" else P.gnss_lost_time
        values[happens, place] = np.minimum(values[happens, place], self.ignitions[stage] + time[happens])

    @cached_property
    def ignitions(self) -> np.ndarray:
        """Nominal times [s since lift-off] at which the stages light."""
        marks = np.zeros((1, len(self.case.names) * MARK_SIZE))
        fly_many(self.case, self.case.parameters[None], np.zeros(1), marks)
        lit = self.case.phases[:, PH.ignites] > 0.0
        times, stage = marks.reshape(-1, MARK_SIZE)[:, 0], self.case.phases[:, PH.stage]
        return np.array([times[lit & (stage == i)][0] for i in range(self.stages)])

    def fly(self, draw: Draw, first: int = 0) -> np.ndarray:
        """Outcomes (n, outcome_size)."""
        parameters = self.parameters(draw, first)
        n, phases = len(parameters), len(self.case.names)
        marks = np.zeros((n, phases * MARK_SIZE))
        seeds = np.array([float(self._seed(first + k)) for k in range(n)])
        found, logs = np.empty((n, len(RESULT_NAMES))), []
        log = np.zeros((1, self.log_rows, LOG_SIZE))
        for k in range(n):
            log[:] = 0.0
            found[k] = fly_many(self.case, parameters[k : k + 1], seeds[k : k + 1], marks[k : k + 1], log)[0]
            logs.append(self._as_log(log[0]))
        out = np.full((n, self.own_size), np.nan)

        def result(name: str) -> np.ndarray:
            return found[:, RESULT[name]]

        phase = result("phase").astype(int)
        out[:, O.segment] = self.segments[phase]
        out[:, O.end_time] = result("time")
        out[:, O.x : O.mass + 1] = found[:, RESULT["x"] : RESULT["mass"] + 1]
        offset = result("mass_offset") - parameters[:, P.stages + (self.stages - 1) * STAGE_SIZE + ST.propellant]
        out[:, O.left] = result("mass") - self.last_empty - offset
        for place, name in (
            (O.most_q, "most_dynamic_pressure"), (O.most_q_time, "most_dynamic_pressure_time"), (O.most_q_alpha, "most_q_alpha"),
            (O.most_axial, "most_axial_acceleration"), (O.most_lateral, "most_lateral_acceleration"),
            (O.most_heat_flux, "most_heat_flux"),
        ):  # fmt: skip
            out[:, place] = result(name)
        self._against_target(out)
        status = np.array([BODY_STATUS.get(int(s), LOST) for s in result("status")])
        out[:, O.status] = np.where((status == REACHED) & (out[:, O.left] < EMPTY_MARGIN), EXHAUSTED, status)
        for k in range(int(self.segments.max()) + 1):
            at = MARK_SIZE * int(np.flatnonzero(self.segments == k)[0])
            begun = self.segments[phase] >= k
            out[begun, O.marks + MARK * k : O.marks + MARK * (k + 1)] = marks[begun, at : at + MARK_SIZE]
        out[:, OUTCOME_SIZE:] = found[:, [RESULT[name] for _, name in MORE]]
        joints, states = self.room(n)
        ways = self.along.ways
        for k, rows in enumerate(logs):
            joint_maxima(rows, len(rows), ways.tables, ways.durations, ways.diameters, out[k], joints[k])
            states_at(rows, len(rows), ways.times, states[k])
        return self.whole_outcome(draw, out, joints, states)

    @cached_property
    def log_rows(self) -> int:
        """Rows that the longest flight needs."""
        period = float(self.case.phases[:, PH.step].min()) * self.case.bank[H.log_every]
        return int(self.case.bank[H.longest] / period) + 2 * len(self.case.names)

    def _as_log(self, rows: np.ndarray) -> np.ndarray:
        """Rows of a flight's history as `along.LOG_COLUMNS`."""
        rows = rows[rows[:, COLUMN["time"]] > 0.0]
        mass, force = rows[:, COLUMN["mass"]], rows[:, COLUMN["fx"]]
        names = ("time", "x", "y", "z", "vx", "vy", "vz", "mass")
        return np.ascontiguousarray(
            np.column_stack(
                [
                    *(rows[:, COLUMN[name]] for name in names),
                    self.segments[rows[:, COLUMN["phase"]].astype(int)],
                    rows[:, COLUMN["dynamic_pressure"]],
                    rows[:, COLUMN["angle_of_attack"]],
                    (force + rows[:, COLUMN["thrust"]]) / mass,
                    np.maximum(-force, 0.0),
                ]
            )
        )

    def _against_target(self, out: np.ndarray) -> None:
        aim = self.case.phases[np.flatnonzero(self.case.phases[:, PH.target_radius] > 0.0)]
        if not len(aim):
            return
        radius, speed, path = (aim[-1, p] for p in (PH.target_radius, PH.target_speed, PH.target_path))
        normal = aim[-1, PH.target_nx : PH.target_nz + 1]
        r, v = out[:, O.x : O.z + 1], out[:, O.vx : O.vz + 1]
        size = np.linalg.norm(r, axis=1)
        out[:, O.target_radius_error] = size - radius
        out[:, O.target_rate_error] = (r * v).sum(axis=1) / size - speed * np.sin(path)
        out[:, O.target_plane_error] = v @ normal

    def more(self, out: np.ndarray) -> dict[str, np.ndarray]:
        """Columns that not every model has."""
        return {key: out[:, OUTCOME_SIZE + k] for k, (key, _) in enumerate(MORE)} | super().more(out)


def build_body(dispersion: DispersionStudy, progress: Progress | None = None) -> BuiltDispersion:
    """As `build_dispersion`, with a model that flies the whole vehicle; groups of strap-ons scatter as one."""
    progress = progress or Progress()
    vehicle = dispersion.study.vehicle
    built = build_dispersion(dispersion, progress, more=body_numbers)
    flown, point = built.flown, built.model
    with progress.step("control design"):
        made = flight_case(flown, steering_table(flown.solved, flown.ascent.trajectory), flown.study.flight)
    last = flown.plan.segments[point.program.payload_at]
    payload = flown.ascent.payload_mass
    assert last.burnout_mass is not None
    empty = (
        last.burnout_mass - propellant_budget(vehicle.stage(last.stage)).reserve + float(last.payload_aboard(payload))
    )
    names = [s.name for s in flown.plan.segments]
    shared = {f.name: getattr(point, f.name) for f in fields(DispersionModel)}
    model = BodyModel(
        **shared,
        case=_limited(made.case, empty).with_head(log_every=max(round(LOG_PERIOD / made.rules.step), 1)),
        rules=made.rules,
        seed=dispersion.seed,
        shape_wind=_wind_shapes(dispersion, flown),
        shape_density=_density_shapes(dispersion, flown),
        segments=np.array([names.index(name.removesuffix(SHUTDOWN)) for name in made.case.names]),
        last_empty=empty,
        stages=len(vehicle.stages),
    )
    return replace(built, model=model)


def _limited(case: Case, empty: float) -> Case:
    """The case whose last stage's burns end when their propellant does."""
    phases = case.phases
    burns = (
        (phases[:, PH.stage] == phases[-1, PH.stage])
        & (phases[:, PH.gimbal_limit] > 0.0)
        & (phases[:, PH.stops] == 0.0)
    )
    lasts = [int(k) for k in np.flatnonzero(burns) if phases[k, PH.bare] > 0.0]
    return case.with_phases(lasts, least_mass=empty)


def _wind_shapes(dispersion: DispersionStudy, flown: FlownAscent) -> np.ndarray:
    """What scores add at the flight's altitudes (shapes, WIND_NODES); members less the mean wind (n, 2 WIND_NODES)."""
    mean, altitude = flown.plan.segments[0].model.wind, WIND_SPACING * np.arange(WIND_NODES)
    if dispersion.wind is not None:
        nodes, found = wind_process(dispersion.wind, mean)
        return np.array([np.interp(altitude, nodes, s) for s in found]).reshape(-1, WIND_NODES)
    if dispersion.wind_ensemble is None:
        return np.zeros((0, WIND_NODES))
    rows = []
    for height, east, north in dispersion.wind_ensemble.members():
        columns = ((east, mean.east), (north, mean.north))
        rows.append(
            np.concatenate(
                [np.interp(altitude, height, own) - [float(lookup(of, h)) for h in altitude] for own, of in columns]
            )
        )
    return np.array(rows)


def _density_shapes(dispersion: DispersionStudy, flown: FlownAscent) -> np.ndarray:
    """What scores add to the logarithm of the density at the flight's altitudes (shapes, DENSITY_NODES)."""
    if dispersion.atmosphere is None:
        return np.zeros((0, DENSITY_NODES))
    mean, heights = flown.plan.segments[0].model.atmosphere, DENSITY_SPACING * np.arange(DENSITY_NODES)
    nodes, altitude, found = air_process(dispersion.atmosphere)
    rows = []
    for shape in found:
        change = air_changes(mean, nodes, altitude, shape)[AIR_TABLES[0]]
        rows.append([float(lookup(change, h)) for h in heights])
    return np.array(rows).reshape(-1, DENSITY_NODES)
