"""The rocket problem for compiled code: chamber, throat and stations on one isentrope (RP-1311 part I, chapter 6).

Works on the states of ``gibbs``; pressures in bar, energies in J/kg, speeds in m/s, densities in kg/m³.
"""

import numpy as np

from ...core.compiled import compiled
from .gibbs import CONVERGED, HIGHEST, HP, LOWEST, NOT_CONVERGED, OUT_OF_RANGE, SP, assemble, equilibrium
from .species import GAS_CONSTANT
from .state import extrapolate, gas_properties, keep, phase_properties, recall, solve_linear, start_cold

EQUILIBRIUM, FROZEN_CHAMBER, FROZEN_THROAT = 0, 1, 2
CHAMBER, THROAT, SUBSONIC, SUPERSONIC, PRESSURE_RATIO = range(5)
# The columns of a station.
PRESSURE, TEMPERATURE, DENSITY, ENTHALPY, ENTROPY, GAMMA, CP, MOLES, SPEED, AREA, STATUS, TOTAL_MOLES = range(12)
COLUMNS = 12
_CLOSE = 1e-9  # relative, of an area ratio
_ACCEPTED = 1e-7  # beyond it a station is not the one asked for
_NEAR = 1e-5  # of ln p: as Newton's last step in gibbs
_SONIC = 1e-6  # of ln M²; the mass flux is largest at the throat, so c* errs by the square
_SONIC_HELD = 1e-9  # what is frozen at the throat errs by itself


@compiled
def finish(bank, b, state, row, shifting):
    """Fill a station's row from a solved state; the tangent along the isentrope stays in the state.

    γ_s and the tangent come from the SP system differentiated by ln p (RP-1311 chapter 2 in another order of working:
    regular on a melting plateau as well). Cp is that of the frozen composition.
    """
    k, g = bank.gas_atoms.shape
    phases = bank.phase_atoms.shape[1]
    kind = SP + 0  # a plain integer: for a literal one numba would compile assemble once more
    m = assemble(bank, kind, b, 0.0, state)
    matrix, rhs = state.matrix, state.rhs
    temperature = np.exp(state.main[1])
    log_n, log_p = state.main[0], state.main[2]
    total = np.exp(log_n)
    sum_h = sum_s = sum_n = frozen = 0.0
    for j in range(g):
        n = state.n[j]
        if n > 0.0:
            mu = state.mu[j] + state.ln_n[j] - log_n + log_p
            sum_h += n * state.h[j]
            sum_s += n * (state.h[j] - mu)
            sum_n += n
            frozen += n * state.cp[j]
    gas_s = sum_s
    moles = sum_n
    for c in range(phases):
        if state.present[c]:
            cp, h, mu = phase_properties(bank, c, temperature)
            sum_h += state.amount[c] * h
            sum_s += state.amount[c] * (h - mu)
            frozen += state.amount[c] * cp
            moles += state.amount[c]
    tangent = state.tangent
    for i in range(len(tangent)):
        tangent[i] = 0.0
    if shifting:
        # by ln p at constant entropy: the residuals of the Newton step differentiated
        for i in range(m):
            rhs[i, 0] = 0.0
        at_n = m - 2
        for i in range(k):
            rhs[i, 0] = matrix[i, at_n]
        rhs[at_n, 0] = sum_n
        rhs[m - 1, 0] = gas_s + sum_n
        if not solve_linear(matrix, rhs, m, 1):
            return NOT_CONVERGED
        d_n, d_t = rhs[m - 2, 0], rhs[m - 1, 0]
        for j in range(g):
            tangent[j] = d_n + state.h[j] * d_t - 1.0
        for i in range(k):
            for j in range(g):
                tangent[j] += bank.gas_atoms[i, j] * rhs[i, 0]
        at = k
        for c in range(phases):
            if state.present[c]:
                tangent[g + c] = rhs[at, 0]
                at += 1
        tangent[g + phases] = d_n
        tangent[g + phases + 1] = d_t
        stiffness = 1.0 - d_n - d_t  # ∂ln ρ/∂ln p at constant entropy
        if not stiffness > 1e-6:
            return NOT_CONVERGED
        gamma = 1.0 / stiffness
    else:
        d_t = sum_n / frozen
        tangent[g + phases + 1] = d_t
        gamma = 1.0 / (1.0 - d_t)
    row[PRESSURE] = np.exp(log_p)
    row[TEMPERATURE] = temperature
    row[DENSITY] = np.exp(log_p) * 1e5 / (total * GAS_CONSTANT * temperature)
    row[ENTHALPY] = sum_h * temperature * GAS_CONSTANT
    row[ENTROPY] = sum_s * GAS_CONSTANT
    row[GAMMA] = gamma
    row[CP] = frozen * GAS_CONSTANT
    row[MOLES] = total
    row[TOTAL_MOLES] = moles
    return CONVERGED


