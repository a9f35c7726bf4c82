"""What is published of the protocol is current, and foreign programs judge records by it as we do."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.core.wire import parse_json
from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.protocol.kinds import record_of
from osea_rocket.launch_data.protocol.schemas import json_schema, published
from osea_rocket.launch_data.server.published import interfaces

FOLDER = Path(__file__).parents[2] / "standard" / "launch-data"
PAGES = {"README.md", "README.zh.md"}  # written by hand


def test_the_published_files_are_current():
    there = {p.relative_to(FOLDER).as_posix(): p.read_text(encoding="utf-8") for p in FOLDER.rglob("*") if p.is_file()}
    assert {n: t for n, t in there.items() if n not in PAGES} == published() | interfaces()
    assert set(there) >= PAGES


@pytest.mark.parametrize("kind", sorted(examples()))
def test_a_foreign_validator_agrees_with_the_models(kind):
    """Every field of the example taken away, or put to a word: the schema and the model refuse the same records."""
    validator = jsonschema_rs.Draft202012Validator(json_schema(kind))
    example = examples()[kind]
    assert validator.is_valid(example) and validator.is_valid(example | {"later": {"than": 1.0}})
    for name in example:
        for changed in (
            {k: v for k, v in example.items() if k != name},
            example | {name: "\n"},
            example | {name: -7.25},
            example | {name: None},
        ):
            try:
                record_of(changed, kind)
                ours = True
            except InputError:
                ours = False
            if ours:  # what a model takes, its schema takes; times and currencies are checked beyond the schema
                assert validator.is_valid(changed), (name, changed.get(name))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": ', "no JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 5000, "nested deeper"),
        (b'{"a": 1} x', "no JSON"),
    ],
)
def test_json_that_is_none_of_ours_is_refused_with_its_place(text, said):
    with pytest.raises(InputError, match=said) as caught:
        parse_json(text, "record.json")
    assert (caught.value.where or "").startswith("record.json")


def test_an_extension_that_must_be_understood_is_not_passed_over():
    plain = examples()["site"] | {"crit": ["https://a.example/x/v1"], "extensions": {"https://a.example/x/v1": {}}}
    with pytest.raises(InputError, match="must not be read without"):
        record_of(plain, "site")


def test_the_schemas_name_their_dialect_and_their_file():
    for name, text in published().items():
        if name.startswith("schemas/"):
            schema = json.loads(text)
            assert schema["$schema"].endswith("2020-12/schema") and f"schemas/{schema['$id']}" == name
