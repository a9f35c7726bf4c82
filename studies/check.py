"""`osea check VEHICLE.yaml`: every joint matched, the assembly checked, as a table, as JSON and as a report with a drawing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.findings import Finding, Severity, by_gravity, worst
from ..core.results import Result
from ..vehicle.vehicle import Vehicle
from .check_assembly import assembly_findings
from .check_joints import Joint, check_joints
from .check_loads import LOAD_RULES
from .joint_loads import AscentLoads


@dataclass(frozen=True, kw_only=True)
class VehicleCheck(Result):
    """The joints with their own findings; findings: of the assembly."""

    name: str
    joints: tuple[Joint, ...]

    def of(self, joint: Joint) -> tuple[Finding, ...]:
        """A joint's own findings, and the computed loads that it does not bear or hardly bears."""
        name = f"{joint.name} "
        loads = [
            f for f in self.findings if f.message.startswith(name) and f.severity in (Severity.ERROR, Severity.WARN)
        ]
        return (*joint.findings, *loads)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        return (*(f for joint in self.joints for f in joint.findings), *self.findings)


def check_vehicle(
    vehicle: Vehicle, *, loads: AscentLoads | None = None, payload_mass: float | None = None
) -> VehicleCheck:
    """All interfaces of a vehicle. loads: of an ascent flown with it; payload_mass [kg]: when the document leaves it open."""
    joints = check_joints(vehicle)
    findings = assembly_findings(vehicle, joints, loads, payload_mass)
    return VehicleCheck(name=vehicle.name, joints=joints, findings=findings, input_hash=vehicle.content_hash())


def findings_in_short(check: VehicleCheck, vehicle: Vehicle) -> tuple[Finding, ...]:
    """What is wrong or weak in the interfaces, and one line for all that is unknown: for the report of a whole design."""
    loud = [f for f in check.all_findings if f.severity in (Severity.ERROR, Severity.WARN)]
    unknown = sum(f.severity is Severity.UNKNOWN for f in check.all_findings)
    if unknown:
        text = f"{unknown} things about the interfaces are not stated; interfaces.html lists them, joint by joint"
        loud.append(Finding(Severity.UNKNOWN, "vehicle.interfaces", vehicle.where(), text))
    return tuple(loud)


def as_text(check: VehicleCheck, verbose: bool = False) -> str:
    """The table by joint, then what is wrong, weak or unknown, gravest first; unknown fields are summed up by section."""
    width = max([len(joint.name) for joint in check.joints], default=0) + 2
    lines = [f"{'joint':<{width}}{'kind':<17}{'ERROR':>6}{'WARN':>6}{'UNKNOWN':>9}{'OK':>6}{'least margin':>14}"]
    for joint in check.joints:
        counts = [
            sum(f.severity is s for f in joint.findings)
            for s in (Severity.ERROR, Severity.WARN, Severity.UNKNOWN, Severity.OK)
        ]
        least = least_margin(check.of(joint))
        shown = "" if least is None else f"{100 * least:+.1f} %"
        lines.append(
            f"{joint.name:<{width}}{joint.kind:<17}{counts[0]:>6}{counts[1]:>6}{counts[2]:>9}{counts[3]:>6}{shown:>14}"
        )
    lines.append("")
    for joint in check.joints:
        for f in by_gravity(joint.findings):
            if f.severity in (Severity.ERROR, Severity.WARN) or (verbose and f.severity is not Severity.UNKNOWN):
                lines.append(f"{f.severity:<8}{_named(joint, f)}\n        {f.where}")
        lines += _unknown(joint)
    open_loads = [f for f in check.findings if f.severity is Severity.UNKNOWN and f.rule in LOAD_RULES]
    for f in by_gravity(check.findings):
        if f not in open_loads:
            lines.append(f"{f.severity:<8}{f.message}")
    if open_loads:
        margins = [f.margin for f in open_loads if f.margin is not None]
        so_far = f" (least margin of the cases on the ground {100 * min(margins):+.1f} %)" if margins else ""
        lines.append(
            f"UNKNOWN the load path is open at {len(open_loads)} ends of joints{so_far}: state what the ports allow, and give "
            "a flight's run with --loads"
        )
    return "\n".join(lines)


def severity_counts(findings: tuple[Finding, ...]) -> list[int]:
    """How many ERROR, WARN, UNKNOWN and OK."""
    order = (Severity.ERROR, Severity.WARN, Severity.UNKNOWN, Severity.OK)
    return [sum(f.severity is severity for f in findings) for severity in order]


def least_margin(findings: tuple[Finding, ...]) -> float | None:
    """The smallest margin of those findings that have one and are no equality (whose margin is of the tolerance)."""
    margins = [f.margin for f in findings if f.margin is not None and not f.rule.endswith(".equal")]
    return min(margins, default=None)


def _named(joint: Joint, finding: Finding) -> str:
    return finding.message if joint.lower in finding.message else f"{joint.name}: {finding.message}"


def _unknown(joint: Joint) -> list[str]:
    """Unknown fields of one joint on a few lines: whole sections first, then fields section by section."""
    groups: dict[str, list[str]] = {}
    lines = []
    for f in joint.findings:
        if f.severity is not Severity.UNKNOWN:
            continue
        if not f.rule.startswith("port.") or not f.rule.endswith(".missing"):
            lines.append(f"UNKNOWN {_named(joint, f)}")
            continue
        section, _, field = f.rule.removeprefix("port.").removesuffix(".missing").partition(".")
        groups.setdefault(section if field else "", []).append(field or section)
    if groups:
        parts = [
            f"{name}: {', '.join(fields)}" if name else f"nothing said of {', '.join(fields)}"
            for name, fields in groups.items()
        ]
        count = sum(map(len, groups.values()))
        lines.append(f"UNKNOWN {joint.name}: {count} not stated by one side or both")
        lines += [f"        {part}" for part in parts]
    return lines


def as_data(check: VehicleCheck) -> dict[str, Any]:
    """The result as plain data, each joint with its worst severity and least margin."""
    return {
        "joints": [
            joint.to_json()
            | {"name": joint.name, "worst": str(worst(check.of(joint))), "least_margin": least_margin(check.of(joint))}
            for joint in check.joints
        ],
        "assembly": check.to_json()["findings"],
    }


def write_html(
    check: VehicleCheck,
    vehicle: Vehicle,
    path: Path,
    payload_mass: float | None = None,
    loads: AscentLoads | None = None,
) -> None:
    """The report as one HTML file at *path*; payload_mass, loads: as the check was given them."""
    from .check_report import check_report

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(check_report(check, vehicle, payload_mass, loads).html(), encoding="utf-8")
