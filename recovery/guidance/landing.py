"""The landing: a plan from a state, a plan from an earlier one, and what it commands.

    set_state(w) -> solve_landing(w) -> read_plan(w, t, out) ... set_state(w) -> update_landing(w, elapsed) -> ...

The search for the flight time runs on a coarse chain first. What cannot be done is said in OUTCOME: a pad out of reach gives
the landing nearest to it (Blackmore, Acikmese & Scharf, J. Guidance 33 (2010), 1161) and the propellant that is missing.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from .c99_types import Vector
from .descent import lay_out
from .interior_point import OUT_OF_ITERATIONS, SOLVED
from .node import (
    APEX,
    ARCS,
    CURVATURE,
    DRY_MASS,
    EXIT_AREA,
    FLIGHT_TIME,
    GLIDE_SLOPE,
    HEAD,
    INTERVALS,
    LEAST,
    LENGTH,
    LOG_MASS,
    MASS_LIMITED,
    MISS,
    MOST,
    NODE,
    NODES,
    OUTCOME,
    PLAN,
    PLAN_TIME,
    PLANNED,
    REFERENCE,
    SHARE,
    SHORTFALL,
    SIGMA,
    SLOPE,
    SOLUTION,
    SOLVED_TIME,
    SOLVES,
    SPEED,
    START,
    SWITCH,
    TIME,
    TX,
    VARIABLES,
    R,
    V,
)
from .search import first_feasible, guessed_time, search_time, solve_once

LANDS, MISSES, LEAVES_GLIDE_SLOPE, NO_LANDING, NOT_SOLVED = 0, 1, 2, 3, 4
"""The plan lands on the pad; beside it, as near as can be; on it, but not inside the glide slope; there is none; the solver
failed, and the earlier plan stands."""
COARSE = 14
COARSE_STEPS, FINE_STEPS = 12, 4
COARSE_WORTH, FINE_WORTH = 2e-4, 2e-5
"""Gain of another flight time that is worth a program, of the logarithm of mass."""
REACHED = 1e-4
"""Miss [scaled] that is none."""
WARM_TRIES = 5
WARM_STEP = 0.03


@compiled_ieee
def take_plan(w: Vector) -> None:
    """The solution as the plan, SI."""
    nodes = int(w[NODES]) - 1
    acceleration = w[SPEED] / w[TIME]
    passed = 0.0
    for k in range(nodes):
        base = HEAD + k * NODE
        passed += w[base + SHARE] * w[SOLVED_TIME] * w[TIME]
        w[base + PLAN_TIME] = passed
        x, plan = base + SOLUTION + TX, base + PLAN
        for i in range(3):
            w[plan + R + i] = w[x + R + i] * w[LENGTH]
            w[plan + V + i] = w[x + V + i] * w[SPEED]
        w[plan + LOG_MASS] = w[x + LOG_MASS] + np.log(w[START + LOG_MASS])
        for i in range(SIGMA, VARIABLES):
            w[plan + i] = w[x + i] * acceleration
    w[PLANNED] = float(nodes)


@compiled_ieee
def read_plan(w: Vector, time: float, out: int) -> None:
    """The plan's eleven numbers at a time [s since its START], to a place of the vector; its ends hold beyond."""
    nodes = int(w[PLANNED])
    k = 1
    while k < nodes - 1 and w[HEAD + k * NODE + PLAN_TIME] < time:
        k += 1
    after = HEAD + k * NODE
    before = after - NODE
    span = w[after + PLAN_TIME] - w[before + PLAN_TIME]
    s = 1.0
    if span > 0.0:
        s = min(max((time - w[before + PLAN_TIME]) / span, 0.0), 1.0)
    for i in range(VARIABLES):
        w[out + i] = (1.0 - s) * w[before + PLAN + i] + s * w[after + PLAN + i]


@compiled_ieee
def set_planned_reference(w: Vector, time: float, elapsed: float) -> None:
    """The reference from the plan, `elapsed` [s] after its START, for a flight time [scaled]."""
    nodes = int(w[NODES])
    ends = w[HEAD + (int(w[PLANNED]) - 1) * NODE + PLAN_TIME]
    stretch = (ends - elapsed) / (time * w[TIME])
    passed = 0.0
    for k in range(nodes):
        base = HEAD + k * NODE
        ref = base + REFERENCE
        passed += w[base + SHARE] * time * w[TIME]
        read_plan(w, elapsed + stretch * passed, ref)
        for i in range(3):
            w[ref + R + i] /= w[LENGTH]
            w[ref + V + i] /= w[SPEED]
        w[ref + LOG_MASS] -= np.log(w[START + LOG_MASS])
        for i in range(SIGMA, VARIABLES):
            w[ref + i] *= w[TIME] / w[SPEED]


def place_apex(w: Vector) -> None:
    """The glide slope's apex to where the reference lands."""
    last = HEAD + (int(w[NODES]) - 2) * NODE + REFERENCE
    w[APEX], w[APEX + 1] = w[last + R], w[last + R + 1]


def best_landing(w: Vector, guess: float) -> int:
    """The best flight time and path on the chain as it is laid out, from a straight reference."""
    w[CURVATURE] = 0.0
    status = first_feasible(w, guess)
    if status == SOLVED:
        status = search_time(w, COARSE_STEPS, COARSE_WORTH)
    return status


