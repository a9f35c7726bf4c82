"""What no pair of ports can say: computed loads, power and energy by phase, buses, umbilicals, recovery kit."""

import json
from functools import cache
from math import pi, sqrt
from pathlib import Path

import pytest

from osea_rocket.cli.main import main
from osea_rocket.core.documents import load_document
from osea_rocket.core.earth import G0
from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Finding, Severity
from osea_rocket.core.modules import Join
from osea_rocket.core.ports.port import Port
from osea_rocket.core.variant import with_fields
from osea_rocket.studies import documents  # noqa: F401  with it, every schema is known
from osea_rocket.studies.check import check_vehicle
from osea_rocket.studies.check_joints import check_joints
from osea_rocket.studies.check_loads import LOAD_RULES, Case, governing, load_cases
from osea_rocket.trajectory.ground import LandingSite
from osea_rocket.vehicle.equipment import LandingLegs, Parachute
from osea_rocket.vehicle.vehicle import Vehicle


@cache
def modular() -> Vehicle:
    return load_document(Vehicle, Path("examples/modular/vehicle.yaml"))


def found(vehicle: Vehicle, rule: str) -> list[Finding]:
    return [f for f in check_vehicle(vehicle).findings if f.rule == f"assembly.{rule}"]


def cases(vehicle: Vehicle, joint: str) -> dict[str, Case]:
    rows = load_cases(vehicle, check_joints(vehicle), None, None)
    return {case.short: case for row, of in rows for case in of if row.joint.name == joint}


# ---- loads ----

ON_FIRST = "first stage.top -> interstage.bottom"
"""Carries interstage 90 kg, second stage 0.42 + 4.8 t, fairing 90 kg, adapter 20 kg, satellite 300 kg."""


def test_standing_weighs_and_lifting_is_without_liquids():
    standing = cases(modular(), ON_FIRST)["standing"]
    assert standing.axial == pytest.approx(5720 * G0, rel=1e-9) and standing.shear is None
    lifting = cases(modular(), ON_FIRST)["lifting"]
    assert lifting.axial == pytest.approx(2.0 * 920 * G0, rel=1e-9)
    assert lifting.shear == pytest.approx(0.5 * 920 * G0, rel=1e-9)


def test_the_wind_on_a_cylinder_is_its_area_times_pressure():
    bare = modular().evolve(fairing=None)
    top = cases(bare, "interstage.top -> second stage.bottom")["wind"]
    # 12 m/s on a body 1.6 m wide from 12.8 to 17.6 m, a cone to 937 mm over 0.4 m and the satellite 1.4 m high above it
    pressure = 1.225 * 12**2 / 2 * 1.2
    satellite = modular().payload
    assert satellite.length is not None and satellite.diameter is not None
    area = 1.6 * 4.8 + (1.2 + 0.937) / 2 * 0.4 + satellite.diameter * satellite.length
    assert top.shear == pytest.approx(pressure * area, rel=0.03)
    assert top.shear and top.bending and 2.4 * top.shear < top.bending < 3.4 * top.shear
    calm = with_fields(modular(), {"equipment.north pad.wind": 0.0})
    assert cases(calm, ON_FIRST)["wind"].bending == 0.0


def test_the_largest_case_is_held_against_the_joint_and_named():
    stormy = with_fields(modular(), {"equipment.north pad.wind": 100.0})
    wrong = [f for f in found(stormy, "bending_moment") if f.severity is Severity.ERROR]
    assert wrong and all("standing in the pad's wind of 100 m/s applies" in f.message for f in wrong)
    largest = governing([Case("a", "a", axial=1.0), Case("b", "b", axial=2.0, shear=5.0)], "axial")
    assert largest is not None and (largest[0], largest[1].short) == (2.0, "b")
    silent = with_fields(modular(), {"equipment.north pad.wind": None})
    assert "does not state in which wind" in found(silent, "pad_wind")[0].message


def test_landing_presses_on_what_stays_on_the_stage():
    legs = LandingLegs(name="legs", mass=50.0, count=4, span=5.0, touchdown_speed=3.0, stroke=0.5, ports=())
    site = LandingSite(name="pad", surface="pad", diameter=40.0, landing_mass=3e3, ports=())
    vehicle = modular().evolve(equipment=(*(modular().equipment or ()), legs, site))
    # the interstage of 90 kg, stopped from 3 m/s over 0.5 m: 9 m/s^2 and its weight
    assert cases(vehicle, ON_FIRST)["landing"].axial == pytest.approx(90 * (G0 + 9.0), rel=1e-9)
    assert "landing" not in cases(vehicle, "interstage.top -> second stage.bottom")
    unknown = vehicle.evolve(equipment=(*(modular().equipment or ()), legs.evolve(stroke=None), site))
    assert [f.severity for f in found(unknown, "landing_load")] == [Severity.UNKNOWN]


