"""Selective disclosure: a signed document whose chosen fields are commitments, and can be withheld without breaking it.

The form is that of SD-JWT (RFC 9901): a field's place is taken by SHA-256 of a disclosure, base64url of [salt, name, value];
the token is `JWS~disclosure~disclosure~…~`, and a redacted copy is the same token with fewer disclosures. Taken from the RFC:
objects' fields (`_sd`), array elements ({"...": digest}), nesting, every check of section 7.1. Not taken: decoy digests, key
binding, other hashes than SHA-256, JSON serialization, JWT claims; the payload is any JSON object. 128-bit salts keep a
withheld value from being guessed.
"""

import copy
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import InputError
from .signing import PrivateKey, PublicKey, SignatureError, Verified, decode, encode, sign, verify
from .wire import parse_json

DIGESTS, ELEMENT, HASH = "_sd", "...", "_sd_alg"
_RESERVED = (DIGESTS, ELEMENT, HASH)
_MOST = 10_000  # disclosures of one token

Plain = dict[str, Any]


@dataclass(frozen=True)
class Disclosure:
    """One value that may be shown: its text as it stands in the token; name is None for an element of an array."""

    text: str
    name: str | None
    value: Any

    @property
    def digest(self) -> str:
        """The commitment: over the text, not over what it encodes (RFC 9901, 4.2.3)."""
        return encode(hashlib.sha256(self.text.encode("ascii")).digest())

    @classmethod
    def make(cls, name: str | None, value: Any, salt: bytes) -> "Disclosure":
        """A new one; the salt has 128 bits."""
        items = [encode(salt), value] if name is None else [encode(salt), name, value]
        return cls(encode(_text(items)), name, value)

    @classmethod
    def read(cls, text: str) -> "Disclosure":
        """One of a token. Raises InputError for what is none."""
        items = parse_json(decode(text, "a disclosure"), "a disclosure")
        if not isinstance(items, list) or len(items) not in (2, 3) or not isinstance(items[0], str):
            raise InputError("a disclosure is [salt, name, value] or [salt, value]")
        name = items[1] if len(items) == 3 else None
        if len(items) == 3 and (not isinstance(name, str) or name in _RESERVED):
            raise SignatureError(f"a disclosure's name is {name!r}")
        return cls(text, name, items[-1])


def conceal(
    document: Plain, paths: Sequence[str], random: Callable[[int], bytes] = os.urandom
) -> tuple[Plain, list[Disclosure]]:
    """The document with a commitment in place of each path (`price/amount`, `stages/0`), and the disclosures.

    A path within another that is concealed too can be shown only with it. Raises InputError for a path that leads nowhere.
    """
    if any(_holds_reserved(v) for v in (document,)):
        raise InputError(
            f"the document has a field named {', '.join(_RESERVED)}, which commitments need for themselves"
        )
    made = copy.deepcopy(document)
    disclosures = []
    for path in sorted(set(paths), key=lambda p: (-p.count("/"), p)):  # inner ones first
        place, last = _place(made, path)
        if isinstance(place, list):
            one = Disclosure.make(None, place[int(last)], random(16))
            place[int(last)] = {ELEMENT: one.digest}
        else:
            one = Disclosure.make(last, place.pop(last), random(16))
            place[DIGESTS] = sorted([*place.get(DIGESTS, []), one.digest])  # sorted: the order tells nothing
        disclosures.append(one)
    made[HASH] = "sha-256"
    return made, disclosures


def reveal(payload: Plain, disclosures: Sequence[Disclosure]) -> Plain:
    """The document that a payload and some of its disclosures give; what is withheld is absent.

    Raises SignatureError for what RFC 9901, 7.1 refuses: a digest twice, a name twice, a disclosure that nothing asks for.
    """
    if payload.get(HASH, "sha-256") != "sha-256":
        raise SignatureError(f"the commitments' hash is {payload[HASH]!r}; only sha-256 is taken")
    by_digest = {d.digest: d for d in disclosures}
    if len(by_digest) != len(disclosures):
        raise SignatureError("a disclosure stands twice")
    seen: set[str] = set()
    try:
        found = _revealed({k: v for k, v in payload.items() if k != HASH}, by_digest, seen)
    except RecursionError:  # a chain of disclosures, each within the one before
        raise SignatureError("the disclosures are nested too deeply") from None
    if left := by_digest.keys() - seen:
        raise SignatureError(f"{len(left)} disclosure{'s' * (len(left) > 1)} that the signed document does not ask for")
    return found


def sign_concealed(document: Plain, paths: Sequence[str], key: PrivateKey, purpose: str, **options: Any) -> str:
    """The whole token, every disclosure in it; options as of `signing.sign`."""
    payload, disclosures = conceal(document, paths)
    token = sign(_text(payload), key, purpose, detached=False, **options)
    return "~".join([token, *(d.text for d in disclosures), ""])


