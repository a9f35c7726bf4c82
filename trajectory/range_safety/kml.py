"""KML 2.2 (OGC 07-147r2) of tracks, points and areas, for viewers of the globe."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

import numpy as np

_NAMESPACE = "http://www.opengis.net/kml/2.2"
_STYLES = {  # KML colours are aabbggrr
    "track": ("ffd07a1f", 3.0, None),
    "impact": ("ff3c3cd6", 2.0, None),
    "footprint": ("ff3c3cd6", 1.5, "403c3cd6"),
    "keep-out": ("ff1f1f7f", 2.0, "401f1f7f"),
    "corridor": ("ff4f9f4f", 2.0, None),
}


class KmlDocument:
    """A KML file in the making: `line`, `area` and `point` add to it, `text()` is the file."""

    def __init__(self, name: str) -> None:
        self._root = ET.Element("kml", xmlns=_NAMESPACE)
        self._document = ET.SubElement(self._root, "Document")
        ET.SubElement(self._document, "name").text = name
        for key, (colour, width, fill) in _STYLES.items():
            style = ET.SubElement(self._document, "Style", id=key)
            line = ET.SubElement(style, "LineStyle")
            ET.SubElement(line, "color").text = colour
            ET.SubElement(line, "width").text = f"{width:g}"
            poly = ET.SubElement(style, "PolyStyle")
            ET.SubElement(poly, "color").text = fill or colour
            ET.SubElement(poly, "fill").text = "1" if fill else "0"

    def line(self, name: str, latitude: Any, longitude: Any, *, style: str, altitude: Any = None) -> None:
        """A track [rad]; with altitudes above sea level [m] it stands in space, without it lies on the ground."""
        mark = self._placemark(name, style)
        line = ET.SubElement(mark, "LineString")
        ET.SubElement(line, "tessellate").text = "0" if altitude is not None else "1"
        ET.SubElement(line, "altitudeMode").text = "absolute" if altitude is not None else "clampToGround"
        ET.SubElement(line, "coordinates").text = _coordinates(latitude, longitude, altitude)

    def area(self, name: str, latitude: Any, longitude: Any, *, style: str, description: str = "") -> None:
        """A polygon [rad] on the ground, closed when it is not."""
        latitude, longitude = np.asarray(latitude, float), np.asarray(longitude, float)
        if (latitude[0], longitude[0]) != (latitude[-1], longitude[-1]):
            latitude, longitude = np.append(latitude, latitude[0]), np.append(longitude, longitude[0])
        mark = self._placemark(name, style, description)
        polygon = ET.SubElement(mark, "Polygon")
        ET.SubElement(polygon, "tessellate").text = "1"
        ring = ET.SubElement(ET.SubElement(polygon, "outerBoundaryIs"), "LinearRing")
        ET.SubElement(ring, "coordinates").text = _coordinates(latitude, longitude, None)

    def point(self, name: str, latitude: float, longitude: float, *, description: str = "") -> None:
        """A named point [rad] on the ground."""
        mark = self._placemark(name, None, description)
        ET.SubElement(ET.SubElement(mark, "Point"), "coordinates").text = _coordinates([latitude], [longitude], None)

    def text(self) -> str:
        """The file."""
        ET.indent(self._root, " ")
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(self._root, encoding="unicode") + "\n"

    def _placemark(self, name: str, style: str | None, description: str = "") -> ET.Element:
        mark = ET.SubElement(self._document, "Placemark")
        ET.SubElement(mark, "name").text = name
        if description:
            ET.SubElement(mark, "description").text = description
        if style is not None:
            ET.SubElement(mark, "styleUrl").text = f"#{style}"
        return mark


def _coordinates(latitude: Any, longitude: Any, altitude: Any) -> str:
    lat, lon = np.degrees(latitude), (np.degrees(longitude) + 180.0) % 360.0 - 180.0
    if altitude is None:
        rows: Sequence[str] = [f"{b:.7f},{a:.7f}" for a, b in zip(lat, lon, strict=True)]
    else:
        rows = [f"{b:.7f},{a:.7f},{h:.1f}" for a, b, h in zip(lat, lon, altitude, strict=True)]
    return " ".join(rows)
