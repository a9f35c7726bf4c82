"""Ascent and booster return of a two-stage launcher (Ma et al. 2019) on our own optimal-control layer: one problem, one solve.

The flight branches at separation: the second stage goes on into orbit, the booster turns round and lands on the pad with one
engine, which the problem keeps burning at 38 % of its thrust or more all the way (physically odd; kept as published). Spherical
Earth without rotation, exponential air, one specific impulse everywhere.
"""

from dataclasses import replace
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from ..trajectory.optimal_control.problem import (
    Boundary,
    Control,
    Ends,
    Guess,
    Limit,
    Link,
    Mesh,
    Objective,
    Phase,
    Problem,
    State,
    Values,
)
from ..trajectory.optimal_control.propagation import fly, refly
from ..trajectory.optimal_control.solution import Solution
from ..trajectory.optimal_control.solve import Options, solve
from .delta3 import POSITION, THRUST, VELOCITY, orbit_axes, orbit_vectors

Meshes = tuple[Mesh, Mesh, Mesh]  # of boost, second stage, booster's return
MESHES: tuple[Meshes, Meshes, Meshes] = (
    (Mesh.uniform(8, 4), Mesh.uniform(8, 4), Mesh.uniform(30, 4)),
    (Mesh.uniform(16, 4), Mesh.uniform(20, 4), Mesh.uniform(40, 4)),
    (Mesh.uniform(24, 3), Mesh.uniform(30, 3), Mesh.uniform(80, 3)),
)
LEAST_SPEED_SQUARED = 1e-6  # m2/s2: |v| has no slope at rest


def figures() -> dict[str, Any]:
    """The published figures, SI with the unit in the key."""
    return yaml.safe_load(files("osea_rocket.validation").joinpath("data/ma2019.yaml").read_text(encoding="utf-8"))


def dynamics(p: Values) -> dict[str, Any]:
    """Point mass under central gravity, thrust and drag of air at rest [m, m/s, kg]."""
    radius = np.sqrt(p.x**2 + p.y**2 + p.z**2)
    speed = np.sqrt(p.vx**2 + p.vy**2 + p.vz**2 + LEAST_SPEED_SQUARED)
    density = p.ground_density * np.exp(-(radius - p.earth_radius) / p.scale_height)
    drag = 0.5 * density * p.drag_area * speed / p.mass
    throttle = p.throttle if "throttle" in p else 1.0
    push, gravity = throttle * p.thrust / p.mass, p.mu / radius**3
    rates: dict[str, Any] = {"x": p.vx, "y": p.vy, "z": p.vz, "mass": -throttle * p.thrust / p.exhaust_speed}
    for name, along, moving, pointing in zip(
        VELOCITY, (p.x, p.y, p.z), (p.vx, p.vy, p.vz), (p.ux, p.uy, p.uz), strict=True
    ):
        rates[name] = push * pointing - gravity * along - drag * moving
    return rates | {
        "thrust direction's length": p.ux**2 + p.uy**2 + p.uz**2,
        "radius": radius,
        "dynamic pressure": 0.5 * density * speed**2,
    }


def ma2019(meshes: Meshes = MESHES[0]) -> Problem:
    """The problem on a mesh for each phase; it still needs a guess (see *with_guess*)."""
    data = figures()
    earth, orbit, engine, booster = data["earth"], data["orbit"], data["engine"], data["booster"]
    mu, radius, split = earth["gravitational_parameter_m3_s2"], earth["radius_m"], data["separation_s"]
    latitude = np.radians(data["launch_latitude_deg"])
    pad = dict(zip(POSITION, radius * np.array([np.cos(latitude), 0.0, np.sin(latitude)]), strict=True))
    pad |= dict(zip(VELOCITY, data["launch_velocity_m_s"], strict=True))
    upper = data["stage_2"]["total_mass_kg"]
    whole = booster["total_mass_kg"] + upper
    empty = booster["total_mass_kg"] - booster["propellant_mass_kg"]
    directions = tuple(Control(n, "", 1.0, -1.1, 1.1) for n in THRUST)
    unit = Limit.equal("thrust direction's length", "", 1.0)
    above_ground = Limit("radius", "m", lower=radius)
    to_perigee, ahead, normal = orbit_axes(orbit)
    momentum = np.sqrt(mu * orbit["semi_major_axis_m"] * (1 - orbit["eccentricity"] ** 2)) * normal

    def motion(mass: float) -> tuple[State, ...]:
        return (
            *(State(n, "m", radius) for n in POSITION),
            *(State(n, "m/s", 8000.0) for n in VELOCITY),
            State("mass", "kg", mass, lower=1e3),
        )

    def insertion(ends: Ends) -> dict[str, Any]:
        final = ends["second stage"].final
        h, e = orbit_vectors([final[n] for n in POSITION], [final[n] for n in VELOCITY], mu)
        return {
            **{f"angular momentum {n}": value for n, value in zip(POSITION, h, strict=True)},
            "eccentricity to perigee": sum(a * b for a, b in zip(e, to_perigee, strict=True)),
            "eccentricity across": sum(a * b for a, b in zip(e, ahead, strict=True)),
        }

    goals = (
        *(
            Limit.equal(f"angular momentum {n}", "m^2/s", value, scale=radius * 8000.0)
            for n, value in zip(POSITION, momentum, strict=True)
        ),
        Limit.equal("eccentricity to perigee", "", orbit["eccentricity"], scale=1.0),
        Limit.equal("eccentricity across", "", 0.0, scale=1.0),
    )
    boost = Phase(
        name="boost",
        states=motion(whole),
        controls=directions,
        dynamics=dynamics,
        path=(unit, above_ground),
        start=0.0,
        duration=split,
        initial=pad | {"mass": whole},
        constants={"thrust": booster["engines_ascent"] * engine["thrust_N"]},
        mesh=meshes[0],
    )
    second = Phase(
        name="second stage",
        states=motion(upper),
        controls=directions,
        dynamics=dynamics,
        path=(unit, above_ground),
        duration=tuple(t - split for t in data["insertion_s"]),
        final={"mass": (upper - data["stage_2"]["propellant_mass_kg"], upper)},
        constants={"thrust": engine["thrust_N"]},
        mesh=meshes[1],
    )
    back = Phase(
        name="booster's return",
        states=motion(whole - upper),
        controls=(*directions, Control("throttle", "", 1.0, engine["lowest_throttle"], 1.0)),
        dynamics=dynamics,
        path=(unit, above_ground, Limit("dynamic pressure", "Pa", upper=data["dynamic_pressure_Pa"])),
        duration=tuple(t - split for t in data["landing_s"]),
        final=pad | {"mass": (empty, whole)},
        constants={"thrust": booster["engines_return"] * engine["thrust_N"]},
        mesh=meshes[2],
    )
    return Problem(
        name="ascent and booster return",
        phases=(boost, second, back),
        links=(
            Link("boost", "second stage", change=lambda p: {"mass": upper}),
            Link("boost", "booster's return", change=lambda p: {"mass": p.mass - upper}),
        ),
        boundaries=(Boundary(insertion, goals),),
        objective=Objective("final mass", "kg", lambda ends: ends["second stage"].final.mass, 1e4, maximize=True),
        constants={
            "mu": mu,
            "earth_radius": radius,
            "ground_density": earth["sea_level_density_kg_m3"],
            "scale_height": earth["density_scale_height_m"],
            "drag_area": data["drag"]["coefficient"] * data["drag"]["area_m2"],
            "exhaust_speed": engine["specific_impulse_s"] * data["standard_gravity_m_s2"],
        },
    )


