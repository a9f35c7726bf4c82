"""Is an item fit for its next flight, by its records: life, findings, release. Every answer names the serial."""

from collections.abc import Iterator

from ...core.findings import Finding, Severity
from .history import History, LifeUsed

NEAR = 0.9
"""Share of an allowance from which on it is a warning."""


def reuse_findings(history: History) -> Iterator[Finding]:
    """Allowances, findings that are open, the release, and whether it came back at all."""
    yield from _lost(history)
    yield from (_allowance(history, life) for life in history.life())
    yield from _open(history)
    yield from _release(history)


def _serial(history: History) -> str:
    item = history.log.item
    return f"{item.kind} {item.serial}"


def _lost(history: History) -> Iterator[Finding]:
    if history.lost is not None and history.lost.landing is not None:
        text = f"{_serial(history)} was {history.lost.landing.outcome} on flight {len(history.flights)}; fly another"
        yield Finding(Severity.ERROR, "reuse.lost", history.log.place(history.lost), text)


def _allowance(history: History, life: LifeUsed) -> Finding:
    allowance, serial, where = life.allowance, _serial(history), history.log.place(history.log.item)
    unit = " s" if allowance.rule == "burn time" else ""
    part = f" of {allowance.part}" if allowance.part else ""
    counted = f"{allowance.name}{part} ({allowance.rule}): {life.used:.4g} of {allowance.allowed:.4g}{unit} used"
    margin = 1.0 - life.share
    if life.share >= 1.0 - 1e-12:
        text = (
            f"{serial}: {counted}; its life is used up: replace the part and record what it renews, or retire the item"
        )
        return Finding(Severity.ERROR, "reuse.life", where, text, margin)
    if life.used + life.most_by_a_flight > allowance.allowed * (1.0 + 1e-12):
        text = (
            f"{serial}: {counted}, and a flight has taken up to {life.most_by_a_flight:.4g}: the next one may use it up"
        )
        return Finding(Severity.WARN, "reuse.life", where, text, margin)
    severity = Severity.WARN if life.share >= NEAR else Severity.OK
    return Finding(severity, "reuse.life", where, f"{serial}: {counted}", margin)


def _open(history: History) -> Iterator[Finding]:
    for found, inspection in history.open_findings():
        severity = Severity.WARN if found.severity == "minor" else Severity.ERROR
        text = (
            f"{_serial(history)}: finding {found.number} ({found.severity}, {found.part}: {found.description}) is "
            f"open, disposition '{found.disposition}'; close it by a later inspection, a replacement or a release "
            "that accepts it"
        )
        yield Finding(severity, "reuse.finding", history.log.place(inspection), text)


def _release(history: History) -> Iterator[Finding]:
    release, serial = history.release, _serial(history)
    where = history.log.place(history.log.item if release is None else release)
    if release is None:
        text = f"{serial}: no release after its last use; record the decision and who made it"
        yield Finding(Severity.UNKNOWN, "reuse.release", where, text)
        return
    by = f"by {release.by.name} ({release.by.role}) at {release.at}"
    if release.decision in ("withheld", "retired"):
        yield Finding(Severity.ERROR, "reuse.release", where, f"{serial}: {release.decision} {by}")
    elif release.limits:
        yield Finding(
            Severity.WARN, "reuse.release", where, f"{serial}: released {by} with limits: {'; '.join(release.limits)}"
        )
    else:
        yield Finding(Severity.OK, "reuse.release", where, f"{serial}: released {by}")
