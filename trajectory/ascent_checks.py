"""What a flown ascent is asked: do the limits hold, were tables left, does the solution stand?"""

import numpy as np

from ..core.findings import Finding, Severity
from .ascent import Ascent
from .ascent_problem import LONGEST_BURN
from .motion import normal_force
from .result import SolverSummary, Trajectory

DENSE = 5e3  # Pa
USUAL_ANGLE = 3.0  # deg; nearly a gravity turn, as launchers fly the dense air


def ascent_findings(ascent: Ascent, trajectory: Trajectory, solver: SolverSummary) -> tuple[Finding, ...]:
    """Every limit of the mission against what was flown, tables left, and how well the solution stands."""
    mission = ascent.mission
    limits, found = mission.limits, []

    def limit(rule: str, field: str, value: float, bound: float | None, text: str) -> None:
        if bound is None:
            found.append(
                Finding(
                    Severity.UNKNOWN,
                    rule,
                    mission.where("limits"),
                    f"{text.format(value)}; the mission states no limit",
                )
            )
            return
        margin = 1 - value / bound
        # the optimizer holds limits at its collocation points; between them a tenth of a per cent is its own error
        severity = Severity.OK if margin >= -1e-3 else Severity.WARN if margin > -0.02 else Severity.ERROR
        share = f"{value / bound:.1%} of the limit"
        found.append(
            Finding(severity, rule, mission.where(f"limits.{field}"), f"{text.format(value)}, {share}", margin)
        )

    q = trajectory.dynamic_pressure
    aboard = np.array([not ascent.plan.segments[int(k)].payload_gone for k in trajectory.phase_index])
    limit(
        "ascent.dynamic_pressure",
        "dynamic_pressure",
        q.max() / 1e3,
        _over(limits.dynamic_pressure, 1e3),
        "largest dynamic pressure {:.2f} kPa",
    )
    steered = trajectory.time > mission.sequence.vertical_rise
    q_alpha = np.degrees((q * np.sin(trajectory.angle_of_attack))[steered].max()) / 1e3
    limit(
        "ascent.q_alpha", "q_alpha", q_alpha, _over(limits.q_alpha, 1e3 * np.pi / 180), "largest q·alpha {:.1f} kPa·deg"
    )
    limit(
        "ascent.axial_acceleration",
        "axial_acceleration",
        trajectory.axial_acceleration[aboard].max(),
        limits.axial_acceleration,
        "largest axial acceleration {:.2f} m/s²",
    )
    if limits.lateral_acceleration is not None:
        limit(
            "ascent.lateral_acceleration",
            "lateral_acceleration",
            float(_lateral(ascent, trajectory)[steered].max()),
            limits.lateral_acceleration,
            "largest lateral acceleration {:.3f} m/s² (the air's normal force over the mass)",
        )
    found.append(_angle_of_attack(trajectory, steered))
    found += _stations(ascent, trajectory) + _long_burns(ascent) + held_coasts(ascent)
    bare = np.array([not ascent.plan.segments[int(k)].fairing_on for k in trajectory.phase_index])
    if limits.covered_heat_flux is not None and not bare.all():
        limit(
            "ascent.covered_heat_flux",
            "covered_heat_flux",
            trajectory.heat_flux[~bare].max() / 1e6,
            limits.covered_heat_flux / 1e6,
            "largest 0.5 rho v³ while the fairing is on {:.2f} MW/m²",
        )
    if bare.any():
        limit(
            "ascent.heat_flux",
            "fairing_heat_flux",
            trajectory.heat_flux[bare].max(),
            limits.fairing_heat_flux,
            "largest free-molecular heating after fairing jettison {:.0f} W/m²",
        )
    for segment in ascent.plan.segments:
        here = trajectory.phase_index == trajectory.phase_names.index(segment.name)
        dense = here & (q > 1.0)
        if dense.any() and trajectory.mach[dense].max() > segment.model.drag_coefficient.high:
            found.append(
                Finding(
                    Severity.WARN,
                    "ascent.mach_outside_table",
                    segment.name,
                    f"Mach {trajectory.mach[dense].max():.1f} is beyond the drag table's end "
                    f"({segment.model.drag_coefficient.high:.1f}); the last value was held",
                )
            )
    good = solver.position_error < 100 and solver.velocity_error < 0.1
    found.append(
        Finding(
            Severity.OK if good else Severity.WARN,
            "ascent.repropagation",
            "insertion",
            f"flown again by another integrator, insertion differs by {solver.position_error:.2g} m and "
            f"{solver.velocity_error:.2g} m/s",
            1 - solver.position_error / 100,
        )
    )
    if solver.mesh_error > ascent.mesh_tolerance:
        found.append(
            Finding(
                Severity.WARN,
                "ascent.mesh",
                "the optimizer's mesh",
                f"its relative error estimate is {solver.mesh_error:.1e} after {solver.mesh_passes} passes, over the "
                f"{ascent.mesh_tolerance:.0e} asked for; the re-propagation above measures what that means",
            )
        )
    return tuple(found)


