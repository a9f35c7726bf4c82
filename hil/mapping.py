"""Message fields to signals and back: what a bench document declares, made ready for the loop."""

import difflib
from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from ..avionics.codec import Codec, RejectedError
from ..avionics.compiled_codec import CompiledCodec, decode_into, encode_into
from ..avionics.layout import layout
from ..avionics.layout_types import ResolvedMessage
from ..avionics.message_set import MessageSet
from ..core.documents import Document, FieldError, Flag
from ..core.errors import InputError
from ..core.quantity import SI, Ratio, factor, parse
from .conditions import ConditionText
from .signals import INDEX, INPUT_COUNT, INPUT_INDEX, INPUTS, SIGNALS, Signal

Rate = Annotated[float, SI("Hz", ("50 Hz",), gt=0.0, le=20e3)]
_TICKS = ("clock.tick", "answer.tick")


class Scaled(Document):
    """A signal by a line. Sent: field = scale · signal + offset, after the conversion of units, pure numbers. Received: signal =
    scale · field + offset, with the signal's unit; the field's own unit counts no more."""

    signal: str
    scale: str | Ratio = 1.0
    offset: str | Ratio = 0.0


Fields = Annotated[
    dict[str, str | Scaled],
    Field(
        min_length=1,
        description="field of the message: signal. `name` of an array stands for signals `….x`, `….y`, `….z`",
    ),
]
OUTCOMES = {-1: "size", -2: "constant", -3: "checksum", -4: "parity"}


class _Mapped(Document):
    message: str = Field(description="name in the message set")
    fields: Fields
    known: ClassVar[Mapping[str, int]]

    @model_validator(mode="after")
    def _known_signals(self) -> Self:
        known = self.known
        for name, given in self.fields.items():
            signal = given.signal if isinstance(given, Scaled) else given
            if not _elements(signal, known):
                raise FieldError(f"fields.{name}", unknown_signal(signal, known))
            if isinstance(given, Scaled):
                unit = "" if known is INDEX else INPUTS[_elements(signal, known)[0]].unit
                for part in ("scale", "offset"):
                    try:
                        quantity(getattr(given, part), unit)
                    except ValueError as error:
                        raise FieldError(f"fields.{name}.{part}", str(error)) from None
        return self


def unknown_signal(signal: str, known: Mapping[str, int]) -> str:
    """Says that there is no such signal, and which may be meant."""
    near = difflib.get_close_matches(signal, known, 1)
    hint = f"; did you mean '{near[0]}'?" if near else f"; known are {', '.join(list(known)[:8])} …"
    return f"there is no signal '{signal[:60]}'{hint}"


def quantity(value: str | float, unit: str) -> float:
    """A pure number, or a quantity with a unit, in SI. Raises ValueError."""
    if not isinstance(value, str):
        return float(value)
    if unit:
        return parse(value, unit)
    try:
        return float(value)
    except ValueError:
        raise ValueError(f"expected a pure number, not '{value[:40]}'") from None


class Sent(_Mapped):
    """A message from the plant."""

    known = INDEX
    rate: Rate | None = Field(default=None, description="else the set's own, else every step")
    when: ConditionText | None = Field(default=None, description="sent only while this holds; no phases' names")


class Received(_Mapped):
    """A message from a computer."""

    known = INPUT_INDEX
    answers: Flag = Field(default=False, description="its arrival ends the computer's step")


def _elements(signal: str, known: Mapping[str, int]) -> list[int]:
    """Places that a name stands for: itself, or all that begin with it and a point."""
    if signal in known:
        return [known[signal]]
    return [i for name, i in known.items() if name.startswith(signal + ".")]


