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

from ..core.earth import G0, ROTATION_RATE, SEA_LEVEL_PRESSURE, geodetic_from_ecef
from ..core.errors import OseaError
from ..propulsion.engine_map import EngineMap
from ..recovery.booster_return_document import BoosterReturn, ReturnBurn, ReturnLimits
from ..recovery.booster_return_motion import local_up, local_velocity, motion_of
from ..recovery.booster_return_plan import ReturnPlan, return_plan
from ..trajectory.environment.gravity import WGS84
from ..trajectory.motion import thrust_in_vacuum, thrust_pressure_loss
from ..trajectory.steering import LaunchFrame, launch_frame
from ..vehicle.residuals import propellant_budget
from ..vehicle.vehicle import Vehicle
from .comparison import Comparison
from .falcon_flights import RECORDS, flights, plan_of, records

GROUP = "Falcon 9 boosters as flown: the way back"
Array = np.ndarray
_MEAN_RADIUS = 6371008.8  # m
_ENGINES = 9
_PLANNED = 0.8  # throttle of the landing burn, as examples/falcon9/recovery/return.yaml plans it
_PITCHES = (181.0, 196.0)  # deg: where the search for the boost-back's begins
_LIMITS = ReturnLimits(attitude_rate=float(np.radians(10.0)), q_alpha=200e3 * float(np.pi / 180.0), heat_flux=118e6)


@dataclass(frozen=True)
class Instant:
    """An event: its time [s], ours and the recorded speed [m/s] and altitude [m]; for the apogee no speed is compared."""

    name: str
    time: float
    speed: float
    altitude: float
    recorded_speed: float
    recorded_altitude: float


@dataclass(frozen=True)
class Track:
    """A return flown with the recorded times: events, samples (time, speed, altitude, downrange), what was found on the way, and
    how far from standing on the ground at the pad it ends [m, m/s]."""

    name: str
    instants: tuple[Instant, ...] = ()
    samples: tuple[tuple[float, float, float, float], ...] = ()
    pitch: float = 0.0
    throttles: tuple[float, float] = (0.0, 0.0)
    miss: tuple[float, float] = (0.0, 0.0)
    error: str = ""


@cache
def cases() -> dict[str, Any]:
    """The flights, rules and sources."""
    return yaml.safe_load((Path(__file__).parent / "data" / "booster_tracks.yaml").read_text(encoding="utf-8"))


def record_of(case: dict[str, Any]) -> dict[str, Any]:
    """Events and the track (one point a second) of a flight."""
    folder = RECORDS / case["folder"]
    read = {n: json.loads((folder / f"{n}.json").read_text(encoding="utf-8")) for n in ("events", "analysed")}
    return read["analysed"] | {"events": read["events"]}


def start_of(case: dict[str, Any], record: dict[str, Any]) -> tuple[ReturnPlan, LaunchFrame, Array, float]:
    """The return's plan, the launch frame, and state and time at cut-off from the record."""
    flight = next(f for f in flights()["flights"] if f["flight"] == case["flight"])
    documents, ascent = plan_of(flight, records()[case["flight"]])
    rules = cases()["rules"]
    document = BoosterReturn(
        name=case["flight"],
        mode="rtls",
        flip=1.0,
        boostback=ReturnBurn(engines=tuple(rules["engines"]["boost-back"])),
        entry=ReturnBurn(engines=tuple(rules["engines"]["entry burn"])),
        landing=ReturnBurn(engines=tuple(rules["engines"]["landing burn"])),
        other_mass=float(cases()["kit_mass_kg"]),
        limits=_LIMITS,
    )
    vehicle, maps = _single_engines(documents.vehicle, documents.maps)
    plan = return_plan(vehicle, documents.mission, maps, ascent, document, "rtls")
    stage = documents.vehicle.stages[0]
    empty = stage.dry_mass + propellant_budget(stage).residual + document.other_mass
    plan = replace(plan, empty_mass=empty)
    site, begun = documents.mission.site, float(record["events"]["meco"])
    azimuth = documents.mission.launch_azimuth()
    k = int(np.argmin(np.abs(np.array(record["time"]) - begun)))
    along, up = _ahead(site.position(), azimuth, 1e3 * record["downrange_distance"][k])
    place = (np.linalg.norm(site.position()) + 1e3 * record["altitude"][k]) * up
    level = np.cross(np.cross(up, along), up)
    velocity = record["velocity_x"][k] * level / np.linalg.norm(level) + record["velocity_y"][k] * up
    turned = _turn(-begun)
    inertial, mass = turned @ place, plan.landing_mass + case["propellant_left_kg"]
    state = np.concatenate(
        [inertial, turned @ velocity + np.cross([0.0, 0.0, ROTATION_RATE], inertial), [mass]]
    )  # fmt: skip
    return plan, launch_frame(site, azimuth), state, begun


