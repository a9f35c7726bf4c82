"""Gains of the attitude control from the vehicle's own data, and the margins that they leave.

One axis, linear, at one instant of flight. States: attitude error theta, its rate, the path's angle; u the (negative)
gimbal angle:

    d theta/dt = rate
    d rate/dt  = mu_a alpha + mu_c u - d rate          mu_a = q A C_Na (x_cp - x_cm) / I,  mu_c = T l / I
    d path/dt  = ((T + q A C_Na) alpha - T u) / (m V)  alpha = theta - path

(Greensite, *Analysis and Design of Space Vehicle Flight Control Systems*, NASA CR-820 (1967), vol. I, ch. 2). The loop is
opened at the gimbal
command: proportional, rate and integral gains, a second-order low-pass, the actuator's lag, and the delay of sampling and
computing. Each bending
mode adds what the gyroscopes see of it. Margins: how far the gain may fall (low) and rise (high) before the loop is
unstable, the least phase at gain
one, and the highest peak of a mode that is gain-stabilised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from ...core.results import Array, Result, Unit

GAIN_MARGIN = 6.0
"""[dB] that must be left either way; NASA SP-8036, *Effects of Structural Flexibility on Launch Vehicle Control Systems*
(1970), and common use."""
PHASE_MARGIN = np.radians(30.0)
MODE_MARGIN = 12.0
"""[dB] below one at the peak of a gain-stabilised mode."""
NONE_DB = 200.0
"""Stands in tables where nothing limits."""
RESERVE = (1.0, np.radians(5.0))  # what a design keeps over the limits: dB, rad
DAMPING = 0.9
INTEGRAL_SHARE = 0.08
"""Of gain_p times the bandwidth, as the integral gain: slow enough to cost few degrees of phase."""
FILTER_RATIOS = (12.0, 8.0, 6.0, 5.0, 4.0)
"""The low-pass over the bandwidth: the widest first."""
BANDWIDTHS = np.geomspace(3.0, 0.15, 34)  # rad/s
_OMEGA = np.geomspace(2e-3, 400.0, 2400)


@dataclass(frozen=True)
class Mode:
    """A bending mode: frequency [rad/s], damping ratio, modal mass [kg], deflection at the gimbal [-] and slope at the
    gyroscopes [1/m]."""

    frequency: float
    damping: float
    mass: float
    at_gimbal: float
    slope: float


@dataclass(frozen=True)
class LinearPoint:
    """The vehicle at one instant. thrust [N] that swivels, thrust_total [N], mass [kg], inertia [kg m^2] across, gimbal_arm
    [m] from the gimbal to the centre of
    mass, air_force [N/rad] (q A C_Na), air_arm [m] (centre of pressure over centre of mass, forward positive), air_damping
    [N m s], speed [m/s]."""

    time: float
    thrust: float
    thrust_total: float
    mass: float
    inertia: float
    gimbal_arm: float
    air_force: float
    air_arm: float
    air_damping: float
    speed: float
    modes: tuple[Mode, ...] = ()

    @property
    def control(self) -> float:
        """mu_c [1/s^2]."""
        return self.thrust * self.gimbal_arm / self.inertia

    @property
    def air(self) -> float:
        """mu_a [1/s^2]; positive: the air turns the vehicle away."""
        return self.air_force * self.air_arm / self.inertia


@dataclass(frozen=True)
class Gains:
    """Gimbal angle [rad] per attitude error [rad], per rate [rad/s], per integral [rad s]; filter [rad/s] of the low-pass,
    0: none."""

    proportional: float
    rate: float
    integral: float
    filter: float


@dataclass(frozen=True)
class Margins:
    """low, high [dB], phase [rad], mode [dB]: what is left (None where nothing limits: a stable vehicle has no low margin);
    crossover [rad/s].
    stable: of the closed loop."""

    low: float | None
    high: float | None
    phase: float | None
    mode: float | None
    crossover: float
    stable: bool

    def short_of(self) -> float:
        """The least of the margins over what is asked for, less one: negative where one is missed."""
        parts = [-1.0 if not self.stable else 1.0]
        parts += [m / GAIN_MARGIN - 1.0 for m in (self.low, self.high) if m is not None]
        parts += [self.phase / PHASE_MARGIN - 1.0] if self.phase is not None else []
        parts += [self.mode / MODE_MARGIN - 1.0] if self.mode is not None else []
        return min(parts)


def rigid_matrices(point: LinearPoint) -> tuple[Array, Array]:
    """A (3, 3), B (3,) of theta, rate, path under u."""
    mv = point.mass * max(point.speed, 30.0)  # near the pad the path's angle means nothing
    turn = (point.thrust_total + point.air_force) / mv
    a = np.array([[0.0, 1.0, 0.0], [point.air, -point.air_damping / point.inertia, -point.air], [turn, 0.0, -turn]])
    return a, np.array([0.0, point.control, -point.thrust / mv])


def open_loop(point: LinearPoint, gains: Gains, lag: float, delay: float, omega: Array = _OMEGA) -> Any:
    """The loop's transfer function at frequencies [rad/s], complex; lag [s] of the actuator, delay [s]."""
    s = 1j * omega
    a, b = rigid_matrices(point)
    # (s - A)^-1 B by Cramer's rule: three states, all frequencies at once
    m = s[:, None, None] * np.eye(3) - a
    theta: Any = np.linalg.solve(m, np.broadcast_to(b[:, None], (len(s), 3, 1)))[:, 0, 0]
    for mode in point.modes:
        push = -point.thrust * mode.at_gimbal / mode.mass
        theta = theta + mode.slope * push / (s * s + 2.0 * mode.damping * mode.frequency * s + mode.frequency**2)
    law = gains.proportional + gains.rate * s + gains.integral / s
    if gains.filter > 0.0:
        law = law * gains.filter**2 / (s * s + 1.4 * gains.filter * s + gains.filter**2)
    return theta * law * np.exp(-delay * s) / (1.0 + lag * s)