def with_guess(problem: Problem) -> Problem:
    """The problem with a guess of which nothing comes from the answer: the ascent is flown straight up for 10 s, then turns
    evenly to level at 300 s; the booster's path is the cubic from separation to the pad, at constant low thrust."""
    boost, second, back = problem.phases
    split, begun, level = float(boost.duration), 10.0, 300.0  # type: ignore[arg-type]

    def steer(time: float, s) -> dict[str, float]:
        pitch = np.pi / 2 * (1 - np.clip((time - begun) / (level - begun), 0.0, 1.0))
        x, y, z = (s[n] for n in POSITION)
        up, east = np.sin(pitch) / np.hypot(np.hypot(x, y), z), np.cos(pitch) / np.hypot(x, y)
        return {"ux": up * x - east * y, "uy": up * y + east * x, "uz": up * z}

    pad = {n: float(v) for n, v in boost.initial.items()}  # type: ignore[arg-type]
    flown, parted = fly(problem, "boost", pad, steer, duration=split, points=20, tolerance=1e-4)
    upper = second.final["mass"][1]  # type: ignore[index]
    onward, _ = fly(
        problem, "second stage", parted | {"mass": upper}, lambda t, s: steer(split + t, s),
        start=split, duration=float(np.mean(second.duration)), points=20, tolerance=1e-4,
    )  # fmt: skip
    home = _cubic_home(parted, pad, float(np.mean(back.duration)), split)
    home.values["mass"] = np.linspace(parted["mass"] - upper, back.final["mass"][0], len(home.at))  # type: ignore[index]
    guessed = zip(problem.phases, (flown, onward, home), strict=True)
    return replace(problem, phases=tuple(replace(p, guess=g) for p, g in guessed))


def _cubic_home(
    begin: dict[str, float], end: dict[str, float], duration: float, start: float, points: int = 40
) -> Guess:
    """The cubic in time from one state to another, thrust upward at half throttle."""
    s = np.linspace(0.0, 1.0, points)
    values: dict[str, Any] = {"throttle": 0.5}
    for place, speed, pointing in zip(POSITION, VELOCITY, THRUST, strict=True):
        a, b, va, vb = begin[place], end[place], begin[speed] * duration, end[speed] * duration
        c2, c3 = 3 * (b - a) - 2 * va - vb, 2 * (a - b) + va + vb
        values[place] = a + va * s + c2 * s**2 + c3 * s**3
        values[speed] = (va + 2 * c2 * s + 3 * c3 * s**2) / duration
        values[pointing] = a / np.sqrt(sum(begin[n] ** 2 for n in POSITION))
    return Guess(start, duration, values, s)


def solve_ma2019(meshes: Meshes = MESHES[0], options: Options | None = None) -> Solution:
    """The problem solved from its guess; ``.objective`` is the second stage's final mass [kg]."""
    return solve(with_guess(ma2019(meshes)), options=options)


def flown_apart(solution: Solution) -> tuple[float, float]:
    """The largest differences at a phase's end, position [m] and mass [kg], of all phases flown again from their first states
    with the solution's controls (SciPy's DOP853)."""
    flights = refly(solution)
    place = max(float(np.linalg.norm([f.end_difference[n] for n in POSITION])) for f in flights)
    return place, max(abs(f.end_difference["mass"]) for f in flights)
