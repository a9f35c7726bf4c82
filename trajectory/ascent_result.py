"""From a solved ascent and its flight to the result: samples, events, orbits, budget and checks."""

from typing import Any

import numpy as np

from ..core.earth import MEAN_RADIUS, MU, RADIUS, ROTATION_RATE, geodetic_from_ecef
from ..core.results import Array
from .ascent import Ascent
from .ascent_checks import ascent_findings
from .ascent_mesh import misses
from .motion import air, loads, phase_model
from .orbit import elements
from .propagate import Propagation, propagate
from .reflight import clock_zero, controls
from .result import (
    AscentResult,
    Event,
    Insertion,
    OrbitReached,
    SegmentBudget,
    SolverSummary,
    StagePropellant,
    Trajectory,
)

FRAME = "ITRF axes, WGS-84 ellipsoid, Earth-fixed"
T0_DEFINITION = "lift-off: release from the pad at full thrust"


def fly_ascent(ascent: Ascent, *, input_hash: str = "", sources: tuple[str, ...] = ()) -> AscentResult:
    """Gather what happened on the solved ascent's flight."""
    flown = ascent.flown
    solution = ascent.solution
    inserted = ascent.plan.segments.index(ascent.plan.insertion)
    missed = misses(ascent.plan, solution, flown)
    budget = flown[0].budget
    for piece in flown[1:]:
        budget = budget + piece.budget
    trajectory = _trajectory(ascent, flown, input_hash, sources)
    report = solution.report
    solver = SolverSummary(
        solver=report.solver,
        status=report.status,
        iterations=ascent.iterations,
        violation=report.violation,
        mesh_error=ascent.mesh_error,
        mesh_passes=ascent.mesh_passes,
        unknowns=report.unknowns,
        constraints=report.constraints,
        wall_time=ascent.wall_time,
        position_error=max(r for r, _ in missed),
        velocity_error=max(v for _, v in missed),
        effort=ascent.effort,
    )
    insertion = _insertion(flown[inserted].final_state, solution[ascent.plan.insertion.name].end)
    at_insertion = np.flatnonzero(trajectory.phase_index == inserted)[-1]
    return AscentResult(
        payload_mass=ascent.payload_mass,
        liftoff_mass=ascent.plan.liftoff_mass + ascent.payload_mass,
        azimuth=ascent.azimuth,
        trajectory=trajectory,
        insertion=insertion,
        orbits=_orbits(ascent, flown, insertion),
        propellant=_propellant(ascent, flown),
        budget=budget,
        segment_budgets=tuple(
            SegmentBudget(segment=s.name, budget=f.budget) for s, f in zip(ascent.plan.segments, flown, strict=True)
        ),
        earth_rotation=float(trajectory.speed_inertial[at_insertion] - trajectory.speed_relative[at_insertion]),
        solver=solver,
        input_hash=input_hash,
        sources=sources,
        findings=ascent_findings(ascent, trajectory, solver),
    )


