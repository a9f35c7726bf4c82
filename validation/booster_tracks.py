"""Falcon 9 boosters as they were seen to come back, and as our equations fly them with the recorded times of their burns.

data/booster_tracks.yaml states what is taken from a record and what is not. Beside the flight stands the return that the
optimizer finds from the same cut-off. Without the records nothing is compared, and that is said.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..core.earth import MEAN_RADIUS, ROTATION_RATE, geodetic_from_ecef
from ..core.errors import OseaError
from ..recovery.booster_return import SolvedReturn, solve_alone
from ..recovery.booster_return_document import ReturnBurn
from ..recovery.booster_return_flight import fly_return
from ..recovery.booster_return_plan import ReturnPlan, ReturnSegment, return_plan, with_kit
from ..trajectory.steering import LaunchFrame, launch_frame
from ..vehicle.vehicle import Vehicle
from .booster_track_flight import Clock, Flown, Steering, TrackFlight, coasted, turned
from .comparison import Comparison
from .falcon_flights import RECORDS, flights, plan_of, records
from .falcon_returns import return_document, single_engines
from .launcher_rows import complete_rows

GROUP = "Falcon 9 boosters as flown: the way back"
Array = np.ndarray
PICTURE = (
    "![Boosters over their records, the optimum beside them](images/booster-returns.png)"  # made by booster_figure
)
_FITTED = "boostback start"  # see Instant
SETTLES = 2.0  # s after a cut-off and before an ignition that are left out of a coast
OPTIMUM_MISS = 100.0  # m at touchdown, flown again open loop from cut-off
STRIDE = 10  # of the samples, 30 a second, this many apart are taken
SPEED_ERROR = 3.5  # m/s: of a sensor 20 m from the centre of a body that turns at 10 deg/s, as it does in this coast
HEIGHT_ERROR = 100.0  # m: the last digit read
_BEGINNINGS = tuple(Steering(np.radians(p), 0.0, 0.9, 0.8, 0.8, np.radians(2.0), 46e3) for p in (181.0, 190.0, 200.0))


@dataclass(frozen=True)
class Instant:
    """An event: its time [s], ours and the recorded speed [m/s] and altitude [m]. At the apogee only the speed is a test: its
    altitude steered the flight. The boost-back's start is none: it ends the coast that the state at cut-off is fitted to."""

    name: str
    time: float
    speed: float
    altitude: float
    recorded_speed: float
    recorded_altitude: float


@dataclass(frozen=True)
class Track:
    """A return flown with the recorded times, and its events. optimum (n, 4): time, speed, altitude, downrange of the return with
    the least propellant from the same cut-off; spared: what it leaves of that [kg]. None where it was not asked for or found."""

    name: str
    instants: tuple[Instant, ...] = ()
    flown: Flown | None = None
    optimum: Array | None = None
    spared: float = 0.0
    error: str = ""


@cache
def cases() -> dict[str, Any]:
    """The flights, rules and sources."""
    return yaml.safe_load((Path(__file__).parent / "data" / "booster_tracks.yaml").read_text(encoding="utf-8"))


def record_of(case: dict[str, Any]) -> dict[str, Any]:
    """Events, the track derived from the record (one point a second) and the booster's as read off (30 a second), of a flight."""
    folder = RECORDS / case["folder"]
    read = {
        n: json.loads((folder / f"{n}.json").read_text(encoding="utf-8")) for n in ("events", "analysed", "stage1_raw")
    }
    return read["analysed"] | {"events": read["events"], "stage": read["stage1_raw"]}


def as_in_the_table(vehicle: Vehicle) -> Vehicle:
    """The vehicle with the first stage's masses of the launch vehicles' table, which the kit goes with; ascents have others."""
    first = next(r for r in complete_rows() if r["name"] == "Falcon 9 Block 5")["stages"][0]
    masses = {"dry_mass": float(first["dry_mass_kg"]), "propellant_mass": float(first["propellant_mass_kg"])}
    return vehicle.model_copy(update={"stages": (vehicle.stages[0].model_copy(update=masses), *vehicle.stages[1:])})


