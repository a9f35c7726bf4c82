"""Records that programs exchange: frozen, typed without conversion, SI numbers in suffixed fields, unknown fields preserved.

Definition files refuse what they do not know; records on the wire keep it, byte for byte in their text form, so that a
newer issuer and an older reader understand one another.
"""

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from .errors import InputError
from .time import DAY, parse_utc

DEEPEST = 64  # levels of nesting; our own records need eight
LARGEST = 64 << 20  # bytes of one record
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_NO_BRACKETS = bytes(b for b in range(256) if b not in b"{}[]")


def _is_utc(value: str) -> str:
    try:
        instant_of(value)
    except InputError as error:
        raise ValueError(error.message) from None
    if not value.endswith("Z"):
        raise ValueError(f"{value!r} ends with no Z; times on the wire are UTC and say so")
    return value


def instant_of(text: str) -> int:
    """A time as a number that orders it: nanoseconds of TAI from 1972 on; before, when UTC was no such count, of the calendar."""
    if not text[:4].isdigit() or text[:4] >= "1972":
        return parse_utc(text).tai
    shifted = parse_utc(f"{int(text[:4]) + 400}{text[4:]}")  # the calendar repeats after 400 years, weekdays and all
    return shifted.tai - 146_097 * DAY


Utc = Annotated[
    str, AfterValidator(_is_utc), Field(json_schema_extra={"format": "date-time"}, examples=["2027-03-01T12:00:00Z"])
]
Urn = Annotated[
    str,
    Field(
        pattern=r"^urn:[a-z0-9][a-z0-9-]{0,31}:[A-Za-z0-9()+,.:=@;$_!*'%/?#-]+$",
        max_length=300,
        examples=["urn:osea:example:launch:0192f0c1-7c3a-7000-8000-000000000001"],
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=500)]
Text = Annotated[str, Field(max_length=20_000)]
Url = Annotated[str, Field(pattern=r"^https?://", max_length=2_000)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Amount = Annotated[str, Field(pattern=r"^-?(0|[1-9]\d{0,17})(\.\d{1,6})?$", examples=["67000000.00"])]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["CNY"])]
Positive = Annotated[float, Field(gt=0.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Field(ge=-180.0, le=360.0)]
Count = Annotated[int, Field(ge=0)]
Vector = tuple[float, float, float]


class Wire(BaseModel):
    """Base of all that stands in a record."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, allow_inf_nan=False, populate_by_name=True)


class AltId(Wire):
    """A name that others give the same thing, such as {type: cospar, value: 2027-001A}."""

    type: Annotated[
        str, Field(examples=["cospar_launch", "cospar_piece", "norad", "gcat", "launch_library_2", "licence", "hull"])
    ]
    value: Name


class Access(Wire):
    """Who may read the record. A level that a reader does not know means: nobody but the issuer."""

    level: Annotated[str, Field(examples=["public", "embargo", "partner", "regulator", "controlled"])] = "public"
    until: Utc | None = None
    until_event: Name | None = None
    partners: tuple[Urn, ...] = ()
    regime: Annotated[str, Field(examples=["ITAR", "EAR", "中国出口管制"])] | None = None
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    redacted_fields: tuple[str, ...] = ()


class Provenance(Wire):
    """How the content came to be: by computing, measuring, importing or typing; from what."""

    method: Annotated[str, Field(examples=["computed", "measured", "imported", "entered", "estimated"])]
    software: Name | None = None
    source: Name | None = None
    source_sha256: Sha256 | None = None
    retrieved_at: Utc | None = None


class Reference(Wire):
    """The revision of a record that is meant; without revision the newest."""

    id: Urn
    revision: Annotated[int, Field(ge=1)] | None = None
    sha256: Sha256 | None = None


class Record(Wire):
    """What every record has. `id` stays through all revisions; revisions are appended, never changed.

    status: predicted, planned, actual, corrected, or one yet unknown. crit: URLs of extensions without which the record would be
    misread; a reader that does not know one of them refuses the record. extensions: by the URL of their schema.
    """

    id: Urn
    revision: Annotated[int, Field(ge=1)] = 1
    supersedes: Reference | None = None
    issuer: Urn
    issued_at: Utc
    status: Annotated[str, Field(examples=["predicted", "planned", "actual", "corrected"])]
    access: Access = Access()
    alt_ids: tuple[AltId, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    notes: Text | None = None
    crit: tuple[Url, ...] = ()
    extensions: Annotated[dict[str, Any], Field(default_factory=dict)]
    protocol: Annotated[str, Field(pattern=r"^1\.\d+$")] = "1.0"


class Interval(Wire):
    """From start to end, both in UTC."""

    start: Utc
    end: Utc


class Moment(Wire):
    """A time as well as it is known: precision from year to nanosecond; kind: NET (not earlier than), planned, actual."""

    value: Utc
    precision: Literal[
        "year", "half", "quarter", "month", "day", "hour", "minute", "second", "millisecond", "nanosecond"
    ]
    kind: Annotated[str, Field(examples=["net", "planned", "actual"])] = "planned"


class Uncertain(Wire):
    """A number with what is known of its error: 1 sigma, or a range with the confidence that it holds."""

    value: float
    sigma: NonNegative | None = None
    low: float | None = None
    high: float | None = None
    confidence: Fraction | None = None


class Money(Wire):
    """An amount as decimal text, never a float: its currency, the year of its prices, tax, and a rate if it was converted."""

    amount: Amount
    currency: Currency
    price_year: Annotated[int, Field(ge=1950, le=2200)] | None = None
    includes_vat: bool | None = None
    rate: Amount | None = None
    rate_from: Currency | None = None
    rate_date: Utc | None = None
    rate_source: Name | None = None


def parse_json(data: bytes, where: str) -> Any:
    """JSON in UTF-8 with no key twice, no NaN, bounded in size and depth. Raises InputError, with the line where there is one."""
    if len(data) > LARGEST:
        raise InputError(f"the record is larger than {LARGEST >> 20} MiB", where=where)
    if _too_deep(data):
        raise InputError(f"the record is nested deeper than {DEEPEST} levels", where=where)
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_no_key_twice, parse_constant=_no_constant, parse_float=_finite)
        if _SURROGATE.search(data):
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # half a pair is no character: RFC 8259, 8.2
        return value
    except json.JSONDecodeError as error:
        raise InputError(f"this is no JSON: {error.msg}", where=f"{where}:{error.lineno}:{error.colno}") from None
    except UnicodeEncodeError:
        raise InputError("this is no JSON: half of a pair of surrogates", where=where) from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("this is no JSON: it is not UTF-8", where=f"{where}:{line}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is no JSON: {error}", where=where) from None


def wire_problems(error: ValidationError) -> list[str]:
    """What pydantic found, a line each: the path within the record, and what is wrong there."""
    return [
        f"{'/'.join(map(str, e['loc'])) or 'record'}: {e['msg']}"
        for e in error.errors(include_url=False, include_input=False)
    ]


def _too_deep(data: bytes) -> bool:
    """Whether brackets nest deeper than DEEPEST; brackets in strings count too, which only makes the bound stricter."""
    level = 0
    for byte in data.translate(None, _NO_BRACKETS):
        if byte in b"{[":
            level += 1
            if level > DEEPEST:
                return True
        else:
            level -= 1
    return False


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(n for n in names if names.count(n) > 1)!r} stands twice")
    return result


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:40]} is beyond what a double holds")
    return number


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")
