"""Quantities in files (``845 kN``) become SI floats in Python; pint is asked once per unit, exactly, and stays here.

Files may come from strangers: numbers and units are held to a short grammar before anything computes with them
(``Fraction("1e999999999")`` and pint on ``(km/m)^9999999`` would both run until the memory is full).
"""

import math
import numbers
import operator
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

from . import distribution
from .distribution import Uncertain

_NUMBER = distribution.NUMBER
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*(\S.*?)?\s*")
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*(\S.*?)?\s*")
_TOLERANCE = re.compile(rf"\s*({_NUMBER})\s*(?:\+/-|±)\s*({_NUMBER})\s*(\S.*?)?\s*")
_LONGEST = 120  # characters of a quantity
_LARGEST_EXPONENT = 400  # of ten; floats end at 308

# N, kg*m^2, J/(kg K), 1/s, MPa*m^0.5, m²: products of names with one-digit powers, and one level of brackets.
_POWER = r"(?:\s*(?:\^|\*\*)\s*-?[0-9](?:\.[0-9])?)?"
_TERM = rf"(?:°?[A-Za-zµμΩΩ][A-Za-z0-9_µμΩΩ]*{_POWER}|%|1)"
_BY = r"(?:\s*[*/]\s*|\s+)"
_GROUP = rf"(?:{_TERM}|\(\s*{_TERM}(?:{_BY}{_TERM})*\s*\))"
_UNIT = re.compile(rf"{_GROUP}(?:{_BY}{_GROUP})*")
_UNIT_BEGINS = r"(?:\s*[A-Za-z°µΩ%(]|\s+1\s*/)"  # enough for an editor that checks as one types
_BOUNDS = {
    "gt": ("greater than", operator.gt),
    "ge": ("at least", operator.ge),
    "lt": ("less than", operator.lt),
    "le": ("at most", operator.le),
}
_SIGNS = str.maketrans({"·": "*", "⋅": "*", "×": "*", "²": "^2", "³": "^3"})


@cache
def _registry():
    import pint  # the slowest import of all: only when a file is read

    registry = pint.UnitRegistry(autoconvert_offset_to_baseunit=True, non_int_type=Fraction)  # type: ignore[arg-type]
    for unit in ("CNY = [yuan]", "USD = [dollar]", "person_year = [labour]"):  # no rate between them is a constant
        registry.define(unit)
    return registry


@cache
def factor(unit: str, si: str) -> tuple[Fraction, Fraction]:
    """(scale, offset) of *unit* to *si*, exact: value_si = value · scale + offset.

    Raises a pydantic error for a unit that does not exist or has another dimension.
    """
    import pint

    plain = unit.translate(_SIGNS)
    if not _UNIT.fullmatch(plain):
        raise _unknown(unit, si)
    registry = _registry()
    try:
        # A difference in kelvin and a temperature share a dimension, so offsets are found by evaluations.
        zero, one, two = (Fraction(registry.Quantity(Fraction(n), plain).to(si).magnitude) for n in (0, 1, 2))
        # pint takes an angle for a pure number: 1 Hz would be 1 rad/s, and 50 % half a radian.
        if registry.get_root_units(plain)[1] != registry.get_root_units(si)[1]:
            raise _other_dimension(unit, si)
    except PydanticCustomError:
        raise
    except pint.DimensionalityError:
        raise _other_dimension(unit, si) from None
    except Exception:  # pint reports an unreadable unit by many kinds of exception, tokenizer errors among them
        raise _unknown(unit, si) from None
    if not math.isclose(two - one, one - zero, rel_tol=1e-9):  # dBm and its like are not a factor
        raise _unknown(unit, si)
    return one - zero, zero


def to_si(number: str, unit: str, si: str) -> float:
    """The decimal string *number* in *unit* as an SI float, rounded once."""
    return _float(_exact(number, unit, si))


def _exact(number: str, unit: str, si: str) -> Fraction:
    scale, offset = factor(unit, si)
    return _fraction(number) * scale + offset


def _exact_difference(number: str, unit: str, si: str) -> Fraction:
    scale, _ = factor(unit, si)
    return _fraction(number) * scale


def _fraction(number: str) -> Fraction:
    _, _, exponent = number.lower().partition("e")
    if len(number) > _LONGEST or len(exponent) > 8 or abs(int(exponent or 0)) > _LARGEST_EXPONENT:
        raise PydanticCustomError("number_size", "a number of this size or length cannot be meant", {})
    return Fraction(number)