def best_without_cone(w: Vector, guess: float) -> int:
    """As `best_landing`, without the glide slope; then with its apex where that lands, if it can be met there."""
    slope = w[GLIDE_SLOPE]
    w[GLIDE_SLOPE] = min(slope, 0.0)
    status = best_landing(w, guess)
    if status == SOLVED and slope > 0.0:
        place_apex(w)
        w[GLIDE_SLOPE] = slope
        if solve_once(w, w[FLIGHT_TIME]) == SOLVED:
            status = search_time(w, COARSE_STEPS, COARSE_WORTH)
        else:
            w[GLIDE_SLOPE] = 0.0
            w[OUTCOME] = float(LEAVES_GLIDE_SLOPE)
            status = solve_once(w, w[FLIGHT_TIME])
    return status


def left_mass(w: Vector) -> float:
    """Mass [kg] at touchdown."""
    last = HEAD + (int(w[NODES]) - 1) * NODE + SOLUTION
    return w[START + LOG_MASS] * np.exp(w[last + LOG_MASS])


def solve_landing(w: Vector) -> int:
    """A plan from START (`set_state` before) with no earlier one; returns LANDS … NOT_SOLVED. FLIGHT_TIME: a guess [scaled], or
    nought.

    First with as much propellant as it takes, which names the shortfall; then, if there is one, with what there is.
    """
    w[SOLVES], w[SHORTFALL], w[MASS_LIMITED] = 0.0, 0.0, 0.0
    slope, intervals = w[GLIDE_SLOPE], w[INTERVALS]
    guess = w[FLIGHT_TIME]
    if guess <= 0.0:
        guess = guessed_time(w)
    w[INTERVALS] = min(intervals, float(COARSE))
    lay_out(w)
    w[OUTCOME] = float(LANDS)
    status = best_landing(w, guess)
    if status != SOLVED and slope > 0.0:
        status = best_without_cone(w, guess)
    if status == SOLVED and left_mass(w) < w[DRY_MASS]:
        w[SHORTFALL], w[MASS_LIMITED] = w[DRY_MASS] - left_mass(w), 1.0
        status = best_without_cone(w, w[FLIGHT_TIME])
    w[INTERVALS] = intervals
    if status == SOLVED:
        take_plan(w)
        lay_out(w)
        set_planned_reference(w, w[FLIGHT_TIME], 0.0)
        status = solve_once(w, w[FLIGHT_TIME])
        if status == SOLVED:
            status = search_time(w, FINE_STEPS, FINE_WORTH)
    w[GLIDE_SLOPE] = slope
    return conclude(w, status)


def conclude(w: Vector, status: int) -> int:
    """Take the plan of a solved program and say what it does."""
    outcome = int(w[OUTCOME])
    if status == SOLVED:
        take_plan(w)
        if w[MISS] > REACHED:
            outcome = MISSES
    else:
        outcome = NOT_SOLVED if status >= OUT_OF_ITERATIONS else NO_LANDING
    w[OUTCOME] = float(outcome)
    return outcome


def pass_time(w: Vector, elapsed: float) -> None:
    """Let the engine counts' arcs run on: shares of what is left of the flight, arcs that are over dropped."""
    whole = w[HEAD + (int(w[PLANNED]) - 1) * NODE + PLAN_TIME]
    left = max(whole - elapsed, 1e-3)
    arcs = int(w[ARCS])
    for i in range(arcs - 1):
        w[SWITCH + i] = (w[SWITCH + i] * whole - elapsed) / left
    while arcs > 1 and w[SWITCH] < 0.02:
        for i in range(arcs - 1):
            w[LEAST + i], w[MOST + i] = w[LEAST + i + 1], w[MOST + i + 1]
            w[EXIT_AREA + i] = w[EXIT_AREA + i + 1]
        w[SWITCH] = w[SWITCH + 1]
        arcs -= 1
    w[ARCS] = float(arcs)


def update_landing(w: Vector, elapsed: float) -> int:
    """A plan from START (`set_state` before) `elapsed` [s] after the start of the last one, which is where it begins.

    One program, or two where another flight time is worth it; WARM_TRIES + 1 at most. Returns LANDS … NOT_SOLVED; without a
    landing the last plan stands, and `solve_landing` says what is possible.
    """
    w[SOLVES] = 0.0
    if w[PLANNED] < 2.0:
        return conclude(w, OUT_OF_ITERATIONS)
    if w[ARCS] > 1.0:
        pass_time(w, elapsed)
        lay_out(w)
    w[MASS_LIMITED] = 1.0
    ends = w[HEAD + (int(w[PLANNED]) - 1) * NODE + PLAN_TIME]
    first = max((ends - elapsed) / w[TIME], 1e-3)
    time = longer = shorter = first
    status = OUT_OF_ITERATIONS
    for n in range(WARM_TRIES):
        set_planned_reference(w, time, elapsed)
        status = solve_once(w, time)
        if status == SOLVED:
            break
        if n % 2 == 0:
            longer *= 1.0 + WARM_STEP
            time = longer
        else:
            shorter /= 1.0 + WARM_STEP
            time = shorter
    w[OUTCOME] = float(LANDS)
    outcome = conclude(w, status)
    if status == SOLVED:
        w[FLIGHT_TIME] = time
        # one Newton step of the flight time, with the curvature that the search found
        step = 0.0
        if w[CURVATURE] > 0.0:
            step = min(max(-w[SLOPE] / w[CURVATURE], -0.04 * time), 0.04 * time)
        if abs(step * w[SLOPE]) > FINE_WORTH and solve_once(w, time + step) == SOLVED:
            w[FLIGHT_TIME] = time + step
            outcome = conclude(w, SOLVED)
    return outcome