@compiled
def frozen_entropy(bank, state, temperature, log_p):
    """Entropy/R and Cp/R of the state's composition at another temperature and pressure."""
    gas_properties(bank, temperature, state.cp, state.h, state.mu)
    entropy = heat = 0.0
    for j in range(len(state.n)):
        n = state.n[j]
        if n > 0.0:
            entropy += n * (state.h[j] - state.mu[j] - (state.ln_n[j] - state.main[0]) - log_p)
            heat += n * state.cp[j]
    for c in range(len(state.amount)):
        if state.present[c]:
            cp, h, mu = phase_properties(bank, c, temperature)
            entropy += state.amount[c] * (h - mu)
            heat += state.amount[c] * cp
    return entropy, heat


@compiled
def frozen_at(bank, state, log_p, entropy):
    """Isentropic change with the composition held, to ln p; entropy/R. Newton's method on ln T."""
    log_t = state.main[1] + state.tangent[-1] * (log_p - state.main[2])
    for _ in range(50):
        if not 4.0 < log_t < 9.5:
            return OUT_OF_RANGE
        found, heat = frozen_entropy(bank, state, np.exp(log_t), log_p)
        step = (entropy - found) / heat
        log_t += step
        if abs(step) < 1e-9:
            state.main[1] = log_t
            state.main[2] = log_p
            temperature = np.exp(log_t)
            if temperature < LOWEST - 1e-6 or temperature > HIGHEST + 1e-6:
                return OUT_OF_RANGE
            for c in range(len(state.amount)):
                if state.present[c]:
                    low = bank.interval_low[bank.phase_start[c]]
                    high = bank.interval_high[bank.phase_start[c + 1] - 1]
                    # 50 K, as CEA allows a held phase beyond its range
                    if temperature < low - 50.0 or temperature > high + 50.0:
                        return OUT_OF_RANGE
            return CONVERGED
    return NOT_CONVERGED


@compiled
def solve(bank, kind, b, log_p, target, shifting, near, state, row):
    """One state at ln p, from the state given: chamber (HP) or along the isentrope (SP), shifting or frozen.

    A start on the same isentrope is first moved by its tangent; a solved gas that moves by less than Newton's last step may
    be (the error is its square) needs no other. Fills the row when the status is CONVERGED.
    """
    if not shifting:
        status = frozen_at(bank, state, log_p, target)
    else:
        g = len(state.ln_n)
        phases = len(state.amount)
        d = log_p - state.main[2]
        there = near and kind == SP and abs(d) < _NEAR
        for c in range(phases):
            there = there and state.present[c] == 0
        if kind == SP and d != 0.0:
            for j in range(g):
                state.ln_n[j] += state.tangent[j] * d
            for c in range(phases):
                state.amount[c] = max(state.amount[c] + state.tangent[g + c] * d, 0.0)
            state.main[0] += state.tangent[g + phases] * d
            state.main[1] = max(state.main[1] + state.tangent[g + phases + 1] * d, 5.0)
            top = state.main[0]
            for j in range(g):
                state.ln_n[j] = min(state.ln_n[j], top)
        status = CONVERGED
        if there:
            state.main[2] = log_p
        else:
            status = equilibrium(bank, kind, b, log_p, target, state)
    if status == CONVERGED:
        status = finish(bank, b, state, row, shifting)
    return status


@compiled
def first_guess(kind, value, chamber, throat):
    """ln p at which to look first: RP-1311 equations 6.15, 6.20 to 6.22. Rows of chamber and throat."""
    log_pc = np.log(chamber[PRESSURE])
    if kind == THROAT:
        gamma = chamber[GAMMA]
        return log_pc - gamma / (gamma - 1.0) * np.log(0.5 * (gamma + 1.0))
    if kind == PRESSURE_RATIO:
        return log_pc - np.log(value)
    drop = log_pc - np.log(throat[PRESSURE])
    target = np.log(value)
    if kind == SUPERSONIC:
        if value < 2.0:
            return log_pc - drop - np.sqrt(3.294 * target**2 + 1.535 * target)
        return log_pc - max(throat[GAMMA] + 1.4 * target, drop + 0.1)
    if 1.0001 < value < 1.09:
        drop *= 0.9
    return log_pc - drop / (value + 10.587 * target**3 + 9.454 * target)


