"""Main dimensions of pumps and turbines from their design point: stages, speed, diameters, mean-line efficiency.

The usual coefficients are those of Humble, Henry and Larson, Space Propulsion Analysis and Design (1995), chapter 5, as
transcribed in GitHub Utisse/SSME_prop (turbopump_design.m) [secondary]; the limits of tip speed are estimates.
"""

from dataclasses import dataclass

import numpy as np

from ...core.earth import G0
from . import pump, turbine


@dataclass(frozen=True)
class PumpLimits:
    """What is usual for one liquid. stage_rise [Pa], suction: specific speed that inducers reach, tip_speed [m/s]."""

    stage_rise: float
    head_coefficient: float
    suction: float
    tip_speed: float


_TO_DIMENSIONLESS = G0**-0.75  # the book's suction specific speeds are ω √Q / NPSH^0.75 with rad/s, m³/s, m
HYDROGEN = PumpLimits(16e6, 0.60, 130.0 * _TO_DIMENSIONLESS, 650.0)
CRYOGENIC = PumpLimits(47e6, 0.55, 90.0 * _TO_DIMENSIONLESS, 350.0)
STORABLE = PumpLimits(47e6, 0.55, 12.0, 350.0)  # suction: an estimate
TURBINE_TIP_SPEED = 500.0  # m/s, nickel alloys, hot; an estimate
_INLET_FLOW_COEFFICIENT, _HUB_RATIO = 0.10, 0.3  # of an inducer
_LOWEST_BLADE = 5e-3  # m; an estimate: shorter blades leak too much, and part of the circle is fed instead


def pump_limits(fluid: str) -> PumpLimits:
    """The usual figures for what is pumped, by the medium's name."""
    if fluid == "hydrogen":
        return HYDROGEN
    return CRYOGENIC if fluid in ("oxygen", "methane") else STORABLE


def stage_count(pressure_rise: float, limits: PumpLimits) -> int:
    """As few stages as the usual rise of one allows."""
    return max(1, int(np.ceil(pressure_rise / limits.stage_rise - 1e-9)))


@dataclass(frozen=True)
class PumpDimensions:
    """speed [rad/s], tip_speed [m/s], diameters [m], suction_head: that an inducer needs at this speed and flow [m]."""

    speed: float
    tip_speed: float
    tip_diameter: float
    inlet_diameter: float
    suction_head: float


def pump_dimensions(
    head: float,
    volume_flow: float,
    stages: int,
    speed: float,
    limits: PumpLimits,
    head_coefficient: float | None = None,
) -> PumpDimensions:
    """Impeller and inducer of a pump; head of all stages [m], volume flow [m³/s], speed [rad/s]."""
    tip_speed = float(pump.tip_speed(head / stages, head_coefficient or limits.head_coefficient))
    return PumpDimensions(
        speed,
        tip_speed,
        2.0 * tip_speed / speed,
        float(pump.inducer_diameter(volume_flow, speed, _INLET_FLOW_COEFFICIENT, _HUB_RATIO)),
        float(pump.needed_suction_head(speed, volume_flow, limits.suction)),
    )


@dataclass(frozen=True)
class TurbineDimensions:
    """blade_speed [m/s], mean_diameter and blade_height [m], speed_ratio U/C0 of the whole drop, admission, efficiency."""

    blade_speed: float
    mean_diameter: float
    speed_ratio: float
    efficiency: float
    blade_height: float
    admission: float


def turbine_dimensions(
    drop: float, flow: float, exit_density: float, speed: float, staging: str, stages: int, nozzle_angle: float,
    mean_diameter: float | None = None, admission: float | None = None, highest_blade_speed: float = TURBINE_TIP_SPEED,
) -> TurbineDimensions:  # fmt: skip
    """Mean line of a turbine: isentropic drop [J/kg], flow [kg/s], density behind it [kg/m³], speed [rad/s].

    Without a diameter: the blade speed of best efficiency, or the highest one allowed. Losses of partial admission and of
    the gap are left out: what comes out is an upper bound.
    """
    spouting = float(turbine.spouting_speed(drop))
    best = turbine.best_speed_ratio(staging, stages, nozzle_angle)
    blade_speed = 0.5 * speed * mean_diameter if mean_diameter else min(best * spouting, highest_blade_speed)
    diameter = 2.0 * blade_speed / speed
    ratio = blade_speed / spouting
    efficiency = turbine.mean_line_efficiency(staging, stages, ratio, nozzle_angle)
    rows = 1 if staging == "velocity" else stages
    share = 0.5 if staging == "reaction" else 1.0  # of the stage's drop that the nozzles take
    axial = turbine.NOZZLE * spouting * np.sqrt(share / rows) * np.sin(nozzle_angle)
    full = flow / (exit_density * axial * np.pi * diameter)
    fed = admission or min(1.0, full / _LOWEST_BLADE)
    return TurbineDimensions(blade_speed, diameter, ratio, efficiency, float(full / fed), float(fed))
