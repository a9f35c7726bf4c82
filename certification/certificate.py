"""The certificate: what was asked of which files, with every verdict; signed, expiring, and checked again by anyone.

One JSON document `{"certificate": …, "signature": …}`. Signed are the canonical bytes of the first member (RFC 8785: keys sorted,
no blanks; it holds texts, whole numbers, lists and objects alone), by a detached JWS with Ed25519 (`core.signing`).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..core.errors import InputError
from ..core.signing import PrivateKey, PublicKey, SignatureError, sign, verify
from ..core.wire import parse_json
from .corpus import STANDARD_VERSION, corpus_sha256
from .judging import SuiteResult, Verdict, below, reached
from .suites import LEVELS, Level, suites

SCHEMA, REVOKED = "osea/certificate/v1", "osea/revocation-list/v1"
PURPOSE, REVOKED_PURPOSE = "osea-certificate", "osea-revocation-list"
LONGEST = 366 * 86400
Keys = Mapping[str, PublicKey]


@dataclass(frozen=True)
class Certificate:
    """A certificate as read. body: what is certified; token: its signature, None where it bears none."""

    body: dict[str, Any]
    token: str | None

    @property
    def sha256(self) -> str:
        """By which a revocation list names it."""
        return hashlib.sha256(canonical(self.body)).hexdigest()

    def text(self) -> str:
        """The file's text."""
        return json.dumps({"certificate": self.body, "signature": self.token}, indent=1, ensure_ascii=False) + "\n"


def certificate(
    name: str, kind: str, files: Mapping[str, str], results: Sequence[SuiteResult], *, issued: int, days: int = 365,
    not_covered: Sequence[str] = (), key: PrivateKey | None = None,
) -> Certificate:  # fmt: skip
    """Of suites' results. files: SHA-256 by path; not_covered: beside them, looked at by no suite; issued: unix seconds.

    days: until it expires. Unsigned without a key.
    """
    if not 1 <= days * 86400 <= LONGEST:
        raise InputError(f"a certificate is for 1 to 366 days, not {days}", where="--days")
    level: Level | None = LEVELS[-1]
    for result in results:
        level = below(level, result.level)
    body = {
        "schema": SCHEMA,
        "subject": {
            "name": name,
            "kind": kind,
            "files": [{"path": p, "sha256": files[p]} for p in sorted(files)],
            "not_covered": sorted(not_covered),
        },
        "tool": {"name": "osea-rocket", "version": version("osea-rocket")},
        "corpus": {"standard": STANDARD_VERSION, "sha256": corpus_sha256()},
        "level": level or "none",
        "suites": [_plain(r) for r in results],
        "issued_at": _utc(issued),
        "expires_at": _utc(issued + days * 86400),
    }
    token = sign(canonical(body), key, PURPOSE, signed_at=issued) if key else None
    return Certificate(body, token)


def _plain(result: SuiteResult) -> dict[str, Any]:
    return {
        "code": result.suite.code,
        "name": result.suite.name,
        "of": result.of,
        "level": result.level or "none",
        "goes_up_to": result.suite.ceiling,
        "requirements": [
            {
                "number": a.requirement.number,
                "level": a.requirement.level,
                "traces": a.requirement.traces,
                "asks": a.requirement.asks,
                "verdict": str(a.verdict),
                "evidence": a.evidence,
            }
            for a in result.answers
        ],
    }


