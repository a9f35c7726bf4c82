"""The plant of a bench: vehicle, hold-down, sensors at their rates and power, stepped tick by tick."""

from dataclasses import dataclass

import numpy as np

from ..core.errors import InputError
from ..trajectory.environment.atmosphere import pressure, standard_atmosphere
from ..trajectory.flight.case import Case
from ..trajectory.flight.layout import PH, STATUS_NAMES, WK, H, M, P
from ..trajectory.flight.plant import Plant
from ..trajectory.flight.sensors import look
from .document import Bench, Power
from .observe import fix, hold, pad_axes, tick
from .signals import INDEX, SIGNAL_COUNT

FLYING = STATUS_NAMES.index("flying")
_VOLTAGE = INDEX["power.voltage"]
_SENSORS = np.array(
    [i for name, i in INDEX.items() if name.split(".")[0] in ("imu", "gnss", "altimeter", "barometer", "gimbal", "fin")]
)


@dataclass(frozen=True)
class Flying:
    """What flies on a bench. case: packed flight; empty_mass (phases,) [kg]: of the vehicle when the flying stage's usable
    propellant is gone (0: unknown, the tank then never runs dry); parameters: drawn errors, else nominal; origin (3,):
    Earth-fixed place from which truth.local and truth.touchdown.distance count, else where the flight begins."""

    case: Case
    empty_mass: np.ndarray | None = None
    parameters: np.ndarray | None = None
    origin: np.ndarray | None = None


class BenchPlant:
    """A flight case as a flight computer meets it: on the pad until T-0, then in flight.

    seed: of the sensors' noise. ``signals`` (SIGNAL_COUNT,) is filled by
    ``tick``; ``commands`` (`trajectory.flight.plant.COMMANDS`) is written by the caller. Nothing is allocated in a tick.
    """

    def __init__(
        self,
        flying: Flying,
        *,
        rate: float,
        countdown: float = 0.0,
        power: Power | None = None,
        seed: int = 0,
        manual: bool = False,
    ) -> None:
        case = flying.case
        self.plant = Plant(case, flying.parameters, seed, manual=manual)
        self.dt = 1.0 / rate
        self.held_ticks = round(countdown * rate)
        if abs(self.held_ticks - countdown * rate) > 1e-6:
            raise InputError(
                f"a countdown of {countdown:g} s is no whole number of steps at {rate:g} Hz; choose another"
            )
        self.signals = np.zeros(SIGNAL_COUNT)
        self.commands = self.plant.commands
        p, memory, bank = self.plant, self.plant.memory, self.plant.case.bank
        supply = power or Power()
        self._power = np.array(
            [supply.voltage, supply.resistance, supply.load, supply.capacity, supply.actuators, 0.0], float
        )
        least = case.phases[:, PH.least_mass] if flying.empty_mass is None else flying.empty_mass
        self._clock = np.array([self.dt, 0.0, float(self.held_ticks), 0.0])
        self._begin, self._empty = p.state.copy(), np.array(least, float)
        self._pad = pad_axes(bank, self._begin if flying.origin is None else flying.origin)
        hold(bank, self._begin, p.state, memory, -self.held_ticks * self.dt)
        look(memory, p.state)
        memory[M.altitude] = bank[H.ground]
        air = standard_atmosphere()
        p._work[WK.pressure] = pressure(air, bank[H.ground]) * p.parameters[P.pressure_factor]
        self._volts, self._least = supply.voltage, supply.least
        self._scratch = np.zeros(6)
        self._held = self.commands.copy()
        self._fix_ticks = max(round(bank[H.gnss_period] * rate), 1)
        self.count = 0
        self.status = FLYING
        self.dark = False
        self.signals[INDEX["clock.time"]] = memory[M.time]

    def tick(self) -> int:
        """One step under the commands; fills the signals. The flight's status (`layout.STATUS_NAMES`)."""
        p = self.plant
        case = p.case
        if self.dark:  # without power actuators stay where they are
            self.commands[:] = self._held
        self.count += 1
        self.status = tick(
            case.bank, case.phases, p.parameters, p.state, p.memory, p._work, self.commands,
            self._clock, self._begin, self._empty, self._power, self._pad, self.signals,
        )  # fmt: skip
        if (self.count - 1) % self._fix_ticks == 0:
            fix(case.bank, p.parameters, p.state, p.memory, self._scratch, self.signals)
        self.dark = bool(self.signals[_VOLTAGE] < self._least)
        if self.dark:
            self.signals[_SENSORS] = 0.0
        else:
            self._held[:] = self.commands
        return self.status

    @property
    def voltage_lost(self) -> float:
        """[V] that a fault takes off the bus."""
        return float(self._volts - self._power[0])

    @voltage_lost.setter
    def voltage_lost(self, volts: float) -> None:
        self._power[0] = self._volts - volts

    @property
    def time(self) -> float:
        """[s] since T-0, negative before."""
        return self.plant.time

    @property
    def phase(self) -> str:
        """Name of the flight phase."""
        return self.plant.phase


def bench_plant(bench: Bench, flying: Flying, seed: int = 0) -> BenchPlant:
    """The plant that a bench's document asks for."""
    return BenchPlant(
        flying,
        rate=bench.rate,
        countdown=bench.countdown,
        power=bench.power,
        seed=seed,
        manual=bench.manual_phases,
    )
