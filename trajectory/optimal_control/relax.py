"""How far one limit has to give way when all others hold: the same programme, with a slack in that limit alone.

`elastic` makes everything soft and finds the nearest point, whatever gives way in it; here everything else stays hard, so that
the answer is a solution but for one limit, and the least that this one lacks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import casadi as ca
import numpy as np

from .diagnosis import Violation, violations
from .elastic import WEIGHT_OF_OBJECTIVE
from .ipopt import Ipopt, Options
from .problem import Problem
from .transcription import Numbers, Transcription, numbers_of, start_of, transcribe

Array = np.ndarray
Chosen = Callable[[str, str], bool]
HELD = 1e-6  # scaled: a relaxation smaller than this is none


@dataclass(frozen=True)
class Relaxed:
    """broken: the limit where it lacks most, None where it holds after all; parameters: the problem's, in that solution."""

    broken: Violation | None
    parameters: dict[str, float]


def least_relaxation(
    problem: Problem,
    chosen: Chosen,
    *,
    options: Options | None = None,
    on_iteration: Callable[[int, float, Array], None] | None = None,
) -> Relaxed | None:
    """The least slack with which there is a solution; None where none was found, or nothing is chosen.

    chosen(where, name): whether the limit takes part, *where* a phase's name or "boundary", name a path limit's, a boundary
    limit's or a control's. All that take part share one slack, in the unit of the first.
    """
    options = options or Options()
    programme = transcribe(problem)
    numbers = numbers_of(problem, programme)
    rows, scales = _rows(problem, programme, chosen)
    controls, control_scales = _controls(problem, programme, chosen)
    if not len(rows) and not len(controls):
        return None
    n, m = programme.unknown_count, programme.constraint_count
    unit = (*scales, *control_scales)[0]
    share = unit / np.array([*scales, *control_scales])  # of the slack, in each one's own scale
    low = np.concatenate([numbers.g_lower[rows], numbers.lower[controls]])
    high = np.concatenate([numbers.g_upper[rows], numbers.upper[controls]])
    below, above = np.flatnonzero(np.isfinite(high)), np.flatnonzero(np.isfinite(low))
    picked = ca.DM(
        ca.Sparsity.triplet(len(low), m + n, list(range(len(low))), [*rows.tolist(), *(m + controls).tolist()]), 1.0
    )
    # value - slack <= its upper, value + slack >= its lower bound: two rows for a limit with both
    both = ca.DM(
        ca.Sparsity.triplet(
            len(below) + len(above), len(low), list(range(len(below) + len(above))), [*below.tolist(), *above.tolist()]
        ),
        1.0,
    )
    spread = ca.DM(np.concatenate([-share[below], share[above]]))

    x, p = ca.MX.sym("x", n + 1), ca.MX.sym("p", programme.constant_count)
    lam_f, lam_g = ca.MX.sym("lam_f"), ca.MX.sym("lam_g", m + both.size1())
    inner, slack = x[:n], x[n]
    f, gradient = programme.grad_f(inner, p)
    g, jacobian = programme.jac_g(inner, p)
    select = ca.mtimes(both, picked)
    mine = ca.mtimes(select, ca.vertcat(g, inner)) + spread * slack
    slopes = ca.mtimes(select, ca.vertcat(jacobian, ca.DM.eye(n)))
    jacobian = ca.vertcat(ca.horzcat(jacobian, ca.DM(m, 1)), ca.horzcat(slopes, spread))
    weights = lam_g[:m] + ca.mtimes(select[:, :m].T, lam_g[m:])
    hessian = ca.diagcat(programme.hess_lag(inner, p, WEIGHT_OF_OBJECTIVE * lam_f, weights), ca.DM(1, 1))
    f, gradient = WEIGHT_OF_OBJECTIVE * f + slack, ca.vertcat(WEIGHT_OF_OBJECTIVE * gradient, 1.0)
    solver = Ipopt(
        {"x": x, "p": p, "f": f, "g": ca.vertcat(g, mine)},
        {
            "grad_f": ca.Function("nlp_grad_f", [x, p], [f, gradient], ["x", "p"], ["f", "grad_f_x"]),
            "jac_g": ca.Function("nlp_jac_g", [x, p], [ca.vertcat(g, mine), jacobian], ["x", "p"], ["g", "jac_g_x"]),
            "hess_lag": ca.Function(
                "nlp_hess_l", [x, p, lam_f, lam_g], [hessian], ["x", "p", "lam_f", "lam_g"], ["triu_hess_gamma_x_x"]
            ),
        },
        options,
    )
    lower, upper, g_lower, g_upper = (
        v.copy() for v in (numbers.lower, numbers.upper, numbers.g_lower, numbers.g_upper)
    )
    lower[controls] = g_lower[rows] = -np.inf
    upper[controls] = g_upper[rows] = np.inf
    outcome = solver.run(
        on_iteration,
        x0=np.concatenate([start_of(problem, programme, numbers), [0.0]]),
        p=numbers.constants,
        lbx=np.concatenate([lower, [0.0]]),
        ubx=np.concatenate([upper, [np.inf]]),
        lbg=np.concatenate([g_lower, np.full(len(below), -np.inf), low[above]]),
        ubg=np.concatenate([g_upper, high[below], np.full(len(above), np.inf)]),
    )
    if not outcome.converged:
        return None
    point = outcome.x[:n]
    found = _violations(problem, programme, numbers, point, rows, controls)
    shared = {
        q.name: float(point[at] * q.scale) for at, q in zip(programme.parameters, problem.parameters, strict=True)
    }
    return Relaxed(found, shared)


