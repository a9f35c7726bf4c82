"""Documents with commitments: any part can be withheld, and nothing can be changed, added or moved."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.disclosure import (
    Disclosure,
    conceal,
    redact,
    reveal,
    sign_concealed,
    split,
    verify_concealed,
)
from osea_rocket.core.errors import InputError
from osea_rocket.core.signing import PrivateKey, SignatureError, encode, sign

KEY = PrivateKey.create()
KEYS = {KEY.public.id: KEY.public}
PURPOSE = "osea-test"
DOCUMENT = {
    "id": "urn:osea:example:vehicle-type:1",
    "mass_kg": 560000.0,
    "stages": [{"name": "first", "dry_mass_kg": 32000.0}, {"name": "second", "dry_mass_kg": 5500.0}],
    "price": {"amount": "67000000.00", "currency": "CNY"},
}
PATHS = ["mass_kg", "stages/0/dry_mass_kg", "stages/1", "price", "price/amount"]


def test_vector_of_rfc_9901():
    """4.2.1, 4.2.3 (secondary: the vector as several public test suites quote it)."""
    one = Disclosure.read("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0")
    assert (one.name, one.value) == ("family_name", "Möbius")
    assert one.digest == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    element = Disclosure.read("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0")
    assert (element.name, element.value) == (None, "FR")
    assert element.digest == "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"


def test_the_whole_copy_gives_the_document_and_a_redacted_one_the_rest():
    token = sign_concealed(DOCUMENT, PATHS, KEY, PURPOSE)
    document, withheld, _ = verify_concealed(token, KEYS, PURPOSE)
    assert document == DOCUMENT and withheld == 0
    less = redact(token, ["price", "mass_kg", "stages/1"])
    document, withheld, said = verify_concealed(less, KEYS, PURPOSE)
    assert document == {"id": DOCUMENT["id"], "stages": [DOCUMENT["stages"][0]]} and said.key_id == KEY.public.id
    assert withheld == 3  # that a price holds an amount of its own does not show any more
    inner, withheld, _ = verify_concealed(redact(token, ["price/amount"]), KEYS, PURPOSE)
    assert inner["price"] == {"currency": "CNY"} and withheld == 1


def test_what_is_withheld_is_nowhere_in_the_copy():
    less = redact(sign_concealed(DOCUMENT, PATHS, KEY, PURPOSE), PATHS)
    shown = b"".join(_decoded(p) for p in less.replace("~", ".").split("."))
    for word in (b"560000", b"67000000", b"5500", b"32000", b"mass_kg", b"price"):
        assert word not in shown


def _decoded(text):
    import base64

    return base64.urlsafe_b64decode(text + "==")


def test_equal_values_have_unequal_commitments():
    first, second = (conceal(DOCUMENT, PATHS)[0] for _ in range(2))
    assert not set(first["_sd"]) & set(second["_sd"])
    assert all(len(d.text) > 30 for d in conceal(DOCUMENT, PATHS)[1])


def test_nothing_is_changed_added_moved_or_shown_twice():
    token = sign_concealed(DOCUMENT, PATHS, KEY, PURPOSE)
    head, disclosures = split(token)
    made = Disclosure.make("mass_kg", 1.0, b"0" * 16)
    changed = [made.text if d.name == "mass_kg" else d.text for d in disclosures]
    for texts in (
        [*(d.text for d in disclosures), made.text],
        changed,
        [d.text for d in disclosures] + [disclosures[0].text],
    ):
        with pytest.raises(SignatureError):
            verify_concealed("~".join([head, *texts, ""]), KEYS, PURPOSE)
    with pytest.raises(SignatureError):
        verify_concealed(token, {}, PURPOSE)
    with pytest.raises(SignatureError):
        verify_concealed(token, KEYS, "osea-other")
    for broken in (head, token[:-1], token + "x", "~" + token, token.replace("~", "~~", 1), token + "~" * 20_000):
        with pytest.raises((InputError, SignatureError)):
            verify_concealed(broken, KEYS, PURPOSE)


def payloads():
    """Signed by the issuer, and yet refused by RFC 9901, 7.1."""
    one = Disclosure.make("a", 1, b"0" * 16)
    element = Disclosure.make(None, 1, b"1" * 16)
    reserved = Disclosure("".join(encode(json.dumps(["s", "_sd", []]).encode())), "_sd", [])
    yield {"_sd": [one.digest, one.digest]}, [one]
    yield {"_sd": [one.digest], "b": {"_sd": [one.digest]}}, [one]
    yield {"_sd": [one.digest], "a": 2}, [one]
    yield {"_sd": [element.digest]}, [element]
    yield {"list": [{"...": one.digest}]}, [one]
    yield {"_sd": [reserved.digest]}, [reserved]
    yield {"_sd": [7]}, []
    yield {"_sd": "x"}, []
    yield {"_sd_alg": "sha-512"}, []
    yield {"b": {"...": one.digest}}, [one]
    yield {}, [one]


@pytest.mark.parametrize(("payload", "disclosures"), list(payloads()))
def test_what_the_rfc_refuses(payload, disclosures):
    token = sign(json.dumps(payload).encode(), KEY, PURPOSE, detached=False)
    with pytest.raises((SignatureError, InputError)):
        verify_concealed("~".join([token, *(d.text for d in disclosures), ""]), KEYS, PURPOSE)


def test_a_chain_of_disclosures_has_an_end():
    inner = Disclosure.make("a", 1, b"0" * 16)
    chain = [inner]
    for _ in range(3000):
        inner = Disclosure.make("a", {"_sd": [inner.digest]}, b"0" * 16)
        chain.append(inner)
    token = sign(json.dumps({"_sd": [inner.digest]}).encode(), KEY, PURPOSE, detached=False)
    whole = "~".join([token, *(d.text for d in chain), ""])
    with pytest.raises(SignatureError, match="too deeply"):
        verify_concealed(whole, KEYS, PURPOSE)
    with pytest.raises(InputError, match="too deeply"):
        redact(whole, ["a"])


def test_a_path_that_leads_nowhere_is_told():
    with pytest.raises(InputError, match="no 'stages/7'"):
        conceal(DOCUMENT, ["stages/7"])
    for value in (float("nan"), "\ud800"):
        with pytest.raises(InputError, match="cannot be written"):
            conceal({"a": value}, ["a"])
    with pytest.raises(InputError, match="for themselves"):
        conceal({"_sd": []}, [])
    with pytest.raises(InputError, match="these can: mass_kg"):
        redact(sign_concealed(DOCUMENT, ["mass_kg"], KEY, PURPOSE), ["price"])


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=6), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=6), values, max_size=5
    )
)
@settings(max_examples=60, deadline=None)
def test_any_document_comes_back(document):
    if any(name in json.dumps(document) for name in ('"_sd', '"...')):
        return
    paths = list(document)
    payload, disclosures = conceal(document, paths)
    assert set(payload) <= {"_sd", "_sd_alg"}
    assert reveal(payload, disclosures) == document and reveal(payload, []) == {}
