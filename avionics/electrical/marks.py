"""What a field is for: a demand, a capability, a statement that must agree with another one, a name, or a description.

The rules do not read these marks. Reports and the planting of faults (``validation/``) do, so a mark is part of the definition:
a fault in a demand is that it grows, in a capability that it shrinks, in a statement that it changes at all.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from ...core.documents import Count, Document, Integer
from ...core.quantity import SI, Duration, SIRange, ratio


@dataclass(frozen=True)
class Mark:
    """word: demand, capability, equal (agrees with something else), name (of another item of this kind), or info."""

    word: Literal["demand", "capability", "equal", "name", "info"]
    of: str = ""  # for names: which list of the document


DEMAND, CAPABILITY, EQUAL, INFO = Mark("demand"), Mark("capability"), Mark("equal"), Mark("info")
Text = Annotated[str, INFO]
_IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9_+\-]*$"


def _identifier(text: str) -> str:
    if not re.match(_IDENTIFIER, text):
        wanted = "a name is of letters, digits, _ + -, and begins with a letter or digit"
        raise ValueError(
            f"{wanted}, unlike {text!r}; write for example '{re.sub(r'[^A-Za-z0-9_+-]+', '_', text).strip('_') or 'a1'}'"
        )
    return text


Id = Annotated[
    str,
    AfterValidator(_identifier),
    Field(max_length=40, json_schema_extra={"pattern": _IDENTIFIER}, examples=["fc_a"]),
]
Volts = Annotated[tuple[float, float], SIRange("V")]
Amperes = Annotated[float, SI("A", ("5 A",), ge=0.0)]
Ohms = Annotated[float, SI("ohm", ("120 ohm",), ge=0.0)]
Watts = Annotated[float, SI("W", ("35 W",), ge=0.0)]
Metres = Annotated[float, SI("m", ("4.2 m",), gt=0.0)]
BitRate = Annotated[float, SI("bit/s", ("1 Mbit/s",), gt=0.0)]
Seconds = Annotated[float, SI("s", ("5 ms",), gt=0.0)]
Gauge = Annotated[int, Field(strict=True, ge=-3, le=36, description="AWG; 0 is 1/0, -1 is 2/0")]
Share = Annotated[float, ratio(gt=0.0, le=1.0)]
String = Annotated[Id, EQUAL]
__all__ = [
    "CAPABILITY", "DEMAND", "EQUAL", "INFO", "Amperes", "BitRate", "Count", "Document", "Duration", "Gauge", "Id", "Integer",
    "Mark", "Metres", "Ohms", "Seconds", "Share", "String", "Text", "Volts", "Watts", "called",
]  # fmt: skip


def called(of: str) -> Mark:
    """The mark of a field that names an item of the list *of*."""
    return Mark("name", of)
