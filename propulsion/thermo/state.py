"""One state of a reacting mixture for compiled code: its unknowns, and the properties of its species from the polynomials."""

from typing import NamedTuple

import numpy as np

from ...core.compiled import compiled
from .species import Bank


class State(NamedTuple):
    """One state of the mixture and the solver's working space; its arrays are changed in place.

    ln_n (g,): ln of each gas's amount; amount, present (c,): of the condensed phases; main (3,): ln N of the gas, ln T,
    ln of the pressure over 1 bar. cp, h, mu (g,): Cp/R, H/RT, and μ/RT without its ln n and ln p.
    n (g,): amounts, 0 for what is below the trace; potentials (k,): π at the solution.
    tangent (g + c + 2,): how ln n, amounts, ln N and ln T change with ln p at constant entropy.
    matrix, rhs: the linear system; step (g,): of ln n; left (c,): how often each phase was left.
    """

    ln_n: np.ndarray
    amount: np.ndarray
    present: np.ndarray
    main: np.ndarray
    cp: np.ndarray
    h: np.ndarray
    mu: np.ndarray
    n: np.ndarray
    potentials: np.ndarray
    tangent: np.ndarray
    matrix: np.ndarray
    rhs: np.ndarray
    step: np.ndarray
    left: np.ndarray


def new_state(bank: Bank) -> State:
    """An empty state for the bank's species. Made outside compiled code: allocations are slow to compile."""
    k, g = bank.gas_atoms.shape
    c = bank.phase_atoms.shape[1]
    size = k + c + 2
    zeros = np.zeros
    return State(
        zeros(g), zeros(c), zeros(c, np.int64), zeros(3), zeros(g), zeros(g), zeros(g), zeros(g), zeros(k),
        zeros(g + c + 2), zeros((size, size)), zeros((size, 1)), zeros(g), zeros(c, np.int64),
    )  # fmt: skip


def memory_size(bank: Bank) -> int:
    """How many numbers ``keep`` writes."""
    return 3 * bank.gas_atoms.shape[1] + 3 * bank.phase_atoms.shape[1] + 5


@compiled
def keep(state, memory):
    """Write what a later search can start from into a row of numbers: amounts, phases, main unknowns, tangent."""
    at = 0
    for j in range(len(state.ln_n)):
        memory[at] = state.ln_n[j]
        memory[at + 1] = state.n[j]
        at += 2
    for c in range(len(state.amount)):
        memory[at] = state.amount[c]
        memory[at + 1] = state.present[c]
        at += 2
    for i in range(3):
        memory[at] = state.main[i]
        at += 1
    for i in range(len(state.tangent)):
        memory[at] = state.tangent[i]
        at += 1


@compiled
def recall(memory, state):
    """Make the state what ``keep`` wrote."""
    at = 0
    for j in range(len(state.ln_n)):
        state.ln_n[j] = memory[at]
        state.n[j] = memory[at + 1]
        at += 2
    for c in range(len(state.amount)):
        state.amount[c] = memory[at]
        state.present[c] = int(memory[at + 1])
        at += 2
    for i in range(3):
        state.main[i] = memory[at]
        at += 1
    for i in range(len(state.tangent)):
        state.tangent[i] = memory[at]
        at += 1


@compiled
def extrapolate(before, last, weight, state):
    """Make the state what ``keep`` wrote into *last*, moved on by *weight* times the way there from *before*.

    False, and the state is *last*, where a phase is in one and not in the other: there is no straight way between them.
    """
    recall(last, state)
    at = 2 * len(state.ln_n)
    for c in range(len(state.amount)):
        if before[at + 2 * c + 1] != last[at + 2 * c + 1]:
            return False
    for j in range(len(state.ln_n)):
        state.ln_n[j] += weight * (last[2 * j] - before[2 * j])
    for c in range(len(state.amount)):
        state.amount[c] = max(state.amount[c] + weight * (last[at + 2 * c] - before[at + 2 * c]), 0.0)
    at += 2 * len(state.amount)
    for i in range(3):
        state.main[i] += weight * (last[at + i] - before[at + i])
    return True


@compiled
def start_cold(state, temperature):
    """The first guess of RP-1311 section 3.2: 0.1 kmol/kg of gas in equal parts, nothing condensed."""
    state.main[0] = np.log(0.1)
    state.main[1] = np.log(temperature)
    share = np.log(0.1 / len(state.ln_n))
    for j in range(len(state.ln_n)):
        state.ln_n[j] = share
    for c in range(len(state.amount)):
        state.amount[c] = 0.0
        state.present[c] = 0


