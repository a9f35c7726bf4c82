"""A rocket's six-degree-of-freedom landing in the least time (Szmuk and Acikmese 2018) on our own optimal-control layer.

Attitude as a quaternion, first attitude free; limits on thrust, gimbal, tilt, turn rate and glide slope. In the units of
the publication, where length, time and mass are of order 1. x is up, and along the body.
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

MESH = Mesh.uniform(15, 4)
ROUNDING = 1e-4  # of the glide slope's apex, where the distance has no slope
AXES = ("x", "y", "z")


@lru_cache
def figures() -> dict[str, Any]:
    """The published figures, in the units of the publication; angles in degrees."""
    text = files("osea_rocket.validation").joinpath("data/szmuk_landing.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def dynamics(p: Values) -> dict[str, Any]:
    """Szmuk and Acikmese 2018, eqs. 1-7: quaternion (q0 scalar) from inertial to body axes, the same inertia about all."""
    q0, q1, q2, q3 = p.q0, p.q1, p.q2, p.q3
    ux, uy, uz = p.ux, p.uy, p.uz
    thrust = np.sqrt(ux**2 + uy**2 + uz**2)
    return {
        "m": -p.mass_per_impulse * thrust,
        **{n: p[f"v{n}"] for n in AXES},
        # Body to inertial axes: the transposed direction-cosine matrix of the quaternion.
        "vx": ((1 - 2 * (q2**2 + q3**2)) * ux + 2 * (q1 * q2 - q0 * q3) * uy + 2 * (q1 * q3 + q0 * q2) * uz) / p.m
        - p.gravity,
        "vy": (2 * (q1 * q2 + q0 * q3) * ux + (1 - 2 * (q1**2 + q3**2)) * uy + 2 * (q2 * q3 - q0 * q1) * uz) / p.m,
        "vz": (2 * (q1 * q3 - q0 * q2) * ux + 2 * (q2 * q3 + q0 * q1) * uy + (1 - 2 * (q1**2 + q2**2)) * uz) / p.m,
        "q0": 0.5 * (-p.wx * q1 - p.wy * q2 - p.wz * q3),
        "q1": 0.5 * (p.wx * q0 + p.wz * q2 - p.wy * q3),
        "q2": 0.5 * (p.wy * q0 - p.wz * q1 + p.wx * q3),
        "q3": 0.5 * (p.wz * q0 + p.wy * q1 - p.wx * q2),
        # (-arm, 0, 0) x u; with equal inertia the gyroscopic term is zero.
        "wx": 0.0 * p.wx,
        "wy": p.thrust_arm * uz / p.inertia,
        "wz": -p.thrust_arm * uy / p.inertia,
        "thrust": thrust,
        "gimbal": uy**2 + uz**2 - (p.gimbal * ux) ** 2,
        "glide slope": np.sqrt(p.y**2 + p.z**2 + ROUNDING**2) - ROUNDING - p.x / p.slope,
        "tilt": q2**2 + q3**2,
        "turn rate": p.wx**2 + p.wy**2 + p.wz**2,
    }


def szmuk_landing(mesh: Mesh = MESH) -> Problem:
    """The problem with a plain guess: straight lines to the landing place, upright, hovering."""
    data = figures()
    least, most = data["thrust"]
    radians = {name: np.radians(data[f"{name}_deg"]) for name in ("gimbal", "tilt", "turn_rate", "glide_slope")}
    first = dict(zip(AXES, data["initial"]["position"], strict=True))
    first |= {f"v{n}": v for n, v in zip(AXES, data["initial"]["velocity"], strict=True)}
    last = dict.fromkeys(AXES, 0.0) | {f"v{n}": v for n, v in zip(AXES, data["final"]["velocity"], strict=True)}
    upright = {"q0": 1.0, "q1": 0.0, "q2": 0.0, "q3": 0.0}
    still = {f"w{n}": 0.0 for n in AXES}
    landing = Phase(
        name="landing",
        states=(
            State("m", "1", 1.0, data["dry_mass"], data["wet_mass"]),
            *(State(n, "1", 1.0) for n in AXES),
            *(State(f"v{n}", "1", 1.0) for n in AXES),
            *(State(n, "1", 1.0, -1.1, 1.1) for n in upright),
            *(State(n, "1", 1.0) for n in still),
        ),
        controls=(
            Control("ux", "1", 1.0, 0.0, most),
            Control("uy", "1", 1.0, -most, most),
            Control("uz", "1", 1.0, -most, most),
        ),
        dynamics=dynamics,
        path=(
            Limit("thrust", "1", least, most),
            Limit("gimbal", "1", upper=0.0),
            Limit("glide slope", "1", upper=0.0),
            Limit("tilt", "1", upper=(1 - np.cos(radians["tilt"])) / 2),
            Limit("turn rate", "1", upper=radians["turn_rate"] ** 2),
        ),
        start=0.0,
        duration=(1.0, 20.0),
        initial={"m": data["wet_mass"]} | first | still,
        final=last | upright | still,
        mesh=mesh,
        guess=Guess(
            duration=4.0,
            values={n: (v, last[n]) for n, v in first.items()}
            | {"m": data["wet_mass"], "q0": 1.0, "ux": data["wet_mass"]},
        ),
    )
    return Problem(
        name="six-degree-of-freedom landing",
        phases=(landing,),
        objective=Objective("time", "1", lambda ends: ends["landing"].duration),
        constants={
            "gravity": data["gravity"],
            "inertia": data["inertia"],
            "thrust_arm": data["thrust_arm"],
            "mass_per_impulse": data["mass_per_impulse"],
            "gimbal": np.tan(radians["gimbal"]),
            "slope": np.tan(radians["glide_slope"]),
        },
    )


def solve_szmuk_landing(mesh: Mesh = MESH, options: Options | None = None) -> Solution:
    """The landing in the least time; ``.objective`` is that time."""
    return solve(szmuk_landing(mesh), options=options)
