"""`osea thermo`: case files, flags, and how it fails."""

import csv
import io
import json

import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.propulsion.thermo.cases import load_cases, solve_cases
from osea_rocket.propulsion.thermo.command import flags, run_case, run_file, run_state

CASE = {
    "id": "a",
    "fuel": [{"name": "CH4(L)", "mass_fraction": 1.0}],
    "oxidizer": [{"name": "O2(L)", "mass_fraction": 1.0, "temperature_K": 90.17}],
    "of": 3.4,
    "pc_bar": 100,
    "p_ambient_Pa": 101325,
    "area_ratios": [20, 40],
    "mode": "equilibrium",
}


def write(tmp_path, data, name="cases.json"):
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_file_and_shape(tmp_path):
    cold = CASE | {"id": "cold", "of": 900, "area_ratios": [400]}
    data, text = run_file(write(tmp_path, [CASE, cold]), "gibbs", quiet=True)
    good, bad = data["cases"]
    assert set(good) == {"id", "converged", "c_star_m_s", "T_c_K", "stations"}
    assert [s["station"] for s in good["stations"]] == ["chamber", "throat", "supersonic", "supersonic"]
    keys = {
        "station",
        "area_ratio",
        "T_K",
        "P_Pa",
        "gamma_s",
        "MW",
        "Isp_vac_s",
        "Isp_ambient_s",
        "Cf",
        "mole_fractions",
    }
    assert all(set(s) == keys for s in good["stations"])
    assert good["stations"][0]["P_Pa"] == pytest.approx(1e7)
    last = good["stations"][3]
    assert last["Cf"] == pytest.approx(last["Isp_ambient_s"] * 9.80665 / good["c_star_m_s"])
    assert sum(last["mole_fractions"].values()) == pytest.approx(1.0, abs=1e-4)
    assert bad["converged"] is False and set(bad) == {"id", "converged", "reason"}
    assert data["exit_code"] == 3 and "cold" in data["message"]
    assert "not converged" in text and "Isp vac" in text
    json.dumps(data, allow_nan=False)


def test_csv_means_the_same(tmp_path):
    header = "id,fuel,oxidizer,of,pc_bar,p_ambient_Pa,area_ratios,mode\n"
    path = write(tmp_path, header + "a,CH4(L),O2(L):1:90.17,3.4,100,101325,20;40,equilibrium\n", "cases.csv")
    assert solve_cases(load_cases(path)) == solve_cases(load_cases(write(tmp_path, {"cases": [CASE]})))


def test_csv_says_all_that_json_says(tmp_path):
    row = {"name": "dye", "mass_fraction": 0.1, "enthalpy_J_mol": 78530, "formula": "C10 H8"}
    fuel = [{"name": "RP-1", "mass_fraction": 0.9, "temperature_K": 310, "pressure_bar": 200}, row]
    case = CASE | {
        "fuel": fuel,
        "of": 2.5,
        "contraction_ratio": 3,
        "subsonic_area_ratios": [2],
        "pressure_ratios": [50],
    }
    header = (
        "id,fuel,oxidizer,of,pc_bar,p_ambient_Pa,area_ratios,subsonic_area_ratios,pressure_ratios,contraction_ratio\n"
    )
    text = "a,RP-1:0.9:310:::200 + dye:0.1::78530:C10 H8,O2(L):1:90.17,2.5,100,101325,20;40,2,50,3\n"
    answers = solve_cases(load_cases(write(tmp_path, header + text, "cases.csv")))
    assert answers == solve_cases(load_cases(write(tmp_path, [case])))
    with pytest.raises(InputError, match="more parts than"):
        load_cases(write(tmp_path, "fuel,pc_bar\nRP-1:1:2:3:C:5:6,10\n", "long.csv"))


