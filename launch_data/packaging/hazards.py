"""Areas to keep clear, from the footprints of what an ascent drops: records, GeoJSON, KML, drafts of notices.

What falls by plan alone: debris of a flight that fails, toxic and acoustic areas, and the pad's own are the range's to add.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import degrees
from typing import Any

import numpy as np

from ...core.findings import Severity
from ...core.quantity import parse
from ...core.time import Instant, format_utc, parse_utc
from ...trajectory.range_safety.footprint import Footprint
from ...trajectory.range_safety.geojson import polygon_feature
from ...trajectory.range_safety.kml import KmlDocument
from ...trajectory.range_safety.result import RangeResult
from ..envelope import Envelope
from ..export import data_file
from .notices import Notice, corners_around, farthest, navarea, notam
from .runs import Parts, Plain, Run

AFTER = 900.0  # s that an area stays closed after the last impact: light parts fall slower than what was computed
NO_REGION, NO_AREA = "XXXX", "XX"


@dataclass(frozen=True, kw_only=True)
class Window:
    """First and last T-0."""

    opens: Instant
    closes: Instant


@dataclass(frozen=True, kw_only=True)
class Offices:
    """Whose notices they are: flight information region (ICAO) and NAVAREA, as the provider states them."""

    region: str = NO_REGION
    area: str = NO_AREA


def add_hazards(parts: Parts, run: Run, envelope: Envelope, window: Window, offices: Offices) -> None:
    """Put what the run's range result says into the package; nothing when the run has none that falls."""
    plain = run.result("range")
    seen = RangeResult.from_json(plain) if plain else None
    if seen is None or not seen.footprints:
        parts.tell(
            Severity.UNKNOWN,
            "no_footprints",
            str(run.path),
            "the run says of no body where it falls; give the study a `range`",
        )
        return
    features, texts, records = [], [], {}
    kml = KmlDocument(f"{run.facts.mission}: hazard areas")
    for footprint in seen.footprints:
        name = _slug(footprint.body)
        active = _active(footprint, window)
        features.append(_feature(footprint, active))
        kml.area(f"{footprint.body}, {100 * footprint.probability:g} %", *footprint.outline(), style="footprint")
        kml.point(footprint.body, footprint.latitude, footprint.longitude, description=f"{active[0]} to {active[1]}")
        texts.append(_notices(footprint, active, offices))
        records |= _areas(run, envelope, footprint, active, name)
    geojson = (json.dumps({"type": "FeatureCollection", "features": features}, indent=1) + "\n").encode()
    file = data_file("hazard-areas.geojson", geojson, "GeoJSON", "application/geo+json")
    for footprint in seen.footprints:
        records |= _impact(parts, run, envelope, seen, footprint, window, file)
    files = {
        "hazard-areas.geojson": geojson,
        "hazard-areas.kml": kml.text().encode(),
        "notices.txt": "\n".join(texts).encode(),
    }
    parts.add(records, files)
    if offices.region == NO_REGION or offices.area == NO_AREA:
        parts.tell(
            Severity.UNKNOWN,
            "notices",
            "notices.txt",
            f"the drafts say {NO_REGION} and {NO_AREA} in place of region and area; give --fir and --navarea",
        )


def _areas(run: Run, envelope: Envelope, footprint: Footprint, active: tuple[str, str], name: str) -> dict[str, Plain]:
    """One area for aircraft, from the surface without a ceiling, and one for ships."""
    feature = _feature(footprint, active)
    common: Plain = {
        "launch": envelope.urn("launch", run.facts.mission),
        "cause": f"{footprint.body} falls after {footprint.event}",
        "geometry": feature["geometry"],
        "active": [{"start": active[0], "end": active[1]}],
        "containment": footprint.probability,
        "notices": ["drafts in notices.txt; numbers are given by the offices"],
    }
    found = {}
    for kind, limits in (("aircraft", {"floor_m": 0.0}), ("ship", {"floor_m": 0.0, "ceiling_m": 0.0})):
        key = f"{run.facts.mission}, {footprint.body}, {kind}"
        found[f"hazard-area-{name}-{kind}"] = envelope.record("hazard-area", key, common | {"kind": kind} | limits)
    return found


def _impact(
    parts: Parts, run: Run, envelope: Envelope, seen: RangeResult, footprint: Footprint, window: Window, file: Plain
) -> dict[str, Plain]:
    mass = _mass(run, footprint.body)
    if mass is None:
        parts.tell(
            Severity.UNKNOWN,
            "impact_mass",
            str(run.path),
            f"the range's document states no mass of '{footprint.body}', so there is no impact prediction of it",
        )
        return {}
    risk = next((r.expected_casualties for r in seen.risks if r.body == footprint.body), None)
    fields: Plain = {
        "launch": envelope.urn("launch", run.facts.mission),
        "body": footprint.body,
        "nominal": {"latitude_deg": degrees(footprint.latitude), "longitude_deg": degrees(footprint.longitude)},
        "at": format_utc(parse_utc(str(run.facts.epoch)).plus(footprint.time), 3),
        "time_after_t0_s": footprint.time,
        "ellipse_semi_major_m": footprint.semi_major,
        "ellipse_semi_minor_m": footprint.semi_minor,
        "ellipse_azimuth_deg": degrees(footprint.azimuth) % 360.0,
        "ellipse_confidence": footprint.probability,
        "mass_kg": mass,
        "speed_m_s": footprint.speed,
        "casualty_expectation": risk,
        "file": file,
        "notes": f"{footprint.count} of the kind, each with this ellipse." if footprint.count > 1 else None,
    }
    key = f"{run.facts.mission}, {footprint.body}"
    return {f"impact-prediction-{_slug(footprint.body)}": envelope.record("impact-prediction", key, fields)}


def _mass(run: Run, body: str) -> float | None:
    bodies: Sequence[Any] = (run.study.get("range") or {}).get("bodies", ())
    text = next((b.get("mass") for b in bodies if b.get("name") == body), None)
    return None if text is None else parse(text, "kg")


def _active(footprint: Footprint, window: Window) -> tuple[str, str]:
    """From the first T-0 to a while after the last impact, whole seconds."""
    return format_utc(window.opens, 0), format_utc(window.closes.plus(footprint.time + AFTER), 0)


def _feature(footprint: Footprint, active: tuple[str, str]) -> Plain:
    lat, lon = footprint.outline()
    return polygon_feature(
        f"{footprint.body}, {100 * footprint.probability:g} %",
        lat,
        lon,
        kind="hazard area",
        containment=footprint.probability,
        active_from=active[0],
        active_to=active[1],
    )


def _notices(footprint: Footprint, active: tuple[str, str], offices: Offices) -> str:
    middle = float(np.degrees(footprint.latitude)), float(np.degrees(footprint.longitude))
    corners = corners_around(footprint)
    notice = Notice(
        what=footprint.body,
        corners=corners,
        middle=middle,
        radius=farthest(middle, corners),
        start=parse_utc(active[0]),
        end=parse_utc(active[1]),
    )
    return f"{notam(notice, offices.region)}\n{navarea(notice, offices.area)}"


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split()) or "body"
