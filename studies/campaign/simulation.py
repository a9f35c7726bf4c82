"""One campaign, event by event: boosters, pads, ships and crews that launches wait for, weather, failures and losses.

Time is in days from the first day of the campaign. SimPy keeps the queues; each rule of the fleet is one process below.
"""

import itertools
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np

from ...core.distribution import Uncertain
from .document import CampaignStudy

DAY = 86400.0
YEAR = 365.25
Process = Generator[Any, Any, None]


@dataclass(frozen=True)
class Plan:
    """What a campaign is flown by: a study with one value in place of every range but those of durations. rate [1/day]."""

    study: CampaignStudy
    launches: int
    rate: float
    flights: int
    landing_success: float
    ascent_success: float
    fairing_flights: int
    fairing_success: float
    turnaround: float  # [s], as in the study: it may carry a distribution

    @property
    def reused(self) -> bool:
        """Whether boosters are brought back at all."""
        return self.study.recovery.mode != "expend" and self.flights > 1

    @property
    def fleet(self) -> int:
        """Boosters kept: stated, or those that are away between two flights at the wanted rate, in the mean, and two more."""
        stated, recovery = self.study.fleet.boosters, self.study.recovery
        if stated is not None:
            return stated
        away = _mean(self.study.ground.preparation)
        if self.reused:
            at_sea = _mean(recovery.sail_out) + _mean(recovery.sail_back) if recovery.mode == "ship" else DAY
            away += _mean(self.turnaround) + at_sea
        return 2 + ceil(self.rate * away / DAY)


@dataclass(frozen=True)
class Flown:
    """What happened. Launches in order: time [day], booster's serial, its flight number, success, whether it landed, new fairing.

    built: when each booster left the factory; reflown: times at which one was ready again; tried: landings tried.
    """

    time: np.ndarray
    serial: np.ndarray
    flight: np.ndarray
    success: np.ndarray
    landed: np.ndarray
    new_fairing: np.ndarray
    built: np.ndarray
    ready: np.ndarray
    tried: int
    retired: int
    waited: dict[str, float]

    @property
    def years(self) -> float:
        """From the first day to the last lift-off."""
        return float(self.time[-1]) / YEAR


def fly(plan: Plan, rng: np.random.Generator) -> Flown:
    """One campaign."""
    return _Campaign(plan, rng).run()


class _Booster:
    __slots__ = ("flights", "serial")

    def __init__(self, serial: int) -> None:
        self.serial, self.flights = serial, 0


