import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError
from osea_rocket.propulsion.equilibrium import gas_of
from osea_rocket.propulsion.propellants import (
    ATOMIC_WEIGHTS,
    find_propellant,
    mix,
    parse_formula,
    propellant_table,
)


@pytest.mark.parametrize(
    ("text", "atoms"),
    [("C H1.95", {"C": 1.0, "H": 1.95}), ("O2", {"O": 2.0}), ("C2H5OH", {"C": 2.0, "H": 6.0, "O": 1.0})],
)
def test_formula(text, atoms):
    assert parse_formula(text) == atoms


@pytest.mark.parametrize("text", ["", "  ", "H2O!", "2H", "C-4", "h2", "C H-1", "O0"])
def test_bad_formula(text):
    with pytest.raises(ValueError, match=r"formula|positive"):
        parse_formula(text)


@given(st.dictionaries(st.sampled_from(["C", "H", "O", "N", "Al", "Cl"]), st.integers(1, 200), min_size=1))
def test_formula_round_trip(atoms):
    text = " ".join(f"{symbol}{count}" for symbol, count in atoms.items())
    assert parse_formula(text) == {symbol: float(count) for symbol, count in atoms.items()}


@pytest.mark.parametrize(("alias", "name"), [("LOX", "O2(L)"), ("lh2", "H2(L)"), ("RP1", "RP-1"), ("LCH4", "CH4(L)")])
def test_aliases(alias, name):
    assert find_propellant(alias).name == name


def test_unknown_propellant_names_the_nearest():
    with pytest.raises(InputError, match="did you mean RP-1"):
        find_propellant("RP-2", "fuel")


def test_wrong_role():
    with pytest.raises(InputError, match="is a fuel, and an oxidizer is needed"):
        find_propellant("RP-1", "oxidizer")


def test_element_not_covered():
    diborane = find_propellant("RP-1").evolve(name="B2H6(L)", formula="B2 H6")
    with pytest.raises(InputError, match="element B is not covered"):
        mix(find_propellant("LOX"), diborane, 1.0)


@pytest.mark.parametrize("ratio", [0.0, -2.0, 0.001, 1e4, float("nan")])
def test_mixture_ratio_out_of_range(ratio):
    with pytest.raises(InputError, match="mass ratio"):
        mix(find_propellant("LOX"), find_propellant("RP-1"), ratio)


def test_atomic_weights_are_those_of_the_species_file():
    gas = gas_of(tuple(ATOMIC_WEIGHTS))
    assert dict(zip(gas.elements, gas._gas.atomic_weights, strict=True)) == pytest.approx(ATOMIC_WEIGHTS, rel=1e-12)


@pytest.mark.parametrize("fuel", ["RP-1", "CH4(L)", "H2(L)"])
def test_a_kilogram_of_mixture_weighs_a_kilogram(fuel):
    mixture = mix(find_propellant("LOX"), find_propellant(fuel), 3.0)
    assert sum(ATOMIC_WEIGHTS[symbol] * moles for symbol, moles in mixture.atoms) == pytest.approx(1.0, rel=1e-14)


def test_every_propellant_figure_has_a_source():
    for propellant in propellant_table().propellants:
        covered = {field for source in propellant.sources for field in source.fields}
        assert covered >= {"formula", "enthalpy", "temperature"}
        assert ("density" in covered) == (propellant.density is not None)
