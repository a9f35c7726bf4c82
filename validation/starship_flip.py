"""The flip and landing of a belly-flopping upper stage (Malyuta et al. 2022) on our own optimal-control layer.

In a plane: the stage falls flat at its terminal speed, turns upright with three engines and lands on one, with the least
propellant. The moment of the switch is free. The publication prints no optimum, and its cost is another one: this is our own
reference, of this statement: mass falls as propellant burns, inertia stays, the gimbal turns at a limited rate (its lag of
0.05 s is left out).
"""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from ..trajectory.optimal_control.problem import (
    Control,
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
from ..trajectory.optimal_control.solution import Solution
from ..trajectory.optimal_control.solve import Options, solve

MESH = Mesh.uniform(12, 4)
LEAST_SPEED_SQUARED = 1e-4  # m2/s2: |v| has no slope at rest


@lru_cache
def figures() -> dict[str, Any]:
    """The published figures, SI (angles in degrees) with the unit in the key."""
    text = files("osea_rocket.validation").joinpath("data/starship_flip.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def dynamics(p: Values) -> dict[str, Any]:
    """A rigid body in the plane: x level, z up [m], tilt from upright to the left [rad]; thrust at the engines, turned by
    the gimbal; drag against the motion, at the centre of pressure."""
    speed = np.sqrt(p.vx**2 + p.vz**2 + LEAST_SPEED_SQUARED)
    drag_x, drag_z = (-p.drag_factor * speed * v for v in (p.vx, p.vz))
    direction = p.tilt + p.gimbal
    across = drag_x * np.cos(p.tilt) + drag_z * np.sin(p.tilt)  # drag along the body's right-hand normal
    return {
        "x": p.vx,
        "z": p.vz,
        "vx": (-p.thrust * np.sin(direction) + drag_x) / p.mass,
        "vz": (p.thrust * np.cos(direction) + drag_z) / p.mass - p.gravity,
        "tilt": p.turn_rate,
        "turn_rate": -(p.engine_arm * p.thrust * np.sin(p.gimbal) + p.pressure_arm * across) / p.inertia,
        "mass": -p.thrust / p.exhaust_speed,
        "gimbal": p.gimbal_rate,
        "glide slope right": p.x - p.slope * p.z,
        "glide slope left": -p.x - p.slope * p.z,
    }


def starship_flip(mesh: Mesh = MESH) -> Problem:
    """The problem with a plain guess: straight lines, upright within the first phase."""
    data = figures()
    first = data["initial"]
    weight = data["mass_kg"] * data["gravity_m_s2"]
    gimbal, rate, terminal = (np.radians(data[k]) for k in ("gimbal_deg", "gimbal_rate_deg_s", "tilt_terminal_deg"))
    start = {
        "x": first["x_m"],
        "z": first["z_m"],
        "vx": first["vx_m_s"],
        "vz": first["vz_m_s"],
        "tilt": np.radians(first["tilt_deg"]),
        "turn_rate": 0.0,
        "mass": data["mass_kg"],
    }
    end = {"x": 0.0, "z": 0.0, "vx": 0.0, "vz": data["final"]["vz_m_s"], "tilt": 0.0, "turn_rate": 0.0}

    def phase(name: str, thrust: list[float], largest_tilt: float, **details: Any) -> Phase:
        return Phase(
            name=name,
            states=(
                State("x", "m", 100.0),
                State("z", "m", 100.0, 0.0),
                State("vx", "m/s", 50.0),
                State("vz", "m/s", 50.0),
                State("tilt", "rad", 1.0, -largest_tilt, largest_tilt),
                State("turn_rate", "rad/s", 1.0),
                State("mass", "kg", 1e5, 1e4, data["mass_kg"]),
                State("gimbal", "rad", 0.1, -gimbal, gimbal),
            ),
            controls=(Control("thrust", "N", 1e6, *thrust), Control("gimbal_rate", "rad/s", 0.1, -rate, rate)),
            dynamics=dynamics,
            path=(
                Limit("glide slope right", "m", upper=0.0, scale=100.0),
                Limit("glide slope left", "m", upper=0.0, scale=100.0),
            ),
            end=(0.0, data["longest_time_s"]),
            mesh=mesh,
            **details,
        )

    flip = phase(
        "flip",
        data["thrust_three_N"],
        np.pi,
        start=0.0,
        duration=(0.5, 20.0),
        initial=start | {"gimbal": 0.0},
        guess=Guess(
            duration=5.0,
            values={
                "x": (100.0, 20.0),
                "z": (600.0, 200.0),
                "vx": (0.0, -5.0),
                "vz": (-85.0, -40.0),
                "tilt": (start["tilt"], 0.0),
                "mass": data["mass_kg"],
                "thrust": data["thrust_three_N"][0],
            },
        ),
    )
    descent = phase(
        "terminal descent",
        data["thrust_one_N"],
        terminal,
        duration=(0.5, 30.0),
        final=end,
        guess=Guess(
            start=5.0,
            duration=10.0,
            values={
                "x": (20.0, 0.0),
                "z": (200.0, 0.0),
                "vx": (-5.0, 0.0),
                "vz": (-40.0, 0.0),
                "mass": data["mass_kg"],
                "thrust": weight,
            },
        ),
    )
    return Problem(
        name="flip and landing",
        phases=(flip, descent),
        links=(Link("flip", "terminal descent"),),
        objective=Objective(
            "propellant",
            "kg",
            lambda ends: ends["flip"].initial.mass - ends["terminal descent"].final.mass,
            scale=1000.0,
        ),
        constants={
            "gravity": data["gravity_m_s2"],
            "exhaust_speed": data["specific_impulse_s"] * data["gravity_m_s2"],
            "drag_factor": data["drag_margin"] * weight / data["terminal_speed_m_s"] ** 2,
            "engine_arm": data["centre_of_mass_m"],
            "pressure_arm": data["centre_of_pressure_m"] - data["centre_of_mass_m"],
            "inertia": data["mass_kg"] / 12 * (6 * data["radius_m"] ** 2 + data["length_m"] ** 2),
            "slope": np.tan(np.radians(data["glide_slope_deg"])),
        },
    )


def solve_starship_flip(meshes: tuple[Mesh, ...] = (MESH,), options: Options | None = None) -> Solution:
    """The flip and landing with the least propellant; ``.objective`` is that propellant [kg].

    Every mesh starts from the solution on the one before. From the plain guess fine meshes may end in another local optimum,
    an early switch to one engine, which costs 11 % more.
    """
    solution = None
    for mesh in meshes:
        solution = solve(starship_flip(mesh), guess=solution, options=options)
    assert solution is not None
    return solution
