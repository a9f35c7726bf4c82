"""`osea engine` whole: coupling of balance, contour and cooling, the run folder, the report, and bad sections."""

import json
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.errors import InputError
from osea_rocket.propulsion.cycles.document import EngineCycle
from osea_rocket.propulsion.engine_design import EngineDesign, design_engine
from osea_rocket.propulsion.published import compare
from osea_rocket.studies.engine_command import run_engine

ENGINES = Path(__file__).parents[2] / "examples" / "engines"
RL10 = ENGINES / "rl10a-3-3a.yaml"
# tables and figures that a foreign tool must be able to read
FILES = ("results/cycle.json", "results/contour.json", "results/injector.json", "results/cooling.json", "results/acoustics.json",
         "tables/streams.csv", "tables/contour.csv", "tables/cooling.csv", "tables/throttle.csv", "contour.dxf",
         "figures/schematic.svg", "figures/contour.svg", "report.html")  # fmt: skip


@pytest.fixture(scope="module")
def rl10() -> EngineCycle:
    return load_document(EngineCycle, RL10)


@pytest.fixture(scope="module")
def design(rl10: EngineCycle) -> EngineDesign:
    return design_engine(rl10)[0]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, str, Path]:
    out = tmp_path_factory.mktemp("engine") / "rl10"
    data, text = run_engine(RL10, out, quiet=True)
    return data, text, out


def test_contour_gives_the_divergence_loss(rl10: EngineCycle, design: EngineDesign) -> None:
    assert design.contour is not None
    assert design.contour.divergence_efficiency is not None
    loss = next(x for x in design.balance.losses if x.name == "divergence")
    assert loss.factor == pytest.approx(design.contour.divergence_efficiency, rel=1e-4)
    assert np.pi * design.contour.throat_radius**2 == pytest.approx(design.balance.throat_area, rel=1e-9)
    assert design.balance.input_hash == rl10.content_hash()


def test_rl10_throat_and_jacket_beside_published(design: EngineDesign) -> None:
    """Throat 125.55 mm (NASA TM-107318), jacket 8.139 MW (Binder): the march along our contour within a tenth."""
    by_name = {(r.quantity, r.of): r for r in design.comparison}
    assert by_name["throat diameter", ""].difference == pytest.approx(0.0, abs=0.03)
    assert design.jackets[0].marched_heat == pytest.approx(8.139e6, rel=0.10)
    rules = {f.rule: f for f in design.findings}
    assert "engine.jacket_heat" in rules
    assert "engine.jacket_pressure_drop" in rules


def test_jacket_left_out_is_computed_to_convergence(rl10: EngineCycle) -> None:
    """An expander whose jacket has neither heat nor drop: the march gives both, and nothing is left between the two."""
    parts = tuple(
        c.evolve(outlet_temperature=None, pressure_drop=None) if c.name == "cooling jacket" else c
        for c in rl10.components
    )
    found, filled, _ = design_engine(rl10.evolve(components=parts, injector=None, published=()))
    jacket = found.jackets[0]
    assert jacket.heat_computed
    assert jacket.drop_computed
    assert found.change < 1e-4
    assert jacket.heat == pytest.approx(jacket.marched_heat, rel=2e-4)
    assert jacket.pressure_drop == pytest.approx(jacket.marched_pressure_drop, rel=2e-4)
    assert next(c for c in filled.components if c.name == "cooling jacket").heat is not None  # type: ignore[union-attr]
    assert found.balance.worst_balance < 1e-8


