"""Pumps and turbines of a balanced cycle as results: powers, specific speeds, main dimensions."""

from typing import Any

from ..fluids.media import RealFluid
from ..turbomachinery import pump as pump_equations
from ..turbomachinery.sizing import (
    TURBINE_TIP_SPEED,
    pump_dimensions,
    pump_limits,
    stage_count,
    turbine_dimensions,
)
from .document import EngineCycle
from .network import Network
from .result import PumpSize, PumpState, StreamState, TurbineSize, TurbineState


def shaft_speeds(cycle: EngineCycle) -> dict[str, float]:
    """Speed of each pump and turbine [rad/s], where its shaft's is given."""
    speeds = {}
    for shaft in cycle.components:
        if shaft.type != "shaft" or shaft.speed is None:
            continue
        gears = {g.component: g.speed_ratio for g in shaft.gears}
        for c in cycle.components:
            if getattr(c, "shaft", None) == shaft.name:
                speeds[c.name] = shaft.speed * gears.get(c.name, 1.0)
    return speeds


def pump_state(c: Any, r: dict[str, float], inlet: StreamState, net: Network, given: float | None) -> PumpState:
    """One pump; given: its speed at design, None where it is not known. Off design the speed follows the shaft's."""
    medium = next(s.medium for s in net.streams if s.target == c.name)
    head, volume, rise = r[f"{c.name}.head"], r[f"{c.name}.volume_flow"], r[f"{c.name}.pressure_rise"]
    limits = pump_limits(medium.name)
    stages = c.stages or stage_count(rise, limits)
    speed = None if given is None else given * r.get(f"{c.shaft}.speed_ratio", 1.0)
    vapour = medium.vapour_pressure(inlet.temperature) if isinstance(medium, RealFluid) else None
    suction = None
    if vapour is not None:
        suction = float(pump_equations.net_positive_suction_head(inlet.pressure, vapour, inlet.density))
    specific = suction_speed = size = None
    wet = suction is not None and suction > 0.0
    if speed is not None and head > 0.0:
        specific = float(pump_equations.specific_speed(speed, volume, head, stages))
        if wet:
            suction_speed = float(pump_equations.suction_specific_speed(speed, volume, suction))
    chosen = speed
    if chosen is None and wet:
        chosen = float(limits.suction / pump_equations.suction_specific_speed(1.0, volume, suction))
    if chosen is not None and head > 0.0:
        d = pump_dimensions(head, volume, stages, chosen, limits, c.head_coefficient)
        size = PumpSize(
            speed=d.speed, speed_given=speed is not None, head_coefficient=c.head_coefficient or limits.head_coefficient,
            tip_speed=d.tip_speed, tip_diameter=d.tip_diameter, inlet_diameter=d.inlet_diameter,
            needed_suction_head=d.suction_head,
        )  # fmt: skip
    return PumpState(
        name=c.name, shaft=c.shaft, power=r[f"{c.name}.power"], efficiency=r[f"{c.name}.efficiency"],
        pressure_rise=rise, head=head, volume_flow=volume, stages=stages, speed=speed,
        specific_speed=specific, suction_head=suction, suction_specific_speed=suction_speed, size=size,
    )  # fmt: skip


def turbine_state(
    c: Any, r: dict[str, float], inlet: StreamState, outlet: StreamState, given: float | None
) -> TurbineState:
    """One turbine; its mean line where the speed is known."""
    size, drop = None, r[f"{c.name}.ideal_work"]
    if given is not None and drop > 0.0:
        speed = given * r.get(f"{c.shaft}.speed_ratio", 1.0)
        d = turbine_dimensions(
            drop, inlet.mass_flow, outlet.density, speed, c.staging, c.stages, c.nozzle_angle, c.mean_diameter, c.admission,
            c.highest_tip_speed or TURBINE_TIP_SPEED,
        )  # fmt: skip
        size = TurbineSize(
            staging=c.staging, stages=c.stages, blade_speed=d.blade_speed, mean_diameter=d.mean_diameter,
            speed_ratio=d.speed_ratio, efficiency=d.efficiency, blade_height=d.blade_height, admission=d.admission,
        )  # fmt: skip
    return TurbineState(
        name=c.name, shaft=c.shaft, power=r[f"{c.name}.power"], efficiency=r[f"{c.name}.efficiency"],
        pressure_ratio=r[f"{c.name}.pressure_ratio"], mass_flow=inlet.mass_flow, inlet_temperature=inlet.temperature,
        ideal_work=drop, size=size,
    )  # fmt: skip
