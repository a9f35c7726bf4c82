"""How far one limit must give way: a sled that has to go a distance in a time, its push and its speed limited."""

import numpy as np
import pytest

from osea_rocket.trajectory.optimal_control.problem import (
    Boundary,
    Control,
    Limit,
    Mesh,
    Objective,
    Parameter,
    Phase,
    Problem,
    State,
)
from osea_rocket.trajectory.optimal_control.relax import least_relaxation


def sled(speed: float = 10.0, push: float = 10.0, short: float = 0.0) -> Problem:
    """100 m in 10 s from rest to rest: by triangle it takes 4 m/s² and 20 m/s, with a push p the speed s suffices for which
    10 - s/p = 100/s."""
    phase = Phase(
        name="run",
        states=(State("way", "m", 100.0), State("speed", "m/s", 10.0)),
        controls=(Control("push", "m/s^2", 10.0, -push, push),),
        dynamics=lambda p: {"way": p.speed, "speed": p.push, "pace": p.speed},
        path=(Limit("pace", "m/s", upper=speed),),
        start=0.0,
        duration=10.0,
        initial={"way": 0.0, "speed": 0.0},
        final={"speed": 0.0},
        mesh=Mesh.uniform(20, 3),
    )
    arrival = Boundary(lambda ends: ends["run"].final.way - ends.missing, (Limit.equal("way run", "m", 100.0),))
    missing = Parameter("missing", "m", 1.0, -short, short)
    goal = Objective("missing", "m", lambda ends: ends.missing)
    return Problem(name="sled", phases=(phase,), parameters=(missing,), boundaries=(arrival,), objective=goal)


@pytest.mark.parametrize(
    ("problem", "name", "least", "unit"),
    [
        (sled(speed=5.0, push=100.0), "pace", 0.5 * (1000 - np.sqrt(1e6 - 4e4 * 1.0)), "m/s"),
        (sled(speed=50.0, push=2.0), "push", 4.0, "m/s^2"),
        (sled(speed=5.0, push=100.0), "way run", 100.0 - (50.0 - 25.0 / 100.0), "m"),
    ],
)
def test_the_least_that_a_limit_gives_way(problem: Problem, name: str, least: float, unit: str) -> None:
    relaxed = least_relaxation(problem, lambda where, at: at == name)
    assert relaxed is not None and relaxed.broken is not None
    assert relaxed.broken.name == name and relaxed.broken.unit == unit
    off = abs(relaxed.broken.value) if name != "way run" else abs(relaxed.broken.value - 100.0)
    assert off == pytest.approx(least, rel=0.02)


def test_a_limit_that_need_not_give_way() -> None:
    relaxed = least_relaxation(sled(speed=30.0, push=10.0), lambda where, at: at == "pace")
    assert relaxed is not None and relaxed.broken is None


def test_a_limit_that_is_not_the_one_in_the_way() -> None:
    """However fast it may go, with so little push it does not come there."""
    assert least_relaxation(sled(speed=50.0, push=2.0), lambda where, at: at == "pace") is None
    assert least_relaxation(sled(), lambda where, at: False) is None
