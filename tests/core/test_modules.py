"""Modules: identity, references of any kind, the catalogue, comparing versions, the lock."""

import importlib.metadata
import json
from pathlib import Path

import pytest

from osea_rocket.core.documents import DocumentError, Module, Reference, load_document
from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.core.modules import AnyPart, Join, Part
from osea_rocket.core.modules_catalogue import catalogue, own_catalogue, search_path
from osea_rocket.core.modules_compare import compare
from osea_rocket.core.modules_lock import check_lock, lock_text, modules_of
from osea_rocket.core.quantity import Mass


class Motor(Part, schema="test/catalogue-motor/v1"):
    """A motor."""

    mass: Mass = 1.0


class Craft(Module, schema="test/catalogue-craft/v1"):
    """A craft with one motor and further parts."""

    motor: Reference[Motor]
    equipment: tuple[AnyPart, ...] | None = None


MOTOR = """schema: test/catalogue-motor/v1
name: {name}
version: {version}
mass: {mass}
ports:
  - name: mount
    kind: engine-mount
    role: user
    mechanical:
      axial_load: {{applies: {load}, allows: 2 MN}}
      fastener_count: 8
"""


def motor(tmp_path: Path, file="motor.yaml", name="M1", version="1.0.0", mass="10 kg", load="1 MN") -> Path:
    path = tmp_path / file
    path.write_text(MOTOR.format(name=name, version=version, mass=mass, load=load))
    return path


def craft(tmp_path: Path, extra="") -> Path:
    path = tmp_path / "craft.yaml"
    path.write_text(f"schema: test/catalogue-craft/v1\nname: craft\nmotor: motor.yaml\n{extra}")
    return path


# ---- identity ----


def test_what_is_not_stated_is_not_in_the_content():
    plain = Motor(name="m").to_plain()
    assert set(plain) == {"schema", "name", "notes", "sources", "mass"}  # hashes of older files stay as they were
    assert Motor(name="m").ports is None
    assert Motor(name="m", ports=()).to_plain()["ports"] == []


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "1.0.0.0", "01.0.0", "latest"])
def test_a_version_is_semantic(version):
    with pytest.raises(ValueError, match="not a semantic version"):
        Motor(name="m", version=version)


def test_two_ports_of_one_name_are_refused():
    port = {"name": "a", "kind": "harness", "role": "user"}
    with pytest.raises(ValueError, match="two ports are called 'a'"):
        Motor.model_validate({"name": "m", "ports": [port, port]})


def test_a_join_names_two_ports():
    with pytest.raises(ValueError, match="joined to itself"):
        Join(lower="a.top", upper="a.top")
    with pytest.raises(ValueError, match=r"module\.port"):
        Join(lower="top", upper="a.bottom")


# ---- references to a part of any kind ----


def test_a_part_of_any_kind_by_file_or_inline(tmp_path):
    motor(tmp_path)
    inline = "equipment:\n  - motor.yaml\n  - schema: test/catalogue-motor/v1\n    name: spare\n    mass: 2 kg\n"
    loaded = load_document(Craft, craft(tmp_path, inline))
    assert [type(part) for part in loaded.equipment or ()] == [Motor, Motor]
    assert [part.name for part in loaded.equipment or ()] == ["M1", "spare"]
    assert Craft.model_validate(loaded.to_plain()) == loaded


@pytest.mark.parametrize(
    "item, text",
    [
        ("  - craft.yaml", "circle"),
        ("  - other.yaml", "which has no ports"),
        ("  - nothing.yaml", "no such file"),
        ("  - {name: x}", "begins with its schema"),
        ("  - {schema: test/catalogue-craft/v1, name: x}", "begins with its schema"),
        ("  - {schema: test/catalogue-motor/v1, name: x, maas: 1 kg}", "did you mean 'mass'"),
        ("  - 5", "expected a path"),
    ],
)
def test_bad_parts_are_named_by_file_and_line(tmp_path, item, text):
    motor(tmp_path)
    (tmp_path / "other.yaml").write_text("schema: test/catalogue-craft/v1\nname: other\nmotor: motor.yaml\n")
    with pytest.raises(DocumentError) as error:
        load_document(Craft, craft(tmp_path, f"equipment:\n{item}\n"))
    assert text in str(error.value) and "craft.yaml:5:" in str(error.value)


