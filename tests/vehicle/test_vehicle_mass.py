"""Mass, centre of mass and inertia of the whole, and the mass table."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import ImpossibleError, InputError
from osea_rocket.core.findings import Severity
from osea_rocket.vehicle.checks import coverage, lift_off_check
from osea_rocket.vehicle.layout import layout
from osea_rocket.vehicle.mass import MassProperties, MassTable, mass_properties, mass_table
from osea_rocket.vehicle.residuals import POUND, propellant_budget, residual_by_rule
from osea_rocket.vehicle.solids import Body, combine
from osea_rocket.vehicle.stage import Stage
from osea_rocket.vehicle.vehicle import StrapOns, Vehicle

FALCON = Path(__file__).parents[2] / "examples" / "falcon9" / "vehicle.yaml"


@cache
def cached_falcon() -> Vehicle:
    return load_document(Vehicle, FALCON)


@pytest.fixture(scope="module")
def falcon() -> Vehicle:
    return cached_falcon()


def with_boosters(vehicle: Vehicle, count: int) -> Vehicle:
    first = vehicle.stages[0]
    booster = Stage(
        name="booster",
        role="strap-on",
        diameter=2.0,
        length=20.0,
        dry_mass=5e3,
        propellant_mass=40e3,
        engine=first.engine,
    )
    return vehicle.evolve(boosters=(StrapOns(stage=booster, count=count),))


def test_length_is_the_published_one(falcon):
    assert layout(falcon).length == pytest.approx(69.8, abs=1e-9)  # Wikipedia, Falcon 9 Block 5 (secondary)


def test_mass_table_adds_up(falcon):
    table = mass_table(falcon, 22800.0)
    stages = 24700 + 414850 + 4250 + 109500
    assert table.lift_off_mass == pytest.approx(stages + 1875 + 81 + 22800, rel=1e-12)
    first = table.row("first stage")
    assert first.usable_propellant + first.residual + first.reserve == pytest.approx(414850)
    # The public loads are heavier than the public lift-off mass of 549 054 kg: by 5 %, and left so.
    assert table.lift_off_mass / 549054 == pytest.approx(1.053, abs=0.002)
    assert MassTable.from_json(table.to_json()).same_as(table)


def test_open_payload_is_unknown(falcon):
    assert any(f.severity is Severity.UNKNOWN and f.rule == "vehicle.payload_open" for f in mass_table(falcon).findings)
    with pytest.raises(InputError, match="has no mass"):
        mass_properties(falcon)


def test_properties_match_the_table_and_survive_files(falcon):
    m = mass_properties(falcon, payload_mass=22800.0)
    assert m.mass == pytest.approx(mass_table(falcon, 22800.0).lift_off_mass, rel=1e-12)
    assert m.pitch_inertia == m.yaw_inertia
    assert MassProperties.from_json(m.to_json()).same_as(m)
    assert m.inertia[0, 0] == m.roll_inertia and m.inertia[2, 2] == m.yaw_inertia


@settings(deadline=None, max_examples=25)
@given(first=st.floats(0, 1), second=st.floats(0, 1), payload=st.floats(0, 5e4))
def test_mass_is_conserved_and_centre_inside(first, second, payload):
    falcon = cached_falcon()
    left = {"first stage": 414850 * first, "second stage": 109500 * second}
    m = mass_properties(falcon, payload_mass=payload, propellant=left)
    assert m.mass == pytest.approx(24700 + 4250 + 1875 + 81 + payload + sum(left.values()), rel=1e-12)
    assert sum(i.mass for i in m.items) == pytest.approx(m.mass, rel=1e-12)
    assert 0 < m.center_of_mass < 69.8
    # About any other point the inertia is larger by m d² (parallel axes).
    about_tail = sum(i.pitch_inertia + i.mass * i.station**2 for i in m.items)
    assert about_tail == pytest.approx(m.pitch_inertia + m.mass * m.center_of_mass**2, rel=1e-10)


bodies = st.builds(Body, st.floats(0.1, 1e5), st.floats(-50, 50), st.floats(0, 1e6), st.floats(0, 1e6))


@given(a=bodies, b=bodies, c=bodies)
def test_bodies_combine_in_any_order(a, b, c):
    one, other = combine([combine([a, b]), c]), combine([a, combine([c, b])])
    assert one.mass == pytest.approx(other.mass)
    assert one.station == pytest.approx(other.station, abs=1e-9)
    assert one.pitch == pytest.approx(other.pitch, rel=1e-9, abs=1e-6)


def test_centre_rises_as_the_first_stage_burns(falcon):
    # It sinks a little at first, with the level of the LOX, and ends far up, when the stage is empty.
    full, empty = (
        mass_properties(falcon, payload_mass=2e4, propellant={"first stage": left}).center_of_mass
        for left in (414850.0, 0.0)
    )
    assert full < 0.5 * 69.8 < empty


def test_parts_leave(falcon):
    whole = mass_properties(falcon, payload_mass=2e4)
    upper = mass_properties(falcon, payload_mass=2e4, lowest_stage=1)
    assert whole.mass - upper.mass == pytest.approx(24700 + 414850)
    bare = mass_properties(falcon, payload_mass=2e4, lowest_stage=1, fairing=False)
    assert upper.mass - bare.mass == pytest.approx(1875)


def test_boosters_stand_around_the_core(falcon):
    core = mass_properties(falcon, payload_mass=0.0)
    two = mass_properties(with_boosters(falcon, 2), payload_mass=0.0)
    distance = (3.66 + 2.0) / 2
    assert two.mass - core.mass == pytest.approx(90e3)
    assert two.yaw_inertia - two.pitch_inertia == pytest.approx(90e3 * distance**2, rel=1e-9)
    three = mass_properties(with_boosters(falcon, 3), payload_mass=0.0)
    assert three.yaw_inertia == pytest.approx(three.pitch_inertia, rel=1e-12)
    away = mass_properties(with_boosters(falcon, 3), payload_mass=0.0, boosters=False)
    assert away.mass == core.mass


def test_too_much_propellant_and_unknown_stage(falcon):
    with pytest.raises(InputError, match="holds 0 to"):
        mass_properties(falcon, payload_mass=1.0, propellant={"first stage": 5e5})
    with pytest.raises(InputError, match="no stage 'third'; known: first stage, second stage"):
        mass_properties(falcon, payload_mass=1.0, propellant={"third": 1.0})


def test_residual_rule_is_in_pounds():
    # 0.05 * 100 000^0.79 lb = 445.6 lb, by hand: 10^(5 * 0.79) = 8912.5
    assert residual_by_rule(100000 * POUND) == pytest.approx(445.63 * POUND, rel=1e-4)


def test_budget_by_rule_says_so_and_given_masses_win(falcon):
    stage = falcon.stages[1]
    budget = propellant_budget(stage)
    assert budget.reserve == pytest.approx(0.005 * 109500)
    assert budget.usable == pytest.approx(109500 - budget.residual - budget.reserve)
    assert [f.rule for f in budget.findings] == ["vehicle.residuals_by_rule"]
    given_ = propellant_budget(stage.evolve(residual_mass=100.0, reserve_mass=0.0))
    assert (given_.usable, given_.findings, given_.sources) == (109400.0, (), ())


class FixedThrust:
    def __init__(self, vacuum: float, exit_area: float) -> None:
        self.vacuum, self.exit_area = vacuum, exit_area

    def thrust(self, throttle: float, ambient_pressure: float) -> float:
        return throttle * self.vacuum - ambient_pressure * self.exit_area


def test_lift_off(falcon):
    good = lift_off_check(falcon, {"Merlin 1D": FixedThrust(914e3, 0.68)}, payload_mass=22800.0)
    assert good.severity is Severity.OK and good.margin == pytest.approx(
        9 * (914e3 - 101325 * 0.68) / (578056 * 9.80665) - 1, rel=1e-6
    )
    with pytest.raises(ImpossibleError, match="cannot lift off") as error:
        lift_off_check(falcon, {"first stage": FixedThrust(400e3, 0.68)}, payload_mass=22800.0)
    assert error.value.where and "first-stage.yaml" in error.value.where
    with pytest.raises(KeyError, match="no engine map for 'Merlin 1D'"):
        lift_off_check(falcon, {}, payload_mass=0.0)


def test_every_mass_of_the_example_has_a_source(falcon):
    always = "vehicle.start_losses"  # nobody has published them
    assert [f.rule for f in coverage(falcon)] == [always]
    bare = falcon.evolve(fairing=falcon.fairing.evolve(sources=()))
    assert [(f.rule, f.severity) for f in coverage(bare)][1:] == [("vehicle.no_source", Severity.UNKNOWN)]


def test_stated_start_losses_are_known_and_must_lie_within_what_is_not_burned(falcon):
    def lost(upper):
        first, second = falcon.stages
        stages = (first.evolve(start_loss=1500.0), second.evolve(start_loss=upper, residual_mass=300.0))
        return coverage(falcon.evolve(stages=stages))[0]

    assert lost(200.0).severity is Severity.OK
    assert lost(400.0).severity is Severity.ERROR and lost(400.0).margin == pytest.approx(-0.25)


def test_variant_is_validated_again(falcon):
    light = falcon.stages[0].evolve(dry_mass=22.2e3)
    variant = falcon.evolve(stages=(light, falcon.stages[1]))
    assert mass_table(variant, 0.0).lift_off_mass == pytest.approx(mass_table(falcon, 0.0).lift_off_mass - 2500)
    with pytest.raises(InputError):
        falcon.stages[0].evolve(dry_mass=-1.0)
