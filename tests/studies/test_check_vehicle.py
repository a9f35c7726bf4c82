"""A vehicle's joints: found from the stack, matched, reported; what is wrong is named by file, line and port."""

import json
import shutil
from itertools import count, pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from osea_rocket.cli.main import main
from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.core.modules import Join
from osea_rocket.core.run_folder import RunFolder
from osea_rocket.core.variant import with_fields
from osea_rocket.propulsion.engine import Engine
from osea_rocket.studies.check import as_data, as_text, check_vehicle
from osea_rocket.studies.check_assembly import read_loads
from osea_rocket.studies.check_joints import check_joints
from osea_rocket.studies.check_loads import LOAD_RULES
from osea_rocket.studies.check_report import check_report, stack_drawing
from osea_rocket.studies.joint_loads import AscentLoads, JointLoads
from osea_rocket.trajectory.ground import LandingSite, LaunchPad
from osea_rocket.validation.interface_mutations import sound_joints
from osea_rocket.vehicle.equipment import AvionicsUnit, LandingLegs
from osea_rocket.vehicle.parts import Fairing, Interstage, Payload, PayloadAdapter
from osea_rocket.vehicle.stage import Stage
from osea_rocket.vehicle.vehicle import StrapOns, Vehicle

FALCON = Path("examples/falcon9")
JOINTS = {lower.kind: (lower, upper) for lower, upper in sound_joints()}


def ends(kind, number, name, separates=True):
    """Both ports of one sound joint, with message names and a separation number of their own."""
    sent = (f"status {number}", f"navigation {number}")
    changes = {}
    if "data" not in JOINTS[kind][0].none:
        changes = {"data.buses.bus A.identifiers.supplies": sent}
    lower, upper = JOINTS[kind]
    if changes:
        lower = with_fields(lower, {"data.buses.bus A.identifiers.accepts": sent})
        upper = with_fields(upper, changes)
    if lower.mechanical is not None:  # what stands on the joints of these vehicles
        allows = {"mechanical.mass.allows": 40e3, "mechanical.center_of_mass_height.allows": 25.0}
        applies = {"mechanical.mass.applies": 30e3, "mechanical.center_of_mass_height.applies": 20.0}
        lower, upper = with_fields(lower, allows), with_fields(upper, applies)
    if lower.separation is not None:
        lower, upper = (with_fields(p, {"separation.order": number}) for p in (lower, upper))
    return lower.evolve(name=f"{name}-{number}"), upper.evolve(name=f"{name}-{number}")


