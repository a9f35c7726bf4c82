"""The landing's flight time: a search for the least cost with the derivative that the multipliers give.

Each cone program is solved for one flight time. Its multipliers y of the dynamics say how the cost changes with the time,
sum of y . dx/dt over the intervals (the envelope theorem), so the search is one for the zero of a slope. Times for which
nothing is feasible bound it. Where there is air, the reference follows the solutions, so both converge together.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from .c99_types import Vector
from .descent import COLUMNS, S_GRAVITY, S_MOST, integrate, set_program, set_straight_reference
from .interior_point import OUT_OF_ITERATIONS, SOLVED, solve_cone_program
from .node import (
    ARC,
    ARCS,
    CHANGE,
    CURVATURE,
    FLIGHT_TIME,
    HEAD,
    LENGTH,
    MISS,
    NODE,
    NODES,
    REFERENCE,
    SHARE,
    SIGMA,
    SLOPE,
    SOLUTION,
    SOLVED_TIME,
    SOLVES,
    SPEED,
    START,
    STATES,
    TX,
    TY,
    VARIABLES,
    R,
    V,
)

TRIES = 11
"""Flight times that are tried until one is feasible, further and further from the first guess."""
SPREAD = 1.25
PASSES = 4
SETTLED = 2e-3
"""Largest change of a pass [scaled] that needs no other."""
TIME_TOLERANCE = 4e-3


@compiled_ieee
def time_slope(w: Vector, time: float) -> float:
    """Derivative of the cost by the flight time [scaled] at the solution."""
    total = 0.0
    for k in range(1, int(w[NODES]) - 1):
        base = HEAD + k * NODE
        before = base - NODE
        if w[base + SHARE] > 0.0:
            x, u0, u1 = before + SOLUTION, before + SOLUTION + SIGMA, base + SOLUTION + SIGMA
            part = 0.0
            for side in range(2):
                sign = 2.0 * side - 1.0
                span = w[base + SHARE] * time * (1.0 + 1e-4 * sign)
                at = integrate(w, x, u0, u1, int(w[base + ARC]), span)
                for i in range(STATES):
                    part += sign * w[base + SOLUTION + TY + i] * w[at + i * COLUMNS + COLUMNS - 1]
            total += part / (2e-4 * time)
    return total


@compiled_ieee
def take_reference(w: Vector) -> float:
    """The solution becomes the reference; returns the largest change of it."""
    change = 0.0
    for k in range(int(w[NODES]) - 1):
        base = HEAD + k * NODE
        for i in range(VARIABLES):
            change = max(change, abs(w[base + SOLUTION + TX + i] - w[base + REFERENCE + i]))
            w[base + REFERENCE + i] = w[base + SOLUTION + TX + i]
    return change


def solve_once(w: Vector, time: float) -> int:
    """One program about the reference; a solved one becomes the reference, with its slope and miss in the head."""
    set_program(w, time)
    status = solve_cone_program(w)
    w[SOLVES] += 1.0
    if status == SOLVED:
        last = HEAD + (int(w[NODES]) - 1) * NODE + SOLUTION
        w[CHANGE] = take_reference(w)
        w[SLOPE] = time_slope(w, time)
        w[MISS] = w[last + SIGMA]
        w[SOLVED_TIME] = time
    return status


def solve_passes(w: Vector, time: float, passes: int) -> int:
    """Programs for one flight time until the reference settles, so many at most."""
    status = OUT_OF_ITERATIONS
    for _ in range(passes):
        status = solve_once(w, time)
        if status != SOLVED or w[CHANGE] < SETTLED:
            break
    return status


def guessed_time(w: Vector) -> float:
    """A flight time [scaled] to begin with: braking against gravity, or going level from rest to rest, whichever is longer."""
    most = w[S_MOST + int(w[ARCS]) - 1]
    speed = level_speed = distance = gravity = 0.0
    for i in range(3):
        v, r = w[START + V + i] / w[SPEED], w[START + R + i] / w[LENGTH]
        speed += v * v
        gravity += w[S_GRAVITY + i] * w[S_GRAVITY + i]
        if i < 2:
            level_speed += v * v
            distance += r * r
    brake = np.sqrt(speed) / max(0.9 * most - np.sqrt(gravity), 0.1 * most)
    way = np.sqrt(distance) + 0.5 * level_speed / most
    return max(brake, np.sqrt(level_speed) / most + 2.0 * np.sqrt(way / most))


def first_feasible(w: Vector, guess: float) -> int:
    """A flight time near the guess for which the program is solved, from a straight reference: FLIGHT_TIME."""
    status = OUT_OF_ITERATIONS
    longer = shorter = guess
    for n in range(TRIES):
        time = longer
        if n % 3 == 2:
            shorter /= SPREAD
            time = shorter
        else:
            longer *= SPREAD
        set_straight_reference(w, time)
        status = solve_once(w, time)
        if status == SOLVED:
            w[FLIGHT_TIME] = time
            break
    return status


def search_time(w: Vector, steps: int, worth: float) -> int:
    """From a solved flight time on to the one of least cost: bracket the slope's zero, then go by secant or middle.

    A time without a feasible path bounds the bracket, with no slope of its own. worth: gain that is worth a program.
    """
    low = high = low_slope = high_slope = 0.0
    time, slope = w[FLIGHT_TIME], w[SLOPE]
    for _ in range(steps):
        if slope < 0.0:
            low, low_slope = time, slope
        else:
            high, high_slope = time, slope
        if low_slope < 0.0 and high_slope > 0.0:
            # of a bracket: by its secant, or its middle where one end is steep
            step = -slope * (high - low) / (high_slope - low_slope)
            if min(-low_slope, high_slope) < 0.1 * max(-low_slope, high_slope) and w[CURVATURE] > 0.0:
                step = -slope / w[CURVATURE]
        elif w[CURVATURE] > 0.0:
            step = -1.05 * slope / w[CURVATURE]
        else:
            step = 0.15 * time if slope < 0.0 else -0.15 * time
        trial = time + min(max(step, -0.3 * time), 0.4 * time)
        if low > 0.0 and high > 0.0 and (trial <= low or trial >= high):
            trial = 0.5 * (low + high)
        small = abs(trial - time) < TIME_TOLERANCE * time or abs(slope * (trial - time)) < worth
        if small and w[CHANGE] < 10.0 * SETTLED:
            break
        older, older_slope = time, slope
        status = solve_once(w, trial)
        while status != SOLVED and abs(trial - time) > TIME_TOLERANCE * time:
            if trial > time:
                high, high_slope = trial, 0.0
            else:
                low, low_slope = trial, 0.0
            trial = 0.5 * (trial + time)
            status = solve_once(w, trial)
        if status != SOLVED:
            break
        time, slope = trial, w[SLOPE]
        bend = 0.0
        if time != older:
            bend = (slope - older_slope) / (time - older)
        w[CURVATURE] = max(bend, 0.0)
    w[FLIGHT_TIME] = time
    return solve_passes(w, time, PASSES)
