"""The Delta III ascent (Betts 2010, example 6.15) stated on our own optimal-control layer.

Four phases in an Earth-centred inertial frame over a spherical Earth with an exponential atmosphere that turns with it.
Thrust and mass flow are constant in each phase, so mass is a known function of time and no unknown. The orbit is met
through its angular-momentum vector (three equations) and its eccentricity vector in the orbit's plane (two), whose
derivatives stay regular where those of the classical elements do not: the wanted inclination is the launch latitude, the
least that can be reached, where acos() is singular.
"""

from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import yaml

from ..trajectory.optimal_control.problem import (
    Boundary,
    Control,
    Ends,
    Limit,
    Link,
    Mesh,
    Objective,
    Phase,
    Problem,
    State,
    Values,
)
from ..trajectory.optimal_control.propagation import fly
from ..trajectory.optimal_control.solution import Solution
from ..trajectory.optimal_control.solve import Options, solve

POSITION, VELOCITY, THRUST = ("x", "y", "z"), ("vx", "vy", "vz"), ("ux", "uy", "uz")
MESH = Mesh.uniform(6, 4)
# |v| has no slope at rest; the flight starts at rest in the air. 1 mm/s is far below anything the drag can feel.
LEAST_AIRSPEED_SQUARED = 1e-6  # m2/s2


@dataclass(frozen=True)
class Burn:
    """A phase: constant thrust [N] and mass flow [kg/s] from a mass [kg]; start and duration [s], None if free."""

    name: str
    thrust: float
    mass_flow: float
    mass: float
    start: float
    duration: float
    fixed: bool


def figures() -> dict[str, Any]:
    """The published figures, SI with the unit in the key."""
    return yaml.safe_load(files("osea_rocket.validation").joinpath("data/delta3.yaml").read_text(encoding="utf-8"))


def burns(data: dict[str, Any]) -> tuple[Burn, ...]:
    """The four phases' thrust, flow and first mass from the vehicle's figures."""
    solid, first, second = data["strap_on"], data["stage_1"], data["stage_2"]
    solid_flow, first_flow, second_flow = (s["propellant_mass_kg"] / s["burn_time_s"] for s in (solid, first, second))
    empty_solid = solid["total_mass_kg"] - solid["propellant_mass_kg"]
    air_lit = solid["count"] - solid["ground_lit"]
    burn = solid["burn_time_s"]
    masses = [
        solid["count"] * solid["total_mass_kg"]
        + first["total_mass_kg"]
        + second["total_mass_kg"]
        + data["payload_mass_kg"]
    ]
    flows = [solid["ground_lit"] * solid_flow + first_flow, air_lit * solid_flow + first_flow, first_flow]
    thrusts = [solid["ground_lit"] * solid["thrust_N"], air_lit * solid["thrust_N"], 0.0]
    durations = [burn, burn, first["burn_time_s"] - 2 * burn]
    dropped = [
        solid["ground_lit"] * empty_solid,
        air_lit * empty_solid,
        first["total_mass_kg"] - first["propellant_mass_kg"],
    ]
    for flow, duration, drop in zip(flows, durations, dropped, strict=True):
        masses.append(masses[-1] - flow * duration - drop)
    names = ("six strap-ons", "three strap-ons", "first stage")
    out = [
        Burn(name, thrust + first["thrust_N"], flow, mass, start, duration, True)
        for name, thrust, flow, mass, start, duration in zip(
            names, thrusts, flows, masses, (0.0, burn, 2 * burn), durations, strict=False
        )
    ]
    last = Burn(
        "second stage", second["thrust_N"], second_flow, masses[-1], first["burn_time_s"], second["burn_time_s"], False
    )
    return (*out, last)


def dynamics(p: Values) -> dict[str, Any]:
    """Point mass under central gravity, thrust and drag, inertial [m, m/s]."""
    mass = p.burn_mass - p.mass_flow * p.elapsed
    radius = np.sqrt(p.x**2 + p.y**2 + p.z**2)
    gravity = p.mu / radius**3
    wind = (p.vx + p.spin * p.y, p.vy - p.spin * p.x, p.vz)
    speed = np.sqrt(wind[0] ** 2 + wind[1] ** 2 + wind[2] ** 2 + LEAST_AIRSPEED_SQUARED)
    density = p.ground_density * np.exp(-(radius - p.earth_radius) / p.scale_height)
    drag = 0.5 * density * p.drag_area * speed / mass
    push = p.thrust / mass
    rates: dict[str, Any] = {"x": p.vx, "y": p.vy, "z": p.vz}
    for axis, along, speed_name, air, direction in zip(
        POSITION, (p.x, p.y, p.z), VELOCITY, wind, (p.ux, p.uy, p.uz), strict=True
    ):
        del axis
        rates[speed_name] = push * direction - gravity * along - drag * air
    return rates | {"thrust direction's length": p.ux**2 + p.uy**2 + p.uz**2, "radius": radius, "mass": mass}