# ---- the catalogue ----


def test_modules_are_found_by_name_version_and_file(tmp_path):
    motor(tmp_path)
    motor(tmp_path, "sub-1.yaml", version="1.2.0")
    (tmp_path / "other.yaml").write_text("just: data\n")
    (tmp_path / "broken.yaml").write_text("schema: test/catalogue-motor/v1\nname: x\nmass: heavy\n")
    found = catalogue([tmp_path])
    assert [e.key for e in found.entries] == ["M1@1.0.0", "M1@1.2.0"]
    assert len(found.problems) == 1 and "broken.yaml:3:7" in found.problems[0]
    assert found.find("M1").module.version == "1.2.0"
    assert found.find("M1@1.0.0").module.version == "1.0.0"
    assert found.find(str(tmp_path / "motor.yaml")).module.version == "1.0.0"
    with pytest.raises(InputError, match="near: M1"):
        found.find("M2@1.0.0")


def test_one_name_and_version_in_two_files_is_ambiguous(tmp_path):
    motor(tmp_path)
    motor(tmp_path, "copy.yaml")
    with pytest.raises(InputError, match="several files"):
        catalogue([tmp_path]).find("M1")


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no folder"):
        search_path([tmp_path / "nowhere"])


def test_installed_packages_offer_modules_and_none_of_their_code_runs(tmp_path, monkeypatch):
    package = tmp_path / "some_rocket_parts"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('a catalogue is data')\n")
    motor(package, name="installed")
    monkeypatch.syspath_prepend(tmp_path)
    point = importlib.metadata.EntryPoint("parts", "some_rocket_parts", "osea_rocket.modules")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [point] if group == point.group else [])
    empty = tmp_path / "empty"
    empty.mkdir()
    found = catalogue(search_path([empty])).entries
    assert [e.module.name for e in found if not e.file.is_relative_to(own_catalogue())] == ["installed"]
    assert search_path([empty], alone=True) == [empty]


# ---- comparing ----


def compared(tmp_path, **changes):
    old = load_document(Motor, motor(tmp_path, "old.yaml"))
    return compare(old, load_document(Motor, motor(tmp_path, "new.yaml", **changes)))


def test_nothing_changed(tmp_path):
    result = compared(tmp_path)
    assert result.change == "none" and result.proposed == "1.0.0" and not result.differences


def test_a_larger_demand_breaks_and_a_smaller_one_does_not(tmp_path):
    worse = compared(tmp_path, load="1.1 MN", version="1.1.0")
    assert worse.change == "breaking" and worse.proposed == "2.0.0"
    assert worse.finding.severity is Severity.ERROR and "make it 2.0.0" in worse.finding.message
    assert worse.finding.where.endswith("new.yaml:3:10")
    assert worse.differences[0].path == "ports.mount.mechanical.axial_load.applies"
    better = compared(tmp_path, load="0.9 MN", version="1.1.0")
    assert better.change == "additive" and better.finding.severity is Severity.OK


def test_kinds_of_change():
    old = Motor.model_validate(
        {"name": "m", "version": "1.4.2", "ports": [{"name": "a", "kind": "harness", "role": "user"}]}
    )
    port = old.port("a")
    cases = {
        "editorial": old.evolve(notes="new words"),
        "additive": old.evolve(ports=(port, port.evolve(name="b"))),
        "breaking": old.evolve(ports=()),
    }
    proposed = {"editorial": "1.4.3", "additive": "1.5.0", "breaking": "2.0.0"}
    for change, new in cases.items():
        assert (compare(old, new).change, compare(old, new).proposed) == (change, proposed[change])
    assert compare(old, old.evolve(mass=2.0)).change == "breaking"
    assert compare(old.evolve(version="0.4.2"), old.evolve(mass=2.0, version="0.4.3")).proposed == "0.5.0"