def margins(point: LinearPoint, gains: Gains, lag: float, delay: float) -> Margins:
    """Margins of the loop that the gains close."""
    omega = _OMEGA
    if point.modes:
        near = [m.frequency * (1.0 + m.damping * np.linspace(-30.0, 30.0, 121)) for m in point.modes]
        omega = np.unique(np.concatenate([omega, *near]))
        omega = omega[omega > 0.0]
    loop: Any = open_loop(point, gains, lag, delay, omega)
    peak = None
    if point.modes:
        lowest = min(m.frequency for m in point.modes)
        high = omega > 0.7 * lowest
        peak = -20.0 * float(np.log10(np.max(np.abs(loop[high]))))
        omega, loop = omega[~high], loop[~high]
        rest = open_loop(LinearPoint(**{**vars(point), "modes": ()}), gains, lag, delay)
        omega, loop = (
            np.concatenate([omega, _OMEGA[omega[-1] < _OMEGA]]),
            np.concatenate([loop, rest[omega[-1] < _OMEGA]]),
        )
    size, phase = np.abs(loop), np.unwrap(np.angle(loop))
    crossings = np.flatnonzero(np.diff(np.sign(size - 1.0)) != 0)
    crossover = float(omega[crossings[-1]]) if len(crossings) else 0.0
    away = [abs(_nearest_turn(phase[i])) for i in crossings if omega[i] > SLOWEST]
    # crossings of the negative real axis
    real = np.flatnonzero((np.diff(np.sign(loop.imag)) != 0) & (loop.real[:-1] < 0.0))
    low = high_margin = None
    for i in real:
        share = loop.imag[i] / (loop.imag[i] - loop.imag[i + 1])
        gain = 20.0 * float(np.log10(abs(loop.real[i] + share * (loop.real[i + 1] - loop.real[i]))))
        if omega[i] < SLOWEST:
            continue
        if gain > 0.0 and omega[i] < crossover:
            low = gain if low is None else min(low, gain)
        elif omega[i] >= crossover:
            high_margin = -gain if high_margin is None else min(high_margin, -gain)
    return Margins(low, high_margin, min(away) if away else None, peak, crossover, _is_stable(point, gains, lag, delay))


SLOWEST = 0.05  # rad/s: below it are the path's own slow modes, which guidance closes


def _nearest_turn(phase: float) -> float:
    """Distance of a phase from the odd multiples of pi."""
    return (phase + np.pi + np.pi) % (2.0 * np.pi) - np.pi


