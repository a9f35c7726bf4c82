"""Fields that only the issuer may read: taken out with all that tells them, or refused where that is not possible."""

import json

import pytest
from serving import example

from osea_rocket.core.errors import InputError
from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.protocol.kinds import record_of
from osea_rocket.launch_data.store.restricted import _derived, hidden_paths, open_copy
from osea_rocket.launch_data.store.rows import incoming


def restricted(kind: str, *fields: str, **changes) -> dict:
    return example(kind, access={"level": "public", "redacted_fields": list(fields)}, **changes)


def test_nothing_restricted_leaves_the_record_as_it_is():
    assert open_copy(example("payload"), "x") is None


def test_a_field_goes_with_all_that_tells_it():
    kept = open_copy(restricted("payload", "mass_kg"), "x")
    assert kept is not None
    assert not {"mass_kg", "mass_sigma_kg", "inertia_kg_m2"} & set(kept)
    assert kept["access"]["redacted_fields"] == ["inertia_kg_m2", "mass_kg", "mass_sigma_kg"]
    assert kept["name"] == "COMPUTE 37"


def test_both_ways_of_writing_a_path_are_the_same():
    assert hidden_paths(restricted("payload", "/owner")) == hidden_paths(restricted("payload", "owner"))


def test_fields_within_lists_go_by_number_or_all():
    slot = restricted("provider", "contacts/*/phone")
    kept = open_copy(slot, "x")
    assert kept is not None and all("phone" not in c for c in kept["contacts"])
    kept = open_copy(restricted("provider", "contacts/0/email"), "x")
    assert kept is not None and "email" not in kept["contacts"][0] and "phone" in kept["contacts"][0]


def test_a_field_that_a_record_cannot_be_without_is_refused():
    with pytest.raises(InputError, match="restrict the whole record"):
        open_copy(restricted("separation-state", "position_m"), "x")
    with pytest.raises(InputError, match="of the envelope"):
        open_copy(restricted("site", "issuer"), "x")


def test_a_restricted_value_may_not_stand_elsewhere():
    with pytest.raises(InputError, match="notes repeats") as refused:
        open_copy(restricted("payload", "operator", operator="Orbit Works", notes="built for Orbit Works"), "x")
    assert "Orbit Works" not in str(refused.value)
    with pytest.raises(InputError, match="extensions"):
        open_copy(
            restricted("payload", "mass_kg", mass_kg=550.25, extensions={"https://x.example/e": {"m": 550.25}}), "x"
        )


def test_columns_and_links_know_nothing_of_restricted_fields():
    record = restricted("launch", "payloads", "items")
    item = incoming(json.dumps(record).encode(), "x")
    assert record["payloads"][0] not in item.links() | {""}
    assert record["items"][0] not in item.links()
    assert record["pad"] in item.links()


def test_every_derived_field_is_one_of_its_kind():
    for kind, groups in _derived().items():
        if kind == "about":
            continue
        fields = type(record_of(examples()[kind], "x")).model_fields
        for group in groups:
            assert {path.split("/")[0] for path in group} <= set(fields), (kind, group)
