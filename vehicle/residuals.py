"""Propellant that is loaded and not burned: residuals and the flight-performance reserve.

The rule (data/residuals.yaml): residuals 0.05 m^0.79 in pounds, reserve 0.005 m, m the propellant of the element. It is
a line of a stage's mass statement, so both are taken of every stage's own load and stay in that stage: they are dropped
with it, or reach orbit with the last one. A stage document overrides either by ``residual_mass`` and ``reserve_mass``.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml

from ..core.findings import Finding, Severity
from ..core.results import Result, Unit
from .stage import Stage

POUND = 0.45359237  # kg, exact (international yard and pound agreement, 1959)


@dataclass(frozen=True, kw_only=True)
class PropellantBudget(Result):
    """How a stage's loaded propellant [kg] is spent: loaded = usable + residual + reserve."""

    stage: str
    loaded: Annotated[float, Unit("kg")]
    residual: Annotated[float, Unit("kg")]
    reserve: Annotated[float, Unit("kg")]
    usable: Annotated[float, Unit("kg")]


@cache
def _rule() -> dict:
    return yaml.safe_load((Path(__file__).parent / "data" / "residuals.yaml").read_text(encoding="utf-8"))


def residual_by_rule(propellant_mass: float) -> float:
    """Residual propellant [kg] of a load [kg]: 0.05 m^0.79, m in pounds (Heineman 1994; Rohrschneider 2002)."""
    rule = _rule()["residual"]
    return rule["coefficient"] * (propellant_mass / POUND) ** rule["exponent"] * POUND


def reserve_by_rule(propellant_mass: float) -> float:
    """Flight-performance reserve [kg] of a load [kg]: 0.005 m (Heineman 1994; Rohrschneider 2002)."""
    return _rule()["reserve"]["fraction"] * propellant_mass


def propellant_budget(stage: Stage) -> PropellantBudget:
    """Residual, reserve and usable propellant of one stage, by its document or else by the rule.

    A solid motor leaves what its thrust curve does not burn, and keeps no reserve.
    Findings say which rule was used; the rule's source states no range, so its use is a WARN, never an OK.
    """
    if stage.motor is not None:
        return _solid_budget(stage, min(stage.engine_count * stage.motor.burned_mass, stage.propellant_mass))
    findings = []
    residual, reserve = stage.residual_mass, stage.reserve_mass
    ruled = [n for n, v in (("residual_mass", residual), ("reserve_mass", reserve)) if v is None]
    if residual is None:
        residual = residual_by_rule(stage.propellant_mass)
    if reserve is None:
        reserve = reserve_by_rule(stage.propellant_mass)
    sources: tuple[str, ...] = ()
    if ruled:
        sources = (" ".join(_rule()["source"]["citation"].split()),)
        findings.append(
            Finding(
                Severity.WARN,
                "vehicle.residuals_by_rule",
                stage.where(),
                f"'{stage.name}': {' and '.join(ruled)} follow Heineman's relation, whose source states no range of validity; "
                "give the masses if they are known",
            )
        )
    usable = stage.propellant_mass - residual - reserve
    if usable <= 0:
        findings.append(
            Finding(
                Severity.ERROR,
                "vehicle.no_usable_propellant",
                stage.where("propellant_mass"),
                f"'{stage.name}': residual and reserve exceed the {stage.propellant_mass:.4g} kg loaded; load more or give them",
                usable / stage.propellant_mass,
            )
        )
        usable = 0.0
    return PropellantBudget(
        stage=stage.name,
        loaded=stage.propellant_mass,
        residual=residual,
        reserve=reserve,
        usable=usable,
        sources=sources,
        findings=tuple(findings),
    )


SLIVER = 0.03  # of a solid's load: our own threshold, over which curve and load deserve a look


def _solid_budget(stage: Stage, burned: float) -> PropellantBudget:
    left = stage.propellant_mass - burned
    share = left / stage.propellant_mass
    finding = Finding(
        Severity.OK if share <= SLIVER else Severity.WARN,
        "vehicle.solid_left_over",
        stage.where("propellant_mass"),
        f"'{stage.name}': its thrust curve burns {burned:.6g} kg and leaves {share:.2%} of the load"
        + ("" if share <= SLIVER else "; is the curve complete, and its specific impulse right?"),
        1 - share / SLIVER,
    )
    return PropellantBudget(
        stage=stage.name,
        loaded=stage.propellant_mass,
        residual=left,
        reserve=0.0,
        usable=burned,
        findings=(finding,),
    )
