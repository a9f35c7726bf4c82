"""The Goddard rocket (COPS 3.0, problem 'rocket') on our own optimal-control layer: the highest climb of a rocket with drag.

In the units of its publication, where the planet's radius, its surface gravity and the first mass are 1. The answer burns
fully, then throttles along a singular arc, where thrust appears in no condition of the optimum, then coasts. Stated twice:
in one phase, which needs to know none of this, and in the three phases of that structure, whose switches lie between phases.
"""

from typing import Any

import numpy as np

from ..trajectory.optimal_control.problem import (
    Control,
    Guess,
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

# Dolan, Moré & Munson (2004), Benchmarking optimization software with COPS 3.0, ANL/MCS-TM-273, problem 'rocket'.
FIGURES = {"drag_factor": 310.0, "density_factor": 500.0, "exhaust_speed": 0.5}
LARGEST_THRUST = 3.5
FINAL_MASS = 0.6
HEIGHT, HEIGHT_TOLERANCE = 1.01284, 1e-5
MESH = Mesh.uniform(50, 3)
ARC_MESHES = (Mesh.uniform(2, 6), Mesh.uniform(1, 12), Mesh.uniform(4, 6))


def dynamics(p: Values) -> dict[str, Any]:
    """Vertical flight under inverse-square gravity and drag D = D_c v^2 exp(-h_c (h - 1))."""
    drag = p.drag_factor * p.v**2 * np.exp(-p.density_factor * (p.h - 1.0))
    return {"h": p.v, "v": (p.thrust - drag) / p.m - 1.0 / p.h**2, "m": -p.thrust / p.exhaust_speed}


def singular_thrust(h: Any, v: Any, m: Any) -> Any:
    """Thrust on the singular arc.

    There the switching function lambda_v / m - lambda_m / c, its rate and the Hamiltonian are zero, which gives
    S = (1 + v/c) D - m g = 0 (Bryson and Ho 1975, section 8.4, for any g(h)); dS/dt = 0 is linear in the thrust.
    """
    c, beta = FIGURES["exhaust_speed"], FIGURES["density_factor"]
    drag = FIGURES["drag_factor"] * v**2 * np.exp(-beta * (h - 1.0))
    gravity = h**-2.0
    by_speed = drag * (2 / v * (1 + v / c) + 1 / c)
    by_height = -beta * drag * (1 + v / c) + 2 * m * h**-3.0
    return (by_speed * (drag / m + gravity) - by_height * v) / (by_speed / m + gravity / c)


def _phase(name: str, thrust: tuple[float, float], **details: Any) -> Phase:
    return Phase(
        name=name,
        states=(State("h", "", 1.0, 1.0), State("v", "", 0.1, 0.0), State("m", "", 1.0, FINAL_MASS, 1.0)),
        controls=(Control("thrust", "", 1.0, *thrust),),
        dynamics=dynamics,
        **details,
    )


def _problem(phases: tuple[Phase, ...], links: tuple[Link, ...] = ()) -> Problem:
    last = phases[-1].name
    objective = Objective("final height", "", lambda ends: ends[last].final.h, scale=0.01, maximize=True)
    return Problem(name="Goddard rocket", phases=phases, links=links, objective=objective, constants=FIGURES)


def goddard(mesh: Mesh = MESH) -> Problem:
    """One phase from the ground to the top."""
    ascent = _phase(
        "ascent",
        (0.0, LARGEST_THRUST),
        start=0.0,
        duration=(0.05, 0.5),
        initial={"h": 1.0, "v": 0.0, "m": 1.0},
        final={"m": FINAL_MASS},
        mesh=mesh,
        guess=Guess(
            duration=0.2, values={"h": (1.0, 1.01), "v": 0.05, "m": (1.0, FINAL_MASS), "thrust": (LARGEST_THRUST, 0.0)}
        ),
    )
    return _problem((ascent,))


def goddard_with_arc(meshes: tuple[Mesh, Mesh, Mesh] = ARC_MESHES) -> Problem:
    """Full thrust, an arc with thrust free, and a coast; times and the arc's thrust are found, no singular law is imposed."""
    boost = _phase(
        "boost",
        (LARGEST_THRUST, LARGEST_THRUST),
        start=0.0,
        duration=(0.005, 0.1),
        initial={"h": 1.0, "v": 0.0, "m": 1.0},
        mesh=meshes[0],
        guess=Guess(0.0, 0.03, {"h": (1.0, 1.002), "v": (0.0, 0.1), "m": (1.0, 0.8), "thrust": LARGEST_THRUST}),
    )
    arc = _phase(
        "arc",
        (0.0, LARGEST_THRUST),
        duration=(0.005, 0.2),
        mesh=meshes[1],
        guess=Guess(0.03, 0.04, {"h": (1.002, 1.006), "v": 0.1, "m": (0.8, FINAL_MASS), "thrust": 2.0}),
    )
    coast = _phase(
        "coast",
        (0.0, 0.0),
        duration=(0.02, 0.4),
        final={"m": FINAL_MASS},
        mesh=meshes[2],
        guess=Guess(0.07, 0.13, {"h": (1.006, 1.012), "v": (0.1, 0.0), "m": FINAL_MASS}),
    )
    return _problem((boost, arc, coast), (Link("boost", "arc"), Link("arc", "coast")))


def solve_goddard(mesh: Mesh = MESH, options: Options | None = None) -> Solution:
    """One phase; ``.objective`` is the final height."""
    return solve(goddard(mesh), options=options)


def solve_goddard_with_arc(meshes: tuple[Mesh, Mesh, Mesh] = ARC_MESHES, options: Options | None = None) -> Solution:
    """Three phases; ``.objective`` is the final height."""
    return solve(goddard_with_arc(meshes), options=options)


def arc_difference(solution: Solution) -> float:
    """The largest difference of the arc's thrust from the singular law at its collocation points."""
    arc = solution["arc"]
    law = singular_thrust(arc.states["h"], arc.states["v"], arc.states["m"])
    return float(np.abs(arc.controls["thrust"] - law)[:-1].max())
