"""A motor as its thrust in time: as RASP files state it (`RaspMotor`), and as vehicles fly it (`..thrust_curve.ThrustCurve`)."""

from itertools import pairwise
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from ...core.documents import FieldError, Module, Source
from ...core.earth import G0
from ...core.errors import InputError
from ...core.quantity import SI
from ..thrust_curve import ThrustCurve
from .document import SolidMotor
from .performance import SolidMotorPerformance

Instant = Annotated[float, SI("s", ("0.1 s",), ge=0.0)]
CurveThrust = Annotated[float, SI("N", ("1500 N",), ge=0.0)]
CurveMass = Annotated[float, SI("kg", ("3.1 kg",), ge=0.0)]
CurveSize = Annotated[float, SI("m", ("75 mm",), ge=0.0)]


class RaspMotor(Module, schema="osea/rasp-motor/v1"):
    """points: (time, thrust), straight lines between them; thrust before the first point rises from zero at t = 0.

    ambient_pressure: at which the thrust was taken; None where that is not known. delays: of an ejection charge [s], as
    RASP writes them (``6-10-14``, ``P`` for plugged, ``0``).
    """

    manufacturer: str = ""
    diameter: CurveSize
    length: CurveSize
    propellant_mass: CurveMass
    loaded_mass: CurveMass
    delays: str = "0"
    ambient_pressure: Annotated[float, SI("Pa", ("101325 Pa",), ge=0.0)] | None = None
    points: Annotated[tuple[tuple[Instant, CurveThrust], ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        times = [t for t, _ in self.points]
        for i, (a, b) in enumerate(pairwise(times)):
            if b <= a:
                raise FieldError(f"points.{i + 1}", f"time {b:g} s does not follow {a:g} s; times must ascend")
        if self.points[-1][1] != 0.0:
            raise FieldError(f"points.{len(self.points) - 1}", "the last thrust must be zero: the motor has burnt out")
        if self.loaded_mass < self.propellant_mass:
            raise FieldError(
                "loaded_mass", f"{self.loaded_mass:g} kg is less than the propellant's {self.propellant_mass:g} kg"
            )
        return self

    @property
    def time(self) -> np.ndarray:
        """[s], from 0."""
        t = np.array([t for t, _ in self.points])
        return t if t[0] == 0.0 else np.concatenate([[0.0], t])

    @property
    def thrust(self) -> np.ndarray:
        """[N] at ``time``."""
        f = np.array([f for _, f in self.points])
        return f if self.points[0][0] == 0.0 else np.concatenate([[0.0], f])

    @property
    def total_impulse(self) -> float:
        """[N s]"""
        return float(np.trapezoid(self.thrust, self.time))

    @property
    def isp(self) -> float | None:
        """Mean specific impulse [s]; None without a propellant mass."""
        return self.total_impulse / (self.propellant_mass * G0) if self.propellant_mass > 0.0 else None

    def propellant_left(self) -> np.ndarray:
        """Propellant [kg] at ``time``, taken to leave in proportion to thrust."""
        t, f = self.time, self.thrust
        used = np.concatenate([[0.0], np.cumsum(0.5 * (f[1:] + f[:-1]) * np.diff(t))])
        return (
            self.propellant_mass * (1.0 - used / used[-1]) if used[-1] > 0.0 else np.full(len(t), self.propellant_mass)
        )


def thinned(time: np.ndarray, values: np.ndarray, most: int) -> np.ndarray:
    """Indices of at most that many samples: ends first, then always the sample that straight lines miss by most."""
    kept = [0, len(time) - 1]
    while len(kept) < min(most, len(time)):
        error = np.abs(np.interp(time, time[kept], values[kept]) - values)
        worst = int(np.argmax(error))
        if error[worst] <= 1e-12 * float(np.max(np.abs(values)) or 1.0):
            break
        kept = sorted({*kept, worst})
    return np.array(kept)


def curve_of(motor: SolidMotor, result: SolidMotorPerformance, most: int = 200) -> RaspMotor:
    """The thrust at the motor's ambient pressure as a curve of at most that many points, the last one zero.

    Case length and diameter are the grain's where the document names none, the loaded mass the propellant's where
    inert_mass is not given.
    """
    t, f = result.time, np.where(result.thrust > 0.0, result.thrust, 0.0)
    ascending = np.concatenate([[True], np.diff(t) > 1e-9])
    t, f = t[ascending], f[ascending]
    last = int(np.flatnonzero(f > 0.0)[-1])
    end = min(last + 1, len(t) - 1)
    t, f = t[: end + 1], np.append(f[:end], 0.0)
    kept = thinned(t, f, most)
    grain = motor.grain
    return RaspMotor(
        name=motor.designation or motor.name,
        manufacturer=motor.manufacturer,
        diameter=motor.diameter or max(s.outer_diameter for s in grain),
        length=motor.length or sum((s.length + s.gap) * s.count for s in grain),
        propellant_mass=result.propellant_mass_initial,
        loaded_mass=result.propellant_mass_initial + (motor.inert_mass or 0.0),
        ambient_pressure=motor.ambient_pressure,
        points=tuple((float(a), float(b)) for a, b in zip(t[kept], f[kept], strict=True)),
    )


def flight_curve(motor: SolidMotor, result: SolidMotorPerformance, most: int = 200) -> ThrustCurve:
    """The firing as vehicles fly it: vacuum thrust and mass flow against time, exit area, empty mass where known."""
    t = result.time
    ascending = np.concatenate([[True], np.diff(t) > 1e-9])
    t, thrust, flow = (x[ascending] for x in (t, result.thrust_vacuum, result.mass_flow))
    kept = thinned(t, thrust, most)
    flown = np.append(flow[kept][:-1], 0.0)  # what is left in the chamber then, 0.2 % of the peak, is left out
    exact = (result.propellant_mass_initial - result.propellant_mass[-1]) / float(np.trapezoid(flown, t[kept]))
    return ThrustCurve(
        name=motor.designation or motor.name,
        sources=(
            Source(
                fields=("time", "thrust", "mass_flow", "exit_area"),
                grade="estimate",
                citation=f"computed by OSEA-Rocket from the solid motor '{motor.name}' ({motor.content_hash()[:16]})",
            ),
        ),
        time=tuple(t[kept].tolist()),
        thrust=(*thrust[kept][:-1].tolist(), 0.0),
        measured_at=0.0,
        mass_flow=tuple((flown * exact).tolist()),
        exit_area=result.exit_area,
        mass=motor.inert_mass,
    )


def rasp_of(curve: ThrustCurve) -> RaspMotor:
    """A vehicle's thrust curve as a RASP motor; size 0 (the curve has none), loaded mass the propellant's where the empty
    mass is not known. Raises InputError when the curve does not end with zero thrust, as RASP wants it.
    """
    if curve.thrust[-1] != 0.0:
        raise InputError("the last thrust is not zero, as a RASP file wants it; end the curve with 0 N",
                         where=curve.where("thrust"))  # fmt: skip
    burned = curve.burned_mass
    return RaspMotor(
        name=curve.name,
        diameter=0.0,
        length=0.0,
        propellant_mass=burned,
        loaded_mass=burned + (curve.mass or 0.0),
        ambient_pressure=curve.measured_at,
        points=tuple(zip(curve.time, curve.thrust, strict=True)),
    )
