"""A module's document for the suite MOD, an engine's for ENG, a landing site's for SIT."""

from collections.abc import Callable
from functools import cached_property

from ...certification.judging import Condition, Examiner, Seen, Verdict, listed
from ...certification.suites import Requirement, suites
from ...core.earth import SEA_LEVEL_PRESSURE
from ...core.errors import UndecidedError
from ...core.findings import Finding
from ...core.ports.port import Port
from ...propulsion.engine import Engine
from ...propulsion.findings import separation_margin
from ...propulsion.performance import EnginePerformance, engine_performance
from ...trajectory.ground import LandingSite
from .documents import PROGRAMS, DocumentSubject


def module_examiner(subject: DocumentSubject, tidy: Callable[[str], str]) -> Examiner:
    """Of any module's file."""
    return Examiner(suites()["MOD"], subject, PROGRAMS, tidy=tidy)


class EngineSubject(DocumentSubject):
    """An engine's document and what follows from it."""

    @property
    def engine(self) -> Engine:
        """Raises UndecidedError where it cannot be read."""
        document = self.document
        assert isinstance(document, Engine)
        return document

    @cached_property
    def performance(self) -> EnginePerformance:
        return engine_performance(self.engine)


def engine_examiner(subject: EngineSubject, tidy: Callable[[str], str]) -> Examiner:
    """Of an engine's file."""

    def findings(one: EngineSubject) -> list[Finding]:
        return list(one.performance.findings)

    conditions: dict[str, Condition] = {
        "sea-level": lambda s: (s.engine.use == "sea level", "the engine is for vacuum alone")
    }
    own = {
        "performance": _performance,
        "flows_full": _flows_full,
        "losses": _losses,
        "engine_mount": _mount,
        "mount_sections": _mount_sections,
    }
    return Examiner(suites()["ENG"], subject, PROGRAMS | own, conditions, findings, tidy)


def _performance(subject: EngineSubject, _: Requirement) -> Seen:
    p = subject.performance
    told = f"vacuum specific impulse: flown {p.isp_vacuum:.1f} s ({p.basis}), ideal {p.isp_vacuum_ideal:.1f} s"
    return (Verdict.HOLDS if p.isp_vacuum <= p.isp_vacuum_ideal else Verdict.FAILS), told


def _flows_full(subject: EngineSubject, one: Requirement) -> Seen:
    """At full thrust a nozzle that separates gives no reliable thrust; at a lower throttle it is to be told (OSEA-E-006)."""
    said = [f for f in subject.performance.findings if f.rule in one.rules]
    if not said:
        return Verdict.UNKNOWN, "not looked at: nothing is said of separation"
    margin = separation_margin(subject.performance.exit_pressure, SEA_LEVEL_PRESSURE)
    return (Verdict.FAILS if margin < 0.0 else Verdict.HOLDS), "; ".join(f.message for f in said)


def _losses(subject: EngineSubject, _: Requirement) -> Seen:
    losses = subject.engine.losses
    if not losses:
        return Verdict.FAILS, "no loss is itemised"
    return Verdict.HOLDS, "; ".join(f"{x.name} {x.factor:.4g} on {x.on} ({x.grade})" for x in losses)


def _mount_port(subject: EngineSubject) -> Port | None:
    found = [p for p in subject.engine.ports or () if p.kind == "engine-mount" and p.role == "user"]
    return found[0] if len(found) == 1 else None


def _mount(subject: EngineSubject, _: Requirement) -> Seen:
    port = _mount_port(subject)
    said = ", ".join(f"{p.kind} {p.role}" for p in subject.engine.ports or ()) or "no ports"
    return (Verdict.HOLDS, f"port '{port.name}'") if port else (Verdict.FAILS, f"it has {said}")


