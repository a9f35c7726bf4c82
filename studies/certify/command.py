"""What `osea certify` does: look at everything that a path holds, and issue, check or revoke a certificate."""

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...certification.certificate import (
    Certificate,
    certificate,
    check,
    read_certificate,
    read_revocation_list,
    revocation_list,
)
from ...certification.judging import PASSES, SuiteResult, Verdict, examine
from ...certification.page import badge, page
from ...certification.suites import LEVELS, Level
from ...core.errors import ImpossibleError, InputError, UndecidedError
from ...core.signing import PrivateKey, SignatureError, read_public_keys
from ...launch_data.signed import unix_seconds
from .subjects import Subjects, Wishes, subjects_of

Result = tuple[dict[str, Any], str]


def certify(
    place: str,
    wishes: Wishes | None = None,
    *,
    issued: int | None = None,
    days: int = 365,
    key: PrivateKey | None = None,
) -> tuple[Certificate, list[SuiteResult]]:
    """The certificate of a path or an address, unsigned without a key. Raises InputError for what no suite looks at."""
    subjects = subjects_of(place, wishes or Wishes())
    results = [examine(examiner, name) for name, examiner in subjects.examiners]
    return _issue(subjects, results, issued, days, key), results


def _issue(
    subjects: Subjects, results: list[SuiteResult], issued: int | None, days: int, key: PrivateKey | None
) -> Certificate:
    return certificate(
        subjects.name,
        subjects.kind,
        subjects.files,
        results,
        not_covered=subjects.not_covered,
        issued=int(time.time()) if issued is None else issued,
        days=days,
        key=key,
    )