class Channel:
    """One mapped message in the loop: the frame it fills or reads, and where its values come from or go to."""

    def __init__(self, messages: MessageSet, mapped: Sent | Received, rate: float) -> None:
        self.message = _resolved(messages, mapped)
        try:
            self.codec = CompiledCodec(Codec(self.message))
        except InputError as error:
            raise InputError(error.message, where=mapped.where("message")) from None
        sent = isinstance(mapped, Sent)
        table, known = (SIGNALS, INDEX) if sent else (INPUTS, INPUT_INDEX)
        element, signal, scale, offset = [], [], [], []
        for name, given in mapped.fields.items():
            text = given.signal if isinstance(given, Scaled) else given
            row = self.message.by_name.get(name.split("[")[0])
            places = [i for i, n in enumerate(self.codec.names) if n == name or n.startswith(name + "[")]
            if row is None or not places:
                near = difflib.get_close_matches(name, self.codec.names, 1)
                hint = f"; did you mean '{near[0]}'?" if near else f"; it has {', '.join(self.codec.names[:12])}"
                raise InputError(
                    f"message '{self.message.name}' has no field '{name}'{hint}", where=mapped.where("fields")
                )
            wanted = _elements(text, known)
            if len(wanted) == 1:
                wanted = wanted * (len(places) if sent else 1)
                places = places if sent else places[:1]
            if len(wanted) != len(places):
                text = f"'{name}' has {len(places)} elements, '{text}' {len(wanted)}; name one signal, or as many"
                raise InputError(text, where=mapped.where("fields"))
            for place, i in zip(places, wanted, strict=True):
                s, o = _line(table[i], row.unit, given, f"{self.message.name}.{name}", mapped, rate)
                element.append(place)
                signal.append(i)
                scale.append(s)
                offset.append(o)
        self.element, self.signal = np.array(element), np.array(signal)
        self.scale, self.offset = np.array(scale), np.array(offset)
        self._as_is = bool(np.all(self.scale == 1.0) and np.all(self.offset == 0.0))
        self.values = np.zeros(len(self.codec.names))
        for row in self.message.values:
            if row.raw != "bytes" and row.default is not None:
                for i, n in enumerate(self.codec.names):
                    if n == row.name or n.startswith(row.name + "["):
                        self.values[i] = float(row.default) if isinstance(row.default, int | float) else 0.0
        self.frame = self.codec.frame()
        self.answers = isinstance(mapped, Received) and mapped.answers
        answered = np.flatnonzero(self.signal == INPUT_INDEX["answer.tick"]) if not sent else np.zeros(0, int)
        self._whole = INPUT_INDEX["answer.tick"] if len(answered) else -1
        self._rounded = np.intersect1d(self.element, np.flatnonzero(self.codec.plan.place[:, 6])) if sent else None
        self.count = 0
        self.clipped = 0

    def encode(self, signals: np.ndarray) -> np.ndarray:
        """The frame with the signals as they are; a value outside its field's range is held at the nearest and counted."""
        values = self.values
        values[self.element] = signals[self.signal] if self._as_is else signals[self.signal] * self.scale + self.offset
        if self._rounded is not None and self._rounded.size:
            values[self._rounded] = np.rint(values[self._rounded])
        answer = encode_into(self.codec.plan, values, self.frame, self.count)
        if answer:
            line = self.codec.plan.line
            np.clip(values, line[:, 2], line[:, 3], out=values)
            low, high = line[:, 4] * line[:, 0] + line[:, 1], line[:, 5] * line[:, 0] + line[:, 1]
            integers = self.codec.plan.place[:, 3] < 2
            np.copyto(values, np.clip(values, np.minimum(low, high), np.maximum(low, high)), where=integers)
            self.clipped += 1
            if encode_into(self.codec.plan, values, self.frame, self.count):
                self.codec.encode(values, self.frame, self.count)  # raises with the name
        self.count = (self.count + 1) & 0x3FFF
        return self.frame

    def decode(self, frame: np.ndarray, inputs: np.ndarray) -> None:
        """A frame into the inputs. Raises RejectedError with a short reason."""
        answer = decode_into(self.codec.plan, frame, self.values)
        if answer:
            reason = OUTCOMES.get(int(answer)) or f"value of {self.codec.names[int(answer) - 1]}"
            raise RejectedError(reason, f"{self.message.name}: {reason}")
        found = self.values[self.element]
        inputs[self.signal] = found if self._as_is else found * self.scale + self.offset
        if self._whole >= 0:
            inputs[self._whole] = round(inputs[self._whole])


def _resolved(messages: MessageSet, mapped: Sent | Received) -> ResolvedMessage:
    by_name = layout(messages).by_name
    found = by_name.get(mapped.message)
    if found is None:
        near = difflib.get_close_matches(mapped.message, by_name, 1)
        hint = f"; did you mean '{near[0]}'?" if near else f"; it has {', '.join(list(by_name)[:12])}"
        raise InputError(
            f"the set '{messages.name}' has no message '{mapped.message}'{hint}", where=mapped.where("message")
        )
    return found


def _line(
    signal: Signal, unit: str, given: "str | Scaled", where: str, mapped: "Sent | Received", rate: float
) -> tuple[float, float]:
    """(scale, offset) of one element."""
    sent = isinstance(mapped, Sent)
    if isinstance(given, Scaled) and not sent:
        return quantity(given.scale, signal.unit), quantity(given.offset, signal.unit)
    if signal.name in _TICKS and unit:  # steps as a time, by the bench's rate
        step = float(factor("s", unit)[0]) / rate
        scale, offset = (step, 0.0) if sent else (1.0 / step, 0.0)
    else:
        scale, offset = _conversion(signal.unit, unit, where, mapped, sent=sent)
    if isinstance(given, Scaled):
        by, more = quantity(given.scale, ""), quantity(given.offset, "")
        return by * scale, by * offset + more
    return scale, offset


def _conversion(si: str, unit: str, where: str, mapped: Document, *, sent: bool) -> tuple[float, float]:
    """(scale, offset) from the signal to the field, or back."""
    if si == unit or (unit in ("", "1") and si == ""):
        return 1.0, 0.0
    try:
        scale, offset = (
            factor(si or "dimensionless", unit or "dimensionless")
            if sent
            else factor(unit or "dimensionless", si or "dimensionless")
        )
    except ValueError:
        text = f"{where} is in '{unit or '1'}', the signal in '{si or '1'}': these are different quantities; map another signal"
        raise InputError(text, where=mapped.where("fields")) from None
    return float(scale), float(offset)


def empty_inputs() -> np.ndarray:
    """(INPUT_COUNT,): throttle full, everything else nought, no answer yet."""
    values = np.zeros(INPUT_COUNT)
    values[INPUT_INDEX["command.throttle"]] = 1.0
    values[INPUT_INDEX["answer.tick"]] = -1.0
    return values
