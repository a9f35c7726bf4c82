"""A flight that can be stopped, kept and taken up again; and the plant alone, for a flight computer outside."""

from dataclasses import dataclass

import numpy as np

from .case import Case
from .layout import MEMORY_SIZE, STATUS_NAMES, WORK_SIZE, H, M
from .loop import LOG_COLUMNS, LOG_SIZE, RESULT_NAMES, RESULT_SIZE, advance, finish


@dataclass(frozen=True)
class Snapshot:
    """All that a flight is at one instant, between two steps."""

    state: np.ndarray
    memory: np.ndarray
    covariance: np.ndarray


class Flight:
    """One flight in progress.

    log_rows: how many rows to keep of the history (`loop.LOG_COLUMNS`), one for every step that the case's log_every names.
    """

    def __init__(self, case: Case, parameters: np.ndarray | None = None, seed: int = 0, log_rows: int = 0) -> None:
        self.case = case
        self.parameters = np.array(case.parameters if parameters is None else parameters, float)
        self.state = case.state.copy()
        self.memory = np.zeros(MEMORY_SIZE)
        self.covariance = np.zeros((15, 15))
        self.memory[M.seed] = float(seed)
        self.memory[M.throttle] = 1.0
        self._work = np.zeros(WORK_SIZE)
        self._log = np.zeros((log_rows, LOG_SIZE))

    def advance(self, until: float = np.inf) -> str:
        """Fly on until a time [s since lift-off] has been reached, or to the end; the status in words
        (`layout.STATUS_NAMES`)."""
        until = min(until, float(self.case.bank[H.longest]))
        status = advance(
            self.case.bank,
            self.case.phases,
            self.parameters,
            self.state,
            self.memory,
            self.covariance,
            self._work,
            self._log,
            until,
        )
        return STATUS_NAMES[int(status)]

    @property
    def time(self) -> float:
        """[s] since lift-off."""
        return float(self.memory[M.time])

    @property
    def phase(self) -> str:
        return self.case.names[int(self.memory[M.phase])]

    def snapshot(self) -> Snapshot:
        """The flight as it stands; `restore` goes on from it, to the bit as if nothing had been."""
        return Snapshot(self.state.copy(), self.memory.copy(), self.covariance.copy())

    def restore(self, kept: Snapshot) -> None:
        self.state[:], self.memory[:], self.covariance[:] = kept.state, kept.memory, kept.covariance

    def results(self) -> dict[str, float]:
        """By `loop.RESULT_NAMES`."""
        values = np.empty(RESULT_SIZE)
        finish(self.case.bank, self.case.phases, self.state, self.memory, values)
        return dict(zip(RESULT_NAMES, values.tolist(), strict=True))

    def history(self) -> dict[str, np.ndarray]:
        """The rows kept so far, by `loop.LOG_COLUMNS`."""
        rows = self._log[: int(self.memory[M.log_row])]
        return dict(zip(LOG_COLUMNS, rows.T, strict=True))
