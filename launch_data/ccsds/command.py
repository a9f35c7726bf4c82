"""What `osea data check` and `osea data convert` do, apart from parsing the command line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...core.errors import InputError
from .files import read_messages
from .message import Message
from .write_kvn import write_kvn
from .write_xml import write_xml

Answer = tuple[dict[str, Any], str]


def run_check(paths: Sequence[Path], *, lenient: bool = False) -> Answer:
    """Read every file, a folder standing for all files in it; the text says what is wrong with each, and where."""
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    for path in _files(paths):
        try:
            messages = read_messages(path, lenient=lenient)
        except InputError as error:
            problems = str(error).splitlines()
            rows.append({"file": str(path), "status": "refused", "problems": [p.strip() for p in problems]})
            lines += [f"refused  {problems[0]}", *(f"       {p}" for p in problems[1:])]
            continue
        rows.append({"file": str(path), "status": "read", "messages": [_summary(m) for m in messages]})
        lines += [f"read     {path}: {_words(m)}" for m in messages]
        lines += [f"  WARN   {f.where}: {f.message}" for m in messages for f in m.findings]
    refused = sum(row["status"] == "refused" for row in rows)
    data: dict[str, Any] = {"status": "done", "files": rows}
    if refused:
        message = f"{refused} of {len(rows)} file{'s' * (len(rows) > 1)} refused"
        data |= {"status": "failed", "exit_code": InputError.exit_code, "message": message}
    return data, "\n".join(lines)


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
    found = [f for p in paths for f in (sorted(x for x in p.rglob("*") if x.is_file()) if p.is_dir() else [p])]
    if not found:
        raise InputError("no file to check")
    return found


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
        "findings": [{"rule": f.rule, "where": f.where, "message": f.message} for f in message.findings],
    }


def _words(message: Message) -> str:
    row = _summary(message)
    about = f" of {row['object']}" if row["object"] else ""
    if message.kind == "oem":
        return f"OEM {row['version']}{about}, {row['segments']} segments, {row['states']} states"
    return f"{row['message']} {row['version']}{about}"
