"""A study flown with six degrees of freedom: what happened, beside what was meant."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from ..core.errors import UndecidedError
from ..core.findings import Finding, Severity
from ..core.progress import Progress
from ..core.results import Array, Result, Unit
from ..trajectory.flight.control_design import ControlTable
from ..trajectory.flight.layout import MARK_SIZE, MARKS, PH
from ..trajectory.flight.plant import Flight
from ..trajectory.flight.sampled import drawn_parameters
from .ascend import FlownAscent
from .flight_phases import FlightCase, flight_case
from .steering_table import steering_table

LOG_PERIOD = 0.1
"""[s] between two rows of the history."""
LOOSE_ANGLE = np.radians(3.0)
CHUNK = 20.0  # s of flight between two looks at the progress bar
FLY_STEPS = {"steering table": 2.0, "control design": 2.0, "flight": 3.0}


@dataclass(frozen=True, kw_only=True)
class FlightEvent(Result):
    """The begin of a phase."""

    name: str
    time: Annotated[float, Unit("s")]
    mass: Annotated[float, Unit("kg")]


@dataclass(frozen=True, kw_only=True)
class FlownOrbit(Result):
    """Osculating elements at the end; altitudes over the equatorial radius, angles of the plane in the inertial frame of
    T-0."""

    perigee_altitude: Annotated[float, Unit("m")]
    apogee_altitude: Annotated[float, Unit("m")]
    inclination: Annotated[float, Unit("rad")]
    ascending_node: Annotated[float, Unit("rad")]
    eccentricity: float


@dataclass(frozen=True, kw_only=True)
class FlightResult(Result):
    """A flown study. History (n,) every 0.1 s: attitude error, gimbal angles about body y and z, body rates (n, 3), errors
    of navigation.

    status: how it ended; wanted: the optimum's orbit. most_*: the largest values at any step.
    """

    status: str
    seed: int
    end_time: Annotated[float, Unit("s")]
    payload_mass: Annotated[float, Unit("kg")]
    final_mass: Annotated[float, Unit("kg")]
    propellant_left: Annotated[float, Unit("kg")]
    wanted: FlownOrbit
    reached: FlownOrbit
    events: tuple[FlightEvent, ...]
    time: Annotated[Array, Unit("s")]
    phase_index: Array
    altitude: Annotated[Array, Unit("m")]
    mass: Annotated[Array, Unit("kg")]
    mach: Array
    dynamic_pressure: Annotated[Array, Unit("Pa")]
    angle_of_attack: Annotated[Array, Unit("rad")]
    attitude_error: Annotated[Array, Unit("rad")]
    gimbal_y: Annotated[Array, Unit("rad")]
    gimbal_z: Annotated[Array, Unit("rad")]
    body_rates: Annotated[Array, Unit("rad/s")]
    throttle: Array
    thrust: Annotated[Array, Unit("N")]
    nav_position_error: Annotated[Array, Unit("m")]
    nav_velocity_error: Annotated[Array, Unit("m/s")]
    jet_time: Annotated[Array, Unit("s")]
    position: Annotated[Array, Unit("m")]
    velocity: Annotated[Array, Unit("m/s")]
    quaternion: Array
    most_dynamic_pressure: Annotated[float, Unit("Pa")]
    most_q_alpha: Annotated[float, Unit("Pa*rad")]
    most_axial_acceleration: Annotated[float, Unit("m/s^2")]
    most_lateral_acceleration: Annotated[float, Unit("m/s^2")]
    most_gimbal_angle: Annotated[float, Unit("rad")]
    most_attitude_error: Annotated[float, Unit("rad")]
    most_body_rate: Annotated[float, Unit("rad/s")]
    gimbal_limited_time: Annotated[float, Unit("s")]
    control: ControlTable


def fly(flown: FlownAscent, *, seed: int = 0, progress: Progress | None = None) -> tuple[FlightCase, FlightResult]:
    """Design the control of a solved study and fly it. seed: of the sensors' errors, the noise and the turbulence.

    Raises UndecidedError where a number of the flight ceased to be one.
    """
    progress = progress or Progress()
    with progress.step("steering table"):
        steering = steering_table(flown.solved, flown.ascent.trajectory)
    with progress.step("control design"):
        made = flight_case(flown, steering, flown.study.flight)
    with progress.step("flight"):
        every = max(round(LOG_PERIOD / made.rules.step), 1)
        case = made.case.with_head(log_every=every)
        rows = int(case.bank[0:1].size + 1e4 + 2.0 * flown.ascent.trajectory.time[-1] / LOG_PERIOD)
        flight = Flight(case, drawn_parameters(case.parameters, made.rules, seed), seed=seed, log_rows=rows)
        status, end = "flying", float(flown.ascent.trajectory.time[-1])
        progress.note("compiling, the first time")
        while status == "flying":
            status = flight.advance(flight.time + CHUNK)
            progress.note(f"{flight.time:.0f} of about {end:.0f} s")
    if status == "not a number":
        raise UndecidedError(
            f"the flight met a number that is not finite at {flight.time:.3f} s in '{flight.phase}' (seed "
            f"{seed}); look at the "
            "values of the study's 'flight' document"
        )
    return made, _result(flown, made, flight, status, seed)


def _result(flown: FlownAscent, made: FlightCase, flight: Flight, status: str, seed: int) -> FlightResult:
    h: dict[str, Any] = flight.history()
    r: dict[str, Any] = flight.results()
    meant = flown.ascent.insertion
    marks = flight.memory[MARKS:].reshape(-1, MARK_SIZE)[:, [0, 7]]
    names = made.case.names[: int(flight.memory[1]) + 1]
    events = tuple(
        FlightEvent(name=n, time=float(t), mass=float(m)) for n, (t, m) in zip(names, marks[: len(names)], strict=True)
    )
    wanted = FlownOrbit(
        perigee_altitude=meant.perigee_altitude, apogee_altitude=meant.apogee_altitude, inclination=meant.inclination,
        ascending_node=_node(flown), eccentricity=meant.eccentricity,
    )  # fmt: skip
    reached = FlownOrbit(**{n: r[n] for n in (
        "perigee_altitude", "apogee_altitude", "inclination", "ascending_node", "eccentricity")})  # fmt: skip
    burned_out = flown.plan.segments[-1].burnout_mass or 0.0
    aboard = float(flown.plan.segments[-1].payload_aboard(flown.ascent.payload_mass))
    findings = list(made.findings)
    if status != "done":
        findings.insert(0, _failure(status, flight, flown))
    findings += _weak_jets(flown, made, h)
    left = r["mass"] - burned_out - aboard
    if left < 0.0:
        text = f"the flight took {-left:.0f} kg of the last stage's reserve: the optimum leaves none for what steering costs"
        findings.append(Finding(Severity.WARN, "flight.reserve_used", flown.study.where(), text))
    return FlightResult(
        status=status,
        seed=seed,
        end_time=flight.time,
        payload_mass=flown.ascent.payload_mass,
        final_mass=r["mass"],
        propellant_left=left,
        wanted=wanted,
        reached=reached,
        events=events,
        phase_index=h["phase"],
        body_rates=np.column_stack([h["wx"], h["wy"], h["wz"]]),
        jet_time=h["rcs_time"],
        position=np.column_stack([h["x"], h["y"], h["z"]]),
        velocity=np.column_stack([h["vx"], h["vy"], h["vz"]]),
        quaternion=np.column_stack([h["q0"], h["q1"], h["q2"], h["q3"]]),
        **{n: h[n] for n in (
            "time", "altitude", "mass", "mach", "dynamic_pressure", "angle_of_attack", "attitude_error",
            "gimbal_y", "gimbal_z", "throttle",
            "thrust", "nav_position_error", "nav_velocity_error",
        )},
        **{n: r[n] for n in (
            "most_dynamic_pressure", "most_q_alpha", "most_axial_acceleration", "most_lateral_acceleration",
            "most_gimbal_angle",
            "most_attitude_error", "most_body_rate",
        )},
        gimbal_limited_time=r["gimbal_saturated_time"],
        control=made.control,
        input_hash=flown.ascent.input_hash,
        sources=flown.ascent.sources,
        findings=tuple(findings),
    )  # fmt: skip


def _weak_jets(flown: FlownAscent, made: FlightCase, h: dict[str, Any]) -> list[Finding]:
    """Coasts in which the attitude ran away: jets alone held it, against the air."""
    found = []
    for k, name in enumerate(made.case.names):
        here = h["phase"] == k
        if not here.any() or made.case.phases[k, PH.gimbal_limit] > 0.0:
            continue
        worst = int(np.argmax(np.where(here, h["attitude_error"], -1.0)))
        if h["attitude_error"][worst] > LOOSE_ANGLE:
            found.append(
                Finding(
                    Severity.WARN,
                    "flight.attitude_lost_in_coast",
                    flown.study.where(),
                    f"in '{name}' the attitude error grew to {np.degrees(h['attitude_error'][worst]):.1f} deg, at a dynamic "
                    f"pressure of {h['dynamic_pressure'][here][0]:.0f} Pa and an angle of attack of "
                    f"{np.degrees(h['angle_of_attack'][here][0]):.1f} deg when it began: the air turns the "
                    f"vehicle faster than jets of "
                    f"jets of {made.case.phases[k, PH.rcs_pitch]:.3g} N m hold; coast higher, at a smaller angle, or "
                    f"give stronger jets",
                )
            )
    return found


def _failure(status: str, flight: Flight, flown: FlownAscent) -> Finding:
    mends = {
        "control lost": "the attitude error passed 45 deg; look at gimbal limit and rate, gusts, and the margins",
        "ground": "the vehicle came down",
        "time limit": "no end of a burn was reached in time; look at guidance and propellant",
        "propellant exhausted": "there is less propellant than the flight needs",
    }
    text = f"the flight ended in '{status}' at {flight.time:.2f} s, in '{flight.phase}': {mends.get(status, 'see the history')}"
    return Finding(Severity.ERROR, "flight.failed", flown.study.where(), text)


def _node(flown: FlownAscent) -> float:
    """Of the optimum's end, in the inertial frame of T-0."""
    from ..trajectory.range_safety.fall import inertial_from_earth_fixed

    t = flown.ascent.trajectory
    r, v = inertial_from_earth_fixed(float(t.time[-1]), t.position_ecef[-1], t.velocity_ecef[-1])
    h = np.cross(r, v)
    return float(np.arctan2(h[0], -h[1]))