def sound_vehicle(stages=2, interstage=False, fairing=False, adapter=False, boosters=0, equipment=0) -> Vehicle:
    """A light vehicle whose every joint is sound: a small stage may stand on any of them."""
    numbers = count(1)
    ports: dict[str, list] = {}

    def join(kind, lower, upper):
        one, two = ends(kind, next(numbers), kind)
        ports.setdefault(lower, []).append(one)
        ports.setdefault(upper, []).append(two)

    names = [f"stage {i}" for i in range(stages)]
    chain = [n for name in names for n in (name, *([f"ring {name}"] if interstage and name != names[-1] else []))]
    chain += ["adapter"] if adapter else []
    for lower, upper in pairwise(chain):
        join("stage-joint", lower, upper)
    join("payload-adapter", chain[-1], "payload")
    if fairing:
        join("fairing-joint", names[-1], "fairing")
    for name in (*names, *([] if not boosters else ["booster"])):
        join("engine-mount", name, f"engine of {name}")
    if boosters:
        join("strap-on-joint", names[0], "booster")
    engine = load_document(Engine, FALCON / "engines/merlin-1d.yaml").evolve(ports=None, sources=())

    def stage(name, role: Literal["core", "strap-on"] = "core"):
        extra = {"nose_length": 2.0, "nose_shape": "ogive"} if role == "strap-on" else {}
        powerplant = engine.evolve(name=f"engine of {name}", ports=tuple(ports[f"engine of {name}"]))
        return Stage(
            name=name, role=role, diameter=2.5, length=8.0, dry_mass=1000.0, propellant_mass=8000.0, engine=powerplant,
            ports=tuple(ports[name]), **extra,
        )  # fmt: skip

    ring = [
        Interstage(
            name=f"ring {n}", on=n, length=2.0, lower_diameter=2.5, upper_diameter=2.5, mass=200.0,
            ports=tuple(ports[f"ring {n}"]),
        )
        for n in (names[:-1] if interstage else [])
    ]  # fmt: skip
    units, joins = [], []
    for i in range(equipment // 2):
        one, two = ends("avionics-slot", 100 + i, "slot")
        units += [AvionicsUnit(name=f"rack {i}", function="other", mass=1.0, ports=(one,))]
        units += [AvionicsUnit(name=f"box {i}", function="other", mass=1.0, ports=(two,))]
        joins.append(Join(lower=f"rack {i}.{one.name}", upper=f"box {i}.{two.name}"))
    return Vehicle(
        name="sound",
        stages=tuple(stage(n) for n in names),
        boosters=(StrapOns(stage=stage("booster", "strap-on"), count=boosters),) if boosters else (),
        interstages=tuple(ring),
        fairing=Fairing(
            name="fairing", mass=300.0, length=5.0, diameter=2.5, nose_length=3.0, nose_shape="ogive",
            ports=tuple(ports["fairing"]),
        ) if fairing else None,
        adapter=PayloadAdapter(
            name="adapter", mass=30.0, height=0.5, lower_diameter=2.5, upper_diameter=1.2, ports=tuple(ports["adapter"]),
        ) if adapter else None,
        payload=Payload(name="payload", mass=500.0, ports=tuple(ports["payload"])),
        equipment=tuple(units) or None,
        joins=tuple(joins) or None,
    )  # fmt: skip


CLEAN = [
    {"stages": 1},
    {"stages": 2},
    {"stages": 3},
    {"stages": 2, "interstage": True},
    {"stages": 3, "interstage": True},
    {"stages": 2, "fairing": True},
    {"stages": 2, "adapter": True},
    {"stages": 2, "interstage": True, "fairing": True, "adapter": True},
    {"stages": 1, "boosters": 2},
    {"stages": 3, "interstage": True, "fairing": True, "adapter": True, "boosters": 4},
    {"stages": 2, "equipment": 6},
]


@pytest.mark.parametrize("shape", CLEAN, ids=str)
def test_a_clean_vehicle_gives_no_error_and_every_joint_is_found(shape):
    checked = check_vehicle(sound_vehicle(**shape))
    assert [f.message for f in checked.all_findings if f.severity in (Severity.ERROR, Severity.WARN)] == []
    assert all(joint.matched for joint in checked.joints)
    # Of a sound joint nothing is unknown; of the assembly only what the flight would add.
    unknown = {f.rule for f in checked.all_findings if f.severity is Severity.UNKNOWN}
    assert unknown <= {*LOAD_RULES, "assembly.pad_wind", "assembly.power_source"}


def test_sixty_modules_are_checked_whole():
    vehicle = sound_vehicle(stages=3, interstage=True, fairing=True, adapter=True, boosters=2, equipment=48)
    checked = check_vehicle(vehicle)
    modules = {end.rpartition(".")[0] for joint in checked.joints for end in (joint.lower, joint.upper)}
    assert len(modules) >= 60 and all(joint.matched for joint in checked.joints)


def test_a_port_less_stage_is_unknown_and_a_gap_is_an_error():
    vehicle = sound_vehicle()
    top = vehicle.stages[1]
    silent = vehicle.evolve(stages=(vehicle.stages[0], top.evolve(ports=None)))
    rules = {f.rule: f.severity for joint in check_joints(silent) for f in joint.findings}
    assert rules["joint.no_ports"] is Severity.UNKNOWN and "joint.gap" not in rules
    without = tuple(p for p in top.ports or () if p.role != "upper")
    gap = vehicle.evolve(stages=(vehicle.stages[0], top.evolve(ports=without)))
    found = [f for joint in check_joints(gap) for f in joint.findings if f.rule == "joint.gap"]
    assert [f.severity for f in found] == [Severity.ERROR]
    assert "stage 1" in found[0].message and "stage 0" in found[0].message


def test_joins_that_lead_nowhere():
    vehicle = sound_vehicle()
    for lower, rule in (("stage 9.top", "joint.no_module"), ("stage 0.nose", "joint.no_port")):
        broken = vehicle.evolve(joins=(Join(lower=lower, upper="stage 1.stage-joint-1"),))
        found = [f for joint in check_joints(broken) for f in joint.findings if f.rule == rule]
        assert len(found) == 1 and found[0].severity is Severity.ERROR


def test_a_port_meets_one_other():
    vehicle = sound_vehicle(stages=3)
    twice = Join(lower="stage 0.stage-joint-1", upper="stage 2.stage-joint-2")
    found = [f for j in check_joints(vehicle.evolve(joins=(twice,))) for f in j.findings if f.rule == "joint.taken"]
    assert found and all(f.severity is Severity.ERROR for f in found)


def test_a_port_joined_to_itself_is_refused_by_file_and_line(tmp_path, capsys):
    shutil.copytree(FALCON, tmp_path / "falcon")
    file = tmp_path / "falcon/vehicle.yaml"
    file.write_text(file.read_text() + "joins:\n  - lower: first stage.top\n    upper: first stage.top\n")
    line = len(file.read_text().splitlines())
    with pytest.raises(SystemExit) as end:
        main(["check", str(file)])
    assert end.value.code == 2
    assert (
        f"vehicle.yaml:{line}:12: joins.0.upper: port 'first stage.top' is joined to itself" in capsys.readouterr().err
    )


def test_two_senders_of_one_identifier_and_two_separations_of_one_number():
    vehicle = sound_vehicle(stages=3)
    stages = list(vehicle.stages)
    same = with_fields(stages[2], {"ports.stage-joint-2.data.buses.bus A.identifiers.supplies": ("status 1",)})
    found = check_vehicle(vehicle.evolve(stages=(*stages[:2], same))).findings
    assert [f.severity for f in found if f.rule == "assembly.bus_identifier"] == [Severity.ERROR]
    late = [with_fields(s, {f"ports.stage-joint-{n}.separation.order": 9}) for s, n in ((stages[0], 1), (stages[1], 1))]
    found = check_vehicle(vehicle.evolve(stages=(*late, stages[2]))).findings
    assert "a stage cannot leave" in next(f for f in found if f.rule == "assembly.separation_order").message


def test_more_mounts_than_engines_are_an_error():
    vehicle = sound_vehicle(stages=1)
    wrong = with_fields(vehicle, {"stages.0.engine_count": 3})
    found = [f for joint in check_joints(wrong) for f in joint.findings if f.rule == "joint.count"]
    assert "1 mounts" in found[0].message and "3 engines" in found[0].message


def flown(name, axial, shear=0.0, bending=0.0) -> AscentLoads:
    joint = JointLoads(
        name=name, station=8.0, diameter=2.5, time=np.array([70.0]), axial=np.array([axial]), shear=np.array([shear]),
        bending=np.array([bending]),
        equivalent=np.array([axial]), largest_axial=axial, largest_axial_at=70.0, largest_shear=shear, largest_shear_at=71.0,
        largest_bending=bending, largest_bending_at=72.0, largest_equivalent=axial, largest_equivalent_at=70.0,
    )  # fmt: skip
    zero = np.zeros(1)
    return AscentLoads(
        gust=None, time=zero, angle_of_attack=zero, lateral_acceleration=zero, engine_angle=zero, joints=(joint,)
    )


def test_the_computed_load_is_held_against_what_the_joint_allows():
    vehicle = sound_vehicle()
    checked = check_vehicle(vehicle, loads=flown("stage 0 / stage 1", 3.0e6, 1e5, 5e5))
    found = {f.rule: f for f in checked.findings if f.severity is Severity.ERROR}
    assert set(found) == {"assembly.axial_load"}  # 3.0 MN against 2.4 MN; shear and bending are inside
    assert (
        "the flight (70.0 s) applies 3 MN, stage 0 allows 2.4 MN: margin -20 %" in found["assembly.axial_load"].message
    )


def test_loads_are_read_from_a_finished_run(tmp_path):
    vehicle = sound_vehicle()
    for name, loads in (("with", flown("stage 0 / stage 1", 3.0e6)), ("without", None)):
        with RunFolder(tmp_path / name, "design", vehicle) as run:
            if loads is not None:
                run.write_result("joint-loads", loads)
            run.publish()
    assert read_loads(tmp_path / "with") == flown("stage 0 / stage 1", 3.0e6)
    with pytest.raises(InputError, match="no loads at the joints"):
        read_loads(tmp_path / "without")
    with pytest.raises(InputError, match="not a finished run"):
        read_loads(tmp_path / "nothing")


def test_standing_weight_alone_can_be_too_much():
    vehicle = with_fields(sound_vehicle(), {"stages.0.ports.stage-joint-1.mechanical.axial_load.allows": 50e3})
    found = [
        f for f in check_vehicle(vehicle).findings if f.rule == "assembly.axial_load" and f.severity is Severity.ERROR
    ]
    # stage 1 (9 t) and the payload (0.5 t) weigh 93 kN.
    assert "standing on the pad applies 93.16 kN, stage 0 allows 50 kN" in found[0].message


def test_the_pad_and_the_landing_site_hold_the_vehicle():
    pad = LaunchPad(name="north", lift_off_mass=20e3, vehicle_height=40.0, ports=())
    legs = LandingLegs(name="legs", mass=100.0, count=4, span=6.0, ports=())
    site = LandingSite(name="ship", surface="ship", diameter=20.0, ports=())
    vehicle = sound_vehicle(stages=2)  # 18.5 t: 8 % below what the pad holds
    found = {f.rule: f for f in check_vehicle(vehicle.evolve(equipment=(pad, legs, site))).findings}
    assert {found[f"assembly.{n}"].severity for n in ("lift_off_mass", "vehicle_height", "diameter")} == {Severity.OK}
    assert found["assembly.lift_off_mass"].margin == pytest.approx(20 / 18.5 - 1)
    worse = (pad.evolve(lift_off_mass=18e3, vehicle_height=None), legs, site.evolve(surface="water"))
    found = {f.rule: f for f in check_vehicle(vehicle.evolve(equipment=worse)).findings}
    assert found["assembly.lift_off_mass"].severity is Severity.ERROR
    assert "let north hold 18.5 t or more" in found["assembly.lift_off_mass"].message
    assert found["assembly.vehicle_height"].severity is Severity.UNKNOWN
    assert found["assembly.landing_site"].severity is Severity.ERROR
    alone = check_vehicle(vehicle.evolve(equipment=(legs,))).findings
    assert next(f for f in alone if f.rule == "assembly.landing_site").severity is Severity.UNKNOWN


def test_swapping_an_engine_names_every_interface_that_breaks():
    vehicle = sound_vehicle(stages=1)
    other = with_fields(
        vehicle,
        {
            "stages.0.engine.ports.0.mechanical.interface_diameter": 2.4,
            "stages.0.engine.ports.0.fluid.lines.fuel.medium.accepts": ("LCH4",),
            "stages.0.engine.ports.0.electrical.circuits.main.voltage.accepts": (44.0, 56.0),
        },
    )
    wrong = {f.rule for f in check_vehicle(other).all_findings if f.severity is Severity.ERROR}
    assert wrong == {
        "port.mechanical.interface_diameter.equal",
        "port.fluid.lines.fuel.medium.one_of",
        "port.electrical.circuits.main.voltage.subset",
    }


MODULAR = Path("examples/modular")


def test_the_modular_example_fits_and_another_suppliers_engine_does_not(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["check", str(MODULAR / "vehicle.yaml")])
    assert end.value.code == 0
    capsys.readouterr()
    shutil.copytree(MODULAR, tmp_path / "modular")
    stage = tmp_path / "modular/stages/first.yaml"
    stage.write_text(stage.read_text().replace("engine: ../engines/k-120.yaml", "engine: ../engines/m-120.yaml"))
    with pytest.raises(SystemExit) as end:
        main(["check", str(tmp_path / "modular/vehicle.yaml"), "--json"])
    assert end.value.code == 1
    wrong = [f for f in json.loads(capsys.readouterr().out)["findings"] if f["severity"] == "ERROR"]
    assert {f["rule"].removeprefix("port.") for f in wrong} == {
        "mechanical.interface_diameter.equal",
        "fluid.lines.fuel.medium.one_of",
        "fluid.lines.fuel.pressure.subset",
        "fluid.lines.fuel.temperature.subset",
        "fluid.lines.fuel.line_size.equal",
        "electrical.circuits.main bus.voltage.subset",
        "data.buses.engine bus.protocol.version.semver",
        "vehicle.mixture",  # no tank holds methane
    }
    ports = [f for f in wrong if f["rule"].startswith("port.")]
    assert all("first stage.engines -> M-120.mount" in f["message"] for f in ports)


# ---- text, JSON, report ----


def test_the_falcon_is_checked_as_far_as_public_figures_go(capsys):
    with pytest.raises(SystemExit) as end:
        main(["check", str(FALCON / "vehicle.yaml"), "--json"])
    assert end.value.code == 0
    data = json.loads(capsys.readouterr().out)
    joints = {joint["name"]: joint for joint in data["joints"]}
    assert joints["first stage.top -> interstage.bottom"]["worst"] == "UNKNOWN"
    assert not any(f["severity"] == "ERROR" for joint in joints.values() for f in joint["findings"])
    assert any("1575" in json.dumps(f) or "payload" in f["message"] for f in data["findings"])


def test_unknown_fails_under_strict():
    with pytest.raises(SystemExit) as end:
        main(["check", str(FALCON / "vehicle.yaml"), "--strict"])
    assert end.value.code == 3


def test_the_text_says_what_to_change_and_where():
    vehicle = with_fields(sound_vehicle(), {"stages.0.ports.stage-joint-1.mechanical.axial_load.allows": 1.8e6})
    text = as_text(check_vehicle(vehicle))
    assert "let stage 0 allow 1.9 MN or more" in text
    assert "-5.3 %" in text


def test_the_report_shows_every_joint_in_its_colour(tmp_path, capsys):
    vehicle = with_fields(
        sound_vehicle(interstage=True, fairing=True, adapter=True),
        {"stages.0.ports.stage-joint-1.mechanical.axial_load.allows": 1.8e6},
    )
    checked = check_vehicle(vehicle)
    html = check_report(checked, vehicle).html()
    for joint in checked.joints:
        assert joint.name.replace(" -> ", " → ") in html
    # The sentence that says what to change stands before the first table of fields.
    assert html.index("What to change") < html.index("let stage 0 allow 1.9 MN or more") < html.index("field by field")
    drawing = stack_drawing(checked, vehicle)
    assert drawing.count("#b3261e") >= 3  # the bad joint: its line, its leader, its name
    assert as_data(checked)["joints"][0]["worst"] == "ERROR"
    with pytest.raises(SystemExit) as end:
        main(["check", str(FALCON / "vehicle.yaml"), "--html", str(tmp_path / "f9.html")])
    assert end.value.code == 0 and "<svg" in (tmp_path / "f9.html").read_text()


def test_a_check_survives_the_round_trip():
    checked = check_vehicle(sound_vehicle(stages=1))
    assert type(checked).from_json(json.loads(json.dumps(checked.to_json()))) == checked


def test_run_and_html_are_for_vehicles_only(capsys):
    with pytest.raises(SystemExit) as end:
        main(["check", str(FALCON / "fairing.yaml"), "--html", "/tmp/x.html"])
    assert end.value.code == 2
