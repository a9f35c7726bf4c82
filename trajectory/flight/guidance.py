"""Guidance as a plug-in: one interface for whatever says where the thrust should point.

    class Straight:
        name = "straight up"

        def steer(self, time, phase, navigation):
            return Steering(pitch=1.5708)

    outcome = fly_with(case, Straight(), phases=[2, 3], period=0.5)

The built-in attitude control turns the vehicle to what guidance asks for. Guidance that comes as a table or as PEG is
compiled into the loop and needs
no plug-in; landing guidance, or a law of one's own, is one. A flight computer that also commands gimbals and jets is no
guidance: see `plant.Plant`.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...core.errors import InputError
from .case import Case
from .layout import GUIDANCE_NONE, STATUS_LOST, STATUS_NAMES, STATUS_NAN, H, M, N
from .plant import Flight


@dataclass(frozen=True)
class NavigationState:
    """What the computer thinks: inertial position (3,) [m] and velocity (3,) [m/s], quaternion (4,) body to inertial;
    sensed: the axial acceleration
    [m/s^2]; mass [kg]: nominal burning taken off, not measured."""

    position: np.ndarray
    velocity: np.ndarray
    quaternion: np.ndarray
    sensed: float
    mass: float


@dataclass(frozen=True)
class Steering:
    """What guidance asks for: pitch and yaw [rad] of the axis in the launch frame and their rates [rad/s], throttle (of
    rated), bank angle [rad] under a
    gliding parachute, and cut_off: the time [s since lift-off] at which the engines are to stop, None: not yet known."""

    pitch: float
    yaw: float = 0.0
    pitch_rate: float = 0.0
    yaw_rate: float = 0.0
    throttle: float = 1.0
    bank: float = 0.0
    cut_off: float | None = None


class Guidance(Protocol):
    """What a plug-in is: a name for messages, and one method called every guidance period."""

    name: str

    def steer(self, time: float, phase: str, navigation: NavigationState) -> Steering:
        """What to fly from a time [s since lift-off] on, until asked again."""
        ...


class PluginError(InputError):
    """A plug-in gave what cannot be flown, or failed; the message names the run, the time and the value."""


@dataclass(frozen=True)
class Outcome:
    """A flight under a plug-in: its status and results, or why there are none."""

    run: int
    status: str
    results: dict[str, float]
    error: str = ""


def fly_with(
    case: Case,
    guidance: Guidance,
    *,
    phases: Iterable[int],
    period: float,
    parameters: np.ndarray | None = None,
    seed: int = 0,
    run: int = 0,
) -> Flight:
    """Fly a case with guidance from a plug-in in some phases (indices), asked every `period` seconds.

    Raises PluginError when the plug-in raises, or answers with a number that is not finite: with run, time, phase and field.
    """
    chosen = set(phases)
    flight = Flight(case.with_phases(sorted(chosen), guidance=GUIDANCE_NONE), parameters, seed)
    flight.memory[N : N + 10] = flight.state[:10]  # before the first step the computer knows where it stands
    status = "flying"
    while status == "flying":
        k = int(flight.memory[M.phase])
        if k in chosen and (flight.memory[M.entered] > 0.0 or flight.time == 0.0):
            _ask(flight, guidance, run)
        status = flight.advance(flight.time + period)
    return flight


def _ask(flight: Flight, guidance: Guidance, run: int) -> None:
    m, here = flight.memory, f"run {run}, {flight.time:.3f} s, '{flight.phase}'"
    sensed = 0.0 if m[M.sensed] <= 0.0 else 1.0 / m[M.sensed]
    nav = NavigationState(
        m[N : N + 3].copy(), m[N + 3 : N + 6].copy(), m[N + 6 : N + 10].copy(), sensed, float(flight.state[13])
    )
    try:
        wanted = guidance.steer(flight.time, flight.phase, nav)
    except Exception as error:
        raise PluginError(f"{here}: guidance '{guidance.name}' failed: {type(error).__name__}: {error}") from error
    for name in ("pitch", "yaw", "pitch_rate", "yaw_rate", "throttle", "bank"):
        value = getattr(wanted, name)
        if not math.isfinite(value):
            raise PluginError(f"{here}: guidance '{guidance.name}' gave {name} = {value}; it must be a finite number")
        m[getattr(M, {"bank": "bank_angle"}.get(name, name))] = value
    if wanted.cut_off is not None:
        if not math.isfinite(wanted.cut_off):
            raise PluginError(
                f"{here}: guidance '{guidance.name}' gave cut_off = {wanted.cut_off}; it must be a finite number"
            )
        m[M.end_time] = max(wanted.cut_off, flight.time)


def _lost(flight: Flight, run: int) -> str:
    """What became of a flight that nobody planned to end so; empty where there is nothing to say."""
    here = f"run {run}, {flight.time:.3f} s, '{flight.phase}': {flight.status}"
    if flight.status == STATUS_NAMES[STATUS_LOST]:
        error, limit = np.degrees([flight.memory[M.error], flight.case.bank[H.lost_angle]])
        return f"{here}: the attitude is {error:.1f} deg off, more than {limit:.1f} deg"
    return here if flight.status == STATUS_NAMES[STATUS_NAN] else ""


def fly_runs(
    case: Case,
    guidance: Guidance,
    runs: Sequence[np.ndarray],
    *,
    phases: Iterable[int],
    period: float,
    seeds: Sequence[int],
) -> list[Outcome]:
    """Many flights, one for each vector of parameters; one that fails is told with its run number and time, and the rest
    goes on: a plug-in's failure, a control that loses the attitude (the case's `lost_angle`), a number that is none."""
    found, phases = [], list(phases)
    for run, (parameters, seed) in enumerate(zip(runs, seeds, strict=True)):
        try:
            flight = fly_with(case, guidance, phases=phases, period=period, parameters=parameters, seed=seed, run=run)
            found.append(Outcome(run, flight.status, flight.results(), _lost(flight, run)))
        except PluginError as error:
            found.append(Outcome(run, "plug-in failed", {}, error.message))
    return found
