"""A dispersion study as numbers: what is drawn, and what a draw makes of the vector that the compiled flight reads.

The model holds arrays only, so that it travels to worker processes whole; building it (the optimum, the engines, the
responses) is done once, by the parent.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ..core.distribution import Distribution
from ..trajectory.dispersion import importance
from ..trajectory.dispersion.along import JOINT, AlongTheWay
from ..trajectory.dispersion.impacts import falls_of_runs, vacuum_impacts
from ..trajectory.dispersion.point_mass import fly_many, outcomes
from ..trajectory.dispersion.program import Program
from ..trajectory.dispersion.program_layout import FAILURE, FAILURES, MARK, OUTCOME_SIZE, A, H, O
from ..trajectory.dispersion.reliability import Failure
from ..trajectory.dispersion.sampling import combined, correlated
from .dispersion_response import Response

NAVIGATION = ("x", "y", "z")
AIR_TABLES = (A.log_density, A.log_pressure, A.speed_of_sound)  # of the motion; no force asks for the temperature


@dataclass(frozen=True)
class Quantity:
    """An uncertain value: its name, the fields it sets, its distribution for each field (one draw moves all), and its
    unit."""

    name: str
    fields: tuple[str, ...]
    distributions: tuple[Distribution, ...]


@dataclass(frozen=True)
class Group:
    """Columns of the unit cube that belong together in a Sobol' index."""

    name: str
    columns: tuple[int, ...]


class Fall(NamedTuple):
    """A body that leaves at a segment's begin and falls through the run's own air and wind; canopy: its ballistic coefficient
    [kg/m^2] below the altitude [m] at which a parachute opens, None without one."""

    segment: int
    name: str
    coefficient: Distribution
    canopy: tuple[float, float] | None


@dataclass(frozen=True)
class Draw:
    """What runs are given: inputs (n, k) under `DispersionModel.input_names`, numbers (n, m) at the model's positions,
    weights (n,), failed (n, events) and when."""

    inputs: np.ndarray
    numbers: np.ndarray
    weights: np.ndarray
    failed: np.ndarray