def _single_engines(vehicle: Vehicle, maps: Any) -> tuple[Vehicle, dict[str, Any]]:
    """The launcher rows carry one engine of a stage's whole thrust; a return counts engines: nine of a ninth each."""
    first = vehicle.stages[0]
    whole = maps[first.name]
    assert isinstance(whole, EngineMap)  # as the row of Falcon 9 has it
    one = replace(
        whole, thrust_vacuum=whole.thrust_vacuum / _ENGINES, mass_flow=whole.mass_flow / _ENGINES,
        exit_area=whole.exit_area / _ENGINES,
    )  # fmt: skip
    counted = first.model_copy(update={"engine_count": _ENGINES})
    return vehicle.model_copy(update={"stages": (counted, *vehicle.stages[1:])}), {**maps, first.name: one}


def fly(case: dict[str, Any]) -> Track:
    """One flight with its recorded times."""
    from scipy.optimize import least_squares

    record = record_of(case)
    try:
        plan, frame, state, begun = start_of(case, record)
    except OseaError as error:
        return Track(case["flight"], error=error.message)
    pad = 1e3 * float(record["downrange_distance"][-1])
    flight = _Flight(plan, frame, state, begun, record["events"], pad)

    low, high = [np.radians(140.0), 0.6], [np.radians(230.0), 1.0]
    tried = [
        least_squares(flight.off, [np.radians(p), 0.85], bounds=(low, high), xtol=1e-6, diff_step=1e-3, max_nfev=25)
        for p in _PITCHES
    ]
    pitch, boost = min(tried, key=lambda f: f.cost).x
    landing = flight.landing_throttle(pitch, boost)
    end, samples = flight.fly(pitch, boost, landing)
    downrange, altitude, velocity = flight.at_end(end)
    return Track(
        case["flight"],
        instants=_instants(samples, record),
        samples=tuple(map(tuple, samples.tolist())),
        pitch=float(pitch),
        throttles=(float(boost), landing),
        miss=(float(np.hypot(downrange, altitude)), float(velocity)),
    )


class _Flight:
    """The return by the recorded times, for a pitch and two throttles."""

    def __init__(
        self, plan: ReturnPlan, frame: LaunchFrame, state: Array, begun: float, events: dict[str, Any], pad: float
    ) -> None:
        self.plan, self.frame, self.state, self.begun, self.events = plan, frame, state, begun, events
        self.pad_downrange = pad
        self.along = np.array([self.frame.dx, self.frame.dy, self.frame.dz])
        self.up = np.array([self.frame.ux, self.frame.uy, self.frame.uz])

    def off(self, x: Array) -> Array:
        """At the landing burn's ignition: the speed of sinking [30 m/s] over what the planned throttle takes away until the
        recorded touchdown, and how far from the pad, along the ground and in height [km], a steady deceleration would stop."""
        (t, s), _ = self.fly(float(x[0]), float(x[1]), 0.0, lands=False)
        downrange, height, up = self.at_end((t, s))
        lasts, model = float(self.events["landing_end"]) - t, self.plan.segments[-1].model
        thrust = float(thrust_in_vacuum(model, _PLANNED) - thrust_pressure_loss(model, SEA_LEVEL_PRESSURE))
        stopped = (thrust / float(s[6]) - G0) * lasts
        velocity = _turn(t) @ s[3:6] - np.cross([0.0, 0.0, ROTATION_RATE], _turn(t) @ s[:3])
        ahead = float(velocity @ self.along)
        return np.array(
            [(-up - stopped) / 30.0, (downrange + 0.5 * ahead * lasts) / 1e3, (height + 0.5 * up * lasts) / 1e3]
        )  # fmt: skip

    def landing_throttle(self, pitch: float, boost: float) -> float:
        """The one at which the vertical speed is least at the recorded end, from the lowest to full."""
        from scipy.optimize import minimize_scalar

        def speed(throttle: float) -> float:
            return abs(self.at_end(self.fly(pitch, boost, throttle)[0])[2])

        found: Any = minimize_scalar(
            speed, bounds=(self.plan.throttle_min, 1.0), method="bounded", options={"xatol": 1e-3}
        )
        return float(found.x)

    def fly(self, pitch: float, boost: float, landing: float, lands: bool = True) -> tuple[tuple[float, Array], Array]:
        e = {k: float(v) for k, v in self.events.items() if v is not None}
        one, three, again = (s for s in self.plan.segments if s.burn == "entry burn")
        first, last = cases()["rules"]["entry_steps_s"]
        back = np.cos(pitch) * self.along + np.sin(pitch) * self.up
        coast = self.plan.segments[0]
        bb = next(s for s in self.plan.segments if s.burn == "boost-back")
        descent = next(s for s in self.plan.segments if s.kind == "descent")
        land = self.plan.segments[-1]
        steps = (
            (coast, e["boostback_start"], lambda t, s: back, 0.0),
            (bb, e["boostback_end"], lambda t, s: back, boost),
            (coast, e["entry_start"], lambda t, s: back, 0.0),
            (one, e["entry_start"] + first, _against_flow, boost),
            (three, e["entry_end"] - last, _against_flow, boost),
            (again, e["entry_end"], _against_flow, boost),
            (descent, e["landing_start"], _against_flow, 0.0),
            (land, e["landing_end"], _to_stand, landing),
        )
        t, s, rows = self.begun, self.state, []
        for segment, until, axis, throttle in steps if lands else steps[:-1]:
            t, s, flown = _integrate(segment.kind, segment.model, s, t, until, axis, throttle)
            rows += flown
        launch = self.up
        return (t, s), np.array([self._sample(a, b, launch) for a, b in rows])

    def at_end(self, end: tuple[float, Array]) -> tuple[float, float, float]:
        """Downrange from the pad, height over it [m] and vertical speed [m/s]."""
        t, s = end
        _, _, altitude, downrange = self._sample(t, s, self.up)
        ground = self.plan.pad[2] if self.plan.pad else 0.0
        sinking = float(local_velocity(WGS84, *s[:6].tolist())[2])
        return downrange - self.pad_downrange, altitude - ground, sinking

    def _sample(self, t: float, s: Array, up: Array) -> tuple[float, float, float, float]:
        fixed = _turn(t) @ s[:3]
        velocity = _turn(t) @ s[3:6] - np.cross([0.0, 0.0, ROTATION_RATE], fixed)
        unit = fixed / np.linalg.norm(fixed)
        downrange = _MEAN_RADIUS * float(np.arctan2(unit @ self.along, unit @ up))
        return t, float(np.linalg.norm(velocity)), float(geodetic_from_ecef(*fixed)[2]), downrange


