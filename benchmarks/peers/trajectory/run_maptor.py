"""MAPTOR on Delta III and on the shuttle's re-entry, with the meshes, tolerances and guesses of its authors' examples."""

# Runs in an environment of its own.
# pyright: reportMissingImports=false

import contextlib
import io
import json
import sys
import time

import casadi as ca
import maptor
import numpy as np
from delta3_figures import (
    DROPPED,
    FIRST_MASS,
    FLOWS,
    LAST_MASS,
    ORBIT,
    PAD,
    RADIUS,
    SPEED,
    TIMES,
    elements,
    perigee,
    rates,
)  # fmt: skip

LENGTH, SPEED_SCALE, MASS = 1e6, 1e3, 1e4
OPTIONS = {"ipopt.tol": 1e-6, "ipopt.constr_viol_tol": 1e-6, "ipopt.linear_solver": "mumps", "ipopt.print_level": 0}


def delta3():
    """Four phases; final mass [kg]."""
    problem = maptor.Problem("Delta III")
    before = None
    end = np.concatenate(perigee())
    for p in range(4):
        phase = problem.set_phase(p + 1)
        phase.time(initial=TIMES[p], final=TIMES[p + 1] if p < 3 else (TIMES[3], TIMES[4]))
        box = 2 * RADIUS / LENGTH
        given = (
            [x / LENGTH for x in PAD] + [v / SPEED_SCALE for v in SPEED]
            if before is None
            else [x.final for x in before]
        )
        r = [phase.state(f"r{k}", initial=given[k], boundary=(-box, box)) for k in range(3)]
        v = [phase.state(f"v{k}", initial=given[3 + k], boundary=(-10.0, 10.0)) for k in range(3)]
        mass0 = FIRST_MASS[0] / MASS if before is None else before[6].final - DROPPED[p - 1] / MASS
        least = (LAST_MASS[p] if p < 3 else 4164.0) / MASS
        m = phase.state("m", initial=mass0, boundary=(least, FIRST_MASS[p] / MASS))
        u = [phase.control(f"u{k}", boundary=(-1.0, 1.0)) for k in range(3)]
        position, speed = [LENGTH * x for x in r], [SPEED_SCALE * x for x in v]
        of_r, of_v = rates(position, speed, MASS * m, u, p, ca)
        phase.dynamics(
            dict(zip(r, (x / LENGTH for x in of_r), strict=True))
            | dict(zip(v, (x / SPEED_SCALE for x in of_v), strict=True))
            | {m: -FLOWS[p] / MASS}
        )
        phase.path_constraints(u[0] ** 2 + u[1] ** 2 + u[2] ** 2 == 1.0)
        phase.mesh([4, 4], [-1.0, 0.0, 1.0])
        where = np.array([*PAD, *SPEED]) if p < 3 else end
        guess = np.vstack(
            [np.outer(where / ([LENGTH] * 3 + [SPEED_SCALE] * 3), np.ones(5)),
             np.linspace(FIRST_MASS[p] / MASS, least, 5)]
        )  # fmt: skip
        steer = np.vstack([np.ones(4), np.zeros((2, 4))])
        phase.guess(states=[guess, guess], controls=[steer, steer])
        before = [*r, *v, m]
        if p == 3:
            final = elements([LENGTH * x.final for x in r], [SPEED_SCALE * x.final for x in v], ca)
            phase.event_constraints(*(f == w for f, w in zip(final, ORBIT, strict=True)))
            problem.minimize(-m.final)
    solution = maptor.solve_adaptive(
        problem, error_tolerance=1e-6, max_iterations=20, min_polynomial_degree=3, max_polynomial_degree=8,
        nlp_options={**OPTIONS, "ipopt.max_iter": 1000},
    )  # fmt: skip
    return solution, -MASS


def shuttle():
    """One phase; final latitude [deg]."""
    rad = np.pi / 180
    problem = maptor.Problem("shuttle")
    phase = problem.set_phase(1)
    phase.time(initial=0.0)
    h = phase.state("h", initial=2.6, final=0.8, boundary=(0, None))
    longitude = phase.state("longitude", initial=0.0)
    latitude = phase.state("latitude", initial=0.0, boundary=(-89 * rad, 89 * rad))
    v = phase.state("v", initial=2.56, final=0.25, boundary=(1e-4, None))
    gamma = phase.state("gamma", initial=-rad, final=-5 * rad, boundary=(-89 * rad, 89 * rad))
    psi = phase.state("psi", initial=90 * rad)
    alpha = phase.control("alpha", boundary=(-90 * rad, 90 * rad))
    beta = phase.control("beta", boundary=(-89 * rad, rad))
    speed, radius, mass = 1e4 * v, 20902900.0 + 1e5 * h, 203000.0 / 32.174
    a = alpha / rad
    push = 0.5 * 0.002378 * ca.exp(-1e5 * h / 23800.0) * speed**2 * 2690.0 / mass
    lift, drag = push * (-0.20704 + 0.029244 * a), push * (0.07854 - 0.61592e-2 * a + 0.621408e-3 * a**2)
    gravity = 0.14076539e17 / radius**2
    turn = speed / radius * ca.cos(gamma) * ca.sin(psi) / ca.cos(latitude)
    phase.dynamics(
        {
            h: speed * ca.sin(gamma) / 1e5,
            longitude: turn,
            latitude: speed / radius * ca.cos(gamma) * ca.cos(psi),
            v: (-drag - gravity * ca.sin(gamma)) / 1e4,
            gamma: lift * ca.cos(beta) / speed + ca.cos(gamma) * (speed / radius - gravity / speed),
            psi: lift * ca.sin(beta) / (speed * ca.cos(gamma)) + turn * ca.sin(latitude),
        }
    )
    problem.minimize(-latitude.final)
    count = 11
    phase.mesh([3] * count, np.linspace(-1, 1, count + 1))
    t = np.linspace(0, 1, 4)
    line = np.vstack([2.6 - 1.8 * t, 0 * t, 0 * t, 2.56 - 2.31 * t, (-1 - 4 * t) * rad, 90 * rad + 0 * t])
    steer = np.vstack([np.zeros(3), -45 * rad * np.ones(3)])
    phase.guess(states=[line] * count, controls=[steer] * count, terminal_time=2000.0)
    solution = maptor.solve_adaptive(
        problem, error_tolerance=1e-6, max_iterations=30, min_polynomial_degree=3, max_polynomial_degree=8,
        nlp_options={**OPTIONS, "ipopt.max_iter": 2000, "ipopt.acceptable_tol": 1e-3},
    )  # fmt: skip
    return solution, -1 / rad


begun = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    found, scale = {"delta3": delta3, "shuttle": shuttle}[sys.argv[1]]()
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    {"delta3": delta3, "shuttle": shuttle}[sys.argv[1]]()
    again = time.perf_counter() - begun
status = "success" if found.status["success"] else str(found.status["message"])
print(
    json.dumps(
        {"seconds": seconds, "again_s": again, "answer": scale * float(found.status["objective"]), "status": status}
    )
)
