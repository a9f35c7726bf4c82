"""Campaigns: the fleet's rules, the calendar, the money, what is explored; and the command."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.cli.main import main
from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.studies.campaign.campaign import Case, campaign, likely, run_campaigns
from osea_rocket.studies.campaign.cash import cash_flow
from osea_rocket.studies.campaign.document import CampaignStudy
from osea_rocket.studies.campaign.explore import Exploration, at_rate, explored, least_flights
from osea_rocket.studies.campaign.simulation import fly
from osea_rocket.studies.campaign.slots import slots
from osea_rocket.studies.cost.programme import CATEGORIES

FILE = "examples/constellation/study.yaml"
YEAR = 365.25 * 86400.0


@pytest.fixture(scope="module")
def study() -> CampaignStudy:
    return load_document(CampaignStudy, FILE)


@pytest.fixture(scope="module")
def small(study) -> CampaignStudy:
    """Forty launches, and little to explore."""
    return study.evolve(
        constellations=({"name": "small", "satellites": 480},),
        explore={"flights": (1, 5, 10), "rates": (12 / YEAR, 36 / YEAR), "turnarounds": (30 * 86400.0, 240 * 86400.0)},
        runs=10,
    )


def case_of(study: CampaignStudy, **changes) -> Case:
    return replace(Case(study, study.constellations[0]), **changes)


def flown(study: CampaignStudy, seed: int = 3, **changes):
    case = case_of(study, **changes)
    return fly(case.plan(case.drawing()), np.random.default_rng(seed))


def test_the_founding_constellations_take_84_and_234_launches(study):
    assert [study.launches(c) for c in study.constellations] == [84, 234]


def test_every_booster_flies_in_order_and_never_more_than_allowed(small):
    found = flown(small, flights=4)
    for serial in np.unique(found.serial):
        own = found.serial == serial
        assert list(found.flight[own]) == list(range(1, own.sum() + 1)) and own.sum() <= 4
        assert found.built[serial - 1] <= found.time[own][0]
        assert found.landed[own][:-1].all()  # only what landed flies again
    assert found.success.sum() == 40
    assert len(found.ready) <= found.landed.sum() <= found.tried


def test_two_flights_of_one_booster_are_apart_by_its_way_home_and_its_turnaround(small):
    found = flown(small, turnaround=50 * 86400.0)
    least = 50 + small.recovery.sail_back.distribution.low / 86400  # type: ignore[attr-defined]
    for serial in np.unique(found.serial):
        assert (np.diff(found.time[found.serial == serial]) > least).all()


def test_expended_boosters_are_built_for_each_launch(small):
    found = flown(small, flights=1)
    assert (found.flight == 1).all() and found.tried == 0 and not found.landed.any()
    assert len(found.built) >= len(found.time)


def test_pads_part_launches_and_windows_come_once_a_day(small):
    busy = small.ground.preparation.distribution.low + small.ground.restoring.distribution.low  # type: ignore[attr-defined]
    found = flown(small.evolve(ground=small.ground.evolve(pads=1)))
    assert (np.diff(found.time) > busy / 86400).all()
    assert np.allclose(found.time, np.round(found.time))


def test_a_failed_ascent_grounds_the_fleet_and_its_satellites_fly_again(small):
    found = flown(small.evolve(ascent_success=0.7, grounding=90 * 86400.0), seed=5)
    failures = found.time[~found.success]
    assert len(failures) > 3 and found.success.sum() == 40
    for failure in failures:  # two pads may share one window: what lifts off in it does not know yet
        assert not np.any((found.time > failure) & (found.time < failure + 90))


def test_the_same_seed_flies_the_same_campaign(small):
    a, b, c = (flown(small, seed) for seed in (1, 1, 2))
    assert np.array_equal(a.time, b.time) and not np.array_equal(a.time, c.time)


def test_price_is_all_costs_over_what_was_placed(small):
    case = case_of(small)
    draw = case.drawing()
    one = campaign(case, draw, 1)
    assert set(one.costs) == set(CATEGORIES)
    placed = one.flown.success.sum() * 10.4e3 * 0.80
    assert one.price == pytest.approx(sum(one.costs.values()) / placed)
    assert one.use.reflown == len(one.flown.time) - len(np.unique(one.flown.serial))


def test_the_range_holds_the_likely_price(small):
    result, _, drawn = run_campaigns(case_of(small), 12)
    assert len(drawn) == 12
    assert result.price.yuan.low < result.price.yuan.likely < result.price.yuan.high
    assert result.price.denominator_mass == pytest.approx(8320.0)
    assert result.last_launch.likely < result.deployed.likely
    assert sum(result.costs) == pytest.approx(result.total.likely / result.launches.likely, rel=1e-3)


def test_cash_adds_up_to_the_costs_without_profit(small):
    case = case_of(small)
    one = likely(case, 1)[0]
    flow = cash_flow(one, case)
    assert flow.spent.sum() == pytest.approx(sum(v for k, v in one.costs.items() if k != "profit"))
    assert flow.delivered.sum() == pytest.approx(40 * 8320.0)
    assert flow.balance(flow.break_even())[-1] == pytest.approx(0.0, abs=1.0)
    before = flow.month <= 1e-6
    assert flow.spent[list(flow.categories).index("development"), before].sum() == pytest.approx(
        one.costs["development"]
    )
    assert flow.delivered[before].sum() == 0.0


@pytest.fixture(scope="module")
def found(small) -> Exploration:
    return explored(case_of(small))


def test_exploring_shows_what_each_figure_does(found, small):
    bars = {b.name: b for b in found.bars}
    assert bars["person_year"].low < found.base < bars["person_year"].high
    assert bars["capacity"].low > bars["capacity"].high  # more payload, a lower price
    assert bars["flights of a booster"].choice
    assert not any(
        "hydrogen" in name or "LCH4" in name for name in bars
    )  # what the vehicle does not have moves nothing
    assert found.steps[0].price == pytest.approx(found.today.ours.likely, rel=0.02)
    assert found.over_rate.prices.shape == (3, 2)
    assert found.over_turnaround.prices[2, 1] > found.over_turnaround.prices[2, 0]  # 240 days against 30
    assert Exploration.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_fewest_flights_under_a_price(found):
    grid = replace(found.over_rate, prices=np.array([[40.0, 35.0], [31.0, 29.0], [28.0, 25.0]]))
    assert least_flights(grid, 30.0) == (10, 5)
    assert least_flights(grid, 26.0) == (None, 10)


def test_a_higher_rate_takes_more_pads_and_quicker_factories(study):
    quick = at_rate(case_of(study), 72 / YEAR).study
    assert quick.ground.pads == 4 and quick.recovery.crews == 12
    assert float(quick.fleet.upper_interval) == pytest.approx(float(study.fleet.upper_interval) / 2, rel=1e-3)
    assert at_rate(case_of(study), 12 / YEAR).study is study


def test_places_of_a_constellation():
    places = slots(84, 12, 750e3, 1200.0, 15e3)
    assert places.launches == (7,) * 12 and len(places.plane_of) == 84
    assert places.local_times[0] == pytest.approx(-1100.0) and sum(places.local_times) == pytest.approx(0.0)
    assert np.degrees(places.inclination) == pytest.approx(98.39, abs=0.01)  # Vallado 2013, sec. 11.4, at 750 km
    n, a = np.sqrt(3.986004418e14 / 7128137.0**3), 7128137.0
    assert places.drift_rate == pytest.approx(
        1.5 * n * 15e3 / a, rel=0.01
    )  # to first order in the difference of heights
    assert places.phasing_time == pytest.approx(2 * np.pi / 7 / places.drift_rate)


@pytest.mark.parametrize(
    ("old", "new", "line", "text"),
    [
        ("mode: ship", "mode: expend", 28, "what is expended flies once"),
        ("flights: 10", "flights: 1", 28, "what comes back flies twice or more"),
        ("planes: 12", "planes: 100", 14, "100 planes, and '1000 satellites' has 84 launches"),
        ("spread: 20 min", "spread: 0 min", 14, "several planes at one local time"),
        ("altitude: 750 km", "altitude: 5990 km", 11, "so high an orbit cannot be Sun-synchronous"),
        ("capacity: 10.4 t (", "satellite_mass: 900 kg\ncapacity: 10.4 t (", 21, "fly fewer or lighter"),
        ("flights: [1, 2, 3,", "flights: [1, 3, 2,", 72, "must ascend"),
        ("rate: 36 1/year", "rate: 36", 22, "without a unit"),
        ("rough_sea: 15 %", "rough_sea: 100 %", 34, "less than 1"),
        ("preparation:", "preperation:", 42, "did you mean 'preparation'"),
    ],
)
def test_a_wrong_study_is_refused_by_file_and_line(tmp_path, old, new, line, text):
    content = Path(FILE).read_text(encoding="utf-8").replace("../falcon9", str(Path("examples/falcon9").resolve()))
    file = tmp_path / "study.yaml"
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DocumentError, match=re.escape(text)) as error:
        load_document(CampaignStudy, file)
    assert f"{file}:{line}:" in str(error.value)


def test_the_command_publishes_a_run(tmp_path, capsys, small):
    import yaml

    plain = small.evolve(explore=None, runs=10).to_plain()
    file = tmp_path / "small.yaml"
    file.write_text(yaml.safe_dump(plain), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["campaign", str(file), "--out", str(tmp_path / "run"), "--quiet", "--json"])
    assert end.value.code == 0
    data = json.loads(capsys.readouterr().out)
    assert data["campaigns"][0]["launches_needed"] == 40
    assert data["campaigns"][0]["price"]["denominator"] == "payload delivered"
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "the boosters of one likely campaign by serial" in page
    assert (tmp_path / "run" / "tables" / "launches-1.csv").read_text().startswith("day,booster,flight_number")


def test_another_document_is_refused(capsys):
    with pytest.raises(SystemExit) as end:
        main(["campaign", "examples/falcon9/study.yaml", "--quiet"])
    assert end.value.code == 2
    assert "a campaign (osea/campaign/v1) is needed" in capsys.readouterr().err