@compiled
def miss(kind, value, flux, chamber, row):
    """How far a state is from what the station asks for, and the slope of that in ln p.

    Throat: ln(u²/a²), the slope with γ_s held. Area ratio: ln of the ratio to the one asked for; its slope is exact, from
    du = −dp/(ρu) and dρ/ρ = dp/(γ_s p).
    """
    u2 = 2.0 * max(chamber[ENTHALPY] - row[ENTHALPY], 1e-9)
    work = row[PRESSURE] * 1e5 / row[DENSITY]
    if kind == THROAT:
        return np.log(u2 / (row[GAMMA] * work)), -2.0 * work / u2 - 1.0 + 1.0 / row[GAMMA]
    return np.log(flux / (row[DENSITY] * np.sqrt(u2) * value)), work / u2 - 1.0 / row[GAMMA]


@compiled
def step_onward(b, enthalpy, pressure, q):
    """How far problem q lies beyond the one before it, in steps from the one before that; 0 unless the three lie on a line.

    In amounts of the elements, enthalpy and ln p, each over its own scale.
    """
    if q < 2:
        return 0.0
    k = b.shape[1]
    total = 0.0
    for i in range(k):
        total += b[q, i]
    along = first = second = 0.0
    for i in range(k + 2):
        if i < k:
            x, y, z, scale = b[q - 2, i], b[q - 1, i], b[q, i], total
        elif i == k:
            x, y, z, scale = enthalpy[q - 2], enthalpy[q - 1], enthalpy[q], 4000.0 * total
        else:
            x, y, z, scale = np.log(pressure[q - 2]), np.log(pressure[q - 1]), np.log(pressure[q]), 1.0
        one, two = (y - x) / scale, (z - y) / scale
        along += one * two
        first += one * one
        second += two * two
    if first == 0.0 or second == 0.0:
        return 0.0
    weight = along / first
    aside = second - weight * along
    return weight if 0.0 < weight < 2.5 and aside < 1e-4 * second else 0.0