def canonical(body: Any) -> bytes:
    """RFC 8785 of what a certificate holds. Raises InputError for a number that is not whole, or a name that is not ASCII."""
    _only_plain(body)
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _only_plain(value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if not name.isascii():  # beyond it, orders of names differ
                raise InputError(f"'{name[:40]}' is no name of a certificate")
            _only_plain(inner)
    elif isinstance(value, list):
        for inner in value:
            _only_plain(inner)
    elif isinstance(value, float):
        raise InputError("a certificate holds whole numbers alone")


def read_certificate(path: Path) -> Certificate:
    """A certificate from its file. Raises InputError for what is none."""
    plain = _read(path)
    body, token = plain.get("certificate"), plain.get("signature")
    if not isinstance(body, dict) or body.get("schema") != SCHEMA or not isinstance(token, str | None):
        raise InputError(f"this is no certificate ({SCHEMA})", where=str(path))
    return Certificate(body, token)


@dataclass(frozen=True)
class Checked:
    """What a verifier found. problems: why it is not to be trusted; remarks: what else one should know."""

    key_id: str
    problems: tuple[str, ...]
    remarks: tuple[str, ...]


def check(one: Certificate, keys: Keys, *, now: int, revoked: Sequence[Path] = ()) -> Checked:
    """Signature, times, revocation lists, and that the level follows from the verdicts of whole suites (OSEA-Q-011).

    Raises SignatureError where the signature does not hold: then nothing that it says counts.
    """
    if one.token is None:
        raise SignatureError("the certificate is not signed")
    verified = verify(one.token, keys, PURPOSE, payload=canonical(one.body), now=now)
    problems = [*_times(one.body, verified.signed_at, now), *_withdrawn(one, keys, verified.key_id, revoked, now)]
    problems += _follows(one.body)
    remarks = []
    corpus = one.body.get("corpus", {}).get("sha256")
    if corpus != corpus_sha256():
        remarks.append(
            "it was asked by another corpus than this installation's; its verdicts cannot be made again here"
        )
    elif tool := _other_suites(one.body):
        problems.append(tool)
    if not revoked:
        remarks.append("no revocation list was given; ask the issuer for one")
    return Checked(verified.key_id, tuple(problems), tuple(remarks))


def _times(body: dict[str, Any], signed: int | None, now: int) -> list[str]:
    issued, expires = _unix(body.get("issued_at")), _unix(body.get("expires_at"))
    if issued is None or expires is None or signed != issued:
        return ["its times cannot be read, or are not those of its signature"]
    found = []
    if not 0 < expires - issued <= LONGEST:
        found.append("it is for more than 366 days, or ends before it begins")
    if now >= expires:
        found.append(f"it expired at {body['expires_at']}")
    return found


def _follows(body: dict[str, Any]) -> list[str]:
    """The level of each suite follows from its verdicts, and that of the whole from theirs."""
    found: list[str] = []
    level: Level | None = LEVELS[-1]
    rows = body.get("suites")
    if not isinstance(rows, list) or not rows:
        return ["it holds no suite"]
    try:
        for row in rows:
            own = reached([(r["level"], Verdict(r["verdict"])) for r in row["requirements"]])
            if (own or "none") != row["level"]:
                found.append(
                    f"suite {row['code']} of {row['of']}: its verdicts give {own or 'no level'}, not {row['level']}"
                )
            level = below(level, own)
    except (KeyError, TypeError, ValueError):
        return ["its suites cannot be read"]
    if (level or "none") != body.get("level"):
        found.append(f"its suites give {level or 'no level'}, and it says {body.get('level')}")
    return found


def _other_suites(body: dict[str, Any]) -> str:
    """Where the corpus is ours: every requirement of the suites is there, at its level."""
    for row in body["suites"]:
        suite = suites().get(row["code"])
        wanted = [(r.number, r.level) for r in suite.requirements] if suite else None
        if [(r["number"], r["level"]) for r in row["requirements"]] != wanted:
            return f"suite {row['code']} of {row['of']} does not hold every requirement"
    return ""


def revocation_list(entries: Sequence[dict[str, str]], key: PrivateKey, *, issued: int) -> str:
    """The text of a list of withdrawn certificates: sha256, revoked_at, reason of each; signed."""
    body = {"schema": REVOKED, "issued_at": _utc(issued), "revoked": sorted(entries, key=lambda e: e["sha256"])}
    token = sign(canonical(body), key, REVOKED_PURPOSE, signed_at=issued)
    return json.dumps({"revocation_list": body, "signature": token}, indent=1, ensure_ascii=False) + "\n"


def read_revocation_list(path: Path, keys: Keys, now: int) -> tuple[str, list[dict[str, str]]]:
    """(id of the key, entries) of a list whose signature holds. Raises InputError, SignatureError."""
    plain = _read(path)
    body, token = plain.get("revocation_list"), plain.get("signature")
    if not isinstance(body, dict) or body.get("schema") != REVOKED or not isinstance(token, str):
        raise InputError(f"this is no revocation list ({REVOKED})", where=str(path))
    verified = verify(token, keys, REVOKED_PURPOSE, payload=canonical(body), now=now)
    return verified.key_id, body["revoked"]


def _withdrawn(one: Certificate, keys: Keys, key_id: str, lists: Sequence[Path], now: int) -> list[str]:
    found = []
    for path in lists:
        issuer, entries = read_revocation_list(path, keys, now)
        if issuer != key_id:
            found.append(f"the revocation list {path.name} is by another key than the certificate")
        found += [f"it was revoked at {e['revoked_at']}: {e['reason']}" for e in entries if e["sha256"] == one.sha256]
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        plain = parse_json(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None
    if not isinstance(plain, dict):
        raise InputError("this is no certificate and no list of them", where=str(path))
    return plain


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unix(text: Any) -> int | None:
    try:
        return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except (TypeError, ValueError):
        return None
