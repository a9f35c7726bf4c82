"""Pump numbers: head, specific speed, suction. Scalar equations for floats and CasADi."""

import numpy as np

from ...core.earth import G0
from ...core.numeric import equation


@equation
def specific_speed(speed, volume_flow, head, stages):
    """Dimensionless, a stage: ω √Q / (g H)^0.75 with ω [rad/s], Q [m³/s], H [m] (Stepanoff 1957; Brennen 1994, eq. 2.16)."""
    return speed * np.sqrt(volume_flow) / (G0 * head / stages) ** 0.75


@equation
def net_positive_suction_head(total_pressure, vapour_pressure, density):
    """[m] (Brennen 1994, section 5.3): what stands over the vapour pressure at the inlet."""
    return (total_pressure - vapour_pressure) / (density * G0)


@equation
def suction_specific_speed(speed, volume_flow, suction_head):
    """Dimensionless: ω √Q / (g NPSH)^0.75 (Brennen 1994, eq. 5.5)."""
    return speed * np.sqrt(volume_flow) / (G0 * suction_head) ** 0.75


# US customary specific speed (rpm, gpm, ft) over the dimensionless one.
US_CUSTOMARY = 2733.0


@equation
def head_curve(flow_coefficient):
    """Head coefficient over its design value against flow coefficient over its design value: 1.2 − 0.2 φ².

    An estimate: a steadily falling parabola, shut-off head 20 % above design, as of radial pumps of low specific speed.
    """
    return 1.2 - 0.2 * flow_coefficient * flow_coefficient


@equation
def efficiency_curve(flow_coefficient):
    """Efficiency over its design value: 2 φ − φ². An estimate: exact where the losses are those of incidence alone."""
    return flow_coefficient * (2.0 - flow_coefficient)
