"""Mission data of a booster's descent for a flight computer: vehicle, pad, air and the guidance's own constants, as C."""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

import numpy as np

from ..core.earth import G0, MEAN_RADIUS, ROTATION_RATE
from ..recovery import (
    descent_aim,
    descent_burn,
    descent_case,
    descent_guidance,
    descent_lean,
    descent_prediction,
    descent_reach,
)
from ..recovery.descent_flight import LandingDesign
from ..recovery.descent_reach import Reach
from ..recovery.guidance.export import c_vehicle
from ..trajectory.flight import autopilot
from ..trajectory.flight.layout import H

NO_DESCENT = ("static const mission_descent_t mission_descent = { .descends = 0 };",)
_CONSTANTS: tuple[tuple[ModuleType, tuple[str, ...]], ...] = (
    (descent_reach, (
        "LEAST_PRESSURE", "LEAST_EVEN", "FALL_STEP", "BURN_STEP", "BISECTIONS", "WIND_LAG", "WIND_DOUBT", "MOST_WIND",
    )),
    (descent_prediction, ("LONGEST", "WIND_POWER", "LEAST_WIND_HEIGHT")),
    (descent_guidance, (
        "MOST_LEAN", "MOST_ALPHA", "LEAST_ALPHA", "FULL_ALPHA_PRESSURE", "MISS_LEFT", "ENTRY_SHARE",
        "LEAST_ENTRY_SPEED", "STARTED_AFTER", "STOPPED_AFTER", "LEAST_TO_GO", "PREDICT_EVERY", "HIGHEST_IGNITION",
        "FIRST_IGNITION", "LEAST_IGNITION",
    )),
    (descent_burn, (
        "LEAST_BAND", "LEAD", "LAST_RENEWAL", "PLACE_GAIN", "SPEED_GAIN", "LEAST_LEFT", "HOMING_TIME", "HOMING_SPEED",
        "RATE_LAG", "PATH_TILT", "LEAST_TILT", "WIDER_TILT", "LAST_HEIGHT", "LAST_MARGIN", "LEAST_SLOWING",
        "LEAST_UPRIGHT", "AIR_AHEAD", "END_HEIGHT", "END_CLIMB", "END_BELOW", "PLAN_MISS",
        "PATIENCE", "COMMITTED",
    )),
    (descent_aim, ("STEPS", "AIM_SHARE", "BEYOND")),
    (descent_lean, (
        "LEAST_SPEED", "LEAST_FREE", "MOST_SHARE", "TURN_FREQUENCY", "TURN_DAMPING", "MOST_TURN", "MOST_TURNING",
    )),
    (descent_case, ("ATTITUDE_BANDWIDTH",)),
    (autopilot, ("FIN_FREQUENCY", "FIN_DAMPING", "ERROR_LIMIT")),
)  # fmt: skip
"""The law's constants, each a field of mission_descent_t under its own name in small letters."""


def descent_lines(design: LandingDesign) -> list[str]:
    """Tables and the struct `mission_descent` (examples/flight_computer/src/mission_types.h)."""
    study, air, frame = design.study, design.air, design.frame
    b, rules, engine = study.booster, study.guidance, study.booster.engine
    reach = Reach(study, frame, air)
    gate = descent_burn.gate(study, air)
    tables = {
        "air_density": air.density, "air_pressure": air.pressure, "air_sound": air.sound, "axial": reach.drag,
    }  # fmt: skip
    fields: dict[str, Any] = {
        "descends": 1, "first": 0 if study.separation else 2,
        "origin": frame.origin, "axes": frame.axes,
        "center": frame.axes @ -frame.origin, "turn": frame.axes @ np.array([0.0, 0.0, ROTATION_RATE]),
        "gravity": G0, "mean_radius": MEAN_RADIUS, "entry_height": study.entry.altitude - study.altitude,
        "mass": study.separation.mass if study.separation else study.entry.mass,
        "dry_mass": b.dry_mass, "area": b.area, "length": b.length, "diameter": b.diameter,
        "dry_center": b.center_of_mass, "propellant_station": b.propellant_station,
        "dry_pitch_inertia": b.pitch_inertia, "gimbal_station": b.gimbal_station,
        "thrust": engine.thrust_vacuum, "exhaust": engine.specific_impulse * G0, "exit_area": engine.exit_area,
        "throttle": engine.throttle, "start_ramp": engine.start_ramp, "shutdown_ramp": engine.shutdown_ramp,
        "fin_slope": b.fins.slope, "fin_station": b.fins.station, "fin_limit": b.fins.limit,
        "planform": descent_case.CROSS_FLOW_DRAG * b.length * b.diameter / b.area,
        "leg_station": b.legs.station, "leg_radius": b.legs.radius, "position_limit": b.legs.limits.position,
        "altimeter_sigma": float(design.case.bank[H.altimeter_noise]),
        "entry_engines": b.entry_engines, "landing_engines": b.landing_engines,
        **{name: f"mission_{name}" for name in tables},
        "air_first": float(air.height[0]), "air_step": float(air.height[1] - air.height[0]),
        "mach_step": float(reach.mach[1] - reach.mach[0]), "air_rows": len(air.height), "mach_rows": len(reach.mach),
        "entry_speed": rules.entry_speed, "ignition_throttle": rules.ignition_throttle, "tilt": rules.tilt,
        "closing_time": rules.closing_time,
        "throttle_reserve": rules.throttle_reserve, "touchdown_speed": rules.touchdown_speed,
        "plan_period": 1.0 / rules.rate, "gate_height": gate.height, "gate_sink": gate.sink,
        "learning_lag": descent_reach.LAG, "least_factor": descent_reach.FARTHEST[0],
        "most_factor": descent_reach.FARTHEST[1], "bands": descent_burn.BANDS,
    }  # fmt: skip
    for module, names in _CONSTANTS:
        fields |= {name.lower(): getattr(module, name) for name in names}
    lines = [f"static const double mission_{name}[{len(column)}] = {c_row(column)};" for name, column in tables.items()]
    lines += ["", "static const mission_descent_t mission_descent = {"]
    lines += [f"    .{name} = {_value(value)}," for name, value in fields.items()]
    lines += [f"    .lander = {c_vehicle(descent_burn.landing_vehicle(study, air))},", "};"]
    return lines


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, np.ndarray | tuple):
        return "{ " + ", ".join(_value(v) for v in value) + " }"
    return repr(float(value))


def c_row(values: Iterable[Any]) -> str:
    """Numbers as an initialiser."""
    return "{ " + ", ".join(repr(float(v)) for v in values) + " }"
