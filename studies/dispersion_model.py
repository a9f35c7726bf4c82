"""A dispersion study as numbers: what is drawn, and what a draw makes of the vector that the compiled flight reads.

The model holds arrays only, so that it travels to worker processes whole; building it (the optimum, the engines, the
responses) is done once, by the parent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..core.distribution import Distribution
from ..trajectory.dispersion import importance
from ..trajectory.dispersion.point_mass import fly_many, outcomes
from ..trajectory.dispersion.program import Program
from ..trajectory.dispersion.program_layout import FAILURE, FAILURES, OUTCOME_SIZE, A, H
from ..trajectory.dispersion.reliability import Failure
from ..trajectory.dispersion.sampling import combined, correlated
from ..trajectory.motion import PhaseModel
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
    """A body that leaves at a segment's begin and falls through the air; model: whose air and wind."""

    segment: int
    name: str
    coefficient: Distribution
    model: PhaseModel


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

    outcome_size = OUTCOME_SIZE
    chunk = 250  # runs that one worker flies in a go: some tenths of a second

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
        """Outcomes (n, OUTCOME_SIZE) of the point mass. first: number of the first run, for what a model draws by it."""
        out = outcomes(len(draw.numbers))
        made = self.program
        numbers = np.ascontiguousarray(draw.numbers)
        fly_many(made.numbers, self.positions, numbers, made.flight, made.plans, made.payload_at, out)
        return out

    def more(self, out: np.ndarray) -> dict[str, np.ndarray]:
        """Columns that only this model has, of its outcomes."""
        return {}

    def whole(self, draw: Draw, run: int = 0) -> np.ndarray:
        """The vector of one run."""
        numbers = self.program.numbers.copy()
        numbers[self.positions] = draw.numbers[run]
        return numbers


def quantiles(distributions: Sequence[Distribution], points: np.ndarray) -> np.ndarray:
    """Values (n, k) of distributions at points (n, k) of the unit cube."""
    return np.column_stack(
        [np.zeros((len(points), 0)), *(d.quantile(u) for d, u in zip(distributions, points.T, strict=True))]
    )
