"""What `osea data check`, `convert` and `schemas` do, apart from parsing the command line."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..core.errors import ImpossibleError, InputError, MissingExtraError, UndecidedError
from ..core.findings import Finding, Severity, by_gravity
from .ccsds.files import read_messages
from .ccsds.message import Message
from .ccsds.write_kvn import write_kvn
from .ccsds.write_xml import write_xml
from .opportunity.package import check_summary
from .packaging.package import INDEX, MANIFEST, check_index, check_manifest
from .protocol.kinds import schema_of
from .protocol.package import judge, read_package
from .protocol.schemas import published

Answer = tuple[dict[str, Any], str]


# Files that name others with their SHA-256: a package's, and a window's.
SUMMARIES: dict[str, Callable[[Path], None]] = {
    MANIFEST: check_manifest,
    INDEX: check_index,
    "opportunities.json": check_summary,
}


def run_check(paths: Sequence[Path], *, lenient: bool = False, strict: bool = False) -> Answer:
    """Check files and folders: JSON files as records of the protocol, all together, every other file as a CCSDS message."""
    files = _files(paths)
    summaries = [f for f in files if f.name in SUMMARIES]
    records = [f for f in files if f.suffix == ".json" and f not in summaries]
    rows, lines, findings = _check_messages([f for f in files if f.suffix != ".json"], lenient)
    package, errors = read_package(records)
    for file in summaries:
        try:
            SUMMARIES[file.name](file)
            rows.append({"file": str(file), "status": "read"})
            lines.append(f"read     {file}: every file that it names is as it was")
        except InputError as error:
            errors.append(error)
    findings += judge(package)
    for entry in package.entries:
        schema = schema_of(type(entry.record))
        rows.append({"file": entry.where, "status": "read", "schema": schema, "id": entry.record.id})
        lines.append(f"read     {entry.where}: {schema.split('/')[2]}, revision {entry.record.revision}")
    for error in errors:
        _refuse((error.where or "").split(":")[0], error, rows, lines)
    lines += [f"{f.severity:<8} {f.rule}  {f.where}: {f.message}" for f in by_gravity(findings)]
    data: dict[str, Any] = {"status": "done", "files": rows, "findings": [_finding(f) for f in findings]}
    return data | _verdict(rows, findings, strict), "\n".join(lines)


def _refuse(file: str, error: InputError, rows: list[dict[str, Any]], lines: list[str]) -> None:
    """Put a file that is refused, with all its problems, into the answer's data and text."""
    problems = str(error).splitlines()
    rows.append({"file": file, "status": "refused", "problems": [p.strip() for p in problems]})
    lines += [f"refused  {problems[0]}", *(f"       {p}" for p in problems[1:])]


def _check_messages(files: Sequence[Path], lenient: bool) -> tuple[list[dict[str, Any]], list[str], list[Finding]]:
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    findings: list[Finding] = []
    for path in files:
        try:
            messages = read_messages(path, lenient=lenient)
        except InputError as error:
            _refuse(str(path), error, rows, lines)
            continue
        rows.append({"file": str(path), "status": "read", "messages": [_summary(m) for m in messages]})
        lines += [f"read     {path}: {_words(m)}" for m in messages]
        findings += [f for m in messages for f in m.findings]
    return rows, lines, findings


def _verdict(rows: Sequence[dict[str, Any]], findings: Sequence[Finding], strict: bool) -> dict[str, Any]:
    """Exit code and message: refused files, then broken rules, then, if strict, what is not known."""
    refused = sum(row["status"] == "refused" for row in rows)
    wrong = sum(f.severity == Severity.ERROR for f in findings)
    unknown = sum(f.severity == Severity.UNKNOWN for f in findings)
    if refused:
        message = f"{refused} of {len(rows)} file{'s' * (len(rows) > 1)} refused"
        return {"status": "failed", "exit_code": InputError.exit_code, "message": message}
    if wrong:
        message = f"{wrong} rule{'s' * (wrong > 1)} broken"
        return {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": message}
    if strict and unknown:
        return {"status": "failed", "exit_code": UndecidedError.exit_code, "message": f"{unknown} findings are UNKNOWN"}
    return {}


def _finding(finding: Finding) -> dict[str, Any]:
    return {"severity": str(finding.severity), "rule": finding.rule, "where": finding.where, "message": finding.message}


def run_convert(source: Path, target: Path, *, lenient: bool = False) -> Answer:
    """Write the messages of a file as XML where the target ends in .xml, else as KVN."""
    messages = list(read_messages(source, lenient=lenient))
    if target.suffix.lower() == ".xml":
        text = write_xml(*messages)
    elif len(messages) > 1:
        raise InputError(f"'{source}' holds {len(messages)} messages, and a KVN file holds one; write .xml instead")
    else:
        text = write_kvn(messages[0])
    if target.exists() and source.exists() and target.samefile(source):
        raise InputError(f"'{target}' is the file that is read; name another")
    target.write_text(text, encoding="utf-8")
    said = f"{target}: {', '.join(_words(m) for m in messages)}"
    return {"status": "done", "file": str(target), "messages": [_summary(m) for m in messages]}, said


def _files(paths: Sequence[Path]) -> list[Path]:
    found = [f for p in paths for f in (_of_folder(p) if p.is_dir() else [p])]
    if not found:
        raise InputError("no file to check")
    return found


def _of_folder(folder: Path) -> list[Path]:
    """The files of a folder; of a package those that have a form of their own, the rest is the manifest's to vouch for."""
    files = sorted(x for x in folder.rglob("*") if x.is_file())
    packages = {f.parent for f in files if f.name == MANIFEST}
    judged = (".json", ".oem", ".opm", ".ocm", ".omm", ".rdm", ".xml")
    return [f for f in files if f.suffix in judged or not packages & set(f.parents)]


def _summary(message: Message) -> dict[str, Any]:
    metadata = message.metadata
    return {
        "message": message.kind.upper(),
        "version": message.version,
        "originator": message.header.text("ORIGINATOR"),
        "object": metadata.text("OBJECT_NAME"),
        "time_system": metadata.text("TIME_SYSTEM"),
        "segments": len(message.segments),
        "states": sum(len(s.states) for s in message.segments if s.states is not None),
    }


def _words(message: Message) -> str:
    row = _summary(message)
    about = f" of {row['object']}" if row["object"] else ""
    if message.kind == "oem":
        return f"OEM {row['version']}{about}, {row['segments']} segments, {row['states']} states"
    return f"{row['message']} {row['version']}{about}"


def _interfaces() -> dict[str, str]:
    """The documents of the server's interface; without the extra that it needs they stay as they are."""
    try:
        from .server.published import interfaces
    except MissingExtraError:
        return {}
    return interfaces()


def run_schemas(folder: Path, check: bool) -> Answer:
    """Write what is published of the protocol (schemas, examples, rules, interfaces), or say which files are not current."""
    texts = published() | _interfaces()
    stale = sorted(
        n for n, t in texts.items() if not (folder / n).is_file() or (folder / n).read_text(encoding="utf-8") != t
    )
    data: dict[str, Any] = {"status": "done", "folder": str(folder), "files": list(texts), "not_current": stale}
    if check:
        if stale:
            message = f"{folder}: {len(stale)} files are not current ({', '.join(stale[:5])}); run 'osea data schemas'"
            data |= {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": message}
        return data, f"{len(texts)} files, {len(stale)} not current"
    for name in stale:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(texts[name], encoding="utf-8")
    rules = len(json.loads(texts["rules.json"]))
    return data, f"{len(texts)} files in {folder}, {len(stale)} of them new or changed; {rules} rules"
