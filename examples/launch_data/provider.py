"""A launch provider's side of a launch: announced, held, recycled, scrubbed; next day flown, separated, landed.

    osea data token add sqlite:///demo.db --role provider --party urn:osea:example:provider:1
    osea data serve sqlite:///demo.db --rate 0
    python examples/launch_data/provider.py http://127.0.0.1:8080 osea_… --t0-in 120

All records are sent as any provider would send them, by POST. What is due before now is sent at once, the rest in its time.
"""

import argparse
import functools
import hashlib
import json
import math
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from osea_rocket.core.earth import geodetic_from_ecef
from osea_rocket.core.frames import UNKNOWN_ORIENTATION
from osea_rocket.core.time import parse_utc
from osea_rocket.launch_data.ccsds.files import read_messages
from osea_rocket.launch_data.opportunity.ocm import product_from_ocm
from osea_rocket.launch_data.opportunity.separation import separations

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "standard" / "launch-data" / "examples"
ISSUER = "urn:osea:example:provider:1"
LAUNCH = "urn:osea:example:launch:sso-4"
BOOSTER_LANDS = 498.0  # s after lift-off
DAY = 86_400.0
FLIGHT = (  # s after lift-off, of examples/falcon9/missions/sso-dawn-dusk-study.yaml
    (0.0, "lift-off"),
    (60.7, "max-q"),
    (154.0, "MECO"),
    (154.1, "stage separation"),
    (160.0, "second stage ignition"),
    (211.0, "fairing jettison"),
    (BOOSTER_LANDS, "landing"),
    (552.5, "SECO-1"),
    (3496.8, "second ignition"),
    (3500.9, "SECO-2"),
)
Record = dict[str, Any]
Due = tuple[float, Callable[[], None]]


def utc(moment: datetime) -> str:
    """A time as records have it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def payload(i: int) -> str:
    """Identifier of the i-th payload."""
    return f"urn:osea:example:payload:c{i}"


def opportunity(day: int) -> str:
    """Identifier of a day's window."""
    return f"urn:osea:example:opportunity:d{day}"


def port(i: int) -> str:
    """Where the i-th payload sits."""
    return f"ring {1 + (i - 1) // 4}, port {1 + (i - 1) % 4}"


def kept_clear(t0: datetime) -> Record:
    """When an area is closed for a T-0."""
    return {"start": utc(t0 - timedelta(minutes=30)), "end": utc(t0 + timedelta(hours=1))}


def place(latitude: float, longitude: float, height: float = 0.0) -> Record:
    """A place as records have it."""
    return {"latitude_deg": latitude, "longitude_deg": longitude, "height_m": height}


