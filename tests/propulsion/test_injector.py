"""The injector: orifices, element counts, momentum, stiffness; bad documents."""

import numpy as np
import pytest
from pydantic import ValidationError

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.injector import Feed, Injector, design_injector
from osea_rocket.propulsion.injector_data import injector_data
from osea_rocket.propulsion.injector_jets import jet, swirl_discharge

OXYGEN = Feed(200.0, 1140.0)
HYDROGEN = Feed(40.0, 15.0, gamma=1.38)
KEROSENE = Feed(80.0, 810.0)
SIDES = {"oxidizer": {"pressure_drop": "10 bar"}, "fuel": {"pressure_drop": "10 bar"}}


def coaxial(**changes):
    return Injector.model_validate(
        {"element": "shear coaxial", "elements": 500, "post_wall": "0.5 mm", **SIDES, **changes}
    )


def doublet(**changes):
    sides = {w: {"pressure_drop": "10 bar", "angle": "30 deg"} for w in ("oxidizer", "fuel")}
    return Injector.model_validate({"element": "unlike doublet", "elements": 100, **sides, **changes})


def test_liquid_orifice_is_bernoulli():
    own = jet(Feed(1.0, 1000.0), 0.8, 50e5, 5e5)
    assert own.velocity == pytest.approx(np.sqrt(2 * 5e5 / 1000.0))
    assert own.area * 0.8 * np.sqrt(2 * 1000.0 * 5e5) == pytest.approx(1.0)


def test_gas_orifice_with_a_small_drop_is_a_liquid_and_with_a_great_one_is_choked():
    small = jet(Feed(1.0, 20.0, gamma=1.4), 1.0, 50e5, 1e3)
    assert small.velocity == pytest.approx(np.sqrt(2 * 1e3 / 20.0), rel=1e-3)
    # dry air's choked flow: p sqrt(gamma/(R T)) (2/(gamma+1))^3 = 0.6847 p/sqrt(R T) (any gas dynamics table)
    choked = jet(Feed(1.0, 10e5 / (287.05 * 300.0), gamma=1.4), 1.0, 1e5, 9e5)
    assert choked.choked and not small.choked
    assert 1.0 / choked.area == pytest.approx(0.6847 * 10e5 / np.sqrt(287.05 * 300.0), rel=1e-4)
    deeper = jet(Feed(1.0, 10e5 / (287.05 * 300.0), gamma=1.4), 1.0, 0.1e5, 9.9e5)
    assert deeper.area == pytest.approx(choked.area)


@pytest.mark.parametrize("swirl_number", [0.3, 1.0, 3.0])
def test_swirl_discharge_is_the_greatest_flow(swirl_number):
    """Abramovich's principle: of all air cores the one that passes most."""
    filled = np.linspace(0.01, 0.9999, 20000)
    flow = 1.0 / np.sqrt(swirl_number**2 / (1.0 - filled) + 1.0 / filled**2)
    assert swirl_discharge(swirl_number)[0] == pytest.approx(flow.max(), rel=1e-6)


def test_areas_flows_and_counts_agree():
    design = design_injector(coaxial(), OXYGEN, HYDROGEN, 54e5)
    ox, fu = design.oxidizer, design.fuel
    assert design.elements == ox.orifices == 500
    assert ox.orifice_diameter and fu.inner_diameter and fu.outer_diameter
    assert fu.discharge_coefficient == 0.70  # an annulus, without being told
    assert 500 * np.pi / 4 * ox.orifice_diameter**2 == pytest.approx(ox.area)
    assert 500 * np.pi / 4 * (fu.outer_diameter**2 - fu.inner_diameter**2) == pytest.approx(fu.area)
    assert fu.inner_diameter == pytest.approx(ox.orifice_diameter + 1e-3)
    assert design.velocity_ratio == pytest.approx(fu.velocity / ox.velocity)
    assert design.momentum_ratio == pytest.approx(40.0 * fu.velocity / (200.0 * ox.velocity))


@pytest.mark.parametrize(
    ("how", "count"),
    [({"flow_per_element": "0.5 kg/s"}, 480), ({"thrust_per_element": "2 kN"}, 500), ({"elements": 7}, 7)],
)
def test_element_count(how, count):
    how = {"elements": None} | how
    assert design_injector(coaxial(**how), OXYGEN, HYDROGEN, 54e5, thrust=1e6).elements == count


def test_count_from_an_orifice_rounds_up_and_keeps_the_drop():
    injector = coaxial(elements=None, oxidizer={"pressure_drop": "10 bar", "orifice_diameter": "3 mm"})
    design = design_injector(injector, OXYGEN, HYDROGEN, 54e5)
    assert 0.0029 < (design.oxidizer.orifice_diameter or 0.0) <= 0.003
    assert design.oxidizer.pressure_drop == 10e5


