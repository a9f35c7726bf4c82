"""A range and collision screener: which T-0 to keep closed, and which areas are to be kept clear when.

    python examples/launch_data/screener.py http://127.0.0.1:8080 urn:osea:example:launch:sso-4 objects.json

objects.json: a list of {name, epoch, position_m, velocity_m_s}, inertial states of the mean equator and equinox of J2000.
Decides by the feed alone, from the screening package, the windows and the Earth-fixed trajectory that counts from T-0;
a line of JSON a decision; ends when the last area is released. Two-body motion, precession (Lieske 1977) and mean sidereal time:
some 500 m beside a full model, which the miss distance has to bear.
"""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from consumer import MU, Feed, Record, instant, say, utc

J2000 = datetime.fromisoformat("2000-01-01T12:00:00+00:00")
OUR_ERROR = 1000.0  # m, what our frames and motion leave out


class Screener:
    """What is known of the launch, and what follows for airspace, sea and the catalogue."""

    def __init__(self, feed: Feed, objects: list[Record]) -> None:
        self.feed, self.objects = feed, objects
        self.package: Record | None = None
        self.windows: dict[str, Record] = {}
        self.screened: set[str] = set()
        self.areas: dict[str, Record] = {}
        self.active = False

    def follow(self) -> None:
        """Decide with each record, until all is released after a flight."""
        for record in self.feed.records():
            kind = record["schema"].split("/")[2].replace("-", "_")
            if getattr(self, f"on_{kind}", lambda _: False)(record):
                return

    def on_screening_package(self, package: Record) -> None:
        self.package = package
        self._screen_all()

    def on_opportunity(self, window: Record) -> None:
        self.windows[window["id"]] = window
        self._screen_all()

    def on_hazard_area(self, area: Record) -> None:
        self.areas[area["id"]] = area

    def on_countdown_clock(self, clock: Record) -> None:
        if clock["state"] == "counting" and not self.active:
            self._activate(clock)
        elif clock["state"] == "holding":
            say("areas stay active: the count holds", clock)
        elif clock["state"] == "scrubbed" and self.active:
            self.active = False
            say("release the areas: scrubbed", clock, areas=sorted(self.areas))

    def _activate(self, clock: Record) -> None:
        self.active = True
        t0 = instant(clock["t0"])
        until = [
            i["end"] for a in self.areas.values() for i in a["active"] if instant(i["start"]) <= t0 <= instant(i["end"])
        ]
        say("activate the areas", clock, areas=sorted(self.areas), until=max(until, default=None))

    def on_countdown_event(self, event: Record) -> bool:
        """The last thing that comes down in our areas."""
        if event["status"] != "actual" or event["name"] != "landing":
            return False
        self.active = False
        say("release the areas: landed", event, areas=sorted(self.areas))
        return True

    def _screen_all(self) -> None:
        for identifier in self.package["opportunities"] if self.package else ():
            window = self.windows.get(identifier)
            if window and window["state"] == "open" and identifier not in self.screened:
                self.screened.add(identifier)
                self._screen(window)

    def _screen(self, window: Record) -> None:
        """Say when within a window it must not be launched."""
        assert self.package is not None
        closed = []
        opens, closes = instant(window["window"]["start"]), instant(window["window"]["end"])
        count = int((closes - opens).total_seconds() / self.package["step_s"]) + 1
        for item in self.package["objects"]:
            time, fixed = read_trajectory(self.feed.file(item["file"]))
            chosen = (time >= item["start_s"]) & (time <= item["stop_s"])
            limit = self.package["miss_distance_m"] + item["hard_body_radius_m"] + OUR_ERROR
            for i in range(count):
                t0 = opens + timedelta(seconds=i * self.package["step_s"])
                ours = inertial(time[chosen], fixed[chosen], t0)
                for other in self.objects:
                    nearest = closest(time[chosen], ours, t0, other)
                    if nearest < limit:
                        closed.append((t0, other["name"], round(nearest)))
        half = timedelta(seconds=self.package["step_s"]) / 2
        closures = [
            {"start": utc(t - half), "end": utc(t + half), "object": name, "distance_m": distance}
            for t, name, distance in closed
        ]
        say("screened", window, t0_asked=count, closures=closures)


