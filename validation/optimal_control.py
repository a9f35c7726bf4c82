"""Published optimal-control problems solved again: Delta III, and the Goddard rocket."""

import numpy as np

from ..trajectory.optimal_control.problem import Control, Guess, Mesh, Objective, Phase, Problem, State, Values
from ..trajectory.optimal_control.solve import solve
from .comparison import Comparison
from .delta3 import figures, fly_again, solve_delta3


def comparisons() -> list[Comparison]:
    """Final mass and time of Delta III, its re-propagation and solve time; final height of the Goddard rocket."""
    data = figures()
    optimum = data["optimum"]
    source = "Betts 2010, ex. 6.15; GPOPS (Rao et al. 2010)"
    solve_delta3()  # builds; the second solve starts from the same cold guess and only solves
    solution = solve_delta3()
    again = fly_again(solution)
    group = "Optimal control"
    rows = [
        Comparison(group, "Delta III, mass into orbit", "kg", optimum["final_mass_kg"], source, "secondary",
                   ours=solution.objective, tolerance=optimum["tolerance_kg"], digits=8),
        Comparison(group, "Delta III, time of insertion", "s", optimum["time_s"], source, "secondary",
                   ours=solution.phases[-1].end, tolerance=optimum["time_tolerance_s"], digits=7),
        Comparison(group, "Delta III, flown again: position", "m", 100.0, "own bound", "read",
                   ours=again.position, kind="at most", digits=2),
        Comparison(group, "Delta III, flown again: speed", "m/s", 0.1, "own bound", "read",
                   ours=again.speed, kind="at most", digits=2),
        Comparison(group, "Delta III, solve without building", "s", 0.2, "own bound", "read",
                   ours=solution.report.solve_time, kind="at most", digits=2, note="on this machine"),
    ]  # fmt: skip
    height = goddard(Mesh.uniform(50, 3))
    rows.append(
        Comparison(group, "Goddard rocket, final height", "1", 1.01284,
                   "Dolan, Moré & Munson 2004, COPS 3.0 'rocket', on fine meshes", "secondary",
                   ours=height, tolerance=1e-5, digits=7)
    )  # fmt: skip
    return rows


def goddard(mesh: Mesh) -> float:
    """Final height of the Goddard rocket in the units of COPS (Dolan, Moré & Munson 2004, ANL/MCS-TM-273)."""

    def dynamics(p: Values) -> dict:
        drag = 310.0 * p.v**2 * np.exp(-500.0 * (p.h - 1.0))
        return {"h": p.v, "v": (p.thrust - drag) / p.m - 1.0 / p.h**2, "m": -p.thrust / 0.5}

    ascent = Phase(
        name="ascent",
        states=(State("h", "", 1.0, 1.0), State("v", "", 0.1, 0.0), State("m", "", 1.0, 0.6, 1.0)),
        controls=(Control("thrust", "", 1.0, 0.0, 3.5),),
        dynamics=dynamics,
        start=0.0,
        duration=(0.05, 0.5),
        initial={"h": 1.0, "v": 0.0, "m": 1.0},
        final={"m": 0.6},
        mesh=mesh,
        guess=Guess(duration=0.2, values={"h": (1.0, 1.01), "v": 0.05, "m": (1.0, 0.6), "thrust": (3.5, 0.0)}),
    )
    objective = Objective("final height", "", lambda ends: ends["ascent"].final.h, maximize=True)
    return solve(Problem(name="Goddard", phases=(ascent,), objective=objective)).objective
