"""Turbine equations for floats and CasADi."""

import numpy as np

from ...core.numeric import equation


@equation
def spouting_speed(isentropic_drop):
    """C₀ = √(2 Δh_s) [m/s] (Dixon and Hall 2014, section 4.1)."""
    return np.sqrt(2.0 * isentropic_drop)


@equation
def efficiency_curve(speed_ratio):
    """Efficiency over its design value against (U/C₀) over its design value: 2 ν − ν².

    Exact for an ideal impulse stage designed at its best speed ratio (Dixon and Hall 2014, section 4.9, blading efficiency).
    """
    return speed_ratio * (2.0 - speed_ratio)


@equation
def stodola(inlet_pressure, inlet_density, pressure_ratio):
    """What a turbine's flow is proportional to: √(p ρ) √(1 − (p₂/p₁)²) at its inlet (Stodola 1927, the law of the ellipse)."""
    return np.sqrt(inlet_pressure * inlet_density) * np.sqrt(1.0 - 1.0 / pressure_ratio**2)


# Velocity coefficients of nozzles and of impulse blades: estimates, of the order that textbooks give for clean rows.
NOZZLE, BLADE = 0.96, 0.86


@equation
def impulse_efficiency(speed_ratio, nozzle_angle):
    """Of one impulse stage, total to static: 2 ν (φ cos α − ν)(1 + k) (Dixon and Hall 2014, section 4.9, with losses)."""
    return 2.0 * speed_ratio * (NOZZLE * np.cos(nozzle_angle) - speed_ratio) * (1.0 + BLADE)


@equation
def reaction_efficiency(speed_ratio, nozzle_angle):
    """Of one stage of 50 % reaction, total to total, by Soderberg's loss coefficient (Dixon and Hall 2014, eqs. 4.12, 4.22).

    ζ = 0.04 + 0.06 (ε/100°)², ε = 90° − α. With symmetric triangles c_u = (W/U + U)/2 and η = 1/(1 + ζ c²/W), W the work;
    three rounds of substitution suffice.
    """
    deflection = (0.5 * np.pi - nozzle_angle) * 180.0 / np.pi
    loss = 0.04 + 0.06 * (deflection / 100.0) ** 2
    work = 0.5 * 0.9  # in units of C0²
    for _ in range(3):
        speed = 0.5 * (work / speed_ratio + speed_ratio) / np.cos(nozzle_angle)
        work = 0.5 / (1.0 + loss * speed * speed / work)
    return 2.0 * work


def velocity_efficiency(rows: int, speed_ratio: float, nozzle_angle: float) -> float:
    """Of one set of nozzles and several impulse rows with guide blades between them (Curtis): whirl followed row by row."""
    whirl, work = NOZZLE * float(np.cos(nozzle_angle)), 0.0  # over C0
    for _ in range(rows):
        relative = whirl - speed_ratio
        work += speed_ratio * (1.0 + BLADE) * relative
        whirl = BLADE * (BLADE * relative - speed_ratio)  # out of the row, turned round by the guide blades
    return 2.0 * work


def mean_line_efficiency(staging: str, stages: int, speed_ratio: float, nozzle_angle: float) -> float:
    """Of a whole turbine. speed_ratio: U/C0 of the whole drop; each pressure stage takes an equal part of it. At least 0."""
    if staging == "velocity":
        return max(velocity_efficiency(stages, speed_ratio, nozzle_angle), 0.0)
    own = speed_ratio * float(np.sqrt(stages))
    of_stage = reaction_efficiency if staging == "reaction" else impulse_efficiency
    return max(float(of_stage(own, nozzle_angle)), 0.0)


def best_speed_ratio(staging: str, stages: int, nozzle_angle: float) -> float:
    """U/C0 of the whole drop at which the mean line is best."""
    grid = np.linspace(0.02, 1.0, 491)
    values = [mean_line_efficiency(staging, stages, float(r), nozzle_angle) for r in grid]
    return float(grid[int(np.argmax(values))])