def read_trajectory(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Seconds from T-0 (n,), Earth-fixed position and velocity (n, 6) [m, m/s] of an OCM in KVN."""
    text = content.decode("ascii")
    block = text.partition("TRAJ_START")[2].partition("TRAJ_STOP")[0].splitlines()
    words = dict(line.split(" = ", 1) for line in block if " = " in line)
    if not words["TRAJ_REF_FRAME"].startswith("ITRF") or words["TRAJ_TYPE"] != "CARTPV":
        raise ValueError(f"a trajectory in {words['TRAJ_REF_FRAME']} is not read here")
    rows = np.array([[float(x) for x in line.split()] for line in block if line and line[0].isdigit()])
    return rows[:, 0], 1e3 * rows[:, 1:]


def inertial(time: np.ndarray, fixed: np.ndarray, t0: datetime) -> np.ndarray:
    """Positions (n, 3) in J2000 of Earth-fixed states, for one T-0."""
    days = (t0 - J2000) / timedelta(days=1) + time / 86_400.0
    angle = np.radians(280.46061837 + 360.98564736629 * days)  # mean sidereal time; UT1 taken as UTC
    x, y = (
        np.cos(angle) * fixed[:, 0] - np.sin(angle) * fixed[:, 1],
        np.sin(angle) * fixed[:, 0] + np.cos(angle) * fixed[:, 1],
    )
    return np.stack([x, y, fixed[:, 2]], axis=1) @ precession(float(days[0]) / 36_525.0)


def precession(centuries: float) -> np.ndarray:
    """From J2000 to the mean equator and equinox of date (Lieske et al. 1977), as a matrix on columns."""
    t = centuries
    zeta, z, theta = (
        np.radians(angle / 3600.0)
        for angle in (
            2306.2181 * t + 0.30188 * t**2 + 0.017998 * t**3,
            2306.2181 * t + 1.09468 * t**2 + 0.018203 * t**3,
            2004.3109 * t - 0.42665 * t**2 - 0.041833 * t**3,
        )
    )
    return about_z(-z) @ about_y(theta) @ about_z(-zeta)


def about_z(a: Any) -> np.ndarray:
    c, s = np.cos(a), np.sin(a)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def about_y(a: Any) -> np.ndarray:
    c, s = np.cos(a), np.sin(a)
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])


def closest(time: np.ndarray, ours: np.ndarray, t0: datetime, other: Record) -> float:
    """Least distance [m] between our track and an object; straight between states, where the two pass each other."""
    start = (t0 - instant(other["epoch"])).total_seconds()
    theirs = kepler(np.array(other["position_m"]), np.array(other["velocity_m_s"]), start + time)
    apart = ours - theirs
    change = np.diff(apart, axis=0)
    length = np.maximum((change**2).sum(axis=1), 1e-9)
    part = np.clip(-(apart[:-1] * change).sum(axis=1) / length, 0.0, 1.0)
    return float(np.linalg.norm(apart[:-1] + part[:, None] * change, axis=1).min())


def kepler(r0: np.ndarray, v0: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Positions (n, 3) of two-body motion at times (n,) from a state, by Lagrange's f and g (Battin 1999, 4.4)."""
    r, rv = np.linalg.norm(r0), r0 @ v0
    size = 1.0 / (2.0 / r - v0 @ v0 / MU)
    rate = np.sqrt(MU / size**3)
    sine, cosine = rv / np.sqrt(MU * size), 1.0 - r / size  # of the eccentric anomaly, times the eccentricity
    change = rate * time
    for _ in range(20):
        error = change + sine * (1.0 - np.cos(change)) - cosine * np.sin(change) - rate * time
        change = change - error / (1.0 + sine * np.sin(change) - cosine * np.cos(change))
    f = 1.0 - size / r * (1.0 - np.cos(change))
    g = time - (change - np.sin(change)) / rate
    return f[:, None] * r0 + g[:, None] * v0


if __name__ == "__main__":
    wanted = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
    Screener(Feed(sys.argv[1], sys.argv[2]), wanted).follow()
