"""Ports: the nine rules, what is unknown, curves, and two ports matched from files."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.findings import Severity
from osea_rocket.core.modules import Part
from osea_rocket.core.ports.curves import RandomVibration, RoomProfile, Sine, Sound
from osea_rocket.core.ports.match import End, match_ports
from osea_rocket.core.ports.port import SECTIONS, Port
from osea_rocket.core.ports.rules import (
    RULES,
    Bijection,
    Capacity,
    Conjugate,
    Contains,
    CurveBelow,
    Equal,
    OneOf,
    Place,
    Rule,
    Semver,
    Subset,
)
from osea_rocket.core.ports.sections import ByName, Info, Pin, Section, Sides
from osea_rocket.core.versions import Version, satisfies
from osea_rocket.validation.interface_mutations import sound_joints


class Box(Part, schema="test/box/v1"):
    """A part with ports and nothing else."""


FORCE = Place("a.top -> b.bottom", "mechanical.axial_load", "here", "b", "a", "N", ("applies", "allows"))


# ---- the rules ----


def test_the_list_of_rules_is_the_standards():
    names = [rule.name for rule in RULES]
    assert names == [
        "equal", "subset", "capacity", "conjugate", "semver", "curve_below", "contains", "one_of", "bijection",
    ]  # fmt: skip


def test_a_demand_over_the_capability_says_by_how_much_and_what_to_change():
    found = Capacity()(2.1e6, 1.9e6, FORCE)
    assert found.severity is Severity.ERROR
    assert found.message.startswith(
        "a.top -> b.bottom mechanical.axial_load: b applies 2.1 MN, a allows 1.9 MN: margin -10 %; let a allow 2.1 MN"
    )
    assert found.margin == pytest.approx(1.9 / 2.1 - 1)
    assert found.rule == "port.mechanical.axial_load.capacity"


@pytest.mark.parametrize(
    "demand, capability, severity",
    [(1.0, 1.04, Severity.WARN), (1.0, 1.06, Severity.OK), (1.0, 1.0, Severity.WARN), (0.0, 0.0, Severity.OK)],
)
def test_a_thin_margin_is_a_warning(demand, capability, severity):
    assert Capacity()(demand, capability, FORCE).severity is severity


def test_a_factor_of_safety_is_counted():
    assert Capacity(factor=1.4)(1.0, 1.3, FORCE).severity is Severity.ERROR
    assert Capacity(factor=1.25)(1.0, 1.4, FORCE).margin == pytest.approx(0.12)


def test_inches_against_millimetres():
    found = Equal(0.5e-3)(2.5, 98.4 * 0.0254, FORCE)
    assert found.severity is Severity.ERROR
    assert Equal(0.7e-3)(2.5, 98.4 * 0.0254, FORCE).severity is Severity.OK


def test_a_range_that_fails_at_its_top_alone():
    found = Subset()((26.0, 33.5), (24.0, 32.0), FORCE)
    assert found.severity is Severity.ERROR
    assert "too high at its high end" in found.message and "low end" not in found.message
    assert found.margin == pytest.approx(-1.5 / 8)
    assert Subset()((26.0, 32.0), (24.0, 32.0), FORCE).severity is Severity.OK


def test_a_set_in_a_set():
    assert Subset()(("doors A",), ("Doors  a", "doors B"), FORCE).severity is Severity.OK
    found = Subset()(("door C",), ("door B",), FORCE)
    assert found.severity is Severity.ERROR and "near: 'door B'" in found.message


def test_roles_are_each_others_counterpart():
    assert Conjugate()("lower", "upper", FORCE).severity is Severity.OK
    assert Conjugate()("plug", "plug", FORCE).severity is Severity.ERROR


@pytest.mark.parametrize(
    "one, other, fits",
    [("1.2.0", "1.9.3", True), ("1.2.0", "2.0.0", False), ("0.2.0", "0.3.0", False), ("0.2.0", "0.2.9", True)],
)
def test_two_versions_of_a_standard(one, other, fits):
    assert (Semver(both_plain=True)(one, other, FORCE).severity is Severity.OK) == fits


@pytest.mark.parametrize(
    "wanted, version, fits",
    [
        ("^1.2.0", "1.9.0", True),
        ("^1.2.0", "2.0.0", False),
        ("^1.2.0", "1.1.9", False),
        ("~1.2.0", "1.3.0", False),
        (">=1.0.0 <2.0.0", "1.99.0", True),
        (">1.0.0", "1.0.0", False),
        ("<=1.0.0", "1.0.0", True),
        ("1.0.0", "1.0.1", False),
        (">=1.0.0", "1.0.0-rc.1", False),
    ],
)
def test_version_ranges(wanted, version, fits):
    assert satisfies(Version.parse(version), wanted) == fits


@given(st.tuples(*[st.integers(0, 99)] * 3), st.sampled_from(["breaking", "additive", "editorial"]))
def test_the_next_version_is_later_and_compatible_unless_it_breaks(numbers, change):
    version = Version(*numbers)
    following = version.next(change)
    assert following.key > version.key
    assert version.compatible(following) == (change != "breaking")


def test_things_brought_are_in_the_list():
    assert OneOf()("lox", ("LOX", "LN2"), FORCE).severity is Severity.OK
    assert OneOf()("LOX", (), FORCE).severity is Severity.ERROR


def test_pin_maps():
    ours = (Pin(pin="1", signal="power", direction="out"), Pin(pin="2", signal="return"))
    theirs = (Pin(pin="2", signal="Return"), Pin(pin="1", signal="power", direction="in"))
    assert Bijection()(ours, theirs, FORCE).severity is Severity.OK
    turned = (theirs[0], theirs[1].evolve(direction="out"))
    assert "pin 1 (power)" in Bijection()(ours, turned, FORCE).message
    assert Bijection()(ours, theirs[:1], FORCE).severity is Severity.ERROR


def test_an_envelope_in_another():
    room = RoomProfile(height=(0.0, 6.7, 11.0), diameter=(4.6, 4.6, 1.45))
    assert Contains()(RoomProfile(height=(0.0, 6.0), diameter=(4.5, 4.5)), room, FORCE).severity is Severity.OK
    # Wider than the cone half way up it, though both ends fit.
    found = Contains()(RoomProfile(height=(0.0, 9.0), diameter=(4.0, 4.0)), room, FORCE)
    assert found.severity is Severity.ERROR and "9 m" in found.message
    assert Contains()(RoomProfile(height=(0.0, 12.0), diameter=(1.0, 1.0)), room, FORCE).severity is Severity.ERROR


# ---- curves ----


def test_a_curve_between_its_points_is_straight_in_log_log():
    curve = RandomVibration(frequency=(20.0, 80.0), level=(1.0, 4.0))
    assert 10 ** (curve.decibels(40.0) / 10) == pytest.approx(2.0)
    assert Sine(frequency=(10.0, 1000.0), level=(1.0, 100.0)).decibels(100.0) == pytest.approx(20.0)


def test_a_curve_that_crosses_between_the_others_points_is_found():
    flight = Sine(frequency=(10.0, 100.0, 1000.0), level=(1.0, 10.0, 1.0))  # a peak where the other has no point
    qualified = Sine(frequency=(10.0, 1000.0), level=(5.0, 5.0))
    found = CurveBelow()(flight, qualified, FORCE)
    assert found.severity is Severity.ERROR and "at 100 Hz" in found.message and "-6.0 dB" in found.message
    assert found.margin == pytest.approx(-0.5)


def test_less_than_3_db_is_a_warning():
    flight = RandomVibration(frequency=(20.0, 2000.0), level=(1.0, 1.0))
    for factor, severity in ((1.9, Severity.WARN), (2.1, Severity.OK)):
        qualified = RandomVibration(frequency=(20.0, 2000.0), level=(factor, factor))
        assert CurveBelow()(flight, qualified, FORCE).severity is severity


def test_where_nothing_was_qualified_nothing_is_known():
    flight = Sine(frequency=(5.0, 100.0), level=(1.0, 1.0))
    part = Sine(frequency=(20.0, 100.0), level=(9.0, 9.0))
    assert CurveBelow()(flight, part, FORCE).severity is Severity.UNKNOWN
    apart = Sine(frequency=(200.0, 300.0), level=(9.0, 9.0))
    assert CurveBelow()(flight, apart, FORCE).severity is Severity.UNKNOWN


def test_third_octaves_add_up_to_octaves():
    thirds = [31.5 * 2 ** (n / 3) for n in range(-1, 8)]
    sound = Sound(bands="third-octave", frequency=tuple(thirds), level=(100.0,) * 9)
    octaves = sound.in_octaves()
    assert octaves.frequency == (31.5, 63.0, 125.0)
    assert octaves.level == pytest.approx([100 + 10 * math.log10(3)] * 3)


def test_the_falcon_sound_adds_up_to_its_published_overall_level():
    # SpaceX, Falcon User's Guide (2015), table 4-4: 131.4 dB overall.
    guide = (122.4, 124.7, 126.1, 125.2, 120.1, 114.4, 110.8, 107.8, 104.8)
    assert 10 * math.log10(sum(10 ** (v / 10) for v in guide)) == pytest.approx(131.4, abs=0.1)


@pytest.mark.parametrize(
    "curve, text",
    [
        ('{frequency: "100, 20 Hz", level: "1, 1 g_0^2/Hz"}', "must ascend"),
        ('{frequency: "20, 20 Hz", level: "1, 1 g_0^2/Hz"}', "stands twice"),
        ('{frequency: "20, 100 Hz", level: "1, -1 g_0^2/Hz"}', "greater than 0"),
        ('{frequency: "0, 100 Hz", level: "1, 1 g_0^2/Hz"}', "greater than 0"),
        ('{frequency: "20, 100 Hz", level: "1 g_0^2/Hz"}', "one level for each"),
        ('{frequency: "20 Hz", level: "1 g_0^2/Hz"}', "two points"),
        ('{frequency: "20, 100", level: "1, 1 g_0^2/Hz"}', "one unit at the end"),
        ('{frequency: "20, 100 Hz", level: "1, 1 g_0"}', "not a unit of this quantity"),
    ],
)
def test_bad_curves_are_named_by_file_line_and_port(tmp_path, curve, text):
    file = tmp_path / "box.yaml"
    file.write_text(
        "schema: test/box/v1\nname: box\nports:\n  - name: base\n    kind: avionics-slot\n    role: user\n    environment:\n"
        f"      random_vibration:\n        allows: {curve}\n"
    )
    with pytest.raises(DocumentError) as error:
        load_document(Box, file)
    assert text in str(error.value)
    assert "box.yaml:9:" in str(error.value) and "ports.0.environment.random_vibration" in str(error.value)


def test_sound_bands_are_neighbours():
    with pytest.raises(ValueError, match="neighbouring octave"):
        Sound(bands="octave", frequency=(31.5, 125.0), level=(100.0, 100.0))


# ---- matching ----


def both(lower: dict, upper: dict, kind: str = "stage-joint"):
    one = Port.model_validate({"name": "top", "kind": kind, "role": "lower"} | lower)
    two = Port.model_validate({"name": "bottom", "kind": kind, "role": "upper"} | upper)
    return {f.rule: f for f in match_ports(End("s1", one), End("s2", two))}


def test_sound_joints_are_sound():
    for lower, upper in sound_joints():
        findings = match_ports(End("lower", lower), End("upper", upper))
        assert [f.message for f in findings if f.severity is not Severity.OK] == []


def test_every_field_has_one_rule_or_is_for_people():
    seen = set()

    def walk(model):
        for name, info in model.model_fields.items():
            if issubclass(model, Section) and name in ("none", "name"):
                continue
            markers = [m for m in info.metadata if isinstance(m, Rule | Info | ByName | Sides)]
            assert len(markers) == 1, f"{model.__name__}.{name}"
            seen.add(type(markers[0]))
            for inner in models(info.annotation) if isinstance(markers[0], ByName | Sides) else ():
                walk(inner)

    def models(annotation):
        from typing import get_args

        if isinstance(annotation, type):
            return [annotation] if hasattr(annotation, "model_fields") else []
        return [m for a in get_args(annotation) for m in models(a)]

    walk(Port)
    assert set(RULES) <= seen


def test_a_missing_field_is_unknown_on_either_side_and_never_ok():
    for lower, upper in (({"interface_diameter": 2.5}, {}), ({}, {"interface_diameter": 2.5}), ({}, {})):
        found = both({"mechanical": lower}, {"mechanical": upper})
        assert found["port.mechanical.interface_diameter.missing"].severity is Severity.UNKNOWN
    found = both({"mechanical": {"axial_load": {"allows": 1e6}}}, {"mechanical": {}})
    assert "does not say what it applies" in found["port.mechanical.axial_load.missing"].message


def test_two_empty_ports_are_unknown_in_every_section():
    found = both({}, {})
    unknown = {rule for rule, f in found.items() if f.severity is Severity.UNKNOWN}
    assert {f"port.{name}.missing" for name in SECTIONS} <= unknown


def test_what_is_said_not_to_exist():
    assert both({"none": ["fluid"]}, {"none": ["fluid"]})["port.fluid.none"].severity is Severity.OK
    assert both({"none": ["fluid"]}, {})["port.fluid.missing"].severity is Severity.UNKNOWN
    line = {"fluid": {"lines": [{"name": "oxidizer"}]}}
    assert both({"none": ["fluid"]}, line)["port.fluid.none"].severity is Severity.ERROR
    # A capability that nobody uses is no fault; a demand that nobody answers is one.
    shim = "port.mechanical.shim_thickness.none"
    no_shims = {"mechanical": {"none": ["shim_thickness"]}}
    assert both(no_shims, {"mechanical": {"shim_thickness": {"allows": 1e-3}}})[shim].severity is Severity.OK
    assert both(no_shims, {"mechanical": {"shim_thickness": {"applies": 1e-3}}})[shim].severity is Severity.ERROR


def test_ports_of_two_standards_or_majors_do_not_fit():
    def standard(name, version):
        return {"standard": {"name": name, "version": version}}

    assert both(standard("x", "1.0.0"), standard("y", "1.0.0"))["port.standard.name.equal"].severity is Severity.ERROR
    found = both(standard("x", "1.0.0"), standard("x", "2.0.0"))
    assert found["port.standard.version.semver"].severity is Severity.ERROR


def test_ports_of_two_kinds_are_not_compared_further():
    one = Port(name="a", kind="umbilical", role="provider")
    two = Port(name="b", kind="harness", role="user")
    assert [f.rule for f in match_ports(End("s1", one), End("s2", two))] == ["port.kind.equal"]


def test_parts_meet_by_name():
    def circuits(*names):
        return {"electrical": {"circuits": [{"name": n, "current": {"needs": 1.0}} for n in names]}}

    found = both(circuits("main", "pyro"), circuits("main"))
    assert found["port.electrical.circuits.pyro.unmatched"].severity is Severity.ERROR
    assert "port.electrical.circuits.main.current.missing" in found
    spare = both(circuits("main", "spare") | {"role": "provider"}, circuits("main") | {"role": "user"})
    assert spare["port.electrical.circuits.spare.unused"].severity is Severity.WARN


def test_both_directions_are_checked():
    load = {"mechanical": {"axial_load": {"applies": 1e6, "allows": 2e6}}}
    weak = {"mechanical": {"axial_load": {"applies": 1e6, "allows": 0.9e6}}}
    one = Port.model_validate({"name": "top", "kind": "stage-joint", "role": "lower"} | load)
    two = Port.model_validate({"name": "bottom", "kind": "stage-joint", "role": "upper"} | weak)
    found = [f for f in match_ports(End("s1", one), End("s2", two)) if "axial_load" in f.rule]
    assert [f.severity for f in found] == [Severity.ERROR, Severity.OK]
    assert "s1 applies 1 MN, s2 allows 900 kN" in found[0].message


def test_a_joint_from_two_files_is_named_by_file_and_line(tmp_path):
    def box(name, role, diameter):
        file = tmp_path / f"{name}.yaml"
        file.write_text(
            f"schema: test/box/v1\nname: {name}\nports:\n  - name: joint\n    kind: stage-joint\n    role: {role}\n"
            f"    mechanical:\n      interface_diameter: {diameter}\n"
        )
        return End(name, load_document(Box, file).port("joint"))

    found = match_ports(box("s1", "lower", "2.5 m"), box("s2", "upper", "98.4 in"))
    error = next(f for f in found if f.severity is Severity.ERROR)
    assert error.where == f"{tmp_path}/s2.yaml:8:27"
    assert "s1.joint -> s2.joint mechanical.interface_diameter" in error.message
    assert "0.64 mm apart, tolerance 0.5 mm" in error.message
    assert "one file is in m and the other in in" in error.message


def test_a_port_survives_the_round_trip_through_plain_data():
    for lower, upper in sound_joints()[:2]:
        for port in (lower, upper):
            assert Port.model_validate(port.to_plain()) == port


@pytest.mark.parametrize(
    "fields, text",
    [
        ({"none": ["thermal"], "thermal": {}}, "said not to exist"),
        ({"mechanical": {"none": ["interface_diametre"]}}, "there is no field"),
        ({"mechanical": {"none": ["flatness"], "flatness": {"allows": 1e-4}}}, "said not to exist"),
        ({"name": "a.b"}, "pattern"),
        ({"standard": {"name": "x", "version": "1.0"}}, "not a semantic version"),
        (
            {"electrical": {"connectors": [{"name": "J1", "pins": [{"pin": "1", "signal": s} for s in "ab"]}]}},
            "listed twice",
        ),
    ],
)
def test_bad_ports_are_refused(fields, text):
    with pytest.raises(ValueError, match=text):
        Port.model_validate({"name": "top", "kind": "stage-joint", "role": "lower"} | fields)
