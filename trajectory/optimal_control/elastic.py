"""What gives way when a problem has no solution: the same programme with soft limits.

Equations of motion, links and path equations stay hard; path limits, boundary conditions, final values, the bounds of
parameters and of ends in time get slacks of both signs, whose sum (each in its constraint's scale, one for a path limit
over a whole phase) is made least: an l1-penalty programme (Nocedal and Wright 2006, Numerical Optimization, section 17.2).
"""

from dataclasses import replace

import casadi as ca
import numpy as np

from .ipopt import Hook, Ipopt, Options, Outcome
from .transcription import Numbers, Transcription

Array = np.ndarray
WEIGHT_OF_OBJECTIVE = 1e-4  # beside the slacks: enough to make the point unique, too little to buy a violation


def soft_unknowns(programme: Transcription, numbers: Numbers) -> Array:
    """Unknowns whose own bounds are limits of the mission rather than of the model: final values and parameters."""
    ends = [layout.states[-1] for layout in programme.layouts]
    candidates = np.concatenate([*ends, programme.parameters])
    return candidates[np.isfinite(numbers.lower[candidates]) | np.isfinite(numbers.upper[candidates])]


def _soft_rows(programme: Transcription, numbers: Numbers) -> list[Array]:
    """Groups of constraints that share a slack."""
    groups = []
    for layout in programme.layouts:
        for column in layout.path.T:
            if numbers.g_lower[column[0]] < numbers.g_upper[column[0]]:
                groups.append(column)
    for row, at in zip(programme.ends.rows, programme.end_rows, strict=True):
        if "->" not in row.where:
            groups.append(np.array([at]))
    return groups


def solve_elastic(
    programme: Transcription, numbers: Numbers, x0: Array, options: Options, hook: Hook | None
) -> Outcome | None:
    """The least violation of the soft limits: the outcome, its unknowns without the slacks; None if no limit is soft."""
    soft, groups = soft_unknowns(programme, numbers), _soft_rows(programme, numbers)
    n, m, k = programme.unknown_count, programme.constraint_count, len(soft) + len(groups)
    if k == 0:
        return None
    # Column j of the spread adds slack j to its constraints; softened unknowns get a constraint of their own.
    rows = np.concatenate([*groups, m + np.arange(len(soft))]).astype(int)
    columns = np.concatenate([*(np.full(len(g), j) for j, g in enumerate(groups)), len(groups) + np.arange(len(soft))])
    spread = ca.DM(ca.Sparsity.triplet(m + len(soft), k, rows.tolist(), columns.astype(int).tolist()), 1.0)
    chosen = ca.DM(ca.Sparsity.triplet(len(soft), n, list(range(len(soft))), soft.tolist()), 1.0)

    p = ca.MX.sym("p", programme.constant_count)
    x = ca.MX.sym("x", n + 2 * k)
    lam_f, lam_g = ca.MX.sym("lam_f"), ca.MX.sym("lam_g", m + len(soft))
    inner, up, down = x[:n], x[n : n + k], x[n + k :]
    f, gradient = programme.grad_f(inner, p)
    g, jacobian = programme.jac_g(inner, p)
    g = ca.vertcat(g, ca.mtimes(chosen, inner)) + ca.mtimes(spread, up - down)
    f = WEIGHT_OF_OBJECTIVE * f + ca.sum1(up) + ca.sum1(down)
    gradient = ca.vertcat(WEIGHT_OF_OBJECTIVE * gradient, ca.DM.ones(2 * k))
    jacobian = ca.horzcat(ca.vertcat(jacobian, chosen), spread, -spread)
    hessian = ca.diagcat(programme.hess_lag(inner, p, WEIGHT_OF_OBJECTIVE * lam_f, lam_g[:m]), ca.DM(2 * k, 2 * k))
    solver = Ipopt(
        {"x": x, "p": p, "f": f, "g": g},
        {
            "grad_f": ca.Function("nlp_grad_f", [x, p], [f, gradient], ["x", "p"], ["f", "grad_f_x"]),
            "jac_g": ca.Function("nlp_jac_g", [x, p], [g, jacobian], ["x", "p"], ["g", "jac_g_x"]),
            "hess_lag": ca.Function(
                "nlp_hess_l", [x, p, lam_f, lam_g], [hessian], ["x", "p", "lam_f", "lam_g"], ["triu_hess_gamma_x_x"]
            ),
        },
        options,
    )
    lower, upper = numbers.lower.copy(), numbers.upper.copy()
    lower[soft], upper[soft] = -np.inf, np.inf
    # The slacks start where they mend their constraints, so that only the equations of motion start violated.
    g0 = np.asarray(programme.evaluate(x0, numbers.constants)[1]).ravel()
    low = np.concatenate([numbers.g_lower, numbers.lower[soft]])
    high = np.concatenate([numbers.g_upper, numbers.upper[soft]])
    at = np.concatenate([g0, x0[soft]])
    short, over = np.maximum(low - at, 0.0), np.maximum(at - high, 0.0)
    members = [*groups, *(np.array([m + j]) for j in range(len(soft)))]
    slack0 = np.array([[s[i].max() for i in members] for s in (short, over)]).reshape(-1)
    outcome = solver.run(
        hook,
        x0=np.concatenate([x0, slack0]),
        p=numbers.constants,
        lbx=np.concatenate([lower, np.zeros(2 * k)]),
        ubx=np.concatenate([upper, np.full(2 * k, np.inf)]),
        lbg=low,
        ubg=high,
    )
    return replace(outcome, x=outcome.x[:n])
