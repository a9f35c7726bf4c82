"""Rules of the envelope that every record has: identity, revisions, access, provenance, money."""

from ....core.findings import Severity
from ....core.wire import Interval, Moment, Money, Record, Uncertain
from ..examples import DELETE
from .engine import Package, Problems, instant, rule, unique

_LAST = {"year": "-01-01T00:00:00Z", "month": "-01T00:00:00Z", "day": "T00:00:00Z"}


@rule(
    "LD-REC-001",
    says="revision 1 supersedes nothing",
    fails={"site/supersedes": {"id": "urn:osea:example:site:1", "revision": 1}},
)
def _first_revision(record: Record, package: Package) -> Problems:
    if record.revision == 1 and record.supersedes is not None:
        yield "supersedes", "a first revision supersedes nothing; raise revision, or leave supersedes out"


@rule("LD-REC-002", says="a later revision names the one that it supersedes", fails={"site/revision": 2})
def _later_revision(record: Record, package: Package) -> Problems:
    if record.revision > 1 and record.supersedes is None:
        yield (
            "supersedes",
            f"revision {record.revision} does not name what it supersedes; give id and revision of the one before",
        )


@rule(
    "LD-REC-003",
    says="a revision supersedes an earlier one of the same record",
    fails={"site/revision": 2, "site/supersedes": {"id": "urn:osea:example:pad:1", "revision": 1}},
)
def _same_record(record: Record, package: Package) -> Problems:
    before = record.supersedes
    if before is not None and before.id != record.id:
        yield "supersedes/id", f"{before.id} is another record; a revision supersedes one of {record.id}"
    if before is not None and before.revision is not None and before.revision >= record.revision:
        yield "supersedes/revision", f"revision {record.revision} cannot supersede revision {before.revision}"


@rule(
    "LD-REC-004",
    says="no two records of a package have the same id and revision",
    fails={"pad/id": "urn:osea:example:site:1"},
)
def _once(record: Record, package: Package) -> Problems:
    same = [r for r in package.by_id[record.id] if r.revision == record.revision]
    if len(same) > 1:
        yield (
            "id",
            f"{record.id} revision {record.revision} stands {len(same)} times; records are appended, never changed",
        )


@rule(
    "LD-REC-005",
    says="what is actual is not issued before it happened",
    fails={"flight-unit-log/issued_at": "2027-03-01T00:00:00Z"},
)
def _after_the_fact(record: Record, package: Package) -> Problems:
    if record.status != "actual":
        return
    for name in ("lifted_off_at", "launched_at", "at"):
        when = getattr(record, name, None)
        if isinstance(when, str) and instant(when) > instant(record.issued_at):
            yield (
                "issued_at",
                f"the record says what was at {when}, and was issued before; give it status predicted or planned",
            )


@rule("LD-REC-006", says="an embargo ends: at a time or with an event", fails={"site/access": {"level": "embargo"}})
def _embargo(record: Record, package: Package) -> Problems:
    if record.access.level == "embargo" and record.access.until is None and record.access.until_event is None:
        yield "access", "an embargo without an end; give until, or until_event"


@rule("LD-REC-007", says="access for partners names them", fails={"site/access": {"level": "partner"}})
def _partners(record: Record, package: Package) -> Problems:
    if record.access.level == "partner" and not record.access.partners:
        yield "access/partners", "access for partners names nobody; list them, or say regulator or controlled"


@rule(
    "LD-REC-008",
    says="controlled access names the regime and its jurisdiction",
    fails={"site/access": {"level": "controlled"}},
)
def _regime(record: Record, package: Package) -> Problems:
    if record.access.level == "controlled" and (record.access.regime is None or record.access.jurisdiction is None):
        yield "access", "controlled without regime and jurisdiction; name the law and the state whose it is"


@rule(
    "LD-REC-009",
    says="public access lists no partners, regime or end",
    fails={"site/access": {"level": "public", "partners": ["urn:osea:example:provider:1"]}},
    severity=Severity.WARN,
)
def _public(record: Record, package: Package) -> Problems:
    access = record.access
    if access.level == "public" and (access.partners or access.regime or access.until or access.until_event):
        yield "access", "public, and yet a restriction is stated; one of the two is a mistake"


@rule("LD-REC-010", says="a record says how it came to be", fails={"site/provenance": []}, severity=Severity.WARN)
def _provenance(record: Record, package: Package) -> Problems:
    if not record.provenance:
        yield "provenance", "nothing says how the content came to be; give at least a method"


@rule(
    "LD-REC-011",
    says="what was imported names its source and when it was taken",
    fails={"site/provenance": [{"method": "imported"}]},
)
def _imported(record: Record, package: Package) -> Problems:
    for i, item in enumerate(record.provenance):
        if item.method == "imported" and (item.source is None or item.retrieved_at is None):
            yield f"provenance/{i}", "imported without source and retrieved_at; name both"


@rule("LD-REC-012", says="what was computed names its software", fails={"site/provenance": [{"method": "computed"}]})
def _computed(record: Record, package: Package) -> Problems:
    for i, item in enumerate(record.provenance):
        if item.method == "computed" and item.software is None:
            yield f"provenance/{i}/software", "computed by what; name software and version"


