"""J. McDowell's General Catalog of Artificial Space Objects (GCAT, CC-BY 4.0): launch log, vehicles, sites, organisations."""

import re
from collections.abc import Iterable, Mapping

from .source import Imported, Origin, Row

_MONTHS = {
    m: i for i, m in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1)
}
_DATE = re.compile(
    r"(?P<year>\d{4})"
    r"(?: (?P<month>[A-Z][a-z]{2})(?: +(?P<day>\d{1,2})(?: +(?P<hour>\d{2})(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?)?)?"
    r"(?P<doubt>\?)?"
)
_NOTHING = ("", "-", "?")


def read_table(text: str) -> Iterable[dict[str, str]]:
    """The rows of a GCAT table: tabs, a heading that begins with #, comment lines."""
    lines = text.splitlines()
    names = lines[0].lstrip("#").split("\t")
    for line in lines[1:]:
        if line and not line.startswith("#"):
            cells = line.split("\t")
            yield dict(zip(names, [*cells, *[""] * (len(names) - len(cells))], strict=False))


def vague_date(text: str) -> tuple[str, str, bool] | None:
    """(UTC, precision, doubtful) of `1957 Oct  4 1928:34`, `2019 Nov 26 2123`, `1998 Feb?`; None for what is no date."""
    match = _DATE.fullmatch(text.strip())
    if match is None or (match["month"] and match["month"] not in _MONTHS):
        return None
    month = _MONTHS[match["month"]] if match["month"] else 1
    precision = next(p for p in ("second", "minute", "day", "month", "year") if p == "year" or match[p])
    day = f"{match['year']}-{month:02d}-{int(match['day'] or 1):02d}"
    return (
        f"{day}T{match['hour'] or '00'}:{match['minute'] or '00'}:{match['second'] or '00'}Z",
        precision,
        bool(match["doubt"]),
    )


def import_gcat(tables: Mapping[str, str], origin: Origin) -> Imported:
    """`tables`: text by name, of launchlog (needed), lv, sites, orgs. One launch a tag, one payload a piece.

    Rows without a date that can be read, and sites without coordinates, become no record and are listed.
    """
    found = Imported()
    for number, data in enumerate(read_table(tables.get("sites", "#Site\n")), 3):
        _site(found, Row(data, f"sites.tsv:{number}"), origin)
    for number, data in enumerate(read_table(tables.get("lv", "#LV_Name\n")), 3):
        _vehicle(found, Row(data, f"lv.tsv:{number}"), origin)
    for number, data in enumerate(read_table(tables.get("orgs", "#Code\n")), 3):
        _provider(found, Row(data, f"orgs.tsv:{number}"), origin)
    seen: dict[str, list[str]] = {}
    launches: dict[str, tuple[dict, Row]] = {}
    for number, data in enumerate(read_table(tables["launchlog"]), 3):
        _piece(found, Row(data, f"launchlog.tsv:{number}"), origin, launches, seen)
    for tag, (plain, row) in launches.items():
        found.add(plain | {"payloads": seen[tag]}, row, origin.extension)
    return found


def _piece(found: Imported, row: Row, origin: Origin, launches: dict, seen: dict[str, list[str]]) -> None:
    tag = row.take("Launch_Tag").strip()
    if tag not in seen:
        date = vague_date(row.data["Launch_Date"])
        if date is None:
            found.leave_out(row.where, f"launch {tag}: {row.data['Launch_Date']!r} is no date")
            return
        seen[tag] = []
        launches[tag] = _launch(row, origin, tag, date)
        found.put(
            origin.envelope("mission", tag)
            | {
                "name": row.data["PLName"].strip() or tag,
                "provider": origin.urn("provider", row.data["Agency"]),
                "kind": "x-not stated",
            },
            row.where,
        )
    piece = Row(row.data, row.where)
    for name in (
        "Launch_Tag",
        "Launch_Date",
        "LV_Type",
        "Flight_ID",
        "Platform",
        "Launch_Site",
        "Launch_Pad",
        "Ascent_Site",
    ):
        piece.take(name)
    for name in ("Ascent_Pad", "Agency", "Launch_Code", "LTCite"):
        piece.take(name)
    catalogue = piece.take("JCAT").strip()
    identifier = catalogue if catalogue not in _NOTHING else f"{tag}-{len(seen[tag])}"
    name, designator = piece.take("Name").strip(), piece.take("Piece").strip()
    payload = origin.envelope("payload", identifier) | {
        "name": name or "not stated",
        "owner": "not stated",
        "alt_ids": [
            *([{"type": "gcat", "value": catalogue}] if catalogue not in _NOTHING else []),
            *(
                [{"type": "cospar_piece", "value": designator}]
                if re.fullmatch(r"(19|20)\d\d-\d{3}[A-Z]{1,3}", designator)
                else []
            ),
            *([{"type": "x-piece", "value": designator}] if designator not in _NOTHING else []),
        ],
    }
    urn = payload["id"]
    if urn not in seen[tag]:
        seen[tag].append(urn)
    found.add(payload, piece, origin.extension)


