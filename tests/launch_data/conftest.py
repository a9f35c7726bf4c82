"""A small flight whose position is known in closed form, so that its velocity is exact."""

import numpy as np
import pytest

from osea_rocket.core.earth import RADIUS
from osea_rocket.trajectory.result import Event, Trajectory

EPOCH = "2027-03-01T12:00:00.250Z"


def state(time):
    """Position [m] and velocity [m/s], (n, 3): a climb to 200 km that speeds up eastward from 28.5 degrees north."""
    t = np.asarray(time, float)
    radius, climb = RADIUS + 200e3 * np.sin(t / 360.0) ** 2, 200e3 / 360.0 * np.sin(2.0 * t / 360.0)
    angle, rate = np.radians(-80.0) + 0.85e-6 * t**2, 1.7e-6 * t
    c, s = np.cos(np.radians(28.5)), np.sin(np.radians(28.5))
    out = np.stack([c * np.cos(angle), c * np.sin(angle), s + 0.0 * t], axis=-1)
    along = np.stack([-c * np.sin(angle), c * np.cos(angle), 0.0 * t], axis=-1)
    return radius[..., None] * out, climb[..., None] * out + (radius * rate)[..., None] * along


@pytest.fixture(scope="session")
def trajectory() -> Trajectory:
    """Four phases, one of them without duration, neighbours sharing the instant of their border."""
    spans = ((0.0, 150.0), (150.0, 158.0), (158.0, 158.0), (158.0, 500.0))
    time = np.concatenate([np.linspace(a, b, 40) if b > a else np.array([a]) for a, b in spans])
    phase = np.concatenate([np.full(40 if b > a else 1, i) for i, (a, b) in enumerate(spans)])
    position, velocity = state(time)
    none = np.zeros(len(time))
    end = Event(
        name="payload separation",
        time=500.0,
        altitude=200e3,
        downrange=2000e3,
        speed_relative=0.0,
        speed_inertial=0.0,
        flight_path_angle=0.0,
        dynamic_pressure=0.0,
        mass=26920.5,
        position_ecef=position[-1],
        velocity_ecef=velocity[-1],
    )
    return Trajectory(
        input_hash="ab" * 32,
        sources=("a made-up flight",),
        frame="ITRF (WGS-84), Earth-fixed",
        epoch=EPOCH,
        t0_definition="liftoff: hold-down release",
        phase_names=("first stage", "coast", "nothing", "second stage"),
        phase_index=phase,
        time=time,
        position_ecef=position,
        velocity_ecef=velocity,
        thrust_direction_ecef=position * 0.0,
        mass=none,
        throttle=none,
        thrust=none,
        drag=none,
        altitude=none,
        latitude=none,
        longitude=none,
        downrange=none,
        speed_relative=none,
        speed_inertial=none,
        flight_path_angle=none,
        pitch=none,
        angle_of_attack=none,
        dynamic_pressure=none,
        mach=none,
        axial_acceleration=none,
        heat_flux=none,
        events=(end,),
    )


@pytest.fixture(scope="session")
def flown():
    """The flight itself: time [s] to position and velocity."""
    return state