@rule(
    "LD-REC-013",
    says="other names of one thing are of different types",
    fails={
        "launch/alt_ids": [
            {"type": "cospar_launch", "value": "2027-031"},
            {"type": "cospar_launch", "value": "2027-032"},
        ]
    },
)
def _alternatives(record: Record, package: Package) -> Problems:
    if (twice := unique([a.type for a in record.alt_ids])) is not None:
        yield "alt_ids", f"two names of type {twice}; a thing has one"


@rule(
    "LD-REC-014",
    says="international designators are of the form 2027-031 (launch) and 2027-031A (piece)",
    fails={"launch/alt_ids": [{"type": "cospar_launch", "value": "27-31"}]},
)
def _designators(record: Record, package: Package) -> Problems:
    import re

    forms = {"cospar_launch": r"(19|20)\d\d-\d{3}", "cospar_piece": r"(19|20)\d\d-\d{3}[A-Z]{1,3}", "norad": r"\d{1,9}"}
    for i, item in enumerate(record.alt_ids):
        if item.type in forms and not re.fullmatch(forms[item.type], item.value):
            yield (
                f"alt_ids/{i}/value",
                f"{item.value!r} is no {item.type}; 2027-031, 2027-031A and up to nine digits are the forms",
            )


@rule(
    "LD-REC-015",
    says="an extension stands under the URL of its schema, and what must be understood (crit) is among them",
    fails={"site/extensions": {"colour": {"paint": "white"}}},
)
def _extensions(record: Record, package: Package) -> Problems:
    for url in record.crit:
        if url not in record.extensions:
            yield "crit", f"{url} is to be understood, and is not among the extensions"
    for url in record.extensions:
        if not url.startswith(("https://", "http://")):
            yield f"extensions/{url}", "an extension stands under the URL of its schema"


@rule(
    "LD-TIM-001",
    says="an interval ends after it starts, or when it starts",
    fails={"price-offer/valid/end": "2026-12-31T00:00:00Z"},
)
def _intervals(record: Record, package: Package) -> Problems:
    for path, part in package.parts(record, Interval):
        if instant(part.end) < instant(part.start):
            yield f"{path}/end", f"{part.end} is before {part.start}"


@rule(
    "LD-TIM-002",
    says="a time is written no finer than its precision",
    fails={"vehicle-item/built": {"value": "2026-05-17T00:00:00Z", "precision": "month", "kind": "actual"}},
)
def _precision(record: Record, package: Package) -> Problems:
    for path, part in package.parts(record, Moment):
        length = {"year": 4, "month": 7, "day": 10}.get(part.precision)
        if length and part.value.replace(".000", "")[length:] != _LAST[part.precision]:
            yield (
                f"{path}/value",
                f"{part.value} says more than a {part.precision}; write {part.value[:length]}{_LAST[part.precision]}",
            )


@rule(
    "LD-NUM-001",
    says="a range holds its value",
    fails={"vehicle-type/orbit_accuracy": {"inclination_deg": {"value": 0.0, "low": 0.1, "high": 0.2}}},
)
def _ranges(record: Record, package: Package) -> Problems:
    for path, part in package.parts(record, Uncertain):
        if (part.low is not None and part.low > part.value) or (part.high is not None and part.high < part.value):
            yield path, f"{part.value:g} does not lie between {part.low} and {part.high}"


@rule(
    "LD-NUM-002",
    says="a range says with which confidence it holds",
    fails={"vehicle-type/orbit_accuracy": {"inclination_deg": {"value": 0.0, "low": -0.1, "high": 0.2}}},
)
def _confidence(record: Record, package: Package) -> Problems:
    for path, part in package.parts(record, Uncertain):
        if (part.low is not None or part.high is not None) and part.confidence is None:
            yield (
                f"{path}/confidence",
                "a range without its confidence means nothing; give it, or sigma in place of the range",
            )


@rule("LD-MON-001", says="an amount of money is not negative", fails={"price-offer/price/amount": "-5.00"})
def _amounts(record: Record, package: Package) -> Problems:
    for path, part in package.parts(record, Money):
        if part.amount.startswith("-"):
            yield f"{path}/amount", f"{part.amount} {part.currency}: prices and costs are not negative"


@rule(
    "LD-MON-002",
    says="money says the year of its prices",
    fails={"price-offer/price/price_year": DELETE},
    severity=Severity.WARN,
)
def _price_year(record: Record, package: Package) -> Problems:
    for path, part in package.parts(record, Money):
        if part.price_year is None:
            yield (
                f"{path}/price_year",
                "the year of the prices is not stated, so nobody can compare it with another year's",
            )


@rule(
    "LD-MON-003",
    says="a converted amount has rate, currency before, date and source",
    fails={"price-offer/price/rate_source": DELETE},
)
def _rates(record: Record, package: Package) -> Problems:
    for path, part in package.parts(record, Money):
        fields = ("rate", "rate_from", "rate_date", "rate_source")
        given = [f for f in fields if getattr(part, f) is not None]
        if given and len(given) < 4:
            yield path, f"{', '.join(given)} without {', '.join(f for f in fields if f not in given)}"


@rule("LD-MON-004", says="a rate leads from another currency", fails={"price-offer/price/rate_from": "CNY"})
def _other_currency(record: Record, package: Package) -> Problems:
    for path, part in package.parts(record, Money):
        if part.rate_from == part.currency:
            yield f"{path}/rate_from", f"a rate from {part.currency} to {part.currency}; leave the rate out"
