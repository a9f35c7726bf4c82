"""Codecs that are sound but for one flaw, each named in the certification list."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..avionics.codec import Codec, RejectedError
from ..avionics.layout import layout
from ..avionics.message_set import MessageSet
from ..avionics.packing import constants
from ..certification.codec import codec_examiner
from ..certification.judging import SuiteResult, examine
from ..certification.vectors import Vector, answer, as_json, codecs_of, vectors, with_checksum
from ..core.documents import load_document
from ..core.errors import InputError

SET = Path(__file__).resolve().parent.parent / "examples" / "avionics" / "every-kind.yaml"
Codecs = Mapping[str, Codec]


class Flawed:
    """A codec in this process, whose answers a flaw changes."""

    def __init__(self, flaw: Callable[[Codecs, dict, Any], Any] | None) -> None:
        self.codecs, self.flaw = _codecs(), flaw
        self.asked = 0

    def ask(self, request: dict[str, Any]) -> Any:
        self.asked += 1
        got = answer(self.codecs, request)
        return got if self.flaw is None else self.flaw(self.codecs, request, got)

    def close(self) -> None:
        """Nothing runs."""


@cache
def _codecs() -> dict[str, Codec]:
    return codecs_of(layout(load_document(MessageSet, SET)))


@cache
def _sound() -> dict[str, Vector]:
    return {v.message: v for v in vectors(_codecs())}


def flawed_codecs(own: Mapping[str, Any], _: Path) -> Iterator[tuple[str, str, Callable[[], SuiteResult]]]:
    """The sound one, then one of each flaw."""
    if not SET.is_file():  # an installed wheel carries no examples
        return
    messages = load_document(MessageSet, SET)

    def of(flaw: Any) -> Callable[[], SuiteResult]:
        return lambda: examine(codec_examiner(lambda: Flawed(flaw() if flaw else None), messages), "codec")

    yield "", "", of(None)
    for name in own:
        yield name, "every kind", of(FLAWS[name])


def _encoding(change: Callable[[Codec, bytes], bytes]) -> Callable:
    def flaw(codecs: Codecs, request: dict, got: dict) -> Any:
        if "octets" not in got:
            return got
        return {"octets": change(codecs[request["message"]], bytes.fromhex(got["octets"])).hex()}

    return lambda: flaw


def _flipped(last: bool) -> Callable[[Codec, bytes], bytes]:
    def change(codec: Codec, octets: bytes) -> bytes:
        values = codec.message.values
        if not values:
            return octets
        bits = values[-1 if last else 0].occupied()
        bit = bits[-1 if last else 0]
        new = bytearray(octets)
        new[bit // 8] ^= 0x80 >> bit % 8
        return with_checksum(codec.message, bytes(new))

    return change


def _decoding(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable:
    def flaw(codecs: Codecs, request: dict, got: dict) -> Any:
        return {"values": change(got["values"])} if got.get("values") else got

    return lambda: flaw


def _first_off(values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        if isinstance(value, int | float) and not isinstance(value, bool) and value:
            return values | {name: value * 1.001}
    return values


def _negated(values: dict[str, Any]) -> dict[str, Any]:
    number = lambda v: -v if isinstance(v, int | float) and not isinstance(v, bool) else v  # noqa: E731
    return {n: [number(x) for x in v] if isinstance(v, list) else number(v) for n, v in values.items()}


def _raw(codecs: Codecs, request: dict, got: dict) -> Any:
    if "values" not in got:
        return got
    codec = codecs[request["message"]]
    raws, at, values = codec.unpack(bytes.fromhex(request["octets"])), 0, {}
    for row in codec.message.values:
        some = raws[at : at + row.count]
        values[row.name] = tuple(some) if row.is_array else some[0]
        at += row.count
    return {"values": as_json(values)}


def _taking(repair: Callable[[Codec, bytes], bytes]) -> Callable:
    """What is refused is decoded after a repair that a careless reader makes without knowing."""

    def flaw(codecs: Codecs, request: dict, got: dict) -> Any:
        if request["do"] != "decode" or "values" in got:
            return got
        codec = codecs[request["message"]]
        try:
            return {"values": as_json(codec.decode(repair(codec, bytes.fromhex(request["octets"]))))}
        except (RejectedError, InputError, ValueError):
            return got

    return lambda: flaw


def _sized(codec: Codec, octets: bytes) -> bytes:
    if len(octets) == codec.message.size:
        return octets
    whole = octets[: codec.message.size].ljust(codec.message.size, b"\0")
    return with_checksum(codec.message, _with_constants(codec, whole))


def _longer(codec: Codec, octets: bytes) -> bytes:
    return octets[: codec.message.size] if len(octets) > codec.message.size else octets


def _unchecked(codec: Codec, octets: bytes) -> bytes:
    return with_checksum(codec.message, octets) if len(octets) == codec.message.size else octets


def _with_constants(codec: Codec, octets: bytes) -> bytes:
    mask, expected = constants(codec.message)
    return (int.from_bytes(octets, "big") & ~mask | expected).to_bytes(len(octets), "big")


def _any_constant(codec: Codec, octets: bytes) -> bytes:
    if len(octets) != codec.message.size or with_checksum(codec.message, octets) != octets:
        return octets
    return with_checksum(codec.message, _with_constants(codec, octets))


def _fitting(ranged: bool) -> Callable:
    """A value that does not fit becomes one that does, and is sent."""

    def flaw(codecs: Codecs, request: dict, got: dict) -> Any:
        if request["do"] != "encode" or "octets" in got:
            return got
        sound = _sound()[request["message"]].values
        rows = [r for r in codecs[request["message"]].message.values if (r.range is not None) == ranged]
        names = {r.name for r in rows if ranged or r.raw in ("int", "uint")}
        values = {n: sound.get(n, v) if n in names else v for n, v in request["values"].items()}
        return answer(codecs, request | {"values": values})

    return lambda: flaw


def _at_noise(says: str) -> Callable:
    def flaw(codecs: Codecs, request: dict, got: dict) -> Any:
        return says if request["do"] == "decode" and "refused" in got else got

    return lambda: flaw


def _counting() -> Callable:
    count = 0

    def flaw(codecs: Codecs, request: dict, got: dict) -> Any:
        nonlocal count
        if "octets" not in got or not codecs[request["message"]].message.has_ccsds_header:
            return got
        count += 1
        return answer(codecs, request | {"sequence_count": count % 16384})

    return flaw


FLAWS: dict[str, Callable[[], Callable[[Codecs, dict, Any], Any]]] = {
    "octets reversed": _encoding(lambda codec, octets: octets[::-1]),
    "last octet left out": _encoding(lambda codec, octets: octets[:-1]),
    "lowest bit of the last field flipped when encoding": _encoding(_flipped(True)),
    "highest bit of the first field flipped when encoding": _encoding(_flipped(False)),
    "first value off by one part in a thousand": _decoding(_first_off),
    "numbers of the wrong sign": _decoding(_negated),
    "last value left out": _decoding(lambda values: dict(list(values.items())[:-1])),
    "raw numbers for values": lambda: _raw,
    "any size taken": _taking(_sized),
    "longer messages taken": _taking(_longer),
    "checksum not looked at": _taking(_unchecked),
    "constants not looked at": _taking(_any_constant),
    "values cut to their range": _fitting(True),
    "values that wrap": _fitting(False),
    "ends at noise": _at_noise("the codec ended with exit code 1"),
    "silent at noise": _at_noise("no answer within 10 s"),
    "a count that goes on": _counting,
    "no JSON": lambda: lambda codecs, request, got: "no JSON: b'OK'",
    "an error for every encode": lambda: (
        lambda codecs, request, got: {"refused": "not made yet"} if request["do"] == "encode" else got
    ),
}