def test_a_stale_sheet_and_an_overloaded_joint_are_told_apart():
    stale = with_fields(modular(), {"interstages.0.ports.bottom.mechanical.mass.applies": 4e3})
    warned = [f for f in found(stale, "joint_mass") if f.severity is Severity.WARN]
    assert len(warned) == 1 and "states 4 t, and by the modules it is 5.72 t" in warned[0].message
    weak = with_fields(modular(), {"stages.0.ports.top.mechanical.mass.allows": 5e3})
    wrong = [f for f in found(weak, "joint_mass") if f.severity is Severity.ERROR]
    assert "the load on it weighs 5.72 t, first stage allows 5 t" in wrong[0].message


def test_what_is_built_into_a_stage_cannot_weigh_more_than_the_stage():
    heavy = with_fields(modular(), {"equipment.second battery.mass": 600.0})
    assert "raise its dry_mass" in found(heavy, "equipment_mass")[0].message
    assert found(modular(), "equipment_mass") == []


# ---- power ----


def test_current_and_energy_of_each_phase_by_hand():
    currents = {f.message.split(" current:")[0]: f.message for f in found(modular(), "power_current")}
    assert "draws 32 A" in currents["circuit 'main bus' of first battery, phase 'first stage burns'"]
    # 47 W of the boxes and one controller of 8 A, at 26 V
    assert f"draws {47 / 26 + 8:.4g} A" in currents["circuit 'main bus' of second battery, phase 'second stage burns'"]
    energy = {f.message.split(",")[0]: f.message for f in found(modular(), "energy")}
    watt_hours = (47 * 120 + 47 * 150 + (47 + 8 * 26) * 360 + (22 + 12) * 5400) / 3600
    assert f"draws {watt_hours:.4g} W*hour" in energy["circuit 'main bus' of second battery"]
    assert f"draws {32 * 26 * 150 / 3600:.4g} W*hour" in energy["circuit 'main bus' of first battery"]


def test_a_battery_that_is_too_small_too_weak_or_left_behind():
    small = with_fields(modular(), {"equipment.second battery.energy": 90 * 3600.0})
    assert [f.severity for f in found(small, "energy")].count(Severity.ERROR) == 1
    weak = with_fields(modular(), {"equipment.second battery.current_max": 10.5})
    assert {f.severity for f in found(weak, "power_current") if "second battery" in f.message} == {Severity.OK}
    assert Severity.ERROR in {
        f.severity for f in found(weak, "power_peak")
    }  # 9.8 A steadily, 10.8 A at the computer's peak
    phases = tuple(p.evolve(without=(*p.without, "second battery")) for p in modular().phases or ())
    gone = found(modular().evolve(phases=phases), "power_source")
    assert gone and all("no battery is left" in f.message for f in gone)


def test_what_is_not_stated_of_power_is_unknown():
    silent = with_fields(modular(), {"equipment.inertial unit.power": None, "equipment.inertial unit.peak_power": None})
    silent = with_fields(silent, {"equipment.inertial unit.ports.plug.electrical.circuits.main bus.current": None})
    assert [f.severity for f in found(silent, "power_unstated")] == [Severity.UNKNOWN]
    assert Severity.UNKNOWN in {f.severity for f in found(silent, "energy")}
    timeless = modular().evolve(phases=None, equipment=tuple(
        e.evolve(power_in=None) if e.name == "flight computer" else e for e in modular().equipment or ()
    ))  # fmt: skip
    assert {f.severity for f in found(timeless, "power_phases")} == {Severity.UNKNOWN}
    whole = with_fields(modular(), {"equipment.first battery.usable": None})
    assert Severity.UNKNOWN in {f.severity for f in found(whole, "energy")}


def test_a_unit_on_no_battery():
    joins = tuple(j for j in modular().joins or () if "second battery" not in j.upper)
    alone = found(modular().evolve(joins=joins), "power_source")
    assert {f.severity for f in alone} == {Severity.ERROR}
    assert {f.message.split(" draws")[0] for f in alone} == {"flight computer", "inertial unit"}


def test_phases_name_parts_and_units_name_phases():
    phases = modular().phases
    assert phases
    with pytest.raises(InputError, match="no part 'third stage'"):
        modular().evolve(phases=(phases[0].evolve(without=("third stage",)), *phases[1:]))
    with pytest.raises(InputError, match="which is no phase here"):
        modular().evolve(phases=phases[:-1])
    with pytest.raises(InputError, match="two phases are called 'count'"):
        modular().evolve(phases=(phases[0], *phases))


