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
def needed_suction_head(speed, volume_flow, suction_specific_speed):
    """[m]: what an inducer that reaches a suction specific speed needs (the last equation turned round)."""
    return (speed * np.sqrt(volume_flow) / suction_specific_speed) ** (4.0 / 3.0) / G0


@equation
def tip_speed(stage_head, head_coefficient):
    """[m/s]: √(g H / ψ) (Humble, Henry and Larson 1995, chapter 5)."""
    return np.sqrt(G0 * stage_head / head_coefficient)


@equation
def inducer_diameter(volume_flow, speed, flow_coefficient, hub_ratio):
    """[m]: from Q = (π/4) D² (1 − λ²) c and c = φ ω D/2 (flow coefficient φ as in NASA SP-8052, 1971)."""
    return (8.0 * volume_flow / (np.pi * flow_coefficient * speed * (1.0 - hub_ratio * hub_ratio))) ** (1.0 / 3.0)


# European specific speed n_q (rpm, m³/s, m) over the dimensionless one.
EUROPEAN = 52.92
SHUT_OFF_HEAD = 1.2  # where the specific speed is not known


@equation
def shut_off_head(specific_speed):
    """Head at no flow over that at design: 1.08 exp(0.0047 n_q), about 1.2 for radial pumps and more for axial ones.

    An estimate: from the mean curves of head coefficients against specific speed in Gülich, Centrifugal Pumps (2008),
    chapter 3, as recalled.
    """
    return 1.08 * np.exp(0.0047 * EUROPEAN * specific_speed)


@equation
def head_curve(flow_coefficient, shut_off_head=SHUT_OFF_HEAD):
    """Head coefficient over its design value against flow coefficient over its design value: k − (k − 1) φ².

    An estimate: a steadily falling parabola from the shut-off head k to the design point.
    """
    return shut_off_head - (shut_off_head - 1.0) * flow_coefficient * flow_coefficient


@equation
def efficiency_curve(flow_coefficient):
    """Efficiency over its design value: 2 φ − φ². An estimate: exact where the losses are those of incidence alone."""
    return flow_coefficient * (2.0 - flow_coefficient)