def _launch(row: Row, origin: Origin, tag: str, date: tuple[str, str, bool]) -> tuple[dict, Row]:
    """The launch of a tag, from its first row; the columns of the piece itself are the payload's."""
    own = Row(row.data, row.where)
    for name in ("Launch_Tag", "Piece", "Type", "Name", "PLName", "JCAT"):
        own.take(name)
    when, precision, doubtful = date
    code = own.take("Launch_Code").strip()
    own.take("Launch_Date")
    outcome = {"S": "success", "F": "failure", "U": "x-unknown", "M": "x-missile"}.get(code[1:2], "x-unknown")
    site, pad = own.take("Launch_Site").strip(), own.take("Launch_Pad").strip()
    designator = tag if re.fullmatch(r"(19|20)\d\d-\d{3}", tag) else None
    plain = origin.envelope("launch", tag) | {
        "name": own.take("Flight_ID").strip() if row.data["Flight_ID"].strip() not in _NOTHING else tag,
        "mission": origin.urn("mission", tag),
        "provider": origin.urn("provider", own.take("Agency")),
        "vehicle_type": origin.urn("vehicle-type", own.take("LV_Type")),
        "pad": origin.urn("pad", f"{site}-{pad}"),
        "t0": {"value": when, "precision": precision, "kind": "actual"},
        "t0_definition": "x-not stated",
        "state": outcome,
        "notes": "the date is doubtful in the source" if doubtful else None,
        "alt_ids": [
            {"type": "gcat", "value": tag},
            *([{"type": "cospar_launch", "value": designator}] if designator else []),
        ],
        "extensions": {
            f"{origin.extension}/launch-code": {"Launch_Code": code, "Launch_Date": row.data["Launch_Date"]}
        },
    }
    return plain, own


def _site(found: Imported, row: Row, origin: Origin) -> None:
    code = row.take("Site").strip()
    longitude, latitude = row.take("Longitude").strip(), row.take("Latitude").strip()
    if longitude in _NOTHING or latitude in _NOTHING:
        found.leave_out(row.where, f"site {code}: no coordinates")
        return
    state = row.data["StateCode"].strip()
    plain = origin.envelope("site", code) | {
        "name": row.take("EName").strip() or code,
        "country": state
        if re.fullmatch(r"[A-Z]{2}", state)
        else "ZZ",  # user-assigned in ISO 3166: none, or a code of the source's own
        "location": {"latitude_deg": float(latitude), "longitude_deg": float(longitude)},
        "time_zone": "UTC",
        "alt_ids": [{"type": "gcat", "value": code}],
    }
    found.add(plain, row, origin.extension)


def _vehicle(found: Imported, row: Row, origin: Origin) -> None:
    name, variant = row.take("LV_Name").strip(), row.take("LV_Variant").strip()
    first, last = row.take("LV_Min_Stage").strip(), row.take("LV_Max_Stage").strip()
    if not last.lstrip("-").isdigit() or not first.lstrip("-").isdigit():
        found.leave_out(row.where, f"vehicle {name}: its stages are not counted")
        return
    low, high = int(first), int(last)
    stages = [{"name": f"stage {k}", "order": k} for k in range(max(low, 0), min(max(high, 0), 9) + 1)]
    identifier = name if variant in _NOTHING else f"{name}({variant})"
    tonnes = _number(row.take("Launch_Mass"))
    plain = origin.envelope("vehicle-type", identifier) | {
        "name": name or "not stated",
        "provider": origin.urn("provider", row.take("LV_Manufacturer")),
        "variant": variant if variant not in _NOTHING else None,
        "height_m": _number(row.take("Length")),
        "diameter_m": _number(row.take("Diameter")),
        "lift_off_mass_kg": tonnes * 1000.0 if tonnes else None,
        "stages": stages or [{"name": "stage 1", "order": 1}],
        "alt_ids": [{"type": "gcat", "value": identifier}] if identifier else [],
    }
    found.add(plain, row, origin.extension)


def _provider(found: Imported, row: Row, origin: Origin) -> None:
    code = row.take("Code").strip()
    state = row.data["StateCode"].strip()
    plain = origin.envelope("provider", code) | {
        "name": row.take("EName").strip() or row.data["Name"].strip() or code,
        "country": state if re.fullmatch(r"[A-Z]{2}", state) else "ZZ",
        "alt_ids": [{"type": "gcat", "value": code}],
    }
    found.add(plain, row, origin.extension)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value > 0.0 else None
