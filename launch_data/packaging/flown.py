"""A run of `osea fly`: the flight with six degrees of freedom as a trajectory that counts from T-0."""

import numpy as np

from ...core.errors import InputError
from ..ccsds.write_kvn import write_kvn
from ..ccsds_oem import EARTH_FIXED
from ..envelope import Envelope
from ..export import ascii_name, data_file, plan_records
from ..issuer import Issuer
from ..opportunity.coast import earth_fixed
from ..opportunity.ocm import product_to_ocm
from ..opportunity.product import Deployment, LaunchProduct
from .runs import Parts, Run

NAME = "flight-6dof.ocm"


def add_flight(parts: Parts, run: Run, envelope: Envelope) -> None:
    """The launch as planned, and the flight's OCM. Raises InputError for a flight that did not reach its orbit."""
    flight = run.result("flight")
    if flight is None or flight.get("status") != "done":
        ended = flight.get("status") if flight else "absent"
        raise InputError(f"'{run.path}': the flight ended '{ended}', so there is no state at separation to publish")
    time = np.array(flight["time_s"])
    position, velocity = earth_fixed(time, np.array(flight["position_m"]), np.array(flight["velocity_m_s"]))
    _, kept = np.unique(time, return_index=True)
    mass = float(flight["payload_mass_kg"])
    product = LaunchProduct(
        name=ascii_name(run.facts.vehicle),
        time=time[kept],
        position=position[kept],
        velocity=velocity[kept],
        deployments=(Deployment(name=ascii_name(run.facts.payload).upper(), time=float(time[-1]), mass=mass),),
        covariance_time=np.zeros(0),
        covariance=np.zeros((0, 6, 6)),
    )
    issuer = Issuer(originator=envelope.originator, created=envelope.issued_at)
    content = write_kvn(product_to_ocm(product, issuer, str(run.facts.epoch), frame=EARTH_FIXED)).encode()
    records = plan_records(run.facts, envelope, mass, float(flight["mass_kg"][0]))
    fields = {
        "launch": envelope.urn("launch", run.facts.mission),
        "object_name": product.name,
        "phase": "ascent",
        "frame": EARTH_FIXED,
        "time_system": "T0",
        "t0_definition": "first motion",
        "start_s": float(time[0]),
        "stop_s": float(time[-1]),
        "file": data_file(NAME, content, "CCSDS OCM 3.0 KVN"),
        "interpolation": "HERMITE",
        "interpolation_degree": 3,
        "notes": f"One flight with six degrees of freedom, guided, with the errors of seed {flight['seed']}.",
    }
    records["flight-6dof"] = envelope.record("trajectory", f"{run.facts.mission}, six degrees of freedom", fields)
    parts.add(records, {NAME: content})