@dataclass(frozen=True)
class DispersionModel:
    """Everything that a worker needs. Columns of a point of the unit cube: quantities, flight, navigation, wind, air,
    failures."""

    program: Program
    quantities: tuple[Quantity, ...]
    correlation: np.ndarray
    response: Response
    flight: tuple[tuple[str, Distribution], ...]
    navigation: tuple[tuple[str, Distribution], ...]
    wind: np.ndarray  # (shapes, coefficients) each of east and of north; (members, 2 coefficients) of an ensemble
    wind_kind: str
    wind_positions: np.ndarray
    air: np.ndarray
    air_positions: np.ndarray
    failures: tuple[Failure, ...]
    drops: tuple[tuple[int, str], ...]  # segments at whose begin something is left behind, and what
    falls: tuple[Fall, ...]
    along: AlongTheWay

    has_attitude = False
    own_size = OUTCOME_SIZE  # of an outcome, before what is found along the way
    chunk = 250  # runs that one worker flies in a go: some tenths of a second

    @property
    def outcome_size(self) -> int:
        """Columns of an outcome: the model's own, of every joint `along.JOINT`, of every time its state, of every fall four."""
        return self.own_size + 4 * len(self.along.joints) + 7 * len(self.along.ways.times) + 4 * len(self.falls)

    @property
    def dimensions(self) -> int:
        """Of the unit cube."""
        return sum(len(g.columns) for g in self.groups)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Columns by what they belong to."""
        found, at = [], 0

        def take(name: str, count: int) -> None:
            nonlocal at
            if count:
                found.append(Group(name, tuple(range(at, at + count))))
                at += count

        for quantity in self.quantities:
            take(quantity.name, 1)
        for name, _ in self.flight:
            take(name.replace("_", " "), 1)
        for name, _ in self.navigation:
            take(name.replace("_", " "), 3)
        take("wind", {"": 0, "ensemble": 1}.get(self.wind_kind, 2 * len(self.wind)))
        take("atmosphere", len(self.air))
        for failure in self.failures:
            take(failure.name, 2)
        for fall in self.falls:
            take(fall.name, 1)
        return tuple(found)

    @property
    def input_names(self) -> tuple[str, ...]:
        """Of the columns of `Draw.inputs`."""
        names = [q.name for q in self.quantities] + [n.replace("_", " ") for n, _ in self.flight]
        names += [f"{n.replace('_', ' ')} {axis}" for n, _ in self.navigation for axis in NAVIGATION]
        if self.wind_kind == "ensemble":
            names.append("wind profile")
        else:
            names += [f"wind {way} {k + 1}" for way in ("east", "north") for k in range(len(self.wind))]
        names += [f"air temperature {k + 1}" for k in range(len(self.air))]
        names += [f"{f.name} ballistic coefficient" for f in self.falls]
        return tuple(names)

    @cached_property
    def positions(self) -> np.ndarray:
        """Of the numbers that differ from run to run, each once."""
        return np.unique(np.concatenate(self._parts()))

    def _parts(self) -> list[np.ndarray]:
        head = [H.pitch_bias, H.yaw_bias, H.cutoff_delay, *range(H.position_x, H.velocity_z + 1)]
        failures = H.failures + np.arange(FAILURES * FAILURE)
        return [
            self.response.positions,
            self.program.drag,
            np.array(head),
            self.wind_positions,
            self.air_positions,
            failures,
        ]

    def draw(self, points: np.ndarray) -> Draw:
        """What points (n, dimensions) of the unit cube stand for."""
        n, base = len(points), self.program.numbers
        columns = iter(
            np.split(points, np.cumsum([len(self.quantities), len(self.flight), 3 * len(self.navigation)]), axis=1)
        )
        shared, flight, navigation, rest = columns
        if len(self.quantities):
            shared = (
                correlated(shared, self.correlation)
                if not np.array_equal(self.correlation, np.eye(len(shared.T)))
                else shared
            )
        values = quantiles([q.distributions[0] for q in self.quantities], shared)
        positions = self.positions
        numbers = np.tile(base[positions], (n, 1))

        def put(where: np.ndarray | int, what: np.ndarray) -> None:
            numbers[:, np.searchsorted(positions, where)] = what

        put(self.response.positions, self.response.numbers(values))
        inflight = quantiles([d for _, d in self.flight], flight)
        for (name, _), column in zip(self.flight, inflight.T, strict=True):
            if name == "drag":
                at = np.searchsorted(positions, self.program.drag)
                numbers[:, at] *= column[:, None]
            else:
                put(getattr(H, name), column)
        knowledge = quantiles([d for _, d in self.navigation for _ in NAVIGATION], navigation)
        for k, (name, _) in enumerate(self.navigation):
            first = H.position_x if name == "position_knowledge" else H.velocity_x
            put(np.arange(first, first + 3), knowledge[:, 3 * k : 3 * k + 3])
        recorded, rest = self._winds(rest, numbers, positions)
        air, rest = self._airs(rest, numbers, positions)
        failed, times, weights = self._failures(rest, n)
        blocks = np.zeros((n, FAILURES, FAILURE))
        blocks[:, :, 0] = -1.0
        for k, failure in enumerate(self.failures):
            blocks[:, k, 0] = np.where(failed[:, k], failure.stage, -1)
            blocks[:, k, 1], blocks[:, k, 2] = times[:, k], failure.lost
        put(H.failures + np.arange(FAILURES * FAILURE), blocks.reshape(n, -1))
        falling = quantiles([f.coefficient for f in self.falls], rest[:, 2 * len(self.failures) :])
        inputs = np.column_stack([values, inflight, knowledge, recorded, air, falling])
        return Draw(inputs, numbers, weights, np.where(failed, times, np.nan))

    def _winds(self, points: np.ndarray, numbers: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        from scipy.special import ndtri

        n, at = len(points), np.searchsorted(positions, self.wind_positions)
        if self.wind_kind == "ensemble":
            member = np.minimum((points[:, 0] * len(self.wind)).astype(int), len(self.wind) - 1)
            numbers[:, at] = self.wind[member]
            return member[:, None].astype(float), points[:, 1:]
        count = len(self.wind)
        if not count:
            return np.zeros((n, 0)), points
        scores = ndtri(points[:, : 2 * count])
        half = len(at) // 2
        numbers[:, at[:half]] += combined(scores[:, :count], self.wind)
        numbers[:, at[half:]] += combined(scores[:, count:], self.wind)
        return scores, points[:, 2 * count :]

    def _airs(self, points: np.ndarray, numbers: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        from scipy.special import ndtri

        count = len(self.air)
        if not count:
            return np.zeros((len(points), 0)), points
        scores = ndtri(points[:, :count])
        numbers[:, np.searchsorted(positions, self.air_positions)] += combined(scores, self.air)
        return scores, points[:, count:]

    def _failures(self, points: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        failed, times = np.zeros((n, len(self.failures)), bool), np.zeros((n, len(self.failures)))
        for k, failure in enumerate(self.failures):
            failed[:, k] = failure.happens(points[:, 2 * k])
            times[:, k] = failure.times(points[:, 2 * k + 1])
        true = np.array([f.true_probability for f in self.failures])
        drawn = np.array([f.drawn_probability for f in self.failures])
        return failed, times, importance.weights(failed, true, drawn) if self.failures else np.ones(n)

    def fly(self, draw: Draw, first: int = 0) -> np.ndarray:
        """Outcomes (n, outcome_size) of the point mass. first: number of the first run, for what a model draws by it."""
        n, made = len(draw.numbers), self.program
        out, (joints, states) = outcomes(n), self.room(n)
        numbers = np.ascontiguousarray(draw.numbers)
        fly_many(
            made.numbers, self.positions, numbers, made.flight, made.plans, made.payload_at, out, self.along.ways, joints, states
        )  # fmt: skip
        return self.whole_outcome(draw, out, joints, states)

    def with_common_noise(self, period: int) -> "DispersionModel":
        """The model whose runs a period apart draw the same noise, for Sobol' indices: a point mass has none."""
        return self

    def room(self, runs: int) -> tuple[np.ndarray, np.ndarray]:
        """For what is found along the way: joints (n, joints, 4), states (n, times, 7)."""
        return np.zeros((runs, len(self.along.joints), 4)), np.zeros((runs, len(self.along.ways.times), 7))

    def whole_outcome(self, draw: Draw, out: np.ndarray, joints: np.ndarray, states: np.ndarray) -> np.ndarray:
        """The model's own outcomes (n, own_size) with what was found along the way, and where what falls comes down."""
        n = len(out)
        bodies, left = np.zeros((n, len(self.falls), 3)), np.full((n, len(self.falls), 7), np.nan)
        for k, fall in enumerate(self.falls):
            bodies[:, k, 0] = draw.inputs[:, draw.inputs.shape[1] - len(self.falls) + k]
            bodies[:, k, 1:] = (-1.0, -np.inf) if fall.canopy is None else fall.canopy
            left[:, k] = mark_of(out, fall.segment)[:, :7]
        segments = np.array([f.segment for f in self.falls], int)
        down = falls_of_runs(self.program, self.positions, draw.numbers, segments, left, bodies)
        return np.column_stack([out, *(part.reshape(n, -1) for part in (joints, states, down))])

    def more(self, out: np.ndarray) -> dict[str, np.ndarray]:
        """Columns that not every model has, of its outcomes: joints' loads, impact points on the way, where bodies come down."""
        sizes = np.cumsum(
            [self.own_size, 4 * len(self.along.joints), 7 * len(self.along.ways.times), 4 * len(self.falls)]
        )
        joints, states, down = (out[:, a:b] for a, b in pairwise(sizes))
        found = {}
        for j, name in enumerate(self.along.joints):
            for c, (what, unit) in enumerate(zip(JOINT, ("N", "N", "N_m", "N"), strict=True)):
                found[f"joint_{slug(name)}_{what}_{unit}"] = joints[:, 4 * j + c]
        for k, time in enumerate(self.along.ways.times):
            impact = vacuum_impacts(states[:, 7 * k : 7 * k + 7])
            found |= place(impact_name(time), impact)
        for k, fall in enumerate(self.falls):
            ended = down[:, 4 * k : 4 * k + 4]
            found |= place(fall.name, ended)
            found |= {
                f"{slug(fall.name)}_touchdown_time_s": ended[:, 2],
                f"{slug(fall.name)}_touchdown_speed_m_s": ended[:, 3],
            }
        return found

    def whole(self, draw: Draw, run: int = 0) -> np.ndarray:
        """The vector of one run."""
        numbers = self.program.numbers.copy()
        numbers[self.positions] = draw.numbers[run]
        return numbers


def slug(name: str) -> str:
    """A column's name from a text."""
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def place(name: str, impact: np.ndarray) -> dict[str, np.ndarray]:
    """The two columns of a place on the ground."""
    return {f"{slug(name)}_impact_{way}_rad": impact[:, i] for i, way in enumerate(("latitude", "longitude"))}


def impact_name(time: float) -> str:
    """Of the impact point at a time since T-0."""
    return f"impact point at {time:.0f} s"


def mark_of(out: np.ndarray, segment: int) -> np.ndarray:
    """(n, MARK) of how a segment began; nan where it did not."""
    mark = out[:, O.marks + MARK * segment : O.marks + MARK * (segment + 1)].copy()
    mark[(out[:, O.segment] < segment) | ~np.isfinite(mark).all(axis=1)] = np.nan
    return mark


def quantiles(distributions: Sequence[Distribution], points: np.ndarray) -> np.ndarray:
    """Values (n, k) of distributions at points (n, k) of the unit cube."""
    return np.column_stack(
        [np.zeros((len(points), 0)), *(d.quantile(u) for d, u in zip(distributions, points.T, strict=True))]
    )
