"""Rules of sites, pads and landing zones."""

from math import asin, cos, hypot, radians, sin, sqrt

from ....core.findings import Severity
from ..examples import DELETE
from ..places import GeodeticPoint, LandingZone, Pad, Provider, Site
from .engine import Package, Problems, rule, together, unique

NEAR = 60e3  # m: pads of one site lie closer
EARTH = 6371e3


def distance(a: GeodeticPoint, b: GeodeticPoint) -> float:
    """Along a sphere [m]; good to 0.5 %, for questions of kilometres."""
    p, q = radians(a.latitude_deg), radians(b.latitude_deg)
    across = sin((q - p) / 2) ** 2 + cos(p) * cos(q) * sin(radians(b.longitude_deg - a.longitude_deg) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(across)))


@rule(
    "LD-PRO-001",
    Provider,
    says="a provider names a contact for collision avoidance",
    fails={"provider/contacts": []},
    severity=Severity.WARN,
)
def _contact(record: Provider, package: Package) -> Problems:
    if not any(c.role == "collision avoidance" for c in record.contacts):
        yield "contacts", "nobody can be reached about collision avoidance; add a contact with that role"


@rule(
    "LD-PRO-002",
    Provider,
    says="a contact can be reached",
    fails={"provider/contacts": [{"role": "collision avoidance", "name": "X"}]},
)
def _reachable(record: Provider, package: Package) -> Problems:
    for i, contact in enumerate(record.contacts):
        if contact.email is None and contact.phone is None:
            yield f"contacts/{i}", "a contact without email and phone"


together(
    "LD-SIT-001",
    Site,
    ("azimuth_min_deg", "azimuth_max_deg"),
    "the sector of azimuths has both ends",
    {"site/azimuth_min_deg": DELETE},
)


@rule(
    "LD-SIT-002",
    Site,
    says="no site stands at 0, 0",
    fails={"site/location": {"latitude_deg": 0.0, "longitude_deg": 0.0}},
)
def _nowhere(record: Site, package: Package) -> Problems:
    if hypot(record.location.latitude_deg, record.location.longitude_deg) < 0.01:
        yield "location", "latitude and longitude are both 0, where nothing was filled in; there is no site there"


@rule(
    "LD-PAD-001",
    Pad,
    says="a pad lies at its site",
    fails={"pad/location": {"latitude_deg": 28.6, "longitude_deg": -80.6}},
)
def _at_its_site(record: Pad, package: Package) -> Problems:
    site = package.find(record.site)
    if isinstance(site, Site) and (far := distance(site.location, record.location)) > NEAR:
        yield "location", f"the pad lies {far / 1e3:.0f} km from its site; one of the two places, or the site, is wrong"


@rule(
    "LD-PAD-002",
    Pad,
    says="a pad lists a type of vehicle once",
    fails={"pad/vehicle_types": ["urn:osea:example:vehicle-type:1", "urn:osea:example:vehicle-type:1"]},
)
def _types_once(record: Pad, package: Package) -> Problems:
    if (twice := unique(record.vehicle_types)) is not None:
        yield "vehicle_types", f"{twice} stands twice"


@rule("LD-ZON-001", LandingZone, says="a ship moves", fails={"landing-zone/moves": False}, severity=Severity.WARN)
def _ships_move(record: LandingZone, package: Package) -> Problems:
    if record.kind == "ship" and not record.moves:
        yield "moves", "a ship that does not move; say moves, so that its place is taken for a plan"


@rule("LD-ZON-002", LandingZone, says="a pad ashore does not move", fails={"landing-zone/kind": "pad"})
def _pads_stay(record: LandingZone, package: Package) -> Problems:
    if record.kind in ("pad", "land") and record.moves:
        yield "moves", f"a landing zone of kind {record.kind} does not move"


@rule(
    "LD-ZON-003",
    LandingZone,
    says="a pad or a ship says what load it bears",
    fails={"landing-zone/load_limit_N": DELETE},
)
def _bears(record: LandingZone, package: Package) -> Problems:
    if record.kind in ("pad", "ship") and record.load_limit_N is None:
        yield "load_limit_N", "the load that it bears is not stated, so no vehicle can be checked against it"


@rule(
    "LD-ZON-004",
    LandingZone,
    says="a ship says its limits of wind and sea",
    fails={"landing-zone/sea_state_limit": DELETE},
)
def _weather(record: LandingZone, package: Package) -> Problems:
    if record.kind == "ship" and (record.sea_state_limit is None or record.wind_limit_m_s is None):
        yield (
            "sea_state_limit",
            "a ship without wind_limit_m_s and sea_state_limit; nobody knows when it can be landed on",
        )
