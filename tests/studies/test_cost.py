"""The cost relations, their ranges, and what a programme adds up to."""

import numpy as np
import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.studies.cost import relations
from osea_rocket.studies.cost.document import CostRules
from osea_rocket.studies.cost.elements import CostedVehicle, CostElement, costed
from osea_rocket.studies.cost.programme import (
    CATEGORIES,
    CostModel,
    Range,
    Usage,
    price_per_kilogram,
    prices,
    transcost,
)
from osea_rocket.studies.documents import load

FALCON = "examples/falcon9/vehicle.yaml"
CHINA = prices("china_2024")


def small(rules=None, **changes):
    """A costed vehicle of two elements, cheap to reason about."""
    elements = (
        CostElement("body", "booster", "stage", "reusable stage", 20e3),
        CostElement("engines", "booster", "engine", "modern engine", 500.0, 9),
        CostElement("top", "upper", "stage", "expendable stage", 4e3),
    )
    vehicle = CostedVehicle("small", elements, 500e3, 25e3, 2, (("LOX", 300e3), ("RP-1", 120e3)))
    return CostModel.of(vehicle, (rules or CostRules()).evolve(**changes), CHINA)


def test_learning_falls_to_p_at_every_doubling():
    assert relations.learning(8, 0.9) == pytest.approx(0.9**3)
    assert relations.learning_sum(10, 5, 0.96) == pytest.approx(sum(i ** np.log2(0.96) for i in range(11, 16)))
    both = np.asarray(relations.learning_sum(0, 7, np.array([0.8, 1.0])))
    assert both[0] < both[1] == pytest.approx(7.0)


def test_indirect_cost_is_the_table_and_beyond_it_grows_as_told():
    table = np.array(next(i.cost for i in transcost().indirect if i.name == "integrated company"))
    assert relations.indirect(table, 4, 0.37) == 19
    assert relations.indirect(table, 24, 0.0) * 24 == pytest.approx(12 * 11)  # the yearly total stays
    assert relations.indirect(table, 24, 1.0) == 11


def test_reuse_saves_boosters_and_costs_refurbishment_and_recovery():
    model = small()
    draw = model.drawing()
    thrown = model.costs(Usage.steady(100, 20), draw)
    reused = model.costs(Usage.steady(100, 20, flights=10, mode="ship"), draw)
    assert set(thrown) == set(reused) == set(CATEGORIES)
    assert thrown["refurbishment"] == thrown["recovery"] == 0.0
    assert reused["refurbishment"] > 0.0 < reused["recovery"]
    assert reused["boosters built"] == pytest.approx(model.production("booster", 10, draw) * CHINA.person_year)
    assert sum(reused.values()) < sum(thrown.values())


def test_profit_is_on_all_but_development():
    model = small(development={"share": 1.0, "launches": 50})
    costs = model.costs(Usage.steady(50, 10), model.drawing())
    others = sum(v for k, v in costs.items() if k not in ("development", "profit"))
    assert costs["profit"] == pytest.approx(0.08 * others)
    assert costs["development"] == pytest.approx(model.development(model.drawing()) * CHINA.person_year)


def test_draws_bracket_the_likely_value_and_repeat():
    model = small()
    use = Usage.steady(100, 20, flights=10, mode="ship")
    total = np.asarray(sum(model.costs(use, model.drawing(count=400)).values()))
    again = sum(model.costs(use, model.drawing(count=400)).values())
    assert np.array_equal(total, again)
    assert total[0] == pytest.approx(sum(model.costs(use, model.drawing()).values()))
    found = Range.of(total)
    assert found.low < found.likely < found.high
    one = model.drawing(count=400).single(17)
    assert sum(model.costs(use, one).values()) == pytest.approx(total[17])


def test_pinning_one_figure_moves_the_cost_its_way():
    model = small()
    use = Usage.steady(100, 20)
    low, high = (sum(model.costs(use, model.drawing(pinned={"factors.learning": p})).values()) for p in (0.75, 0.95))
    assert low < sum(model.costs(use, model.drawing()).values()) < high