def start_of(case: dict[str, Any], record: dict[str, Any]) -> tuple[ReturnPlan, LaunchFrame, Array, Array, float]:
    """The return's plan, the launch frame, the site (Earth-fixed), and state and time at cut-off from the record; the mass is the
    plan's at touchdown, to which who flies it adds what the burns take.
    """
    known = {f["flight"]: f for f in flights()["flights"]}
    flight = known.get(case["flight"]) or {"flight": case["flight"], **case["launch"]}
    documents, ascent = plan_of(flight, records()[case["flight"]])
    counts = {n: ReturnBurn(engines=tuple(e)) for n, e in cases()["rules"]["engines"].items()}
    document = return_document().evolve(
        flip=1.0,
        boostback=counts["boost-back"],
        entry=counts["entry burn"],
        landing=counts["landing burn"],
    )
    vehicle, maps = single_engines(with_kit(as_in_the_table(documents.vehicle), document, "rtls"), documents.maps)
    plan = return_plan(vehicle, documents.mission, maps, ascent, document, "rtls")
    site, azimuth = documents.mission.site, documents.mission.launch_azimuth()
    frame, begun = launch_frame(site, azimuth), float(record["events"]["meco"])
    coast = plan.segments[0]

    def state(x: Array) -> Array:
        """Height, horizontal and vertical speed at cut-off as an inertial state."""
        downrange = 1e3 * float(np.interp(begun, record["time"], record["downrange_distance"]))
        along, up = _ahead(site.position(), azimuth, downrange)
        level = np.cross(np.cross(up, along), up)
        place = (np.linalg.norm(site.position()) + x[0]) * up
        velocity = x[1] * level / np.linalg.norm(level) + x[2] * up
        inertial = turned(-begun) @ place
        moving = turned(-begun) @ velocity + np.cross([0.0, 0.0, ROTATION_RATE], inertial)
        return np.concatenate([inertial, moving, [plan.landing_mass]])

    return plan, frame, site.position(), _coasting(record, coast, state), begun


def _coasting(record: dict[str, Any], coast: ReturnSegment, state: Callable[[Array], Array]) -> Array:
    """The state at cut-off from which a coast passes nearest to the recorded speeds (1 km/h) and altitudes (0.1 km) until the
    boost-back. The record's own vertical speeds are smoothed over the kink at cut-off, where they are 25 m/s too low."""
    from scipy.optimize import least_squares

    begun, ends = float(record["events"]["meco"]), float(record["events"]["boostback_start"])
    time, speed, height = (np.array(record["stage"][n], float) for n in ("time", "velocity", "altitude"))
    seen = (time > begun + SETTLES) & (time < ends - SETTLES)
    time, speed, height = time[seen][::STRIDE], speed[seen][::STRIDE], 1e3 * height[seen][::STRIDE]

    def off(x: Array) -> Array:
        _, flown = coasted(coast, state(x), begun, ends, time)
        return np.concatenate([(flown[:, 0] - speed) / SPEED_ERROR, (flown[:, 1] - height) / HEIGHT_ERROR])

    k = int(np.argmin(np.abs(np.array(record["time"]) - begun)))
    first = [1e3 * record["altitude"][k], record["velocity_x"][k], record["velocity_y"][k]]
    found: Any = least_squares(off, first, x_scale=[1e3, 10.0, 10.0])
    return state(found.x)


def clock_of(case: dict[str, Any], record: dict[str, Any]) -> Clock:
    """The recorded times, with the changes of engines and the corrected cut-off that the data file states."""
    e, steps = record["events"], case["engine_steps_s"]
    time, downrange = np.array(record["time"]), np.array(record["downrange_distance"])
    return Clock(
        cutoff=float(e["meco"]),
        boostback=(
            float(e["boostback_start"]),
            *steps["boost-back"],
            float(case.get("boostback_end_s", e["boostback_end"])),
        ),
        entry=(float(e["entry_start"]), *steps["entry burn"], float(e["entry_end"])),
        landing=(float(e["landing_start"]), float(e["landing_end"])),
        downrange=(1e3 * float(np.interp(e["entry_start"], time, downrange)), 1e3 * float(downrange[-1])),
        apogee=(float(e["apogee"]), 1e3 * max(record["altitude"])),
    )


def fly(case: dict[str, Any], optimum: bool = True) -> Track:
    """One flight with its recorded times and reconstructed steering, and the optimum beside it."""
    record = record_of(case)
    try:
        plan, frame, site, state, _ = start_of(case, record)
    except OseaError as error:
        return Track(case["flight"], error=error.message)
    flight = TrackFlight(plan, frame, site, state, clock_of(case, record))
    tried = []
    for begin in _BEGINNINGS:
        tried.append(flight.reconstruct(begin))
        if tried[-1].settled:
            break
    flown = min(tried, key=lambda f: float(f.left @ f.left))
    instants = _instants(flown.samples, record)
    if not optimum:
        return Track(case["flight"], instants=instants, flown=flown)
    state = state + np.array([0.0] * 6 + [flown.steering.propellant])
    return Track(case["flight"], instants, flown, *optimum_of(plan, flight, state))


