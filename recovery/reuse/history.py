"""What the records of an item say when they are read together: flights, life used, turnaround, what is open, who released it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ...core.wire import instant_of
from .log import Log
from .records import (
    Allowance,
    CycleBlock,
    Discrepancy,
    InspectionRecord,
    ReleaseRecord,
    ReplacementRecord,
    ReuseRecord,
    UseRecord,
    time_of,
)

NANOSECONDS = 1e9
LOST = ("lost", "expended")


@dataclass(frozen=True)
class LifeUsed:
    """Of one allowance. used: with its scatter, in what the rule counts; most_by_a_flight: the most that one flight took."""

    allowance: Allowance
    used: float
    most_by_a_flight: float

    @property
    def share(self) -> float:
        """Of what is allowed: one when it is used up."""
        return self.used / self.allowance.allowed


@dataclass(frozen=True)
class Turnaround:
    """From the landing of one flight to the lift-off of the next [s], and to the release between them, None without one."""

    flight: int
    to_release: float | None
    to_flight: float


@dataclass(frozen=True)
class History:
    """An item's records, the newest revision of each, by the time of what they tell. Everything else is computed from them."""

    log: Log

    @cached_property
    def records(self) -> tuple[ReuseRecord, ...]:
        """In the order of time; the item's own record first."""
        return tuple(sorted(self.log.current(), key=lambda r: instant_of(t) if (t := time_of(r)) else -math.inf))

    def of(self, kind: type) -> list:
        """The records of one kind."""
        return [r for r in self.records if isinstance(r, kind)]

    @cached_property
    def flights(self) -> list[UseRecord]:
        """Its flights; the number of one is its place, from 1."""
        return [u for u in self.of(UseRecord) if u.occasion == "flight"]

    def flight_number(self, launch: str) -> int | None:
        """Which of its flights a launch was, from 1; None when it did not fly there."""
        return next((i for i, f in enumerate(self.flights, 1) if f.launch == launch), None)

    def life(self) -> tuple[LifeUsed, ...]:
        """What is used of each allowance, since the item was new or the last replacement that renews it."""
        return tuple(self._life(a) for a in self.log.item.allowances)

    def _life(self, allowance: Allowance) -> LifeUsed:
        renewed = [instant_of(r.at) for r in self.of(ReplacementRecord) if allowance.name in r.renews]
        since = max(renewed, default=-math.inf)
        counts = [(u, allowance.scatter * counted(allowance, u)) for u in self.of(UseRecord)]
        used = sum(count for u, count in counts if instant_of(u.began_at) >= since)
        return LifeUsed(allowance, used, max((c for u, c in counts if u.occasion == "flight"), default=0.0))

    def turnarounds(self) -> tuple[Turnaround, ...]:
        """Between every two flights."""
        found = []
        releases = [r for r in self.of(ReleaseRecord) if r.decision.startswith("released")]
        for number, (a, b) in enumerate(zip(self.flights, self.flights[1:], strict=False), start=2):
            end, begin = instant_of(a.ended_at), instant_of(b.began_at)
            between = [instant_of(r.at) for r in releases if end <= instant_of(r.at) <= begin]
            released = (max(between) - end) / NANOSECONDS if between else None
            found.append(Turnaround(number, released, (begin - end) / NANOSECONDS))
        return tuple(found)

    def open_findings(self) -> tuple[tuple[Discrepancy, InspectionRecord], ...]:
        """Findings that nothing has closed: no decision to accept, no replacement that answers them, no release that takes them.

        One that is to be repaired or replaced stays open until a later inspection accepts it, or a replacement answers it.
        """
        latest: dict[str, tuple[Discrepancy, InspectionRecord]] = {}
        for inspection in self.of(InspectionRecord):
            for finding in inspection.findings:
                latest[finding.number] = (finding, inspection)
        closed = {n for r in self.of(ReplacementRecord) for n in r.answers}
        closed |= {n for r in self.of(ReleaseRecord) for n in r.accepts}
        return tuple(pair for n, pair in latest.items() if pair[0].disposition != "accept" and n not in closed)

    @property
    def release(self) -> ReleaseRecord | None:
        """The last decision, when it came after the last use; a use ends what was released for it."""
        decisions, uses = self.of(ReleaseRecord), self.of(UseRecord)
        if not decisions or (uses and instant_of(decisions[-1].at) < instant_of(uses[-1].ended_at)):
            return decisions[-1] if decisions and decisions[-1].decision == "retired" else None
        return decisions[-1]

    @property
    def lost(self) -> UseRecord | None:
        """The flight that it did not come back from."""
        return next((f for f in self.flights if f.landing is not None and f.landing.outcome in LOST), None)


def counted(allowance: Allowance, use: UseRecord) -> float:
    """What one use takes of an allowance, by its rule, without scatter."""
    match allowance.rule:
        case "flights":
            return float(use.occasion == "flight")
        case "landings":
            return float(use.landing is not None and use.landing.outcome not in LOST)
        case "burns":
            return float(len(use.burns))
        case "starts":
            return float(use.starts)
        case "burn time":
            return sum(b.duration_s for b in use.burns)
        case "cycles":
            return sum(b.count for b in use.cycles if b.quantity == allowance.quantity)
        case "miner":
            return miner_sum([b for b in use.cycles if b.quantity == allowance.quantity], allowance)


def miner_sum(blocks: Sequence[CycleBlock], allowance: Allowance) -> float:
    """Damage of cycles against a curve: the sum of n/N (Palmgren 1924; Miner, J. Appl. Mech. 12 (1945), A159).

    N is read along straight lines in logarithms, and beyond either end along the last of them: no amplitude is too small to
    count, as cycles below an endurance limit do harm once larger ones have begun a crack (Haibach 1970 would halve their slope).
    Raises ValueError for a block in another unit.
    """
    total = 0.0
    for block in blocks:
        if block.unit != allowance.unit:
            raise ValueError(
                f"cycles of '{block.quantity}' in {block.unit}, and the curve of '{allowance.name}' in {allowance.unit}"
            )
        total += block.count / cycles_borne(block.amplitude, allowance)
    return total


def cycles_borne(amplitude: float, allowance: Allowance) -> float:
    """N at an amplitude."""
    curve = allowance.curve
    i = next((k for k, p in enumerate(curve[1:-1], start=1) if amplitude < p.amplitude), len(curve) - 1)
    low, high = curve[i - 1], curve[i]
    slope = math.log(high.cycles / low.cycles) / math.log(high.amplitude / low.amplitude)
    return low.cycles * (amplitude / low.amplitude) ** slope
