"""The Cantera reference behind ``solve_rocket``, and both solvers side by side."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError, UndecidedError
from osea_rocket.propulsion.propellants import Mixture, find_propellant, mix
from osea_rocket.propulsion.thermo.rocket import MODES, SOLVERS, RocketSolution, solve_rocket

KEROLOX = mix(find_propellant("LOX"), find_propellant("RP-1"), 2.36)
HYDROLOX = mix(find_propellant("LOX"), find_propellant("LH2"), 6.0)
SOOTLESS = [
    ("LOX", "RP-1", 2.36),
    ("LOX", "LCH4", 3.4),
    ("LOX", "LNH3", 1.4),
    ("NTO", "MMH", 1.9),
    ("N2O", "ethanol", 5.0),
    ("H2O2-98", "C3H8(L)", 7.0),
]
G0 = 9.80665


def rocket(
    mixture: Mixture, pressure: float, area_ratios=(), *, expansion: Any = "equilibrium", **more
) -> RocketSolution:
    return solve_rocket(mixture, pressure, mode=expansion, area_ratios=area_ratios, solver="cantera", **more)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("pair", SOOTLESS, ids=lambda p: f"{p[0]}/{p[1]}")
def test_two_solvers_one_answer(pair, mode):
    """Every station of both; what is compared is computed by different equations in different languages."""
    mixture = mix(find_propellant(pair[0]), find_propellant(pair[1]), pair[2])
    asked = {"area_ratios": (1.0, 4.0), "subsonic_area_ratios": (2.0,), "pressure_ratios": (1.2, 30.0)}
    one, other = (solve_rocket(mixture, 7e6, mode=mode, **asked, solver=s) for s in SOLVERS)
    assert (one.solver, other.solver) == SOLVERS
    assert one.c_star == pytest.approx(other.c_star, rel=1e-8)
    for a, b in zip(
        (one.chamber, one.throat, *one.stations), (other.chamber, other.throat, *other.stations), strict=True
    ):
        assert a.station == b.station
        for name in ("temperature", "pressure", "density", "gamma_s", "cp_frozen", "molar_mass", "speed"):
            assert getattr(a, name) == pytest.approx(getattr(b, name), rel=3e-7, abs=1e-6), (a.station, name)
        assert a.species[:5] == b.species[:5]
        assert a.mole_fractions[:5] == pytest.approx(b.mole_fractions[:5], rel=1e-6)


def test_two_solvers_one_finite_area_chamber():
    how = {"area_ratios": (16.0,), "contraction_ratio": 2.5}
    one, other = (solve_rocket(KEROLOX, 9.7e6, **how, solver=s) for s in SOLVERS)
    assert one.combustion_end is not None and other.combustion_end is not None
    assert one.chamber.pressure == pytest.approx(other.chamber.pressure, rel=1e-7)
    assert one.combustion_end.pressure == pytest.approx(other.combustion_end.pressure, rel=1e-7)
    assert one.isp() == pytest.approx(other.isp(), rel=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["equilibrium", "frozen_chamber", "frozen_throat"]), st.floats(1.0, 200.0), st.floats(5.5, 7.5))
def test_conservation_along_the_nozzle(expansion, ratio, log_pressure):
    p = rocket(KEROLOX, 10.0**log_pressure, (ratio,), expansion=expansion)
    station = p.stations[0]
    flux = p.throat.density * p.throat.speed
    assert flux / (station.density * station.speed) == pytest.approx(ratio, rel=3e-8)  # mass
    assert station.enthalpy + station.speed**2 / 2 == pytest.approx(p.chamber.enthalpy, abs=0.01)  # energy
    assert station.entropy == pytest.approx(p.chamber.entropy, rel=1e-9)
    assert p.throat.mach == pytest.approx(1.0, abs=1e-7) if expansion != "frozen_throat" else True
    assert p.c_star == pytest.approx(10.0**log_pressure / flux, rel=1e-12)


def test_throat_is_where_the_mass_flux_is_largest():
    p = rocket(HYDROLOX, 1e7, (1.02,))
    at_throat = p.throat.density * p.throat.speed
    assert p.stations[0].density * p.stations[0].speed < at_throat
    assert p.throat.pressure / p.chamber.pressure == pytest.approx(0.57, abs=0.03)


def test_expansions_are_ordered():
    isp = {
        e: rocket(KEROLOX, 9.7e6, (16.0,), expansion=e).isp()
        for e in ("equilibrium", "frozen_throat", "frozen_chamber")
    }
    assert isp["equilibrium"] > isp["frozen_throat"] > isp["frozen_chamber"] > 300.0


def test_ambient_pressure_and_thrust_coefficient():
    p = rocket(KEROLOX, 9.7e6, (16.0, 40.0))
    for i, ratio in enumerate((16.0, 40.0)):
        by_area = p.isp(i) - 101325.0 * ratio * p.c_star / (9.7e6 * G0)
        assert p.isp(i, 101325.0) == pytest.approx(by_area, rel=1e-7)
        assert p.isp(i, p.stations[i].pressure) == pytest.approx(p.stations[i].isp_matched, rel=1e-12)
        assert p.thrust_coefficient(i) == pytest.approx(p.stations[i].thrust_coefficient_vacuum, rel=1e-12)


def test_area_ratio_one_is_the_throat():
    p = rocket(KEROLOX, 9.7e6, (1.0,))
    assert p.stations[0].pressure == p.throat.pressure
    close = rocket(KEROLOX, 9.7e6, (1.0001,))
    assert close.stations[0].pressure == pytest.approx(p.throat.pressure, rel=0.03)


def test_order_of_area_ratios_does_not_matter():
    up = rocket(KEROLOX, 9.7e6, (5.0, 50.0))
    down = rocket(KEROLOX, 9.7e6, (50.0, 5.0))
    assert up.isp(0) == pytest.approx(down.isp(1), rel=1e-9)


def test_result_survives_a_file():
    p = rocket(KEROLOX, 9.7e6, (16.0,))
    assert RocketSolution.from_json(json.loads(json.dumps(p.to_json()))).same_as(p)
    assert p.stations[0].species[:2] == ("H2O", "CO")
    assert float(np.sum(p.stations[0].mole_fractions)) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("ratio", [0.99, 0.0, -3.0, 1e5, float("nan")])
def test_area_ratio_out_of_range(ratio):
    with pytest.raises(InputError, match="area ratio"):
        rocket(KEROLOX, 9.7e6, (ratio,))


@pytest.mark.parametrize("pressure", [0.0, -1e6, 10.0, 1e9, float("nan")])
def test_chamber_pressure_out_of_range(pressure):
    with pytest.raises(InputError, match="chamber pressure"):
        rocket(KEROLOX, pressure, (16.0,))


def test_condensation_in_the_nozzle_is_refused():
    fuel_rich = mix(find_propellant("LOX"), find_propellant("LH2"), 2.0)
    assert rocket(fuel_rich, 1e7, (16.0,)).isp() > 300
    with pytest.raises(UndecidedError, match="would form"):
        rocket(fuel_rich, 1e7, (400.0,))
    with pytest.raises(UndecidedError, match="range of the species data"):
        rocket(fuel_rich, 1e7, (400.0,), expansion="frozen_chamber")