def run_certify(
    place: str, out: Path | None, *, level: str = "bronze", key_file: Path | None = None, wishes: Wishes | None = None,
    days: int = 365, issued: str | None = None,
) -> Result:  # fmt: skip
    """Issue: certificate.json, certificate.html and badge.svg in a folder.

    The data's exit_code is 1 where a requirement of the level asked for (or below) fails, 3 where one is unknown.
    """
    asked = as_level(level)
    key = PrivateKey.read(key_file) if key_file else None
    one, results = certify(place, wishes, issued=None if issued is None else unix_seconds(issued), days=days, key=key)
    name = re.sub(r"\W+", "-", one.body["subject"]["name"].lower()).strip("-") or "subject"
    folder = out or Path("out") / f"certificate-{name}"
    written = {"certificate.json": one.text(), "certificate.html": page(one), "badge.svg": badge(one)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in written.items():
            (folder / file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write '{folder}': {error.strerror}; choose another with --out") from None
    data: dict[str, Any] = {
        "status": "done",
        "level": one.body["level"],
        "asked": asked,
        "sha256": one.sha256,
        "signed": one.token is not None,
        "certificate": str(folder / "certificate.json"),
        "page": str(folder / "certificate.html"),
        "suites": one.body["suites"],
    }
    return data | _verdict(place, asked, results), _text(one, results, asked, folder)


def as_level(text: str) -> Level:
    """Raises InputError for a level that is none."""
    for level in LEVELS:
        if text.lower() == level:
            return level
    raise InputError(f"'{text}' is no level; the levels are {', '.join(LEVELS)}", where="--level")


def _wanting(results: Sequence[SuiteResult], asked: Level, verdict: Verdict) -> list[str]:
    upto = LEVELS[: LEVELS.index(asked) + 1]
    return [
        a.requirement.number for r in results for a in r.answers if a.requirement.level in upto and a.verdict is verdict
    ]


def _verdict(place: str, asked: Level, results: Sequence[SuiteResult]) -> dict[str, Any]:
    for verdict, code in ((Verdict.FAILS, ImpossibleError.exit_code), (Verdict.UNKNOWN, UndecidedError.exit_code)):
        numbers = _wanting(results, asked, verdict)
        if numbers:
            shown = ", ".join(dict.fromkeys(numbers[:4])) + (", …" if len(numbers) > 4 else "")
            what = "fail" if verdict is Verdict.FAILS else "are not known to hold"
            message = f"{place} is not {asked}: {len(numbers)} of its requirements {what} ({shown})"
            return {"status": "failed", "exit_code": code, "message": message}
    return {}


def _text(one: Certificate, results: Sequence[SuiteResult], asked: Level, folder: Path) -> str:
    lines = []
    for result in results:
        upto = f" (the suite goes up to {result.suite.ceiling})" if result.level != result.suite.ceiling else ""
        lines.append(f"{result.suite.code} {result.of}: {result.level or 'no level'}{upto}")
        lines += [
            f"  {a.verdict:<8} {a.requirement.level:<9}{a.requirement.number}  {a.requirement.asks}\n{'':>19}{a.evidence}"
            for a in result.answers
            if a.verdict not in PASSES
        ]
    numbers = [a.verdict for r in results for a in r.answers]
    counts = ", ".join(f"{numbers.count(v)} {v}" for v in Verdict if numbers.count(v))
    signed = "" if one.token else "; not signed: give --key (osea data key makes one)"
    lines += ["", f"level {one.body['level']}, {asked} asked: {len(numbers)} requirements: {counts}{signed}"]
    lines += [f"  certificate  {folder / 'certificate.json'}", f"  page         {folder / 'certificate.html'}"]
    return "\n".join(lines)


def run_verify(
    path: Path, key_files: Sequence[Path], *, revoked: Sequence[Path] = (), of: str | None = None,
    wishes: Wishes | None = None, at: str | None = None,
) -> Result:  # fmt: skip
    """Is a certificate to be trusted? of: make its verdicts again from the subject. The data's exit_code is 1 where it is not."""
    one = read_certificate(path)
    now = int(time.time()) if at is None else unix_seconds(at)
    data: dict[str, Any] = {
        "status": "done",
        "certificate": str(path),
        "sha256": one.sha256,
        "level": one.body.get("level"),
    }
    try:
        found = check(one, read_public_keys(key_files), now=now, revoked=revoked)
    except SignatureError as error:
        return data | _refused(path, [str(error)]), f"REFUSED  {path}: {error}"
    problems, remarks = list(found.problems), list(found.remarks)
    if of is not None:
        problems += _again(one, of, wishes)
        remarks += [] if problems else ["every verdict was made again from the files, and is the same"]
    subject = one.body["subject"]["name"]
    data |= {"key_id": found.key_id, "subject": subject, "problems": problems, "remarks": remarks}
    head = f"{'REFUSED ' if problems else 'holds   '} {path}: {subject}, level {one.body['level']}, by {found.key_id}"
    text = "\n".join([head, *(f"  {p}" for p in problems), *(f"  note: {r}" for r in remarks)])
    return data | (_refused(path, problems) if problems else {}), text


def _refused(path: Path, problems: Sequence[str]) -> dict[str, Any]:
    return {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": f"{path}: {'; '.join(problems[:3])}"}


def _again(one: Certificate, place: str, wishes: Wishes | None) -> list[str]:
    """What is otherwise when the subject is looked at again: files, then verdicts."""
    other, _ = certify(place, wishes)
    old, new = ({f["path"]: f["sha256"] for f in c.body["subject"]["files"]} for c in (one, other))
    problems = [f"{name} {'changed' if name in old and name in new else 'is not in both'}"
                for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]  # fmt: skip
    if not problems and other.body["suites"] != one.body["suites"]:
        rows = [
            {
                (s["code"], s["of"], r["number"]): (r["verdict"], r["evidence"])
                for s in c.body["suites"]
                for r in s["requirements"]
            }
            for c in (one, other)
        ]
        changed = [k for k in rows[0].keys() | rows[1].keys() if rows[0].get(k) != rows[1].get(k)]
        problems = [f"{number} of {name} gives another verdict or evidence" for _, name, number in sorted(changed)]
    return problems


def run_revoke(path: Path, key_file: Path, reason: str, *, into: Path, at: str | None = None) -> Result:
    """Add a certificate to a revocation list, which is made when it is not there."""
    key = PrivateKey.read(key_file)
    one = read_certificate(path)
    now = int(time.time()) if at is None else unix_seconds(at)
    check(one, {key.public.id: key.public}, now=now)  # of this key, else SignatureError
    entries = read_revocation_list(into, {key.public.id: key.public}, now)[1] if into.exists() else []
    if any(e["sha256"] == one.sha256 for e in entries):
        raise InputError(f"'{into}' names this certificate already")
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    entries = [*entries, {"sha256": one.sha256, "revoked_at": when, "reason": reason}]
    try:
        into.write_text(revocation_list(entries, key, issued=now), encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write '{into}': {error.strerror}") from None
    data = {"status": "done", "list": str(into), "sha256": one.sha256, "revoked": len(entries)}
    return data, f"revoked  {path} ({one.sha256[:16]}…): {into} names {len(entries)}"
