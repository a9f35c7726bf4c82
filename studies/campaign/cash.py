"""The money of one campaign, month by month: what is spent when, and what comes in at a price."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...core.results import Result, Unit
from ..cost import relations
from .campaign import Case, Outcome
from .simulation import YEAR

DEVELOPMENT_YEARS = 4.0
"""Before the first day, evenly: an estimate."""
MONTH = YEAR / 12


@dataclass(frozen=True, kw_only=True)
class CashFlow(Result):
    """By month. month (n,): its end [day] after the campaign's first day, negative during development. spent (k, n): by category.

    delivered (n,): payload placed. Profit is no expense, so the whole is the campaign's cost less its profit.
    """

    month: np.ndarray
    categories: tuple[str, ...]
    spent: Annotated[np.ndarray, Unit("CNY")]
    delivered: Annotated[np.ndarray, Unit("kg")]

    def balance(self, price: float) -> np.ndarray:
        """Cumulative income less expense [CNY], (n,), when each kilogram is paid at *price* as it is placed."""
        return np.cumsum(price * self.delivered - self.spent.sum(axis=0))

    def break_even(self) -> float:
        """The price [CNY/kg] at which expense and income are equal at the end."""
        return float(self.spent.sum() / self.delivered.sum())


def cash_flow(outcome: Outcome, case: Case) -> CashFlow:
    """When costs fall due: those of units when they leave the factory, the rest with the launch or the work that it pays for."""
    flown, draw = outcome.flown, case.drawing()
    model = case.model()
    start = -DEVELOPMENT_YEARS * YEAR if outcome.costs["development"] > 0.0 else 0.0
    edges = start + MONTH * np.arange(np.ceil((flown.time[-1] - start) / MONTH) + 1)
    p, before = draw(model.coefficients.factors.learning), case.study.costs.earlier_units
    each = np.ones(len(flown.time))
    even = (np.minimum(edges[1:], flown.time[-1]) - np.maximum(edges[:-1], 0.0)).clip(
        0.0
    )  # days of the campaign in a month
    tried = flown.landed if flown.landed.any() else each

    def by_event(times: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.histogram(times, edges, weights=np.asarray(weights, float))[0]

    def learned(count: int, earlier: int) -> np.ndarray:
        return relations.learning(np.arange(earlier + 1, earlier + count + 1, dtype=float), p)

    fairings = flown.time[flown.new_fairing]
    shapes = {
        "boosters built": by_event(flown.built, learned(len(flown.built), before.booster)),
        "upper stages": by_event(flown.time, learned(len(flown.time), before.upper)),
        "fairings": by_event(fairings, learned(len(fairings), before.fairing)),
        "refurbishment": by_event(flown.ready, np.ones(len(flown.ready))) if len(flown.ready) else even,
        "recovery": by_event(flown.time, tried),
        "indirect": even,
        "pads, ships, factories": even,
        "development": (edges[1:] <= MONTH / 2).astype(float) if start else even,
    }
    months = {name: shapes.get(name, by_event(flown.time, each)) for name in outcome.costs if name != "profit"}
    spent = np.array([outcome.costs[name] * shape / shape.sum() for name, shape in months.items()])
    return CashFlow(
        month=edges[1:],
        categories=tuple(months),
        spent=spent,
        delivered=by_event(flown.time, flown.success * float(np.atleast_1d(case.payload(draw))[0])),
    )