def _float(value: Fraction | numbers.Real) -> float:
    try:
        return float(value) + 0.0  # -0.0 becomes 0.0: equal documents have equal hashes
    except OverflowError:
        raise PydanticCustomError("number_size", "a number of this size cannot be meant", {}) from None


def _match(form: re.Pattern[str], value: Any) -> re.Match[str] | None:
    """The whole text's match; None for what is no text, or too long to be a quantity (a regex may be slow on that)."""
    return form.fullmatch(value) if isinstance(value, str) and len(value) <= _LONGEST else None


def parse(text: str, si: str) -> float:
    """``"845 kN"`` → 845000.0 for si="N". Raises PydanticCustomError (a ValueError) with a plain message."""
    match = _match(_QUANTITY, text)
    if not match or not match[2]:
        raise _expected(f"a number with a unit, such as '1 {si}'")
    return to_si(match[1], match[2], si)


def _expected(what: str) -> PydanticCustomError:
    return PydanticCustomError("quantity", "expected {what}", {"what": what})


def _other_dimension(unit: str, si: str) -> PydanticCustomError:
    text = "'{unit}' is not a unit of this quantity; its SI unit is {si}"
    return PydanticCustomError("wrong_dimension", text, {"unit": unit, "si": si})


def _unknown(unit: str, si: str) -> PydanticCustomError:
    text = "unknown unit '{unit}'; write for example '{example}'"
    if unit[:1].isdigit() or unit[:1] == ",":
        text = "a number holds no commas or blanks; write for example '{example}'"
    return PydanticCustomError("unknown_unit", text, {"unit": unit, "example": f"1.5 {si}"})


