"""The Gibbs minimiser: Gordon and McBride, NASA RP-1311 part I (1994), chapters 2 and 3, for compiled code.

Everything is per kilogram and divided by the gas constant: amounts n in kmol/kg, enthalpy/R in K kmol/kg, entropy/R in
kmol/kg; pressures as the logarithm of the pressure over 1 bar. Unknowns of one Newton step, in this order: the element
potentials π (k), the changes of the condensed amounts present, Δln N, and Δln T unless T is given.
"""

import numpy as np

from ...core.compiled import compiled
from .state import gas_properties, phase_properties, solve_linear, start_cold

TP, HP, SP = 0, 1, 2
CONVERGED, NOT_CONVERGED, SINGULAR, OUT_OF_RANGE, NO_PHASE = range(5)
SETTLED, CHANGED, TORN = 0, 1, 2
LOWEST, HIGHEST = 200.0, 6000.0  # K: the range of the gas data

_TRACE = -30.0  # ln of the mole fraction below which a gas adds nothing to the sums (1e-13)
_STEP = 1e-5  # a full Newton step smaller than this leaves an error of its square


@compiled
def assemble(bank, kind, b, target, state):
    """Matrix and right side of the reduced Newton step, RP-1311 equations 2.24 to 2.28; returns its size.

    They are left in state.matrix and state.rhs.

    b (k,): atoms [kmol/kg]; target: enthalpy/R or entropy/R. Fills state.cp, h, mu, n as well.
    """
    k, g = bank.gas_atoms.shape
    phases = bank.phase_atoms.shape[1]
    a = bank.gas_atoms
    matrix, rhs = state.matrix, state.rhs
    temperature = np.exp(state.main[1])
    log_n, log_p = state.main[0], state.main[2]
    total = np.exp(log_n)
    gas_properties(bank, temperature, state.cp, state.h, state.mu)
    condensed = 0
    for c in range(phases):
        condensed += state.present[c]
    at_n = k + condensed
    at_t = at_n + 1
    m = at_n + 1 if kind == TP else at_n + 2
    for i in range(k + condensed + 2):
        rhs[i, 0] = 0.0
        for q in range(k + condensed + 2):
            matrix[i, q] = 0.0
    for i in range(k):
        rhs[i, 0] = b[i]
    sum_n = sum_nh = sum_nmu = sum_q = energy = 0.0
    heat = 0.0
    for j in range(g):
        x = state.ln_n[j] - log_n
        if x < _TRACE:
            state.n[j] = 0.0
            continue
        n = np.exp(state.ln_n[j])
        state.n[j] = n
        h = state.h[j]
        mu = state.mu[j] + x + log_p
        q = h if kind != SP else h - mu  # S/R of the species where it is: H/RT − μ/RT
        nh, nmu, nq = n * h, n * mu, n * q
        sum_n += n
        sum_nh += nh
        sum_nmu += nmu
        sum_q += nq
        heat += n * state.cp[j] + nh * q
        energy += nq * mu
        for i in range(k):
            if a[i, j] != 0.0:
                an = a[i, j] * n
                for r in range(i + 1):
                    matrix[r, i] += an * a[r, j]
                matrix[i, at_n] += an
                matrix[i, at_t] += an * h
                matrix[at_t, i] += an * q
                rhs[i, 0] += an * (mu - 1.0)
    for i in range(k):
        for r in range(i):
            matrix[i, r] = matrix[r, i]
        matrix[at_n, i] = matrix[i, at_n]
    matrix[at_n, at_n] = sum_n - total
    matrix[at_n, at_t] = sum_nh
    rhs[at_n, 0] = total - sum_n + sum_nmu
    matrix[at_t, at_n] = sum_q
    row = k
    for c in range(phases):
        if state.present[c]:
            cp, h, mu = phase_properties(bank, c, temperature)
            q = h if kind != SP else h - mu
            for i in range(k):
                count = bank.phase_atoms[i, c]
                matrix[i, row] = matrix[row, i] = count
                rhs[i, 0] -= count * state.amount[c]
            matrix[row, at_t] = h
            matrix[at_t, row] = q
            rhs[row, 0] = mu
            heat += state.amount[c] * cp
            sum_q += state.amount[c] * q
            row += 1
    matrix[at_t, at_t] = heat
    if kind == HP:
        rhs[at_t, 0] = target / temperature - sum_q + energy
    elif kind == SP:
        rhs[at_t, 0] = target - sum_q + total - sum_n + energy
    return m


