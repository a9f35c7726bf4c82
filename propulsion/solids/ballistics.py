"""Pressure in time: one chamber pressure for the whole motor (0-D), steady at every depth or with filling and emptying."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...core.errors import InputError, UndecidedError
from .document import SolidMotor
from .gas import MotorGas, burn_rate, equilibrium_pressure
from .grain import GrainTable, Shrinking
from .march import march
from .nozzle import mass_flow_function

_TAIL = 0.002  # of the peak pressure: where the emptying chamber is left
_CLOSURE = 1e-6  # of the propellant's mass: a firing that closes worse is no answer
_LEAST_VOLUME = 1e-6  # of the case's inside: less than this is no chamber to fill


@dataclass(frozen=True)
class Firing:
    """Histories [SI]: time, pressure, mass flow through the nozzle, burnt depth of a surface that no gas passes, throat
    area, propellant left, burning surface; mass_flux: the largest in any port [kg/(m^2 s)]; center_of_mass: of the propellant
    left, from the grain's head.

    balance: |propellant burnt - gas through the nozzle - gas left in the chamber (less that at the start)| over the
    propellant's mass.
    """

    time: np.ndarray
    pressure: np.ndarray
    mass_flow: np.ndarray
    depth: np.ndarray
    throat_area: np.ndarray
    propellant_mass: np.ndarray
    surface: np.ndarray
    mass_flux: np.ndarray
    center_of_mass: np.ndarray
    balance: float


class Burning(Protocol):
    """What the chamber's equations need of a grain. State: the burnt depths [m]; spans: in which span each of them lies."""

    jumps: tuple[tuple[float, ...], ...]
    whole: float

    def rates(self, depths: np.ndarray, spans: list[int], pressure: float) -> tuple[np.ndarray, float, float, float]:
        """Rates of the depths [m/s], volume consumed [m^3/s], burning surface [m^2], largest mass flux [kg/(m^2 s)]."""
        ...

    def volume(self, depths: np.ndarray, spans: list[int]) -> float:
        """Volume of the propellant left [m^3]."""
        ...

    def moment(self, depths: np.ndarray, spans: list[int]) -> float:
        """Moment of that volume about the grain's head [m^4]."""
        ...


class Even:
    """A grain whose whole surface recedes alike: one depth."""

    def __init__(self, motor: SolidMotor, grain: GrainTable) -> None:
        self.motor, self.grain = motor, grain
        self.burning: Shrinking = grain.burning
        self.jumps = (grain.burning.jumps,)
        self.whole = grain.burning.whole

    def rates(self, depths: np.ndarray, spans: list[int], pressure: float) -> tuple[np.ndarray, float, float, float]:
        surface, _ = self.burning(depths[0], spans[0])
        r = float(burn_rate(self.motor.propellant, self.motor.temperature, pressure))
        passage = float(np.interp(depths[0], self.grain.depth, self.grain.passage))
        return np.array([r]), surface * r, surface, self.motor.propellant.density * surface * r / passage

    def volume(self, depths: np.ndarray, spans: list[int]) -> float:
        return self.burning(depths[0], spans[0])[1]

    def moment(self, depths: np.ndarray, spans: list[int]) -> float:
        return float(np.interp(depths[0], self.grain.depth, self.grain.moment))


def throat_area(motor: SolidMotor, time: np.ndarray | float) -> np.ndarray:
    """Throat area [m^2]; its radius grows at the erosion rate from the start."""
    return np.pi * (motor.nozzle.throat_diameter / 2.0 + motor.nozzle.erosion_rate * np.asarray(time)) ** 2


def quasi_steady(motor: SolidMotor, gas: MotorGas, grain: GrainTable) -> Firing:
    """Every depth in balance: p where the nozzle passes what burns; t by integrating dw/r over the depth.

    Raises ImpossibleError where no steady pressure exists, UndecidedError where throat erosion and time do not settle.
    """
    rho = motor.propellant.density
    w, surface, volume, passage = _to_the_last(grain)
    center = _centers(np.interp(w, grain.depth, grain.moment), volume, grain.volume[0])
    time = np.zeros_like(w)
    eroding = motor.nozzle.erosion_rate > 0.0
    for _ in range(60):
        at = throat_area(motor, time)
        p = equilibrium_pressure(motor, gas, surface / at)
        slow = 1.0 / burn_rate(motor.propellant, motor.temperature, p)
        new = np.concatenate([[0.0], np.cumsum(0.5 * (slow[1:] + slow[:-1]) * np.diff(w))])
        done = float(np.max(np.abs(new - time))) < 1e-9 * new[-1]
        time = new
        if done or not eroding:
            break
    else:
        raise UndecidedError("the throat's erosion and the burning time do not settle; lower nozzle.erosion_rate",
                             where=motor.where("nozzle.erosion_rate"))  # fmt: skip
    flow = rho * surface / slow
    m = rho * volume
    through = _simpson(grain.burning, w[-1])
    balance = abs(rho * through - (m[0] - m[-1])) / m[0]
    flux = flow / passage
    # burnt out at once
    last = ((time, time[-1]), (p, 0.0), (flow, 0.0), (w, w[-1]), (at, at[-1]), (m, 0.0), (surface, 0.0), (flux, 0.0),
            (center, center[-1]))  # fmt: skip
    return Firing(*(np.append(x, y) for x, y in last), balance=balance)


