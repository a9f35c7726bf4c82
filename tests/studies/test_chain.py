"""A chain: its document, the numbers that pass from step to step, its page, and how it ends when a step ends badly."""

import json
from pathlib import Path

import pytest

from osea_rocket.core.documents import DocumentError
from osea_rocket.core.errors import InputError
from osea_rocket.studies.campaign.document import CampaignStudy
from osea_rocket.studies.chain.command import run_chain_file
from osea_rocket.studies.chain.document import Chain, Divisor, Value
from osea_rocket.studies.chain.kinds import RUNNERS
from osea_rocket.studies.chain.values import read_value
from osea_rocket.studies.command import run_design_of
from osea_rocket.studies.documents import load
from osea_rocket.vehicle.vehicle import Vehicle

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "examples" / "engines" / "s10.yaml"
CAMPAIGN = ROOT / "examples" / "constellation" / "study.yaml"


def chain_of(folder: Path, steps: str, more: str = "") -> Path:
    file = folder / "chain.yaml"
    file.write_text(f"schema: osea/chain/v1\nname: a chain\nsteps:\n{steps}{more}", encoding="utf-8")
    return file


def test_a_step_comes_after_what_it_needs(tmp_path):
    file = chain_of(
        tmp_path,
        f"  - {{name: price, run: campaign, document: {CAMPAIGN}, takes: [{{field: capacity, step: engine, result: cycle, "
        f"value: thrust_vacuum_N}}]}}\n  - {{name: engine, run: engine, document: {ENGINE}}}\n",
    )
    with pytest.raises(DocumentError, match="no step 'engine' before this one"):
        load(file)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (f"{{name: a, run: disperse, document: {CAMPAIGN}}}", "say how many runs"),
        (f"{{name: a, run: land, document: {ROOT / 'examples/landing/study.yaml'}}}", "say how many runs"),
        ("{name: a, run: package}", "name the runs that the package is made of"),
        ("{name: a, run: campaign}", "name what is run"),
    ],
)  # fmt: skip
def test_a_step_says_what_it_lacks(tmp_path, step, said):
    with pytest.raises(DocumentError, match=said):
        load(chain_of(tmp_path, f"  - {step}\n"))


def _value(value: str, *, result: str = "r", factor: float = 1.0, over: Divisor | None = None) -> Value:
    return Value(step="s", result=result, value=value, factor=factor, over=over)


def test_a_number_is_found_by_its_path(tmp_path):
    (tmp_path / "s/results").mkdir(parents=True)
    (tmp_path / "t/results").mkdir(parents=True)
    data = {"a": 6.0, "rows": [{"name": "first", "x": 2.0}, {"name": "second", "x": 3.0}], "no": None}
    (tmp_path / "s/results/r.json").write_text(json.dumps(data), encoding="utf-8")
    (tmp_path / "t/results/r.json").write_text('{"half": 12, "zero": 0}', encoding="utf-8")
    assert read_value(_value("a"), tmp_path) == 6.0
    assert read_value(_value("rows.second.x", factor=10.0), tmp_path) == 30.0
    assert read_value(_value("rows.-1.x", over=Divisor(value="a")), tmp_path) == 0.5
    assert read_value(_value("a", over=Divisor(step="t", value="half")), tmp_path) == 0.5
    with pytest.raises(InputError, match="which is 0"):
        read_value(_value("a", over=Divisor(step="t", value="zero")), tmp_path)
    for path, said in (
        ("rows.third.x", "first, second"),
        ("b", "'b'"),
        ("no", "nothing"),
        ("rows", "no number"),
        ("rows.2.x", "among 2"),
    ):
        with pytest.raises(InputError, match=said):
            read_value(_value(path), tmp_path)
    with pytest.raises(InputError, match="did you mean 'r'"):
        read_value(_value("a", result="rr"), tmp_path)


@pytest.fixture(scope="module")
def chained(tmp_path_factory):
    """An engine whose thrust becomes a campaign's capacity, a message set, and a step whose document cannot fly."""
    folder = tmp_path_factory.mktemp("chain")
    steps = f"""
  - {{name: engine, run: engine, title: An engine, document: {ENGINE}}}
  - name: price
    run: campaign
    document: {CAMPAIGN}
    runs: 10
    takes:
      - {{field: capacity, step: engine, result: cycle, value: thrust_vacuum_N, factor: 0.1}}
    takes_handed: [{{handed: engine, at: vehicle.stages.second stage}}]
  - name: refused
    run: campaign
    document: {CAMPAIGN}
    takes:
      - {{field: capacity, step: engine, result: cycle, value: thrust_vacuum_N, factor: -1}}
  - {{name: flights, run: disperse, runs: 10, quick: {{skip: true}}, document: {ROOT / "examples/falcon9/dispersion.yaml"}}}
  - {{name: package, run: package, of: [flights]}}
"""
    more = """
handed:
  - name: engine
    takes:
      - {field: engine.chamber_pressure, step: engine, result: cycle, value: chamber_pressure_Pa}
trace_title: From the price back to the chamber
trace:
  - {name: price, step: price, result: campaign-1, value: price.yuan.likely, unit: CNY/kg, note: cost over mass}
  - {name: chamber, step: engine, result: cycle, value: chamber_pressure_Pa, factor: 1e-5, unit: bar}
  - {name: flown, step: flights, result: dispersion, value: runs}
"""
    file = chain_of(folder, steps, more)
    data, text = run_design_of(file, folder / "out", quiet=True, quick=True)
    return folder / "out", data, text


