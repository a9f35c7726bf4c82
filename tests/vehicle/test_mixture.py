"""A stage's tanks against its engine's mixture ratio."""

import pytest

from osea_rocket.core.findings import Severity
from osea_rocket.core.variant import with_fields
from osea_rocket.studies.documents import load
from osea_rocket.vehicle.mixture import burnable, mixture_findings
from osea_rocket.vehicle.vehicle import Vehicle

ENGINE = "stages.first stage.engine"


@pytest.fixture(scope="module")
def vehicle() -> Vehicle:
    document = load("examples/osea_r1/vehicle.yaml")
    assert isinstance(document, Vehicle)
    return document


def first(vehicle, **changes):
    """The first stage's finding after changes of its fields."""
    return next(mixture_findings(with_fields(vehicle, {f"stages.first stage.{k}": v for k, v in changes.items()})))


def test_what_one_tank_still_holds_when_the_other_is_empty(vehicle):
    stage = vehicle.stages[0]
    fuel, oxidizer = (t.propellant_mass for t in stage.tanks)
    for ratio, can in ((3.5, oxidizer * (1 + 1 / 3.5)), (2.8, fuel * 3.8)):
        engine = stage.engine.evolve(oxidizer_fuel_ratio=ratio)
        assert burnable(stage.tanks, engine) == pytest.approx(can, rel=1e-12)


@pytest.mark.parametrize(
    ("ratio", "severity", "says"),
    [
        (3.1, Severity.OK, "within its residuals of 919 kg"),
        (3.13, Severity.OK, "within its residuals"),
        (3.16, Severity.WARN, "LCH4 is too much"),
        (3.5, Severity.ERROR, "LCH4 is too much"),
        (2.9, Severity.ERROR, "LOX is too much"),
    ],
)
def test_residuals_then_reserve_then_an_error(vehicle, ratio, severity, says):
    finding = next(mixture_findings(with_fields(vehicle, {f"{ENGINE}.oxidizer_fuel_ratio": ratio})))
    assert finding.severity is severity and says in finding.message, finding.message
    assert finding.margin is not None and (finding.margin >= 0) is (severity is Severity.OK)


def test_tanks_of_another_propellant_or_none(vehicle):
    assert "no tank holds that" in first(vehicle, **{"tanks.fuel tank.contents": "RP-1"}).message
    assert first(vehicle, **{"tanks.fuel tank.contents": "methane"}).severity is Severity.OK  # an alias
    untold = with_fields(vehicle, {"stages.first stage.tanks": ()})  # a load alone states no split
    assert [f.message.partition(":")[0] for f in mixture_findings(untold)] == ["'second stage'"]


@pytest.mark.parametrize("example", ["modular", "falcon9", "flight_computer", "osea_r1"])
def test_vehicles_as_they_are_hold(example):
    document = load(f"examples/{example}/vehicle.yaml")
    assert isinstance(document, Vehicle)
    assert {f.severity for f in mixture_findings(document)} == {Severity.OK}