class Provider:
    """Sends records; keeps what was sent, so that a change is the next revision. t0: of the flight, on the second day."""

    def __init__(self, url: str, token: str, t0: datetime) -> None:
        self.url, self.token, self.t0 = url.rstrip("/"), token, t0
        self.first_t0 = t0 - timedelta(days=1)
        self.sent: dict[str, Record] = {}
        self.sequence = 0
        self.attempts: list[Record] = []
        self.ocm = (HERE / "flight.ocm").read_bytes()
        self.product, _ = product_from_ocm(read_messages(HERE / "flight.ocm")[0])

    # ---- sending ----

    def send(self, *records: Record) -> None:
        """Append records, all or none."""
        body = "\n".join(json.dumps(r) for r in records).encode()
        self._request("POST", "/v1/records", body, "application/x-ndjson")
        self.sent |= {r["id"]: r for r in records}

    def _request(self, method: str, path: str, body: bytes, media_type: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": media_type}
        request = urllib.request.Request(self.url + path, body, headers, method=method)  # noqa: S310  the user's own server
        try:
            urllib.request.urlopen(request, timeout=30).close()  # noqa: S310
        except urllib.error.HTTPError as error:
            sys.exit(f"{path}: {error.status} {error.read().decode()}")

    def record(self, kind: str, key: str, issued: datetime, status: str = "planned", /, **fields: Any) -> Record:
        """The example of a kind as a record of this launch; the next revision when its id was sent before."""
        record = json.loads((EXAMPLES / f"{kind}.json").read_text(encoding="utf-8"))
        record |= {"id": f"urn:osea:example:{kind}:{key}", "issuer": ISSUER, "issued_at": utc(issued), "status": status}
        if "launch" in record:
            record["launch"] = LAUNCH
        for name, value in fields.items():
            if value is None:
                record.pop(name, None)
            else:
                record[name] = value
        if before := self.sent.get(record["id"]):
            record["revision"] = before["revision"] + 1
            record["supersedes"] = {"id": record["id"], "revision": before["revision"]}
        return record

    # ---- the records of this launch ----

    def announce(self, at: datetime) -> None:
        """Who, where, what, with which data."""
        sha256 = hashlib.sha256(self.ocm).hexdigest()
        file = {"path": "flight.ocm", "sha256": sha256, "media_type": "text/plain", "format": "CCSDS OCM 3.0 KVN"}
        latitude, longitude = self.ground(340.0)
        stop = float(self.product.time[-1])
        screened = {"name": "second stage and payloads", "file": file, "hard_body_radius_m": 8.0, "start_s": 550.0}
        screened |= {"stop_s": stop, "has_covariance": False}
        box = [(-0.7, -0.5), (0.7, -0.5), (0.7, 0.5), (-0.7, 0.5), (-0.7, -0.5)]
        area = {"type": "Polygon", "coordinates": [[[round(longitude + x, 3), round(latitude + y, 3)] for x, y in box]]}
        zone = place(latitude, longitude)
        self.send(
            self.record("provider", "1", at, country="US"),
            self.record(
                "site",
                "1",
                at,
                country="US",
                time_zone="America/Los_Angeles",
                azimuth_min_deg=140.0,
                azimuth_max_deg=201.0,
                location=place(34.63, -120.61, 80.0),
            ),
            self.record("pad", "1", at, location=place(34.632, -120.611, 80.0)),
            self.record("landing-zone", "1", at, location=zone),
            self.record("vehicle-type", "1", at),
            self.record("vehicle-item", "1", at),
            self.record("mission", "1", at),
            *(self.record("payload", f"c{i}", at, name=d.name) for i, d in enumerate(self.product.deployments, 1)),
            self.launch(at, "planned", self.first_t0),
            *(self.opportunity(day, t0, at) for day, t0 in ((1, self.first_t0), (2, self.t0))),
            *(
                self.record(
                    "manifest-slot",
                    f"s{i}",
                    at,
                    payload=payload(i),
                    name=port(i),
                    deployment_order=i,
                    deployment_time_s=d.time,
                )
                for i, d in enumerate(self.product.deployments, 1)
            ),
            self.record(
                "trajectory",
                "1",
                at,
                "predicted",
                file=file,
                frame="ITRF2000",
                has_covariance=False,
                stop_s=stop,
                object_name="second stage",
            ),
            self.record(
                "hazard-area", "1", at, geometry=area, active=[kept_clear(t0) for t0 in (self.first_t0, self.t0)]
            ),
            self.record(
                "impact-prediction", "1", at, "predicted", nominal=place(*self.ground(430.0)), at=None, file=None
            ),
            self.record(
                "screening-package",
                "1",
                at,
                frame="ITRF2000",
                t0_first=utc(self.first_t0 - timedelta(minutes=5)),
                t0_last=utc(self.t0 + timedelta(minutes=25)),
                probability_threshold=None,
                opportunities=[opportunity(1), opportunity(2)],
                objects=[screened],
                step_s=60.0,
                miss_distance_m=25_000.0,
            ),
        )
        self._request("PUT", f"/v1/files/{sha256}", self.ocm, "application/octet-stream")
        self.send(*self.separations(self.first_t0, at), *(self.event(name, t, at, None) for t, name in FLIGHT))

    def launch(self, at: datetime, state: str, t0: datetime, kind: str = "planned") -> Record:
        status = "actual" if kind == "actual" else "planned"
        t0_moment = {"value": utc(t0), "precision": "second", "kind": kind}
        payloads = [payload(i) for i in range(1, 13)]
        return self.record(
            "launch",
            "sso-4",
            at,
            status,
            name="R1 flight 12",
            state=state,
            t0=t0_moment,
            payloads=payloads,
            attempts=self.attempts,
            alt_ids=[],
            t0_definition="lift-off signal",
        )

    def opportunity(self, day: int, t0: datetime, at: datetime, state: str = "open") -> Record:
        window = {"start": utc(t0 - timedelta(minutes=5)), "end": utc(t0 + timedelta(minutes=25))}
        return self.record("opportunity", f"d{day}", at, window=window, t0=utc(t0), closures=[], state=state)

    def separations(self, t0: datetime, at: datetime) -> list[Record]:
        """The state of each payload for a T-0, in GCRF, with what unknown UT1 may change."""
        found = separations(self.product, np.array([parse_utc(utc(t0)).tai]), "GCRF", UNKNOWN_ORIENTATION)
        unknown = {"tai_minus_utc_s": 37.0, "source": "none: UT1-UTC taken as 0", "position_bound_m": 470.0}
        return [
            self.record(
                "separation-state",
                f"c{i}",
                at,
                "predicted",
                payload=payload(i),
                t0=utc(t0),
                epoch=utc(t0 + timedelta(seconds=d.time)),
                mission_elapsed_time_s=d.time,
                frame="GCRF",
                position_m=found.position[0, i - 1].round(3).tolist(),
                velocity_m_s=found.velocity[0, i - 1].round(6).tolist(),
                earth_orientation=unknown,
                covariance=None,
                mass_kg=550.0,
                attitude_quaternion=None,
                body_rate_deg_s=None,
                files=[],
            )
            for i, d in enumerate(self.product.deployments, 1)
        ]

    def clock(self, at: datetime, t: float, state: str, t0: datetime | None, **fields: Any) -> Record:
        self.sequence += 1
        zero = utc(t0) if t0 else None
        return self.record(
            "countdown-clock",
            f"n{self.sequence}",
            at,
            "actual",
            sequence=self.sequence,
            at=utc(at),
            t_s=t,
            state=state,
            t0=zero,
            **fields,
        )

    def event(self, name: str, t: float, issued: datetime, at: datetime | None, text: str | None = None) -> Record:
        self.sequence += 1
        key = name.replace(" ", "-").lower()
        return self.record(
            "countdown-event",
            key,
            issued,
            "actual" if at else "planned",
            sequence=self.sequence,
            name=name,
            clock="MET",
            time_s=t,
            at=utc(at) if at else None,
            text=text,
        )

    def ground(self, t: float) -> tuple[float, float]:
        """Latitude and longitude [deg] under the flight at a time."""
        position = [float(np.interp(t, self.product.time, self.product.position[:, k])) for k in range(3)]
        latitude, longitude, _ = geodetic_from_ecef(*position)
        return round(math.degrees(latitude), 4), round(math.degrees(longitude), 4)

    # ---- the two days ----

    def script(self) -> Iterator[Due]:
        """(s from the second day's T-0, what is done then), in order."""
        first, second = self.first_t0, self.t0
        slipped = first + timedelta(minutes=15)

        def at(seconds: float) -> datetime:
            return second + timedelta(seconds=seconds)

        def sending(seconds: float, make: Callable[[datetime], list[Record]]) -> Due:
            return seconds, lambda: self.send(*make(at(seconds)))

        def attempt(number: int, t0: datetime, result: str, **more: Any) -> None:
            one = {
                "number": number,
                "opportunity": opportunity(number),
                "t0": utc(t0),
                "result": result,
                **more,
            }
            self.attempts = [*self.attempts[: number - 1], one]

        def scrubbed(now: datetime) -> list[Record]:
            attempt(1, slipped, "scrubbed", stopped_at_t_s=-35.0, reason="upper winds")
            return [
                self.clock(now, -35.0, "scrubbed", None, hold_reason="upper winds"),
                self.launch(now, "scrubbed", slipped),
                self.opportunity(1, first, now, "closed"),
            ]

        def again(now: datetime) -> list[Record]:
            attempt(2, second, "pending")
            return [self.launch(now, "planned", second), *self.separations(second, now)]

        def lifted(now: datetime) -> list[Record]:
            attempt(2, second, "lifted-off")
            return [
                self.launch(now, "in-flight", second, "actual"),
                self.clock(now, 0.0, "lifted-off", second),
                self.event("lift-off", 0.0, now, now),
                self.opportunity(2, second, now, "used"),
            ]

        yield -2 * DAY, lambda: self.announce(at(-2 * DAY))
        yield sending(-DAY - 3600.0, lambda now: [self.clock(now, -3600.0, "counting", first)])
        yield sending(
            -DAY - 600.0,
            lambda now: [
                self.clock(
                    now, -600.0, "holding", None, hold_reason="upper winds", resumes_at=utc(now + timedelta(minutes=5))
                )
            ],
        )
        yield sending(-DAY - 300.0, lambda now: [self.clock(now, -1200.0, "recycled", None)])
        yield sending(
            -DAY - 299.0,
            lambda now: [
                self.clock(now, -1199.0, "counting", slipped),
                self.launch(now, "go", slipped),
                *self.separations(slipped, now),
            ],
        )
        yield sending(-DAY + 865.0, scrubbed)
        yield sending(-DAY + 7200.0, again)
        yield sending(-3600.0, lambda now: [self.clock(now, -3600.0, "counting", second)])
        yield sending(-600.0, lambda now: [self.clock(now, -600.0, "counting", second), self.launch(now, "go", second)])
        yield sending(0.0, lifted)
        flown = [(t, name, None) for t, name in FLIGHT[1:]]
        flown += [(d.time, f"separation of {d.name}", f"{d.name} separated") for d in self.product.deployments]
        for t, name, text in sorted(flown, key=lambda row: row[0]):
            yield sending(
                t, functools.partial(lambda t, name, text, now: [self.event(name, t, now, now, text)], t, name, text)
            )
        yield sending(self.product.deployments[-1].time + 600.0, self.afterwards)

    def afterwards(self, now: datetime) -> list[Record]:
        """What is known when all is over."""
        touchdown = {
            "at": utc(self.t0 + timedelta(seconds=BOOSTER_LANDS)),
            "distance_m": 11.0,
            "vertical_speed_m_s": -1.8,
            "horizontal_speed_m_s": 0.6,
            "tilt_deg": 1.2,
            "propellant_left_kg": 900.0,
        }
        life = [
            {"limit": "flights", "used": 3.0, "allowed": 10.0, "rule": "design life, 10 flights"},
            {"limit": "miner sum", "used": 0.22, "allowed": 1.0, "rule": "Miner 1945, thrust structure weld 4"},
        ]
        return [
            self.launch(now, "success", self.t0, "actual"),
            self.record(
                "recovery",
                "1",
                now,
                "actual",
                touchdown=touchdown,
                released_at=None,
                released_by=None,
                refurbishment_cost=None,
            ),
            self.record("flight-unit-log", "1", now, "actual", lifted_off_at=utc(self.t0), life=life),
        ]

    def play(self, until: datetime | None = None, *, wait: bool = False) -> None:
        """Do what is due until a time (None: all of it); wait for the rest in its own time."""
        for seconds, act in self.script():
            due = self.t0 + timedelta(seconds=seconds)
            if until is not None and due > until:
                if not wait:
                    return
                time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
            act()


def main() -> None:
    """Play the launch against a server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument(
        "--t0-in", type=float, default=120.0, metavar="SECONDS", help="lift-off from now; negative: it was"
    )
    wanted = parser.parse_args()
    now = datetime.now(UTC)
    t0 = (now + timedelta(seconds=wanted.t0_in)).replace(microsecond=0)
    Provider(wanted.url, wanted.token, t0).play(now, wait=True)


if __name__ == "__main__":
    main()
