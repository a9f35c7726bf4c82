"""What to mind about an injector: stiffness against chugging, choking, room on the plate, sheets aimed at the wall."""

from typing import TYPE_CHECKING

import numpy as np

from ..core.findings import Finding, Severity

if TYPE_CHECKING:
    from .injector import Feed, Injector, InjectorDesign, SideDesign

_SHEET_ANGLE = np.radians(10.0)  # ours: a sheet this far off the axis reaches the wall within a usual chamber
_RUPE = (0.5, 2.0)  # ours: a factor of two about Rupe's optimum


def injector_findings(injector: "Injector", design: "InjectorDesign", feeds: "dict[str, Feed]") -> tuple[Finding, ...]:
    """Findings of one sized injector."""
    findings = [_stiffness(injector, side, feeds[side.propellant]) for side in (design.oxidizer, design.fuel)]
    findings += _room(injector, design)
    if design.resultant_angle is not None and injector.element == "unlike doublet":
        findings.append(_sheet(injector, design.resultant_angle))
    if design.rupe is not None:
        low, high = _RUPE
        inside = low <= design.rupe <= high
        findings.append(
            Finding(
                Severity.OK if inside else Severity.WARN,
                "injector.rupe",
                injector.where(),
                f"Rupe's number is {design.rupe:.2f}, best mixing of an unlike doublet is at 1"
                + ("" if inside else "; change the orifices' diameters or pressure drops"),
                margin=float(min(np.log(high / design.rupe), np.log(design.rupe / low)) / np.log(high)),
            )
        )
    return tuple(findings)


def _stiffness(injector: "Injector", side: "SideDesign", feed: "Feed") -> Finding:
    from .injector_data import injector_data

    limit, where = injector_data().stiffness, injector.where(side.propellant)
    value = side.lowest_pressure_ratio
    said = f"{side.propellant}: pressure drop {side.pressure_ratio:.1%} of the chamber pressure"
    if value < side.pressure_ratio:
        said += f", {value:.1%} at the lowest throttle"
    if side.choked:
        return Finding(Severity.OK, "injector.stiffness", where, f"{said}; choked, the chamber cannot reach the feed")
    if feed.gamma is not None:
        return Finding(
            Severity.OK if value >= limit.lowest else Severity.UNKNOWN,
            "injector.stiffness",
            where,
            said
            if value >= limit.lowest
            else f"{said}; the rule of {limit.lowest:.0%} is for liquids: a gas may do with less, "
            "test it or raise the drop",
            margin=value / limit.lowest - 1.0,
        )
    margin = value / limit.lowest - 1.0
    if value >= limit.stable:
        return Finding(Severity.OK, "injector.stiffness", where, said, margin=margin)
    if value >= limit.lowest:
        text = f"{said}; between {limit.lowest:.0%} and {limit.stable:.0%}: stable by the rule, with little in hand"
        return Finding(Severity.OK, "injector.stiffness", where, text, margin=margin)
    severity = Severity.WARN if value >= limit.floor else Severity.ERROR
    need = np.ceil(100.0 * limit.lowest * side.pressure_ratio / value) / 100.0  # never a drop too small
    text = f"{said}; below {limit.lowest:.0%} chugging is likely: raise the drop to {need:.0%} of the chamber pressure"
    if value < side.pressure_ratio:
        text += ", throttle less, or vary the injector's area"
    return Finding(severity, "injector.stiffness", where, text, margin=margin)


def _room(injector: "Injector", design: "InjectorDesign") -> list[Finding]:
    if design.pitch is None or injector.element == "pintle":
        return []
    margin = design.pitch / design.element_diameter - 1.0
    fits = margin > 0.0
    text = f"{design.elements} elements, {design.pitch * 1e3:.1f} mm apart, widest passage {design.element_diameter * 1e3:.1f} mm"
    if not fits:
        text += "; they do not fit on the plate: fewer elements, more pressure drop, or a wider face"
    return [Finding(Severity.OK if fits else Severity.ERROR, "injector.room", injector.where(), text, margin=margin)]


def _sheet(injector: "Injector", angle: float) -> Finding:
    margin = 1.0 - abs(angle) / float(_SHEET_ANGLE)
    text = f"the sheet leaves at {np.degrees(angle):+.1f}° to the axis"
    if margin < 0.0:
        text += "; towards the wall if the elements are turned so: change the angles or the pressure drops"
    return Finding(
        Severity.OK if margin >= 0.0 else Severity.WARN, "injector.sheet", injector.where(), text, margin=margin
    )
