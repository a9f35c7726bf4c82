"""One message to octets and back: raw numbers quickly, engineering values with every check."""

import struct
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..core.errors import InputError
from .calibration import raw_of
from .checksums import CHECKSUMS
from .layout_types import ResolvedField, ResolvedMessage, ResolvedSet
from .packing import compile_message, constants

if TYPE_CHECKING:
    from .compiled_codec import CompiledCodec

Octets = bytes | bytearray | memoryview


class RejectedError(ValueError):
    """Octets that are not the message they should be. ``reason`` is a short word to count by."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


class Codec:
    """Encoder and decoder of one message.

    raw_names: what ``pack`` takes and ``unpack`` gives, in order; an array's elements are ``name[0]``, ``name[1]`` …
    For tight loops ``pack_words`` and ``unpack_words`` do the same without a check or a frame of ours where the layout
    allows it: before the raws stand the numbers of ``head(sequence_count)``, the three words of a packet's header.
    """

    def __init__(self, message: ResolvedMessage) -> None:
        self.message = message
        functions = compile_message(message)
        self._pack = functions.pack
        self._items = functions.raw_items
        self.raw_names = tuple(f"{row.name}[{k}]" if row.is_array else row.name for row, k in self._items)
        self._rows = message.values
        self._to_value = [_to_value(row) for row in self._rows]
        self._to_raw = [_to_raw(row) for row in self._rows]
        self._required = frozenset(r.name for r in self._rows if r.default is None)
        self._mask, self._expected = constants(message)
        checksum = CHECKSUMS.get(message.crc)
        self._checksum, self._tail = checksum if checksum else (None, 0)
        self._has_parity = any(row.computed == "parity" for row in message.fields)
        self.unpack = functions.unpack
        self.pack_words, self.unpack_words, self.head = functions.pack_words, functions.unpack_words, functions.head

    def pack(self, *raws: Any, sequence_count: int = 0) -> bytes:
        """Octets of raw values. Raises InputError that names the value that does not fit."""
        try:
            return self._pack(raws, sequence_count)
        except (ValueError, TypeError, OverflowError, NotImplementedError, struct.error):
            raise self._explained(raws, sequence_count) from None

    def _explained(self, raws: tuple, sequence_count: int) -> InputError:
        name = self.message.name
        if len(raws) != len(self._items):
            return InputError(f"{name}: {len(raws)} values; {len(self._items)} are needed: {', '.join(self.raw_names)}")
        if not 0 <= sequence_count < 1 << 14:
            return InputError(f"{name}: a sequence count is 0 to 16383, not {sequence_count}")
        for (row, _), shown, raw in zip(self._items, self.raw_names, raws, strict=True):
            problem = _misfit(row, raw)
            if problem:
                return InputError(f"{name}.{shown}: {problem}")
        return InputError(f"{name}: the values cannot be packed")

    def check(self, data: Octets) -> None:
        """Raise RejectedError unless size, constants, length field and checksum are right."""
        message = self.message
        if len(data) != message.size:
            raise RejectedError("size", f"{message.name}: {len(data)} octets instead of {message.size}")
        if self._checksum is not None:
            stored = int.from_bytes(data[-self._tail :], "big")
            if self._checksum(data[: -self._tail]) != stored:
                raise RejectedError("checksum", f"{message.name}: the {message.crc} does not fit the octets")
        word = int.from_bytes(data, "big")
        if self._has_parity and word.bit_count() % 2 == 0:
            raise RejectedError("parity", f"{message.name}: the number of ones is even")
        if word & self._mask != self._expected:
            for row in message.fields:
                mask, expected = constants(message, row.name)
                if word & mask != expected:
                    raise RejectedError(f"constant {row.name}", f"{message.name}.{row.name} is not what it must be")

    def encode(self, values: Mapping[str, Any], *, sequence_count: int = 0) -> bytes:
        """Octets of engineering values by field name; what has a default may be left out.

        Raises InputError for a missing, unknown or unfit value.
        """
        if not values.keys() <= self.message.by_name.keys() or not self._required <= values.keys():
            raise self._names_differ(values)
        raws: list[Any] = []
        for row, to_raw in zip(self._rows, self._to_raw, strict=True):
            value = values.get(row.name, row.default)
            try:
                if row.is_array:
                    elements = tuple(value) if isinstance(value, Iterable) else (value,) * row.count
                    if len(elements) != row.count:
                        raise ValueError(f"{len(elements)} elements instead of {row.count}")
                    raws.extend(map(to_raw, elements))
                else:
                    raws.append(to_raw(value))
            except (ValueError, TypeError, KeyError, OverflowError) as error:
                text = error.args[0] if error.args else error
                raise InputError(f"{self.message.name}.{row.name}: {text}") from None
        return self.pack(*raws, sequence_count=sequence_count)

    def _names_differ(self, values: Mapping[str, Any]) -> InputError:
        unknown = sorted(values.keys() - {r.name for r in self._rows})
        missing = sorted(self._required - values.keys())
        parts = [f"there is no field {', '.join(unknown)}"] if unknown else []
        parts += [f"{', '.join(missing)} must be given"] if missing else []
        return InputError(f"{self.message.name}: {'; '.join(parts)}")

    def decode(self, data: Octets) -> dict[str, Any]:
        """Engineering values by field name, arrays as tuples. Raises RejectedError with its reason."""
        self.check(data)
        return self.values_of(self.unpack(data))

    def values_of(self, raws: tuple) -> dict[str, Any]:
        """Engineering values of raw ones (as ``unpack`` gives them)."""
        result: dict[str, Any] = {}
        at = 0
        for row, to_value in zip(self._rows, self._to_value, strict=True):
            if row.is_array:
                result[row.name] = tuple(map(to_value, raws[at : at + row.count]))
                at += row.count
            else:
                result[row.name] = to_value(raws[at])
                at += 1
        return result

    def compiled(self, text: Mapping[str, Any] | None = None) -> "CompiledCodec":
        """The same over arrays of floats and octets, for compiled loops (loads numba). text: values of text and octets.

        Raises InputError for a field that it cannot carry.
        """
        from .compiled_codec import CompiledCodec

        return CompiledCodec(self, text)


def _misfit(row: ResolvedField, raw: Any) -> str:
    if row.raw == "bytes":
        ok = isinstance(raw, bytes | bytearray) and len(raw) == row.width // 8
        return "" if ok else f"{row.width // 8} octets are needed, not {raw!r}"
    if row.raw == "float":
        try:
            struct.pack(">f" if row.width == 32 else ">d", raw)
        except (struct.error, OverflowError):
            return f"{raw!r} is not a number that a float of {row.width} bits holds"
        return ""
    low, high = row.raw_limits
    if isinstance(raw, bool) or not hasattr(raw, "__index__"):
        return "" if isinstance(raw, bool) and high >= 1 else f"a whole number is needed, not {raw!r}"
    return "" if low <= raw <= high else f"{raw} does not fit {row.width} bits ({low} to {high})"


def _to_raw(row: ResolvedField) -> Callable[[Any], Any]:
    """From an engineering value to the raw one; raises ValueError, TypeError or KeyError."""
    low, high = row.raw_limits
    match row.kind:
        case "enum":
            numbers = {v.name: v.value for v in row.values}

            def from_name(value: Any) -> int:
                number = numbers.get(value, value)
                if not isinstance(number, int) or number not in numbers.values():
                    raise ValueError(f"{value!r} is not one of {', '.join(numbers)}")
                return number

            return from_name
        case "flags":
            bits = {v.name: 1 << v.value for v in row.values}

            def from_names(value: Any) -> int:
                if isinstance(value, int):
                    return value
                unknown = [n for n in value if n not in bits]
                if unknown:
                    raise ValueError(f"{unknown[0]!r} is not one of {', '.join(bits)}")
                return sum(bits[n] for n in set(value))

            return from_names
        case "bool":

            def from_bool(value: Any) -> int:
                if value not in (0, 1):
                    raise ValueError(f"true or false is needed, not {value!r}")
                return int(value)

            return from_bool
        case "text":
            return lambda value: _padded(value, row)
        case "bytes":
            return lambda value: value
        case "bcd":
            return lambda value: _digits(value, row)
        case "float":
            return _within_range(row, float)
    if row.calibration is not None:
        calibration = row.calibration
        return _within_range(row, lambda value: raw_of(calibration, value, low, high))
    scale, offset = row.scale, row.offset
    if scale == 1.0 and offset == 0.0:

        def whole(value: Any) -> int:
            if value != int(value):
                raise ValueError(f"a whole number is needed, not {value!r}")
            return int(value)

        return _within_range(row, whole)

    def scaled(value: Any) -> int:
        raw = round((value - offset) / scale)
        if not low <= raw <= high:
            raise ValueError(f"{value!r} would be the raw number {raw}, and {row.width} bits hold {low} to {high}")
        return raw

    return _within_range(row, scaled)


def _within_range(row: ResolvedField, convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    if row.range is None:
        return convert
    low, high, unit = row.range.low, row.range.high, f" {row.unit}" if row.unit else ""
    slack = 1e-12 * max(abs(low), abs(high))

    def checked(value: Any) -> Any:
        if not low - slack <= value <= high + slack:
            raise ValueError(f"{value!r} is outside its range, {low:g} to {high:g}{unit}")
        return convert(value)

    return checked


def _padded(value: Any, row: ResolvedField) -> bytes:
    octets = value if isinstance(value, bytes) else value.encode(row.encoding)
    if len(octets) > row.width // 8 or b"\0" in octets:
        raise ValueError(f"{value!r} does not fit {row.width // 8} octets without zeros")
    return octets.ljust(row.width // 8, b"\0")


def _digits(value: Any, row: ResolvedField) -> int:
    number = round(value / row.scale)
    raw = int(str(number), 16) if number >= 0 else -1
    if not 0 <= raw < 1 << row.width:
        raise ValueError(f"{value!r} does not fit {row.width} bits of decimal digits")
    return raw


def _to_value(row: ResolvedField) -> Callable[[Any], Any]:
    """From the raw value to the engineering one; raises RejectedError."""

    def reject(reason: str, text: str) -> RejectedError:
        return RejectedError(f"{reason} {row.name}", f"{row.name}: {text}")

    match row.kind:
        case "enum":
            names = {v.value: v.name for v in row.values}

            def name_of(raw: int) -> str:
                name = names.get(raw)
                if name is None:
                    raise reject("enum", f"{raw} has no name")
                return name

            return name_of
        case "flags":
            known = sum(1 << v.value for v in row.values)

            def names_of(raw: int) -> tuple[str, ...]:
                if raw & ~known:
                    raise reject("flags", f"a bit without a name is set in {raw:#x}")
                return tuple(v.name for v in row.values if raw >> v.value & 1)

            return names_of
        case "bool":

            def truth(raw: int) -> bool:
                if raw > 1:
                    raise reject("bool", f"{raw} is neither 0 nor 1")
                return bool(raw)

            return truth
        case "text":

            def text_of(raw: bytes) -> str:
                body = raw.rstrip(b"\0")
                try:
                    if b"\0" not in body:
                        return body.decode(row.encoding)
                except UnicodeDecodeError:
                    pass
                raise reject("text", f"not {row.encoding} text")

            return text_of
        case "bytes" | "float":
            return lambda raw: raw
        case "bcd":

            def decimal(raw: int) -> float:
                digits = f"{raw:x}"
                if not digits.isdigit():
                    raise reject("bcd", f"{digits} is not a decimal number")
                return int(digits) * row.scale

            return decimal
    if row.calibration is not None:
        calibration = row.calibration

        def calibrated(raw: int) -> float:
            try:
                return calibration.value(raw)
            except KeyError:
                raise reject("calibration", f"the raw number {raw} has no value") from None

        return calibrated
    scale, offset = row.scale, row.offset
    if scale == 1.0 and offset == 0.0:
        return lambda raw: raw
    return lambda raw: raw * scale + offset


class SetCodec:
    """Codecs of a whole set, and which of them some octets belong to."""

    def __init__(self, messages: ResolvedSet) -> None:
        self.messages = messages
        self.codecs = {m.name: Codec(m) for m in messages.messages}
        self._packets: dict[int, list[Codec]] = {}
        for m in messages.of_kind("telemetry", "telecommand"):
            key = (m.kind == "telecommand") << 11 | (m.apid or 0)
            self._packets.setdefault(key, []).append(self.codecs[m.name])

    def identify(self, packet: Octets) -> Codec:
        """The codec of a CCSDS packet, by type, APID and the constants behind its header.

        Raises RejectedError: unknown APID, or none of its messages has these constants or this size.
        """
        if len(packet) < 7:
            raise RejectedError("size", f"{len(packet)} octets are no packet")
        word = packet[0] << 8 | packet[1]
        candidates = self._packets.get(word >> 1 & 0x800 | word & 0x7FF)
        if not candidates:
            raise RejectedError("unknown apid", f"no message has APID {word & 0x7FF}")
        failure: RejectedError | None = None
        for codec in candidates:
            try:
                codec.check(packet)
            except RejectedError as error:
                # the gravest is the one that speaks of this very message
                failure = error if failure is None or failure.reason.startswith(("constant", "size")) else failure
                continue
            return codec
        assert failure is not None
        raise failure

    def decode(self, packet: Octets) -> tuple[str, dict[str, Any]]:
        """(message name, engineering values) of a CCSDS packet. Raises RejectedError."""
        codec = self.identify(packet)
        return codec.message.name, codec.values_of(codec.unpack(packet))