def orbit_vectors(position: Any, velocity: Any, mu: float) -> tuple[list[Any], list[Any]]:
    """Angular momentum [m2/s] and eccentricity vector of a state [m, m/s]."""
    (x, y, z), (vx, vy, vz) = position, velocity
    h = [y * vz - z * vy, z * vx - x * vz, x * vy - y * vx]
    r = np.sqrt(x**2 + y**2 + z**2)
    e = [
        (vy * h[2] - vz * h[1]) / mu - x / r,
        (vz * h[0] - vx * h[2]) / mu - y / r,
        (vx * h[1] - vy * h[0]) / mu - z / r,
    ]
    return h, e


def orbit_axes(orbit: dict[str, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vectors to perigee, 90 deg ahead of it in the plane, and normal to the plane, from angles [deg]."""
    i, node, perigee = (
        np.radians(orbit[k]) for k in ("inclination_deg", "ascending_node_deg", "argument_of_perigee_deg")
    )
    to_node = np.array([np.cos(node), np.sin(node), 0.0])
    normal = np.array([np.sin(node) * np.sin(i), -np.cos(node) * np.sin(i), np.cos(i)])
    ahead_of_node = np.cross(normal, to_node)
    p = np.cos(perigee) * to_node + np.sin(perigee) * ahead_of_node
    return p, np.cross(normal, p), normal


def final_mass(ends: Ends) -> Any:
    """Mass at cut-off [kg]: what the second stage started with, less what it burned."""
    last = ends["second stage"]
    return last.burn_mass - last.mass_flow * last.duration


def delta3(mesh: Mesh | tuple[Mesh, ...] = MESH) -> Problem:
    """The problem, on one mesh for all phases or a mesh for each; it still needs a guess (see *with_guess*)."""
    data = figures()
    earth, orbit = data["earth"], data["orbit"]
    mu, radius, spin = (earth[k] for k in ("gravitational_parameter_m3_s2", "radius_m", "rotation_rate_rad_s"))
    latitude = np.radians(data["launch_latitude_deg"])
    ground = {"x": radius * np.cos(latitude), "y": 0.0, "z": radius * np.sin(latitude)}
    first = ground | {"vx": 0.0, "vy": spin * ground["x"], "vz": 0.0}
    parts = burns(data)
    meshes = mesh if isinstance(mesh, tuple) else (mesh,) * len(parts)

    to_perigee, ahead, normal = orbit_axes(orbit)
    momentum = np.sqrt(mu * orbit["semi_major_axis_m"] * (1 - orbit["eccentricity"] ** 2)) * normal

    def insertion(ends: Ends) -> dict[str, Any]:
        final = ends["second stage"].final
        h, e = orbit_vectors([final[n] for n in POSITION], [final[n] for n in VELOCITY], mu)
        return {
            **{f"angular momentum {n}": value for n, value in zip(POSITION, h, strict=True)},
            "eccentricity to perigee": sum(a * b for a, b in zip(e, to_perigee, strict=True)),
            "eccentricity across": sum(a * b for a, b in zip(e, ahead, strict=True)),
        }

    phases = tuple(
        Phase(
            name=part.name,
            states=tuple(State(n, "m", radius) for n in POSITION) + tuple(State(n, "m/s", 8000.0) for n in VELOCITY),
            controls=tuple(Control(n, "", 1.0, -1.1, 1.1) for n in THRUST),
            dynamics=dynamics,
            path=(Limit.equal("thrust direction's length", "", 1.0), Limit("radius", "m", lower=radius)),
            start=part.start,
            duration=part.duration if part.fixed else (0.5 * part.duration, part.duration),
            initial=first if part is parts[0] else {},
            constants={"thrust": part.thrust, "mass_flow": part.mass_flow, "burn_mass": part.mass},
            mesh=phase_mesh,
            time_scale=100.0,
        )
        for part, phase_mesh in zip(parts, meshes, strict=True)
    )
    last = parts[-1]
    return Problem(
        name="Delta III to geostationary transfer orbit",
        phases=phases,
        links=tuple(Link(a.name, b.name) for a, b in pairwise(phases)),
        boundaries=(
            Boundary(
                insertion,
                (
                    *(
                        Limit.equal(f"angular momentum {n}", "m^2/s", value, scale=radius * 8000.0)
                        for n, value in zip(POSITION, momentum, strict=True)
                    ),
                    Limit.equal("eccentricity to perigee", "", orbit["eccentricity"]),
                    Limit.equal("eccentricity across", "", 0.0),
                ),
            ),
        ),
        objective=Objective(
            "final mass",
            "kg",
            final_mass,
            scale=last.mass_flow * 100.0,
            maximize=True,
        ),
        constants={
            "mu": mu,
            "earth_radius": radius,
            "spin": spin,
            "ground_density": earth["sea_level_density_kg_m3"],
            "scale_height": earth["density_scale_height_m"],
            "drag_area": data["drag"]["coefficient"] * np.pi / 4 * data["drag"]["diameter_m"] ** 2,
        },
    )


def with_guess(problem: Problem) -> Problem:
    """The problem with a flown guess: straight up for 10 s, then the thrust turns evenly from the vertical to due east
    and level at 300 s, where it stays until the tanks are empty. Nothing of it comes from the answer."""
    begun, level = 10.0, 300.0
    state = {name: float(value) for name, value in problem.phases[0].initial.items()}  # type: ignore[arg-type]
    phases = []
    for phase in problem.phases:
        start = float(phase.start)  # type: ignore[arg-type]
        duration = phase.duration[1] if isinstance(phase.duration, tuple) else phase.duration

        def steer(elapsed: float, s, start: float = start) -> dict[str, float]:
            pitch = np.pi / 2 * (1 - np.clip((start + elapsed - begun) / (level - begun), 0.0, 1.0))
            x, y, z = (s[n] for n in POSITION)
            up, east = np.sin(pitch) / np.hypot(np.hypot(x, y), z), np.cos(pitch) / np.hypot(x, y)
            return {"ux": up * x - east * y, "uy": up * y + east * x, "uz": up * z}

        guess, state = fly(problem, phase.name, state, steer, start=start, duration=duration, points=20, tolerance=1e-3)
        phases.append(replace(phase, guess=guess))
    return replace(problem, phases=tuple(phases))


def solve_delta3(mesh: Mesh | tuple[Mesh, ...] = MESH, options: Options | None = None) -> Solution:
    """The Delta III ascent solved from the flown guess; ``.objective`` is the final mass [kg]."""
    return solve(with_guess(delta3(mesh)), options=options)


@dataclass(frozen=True)
class Difference:
    """A flight flown again, less the solution, at cut-off [m, m/s, kg]; the orbit it reached: semi-major axis [m] and
    eccentricity."""

    position: float
    speed: float
    mass: float
    semi_major_axis: float
    eccentricity: float


def fly_again(solution: Solution) -> Difference:
    """The whole flight from the pad to cut-off with the solution's steering, by equations of motion written separately.

    In vectors, from the vehicle's figures, with mass as a state and without the smoothing of the airspeed; SciPy's
    DOP853 from one mesh interval to the next. Only steering and cut-off time are taken from the solution.
    """
    from scipy.integrate import solve_ivp

    data = figures()
    earth = data["earth"]
    spin = np.array([0.0, 0.0, earth["rotation_rate_rad_s"]])
    area = np.pi * (data["drag"]["diameter_m"] / 2) ** 2
    latitude = np.radians(data["launch_latitude_deg"])
    pad = earth["radius_m"] * np.array([np.cos(latitude), 0.0, np.sin(latitude)])
    state = np.concatenate([pad, np.cross(spin, pad), [0.0]])
    for burn in burns(data):
        phase = solution[burn.name]
        state[6] = burn.mass  # what was dropped is in the figures

        def slope(time, state, burn=burn, phase=phase, interval=0):
            position, velocity, mass = state[:3], state[3:6], state[6]
            distance = np.linalg.norm(position)
            air = velocity - np.cross(spin, position)
            density = earth["sea_level_density_kg_m3"] * np.exp(
                -(distance - earth["radius_m"]) / earth["density_scale_height_m"]
            )
            drag = -0.5 * density * data["drag"]["coefficient"] * area * np.linalg.norm(air) * air
            read = phase.at_fractions(np.array([(time - phase.start) / phase.duration]), interval)
            thrust = burn.thrust * np.array([read[n][0] for n in THRUST])
            gravity = -earth["gravitational_parameter_m3_s2"] * position / distance**3
            return np.concatenate([velocity, gravity + (thrust + drag) / mass, [-burn.mass_flow]])

        for interval, (a, b) in enumerate(pairwise(phase.edges)):
            flown = solve_ivp(slope, (a, b), state, "DOP853", rtol=1e-11, atol=1e-9, args=(burn, phase, interval))
            state = flown.y[:, -1].copy()
    last = solution["second stage"]
    position, velocity = (np.array([last.states[n][-1] for n in names]) for names in (POSITION, VELOCITY))
    mu = earth["gravitational_parameter_m3_s2"]
    _, e = orbit_vectors(state[:3], state[3:6], mu)
    energy = state[3:6] @ state[3:6] / 2 - mu / np.linalg.norm(state[:3])
    return Difference(
        position=float(np.linalg.norm(state[:3] - position)),
        speed=float(np.linalg.norm(state[3:6] - velocity)),
        mass=float(state[6] - solution.objective),
        semi_major_axis=float(-mu / 2 / energy),
        eccentricity=float(np.linalg.norm(e)),
    )
