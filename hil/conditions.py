"""Conditions over signals, as bench documents write them: ``truth.altitude > 40 km and command.cut_off > 0``.

Comparisons of one signal with one quantity, joined by ``and`` or by ``or`` (not both). A phase is named in quotes:
``vehicle.phase >= 'second stage'``. Nothing is evaluated but these.
"""

import difflib
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field, WithJsonSchema

from ..core.quantity import factor
from .signals import INDEX, INPUT_INDEX, INPUTS, SIGNALS

_TERM = re.compile(
    r"\s*(?P<name>[a-z_]+(?:\.[a-z_0-9]+)+)\s*(?P<op><=|>=|==|!=|<|>)\s*"
    r"(?:'(?P<phase>[^']+)'|(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)\s*(?P<unit>[^\s'][^']*?)?)\s*"
)
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_UNITS = {s.name: s.unit for s in (*SIGNALS, *INPUTS)}


@dataclass(frozen=True)
class Comparison:
    """One signal against one value [SI]. phase: the name to look up instead of a number."""

    name: str
    operator: str
    value: float
    phase: str = ""


@dataclass(frozen=True)
class Condition:
    """Comparisons that hold together (every) or of which one is enough."""

    text: str
    comparisons: tuple[Comparison, ...]
    every: bool


def parse(text: str) -> Condition:
    """A condition from its text. Raises ValueError that says what is wrong and how to write it."""
    if len(text) > 400:
        raise ValueError("a condition of more than 400 characters; split it")
    words = re.split(r"\s+(and|or)\s+", text)
    joints = set(words[1::2])
    if len(joints) > 1:
        raise ValueError("'and' and 'or' in one condition; write two conditions")
    return Condition(text, tuple(map(_comparison, words[::2])), joints != {"or"})


def _comparison(text: str) -> Comparison:
    match = _TERM.fullmatch(text)
    if not match:
        raise ValueError(f"'{text.strip()[:80]}' is no comparison; write one as 'truth.altitude > 40 km'")
    name = match["name"]
    if name not in _UNITS:
        near = difflib.get_close_matches(name, _UNITS, 1)
        raise ValueError(f"there is no signal '{name}'" + (f"; did you mean '{near[0]}'?" if near else ""))
    if match["phase"]:
        if name != "vehicle.phase":
            raise ValueError("only vehicle.phase is compared with a name")
        return Comparison(name, match["op"], 0.0, match["phase"])
    si, unit, number = _UNITS[name], match["unit"] or "", float(match["number"])
    if (unit == "") != (si == "") and number != 0.0:
        wanted = f"a value in {si}" if si else "a bare number"
        raise ValueError(f"'{text.strip()}': {name} takes {wanted}")
    if unit:
        try:
            scale, offset = factor(unit, si)
        except ValueError:
            raise ValueError(f"'{text.strip()}': '{unit}' is no unit of {name}, which is in {si}") from None
        number = float(scale) * number + float(offset)
    return Comparison(name, match["op"], number)


def _check(text: str) -> str:
    parse(text)
    return text


ConditionText = Annotated[
    str,
    AfterValidator(_check),
    Field(examples=["truth.altitude > 40 km", "vehicle.phase >= 'second stage' and engine.level > 0.5"]),
    WithJsonSchema({"type": "string", "examples": ["truth.altitude > 40 km"]}),
]


class Watch:
    """A condition in the loop: ``holds(signals, inputs)``, and by how much its tightest comparison does (margin, in the
    signal's unit; infinite for equality)."""

    def __init__(self, text: str, phases: Sequence[str]) -> None:
        self.condition = parse(text)
        self._terms: list[tuple[bool, int, Callable[[float, float], bool], float, float]] = []
        for c in self.condition.comparisons:
            value = c.value
            if c.phase:
                if c.phase not in phases:
                    near = difflib.get_close_matches(c.phase, phases, 1)
                    hint = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(phases)}"
                    raise ValueError(f"there is no phase '{c.phase}'{hint}")
                value = float(phases.index(c.phase))
            sign = {"<": -1.0, "<=": -1.0, ">": 1.0, ">=": 1.0}.get(c.operator, 0.0)  # of the distance from the bound
            of_plant = c.name in INDEX
            place = INDEX[c.name] if of_plant else INPUT_INDEX[c.name]
            self._terms.append((of_plant, place, _OPERATORS[c.operator], value, sign))

        self._every = self.condition.every

    def holds(self, signals: np.ndarray, inputs: np.ndarray) -> bool:
        every = self._every
        for of_plant, i, op, value, _ in self._terms:
            if op((signals if of_plant else inputs).item(i), value) is not every:
                return not every
        return every

    def margin(self, signals: np.ndarray, inputs: np.ndarray) -> float:
        """Distance from the bound, negative when it does not hold: the least of comparisons joined by `and`, the greatest of
        those joined by `or` (Donzé & Maler 2010, robust satisfaction)."""
        distances: list[Any] = []
        for p, i, op, v, sign in self._terms:
            value = (signals if p else inputs).item(i)
            distances.append(sign * (value - v) if sign else (np.inf if op(value, v) else -np.inf))
        return float(min(distances) if self._every else max(distances))
