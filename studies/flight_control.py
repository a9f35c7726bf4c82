"""The attitude control of a study's flight: the linear vehicle at an instant, and whether the margins hold."""

import numpy as np

from ..core.findings import Finding, Severity
from ..core.results import Array
from ..trajectory.environment.atmosphere import density, speed_of_sound
from ..trajectory.flight.aero import pressure_center
from ..trajectory.flight.control_design import NONE_DB, ControlTable, LinearPoint, Mode
from ..trajectory.flight.document import FlightRules, StageActuators
from ..trajectory.result import Trajectory
from ..trajectory.segment import Segment
from ..vehicle.aero_table import AeroTable
from .flight_case import MassTables

TAIL_OFF = 0.3
"""Share of a burn's largest thrust below which no gains are designed: a solid motor runs out, and what its nozzle can turn with
it. The gains before stand till the stage leaves."""


def designed_span(trajectory: Trajectory, here: Array) -> tuple[float, float]:
    """(begin, end) [s since T-0] of what the control is designed for in a burn; here: the trajectory's rows of its segment."""
    thrust = trajectory.thrust[here]
    strong = np.flatnonzero(thrust >= TAIL_OFF * thrust.max())
    return float(trajectory.time[here[0]]), float(trajectory.time[here[strong[-1]]])


def linear_point(
    trajectory: Trajectory,
    here: Array,
    at: float,
    segment: Segment,
    masses: MassTables,
    aero: AeroTable,
    act: StageActuators,
    gimbal_station: float,
) -> LinearPoint:
    """The vehicle about the optimum's flight at an instant [s since T-0]; here: the trajectory's rows of the segment."""
    model = segment.model
    mass, altitude, speed, total = (
        float(np.interp(at, trajectory.time[here], column[here]))
        for column in (trajectory.mass, trajectory.altitude, trajectory.speed_relative, trajectory.thrust)
    )
    center, inertia = (float(np.interp(mass, masses.mass, column)) for column in (masses.center, masses.pitch))
    rho, sound = float(density(model.atmosphere, altitude)), float(speed_of_sound(model.atmosphere, altitude))
    q, mach = 0.5 * rho * speed * speed, speed / sound
    slope = float(np.interp(mach, aero.mach, aero.slope))
    d = aero.reference_length
    damping = -q * aero.reference_area * d * aero.pitch_damping(mach, center) * d / (2.0 * max(speed, 1.0))
    modes = ()
    if act.bending is not None:
        b = act.bending
        modes = (Mode(2.0 * np.pi * b.frequency, b.damping, b.modal_mass, b.at_gimbal, b.slope),)
    return LinearPoint(
        time=at,
        thrust=total * act.gimballed,
        thrust_total=total,
        mass=mass,
        inertia=inertia,
        gimbal_arm=center - gimbal_station,
        air_force=q * aero.reference_area * slope,
        air_arm=pressure_center(aero, mach, center) - center,
        air_damping=damping,
        speed=speed,
        modes=modes,
    )


def control_findings(control: ControlTable, rules: FlightRules, stages: list[str], where: str) -> list[Finding]:
    """Whether the margins hold everywhere, and whose actuators are only usual ones."""
    found = []
    for name, values, limit, unit in (
        ("low gain", control.low, 6.0, "dB"),
        ("high gain", control.high, 6.0, "dB"),
        ("phase", np.degrees(control.phase), 30.0, "deg"),
        ("mode attenuation", control.mode, 12.0, "dB"),
    ):
        worst = int(np.argmin(values))
        if values[worst] >= NONE_DB:
            continue
        met = bool(values[worst] >= limit)
        found.append(
            Finding(
                Severity.OK if met else Severity.ERROR,
                f"flight.{name.replace(' ', '_')}_margin",
                where,
                f"least {name} margin of the attitude control {values[worst]:.3g} {unit} at {control.time[worst]:.1f} s "
                f"({control.phases[int(control.phase_index[worst])]}); {limit:g} {unit} are wanted"
                + ("" if met else "; raise gimbal rate or lower its lag, or state a lower bandwidth"),
                float(values[worst] / limit - 1.0),
            )
        )
    if not np.all(control.stable > 0.0):
        at = int(np.flatnonzero(control.stable == 0.0)[0])
        found.append(
            Finding(
                Severity.ERROR, "flight.unstable", where,
                f"the attitude control is unstable at {control.time[at]:.1f} s "
                f"({control.phases[int(control.phase_index[at])]})",
            )
        )  # fmt: skip
    assumed = [s for s in stages if s not in [a.stage for a in rules.stages]]
    if assumed:
        found.append(
            Finding(
                Severity.WARN, "flight.actuators_assumed", where,
                f"{', '.join(assumed)}: gimbals, ramps and jets are usual values; give them in the study's "
                "'flight' document",
            )
        )  # fmt: skip
    return found
