"""The open reference launcher: its chain reads, its joints are complete, and what it hands on has a place to go."""

import json
from pathlib import Path

import pytest

from osea_rocket.core.findings import Severity
from osea_rocket.core.variant import value_at, with_fields
from osea_rocket.propulsion.cycles.balance import balance
from osea_rocket.propulsion.cycles.document import EngineCycle
from osea_rocket.propulsion.performance import engine_performance
from osea_rocket.studies.chain import kinds
from osea_rocket.studies.chain.document import Chain
from osea_rocket.studies.chain.kinds import Work, do
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
            flown = with_fields(step.document, {s.field: s.new for s in step.swaps}) if step.swaps else step.document
            assert isinstance(value_at(flown, take.field), float | int), (step.name, take.field)


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


def test_without_a_compiler_the_flight_on_the_bench_is_a_recording_and_says_so(chain, tmp_path, monkeypatch):
    step = next(s for s in chain.steps if s.run == "bench")
    assert step.recording is not None
    monkeypatch.setattr(kinds.shutil, "which", lambda _: None)
    place = tmp_path / "bench"
    done = do(
        Work("bench", place, EXAMPLE / "bench.yaml", source=EXAMPLE / step.source, recording=EXAMPLE / step.recording)
    )
    assert done.state == "recording" and "no C compiler" in done.message, done.message
    summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
    assert summary["flight"] == "ended as asked" and all(r["holds"] for r in summary["requirements"])
    assert (place / done.pages[0][1]).is_file()
    quick = do(
        Work("bench", tmp_path / "quick", EXAMPLE / "bench.yaml", recording=EXAMPLE / step.recording, recorded=True)
    )
    assert quick.state == "recording" and step.quick.recorded
    assert do(Work("bench", tmp_path / "none", EXAMPLE / "bench.yaml")).state == "input is wrong"


def test_engines_of_another_mixture_ratio_in_the_old_tanks_are_an_error(chain):
    """Methane stays behind: more than residuals and reserve, and only what is usable may be flown."""
    swaps = {s.field: s.module for s in chain.step("full-flow-check").swaps if s.field.endswith(".engine")}
    vehicle = with_fields(load(EXAMPLE / "vehicle.yaml"), swaps)
    assert isinstance(vehicle, Vehicle)
    found = [f for f in check_vehicle(vehicle).all_findings if f.rule == "vehicle.mixture"]
    assert [f.severity for f in found] == [Severity.ERROR] * 2
    for finding, left in zip(found, ("8590 kg (2.79%)", "2625 kg (2.79%)"), strict=True):
        assert left in finding.message and "LCH4 is too much" in finding.message
        assert "osea design --resize" in finding.message and "stages/" in finding.where


def test_the_full_flow_engines_bolt_on_in_the_others_place(chain):
    step = chain.step("full-flow-check")
    vehicle = with_fields(step.document, {s.field: s.new for s in step.swaps})
    found = check_vehicle(vehicle).all_findings
    assert not [f.message for f in found if f.severity is Severity.ERROR]
    assert {f.rule for f in found if f.severity is Severity.WARN} == {
        "port.mechanical.mass.capacity"
    }  # heavier: 1 % in hand
    engines = [swap for swap in step.swaps if swap.field.endswith(".engine")]
    for swap, stage in zip(engines, vehicle.stages, strict=True):
        flown = engine_performance(swap.module)
        assert stage.engine.name == swap.module.name and flown.isp_vacuum < flown.isp_vacuum_ideal
        cycle = load(EXAMPLE / f"engines/{Path(swap.module._origin.file).stem}-cycle.yaml")
        assert isinstance(cycle, EngineCycle)
        assert flown.isp_vacuum == pytest.approx(
            balance(cycle).isp_vacuum, rel=1e-2
        )  # before the contour's own divergence


@pytest.mark.parametrize("folder", ["osea_r1", "modular"])
def test_example_modules_are_under_the_hardware_licence(folder):
    texts = [f.read_text(encoding="utf-8") for f in (ROOT / "examples" / folder).rglob("*.yaml")]
    stated = [line for text in texts for line in text.splitlines() if line.startswith("licence:")]
    assert len(stated) > 8 and set(stated) == {"licence: CERN-OHL-W-2.0"}
    assert {f.name for f in (ROOT / "LICENSES").iterdir()} == {"Apache-2.0.txt", "CERN-OHL-W-2.0.txt"}