@compiled
def _traces_return(bank, state, d_t):
    """Give every gas below the trace its amount by the potentials; True when one of them is above the trace after all."""
    k, g = bank.gas_atoms.shape
    returned = False
    shift = state.main[0] - state.main[2]
    for j in range(g):
        if state.n[j] == 0.0:
            value = shift - state.mu[j] + state.h[j] * d_t
            for i in range(k):
                value += bank.gas_atoms[i, j] * state.potentials[i]
            state.ln_n[j] = min(value, state.main[0] - 9.2103404)
            if value - state.main[0] > _TRACE + 1.0:
                returned = True
    return returned


@compiled
def newton(bank, kind, b, target, state, most):
    """Newton's method with the phases present held; the step is limited as in RP-1311 section 3.3. Returns a status."""
    k, g = bank.gas_atoms.shape
    phases = bank.phase_atoms.shape[1]
    a = bank.gas_atoms
    main, matrix, rhs, step = state.main, state.matrix, state.rhs, state.step
    near = True  # near the solution the gases below the trace wait until the others have converged
    for _ in range(most):
        m = assemble(bank, kind, b, target, state)
        if not solve_linear(matrix, rhs, m, 1):
            return SINGULAR
        condensed = m - k - (1 if kind == TP else 2)
        d_n = rhs[k + condensed, 0]
        d_t = 0.0 if kind == TP else rhs[k + condensed + 1, 0]
        log_p = main[2]
        log_n = main[0]
        # λ1 and λ2 of RP-1311 equations 3.1 to 3.3, over the gases above the trace
        shift = d_n + log_n - log_p
        largest = 5.0 * max(abs(d_t), abs(d_n))
        damping = 1.0
        error = max(abs(d_t), abs(d_n))
        square = 0.0  # of what a gas's step leaves undone: half its amount times the step squared
        scale = np.exp(-log_n)
        for j in range(g):
            if near and state.n[j] == 0.0:
                continue
            change = shift - state.mu[j] - state.ln_n[j] + state.h[j] * d_t
            for i in range(k):
                change += a[i, j] * rhs[i, 0]
            step[j] = change
            share = state.n[j] * scale
            error = max(error, share * abs(change))
            square = max(square, share * change * change)
            if change > 0.0:
                x = state.ln_n[j] - log_n
                if x > -18.420681:
                    largest = max(largest, change)
                else:
                    room = change - d_n
                    if room > 0.0 and x + room > -9.2103404:
                        damping = min(damping, (-9.2103404 - x) / room)
        if largest > 2.0:
            damping = min(damping, 2.0 / largest)
        if not (largest < 1e30):
            return NOT_CONVERGED
        for j in range(g):
            if not near or state.n[j] > 0.0:
                state.ln_n[j] += damping * step[j]
        row = k
        for c in range(phases):
            if state.present[c]:
                state.amount[c] += damping * rhs[row, 0]
                error = max(error, abs(rhs[row, 0]) * scale)
                row += 1
        main[0] += damping * d_n
        main[1] += damping * d_t
        near = damping == 1.0 and error < 0.1
        if main[1] < 4.0 or main[1] > 9.9:  # 55 K and 20000 K: far from every range
            return OUT_OF_RANGE
        if damping == 1.0 and error < _STEP and square < _STEP * _STEP:
            for i in range(k):
                state.potentials[i] = rhs[i, 0]
            if not _traces_return(bank, state, d_t):
                return CONVERGED
    return NOT_CONVERGED


@compiled
def _within(bank, c, temperature, slack):
    """Whether a phase exists at a temperature."""
    low = bank.interval_low[bank.phase_start[c]]
    high = bank.interval_high[bank.phase_start[c + 1] - 1]
    return low - slack <= temperature <= high + slack