def optimum_of(plan: ReturnPlan, flight: TrackFlight, state: Array) -> tuple[Array | None, float]:
    """The return with the least propellant from a cut-off to the recorded pad, with the same burns in free times: samples of it
    flown again, and what it leaves [kg]. Nothing where the optimizer finds none."""
    first, *others = plan.segments
    document = return_document()
    _, up = _ahead(flight.site * MEAN_RADIUS, flight.azimuth, flight.clock.downrange[1])
    latitude, longitude, _ = geodetic_from_ecef(*(MEAN_RADIUS * up))
    pad = (float(latitude), float(longitude), plan.pad[2] if plan.pad else 0.0)
    plan = replace(plan, segments=(replace(first, shortest=document.flip), *others), pad=pad)
    try:
        solution = solve_alone(plan, flight.frame, state, flight.clock.cutoff)
    except OseaError:
        return None, 0.0
    flown = tuple(fly_return(plan, flight.frame, solution, state))
    back = SolvedReturn(plan, flight.frame, solution, flown)
    if back.miss[0] > OPTIMUM_MISS:
        return None, 0.0
    samples = [flight.sample(float(t), s)[:4] for times, states in flown for t, s in zip(times, states, strict=True)]
    return np.array(samples), float(flown[-1][1][-1, 6]) - plan.landing_mass


def _instants(samples: Array, record: dict[str, Any]) -> tuple[Instant, ...]:
    events, time = record["events"], np.array(record["time"])
    found = []
    for name in ("boostback_start", "boostback_end", "apogee", "entry_start", "entry_end", "landing_start"):
        at = float(events[name])
        ours = [float(np.interp(at, samples[:, 0], samples[:, i])) for i in (1, 2)]
        if name == "apogee":
            ours[1] = float(samples[:, 2].max())
        theirs = [float(np.interp(at, time, np.array(record[n]))) for n in ("velocity", "altitude")]
        found.append(Instant(name.replace("_", " "), at, ours[0], ours[1], theirs[0], 1e3 * theirs[1]))
    return tuple(found)


def _ahead(site: Array, azimuth: float, distance: float) -> tuple[Array, Array]:
    """Direction of travel and unit position at a distance [m] from a site along a great circle, Earth-fixed."""
    up = site / np.linalg.norm(site)
    east = np.array([-up[1], up[0], 0.0]) / np.hypot(up[0], up[1])
    ahead = np.sin(azimuth) * east + np.cos(azimuth) * np.cross(up, east)
    angle = distance / MEAN_RADIUS
    return np.cos(angle) * ahead - np.sin(angle) * up, np.cos(angle) * up + np.sin(angle) * ahead


def available() -> bool:
    """Whether the records are on this machine."""
    return (RECORDS / "summary.json").is_file()


def comparisons() -> list[Comparison]:
    """Speed and altitude at every event of every flight, those that are no test as shown; one line that says so where the records
    are absent."""
    if not available():
        text = "skipped: the flight records are not on this machine (../shared/reference/trajectory/flights)"
        return [Comparison(GROUP, text, "1", None, "Telemetry-Data project", "read", kind="shown")]
    rows = []
    for case in cases()["flights"]:
        rows += _compared(fly(case))
    return [replace(rows[0], note=f"{rows[0].note} {PICTURE}"), *rows[1:]]


def _compared(track: Track) -> list[Comparison]:
    source, share = cases()["source"], cases()["rules"]["tolerance"]
    if track.error or track.flown is None:
        return [Comparison(GROUP, track.name, "1", None, source, "read", kind="shown", error=track.error)]
    found = []
    for i in track.instants:
        for what, unit, ours, theirs, scale in (
            ("speed", "m/s", i.speed, i.recorded_speed, 1.0),
            ("altitude", "km", i.altitude, i.recorded_altitude, 1e3),
        ):
            no_test = i.name == _FITTED or (i.name == "apogee" and what == "altitude")
            found.append(
                Comparison(
                    GROUP, f"{track.name}, {i.name} ({i.time:.0f} s): {what}", unit, theirs / scale, source, "read",
                    ours=ours / scale, tolerance=share * theirs / scale, real=True, digits=4,
                    kind="shown" if no_test else "within", note=_in_words(track),
                )
            )  # fmt: skip
    return found


def _in_words(track: Track) -> str:
    assert track.flown is not None  # as who asks has seen
    s = track.flown.steering
    text = (
        f"{track.name}: boost-back at {np.degrees(s.pitch):.1f} deg turning at {np.degrees(s.pitch_rate):+.2f} deg/s and "
        f"{s.boostback:.0%} throttle, entry burn at {s.entry:.0%}, landing burn at {s.landing:.0%}, descent tilted by "
        f"{np.degrees(s.tilt):.1f} deg; {s.propellant / 1e3:.1f} t of propellant at cut-off"
    )
    if track.optimum is not None:
        text += f" (the optimum from the same cut-off lands with {track.spared / 1e3:.1f} t of it left)"
    return text if track.flown.settled else f"{text}; the steering does not meet all of its conditions"
