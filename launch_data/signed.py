"""Who vouches for launch data: signatures beside files and packages, and records whose fields can be withheld.

A file NAME is signed by NAME.jws, over its bytes as they are. A package is signed by its manifest, which holds the SHA-256 of
all else. A record with commitments is one file NAME.sd.jws (`core.disclosure`), from which redacted copies are made that still
verify. A signature names what it is of (`sub`), so that neither another file nor another record can bear it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..core.disclosure import redact, sign_concealed, verify_concealed
from ..core.errors import InputError
from ..core.signing import PrivateKey, PublicKey, SignatureError, Verified, read_public_keys, sign, verify
from ..core.time import parse_utc
from ..core.wire import parse_json
from .envelope import record_text
from .packaging.package import LARGEST, MANIFEST, manifest_problems, read_inside
from .protocol.kinds import read_record, record_of, to_plain

FILE, PACKAGE, RECORD = "osea-launch-data-file", "osea-launch-data-package", "osea-launch-data-record"
SUFFIX, CONCEALED = ".jws", ".sd.jws"

Answer = tuple[dict[str, Any], str]
Keys = Mapping[str, PublicKey]


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """A signature that holds: of what, by which key, when; withheld: fields that this copy does not show."""

    what: str
    key_id: str
    signed_at: str | None
    withheld: int = 0


def run_key(path: Path) -> Answer:
    """A new pair of keys: the private one for its owner alone, the public one to give away."""
    public = path.with_name(f"{path.stem}.pub.json")
    if public.exists():
        raise InputError(f"'{public}' exists; a key is never written over another")
    path.parent.mkdir(parents=True, exist_ok=True)
    key = PrivateKey.create()
    key.write(path)
    key.public.write(public)
    data = {"status": "done", "private": str(path), "public": str(public), "key_id": key.public.id}
    return data, f"private key  {path}  (keep it; others must not read it)\npublic key   {public}  {key.public.id}"


def run_sign(paths: Sequence[Path], key_file: Path, *, at: str | None = None, conceal: Sequence[str] = ()) -> Answer:
    """Sign files and packages; with `conceal`, one record whose fields of these paths can be withheld."""
    key = PrivateKey.read(key_file)
    seconds = None if at is None else unix_seconds(at)
    if conceal and len(paths) != 1:
        raise InputError("fields are concealed in one record at a time")
    written: dict[Path, str] = {}
    for path in paths:
        if conceal:
            written[_token_path(path)] = _concealed(path, conceal, key, seconds)
        elif path.is_dir():
            if problems := manifest_problems(path):
                raise InputError(problems[0], where=str(path), details=problems[1:])
            manifest = read_inside(path, MANIFEST)
            written[path / f"{MANIFEST}{SUFFIX}"] = sign(
                manifest, key, PACKAGE, signed_at=seconds, more={"sub": _subject(manifest, str(path))}
            )
        else:
            written[path.with_name(path.name + SUFFIX)] = sign(
                read_bounded(path), key, FILE, signed_at=seconds, more={"sub": path.name}
            )
    for path, token in written.items():
        try:
            path.write_text(token, encoding="ascii")
        except OSError as error:
            raise InputError(f"cannot write '{path}': {error.strerror}") from None
    lines = [f"signed   {path}" for path in written]
    return {"status": "done", "key_id": key.public.id, "files": [str(p) for p in written]}, "\n".join(lines)


def run_verify(
    paths: Sequence[Path], key_files: Sequence[Path], *, after: Path | None = None, out: Path | None = None
) -> Answer:
    """Do the signatures hold? after: an earlier package of the same issuer, than which none may be older (a replay)."""
    keys = read_public_keys(key_files)
    earliest = None if after is None else unix_of(verify_package(after, keys)[1])
    if out is not None and (len(paths) != 1 or not paths[0].name.endswith(CONCEALED)):
        raise InputError(f"--out takes the record of one NAME{CONCEALED}")
    rows, lines, failed = [], [], 0
    for path in paths:
        try:
            found = verify_path(path, keys, not_before=earliest, out=out)
        except SignatureError as error:
            failed += 1
            rows.append({"path": str(path), "holds": False, "reason": str(error)})
            lines.append(f"REFUSED  {path}: {error}")
            continue
        rows.append({"path": str(path), "holds": True, **vars(found)})
        hidden = f"; {found.withheld} fields withheld" if found.withheld else ""
        lines.append(
            f"holds    {path}: {found.what}, signed {found.signed_at or 'at no stated time'} by {found.key_id}{hidden}"
        )
    data: dict[str, Any] = {"status": "done", "signatures": rows}
    if failed:
        message = f"{failed} of {len(paths)} signatures do not hold"
        data |= {"status": "failed", "exit_code": SignatureError.exit_code, "message": message}
    return data, "\n".join(lines)


def run_redact(token: Path, paths: Sequence[str], out: Path) -> Answer:
    """A copy of a record's token without some of its fields, which verifies as the whole one does."""
    if out.exists():
        raise InputError(f"'{out}' exists; name another file")
    if not out.name.endswith(CONCEALED):
        raise InputError(f"a redacted copy is a file NAME{CONCEALED}")
    less = redact(_text(token), paths)
    out.write_text(less, encoding="ascii")
    return {"status": "done", "file": str(out), "withheld": list(paths)}, f"{out}: without {', '.join(paths)}"


