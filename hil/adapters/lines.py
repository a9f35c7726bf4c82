"""Lines of text with values in them: what a console is told, and what is read off it.

``<name|unit:.3f>`` stands for a value; everything else is itself. A template is split by one pattern and never evaluated.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...core.quantity import factor
from ..mapping import unknown_signal
from ..signals import INDEX, INPUT_INDEX, INPUTS, SIGNALS

_PLACE = re.compile(
    r"<(?P<name>[a-z_]+(?:\.[a-z_0-9]+)+)?(?:\|(?P<unit>[^<>:]{1,24}))?(?::(?P<form>\.?\d{0,2}[defg]))?>"
)
_NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)"
_TICKS = ("clock.tick", "answer.tick")


@dataclass(frozen=True)
class Place:
    """Where a value stands: index of its signal, form, and value in the text = scale · signal + offset."""

    index: int
    form: str
    scale: float
    offset: float


def _split(template: str, known: Mapping[str, int]) -> tuple[list[str], list[tuple[str, str, str]]]:
    texts, places, at = [], [], 0
    for match in _PLACE.finditer(template):
        texts.append(template[at : match.start()])
        name = match["name"] or ""
        if name and name not in known:
            raise ValueError(unknown_signal(name, known))
        places.append((name, match["unit"] or "", match["form"] or ""))
        at = match.end()
    texts.append(template[at:])
    return texts, places


def _scale(name: str, unit: str, si: str, rate: float) -> tuple[float, float]:
    """Text's value from the signal's."""
    if name in _TICKS and unit:
        return float(factor("s", unit)[0]) / rate, 0.0
    if not unit:
        return 1.0, 0.0
    try:
        scale, offset = factor(si or "dimensionless", unit)
    except ValueError:
        raise ValueError(f"'{unit}' is no unit of {name}, which is in '{si or '1'}'") from None
    return float(scale), float(offset)


def said_signals(template: str, rate: float = 1.0) -> tuple[list[str], list[Place]]:
    """Texts between the places (one more of them) and the places. Raises ValueError that says what is wrong."""
    texts, places = _split(template, INDEX)
    if any(not name for name, _, _ in places):
        raise ValueError("'<>' stands for nothing that could be said; name a signal")
    return texts, [Place(INDEX[n], f or ".9g", *_scale(n, u, SIGNALS[INDEX[n]].unit, rate)) for n, u, f in places]


def heard_signals(template: str, rate: float = 1.0) -> tuple[re.Pattern[str], list[Place]]:
    """A pattern whose groups are the places. Raises ValueError."""
    texts, places = _split(template, INPUT_INDEX)
    if not places or any(f for _, _, f in places):
        raise ValueError(
            "name the signals whose numbers stand in the line, without a form: 'GIMBAL <command.gimbal_y|deg>'"
        )
    pattern = ""
    for i, text in enumerate(texts):
        pattern += r"\s+".join(map(re.escape, re.split(r"\s+", text)))
        if i < len(places):
            pattern += _NUMBER if places[i][0] else r"\S{1,80}"
    return re.compile(r"\s*" + pattern + r"\s*"), [
        Place(INPUT_INDEX[n], "", *_scale(n, u, INPUTS[INPUT_INDEX[n]].unit, rate)) for n, u, _ in places if n
    ]


class Teller:
    """A template filled with signals."""

    def __init__(self, template: str, rate: float) -> None:
        self._texts, self._places = said_signals(template, rate)

    def line(self, signals: np.ndarray) -> bytes:
        out = [self._texts[0]]
        for place, text in zip(self._places, self._texts[1:], strict=True):
            value = place.scale * float(signals[place.index]) + place.offset
            out.append(format(round(value) if place.form.endswith("d") else value, place.form))
            out.append(text)
        return "".join(out).encode()


class Listener:
    """A template read off a line."""

    def __init__(self, template: str, rate: float) -> None:
        self._pattern, self._places = heard_signals(template, rate)

    def read(self, line: str, inputs: np.ndarray) -> bool:
        """Fill the inputs when the line is of this form."""
        match = self._pattern.fullmatch(line)
        if match is None:
            return False
        for place, text in zip(self._places, match.groups(), strict=True):
            value = (float(text) - place.offset) / place.scale
            inputs[place.index] = round(value) if INPUTS[place.index].name == "answer.tick" else value
        return True
