"""A small flight whose position is known in closed form, so that its velocity is exact."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import yaml

from osea_rocket.core.earth import RADIUS
from osea_rocket.launch_data.envelope import Envelope
from osea_rocket.launch_data.export import launch_data
from osea_rocket.launch_data.facts import facts_of
from osea_rocket.trajectory.range_safety.footprint import Footprint
from osea_rocket.trajectory.range_safety.result import BodyRisk, ImpactTrace, RangeResult
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


MISSION = {
    "name": "Demo to 200 km",
    "epoch": "2027-03-01T12:00:00.250Z",
    "objective": "payload",
    "orbit": {"perigee_altitude": "200 km", "apogee_altitude": "200 km", "inclination": "28.5 deg"},
    "site": {"name": "Pad A", "latitude": "28.5 deg", "longitude": "-80 deg", "altitude": "3 m", "azimuths": "35 .. 120 deg"},
}  # fmt: skip
RESOLVED = {
    "schema": "osea/study/v1",
    "originator": "OSEA",
    "mission": MISSION,
    "vehicle": {
        "name": "Demo 9",
        "payload": {"name": "payload"},
        "stages": [
            {"name": "first", "dry_mass": "24712.3 kg", "propellant_mass": "414850 kg", "engine_count": 9},
            {"name": "second", "dry_mass": "3987.6 kg", "propellant_mass": "107345 kg"},
        ],
    },
    "range": {"bodies": [{"name": "first stage", "mass": "25613.7 kg"}, {"name": "fairing half"}]},
}


def write_run(folder: Path, command: str, resolved: dict, files: Mapping[str, str | bytes]) -> Path:
    """A finished run as `core.run_folder` writes it."""
    texts = {"inputs/resolved.yaml": yaml.safe_dump(resolved), **files}
    digests = {}
    for name, content in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        digests[name] = hashlib.sha256(data).hexdigest()
    run = {
        "schema": "osea/run/v1",
        "status": "done",
        "command": command,
        "finished": "2026-11-30T07:12:52+00:00",
        "input_hash": "ab" * 32,
        "versions": {"osea-rocket": "0.1.0"},
        "artefacts": digests,
    }
    (folder / "run.json").write_text(json.dumps(run))
    return folder


def footprint(body: str, latitude: float, longitude: float, major: float, minor: float) -> Footprint:
    """An impact with its ellipse [deg, m]."""
    return Footprint(
        body=body,
        count=2 if "half" in body else 1,
        event=f"{body} separation",
        latitude=np.radians(latitude),
        longitude=np.radians(longitude),
        time=687.3,
        speed=54.0,
        angle=1.57,
        ballistic_coefficient=180.0,
        casualty_area=None,
        covariance=np.eye(2),
        probability=0.99,
        semi_major=major,
        semi_minor=minor,
        azimuth=np.radians(96.2),
        contributors=(),
        contributions=np.zeros(0),
    )


@pytest.fixture(scope="session")
def design_run(trajectory, tmp_path_factory) -> Path:
    """A run of osea design: two bodies fall, one of them of no stated mass."""
    envelope = Envelope(
        originator="OSEA", issued_at="2026-11-30T07:12:50Z", software="osea-rocket 0.1.0", input_sha256="ab" * 32
    )
    made = launch_data(trajectory, facts_of(RESOLVED), envelope, payload_mass=22817.4)
    none = np.zeros(0)
    trace = ImpactTrace(ballistic_coefficient=None, time=none, latitude=none, longitude=none, time_to_impact=none)
    seen = RangeResult(
        track_latitude=none,
        track_longitude=none,
        track_altitude=none,
        vacuum=trace,
        with_drag=None,
        footprints=(
            footprint("first stage", 28.1, -72.97, 18630.0, 8524.0),
            footprint("fairing half", 27.96, -71.56, 26287.0, 21561.0),
        ),
        zones=(),
        risks=(BodyRisk(body="first stage", expected_casualties=3.2e-6),),
        expected_casualties=None,
    )
    ascent = {"payload_mass_kg": 22817.4, "azimuth_rad": 1.5708}
    files = {f"launch_data/{name}": text for name, text in made.files}
    files |= {"results/range.json": json.dumps(seen.to_json()), "results/ascent.json": json.dumps(ascent)}
    return write_run(tmp_path_factory.mktemp("runs") / "design", "design", RESOLVED, files)


@pytest.fixture(scope="session")
def make_run():
    """make_run(folder, command, resolved, files): a finished run."""
    return write_run


@pytest.fixture(scope="session")
def study() -> dict:
    """The resolved study of `design_run`."""
    return RESOLVED
