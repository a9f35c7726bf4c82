"""The open reference launcher: its chain reads, its joints are complete, and what it hands on has a place to go."""

from pathlib import Path

import pytest

from osea_rocket.core.findings import Severity
from osea_rocket.core.variant import value_at
from osea_rocket.studies.chain.document import Chain
from osea_rocket.studies.check import check_vehicle
from osea_rocket.studies.check_loads import LOAD_RULES
from osea_rocket.studies.documents import load
from osea_rocket.vehicle.vehicle import Vehicle

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "osea_r1"


@pytest.fixture(scope="module")
def chain():
    document = load(EXAMPLE / "study.yaml")
    assert isinstance(document, Chain)
    return document


def test_every_value_that_is_handed_on_has_a_field_to_go_to(chain):
    for step in chain.steps:
        for take in chain.takes(step):
            assert isinstance(value_at(step.document, take.field), float | int), (step.name, take.field)


def test_the_way_back_goes_from_the_price_to_the_injector(chain):
    assert chain.trace[0].step == "price" and chain.trace[-1].result == "injector"
    known = [step.name for step in chain.steps]
    down = [known.index(link.step) for link in chain.trace]
    assert down == sorted(down, reverse=True), "each line stands over what it follows from"


def test_the_vehicle_asks_nothing_but_the_loads_of_its_flight():
    vehicle = load(EXAMPLE / "vehicle.yaml")
    assert isinstance(vehicle, Vehicle)
    found = check_vehicle(vehicle).all_findings
    assert not [f for f in found if f.severity is Severity.ERROR]
    unknown = [f for f in found if f.severity is Severity.UNKNOWN]
    assert unknown and {f.rule for f in unknown} <= set(LOAD_RULES), [
        f.message for f in unknown if f.rule not in LOAD_RULES
    ]


@pytest.mark.parametrize("folder", ["osea_r1", "modular"])
def test_example_modules_are_under_the_hardware_licence(folder):
    texts = [f.read_text(encoding="utf-8") for f in (ROOT / "examples" / folder).rglob("*.yaml")]
    stated = [line for text in texts for line in text.splitlines() if line.startswith("licence:")]
    assert len(stated) > 8 and set(stated) == {"licence: CERN-OHL-W-2.0"}
    assert {f.name for f in (ROOT / "LICENSES").iterdir()} == {"Apache-2.0.txt", "CERN-OHL-W-2.0.txt"}
