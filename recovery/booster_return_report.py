"""From a solved return to its result: samples, events, burns, the ignition's window, and what to mind."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.earth import G0, ecef_from_geodetic
from ..core.findings import Finding, Severity
from ..propulsion.engine_map import EngineMap
from ..trajectory.environment.atmosphere import pressure
from ..trajectory.mission import Mission
from ..trajectory.motion import thrust_in_vacuum, thrust_pressure_loss
from ..trajectory.steering import LaunchFrame
from .booster_return import SolvedReturn
from .booster_return_flight import columns
from .booster_return_guess import ignition_times
from .booster_return_plan import SHORTEST_BURN, ReturnPlan
from .booster_return_result import IgnitionWindow, ReturnEvent, ReturnResult

Array = np.ndarray
HOVER = "booster_return.hover_slam"
FLOWN_MARGIN = 0.01  # of a limit: what a flight again may pass it by before the answer is no
LOOKED_BEFORE = 30.0  # s before the planned ignition: the part of the descent on which others are tried


def return_result(back: SolvedReturn, mission: Mission, engine: EngineMap, *, input_hash: str = "") -> ReturnResult:
    """The result of a solved return. engine: the map of the booster's engines."""
    plan, last = back.plan, back.flown[-1][1][-1]
    window = _window(back)
    position, velocity = back.miss
    burns = tuple(dict.fromkeys(s.burn for s in plan.segments if s.burn))
    burned = tuple(
        sum(float(f[1][0, 6] - f[1][-1, 6]) for s, f in zip(plan.segments, back.flown, strict=True) if s.burn == b)
        for b in burns
    )
    rows = columns(plan, back.frame, back.solution, back.flown, mission.site.position())
    return ReturnResult(
        booster=plan.booster,
        mode=plan.mode,
        bodies=plan.bodies,
        phase_names=tuple(s.name for s in plan.segments),
        events=_events(plan, rows),
        burns=burns,
        burned=burned,
        kit_mass=plan.document.kit_mass(plan.mode),
        landing_mass=plan.landing_mass,
        propellant_left=float(last[6]) - plan.landing_mass,
        ignition=window,
        position_error=position,
        velocity_error=velocity,
        input_hash=input_hash,
        findings=(*_findings(plan, rows, engine), *hover_findings(window, plan)),
        **rows,
    )


def parachute_result(
    plan: ReturnPlan, frame: LaunchFrame, flown: Sequence[tuple[Array, Array]], mission: Mission, input_hash: str = ""
) -> ReturnResult:
    """The result of a fall under a canopy."""
    rows = columns(plan, frame, None, flown, mission.site.position())
    speed = float(rows["speed_relative"][-1])
    allowed = plan.document.vertical_speed
    finding = Finding(
        Severity.OK if speed <= allowed else Severity.WARN,
        "booster_return.touchdown_speed",
        plan.document.where("parachute"),
        f"'{plan.booster}' comes down at {speed:.1f} m/s; {allowed:.1f} m/s are allowed",
        1.0 - speed / allowed,
    )
    return ReturnResult(
        booster=plan.booster,
        mode=plan.mode,
        bodies=plan.bodies,
        phase_names=tuple(s.name for s in plan.segments),
        events=_events(plan, rows),
        burns=(),
        burned=(),
        kit_mass=plan.document.kit_mass(plan.mode),
        landing_mass=plan.landing_mass,
        propellant_left=float(flown[-1][1][-1, 6]) - plan.landing_mass,
        ignition=None,
        position_error=0.0,
        velocity_error=0.0,
        input_hash=input_hash,
        findings=(finding,),
        **rows,
    )


def _window(back: SolvedReturn) -> IgnitionWindow:
    """Thrust over weight at touchdown, and when the landing burn may begin."""
    plan, last = back.plan, back.flown[-1][1][-1]
    segment = plan.segments[-1]
    ground = plan.ship_altitude if plan.pad is None else plan.pad[2]
    ambient = float(pressure(segment.model.atmosphere, ground))
    least, most = (
        float((thrust_in_vacuum(segment.model, t) - thrust_pressure_loss(segment.model, ambient)) / (last[6] * G0))
        for t in (plan.throttle_min, segment.throttle)
    )
    first = next(k for k, s in enumerate(plan.segments) if s.burn == "landing burn")
    descent = back.flown[first - 1]
    before = int(np.searchsorted(descent[0], descent[0][-1] - LOOKED_BEFORE))
    early, late = ignition_times(
        plan, back.frame, descent[0][before:], descent[1][before:], (plan.throttle_min, segment.throttle)
    )
    return IgnitionWindow(
        least=least,
        most=most,
        planned=float(back.flown[first][0][0]),
        earliest=None if least <= 1.0 else early,
        latest=late,
    )


def hover_findings(window: IgnitionWindow, plan: ReturnPlan) -> tuple[Finding, ...]:
    """Whether it can hover; where not, that it is a hover-slam, and how exactly it must be timed."""
    where = plan.document.where("landing")
    if window.hovers:
        text = f"'{plan.booster}' can hover: at the lowest throttle thrust is {window.least:.2f} of the weight at touchdown"
        return (Finding(Severity.OK, HOVER, where, text, 1.0 - window.least),)
    text = (
        f"'{plan.booster}' cannot hover: at the lowest throttle thrust is {window.least:.2f} times the weight at touchdown. The "
        "landing is a hover-slam, which must stop at the ground"
    )
    if window.earliest is None or window.latest is None:
        text += "; when it may be lit could not be found by flying it at constant throttle"
        return (Finding(Severity.UNKNOWN, HOVER, where, text),)
    text += (
        f": lit between {window.earliest:.2f} s (at the lowest throttle all the way) and {window.latest:.2f} s (at the largest "
        f"planned), {window.latest - window.earliest:.2f} s in all"
    )
    return (Finding(Severity.WARN, HOVER, where, text, 1.0 - window.least),)


