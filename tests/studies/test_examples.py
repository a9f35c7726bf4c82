"""The examples' scripts run, and move the payload the right way."""

import importlib.util
from pathlib import Path

import pytest

import osea_rocket

FALCON = Path(__file__).parents[2] / "examples" / "falcon9"


@pytest.mark.slow
def test_falcon9_sensitivity():
    spec = importlib.util.spec_from_file_location("falcon9_sensitivity", FALCON / "sensitivity.py")
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    study = osea_rocket.load(FALCON / "study.yaml")
    base = osea_rocket.design(study).payload_mass
    # what stays on the last stage is payload lost, kilogram for kilogram
    heavier = osea_rocket.design(script.VARIANTS["second stage, dry mass +100 kg"](study)).payload_mass
    assert heavier - base == pytest.approx(-100.0, abs=1.0)
    better = osea_rocket.design(script.VARIANTS["second stage, Isp +1 %"](study)).payload_mass
    assert 300 < better - base < 600
    assert osea_rocket.design(script.VARIANTS["drag x 1.5"](study)).payload_mass < base
