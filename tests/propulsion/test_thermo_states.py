import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError, UndecidedError
from osea_rocket.propulsion.thermo.reactants import blend, mixture_of, reactant
from osea_rocket.propulsion.thermo.species import GAS_CONSTANT, species_formula, species_of
from osea_rocket.propulsion.thermo.states import Equilibrium, solve_state
from osea_rocket.propulsion.thermo.table import QUANTITIES, compiled_look_up, look_up, thermo_table

ANY = [
    mixture_of(reactant("LOX"), reactant("LCH4"), 0.4),  # soot
    mixture_of(reactant("LOX"), reactant("RP-1"), 2.6),
    mixture_of(reactant("NTO"), reactant("MMH"), 2.0),
    mixture_of(None, blend([(reactant("AP"), 0.7), (reactant("HTPB"), 0.12), (reactant("Al(cr)"), 0.18)]), 0.0),
]


def amounts_of(state, mixture):
    """Names and kmol/kg."""
    return state.species, state.mole_fractions / (state.molar_mass * 1e3)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ANY), st.floats(500.0, 4500.0), st.floats(4.0, 7.7))
def test_atoms_are_kept(mixture, temperature, log_pressure):
    state = solve_state(mixture, 10.0**log_pressure, temperature=temperature, trace=0.0)
    names, n = amounts_of(state, mixture)
    for element, amount in mixture.atoms:
        held = sum(x * species_formula(name).get(element, 0.0) for name, x in zip(names, n, strict=True))
        assert held == pytest.approx(amount, rel=1e-8)


def gibbs_energy(species, n, temperature, pressure):
    """G/RT of any composition, summed by hand from the polynomials."""
    from osea_rocket.propulsion.thermo.state import phase_properties, polynomial

    g = len(species.gases)
    rows = species.bank.gas[0 if temperature < species.bank.split else 1]
    total = n[:g].sum()
    energy = 0.0
    for j in np.flatnonzero(n[:g] > 0.0):
        energy += n[j] * (
            polynomial(np.ascontiguousarray(rows[:, j]), temperature)[2] + np.log(n[j] / total * pressure / 1e5)
        )
    for c in np.flatnonzero(n[g:] != 0.0):
        energy += n[g + c] * phase_properties(species.bank, c, temperature)[2]
    return energy


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(ANY), st.floats(900.0, 4000.0), st.floats(4.5, 7.5), st.integers(0, 10**6))
def test_no_other_composition_has_less_gibbs_energy(mixture, temperature, log_pressure, seed):
    """Move along random reactions that keep the atoms: the Gibbs energy rises."""
    pressure = 10.0**log_pressure
    state = solve_state(mixture, pressure, temperature=temperature, trace=0.0)
    species = species_of(tuple(e for e, _ in mixture.atoms))
    names = (*species.gases, *species.phases)
    found = dict(zip(*amounts_of(state, mixture), strict=True))
    n = np.array([found.get(name, 0.0) for name in names])
    atoms = np.hstack([species.bank.gas_atoms, species.bank.phase_atoms])
    present = np.flatnonzero(n > 1e-7)
    least = gibbs_energy(species, n, temperature, pressure)
    rng = np.random.default_rng(seed)
    _, sizes, rows = np.linalg.svd(atoms[:, present])
    reactions = rows[np.sum(sizes > 1e-9) :]
    for _ in range(5):
        move = rng.normal(size=len(reactions)) @ reactions if len(reactions) else np.zeros(len(present))
        largest = np.max(np.abs(move) / n[present], initial=0.0)
        if largest == 0.0:
            return
        moved = n.copy()
        moved[present] += 0.02 * move / largest
        assert gibbs_energy(species, moved, temperature, pressure) >= least - 1e-12


@pytest.mark.parametrize("mixture", ANY, ids=lambda m: m.label[:12])
def test_the_three_problems_agree(mixture):
    at_t = solve_state(mixture, 5e6, temperature=1800.0)
    at_h = solve_state(mixture, 5e6, enthalpy=at_t.enthalpy)
    at_s = solve_state(mixture, 5e6, entropy=at_t.entropy)
    assert at_h.temperature == pytest.approx(1800.0, abs=1e-4)
    assert at_s.temperature == pytest.approx(1800.0, abs=1e-4)
    assert at_s.enthalpy == pytest.approx(at_t.enthalpy, rel=1e-7)
    assert Equilibrium.from_json(json.loads(json.dumps(at_t.to_json()))).same_as(at_t)


