"""What `osea avionics decode` does: packets to one file a message, with gaps, limits and rejects told; whole, or as they come."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from ..core.documents import load_document
from ..core.errors import InputError
from ..core.progress import Progress
from .bulk import BulkResult, decode_packets
from .codec import SetCodec
from .framing import FrameStream
from .layout import layout
from .layout_types import ResolvedSet
from .limit_watch import LimitWatch
from .message_set import MessageSet, launcher_set
from .reject_count import RejectCount
from .sources import PIECE, octets_from
from .space_packets import PacketStream
from .tables import Format, TableWriter, table_of
from .tm_frames import TmLink, TmReceiver

FORMATS: tuple[Format, ...] = ("csv", "parquet")


class Receiver(Protocol):
    """What takes packets out of frames."""

    rejects: RejectCount

    def feed(self, data: bytes) -> list[bytes]: ...


def receiver_of(framing: str, link: TmLink | None) -> Receiver | None:
    """The receiver of a framing; None for packets one after another. Raises InputError."""
    if framing == "packets":
        return None
    if framing == "tm":
        if link is None:
            raise InputError("transfer frames need their link: --spacecraft, --channel, --length")
        return TmReceiver(link)
    if framing in ("cobs", "slip"):
        return FrameStream(framing)
    raise InputError(f"the framing is packets, tm, cobs or slip, not '{framing}'")


def formats_of(text: str) -> tuple[Format, ...]:
    """``csv``, ``parquet`` or both with a comma between. Raises InputError."""
    wanted = [part.strip() for part in text.split(",")]
    unknown = [w for w in wanted if w not in FORMATS]
    if unknown:
        raise InputError(f"there is no format '{unknown[0]}'; --format is csv, parquet, or csv,parquet")
    return tuple(f for f in FORMATS if f in wanted)


class Sink:
    """Where decoded packets go: files, limits, counts."""

    def __init__(self, resolved: ResolvedSet, out: Path, formats: tuple[Format, ...]) -> None:
        if out.exists() and not out.is_dir():
            raise InputError(f"'{out}' is a file; --out names a folder")
        out.mkdir(parents=True, exist_ok=True)
        self.resolved, self.out, self.formats = resolved, out, formats
        self.limits = LimitWatch()
        self.packets: dict[str, int] = {}
        self._writers: dict[str, list[TableWriter]] = {}

    def take(self, result: BulkResult, events: bool = False, note: Callable[[str], None] | None = None) -> list[str]:
        """Write and count; lines about limits when *events* are asked for. note: hears which message is written."""
        lines: list[str] = []
        for c in result.columns.values():
            if not c.offsets.size:
                continue
            name = c.message.name
            if note is not None:
                note(name)
            if name not in self._writers:
                self._writers[name] = [TableWriter(self.out, c.message, form) for form in self.formats]
            table = table_of(c)
            for writer in self._writers[name]:
                writer.write(table)
            self.packets[name] = self.packets.get(name, 0) + c.offsets.size
            lines += self.limits.take(c, events)
        return lines

    def close(self, publish: bool = True) -> None:
        """End all files; unless they are published, they are removed."""
        for writers in self._writers.values():
            for writer in writers:
                writer.close(publish)

    def report(self, octets: int, missing: dict[int, int], rejects: RejectCount, framing: RejectCount | None) -> Any:
        """(plain data, text) of all that was decoded."""
        messages = []
        for name, n in self.packets.items():
            m = self.resolved.by_name[name]
            limits = [x | {"unit": m.by_name[x["field"]].unit} for x in self.limits.found(name)]
            files = [w.path.name for w in self._writers[name]]
            messages.append({"name": name, "apid": m.apid, "packets": n, "files": files, "limits": limits})
        plain: dict[str, Any] = {
            "set": self.resolved.name,
            "octets": octets,
            "packets": sum(self.packets.values()),
            "messages": messages,
            "gaps": [{"apid": apid, "missing": n} for apid, n in sorted(missing.items())],
            "rejects": rejects.to_plain(),
            "out": str(self.out),
        }
        if framing is not None:
            plain["framing_rejects"] = framing.to_plain()
        return plain, _text(plain)


def run_decode(
    file: Path,
    message_set: Path | None,
    out: Path,
    framing: str = "packets",
    link: TmLink | None = None,
    formats: str = "csv",
    progress: Progress | None = None,
) -> tuple[dict[str, Any], str]:
    """Decode *file* by a message set (the built-in one without) into *out*/<message>.csv or .parquet.

    framing: packets (one after another), tm (transfer frames of *link*), cobs or slip. Returns plain data and a text.
    Raises InputError for a file that cannot be read or a framing that needs a link.
    """
    receiver, chosen, resolved = receiver_of(framing, link), formats_of(formats), _resolved(message_set)
    progress = progress or Progress()
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"'{file}' cannot be read: {error.strerror}") from None
    packets = data
    with progress.step("frames"):
        if receiver is not None:
            pieces = (data[i : i + PIECE] for i in range(0, len(data), PIECE))
            packets = b"".join(p for piece in pieces for p in receiver.feed(piece))
    with progress.step("packets"):
        result = decode_packets(resolved, packets)
    sink = Sink(resolved, out, chosen)
    whole = False
    try:
        with progress.step("tables"):
            sink.take(result, note=progress.note)
        whole = True
    finally:
        sink.close(publish=whole)
    return sink.report(len(data), result.missing, result.rejects, receiver.rejects if receiver else None)


def run_follow(
    source: str,
    message_set: Path | None,
    out: Path,
    framing: str = "packets",
    link: TmLink | None = None,
    formats: str = "csv",
    idle: float | None = None,
) -> tuple[dict[str, Any], str]:
    """Decode what comes from *source* (see ``octets_from``) until it ends, falls silent for *idle* seconds, or Ctrl-C.

    Values leaving their limits, gaps and damage are printed as they happen. Returns as ``run_decode``.
    """
    receiver, chosen, resolved = receiver_of(framing, link), formats_of(formats), _resolved(message_set)
    stream, sink = PacketStream(SetCodec(resolved)), Sink(resolved, out, chosen)
    octets = 0
    print(f"following {source} as {framing}; Ctrl-C ends it", flush=True)

    def take(packets: Iterable[bytes]) -> None:
        data = b"".join(packets)
        if data:
            for line in sink.take(decode_packets(resolved, data), events=True):
                print(line, flush=True)

    try:
        for piece in octets_from(source, idle):
            octets += len(piece)
            before = _counts(stream, receiver)
            take(stream.feed(piece if receiver is None else b"".join(receiver.feed(piece))))
            _tell(before, _counts(stream, receiver))
    except KeyboardInterrupt:
        pass  # the usual end
    finally:
        try:
            take(stream.feed(b"", final=True))
        finally:
            sink.close()
    return sink.report(octets, stream.missing, stream.rejects, receiver.rejects if receiver else None)


def _counts(stream: PacketStream, receiver: Receiver | None) -> dict[str, int]:
    found = {f"APID {apid}: packets missing": n for apid, n in stream.missing.items()}
    found |= {f"packet rejected ({reason})": n for reason, n in stream.rejects.by_reason.items()}
    if receiver is not None:
        found |= {f"frame rejected ({reason})": n for reason, n in receiver.rejects.by_reason.items()}
    return found


def _tell(before: dict[str, int], after: dict[str, int]) -> None:
    for what, n in after.items():
        if more := n - before.get(what, 0):
            print(f"{what}: {more}", flush=True)


def _resolved(message_set: Path | None) -> ResolvedSet:
    return layout(load_document(MessageSet, message_set) if message_set else launcher_set())


def _packets(n: int) -> str:
    return f"{n} packet{'' if n == 1 else 's'}"


def _text(plain: dict[str, Any]) -> str:
    messages = plain["messages"]
    kinds = f"{len(messages)} message{'' if len(messages) == 1 else 's'}"
    lines = [f"{plain['set']}: {_packets(plain['packets'])} of {kinds} → {plain['out']}"]
    for m in messages:
        lines.append(f"  {m['name']}: {_packets(m['packets'])} → {', '.join(m['files'])}")
        for x in m["limits"]:
            span = f", {x['least']:g} to {x['greatest']:g} {x['unit']}".rstrip() if "least" in x else ""
            lines.append(f"    {x['field']}: outside {x['level']} in {_packets(x['packets'])}{span}")
    lines += [f"  APID {g['apid']}: {_packets(g['missing'])} missing by its sequence count" for g in plain["gaps"]]
    for what, key in (("frames", "framing_rejects"), ("packets", "rejects")):
        counts = dict(plain.get(key, {"skipped_octets": 0}))
        skipped = counts.pop("skipped_octets")
        if counts or skipped:
            reasons = ", ".join(f"{reason} {n}" for reason, n in counts.items())
            lines.append(f"rejected {what}: {reasons or 'none'}; {skipped} octets skipped")
    return "\n".join(lines)
