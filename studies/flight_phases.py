"""A study's flight with six degrees of freedom: the optimum's segments with engines that need time, actuators, control and
guidance."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..core.findings import Finding
from ..core.numeric import lookup, table
from ..core.results import Array
from ..propulsion.engine_map import EngineMap
from ..trajectory.environment.atmosphere import density
from ..trajectory.environment.wind import sheared
from ..trajectory.flight.aero import aero_grid
from ..trajectory.flight.case import Case, Phase
from ..trajectory.flight.control_design import (
    ControlTable,
    Gains,
    LinearPoint,
    Margins,
    control_table,
    design,
    margins,
)
from ..trajectory.flight.document import FlightRules, StageActuators
from ..trajectory.flight.flexible import pack_pendulums, pendulum
from ..trajectory.flight.layout import GUIDANCE_PEG, GUIDANCE_TABLE
from ..trajectory.range_safety.fall import inertial_from_earth_fixed
from ..trajectory.segment import Segment
from ..vehicle.aero_table import AeroTable, aero_table
from ..vehicle.layout import layout
from ..vehicle.liquid import liquid
from ..vehicle.stage import Stage
from .ascend import FlownAscent
from .flight_case import assembled, common_numbers, engine_tables, mass_tables, programme_rows
from .flight_control import control_findings, designed_span, linear_point
from .steering_table import SteeringTable

DESIGN_STEP = 5.0
"""[s] between two points of the control's design."""
GRID_MACH = np.linspace(0.0, 12.0, 241)
JET_ACCELERATION = np.radians(0.1)  # rad/s^2 in pitch, where no jets are given
SLOSH_POINTS = 24
WIDEST = 1.2
"""[rad/s]: bandwidth of the control where no bending mode is given that would bound it."""
SHUTDOWN = ", shutdown"
"""What the name of a burn's tail-off ends in."""
STAGING_PRESSURE = 10.0
"""[Pa]: above it a separation is one in the air."""
LOST_ANGLE = np.radians(45.0)
LONGEST_OVER = 120.0  # s: of any flight over the optimum's time


@dataclass(frozen=True)
class FlightCase:
    """A flight ready to fly, the control that was designed for it, and what is to be said about both."""

    case: Case
    control: ControlTable
    rules: FlightRules
    findings: tuple[Finding, ...]


def flight_case(flown: FlownAscent, steering: SteeringTable, rules: FlightRules | None = None) -> FlightCase:
    """The flight of a solved study: rules as its document has them, or usual ones."""
    return _Builder(flown, steering, rules or FlightRules(name="usual values")).build()


