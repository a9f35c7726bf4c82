"""Records are changed without touching a byte of what a program does not know."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError
from osea_rocket.core.wire_text import member_text, revised
from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.protocol.kinds import read_record

URL = "https://x.example/paint/v1"
EXTENSION = f'{{"{URL}" :{{"b":1.10,"a": 1E3,\t"ü":"\\u00fc\\/","n":-0.0, "big":123456789012345678901234567890}}}}'


def record():
    """A launch with an extension whose text no writer of JSON would give again."""
    plain = examples()["launch"]
    text = json.dumps(plain, indent=2)
    return (text[:-2] + f',\r\n "extensions":{EXTENSION}\n}}').encode()


def test_an_unknown_extension_survives_byte_for_byte():
    data = record()
    assert read_record(data, "launch.json").extensions[URL]["big"] == 123456789012345678901234567890
    again = revised(
        data, {"revision": 2, "state": "failure", "supersedes": {"id": "urn:osea:example:launch:1", "revision": 1}}
    )
    found = read_record(again, "launch.json")
    assert found.revision == 2 and found.supersedes is not None and found.supersedes.revision == 1
    assert member_text(again, "extensions") == EXTENSION.encode() == member_text(data, "extensions")
    assert revised(data, {}) == data
    assert revised(revised(data, {"revision": 2}), {"revision": 1}) == data  # nothing but the value was touched


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(), values, max_size=4),
    st.dictionaries(st.text(), values, max_size=3),
    st.sampled_from([None, 1, "\t"]),
)
@settings(max_examples=100, deadline=None)
def test_it_means_what_a_dictionary_means(plain, changes, indent):
    data = json.dumps(plain, indent=indent, ensure_ascii=indent is None).encode("utf-8", "surrogatepass")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return  # a lone surrogate, which UTF-8 cannot hold
    again = revised(data, changes)
    assert json.loads(again) == plain | changes
    for name in plain.keys() - changes.keys():
        assert member_text(again, name) == member_text(data, name)


@pytest.mark.parametrize("data", [b"", b"[]", b"1", b"{", b'{"a":1,"a":2}', b"\xff", b"{}x", b'{"a": "\\ud800"}'])
def test_what_is_no_object_is_refused(data):
    with pytest.raises(InputError):
        revised(data, {"a": 1})
