"""Engines and propellants that cannot be: each says what is wrong, where, and what to change, and ends with its exit code."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

ENGINES = Path(__file__).parents[2] / "examples" / "engines"
J2 = ENGINES / "j-2.yaml"
# What one solve of the cycle does not need: without it a case takes a fraction of a second.
SECTIONS = ("throttle:", "chamber_shape:", "nozzle:", "injector:", "cooling:")


def engine(folder: Path, source: Path, *changes: tuple[str, str], trim: bool = True) -> Path:
    """A copy of an example with some text exchanged."""
    text = source.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    if trim:
        text = text.split("- fields: [chamber_shape")[0]
    lines = [line for line in text.splitlines() if not (trim and line.startswith(SECTIONS))]
    path = folder / "engine.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


THERMO = ["--fuel", "LCH4", "--oxidizer", "LOX", "--of", "3.4", "--pc", "100 bar", "--area-ratio", "20"]


def thermo(**changes: str) -> list[str]:
    """Flags of a sound problem, some of them changed."""
    flags = dict(zip(THERMO[::2], THERMO[1::2], strict=True)) | {
        f"--{k.replace('_', '-')}": v for k, v in changes.items()
    }
    return ["thermo", *(part for pair in flags.items() for part in pair)]


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"fuel": "LCH5"}, ("unknown reactant 'LCH5'", "did you mean LCH4")),
        ({"fuel": "dye:1::1000:C10 Xx8"}, ("Xx",)),
        ({"fuel": "dye:1::1000:C10 Xe8"}, ("Xe",)),
        ({"of": "0"}, ("mass ratio 0 is outside 0.001 to 1000",)),
        ({"of": "-3"}, ("mass ratio -3 is outside",)),
        ({"of": "1e9"}, ("is outside 0.001 to 1000",)),
        ({"pc": "1e6 bar"}, ("1e+06 bar", "outside")),
        ({"pc": "0 bar"}, ("0 bar",)),
        ({"pc": "100"}, ("unit",)),
        ({"area_ratio": "0.5"}, ("0.5", "1")),
    ],
    ids=lambda v: str(v)[:40],
)
def test_propellants(flags: dict[str, str], says: tuple[str, ...], osea: Callable) -> None:
    end = osea(*thermo(**flags), "--quiet")
    assert end.code == 2
    assert "Traceback" not in end.err
    for part in says:
        assert part in end.err


def test_a_sound_problem_passes(osea: Callable) -> None:
    end = osea(*thermo(), "--json", "--quiet")
    assert end.code == 0
    assert json.loads(end.out)["cases"][0]["converged"] is True


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("fuel: LH2", "fuel: LH3", (":9:7: fuel: unknown propellant 'LH3'", "LH2")),
        ("fuel: LH2", "fuel: LOX", (":9:7: fuel", "is an oxidizer, and a fuel is needed")),
        ("propellant: LH2", "propellant: RP-1", ("components.0.propellant", "has no place")),
        (
            "gas: fuel-rich hydrogen",
            "gas: fuel-rich kerosene",
            (":33:", "components.13.gas", "take fuel-rich hydrogen"),
        ),
        ("area_ratio: 27.5", "area_ratio: 0.5", (":12:13: area_ratio: must be at least 1",)),
        ("oxidizer_fuel_ratio: 5.5", "oxidizer_fuel_ratio: 0.01", ("oxidizer_fuel_ratio",)),
        ("chamber_pressure: 54 bar", "chamber_pressure: 5400 bar", ("chamber_pressure", "outside 0.01 to 1000 bar")),
        ("thrust_vacuum: 1023 kN", "thrust_vacuum: 1023", ("thrust_vacuum", "unit")),
        ("thrust_vacuum: 1023 kN", "thrust_vacuum: .nan kN", ("thrust_vacuum",)),
        ("temperature: 91 K", "temperature: 105 K", ("oxygen tank", "boils below", "raise the tank pressure")),
    ],
    ids=lambda v: str(v)[:40],
)
def test_engine_documents(tmp_path: Path, old: str, new: str, says: tuple[str, ...], osea: Callable) -> None:
    path = engine(tmp_path, J2, (old, new), trim=False)
    end = osea("engine", path, "--out", tmp_path / "out", "--quiet")
    assert end.code == 2
    assert str(path) in end.err
    assert "Traceback" not in end.err
    for part in says:
        assert part in end.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("pressure: 47 bar", "pressure: 470 bar", 1, ("383.80 bar above fuel pump", "lower the one")),
        (
            "chamber_pressure: 54 bar",
            "chamber_pressure: 140 bar",
            1,
            (":11:19: thrust chamber is stated at 140.00 bar", "put a pump between"),
        ),
        ("efficiency: 0.60, pressure_ratio", "efficiency: 0.02, pressure_ratio", 1, ("lacks", "kW")),
    ],
)
def test_cycles_without_a_solution(
    tmp_path: Path, old: str, new: str, code: int, says: tuple[str, ...], osea: Callable
) -> None:
    end = osea("engine", engine(tmp_path, J2, (old, new)), "--out", tmp_path / "out", "--quiet")
    assert end.code == code
    for part in says:
        assert part in end.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "rule", "says"),
    [
        (("efficiency: 0.60, pressure_ratio", "efficiency: 0.60, highest_temperature: 800 K, pressure_ratio"),
         "cycle.turbine_temperature", "lower the burner's mixture ratio"),
        (("efficiency: 0.80, outlet_pressure", "efficiency: 0.80, required_suction_head: 40 m, outlet_pressure"),
         "cycle.suction", "raise the tank pressure, or add a boost pump"),
    ],
)  # fmt: skip
def test_a_finding_of_error_is_a_no_with_its_report(
    tmp_path: Path, change: tuple[str, str], rule: str, says: str, osea: Callable
) -> None:
    out = tmp_path / "out"
    end = osea("engine", engine(tmp_path, J2, change), "--out", out, "--json", "--quiet")
    data = json.loads(end.out)
    assert (end.code, data["status"], data["exit_code"]) == (1, "failed", 1)
    wrong = [f for f in data["findings"] if f["severity"] == "ERROR"]
    assert [f["rule"] for f in wrong] == [rule]
    assert says in wrong[0]["message"]
    assert says in end.err
    assert (out / "report.html").is_file()


def test_no_result_holds_a_number_that_is_none(tmp_path: Path, osea: Callable) -> None:
    """Strict JSON: NaN and infinity are not in it."""
    end = osea("engine", engine(tmp_path, J2), "--out", tmp_path / "out", "--json", "--quiet")
    assert end.code == 0

    def refuse(word: str) -> None:
        raise AssertionError(word)

    json.loads(end.out, parse_constant=refuse)
    for file in (tmp_path / "out" / "results").glob("*.json"):
        json.loads(file.read_text(encoding="utf-8"), parse_constant=refuse)
