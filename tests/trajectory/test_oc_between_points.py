"""Path limits between collocation points: how far they are passed there, and a mesh divided until they hold."""

from dataclasses import replace

import numpy as np
import pytest

from osea_rocket.trajectory.optimal_control.problem import (
    Control,
    Integral,
    Limit,
    Mesh,
    Objective,
    Phase,
    Problem,
    State,
)
from osea_rocket.trajectory.optimal_control.refine import PATH_TOLERANCE, divided, path_excess
from osea_rocket.trajectory.optimal_control.solve import solve

CEILING = 0.2


def bryson_denham(mesh):
    """Bryson, Denham and Dreyfus (1963), AIAA J. 1(11): x'' = u under a ceiling, least of u^2 / 2; between 1/6 and 1/4 the
    ceiling is touched at one point, and the least is 2 + 6 (1 - 4 l)^2."""
    phase = Phase(
        name="arc",
        states=(State("x", "m"), State("v", "m/s")),
        controls=(Control("u", "m/s^2"),),
        dynamics=lambda p: {"x": p.v, "v": p.u, "cost": 0.5 * p.u**2, "height": p.x},
        path=(Limit("height", "m", upper=CEILING),),
        integrals=(Integral("cost", "m^2/s^3"),),
        start=0.0,
        duration=1.0,
        initial={"x": 0.0, "v": 1.0},
        final={"x": 0.0, "v": -1.0},
        mesh=mesh,
    )
    return Problem(
        name="ceiling", phases=(phase,), objective=Objective("cost", "m^2/s^3", lambda e: e["arc"].final.cost)
    )


def test_a_ceiling_passed_between_points_is_found_and_mended():
    problem, exact, histories = bryson_denham(Mesh.uniform(3, 3)), 2.0 + 6.0 * (1.0 - 4.0 * CEILING) ** 2, []
    solution = solve(problem)
    for _ in range(6):
        excess, places = path_excess(solution["arc"])
        histories.append((float(excess.max()), solution.objective))
        if excess.max() <= PATH_TOLERANCE:
            break
        worst = int(excess.argmax())
        at = solution["arc"].edges[worst] + places[worst] / len(excess)
        assert len(histories) > 1 or at == pytest.approx(0.5, abs=0.05)
        mesh = divided(solution["arc"].phase.mesh, excess, places)
        problem = replace(problem, phases=(replace(problem.phases[0], mesh=mesh),))
        solution = solve(problem, guess=solution)
    assert histories[0][0] > 5 * PATH_TOLERANCE and histories[0][1] < exact - 1e-3  # what the gap was worth
    assert histories[-1][0] <= PATH_TOLERANCE
    assert solution.objective == pytest.approx(exact, rel=2e-3)
    heights = solution["arc"].at(np.linspace(0.0, 1.0, 2001))["x"]
    assert heights.max() <= CEILING * (1.0 + 1.1 * PATH_TOLERANCE)


def test_only_intervals_that_pass_a_limit_are_divided():
    mesh = Mesh((0.2, 0.5, 0.3), (4, 5, 3))
    found = divided(mesh, np.array([0.0, 0.02, 0.5]), np.array([0.5, 0.4, 0.02]), 0.01)
    assert found.degrees == (4, 5, 5, 3, 3)
    assert found.fractions == pytest.approx((0.2, 0.2, 0.3, 0.15, 0.15))  # too near an edge: halved


def test_a_phase_without_limits_passes_none():
    free = bryson_denham(Mesh.uniform(4, 3))
    free = replace(free, phases=(replace(free.phases[0], path=()),))
    assert path_excess(solve(free)["arc"])[0].max() == 0.0