def _lateral(ascent: Ascent, trajectory: Trajectory) -> np.ndarray:
    """[m/s²] at every sample."""
    models = [segment.model for segment in ascent.plan.segments]
    sine2 = np.sin(trajectory.angle_of_attack) ** 2
    return np.array(
        [
            normal_force(models[int(k)], float(q), float(s)) / float(m)
            for k, q, s, m in zip(
                trajectory.phase_index, trajectory.dynamic_pressure, sine2, trajectory.mass, strict=True
            )
        ]
    )


def _stations(ascent: Ascent, trajectory: Trajectory) -> list[Finding]:
    """The lowest elevation over each ground station in its time."""
    found, mission = [], ascent.mission
    for i, station in enumerate(mission.limits.stations):
        where = mission.where(f"limits.stations.{i}")
        line = trajectory.position_ecef - station.position()
        elevation = np.arcsin(line @ station.up() / np.maximum(np.linalg.norm(line, axis=1), 1.0))
        asked = (trajectory.time >= station.begin) & (trajectory.time <= station.end)
        if not asked.any():
            text = f"'{station.name}': the flight ends before {station.begin:g} s, and nothing can be said"
            found.append(Finding(Severity.UNKNOWN, "ascent.station", where, text))
            continue
        at = np.flatnonzero(asked)[np.argmin(elevation[asked])]
        lowest, least = float(np.degrees(elevation[at])), station.minimum_elevation
        text = f"'{station.name}' sees the vehicle {lowest:.2f} deg high at least ({trajectory.time[at]:.0f} s)"
        if least is None:
            found.append(
                Finding(
                    Severity.OK if lowest > 0.0 else Severity.WARN,
                    "ascent.station",
                    where,
                    f"{text}; no least elevation is asked for"
                    + ("" if lowest > 0.0 else ", and it is below the horizon"),
                )
            )
            continue
        short = np.degrees(least) - lowest
        severity = Severity.OK if short < 0.02 else Severity.WARN if short < 0.2 else Severity.ERROR
        found.append(
            Finding(severity, "ascent.station", where, f"{text}, of {np.degrees(least):g} deg asked for", -float(short))
        )
    return found


def _long_burns(ascent: Ascent) -> list[Finding]:
    """The optimizer's own bound on a burn, which is nobody's limit: a burn that ends on it would go on."""
    return [
        Finding(
            Severity.WARN,
            "ascent.longest_burn",
            segment.name,
            f"burns {LONGEST_BURN:g} s, the longest that the optimizer looks for: the optimum may lie beyond; divide the burn "
            "by a coast, or take a stronger engine",
            0.0,
        )
        for segment in ascent.plan.segments
        if segment.powered
        and segment.duration is None
        and segment.longest is None
        and ascent.solution[segment.name].duration > 0.999 * LONGEST_BURN
    ]


def held_coasts(ascent: Ascent) -> list[Finding]:
    """Coasts that might have lasted longer, and were held for the solver's sake."""
    return [
        Finding(
            Severity.WARN,
            "ascent.held_coast",
            segment.name,
            f"held at its shortest, {segment.duration:g} s: the solver did not converge with its length free, and a flight "
            "with a longer one may carry more",
            0.0,
        )
        for segment in ascent.plan.segments
        if segment.steering == "none" and segment.duration is not None
    ]


def _angle_of_attack(trajectory: Trajectory, steered: np.ndarray) -> Finding:
    """Large angles in dense air: the model gives them no normal force, so the optimum takes them for nothing."""
    dense = steered & (trajectory.dynamic_pressure > DENSE)
    largest = float(np.degrees(trajectory.angle_of_attack[dense].max())) if dense.any() else 0.0
    text = f"angle of attack up to {largest:.1f} deg where q is over {DENSE / 1e3:g} kPa"
    if largest <= USUAL_ANGLE:
        return Finding(Severity.OK, "ascent.angle_of_attack", "ascent", text, 1 - largest / USUAL_ANGLE)
    return Finding(
        Severity.WARN,
        "ascent.angle_of_attack",
        "ascent",
        f"{text}: launchers keep to about {USUAL_ANGLE:g} deg there, and this model has no normal force that would make it "
        "costly; lower the mission's q_alpha to see what it is worth",
        1 - largest / USUAL_ANGLE,
    )


def _over(value: float | None, unit: float) -> float | None:
    return None if value is None else value / unit