def _trajectory(
    ascent: Ascent, flown: tuple[Propagation, ...], input_hash: str, sources: tuple[str, ...]
) -> Trajectory:
    plan = ascent.plan
    columns: dict[str, list] = {}

    def put(**values) -> None:
        for name, value in values.items():
            columns.setdefault(name, []).append(value)

    launch = ascent.mission.site.position()
    towards_launch = launch / np.linalg.norm(launch)
    for index, (segment, piece) in enumerate(zip(plan.segments, flown, strict=True)):
        direction, throttle = controls(segment, ascent.frame, ascent.solution[segment.name])
        zero = clock_zero(plan, ascent.solution, segment)
        for t, r, v, m in zip(piece.time, piece.position, piece.velocity, piece.mass, strict=True):
            u, at = direction(t), throttle(t)
            (x, y, z), (vx, vy, vz), (ux, uy, uz) = r.tolist(), v.tolist(), u.tolist()
            load = loads(segment.model, x, y, z, vx, vy, vz, float(m), ux, uy, uz, at, t - zero)
            turn = _earth_turn(t)
            r_fixed, u_fixed = turn @ r, turn @ u
            v_fixed = turn @ v - np.cross([0.0, 0.0, ROTATION_RATE], r_fixed)
            through = air(segment.model, x, y, z, vx, vy, vz)
            air_velocity = turn @ np.array([through.wx, through.wy, through.wz])
            latitude, longitude, altitude = geodetic_from_ecef(*r_fixed)
            up = _up(latitude, longitude)
            speed = float(np.linalg.norm(v_fixed))
            if segment.steering == "none":
                u_fixed = air_velocity / np.linalg.norm(air_velocity)  # nobody steers on a coast: along the airflow
            path = np.arcsin(np.clip(v_fixed @ up / speed, -1, 1)) if speed > 0.1 else np.pi / 2
            alpha = _angle(u_fixed, air_velocity) if speed > 0.1 else 0.0
            central = np.arctan2(np.linalg.norm(np.cross(towards_launch, r_fixed)), towards_launch @ r_fixed)
            put(
                phase_index=index,
                time=t,
                position_ecef=r_fixed,
                velocity_ecef=v_fixed,
                mass=m,
                thrust_direction_ecef=u_fixed,
                throttle=at if segment.powered else 0.0,
                thrust=load.thrust,
                drag=load.drag,
                altitude=altitude,
                latitude=latitude,
                longitude=longitude,
                downrange=MEAN_RADIUS * central,
                speed_relative=speed,
                speed_inertial=float(np.linalg.norm(v)),
                flight_path_angle=path,
                pitch=np.arcsin(np.clip(u_fixed @ up, -1, 1)),
                angle_of_attack=alpha,
                dynamic_pressure=load.dynamic_pressure,
                mach=load.mach,
                axial_acceleration=load.axial_acceleration,
                heat_flux=load.heat_flux,
            )
    arrays: dict[str, Any] = {name: np.array(values, dtype=float) for name, values in columns.items()}
    return Trajectory(
        frame=FRAME,
        epoch=ascent.mission.epoch,
        t0_definition=T0_DEFINITION,
        phase_names=tuple(s.name for s in plan.segments),
        events=_events(ascent, arrays),
        input_hash=input_hash,
        sources=sources,
        **arrays,
    )


def _earth_turn(time: float) -> np.ndarray:
    """Inertial (frozen at T-0) to Earth-fixed."""
    c, s = np.cos(ROTATION_RATE * time), np.sin(ROTATION_RATE * time)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def _up(latitude: float, longitude: float) -> np.ndarray:
    return np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))


def _events(ascent: Ascent, arrays: dict[str, Array]) -> tuple[Event, ...]:
    index = arrays["phase_index"]
    events: list[Event] = []

    def add(name: str, i: int) -> None:
        scalars = ("time", "altitude", "downrange", "speed_relative", "speed_inertial", "flight_path_angle")
        fields = {n: float(arrays[n][i]) for n in (*scalars, "dynamic_pressure", "mass")}
        vectors = {n: arrays[n][i] for n in ("position_ecef", "velocity_ecef")}
        events.append(Event(name=name, **fields, **vectors))

    segments = ascent.plan.segments
    add("lift-off", 0)
    for k, segment in enumerate(segments):
        begin, end = np.flatnonzero(index == k)[[0, -1]]
        before = segments[k - 1] if k else None
        if before is not None:
            if segment.steering == "pitch-over":
                add("pitch-over begins", begin)
            if before.steering == "pitch-over":
                add("free steering begins", begin)
            if segment.dropped_name:
                add(segment.dropped_name, begin)
            if segment.powered and (not before.powered or before.stage != segment.stage):
                add(f"{segment.stage} ignition", begin)
            if (
                segment.powered
                and before.powered
                and segment.stage == before.stage
                and segment.engines < before.engines
            ):
                add(f"{segment.stage}: {before.engines - segment.engines} engine(s) out", begin)
        after = segments[k + 1] if k + 1 < len(segments) else None
        if segment.powered and (after is None or not after.powered or after.stage != segment.stage):
            add(f"{segment.stage} cut-off", end)
    q = arrays["dynamic_pressure"]
    add("max-q", int(np.argmax(q >= 0.999 * q.max())))  # where it is held at a limit, its first instant
    add("insertion", int(np.flatnonzero(index == segments.index(ascent.plan.insertion))[-1]))
    for group in ascent.plan.strap_ons:
        if group.ignition > 0.0:
            add(f"{group.name} ignition", int(np.searchsorted(arrays["time"], group.ignition - 1e-6)))
    return tuple(sorted(events, key=lambda e: round(e.time, 6)))


