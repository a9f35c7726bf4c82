"""A landing flown once and many times: what `osea land` computes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np

from ..core.results import Array, Result, Unit
from ..recovery.descent_document import LandingStudy
from ..recovery.descent_flight import BESIDE, LANDED, LandingDesign, Touchdown, fly_landing
from ..recovery.landing_outlook import LOOK_BACK, Outlook, outlook
from ..trajectory.dispersion.ellipse import ConfidenceEllipse, confidence_ellipse
from ..trajectory.dispersion.order_statistics import proportion
from .pool import shared_out

PIECE = 5
"""Flights that a worker is given at a time."""
CONFIDENCE = 0.9


@dataclass(frozen=True, kw_only=True)
class LandingResult(Result):
    """Flights by their seeds, arrays (n,). x, y: place of touchdown along and left of the flight's azimuth; outcomes, counts: how
    often the convex guidance answered what, in all of them; aim_x, aim_y: where the guidance aimed at last; shortfall: propellant
    that the pad would have taken beyond what there was."""

    seeds: Array
    verdicts: tuple[str, ...]
    x: Annotated[Array, Unit("m")]
    y: Annotated[Array, Unit("m")]
    vertical_speed: Annotated[Array, Unit("m/s")]
    lateral_speed: Annotated[Array, Unit("m/s")]
    tilt: Annotated[Array, Unit("rad")]
    propellant: Annotated[Array, Unit("kg")]
    stroke: Annotated[Array, Unit("m")]
    time: Annotated[Array, Unit("s")]
    outcomes: tuple[str, ...]
    counts: Array
    aim_x: Annotated[Array, Unit("m")]
    aim_y: Annotated[Array, Unit("m")]
    shortfall: Annotated[Array, Unit("kg")]

    @property
    def landed(self) -> np.ndarray:
        """Which flights kept every limit (n,)."""
        return np.array([v == LANDED for v in self.verdicts])

    @property
    def share(self) -> float:
        return float(self.landed.mean())

    @property
    def share_between(self) -> tuple[float, float]:
        """Interval of the share with CONFIDENCE (Clopper and Pearson)."""
        return proportion(int(self.landed.sum()), len(self.seeds), CONFIDENCE)

    @property
    def classes(self) -> dict[str, list[int]]:
        """Seeds of each verdict that is not a landing, most frequent first."""
        found: dict[str, list[int]] = {}
        for seed, verdict in zip(self.seeds, self.verdicts, strict=True):
            if verdict != LANDED:
                found.setdefault(verdict, []).append(int(seed))
        return dict(sorted(found.items(), key=lambda kv: -len(kv[1])))

    @property
    def ellipse(self) -> ConfidenceEllipse | None:
        """Of the places of the landed flights, holding 99 % of a normal spread; None for fewer than three."""
        inside = self.landed
        return confidence_ellipse(np.column_stack([self.x, self.y])[inside], 0.99)


@dataclass(frozen=True)
class Nominal:
    """The flight of seed 0 or of the one asked for: its end, its log (rows, LOG), and what the convex program says beforehand."""

    seed: int
    end: Touchdown
    log: np.ndarray
    outlook: Outlook | None


def fly_one(design: LandingDesign, seed: int) -> Nominal:
    """One flight with its history."""
    log: list[tuple[float, ...]] = []
    end = fly_landing(design, seed, log)
    return Nominal(seed, end, np.array(log), outlook(design, log))


def fly_piece(design: LandingDesign, first: int, count: int) -> list[tuple[int, Touchdown]]:
    """Flights of so many seeds from the first one on."""
    return [(seed, fly_landing(design, seed)) for seed in range(first, first + count)]


def fly_many(
    design: LandingDesign, first: int, runs: int, *, jobs: int = 0, told: Callable[[str], None] | None = None
) -> LandingResult:
    """Dispersed flights of seeds first to first + runs - 1; jobs: processes (0: one a core). Seeds alone decide the answer."""
    pieces = [(s, min(PIECE, first + runs - s)) for s in range(first, first + runs, PIECE)]
    flown: dict[int, Touchdown] = {}
    for piece in shared_out(fly_piece, design, pieces, jobs=jobs):
        flown.update(piece)
        if told is not None:
            told(f"{len(flown)} of {runs}")
    return collected(design.study, flown)


COLUMNS = (
    "x",
    "y",
    "vertical_speed",
    "lateral_speed",
    "tilt",
    "propellant",
    "stroke",
    "time",
    "aim_x",
    "aim_y",
    "shortfall",
)


def collected(study: LandingStudy, flown: dict[int, Touchdown]) -> LandingResult:
    """The result of flights by seed."""
    seeds = sorted(flown)
    ends = [flown[s] for s in seeds]
    outcomes = sorted({name for e in ends for name in e.outcomes})

    def column(name: str) -> np.ndarray:
        return np.array([getattr(e, name) for e in ends], float)

    return LandingResult(
        input_hash=study.content_hash(),
        seeds=np.array(seeds),
        verdicts=tuple(e.verdict for e in ends),
        x=column("x"),
        y=column("y"),
        vertical_speed=column("vertical_speed"),
        lateral_speed=column("lateral_speed"),
        tilt=column("tilt"),
        propellant=column("propellant"),
        stroke=column("stroke"),
        time=column("time"),
        aim_x=column("aim_x"),
        aim_y=column("aim_y"),
        shortfall=column("shortfall"),
        outcomes=tuple(outcomes),
        counts=np.array([sum(e.outcomes.get(n, 0) for e in ends) for n in outcomes]),
    )


def replay(path: Path, seed: int) -> str:
    """The command that flies a seed again and shows it."""
    return f"osea land {path} --seed {seed}"


def window_text(look: Outlook) -> str:
    """The window of ignition in words."""
    w = look.window
    kind = "it could hover" if w.hovers else "a hover-slam"
    if not np.isfinite(w.earliest):
        return f"least thrust {w.thrust_to_weight:.2f} of the weight at touchdown ({kind}); no ignition lands it"
    return (
        f"least thrust {w.thrust_to_weight:.2f} of the weight at touchdown ({kind}); a landing exists for ignitions from "
        f"{w.earliest:+.2f} s{' or earlier' if w.earliest < 0.1 - LOOK_BACK else ''} to {w.latest:+.2f} s of it"
    )


def end_text(end: Touchdown) -> str:
    """How a flight ended, in words: of one beside the pad, how far and what it was short of."""
    if end.verdict != BESIDE:
        return end.verdict
    text = f"{end.verdict}: {end.position:.0f} m short"
    if end.shortfall > 0.0:
        text += f", {end.shortfall:.0f} kg of propellant short"
    if end.aside > 0.0:
        off = np.hypot(end.x - end.aim_x, end.y - end.aim_y)
        return f"{text}, {off:.1f} m from the nearest place in reach, which it aimed at"
    return f"{text}, with the pad aimed at to the end"


def reach_text(look: Outlook) -> str:
    """What is missing, in words. The program's mass has no lift, so the body may need more."""
    parts = [f"{look.miss:.0f} m beside the pad at best"] if look.outcome == "misses" else []
    if look.shortfall > 0.0:
        parts.append(f"at least {look.shortfall:.0f} kg of propellant more to reach it")
    return ", ".join(parts) + " (a mass without lift)" if parts else "no way down at any throttle"