def test_another_module_takes_the_place_of_a_part(tmp_path):
    """The engine of the modular example's first stage, in one line; what is handed on is set in the other module."""
    modular = ROOT / "examples/modular"
    swap = f"{{field: stages.first stage.engine, module: {modular / 'engines/m-120.yaml'}}}"
    steps = f"  - {{name: engine, run: engine, document: {ENGINE}}}\n"
    steps += (
        f"  - {{name: variant, run: check, strict: false, document: {modular / 'vehicle.yaml'}, swaps: [{swap}]}}\n"
    )
    data, _ = run_design_of(chain_of(tmp_path, steps), tmp_path / "out", quiet=True)
    assert {s["name"]: s["state"] for s in data["steps"]}["engine"] == "done"
    checked = load(tmp_path / "out/taken/variant.yaml")
    assert isinstance(checked, Vehicle)
    assert [s.engine.name for s in checked.stages if s.engine is not None] == ["M-120", "K-120"]
    with pytest.raises(DocumentError, match="no such file"):
        load(chain_of(tmp_path, f"  - {{name: a, run: check, document: {modular / 'vehicle.yaml'}, "
                                "swaps: [{field: payload, module: none.yaml}]}\n"))  # fmt: skip


def test_a_number_passes_from_step_to_step(chained):
    out, data, _ = chained
    states = {s["name"]: s["state"] for s in data["steps"]}
    assert states == {
        "engine": "done", "price": "done", "refused": "input is wrong", "flights": "left out", "package": "left out",
    }  # fmt: skip
    assert data["exit_code"] == 2 and "refused" in data["message"]
    thrust = json.loads((out / "steps/engine/results/cycle.json").read_text())["thrust_vacuum_N"]
    taken = next(p for p in data["passed"] if p["step"] == "price" and p["field"] == "capacity")
    assert taken["value"] == 0.1 * thrust and taken["stated"] == 10400.0
    assert taken["change"] == pytest.approx(0.1 * thrust / 10400.0 - 1.0)
    flown = load(out / "steps/price/inputs/resolved.yaml")
    assert isinstance(flown, CampaignStudy) and float(flown.capacity) == pytest.approx(0.1 * thrust)
    assert flown.sources[-1].fields == ("capacity",) and "step 'engine'" in flown.sources[-1].citation
    engine = flown.vehicle.stages[1].engine
    assert engine is not None and engine.chamber_pressure == pytest.approx(data["trace"][1]["value"] * 1e5)
    assert "step 'engine'" in engine.sources[-1].citation


def test_the_way_back_leads_to_pages_that_are_there(chained):
    out, data, text = chained
    price, chamber, flown = data["trace"]
    assert price["value"] > 0 and chamber["value"] == pytest.approx(
        json.loads((out / "steps/engine/results/cycle.json").read_text())["chamber_pressure_Pa"] / 1e5
    )
    assert flown["value"] is None and "left out" in flown["message"]
    page = (out / "report.html").read_text(encoding="utf-8")
    for row in (price, chamber):
        assert (out / row["path"]).is_file() and f'href="{row["path"]}"' in page
    assert "From the price back to the chamber" in page and "left out" in text


def test_a_run_folder_is_left_by_name_only_and_no_key_lies_about(chained):
    out, _, _ = chained
    assert not out.with_name("out.partial").exists()
    assert not list(out.rglob("key.json"))
    assert str(out) not in (out / "steps/engine/summary.json").read_text()


def test_options_of_the_other_kind_are_refused(tmp_path):
    with pytest.raises(InputError, match="--quick is for chains"):
        run_design_of(CAMPAIGN, None, quick=True)
    file = chain_of(tmp_path, f"  - {{name: engine, run: engine, document: {ENGINE}}}\n")
    with pytest.raises(InputError, match="--resize is for studies"):
        run_design_of(file, None, resize=True)


def test_every_kind_has_a_runner():
    from typing import get_args

    from osea_rocket.studies.chain.document import Kind

    assert set(get_args(Kind)) == set(RUNNERS)


def test_a_chain_made_in_python_has_no_folder(tmp_path):
    chain = load(chain_of(tmp_path, f"  - {{name: engine, run: engine, document: {ENGINE}}}\n"))
    assert isinstance(chain, Chain)
    bare = Chain.model_validate({"name": "bare", "steps": chain.steps})
    with pytest.raises(InputError, match="read from a file"):
        run_chain_file(bare, tmp_path / "out", quiet=True)
