"""Quantities in files (``845 kN``) become SI floats in Python; pint is asked once per unit, exactly, and stays here."""

import re
from fractions import Fraction
from functools import cache
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*(\S.*?)?\s*")
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*(\S.*?)?\s*")
_TOLERANCE = re.compile(rf"\s*({_NUMBER})\s*(?:\+/-|±)\s*({_NUMBER})\s*(\S.*?)?\s*")


@cache
def _registry():
    import pint  # the slowest import of all: only when a file is read

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True, non_int_type=Fraction)  # type: ignore[arg-type]


@cache
def factor(unit: str, si: str) -> tuple[Fraction, Fraction]:
    """(scale, offset) of *unit* to *si*, exact: value_si = value · scale + offset.

    Raises a pydantic error for a unit that does not exist or has another dimension.
    """
    import pint

    registry = _registry()
    try:
        # A difference in kelvin and a temperature share a dimension, so offsets are found by two evaluations.
        zero = registry.Quantity(Fraction(0), unit).to(si).magnitude
        one = registry.Quantity(Fraction(1), unit).to(si).magnitude
    except pint.DimensionalityError:
        raise PydanticCustomError(
            "wrong_dimension", "'{unit}' is not a unit of this quantity; its SI unit is {si}", {"unit": unit, "si": si}
        ) from None
    except Exception:  # pint reports an unreadable unit by many kinds of exception, tokenizer errors among them
        raise PydanticCustomError(
            "unknown_unit", "unknown unit '{unit}'; write for example '{example}'", {"unit": unit, "example": f"1 {si}"}
        ) from None
    zero, one = Fraction(zero), Fraction(one)
    return one - zero, zero


def to_si(number: str, unit: str, si: str) -> float:
    """The decimal string *number* in *unit* as an SI float, rounded once."""
    scale, offset = factor(unit, si)
    return float(Fraction(number) * scale + offset)


def parse(text: str, si: str) -> float:
    """``"845 kN"`` → 845000.0 for si="N". Raises PydanticCustomError (a ValueError) with a plain message."""
    match = _QUANTITY.fullmatch(text)
    if not match or not match[2]:
        raise _expected(f"a number with a unit, such as '1 {si}'")
    return to_si(match[1], match[2], si)


def _expected(what: str) -> PydanticCustomError:
    return PydanticCustomError("quantity", "expected {what}", {"what": what})


class SI:
    """``Annotated[float, SI("N")]``: a string with a unit in files, a plain SI float in Python.

    bounds: gt, ge, lt, le in SI. A bare number is an error in a file and taken as SI from Python.
    """

    def __init__(self, unit: str, examples: tuple[str, ...] = (), **bounds: Any) -> None:
        self.unit, self.examples, self.bounds = unit, examples or (f"1 {unit}",), bounds

    def parse(self, value: Any, info: ValidationInfo) -> float:
        if isinstance(value, bool):
            raise _expected(f"a number with a unit, such as '{self.examples[0]}', not true or false")
        if isinstance(value, int | float):
            if info.context and info.context.get("from_file"):
                raise PydanticCustomError(
                    "bare_number",
                    "a number without a unit; write '{value} {unit}'",
                    {"value": value, "unit": self.unit},
                )
            return float(value)
        if not isinstance(value, str):
            raise _expected(f"a number with a unit, such as '{self.examples[0]}'")
        return parse(value, self.unit)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_before_validator_function(
            self.parse,
            core_schema.float_schema(allow_inf_nan=False, **self.bounds),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda x: f"{x!r} {self.unit}", when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {
            "type": "string",
            "pattern": rf"^\s*{_NUMBER}\s*\S",
            "examples": list(self.examples),
            "x-unit": self.unit,
            **{f"x-{name}": value for name, value in self.bounds.items()},
        }


class _SIPair(SI):
    """Two numbers that share one unit."""

    form: re.Pattern[str]
    join: str
    example: str

    def parse(self, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, tuple | list) and not (info.context and info.context.get("from_file")):
            return tuple(value)
        match = self.form.fullmatch(value) if isinstance(value, str) else None
        if not match or not match[3]:
            raise _expected(f"'{self.example.format(unit=self.unit)}'")
        return self.pair(match[1], match[2], match[3])

    def pair(self, first: str, second: str, unit: str) -> tuple[float, float]:
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        number = core_schema.float_schema(allow_inf_nan=False, **self.bounds)
        return core_schema.with_info_before_validator_function(
            self.parse,
            core_schema.tuple_schema([number, number]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda pair: f"{pair[0]!r} {self.join} {pair[1]!r} {self.unit}", when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {"type": "string", "examples": [self.example.format(unit=self.unit)], "x-unit": self.unit}


class SIRange(_SIPair):
    """``Annotated[tuple[float, float], SIRange("V")]``: ``24..32 V`` → (24.0, 32.0), low first."""

    form, join, example = _RANGE, "..", "1..2 {unit}"

    def pair(self, first: str, second: str, unit: str) -> tuple[float, float]:
        low, high = to_si(first, unit, self.unit), to_si(second, unit, self.unit)
        if low > high:
            raise PydanticCustomError("range", "the range runs from its low end to its high end", {})
        return low, high


class SITolerance(_SIPair):
    """``Annotated[tuple[float, float], SITolerance("m")]``: ``2.5 +/- 0.1 m`` → (value, tolerance)."""

    form, join, example = _TOLERANCE, "+/-", "1 +/- 0.1 {unit}"

    def pair(self, first: str, second: str, unit: str) -> tuple[float, float]:
        scale, _ = factor(unit, self.unit)  # a tolerance is a difference: no offset
        tolerance = float(Fraction(second) * scale)
        if tolerance < 0:
            raise PydanticCustomError("tolerance", "a tolerance is not negative", {})
        return to_si(first, unit, self.unit), tolerance


class _Ratio(SI):
    """A dimensionless number, bare or in per cent."""

    def __init__(self, **bounds: Any) -> None:
        super().__init__("", ("0.85", "85 %"), **bounds)

    def parse(self, value: Any, info: ValidationInfo) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
        if not match or match[2] not in (None, "%"):
            raise _expected("a plain number or per cent, such as 0.85 or '85 %'")
        return float(Fraction(match[1]) / (100 if match[2] else 1))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_before_validator_function(
            self.parse, core_schema.float_schema(allow_inf_nan=False, **self.bounds)
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {"type": ["number", "string"], "examples": [0.85, "85 %"]}


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