def _insertion(state: np.ndarray, time: float) -> Insertion:
    orbit = elements(state[:3], state[3:6])
    low, high = _first_revolution(state, orbit.semi_major_axis)
    return Insertion(
        time=time,
        perigee_altitude=orbit.perigee_radius - RADIUS,
        apogee_altitude=orbit.semi_major_axis * (1 + orbit.eccentricity) - RADIUS,
        c3=-MU / orbit.semi_major_axis,
        inclination=orbit.inclination,
        eccentricity=orbit.eccentricity,
        semi_major_axis=orbit.semi_major_axis,
        ascending_node_from_greenwich=orbit.ascending_node,
        argument_of_latitude=(orbit.argument_of_perigee + orbit.true_anomaly) % (2 * np.pi),
        lowest_altitude=low,
        highest_altitude=high,
    )


def _orbits(ascent: Ascent, flown: tuple[Propagation, ...], insertion: Insertion) -> tuple[OrbitReached, ...]:
    """The orbit after every burn of the last stage that ends in one, with what is released there."""
    segments, payload = ascent.plan.segments, ascent.payload_mass
    found = []
    for k, (segment, piece) in enumerate(zip(segments, flown, strict=True)):
        after = segments[k + 1] if k + 1 < len(segments) else None
        if (
            segment.stage != segments[-1].stage
            or not segment.powered
            or (after is not None and after.steering != "none")
        ):
            continue
        aboard = segment.payload_aboard(payload)
        stays = 0.0 if after is None else after.payload_aboard(payload)
        here = segment is ascent.plan.insertion
        orbit = insertion if here else _insertion(piece.final_state, float(piece.time[-1]))
        found.append(OrbitReached(segment=segment.name, released=float(aboard - stays), orbit=orbit))
    return tuple(found)


def _first_revolution(state: np.ndarray, semi_major_axis: float) -> tuple[float, float]:
    """Lowest and highest altitude over the equatorial radius [m] during one revolution with J2; open orbits: as they are."""
    if semi_major_axis <= 0:
        altitude = float(np.linalg.norm(state[:3])) - RADIUS
        return altitude, altitude
    period = 2 * np.pi * np.sqrt(semi_major_axis**3 / MU)
    coast = propagate(
        phase_model(),
        state,
        0.0,
        period,
        lambda t: np.array([1.0, 0.0, 0.0]),
        lambda t: 1.0,
        times=np.linspace(0.0, period, 181)[1:-1],
        tolerance=1e-8,
    )
    radius = np.linalg.norm(coast.position, axis=1)
    return float(radius.min()) - RADIUS, float(radius.max()) - RADIUS


def _propellant(ascent: Ascent, flown: tuple[Propagation, ...]) -> tuple[StagePropellant, ...]:
    """Core stages' propellant, from the flown masses (a booster's share is no part of it)."""
    burned: dict[str, float] = {}
    left: dict[str, float] = {}
    for segment, piece in zip(ascent.plan.segments, flown, strict=True):
        if segment.burnout_mass is None:
            continue
        beside = ascent.plan.strap_on_burned(piece.time[0], piece.time[-1]) if segment.strap_ons else 0.0
        burned[segment.stage] = burned.get(segment.stage, 0.0) + float(piece.mass[0] - piece.mass[-1] - beside)
        left[segment.stage] = float(piece.mass[-1] - segment.payload_aboard(ascent.payload_mass) - segment.burnout_mass)
    return tuple(StagePropellant(stage=s, burned=b, usable_left=left[s]) for s, b in burned.items())