@compiled
def _change_phases(bank, kind, state):
    """The tests of RP-1311 section 3.5 on a converged state: CHANGED, SETTLED, or TORN where a phase neither stays nor goes.

    state.left tells when two phases of a substance belong together (melting, freezing).
    """
    left = state.left
    phases = bank.phase_atoms.shape[1]
    k = bank.phase_atoms.shape[0]
    # colder than the data, a gas may be so only because nothing has condensed yet
    temperature = min(max(np.exp(state.main[1]), LOWEST), HIGHEST)
    # a negative amount: that phase goes
    worst, least = -1, 0.0
    for c in range(phases):
        if state.present[c] and state.amount[c] < least:
            worst, least = c, state.amount[c]
    if worst >= 0:
        state.present[worst] = 0
        state.amount[worst] = 0.0
        left[worst] += 1
        return CHANGED
    # a phase outside its range gives way to the one that exists there, or shares with it at the transition
    for c in range(phases):
        if not state.present[c]:
            continue
        partner = -1
        shared = False
        for d in range(phases):
            if d != c and bank.family[d] == bank.family[c]:
                if state.present[d]:
                    shared = True
                elif _within(bank, d, temperature, 0.0):
                    partner = d
        if shared or _within(bank, c, temperature, 0.0):
            continue
        left[c] += 1
        if partner >= 0 and left[partner] > 0 and kind != TP:
            state.present[partner] = 1
            state.amount[partner] = 0.5 * state.amount[c]
            state.amount[c] *= 0.5
            border = bank.interval_low[bank.phase_start[c]]
            if temperature > border:
                border = bank.interval_high[bank.phase_start[c + 1] - 1]
            state.main[1] = np.log(border)
        elif partner >= 0:
            state.present[c] = 0
            state.present[partner] = 1
            state.amount[partner] = state.amount[c]
            state.amount[c] = 0.0
        else:
            state.present[c] = 0
            state.amount[c] = 0.0
        return CHANGED
    # the absent phase that would lower the Gibbs energy most comes in
    best, gain = -1, 1e-8
    for c in range(phases):
        if state.present[c] or not _within(bank, c, temperature, 0.0):
            continue
        shared = False
        for d in range(phases):
            if state.present[d] and bank.family[d] == bank.family[c]:
                shared = True
        if shared:
            continue
        _, _, mu = phase_properties(bank, c, np.exp(state.main[1]))
        excess, atoms = -mu, 0.0
        for i in range(k):
            excess += bank.phase_atoms[i, c] * state.potentials[i]
            atoms += bank.phase_atoms[i, c]
        if excess / atoms > gain:
            best, gain = c, excess / atoms
    if best >= 0:
        if left[best] > 3:
            return TORN
        state.present[best] = 1
        state.amount[best] = 0.0
        return CHANGED
    return SETTLED


@compiled
def equilibrium(bank, kind, b, log_p, target, state):
    """Equilibrium at ln p (over 1 bar) and, by *kind*, a temperature already in the state, an enthalpy/R or entropy/R.

    The state given is where the search starts; it is the answer when the status is CONVERGED.
    """
    state.main[2] = log_p
    given = state.main[1]
    left = state.left
    for c in range(len(left)):
        left[c] = 0
    cold = 0
    for _ in range(60):
        status = newton(bank, kind, b, target, state, 120)
        if status != CONVERGED:
            # the neighbour's composition may be a poor guess: start over, from different temperatures
            if cold == 3:
                return status
            start_cold(
                state, np.exp(given) if kind == TP else (3800.0 if cold == 0 else (1500.0 if cold == 1 else 600.0))
            )
            for c in range(len(left)):
                left[c] = 0
            cold += 1
            continue
        change = _change_phases(bank, kind, state)
        if change == TORN:
            return NO_PHASE
        if change == SETTLED:
            temperature = np.exp(state.main[1])
            if temperature < LOWEST - 1e-6 or temperature > HIGHEST + 1e-6:
                return OUT_OF_RANGE
            return CONVERGED
    return NOT_CONVERGED


@compiled
def shifting_heat(bank, b, state):
    """Cp/R per kilogram of the mixture in shifting equilibrium (RP-1311 equation 2.59); 0 where it is infinite.

    From the HP system: an enthalpy that rises by dh puts dh/(RT) on the energy row's right side, so Cp = dh/dT.
    """
    m = assemble(bank, HP, b, 0.0, state)
    rhs = state.rhs
    for i in range(m):
        rhs[i, 0] = 0.0
    rhs[m - 1, 0] = 1.0
    if not solve_linear(state.matrix, rhs, m, 1):
        return 0.0
    rise = rhs[m - 1, 0]
    return 1.0 / rise if rise > 1e-12 else 0.0
