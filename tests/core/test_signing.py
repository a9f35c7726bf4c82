"""Signatures: published vectors, another library, and everything that must be refused."""

import base64
import hashlib
import hmac
import json
import os
import random
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws as peer
from joserfc.jwk import OKPKey

from osea_rocket.core.errors import InputError
from osea_rocket.core.signing import (
    PrivateKey,
    PublicKey,
    ReplayGuard,
    SignatureError,
    decode,
    encode,
    read_public_keys,
    sign,
    signing_input,
    verify,
)

PURPOSE = "osea-test"
NOW = 1_800_000_000
# RFC 8037, appendix A (secondary: the vectors as several public test suites quote them)
SECRET = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
PUBLIC = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
TOKEN = (
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)
KEY = PrivateKey(decode(SECRET))
KEYS = {KEY.public.id: KEY.public}
DATA = b'{"id":"urn:osea:example:launch:1","t0":"2027-03-01T12:00:00Z"}\n'


def detached(data=DATA, **options):
    return sign(data, KEY, PURPOSE, signed_at=NOW, **options)


def check(token, data=DATA, **options):
    return verify(token, KEYS, PURPOSE, payload=data, now=NOW, **options)


def test_vectors_of_rfc_8037():
    assert KEY.public.jwk()["x"] == PUBLIC and KEY.public.id == THUMBPRINT
    head, body, signature = TOKEN.split(".")
    assert encode(KEY.sign(signing_input(head, decode(body), plain=False))) == signature
    found = verify(TOKEN, KEYS, None)
    assert found.payload == b"Example of Ed25519 signing" and found.key_id == THUMBPRINT


def test_vector_of_rfc_7797():
    """4.2 signs `$.02` by HMAC; what is signed is the same for every algorithm."""
    secret = decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
    head = encode(b'{"alg":"HS256","b64":false,"crit":["b64"]}')
    made = hmac.new(secret, signing_input(head, b"$.02", plain=True), hashlib.sha256).digest()
    assert encode(made) == "A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY"


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_another_library_reads_and_writes_the_same(algorithm):
    theirs = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": SECRET, "x": PUBLIC})
    registry = peer.JWSRegistry(algorithms=["EdDSA", "Ed25519"], strict_check_header=False)
    attached = sign(DATA, KEY, PURPOSE, detached=False, signed_at=NOW)
    assert peer.deserialize_compact(attached, theirs, registry=registry).payload == DATA
    header = {"alg": algorithm, "typ": PURPOSE, "kid": THUMBPRINT}
    assert verify(peer.serialize_compact(header, DATA, theirs, registry=registry), KEYS, PURPOSE).payload == DATA


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=50, deadline=None)
def test_every_payload_verifies_as_it_was(data, apart):
    token = sign(data, KEY, PURPOSE, detached=apart, signed_at=NOW)
    if apart or data:
        assert verify(token, KEYS, PURPOSE, payload=data if apart else None, now=NOW).payload == data


