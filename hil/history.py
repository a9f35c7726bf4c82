"""A thin history of a run for its report, kept beside any other recorder."""

import numpy as np

from .run import NoRecorder, Recorder
from .signals import INDEX, INPUT_COUNT, INPUT_INDEX, SIGNAL_COUNT
from .transports.base import Octets


class History:
    """A row of all signals and inputs every so often [s], and every event; what comes goes on to another recorder too."""

    def __init__(self, onward: Recorder | None = None, period: float = 0.1) -> None:
        self._onward = onward or NoRecorder()
        self._period = period
        self._next = -np.inf
        self._rows: list[np.ndarray] = []
        self.events: list[tuple[float, str]] = []

    def frame(self, time: float, computer: int, sent: bool, octets: Octets) -> None:
        self._onward.frame(time, computer, sent, octets)

    def row(self, time: float, signals: np.ndarray, inputs: np.ndarray) -> None:
        if time >= self._next:
            self._next = time + self._period - 1e-9
            self._rows.append(np.concatenate([signals, inputs]))
        self._onward.row(time, signals, inputs)

    def event(self, time: float, text: str) -> None:
        self.events.append((time, text))
        self._onward.event(time, text)

    @property
    def rows(self) -> np.ndarray:
        """(n, SIGNAL_COUNT + INPUT_COUNT)."""
        return np.array(self._rows).reshape(-1, SIGNAL_COUNT + INPUT_COUNT)

    def __getitem__(self, name: str) -> np.ndarray:
        """A signal's or an input's history by its name, (n,)."""
        at = INDEX[name] if name in INDEX else SIGNAL_COUNT + INPUT_INDEX[name]
        return self.rows[:, at]