class SI:
    """``Annotated[float, SI("N")]``: a string with a unit in files, a plain SI float in Python.

    bounds: gt, ge, lt, le in SI. A bare number is an error in a file and taken as SI from Python.
    """

    def __init__(self, unit: str, examples: tuple[str, ...] = (), **bounds: Any) -> None:
        self.unit, self.examples, self.bounds = unit, examples or (f"1 {unit}",), bounds

    def parse(self, value: Any, info: ValidationInfo) -> float:
        if isinstance(value, bool):
            raise _expected(f"a number with a unit, such as '{self.examples[0]}', not true or false")
        if isinstance(value, Uncertain):
            return value
        if isinstance(value, numbers.Real):
            if info.context and info.context.get("from_file"):
                raise PydanticCustomError(
                    "bare_number",
                    "a number without a unit; write '{value} {unit}'",
                    {"value": value, "unit": self.unit},
                )
            return _float(value)
        if not isinstance(value, str):
            raise _expected(f"a number with a unit, such as '{self.examples[0]}'")
        if len(value) <= _LONGEST and distribution.LOOKS_UNCERTAIN.search(value):
            return self.uncertain(value)
        return self._held(parse(value, self.unit), value)

    def uncertain(self, text: str) -> Uncertain:
        """The value of a text with a distribution behind it. Raises a pydantic error."""
        nominal, tail = distribution.split(text)
        self._held(parse(nominal, self.unit), nominal)
        match = _match(_QUANTITY, nominal)
        assert match is not None  # as parsed
        return self.spread(_exact(match[1], match[2], self.unit), tail, text)

    def spread(self, nominal: Fraction, tail: re.Match[str], text: str) -> Uncertain:
        """A nominal value in SI with what stands behind it, within the field's bounds."""
        absolute, difference = self._reader(_exact), self._reader(_exact_difference)
        try:
            found = distribution.distribution(nominal, tail, absolute, difference, _fraction)
        except OverflowError:
            raise PydanticCustomError("number_size", "a number of this size cannot be meant", {}) from None
        return Uncertain(distribution.held(found, self.bounds, text))

    def _reader(self, exact: Callable[[str, str, str], Fraction]) -> Callable[[str, str], Fraction]:
        def read(number: str, unit: str) -> Fraction:
            if not unit:
                raise _expected(f"a unit behind {number}, such as '{number} {self.unit}'")
            return exact(number, unit, self.unit)

        return read

    def kept(self, value: Any, inner: core_schema.ValidatorFunctionWrapHandler, info: ValidationInfo) -> float:
        """The parsed value within its bounds; pydantic would make a plain float of one that carries a distribution."""
        parsed = self.parse(value, info)
        checked = inner(parsed)
        return parsed if isinstance(parsed, Uncertain) else checked

    def written(self, value: float) -> str:
        """As a file has it, in SI."""
        text = f"{float(value)!r} {self.unit}"
        return f"{text} {value.distribution.text(self.unit)}" if isinstance(value, Uncertain) else text

    def _held(self, si: float, text: str) -> float:
        """The SI value when it is within the bounds; else an error that states the bound in the unit of *text*.

        A bound of zero needs no unit, and is left to pydantic.
        """
        for name, bound in self.bounds.items():
            says, holds = _BOUNDS[name]
            if bound != 0 and not holds(si, bound):
                unit = text.strip().lstrip("-+.0123456789eE").strip()
                scale, offset = factor(unit, self.unit)
                limit = f"{says} {float((Fraction(bound) - offset) / scale):g} {unit}"
                raise PydanticCustomError("bound", "must be {limit}, is '{text}'", {"limit": limit, "text": text})
        return si

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_wrap_validator_function(
            self.kept,
            core_schema.float_schema(allow_inf_nan=False, **self.bounds),
            serialization=core_schema.plain_serializer_function_ser_schema(self.written, when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {
            "type": "string",
            "pattern": rf"^\s*{_NUMBER}{_UNIT_BEGINS}",
            "examples": list(self.examples),
            "x-unit": self.unit,
            **{f"x-{name}": value for name, value in self.bounds.items()},
        }


class _SIPair(SI):
    """Two numbers that share one unit."""

    form: re.Pattern[str]
    separator: str  # as a pattern
    join: str
    example: str

    def parse(self, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, tuple | list) and not (info.context and info.context.get("from_file")):
            if len(value) != 2:
                raise _expected("two numbers")
            return self.checked(*(SI.parse(self, item, info) for item in value))
        match = _match(self.form, value)
        if not match or not match[3]:
            raise _expected(f"two numbers with a unit, such as '{self.example.format(unit=self.unit)}'")
        return self.checked(*self.pair(match[1], match[2], match[3]))

    def pair(self, first: str, second: str, unit: str) -> tuple[float, float]:
        return to_si(first, unit, self.unit), to_si(second, unit, self.unit)

    def checked(self, first: float, second: float) -> tuple[float, float]:
        """The pair, when its two numbers fit together."""
        raise NotImplementedError

    def second_bounds(self) -> dict[str, Any]:
        return self.bounds

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        first = core_schema.float_schema(allow_inf_nan=False, **self.bounds)
        second = core_schema.float_schema(allow_inf_nan=False, **self.second_bounds())
        return core_schema.with_info_before_validator_function(
            self.parse,
            core_schema.tuple_schema([first, second]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda pair: f"{pair[0]!r} {self.join} {pair[1]!r} {self.unit}", when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {
            "type": "string",
            "pattern": rf"^\s*{_NUMBER}\s*(?:{self.separator})\s*{_NUMBER}{_UNIT_BEGINS}",
            "examples": [self.example.format(unit=self.unit)],
            "x-unit": self.unit,
            **{f"x-{name}": value for name, value in self.bounds.items()},
        }


class SIRange(_SIPair):
    """``Annotated[tuple[float, float], SIRange("V")]``: ``24..32 V`` → (24.0, 32.0), low first."""

    form, separator, join, example = _RANGE, r"\.\.", "..", "1..2 {unit}"

    def checked(self, first: float, second: float) -> tuple[float, float]:
        if first > second:
            raise PydanticCustomError("range", "the range runs from its low end to its high end", {})
        return first, second


class SITolerance(_SIPair):
    """``Annotated[tuple[float, float], SITolerance("m")]``: ``2.5 +/- 0.1 m`` → (value, tolerance); bounds: the value's."""

    form, separator, join, example = _TOLERANCE, r"\+/-|±", "+/-", "1 +/- 0.1 {unit}"

    def pair(self, first: str, second: str, unit: str) -> tuple[float, float]:
        scale, _ = factor(unit, self.unit)  # a tolerance is a difference: no offset
        return to_si(first, unit, self.unit), _float(_fraction(second) * scale)

    def checked(self, first: float, second: float) -> tuple[float, float]:
        if second < 0:
            raise PydanticCustomError("tolerance", "a tolerance is not negative", {})
        return first, second

    def second_bounds(self) -> dict[str, Any]:
        return {}


class _Ratio(SI):
    """A dimensionless number, bare or in per cent."""

    def __init__(self, **bounds: Any) -> None:
        super().__init__("", ("0.85", "85 %"), **bounds)

    def parse(self, value: Any, info: ValidationInfo) -> float:
        if isinstance(value, Uncertain):
            return value
        if isinstance(value, numbers.Real) and not isinstance(value, bool):
            return _float(value)
        if isinstance(value, str) and len(value) <= _LONGEST and distribution.LOOKS_UNCERTAIN.search(value):
            return self.uncertain(value)
        match = _match(_QUANTITY, value)
        if not match or match[2] not in (None, "%"):
            raise _expected("a plain number or per cent, such as 0.85 or '85 %'")
        return _float(_fraction(match[1]) / (100 if match[2] else 1))

    def uncertain(self, text: str) -> Uncertain:
        """The value of a text with a distribution behind it: spreads are plain numbers, or per cent of the nominal value."""
        nominal, tail = distribution.split(text)
        match = _match(_QUANTITY, nominal)
        if not match or match[2] not in (None, "%"):
            raise _expected("a plain number or per cent, such as 0.85 or '85 %'")
        if match[2] and tail.groupdict().get("unit") == "%":
            raise _expected(
                "no per cent of per cent: write '0.98 ± 0.005 (1σ)', or '0.98 ± 0.5 % (1σ)' of the value itself"
            )
        return self.spread(_fraction(match[1]) / (100 if match[2] else 1), tail, text)

    def _reader(self, exact: Callable[[str, str, str], Fraction]) -> Callable[[str, str], Fraction]:
        def read(number: str, unit: str) -> Fraction:
            if unit not in ("", "%"):
                raise _expected("a plain number or per cent")
            return _fraction(number) / (100 if unit else 1)

        return read

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_wrap_validator_function(
            self.kept,
            core_schema.float_schema(allow_inf_nan=False, **self.bounds),
            serialization=core_schema.plain_serializer_function_ser_schema(self.written, when_used="json"),
        )

    def written(self, value: float) -> Any:
        return f"{float(value)!r} {value.distribution.text('')}" if isinstance(value, Uncertain) else value

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {
            "type": ["number", "string"],
            "pattern": rf"^\s*{_NUMBER}\s*%?\s*(?:$|±|\+/-|\+-|\()",
            "examples": [0.85, "85 %"],
            "x-unit": "1",
            **{f"x-{name}": value for name, value in self.bounds.items()},
        }


def ratio(**bounds: Any) -> Any:
    """Bounds for a dimensionless field: ``Annotated[float, ratio(gt=0, le=1)]``."""
    return _Ratio(**bounds)


Force = Annotated[float, SI("N", ("845 kN",))]
Mass = Annotated[float, SI("kg", ("24.7 t",), ge=0.0)]
Length = Annotated[float, SI("m", ("3.66 m",))]
Area = Annotated[float, SI("m^2", ("10.5 m^2",), ge=0.0)]
Volume = Annotated[float, SI("m^3", ("250 m^3",), ge=0.0)]
Pressure = Annotated[float, SI("Pa", ("97 bar",), ge=0.0)]
Temperature = Annotated[float, SI("K", ("90.2 K", "20 degC"), gt=0.0)]
Duration = Annotated[float, SI("s", ("7 s",))]
Speed = Annotated[float, SI("m/s", ("7.8 km/s",))]
Acceleration = Annotated[float, SI("m/s^2", ("50 m/s^2", "5 g_0"))]
Angle = Annotated[float, SI("rad", ("28.5 deg",))]
AngularRate = Annotated[float, SI("rad/s", ("1 deg/s",))]
Density = Annotated[float, SI("kg/m^3", ("1141 kg/m^3",), gt=0.0)]
MassFlow = Annotated[float, SI("kg/s", ("300 kg/s",), ge=0.0)]
HeatFlux = Annotated[float, SI("W/m^2", ("1135 W/m^2",), ge=0.0)]
Power = Annotated[float, SI("W", ("2.4 MW",))]
Energy = Annotated[float, SI("J", ("1 MJ",))]
Ratio = Annotated[float, ratio()]
