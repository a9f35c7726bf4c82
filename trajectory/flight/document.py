"""What a six-degree-of-freedom flight needs beyond vehicle and mission: actuators, sensors, rates of the computer,
disturbances.

Every field has a value of its own where none is given; those are estimates of what is usual for launchers, never of one
vehicle, and the flight's findings
say which stages fly on them.
"""

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Count, Document, FieldError, Flag, Module
from ...core.quantity import SI, ratio

DEGREE = math.pi / 180.0
Angle = Annotated[float, SI("rad", ("5 deg",), ge=0.0, le=0.5)]
AngleRate = Annotated[float, SI("rad/s", ("20 deg/s",), gt=0.0, le=20.0)]
Lag = Annotated[float, SI("s", ("50 ms",), ge=0.0, le=2.0)]
Ramp = Annotated[float, SI("s", ("0.5 s",), ge=0.0, le=30.0)]
Torque = Annotated[float, SI("N*m", ("20 kN*m",), ge=0.0)]
Pulse = Annotated[float, SI("s", ("20 ms",), ge=0.0, le=1.0)]
Bandwidth = Annotated[float, SI("rad/s", ("1.2 rad/s",), gt=0.0, le=50.0)]
Frequency = Annotated[float, SI("Hz", ("2.4 Hz",), gt=0.0, le=1000.0)]
Speed = Annotated[float, SI("m/s", ("9 m/s",), ge=0.0, le=200.0)]
Height = Annotated[float, SI("m", ("10 km",), ge=-500.0, le=200e3)]
Length = Annotated[float, SI("m", ("500 m",), gt=0.0, le=1e5)]


class BendingMode(Document):
    """The first bending mode of the stack that a stage drives, in both planes alike."""

    frequency: Frequency
    damping: Annotated[float, ratio(gt=0.0, le=0.2)] = 0.005
    modal_mass: Annotated[float, SI("kg", ("40 t",), gt=0.0)]
    at_gimbal: Annotated[float, ratio(ge=-10.0, le=10.0)] = Field(
        default=1.0, description="deflection at the gimbal, of the mode's own scale"
    )
    slope: Annotated[float, SI("1/m", ("-0.05 1/m",))] = Field(description="at the gyroscopes, of the same scale")


class StageActuators(Document):
    """What turns and throttles one core stage. Ramps: of the engine's own document where it gives them."""

    stage: str
    gimbal_limit: Angle = 5.0 * DEGREE
    gimbal_rate: AngleRate = 15.0 * DEGREE
    gimbal_lag: Lag = 0.04
    gimballed: Annotated[float, ratio(ge=0.0, le=1.0)] = Field(
        default=1.0, description="share of the thrust that swivels"
    )
    start_ramp: Ramp = 1.0
    shutdown_ramp: Ramp = 0.4
    throttle_rate: Annotated[float, SI("1/s", ("0.2 1/s",), gt=0.0, le=100.0)] | None = Field(
        default=None,
        description="how much of the rated thrust a second; left out, engines follow their throttle at once",
    )
    roll_torque: Torque | None = Field(
        default=None,
        description="largest, of engines swivelled against each other or verniers; without it several engines give half their "
        "gimbal limit, and one engine leaves roll to the jets",
    )
    jet_torque: Torque | None = Field(
        default=None, description="of a pair of attitude jets about each axis; else what turns by 0.1 deg/s^2 in pitch"
    )
    jet_pulse: Pulse = Field(default=0.02, description="the shortest")
    bandwidth: Bandwidth | None = Field(
        default=None,
        description="of the attitude control, at most; 1.2 rad/s without a bending mode",
    )
    bending: BendingMode | None = None
    separation_time: Ramp = Field(default=0.3, description="from no thrust to the separation above this stage")


class InertialUnit(Document):
    """A triad of gyroscopes and one of accelerometers. Biases, scale factors and misalignments are one standard deviation
    of what a flight
    draws; noises are densities. Defaults: a tactical-grade unit (Groves 2013, table 4.1; estimate)."""

    gyro_bias: Annotated[float, SI("rad/s", ("1 deg/hour",), ge=0.0)] = 1.0 * DEGREE / 3600.0
    gyro_scale: Annotated[float, ratio(ge=0.0, le=0.1)] = 1e-4
    gyro_noise: Annotated[float, SI("rad/s^0.5", ("0.05 deg/hour^0.5",), ge=0.0)] = 0.05 * DEGREE / 60.0
    gyro_walk: Annotated[float, SI("rad/s^1.5", ("1e-8 rad/s^1.5",), ge=0.0)] = 1e-8
    gyro_quantum: Annotated[float, SI("rad", ("1e-7 rad",), ge=0.0)] = 1e-7
    accelerometer_bias: Annotated[float, SI("m/s^2", ("0.3 mg_0",), ge=0.0)] = 3e-3
    accelerometer_scale: Annotated[float, ratio(ge=0.0, le=0.1)] = 1e-4
    accelerometer_noise: Annotated[float, SI("m/s^1.5", ("1e-3 m/s^1.5",), ge=0.0)] = 1e-3
    accelerometer_walk: Annotated[float, SI("m/s^2.5", ("1e-6 m/s^2.5",), ge=0.0)] = 1e-6
    accelerometer_quantum: Annotated[float, SI("m/s", ("1e-5 m/s",), ge=0.0)] = 1e-5
    misalignment: Annotated[float, SI("rad", ("0.1 mrad",), ge=0.0, le=0.1)] = 1e-4