def test_a_range_that_widens_on_the_accepting_side_breaks_nobody_and_values_carry_their_units():
    def with_pressure(span, version="1.0.0"):
        lines = ({"name": "fuel", "pressure": span},)
        port = {"name": "a", "kind": "engine-mount", "role": "user", "fluid": {"lines": lines}}
        return Motor.model_validate({"name": "m", "version": version, "ports": [port]})

    old = with_pressure({"accepts": "2.5 .. 5 bar", "supplies": "3 .. 4 bar"})
    wider = compare(old, with_pressure({"accepts": "2 .. 6 bar", "supplies": "3 .. 4 bar"}))
    assert wider.change == "additive"
    assert wider.differences[0].text == "250..500 kPa became 200..600 kPa, which every partner bears"
    moved = compare(old, with_pressure({"accepts": "2.6 .. 6 bar", "supplies": "3 .. 4 bar"}))
    assert moved.change == "breaking"  # 2.5 bar came in before
    assert compare(old, with_pressure({"accepts": "2.5 .. 5 bar", "supplies": "3.2 .. 3.9 bar"})).change == "additive"
    assert compare(old, with_pressure({"accepts": "2.5 .. 5 bar", "supplies": "2.9 .. 4 bar"})).change == "breaking"


def test_a_curve_qualified_higher_breaks_nobody():
    def shaken(word, levels):
        shock = {word: {"frequency": "100, 1000 Hz", "level": levels}}
        port = {"name": "a", "kind": "payload-adapter", "role": "upper", "environment": {"shock": shock}}
        return Motor.model_validate({"name": "m", "version": "1.0.0", "ports": [port]})

    for word, up, down in (("allows", "additive", "breaking"), ("applies", "breaking", "additive")):
        old = shaken(word, "40, 1000 g_0")
        assert compare(old, shaken(word, "50, 1000 g_0")).change == up
        assert compare(old, shaken(word, "40, 900 g_0")).change == down
        assert compare(old, shaken(word, "50, 900 g_0")).change == "breaking"


# ---- the lock ----


def test_a_lock_holds_every_module_with_a_file_of_its_own(tmp_path):
    motor(tmp_path)
    document = load_document(Craft, craft(tmp_path))
    assert [m.name for m in modules_of(document)] == ["craft", "M1"]
    lock = tmp_path / "osea.lock"
    lock.write_text(lock_text(document))
    assert [row["version"] for row in json.loads(lock.read_text())["modules"]] == [None, "1.0.0"]
    assert {f.severity for f in check_lock(document, lock)} == {Severity.OK}


def test_a_lock_that_no_longer_matches_names_file_line_and_module(tmp_path):
    motor(tmp_path)
    lock = tmp_path / "osea.lock"
    lock.write_text(lock_text(load_document(Craft, craft(tmp_path))))
    motor(tmp_path, mass="11 kg", version="1.0.1")
    findings = check_lock(load_document(Craft, craft(tmp_path)), lock)
    found = next(f for f in findings if "'M1'" in f.message)
    assert found.rule == "lock.changed" and found.severity is Severity.ERROR
    assert found.where.startswith(f"{tmp_path}/motor.yaml:1")
    assert f"{lock}:3" in found.message and "version 1.0.0 then, 1.0.1 now" in found.message
    motor(tmp_path, name="M2")
    rules = {f.rule for f in check_lock(load_document(Craft, craft(tmp_path)), lock)}
    assert {"lock.new", "lock.gone"} <= rules


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "osea/lock/v1", "modules": [{}]}', '{"modules": 5}'])
def test_a_broken_lock_is_refused(tmp_path, text):
    motor(tmp_path)
    lock = tmp_path / "osea.lock"
    lock.write_text(text)
    with pytest.raises(InputError, match="lock file"):
        check_lock(load_document(Craft, craft(tmp_path)), lock)
    with pytest.raises(InputError, match="there is no lock file"):
        check_lock(load_document(Craft, craft(tmp_path)), tmp_path / "none.lock")
