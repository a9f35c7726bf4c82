"""`osea modules` and `osea schema` as a user meets them."""

import json
import shutil
from pathlib import Path

import pytest

from osea_rocket.cli.main import main
from osea_rocket.core.documents import SCHEMAS
from osea_rocket.core.modules import Part
from osea_rocket.studies.schema_command import KINDS, schema_files

FALCON = Path("examples/falcon9")


def osea(capsys, *arguments) -> tuple[int, dict]:
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments), "--json"])
    return int(end.value.code or 0), json.loads(capsys.readouterr().out)


def test_list_and_where_used(capsys):
    code, data = osea(capsys, "modules", "list", "--path", FALCON, "--kind", "stage")
    assert code == 0 and [m["name"] for m in data["modules"]] == ["first stage", "second stage"]
    code, data = osea(capsys, "modules", "where-used", "Merlin 1D", "--path", FALCON)
    assert {"first stage", "Falcon 9 Block 5, expendable"} <= {m["name"] for m in data["used_by"]}
    assert "second stage" not in {m["name"] for m in data["used_by"]}


def test_where_used_keeps_long_names_apart_from_their_kinds(capsys):
    from osea_rocket.studies.modules_command import run_where_used

    _, text = run_where_used("Merlin 1D", [FALCON])
    names = [line.partition("  ")[0] for line in text.splitlines()]
    assert "Falcon 9 Block 5, expendable" in names and max(map(len, names)) > 34
    assert len({line.index(" osea/") for line in text.splitlines()}) == 1  # one column


def test_one_name_and_version_in_two_files_is_told(capsys, tmp_path):
    own = "catalogue/engines/merlin-1d.yaml"
    for name, old, new in (("a.yaml", "", ""), ("b.yaml", "", ""), ("c.yaml", "supplier: SpaceX", "supplier: SpaceZ")):
        (tmp_path / name).write_text(Path(own).read_text().replace(old, new) if old else Path(own).read_text())
    code, data = osea(capsys, "modules", "lint", "--path", tmp_path)
    found = [f for f in data["findings"] if f["rule"] == "catalogue.twice"]
    said = {f["severity"]: f["message"] for f in found}
    assert len(found) == 2 and code == 1
    assert "the same content; keep one of them" in said["WARN"]
    assert "other content; give one of them another name or version" in said["ERROR"]
    assert data["message"].startswith("1 file of the catalogue")


def test_show_and_an_unknown_name(capsys):
    code, data = osea(capsys, "modules", "show", "payload attach fitting", "-p", FALCON)
    assert code == 0 and len(data["document"]["ports"]) == 2
    code, data = osea(capsys, "modules", "show", "payload atach fitting", "-p", FALCON)
    assert code == 2 and "payload attach fitting" in data["message"]
    code, data = osea(capsys, "modules", "list", "-p", FALCON, "-k", "stages")
    assert code == 2 and "kinds there" in data["message"]


def test_compare_two_files(capsys, tmp_path):
    old = FALCON / "payload-adapter.yaml"
    new = tmp_path / "adapter.yaml"
    new.write_text(old.read_text().replace("interface_diameter: 1575 mm", "interface_diameter: 1194 mm"))
    code, data = osea(capsys, "modules", "compare", old, new)
    assert code == 0 and data["change"] == "breaking"
    assert data["differences"][0]["path"] == "ports.top.mechanical.interface_diameter"


def test_lock_check_and_a_change(capsys, tmp_path):
    shutil.copytree(FALCON, tmp_path / "f9")
    vehicle = tmp_path / "f9/vehicle.yaml"
    assert osea(capsys, "modules", "lock", vehicle, "--check")[0] == 2  # there is none yet
    assert osea(capsys, "modules", "lock", vehicle)[0] == 0
    assert osea(capsys, "modules", "lock", vehicle, "--check")[0] == 0
    fairing = tmp_path / "f9/fairing.yaml"
    fairing.write_text(fairing.read_text().replace("mass: 1875 kg", "mass: 1900 kg"))
    code, data = osea(capsys, "modules", "lock", vehicle, "--check")
    assert code == 1
    wrong = [f for f in data["findings"] if f["severity"] == "ERROR"]
    # What holds a changed module has changed with it.
    assert {f["where"].split("/")[-1].split(":")[0] for f in wrong} == {"fairing.yaml", "vehicle.yaml"}


# ---- schemas ----


def test_the_schemas_in_the_tree_are_current(capsys):
    for name, text in schema_files().items():
        assert Path("standard/schemas", name).read_text(encoding="utf-8") == text, f"{name}: run 'make schemas'"
    code, data = osea(capsys, "schema", "--check")
    assert data["not_current"] == []
    assert code == 0


def test_every_kind_of_part_has_a_schema():
    parts = {
        name.split("/")[1] for name, model in SCHEMAS.items() if name.startswith("osea/") and issubclass(model, Part)
    }
    assert parts <= set(KINDS)


def test_schemas_say_titles_units_and_examples():
    texts = schema_files()
    assert texts == schema_files()
    port = json.loads(texts["port-v1.schema.json"])
    assert port["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    load = port["$defs"]["Load_N"]["properties"]["applies"]
    number = next(option for option in load["anyOf"] if option["type"] == "string")
    assert number["x-unit"] == "N" and number["examples"] and load["title"] == "Applies"
    stage = json.loads(texts["stage-v1.schema.json"])
    assert stage["properties"]["schema"]["const"] == "osea/stage/v1"
    assert "port-v1.schema.json" in texts["stage-v1.schema.json"]
    # every reference inside a file leads somewhere in it
    for name, text in texts.items():
        made = json.loads(text)
        wanted = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
        assert wanted == set(made.get("$defs", {})) or wanted <= set(made.get("$defs", {})), name


def test_a_stale_schema_is_named(capsys, tmp_path):
    assert osea(capsys, "schema", "--out", tmp_path)[0] == 0
    (tmp_path / "stage-v1.schema.json").write_text("{}")
    (tmp_path / "old-v1.schema.json").write_text("{}")
    code, data = osea(capsys, "schema", "--out", tmp_path, "--check")
    assert code == 1 and data["not_current"] == ["old-v1.schema.json", "stage-v1.schema.json"]
    assert osea(capsys, "schema", "--out", tmp_path)[0] == 0
    assert not (tmp_path / "old-v1.schema.json").exists()
