"""Losses item by item: defaults, ranges, relations where the nozzle is known."""

import math

import pytest
from pydantic import ValidationError

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.cycles.losses import (
    ClassLoss,
    boundary_layer_loss,
    cone_divergence,
    factors,
    kinetics_bound,
    loss_class,
    loss_defaults,
    loss_findings,
    nozzle_losses,
    replaced,
)

PSI_INCH = 175.126835  # N/m


def test_every_class_is_itemised_with_ranges():
    for c in loss_defaults().classes:
        assert {loss.name for loss in c.losses} == {"mixing", "film", "divergence", "kinetics", "boundary layer"}
        assert c.lowest <= math.prod(factors(c.losses)) <= c.highest, c.name
        assert all(loss.citation for loss in c.losses)


@pytest.mark.parametrize(
    ("fuel", "cycle", "c_star", "nozzle"),
    [  # products as they were before film and mixing were told apart
        ("LH2", "fuel-rich staged combustion", 0.994, 0.992 * 0.997 * 0.988),
        ("LH2", "expander", 0.985, 0.992 * 0.995 * 0.988),
        ("RP-1", "oxidizer-rich staged combustion", 0.985, 0.990 * 0.990 * 0.988),
        ("RP-1", "gas generator", 0.963, 0.990 * 0.988 * 0.988),
    ],
)
def test_products_are_unchanged(fuel, cycle, c_star, nozzle):
    assert factors(loss_class(fuel, cycle).losses) == pytest.approx((c_star, nozzle), rel=1e-5)


@pytest.mark.parametrize(
    ("pressure_diameter", "area_ratio", "percent"),
    # NASA SP-8120, fig. 4, digitised points that are not in our thinned data
    [(72.4, 3.0, 0.5721), (147.25, 10.0, 1.253), (322.1, 20.0, 1.4825), (130.7, 40.0, 2.2304), (66.7, 60.0, 3.078),
     (651.8, 80.0, 2.1407)],
)  # fmt: skip
def test_boundary_layer_chart(pressure_diameter, area_ratio, percent):
    factor, inside = boundary_layer_loss(pressure_diameter * PSI_INCH / 0.1, 0.1, area_ratio)
    assert inside and (1.0 - factor) * 100.0 == pytest.approx(percent, rel=0.02)


def test_boundary_layer_outside_the_chart_is_said():
    assert not boundary_layer_loss(200e5, 0.3, 20.0)[1]
    assert not boundary_layer_loss(10e5, 0.05, 200.0)[1]
    assert boundary_layer_loss(200e5, 0.3, 20.0)[0] == boundary_layer_loss(100e5, 0.6, 20.0)[0]
    with pytest.raises(InputError):
        boundary_layer_loss(0.0, 0.1, 10.0)


def test_cone():
    assert cone_divergence(math.radians(15.0)) == pytest.approx(0.98296, abs=1e-5)  # Sutton and Biblarz, ch. 3: 0.983


def test_kinetics_lie_between_frozen_and_shifting():
    bound = kinetics_bound("LOX", "LH2", 5.5, 54e5, 27.5)
    own = next(loss for loss in loss_class("LH2", "gas generator").losses if loss.name == "kinetics")
    assert 0.96 < bound < own.factor < 1.0
    assert own.lowest <= bound + 0.005


def test_a_known_nozzle_replaces_its_items():
    losses = loss_class("LH2", "expander").losses
    known = nozzle_losses(losses, divergence_efficiency=0.985, pressure=20e5, throat_diameter=0.05, area_ratio=40.0)
    by_name = {loss.name: loss for loss in known}
    assert by_name["divergence"].factor == 0.985
    assert by_name["boundary layer"].factor == boundary_layer_loss(20e5, 0.05, 40.0)[0]
    assert by_name["kinetics"] == next(loss for loss in losses if loss.name == "kinetics")
    # beyond the chart the default stays
    assert nozzle_losses(losses, pressure=200e5, throat_diameter=0.3, area_ratio=40.0) == losses
    assert [loss.name for loss in replaced((), "divergence", 0.99, "a contour")] == ["divergence"]
    with pytest.raises(InputError):
        replaced(losses, "divergence", 1.2, "a contour")


def test_ranges_are_checked():
    losses = loss_class("RP-1", "gas generator").losses
    assert all(f.severity == Severity.OK for f in loss_findings(losses, "RP-1", "gas generator", "x"))
    odd = replaced(replaced(losses, "divergence", 0.9, "a cone of 36 degrees"), "swirl", 0.99, "a guess")
    found = {f.message.split(":")[0]: f for f in loss_findings(odd, "RP-1", "gas generator", "x")}
    assert found["divergence"].severity == Severity.WARN and (found["divergence"].margin or 0.0) < 0.0
    assert found["swirl"].severity == Severity.UNKNOWN


def test_a_default_outside_its_own_range_is_refused():
    with pytest.raises(ValidationError, match="outside its own range"):
        ClassLoss(name="film", factor=0.9, lowest=0.95, highest=1.0, on="c_star", grade="estimate", citation="none")