class _Campaign:
    """The state of a campaign under way."""

    def __init__(self, plan: Plan, rng: np.random.Generator) -> None:
        import simpy

        study, self.plan = plan.study, plan
        self.env = simpy.Environment()
        self.pads = simpy.Resource(self.env, study.ground.pads)
        self.ships = simpy.Resource(self.env, study.recovery.ships)
        self.crews = simpy.Resource(self.env, study.recovery.crews)
        self.boosters = simpy.Store(self.env)
        self.uppers = simpy.Store(self.env, study.fleet.upper_stock)
        ground, recovery, fleet = study.ground, study.recovery, study.fleet
        self.preparation, self.restoring = _days(ground.preparation, rng), _days(ground.restoring, rng)
        self.turnaround = _days(plan.turnaround, rng)
        self.sail_out, self.sail_back = _days(recovery.sail_out, rng), _days(recovery.sail_back, rng)
        self.booster_interval, self.upper_interval = (
            _days(fleet.booster_interval, rng),
            _days(fleet.upper_interval, rng),
        )
        at_sea = recovery.rough_sea if recovery.mode == "ship" and plan.reused else 0.0
        self.go = (1.0 - ground.bad_weather) * (1.0 - at_sea) * (1.0 - ground.scrub)
        self.holds = _whole(lambda n: rng.geometric(self.go, n) - 1)
        self.chance = _whole(rng.random)
        self.serials, self.alive, self.flights_left = itertools.count(1), 0, 0
        self.grounded_until = 0.0
        self.to_place = plan.launches  # launches not yet successful or under way
        self.placed = self.tried = self.retired = 0
        self.fairings: list[int] = []  # flights of those at hand
        self.rows: list[tuple[float, int, int, bool, bool, bool]] = []
        self.built: list[float] = []
        self.ready: list[float] = []
        self.idle: list[Any] = []  # factories that wait for an order
        self.waited = {"booster": 0.0, "upper stage": 0.0, "ship": 0.0, "pad": 0.0, "weather and faults": 0.0}
        self.done = self.env.event()

    def run(self) -> Flown:
        for _ in range(self.plan.study.fleet.booster_lines):
            self.env.process(self._booster_factory())
        self.env.process(self._upper_factory())
        for number in range(self.plan.launches):
            self.env.process(self._launch(number / self.plan.rate))
        self.env.run(until=self.done)
        rows = sorted(self.rows)
        time, serial, flight, success, landed, fairing = (np.array(c) for c in zip(*rows, strict=True))
        return Flown(time, serial, flight, success, landed, fairing, np.array(self.built), np.array(self.ready),
                     self.tried, self.retired, self.waited)  # fmt: skip

    def _wanted(self) -> bool:
        """Whether one more booster is to be built: the fleet is not whole, and cannot fly all that is left."""
        return self.alive < self.plan.fleet and self.flights_left < self.to_place

    def _booster_factory(self) -> Process:
        while True:
            if not self._wanted():
                order = self.env.event()
                self.idle.append(order)
                yield order
                continue
            self.alive += 1
            self.flights_left += self.plan.flights if self.plan.reused else 1
            yield self.env.timeout(next(self.booster_interval))
            self.built.append(self.env.now)
            self.boosters.put(_Booster(next(self.serials)))

    def _order(self) -> None:
        while self.idle:
            self.idle.pop().succeed()

    def _upper_factory(self) -> Process:
        while True:
            yield self.env.timeout(next(self.upper_interval))
            yield self.uppers.put(None)

    def _launch(self, due: float) -> Process:
        env, ship = self.env, None
        yield env.timeout(due)
        asked = env.now
        booster = yield self.boosters.get()
        self._count("booster", asked)
        asked = env.now
        yield self.uppers.get()
        self._count("upper stage", asked)
        last = booster.flights + 1 >= self.plan.flights
        comes_back = (
            self.plan.reused and not last
        )  # on its last flight a booster is spent: nothing is kept back for a landing
        with self.pads.request() as pad:
            asked = env.now
            yield pad
            self._count("pad", asked)
            yield env.timeout(next(self.preparation))
            if comes_back and self.plan.study.recovery.mode == "ship":
                asked = env.now
                ship = self.ships.request()
                yield ship
                yield env.timeout(next(self.sail_out))
                self._count("ship", asked)
            asked = env.now
            while True:  # one window a day: the node's local time comes round once
                wait = max(self.grounded_until, env.now)
                yield env.timeout(floor(wait) + 1.0 - env.now + next(self.holds))
                if env.now >= self.grounded_until:
                    break
            self._count("weather and faults", asked)
            self._lift_off(booster, comes_back, ship)
            yield env.timeout(next(self.restoring))

    def _count(self, what: str, since: float) -> None:
        self.waited[what] += self.env.now - since

    def _lift_off(self, booster: _Booster, comes_back: bool, ship: Any) -> None:
        plan, env = self.plan, self.env
        booster.flights += 1
        self.flights_left -= 1
        success = next(self.chance) < plan.ascent_success
        landed = comes_back and success and next(self.chance) < plan.landing_success
        self.tried += comes_back
        fairing = self.fairings.pop() if self.fairings else 0
        self.rows.append((env.now, booster.serial, booster.flights, success, landed, fairing == 0))
        if success and fairing + 1 < plan.fairing_flights and next(self.chance) < plan.fairing_success:
            self.fairings.append(fairing + 1)
        if landed:
            env.process(self._bring_home(booster, ship))
        else:
            self.alive -= 1
            self.retired += success and not comes_back
            if comes_back:
                self.flights_left -= plan.flights - booster.flights
            if ship is not None:
                env.process(self._sail_home(ship))
        if success:
            self.placed += 1
            self.to_place -= 1
        else:
            self.grounded_until = max(self.grounded_until, env.now + plan.study.grounding / DAY)
            env.process(self._launch(0.0))  # its satellites are flown again
        self._order()
        if self.placed == plan.launches and not self.done.triggered:
            self.done.succeed()

    def _sail_home(self, ship: Any) -> Process:
        yield self.env.timeout(next(self.sail_back))
        self.ships.release(ship)

    def _bring_home(self, booster: _Booster, ship: Any) -> Process:
        env = self.env
        if ship is not None:
            yield env.timeout(next(self.sail_back))
            self.ships.release(ship)
        else:
            yield env.timeout(1.0)
        with self.crews.request() as crew:
            yield crew
            yield env.timeout(next(self.turnaround))
        self.ready.append(env.now)
        yield self.boosters.put(booster)


def _mean(duration: float) -> float:
    """Of a duration that may carry a distribution, in its unit."""
    return duration.distribution.mean() if isinstance(duration, Uncertain) else duration


def _days(duration: float, rng: np.random.Generator) -> Iterator[float]:
    """Draws of a duration [s] that may carry a distribution, in days."""
    if not isinstance(duration, Uncertain):
        return itertools.repeat(duration / DAY)
    return _whole(lambda n: duration.distribution.quantile(rng.random(n)) / DAY)


def _whole(draw: Any, block: int = 512) -> Iterator[Any]:
    """An endless stream of what *draw(n)* gives in blocks: numpy is slow one by one."""
    while True:
        yield from draw(block).tolist()