def _mount_sections(subject: EngineSubject, _: Requirement) -> Seen:
    port = _mount_port(subject)
    if port is None:
        raise UndecidedError("not looked at: there is no one port of kind engine-mount, role user")
    gone = []
    mechanical = port.mechanical
    gone += [
        f"mechanical.{n}"
        for n in ("interface_diameter", "fastener_count", "fastener_size", "axial_load")
        if getattr(mechanical, n, None) is None
    ]
    lines = (port.fluid.lines if port.fluid else None) or ()
    if len(lines) < 2:
        gone.append("fluid.lines: two propellants")
    gone += [
        f"fluid.{line.name}.{n}"
        for line in lines
        for n in ("medium", "pressure", "temperature", "flow")
        if getattr(line, n) is None
    ]
    if not (port.electrical and port.electrical.circuits):
        gone.append("electrical.circuits")
    buses = (port.data.buses if port.data else None) or ()
    if not any(b.protocol is not None and b.protocol.version is not None for b in buses):
        gone.append("data: a control protocol with its version")
    return listed(
        [f"the mount does not state {n}" for n in gone], f"port '{port.name}', {len(lines)} lines, {len(buses)} buses"
    )


class SiteSubject(DocumentSubject):
    """A landing site's document."""

    @property
    def site(self) -> LandingSite:
        """Raises UndecidedError where it cannot be read."""
        document = self.document
        assert isinstance(document, LandingSite)
        return document


def site_examiner(subject: SiteSubject, tidy: Callable[[str], str]) -> Examiner:
    """Of a landing site's file."""
    conditions: dict[str, Condition] = {
        "stands-on": lambda s: (s.site.surface in ("pad", "ship", "ground"), f"nothing stands on: {s.site.surface}"),
        "ship": lambda s: (s.site.surface == "ship", f"it is no ship: {s.site.surface}"),
    }
    own = {"position": _position, "marks": _marks, "safing": _safing, "surface_port": _surface_port}
    return Examiner(suites()["SIT"], subject, PROGRAMS | own, conditions, tidy=tidy)


def _position(subject: SiteSubject, _: Requirement) -> Seen:
    site = subject.site
    if site.surface in ("ship", "water"):
        return Verdict.DOES_NOT_APPLY, f"it does not stand still: {site.surface}"
    gone = [n for n in ("latitude", "longitude") if getattr(site, n) is None]
    return listed([f"it does not state its {n}" for n in gone], "latitude and longitude stated")


def _marks(subject: SiteSubject, _: Requirement) -> Seen:
    site = subject.site
    gone = [n for n in ("marks", "beacons") if getattr(site, n) is None]
    if gone:
        return Verdict.UNKNOWN, f"it does not state its {' and '.join(gone)}"
    kinds = [m.kind for m in (*(site.marks or ()), *(site.beacons or ()))]
    return (Verdict.HOLDS, ", ".join(kinds)) if kinds else (Verdict.FAILS, "it has no mark and no beacon")


def _safing(subject: SiteSubject, _: Requirement) -> Seen:
    safing = subject.site.safing
    if safing is None:
        return Verdict.UNKNOWN, "it does not state its safing"
    gone = [n for n in ("time", "remote") if getattr(safing, n) is None]
    if gone:
        return Verdict.UNKNOWN, f"safing: {' and '.join(gone)} not stated"
    return Verdict.HOLDS, f"{', '.join(safing.propellants)} in {(safing.time or 0.0) / 3600.0:.3g} h"


def _surface_port(subject: SiteSubject, _: Requirement) -> Seen:
    site = subject.site
    found = [p for p in site.ports or () if p.kind == "landing-surface" and p.role == "provider"]
    if not found:
        return Verdict.FAILS, "it has no port of kind landing-surface, role provider"
    problems = []
    for port in found:
        for name, own in (("mass", "landing_mass"), ("axial_load", "landing_load")):
            allowed = getattr(getattr(port.mechanical, name, None), "allows", None)
            limit = getattr(site, own)
            if allowed is None:
                problems.append(f"port '{port.name}' does not say which {name} it allows")
            elif limit is not None and abs(allowed - limit) > 1e-6 * limit:
                problems.append(f"port '{port.name}' allows {name} {allowed:g}, and the site's {own} is {limit:g}")
    return listed(problems, ", ".join(f"port '{p.name}'" for p in found))
