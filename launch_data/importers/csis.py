"""T. G. Roberts (CSIS, 2022): cost to low Earth orbit a kilogram, in dollars of fiscal year 2021."""

import csv
import io

from .source import Imported, Origin, Row

_NAME, _COST, _MASS = "Vehicle / Vehicle Family", "Cost to LEO (FY21$/kg)", "Max. Payload Mass to LEO (kg)"
YEAR = 2021


def import_csis(text: str, origin: Origin) -> Imported:
    """One price offer a row that has a cost: an estimate, divided by the capacity to low Earth orbit. Other columns are kept."""
    found = Imported()
    lines = csv.reader(io.StringIO(text))
    names: list[str] = []
    for number, name in enumerate(next(lines)):  # the sheet has columns without a heading, and headings twice
        names.append(name if name and name not in names else f"{name or 'column'} [{number + 1}]")
    for number, cells in enumerate(lines, 2):
        row = Row(dict(zip(names, cells, strict=True)), f"csis-launch-costs.csv:{number}")
        vehicle = row.take(_NAME).strip()
        cost, mass = (_number(row.take(column)) for column in (_COST, _MASS))
        if not vehicle or cost is None or mass is None:
            found.leave_out(row.where, f"{vehicle or 'a row without a name'}: no cost and capacity")
            continue
        money = {"currency": "USD", "price_year": YEAR}
        plain = origin.envelope("price-offer", vehicle, "corrected") | {
            "provider": origin.urn("provider", "not stated"),
            "subject": "kilogram",
            "kind": "estimate",
            "vehicle_type": origin.urn("vehicle-type", vehicle),
            "price": money | {"amount": f"{cost:.2f}"},
            "per_kilogram": {
                "price": money | {"amount": f"{cost:.2f}"},
                "denominator": "capacity to reference orbit",
                "denominator_kg": mass,
                "orbit": {"name": "LEO"},
                "recovery_mode": "x-not stated",
            },
            "valid": {"start": f"{YEAR}-01-01T00:00:00Z", "end": f"{YEAR}-12-31T00:00:00Z"},
        }
        found.add(plain, row, origin.extension)
    return found


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "").replace("$", ""))
    except ValueError:
        return None
    return value if value > 0.0 else None