@compiled
def gas_properties(bank, temperature, cp, h, mu):
    """Cp/R, H/RT and G/RT of every gas at 1 bar (RP-1311 equations 4.9 to 4.11 with the NASA-9 terms)."""
    t = temperature
    half = 0 if t < bank.split else 1
    c = bank.gas[half]
    log_t = np.log(t)
    i1 = 1.0 / t
    i2 = i1 * i1
    t2 = t * t
    t3 = t2 * t
    t4 = t2 * t2
    h1, h2, h4, h5, h6, h7 = -i2, log_t * i1, 0.5 * t, t2 / 3.0, 0.25 * t3, 0.2 * t4
    # G/RT = H/RT − S/R, term by term
    g1, g2, g3 = -0.5 * i2, i1 * (log_t + 1.0), 1.0 - log_t
    g4, g5, g6, g7 = -0.5 * t, -t2 / 6.0, -t3 / 12.0, -t4 / 20.0
    for j in range(len(cp)):
        a1, a2, a3, a4, a5, a6, a7 = c[0, j], c[1, j], c[2, j], c[3, j], c[4, j], c[5, j], c[6, j]
        cp[j] = a1 * i2 + a2 * i1 + a3 + a4 * t + a5 * t2 + a6 * t3 + a7 * t4
        h[j] = a1 * h1 + a2 * h2 + a3 + a4 * h4 + a5 * h5 + a6 * h6 + a7 * h7 + c[7, j] * i1
        mu[j] = a1 * g1 + a2 * g2 + a3 * g3 + a4 * g4 + a5 * g5 + a6 * g6 + a7 * g7 + c[7, j] * i1 - c[8, j]


@compiled
def polynomial(a, t):
    """Cp/R, H/RT and G/RT of one NASA-9 interval."""
    log_t = np.log(t)
    cp = a[0] / t**2 + a[1] / t + a[2] + t * (a[3] + t * (a[4] + t * (a[5] + t * a[6])))
    h = (
        -a[0] / t**2
        + a[1] * log_t / t
        + a[2]
        + t * (a[3] / 2 + t * (a[4] / 3 + t * (a[5] / 4 + t * a[6] / 5)))
        + a[7] / t
    )
    s = (
        -a[0] / (2 * t**2)
        - a[1] / t
        + a[2] * log_t
        + t * (a[3] + t * (a[4] / 2 + t * (a[5] / 3 + t * a[6] / 4)))
        + a[8]
    )
    return cp, h, h - s


@compiled
def phase_properties(bank, c, temperature):
    """Cp/R, H/RT, G/RT of a condensed phase; outside its range the nearest interval goes on."""
    first, last = bank.phase_start[c], bank.phase_start[c + 1] - 1
    i = first
    while i < last and temperature > bank.interval_high[i]:
        i += 1
    return polynomial(bank.interval[i], temperature)


@compiled
def solve_linear(matrix, rhs, m, columns):
    """Gauss's elimination with row pivots, in place; the answer is left in rhs (m, columns). False when singular."""
    for i in range(m):
        pivot = i
        best = abs(matrix[i, i])
        for r in range(i + 1, m):
            if abs(matrix[r, i]) > best:
                best = abs(matrix[r, i])
                pivot = r
        if not best > 1e-250:
            return False
        if pivot != i:
            for q in range(i, m):
                matrix[i, q], matrix[pivot, q] = matrix[pivot, q], matrix[i, q]
            for q in range(columns):
                rhs[i, q], rhs[pivot, q] = rhs[pivot, q], rhs[i, q]
        inverse = 1.0 / matrix[i, i]
        for r in range(i + 1, m):
            factor = matrix[r, i] * inverse
            if factor != 0.0:
                for q in range(i + 1, m):
                    matrix[r, q] -= factor * matrix[i, q]
                for q in range(columns):
                    rhs[r, q] -= factor * rhs[i, q]
    for i in range(m - 1, -1, -1):
        for q in range(columns):
            value = rhs[i, q]
            for r in range(i + 1, m):
                value -= matrix[i, r] * rhs[r, q]
            rhs[i, q] = value / matrix[i, i]
    return True
