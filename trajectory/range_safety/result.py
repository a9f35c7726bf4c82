"""The range's view of a flight: impact points, footprints, casualties, and their files."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...core.results import Array, Result, Unit
from .footprint import Footprint
from .geojson import feature_collection, line_feature, point_feature, polygon_feature
from .kml import KmlDocument


@dataclass(frozen=True, kw_only=True)
class ImpactTrace(Result):
    """Impact points of the vehicle along its flight, up to the moment from which it would not come down; geodetic.

    time: since T-0, when thrust would end; time_to_impact from then. ballistic_coefficient: None in vacuum.
    """

    ballistic_coefficient: Annotated[float, Unit("kg/m^2")] | None
    time: Annotated[Array, Unit("s")]
    latitude: Annotated[Array, Unit("rad")]
    longitude: Annotated[Array, Unit("rad")]
    time_to_impact: Annotated[Array, Unit("s")]


@dataclass(frozen=True, kw_only=True)
class Zone(Result):
    """A polygon of the range: kind 'keep-out' or 'corridor', corners geodetic, and the nearest that any trace came to its edge.

    nearest: distance of the vacuum trace's nearest point, negative when it is inside.
    """

    name: str
    kind: str
    latitude: Annotated[Array, Unit("rad")]
    longitude: Annotated[Array, Unit("rad")]
    nearest: Annotated[float, Unit("m")]


@dataclass(frozen=True, kw_only=True)
class BodyRisk(Result):
    """Expected casualties of the bodies of one name, None where it cannot be said."""

    body: str
    expected_casualties: float | None


@dataclass(frozen=True, kw_only=True)
class RangeResult(Result):
    """What the range wants to see. expected_casualties: of the planned jettisons alone, None when some body's is not known."""

    track_latitude: Annotated[Array, Unit("rad")]
    track_longitude: Annotated[Array, Unit("rad")]
    track_altitude: Annotated[Array, Unit("m")]
    vacuum: ImpactTrace
    with_drag: ImpactTrace | None
    footprints: tuple[Footprint, ...]
    zones: tuple[Zone, ...]
    risks: tuple[BodyRisk, ...]
    expected_casualties: float | None

    def geojson(self) -> str:
        """Ground track, impact traces, footprints and areas as GeoJSON text."""
        features = [line_feature("ground track", self.track_latitude, self.track_longitude, kind="ground track")]
        for trace, name in self._traces():
            if len(trace.time) > 1:
                features.append(line_feature(name, trace.latitude, trace.longitude, kind="impact point trace"))
        for f in self.footprints:
            features.append(
                point_feature(f.body, f.latitude, f.longitude, kind="impact", time_s=f.time, speed_m_s=f.speed)
            )
            lat, lon = f.outline()
            features.append(
                polygon_feature(
                    f"{f.body}, {100 * f.probability:g} %", lat, lon, kind="footprint", probability=f.probability,
                    semi_major_m=f.semi_major, semi_minor_m=f.semi_minor, azimuth_deg=float(np.degrees(f.azimuth)),
                )
            )  # fmt: skip
        features += [polygon_feature(z.name, z.latitude, z.longitude, kind=z.kind) for z in self.zones]
        return feature_collection(features)

    def kml(self, name: str = "Flight") -> str:
        """The same as KML text. Altitudes stand above the ellipsoid where KML means sea level: up to 107 m off."""
        kml = KmlDocument(name)
        kml.line("Trajectory", self.track_latitude, self.track_longitude, style="track", altitude=self.track_altitude)
        kml.line("Ground track", self.track_latitude, self.track_longitude, style="track")
        for trace, label in self._traces():
            if len(trace.time) > 1:
                kml.line(label, trace.latitude, trace.longitude, style="impact")
        for f in self.footprints:
            text = f"{f.speed:.0f} m/s, {f.time:.0f} s after T-0; {2e-3 * f.semi_major:.1f} km by {2e-3 * f.semi_minor:.1f} km"
            kml.point(f.body, f.latitude, f.longitude, description=text)
            kml.area(f"{f.body}, {100 * f.probability:g} %", *f.outline(), style="footprint", description=text)
        for z in self.zones:
            kml.area(z.name, z.latitude, z.longitude, style=z.kind)
        return kml.text()

    def _traces(self) -> list[tuple[ImpactTrace, str]]:
        traces = [(self.vacuum, "Impact point, vacuum")]
        if self.with_drag is not None:
            traces.append((self.with_drag, "Impact point, with drag"))
        return traces