def test_run_folder_and_report(run: tuple[dict, str, Path]) -> None:
    data, text, out = run
    for name in FILES:
        assert (out / name).stat().st_size > 0, name
    report = (out / "report.html").read_text(encoding="utf-8")
    for title in ("Cycle", "Turbomachinery", "Chamber and losses", "Contour", "Injector", "Acoustics", "Cooling", "Throttling",
                  "Off design", "Mass", "Streams", "Findings", "Sources"):  # fmt: skip
        assert f">{title}<" in report or title in report, title
    assert "[[" not in report
    assert report.count("<svg") >= 4
    plain = json.loads(json.dumps(data, allow_nan=False))
    assert plain["isp_vacuum_s"] == pytest.approx(442.2, abs=3.0)
    assert plain["contour"]["throat_radius_m"] > 0.05
    assert plain["trade"] is None
    assert len(plain["operating_points"]) == 4
    assert "cooling" in text
    assert "published" in text


def test_design_survives_the_run_folder(run: tuple[dict, str, Path]) -> None:
    stored = json.loads((run[2] / "results" / "engine.json").read_text(encoding="utf-8"))
    assert EngineDesign.from_json(stored).to_json() == stored


def test_injector_feeds_come_from_the_balance(design: EngineDesign) -> None:
    b, injector = design.balance, design.injector
    assert injector is not None
    assert injector.fuel.pressure_drop == pytest.approx(4.34e5)
    assert injector.oxidizer.pressure_drop == pytest.approx(4.43e5)
    through = injector.oxidizer.area * injector.oxidizer.discharge_coefficient
    flow = through * np.sqrt(2.0 * injector.oxidizer.density * injector.oxidizer.pressure_drop)
    assert flow == pytest.approx(b.stream("oxygen injector").mass_flow, rel=1e-3)
    # by hand: rho_g (v_g - v_l)² d/sigma with oxygen's surface tension at 99.4 K, 0.0109 N/m (NIST)
    assert injector.oxidizer.orifice_diameter is not None
    slip = injector.fuel.velocity - injector.oxidizer.velocity
    by_hand = injector.fuel.density * slip**2 * injector.oxidizer.orifice_diameter / 0.0109
    assert injector.weber == pytest.approx(by_hand, rel=0.05)


def test_what_is_not_published_stays_unknown(rl10: EngineCycle, design: EngineDesign) -> None:
    """Without a mass estimate the mass is not compared."""
    rows = compare(rl10.published, design.balance)
    mass = next(r for r in rows if r.quantity == "mass")
    assert mass.computed is None
    assert mass.difference is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("contraction_ratio: 4.14", "contraction_ratio: 0.9", "contraction_ratio"),
        ("characteristic_length: 0.99 m", "characteristic_length: 0.99", "a number without a unit"),
        ("length_fraction: 75 %", "length_fracton: 75 %", "length_fraction"),
        ("type: parabolic", "type: bell", "conical"),
        ("quantity: power, of: turbine,", "quantity: power, of: turbin,", "did you mean 'turbine'"),
        ("quantity: power, of: turbine,", "quantity: power, of: fuel valve,", "a valve has no 'power'"),
        ("value: 583.35 kW", "value: 583.35 bar", "not a unit of this quantity"),
        ("elements: 216", "elements: 0", "elements"),
    ],
)
def test_bad_sections_name_file_and_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = RL10.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "cooling").mkdir()
    (tmp_path / "cooling" / RL10.name).write_text(
        (ENGINES / "cooling" / RL10.name).read_text(encoding="utf-8"), encoding="utf-8"
    )
    path = tmp_path / "bad.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DocumentError, match=says) as caught:
        load_document(EngineCycle, path)
    assert "bad.yaml:" in str(caught.value)


def test_circuit_of_no_jacket(rl10: EngineCycle) -> None:
    cooling = rl10.cooling
    assert cooling is not None
    circuits = (cooling.circuits[0].evolve(passage="fuel valve"), *cooling.circuits[1:])
    with pytest.raises(InputError, match="'fuel valve' is not a jacket"):
        rl10.evolve(cooling=cooling.evolve(circuits=circuits))


def test_circuit_beyond_the_contour_is_refused(rl10: EngineCycle) -> None:
    with pytest.raises(InputError, match="is not on the contour"):
        design_engine(rl10.evolve(nozzle={"type": "parabolic", "length_fraction": 0.62}))
