"""Polygons on the sphere: keep-out areas and corridors of any shape, for checks (the optimizer's are in `corridor.py`)."""

from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError, core_schema

from ...core.documents import Document, FieldError
from ...core.earth import MEAN_RADIUS
from ...core.quantity import SI
from ..environment.csv_columns import read_named_file
from .corridor import direction_of
from .geojson import GeoJsonError, read_polygons

CornerLatitude = Annotated[float, SI("rad", ("28.5 deg",), ge=-np.pi / 2, le=np.pi / 2)]
CornerLongitude = Annotated[float, SI("rad", ("-80.5 deg",), ge=-2 * np.pi, le=2 * np.pi)]


class Area(Document):
    """A polygon on the ground; its edges are great circles, its last corner joins its first. Smaller than a hemisphere."""

    name: str = Field(min_length=1)
    latitude: tuple[CornerLatitude, ...] = Field(min_length=3, description="geodetic, of the corners in order")
    longitude: tuple[CornerLongitude, ...] = Field(min_length=3)

    @model_validator(mode="after")
    def _is_a_polygon(self) -> Self:
        if len(self.latitude) != len(self.longitude):
            raise FieldError("longitude", f"{len(self.longitude)} longitudes for {len(self.latitude)} latitudes")
        points = direction_of(self.latitude, self.longitude)
        gaps = np.linalg.norm(points - np.roll(points, -1, axis=0), axis=1)
        if np.any(gaps < 1e-9):
            raise FieldError("latitude", "two corners that follow each other are the same point")
        middle = points.mean(axis=0)
        if np.linalg.norm(middle) < 0.1 or np.min(points @ middle) <= 0.0:
            raise FieldError("latitude", "a polygon lies within one hemisphere; split it")
        return self

    def distance(self, latitude: Any, longitude: Any) -> np.ndarray:
        """Distance [m] of points [rad] (n,) from the polygon's edge along the mean sphere; negative inside.

        Within 0.3 % of the ellipsoid's. Inside is what the edges go round once, either way.
        """
        corners = direction_of(self.latitude, self.longitude)
        return signed_distances(corners, direction_of(np.atleast_1d(latitude), np.atleast_1d(longitude)))


def signed_distances(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Signed distances [m] of directions (n, 3) from a polygon of directions (m, 3), along great circles; negative inside."""
    after = np.roll(corners, -1, axis=0)
    normal = np.cross(corners, after)
    normal = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    beside = (points @ np.cross(normal, corners).T >= 0) & (points @ np.cross(after, normal).T >= 0)
    to_edge = np.abs(np.arcsin(np.clip(points @ normal.T, -1, 1)))
    chord = np.linalg.norm(points[:, None, :] - corners[None, :, :], axis=2)
    to_corner = 2.0 * np.arcsin(np.clip(chord / 2.0, 0, 1))
    nearest = np.where(beside, to_edge, np.minimum(to_corner, np.roll(to_corner, -1, axis=1))).min(axis=1)
    # how far the corners go round each point
    triple = points @ np.cross(corners, after).T
    cosine = points @ corners.T
    turned = np.arctan2(triple, np.sum(corners * after, axis=1) - cosine * np.roll(cosine, -1, axis=1)).sum(axis=1)
    inside = (np.abs(turned) > np.pi) & (points @ corners.mean(axis=0) > 0)
    return MEAN_RADIUS * np.where(inside, -nearest, nearest)


class _GeoJsonMarker:
    """In a file: the path of a GeoJSON file, or the areas written inline."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def resolve(value: Any, inner: core_schema.ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
            if not isinstance(value, str):
                return inner(value)
            path, raw = read_named_file(value, info)
            try:
                found = read_polygons(raw)
            except GeoJsonError as error:
                raise PydanticCustomError("geojson", "{text}", {"text": f"'{path.name}': {error}"}) from None
            return inner(
                [
                    {"name": name, "latitude": [f"{v!r} deg" for v in lat], "longitude": [f"{v!r} deg" for v in lon]}
                    for name, lat, lon in found
                ]
            )

        return core_schema.with_info_wrap_validator_function(
            resolve, handler(source), serialization=core_schema.wrap_serializer_function_ser_schema(lambda v, h: h(v))
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {"anyOf": [{"type": "string", "description": "path of a GeoJSON file"}, handler(schema)]}


Areas = Annotated[tuple[Area, ...], _GeoJsonMarker()]
