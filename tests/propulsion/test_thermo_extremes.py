"""All propellant pairs over the whole range of input: an answer is exact, or it is no number. And CEA's figures for them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.errors import UndecidedError
from osea_rocket.propulsion.thermo.reactants import blend, mixture_of, reactant
from osea_rocket.propulsion.thermo.rocket import MODES, solve_rocket
from osea_rocket.propulsion.thermo.species import species_formula
from osea_rocket.propulsion.thermo.states import solve_state
from osea_rocket.validation.equilibrium import PERFORMANCE, TEMPERATURE, other_errors, other_propellants

OXIDIZERS = ["LOX", "NTO", "H2O2-70", "H2O2-90", "H2O2-98", "N2O", "N2O(L)", "MON-3", "MON-25"]
FUELS = ["LCH4", "LH2", "RP-1", "C3H8(L)", "ethanol", "ethanol-75", "LNH3", "MMH", "UDMH"]
FUELS += ["A50", "UH25", "N2H4(L)", "HTPB", "Al(cr)"]


def log(low, high):
    return st.floats(np.log(low), np.log(high)).map(lambda x: min(max(float(np.exp(x)), low), high))


def check(solution, mixture, area_ratio):
    stations = (solution.chamber, solution.throat, *solution.stations)
    flux = solution.throat.density * solution.throat.speed
    for s in stations:
        values = [s.temperature, s.pressure, s.density, s.enthalpy, s.entropy, s.gamma_s, s.cp_frozen, s.speed]
        assert np.all(np.isfinite(values)) and 199.9 < s.temperature < 6000.1 and s.gamma_s > 0.0
        assert s.enthalpy + s.speed**2 / 2 == pytest.approx(mixture.enthalpy, rel=1e-8, abs=5.0)
        assert s.entropy == pytest.approx(solution.chamber.entropy, rel=1e-8)
        kilograms = s.molar_mass * 1e3
        for element, amount in mixture.atoms:
            held = sum(
                x * species_formula(n).get(element, 0.0) for n, x in zip(s.species, s.mole_fractions, strict=True)
            )
            # species below 5e-6 are not in the list
            assert held / kilograms == pytest.approx(amount, rel=1e-3, abs=2e-3 / kilograms)
    assert flux / (stations[2].density * stations[2].speed) == pytest.approx(area_ratio, rel=1e-6)
    assert solution.c_star * flux == pytest.approx(solution.chamber.pressure, rel=1e-12)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(OXIDIZERS), st.sampled_from(FUELS), log(0.05, 500.0), log(1e3, 1e8), log(1.0, 1000.0), st.sampled_from(MODES)
)  # fmt: skip
def test_exact_or_no_number(oxidizer, fuel, ratio, pressure, area_ratio, mode):
    mixture = mixture_of(reactant(oxidizer), reactant(fuel), ratio)
    try:
        solution = solve_rocket(mixture, pressure, mode=mode, area_ratios=(area_ratio,))
    except UndecidedError as error:
        assert "not found: " in error.message
        return
    check(solution, mixture, area_ratio)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.55, 0.9), st.floats(0.0, 0.25), log(1e5, 2e7), log(1.5, 100.0))
def test_solid_propellants_melt_and_freeze(perchlorate, aluminium, pressure, area_ratio):
    binder = 1.0 - perchlorate - aluminium
    if binder < 0.05:
        return
    parts = [("AP", perchlorate), ("HTPB", binder), ("Al(cr)", aluminium)]
    mixture = mixture_of(None, blend([(reactant(name), share) for name, share in parts]), 0.0)
    check(solve_rocket(mixture, pressure, area_ratios=(area_ratio,)), mixture, area_ratio)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(OXIDIZERS[:-2]),
    st.sampled_from(FUELS[:9]),
    st.floats(0.5, 1.8),
    log(1e5, 2e7),
    st.floats(1.0, 60.0),
)
def test_where_engines_work_there_is_an_answer(oxidizer, fuel, richness, pressure, area_ratio):
    """Around the best mixture ratio, which is near the one at which the oxygen just burns everything."""
    o, f = reactant(oxidizer), reactant(fuel)

    def need(atoms):  # oxygen atoms wanted per kilogram
        return 2.0 * atoms.get("C", 0.0) + 0.5 * atoms.get("H", 0.0) - atoms.get("O", 0.0)

    ratio = richness * 0.75 * need(f.atoms) / -need(o.atoms)
    mixture = mixture_of(o, f, ratio)
    check(solve_rocket(mixture, pressure, area_ratios=(area_ratio,)), mixture, area_ratio)


def test_ice_that_has_not_formed_yet():
    """Oxygen-rich and cold: without ice the gas would be below the data's 200 K, with it above."""
    state = solve_state(mixture_of(reactant("LOX"), reactant("LCH4"), 162.0), 12260.0)
    assert state.temperature > 200.0 and "H2O(cr)" in state.species


def test_an_area_ratio_beyond_the_data_is_no_number():
    """The isentrope ends at 200 K before the area ratio is reached."""
    with pytest.raises(UndecidedError, match="outside the range"):
        solve_rocket(mixture_of(reactant("LOX"), reactant("UH25"), 49.0), 250489.0, area_ratios=(361.0,))


@pytest.mark.parametrize("case", other_propellants(), ids=lambda c: c["propellants"])
def test_other_propellants_against_cea(case):
    for mode in case["modes"]:
        found = other_errors(case, mode)
        assert np.max(np.abs(found["c_star"])) < PERFORMANCE / 5.0, mode
        assert np.max(np.abs(found["isp"])) < PERFORMANCE / 5.0, mode
        assert np.max(np.abs(found["chamber"])) < TEMPERATURE / 5.0, mode
        assert np.max(np.abs(found["temperature"])) < TEMPERATURE / 5.0, mode
        assert np.max(np.abs(found["pressure"])) < 5e-5, mode