def _events(plan: ReturnPlan, rows: dict[str, Array]) -> tuple[ReturnEvent, ...]:
    index, found = rows["phase_index"], []

    def put(name: str, k: int) -> None:
        values: dict[str, Any] = {
            n: float(rows[n][k]) for n in ("time", "altitude", "downrange", "speed_relative", "mass")
        }
        so, co = np.sin(rows["longitude"][k]), np.cos(rows["longitude"][k])
        sa, ca = np.sin(rows["latitude"][k]), np.cos(rows["latitude"][k])
        velocity = rows["velocity_ecef"][k]
        east, north, up = (
            velocity @ [-so, co, 0.0],
            velocity @ [-sa * co, -sa * so, ca],
            velocity @ [ca * co, ca * so, sa],
        )
        values["flight_path_angle"] = float(np.arctan2(up, np.hypot(east, north)))
        values["azimuth"] = float(np.arctan2(east, north)) % (2.0 * np.pi)
        found.append(ReturnEvent(name=name, **values))

    put("separation", 0)
    for k, segment in enumerate(plan.segments):
        here = np.flatnonzero(index == k)
        before = plan.segments[k - 1].burn if k else ""
        after = plan.segments[k + 1].burn if k + 1 < len(plan.segments) else ""
        if segment.burn and segment.burn != before:
            put(f"{segment.burn} ignition", int(here[0]))
        if segment.burn and segment.burn != after and segment is not plan.segments[-1]:
            put(f"{segment.burn} cut-off", int(here[-1]))
    put("apogee", int(rows["altitude"].argmax()))
    put("largest dynamic pressure", int((rows["dynamic_pressure"] * (rows["time"] > found[-1].time)).argmax()))
    put("touchdown", -1)
    return tuple(sorted(found, key=lambda e: e.time))


def pad_findings(plan: ReturnPlan) -> list[Finding]:
    """Where several bodies come back alike: that one of them is solved, and where the others land."""
    pads = plan.document.pads
    if plan.bodies == 1 or plan.mode != "rtls":
        return []
    where = plan.document.where("pads" if pads else "")
    if len(pads) < plan.bodies:
        text = f"{plan.bodies} of '{plan.booster}' come back, and {len(pads) or 'no'} pads are named: give one for each"
        return [Finding(Severity.WARN, "booster_return.pads", where, text)]
    first, *others = (np.array(ecef_from_geodetic(p.latitude, p.longitude, p.altitude)) for p in pads[: plan.bodies])
    apart = ", ".join(f"{float(np.linalg.norm(o - first)):.0f} m" for o in others)
    text = (
        f"{plan.bodies} of '{plan.booster}' come back alike: one is solved, to '{pads[0].name}', and counted for all; the "
        f"others' pads lie {apart} from it, and their ways are taken for its mirror image"
    )
    return [Finding(Severity.OK, "booster_return.pads", where, text)]


def _findings(plan: ReturnPlan, rows: dict[str, Array], engine: EngineMap) -> list[Finding]:
    document = plan.document
    asked, found = document.limits, pad_findings(plan)
    for name, column, limit in (
        ("dynamic_pressure", "dynamic_pressure", asked.dynamic_pressure),
        ("heat_flux", "heat_flux", asked.heat_flux),
        ("axial_acceleration", "axial_acceleration", asked.axial_acceleration),
    ):
        if limit is None:
            continue
        felt = rows["phase_index"] > (1 if plan.mode == "rtls" else 0)  # on the way down
        largest = float(rows[column][felt].max())
        margin = 1.0 - largest / limit
        # meshes are divided until limits hold to a thousandth between points; the flight again has its own error
        severity = Severity.OK if margin >= -1e-3 else Severity.WARN if margin >= -FLOWN_MARGIN else Severity.ERROR
        text = f"'{plan.booster}': the largest {name.replace('_', ' ')} is {largest:.4g}, of {limit:.4g} allowed"
        found.append(Finding(severity, f"booster_return.{name}", document.where(f"limits.{name}"), text, margin))
    starts = 1 + len({s.burn for s in plan.segments if s.burn})
    if engine.ignitions is None:
        text = f"'{engine.name}' starts {starts} times; its document does not say how often it may ('ignitions')"
        found.append(Finding(Severity.UNKNOWN, "booster_return.ignitions", document.where(), text))
    if document.drag is None:
        text = (
            f"the drag of '{plan.booster}' with engines ahead is built up (flat face, friction, base, fins), and no source "
            "measures it; give a curve in 'drag' if there is one"
        )
        found.append(Finding(Severity.UNKNOWN, "booster_return.drag", document.where("drag"), text))
    entry = [s for s in plan.segments if s.burn == "entry burn"]
    if entry:
        here = [rows["time"][rows["phase_index"] == plan.segments.index(s)] for s in entry]
        lasted = float(here[-1][-1] - here[0][0])
        if lasted < 2.0 * SHORTEST_BURN * len(entry):
            text = (
                f"the entry burn of '{plan.booster}' has shrunk to {lasted:.1f} s: the limits ask for none, and 'entry: null' "
                "saves its starts"
            )
            found.append(Finding(Severity.WARN, "booster_return.entry_burn", document.where("entry"), text))
    return found
