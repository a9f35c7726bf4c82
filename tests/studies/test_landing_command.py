"""`osea land`: one landing shown and dispersed ones counted, with data that say the same as the report."""

import csv
import json
from pathlib import Path

import pytest

from osea_rocket.core.run_folder import read_result
from osea_rocket.recovery.guidance.native import library
from osea_rocket.studies.landing_command import run_land
from osea_rocket.studies.landing_run import LandingResult

STUDY = Path(__file__).resolve().parents[2] / "examples" / "landing" / "study.yaml"
pytestmark = pytest.mark.skipif(library() is None, reason="no C compiler: numba alone would take long")


def test_a_landing_and_two_dispersed_ones(tmp_path):
    data, text = run_land(STUDY, tmp_path / "run", runs=2, first=5, jobs=1, quiet=True)
    json.dumps(data, allow_nan=False)
    assert data["status"] == "done" and "exit_code" not in data
    assert data["dispersed"]["landed"] == 2 and data["dispersed"]["share_low"] < 0.5 < data["dispersed"]["share_high"]
    assert data["ignition"]["least_thrust_to_weight"] > 1.0 and not data["ignition"]["hovers"]
    assert data["ignition"]["earliest_s"] < 0.0 < data["ignition"]["latest_s"]
    assert "hover-slam" in text and "2 of 2" in text
    again = read_result(tmp_path / "run", "landing", LandingResult)
    assert again.seeds.tolist() == [5, 6] and again.share == 1.0 and not again.classes
    rows = list(csv.DictReader((tmp_path / "run/tables/touchdowns.csv").open()))
    assert [float(r["vertical_speed_m_s"]) for r in rows] == pytest.approx(again.vertical_speed.tolist())
    page = (tmp_path / "run/report.html").read_text()
    assert "2 of 2" in page and "hover-slam" in page and page.count("<svg") == 4


def test_a_landing_outside_its_limits_is_a_no_with_a_command_to_see_it(tmp_path):
    strict = (STUDY.parent / "booster.yaml").read_text().replace("vertical_speed: 4 m/s", "vertical_speed: 0.5 m/s")
    (tmp_path / "booster.yaml").write_text(strict)
    (tmp_path / "study.yaml").write_text(STUDY.read_text())
    data, text = run_land(tmp_path / "study.yaml", tmp_path / "run", runs=1, jobs=1, quiet=True)
    assert data["status"] == "failed" and data["exit_code"] == 1 and "too fast" in data["message"]
    assert data["dispersed"]["failures"]["too fast"]["replay"] == f"osea land {tmp_path / 'study.yaml'} --seed 1"
    assert "0 of 1" in text
