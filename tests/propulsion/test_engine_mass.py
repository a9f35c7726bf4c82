"""Mass relations: coefficients, ranges, complaints, and real engines beside them."""

import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.engine_mass import engine_mass, mass_relations, preferred, propellant_class
from osea_rocket.validation.engine_mass import comparisons


def by_name(estimates, start):
    return next(e for e in estimates if e.relation.startswith(start))


def test_coefficients():
    """By hand from the sources' formulas."""
    j2 = engine_mass("gas generator", 1e6, 25.0, "LOX", "LH2")
    assert by_name(j2, "Zandbergen M-C1").mass == pytest.approx(0.00514 * 1e6**0.92068)
    assert by_name(j2, "Zandbergen M-C3").mass == pytest.approx(1.091e-4 * 1e6**1.185 * 1.108 + 104.0, rel=1e-6)
    assert by_name(j2, "Akin").mass == pytest.approx(781.0 + 33.7 * 5.0 + 59.0)
    four = engine_mass("gas generator", 1e6, 25.0, "LOX", "RP-1", chambers=4)
    assert by_name(four, "Zandbergen M-S2").mass == pytest.approx((1079.0 + 53.0165) * 4**0.0369 * 25**-0.00184)


def test_every_relation_rises_and_is_a_mass_in_its_range():
    for r in mass_relations().relations:
        masses = [
            r.mass(r.lowest_thrust * (r.highest_thrust / r.lowest_thrust) ** (i / 20), 20.0, 1) for i in range(21)
        ]
        assert masses[0] > 0.0 and masses == sorted(masses), r.name


def test_outside_its_range_it_complains():
    f1 = engine_mass("gas generator", 7.7755e6, 16.0, "LOX", "RP-1")
    felin = by_name(f1, "FELIN")
    assert (
        not felin.inside and felin.findings[0].severity == Severity.WARN and "extrapolated" in felin.findings[0].message
    )
    margin = felin.findings[0].margin
    assert margin is not None and margin < 0.0
    best = preferred(f1)
    assert best is not None and best.inside and best.relation.startswith("Zandbergen")


def test_no_negative_mass():
    tiny = by_name(engine_mass("fuel-rich staged combustion", 1e5, 50.0, "LOX", "LH2"), "FELIN")
    assert tiny.mass is None and tiny.low is None and "no mass" in tiny.findings[0].message
    assert type(tiny).from_json(tiny.to_json()) == tiny


def test_classes():
    assert propellant_class("LOX", "LCH4") == "hydrocarbon"
    assert propellant_class("NTO", "UDMH") == "storable"
    assert engine_mass("electric pump", 25e3, 12.0, "NTO", "UDMH") != ()
    assert preferred(engine_mass("electric pump", 25e3, 12.0, "LOX", "RP-1")) is None


@pytest.mark.parametrize(
    ("thrust", "area", "chambers"), [(0.0, 10.0, 1), (1e6, 0.5, 1), (1e6, 10.0, 0), (float("nan"), 10.0, 1)]
)
def test_bad_input(thrust, area, chambers):
    with pytest.raises(InputError):
        engine_mass("gas generator", thrust, area, "LOX", "RP-1", chambers=chambers)


def test_unknown_propellant():
    with pytest.raises(InputError):
        engine_mass("gas generator", 1e6, 10.0, "LOX", "unobtainium")


def test_real_engines():
    """Most old engines lie within the preferred relation's scatter; the Merlin 1D is far lighter, and said to be."""
    rows = {r.quantity: r for r in comparisons()}
    assert "NOT within" in next(r.note for q, r in rows.items() if q.startswith("Merlin 1D") and "preferred" in q)
    assert next(r.ours for q, r in rows.items() if q.startswith("share")) == pytest.approx(5 / 6)
