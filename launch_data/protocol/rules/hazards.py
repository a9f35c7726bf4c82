"""Rules of what is dangerous to others: screening packages, hazard areas, impact predictions."""

from typing import Any

from ....core.findings import Severity
from ....core.time import SECOND
from ..dynamics import HazardArea, ImpactPrediction, ScreeningPackage
from ..examples import DELETE
from ..launches import Launch, Opportunity
from .engine import Package, Problems, in_order, instant, rule, together, unique

in_order(
    "LD-SCR-001",
    ScreeningPackage,
    "t0_first",
    "t0_last",
    "the last T-0 is not before the first",
    {"screening-package/t0_last": "2027-03-01T21:00:00Z"},
)


@rule(
    "LD-SCR-002",
    ScreeningPackage,
    says="a screening package covers the windows that it names",
    fails={"screening-package/t0_last": "2027-03-01T22:05:00Z"},
)
def _covers(record: ScreeningPackage, package: Package) -> Problems:
    for i, name in enumerate(record.opportunities):
        found = package.find(name)
        if isinstance(found, Opportunity) and (
            instant(found.window.start) < instant(record.t0_first)
            or instant(found.window.end) > instant(record.t0_last)
        ):
            yield (
                f"opportunities/{i}",
                f"the window {found.window.start} to {found.window.end} is not covered by {record.t0_first} to {record.t0_last}",
            )


@rule(
    "LD-SCR-003",
    ScreeningPackage,
    says="a screening has a threshold",
    fails={"screening-package/probability_threshold": DELETE, "screening-package/miss_distance_m": DELETE},
)
def _threshold(record: ScreeningPackage, package: Package) -> Problems:
    if record.probability_threshold is None and record.miss_distance_m is None:
        yield "probability_threshold", "neither a probability nor a miss distance; a screener needs one"


@rule(
    "LD-SCR-004",
    ScreeningPackage,
    says="a probability needs covariances",
    fails={"screening-package/objects/0/has_covariance": False},
)
def _needs_covariance(record: ScreeningPackage, package: Package) -> Problems:
    for i, item in enumerate(record.objects):
        if record.probability_threshold is not None and not item.has_covariance:
            yield (
                f"objects/{i}/has_covariance",
                f"{item.name} has no covariance, and a probability of collision is asked for",
            )


@rule(
    "LD-SCR-005",
    ScreeningPackage,
    says="an object's ephemeris stops after it starts",
    fails={"screening-package/objects/0/stop_s": 3000.0},
)
def _span(record: ScreeningPackage, package: Package) -> Problems:
    for i, item in enumerate(record.objects):
        if item.stop_s <= item.start_s:
            yield f"objects/{i}/stop_s", f"{item.name} stops at {item.stop_s:g} s, before it starts"


@rule(
    "LD-SCR-006",
    ScreeningPackage,
    says="objects have different names and files",
    fails={
        "screening-package/objects": [
            {
                "name": "A",
                "file": {
                    "path": "a.oem",
                    "sha256": "0" * 64,
                    "media_type": "text/plain",
                    "format": "CCSDS OEM 2.0 KVN",
                },
                "hard_body_radius_m": 1.0,
                "start_s": 0.0,
                "stop_s": 9.0,
                "has_covariance": True,
            }
        ]
        * 2
    },
)
def _objects(record: ScreeningPackage, package: Package) -> Problems:
    for values, what in (([o.name for o in record.objects], "name"), ([o.file.path for o in record.objects], "file")):
        if (twice := unique(values)) is not None:
            yield "objects", f"two objects have the {what} {twice}"


@rule(
    "LD-SCR-007",
    ScreeningPackage,
    says="a step between two T-0 is no longer than screeners take",
    fails={"screening-package/step_s": 300.0},
    severity=Severity.WARN,
)
def _step(record: ScreeningPackage, package: Package) -> Problems:
    if record.step_s > 60.0:
        yield "step_s", f"{record.step_s:g} s: in one minute a conjunction moves by 450 km"


@rule(
    "LD-HAZ-001",
    HazardArea,
    says="an area is a GeoJSON polygon",
    fails={"hazard-area/geometry": {"type": "Point", "coordinates": [111.0, 14.0]}},
)
def _polygon(record: HazardArea, package: Package) -> Problems:
    if record.geometry.get("type") not in ("Polygon", "MultiPolygon"):
        yield "geometry/type", f"{record.geometry.get('type')!r} is no area; Polygon and MultiPolygon are"


@rule(
    "LD-HAZ-002",
    HazardArea,
    says="rings close",
    fails={"hazard-area/geometry/coordinates": [[[111.0, 14.0], [112.0, 14.0], [112.0, 14.6], [111.0, 14.6]]]},
)
def _closed(record: HazardArea, package: Package) -> Problems:
    for path, ring in _rings(record):
        if len(ring) < 4 or ring[0] != ring[-1]:
            yield path, "a ring has four points or more, and ends where it begins (RFC 7946, 3.1.6)"


