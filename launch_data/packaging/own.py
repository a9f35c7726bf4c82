"""A provider's own records beside those of a run: they take the place of what the run can only name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...core.errors import InputError
from ..envelope import Envelope
from ..facts import FlightFacts
from ..protocol.kinds import read_record_file, to_plain
from .runs import Parts, Plain

_ONE = ("provider", "site", "pad", "payload", "vehicle-type", "mission")  # a launch has one of each that a run names


def read_own(paths: Sequence[Path]) -> dict[str, Plain]:
    """Records by file name (without .json) from files, and from folders of them. Raises InputError."""
    files = [f for p in paths for f in (sorted(p.glob("*.json")) if p.is_dir() else [p])]
    if paths and not files:
        raise InputError(f"'{paths[0]}' holds no record (*.json)")
    found: dict[str, Plain] = {}
    for file in files:
        if file.stem in found:
            raise InputError(f"two records of your own are named {file.name}")
        found[file.stem] = to_plain(read_record_file(file))
    return found


def add_own(parts: Parts, own: dict[str, Plain], envelope: Envelope, facts: FlightFacts) -> None:
    """Put them into the package, and their identifiers where the run's records have made-up ones for the same thing."""
    made = {
        "provider": envelope.provider,
        "site": envelope.urn("site", facts.site),
        "pad": envelope.urn("pad", facts.site),
        "payload": envelope.urn("payload", facts.mission),
        "vehicle-type": envelope.urn("vehicle-type", facts.vehicle),
        "mission": envelope.urn("mission", facts.mission),
    }
    names: dict[str, str] = {}
    for kind in _ONE:
        many = [r for r in own.values() if r["schema"].split("/")[2] == kind]
        chosen = [r for r in many if r.get("name") in (facts.site, facts.payload, facts.vehicle, facts.mission)] or many
        if len(chosen) > 1:
            raise InputError(
                f"{len(chosen)} of your records are a {kind}, none of them of the run's name; give the one of this launch alone"
            )
        if chosen:
            names[made[kind]] = chosen[0]["id"]
    parts.records = {n: r for n, r in parts.records.items() if r["id"] not in names}
    parts.records = {n: _renamed(r, names) for n, r in parts.records.items()}
    parts.add({f"{n}-own" if n in parts.records else n: r for n, r in own.items()})


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {k: _renamed(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_renamed(v, names) for v in value]
    return names.get(value, value) if isinstance(value, str) else value