def _rows(problem: Problem, programme: Transcription, chosen: Chosen) -> tuple[Array, list[float]]:
    rows: list[int] = []
    scales: list[float] = []
    for phase, layout in zip(problem.phases, programme.layouts, strict=True):
        for q, limit in enumerate(phase.path):
            if chosen(phase.name, limit.name):
                rows += layout.path[:, q].tolist()
                scales += [limit.scale] * len(layout.path)
    for row, at in zip(programme.ends.rows, programme.end_rows, strict=True):
        if "->" not in row.where and chosen(row.where, row.name):
            rows.append(int(at))
            scales.append(row.scale)
    return np.array(rows, dtype=int), scales


def _controls(problem: Problem, programme: Transcription, chosen: Chosen) -> tuple[Array, list[float]]:
    places: list[int] = []
    scales: list[float] = []
    for phase, layout in zip(problem.phases, programme.layouts, strict=True):
        for c, control in enumerate(phase.controls):
            if chosen(phase.name, control.name):
                places += layout.controls[:, c].tolist()
                scales += [control.scale] * len(layout.controls)
    return np.array(places, dtype=int), scales


def _violations(
    problem: Problem, programme: Transcription, numbers: Numbers, x: Array, rows: Array, controls: Array
) -> Violation | None:
    g = np.asarray(programme.evaluate(x, numbers.constants)[1]).ravel()
    found = (
        [v for v in violations(problem, programme, numbers, x, g, only=rows) if v.scaled > HELD] if len(rows) else []
    )
    for phase, layout in zip(problem.phases, programme.layouts, strict=True):
        start, duration = x[layout.clock] * phase.time_scale
        for c, control in enumerate(phase.controls):
            at = layout.controls[:, c]
            if not np.isin(at, controls).all():
                continue
            excess = np.maximum(x[at] - numbers.upper[at], numbers.lower[at] - x[at])
            i = int(excess.argmax())
            if excess[i] > HELD:
                value, low, high = (float(v[at[i]] * control.scale) for v in (x, numbers.lower, numbers.upper))
                time = float(start + duration * layout.grid.fractions[i])
                found.append(
                    Violation(phase.name, control.name, control.unit, time, value, low, high, float(excess[i]))
                )
    return max(found, key=lambda v: v.scaled, default=None)
