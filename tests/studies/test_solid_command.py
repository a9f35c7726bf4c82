"""`osea engine` with solid motors, thrust curves and RASP files; every example; bad input names its field."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from osea_rocket.core.documents import load_any
from osea_rocket.core.errors import ImpossibleError, InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.solids.document import SolidMotor
from osea_rocket.propulsion.solids.performance import solid_performance
from osea_rocket.propulsion.solids.rasp import read_eng
from osea_rocket.propulsion.thrust_curve import ThrustCurve, motor_map
from osea_rocket.studies.engine_command import run_engine

MOTORS = Path(__file__).parents[2] / "examples" / "motors"


@pytest.mark.parametrize("file", sorted(MOTORS.glob("*.yaml")), ids=lambda p: p.stem)
def test_examples_run(file: Path, tmp_path: Path) -> None:
    data, text = run_engine(file, tmp_path / "run", quiet=True)
    assert data["mass_balance"] < 1e-6
    assert "total impulse" in text
    page = (tmp_path / "run" / "report.html").read_text()
    assert page.count("<svg") >= 2 and "Figure" in page and "nan" not in re.findall(r">\s*([a-z]+)\s*<", page)
    (again,) = read_eng(next((tmp_path / "run").glob("*.eng")))
    assert again.total_impulse == pytest.approx(data["total_impulse_N_s"], rel=5e-3)
    assert len(again.points) <= 32
    curve = load_any(tmp_path / "run" / "thrust-curve.yaml")  # what a vehicle flies
    assert isinstance(curve, ThrustCurve)
    # slivers that are left at 0.2 % of the peak pressure are not burned
    assert curve.burned_mass == pytest.approx(data["propellant_mass_initial_kg"], rel=3e-4)
    assert motor_map(curve).isp_vacuum == pytest.approx(data["isp_vacuum_s"], rel=2e-3)


def test_the_published_motor_with_erosion_is_warned_of() -> None:
    """P9100 measured 65 bar where 50 are computed without erosion; the star's port is wide."""

    def severity(name: str) -> Severity:
        motor = load_any(MOTORS / f"{name}.yaml")
        assert isinstance(motor, SolidMotor)
        return next(f.severity for f in solid_performance(motor).findings if f.rule == "solid.erosive")

    assert severity("hermes-p9100") is Severity.WARN
    assert (
        severity("bates-o3100") is Severity.WARN
    )  # port over throat 1.61; its record shows none: a warning is no proof
    assert severity("ap-htpb-star") is Severity.OK


def test_eng_and_curves(tmp_path: Path) -> None:
    (tmp_path / "two.eng").write_text(
        "; two\nA8 18 70 3-5 0.0033 0.0163 Estes\n0.1 9.5\n0.7 0\n;\nB6 18 70 0 0.006 0.02 Estes\n0.2 12\n0.8 0\n"
    )
    data, text = run_engine(tmp_path / "two.eng", tmp_path / "out", quiet=True)
    assert [m["name"] for m in data["motors"]] == ["A8", "B6"] and "A8" in text
    assert data["motors"][0]["total_impulse_N_s"] == pytest.approx(0.5 * 9.5 * 0.7)
    document = Path(data["motors"][0]["document"])
    again, _ = run_engine(document, tmp_path / "again", quiet=True)
    assert again["motors"][0]["total_impulse_N_s"] == pytest.approx(data["motors"][0]["total_impulse_N_s"])
    assert "<svg" in Path(again["motors"][0]["report"]).read_text()
    motor, _ = run_engine(MOTORS / "bates-o3100.yaml", tmp_path / "motor", quiet=True)
    flown, _ = run_engine(tmp_path / "motor" / "thrust-curve.yaml", tmp_path / "flown", quiet=True)
    assert flown["motors"][0]["total_impulse_N_s"] == pytest.approx(motor["total_impulse_vacuum_N_s"], rel=2e-3)


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set a dotted path of the document."""

    def apply(data: Any) -> None:
        *way, last = (int(key) if key.isdigit() else key for key in path.split("."))
        for key in way:
            data = data[key]
        data[last] = value

    return apply


STAR = {
    "shape": "star",
    "length": "0.3 m",
    "outer_diameter": "127 mm",
    "points": 6,
    "web": "-3 mm",
    "opening": "70 deg",
}
FINS = {"shape": "finocyl", "length": "0.3 m", "outer_diameter": "127 mm", "core_diameter": "40 mm", "fins": 12,
        "fin_width": "12 mm", "fin_length": "20 mm"}  # fmt: skip


@pytest.mark.parametrize(("path", "value", "error", "names"), [
    ("propellant.burn_rate.0.exponent", 1.05, ImpossibleError, "exponent 1.05"),
    ("grain.0", FINS, InputError, r"grain\.0.*neighbouring fins overlap"),
    ("grain.0", STAR, InputError, r"grain\.0.*web"),
    ("grain.0", STAR | {"web": "64 mm"}, InputError, r"grain\.0.*web and fillet leave no port"),
    ("grain.0.core_diameter", "128 mm", InputError, r"grain\.0.*outer_diameter.*no web"),
    ("nozzle.throat_diameter", "60 mm", InputError, r"throat_diameter.*larger than the port"),
    ("propellant.gas", None, InputError, "either gas"),
    ("grain.0.shape", "batez", InputError, "batez"),
    ("propellant.density", "1.65", InputError, "density"),
    ("propellant.burn_rate.0.rate", "0 mm/s", InputError, r"burn_rate\.0.*rate"),
    ("nozzle.exit_diameter", "20 mm", InputError, "exit_diameter.*smaller than the throat"),
])  # fmt: skip
def test_bad_input_names_the_field(path: str, value: Any, error: type[Exception], names: str, tmp_path: Path) -> None:
    data = yaml.safe_load((MOTORS / "bates-o3100.yaml").read_text())
    data["sources"] = []
    change(path, value)(data)
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    with pytest.raises(error) as found:
        run_engine(tmp_path / "m.yaml", tmp_path / "run", quiet=True)
    assert re.search(names, str(found.value), re.DOTALL), str(found.value)
    assert "m.yaml:" in str(found.value)
    assert not (tmp_path / "run").exists()


def test_an_unknown_ingredient_is_named_with_its_nearest(tmp_path: Path) -> None:
    data = yaml.safe_load((MOTORS / "ap-htpb-star.yaml").read_text())
    data["propellant"]["composition"][2]["name"] = "HTPV"
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    with pytest.raises(InputError, match=r"(?s)composition\.2.*HTPB"):
        run_engine(tmp_path / "m.yaml", tmp_path / "run", quiet=True)
