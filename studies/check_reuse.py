"""Flown units in a vehicle by their records, and a log of reuse for itself: `osea check LOG.jsonl`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..core.errors import ImpossibleError, UndecidedError
from ..core.findings import Finding, Severity, by_gravity, worst
from ..recovery.reuse.check import reuse_findings
from ..recovery.reuse.history import History
from ..recovery.reuse.log import read_log
from ..recovery.reuse.unit import FlownUnit
from ..vehicle.vehicle import Vehicle

DAY = 86400.0


def flown_findings(vehicle: Vehicle) -> Iterator[Finding]:
    """Each flown unit among the equipment: that it fills a place of the vehicle, alone, and is fit for its next flight."""
    units = [e for e in vehicle.equipment or () if isinstance(e, FlownUnit)]
    places = {s.name for s in (*vehicle.stages, *(g.stage for g in vehicle.boosters), *vehicle.interstages)}
    places |= {p.name for p in (vehicle.fairing, vehicle.adapter) if p is not None}
    places |= {f"engines of {s.name}" for s in vehicle.stages}
    for i, unit in enumerate(units):
        if unit.fills not in places:
            text = f"'{unit.name}' fills '{unit.fills}', which the vehicle does not have; known: {', '.join(sorted(places))}"
            yield Finding(Severity.ERROR, "reuse.place", unit.where("fills"), text)
        if any(other.serial == unit.serial and other.log.item.kind == unit.log.item.kind for other in units[:i]):
            yield Finding(
                Severity.ERROR, "reuse.place", unit.where("serial"), f"serial {unit.serial} flies in two places"
            )
        yield from reuse_findings(unit.history)


def check_log(path: Path, strict: bool) -> tuple[dict[str, Any], str]:
    """A log: what its records say together, and whether the item is fit for its next flight. Exit code as of `osea check`."""
    history = History(read_log(path))
    findings = by_gravity(reuse_findings(history))
    state = worst(findings)
    item = history.log.item
    data: dict[str, Any] = {
        "status": "done",
        "schema": "osea/reuse/item/v1",
        "serial": item.serial,
        "kind": item.kind,
        "worst": str(state),
        "records": len(history.log.entries),
        "flights": [
            {"number": n, "launch": f.launch, "lifted_off_at": f.began_at} for n, f in enumerate(history.flights, 1)
        ],
        "life": [
            {
                "allowance": x.allowance.name,
                "rule": x.allowance.rule,
                "used": x.used,
                "allowed": x.allowance.allowed,
                "share": x.share,
            }
            for x in history.life()
        ],
        "turnarounds_s": [
            {"flight": t.flight, "to_release": t.to_release, "to_flight": t.to_flight} for t in history.turnarounds()
        ],
        "open_findings": [f.number for f, _ in history.open_findings()],
        "findings": [
            {"severity": str(f.severity), "rule": f.rule, "where": f.where, "message": f.message, "margin": f.margin}
            for f in findings
        ],
    }
    if state is Severity.ERROR or (strict and state is Severity.UNKNOWN):
        failed = state is Severity.ERROR
        code = ImpossibleError.exit_code if failed else UndecidedError.exit_code
        what = "is not fit for a flight" if failed else "is not known to be fit for a flight"
        message = f"{item.kind} {item.serial} {what}; see {state} above"
        data |= {"status": "failed", "exit_code": code, "message": message}
    return data, _as_text(history, findings)


def _as_text(history: History, findings: list[Finding]) -> str:
    item = history.log.item
    lines = [
        f"{item.kind} {item.serial}, {item.design}: {len(history.log.entries)} records, {len(history.flights)} flights",
        "",
    ]
    turns = {t.flight: t for t in history.turnarounds()}
    for number, flight in enumerate(history.flights, 1):
        turn = turns.get(number)
        after = f"  {turn.to_flight / DAY:6.1f} days after the one before" if turn else ""
        down = flight.landing.outcome if flight.landing else "landing not told"
        lines.append(f"  flight {number:>3}  {flight.began_at}  {down:<12}{after}")
    lines.append("")
    for life in history.life():
        a = life.allowance
        lines.append(f"  {a.name:<34}{a.rule:<12}{life.used:>10.4g} of {a.allowed:<10.4g}{100 * life.share:6.1f} %")
    lines.append("")
    return "\n".join([*lines, *(f"  {f.severity:<8}{f.where}: {f.message}" for f in findings)])
