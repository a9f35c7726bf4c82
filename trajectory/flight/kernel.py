"""The compiled flight: one call, numbers in, numbers out.

    case                      a `case.Case`: what flies, packed once
    fly_one(case, parameters, seed) -> results (RESULT_SIZE,)
    fly_many(case, parameters (n, PARAMETER_SIZE), seeds (n,)) -> results (n, RESULT_SIZE)

`parameters` is a flat float64 vector that holds every uncertain number of the flight: `layout.ParameterLayout` and, for
each stage,
`layout.StageParameters`, say what stands where; `case.parameter_index("stage0.thrust_factor")` and
`case.nominal_parameters()` are the way to it by
name. `seed`: of everything random that the flight itself draws (sensor noise, turbulence); the same numbers give the same
result to the
bit, on any number of workers, in any order. `RESULT_NAMES` names the results; results[0] is the status
(`layout.STATUS_NAMES`: done = 1).

For loops of one's own without Python in between: `run` is compiled and
releases nothing but
its results. To fly step by step, or with an external computer, see `plant.Plant`; to stop, keep and go on, `plant.Flight`.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from .case import Case
from .layout import MARKS, MEMORY_SIZE, PARAMETER_SIZE, STATE_SIZE, WORK_SIZE, H, M
from .loop import LOG_SIZE, RESULT_NAMES, RESULT_SIZE, advance, finish

__all__ = ["RESULT_NAMES", "RESULT_SIZE", "fly_many", "fly_one", "run"]


@compiled_ieee
def run(bank, phases, state, parameters, seeds, results, marks, y, memory, covariance, w, logs):
    """Fly n cases: parameters (n, PARAMETER_SIZE), seeds (n,) float64 whole numbers, results (n, RESULT_SIZE), marks (n, phases
    * MARK_SIZE) or (n, 0), logs (n or 1, rows, LOG_SIZE); the rest is scratch."""
    for i in range(parameters.shape[0]):
        for j in range(y.shape[0]):
            y[j] = state[j]
        for j in range(memory.shape[0]):
            memory[j] = 0.0
        for a in range(15):
            for b in range(15):
                covariance[a, b] = 0.0
        memory[M.seed] = seeds[i]
        memory[M.throttle] = 1.0
        log = logs[min(i, logs.shape[0] - 1)]
        advance(bank, phases, parameters[i], y, memory, covariance, w, log, bank[H.longest])
        finish(bank, phases, y, memory, results[i])
        for j in range(marks.shape[1]):
            marks[i, j] = memory[MARKS + j]


def fly_many(
    case: Case,
    parameters: np.ndarray,
    seeds: np.ndarray,
    marks: np.ndarray | None = None,
    logs: np.ndarray | None = None,
) -> np.ndarray:
    """Results (n, RESULT_SIZE) of flights with parameters (n, PARAMETER_SIZE) and seeds (n,), whole numbers below 2^53.

    marks (n, phases * MARK_SIZE): filled with how each phase began (`layout.MARKS`), 0 where it never did. logs (n, rows,
    LOG_SIZE), of noughts: filled with rows of `loop.LOG_COLUMNS`, one for every step that the case's log_every names."""
    parameters = np.ascontiguousarray(parameters, float)
    if parameters.ndim != 2 or parameters.shape[1] != PARAMETER_SIZE:
        raise ValueError(f"parameters are (n, {PARAMETER_SIZE}), not {parameters.shape}")
    seeds = np.ascontiguousarray(seeds, float)
    if seeds.shape != parameters.shape[:1]:
        raise ValueError(f"as many seeds as rows of parameters: {seeds.shape} and {parameters.shape[0]}")
    results = np.empty((len(parameters), RESULT_SIZE))
    if marks is None:
        marks = np.empty((len(parameters), 0))
    scratch = (
        np.zeros(STATE_SIZE),
        np.zeros(MEMORY_SIZE),
        np.zeros((15, 15)),
        np.zeros(WORK_SIZE),
        np.zeros((1, 0, LOG_SIZE)) if logs is None else logs,
    )
    run(case.bank, case.phases, case.state, parameters, seeds, results, marks, *scratch)
    return results


def fly_one(case: Case, parameters: np.ndarray | None = None, seed: int = 0) -> np.ndarray:
    """Results (RESULT_SIZE,) of one flight; parameters: nominal unless given."""
    values = case.parameters if parameters is None else parameters
    return fly_many(case, values[None, :], np.array([float(seed)]))[0]
