"""A satellite operator: when to be on console, when to stand down, and when its satellite first comes over the station.

    python examples/launch_data/customer.py http://127.0.0.1:8080 urn:osea:example:launch:sso-4 urn:osea:example:payload:c3

Decides by the feed alone; a line of JSON a decision; ends when the contact is planned. Two-body motion from the separation
vector, which is enough to point a wide beam on the first pass.
"""

import math
import sys
from datetime import datetime, timedelta

from consumer import MU, Feed, Record, instant, say, utc

STATION = ("Svalbard", math.radians(78.23), math.radians(15.39))  # latitude, longitude [rad]
LOWEST = math.radians(5.0)  # elevation of a contact
EARTH = 6_371_000.0  # m, a round one


class Customer:
    """What is known of the launch, and what follows for the operator's team."""

    def __init__(self, feed: Feed, payload: str) -> None:
        self.feed, self.payload = feed, payload
        self.name = ""
        self.separation: Record | None = None
        self.windows: dict[str, Record] = {}
        self.t0: datetime | None = None

    def follow(self) -> None:
        """Decide with each record, until the first contact is planned."""
        for record in self.feed.records():
            kind = record["schema"].split("/")[2].replace("-", "_")
            if getattr(self, f"on_{kind}", lambda _: False)(record):
                return

    def on_launch(self, launch: Record) -> None:
        if self.payload not in launch.get("payloads", ()):
            say("not our launch", launch)
            return
        if not self.name:
            self.name = self.feed.get(self.payload)["name"]
        t0 = instant(launch["t0"]["value"])
        if launch["t0"]["kind"] == "actual":
            if launch["state"] == "in-flight":
                say("lift-off: wait for separation", launch, t0=utc(t0))
        elif launch["state"] == "scrubbed":
            self.t0 = None
            later = sorted(w["t0"] for w in self.windows.values() if w["state"] == "open" and instant(w["t0"]) > t0)
            say(
                "stand down",
                launch,
                reason=launch["attempts"][-1].get("reason"),
                next_window=later[0] if later else None,
            )
        elif t0 != self.t0:
            self.t0 = t0
            say("be on console", launch, at=utc(t0 - timedelta(hours=4)), t0=utc(t0))

    def on_opportunity(self, window: Record) -> None:
        self.windows[window["id"]] = window

    def on_countdown_clock(self, clock: Record) -> None:
        if clock["state"] == "holding":
            say("stay: the count holds", clock, reason=clock.get("hold_reason"), t_s=clock["t_s"])
        elif clock["state"] == "recycled":
            say("stay: the count starts again", clock, t_s=clock["t_s"])

    def on_separation_state(self, state: Record) -> None:
        if state["payload"] == self.payload:
            self.separation = state

    def on_countdown_event(self, event: Record) -> bool:
        """Our separation: plan the first contact from the vector that is now true."""
        if event["status"] != "actual" or "separat" not in event["name"] or self.separation is None:
            return False
        if not any(
            text.endswith(self.name) for text in (event["name"], event.get("text", "").removesuffix(" separated"))
        ):
            return False
        state = self.separation
        contact = first_contact(state)
        orbit = elements(state)
        say("separated: plan the first contact", event, station=STATION[0], at=utc(contact) if contact else None,
            frame=state["frame"], **orbit)  # fmt: skip
        return True


def elements(state: Record) -> dict[str, float]:
    """Heights over 6378.137 km [km] and inclination [deg] of an inertial state."""
    r, v = state["position_m"], state["velocity_m_s"]
    h = [r[1] * v[2] - r[2] * v[1], r[2] * v[0] - r[0] * v[2], r[0] * v[1] - r[1] * v[0]]
    size = 1.0 / (2.0 / math.hypot(*r) - math.hypot(*v) ** 2 / MU)
    eccentricity = math.sqrt(max(0.0, 1.0 - math.hypot(*h) ** 2 / (MU * size)))
    return {
        "perigee_km": round(size * (1.0 - eccentricity) / 1e3 - 6378.137, 1),
        "apogee_km": round(size * (1.0 + eccentricity) / 1e3 - 6378.137, 1),
        "inclination_deg": round(math.degrees(math.acos(h[2] / math.hypot(*h))), 3),
    }


def first_contact(state: Record) -> datetime | None:
    """When the satellite first rises above the lowest elevation at the station, within a day."""
    position, velocity, epoch = list(state["position_m"]), list(state["velocity_m_s"]), instant(state["epoch"])
    step = 10.0
    for i in range(int(86_400 / step)):
        if i and elevation(position, epoch + timedelta(seconds=i * step)) > LOWEST:
            return epoch + timedelta(seconds=i * step)
        position, velocity = leapfrog(position, velocity, step)
    return None


def leapfrog(r: list[float], v: list[float], h: float) -> tuple[list[float], list[float]]:
    """One step of the two-body problem."""
    half = [vi - 0.5 * h * MU * ri / math.hypot(*r) ** 3 for ri, vi in zip(r, v, strict=True)]
    new = [ri + h * vi for ri, vi in zip(r, half, strict=True)]
    return new, [vi - 0.5 * h * MU * ri / math.hypot(*new) ** 3 for ri, vi in zip(new, half, strict=True)]


def elevation(position: list[float], at: datetime) -> float:
    """Of a satellite over the station [rad]; Greenwich mean sidereal time, its linear part."""
    days = (at - datetime.fromisoformat("2000-01-01T12:00:00+00:00")) / timedelta(days=1)
    angle = math.radians(280.46061837 + 360.98564736629 * days) + STATION[2]
    up = (math.cos(STATION[1]) * math.cos(angle), math.cos(STATION[1]) * math.sin(angle), math.sin(STATION[1]))
    line = [p - EARTH * u for p, u in zip(position, up, strict=True)]
    return math.asin(sum(a * b for a, b in zip(line, up, strict=True)) / math.hypot(*line))


if __name__ == "__main__":
    Customer(Feed(sys.argv[1], sys.argv[2]), sys.argv[3]).follow()
