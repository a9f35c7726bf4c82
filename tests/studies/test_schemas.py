"""The JSON Schemas as an editor uses them: they take every example and module of the catalogue, and refuse what is wrong."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from osea_rocket.studies.schema_command import schema_files

ROOT = Path(__file__).parents[2]
FILES = sorted(f for folder in ("examples", "catalogue") for f in (ROOT / folder).rglob("*.yaml"))
LINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


@cache
def schemas() -> dict[str, Any]:
    return {name: json.loads(text) for name, text in schema_files().items()}


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schemas()[name], retriever=lambda uri: schemas()[uri.rsplit("/", 1)[-1]])


class _Yaml12(yaml.SafeLoader):
    """As YAML 1.2 readers of editors see it: dates are texts, and only true and false are no texts."""


_Yaml12.yaml_implicit_resolvers = {
    letter: [(tag, rx) for tag, rx in rules if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def plain(text: str) -> Any:
    return yaml.load(text, _Yaml12)


def test_every_example_and_module_names_its_schema_and_is_taken_by_it():
    assert len(FILES) > 150
    wrong = []
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        kind = re.search(r"^schema: osea/([a-z-]+)/v1", text, re.MULTILINE)
        if kind is None or f"{kind[1]}-v1.schema.json" not in schemas():
            continue
        line = LINE.match(text)
        assert line is not None, f"{file} does not begin with '# yaml-language-server: $schema=…'"
        target = (file.parent / line[1]).resolve()
        assert target.name == f"{kind[1]}-v1.schema.json" and target.is_file(), f"{file}: {line[1]}"
        for error in validator(target.name).iter_errors(plain(text)):
            wrong.append(f"{file}: {'.'.join(map(str, error.instance_path))}: {error.message[:120]}")
    assert wrong == []


@pytest.mark.parametrize(
    "old, new",
    [
        ("mass: 470 kg", "mass: 470"),
        ("mass: 470 kg", "maas: 470 kg"),
        ("cycle: gas generator", "cycle: gas"),
        ("role: user", "role: guest"),
        ("kind: engine-mount", "kind: engine"),
        ("oxidizer: LOX\n", ""),
        ("schema: osea/engine/v1", "schema: osea/engine/v2"),
    ],
)
def test_an_editor_sees_what_is_wrong(old, new):
    text = (ROOT / "catalogue/engines/merlin-1d.yaml").read_text(encoding="utf-8")
    assert validator("engine-v1.schema.json").is_valid(plain(text)) and old in text
    assert not validator("engine-v1.schema.json").is_valid(plain(text.replace(old, new, 1)))


def test_every_field_has_a_title_and_every_quantity_its_unit_and_an_example():
    """What an editor shows beside a field."""
    bare: list[str] = []

    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict):
            for name, field in (node.get("properties") or {}).items():
                if isinstance(field, dict) and "title" not in field:
                    bare.append(f"{path}.{name}: no title")
            if "x-unit" in node and not node.get("examples"):
                bare.append(f"{path}: no example")
            for key, value in node.items():
                walk(value, f"{path}/{key}")
        elif isinstance(node, list):
            for value in node:
                walk(value, path)

    for name, schema in schemas().items():
        walk(schema, name)
    assert bare == []
