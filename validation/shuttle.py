"""The shuttle's re-entry (Betts 2010, example 6.1) stated on our own optimal-control layer, with and without its heating limit.

A point mass glides over a sphere that does not turn, steered by angle of attack and bank, from 260,000 ft down to
80,000 ft, as far across its first heading as it can. In the units of the publication: ft, s, rad, slug, BTU.
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

MESH = Mesh.uniform(12, 6)
LIMITED_MESH = Mesh.uniform(40, 5)
HEATING = "heating"


@lru_cache
def figures() -> dict[str, Any]:
    """The published figures, with the unit in the key."""
    return yaml.safe_load(files("osea_rocket.validation").joinpath("data/shuttle.yaml").read_text(encoding="utf-8"))


def _polynomial(coefficients: list[float], x: Any) -> Any:
    return sum(c * x**k for k, c in enumerate(coefficients))


def dynamics(p: Values) -> dict[str, Any]:
    """Betts 2010, eqs. 6.1-6.6, the aerodynamics 6.7-6.12 and the heating 6.16-6.18, numbered as in the second edition."""
    data = figures()
    vehicle, heating = data["vehicle"], data["heating"]
    attack = np.degrees(1.0) * p.attack
    radius = p.earth_radius + p.altitude
    gravity = p.mu / radius**2
    density = p.ground_density * np.exp(-p.altitude / p.scale_height)
    push = 0.5 * density * p.speed**2 * p.area / p.mass
    lift, drag = (push * _polynomial(vehicle[name], attack) for name in ("lift", "drag"))
    fall = np.sin(p.path_angle)
    level = np.cos(p.path_angle)
    return {
        "altitude": p.speed * fall,
        "longitude": p.speed / radius * level * np.sin(p.azimuth) / np.cos(p.latitude),
        "latitude": p.speed / radius * level * np.cos(p.azimuth),
        "speed": -drag - gravity * fall,
        "path_angle": lift * np.cos(p.bank) / p.speed + level * (p.speed / radius - gravity / p.speed),
        "azimuth": lift * np.sin(p.bank) / (p.speed * level)
        + p.speed / (radius * np.cos(p.latitude)) * level * np.sin(p.azimuth) * np.sin(p.latitude),
        HEATING: heating["factor"]
        * np.sqrt(density)
        * (1e-4 * p.speed) ** heating["speed_exponent"]
        * _polynomial(heating["attack"], attack),
    }


def shuttle(heating_limit: float | None = None, mesh: Mesh = MESH) -> Problem:
    """The problem with a plain guess: straight lines from the first state to the last, the heading turning to the pole and the
    bank rolling back to level. (With a constant bank some meshes end in a worse optimum that dives steeply at the end.)"""
    data = figures()
    first, last = data["initial"], data["final"]
    start = {
        "altitude": first["altitude_ft"],
        "longitude": np.radians(first["longitude_deg"]),
        "latitude": np.radians(first["latitude_deg"]),
        "speed": first["speed_ft_s"],
        "path_angle": np.radians(first["path_angle_deg"]),
        "azimuth": np.radians(first["azimuth_deg"]),
    }
    end = {
        "altitude": last["altitude_ft"],
        "speed": last["speed_ft_s"],
        "path_angle": np.radians(last["path_angle_deg"]),
    }
    attack, bank = (tuple(np.radians(data[name])) for name in ("attack_deg", "bank_deg"))
    right = np.radians(89.0)
    entry = Phase(
        name="entry",
        states=(
            State("altitude", "ft", 1e5, 0.0),
            State("longitude", "rad", 1.0),
            State("latitude", "rad", 1.0, -right, right),
            State("speed", "ft/s", 1e4, 1.0),
            State("path_angle", "rad", 0.1, -right, right),
            State("azimuth", "rad", 1.0),
        ),
        controls=(Control("attack", "rad", 1.0, *attack), Control("bank", "rad", 1.0, *bank)),
        dynamics=dynamics,
        path=() if heating_limit is None else (Limit(HEATING, "BTU/(ft^2 s)", upper=heating_limit),),
        start=0.0,
        duration=(500.0, 4000.0),
        initial=start,
        final=end,
        mesh=mesh,
        guess=Guess(
            duration=2000.0,
            values={name: (value, end.get(name, value)) for name, value in start.items()}
            | {
                "latitude": (0.0, 0.5),
                "azimuth": (start["azimuth"], 0.0),
                "attack": np.radians(17.0),
                "bank": (np.radians(-75.0), 0.0),
            },
        ),
    )
    return Problem(
        name="shuttle re-entry",
        phases=(entry,),
        objective=Objective("final latitude", "rad", lambda ends: ends["entry"].final.latitude, maximize=True),
        constants={
            "mu": data["planet"]["gravitational_parameter_ft3_s2"],
            "earth_radius": data["planet"]["radius_ft"],
            "ground_density": data["atmosphere"]["ground_density_slug_ft3"],
            "scale_height": data["atmosphere"]["scale_height_ft"],
            "area": data["vehicle"]["area_ft2"],
            "mass": data["vehicle"]["weight_lbf"] / data["vehicle"]["weight_per_mass_ft_s2"],
        },
    )


def solve_shuttle(mesh: Mesh = MESH, options: Options | None = None) -> Solution:
    """The largest cross-range without a heating limit; ``.objective`` is the final latitude [rad]."""
    return solve(shuttle(mesh=mesh), options=options)


def solve_shuttle_limited(mesh: Mesh = LIMITED_MESH, options: Options | None = None) -> Solution:
    """The largest cross-range with the published heating limit, from the same plain guess."""
    limit = figures()["optimum"]["heating_limited"]["limit"]
    return solve(shuttle(limit, mesh), options=options)
