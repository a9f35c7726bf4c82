"""Powered descent on Mars with the least fuel (Acikmese and Ploen 2007) stated on our own optimal-control layer.

A point mass with six canted engines that can neither stop nor throttle below 30 %, brought from 1.5 km to rest at a given
place, in constant gravity without air. Without a glide slope the best path dips below the ground; with one of 86 degrees
from the vertical it does not. The thrust's lower limit is stated as it is, though it is not convex.
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
    Mesh,
    Objective,
    Phase,
    Problem,
    State,
    Values,
)
from ..trajectory.optimal_control.solution import Solution
from ..trajectory.optimal_control.solve import Options, solve

MESH = Mesh.uniform(40, 3)
ROUNDING = 0.1  # m


@lru_cache
def figures() -> dict[str, Any]:
    """The figures, SI with the unit in the key."""
    text = files("osea_rocket.validation").joinpath("data/mars_landing.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def dynamics(p: Values) -> dict[str, Any]:
    """A point mass: x up, y and z level [m, m/s]; thrust [N] is what the canted engines give together."""
    thrust = np.sqrt(p.thrust_x**2 + p.thrust_y**2 + p.thrust_z**2)
    return {
        "x": p.vx,
        "y": p.vy,
        "z": p.vz,
        "vx": p.thrust_x / p.mass - p.gravity,
        "vy": p.thrust_y / p.mass,
        "vz": p.thrust_z / p.mass,
        "mass": -thrust / p.exhaust_speed,
        "thrust": thrust,
        # |level distance| <= tan(angle) x, rounded by ROUNDING at the apex, where the distance has no slope.
        "glide slope": np.sqrt(p.y**2 + p.z**2 + ROUNDING**2) - ROUNDING - p.slope * p.x,
    }


def mars_landing(glide_slope: bool = False, mesh: Mesh = MESH) -> Problem:
    """The problem with a plain guess: straight lines to the landing place and a hovering thrust."""
    data = figures()
    engines, first = data["engines"], data["initial"]
    along = np.cos(np.radians(engines["cant_deg"]))
    least, most = (engines["count"] * engines["largest_thrust_N"] * share * along for share in engines["throttle"])
    start = {
        "x": first["altitude_m"],
        "y": first["y_m"],
        "z": first["z_m"],
        "vx": first["climb_m_s"],
        "vy": first["vy_m_s"],
        "vz": first["vz_m_s"],
        "mass": data["wet_mass_kg"],
    }
    limits = [Limit("thrust", "N", least, most)]
    if glide_slope:
        limits.append(Limit("glide slope", "m", upper=0.0, scale=1000.0))
    descent = Phase(
        name="descent",
        states=(
            *(State(n, "m", 1000.0) for n in "xyz"),
            *(State(f"v{n}", "m/s", 100.0) for n in "xyz"),
            State("mass", "kg", 1000.0, data["dry_mass_kg"], data["wet_mass_kg"]),
        ),
        controls=tuple(Control(f"thrust_{n}", "N", 1e4, -most, most) for n in "xyz"),
        dynamics=dynamics,
        path=tuple(limits),
        start=0.0,
        duration=(20.0, 200.0),
        initial=start,
        final=dict.fromkeys(("x", "y", "z", "vx", "vy", "vz"), 0.0),
        mesh=mesh,
        guess=Guess(
            duration=75.0,
            values={n: (start[n], 0.0) for n in ("x", "y", "z", "vx", "vy", "vz")}
            | {
                "mass": (data["wet_mass_kg"], data["dry_mass_kg"]),
                "thrust_x": data["wet_mass_kg"] * data["gravity_m_s2"],
            },
        ),
    )
    return Problem(
        name="Mars powered descent",
        phases=(descent,),
        objective=Objective(
            "fuel", "kg", lambda ends: ends["descent"].initial.mass - ends["descent"].final.mass, scale=100.0
        ),
        constants={
            "gravity": data["gravity_m_s2"],
            "exhaust_speed": engines["specific_impulse_s"] * engines["standard_gravity_m_s2"] * along,
            "slope": np.tan(np.radians(data["glide_slope_deg"])),
        },
    )


def solve_mars_landing(glide_slope: bool = False, mesh: Mesh = MESH, options: Options | None = None) -> Solution:
    """The landing with the least fuel; ``.objective`` is the fuel burned [kg]."""
    return solve(mars_landing(glide_slope, mesh), options=options)