def _to_the_last(grain: GrainTable) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Depth, surface, volume, passage. A surface that dwindles to nothing is followed to a millionth of the last node's."""
    w, surface, volume, port = grain.depth, grain.surface, grain.volume, grain.passage
    if surface[-1] > 0.0:
        return w, surface, volume, port
    more = w[-1] - (w[-1] - w[-2]) * 0.5 ** np.arange(1, 21)
    last = len(grain.burning.spans) - 1
    found = np.array([grain.burning(x, last) for x in more])
    good = found[:, 0] > 0.0
    return (
        np.append(w[:-1], more[good]), np.append(surface[:-1], found[good, 0]), np.append(volume[:-1], found[good, 1]),
        np.append(port[:-1], np.full(int(good.sum()), port[-1])),
    )  # fmt: skip


def _simpson(burning: Shrinking, end: float) -> float:
    """The surface's integral over the depth [m^3], by Simpson's rule from node to node."""
    total = 0.0
    for span, (i0, i1) in enumerate(burning.spans):
        for i in range(i0, i1):
            a, b = burning.interval(i)
            b = min(b, end)
            if a < b:
                s = [burning(x, span)[0] for x in (a, 0.5 * (a + b), b)]
                total += (b - a) / 6.0 * (s[0] + 4.0 * s[1] + s[2])
    return total


def transient(motor: SolidMotor, gas: MotorGas, grain: GrainTable, burning: Burning | None = None) -> Firing:
    """The chamber fills and empties: d(pV)/dt / (R T) = rho A_b r - p A_t / c*, dV/dt = A_b r, R T = (c* Gamma)^2.

    The whole surface burns from t = 0, at ambient pressure (at least 1 bar: no igniter is modelled). Conservation of mass
    in the chamber as in Sutton & Biblarz, Rocket Propulsion Elements, 7th ed., chapter 11 (recalled), in a volume that grows.
    Raises ImpossibleError where no steady pressure exists (so that a runaway is refused), InputError for a chamber without
    volume, UndecidedError when the integration does not end within its bounds.
    """
    quasi = quasi_steady(motor, gas, grain)  # also refuses what cannot be
    burning = burning or Even(motor, grain)
    rho = motor.propellant.density
    free = grain.empty + motor.free_volume
    inside = free + burning.whole
    if free < _LEAST_VOLUME * inside:
        raise InputError(
            "at ignition there is no volume in which gas could be: give free_volume (igniter's gap, entrance of the nozzle), "
            "or ballistics: quasi-steady",
            where=motor.where("free_volume"),
        )
    peak = float(quasi.pressure.max())
    rt = mass_flow_function(gas.gamma) ** 2 * float(gas.c_star(0.5 * peak)) ** 2  # one value, so that mass is exact
    start = max(motor.ambient_pressure, 1e5)
    mass = rho * burning.whole

    def rates(t: float, y: np.ndarray, spans: list[int]) -> np.ndarray:
        p = np.exp(y[0])
        flow = p * float(throat_area(motor, t)) / float(gas.c_star(p))
        r, consumed, *_ = burning.rates(y[2:], spans, p)
        volume = inside - burning.volume(y[2:], spans)
        return np.concatenate([[((rho * rt / p - 1.0) * consumed - flow * rt / p) / volume, flow / mass], r])

    y0 = np.concatenate([[np.log(start), 0.0], np.zeros(len(burning.jumps))])
    time, y, spans = march(
        rates, y0, [(2 + i, j) for i, j in enumerate(burning.jumps)], tail=np.log(_TAIL), span=quasi.time[-1],
        floor=np.log(1e-3 * motor.ambient_pressure + 1.0), where=motor.where("grain"),
    )  # fmt: skip
    p, through, depths = np.exp(y[:, 0]), y[:, 1], y[:, 2:]
    left = np.array([burning.volume(d, s) for d, s in zip(depths, spans, strict=True)])
    surface, flux = np.array([burning.rates(d, s, x)[2:] for d, s, x in zip(depths, spans, p, strict=True)]).T
    area = throat_area(motor, time)
    flow = p * area / gas.c_star(p)
    moments = [burning.moment(d, s) for d, s in zip(depths, spans, strict=True)]
    center = _centers(np.array(moments), left, burning.whole)
    gained = (p[-1] * (inside - left[-1]) - start * free) / rt
    balance = abs(rho * (burning.whole - left[-1]) - mass * through[-1] - gained) / mass
    if balance > _CLOSURE:
        raise UndecidedError(
            f"mass closes to {balance:.0e} of the propellant only, not to {_CLOSURE:g}; give ballistics: quasi-steady",
            where=motor.where("ballistics"),
        )
    depth = np.minimum(depths[:, 0], grain.depth[-1])
    return Firing(time, p, flow, depth, area, rho * left, surface, flux, center, float(balance))


def _centers(moment: np.ndarray, volume: np.ndarray, whole: float) -> np.ndarray:
    """Centre of mass [m]; the last one that can be told is held where next to nothing is left."""
    some = volume > 1e-6 * whole
    last = int(np.flatnonzero(some)[-1])
    held = np.minimum(np.arange(len(volume)), last)
    return moment[held] / volume[held]
