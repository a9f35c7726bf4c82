"""What is published of a whole vehicle, and what its modules add up to beside it: lift-off mass and ideal velocity."""

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Annotated, Literal

from ..core.documents import Document
from ..core.earth import G0
from ..core.findings import Finding, Severity
from ..core.quantity import SI
from ..propulsion.engine import Engine
from ..propulsion.thrust_curve import motor_map
from .parts import PositiveLength

if TYPE_CHECKING:
    from .stage import Stage
    from .vehicle import Vehicle

PositiveMass = Annotated[float, SI("kg", ("549 t",), gt=0.0)]

MASS_TOLERANCE = 0.05
"""Of the published lift-off mass: public figures of one vehicle come from different years and makers."""
LOW_ORBIT_VELOCITY = (8500.0, 11000.0)
"""[m/s]: ideal vacuum velocities of vehicles that reach a low orbit; what lies outside is a slip in some figure. A choice of
this project from the vehicles of its table (9.1 to 10.0 km/s)."""


class PublishedVehicle(Document):
    """Figures of the whole, to hold the modules against; nothing is computed from them.

    lift_off_mass: with the payload. payload_mass, orbit: that belong to it. length: overall.
    """

    lift_off_mass: PositiveMass
    payload_mass: PositiveMass | None = None
    orbit: Literal["low", "sun-synchronous", "geostationary transfer", "escape"] | None = None
    length: PositiveLength | None = None


@dataclass(frozen=True)
class Burning:
    """A stage that burns: propellant left [kg], mass flow [kg/s], effective exhaust velocity [m/s], mass that it drops [kg]."""

    stage: str
    left: float
    flow: float
    exhaust: float
    dropped: float


def published_findings(vehicle: "Vehicle") -> tuple[Finding, ...]:
    """Sum of the modules against the lift-off mass (5 %), ideal velocity against that of low orbits.

    A miss is a WARN: public figures disagree, and nobody bends them. Nothing for a vehicle without published figures.
    """
    said = vehicle.published
    if said is None:
        return ()
    where, payload = vehicle.where("published"), said.payload_mass
    if payload is None:
        payload = vehicle.payload.mass
    if payload is None:
        text = f"{vehicle.name}: no payload is published with its lift-off mass; give published.payload_mass"
        return (Finding(Severity.UNKNOWN, "published.lift_off_mass", where, text),)
    total = module_mass(vehicle, payload)
    off = total / said.lift_off_mass - 1
    text = (
        f"{vehicle.name}: modules, fairing and payload add up to {total / 1e3:.1f} t, published are "
        f"{said.lift_off_mass / 1e3:.1f} t ({100 * off:+.1f} %)"
    )
    fine = abs(off) <= MASS_TOLERANCE
    mass = Finding(
        Severity.OK if fine else Severity.WARN, "published.lift_off_mass", where, text, 1 - abs(off) / MASS_TOLERANCE
    )
    velocity = ideal_velocity(vehicle, payload)
    if velocity is None:
        text = f"{vehicle.name}: an engine states no vacuum specific impulse; the ideal velocity is not known"
        return mass, Finding(Severity.UNKNOWN, "published.ideal_velocity", where, text)
    low, high = LOW_ORBIT_VELOCITY
    text = (
        f"{vehicle.name}: ideal velocity {velocity / 1e3:.2f} km/s with {payload / 1e3:.3g} t; to low orbits "
        f"{low / 1e3:g} to {high / 1e3:g} km/s"
    )
    if said.orbit not in (None, "low"):
        text += f", and this payload is for another orbit ({said.orbit})"
    room = min(velocity - low, high - velocity) / (high - low)
    return mass, Finding(Severity.OK if room >= 0 else Severity.WARN, "published.ideal_velocity", where, text, room)


def module_mass(vehicle: "Vehicle", payload: float) -> float:
    """All modules at lift-off with a payload [kg]."""
    stages = sum(s.dry_mass + s.propellant_mass for s in vehicle.stages)
    beside = sum(g.count * (g.stage.dry_mass + g.stage.propellant_mass) for g in vehicle.boosters)
    between = sum(part.mass for part in vehicle.interstages)
    return stages + beside + between + _top(vehicle) + (vehicle.fairing.mass if vehicle.fairing else 0.0) + payload


def ideal_velocity(vehicle: "Vehicle", payload: float) -> float | None:
    """Sum of all burns in vacuum without gravity [m/s], all propellant burned; None where an engine has no specific impulse.

    Strap-ons burn beside their stage from its ignition and leave when they are empty. The fairing leaves with the first stage.
    """
    mass, total = module_mass(vehicle, payload), 0.0
    for index, stage in enumerate(vehicle.stages):
        # The lowest core stage unless another one is named.
        beside = [g for g in vehicle.boosters if (g.beside or vehicle.stages[0].name) == stage.name]
        units = [_burning(stage, 1), *(_burning(g.stage, g.count) for g in beside)]
        burning = [unit for unit in units if unit is not None]
        if len(burning) < len(units):
            return None
        while burning:
            step = min(unit.left / unit.flow for unit in burning)
            flow = sum(unit.flow for unit in burning)
            thrust = sum(unit.flow * unit.exhaust for unit in burning)
            total += thrust / flow * log(mass / (mass - flow * step))
            mass -= flow * step
            burning = [Burning(u.stage, u.left - u.flow * step, u.flow, u.exhaust, u.dropped) for u in burning]
            empty = [u for u in burning if u.left <= 1e-9 * u.flow]
            mass -= sum(u.dropped for u in empty if u.stage != stage.name)
            burning = [u for u in burning if u not in empty]
        interstage = vehicle.interstage_on(stage)
        mass -= stage.dry_mass + (interstage.mass if interstage else 0.0)
        if index == 0 and vehicle.fairing is not None:
            mass -= vehicle.fairing.mass
    return total


def _burning(stage: "Stage", count: int) -> Burning | None:
    power = stage.powerplant
    if isinstance(power, Engine):
        isp, thrust = power.published.isp_vacuum, power.thrust_vacuum
    else:
        motor = motor_map(power)
        isp, thrust = motor.isp_vacuum, motor.burned(motor.burn_time) * motor.isp_vacuum * G0 / motor.burn_time
    if isp is None:
        return None
    flow = count * stage.engine_count * thrust / (isp * G0)
    return Burning(stage.name, count * stage.propellant_mass, flow, isp * G0, count * stage.dry_mass)


def _top(vehicle: "Vehicle") -> float:
    return vehicle.adapter.mass if vehicle.adapter else 0.0
