"""What a screener needs for a window: every object's flight as a file that counts from T-0, and the record that names them.

In Earth-fixed axes a flight that counts from T-0 is the same for every T-0, so one file an object serves the whole window: the
host's as it was given, a payload's from its separation on, coasting with J2, its covariance beside it.
"""

from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import InputError
from ...core.time import SECOND, Instant, format_utc
from ..ccsds.message import Message
from ..ccsds.write_kvn import write_kvn
from ..envelope import Envelope, record_text
from ..export import data_file
from .coast import coasted, earth_fixed, inertial
from .ocm import product_to_ocm
from .package import REALISATION, Request, file_name
from .product import Deployment, LaunchProduct
from .separation import EARTH_FIXED, separations

FOLDER = "screening"
STEP = 60.0  # s between two states of a payload that coasts
_FORMAT = "CCSDS OCM 3.0 KVN"


@dataclass(frozen=True, kw_only=True)
class Screening:
    """What is asked of the screener. contact: whom to tell; radius [m]: of a sphere round any object; span [s]: how long after
    its separation a payload is screened; threshold: a probability, or a miss distance [m]."""

    contact: str
    radius: float
    span: float = 10_800.0
    probability: float | None = None
    miss_distance: float | None = None

    def __post_init__(self) -> None:
        if self.probability is None and self.miss_distance is None:
            raise InputError("a screening needs a threshold: give --probability or --miss-distance")
        for name, value in (("--hard-body-radius", self.radius), ("--screen-for", self.span)):
            if not value > 0.0:
                raise InputError(f"{name} is {value:g}; it is positive")
        if self.probability is not None and not 0.0 < self.probability < 1.0:
            raise InputError(f"--probability is {self.probability:g}; it lies between 0 and 1")


def write_screening(product: LaunchProduct, request: Request, wish: Screening, folder: Path) -> dict[str, Any]:
    """Write the objects' files, the window's opportunity record and the screening package into *folder*; the latter, as written.

    Raises InputError where a probability is asked for and there is no covariance.
    """
    covered = len(product.covariance_time) > 0
    if wish.probability is not None and not covered:
        raise InputError("a probability of collision needs a covariance, and the OCM has none; give --miss-distance")
    t_zero = format_utc(Instant(int(request.t0[0])), 6)
    first, last = (format_utc(Instant(int(t)), 3) for t in (request.t0[0], request.t0[-1]))
    envelope = Envelope(
        originator=request.issuer.originator,
        issued_at=request.issuer.created,
        software=f"OSEA-Rocket {version('osea-rocket')}",
    )
    objects, flights = [], {product.name: product} | _payloads(product, request, wish.span)
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for place, (name, flight) in enumerate(flights.items()):
        path = f"{FOLDER}/{file_name(name, place)}.ocm"
        content = write_kvn(
            _without_deployments(product_to_ocm(flight, request.issuer, t_zero, frame=REALISATION))
        ).encode()
        (folder / path).write_bytes(content)
        objects.append(
            {
                "name": name,
                "file": data_file(path, content, _FORMAT, "text/plain"),
                "hard_body_radius_m": wish.radius,
                "start_s": float(flight.time[0]),
                "stop_s": float(flight.time[-1]),
                "has_covariance": covered,
            }
        )
    key = f"{product.name}, {first}"
    launch = envelope.urn("launch", product.name)
    opportunity = envelope.record(
        "opportunity", key, {"launch": launch, "window": {"start": first, "end": last}, "t0": first, "state": "open"}
    )
    step = float(np.diff(request.t0)[0]) / SECOND if len(request.t0) > 1 else 1.0
    package = envelope.record(
        "screening-package",
        key,
        {
            "launch": launch,
            "opportunities": [opportunity["id"]],
            "objects": objects,
            "t0_first": first,
            "t0_last": last,
            "step_s": step,
            "frame": REALISATION,
            "probability_threshold": wish.probability,
            "miss_distance_m": wish.miss_distance,
            "contact": wish.contact,
        },
    )
    for name, record in (("opportunity", opportunity), ("screening-package", package)):
        (folder / f"{name}.json").write_text(record_text(record), encoding="utf-8")
    return package


def _payloads(product: LaunchProduct, request: Request, span: float) -> dict[str, LaunchProduct]:
    """Each payload's own flight from its separation, as a product whose host it is."""
    found = separations(product, request.t0[:1], EARTH_FIXED, request.orientation)
    flights = {}
    for j, item in enumerate(product.deployments):
        after = np.unique(np.append(np.arange(0.0, span, STEP), span))
        states = inertial(np.array([item.time]), found.position[0, j : j + 1], found.velocity[0, j : j + 1])
        coast = coasted(np.repeat(states, len(after), axis=0), after, steps=int(np.ceil(span / 10.0)))
        position, velocity = earth_fixed(item.time + after, coast[:, :3], coast[:, 3:])
        name = item.name if item.name != product.name else f"{item.name} (payload)"
        flights[name] = replace(
            product,
            name=name,
            time=item.time + after,
            position=position,
            velocity=velocity,
            deployments=(Deployment(name=name, time=item.time),),
            covariance_time=np.array([item.time]) if found.has_covariance else np.zeros(0),
            covariance=(found.own[j] + found.shared[j])[None] if found.has_covariance else np.zeros((0, 6, 6)),
            covariance_frame="RTN_INERTIAL",
        )
    return flights


def _without_deployments(message: Message) -> Message:
    """A payload deploys nothing, and a screener is told of each object by itself."""
    segment = message.segments[0]
    return replace(message, segments=(replace(segment, data=tuple(b for b in segment.data if b.name != "man")),))