def verify_path(path: Path, keys: Keys, *, not_before: int | None = None, out: Path | None = None) -> Vouched:
    """A package, a file with NAME.jws beside it, or a NAME.sd.jws. Raises SignatureError, InputError."""
    if path.is_dir():
        issuer, verified = verify_package(path, keys, not_before=not_before)
        return Vouched(what=f"package of {issuer}", key_id=verified.key_id, signed_at=signed_at(verified))
    if path.name.endswith(CONCEALED):
        plain, withheld, verified = verify_record(_text(path), keys, not_before=not_before)
        if out is not None:
            out.write_text(record_text(plain), encoding="utf-8")
        what = f"{plain['schema'].split('/')[2]} {plain['id']}, revision {plain['revision']}"
        return Vouched(what=what, key_id=verified.key_id, signed_at=signed_at(verified), withheld=withheld)
    token = _text(path.with_name(path.name + SUFFIX))
    verified = verify(token, keys, FILE, payload=read_bounded(path), not_before=not_before)
    if verified.header.get("sub") != path.name:
        raise SignatureError(f"it was signed as {str(verified.header.get('sub'))[:100]!r}, and stands as {path.name!r}")
    return Vouched(what="file", key_id=verified.key_id, signed_at=signed_at(verified))


def verify_package(folder: Path, keys: Keys, *, not_before: int | None = None) -> tuple[str, Verified]:
    """(issuer, signature) of a package all of whose files are as the signed manifest says."""
    manifest = read_inside(folder, MANIFEST)
    token = read_inside(folder, f"{MANIFEST}{SUFFIX}")
    verified = verify(token, keys, PACKAGE, payload=manifest, not_before=not_before)
    subject = _subject(manifest, str(folder))
    if verified.header.get("sub") != subject:
        raise SignatureError("the signature is of another issue of the package")
    if problems := manifest_problems(folder):
        raise SignatureError("the signature holds, and the package is not as signed", details=problems)
    return subject.rpartition(" ")[0], verified


def verify_record(token: str, keys: Keys, *, not_before: int | None = None) -> tuple[dict[str, Any], int, Verified]:
    """(record, how many fields are withheld, signature) of a token with commitments; the record is valid by its schema."""
    plain, withheld, verified = verify_concealed(token, keys, RECORD, not_before=not_before)
    record = record_of(plain, "the signed record")
    if verified.header.get("sub") != f"{record.id} {record.revision}":
        raise SignatureError("the signature is of another record, or of another revision")
    return plain, withheld, verified


def signed_at(verified: Verified) -> str | None:
    """When, in UTC, by the signer's clock."""
    if verified.signed_at is None or not 63_072_000 <= verified.signed_at < 9_000_000_000:
        return None
    return utc_of_unix(verified.signed_at)


def unix_of(verified: Verified) -> int:
    """The time of a signature, which one that others are measured by must have."""
    if verified.signed_at is None:
        raise SignatureError("the earlier package's signature bears no time")
    return verified.signed_at


def unix_seconds(utc: str) -> int:
    """Seconds of Unix time, which has no leap seconds, of a UTC text."""
    parse_utc(utc)
    return int(datetime.fromisoformat(utc[:19].replace(":60", ":59") + "+00:00").timestamp())


def utc_of_unix(seconds: int) -> str:
    """UTC of Unix time."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_bounded(path: Path) -> bytes:
    """A file's bytes. Raises InputError for one that cannot be read or is larger than a package's may be."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None
    if len(data) > LARGEST:
        raise InputError(f"'{path}' is larger than {LARGEST >> 20} MiB")
    return data


def _concealed(path: Path, conceal: Sequence[str], key: PrivateKey, seconds: int | None) -> str:
    """The token of a record; every redacted copy of it must be a record too, so required fields cannot be concealed."""
    record = read_record(read_bounded(path), str(path))
    plain = to_plain(record)
    token = sign_concealed(
        plain, conceal, key, RECORD, signed_at=seconds, more={"sub": f"{record.id} {record.revision}"}
    )
    bare, _, _ = verify_concealed(redact(token, conceal), {key.public.id: key.public}, RECORD)
    try:
        record_of(bare, str(path))
    except InputError as error:
        raise InputError(
            f"without {', '.join(conceal)} this is no record ({error.message}); restrict the whole record instead",
            where=str(path),
        ) from None
    return token


def _subject(manifest: bytes, where: str) -> str:
    plain = parse_json(manifest, where)
    return f"{plain.get('issuer')} {plain.get('issued_at')}" if isinstance(plain, dict) else ""


def _token_path(path: Path) -> Path:
    return path.with_name(f"{path.name.removesuffix('.json')}{CONCEALED}")


def _text(path: Path) -> str:
    try:
        return read_bounded(path).decode("ascii")
    except UnicodeDecodeError:
        raise InputError("a signature is ASCII", where=str(path)) from None