@rule(
    "LD-HAZ-003",
    HazardArea,
    says="points are longitude and latitude",
    fails={"hazard-area/geometry/coordinates": [[[14.0, 111.0], [14.0, 112.0], [14.6, 112.0], [14.0, 111.0]]]},
)
def _points(record: HazardArea, package: Package) -> Problems:
    for path, ring in _rings(record):
        if any(not (isinstance(p, list) and len(p) >= 2 and abs(p[0]) <= 180.0 and abs(p[1]) <= 90.0) for p in ring):
            yield path, "a point is [longitude, latitude] in degrees; are they swapped?"


in_order(
    "LD-HAZ-004",
    HazardArea,
    "floor_m",
    "ceiling_m",
    "an area's floor lies under its ceiling",
    {"hazard-area/ceiling_m": -5.0},
)


@rule(
    "LD-HAZ-005",
    HazardArea,
    says="an area is active when it is launched",
    fails={"hazard-area/active": [{"start": "2027-03-04T21:30:00Z", "end": "2027-03-04T23:00:00Z"}]},
)
def _active(record: HazardArea, package: Package) -> Problems:
    launch = package.find(record.launch)
    if isinstance(launch, Launch) and launch.t0.precision in ("second", "millisecond", "nanosecond", "minute"):
        t0 = instant(launch.t0.value)
        if not any(instant(a.start) <= t0 + 86400 * SECOND and t0 <= instant(a.end) for a in record.active):
            yield "active", f"never active at T-0, {launch.t0.value}, or in the day after it"


@rule(
    "LD-HAZ-006",
    HazardArea,
    says="an area says what share of what falls it holds",
    fails={"hazard-area/containment": DELETE},
    severity=Severity.WARN,
)
def _containment(record: HazardArea, package: Package) -> Problems:
    if record.containment is None:
        yield "containment", "which share of the debris lies inside is not stated (0.9973 is 3 sigma in one dimension)"


together(
    "LD-IMP-001",
    ImpactPrediction,
    ("ellipse_semi_major_m", "ellipse_semi_minor_m", "ellipse_azimuth_deg", "ellipse_confidence"),
    "an ellipse has axes, azimuth and confidence",
    {"impact-prediction/ellipse_confidence": DELETE},
)
in_order(
    "LD-IMP-002",
    ImpactPrediction,
    "ellipse_semi_minor_m",
    "ellipse_semi_major_m",
    "the minor axis is not the longer one",
    {"impact-prediction/ellipse_semi_minor_m": 20000.0},
)


@rule(
    "LD-IMP-003",
    ImpactPrediction,
    says="nothing falls before T-0",
    fails={"impact-prediction/time_after_t0_s": -3.0, "impact-prediction/at": DELETE},
)
def _falls_after(record: ImpactPrediction, package: Package) -> Problems:
    if record.time_after_t0_s <= 0.0:
        yield "time_after_t0_s", f"{record.time_after_t0_s:g} s after T-0 is not after it"


@rule(
    "LD-IMP-004",
    ImpactPrediction,
    says="an impact's two times agree",
    fails={"impact-prediction/at": "2027-03-01T23:14:30Z"},
)
def _impact_times(record: ImpactPrediction, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        isinstance(launch, Launch)
        and record.at is not None
        and launch.t0.precision not in ("year", "half", "quarter", "month", "day", "hour")
    ):
        apart = (instant(record.at) - instant(launch.t0.value)) / SECOND - record.time_after_t0_s
        if abs(apart) > 60.0:
            yield "at", f"T-0 and {record.time_after_t0_s:g} s give another time, {abs(apart):.0f} s off"


@rule(
    "LD-IMP-005",
    ImpactPrediction,
    says="the expected number of casualties is within the usual limit",
    fails={"impact-prediction/casualty_expectation": 3e-4},
    severity=Severity.WARN,
)
def _casualties(record: ImpactPrediction, package: Package) -> Problems:
    if record.casualty_expectation is not None and record.casualty_expectation > 1e-4:
        yield (
            "casualty_expectation",
            f"{record.casualty_expectation:g} is above 1e-4, the limit of 14 CFR 450.101 for a whole mission",
        )


def _rings(record: HazardArea) -> list[tuple[str, list[Any]]]:
    """(path, points) of every ring of the area; what is no list is passed over, LD-HAZ-001 speaks of it."""
    coordinates = record.geometry.get("coordinates")
    kind = record.geometry.get("type")
    polygons = [coordinates] if kind == "Polygon" else coordinates if kind == "MultiPolygon" else []
    found = []
    for i, polygon in enumerate(polygons or []):
        for j, ring in enumerate(polygon if isinstance(polygon, list) else []):
            if isinstance(ring, list):
                found.append(
                    (f"geometry/coordinates/{i}/{j}" if kind == "MultiPolygon" else f"geometry/coordinates/{j}", ring)
                )
    return found