def test_a_vehicle_in_elements_counts_every_kilogram_once():
    vehicle = load(FALCON)
    parts = costed(vehicle, CostRules(), reusable=True, kit_mass=2e3)  # type: ignore[arg-type]
    weighed = sum(e.mass * e.count for e in parts.elements)
    stages = sum(s.dry_mass for s in vehicle.stages)  # type: ignore[attr-defined]
    between = sum(i.mass for i in vehicle.interstages)  # type: ignore[attr-defined]
    assert weighed == pytest.approx(stages + between + vehicle.fairing.mass + 2e3)  # type: ignore[attr-defined]
    assert {e.kind for e in parts.of("booster")} == {"reusable stage", "modern engine"}
    assert dict(parts.propellants)["LOX"] == pytest.approx((414.85e3 + 109.5e3) * 2.36 / 3.36)


def test_methane_stages_are_an_estimate_between_kerosene_and_hydrogen():
    vehicle = load("examples/osea_r1/vehicle.yaml")
    parts = costed(vehicle, CostRules(), reusable=True)  # type: ignore[arg-type]
    assert {e.kind for e in parts.elements if e.part == "stage"} == {
        "reusable methane stage",
        "expendable methane stage",
    }
    for kind in ("reusable", "expendable"):
        kerosene, methane, hydrogen = (
            transcost().element(f"{kind}{fuel} stage") for fuel in ("", " methane", " hydrogen")
        )
        assert kerosene.production[0] < methane.production[0] < hydrogen.production[0]
        assert kerosene.development == methane.development == hydrogen.development


def test_pads_ships_and_factories_are_charged_by_the_years_that_they_serve():
    year = 365.25 * 86400.0
    ship = {"name": "ship", "cost": 200e6, "number": 2, "life": 10 * year, "for_recovery": True}
    pad = {"name": "pad", "cost": 1e9, "number": 1, "life": 20 * year}
    model = small(CostRules.model_validate({"investments": [ship, pad]}))
    draw, name = model.drawing(), "pads, ships, factories"
    thrown, reused = Usage.steady(100, 20), Usage.steady(100, 20, flights=10, mode="ship")
    assert model.costs(thrown, draw)[name] == pytest.approx(5 * 1e9 / 20)
    assert model.costs(reused, draw)[name] == pytest.approx(5 * (1e9 / 20 + 2 * 200e6 / 10))
    assert model.costs(Usage.steady(100, 10), draw)[name] == pytest.approx(10 * 1e9 / 20)  # idle years are paid for
    assert small().costs(reused, draw)[name] == 0.0


def test_coefficients_without_the_class_that_a_vehicle_needs_are_refused():
    known = transcost()
    fewer = known.evolve(elements=tuple(e for e in known.elements if "methane" not in e.name), sources=())
    parts = costed(load("examples/osea_r1/vehicle.yaml"), CostRules(), reusable=False)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no class 'expendable methane stage'"):
        CostModel.of(parts, CostRules(), CHINA, fewer)


def test_a_price_says_what_it_is_divided_by():
    price = price_per_kilogram(
        np.full(11, 2e9), 10, 5e3, CHINA, denominator="payload delivered", orbit="750 km", mode="ship", flight="3"
    )
    assert price.yuan.likely == 40e3 and price.dollars.likely == pytest.approx(40e3 / 7.12)
    assert price.price_year == 2024 and "7.1217" in price.rate_source


def test_wrong_names_are_refused_with_the_known_ones():
    with pytest.raises(InputError, match="no provider 'X'; known: A, B, integrated company"):
        small(provider="X")
    with pytest.raises(InputError, match="refurbishement"):
        small(replace=({"factor": "refurbishement.stage", "value": 0.03, "source": "a test"},))
    model = small()
    dear = CostedVehicle("odd", model.vehicle.elements, 1e5, 1e4, 2, (("NH3", 1e3),))
    with pytest.raises(InputError, match="no price for NH3"):
        CostModel.of(dear, CostRules(), CHINA).costs(Usage.steady(3, 3), model.drawing())