def test_one_flipped_bit_is_found_ten_thousand_times_of_ten_thousand():
    """Half of them in the file, half in the token: header, and signature with the spare bits of its base64url."""
    draw = random.Random(20270301)
    data = bytes(draw.randrange(256) for _ in range(4000))
    token = detached(data).encode()
    found = 0
    for n in range(10_000):
        parts = [bytearray(data), bytearray(token)]
        one = parts[n % 2]
        place = draw.randrange(len(one) * 8)
        one[place // 8] ^= 1 << place % 8
        try:
            check(bytes(parts[1]), bytes(parts[0]))
        except (SignatureError, InputError):
            found += 1
    assert found == 10_000


def forged(header, data=DATA, signature=None, secret=KEY):
    head = encode(json.dumps(header).encode())
    made = secret.sign(signing_input(head, data, plain=header.get("b64", True) is False))
    return f"{head}..{encode(made if signature is None else signature)}"


HEADER = {"alg": "EdDSA", "typ": PURPOSE, "kid": KEY.public.id, "iat": NOW, "b64": False, "crit": ["b64"]}
OTHER = PrivateKey.create()


@pytest.mark.parametrize(
    "token",
    [
        forged({**HEADER, "alg": "none"}, signature=b"\0"),
        forged({**HEADER, "alg": "None"}),
        forged({**HEADER, "alg": "HS256"}, signature=hmac.new(KEY.public.raw, DATA, hashlib.sha256).digest()),
        forged({**HEADER, "alg": "ES256"}),
        forged({k: v for k, v in HEADER.items() if k != "alg"}),
        forged({**HEADER, "alg": ["EdDSA"]}),
        forged(HEADER, secret=OTHER),
        forged({**HEADER, "kid": OTHER.public.id}, secret=OTHER),
        forged({**HEADER, "kid": OTHER.public.id, "jwk": OTHER.public.jwk()}, secret=OTHER),
        forged({**HEADER, "jku": "https://evil.example/keys.json", "kid": 7}, secret=OTHER),
        forged({**HEADER, "crit": ["b64", "exp"], "exp": 1}),
        forged({**HEADER, "crit": []}),
        forged({k: v for k, v in HEADER.items() if k != "crit"}),
        forged({**HEADER, "b64": 0}),
        forged({**HEADER, "typ": "osea-other"}),
        forged({**HEADER, "iat": NOW + 3600}),
        forged({**HEADER, "iat": "now"}),
        forged(HEADER, data=DATA + b" "),
        forged(HEADER, signature=b""),
        forged(HEADER, signature=KEY.sign(DATA)[:63]),
        forged(HEADER) + "=",
        forged(HEADER) + "\n",
        detached().replace("..", "." + encode(DATA) + "."),
        "..", "", "a.b", "a.b.c.d", "é..é", encode(b"[]") + "..AA", encode(b"{") + "..AA",
        encode(b'{"alg":"EdDSA","alg":"EdDSA"}') + "..AA", encode(b"[" * 12_000) + "..AA", "A" * 70_000 + "..AA",
    ],
)  # fmt: skip
def test_what_is_forged_or_broken_is_refused(token):
    with pytest.raises((SignatureError, InputError)):
        check(token)


def test_a_signature_of_one_thing_is_none_of_another():
    with pytest.raises(SignatureError, match="made for"):
        verify(detached(), KEYS, "osea-certificate", payload=DATA, now=NOW)
    with pytest.raises(SignatureError, match="does not hold"):
        check(detached(), DATA.replace(b"launch:1", b"launch:2"))
    with pytest.raises(InputError, match="detached"):
        verify(detached(), KEYS, PURPOSE, now=NOW)


def test_a_replayed_signature_is_refused():
    with pytest.raises(SignatureError, match="older"):
        check(detached(), not_before=NOW + 1)
    guard, token = ReplayGuard(window=60, most=3), detached()
    guard.accept(token, check(token), NOW)
    with pytest.raises(SignatureError, match="replayed"):
        guard.accept(token, check(token), NOW + 5)
    late = detached(b"late")
    with pytest.raises(SignatureError, match="too old"):
        guard.accept(late, check(late, b"late"), NOW + 61)
    for n in range(10):
        one = sign(b"%d" % n, KEY, PURPOSE, signed_at=NOW + n)
        guard.accept(one, verify(one, KEYS, PURPOSE, payload=b"%d" % n, now=NOW + n), NOW + n)
    assert len(guard._seen) <= 3
    with pytest.raises(SignatureError):  # it was forgotten for room, and is refused all the same
        guard.accept(token, check(token), NOW + 10)


def test_key_files(tmp_path, capsys):
    secret, public = tmp_path / "key.json", tmp_path / "key.pub.json"
    key = PrivateKey.create()
    key.write(secret)
    key.public.write(public)
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert PrivateKey.read(secret) == key
    assert read_public_keys([public, secret]) == {key.public.id: key.public}
    assert json.loads(secret.read_text())["d"] not in repr(key) + str(key) + public.read_text()
    with pytest.raises(InputError, match="never written over"):
        PrivateKey.create().write(secret)
    secret.chmod(0o640)
    with pytest.raises(InputError, match="chmod 600"):
        PrivateKey.read(secret)
    both = tmp_path / "set.json"
    both.write_text(json.dumps({"keys": [key.public.jwk(), KEY.public.jwk()]}))
    assert set(read_public_keys([both])) == {key.public.id, KEY.public.id}


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "RSA"}, {"crv": "X25519"}, {"alg": "HS256"}, {"use": "enc"}, {"d": SECRET[:-4]}, {"d": 1}, {"x": THUMBPRINT},
        {"d": SECRET[:-1] + "B"},
    ],
)  # fmt: skip
def test_a_broken_key_is_refused(tmp_path, change):
    file = tmp_path / "key.json"
    file.write_text(json.dumps({"kty": "OKP", "crv": "Ed25519", "d": SECRET, "x": PUBLIC} | change))
    file.chmod(0o600)
    with pytest.raises(InputError):
        PrivateKey.read(file)


def test_base64url_has_one_form():
    for data in (os.urandom(n) for n in range(40)):
        text = encode(data)
        assert decode(text) == data and text == base64.urlsafe_b64encode(data).decode().rstrip("=")
    for text in ("A", "AB=", "A+/A", "AAAA\n", "AB", "é"):  # AB has four bits that no byte holds
        with pytest.raises(InputError):
            decode(text)


def test_a_short_key_is_refused():
    with pytest.raises(InputError):
        PublicKey.of_jwk({"kty": "OKP", "crv": "Ed25519", "x": encode(bytes(31))})