def test_answers_as_csv(tmp_path):
    cold = CASE | {"id": "cold", "of": 900, "area_ratios": [400]}
    data, text = run_file(write(tmp_path, [CASE, cold]), "gibbs", quiet=True, as_csv=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [r["id"] for r in rows] == ["a"] * 4 + ["cold"]
    for row, station in zip(rows, data["cases"][0]["stations"], strict=False):
        for key, value in station.items():
            if key == "mole_fractions":
                assert {k: float(v) for k, v in (p.rsplit(":", 1) for p in row[key].split(";"))} == value
            elif key != "station":
                assert row[key] == ("" if value is None else repr(value))
        assert (row["converged"], float(row["c_star_m_s"])) == ("true", data["cases"][0]["c_star_m_s"])
    assert rows[4]["converged"] == "false" and rows[4]["reason"]
    assert not any(rows[4][key] for key in ("c_star_m_s", "T_c_K", "T_K", "Isp_vac_s", "mole_fractions"))


def test_flags():
    row = flags(["N2H4(L):0.5", "UDMH:0.5"], ["NTO"], 1.6, "8 bar", "0 Pa", None)
    data, _ = run_case(row | {"mode": "frozen_throat", "area_ratios": [40.0]}, "gibbs")
    aerozine, _ = run_case(
        flags(["A50"], ["NTO"], 1.6, "8 bar", None, None) | {"mode": "frozen_throat", "area_ratios": [40.0]}, "gibbs"
    )
    assert data["cases"][0]["c_star_m_s"] == pytest.approx(aerozine["cases"][0]["c_star_m_s"], rel=1e-9)
    state, text = run_state(flags(["LCH4"], ["LOX"], 0.2, "50 bar", None, None), "tp", "1000 K", None)
    assert state["temperature_K"] == pytest.approx(1000.0) and "C(gr)" in text
    again, _ = run_state(
        flags(["LCH4"], ["LOX"], 0.2, "50 bar", None, None), "hp", None, None, f"{state['enthalpy_J_kg']} J/kg"
    )
    assert again["temperature_K"] == pytest.approx(1000.0, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fuel": [{"name": "CH5(L)"}]}, "unknown reactant 'CH5.L.'; did you mean CH4"),
        ({"fuel": [{"name": "x", "formula": "C H4"}]}, "enthalpy_J_mol"),
        ({"fuel": [{"name": "x", "formula": "B2 H6", "enthalpy_J_mol": 0}]}, "element B is not covered"),
        ({"fuel": [{"name": "CH4(L)", "share": 1}]}, "unknown key 'share'"),
        ({"fuel": [{"name": "CH4(L)", "mass_fraction": 0.5}]}, "add up to 0.5"),
        ({"fuel": [{"name": "CH4(L)"}, {"name": "RP-1"}]}, "each needs its mass_fraction"),
        ({"fuel": []}, "at least one reactant"),
        ({"of": None}, "'of'"),
        ({"of": -1}, "mass ratio -1 is outside"),
        ({"of": "3"}, "a number is expected"),
        ({"pc_bar": 0}, "chamber pressure 0 bar"),
        ({"pc_bar": 1e5}, "chamber pressure"),
        ({"p_ambient_Pa": -1}, "p_ambient_Pa"),
        ({"area_ratios": [0.5]}, "area ratio 0.5"),
        ({"mode": "frozen"}, "unknown mode 'frozen'"),
        ({"presure": 1}, "unknown key 'presure'"),
    ],
)
def test_a_wrong_case_is_named(tmp_path, change, message):
    with pytest.raises(InputError, match=message) as caught:
        load_cases(write(tmp_path, [CASE, CASE | {"id": "b"} | change]))
    assert "cases.json, case b" in str(caught.value) and caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "is not JSON"), ("[]", "at least one"), ('{"case": []}', "list of cases"), ("[1]", "a case is a mapping")],
)
def test_a_wrong_file(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        load_cases(write(tmp_path, text))
    with pytest.raises(InputError, match="cannot be read"):
        load_cases(tmp_path / "none.json")


def test_an_id_twice_and_all_problems_at_once(tmp_path):
    with pytest.raises(InputError, match="appears twice") as caught:
        load_cases(write(tmp_path, [CASE, CASE, CASE | {"id": "c", "of": -1}]))
    assert "case c" in str(caught.value)


def test_flags_need_units():
    with pytest.raises(InputError, match="--pc"):
        flags(["LCH4"], ["LOX"], 3.0, "100", None, None)
    with pytest.raises(InputError, match="give --file"):
        flags([], ["LOX"], 3.0, None, None, None)
