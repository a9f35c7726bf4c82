"""Strap-ons and the core: every body in balance, and the attachments' shares by hand."""

from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.vehicle.body_loads import FlightCondition, body_loads
from osea_rocket.vehicle.mass import mass_properties
from osea_rocket.vehicle.strap_on_loads import StrapOnState, attachment_loads
from osea_rocket.vehicle.vehicle import StrapOns, Vehicle

FALCON = Path(__file__).parents[2] / "examples" / "falcon9" / "vehicle.yaml"
THRUST = 4.0e6  # N, of one strap-on


@pytest.fixture(scope="module")
def heavy() -> Vehicle:
    falcon = load_document(Vehicle, FALCON)
    booster = falcon.stages[0].evolve(name="booster", role="strap-on", length=30.0, nose_length=4.0, nose_shape="conical",
                                      propellant_mass=2e5, tanks=())  # fmt: skip
    group = StrapOns(
        stage=booster, count=2, station=1.0, fore_attachment=25.0, aft_attachment=2.0, thrust_attachment="aft"
    )
    return falcon.evolve(boosters=(group,))


def state_of(vehicle: Vehicle, masses, thrust: float = THRUST) -> StrapOnState:
    own = [i for i in masses.items if i.part == "2 x booster"]
    mass = sum(i.mass for i in own)
    center = sum(i.mass * i.station for i in own) / mass
    return StrapOnState(vehicle.boosters[0], 1.0, center, mass / 2, thrust)


def condition_of(masses, core_thrust: float, drag: float = 6e5) -> FlightCondition:
    thrust = core_thrust + 2 * THRUST
    return FlightCondition(25e3, np.radians(2.0), (thrust - drag) / masses.mass, thrust, drag)


@pytest.mark.parametrize("core_thrust", [7.6e6, 0.0])
def test_the_core_between_its_strap_ons_is_in_balance(heavy, core_thrust):
    """At the core's foot nothing is left to carry but its own engines' thrust."""
    masses = mass_properties(heavy, payload_mass=15e3)
    found = body_loads(heavy, masses, condition_of(masses, core_thrust), strap_ons=(state_of(heavy, masses),))
    assert abs(found.shear[0]) < 1e-6 * np.abs(found.shear).max()
    assert abs(found.bending[0]) < 1e-6 * np.abs(found.bending).max()
    (attached,) = found.attachments
    drag = 6e5 - 2 * (
        THRUST - attached.axial - condition_of(masses, core_thrust).axial_acceleration * attached_mass(masses)
    )
    core = sum(i.mass for i in masses.items if i.part != "2 x booster")
    at_foot = condition_of(masses, core_thrust).axial_acceleration * core + drag - 2 * attached.axial
    assert at_foot == pytest.approx(core_thrust, abs=1.0)
    assert attached.lateral == pytest.approx(attached.lateral_fore + attached.lateral_aft)


def attached_mass(masses) -> float:
    return sum(i.mass for i in masses.items if i.part == "2 x booster") / 2


def test_axial_force_jumps_at_the_thrust_attachment(heavy):
    held = heavy.evolve(boosters=(heavy.boosters[0].evolve(thrust_attachment="fore"),))
    masses = mass_properties(held, payload_mass=15e3)
    found = body_loads(held, masses, condition_of(masses, 7.6e6), strap_ons=(state_of(held, masses),))
    (attached,) = found.attachments
    ring = 1.0 + 25.0
    x = found.station
    below, above = int(np.searchsorted(x, ring)) - 1, int(np.searchsorted(x, ring))
    assert found.axial[above] - found.axial[below] == pytest.approx(
        2 * attached.axial, rel=0.03
    )  # less the mass between the cuts


def test_shares_of_the_attachments_by_hand(heavy):
    """A weightless, airless strap-on that only turns its engine: 1 MN, 0.02 rad, hinge 3 m below the aft ring of 23 m span."""
    group = heavy.boosters[0].evolve(stage=heavy.boosters[0].stage.evolve(engine_section=0.0))
    state = StrapOnState(group, bottom=0.0, center_of_mass=10.0, mass=0.0, thrust=1e6)
    found = attachment_loads(state, (0.0, 0.0), 0.0, 0.02, 15.0, 1.0)
    assert found.axial == 1e6 and found.lateral == pytest.approx(2e4)
    assert found.lateral_fore == pytest.approx(2e4 * (0.0 - 2.0) / 23.0)
    assert found.lateral_aft == pytest.approx(2e4 * (1.0 + 2.0 / 23.0))
    assert found.couple == pytest.approx(1e6 * group.stage.diameter / 2 / 23.0)
    heavier = attachment_loads(StrapOnState(group, 0.0, 13.5, 1e4, 0.0), (0.0, 0.0), 0.0, 0.0, 15.0, 1.0)
    assert heavier.axial == -1.5e5 and heavier.lateral_fore == pytest.approx(-1e4 * 11.5 / 23.0)


def test_the_air_on_a_strap_on_is_that_of_a_slender_body(heavy):
    state = StrapOnState(heavy.boosters[0], 0.0, 10.0, 1.0, 0.0)
    force, moment = state.air(30e3, 1e-4)
    assert force == pytest.approx(2 * state.frontal_area * 30e3 * 1e-4, rel=2e-3)
    assert 26.0 < moment / force < 30.0  # within the nose of 4 m on 30 m


def test_attachments_are_given_whole_and_in_order(heavy):
    group = heavy.boosters[0]
    with pytest.raises(InputError, match="or none of them"):
        group.evolve(thrust_attachment=None)
    with pytest.raises(InputError, match="stands over the aft one"):
        group.evolve(fore_attachment=1.0)
    with pytest.raises(InputError, match="within the strap-on"):
        group.evolve(fore_attachment=31.0)
