"""MPOPT on Delta III, as its authors solve it: first without drag, then from there with it; one interval of degree 11 a phase."""

# Runs in an environment of its own.
# pyright: reportMissingImports=false

import contextlib
import io
import json
import time

import casadi as ca
import numpy as np
from delta3_figures import (
    FIRST_MASS,
    FLOWS,
    LAST_MASS,
    MU,
    ORBIT,
    PAD,
    RADIUS,
    SPEED,
    TIMES,
    elements,
    perigee,
    rates,
)  # fmt: skip
from mpopt import mp


def dynamics(drag):
    """One function a phase."""

    def of(phase):
        def f(x, u, t):
            r, v = rates([x[0], x[1], x[2]], [x[3], x[4], x[5]], x[6], [u[0], u[1], u[2]], phase, ca, drag)
            return [*r, *v, -FLOWS[phase]]

        return f

    return [of(p) for p in range(4)]


def path(x, u, t):
    """Unit thrust direction from both sides, above the ground."""
    length = u[0] ** 2 + u[1] ** 2 + u[2] ** 2
    return [length - 1, 1 - length, 1 - ca.sqrt(x[0] ** 2 + x[1] ** 2 + x[2] ** 2) / RADIUS]


def orbit(x, t, x0, t0):
    """The five elements."""
    found = elements([x[0], x[1], x[2]], [x[3], x[4], x[5]], ca)
    return [(found[0] - ORBIT[0]) / RADIUS, *(f - w for f, w in zip(found[1:], ORBIT[1:], strict=True))]


begun = time.perf_counter()
ocp = mp.OCP(n_states=7, n_controls=3, n_phases=4)
ocp.dynamics = dynamics(0.0)
ocp.path_constraints = [path] * 4
ocp.terminal_costs[3] = lambda xf, tf, x0, t0: -xf[-1] / FIRST_MASS[0]
ocp.terminal_constraints[3] = orbit
speed = np.sqrt(MU / RADIUS)
ocp.scale_x = [1 / RADIUS] * 3 + [1 / speed] * 3 + [1 / FIRST_MASS[0]]
ocp.scale_t = speed / RADIUS
# Straight lines from the pad to perigee, the masses as they fall.
first, last = np.array([*PAD, *SPEED]), np.concatenate(perigee())
knots = [first + (last - first) * t / 924.0 for t in (*TIMES[:4], 924.0)]
ocp.x00 = np.array([[*knots[p], FIRST_MASS[p]] for p in range(4)])
ocp.xf0 = np.array([[*knots[p + 1], LAST_MASS[p] if p < 3 else 4164.0 + 2480.0] for p in range(4)])
ocp.u00 = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0]])
ocp.uf0 = np.array([[0, 1, 0]] * 4)
ocp.t00 = np.array([[t] for t in TIMES[:4]])
ocp.tf0 = np.array([[t] for t in (*TIMES[1:4], 924.0)])
box = [2 * RADIUS] * 3 + [1e4] * 3
lightest = [*LAST_MASS[:3], 4164.0 + 2480.0]
ocp.lbx = np.array([[*(-b for b in box), lightest[p]] for p in range(4)])
ocp.ubx = np.array([[*box, FIRST_MASS[p]] for p in range(4)])
ocp.lbu, ocp.ubu = np.array([[-1, -1, -1]] * 4), np.array([[1, 1, 1]] * 4)
ocp.lbt0 = ocp.ubt0 = ocp.t00
ocp.lbtf, ocp.ubtf = np.array([*ocp.t00[1:], [824.0]]), np.array([*ocp.t00[1:], [1024.0]])
ocp.lbe = ocp.ube = np.array([[0.0] * 6 + [FIRST_MASS[p + 1] - LAST_MASS[p]] for p in range(3)])
ocp.validate()


def solve():
    """Both solves."""
    ocp.dynamics = dynamics(0.0)
    ocp.validate()
    solver = mp.mpopt(ocp, 1, 11)
    first = solver.solve()
    ocp.dynamics = dynamics(1.0)
    ocp.validate()
    solver._ocp = ocp
    return solver, solver.solve(first, reinitialize_nlp=True, nlp_solver_options={"ipopt.acceptable_tol": 1e-6})


with contextlib.redirect_stdout(io.StringIO()):
    solver, solution = solve()
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    solve()
    again = time.perf_counter() - begun
mass = -float(solution["f"]) * FIRST_MASS[0]
print(json.dumps({"seconds": seconds, "again_s": again, "answer": mass, "status": solver.nlp_solver.stats()["return_status"]
                  if hasattr(solver, "nlp_solver") else ""}))  # fmt: skip