def test_equal_jets_leave_along_the_axis_and_a_stronger_one_bends_the_sheet():
    twin = Feed(50.0, 1000.0)
    even = design_injector(doublet(), twin, twin, 50e5)
    assert even.resultant_angle == pytest.approx(0.0, abs=1e-12) and even.rupe == pytest.approx(1.0)
    one = design_injector(doublet(fuel={"pressure_drop": "10 bar"}), twin, twin, 50e5)
    # tan b = sin 30° / (1 + cos 30°), so half of 30°
    assert one.resultant_angle == pytest.approx(np.radians(15.0))
    assert any(f.rule == "injector.sheet" and f.severity == Severity.WARN for f in one.findings)


def test_pintle_momentum_ratio_one_gives_sixty_degrees():
    injector = Injector.model_validate({"element": "pintle", "pintle_diameter": "50 mm", **SIDES})
    twin = Feed(50.0, 1000.0)
    design = design_injector(injector, twin, twin, 50e5)
    assert design.elements == 1 and design.momentum_ratio == pytest.approx(1.0)
    assert design.spray_half_angle == pytest.approx(np.radians(60.0))
    assert design.fuel.inner_diameter == 0.05


def stiffness(drop, lowest=1.0, feed=KEROSENE):
    injector = doublet(fuel={"pressure_drop": drop, "angle": "30 deg"})
    design = design_injector(injector, OXYGEN, feed, 50e5, lowest_throttle=lowest)
    return next(f for f in design.findings if f.rule == "injector.stiffness" and f.message.startswith("fuel"))


def test_stiffness():
    assert stiffness("10 bar").severity == Severity.OK
    assert stiffness("6 bar").severity == Severity.WARN
    assert stiffness("6 bar").margin == pytest.approx(0.12 / 0.15 - 1.0)
    assert stiffness("2 bar").severity == Severity.ERROR
    # fixed holes: the drop goes with the flow squared, chamber pressure with the flow
    deep = stiffness("10 bar", 0.4)
    assert deep.severity == Severity.ERROR and "38%" in deep.message
    assert stiffness("2 bar", feed=Feed(20.0, 30.0, gamma=1.4)).severity == Severity.UNKNOWN
    assert "choked" in stiffness("60 bar", feed=Feed(20.0, 30.0, gamma=1.4)).message


def test_room_on_the_plate():
    tight = design_injector(coaxial(face_diameter="100 mm"), OXYGEN, HYDROGEN, 54e5)
    assert any(f.rule == "injector.room" and f.severity == Severity.ERROR for f in tight.findings)


def test_weber_needs_a_surface():
    wet = Feed(200.0, 1140.0, surface_tension=0.013)
    assert design_injector(coaxial(), OXYGEN, HYDROGEN, 54e5).weber is None
    assert (design_injector(coaxial(), wet, HYDROGEN, 54e5).weber or 0.0) > 1e3


def test_result_survives_the_file():
    design = design_injector(coaxial(face_diameter="470 mm"), OXYGEN, HYDROGEN, 54e5)
    assert type(design).from_json(design.to_json()) == design


def test_table_is_ordered():
    for orifice in injector_data().orifices:
        assert orifice.lowest <= orifice.discharge_coefficient <= orifice.highest


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"elements": None}, "give one of elements"),
        ({"flow_per_element": "0.5 kg/s"}, "elements and flow_per_element are given"),
        ({"post_wall": None}, "wall between"),
        ({"element": "swirl coaxial"}, "swirl_number"),
        ({"element": "unlike doublet"}, "angle"),
        ({"element": "pintle"}, "pintle_diameter|diameter of its tip"),
        ({"fuel": {"pressure_drop": "1 bar", "pressure_drop_fraction": 0.2}}, "not both"),
        ({"fuel": {"pressure_drop": 5}}, "unit"),
        ({"fuel": {"pressure_drop": "1 bar", "diameter": "1 mm"}}, "diameter"),
    ],
)
def test_bad_documents(changes, says):
    raw = {"element": "shear coaxial", "elements": 500, "post_wall": "0.5 mm", **SIDES} | changes
    with pytest.raises(ValidationError, match=says):
        Injector.model_validate(raw, context={"from_file": True})


@pytest.mark.parametrize(
    ("oxidizer", "pressure", "says"),
    [(Feed(-1.0, 1140.0), 50e5, "mass flow"), (Feed(1.0, 0.0), 50e5, "density"), (Feed(1.0, 5.0, gamma=0.9), 50e5, "gamma"),
     (OXYGEN, float("nan"), "chamber pressure")],
)  # fmt: skip
def test_bad_states(oxidizer, pressure, says):
    with pytest.raises(InputError, match=says):
        design_injector(coaxial(), oxidizer, HYDROGEN, pressure)


def test_a_drop_must_come_from_somewhere():
    bare = coaxial(oxidizer={})
    with pytest.raises(InputError, match="no pressure drop"):
        design_injector(bare, OXYGEN, HYDROGEN, 54e5)
    assert design_injector(bare, OXYGEN, HYDROGEN, 54e5, oxidizer_drop=8e5).oxidizer.pressure_drop == 8e5
    with pytest.raises(InputError, match="thrust"):
        design_injector(coaxial(elements=None, thrust_per_element="2 kN"), OXYGEN, HYDROGEN, 54e5)
