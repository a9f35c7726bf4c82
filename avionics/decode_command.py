"""What `osea avionics decode` does: a file of packets to one CSV file a message, with gaps, limits and rejects told."""

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ..core.documents import load_document
from ..core.errors import InputError
from .bulk import BulkResult, Columns, decode_packets
from .framing import FrameStream
from .layout import layout
from .layout_types import Limits, ResolvedField, ResolvedSet
from .message_set import MessageSet, launcher_set
from .reject_count import RejectCount
from .tm_frames import TmLink, TmReceiver

_PIECE = 1 << 20


def run_decode(
    file: Path,
    message_set: Path | None,
    out: Path,
    framing: str = "packets",
    link: TmLink | None = None,
) -> tuple[dict[str, Any], str]:
    """Decode *file* by a message set (the built-in one without) into *out*/<message>.csv.

    framing: packets (one after another), tm (transfer frames of *link*), cobs or slip. Returns plain data and a text.
    Raises InputError for a file that cannot be read or a framing that needs a link.
    """
    resolved = layout(load_document(MessageSet, message_set) if message_set else launcher_set())
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"'{file}' cannot be read: {error.strerror}") from None
    packets, framing_rejects = _unframed(data, framing, link)
    result = decode_packets(resolved, packets)
    out.mkdir(parents=True, exist_ok=True)
    messages = [_message(c, out) for c in result.columns.values() if c.offsets.size]
    plain: dict[str, Any] = {
        "set": resolved.name,
        "octets": len(data),
        "packets": result.packets,
        "messages": messages,
        "rejects": result.rejects.to_plain(),
        "out": str(out),
    }
    if framing_rejects is not None:
        plain["framing_rejects"] = framing_rejects.to_plain()
    return plain, _text(resolved, result, messages, framing_rejects, out)


def _unframed(data: bytes, framing: str, link: TmLink | None) -> tuple[bytes, RejectCount | None]:
    if framing == "packets":
        return data, None
    receiver: Any
    if framing == "tm":
        if link is None:
            raise InputError("transfer frames need their link: --spacecraft, --channel, --length")
        receiver = TmReceiver(link)
    elif framing in ("cobs", "slip"):
        receiver = FrameStream(framing)
    else:
        raise InputError(f"the framing is packets, tm, cobs or slip, not '{framing}'")
    pieces = (data[i : i + _PIECE] for i in range(0, len(data), _PIECE))
    return b"".join(p for piece in pieces for p in receiver.feed(piece)), receiver.rejects


def _message(columns: Columns, out: Path) -> dict[str, Any]:
    m = columns.message
    path = out / f"{m.name}.csv"
    _write(columns, path)
    return {
        "name": m.name,
        "apid": m.apid,
        "packets": int(columns.offsets.size),
        "missing": columns.missing,
        "file": path.name,
        "limits": _limits(columns),
    }


def _limits(columns: Columns) -> list[dict[str, Any]]:
    """For each field with limits that were left: how often, and the worst values."""
    found = []
    for f in columns.message.values:
        values = None
        for level in ("range", "red", "yellow"):
            limits: Limits | None = getattr(f, level)
            if limits is None:
                continue
            values = columns.value(f.name) if values is None else values
            outside = ~((values >= limits.low) & (values <= limits.high))
            if outside.any():
                known = values[np.isfinite(values)]
                span = {"least": float(known.min()), "greatest": float(known.max())} if known.size else {}
                count = int(outside.reshape(len(values), -1).any(axis=1).sum())
                found.append({"field": f.name, "level": level, "packets": count, "unit": f.unit, **span})
                break  # range is the gravest, and what is outside red is outside yellow
    return found


def _write(columns: Columns, path: Path) -> None:
    names, series = ["sequence_count"], [columns.sequence_count.tolist()]
    for f in columns.message.values:
        shown = _shown(f)
        for label, column in _series(f, columns):
            names.append(label + (f" [{f.unit}]" if f.unit else ""))
            series.append([shown(x) for x in column])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(zip(*series, strict=True))
    path.write_text(text.getvalue(), encoding="utf-8")


def _series(f: ResolvedField, columns: Columns) -> Iterable[tuple[str, list[Any]]]:
    if f.raw == "bytes":
        yield f.name, [row.tobytes() for row in columns.raw[f.name]]
    elif f.is_array:
        values = columns.value(f.name)
        for k in range(f.count):
            yield f"{f.name}.{f.elements[k] if f.elements else k}", values[:, k].tolist()
    else:
        yield f.name, columns.value(f.name).tolist()


def _shown(f: ResolvedField) -> Callable[[Any], Any]:
    """How a value stands in a CSV cell: names of enums and flags, text as text, octets in hexadecimal."""
    if f.kind == "enum":
        names = {v.value: v.name for v in f.values}
        return lambda x: names.get(x, f"?{x}")
    if f.kind == "flags":
        bits = [(1 << v.value, v.name) for v in f.values]
        known = sum(bit for bit, _ in bits)
        return lambda x: " ".join([n for bit, n in bits if x & bit] + ([f"?{x & ~known:#x}"] if x & ~known else []))
    if f.kind == "text":
        return lambda x: x.rstrip(b"\0").decode(f.encoding, "replace")
    if f.kind == "bytes":
        return lambda x: x.hex()
    if f.kind == "bcd":
        return lambda x: int(f"{x:x}") * f.scale if f"{x:x}".isdigit() else f"?{x:#x}"
    return lambda x: "" if x != x else x  # an empty cell for not-a-number


def _text(
    resolved: ResolvedSet, result: BulkResult, messages: list[dict[str, Any]], framing: RejectCount | None, out: Path
) -> str:
    lines = [f"{resolved.name}: {result.packets} packets of {len(messages)} messages → {out}"]
    for m in messages:
        gaps = f", {m['missing']} missing" if m["missing"] else ""
        lines.append(f"  {m['name']}: {m['packets']} packets{gaps}")
        for x in m["limits"]:
            span = f", {x['least']:g} to {x['greatest']:g} {x['unit']}".rstrip() if "least" in x else ""
            lines.append(f"    {x['field']}: outside {x['level']} in {x['packets']} packets{span}")
    for what, rejects in (("frames", framing), ("packets", result.rejects)):
        if rejects is not None and (rejects.total or rejects.skipped_octets):
            reasons = ", ".join(f"{reason} {n}" for reason, n in sorted(rejects.by_reason.items()))
            lines.append(f"rejected {what}: {reasons or 'none'}; {rejects.skipped_octets} octets skipped")
    return "\n".join(lines)
