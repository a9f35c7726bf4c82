"""`osea fly` from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

STUDY = Path(__file__).resolve().parents[2] / "examples" / "falcon9" / "study.yaml"


@pytest.mark.slow
def test_fly(tmp_path: Path, osea: Callable) -> None:
    folder = tmp_path / "run"
    ended = osea("fly", STUDY, "--out", folder, "--json", "--quiet", "--seed", "3")
    assert ended.code == 0, ended.err
    data = json.loads(ended.out)
    assert data["flight"] == "done" and data["seed"] == 3
    assert abs(data["reached"]["perigee_altitude_m"] - data["wanted"]["perigee_altitude_m"]) < 5e3
    assert data["least_high_gain_margin_dB"] >= 6.0
    for name in ("report.html", "results/flight.json", "tables/flight.csv", "tables/control-margins.csv"):
        assert (folder / name).stat().st_size > 500
