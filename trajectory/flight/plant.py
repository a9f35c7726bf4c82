"""A flight that can be stopped, kept and taken up again; and the plant alone, for a flight computer outside."""

from dataclasses import dataclass

import numpy as np

from .case import Case
from .layout import GUIDANCE_EXTERNAL, I_, MEMORY_SIZE, STATUS_NAMES, WORK_SIZE, H, M
from .loop import LOG_COLUMNS, LOG_SIZE, RESULT_NAMES, RESULT_SIZE, advance, finish, step_plant
from .sensors import TURN, inertial_unit, look, satellite


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
    def status(self) -> str:
        """In words (`layout.STATUS_NAMES`)."""
        return STATUS_NAMES[int(self.memory[M.status])]

    @property
    def phase(self) -> str:
        """Name of the phase."""
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


COMMANDS = (
    "gimbal_y",
    "gimbal_z",
    "throttle",
    "roll_torque",
    "jet_x",
    "jet_y",
    "jet_z",
    "next_phase",
    "cut_off",
    "bank_angle",
    "fin_y",
    "fin_z",
)
"""What a flight computer commands at each step: gimbal angles [rad], throttle (of rated), roll torque [N m], jets about the
three axes (sign only), the next
phase (stage separation, fairing, ignition: > 0), engines off (> 0), bank angle [rad] under a gliding
parachute, deflections of the grid fins [rad] that turn the body about y and z."""
C = {name: i for i, name in enumerate(COMMANDS)}


class Plant:
    """The vehicle and its world without a computer, stepped from outside; nothing is allocated in a step.

    ``commands`` (len(COMMANDS),) is written by the caller, ``step(dt)`` flies on with it; ``state`` (`layout.Y`), ``memory``
    (`layout.M`: altitude, dynamic
    pressure, thrust, gimbal angles …) are read from. ``sense()`` gives what the inertial unit measured since it was last
    asked, ``fix()`` what the satellite
    receiver says now. Phases end by command or by their own end conditions; manual: by command alone.
    """

    def __init__(
        self, case: Case, parameters: np.ndarray | None = None, seed: int = 0, *, manual: bool = False
    ) -> None:
        if manual:
            case = case.with_phases(duration=1e30, least_mass=0.0, target_energy=1e30, end_event=0.0)
        self.case = case.with_phases(guidance=GUIDANCE_EXTERNAL).with_head(perfect=0.0)
        self.parameters = np.array(case.parameters if parameters is None else parameters, float)
        self.state = case.state.copy()
        self.memory = np.zeros(MEMORY_SIZE)
        self.memory[M.seed] = float(seed)
        self.memory[M.throttle] = 1.0
        self.commands = np.zeros(len(COMMANDS))
        self.commands[2] = 1.0
        self._work = np.zeros(WORK_SIZE)
        look(self.memory, self.state)

    def step(self, dt: float) -> int:
        """Fly on for dt [s] under the commands; the status (`layout.STATUS_NAMES`, 0: flying)."""
        c = self.case
        return step_plant(c.bank, c.phases, self.parameters, self.state, self.memory, self._work, self.commands, dt)

    def sense(self) -> np.ndarray:
        """(6,): increments of angle [rad] and velocity [m/s] in body axes since the last call; a view that the next call
        overwrites."""
        inertial_unit(self.case.bank, self.parameters, self.memory, self.state)
        return self.memory[I_ + TURN : I_ + TURN + 6]

    def fix(self, out: np.ndarray) -> np.ndarray:
        """Fill out (6,) with inertial position [m] and velocity [m/s] as the satellite receiver gives them."""
        satellite(self.case.bank, self.parameters, self.memory, self.state, out)
        return out

    @property
    def time(self) -> float:
        """[s] since lift-off."""
        return float(self.memory[M.time])

    @property
    def phase(self) -> str:
        return self.case.names[int(self.memory[M.phase])]

    def snapshot(self) -> Snapshot:
        """The plant as it stands, for `restore`."""
        return Snapshot(self.state.copy(), self.memory.copy(), np.zeros((0, 0)))

    def restore(self, kept: Snapshot) -> None:
        """Go on from a snapshot."""
        self.state[:], self.memory[:] = kept.state, kept.memory
