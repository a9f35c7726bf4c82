"""Erosive burning, and integrations that must end."""

from math import exp
from typing import Any

import numpy as np
import pytest

from osea_rocket.core.errors import InputError, UndecidedError
from osea_rocket.propulsion.solids import march
from osea_rocket.propulsion.solids.document import SolidMotor
from osea_rocket.propulsion.solids.erosive import eroded_rate, heat_factor
from osea_rocket.propulsion.solids.performance import solid_performance

PROPERTIES = {"gas_temperature": 3300.0, "gas_heat_capacity": 2000.0, "gas_viscosity": 9e-5, "prandtl": 0.5,
              "solid_heat_capacity": 1300.0, "surface_temperature": 900.0}  # fmt: skip


def motor(erosive: dict[str, float] | None = None, **changes: Any) -> SolidMotor:
    law = {"rate": 0.007, "at": 5e6, "exponent": 0.35, "pressures": (1e5, 3e7)}
    base = {
        "name": "long",
        "grain": [{"shape": "bates", "count": 3, "length": 0.2, "outer_diameter": 0.09, "core_diameter": 0.03}],
        "propellant": {"name": "p", "density": 1700.0, "burn_rate": [law], "gas": {"c_star": 1550.0, "gamma": 1.2},
                       "erosive": erosive},
        "nozzle": {"throat_diameter": 0.026, "exit_diameter": 0.06, "half_angle": 0.26, "efficiency": 0.95},
    }  # fmt: skip
    return SolidMotor.model_validate(base | changes)


@pytest.mark.parametrize("flux", [50.0, 500.0, 3000.0])
@pytest.mark.parametrize("beta", [0.0, 53.0, 200.0])
def test_the_rate_solves_its_equation(flux: float, beta: float) -> None:
    r = eroded_rate(0.006, flux, 0.6, 2e-5, beta, 1700.0)
    assert r == pytest.approx(0.006 + 2e-5 * flux**0.8 * 0.6**-0.2 * exp(-beta * 1700.0 * r / flux), rel=1e-12)


def test_without_flow_the_rate_is_the_pressures() -> None:
    assert eroded_rate(0.006, 0.0, 0.6, 2e-5, 53.0, 1700.0) == 0.006


def test_heat_factor_is_the_flat_plates() -> None:
    m = motor(PROPERTIES)
    assert m.propellant.erosive is not None
    by_hand = 0.0288 * 2000.0 * 9e-5**0.2 * 0.5 ** (-2 / 3) / (1700.0 * 1300.0) * 2400.0 / (900.0 - 294.26)
    assert heat_factor(m.propellant.erosive, 1700.0, 294.26) == pytest.approx(by_hand, rel=1e-14)


def test_no_heat_is_no_erosion() -> None:
    """A gas that carries no heat must give the firing without erosion, though the grain is then marched in cells."""
    plain, cold = solid_performance(motor()), solid_performance(motor(PROPERTIES | {"gas_heat_capacity": 1e-6}))
    assert cold.peak_pressure == pytest.approx(plain.peak_pressure, rel=1e-5)
    assert cold.total_impulse == pytest.approx(plain.total_impulse, rel=1e-5)
    assert cold.action_time == pytest.approx(plain.action_time, rel=1e-4)
    assert cold.center_of_mass[0] == pytest.approx(0.3, rel=1e-9)


def test_erosion_raises_the_first_pressure_and_lets_the_aft_end_go_first() -> None:
    plain, eroded = solid_performance(motor()), solid_performance(motor(PROPERTIES))
    early = 0.05 * plain.action_time
    assert np.interp(early, eroded.time, eroded.pressure) > 1.1 * np.interp(early, plain.time, plain.pressure)
    assert eroded.mass_balance < 1e-6
    assert np.trapezoid(eroded.mass_flow, eroded.time) == pytest.approx(eroded.propellant_mass_initial, rel=3e-3)
    late = np.searchsorted(-eroded.propellant_mass, -0.1 * eroded.propellant_mass_initial)
    assert eroded.center_of_mass[late] < 0.29  # towards the head
    half = [np.interp(-0.5 * r.propellant_mass_initial, -r.propellant_mass, r.time) for r in (plain, eroded)]
    assert half[1] < 0.95 * half[0]


def test_erosion_needs_the_transient() -> None:
    with pytest.raises(ValueError, match="needs 'transient'"):
        motor(PROPERTIES, ballistics="quasi-steady")
    with pytest.raises(ValueError, match="not above the surface"):
        motor(PROPERTIES | {"gas_temperature": 800.0})


def test_a_chamber_without_volume_is_refused() -> None:
    grain = [{"shape": "end burner", "length": 0.3, "outer_diameter": 0.12}]
    nozzle = {"throat_diameter": 0.005, "exit_diameter": 0.012, "half_angle": 0.26, "efficiency": 0.95}
    with pytest.raises(InputError, match="free_volume"):
        solid_performance(motor(grain=grain, nozzle=nozzle))


def test_a_march_without_end_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(march, "_STEPS", 50)
    with pytest.raises(UndecidedError, match="not over after 51 steps"):
        solid_performance(motor())


def test_laws_that_do_not_join_end_in_time() -> None:
    """A rate that falls at once by half where the pressure would rise: the pressure must stay at that border, or say so."""
    laws = [{"rate": 0.007, "at": 5e6, "exponent": 0.35, "pressures": (1e5, 3e6)},
            {"rate": 0.0035, "at": 5e6, "exponent": 0.35, "pressures": (3e6, 3e7)}]  # fmt: skip
    propellant = {"name": "p", "density": 1700.0, "burn_rate": laws, "gas": {"c_star": 1550.0, "gamma": 1.2}}
    try:
        r = solid_performance(motor(propellant=propellant))
    except UndecidedError:
        return
    assert r.mass_balance < 1e-6
