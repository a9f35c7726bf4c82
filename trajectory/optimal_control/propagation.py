"""Flying a phase with an integrator that knows nothing of the collocation: for guesses, and to check a solution."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.errors import UndecidedError
from .collocation import interpolation_matrix, radau
from .functions import Shape, trace_point
from .problem import Guess, Phase, Problem
from .solution import PhaseSolution, Solution
from .transcription import Grid

Array = np.ndarray


@dataclass(frozen=True)
class Reflown:
    """A phase flown again: states at its nodes by name (n,), and each state's difference from the solution at the end
    and at its largest, in the state's unit."""

    phase: str
    states: Mapping[str, Array]
    end_difference: Mapping[str, float]
    largest_difference: Mapping[str, float]


def fly(
    problem: Problem,
    phase_name: str,
    initial: Mapping[str, float],
    controls: Callable[[float, Mapping[str, float]], Mapping[str, float]],
    *,
    duration: float,
    start: float = 0.0,
    parameters: Mapping[str, float] | None = None,
    points: int = 50,
    tolerance: float = 1e-6,
) -> tuple[Guess, dict[str, float]]:
    """Integrate a phase from *initial* with ``controls(elapsed, states)``: the flight as a guess, and the final states.

    parameters: the shared parameters' values (their guesses if not given). points: of the guess, equally spaced.
    """
    phase = problem.phase(phase_name)
    shape = Shape.of(problem, phase)
    names = [n for n, _ in shape.states]
    shared = {p.name: p.guess for p in problem.parameters} | dict(parameters or {})
    rates = _rates(phase.name, shape, [shared[n] for n, _ in shape.parameters], _constants(problem, phase), duration)
    order = [c.name for c in phase.controls]

    def steer(elapsed: float, state: Array) -> list[float]:
        chosen = controls(elapsed, dict(zip(names, state.tolist(), strict=True)))
        return [float(chosen[n]) for n in order]

    def slope(elapsed: float, state: Array) -> Array:
        return rates(state, steer(elapsed, state), start + elapsed, elapsed)

    at = np.linspace(0.0, 1.0, points)
    first = np.array([float(initial.get(n, 0.0)) for n in names])
    states = _integrate(slope, first, at * duration, tolerance, np.array([s for _, s in shape.states]), phase.name)
    steering = np.array([steer(t * duration, s) for t, s in zip(at, states.T, strict=True)]).T.reshape(
        len(order), points
    )
    values = dict(zip(names, states, strict=True)) | dict(zip(order, steering, strict=True))
    return Guess(start, duration, values, at), dict(zip(names, states[:, -1].tolist(), strict=True))


def refly(solution: Solution, tolerance: float = 1e-11) -> tuple[Reflown, ...]:
    """Fly every phase again from its own first states with the solution's controls (Dormand-Prince 8(5,3), SciPy)."""
    return tuple(refly_phase(phase, tolerance) for phase in solution.phases)


def refly_phase(phase: PhaseSolution, tolerance: float = 1e-11) -> Reflown:
    """One phase flown again, interval by interval, since controls may jump between intervals."""
    names = list(phase.states)
    rates = _rates(phase.name, phase.shape, list(phase.shared.values()), list(phase.constants.values()), phase.duration)
    scales = np.array([s for _, s in phase.shape.states])
    state = np.array([phase.states[n][0] for n in names])
    flown = [state[:, None]]
    for interval, (a, b) in enumerate(zip(phase.edges[:-1], phase.edges[1:], strict=True)):
        steer = _steering(phase, interval, a, b)

        def slope(time: float, state: Array, steer=steer) -> Array:
            return rates(state, steer(time), time, time - phase.start)

        nodes = phase.time[(phase.time > a + 1e-12 * abs(b)) & (phase.time < b - 1e-12 * abs(b))]
        states = _integrate(slope, state, np.array([a, *nodes, b]), tolerance, scales, phase.name)
        flown.append(states[:, 1:])
        state = states[:, -1]
    states = np.hstack(flown)
    differences = {n: states[j] - phase.states[n] for j, n in enumerate(names)}
    return Reflown(
        phase.name,
        {n: states[j] for j, n in enumerate(names)},
        {n: float(d[-1]) for n, d in differences.items()},
        {n: float(np.max(np.abs(d))) for n, d in differences.items()},
    )


def _steering(phase: PhaseSolution, interval: int, begin: float, end: float) -> Callable[[float], Array]:
    """The controls of one interval at a time within it: its own polynomial, without the search for the interval."""
    first, last = Grid.of(phase.phase.mesh).first[interval : interval + 2]
    values = np.array([v[first:last] for v in phase.controls.values()]).reshape(len(phase.controls), last - first)
    scheme = radau(int(last - first))

    def steer(time: float) -> Array:
        local = 2 * (time - begin) / (end - begin) - 1
        return values @ interpolation_matrix(scheme.points, scheme.control_weights, np.array([local]))[0]

    return steer


def _constants(problem: Problem, phase: Phase) -> list[float]:
    return [*problem.constants.values(), *phase.constants.values()]


def _rates(name: str, shape: Shape, shared: list[float], constants: list[float], duration: float):
    physical = trace_point(shape, name).physical

    def rates(state: Array, controls: Any, time: float, elapsed: float) -> Array:
        return np.asarray(physical(state, controls, shared, constants, time, elapsed, duration)[0]).ravel()

    return rates


def _integrate(slope, first: Array, times: Array, tolerance: float, scales: Array, name: str) -> Array:
    from scipy.integrate import solve_ivp

    found = solve_ivp(
        slope, (times[0], times[-1]), first, method="DOP853", t_eval=times, rtol=tolerance, atol=tolerance * scales
    )
    if not found.success or found.y.shape[1] != len(times) or not np.all(np.isfinite(found.y)):
        raise UndecidedError(f"phase '{name}' cannot be flown: {found.message}")
    return found.y