@pytest.mark.parametrize("mixture", ANY, ids=lambda m: m.label[:12])
def test_heat_capacity_and_gamma_agree_with_differences(mixture):
    state = solve_state(mixture, 5e6, temperature=1700.0)
    up, down = (solve_state(mixture, 5e6, temperature=1700.0 + d) for d in (0.2, -0.2))
    assert state.cp == pytest.approx((up.enthalpy - down.enthalpy) / 0.4, rel=1e-5)
    up, down = (solve_state(mixture, 5e6 * f, entropy=state.entropy) for f in (1.001, 0.999))
    assert state.gamma_s == pytest.approx(
        np.log(up.pressure / down.pressure) / np.log(up.density / down.density), rel=1e-5
    )


def test_soot_against_cantera_with_two_phases():
    """TP with C(gr): the carbon activity that the gas alone would have, found by Cantera, is one."""
    from osea_rocket.propulsion.equilibrium import gas_of

    mixture = ANY[0]
    state = solve_state(mixture, 5e6, temperature=1400.0, trace=0.0)
    assert "C(gr)" in state.species
    names, n = amounts_of(state, mixture)
    soot = float(n[names.index("C(gr)")])
    of_gas = 1.0 - soot * 12.0107  # kg of gas per kg
    left = tuple((e, (amount - (soot if e == "C" else 0.0)) / of_gas) for e, amount in mixture.atoms)
    gas = gas_of(("C", "H", "O"))
    theirs = gas._at_temperature(type(mixture)(left, 0.0, 1.0, "gas beside soot"), 1400.0, 5e6)
    fractions = dict(zip(*gas.mole_fractions(theirs, 1e-6), strict=True))
    share = 1.0 - soot * state.molar_mass * 1e3
    for name in ("H2", "CO", "CH4", "H2O", "CO2"):
        ours = float(state.mole_fractions[state.species.index(name)]) / share
        assert ours == pytest.approx(fractions[name], rel=1e-7)


def test_an_inert_gas_stays():
    mixture = mixture_of(reactant("LOX"), blend([(reactant("LH2"), 0.9), (reactant("Ar"), 0.1)]), 4.0)
    state = solve_state(mixture, 1e6)
    assert "Ar" in state.species
    assert state.enthalpy == pytest.approx(mixture.enthalpy, abs=1.0)


def test_bad_states():
    with pytest.raises(InputError, match="one of temperature"):
        solve_state(ANY[1], 1e6, temperature=1e3, enthalpy=0.0)
    for temperature in (100.0, 9000.0, float("nan")):
        with pytest.raises(InputError, match="range of the species data"):
            solve_state(ANY[1], 1e6, temperature=temperature)
    with pytest.raises(InputError, match="pressure"):
        solve_state(ANY[1], 0.0)
    for enthalpy in (-1e9, 1e9):
        with pytest.raises(UndecidedError, match="no equilibrium found"):
            solve_state(ANY[1], 1e6, enthalpy=enthalpy)


def test_gas_constant_is_codata():
    assert pytest.approx(8314.46261815324) == GAS_CONSTANT


@pytest.fixture(scope="module")
def table():
    return thermo_table(reactant("LOX"), reactant("LCH4"), (2.6, 4.0), (30e5, 200e5), 40.0, points=(15, 9))


def test_table_error_is_small_and_measured(table):
    assert np.all(table.error[:3] < 1e-5)
    assert table.error[3] < 2e-3  # gamma at the exit bends sharply at the stoichiometric ratio


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_table_is_one_in_python_numba_and_casadi(table, quantity):
    grid, function = table.grid(quantity), table.casadi(quantity)
    for ratio, pressure in ((3.33, 1e7), (2.6, 30e5), (4.0, 200e5), (1.0, 1e9)):
        ours = look_up(grid, ratio, pressure)
        assert float(function(ratio, pressure)) == pytest.approx(ours, rel=1e-12)
        assert compiled_look_up()(grid, ratio, pressure) == pytest.approx(ours, rel=1e-12)


def test_table_refuses_what_it_cannot_hold():
    with pytest.raises(InputError, match="ascending"):
        thermo_table(reactant("LOX"), reactant("LCH4"), (4.0, 2.6), (30e5, 200e5), 40.0)
    with pytest.raises(UndecidedError, match="make the table smaller"):
        thermo_table(reactant("LOX"), reactant("LH2"), (0.3, 0.6), (3e5, 20e5), 300.0, points=(4, 4))
