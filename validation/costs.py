"""The cost relations beside the worked examples of TRANSCOST and beside prices of Falcon 9.

``python -m osea_rocket.validation.costs`` prints the table.
"""

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..studies.cost import relations
from ..studies.cost.document import CostRules
from ..studies.cost.elements import costed
from ..studies.cost.programme import CostModel, Range, Usage, prices
from ..studies.documents import load
from .comparison import Comparison
from .falcon9 import EXAMPLE

GROUP = "Costs"


def _data() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "costs.yaml").read_text(encoding="utf-8"))


def comparisons() -> list[Comparison]:
    """The two worked examples, the contracts behind them, and Falcon 9's list price within the range of ours."""
    data = _data()
    s, sources = data["ssme"], data["sources"]
    ssme = (
        relations.by_mass(s["a"], s["x"], s["mass"]) * relations.qualification(s["firings"]) * s["standard"] * s["team"]
    )
    t = data["s_ii"]
    stages = relations.by_mass(t["a"], t["x"], t["mass"]) * relations.learning_sum(
        t["before"], t["count"], t["learning"]
    )
    rows = []
    for case, name, ours, source in (
        (s, "Space Shuttle main engine, development", ssme, sources["ssme"]),
        (t, "S-II stages 11 to 15, production", stages, sources["s_ii"]),
    ):
        rows.append(Comparison(GROUP, f"{name}: worked example", "person-years", case["book"], source, "secondary",
                               ours=float(ours), tolerance=0.1, digits=6))  # fmt: skip
        rows.append(Comparison(GROUP, f"{name}: as it became", "person-years", case["actual"], source, "secondary",
                               ours=float(ours), tolerance=0.05 * case["actual"], digits=5, real=True))  # fmt: skip
    return [*rows, *_falcon(data)] if EXAMPLE.is_file() else rows


def _falcon(data: dict[str, Any]) -> list[Comparison]:
    """A new, expendable Falcon 9 of the units and the rate that the public code takes, in dollars of 2018."""
    f, sources, money = data["falcon"], data["sources"], prices("united_states_2018")
    before = {"booster": f["before"], "upper": f["before"], "fairing": f["before"]}
    rules = CostRules.model_validate(
        {
            "assembly": "horizontal",
            "earlier_units": before,
            "earlier_launches": f["before"],
            "replace": [{"factor": "learning", "value": f["learning"], "source": "as the public code"}],
        }
    )
    model = CostModel.of(costed(load(EXAMPLE).vehicle, rules, reusable=False), rules, money)  # type: ignore[attr-defined]
    costs = model.costs(Usage.steady(f["count"], f["rate"]), model.drawing(count=2001))
    dollars = {n: c / f["count"] / money.yuan_per_dollar / 1e6 for n, c in costs.items()}
    whole, fairing = Range.of(sum(dollars.values())), Range.of(dollars["fairings"])
    likely = {n: float(np.atleast_1d(c)[0]) for n, c in dollars.items()}
    share = likely["boosters built"] / sum(likely.values())
    note = "From the ranges of every coefficient; 10 to 90 % of 2000 draws. List prices hold a profit that is not published."
    return [
        Comparison(GROUP, "Falcon 9, new and expended: price within our range", "MUSD", f["list_price"], sources["list_2017"],
                   "secondary", kind="between", low=whole.low, high=whole.high, digits=3, note=note, real=True),
        Comparison(GROUP, "the same, every figure at its likely value", "MUSD", f["list_price"], sources["list_2017"],
                   "secondary",                   ours=whole.likely, kind="shown", digits=3, real=True),
        Comparison(GROUP, "Falcon 9 fairing within our range", "MUSD", f["fairing"], sources["fairing"], "secondary",
                   kind="between", low=fairing.low, high=fairing.high, digits=3, note=note, real=True),
        Comparison(GROUP, "Falcon 9 booster, share of the price", "1", f["booster_share"], sources["split"], "secondary",
                   ours=share, kind="shown", digits=2, real=True),
    ]  # fmt: skip


if __name__ == "__main__":
    from .page import lines

    print(lines(comparisons()))
