"""Records of reuse as records of the launch-data protocol: a log of each flight, and each attempt to bring the item back.

The protocol's records carry life used as a figure, because who receives them has no log: it is computed here, as of the flight.
"""

from typing import Any

from ..core.wire import instant_of
from ..recovery.reuse.history import History, counted
from ..recovery.reuse.records import InspectionRecord, ReleaseRecord, ReplacementRecord, ReuseRecord, UseRecord
from .protocol.kinds import record_of
from .protocol.vehicles import FlightUnitLog, RecoveryRecord

_OUTCOMES = {"landed": "success", "damaged": "damaged", "lost": "lost", "expended": "not-attempted"}


def flight_unit_logs(history: History) -> tuple[FlightUnitLog, ...]:
    """One for each flight, with the life used up to its end."""
    return tuple(_unit_log(history, flight) for flight in history.flights)


def recovery_records(history: History) -> tuple[RecoveryRecord, ...]:
    """One for each flight that tells of its landing: how it came down, what was found and changed before the next use."""
    return tuple(_recovery(history, flight) for flight in history.flights if flight.landing is not None)


def _headed(kind: str, history: History, use: UseRecord) -> dict[str, Any]:
    """What both kinds have of a use: identity, issuer, time, and where it is from. None is left out by who fills it in."""
    return {
        "schema": f"osea/launch-data/{kind}/v1",
        "id": f"{use.id}:{kind}",
        "revision": use.revision,
        "supersedes": {"id": f"{use.id}:{kind}", "revision": use.revision - 1} if use.revision > 1 else None,
        "issuer": use.issuer,
        "issued_at": use.issued_at,
        "status": use.status,
        "access": use.access.model_dump(mode="json", exclude_unset=True),
        "provenance": [{"method": "computed", "software": "OSEA-Rocket", "source": f"reuse log of {history.log.item.serial}"}],
        "item": use.item,
        "launch": use.launch,
    }  # fmt: skip


def _unit_log(history: History, flight: UseRecord) -> FlightUnitLog:
    plain = _headed("flight-unit-log", history, flight) | {
        "lifted_off_at": flight.began_at,
        "starts": flight.starts,
        "burn_time_s": float(sum(b.duration_s for b in flight.burns)),
        "highest_load_N": flight.highest_load_N,
        "highest_heat_flux_W_m2": flight.highest_heat_flux_W_m2,
        "life": [
            {
                "limit": x.allowance.name,
                "used": used,
                "allowed": x.allowance.allowed,
                "rule": f"{x.allowance.rule}; {x.allowance.source}",
            }
            for x, used in ((x, _used_until(history, x.allowance, flight)) for x in history.life())
        ],
    }
    return _made(plain, FlightUnitLog)


def _used_until(history: History, allowance: Any, flight: UseRecord) -> float:
    """Life used when a flight ended; what a later replacement renews was still used then."""
    end = instant_of(flight.ended_at)
    renewed = [
        instant_of(r.at)
        for r in history.of(ReplacementRecord)
        if allowance.name in r.renews and instant_of(r.at) <= end
    ]
    since = max(renewed, default=None)
    uses = [
        u
        for u in history.of(UseRecord)
        if instant_of(u.began_at) <= end and (since is None or instant_of(u.began_at) >= since)
    ]
    return allowance.scatter * sum(counted(allowance, u) for u in uses)


def _recovery(history: History, flight: UseRecord) -> RecoveryRecord:
    landing, after = flight.landing, _until_next_use(history, flight)
    assert landing is not None
    released = next(
        (r for r in reversed(after) if isinstance(r, ReleaseRecord) and r.decision.startswith("released")), None
    )
    touchdown = None
    if landing.at is not None and landing.vertical_speed_m_s is not None and landing.horizontal_speed_m_s is not None:
        touchdown = {
            "at": landing.at,
            "distance_m": landing.distance_m,
            "vertical_speed_m_s": -landing.vertical_speed_m_s,
            "horizontal_speed_m_s": landing.horizontal_speed_m_s,
            "tilt_deg": landing.tilt_deg,
            "propellant_left_kg": landing.propellant_left_kg,
        }
    plain = _headed("recovery", history, flight) | {
        "mode": landing.mode,
        "attempted": landing.outcome != "expended",
        "outcome": _OUTCOMES.get(landing.outcome, "unknown"),
        "evidence": f"reuse log of {history.log.item.serial}, {flight.id}",
        "zone": landing.zone,
        "touchdown": touchdown,
        "findings": [
            f"{f.part}: {f.description}" for r in after if isinstance(r, InspectionRecord) for f in r.findings
        ],
        "parts_replaced": [
            {"part": r.part, "count": 1, "reason": r.reason} for r in after if isinstance(r, ReplacementRecord)
        ],
        "released_at": None if released is None else released.at,
        "released_by": None if released is None else released.by.name,
        "life_used": min(
            max(_used_until(history, x.allowance, flight) / x.allowance.allowed for x in history.life()), 1.0
        ),
    }
    return _made(plain, RecoveryRecord)


def _until_next_use(history: History, flight: UseRecord) -> list[ReuseRecord]:
    """The records between a flight and the next use."""
    place = history.records.index(flight)
    rest = history.records[place + 1 :]
    end = next((i for i, r in enumerate(rest) if isinstance(r, UseRecord)), len(rest))
    return list(rest[:end])


def _made(plain: dict[str, Any], kind: type) -> Any:
    """The record, what is not known left out, through the protocol's own strict reader."""
    record = record_of(_known(plain), str(plain["id"]))
    assert isinstance(record, kind)
    return record


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _known(v) for k, v in value.items() if v is not None}
    return [_known(v) for v in value] if isinstance(value, list) else value