def verify_concealed(
    token: str, keys: Mapping[str, PublicKey], purpose: str, **options: Any
) -> tuple[Plain, int, Verified]:
    """(document, how many fields are withheld, what the signature says) of a token, redacted or whole."""
    head, disclosures = split(token)
    verified = verify(head, keys, purpose, **options)
    payload = parse_json(verified.payload, "the signed document")
    if not isinstance(payload, dict):
        raise SignatureError("the signed document is no JSON object")
    document = reveal(payload, disclosures)
    return document, _digests(payload) + sum(_digests(d.value) for d in disclosures) - len(disclosures), verified


def redact(token: str, paths: Sequence[str]) -> str:
    """The token without the disclosures of these paths, and of what lies within them. Raises InputError for a path with none."""
    head, disclosures = split(token)
    payload = parse_json(decode(head.split(".")[1], "the payload"), "the signed document")
    places = disclosed_paths(payload, disclosures)
    if unknown := [p for p in paths if p not in places]:
        known = ", ".join(sorted(places)) or "none"
        raise InputError(f"{', '.join(unknown)}: no field of this document can be withheld so; these can: {known}")
    gone = {places[p] for p in places if any(p == q or p.startswith(f"{q}/") for q in paths)}
    return "~".join([head, *(d.text for d in disclosures if d.text not in gone), ""])


def disclosed_paths(payload: Plain, disclosures: Sequence[Disclosure]) -> dict[str, str]:
    """Path in the document, and text, of every disclosure."""
    by_digest = {d.digest: d for d in disclosures}
    found: dict[str, str] = {}

    def look(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for digest in value.get(DIGESTS, []):
                if one := by_digest.get(digest):
                    inside = f"{path}/{one.name}" if path else str(one.name)
                    found[inside] = one.text
                    look(one.value, inside)
            for name, item in value.items():
                if name not in _RESERVED:
                    look(item, f"{path}/{name}" if path else name)
        elif isinstance(value, list):
            for i, item in enumerate(value):
                if isinstance(item, dict) and set(item) == {ELEMENT} and (one := by_digest.get(item[ELEMENT])):
                    found[f"{path}/{i}"] = one.text
                    look(one.value, f"{path}/{i}")
                else:
                    look(item, f"{path}/{i}")

    try:
        look(payload, "")
    except RecursionError:
        raise InputError("the disclosures are nested too deeply") from None
    return found


def split(token: str) -> tuple[str, list[Disclosure]]:
    """The JWS and the disclosures of a token. Raises InputError."""
    head, *texts = token.split("~")
    if not texts or texts[-1] != "":
        raise InputError("this is no token with disclosures: JWS~disclosure~…~")
    if len(texts) > _MOST:
        raise InputError(f"the token has more than {_MOST} disclosures")
    return head, [Disclosure.read(t) for t in texts[:-1]]


def _text(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError as error:  # a number that is none, half of a pair of surrogates
        raise InputError(f"the document cannot be written as JSON: {error}") from None


def _revealed(value: Any, by_digest: Mapping[str, Disclosure], seen: set[str]) -> Any:
    if isinstance(value, dict):
        if ELEMENT in value:
            raise SignatureError(f"'{ELEMENT}' outside of an array")
        found = {k: _revealed(v, by_digest, seen) for k, v in value.items() if k != DIGESTS}
        digests = value.get(DIGESTS, [])
        if not isinstance(digests, list):
            raise SignatureError(f"{DIGESTS} is no list")
        for digest in digests:
            one = _taken(digest, by_digest, seen)
            if one is None:
                continue
            if one.name is None or one.name in found:
                raise SignatureError(f"a disclosure's name is {one.name!r}, which the document has already, or is none")
            found[one.name] = _revealed(one.value, by_digest, seen)
        return found
    if isinstance(value, list):
        items = []
        for item in value:
            if not (isinstance(item, dict) and set(item) == {ELEMENT}):
                items.append(_revealed(item, by_digest, seen))
                continue
            one = _taken(item[ELEMENT], by_digest, seen)
            if one is not None:
                if one.name is not None:
                    raise SignatureError("a disclosure of a field stands for an element of an array")
                items.append(_revealed(one.value, by_digest, seen))
        return items
    return value


def _taken(digest: Any, by_digest: Mapping[str, Disclosure], seen: set[str]) -> Disclosure | None:
    if not isinstance(digest, str) or digest in seen:
        raise SignatureError("a commitment stands twice, or is no text")
    seen.add(digest)
    return by_digest.get(digest)


def _digests(value: Any) -> int:
    if isinstance(value, dict):
        own = len(value.get(DIGESTS, [])) + (set(value) == {ELEMENT})
        return own + sum(_digests(v) for k, v in value.items() if k != DIGESTS)
    return sum(map(_digests, value)) if isinstance(value, list) else 0


def _holds_reserved(value: Any) -> bool:
    if isinstance(value, dict):
        return any(k in _RESERVED or _holds_reserved(v) for k, v in value.items())
    return isinstance(value, list) and any(map(_holds_reserved, value))


def _place(document: Any, path: str) -> tuple[Any, str]:
    *steps, last = path.split("/")
    place = document
    try:
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place[step]
        _ = place[int(last)] if isinstance(place, list) else place[last]
    except (KeyError, IndexError, ValueError, TypeError):
        raise InputError(f"the document has no '{path}' to conceal") from None
    return place, last
