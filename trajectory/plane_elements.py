"""The plane of an object in orbit, from its two-line elements, its OMM, or elements written in the definition."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import numpy as np
from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError, core_schema

from ..core.documents import Document
from ..core.earth import MU, RADIUS
from ..core.errors import InputError
from ..core.quantity import SI, ratio
from ..core.time import parse_utc
from .environment.csv_columns import read_named_file
from .planes import PlaneAtEpoch, node_rate


class PlaneElements(Document):
    """Mean elements that say where a plane is and how it drifts. Angles in the true equator, mean equinox of date (TEME)."""

    name: str = ""
    epoch: str = Field(description="UTC, of the elements")
    inclination: Annotated[float, SI("rad", ("51.64 deg",), gt=0.0, lt=np.pi)]
    ascending_node: Annotated[float, SI("rad", ("252 deg",), ge=-2 * np.pi, le=2 * np.pi)] = Field(
        description="right ascension"
    )
    semi_major_axis: Annotated[float, SI("m", ("6796 km",), gt=RADIUS)]
    eccentricity: Annotated[float, ratio(ge=0.0, lt=1.0)] = 0.0

    @field_validator("epoch")
    @classmethod
    def _is_utc(cls, value: str) -> str:
        try:
            parse_utc(value)
        except InputError as error:
            raise ValueError(error.message) from None
        return value

    def plane(self) -> PlaneAtEpoch:
        """With the drift that J2 gives its node."""
        rate = node_rate(self.semi_major_axis, self.eccentricity, self.inclination)
        return PlaneAtEpoch(self.epoch, self.ascending_node, rate, self.inclination)


def read_elements(text: str) -> dict[str, Any]:
    """Fields of `PlaneElements` in a TLE (NORAD two-line elements, with or without a name line) or an OMM (CCSDS 502.0-B, KVN).

    Raises ValueError saying what is wrong. Of several objects in a TLE file the first counts.
    """
    lines = [line.rstrip() for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    first = next((i for i, line in enumerate(lines) if re.match(r"1 [ 0-9A-Z]{5}[UCS ]", line)), None)
    if first is not None:
        if first + 1 >= len(lines) or not lines[first + 1].startswith("2 "):
            raise ValueError("line 1 of the two-line elements is not followed by line 2")
        return _from_tle(lines[first - 1] if first else "", lines[first], lines[first + 1])
    if any(line.replace(" ", "").startswith("CCSDS_OMM_VERS=") for line in lines):
        return _from_omm(lines)
    raise ValueError("two-line elements or an OMM in key-value notation are expected")


def _from_tle(name: str, one: str, two: str) -> dict[str, Any]:
    """Columns as of the definition in Hoots & Roehrich, *Spacetrack Report No. 3* (1980), and Vallado 2013, sec. 2.4.2."""
    for number, line in ((1, one), (2, two)):
        if len(line) < 69:
            raise ValueError(f"line {number} of the two-line elements has {len(line)} characters, not 69")
        total = sum(int(c) if c.isdigit() else c == "-" for c in line[:68]) % 10
        if line[68] != str(total):
            raise ValueError(f"line {number} of the two-line elements ends in {line[68]}; its checksum is {total}")
    year = int(one[18:20])
    begin = datetime(year + (2000 if year < 57 else 1900), 1, 1, tzinfo=UTC)
    epoch = begin + timedelta(days=float(one[20:32]) - 1.0)
    return _fields(
        name.removeprefix("0 ").strip(),
        epoch.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        two[8:16],
        two[17:25],
        two[52:63],
        f"0.{two[26:33].strip()}",
    )


def _from_omm(lines: list[str]) -> dict[str, Any]:
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("COMMENT"))
    found = {key.strip(): re.sub(r"\[.*\]", "", value).strip() for key, _, value in pairs}
    missing = [k for k in ("EPOCH", "INCLINATION", "RA_OF_ASC_NODE", "ECCENTRICITY") if k not in found]
    if "MEAN_MOTION" not in found:
        missing += ["MEAN_MOTION"]
    if missing:
        raise ValueError(f"the OMM has no {', '.join(missing)}")
    if found.get("REF_FRAME", "TEME") not in ("TEME", "TOD", "TEMEOFDATE"):
        raise ValueError(f"the OMM's frame is {found['REF_FRAME']}; TEME is expected")
    return _fields(
        found.get("OBJECT_NAME", ""),
        found["EPOCH"],
        found["INCLINATION"],
        found["RA_OF_ASC_NODE"],
        found["MEAN_MOTION"],
        found["ECCENTRICITY"],
    )


def _fields(name: str, epoch: str, inclination: str, node: str, motion: str, eccentricity: str) -> dict[str, Any]:
    n = float(motion) * 2 * np.pi / 86400.0  # given in revolutions a day
    if not n > 0.0:
        raise ValueError("the mean motion must be positive")
    return {
        "name": name,
        "epoch": epoch,
        "inclination": f"{float(inclination)!r} deg",
        "ascending_node": f"{float(node)!r} deg",
        "semi_major_axis": f"{float((MU / n**2) ** (1 / 3))!r} m",
        "eccentricity": float(eccentricity),
    }


class _ElementsFileMarker:
    """In a file: the path of a TLE or OMM file, or the elements written inline."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def resolve(value: Any, inner: core_schema.ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
            if not isinstance(value, str):
                return inner(value)
            path, raw = read_named_file(value, info)
            try:
                fields = read_elements(raw.decode("utf-8"))
            except ValueError as error:
                raise PydanticCustomError("elements", "{text}", {"text": f"'{path.name}': {error}"}) from None
            return inner(fields)

        return core_schema.with_info_wrap_validator_function(
            resolve, handler(source), serialization=core_schema.wrap_serializer_function_ser_schema(lambda v, h: h(v))
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {"anyOf": [{"type": "string", "description": "path of a TLE or OMM file"}, handler(schema)]}


ObjectPlane = Annotated[PlaneElements, _ElementsFileMarker()]