# ---- buses, umbilicals, recovery ----


def test_a_stage_that_passes_messages_on_is_no_second_sender():
    assert found(modular(), "bus_identifier") == []
    twice = {
        "equipment.inertial unit.ports.plug.data.buses.avionics bus.identifiers.supplies": ("navigation", "guidance")
    }
    wrong = found(with_fields(modular(), twice), "bus_identifier")
    assert len(wrong) == 1 and "both send 'guidance'" in wrong[0].message


def test_an_umbilical_port_that_the_pad_does_not_meet():
    assert [f.severity for f in found(modular(), "umbilical")] == [Severity.OK]
    joins = tuple(j for j in modular().joins or () if "mast" not in j.lower)
    missed = found(modular().evolve(joins=joins), "umbilical")
    assert [f.severity for f in missed] == [Severity.ERROR] and "meets nothing of 'north pad'" in missed[0].message
    padless = tuple(e for e in modular().equipment or () if e.name != "north pad")
    unknown = found(modular().evolve(joins=joins, equipment=padless), "umbilical")
    assert [f.severity for f in unknown] == [Severity.UNKNOWN]


def test_parachutes_legs_and_where_they_come_down():
    chute = Parachute(name="main", mass=60.0, area=500.0, drag_coefficient=0.8, ports=())
    legs = LandingLegs(name="legs", mass=50.0, count=4, span=5.0, touchdown_speed=6.0, stroke=0.5, ports=())
    sea = LandingSite(name="sea", surface="water", landing_mass=5e3, ports=())
    pad = LandingSite(name="field", surface="ground", diameter=100.0, landing_mass=1e3, ports=())
    base = modular().equipment or ()
    down = found(modular().evolve(equipment=(*base, chute, sea)), "descent_speed")
    assert [f.severity for f in down] == [Severity.UNKNOWN]
    # dry 1.6 t and 0.05 (18.5 t in lb)^0.79 lb of residuals under one canopy
    mass = 1600 + 0.05 * (18500 / 0.45359237) ** 0.79 * 0.45359237
    speed = sqrt(2 * mass * G0 / (1.225 * 0.8 * 500.0))
    assert f"at {speed:.3g} m/s" in down[0].message
    hard = modular().evolve(equipment=(*base, chute, legs.evolve(touchdown_speed=5.0), pad))
    assert [f.severity for f in found(hard, "descent_speed")] == [Severity.ERROR]
    assert [f.severity for f in found(hard, "landing_mass")] == [Severity.ERROR]
    wet = modular().evolve(equipment=(*base, legs, sea))
    assert Severity.ERROR in {f.severity for f in found(wet, "landing_site")}
    nowhere = modular().evolve(equipment=(*base, legs))
    assert [f.severity for f in found(nowhere, "landing_site")] == [Severity.UNKNOWN]


def test_a_landing_kit_is_of_the_stage_that_it_is_joined_to():
    mount = Port(name="mount", kind="recovery-mount", role="user")
    holder = Port(name="kit", kind="recovery-mount", role="provider")
    chute = Parachute(name="main", mass=60.0, area=pi * 25, drag_coefficient=0.8, ports=(mount,))
    sea = LandingSite(name="sea", surface="water", landing_mass=1e3, ports=())
    second = modular().stages[1]
    stages = (modular().stages[0], second.evolve(ports=(*(second.ports or ()), holder)))
    vehicle = modular().evolve(
        stages=stages,
        equipment=(*(modular().equipment or ()), chute, sea),
        joins=(*(modular().joins or ()), Join(lower="second stage.kit", upper="main.mount")),
    )
    assert found(vehicle, "descent_speed")[0].message.startswith("second stage under main")
    assert [f.severity for f in found(vehicle, "landing_mass")] == [Severity.OK]  # 0.5 t and residuals


# ---- with the flight ----


@pytest.mark.slow
def test_a_design_closes_the_load_path_with_its_own_flight(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["design", "examples/modular/study.yaml", "--out", str(tmp_path / "run"), "--quiet"])
    assert end.value.code == 0
    capsys.readouterr()
    assert "<svg" in (tmp_path / "run/interfaces.html").read_text()
    with pytest.raises(SystemExit) as end:
        main(["check", "examples/modular/vehicle.yaml", "--loads", str(tmp_path / "run"), "--json"])
    assert end.value.code == 0
    assembly = json.loads(capsys.readouterr().out)["assembly"]
    loads = [f for f in assembly if f["rule"] in LOAD_RULES]
    assert len(loads) == 5 * 2 * 3 and {f["severity"] for f in loads} == {"OK"}
    assert any("the flight" in f["message"] for f in loads)
