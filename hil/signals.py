"""The signals between plant and flight computer: names, units, and where each stands in one flat vector.

Everything that a bench sends is a signal of the plant, everything that it takes is a command. Frames: ``imu`` body axes
(x forward); ``gnss`` Earth-fixed (WGS 84), velocities over the rotating Earth; ``truth`` as its names say. SI throughout; a
message may carry another unit, which the mapping converts.
"""

from dataclasses import dataclass

from ..trajectory.flight.plant import COMMANDS

_XYZ = ("x", "y", "z")
_WXYZ = ("w", "x", "y", "z")


@dataclass(frozen=True)
class Signal:
    """One number. sensed: a flight computer may be given it; the others are truth, for recording, displays and for flight
    software that runs no navigation of its own on a bench."""

    name: str
    unit: str
    description: str
    sensed: bool = True


def _axes(name: str, unit: str, text: str, letters: tuple[str, ...] = _XYZ, *, sensed: bool = True) -> list[Signal]:
    return [Signal(f"{name}.{a}", unit, text, sensed) for a in letters]


SIGNALS: tuple[Signal, ...] = (
    Signal("clock.time", "s", "since T-0, negative before"),
    Signal("clock.tick", "", "steps since the bench began"),
    *_axes("imu.delta_angle", "rad", "angle turned since the sample before"),
    *_axes("imu.delta_velocity", "m/s", "integral of the specific force since the sample before"),
    *_axes("imu.rate", "rad/s", "delta angle over the sampling period"),
    *_axes("imu.acceleration", "m/s^2", "specific force: delta velocity over the sampling period"),
    Signal("imu.valid", "", "1: the unit has power and answers"),
    *_axes("gnss.position", "m", "Earth-fixed"),
    *_axes("gnss.velocity", "m/s", "over the rotating Earth, Earth-fixed axes"),
    Signal("gnss.latitude", "rad", "geodetic"),
    Signal("gnss.longitude", "rad", "east of Greenwich"),
    Signal("gnss.altitude", "m", "above the ellipsoid"),
    Signal("gnss.north", "m/s", "velocity over the ground"),
    Signal("gnss.east", "m/s", "velocity over the ground"),
    Signal("gnss.down", "m/s", "velocity over the ground"),
    Signal("gnss.valid", "", "1: the last fix is a fix"),
    Signal("gnss.count", "", "fixes so far: a new one has another number"),
    Signal("altimeter.range", "m", "along the vertical to the ground"),
    Signal("altimeter.valid", "", "1: within its range"),
    Signal("barometer.pressure", "Pa", "static"),
    Signal("barometer.altitude", "m", "that the standard atmosphere has at this pressure"),
    Signal("gimbal.y", "rad", "measured deflection about body y"),
    Signal("gimbal.z", "rad", "measured deflection about body z"),
    Signal("fin.y", "rad", "measured deflection about body y"),
    Signal("fin.z", "rad", "measured deflection about body z"),
    Signal("engine.level", "", "0 off … 1 at full thrust, through start and tail-off"),
    Signal("engine.throttle", "", "of rated"),
    Signal("engine.running", "", "engines that burn"),
    Signal("propellant.mass", "kg", "left in the stage that flies, by its level sensors"),
    Signal("power.voltage", "V", "of the vehicle's bus"),
    Signal("power.current", "A", "drawn from it"),
    Signal("power.charge", "", "of the battery, 0 to 1"),
    Signal("vehicle.phase", "", "number of the flight phase, by separation and ignition monitors"),
    Signal("vehicle.stage", "", "number of the stage that flies, from 0"),
    Signal("vehicle.lifted", "", "1: the lift-off contact is open"),
    Signal("vehicle.landed", "", "1: a leg carries load"),
    *_axes("truth.position", "m", "centre of mass, Earth-fixed", sensed=False),
    *_axes("truth.velocity", "m/s", "over the rotating Earth, Earth-fixed axes", sensed=False),
    *_axes("truth.attitude", "", "quaternion from body to Earth-fixed axes", _WXYZ, sensed=False),
    *_axes("truth.attitude_ned", "", "quaternion from body to north-east-down axes", _WXYZ, sensed=False),
    *_axes("truth.rate", "rad/s", "against inertial space, body axes", sensed=False),
    Signal("truth.latitude", "rad", "geodetic", sensed=False),
    Signal("truth.longitude", "rad", "east of Greenwich", sensed=False),
    Signal("truth.altitude", "m", "above the ellipsoid", sensed=False),
    Signal("truth.north", "m/s", "velocity over the ground", sensed=False),
    Signal("truth.east", "m/s", "velocity over the ground", sensed=False),
    Signal("truth.down", "m/s", "velocity over the ground", sensed=False),
    Signal("truth.airspeed", "m/s", "through the air", sensed=False),
    Signal("truth.mass", "kg", "", sensed=False),
    Signal("truth.dynamic_pressure", "Pa", "", sensed=False),
    Signal("truth.mach", "", "", sensed=False),
    Signal("truth.angle_of_attack", "rad", "", sensed=False),
    Signal("truth.thrust", "N", "", sensed=False),
    Signal("truth.perigee", "m", "over the equatorial radius, osculating", sensed=False),
    Signal("truth.apogee", "m", "over the equatorial radius, osculating", sensed=False),
    *_axes("truth.local", "m", "north, east and down of the pad at T-0, in its axes", sensed=False),
    Signal("truth.tilt", "rad", "of the body's axis from the vertical", sensed=False),
    Signal(
        "truth.touchdown.distance",
        "m",
        "from the pad's middle, a step before a foot touched; till then, now",
        sensed=False,
    ),
    Signal("truth.touchdown.sink", "m/s", "sink rate then", sensed=False),
    Signal("truth.touchdown.drift", "m/s", "lateral speed over the ground then", sensed=False),
    Signal("truth.touchdown.tilt", "rad", "of the body's axis from the vertical then", sensed=False),
)
INDEX = {s.name: i for i, s in enumerate(SIGNALS)}
SIGNAL_COUNT = len(SIGNALS)

_COMMAND_TEXT = {
    "gimbal_y": ("rad", "deflection about body y"),
    "gimbal_z": ("rad", "deflection about body z"),
    "throttle": ("", "of rated"),
    "roll_torque": ("N*m", "of engines against each other"),
    "jet_x": ("", "attitude jets about body x: sign only"),
    "jet_y": ("", "attitude jets about body y: sign only"),
    "jet_z": ("", "attitude jets about body z: sign only"),
    "next_phase": ("", "above 0: separate, jettison or ignite, whatever comes next"),
    "cut_off": ("", "above 0: engines off"),
    "bank_angle": ("rad", "under a gliding parachute"),
    "fin_y": ("rad", "grid fins, about body y"),
    "fin_z": ("rad", "grid fins, about body z"),
}
INPUTS: tuple[Signal, ...] = (
    *(Signal(f"command.{name}", *_COMMAND_TEXT[name]) for name in COMMANDS),
    Signal("answer.tick", "", "clock.tick of the sample that is answered"),
    Signal("answer.state", "", "of the flight software's own state machine; for requirements and displays"),
    Signal(
        "answer.health", "", "faults that the flight software has found, as a number; for requirements and displays"
    ),
)
INPUT_INDEX = {s.name: i for i, s in enumerate(INPUTS)}
INPUT_COUNT = len(INPUTS)
COMMAND_COUNT = len(COMMANDS)
