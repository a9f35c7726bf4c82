"""Open lists of words: a word that no version of the protocol knows begins with x-, so that it is no slip of the pen."""

import difflib
from typing import Any

from ....core.findings import Severity
from ....core.wire import Record
from ..business import PriceOffer
from ..dynamics import HazardArea, SeparationState, TrajectoryRecord
from ..kinds import kind_name
from ..launches import Anomaly, Environments, InterfaceDocument, Launch, ManifestSlot, Mission, Opportunity
from ..live import CountdownClock
from ..places import LandingZone
from ..vehicles import RecoveryRecord, VehicleItem, VehicleType
from .engine import Package, Problems, add

RECOVERY = ("expend", "rtls", "ship", "net", "parachute", "fly-back", "splashdown", "none")
FRAMES = (
    "ITRF2020",
    "ITRF2014",
    "ITRF2008",
    "ITRF2000",
    "WGS84",
    "GCRF",
    "EME2000",
    "TOD",
    "TEME",
    "inertial_from_frozen_ecef",
)

# (kinds, path with * for every item of a list, words, path of the example that is changed)
LISTS: tuple[tuple[tuple[type[Record], ...], str, tuple[str, ...], str], ...] = (
    ((), "status", ("predicted", "planned", "actual", "corrected"), "site/status"),
    ((), "access/level", ("public", "embargo", "partner", "regulator", "controlled"), "site/access/level"),
    (
        (),
        "provenance/*/method",
        ("computed", "measured", "imported", "entered", "estimated"),
        "site/provenance/0/method",
    ),
    ((LandingZone,), "kind", ("pad", "ship", "net", "sea", "land"), ""),
    ((VehicleType,), "performance/*/recovery_mode", RECOVERY, "vehicle-type/performance/0/recovery_mode"),
    ((VehicleItem,), "kind", ("booster", "upper-stage", "fairing-half", "engine", "strap-on", "capsule"), ""),
    ((VehicleItem,), "state", ("active", "refurbishing", "stored", "expended", "lost", "retired"), ""),
    ((Mission,), "kind", ("dedicated", "rideshare", "test", "crew", "resupply"), ""),
    (
        (Launch,),
        "state",
        ("planned", "go", "hold", "scrubbed", "in-flight", "success", "partial-failure", "failure"),
        "",
    ),
    ((Launch,), "t0_definition", ("first motion", "lift-off signal", "engine start", "guidance zero"), ""),
    ((Launch,), "attempts/*/result", ("lifted-off", "scrubbed", "aborted", "pending"), "launch/attempts/0/result"),
    ((Launch,), "t0/kind", ("net", "planned", "actual"), "launch/t0/kind"),
    ((Opportunity,), "state", ("open", "closed", "used", "withdrawn"), ""),
    (
        (Opportunity,),
        "closures/*/reason",
        ("collision avoidance", "weather", "range", "sun angle", "vehicle", "ground"),
        "opportunity/closures/0/reason",
    ),
    ((ManifestSlot,), "state", ("free", "offered", "held", "booked", "flown"), ""),
    (
        (InterfaceDocument,),
        "requirements/*/verification",
        ("test", "analysis", "inspection", "similarity", "review"),
        "interface-document/requirements/0/verification",
    ),
    (
        (InterfaceDocument,),
        "requirements/*/state",
        ("open", "verified", "waived", "failed"),
        "interface-document/requirements/0/state",
    ),
    (
        (Environments,),
        "curves/*/quantity",
        ("random psd", "shock response spectrum", "sound pressure octave", "sine"),
        "environments/curves/0/quantity",
    ),
    (
        (Environments,),
        "curves/*/level_kind",
        ("MPE", "P95/50", "P99/90", "qualification", "acceptance"),
        "environments/curves/0/level_kind",
    ),
    ((CountdownClock,), "state", ("counting", "holding", "recycled", "scrubbed", "lifted-off"), ""),
    ((TrajectoryRecord,), "phase", ("ascent", "coast", "disposal", "booster return", "as flown"), ""),
    ((TrajectoryRecord, SeparationState), "frame", FRAMES, "separation-state/frame"),
    (
        (SeparationState,),
        "covariance/frame",
        ("RTN_INERTIAL", "RTN_ROTATING", "same"),
        "separation-state/covariance/frame",
    ),
    (
        (SeparationState,),
        "covariance/basis",
        ("monte-carlo", "linear", "as-flown filter", "engineering judgement"),
        "separation-state/covariance/basis",
    ),
    ((HazardArea,), "kind", ("aircraft", "ship", "ground", "launch site", "landing", "re-entry"), ""),
    ((RecoveryRecord,), "mode", RECOVERY, ""),
    ((RecoveryRecord,), "outcome", ("success", "damaged", "lost", "not-attempted", "unknown"), ""),
    ((PriceOffer,), "kind", ("list", "contract", "marginal cost", "amortised cost", "estimate"), ""),
    ((PriceOffer,), "subject", ("dedicated launch", "slot", "kilogram", "refurbishment"), ""),
    (
        (PriceOffer,),
        "per_kilogram/denominator",
        ("payload delivered", "capacity to reference orbit", "slot mass"),
        "price-offer/per_kilogram/denominator",
    ),
    (
        (Anomaly,),
        "severity",
        ("observation", "minor", "major", "loss of mission", "loss of vehicle"),
        "",
    ),
    ((Anomaly,), "state", ("open", "under investigation", "closed"), ""),
)


def _words(record: Any, path: str) -> list[tuple[str, str]]:
    """(path, word) of every place that a path with stars names."""
    found = [("", record)]
    for step in path.split("/"):
        if step == "*":
            found = [(f"{p}/{i}", item) for p, many in found for i, item in enumerate(many or ())]
        else:
            found = [(f"{p}/{step}", getattr(v, step, None)) for p, v in found if v is not None]
    return [(p.lstrip("/"), v) for p, v in found if isinstance(v, str)]


def _unknown(path: str, words: tuple[str, ...]):
    def check(record: Any, package: Package) -> Problems:
        for place, word in _words(record, path):
            if word not in words and not word.startswith("x-"):
                near = difflib.get_close_matches(word, words, 1)
                meant = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(words)}"
                yield place, f"{word!r} is no word of this list: {meant} Words of your own begin with x-"

    return check


for _number, (_kinds, _path, _list, _example) in enumerate(LISTS, 1):
    _where = _example or f"{kind_name(next(iter(_kinds)))}/{_path}"
    _speak = ", ".join(kind_name(k) for k in _kinds) or "any record"
    add(
        f"LD-WRD-{_number:03d}",
        _kinds,
        f"{_path} of {_speak} is one of {', '.join(_list)}, or begins with x-",
        _unknown(_path, _list),
        {_where: "plnned"},
        Severity.WARN,
    )
