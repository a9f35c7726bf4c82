"""Signatures over the original bytes: JWS compact (RFC 7515) with Ed25519 (RFC 8032, 8037), detached by RFC 7797 or attached.

One algorithm, one kind of key: what a token's header says of either is compared, never obeyed, so that `none`, an HMAC over
the public key or a key that the token brings along is refused. `typ` says what a signature is for (`purpose`), and a
verifier names the purpose that it expects: a signature made for one thing proves nothing of another. Base64url is read strictly:
one text for one value, so that no bit of a token can change unseen.
"""

import base64
import binascii
import contextlib
import hashlib
import json
import os
import stat
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import InputError, OseaError
from .wire import parse_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALGORITHM = "EdDSA"
_SAME = (ALGORITHM, "Ed25519")  # RFC 9864 gives it the second name; both are read, the first is written
_UNDERSTOOD = {"b64"}  # of `crit`
_LARGEST_HEADER = 16 << 10
_CLOCKS_APART = 300  # s that two parties' clocks may differ


class SignatureError(OseaError):
    """The signature does not hold, or says something else (exit 1)."""


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies; `id` is its RFC 7638 thumbprint."""

    raw: bytes

    @property
    def id(self) -> str:
        """RFC 7638: SHA-256 of the key's JWK in its one canonical form."""
        return encode(hashlib.sha256(json.dumps(self.jwk(), separators=(",", ":"), sort_keys=True).encode()).digest())

    def jwk(self) -> dict[str, str]:
        """The key as JSON Web Key (RFC 8037, 2)."""
        return {"kty": "OKP", "crv": "Ed25519", "x": encode(self.raw)}

    @classmethod
    def of_jwk(cls, jwk: Any, where: str = "") -> "PublicKey":
        """Raises InputError for a key of another kind, or for another use than signatures."""
        return cls(_jwk_bytes(jwk, "x", where))

    def write(self, path: Path) -> None:
        """A new file with the key alone, as a JWK; never over another."""
        _write_new(path, {**self.jwk(), "alg": ALGORITHM, "use": "sig", "kid": self.id}, 0o644)

    def _verifier(self) -> "Ed25519PublicKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        return Ed25519PublicKey.from_public_bytes(self.raw)


@dataclass(frozen=True, repr=False)
class PrivateKey:
    """A key that signs. Its secret is in no text that the program prints."""

    _secret: bytes = field(repr=False)

    @classmethod
    def create(cls) -> "PrivateKey":
        """A new one, from the operating system's random numbers."""
        return cls(os.urandom(32))

    @classmethod
    def read(cls, path: Path) -> "PrivateKey":
        """A key from its file. Raises InputError for what is none, and for a file that others may read."""
        raw = _read(path, private=True)
        jwk = parse_json(raw, str(path))
        key = cls(_jwk_bytes(jwk, "d", str(path)))
        if PublicKey.of_jwk(jwk, str(path)) != key.public:
            raise InputError("the key's two halves (d, x) do not belong together", where=str(path))
        return key

    @property
    def public(self) -> PublicKey:
        """The half to give away."""
        return PublicKey(self._signer().public_key().public_bytes_raw())

    def write(self, path: Path) -> None:
        """A new file, readable by its owner alone; never over another."""
        jwk = {**self.public.jwk(), "d": encode(self._secret), "alg": ALGORITHM, "use": "sig", "kid": self.public.id}
        _write_new(path, jwk, 0o600)

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of RFC 8032; the same for the same message."""
        return self._signer().sign(message)

    def _signer(self) -> "Ed25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._secret)

    def __repr__(self) -> str:
        return f"PrivateKey({self.public.id})"


def read_public_keys(paths: Iterable[Path]) -> dict[str, PublicKey]:
    """Keys by their id, from files of one JWK or of a set {"keys": […]} (RFC 7517); of a private key, its public half."""
    found: dict[str, PublicKey] = {}
    for path in paths:
        content = parse_json(_read(path), str(path))
        many = content.get("keys") if isinstance(content, dict) and "keys" in content else [content]
        for jwk in many if isinstance(many, list) else [many]:
            key = PublicKey.of_jwk(jwk, str(path))
            found[key.id] = key
    return found


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a signature that holds says: by which key, when (unix seconds, by the signer's clock), and the bytes it is of."""

    key_id: str
    signed_at: int | None
    payload: bytes
    header: Mapping[str, Any]


