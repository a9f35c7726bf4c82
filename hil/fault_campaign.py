"""The document of a campaign of faults (`osea/fault-campaign/v1`), and what becomes of a run in it."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import Document, FieldError, Module, Reference
from ..core.results import Result, Unit
from .conditions import ConditionText, Watch
from .document import Bench
from .fault_state import FaultEvent
from .faults import Fault
from .requirements import Requirement, Verdict
from .run import BenchResult, LinkCount
from .signals import INDEX, INPUT_INDEX

Outcome = Literal["mission kept", "safe abort", "loss"]
OUTCOMES: tuple[Outcome, ...] = ("mission kept", "safe abort", "loss")
Seed = Annotated[int, Field(strict=True, ge=0, le=2**31)]


class Case(Document):
    """One case: its faults, and the outcome that is stated before it flies."""

    name: str = Field(min_length=1, max_length=80)
    faults: tuple[Fault, ...] = Field(default=(), description="none: the nominal flight")
    outcome: Outcome | None = Field(default=None, description="stated; without one the case is only reported")
    why: str = Field(default="", max_length=400, description="for the outcome that is stated")
    requirements: tuple[Requirement, ...] = Field(default=(), description="besides the campaign's")
    seeds: tuple[Seed, ...] = Field(default=(), description="else the campaign's; one run for each")


class FaultCampaign(Module, schema="osea/fault-campaign/v1"):
    """Flights of one bench with one set of faults after another, each classified and held against what was stated."""

    bench: Reference[Bench]
    kept: ConditionText = Field(description="the mission is kept when this holds at the end")
    safe: ConditionText = Field(
        description="else the abort was safe when this holds at the end; else the vehicle is lost"
    )
    until: ConditionText | None = Field(
        default=None, description="a run ends when this holds; else the bench's 'until'"
    )
    seeds: tuple[Seed, ...] = Field(default=(0,), min_length=1)
    requirements: tuple[Requirement, ...] = Field(default=(), description="of every run, in place of the bench's")
    cases: tuple[Case, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [c.name for c in self.cases]
        for i, case in enumerate(self.cases):
            if case.name in names[:i]:
                raise FieldError(f"cases.{i}.name", f"'{case.name}' is named twice; choose another name")
            self.bench_of(case)
        return self

    def bench_of(self, case: Case) -> Bench:
        """The bench that flies a case. Raises what the bench's document would."""
        return self.bench.evolve(
            faults=case.faults,
            requirements=(*self.requirements, *case.requirements),
            until=self.until or self.bench.until,
        )

    def runs(self) -> list[tuple[Case, int]]:
        """Every case with every seed of its."""
        return [(case, seed) for case in self.cases for seed in (case.seeds or self.seeds)]


@dataclass(frozen=True, kw_only=True)
class CaseRun(Result):
    """One run. agrees: with the stated outcome (None: none was stated); state and health: of the computer, at the end."""

    case: str
    seed: int
    outcome: str
    stated: str
    agrees: bool | None
    passed: bool | None
    status: str
    complete: bool
    end_time: Annotated[float, Unit("s")]
    phase: str
    state: float
    health: float
    perigee: Annotated[float, Unit("m")]
    apogee: Annotated[float, Unit("m")]
    exchanges: int
    host_time: Annotated[float, Unit("s")]
    links: tuple[LinkCount, ...]
    faults: tuple[FaultEvent, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def good(self) -> bool | None:
        """As stated, and all requirements hold; None: one was not shown."""
        if self.agrees is False or self.passed is False:
            return False
        return None if self.passed is None else True


@dataclass(frozen=True)
class CaseTally:
    """What became of a case's flights, one for each seed."""

    case: str
    stated: str
    flights: tuple[CaseRun, ...]

    def count(self, outcome: str) -> int:
        """Flights with this outcome."""
        return sum(r.outcome == outcome for r in self.flights)

    @property
    def agree(self) -> int:
        """Flights that ended as stated."""
        return sum(r.agrees is True for r in self.flights)

    @property
    def held(self) -> int:
        """Flights whose requirements all hold."""
        return sum(r.passed is True for r in self.flights)

    @property
    def told(self) -> str:
        """In a line."""
        found = ", ".join(f"{n} {o}" for o in OUTCOMES if (n := self.count(o)))
        stated = f"{self.agree} of {len(self.flights)} as stated ({self.stated})" if self.stated else "nothing stated"
        return f"{self.case}: {found}; {stated}"


@dataclass(frozen=True, kw_only=True)
class CampaignResult(Result):
    """All runs of a campaign, in its order."""

    campaign: str
    runs: tuple[CaseRun, ...]

    def count(self, outcome: str) -> int:
        """Runs with this outcome."""
        return sum(r.outcome == outcome for r in self.runs)

    def by_case(self) -> tuple[CaseTally, ...]:
        """The cases in their order."""
        cases = dict.fromkeys(r.case for r in self.runs)
        mine = {c: tuple(r for r in self.runs if r.case == c) for c in cases}
        return tuple(CaseTally(c, flights[0].stated, flights) for c, flights in mine.items())


def classified(
    campaign: FaultCampaign, case: Case, seed: int, result: BenchResult, inputs: np.ndarray, phases: tuple[str, ...]
) -> CaseRun:
    """A run's outcome by the campaign's conditions. A run that something stopped (a silent computer) has lost its vehicle."""
    outcome: Outcome = "loss"
    if result.complete:
        if Watch(campaign.kept, phases).holds(result.final, inputs):
            outcome = "mission kept"
        elif Watch(campaign.safe, phases).holds(result.final, inputs):
            outcome = "safe abort"
    verdicts = [v.holds for v in result.verdicts]
    return CaseRun(
        case=case.name, seed=seed, outcome=outcome, stated=case.outcome or "", status=result.status, complete=result.complete,
        agrees=None if case.outcome is None else outcome == case.outcome,
        passed=False if False in verdicts else None if None in verdicts else True,
        end_time=result.end_time, phase=result.phase, state=_finite(inputs[INPUT_INDEX["answer.state"]]),
        health=_finite(inputs[INPUT_INDEX["answer.health"]]), perigee=_finite(result.final[INDEX["truth.perigee"]]),
        apogee=_finite(result.final[INDEX["truth.apogee"]]), exchanges=result.exchanges, host_time=result.host_time,
        links=result.links, faults=result.faults, verdicts=result.verdicts,
    )  # fmt: skip


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else 0.0
