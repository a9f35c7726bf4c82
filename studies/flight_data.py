"""What follows from a flown ascent: mass history, joint loads, steering table, the range's view, launch data."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version

from ..core.findings import Finding
from ..core.frames import EarthOrientation
from ..core.progress import Progress
from ..launch_data.envelope import Envelope
from ..launch_data.export import LaunchData, launch_data
from ..launch_data.facts import facts_of, with_orbit_reached
from ..trajectory.range_safety.result import RangeResult
from ..trajectory.result import AscentResult, until_insertion
from .ascend import FlownAscent
from .documents import Study
from .flight_range import flight_range
from .joint_loads import AscentLoads, ascent_loads
from .mass_history import MassHistory, mass_history
from .steering_table import SteeringTable, steering_table

FLIGHT_STEPS = {"steering table": 1.5, "joint loads": 1.0, "range": 2.5, "launch data": 0.5}


@dataclass(frozen=True)
class FlightData:
    """A flown ascent and what follows from it. Each result names the study's hash; findings: of all of them."""

    flown: FlownAscent
    masses: MassHistory
    loads: AscentLoads
    steering: SteeringTable
    range: RangeResult
    launch_data: LaunchData
    findings: tuple[Finding, ...]

    @property
    def study(self) -> Study:
        return self.flown.study

    @property
    def ascent(self) -> AscentResult:
        return self.flown.ascent


def flight_data(flown: FlownAscent, progress: Progress | None = None) -> FlightData:
    """All of it. Raises InputError when the range's document names an event that the flight does not have."""
    progress = progress or Progress()
    study, ascent = flown.study, flown.ascent
    trajectory, vehicle, payload = ascent.trajectory, study.vehicle, ascent.payload_mass
    with progress.step("range"):  # first: here alone the input may still be wrong
        seen = flight_range(study, trajectory)
    with progress.step("steering table"):
        steering = steering_table(flown.solved, trajectory, where=study.where())
    with progress.step("joint loads"):
        masses = mass_history(vehicle, flown.plan, trajectory, payload)
        loads = ascent_loads(
            vehicle, flown.plan, trajectory, payload, gust=study.gust, where=study.where("gust" if study.gust else "")
        )
    with progress.step("launch data"):
        published = _launch_data(study, ascent)
    return FlightData(
        flown=flown,
        masses=replace(masses, input_hash=ascent.input_hash),
        loads=loads,
        steering=steering,
        range=seen,
        launch_data=published,
        findings=tuple(
            dict.fromkeys(
                (
                    *ascent.findings,
                    *masses.findings,
                    *loads.findings,
                    *steering.findings,
                    *seen.findings,
                    *published.findings,
                )
            )
        ),
    )


def _launch_data(study: Study, ascent: AscentResult) -> LaunchData:
    mission, end = study.mission, ascent.insertion
    envelope = Envelope(
        originator=study.originator,
        issued_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        software=f"osea-rocket {version('osea-rocket')}",
        input_sha256=ascent.input_hash,
    )
    facts = with_orbit_reached(
        facts_of(study.to_plain()), end.perigee_altitude, end.apogee_altitude, end.inclination, end.c3
    )
    return launch_data(
        until_insertion(ascent.trajectory),
        replace(facts, epoch=ascent.trajectory.epoch),  # with a launch window T-0 is found, not given
        envelope,
        payload_mass=_released_at_insertion(ascent),
        state_of="last stage with payload at its last engine cut-off, taken as separation: no coast after it is modelled",
        orientation=EarthOrientation(ut1_minus_utc=mission.ut1_minus_utc),
        where=mission.where("epoch"),
    )


def _released_at_insertion(ascent: AscentResult) -> float:
    return next(o.released for o in ascent.orbits if o.orbit.time == ascent.insertion.time)