def sign(
    payload: bytes,
    key: PrivateKey,
    purpose: str,
    *,
    detached: bool = True,
    signed_at: int | None = None,
    more: Mapping[str, Any] | None = None,
) -> str:
    """A compact JWS over the bytes as they are.

    detached: the token holds no payload, and the signature is over the raw bytes (b64 false). signed_at: unix seconds, now when
    None. more: further header parameters, such as {"sub": "…"}.
    """
    header = {"alg": ALGORITHM, "typ": purpose, "kid": key.public.id, **(more or {})}
    header["iat"] = int(time.time()) if signed_at is None else signed_at
    if detached:
        header |= {"b64": False, "crit": ["b64"]}
    head = encode(json.dumps(header, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode())
    signature = encode(key.sign(signing_input(head, payload, plain=detached)))
    return f"{head}.{'' if detached else encode(payload)}.{signature}"


def verify(
    token: str | bytes,
    keys: Mapping[str, PublicKey],
    purpose: str | None,
    *,
    payload: bytes | None = None,
    not_before: int | None = None,
    now: int | None = None,
) -> Verified:
    """Check a compact JWS with the keys that are trusted.

    purpose None: a token without `typ`. payload: the bytes that a detached signature is of; None for an attached one.
    not_before: unix seconds; an older signature is refused as a replay. Raises InputError for what is no JWS of ours,
    SignatureError for one that does not hold.
    """
    head, body, signature = _parts(token)
    header = _header(head)
    key = _key(header, keys)
    plain = header.get("b64", True) is False
    if payload is None:
        if plain or not body:
            raise InputError("the signature is detached: it needs the file that it is of")
        data = decode(body, "the payload")
    else:
        if body:
            raise InputError("the signature holds its own payload, and a file is given too")
        data = payload
    raw = decode(signature, "the signature")
    _hold(key, raw, signing_input(head, data, plain=plain))
    _agree(header, purpose, not_before, int(time.time()) if now is None else now)
    return Verified(key_id=key.id, signed_at=header.get("iat"), payload=data, header=header)


def signing_input(head: str, payload: bytes, *, plain: bool) -> bytes:
    """What is signed: RFC 7515, 5.1; `plain` as of RFC 7797, 3, where the payload stands as it is."""
    return head.encode("ascii") + b"." + (payload if plain else encode(payload).encode("ascii"))


class ReplayGuard:
    """Remembers signatures for `window` s: one that comes again, or that is older than the window, is refused.

    Memory is bounded by `most` signatures; when it is full, the oldest make room and what is older than they is refused.
    """

    def __init__(self, window: int = 600, most: int = 100_000) -> None:
        self.window = window
        self.most = most
        self._seen: OrderedDict[str, int] = OrderedDict()
        self._oldest = 0  # no signature from before this is taken

    def accept(self, token: str, verified: Verified, now: int | None = None) -> None:
        """Take a verified signature once. Raises SignatureError the second time."""
        instant = int(time.time()) if now is None else now
        signed = verified.signed_at
        if signed is None or signed < max(instant - self.window, self._oldest):
            raise SignatureError("the signature is too old, or bears no time (iat): it may be replayed")
        mark = token.rpartition(".")[2]
        if mark in self._seen:
            raise SignatureError("the signature was seen before: it is replayed")
        self._seen[mark] = signed
        while self._seen and (
            len(self._seen) > self.most or next(iter(self._seen.values())) < instant - self.window - _CLOCKS_APART
        ):
            _, gone = self._seen.popitem(last=False)
            if len(self._seen) >= self.most:
                self._oldest = max(self._oldest, gone + 1)


def encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str, what: str = "the text") -> bytes:
    """Base64url, strictly: raises InputError for padding, foreign characters, and bits that no byte has."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InputError(f"{what} is no base64url") from None
    if encode(data) != text:  # another text for the same bytes
        raise InputError(f"{what} is no base64url in its one form")
    return data


def _parts(token: str | bytes) -> tuple[str, str, str]:
    try:
        text = token.decode("ascii") if isinstance(token, bytes) else token
    except UnicodeDecodeError:
        raise InputError("this is no compact JWS: it is not ASCII") from None
    parts = text.split(".")
    if len(parts) != 3 or not parts[0] or not parts[2]:
        raise InputError("this is no compact JWS: header.payload.signature")
    return parts[0], parts[1], parts[2]


def _header(head: str) -> dict[str, Any]:
    if len(head) > _LARGEST_HEADER:
        raise InputError("the signature's header is larger than 16 KiB")
    header = parse_json(decode(head, "the header"), "the signature's header")
    if not isinstance(header, dict):
        raise InputError("the signature's header is no JSON object")
    if header.get("alg") not in _SAME:
        raise SignatureError(f"the signature's algorithm is {header.get('alg')!r}; only {ALGORITHM} is taken")
    critical = header.get("crit")
    if critical is not None and (
        not isinstance(critical, list)
        or not critical
        or any(not isinstance(c, str) or c not in header or c not in _UNDERSTOOD for c in critical)
    ):
        raise SignatureError(f"the signature must not be taken without {critical!r}, which is not known here")
    if "b64" in header and (type(header["b64"]) is not bool or critical is None):
        raise SignatureError("b64 is true or false, and stands in crit (RFC 7797, 6)")
    return header


def _key(header: Mapping[str, Any], keys: Mapping[str, PublicKey]) -> PublicKey:
    """The trusted key that the header names; a key or the address of one within the header is never used."""
    name = header.get("kid")
    if name is None and len(keys) == 1:
        return next(iter(keys.values()))
    key = keys.get(name) if isinstance(name, str) else None
    if key is None:
        raise SignatureError(f"the signature is by the key {str(name)[:100]!r}, which is not among those trusted")
    return key


def _hold(key: PublicKey, signature: bytes, message: bytes) -> None:
    from cryptography.exceptions import InvalidSignature

    with contextlib.suppress(InvalidSignature):
        key._verifier().verify(signature, message)
        return
    raise SignatureError("the signature does not hold: the bytes are not those that were signed, or the key is another")


def _agree(header: Mapping[str, Any], purpose: str | None, not_before: int | None, now: int) -> None:
    if header.get("typ") != purpose:
        raise SignatureError(f"the signature was made for {str(header.get('typ'))[:100]!r}, not for {purpose!r}")
    signed = header.get("iat")
    if signed is not None and type(signed) is not int:
        raise SignatureError("iat, the time of signing, is whole seconds")
    if not_before is not None and (signed is None or signed < not_before):
        raise SignatureError("the signature is older than what was seen before: it may be replayed")
    if signed is not None and signed > now + _CLOCKS_APART:
        raise SignatureError("the signature bears a time that is yet to come")


def _jwk_bytes(jwk: Any, name: str, where: str) -> bytes:
    if not isinstance(jwk, dict) or jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519":
        raise InputError("this is no Ed25519 key (JWK with kty OKP, crv Ed25519)", where=where or None)
    if jwk.get("alg", ALGORITHM) not in _SAME or jwk.get("use", "sig") != "sig":
        raise InputError("the key is for something else than these signatures (alg, use)", where=where or None)
    value = jwk.get(name)
    if not isinstance(value, str):
        half = "private" if name == "d" else "public"
        raise InputError(f"the key's {half} half ({name}) is missing", where=where or None)
    raw = decode(value, f"the key's {name}")
    if len(raw) != 32:
        raise InputError(f"the key's {name} has {len(raw)} bytes, not 32", where=where or None)
    return raw


def _read(path: Path, *, private: bool = False) -> bytes:
    try:
        if private and os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise InputError(f"others may read this private key; run: chmod 600 '{path}'", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None


def _write_new(path: Path, jwk: Mapping[str, str], mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise InputError(f"'{path}' exists; a key is never written over another") from None
    except OSError as error:
        raise InputError(f"cannot write '{path}': {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(json.dumps(jwk, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
