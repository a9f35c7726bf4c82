"""The closed-form staging optimum."""

from math import log

import numpy as np
import pytest

from osea_rocket.core.errors import ImpossibleError
from osea_rocket.vehicle.staging import StageType, optimum_staging

G = 9.81


def test_three_stages_of_a_textbook():
    # H. D. Curtis, Orbital Mechanics for Engineering Students: Isp 400, 350, 300 s, fractions 0.10, 0.15, 0.20, 5000 kg, 10 km/s:
    # eta 0.4668 s/km, ratios 4.541, 2.507, 1.361 [recalled]
    stages = [StageType(400 * G, 0.10), StageType(350 * G, 0.15), StageType(300 * G, 0.20)]
    found = optimum_staging(stages, 10e3, 5000.0)
    assert found.multiplier * 1e3 == pytest.approx(0.4668, abs=2e-4)
    assert found.mass_ratio == pytest.approx([4.541, 2.507, 1.361], rel=1e-3)
    assert found.delta_v.sum() == pytest.approx(10e3, rel=1e-9)
    assert found.liftoff_mass == pytest.approx(found.gross.sum() + 5000)
    assert found.dry / found.gross == pytest.approx([0.10, 0.15, 0.20])


def test_no_other_split_is_lighter():
    stages = [StageType(3000.0, 0.08), StageType(4300.0, 0.12)]
    best = optimum_staging(stages, 9300.0, 1000.0)

    def liftoff(first: float) -> float:
        n1, n2 = np.exp(first / 3000.0), np.exp((9300.0 - first) / 4300.0)
        second = 1000.0 * (n2 - 1) / (1 - 0.12 * n2)
        return 1000.0 + second + (1000.0 + second) * (n1 - 1) / (1 - 0.08 * n1)

    assert liftoff(best.delta_v[0]) == pytest.approx(best.liftoff_mass)
    for shift in (-200.0, -20.0, 20.0, 200.0):
        assert liftoff(best.delta_v[0] + shift) > best.liftoff_mass


def test_equal_stages_share_equally_and_too_much_is_impossible():
    found = optimum_staging([StageType(3500.0, 0.1)] * 2, 8000.0, 1.0)
    assert found.delta_v == pytest.approx([4000.0, 4000.0])
    with pytest.raises(ImpossibleError, match="beyond what stages"):
        optimum_staging([StageType(3000.0, 0.1)], 3000.0 * log(10) + 1, 1.0)


def test_a_stage_that_does_not_help_is_left_out():
    found = optimum_staging([StageType(4400.0, 0.08), StageType(1500.0, 0.6)], 6000.0, 1000.0)
    assert found.mass_ratio[1] == 1.0 and found.gross[1] == 0.0
