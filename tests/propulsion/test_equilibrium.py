import cantera as ct
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.errors import UndecidedError
from osea_rocket.propulsion.equilibrium import cantera_data, gas_of
from osea_rocket.propulsion.propellants import Mixture, find_propellant, mix

LOX = find_propellant("LOX")


def gas_and_mixture(fuel, ratio):
    mixture = mix(LOX, find_propellant(fuel), ratio)
    return gas_of(tuple(symbol for symbol, _ in mixture.atoms)), mixture


def cantera_species(kind="species"):
    data = cantera_data(("C", "H", "O"))
    return {s["name"]: ct.Species.from_dict(s) for s in data[kind]}


def test_species_data_are_complete():
    gas = gas_of(("C", "H", "O"))
    assert len(gas.species) == 121  # neutral gases of C, H, O among the products of thermo.inp
    assert len(gas_of(("H", "O")).species) == 9
    assert set(cantera_species("condensed")) == {"C(gr)", "H2O(L)", "H2O(cr)"}


@pytest.mark.parametrize(
    ("species", "formation"),  # kJ/mol at 298.15 K: McBride, Zehe, Gordon, NASA/TP-2002-211556, table of species
    [
        ("H2O", -241.826),
        ("CO2", -393.510),
        ("CO", -110.535),
        ("OH", 37.278),
        ("CH4", -74.600),
        ("H2", 0.0),
        ("O2", 0.0),
    ],
)
def test_formation_enthalpies(species, formation):
    data = {name: s.thermo for name, s in cantera_species().items()}
    assert data[species].h(298.15) / 1e6 == pytest.approx(formation, abs=0.003)
    assert data[species].reference_pressure == 1e5


def test_polynomials_join():
    """Heat capacity and enthalpy of every species are continuous where its intervals meet."""
    for s in cantera_species().values():
        below, above = s.thermo.cp(1000 * (1 - 1e-12)), s.thermo.cp(1000 * (1 + 1e-12))
        assert below == pytest.approx(above, rel=2e-3), s.name
        below, above = s.thermo.h(1000 * (1 - 1e-12)), s.thermo.h(1000 * (1 + 1e-12))
        assert below == pytest.approx(above, abs=1e-4 * ct.gas_constant * 1000), s.name


@pytest.mark.parametrize(("fuel", "ratio"), [("RP-1", 2.6), ("LCH4", 3.4), ("LH2", 6.0)])
def test_derivatives_agree_with_differences(fuel, ratio):
    gas, mixture = gas_and_mixture(fuel, ratio)
    state = gas.at_enthalpy(mixture, 1e7)
    d = 1e-4
    up, down = (gas._at_temperature(mixture, state.temperature * f, 1e7) for f in (1 + d, 1 - d))
    assert (up.enthalpy - down.enthalpy) / (2 * d * state.temperature) == pytest.approx(state.cp, rel=1e-5)
    up, down = (gas.at_entropy(mixture, 1e7 * f, state.entropy, guess=3500.0) for f in (1 + d, 1 - d))
    gamma = np.log(up.pressure / down.pressure) / np.log(up.density / down.density)
    assert gamma == pytest.approx(state.gamma_s, rel=1e-6)
    frozen = gas.frozen(state)
    up, down = (gas.frozen_at_entropy(frozen, 1e7 * f, state.entropy, guess=3500.0) for f in (1 + d, 1 - d))
    gamma = np.log(up.pressure / down.pressure) / np.log(up.density / down.density)
    assert gamma == pytest.approx(frozen.gamma_s, rel=1e-6)
    assert frozen.gamma_s > state.gamma_s


@pytest.mark.parametrize(
    ("reaction", "pressure"), [({"H2O": 1, "OH": -1, "H": -1}, 1e6), ({"CO2": 1, "CO": -1, "O": -1}, 1e7)]
)
def test_mass_action_law(reaction, pressure):
    """The composition obeys K_p computed by hand from the species' Gibbs energies."""
    gas, mixture = gas_and_mixture("RP-1", 2.6)
    state = gas.at_enthalpy(mixture, pressure)
    names, x = gas.mole_fractions(state, 0.0)
    fraction = dict(zip(names, x, strict=True))
    data = {name: s.thermo for name, s in cantera_species().items()}
    t = state.temperature
    gibbs = sum(n * (data[s].h(t) / t - data[s].s(t)) / ct.gas_constant for s, n in reaction.items())
    quotient = sum(n * np.log(fraction[s] * pressure / 1e5) for s, n in reaction.items())
    assert quotient == pytest.approx(-gibbs, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([("RP-1", 1.4, 20.0), ("LCH4", 1.6, 20.0), ("LH2", 1.0, 60.0)]),
    st.floats(0.0, 1.0),
    st.floats(4.0, 8.0),
)
def test_energy_and_atoms_are_kept(fuel, place, log_pressure):
    name, low, high = fuel
    gas, mixture = gas_and_mixture(name, low * (high / low) ** place)
    state = gas.at_enthalpy(mixture, 10.0**log_pressure)
    assert state.enthalpy == pytest.approx(mixture.enthalpy, abs=1e-3)
    counts = {s: gas._counts[:, i] for i, s in enumerate(gas.species)}
    names, x = gas.mole_fractions(state, 0.0)
    atoms = sum(counts[s] * f for s, f in zip(names, x, strict=True)) / (state.molar_mass * 1e3)
    assert atoms == pytest.approx([n for _, n in mixture.atoms], rel=1e-8)


def test_answer_does_not_depend_on_earlier_work():
    gas, mixture = gas_and_mixture("RP-1", 2.36)
    first = gas.at_enthalpy(mixture, 9.7e6)
    gas.at_enthalpy(mix(LOX, find_propellant("RP-1"), 30.0), 1e5)
    again = gas.at_enthalpy(mixture, 9.7e6)
    assert again.temperature == first.temperature
    assert np.array_equal(again.mass_fractions, first.mass_fractions)


@pytest.mark.parametrize(("fuel", "ratio", "product"), [("RP-1", 0.4, r"C\(gr\)"), ("RP-1", 100.0, r"H2O\(L\)")])
def test_condensed_products_are_refused(fuel, ratio, product):
    gas, mixture = gas_and_mixture(fuel, ratio)
    with pytest.raises(UndecidedError, match=f"{product} would form"):
        gas.at_enthalpy(mixture, 1e7)


@pytest.mark.parametrize("enthalpy", [-1e9, 1e9])
def test_no_state_is_an_error_not_a_number(enthalpy):
    gas, mixture = gas_and_mixture("RP-1", 2.6)
    impossible = Mixture(mixture.atoms, enthalpy, mixture.oxidizer_fuel_ratio, mixture.label)
    with pytest.raises(UndecidedError, match="no equilibrium found"):
        gas.at_enthalpy(impossible, 1e7)


def test_states_are_read_only():
    gas, mixture = gas_and_mixture("LH2", 6.0)
    state = gas.at_enthalpy(mixture, 1e7)
    with pytest.raises(ValueError, match="read-only"):
        state.mass_fractions[0] = 1.0