@compiled
def rocket(bank, b, enthalpy, pressure, mode, kinds, values, warm, state, memory, rows, amounts):
    """Rocket problems with an infinite-area chamber, all with the same stations, in one go.

    b (q, k): atoms [kmol/kg]; enthalpy/R, pressure [bar] (q,). kinds, values (m,): CHAMBER, THROAT, then what is asked
    for: area ratios or chamber-to-station pressure ratios. *warm*: each problem starts from the one before it, or from the
    straight line through the two before it when it lies on their line.
    state, memory (3 + 2 m, memory_size): working space. rows (q, m, COLUMNS), amounts (q, m, g + c) [kmol/kg]: the answers;
    the column STATUS of a row says whether it holds one. Each station is one Newton's method in ln p, kept in a bracket:
    RP-1311 sections 6.3.3 to 6.3.6.
    """
    g = bank.gas_atoms.shape[1]
    m = len(kinds)
    phases = bank.phase_atoms.shape[1]
    # memory: what a station may start from, which is the chamber, the last subsonic station, the throat or last supersonic
    # one; then each station of the problem before, then of the one before that. known[i] tells how many there are.
    known = np.zeros(m, np.int64)
    pressure_at = 2 * (g + phases) + 2
    for q in range(len(pressure)):
        row_c, row_t = rows[q, 0], rows[q, 1]
        flux = 0.0
        entropy = 0.0
        weight = step_onward(b, enthalpy, pressure, q) if warm else 0.0
        for i in range(m):
            rows[q, i, STATUS] = NOT_CONVERGED
        for i in range(m):
            kind, value, row = kinds[i], values[i], rows[q, i]
            if (kind > THROAT and row_t[STATUS] != CONVERGED) or (kind == THROAT and row_c[STATUS] != CONVERGED):
                break
            if kind == SUPERSONIC and value == 1.0:
                for j in range(COLUMNS):
                    row[j] = row_t[j]
                for j in range(g + phases):
                    amounts[q, i, j] = amounts[q, 1, j]
                continue
            log_pc = np.log(pressure[q])
            shifting = mode != FROZEN_CHAMBER
            problem, target = SP, entropy
            low, high = log_pc - 3.0, log_pc
            behind = False
            if kind == CHAMBER:
                problem, target, shifting = HP, enthalpy[q], True
                log_p = log_pc
                start_cold(state, 3800.0)
            else:
                log_p = first_guess(kind, value, row_c, row_t)
                behind = kind == SUPERSONIC or (kind == PRESSURE_RATIO and log_p <= np.log(row_t[PRESSURE]))
                if kind != THROAT and behind:
                    low, high = log_pc - 40.0, np.log(row_t[PRESSURE])
                    shifting = mode == EQUILIBRIUM
                elif kind == SUBSONIC:
                    low = np.log(row_t[PRESSURE])
                at = 0 if kind == THROAT else (2 if behind else 1)
                recall(memory[at], state)
            if warm and known[i] > 0:
                last, before = memory[3 + i], memory[3 + m + i]
                onward = known[i] == 2 and weight != 0.0
                if kind != CHAMBER and kind != PRESSURE_RATIO:
                    guess = last[pressure_at] + log_pc - np.log(pressure[q - 1])
                    if onward:
                        guess = last[pressure_at] + weight * (last[pressure_at] - before[pressure_at])
                    if low < guess < high:
                        log_p = guess
                if shifting:
                    if onward:
                        extrapolate(before, last, weight, state)
                    else:
                        recall(last, state)
                    state.main[2] = log_p
            earlier = known[i]
            known[i] = 0
            close = _CLOSE
            if kind == THROAT:
                close = _SONIC_HELD if mode == FROZEN_THROAT else _SONIC
            status = NOT_CONVERGED
            refused = CONVERGED  # why a lower pressure was not to be had
            value_off = 0.0
            solved = False  # whether the state is that of this isentrope at its pressure
            for tries in range(120):
                status = solve(bank, problem, b[q], log_p, target, shifting, solved, state, row)
                solved = status == CONVERGED
                if kind in (CHAMBER, PRESSURE_RATIO):
                    break
                if status != CONVERGED:
                    # too far, most often: colder than the data reach
                    refused = status
                    low = log_p
                    log_p = 0.5 * (log_p + high)
                    if high - low < 1e-6:
                        break
                    recall(memory[2 if kind == SUPERSONIC else 0], state)
                    continue
                value_off, slope = miss(kind, value, flux, row_c, row)
                if abs(value_off) < close or high - low < 1e-11:
                    break
                rising = kind == SUBSONIC  # elsewhere what is missed falls as the pressure rises
                if (value_off > 0.0) == rising:
                    high = log_p
                else:
                    low = log_p
                step = -value_off / slope
                if (slope > 0.0) != rising:
                    # behind a throat of shifting flow the frozen flow is still subsonic: on downstream
                    step = 0.05 if rising else -0.05
                log_p += min(max(step, -1.5), 1.5)
                # a jump (a phase that begins to condense) is closed in on by halving
                if tries > 30:
                    log_p = 0.5 * (low + high)
                elif not low < log_p < high:
                    log_p = 0.5 * (max(low, high - 2.0) + high)
            # a wide subsonic station is slow, and its speed a small difference of large enthalpies
            accepted = _ACCEPTED * value**2 if kind == SUBSONIC else _ACCEPTED
            if status == CONVERGED and kind in (SUBSONIC, SUPERSONIC) and abs(value_off) > accepted:
                status = refused if refused != CONVERGED else NOT_CONVERGED
            row[STATUS] = status
            if status != CONVERGED:
                continue
            if warm:
                known[i] = min(earlier + 1, 2)
                memory[3 + m + i] = memory[3 + i]
                keep(state, memory[3 + i])
            for j in range(g):
                amounts[q, i, j] = state.n[j]
            for c in range(phases):
                amounts[q, i, g + c] = state.amount[c]
            row[SPEED] = np.sqrt(2.0 * max(row_c[ENTHALPY] - row[ENTHALPY], 0.0))
            held = False  # whether the composition is held from here on
            if kind == CHAMBER:
                row[SPEED] = 0.0
                entropy = row[ENTROPY] / GAS_CONSTANT
                held = mode == FROZEN_CHAMBER
            elif kind == THROAT:
                flux = row[DENSITY] * row[SPEED]
                row[AREA] = 1.0
                held = mode == FROZEN_THROAT
            else:
                row[AREA] = flux / (row[DENSITY] * row[SPEED])
            if held:
                finish(bank, b[q], state, row, not held)
            if kind == CHAMBER:
                keep(state, memory[0])
                keep(state, memory[1])
            else:
                keep(state, memory[2 if kind == THROAT or behind else 1])
