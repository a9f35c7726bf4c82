"""Solving: a solution, or an error that names what is violated; never a number from a failed solve."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import casadi as ca
import numpy as np

from ...core.errors import ImpossibleError, InputError, UndecidedError
from .diagnosis import Violation, violations
from .elastic import solve_elastic
from .ipopt import Hook, Ipopt, Options, Outcome
from .problem import Problem
from .solution import Solution, SolveReport, read_solution
from .transcription import Numbers, Transcription, numbers_of, start_of, transcribe

__all__ = ["Iteration", "Options", "solve"]

Array = np.ndarray
GIVES_WAY = 1e-5  # scaled: a soft limit broken by more than this is broken
SOFT_TOLERANCE = 1e-6
SHOWN = 8  # violations in an error


@dataclass(frozen=True)
class Iteration:
    """One step of the solver: the objective in its unit, the largest scaled violation.

    *soft*: the solve failed, and the limits have been made soft to see which gives way; there the objective is nan.
    """

    number: int
    objective: float
    infeasibility: float
    soft: bool = False


def solve(
    problem: Problem,
    *,
    guess: Solution | None = None,
    options: Options | None = None,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> Solution:
    """Solve the problem.

    guess: an earlier solution to start from, of a problem with phases of the same names, on any mesh; on the same
    meshes its multipliers are used too. on_iteration: called after every iteration; what it raises stops the solve and
    comes out. Errors: ImpossibleError when the limits exclude each other (as far as a local solver can tell),
    UndecidedError when it fails in any other way, both listing the worst violations by name; InputError for a badly
    stated problem; KeyboardInterrupt.
    """
    options = options or Options()
    begun = time.perf_counter()
    programme = transcribe(problem)
    numbers = numbers_of(problem, programme)
    x0, warm = _starting_point(problem, programme, numbers, guess)
    solver = _solver(programme, options, warm)
    build_time = time.perf_counter() - begun
    _check_start(problem, programme, numbers, x0)

    goal = (-1.0 if problem.objective.maximize else 1.0) * problem.objective.scale
    hook: Hook | None = None
    soft_hook: Hook | None = None
    if on_iteration is not None:
        tell = on_iteration

        def tell_of(number: int, objective: float, g: Array) -> None:
            tell(Iteration(number, objective * goal, _excess(g, numbers.g_lower, numbers.g_upper)))

        def tell_of_soft(number: int, objective: float, g: Array) -> None:
            g = g[: programme.constraint_count]
            tell(Iteration(number, math.nan, _excess(g, numbers.g_lower, numbers.g_upper), soft=True))

        hook, soft_hook = tell_of, tell_of_soft

    arguments = {
        "p": numbers.constants,
        "lbx": numbers.lower,
        "ubx": numbers.upper,
        "lbg": numbers.g_lower,
        "ubg": numbers.g_upper,
    }
    start = {"x0": x0}
    if warm and guess is not None:
        start |= {"lam_x0": guess.bound_multipliers, "lam_g0": guess.multipliers}
    outcome = solver.run(hook, **start, **arguments)
    spent, iterations = outcome.wall_time, outcome.iterations
    if not outcome.converged and warm:  # a start too far away for its small barrier
        outcome = _solver(programme, options, warm=False).run(hook, x0=x0, **arguments)
        spent, iterations = spent + outcome.wall_time, iterations + outcome.iterations
    if not outcome.converged:
        retry = _explain(problem, programme, numbers, x0, options, outcome, soft_hook)
        outcome = _solver(programme, options, warm=False).run(hook, x0=retry.x, **arguments)
        spent += retry.wall_time + outcome.wall_time
        iterations += retry.iterations + outcome.iterations
        if not outcome.converged:
            _undecided(problem, programme, numbers, outcome)

    worst = violations(problem, programme, numbers, outcome.x, outcome.g)
    report = SolveReport(
        solver=f"IPOPT with {options.linear_solver.upper()} (CasADi {ca.CasadiMeta.version()})",
        status=outcome.status,
        iterations=iterations,
        violation=max(
            _excess(outcome.g, numbers.g_lower, numbers.g_upper), _excess(outcome.x, numbers.lower, numbers.upper)
        ),
        worst=str(worst[0]) if worst else "nothing is violated",
        build_time=build_time,
        solve_time=spent,
        unknowns=programme.unknown_count,
        constraints=programme.constraint_count,
        nonzeros=programme.jac_g.nnz_out(1) + programme.hess_lag.nnz_out(0),
    )
    return read_solution(problem, programme, outcome, outcome.objective * goal, report)


def _solver(programme: Transcription, options: Options, warm: bool) -> Ipopt:
    """IPOPT on the programme, kept with it."""
    key = (options, warm)
    if key not in programme.solvers:
        derivatives = {"grad_f": programme.grad_f, "jac_g": programme.jac_g, "hess_lag": programme.hess_lag}
        programme.solvers[key] = Ipopt(programme.nlp, derivatives, options, warm)
    return programme.solvers[key]


def _starting_point(
    problem: Problem, programme: Transcription, numbers: Numbers, guess: Solution | None
) -> tuple[Array, bool]:
    """Scaled unknowns to start from, and whether they come with multipliers."""
    if guess is None:
        return start_of(problem, programme, numbers), False
    known = {p.name for p in guess.phases}
    missing = [p.name for p in problem.phases if p.name not in known]
    if missing:
        raise InputError(f"the solution to start from has no phase '{missing[0]}'")
    if transcribe(guess.problem) is programme:
        return np.clip(guess.point, numbers.lower, numbers.upper), True
    started = replace(
        problem,
        phases=tuple(replace(p, guess=guess[p.name].as_guess(p.mesh)) for p in problem.phases),
        parameters=tuple(replace(p, guess=guess.parameters.get(p.name, p.guess)) for p in problem.parameters),
    )
    return start_of(started, programme, numbers), False


def _check_start(problem: Problem, programme: Transcription, numbers: Numbers, x0: Array) -> None:
    """IPOPT says only 'Invalid_Number_Detected'; say where."""
    f, g = programme.evaluate(x0, numbers.constants)
    g = np.asarray(g).ravel()
    bad = np.flatnonzero(~np.isfinite(g))
    if not len(bad):
        slopes = programme.jac_g(x0, numbers.constants)[1]
        bad = np.array(slopes.sparsity().row())[~np.isfinite(np.array(slopes.nonzeros()))]
    if not math.isfinite(float(f)):
        raise UndecidedError(
            f"'{problem.name}' cannot be solved from its guess: the objective '{problem.objective.name}' is not finite there"
        )
    if len(bad):
        rows = violations(problem, programme, numbers, x0, g, only=bad)
        raise UndecidedError(
            f"'{problem.name}' cannot be solved from its guess: the equations or their slopes are not finite there; "
            "mend the guess or bound the states away from the singular point",
            details=[f"{row.where}: {row.name}, at {row.time:.6g} s" for row in rows[:SHOWN]],
        )


def _explain(
    problem: Problem,
    programme: Transcription,
    numbers: Numbers,
    x0: Array,
    options: Options,
    failed: Outcome,
    hook: Hook | None,
) -> Outcome:
    """After a failed solve: raises the error that says why, or returns a feasible point to start from again."""
    if failed.status == "Not_Enough_Degrees_Of_Freedom":
        raise InputError(f"'{problem.name}' has more equations than unknowns: free a time, a state or a control")
    infeasible = failed.status == "Infeasible_Problem_Detected"
    if not options.explain or "Time" in failed.status:
        if infeasible:
            _impossible(problem, violations(problem, programme, numbers, failed.x, failed.g))
        _undecided(problem, programme, numbers, failed)
    softened = solve_elastic(programme, numbers, x0, _softer(options), hook)
    if softened is None or not softened.converged:
        if infeasible:
            _impossible(problem, violations(problem, programme, numbers, failed.x, failed.g))
        _undecided(problem, programme, numbers, failed)
    x = softened.x
    g = np.asarray(programme.evaluate(x, numbers.constants)[1]).ravel()
    broken = [v for v in violations(problem, programme, numbers, x, g, bounds=True) if v.scaled > GIVES_WAY]
    if broken:
        _impossible(problem, broken)
    return softened


def _softer(options: Options) -> Options:
    """Which limit gives way shows long before the soft problem is solved to the last digit."""
    return replace(
        options,
        tolerance=max(options.tolerance, SOFT_TOLERANCE),
        acceptable_tolerance=max(options.acceptable_tolerance or 0.0, 100 * SOFT_TOLERANCE),
        max_iterations=2 * options.max_iterations,
    )


def _impossible(problem: Problem, worst: Sequence[Violation]) -> NoReturn:
    raise ImpossibleError(
        f"'{problem.name}' has no solution near its guess: its limits exclude each other; what comes nearest breaks",
        details=[str(v) for v in worst[:SHOWN]],
    )


def _undecided(problem: Problem, programme: Transcription, numbers: Numbers, failed: Outcome) -> NoReturn:
    worst = violations(problem, programme, numbers, failed.x, failed.g)
    reason = failed.status.replace("_", " ").lower()
    raise UndecidedError(
        f"'{problem.name}' was not solved (IPOPT: {reason}, {failed.iterations} iterations); the worst violations at the end:",
        details=[str(v) for v in worst[:SHOWN]] or ["none: every constraint holds, but the optimum was not reached"],
    )


def _excess(values: Array, lower: Array, upper: Array) -> float:
    return float(np.maximum(lower - values, values - upper).max(initial=0.0))