def _is_stable(point: LinearPoint, gains: Gains, lag: float, delay: float) -> bool:
    """Eigenvalues of the closed rigid loop, the delay as a lag: none grows faster than guidance corrects."""
    a, b = rigid_matrices(point)
    f = gains.filter or 200.0
    # states: theta, rate, path, integral, low-pass (2), actuator, delay
    n = 8
    m = np.zeros((n, n))
    m[:3, :3] = a
    m[:3, 6] = b
    m[3, 0] = 1.0
    m[4, 5] = 1.0
    m[5, :] = 0.0
    m[5, 0], m[5, 1], m[5, 3] = -f * f * gains.proportional, -f * f * gains.rate, -f * f * gains.integral
    m[5, 4], m[5, 5] = -f * f, -1.4 * f
    m[7, 4], m[7, 7] = 1.0 / max(delay, 1e-3), -1.0 / max(delay, 1e-3)
    m[6, 7], m[6, 6] = 1.0 / max(lag, 1e-3), -1.0 / max(lag, 1e-3)
    return bool(np.max(np.linalg.eigvals(m).real) < SLOWEST)


def design(point: LinearPoint, lag: float, delay: float, bandwidth: float | None = None) -> tuple[Gains, Margins]:
    """Gains of the widest bandwidth that keeps the margins with some reserve; else the best found.

    bandwidth [rad/s]: not to be exceeded.
    """
    best: tuple[float, Gains, Margins] | None = None
    for omega in BANDWIDTHS:
        if bandwidth is not None and omega > bandwidth:
            continue
        for ratio in FILTER_RATIOS:
            gains = gains_for(point, float(omega), float(ratio * omega))
            found = margins(point, gains, lag, delay)
            short = found.short_of()
            if best is None or short > best[0]:
                best = (short, gains, found)
            if _with_reserve(found):
                return gains, found
            if not point.modes:
                break  # a narrower filter only costs phase
    assert best is not None
    return best[1], best[2]


def gains_for(point: LinearPoint, omega: float, cut: float) -> Gains:
    """Gains that give the rigid vehicle a bandwidth [rad/s], its air's moment made up for."""
    proportional = (omega * omega + max(point.air, 0.0)) / point.control
    return Gains(proportional, 2.0 * DAMPING * omega / point.control, INTEGRAL_SHARE * proportional * omega, cut)


def _with_reserve(m: Margins) -> bool:
    gain, phase = GAIN_MARGIN + RESERVE[0], PHASE_MARGIN + RESERVE[1]
    return (
        m.stable
        and (m.low is None or m.low >= gain)
        and (m.high is None or m.high >= gain)
        and (m.phase is None or m.phase >= phase)
        and (m.mode is None or m.mode >= MODE_MARGIN + RESERVE[0])
    )


@dataclass(frozen=True, kw_only=True)
class ControlTable(Result):
    """Gains and margins along the flight (n,), every point of the design; NONE_DB where nothing limits. phases: names;
    phase_index counts in them."""

    phases: tuple[str, ...]
    phase_index: Array
    time: Annotated[Array, Unit("s")]
    control: Annotated[Array, Unit("1/s^2")]
    air: Annotated[Array, Unit("1/s^2")]
    proportional: Array
    rate: Annotated[Array, Unit("s")]
    integral: Annotated[Array, Unit("1/s")]
    filter: Annotated[Array, Unit("rad/s")]
    bandwidth: Annotated[Array, Unit("rad/s")]
    low: Annotated[Array, Unit("dB")]
    high: Annotated[Array, Unit("dB")]
    phase: Annotated[Array, Unit("rad")]
    mode: Annotated[Array, Unit("dB")]
    stable: Array


def control_table(
    rows: Sequence[tuple[int, LinearPoint, Gains, Margins]], phases: tuple[str, ...], input_hash: str
) -> ControlTable:
    """Gather a design."""

    def column(values: Sequence[float | None]) -> Array:
        return np.array([NONE_DB if v is None else v for v in values], float)

    return ControlTable(
        phases=phases,
        phase_index=column([k for k, *_ in rows]),
        time=column([p.time for _, p, _, _ in rows]),
        control=column([p.control for _, p, _, _ in rows]),
        air=column([p.air for _, p, _, _ in rows]),
        proportional=column([g.proportional for _, _, g, _ in rows]),
        rate=column([g.rate for _, _, g, _ in rows]),
        integral=column([g.integral for _, _, g, _ in rows]),
        filter=column([g.filter for _, _, g, _ in rows]),
        bandwidth=column([m.crossover for *_, m in rows]),
        low=column([m.low for *_, m in rows]),
        high=column([m.high for *_, m in rows]),
        phase=column([m.phase for *_, m in rows]),
        mode=column([m.mode for *_, m in rows]),
        stable=column([float(m.stable) for *_, m in rows]),
        input_hash=input_hash,
    )