class SatelliteReceiver(Document):
    """Position and velocity fixes; one standard deviation in each axis."""

    fitted: Flag = True
    period: Annotated[float, SI("s", ("1 s",), gt=0.0, le=100.0)] = 1.0
    position: Annotated[float, SI("m", ("5 m",), gt=0.0)] = 5.0
    velocity: Annotated[float, SI("m/s", ("0.1 m/s",), gt=0.0)] = 0.1


class Altimeters(Document):
    """Radar altimeter (range and noise) and barometer (noise); left out, there is none."""

    radar_range: Annotated[float, SI("m", ("5 km",), ge=0.0, le=1e5)] = 0.0
    radar_noise: Annotated[float, SI("m", ("0.5 m",), gt=0.0)] = 0.5
    barometer_noise: Annotated[float, SI("Pa", ("30 Pa",), ge=0.0)] = 0.0


class Alignment(Document):
    """First estimate on the pad: one standard deviation."""

    attitude: Annotated[float, SI("rad", ("0.02 deg",), ge=0.0, le=0.5)] = 0.02 * DEGREE
    position: Annotated[float, SI("m", ("2 m",), ge=0.0)] = 2.0
    velocity: Annotated[float, SI("m/s", ("0.01 m/s",), ge=0.0)] = 0.01


class Gust(Document):
    """A gust of 1 - cos shape that the vehicle climbs through."""

    speed: Speed
    altitude: Height = Field(description="where it begins")
    length: Length = Field(description="of its rising half, along the climb")
    azimuth: Annotated[float, SI("rad", ("90 deg",))] = Field(
        default=0.0, description="towards which it blows, clockwise from north"
    )


class Shear(Document):
    """A synthetic wind profile that builds up to a peak: what a launch site's statistics give for one percentile."""

    speed: Speed = Field(description="at the peak")
    altitude: Height = Field(description="of the peak")
    shear: Speed = Field(
        description="change over the kilometre below the peak; with the 0.7th power of the distance nearer"
    )
    azimuth: Annotated[float, SI("rad", ("90 deg",))] = Field(
        default=0.0, description="towards which it blows, clockwise from north"
    )


class FlightRules(Module, schema="osea/flight/v1"):
    """How a study is flown with six degrees of freedom."""

    control_rate: Frequency = Field(default=100.0, description="of navigation and attitude control")
    step: Annotated[float, SI("s", ("10 ms",), gt=0.0, le=0.1)] = Field(
        default=0.01, description="of integration; the control's period is a multiple of it"
    )
    guidance_period: Annotated[float, SI("s", ("1 s",), gt=0.0, le=60.0)] = 1.0
    guidance: Literal["explicit", "table"] = Field(
        default="explicit",
        description="explicit: the last stage steers to its orbit (PEG) once the fairing is off; "
        "table: the whole flight on the optimum's table",
    )
    staging_alignment: Annotated[float, SI("s", ("15 s",), ge=0.0, le=60.0)] = Field(
        default=15.0,
        description="time in which the vehicle turns into its velocity before a separation in the air, and back to the "
        "programme after the next ignition; 0: it separates at the programme's angle of attack",
    )
    navigation: Literal["filter", "perfect"] = "filter"
    stages: tuple[StageActuators, ...] = ()
    inertial_unit: InertialUnit = InertialUnit()
    satellite: SatelliteReceiver = SatelliteReceiver()
    altimeters: Altimeters = Altimeters()
    alignment: Alignment = Alignment()
    shear: Shear | None = None
    gust: Gust | None = None
    turbulence: Speed = Field(
        default=0.0, description="standard deviation of Dryden turbulence below 30 km; 1.5 m/s is light, 3 m/s moderate"
    )
    slosh: Flag = Field(default=True, description="pendulums of the burning stage's tanks")
    computing_delay: Lag = Field(default=0.01, description="from measurement to command, in the design of the control")

    @model_validator(mode="after")
    def _control_on_steps(self) -> Self:
        every = 1.0 / (self.control_rate * self.step)
        if every < 0.999 or abs(every - round(every)) > 1e-6:
            raise FieldError(
                "step",
                f"the control runs every {1e3 / self.control_rate:g} ms, no multiple of a step of {1e3 * self.step:g} ms",
            )
        names = [s.stage for s in self.stages]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise FieldError(f"stages.{i}", f"'{name}' has two entries; keep one")
        return self

    @property
    def control_every(self) -> Count:
        """Steps between two runs of the control."""
        return round(1.0 / (self.control_rate * self.step))

    def actuators(self, stage: str) -> StageActuators:
        """A stage's, by name; usual ones where it has none of its own."""
        return next((s for s in self.stages if s.stage == stage), StageActuators(stage=stage))
