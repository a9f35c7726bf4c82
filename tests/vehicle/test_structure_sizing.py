"""The core as shells: walls against hand calculations, margins of given walls, loads on the pad and at landing."""

from itertools import pairwise
from math import pi
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.findings import Severity
from osea_rocket.vehicle.body_loads import BodyLoads, landing_loads, mass_per_length, pad_loads, side_area
from osea_rocket.vehicle.mass import mass_properties
from osea_rocket.vehicle.structure.cases import LoadCase
from osea_rocket.vehicle.structure.document import StructureRules
from osea_rocket.vehicle.structure.materials import find_material
from osea_rocket.vehicle.structure.sizing import size_structure
from osea_rocket.vehicle.structure.zones import dome_area, zones
from osea_rocket.vehicle.vehicle import Vehicle

FALCON = Path(__file__).parents[2] / "examples" / "falcon9" / "vehicle.yaml"
RULES = StructureRules(name="rules", material="Al-Li 2195-T8", ullage_pressure=3e5, joint_share=0.0)


@pytest.fixture(scope="module")
def falcon() -> Vehicle:
    return load_document(Vehicle, FALCON)


def constant(axial: float, bending: float, top: float = 80.0) -> BodyLoads:
    x, one = np.linspace(0, top, 11), np.ones(11)
    return BodyLoads(
        station=x, axial=axial * one, shear=0 * one, bending=bending * one, normal_force=0.0, center_of_pressure=None,
        lateral_acceleration=0.0, engine_angle=None,
    )  # fmt: skip


def test_zones_fill_the_stage_without_gaps(falcon):
    found = [z for z in zones(falcon) if z.part == "first stage"]
    assert [z.kind for z in found] == ["skirt", "barrel", "barrel", "skirt"]
    assert found[0].bottom == pytest.approx(2.5) and found[-1].top == pytest.approx(41.2)
    for below, above in pairwise(found):
        assert below.top == pytest.approx(above.bottom)  # a common bulkhead leaves no intertank


def test_dome_areas():
    assert dome_area(2.0, 2.0) == pytest.approx(8 * pi) and dome_area(2.0, 0.0) == pytest.approx(4 * pi)
    # 2:1 ellipsoidal head: 1.084 D^2 is the textbook figure
    assert dome_area(1.0, 0.5) == pytest.approx(1.084 * 4, rel=2e-3)


def test_pressure_sizes_an_unloaded_barrel(falcon):
    case = LoadCase("hold", constant(0.0, 0.0), 30.0, {"first stage": 1.0, "second stage": 1.0})
    sized = size_structure(falcon, RULES, [case])
    lox = next(s for s in sized.shells if s.name == "first stage: LOX tank")
    al = find_material("Al-Li 2195-T8")
    # the liquid stands over the barrel's foot by nearly all of the tank's height, at 30 m/s2
    tank = falcon.stages[0].tanks[1]
    volume = tank.propellant_mass / 1252.0
    depth = volume / (pi * 1.83**2)  # the inward lower dome takes room; the foot is the barrel's
    assert lox.pressure == pytest.approx(3e5 + 1252 * 30 * depth, rel=0.05)
    wall = max(
        1.25 * lox.pressure * 1.83 / (al.ultimate_strength * 0.7), 1.1 * lox.pressure * 1.83 / (al.yield_strength * 0.7)
    )
    assert (
        lox.thickness == pytest.approx(wall) and lox.sized_by == "pressure" and lox.margin_pressure == pytest.approx(0)
    )
    skirt = next(s for s in sized.shells if s.kind == "skirt")
    assert skirt.sized_by == "gauge" and skirt.thickness == al.minimum_gauge


def test_buckling_sizes_a_loaded_barrel_and_people_need_more(falcon):
    case = LoadCase("squeeze", constant(2e7, 2e6), 0.0, {}, pressurised=False)
    sized = size_structure(falcon, RULES, [case])
    crewed = size_structure(falcon, RULES.evolve(ultimate_factor=1.4), [case])
    for one, other in zip(sized.shells, crewed.shells, strict=True):
        assert one.sized_by == "buckling" and one.margin_buckling == pytest.approx(0.0, abs=1e-5)
        assert other.thickness > one.thickness
    assert sized.mass_of("first stage") + sized.mass_of("second stage") + sized.mass_of("interstage") == pytest.approx(
        sized.mass
    )


def test_a_given_wall_keeps_its_thickness_and_fails_openly(falcon):
    stage = falcon.stages[0]
    thin = tuple(t.evolve(wall_thickness=2e-3) for t in stage.tanks)
    vehicle = falcon.evolve(stages=(stage.evolve(tanks=thin), *falcon.stages[1:]))
    case = LoadCase("squeeze", constant(2e7, 2e6), 0.0, {}, pressurised=False)
    sized = size_structure(vehicle, RULES, [case])
    barrel = next(s for s in sized.shells if s.name == "first stage: LOX tank")
    assert barrel.thickness == 2e-3 and barrel.sized_by == "given"
    assert barrel.margin_buckling is not None and barrel.margin_buckling < 0
    assert any(f.severity is Severity.ERROR and f.rule == "structure.buckling" for f in sized.findings)


def test_what_no_case_covers_is_unknown(falcon):
    sized = size_structure(falcon, RULES, [LoadCase("short", constant(1e6, 0.0, top=30.0), 0.0, {})])
    assert any(f.rule == "structure.no_case" and "second stage" in f.message for f in sized.findings)


def test_pad_and_landing_loads(falcon):
    masses = mass_properties(falcon, payload_mass=2e4)
    pad = pad_loads(falcon, masses, 20.0)
    drag = 0.5 * 1.225 * 400 * 1.2 * side_area(falcon, 0, True)
    assert pad.shear[0] == pytest.approx(drag, rel=1e-3)
    assert pad.axial[0] == pytest.approx(9.80665 * masses.mass, rel=0.02)  # engines hang below the foot in part
    assert pad.bending[0] == pytest.approx(drag * (pad.center_of_pressure or 0.0), rel=1e-6) and pad.bending[-1] == 0
    down = landing_loads(masses, 0.0, 41.2, 30.0)
    assert down.axial[0] == pytest.approx(30 * masses.mass, rel=0.02) and not down.bending.any()
    x = np.linspace(0, 70, 71)
    assert np.sum(mass_per_length(x, masses.items) * np.diff(x)) == pytest.approx(masses.mass, rel=1e-12)


def test_bad_rules_are_told_by_file_line_and_field(tmp_path):
    file = tmp_path / "structure.yaml"
    file.write_text("schema: osea/structure/v1\nname: r\nmaterial: unobtainium\n")
    with pytest.raises(DocumentError) as error:
        load_document(StructureRules, file)
    assert "structure.yaml:3:" in str(error.value) and "known: Al-Li 2195-T8" in str(error.value)
    file.write_text("schema: osea/structure/v1\nname: r\nultimate_factor: 0.9\n")
    with pytest.raises(DocumentError, match=r"structure\.yaml:3:.*at least 1"):
        load_document(StructureRules, file)
