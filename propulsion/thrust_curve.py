"""The thrust curve of a solid motor: given against time, as makers publish it; what the trajectory flies with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import FieldError
from ..core.earth import G0
from ..core.errors import InputError
from ..core.modules import Part
from ..core.quantity import SI, Area, Mass
from ..core.results import Array, Result, Unit
from .engine import SpecificImpulse

CurveTime = Annotated[float, SI("s", ("1.5 s",), ge=0.0, le=3600.0)]
CurveThrust = Annotated[float, SI("N", ("2200 kN",), ge=0.0)]
CurveFlow = Annotated[float, SI("kg/s", ("800 kg/s",), ge=0.0)]
Pressure = Annotated[float, SI("Pa", ("1 atm",), ge=0.0)]


class ThrustCurve(Part, schema="osea/thrust-curve/v1"):
    """One solid motor. Between its points the curve is straight; it ends with its last point.

    time: from ignition on, ascending from 0 (for a motor that lifts the vehicle: from lift-off on). thrust: at the ambient
    pressure measured_at (0: in vacuum). The mass flow is given, or follows from the vacuum thrust and one isp_vacuum.
    exit_area: of the nozzle, for the thrust that ambient pressure takes. mass: of the empty motor, where it is known.
    """

    time: tuple[CurveTime, ...] = Field(min_length=4)
    thrust: tuple[CurveThrust, ...] = Field(min_length=4)
    measured_at: Pressure = 0.0
    mass_flow: tuple[CurveFlow, ...] | None = None
    isp_vacuum: SpecificImpulse | None = None
    exit_area: Area
    mass: Mass | None = None

    @model_validator(mode="after")
    def _a_curve(self) -> Self:
        if len(self.thrust) != len(self.time):
            raise FieldError("thrust", f"{len(self.time)} times and {len(self.thrust)} thrusts: make them as many")
        if self.time[0] != 0.0 or any(b <= a for a, b in zip(self.time, self.time[1:], strict=False)):
            raise FieldError("time", "the times must begin with 0 s, the ignition, and ascend")
        if max(self.thrust) <= 0.0:
            raise FieldError("thrust", "this motor never pushes; give its thrust")
        if (self.mass_flow is None) == (self.isp_vacuum is None):
            raise FieldError("isp_vacuum", "give either 'mass_flow' for each time or one 'isp_vacuum'")
        if self.mass_flow is not None and len(self.mass_flow) != len(self.time):
            raise FieldError("mass_flow", f"{len(self.time)} times and {len(self.mass_flow)} flows: make them as many")
        if self.mass_flow is not None and max(self.mass_flow) <= 0.0:
            raise FieldError("mass_flow", "this motor burns nothing; give its flow")
        return self

    @property
    def burned_mass(self) -> float:
        """Propellant [kg] that one motor burns: the integral of its mass flow."""
        return motor_map(self).burned(self.time[-1])


@dataclass(frozen=True, kw_only=True)
class MotorMap(Result):
    """One motor. Arrays (n,) against time [s] since its ignition, straight between the points: vacuum thrust and mass flow."""

    name: str
    time: Annotated[Array, Unit("s")]
    thrust_vacuum: Annotated[Array, Unit("N")]
    mass_flow: Annotated[Array, Unit("kg/s")]
    exit_area: Annotated[float, Unit("m^2")]

    ignitions = 1
    throttle_min = 1.0

    @property
    def burn_time(self) -> float:
        """[s]."""
        return float(self.time[-1])

    @property
    def isp_vacuum(self) -> float:
        """Total impulse over propellant [s]."""
        return float(np.trapezoid(self.thrust_vacuum, self.time)) / (self.burned(self.burn_time) * G0)

    def burned(self, time: float) -> float:
        """Propellant [kg] burned until a time since ignition: the exact integral of the straight pieces."""
        end = min(max(time, 0.0), self.burn_time)
        t = np.append(self.time[self.time < end], end)
        return float(np.trapezoid(np.interp(t, self.time, self.mass_flow), t))

    def thrust(self, throttle: float, ambient_pressure: float) -> float:
        """The largest thrust [N] of the first two seconds at an ambient pressure [Pa]: what lifts the vehicle."""
        if throttle != 1.0:
            raise InputError(f"'{self.name}' is a solid motor and cannot be throttled to {throttle:g}")
        early = np.append(self.thrust_vacuum[self.time <= 2.0], np.interp(2.0, self.time, self.thrust_vacuum))
        return float(early.max()) - ambient_pressure * self.exit_area


def motor_map(curve: ThrustCurve) -> MotorMap:
    """What the trajectory needs of a motor; thrust measured in air is raised by pressure · exit area while it burns."""
    time, thrust = np.array(curve.time), np.array(curve.thrust)
    vacuum = thrust + np.where(thrust > 0.0, curve.measured_at * curve.exit_area, 0.0)
    if curve.mass_flow is not None:
        flow = np.array(curve.mass_flow)
    else:
        assert curve.isp_vacuum is not None
        flow = vacuum / (curve.isp_vacuum * G0)
    return MotorMap(name=curve.name, time=time, thrust_vacuum=vacuum, mass_flow=flow, exit_area=curve.exit_area)


def read_thrust_curve(path: str | Path, **fields) -> ThrustCurve:
    """A `ThrustCurve` of a file, with its other fields given by name.

    *.csv: a header with time_s, thrust_vacuum_N and, optionally, mass_flow_kg_s. *.eng (RASP): one motor, whose header line
    holds its propellant mass; the flow then follows the thrust, as one specific impulse. Raises InputError.
    """
    path = Path(path)
    if path.suffix.lower() == ".eng":
        return _from_eng(path, fields)
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path)) from None
    try:
        return _from_csv([line for line in lines if line and not line.startswith("#")], path, fields)
    except (ValueError, IndexError, KeyError) as error:
        raise InputError(f"is no thrust curve: {error}", where=str(path)) from None


def _from_csv(lines: list[str], path: Path, fields: dict) -> ThrustCurve:
    header = [name.strip() for name in lines[0].split(",")]
    columns = dict(zip(header, zip(*(map(float, line.split(",")) for line in lines[1:]), strict=True), strict=True))
    if "mass_flow_kg_s" in columns:
        fields = fields | {"mass_flow": columns["mass_flow_kg_s"]}
    return ThrustCurve.model_validate(
        {"name": path.stem, "time": columns["time_s"], "thrust": columns["thrust_vacuum_N"]} | fields
    )


def _from_eng(path: Path, fields: dict) -> ThrustCurve:
    """The one motor of a RASP file, as ``solids.rasp`` reads it."""
    from .solids.rasp import read_eng

    motors = read_eng(path)
    if len(motors) != 1:
        names = ", ".join(m.name for m in motors)
        raise InputError(f"holds {len(motors)} motors ({names}), and one is needed; keep one a file", where=str(path))
    motor = motors[0]
    time, thrust = motor.time, motor.thrust
    inert = motor.loaded_mass - motor.propellant_mass
    curve = {"name": motor.name, "time": time.tolist(), "thrust": thrust.tolist(), "mass": inert} | fields
    if "mass_flow" not in curve and "isp_vacuum" not in curve:
        pressure = np.where(thrust > 0.0, curve.get("measured_at", 0.0) * curve["exit_area"], 0.0)
        curve["isp_vacuum"] = float(np.trapezoid(thrust + pressure, time)) / (motor.propellant_mass * G0)
    return ThrustCurve.model_validate(curve)