class _Builder:
    def __init__(self, flown: FlownAscent, steering: SteeringTable, rules: FlightRules) -> None:
        self.flown, self.steering, self.rules = flown, steering, rules
        self.vehicle, self.plan, self.trajectory = flown.study.vehicle, flown.plan, flown.ascent.trajectory
        self.masses = [mass_tables(flown, i) for i in range(len(self.plan.segments))]
        self.place = layout(self.vehicle)
        self.phases: list[Phase] = []
        self.design: list[tuple[int, LinearPoint, Gains, Margins]] = []
        self.targets = self._targets()

    def build(self) -> FlightCase:
        segments = self.plan.segments
        for i, segment in enumerate(segments):
            after = segments[i + 1] if i + 1 < len(segments) else None
            ends = segment.powered and (after is None or not after.powered or after.stage != segment.stage)
            self._segment(i, segment, ends)
            if ends and not segment.solid:
                self._shutdown(i, segment, after)
        rules, alignment = self.rules, self.rules.alignment
        unit, fixes, heights = rules.inertial_unit, rules.satellite, rules.altimeters
        head = {
            "control_every": rules.control_every,
            "guidance_every": max(round(rules.guidance_period * rules.control_rate), 1),
            "perfect": float(rules.navigation == "perfect"),
            "ground": self.flown.study.mission.site.ellipsoid_altitude(),
            "lost_angle": LOST_ANGLE,
            "longest": float(self.trajectory.time[-1]) + LONGEST_OVER,
            "gyro_noise": unit.gyro_noise,
            "gyro_quantum": unit.gyro_quantum,
            "gyro_walk": unit.gyro_walk,
            "accelerometer_noise": unit.accelerometer_noise,
            "accelerometer_quantum": unit.accelerometer_quantum,
            "accelerometer_walk": unit.accelerometer_walk,
            "gnss_on": float(fixes.fitted),
            "gnss_period": fixes.period,
            "gnss_position": fixes.position,
            "gnss_velocity": fixes.velocity,
            "altimeter_range": heights.radar_range,
            "altimeter_noise": heights.radar_noise,
            "barometer_noise": heights.barometer_noise,
            "attitude_sigma": alignment.attitude,
            "position_sigma": alignment.position,
            "velocity_sigma": alignment.velocity,
            "gyro_bias_sigma": unit.gyro_bias,
            "accelerometer_bias_sigma": unit.accelerometer_bias,
            "turbulence": rules.turbulence,
        }
        wind, shear = self.plan.segments[0].model.wind, rules.shear
        if shear is not None:
            wind = sheared(wind, shear.altitude, shear.speed, shear.shear, shear.azimuth)
        case = assembled(self.flown, self.phases, head, self.flown.ascent.liftoff_mass, wind)
        if rules.gust is not None:
            case = case.with_parameters(
                gust_speed=rules.gust.speed, gust_altitude=rules.gust.altitude, gust_length=rules.gust.length,
                gust_azimuth=rules.gust.azimuth, turbulence=1.0,
            )  # fmt: skip
        case = case.with_parameters(turbulence=1.0)
        names = tuple(p.name for p in self.phases)
        control = control_table(self.design, names, self.flown.ascent.input_hash)
        stages = [s.name for s in self.vehicle.stages]
        findings = control_findings(control, self.rules, stages, self.flown.study.where())
        return FlightCase(case, control, rules, tuple(findings))

    # Phases

    def _segment(self, i: int, segment: Segment, ends: bool) -> None:
        stage = self.vehicle.stages[self._stage(segment)]
        act, engine = self.rules.actuators(stage.name), self.flown.maps[stage.name]
        numbers = common_numbers(self.flown, segment)
        solution = self.flown.solved.solution[segment.name]
        span = float(solution.end - solution.start)
        start = (engine.start_ramp if isinstance(engine, EngineMap) else 0.0) or act.start_ramp
        stop = self._stop_ramp(segment)
        numbers |= {
            "duration": span,
            "step": self.rules.step,
            "order": 2.0 if act.bending is None else 4.0,  # the midpoint rule would feed a mode of some hertz
            "separates": float(segment.begin_mass is not None),
            "gimbal_station": self._gimbal(stage),
            "exit_radius": np.sqrt(segment.model.exit_area * max(segment.model.engine_count, 1.0) / np.pi),
            "start_ramp": start if numbers["ignites"] and i > 0 else 0.0,
            "stop_ramp": stop,
            "bare": float(not segment.fairing_on),
        }
        before = self.plan.segments[i - 1] if i else None
        if before is not None and before.powered and not before.solid and not segment.powered:
            numbers["duration"] = max(span - self._cut_time(before), 0.2)
        if segment.powered:
            numbers |= self._actuator_numbers(stage, act, i)
            if ends and not segment.solid:
                last_of_core = before_insertion(self.plan, i)
                if last_of_core:
                    numbers["duration"] = span - 0.5 * stop
                else:
                    # till the propellant is gone, its tail-off kept for
                    flow = float(lookup(segment.model.mass_flow, 1.0)) * segment.model.engine_count
                    end_mass = float(self.trajectory.mass[np.flatnonzero(self.trajectory.phase_index == i)[-1]])
                    numbers |= {"duration": 1.1 * span + 20.0, "least_mass": end_mass + 0.5 * stop * flow}
        else:
            numbers |= self._jets(stage, act, i)
        aero = self._aero(segment)
        tables: dict[str, Any] = engine_tables(segment.model) | self.masses[i].tables()
        tables |= {"axial": segment.model.drag_coefficient} | self._damping(aero, i)
        if segment.powered:
            tables |= self._gains(i, segment, act, numbers, aero)
            numbers["filter"] = self._filter
        target = self.targets.get(i)
        if target is not None and self.rules.guidance == "explicit" and not segment.fairing_on:
            exhaust = float(lookup(segment.model.thrust_vacuum, 1.0) / lookup(segment.model.mass_flow, 1.0))
            numbers |= target | {
                "guidance": GUIDANCE_PEG,
                "exhaust": exhaust,
                "tail": 0.5 * stop,
                "duration": span + 60.0,
            }
            numbers.pop("least_mass", None)
        self.phases.append(
            Phase(
                name=segment.name,
                numbers=numbers,
                tables=tables,
                programme=self._programme(i),
                aero=aero_grid(aero, GRID_MACH, power_on=segment.powered),
                slosh=self._slosh(stage, i) if self.rules.slosh and segment.powered else None,
            )
        )

    def _shutdown(self, i: int, segment: Segment, after: Segment | None) -> None:
        """Tail-off of a stage's engines, before it is left behind or goes on coasting."""
        burn = self.phases[-1]
        rows = self._programme(i)
        last = rows[-1].copy()
        held = np.vstack([last, last])
        held[:, 0] = [0.0, self._cut_time(segment) + 1.0]
        numbers = dict(burn.numbers) | {
            "duration": self._cut_time(segment), "least_mass": 0.0, "stops": 1.0, "ignites": 0.0, "drop": 0.0, "begin_mass":
            0.0,
            "separates": 0.0, "guidance": GUIDANCE_TABLE, "target_energy": 1e30,
        }  # fmt: skip
        if self.rules.guidance == "explicit" and i in self.targets:
            numbers["guidance"] = 3.0  # the last command stands
        if segment.throttles or segment.throttle is not None:
            held[:, 3] = last[3]
        stage = self.vehicle.stages[self._stage(segment)]
        numbers |= self._jets(stage, self.rules.actuators(stage.name), i)
        self.phases.append(replace(burn, name=segment.name + SHUTDOWN, numbers=numbers, programme=held))

    def _programme(self, i: int) -> Array:
        """Rows (n, 5) of a segment: the optimum's, turned into the velocity about a separation in the air. A bare upper stage
        with its fairing is unstable there, and jets hold it at small angles of attack alone."""
        rows, span = programme_rows(self.steering, i), self.rules.staging_alignment
        end = float(rows[-1, 0])
        if self._staged_in_air(i) and span > 0.0:
            begins, ends = max(end - span, 0.0), end
            shares = [0.0, 0.0, 1.0]
        elif i > 0 and self._staged_in_air(i - 1) and span > 0.0:
            segment = self.plan.segments[i]
            begins, ends = (0.0, min(span, end)) if segment.powered else (0.0, end)
            shares = [1.0, 1.0, 0.0 if segment.powered else 1.0]
        elif i > 1 and self._staged_in_air(i - 2) and not self.plan.segments[i - 1].powered and span > 0.0:
            begins, ends, shares = 0.0, min(span, end), [1.0, 1.0, 0.0]
        else:
            return rows
        times = np.unique(np.concatenate([rows[:, 0], [begins, ends]]))
        columns = [np.interp(times, rows[:, 0], column) for column in rows[:, 1:].T]
        return np.column_stack([times, *columns, np.interp(times, [-1.0, begins, ends], shares)])

    def _staged_in_air(self, i: int) -> bool:
        """Whether a segment's burn ends in a separation under a dynamic pressure that matters."""
        segments, t = self.plan.segments, self.trajectory
        if i + 1 >= len(segments) or not segments[i].powered or segments[i + 1].stage == segments[i].stage:
            return False
        last = int(np.flatnonzero(t.phase_index == i)[-1])
        rho = float(density(segments[i].model.atmosphere, float(t.altitude[last])))
        return 0.5 * rho * float(t.speed_relative[last]) ** 2 > STAGING_PRESSURE

    def _stop_ramp(self, segment: Segment) -> float:
        engine = self.flown.maps[segment.stage]
        given = engine.shutdown_ramp if isinstance(engine, EngineMap) else 0.0
        return given or self.rules.actuators(segment.stage).shutdown_ramp

    def _cut_time(self, segment: Segment) -> float:
        return self._stop_ramp(segment) + self.rules.actuators(segment.stage).separation_time

    def _stage(self, segment: Segment) -> int:
        return [s.name for s in self.vehicle.stages].index(segment.stage)

    def _gimbal(self, stage: Stage) -> float:
        return self.place.part("stage", stage.name).bottom + stage.engine_section

    def _actuator_numbers(self, stage: Stage, act: StageActuators, i: int) -> dict[str, float]:
        segment = self.plan.segments[i]
        roll = act.roll_torque
        if roll is None and stage.engine_count > 1:
            thrust = float(lookup(segment.model.thrust_vacuum, 1.0)) * segment.model.engine_count
            roll = thrust * act.gimballed * np.sin(0.5 * act.gimbal_limit) * stage.diameter / 4.0
        numbers = {
            "gimbal_limit": act.gimbal_limit, "gimbal_rate": act.gimbal_rate, "gimbal_lag": act.gimbal_lag, "gimballed":
            act.gimballed,
            "roll_torque": roll or 0.0, "throttle_rate": act.throttle_rate or 0.0,
        }  # fmt: skip
        if act.bending is not None:
            mode = act.bending
            numbers |= {
                "bend_frequency": 2.0 * np.pi * mode.frequency, "bend_damping": mode.damping, "bend_force": mode.at_gimbal /
                mode.modal_mass,
                "bend_slope": mode.slope,
            }  # fmt: skip
        return numbers | self._jets(stage, act, i)

    def _jets(self, stage: Stage, act: StageActuators, i: int) -> dict[str, float]:
        masses = self.masses[i]
        torque = act.jet_torque if act.jet_torque is not None else JET_ACCELERATION * float(masses.pitch.min())
        # a roll jet acts on a radius, not on the length
        roll = min(torque, 20.0 * JET_ACCELERATION * float(masses.roll.min()))
        return {"rcs_roll": roll, "rcs_pitch": torque, "rcs_yaw": torque, "rcs_pulse": act.jet_pulse}

    # Air

    def _aero(self, segment: Segment) -> AeroTable:
        model = segment.model
        area = model.engine_count * model.exit_area + model.steady_exit_area
        return aero_table(
            self.vehicle,
            lowest_stage=self._stage(segment),
            boosters=segment.strap_ons,
            fairing=segment.fairing_on,
            nozzle_exit_area=area,
        )

    def _damping(self, aero: AeroTable, i: int) -> dict[str, Any]:
        center = float(np.mean(self.masses[i].center))
        pitch = np.array([aero.pitch_damping(float(m), center) for m in aero.mach])
        return {"pitch_damping": table(aero.mach, pitch), "roll_damping": table(aero.mach, aero.roll_damping)}

    def _slosh(self, stage: Stage, i: int) -> np.ndarray | None:
        masses = self.masses[i]
        if len(masses.mass) < 4 or not stage.tanks:
            return None
        grid = np.linspace(masses.mass[0], masses.mass[-1], SLOSH_POINTS)
        left = self._propellant(stage, i, grid)
        columns = np.zeros((SLOSH_POINTS, 6))
        bottom = self.place.part("stage", stage.name).bottom
        for j, (tank, station) in enumerate(list(zip(stage.tanks, stage.tank_stations, strict=True))[:2]):
            for k, amount in enumerate(left):
                mass = tank.propellant_mass * amount / stage.propellant_mass
                assert tank.liquid_density is not None
                bob, length, above = pendulum(mass, tank.liquid_density, tank.diameter / 2)
                center = liquid(tank, mass, bottom + station).station if mass > 0.0 else bottom
                columns[k, 3 * j : 3 * j + 3] = bob, length, center + above
        return pack_pendulums(grid, columns)

    def _propellant(self, stage: Stage, i: int, mass: Array) -> Array:
        """What is left in a stage when the vehicle has a mass: the rest of it is dry."""
        trajectory, here = self.trajectory, np.flatnonzero(self.trajectory.phase_index == i)
        from .mass_history import stack_at

        end = stack_at(self.vehicle, self.plan, trajectory, int(here[-1]), self.flown.ascent.payload_mass).masses
        burned_at_end = sum(
            item.mass for item in end.items if item.part == stage.name and item.item not in ("engines", "structure")
        )
        return np.clip(mass - end.mass + burned_at_end, 0.0, stage.propellant_mass)

    # Control and guidance

    def _gains(
        self, i: int, segment: Segment, act: StageActuators, numbers: dict[str, float], aero: AeroTable
    ) -> dict[str, Any]:
        t, here = self.trajectory, np.flatnonzero(self.trajectory.phase_index == i)
        begin, end = designed_span(t, here)
        count = max(int(np.ceil((end - begin) / DESIGN_STEP)) + 1, 4)
        times = np.linspace(begin, end, count)
        lag, delay = act.gimbal_lag, self.rules.computing_delay + 0.5 / self.rules.control_rate
        masses, arm = self.masses[i], numbers["gimbal_station"]
        found = [linear_point(t, here, float(at), segment, masses, aero, act, arm) for at in times]
        # one low-pass for the phase, so that its state means the same throughout: the narrowest that any point wants
        widest = act.bandwidth or (None if act.bending else WIDEST)
        chosen = [design(p, lag, delay, widest) for p in found]
        self._filter = min(g.filter for g, _ in chosen)
        if act.bending is None:
            self._filter = max(g.filter for g, _ in chosen)
        k = len(self.phases)
        gains = []
        for point, (g, _) in zip(found, chosen, strict=True):
            g = replace(g, filter=self._filter)
            gains.append(g)
            self.design.append((k, point, g, margins(point, g, lag, delay)))
        at = times - begin
        return {
            "gain_p": table(at, [g.proportional for g in gains]),
            "gain_d": table(at, [g.rate for g in gains]),
            "gain_i": table(at, [g.integral for g in gains]),
        }

    def _targets(self) -> dict[int, dict[str, float]]:
        """For each burn of the last stage, the state in which its last segment ends."""
        plan, t, found = self.plan, self.trajectory, {}
        last = self.vehicle.stages[-1].name
        goal: dict[str, float] | None = None
        for i in reversed(range(len(plan.segments))):
            segment = plan.segments[i]
            if not segment.powered or segment.stage != last or segment.solid:
                goal = None
                continue
            if goal is None:
                end = int(np.flatnonzero(t.phase_index == i)[-1])
                r, v = inertial_from_earth_fixed(float(t.time[end]), t.position_ecef[end], t.velocity_ecef[end])
                h = np.cross(r, v)
                h = h / np.linalg.norm(h)
                radius, speed = float(np.linalg.norm(r)), float(np.linalg.norm(v))
                goal = {
                    "target_radius": radius, "target_speed": speed, "target_path": float(np.arcsin(r @ v / (radius *
                    speed))),
                    "target_nx": h[0], "target_ny": h[1], "target_nz": h[2],
                }  # fmt: skip
            found[i] = goal
        return found


def before_insertion(plan, index: int) -> bool:
    """Whether a burn is one of the last stage's, which end in an orbit and not with the propellant."""
    return plan.segments[index].stage == plan.segments[-1].stage
