"""Levels against frequency: random vibration, shock, sine, sound in bands, fields; and envelopes of room."""

from fractions import Fraction
from math import log10
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError, core_schema

from ..documents import Document, FieldError
from ..quantity import SI, SIRange, to_si

_LONGEST = 4000  # characters of a list
_MOST = 400  # numbers in it


class SIList(SI):
    """``Annotated[tuple[float, ...], SIList("Hz")]``: ``20, 100, 2000 Hz`` → floats in SI; one unit, after the last."""

    def parse(self, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, tuple | list) and not (info.context and info.context.get("from_file")):
            return tuple(float(v) for v in value)
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise self._expected()
        *numbers, last = (part.strip() for part in value.split(","))
        last, _, unit = last.partition(" ")
        if not unit or len(numbers) >= _MOST:
            raise self._expected()
        return tuple(self.convert(number, unit.strip()) for number in (*numbers, last))

    def convert(self, number: str, unit: str) -> float:
        try:
            Fraction(number)
        except (ValueError, ZeroDivisionError):
            raise self._expected() from None
        return to_si(number, unit, self.unit)

    def _expected(self) -> PydanticCustomError:
        text = "expected numbers parted by commas and one unit at the end, such as '{example}'"
        return PydanticCustomError("quantity", text, {"example": self.examples[0]})

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        item = core_schema.float_schema(allow_inf_nan=False)
        return core_schema.with_info_before_validator_function(
            self.parse,
            core_schema.tuple_variable_schema(item),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda values: f"{', '.join(map(repr, values))} {self.unit}", when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {"type": "string", "examples": list(self.examples), "x-unit": self.unit}


class DecibelList(SIList):
    """Levels in dB, which are no multiples of a unit."""

    def convert(self, number: str, unit: str) -> float:
        if unit != "dB":
            raise PydanticCustomError("unknown_unit", "sound levels are given in dB, not '{unit}'", {"unit": unit})
        return to_si(number, "1", "")


class RatioRange(SIRange):
    """A range of plain numbers: ``2.3 .. 2.4``."""

    example = "2.3 .. 2.4"

    def __init__(self) -> None:
        super().__init__("", ("2.3 .. 2.4",), gt=0.0)

    def parse(self, value: Any, info: ValidationInfo) -> Any:
        low, dots, high = value.partition("..") if isinstance(value, str) else ("", "", "")
        if not dots:
            return super().parse(value, info)
        try:
            for number in (low, high):
                Fraction(number.strip())
        except (ValueError, ZeroDivisionError):
            raise PydanticCustomError("quantity", "expected two plain numbers, such as '2.3 .. 2.4'", {}) from None
        return self.checked(to_si(low.strip(), "1", ""), to_si(high.strip(), "1", ""))

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {"type": "string", "examples": list(self.examples), "x-unit": "1"}


Frequencies = Annotated[tuple[float, ...], SIList("Hz", ("20, 100, 2000 Hz",))]


class Curve(Document):
    """A level against frequency, straight between its points on a log-log plot; frequencies ascend, levels are positive.

    per_decade: of the level, in dB: 10 for a density of power, 20 for an amplitude.
    """

    per_decade: ClassVar[float] = 20.0
    level_unit: ClassVar[str] = ""
    unit_size: ClassVar[float] = 1.0  # of level_unit, in SI
    frequency: Frequencies
    level: Annotated[tuple[float, ...], SIList("")]

    @model_validator(mode="after")
    def _a_curve(self):
        if len(self.frequency) < 2:
            raise FieldError("frequency", "a curve has two points or more")
        if len(self.level) != len(self.frequency):
            raise FieldError(
                "level", f"{len(self.frequency)} frequencies and {len(self.level)} levels; give one level for each"
            )
        if min(self.frequency) <= 0:
            raise FieldError("frequency", f"a frequency is greater than 0, not {min(self.frequency):g} Hz")
        for a, b in zip(self.frequency, self.frequency[1:], strict=False):
            if b == a:
                raise FieldError("frequency", f"{a:g} Hz stands twice; give one level for it")
            if b < a:
                raise FieldError(
                    "frequency", f"the frequencies must ascend: {b:g} Hz stands after {a:g} Hz; sort the points"
                )
        if min(self.level) <= 0:
            least = min(self.level) / self.unit_size
            raise FieldError("level", f"a level is greater than 0, not {least:g} {self.level_unit}".rstrip())
        return self

    def decibels(self, frequency: float) -> float:
        """The level at a frequency inside the curve's range [dB re the SI unit], interpolated in log-log."""
        levels = self.levels_db()
        for i in range(1, len(self.frequency)):
            if frequency <= self.frequency[i]:
                low, high = log10(self.frequency[i - 1]), log10(self.frequency[i])
                share = (log10(frequency) - low) / (high - low)
                return levels[i - 1] + share * (levels[i] - levels[i - 1])
        return levels[-1]

    def levels_db(self) -> list[float]:
        return [self.per_decade * log10(v) for v in self.level]

    def level_text(self, frequency: float) -> str:
        """The level at a frequency, for messages."""
        return f"{10 ** (self.decibels(frequency) / self.per_decade) / self.unit_size:.4g} {self.level_unit}"


class RandomVibration(Curve):
    """Power spectral density of acceleration."""

    per_decade: ClassVar[float] = 10.0
    level_unit: ClassVar[str] = "g_0^2/Hz"
    unit_size: ClassVar[float] = 9.80665**2
    level: Annotated[tuple[float, ...], SIList("m^2/s^3", ("0.01, 0.04, 0.01 g_0^2/Hz",))]


class Sine(Curve):
    """Amplitude of a (equivalent) sine acceleration."""

    level_unit: ClassVar[str] = "g_0"
    unit_size: ClassVar[float] = 9.80665
    level: Annotated[tuple[float, ...], SIList("m/s^2", ("0.5, 0.5, 0.6 g_0",))]


class ShockSpectrum(Sine):
    """Shock response spectrum (amplification Q of 10 where nothing else is said)."""

    distance: Annotated[float, SI("m", ("0.1 m",), ge=0.0)] | None = Field(
        default=None, description="from the source of the shock; at the interface plane when left out"
    )


class FieldStrength(Curve):
    """Electric field strength."""

    level_unit: ClassVar[str] = "V/m"
    level: Annotated[tuple[float, ...], SIList("V/m", ("20, 20 V/m",))]


class Sound(Curve):
    """Sound pressure level in bands, by their centre frequencies [dB re 20 µPa]."""

    level_unit: ClassVar[str] = "dB"
    bands: Literal["octave", "third-octave"]
    level: Annotated[tuple[float, ...], DecibelList("dB", ("122.4, 124.7, 126.1 dB",))]

    @model_validator(mode="after")
    def _bands_follow_each_other(self):
        step = 2.0 if self.bands == "octave" else 2.0 ** (1 / 3)
        for a, b in zip(self.frequency, self.frequency[1:], strict=False):
            if not 0.94 * step < b / a < 1.06 * step:  # nominal centres (31.5, 63, 125 …) are rounded
                raise FieldError("frequency", f"{a:g} Hz and {b:g} Hz are not neighbouring {self.bands} bands")
        return self

    def levels_db(self) -> list[float]:
        return list(self.level)

    def level_text(self, frequency: float) -> str:
        return f"{self.decibels(frequency):.1f} dB"

    def in_octaves(self) -> "Sound":
        """The same sound in octaves: the energy of each three bands about an octave's centre, whole octaves only."""
        if self.bands == "octave":
            return self
        centers = [31.5 * 2.0**n for n in range(-1, 10)]
        pairs = []
        for center in centers:
            inside = [v for f, v in zip(self.frequency, self.level, strict=True) if 2**-0.5 < f / center < 2**0.5]
            if len(inside) == 3:
                nominal = min(
                    (16.0, 31.5, 63.0, 125.0, 250.0, 500.0, 1e3, 2e3, 4e3, 8e3, 16e3), key=lambda n: abs(n - center)
                )
                pairs.append((nominal, 10 * log10(sum(10 ** (v / 10) for v in inside))))
        if len(pairs) < 2:
            raise FieldError("bands", "fewer than two whole octaves are covered; give octave bands")
        return Sound(bands="octave", frequency=tuple(p[0] for p in pairs), level=tuple(p[1] for p in pairs))


class RoomProfile(Document):
    """Room about the axis: diameter against height over the interface plane; straight between points, heights ascend."""

    height: Annotated[tuple[float, ...], SIList("m", ("0, 6.7, 11 m",))]
    diameter: Annotated[tuple[float, ...], SIList("m", ("4.6, 4.6, 1.45 m",))]

    @model_validator(mode="after")
    def _a_profile(self):
        if len(self.height) < 2 or len(self.height) != len(self.diameter):
            raise FieldError("diameter", "an envelope has two heights or more, and one diameter for each")
        for a, b in zip(self.height, self.height[1:], strict=False):
            if b <= a:
                raise FieldError("height", f"the heights must ascend: {b:g} m stands after {a:g} m; sort the points")
        if min(self.diameter) < 0:
            raise FieldError("diameter", "a diameter is not negative")
        return self

    def diameter_at(self, height: float) -> float:
        """Diameter [m] at a height inside the envelope."""
        for i in range(1, len(self.height)):
            if height <= self.height[i]:
                share = (height - self.height[i - 1]) / (self.height[i] - self.height[i - 1])
                return self.diameter[i - 1] + share * (self.diameter[i] - self.diameter[i - 1])
        return self.diameter[-1]
