"""Modes of the chamber and cavities."""

import numpy as np
import pytest
from pydantic import ValidationError

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.acoustics import (
    AcousticCavity,
    acoustic_length,
    cavity_frequency,
    chamber_mach,
    chamber_modes,
    sound_speed,
    tuned_depth,
)
from osea_rocket.propulsion.propellants import find_propellant, mix
from osea_rocket.propulsion.thermo.rocket import solve_rocket
from osea_rocket.validation.acoustics import comparisons


def cavity(**changes):
    raw = {"mode": "1T", "count": 12, "depth": "80 mm", "diameter": "10 mm", "sound_speed": "800 m/s"} | changes
    return AcousticCavity.model_validate(raw, context={"from_file": True})


def test_published_chambers():
    assert all(row.met is not False for row in comparisons())
    assert sum(row.met is True for row in comparisons()) == 5


@pytest.mark.parametrize(
    ("name", "zero"),  # Abramowitz and Stegun (1964), table 9.5
    [("1T", 1.84118), ("2T", 3.05424), ("1R", 3.83171), ("3T", 4.20119), ("1T1R", 5.33144), ("2R", 7.01559)],
)
def test_transverse_modes_are_bessel_zeros(name, zero):
    assert chamber_modes(2.0, 1.0, 2.0 * np.pi).mode(name).frequency == pytest.approx(zero, rel=1e-5)


def test_combined_modes_add_in_squares():
    modes = chamber_modes(0.4, 0.5, 1500.0)
    f = {n: modes.mode(n).frequency for n in ("1L", "1T", "1L1T")}
    assert f["1L1T"] ** 2 == pytest.approx(f["1L"] ** 2 + f["1T"] ** 2)
    assert f["1L"] == pytest.approx(1500.0)
    assert [m.frequency for m in modes.modes] == sorted(m.frequency for m in modes.modes)


def test_flow_lowers_frequencies():
    still = chamber_modes(0.4, 0.5, 1500.0)
    moving = chamber_modes(0.4, 0.5, 1500.0, contraction_ratio=2.0, gamma=1.4)
    # A/A* = 2 at gamma 1.4: M = 0.3059 (NACA Report 1135)
    assert moving.mach == pytest.approx(0.3059, abs=1e-4)
    slow = 1.0 - moving.mach**2
    assert moving.mode("1T").frequency / still.mode("1T").frequency == pytest.approx(np.sqrt(slow))
    assert moving.mode("1L").frequency / still.mode("1L").frequency == pytest.approx(slow)
    assert chamber_mach(1.0, 1.2) == 1.0


def test_convergent_part_counts_by_its_volume():
    # no contraction: a plain cylinder; a vanishing throat: a cone, a third
    assert acoustic_length(1.0, 0.3, 1.0) == pytest.approx(1.3)
    assert acoustic_length(1.0, 0.3, 1e12) == pytest.approx(1.1, rel=1e-5)
    # exact low-frequency mode of a cylinder with a closed frustum, by Webster's horn equation on a fine grid
    ours = chamber_modes(0.4, 1.0, 1.0, convergent_length=0.15, contraction_ratio=4.0)
    slow = 1.0 - ours.mach**2
    assert ours.mode("1L").frequency / slow == pytest.approx(_webster(1.0, 0.15, 4.0), rel=0.01)


def _webster(cylinder, convergent, contraction):
    """First closed-closed mode [Hz at sound speed 1] of a duct with a frustum at its end, finite volumes."""
    from scipy.linalg import eigh

    n = 600
    x = np.linspace(0.0, cylinder + convergent, n + 1)

    def area(z):
        s = np.clip((z - cylinder) / convergent, 0.0, 1.0)
        return (1.0 - s * (1.0 - 1.0 / np.sqrt(contraction))) ** 2

    h = x[1] - x[0]
    faces, volume = area(x[1:-1]) / h, area(0.5 * (x[1:] + x[:-1])) * h
    stiff = np.diag(np.r_[faces, 0.0] + np.r_[0.0, faces]) - np.diag(faces, 1) - np.diag(faces, -1)
    values = eigh(stiff, np.diag(volume), eigvals_only=True, subset_by_index=[1, 1])
    return float(np.sqrt(values[0]) / (2.0 * np.pi))


def test_sound_speed_of_the_gibbs_chamber():
    chamber = solve_rocket(mix(find_propellant("LOX"), find_propellant("LH2"), 5.6), 100e5).chamber
    # a² = gamma_s p / rho, by quite other columns of the solution
    assert sound_speed(chamber) == pytest.approx(
        np.sqrt(chamber.gamma_s * chamber.pressure / chamber.density), rel=1e-6
    )
    assert sound_speed(chamber, c_star_efficiency=0.9) == pytest.approx(0.9 * sound_speed(chamber))


def test_cavities():
    slot = cavity()
    # 80 mm + 8/(3 pi) 5 mm
    assert cavity_frequency(slot, 800.0) == pytest.approx(800.0 / (4 * 0.0842441), rel=1e-5)
    resonator = cavity(kind="Helmholtz", volume="20 cm^3")
    for c in (slot, resonator):
        depth = tuned_depth(c, 800.0, cavity_frequency(c, 800.0))
        assert depth == pytest.approx(c.depth)
    assert tuned_depth(slot, 800.0, 1e6) is None


def test_tuning_is_told():
    modes = chamber_modes(
        0.4, 0.5, 1500.0, cavities=(cavity(), cavity(depth="85.8 mm", mode="1T", sound_speed="790 m/s"))
    )
    off, near = modes.findings[0], modes.cavities[1]
    assert abs(near.frequency / near.mode_frequency - 1.0) < 0.05
    assert off.rule == "acoustics.cavity"
    far = chamber_modes(0.4, 0.5, 1500.0, cavities=(cavity(depth="40 mm"),)).findings[0]
    assert far.severity == Severity.WARN and "would meet it" in far.message
    warm = cavity(sound_speed=None, temperature="800 K")
    assert chamber_modes(0.4, 0.5, 1500.0, cavities=(warm,), chamber_temperature=3200.0).cavities[
        0
    ].frequency == pytest.approx(750.0 / (4 * 0.0842441), rel=1e-5)
    assert type(modes).from_json(modes.to_json()) == modes


@pytest.mark.parametrize(
    "changes", [{"mode": "1X"}, {"kind": "Helmholtz"}, {"temperature": "800 K"}, {"volume": "1 cm^3"}]
)
def test_bad_cavities(changes):
    with pytest.raises(ValidationError):
        cavity(**changes)


def test_bad_chambers():
    with pytest.raises(InputError, match="diameter"):
        chamber_modes(0.0, 0.5, 1500.0)
    with pytest.raises(InputError, match="contraction"):
        chamber_modes(0.4, 0.5, 1500.0, convergent_length=0.1)
    with pytest.raises(InputError, match="narrower"):
        chamber_modes(0.4, 0.5, 1500.0, contraction_ratio=0.5)
    with pytest.raises(InputError, match="no acoustic mode '9T'"):
        chamber_modes(0.4, 0.5, 1500.0, cavities=(cavity(mode="9T"),))
    with pytest.raises(InputError, match="temperature"):
        chamber_modes(0.4, 0.5, 1500.0, cavities=(cavity(sound_speed=None, temperature="800 K"),))
