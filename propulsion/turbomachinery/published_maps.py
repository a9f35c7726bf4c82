"""Pump characteristics that were published as tables: head and efficiency against flow, from a data file."""

from functools import cache
from typing import Annotated

import numpy as np
from pydantic import Field

from ...core.documents import Document, Module, load_document
from ...core.errors import InputError
from ...core.quantity import SI, ratio
from ..propellants import DATA

_Value = Annotated[float, ratio(gt=0.0, le=2.0)]


class PublishedMap(Document):
    """One pump. specific_speed: n_q (rpm, m³/s, m); step: of the angle atan(φ/ν) of flow and speed over design;
    head, torque: over design and over φ² + ν²."""

    name: str
    specific_speed: Annotated[float, ratio(gt=0.0, le=500.0)]
    step: Annotated[float, SI("rad", ("4 deg",), gt=0.0, lt=0.5)]
    head: tuple[_Value, ...] = Field(min_length=4)
    torque: tuple[_Value, ...] = Field(min_length=4)


class PublishedMaps(Module, schema="osea/pump-maps/v1"):
    """The file of maps."""

    maps: tuple[PublishedMap, ...]


@cache
def _maps() -> PublishedMaps:
    return load_document(PublishedMaps, DATA / "pump_maps.yaml")


def published_map(name: str) -> PublishedMap:
    """The map of that name. Raises InputError with the names that there are."""
    for m in _maps().maps:
        if m.name == name:
            return m
    raise InputError(f"no published pump map is called '{name}'; there are: {', '.join(m.name for m in _maps().maps)}")


@cache
def map_rows(name: str) -> tuple[tuple[float, float, float], ...]:
    """(flow, head, efficiency) over design at design speed: head (1 + φ²) F, torque (1 + φ²) G, efficiency φ F/G.

    Raises InputError for an unknown name.
    """
    m = published_map(name)
    flow = np.tan(m.step * np.arange(len(m.head)))
    head, torque = ((1.0 + flow**2) * np.array(v) for v in (m.head, m.torque))
    return tuple(zip(flow.tolist(), head.tolist(), (flow * head / torque).tolist(), strict=True))
