"""Rules of what follows a launch: registration, anomalies, prices."""

from ....core.findings import Severity
from ....core.time import parse_utc
from ..business import PriceOffer
from ..examples import DELETE
from ..launches import (
    Anomaly,
    Launch,
    RegistrationRecord,
)
from .engine import Package, Problems, in_order, instant, rule, unique

MU = 3.986004418e14  # m³/s², WGS 84
EQUATOR = 6378137.0  # m
PERIOD_TOLERANCE = 0.005  # nodal against Keplerian period: J2 changes it by 0.2 %


@rule(
    "LD-REG-001",
    RegistrationRecord,
    says="perigee is not above apogee",
    fails={"registration/perigee_height_m": 800000.0},
)
def _registered_perigee(record: RegistrationRecord, package: Package) -> Problems:
    if record.perigee_height_m > record.apogee_height_m:
        yield (
            "perigee_height_m",
            f"perigee {record.perigee_height_m:g} m lies above apogee {record.apogee_height_m:g} m",
        )


@rule(
    "LD-REG-002",
    RegistrationRecord,
    says="the period is that of the heights",
    fails={"registration/nodal_period_s": 99.8},
)
def _period(record: RegistrationRecord, package: Package) -> Problems:
    axis = EQUATOR + 0.5 * (record.perigee_height_m + record.apogee_height_m)
    kepler = 2.0 * 3.141592653589793 * (max(axis, 1.0) ** 3 / MU) ** 0.5
    if abs(record.nodal_period_s - kepler) > PERIOD_TOLERANCE * kepler:
        yield (
            "nodal_period_s",
            f"{record.nodal_period_s:g} s; perigee and apogee give {kepler:.0f} s. Minutes in place of seconds?",
        )


@rule(
    "LD-REG-003",
    RegistrationRecord,
    says="an object is launched at the launch's T-0",
    fails={"registration/launched_at": "2027-03-02T22:04:00Z"},
)
def _registered_at(record: RegistrationRecord, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        isinstance(launch, Launch)
        and launch.t0.kind == "actual"
        and parse_utc(record.launched_at) != parse_utc(launch.t0.value)
    ):
        yield "launched_at", f"{record.launched_at} is not the launch's T-0, {launch.t0.value}"


@rule(
    "LD-REG-004",
    RegistrationRecord,
    says="launching states are ISO 3166 codes, each once",
    fails={"registration/launching_states": ["China"]},
)
def _states(record: RegistrationRecord, package: Package) -> Problems:
    for i, state in enumerate(record.launching_states):
        if len(state) != 2 or not state.isascii() or not state.isupper():
            yield f"launching_states/{i}", f"{state!r} is no code of two letters"
    if (twice := unique(record.launching_states)) is not None:
        yield "launching_states", f"{twice} stands twice"


@rule("LD-ANO-001", Anomaly, says="a closed anomaly has a cause", fails={"anomaly/cause": DELETE})
def _cause(record: Anomaly, package: Package) -> Problems:
    if record.state == "closed" and record.cause is None:
        yield "cause", "closed without a cause"


@rule(
    "LD-ANO-002",
    Anomaly,
    says="a grave anomaly that is closed has corrective actions",
    fails={"anomaly/severity": "major", "anomaly/corrective_actions": []},
)
def _actions(record: Anomaly, package: Package) -> Problems:
    if record.state == "closed" and record.severity not in ("observation", "minor") and not record.corrective_actions:
        yield "corrective_actions", f"{record.severity}, closed, and nothing was done"


@rule("LD-ANO-003", Anomaly, says="the loss of a vehicle is no success", fails={"anomaly/severity": "loss of vehicle"})
def _loss(record: Anomaly, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        record.severity in ("loss of vehicle", "loss of mission")
        and isinstance(launch, Launch)
        and launch.state == "success"
    ):
        yield "severity", f"{record.severity}, and the launch is a success"


@rule("LD-ANO-004", Anomaly, says="an anomaly's two times agree", fails={"anomaly/t_s": 52.0})
def _two_times(record: Anomaly, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        isinstance(launch, Launch)
        and record.t_s is not None
        and record.occurred_at.precision in ("second", "millisecond", "nanosecond")
    ):
        apart = (instant(record.occurred_at.value) - instant(launch.t0.value)) / 1e9 - record.t_s
        if launch.t0.kind == "actual" and abs(apart) > 1.0:
            yield "t_s", f"T{record.t_s:+g} s and {record.occurred_at.value} are {abs(apart):.0f} s apart"


@rule(
    "LD-PRC-001",
    PriceOffer,
    says="a price per kilogram is the price over the denominator",
    fails={"price-offer/per_kilogram/denominator_kg": 800.0},
)
def _per_kilogram(record: PriceOffer, package: Package) -> Problems:
    part = record.per_kilogram
    if part is not None and record.subject == "dedicated launch" and part.price.currency == record.price.currency:
        computed = float(record.price.amount) / part.denominator_kg
        if abs(computed - float(part.price.amount)) > 0.01 * computed:
            yield "per_kilogram/price", f"{part.price.amount} a kilogram; price over denominator gives {computed:.2f}"


@rule(
    "LD-PRC-002",
    PriceOffer,
    says="a price for a slot names the slot",
    fails={"price-offer/subject": "slot", "price-offer/slot": DELETE},
)
def _slot_price(record: PriceOffer, package: Package) -> Problems:
    if record.subject == "slot" and record.slot is None and record.kind == "contract":
        yield "slot", "a contract for a slot names it"
    if record.subject == "slot" and record.slot is None and record.kind == "list" and record.per_kilogram is not None:
        yield "slot", "a list price for a slot with a price per kilogram names the slot that it divides by"


@rule(
    "LD-PRC-003",
    PriceOffer,
    says="a launch's price names the type of vehicle",
    fails={"price-offer/vehicle_type": DELETE},
)
def _launch_price(record: PriceOffer, package: Package) -> Problems:
    if record.subject == "dedicated launch" and record.vehicle_type is None:
        yield "vehicle_type", "the price of a launch of what?"


@rule(
    "LD-PRC-004",
    PriceOffer,
    says="a price says whether it holds tax",
    fails={"price-offer/price/includes_vat": DELETE},
    severity=Severity.WARN,
)
def _tax(record: PriceOffer, package: Package) -> Problems:
    if record.price.includes_vat is None:
        yield "price/includes_vat", "with tax or without is not said"


@rule(
    "LD-PRC-005",
    PriceOffer,
    says="a cost is not public by oversight",
    fails={"price-offer/kind": "marginal cost"},
    severity=Severity.WARN,
)
def _public_cost(record: PriceOffer, package: Package) -> Problems:
    if record.kind in ("contract", "marginal cost", "amortised cost") and record.access.level == "public":
        yield "access", f"a {record.kind} with public access; is that meant?"


in_order(
    "LD-PRC-006",
    PriceOffer,
    "price/rate_date",
    "issued_at",
    "a rate of exchange is not of a later day than the record",
    {"price-offer/price/rate_date": "2028-01-04T00:00:00Z"},
)