def _integrate(
    kind: str,
    model: Any,
    state: Array,
    begin: float,
    end: float,
    axis: Callable[[float, Array], Array],
    throttle: float,
) -> tuple[float, Array, list[tuple[float, Array]]]:
    from scipy.integrate import solve_ivp

    def rates(t: float, y: Array) -> list[float]:
        return list(motion_of(kind, model, tuple(y.tolist()), tuple(axis(t, y).tolist()), throttle))

    times = np.linspace(begin, end, max(2, int(np.ceil(end - begin)) + 1))
    found = solve_ivp(
        rates, (begin, end), state, method="RK45", rtol=1e-6, atol=[1.0] * 3 + [1e-2] * 3 + [1.0], t_eval=times
    )
    return end, found.y[:, -1], list(zip(found.t.tolist(), found.y.T, strict=True))


def _against_flow(time: float, state: Array) -> Array:
    wind = np.array([state[3] + ROTATION_RATE * state[1], state[4] - ROTATION_RATE * state[0], state[5]])
    return -wind / (np.linalg.norm(wind) + 1e-9)


def _to_stand(time: float, state: Array) -> Array:
    """Against the velocity, upright when nearly at rest."""
    wind = np.array([state[3] + ROTATION_RATE * state[1], state[4] - ROTATION_RATE * state[0], state[5]])
    axis = -wind + 10.0 * np.array(local_up(WGS84, *state[:3].tolist()))
    return axis / np.linalg.norm(axis)


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
    angle = distance / _MEAN_RADIUS
    return np.cos(angle) * ahead - np.sin(angle) * up, np.cos(angle) * up + np.sin(angle) * ahead


def _turn(time: float) -> Array:
    c, s = np.cos(ROTATION_RATE * time), np.sin(ROTATION_RATE * time)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def available() -> bool:
    """Whether the records are on this machine."""
    return (RECORDS / "summary.json").is_file()


def comparisons() -> list[Comparison]:
    """Speed and altitude at every event of every flight; one line that says so where the records are absent."""
    if not available():
        text = "skipped: the flight records are not on this machine (../shared/reference/trajectory/flights)"
        return [Comparison(GROUP, text, "1", None, "Telemetry-Data project", "read", kind="shown")]
    rows = []
    for case in cases()["flights"]:
        rows += _compared(fly(case))
    return rows


def _compared(track: Track) -> list[Comparison]:
    source, share = cases()["source"], cases()["rules"]["tolerance"]
    if track.error:
        return [Comparison(GROUP, track.name, "1", None, source, "read", kind="shown", error=track.error)]
    note = (
        f"{track.name}: boost-back at a pitch of {np.degrees(track.pitch):.1f} deg and a throttle of {track.throttles[0]:.0%}, "
        f"landing at {track.throttles[1]:.0%}; ends {track.miss[0]:.0f} m from the pad at {track.miss[1]:.1f} m/s"
    )
    found = []
    for i in track.instants:
        for what, unit, ours, theirs, scale in (
            ("speed", "m/s", i.speed, i.recorded_speed, 1.0),
            ("altitude", "km", i.altitude, i.recorded_altitude, 1e3),
        ):
            if i.name == "apogee" and what == "speed":
                continue
            found.append(
                Comparison(
                    GROUP, f"{track.name}, {i.name} ({i.time:.0f} s): {what}", unit, theirs / scale, source, "read",
                    ours=ours / scale, tolerance=share * theirs / scale, real=True, digits=4, note=note,
                )
            )  # fmt: skip
    return found
