"""The host after injection, from the runs of a dispersion: mean state and covariance at one time after T-0.

Every run ends its burn at its own time. Each is carried without thrust (J2) to the time at which the last of them has ended
its burn: there all states are of one instant, and their mean and covariance are those of the host. Runs in which a failure
was drawn are not counted: they are drawn more often than they happen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np

from ...core.errors import InputError
from ...core.findings import Severity
from ...core.frames import EarthOrientation
from ...core.time import format_utc, parse_utc
from ..ccsds.write_kvn import write_kvn
from ..ccsds_oem import EARTH_FIXED
from ..envelope import Envelope
from ..export import ascii_name, data_file, earth_orientation, plan_records
from ..issuer import Issuer
from ..opportunity.coast import coasted, earth_fixed
from ..opportunity.ocm import product_to_ocm
from ..opportunity.product import Deployment, LaunchProduct
from ..opportunity.separation import rtn_axes, separations
from .runs import Parts, Plain, Run

NAME = "injection.ocm"
STATE = tuple(f"insertion_{n}" for n in ("x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s"))
_WANTED = (*STATE, "insertion_time_s")
LEAST = 200  # runs: 21 elements from fewer are no covariance (LD-SEP-012)
COAST = 600.0  # s of the host's flight after the state, so that deployments have a trajectory to leave
STEP = 10.0  # s


@dataclass(frozen=True, eq=False)
class Injection:
    """time: s from T-0; states: (n, 6) m and m/s of the runs then, in the axes of ITRF frozen at T-0."""

    time: float
    states: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """(6,)."""
        return self.states.mean(axis=0)

    @property
    def covariance(self) -> np.ndarray:
        """(6, 6) about the mean, unbiased."""
        return np.cov(self.states.T)

    def covariance_rtn(self) -> np.ndarray:
        """(6, 6) in R, T, N of the mean's orbit, with inertial velocities."""
        axes = rtn_axes(self.mean[None, :3], self.mean[None, 3:])[0]
        big = np.kron(np.eye(2), axes)
        return big.T @ self.covariance @ big


def injection_of(runs: Path) -> Injection:
    """The states of a dispersion's `runs.parquet`. Raises InputError for a file of another kind, or of too few runs."""
    from pyarrow import parquet

    try:
        names = parquet.read_schema(runs).names
        table = parquet.read_table(runs, columns=[n for n in names if n in _WANTED or n.startswith("failed_")])
        columns = {n: table[n].to_numpy(zero_copy_only=False).astype(float) for n in table.column_names}
        states, ends = np.column_stack([columns[n] for n in STATE]), columns["insertion_time_s"]
    except (OSError, KeyError, ValueError) as error:
        told = f"this holds no states at insertion ({str(error)[:100]}); fly the dispersion again"
        raise InputError(told, where=str(runs)) from None
    return at_one_time(states, ends, [v for n, v in columns.items() if n.startswith("failed_")], str(runs))


def at_one_time(states: np.ndarray, ends: np.ndarray, failed: Sequence[np.ndarray], where: str = "") -> Injection:
    """The runs that reached orbit without a drawn failure, carried to one time.

    states: (n, 6) inertial at each run's own cut-off, nan where it reached none; ends: (n,) s from T-0; failed: (n,) times of
    each kind of failure, nan where it was not drawn. Raises InputError for too few runs.
    """
    kept = np.isfinite(states).all(axis=1)
    for times in failed:
        kept &= ~np.isfinite(times)
    if kept.sum() < LEAST:
        raise InputError(
            f"{int(kept.sum())} runs reached orbit; a covariance needs {LEAST} or more", where=where or None
        )
    time = float(ceil(ends[kept].max()))
    return Injection(time, coasted(states[kept], time - ends[kept]))


def add_injection(parts: Parts, run: Run, envelope: Envelope) -> LaunchProduct:
    """The host's coast and covariance as an OCM, the launch as planned, and the separation state with its covariance."""
    found = injection_of(run.path / "runs.parquet")
    count = len(found.states)
    mass = run.payload_mass
    span = np.arange(0.0, COAST + STEP / 2, STEP)
    coast = coasted(np.tile(found.mean, (len(span), 1)), span, steps=60)
    position, velocity = earth_fixed(found.time + span, coast[:, :3], coast[:, 3:])
    product = LaunchProduct(
        name=ascii_name(run.facts.vehicle),
        time=found.time + span,
        position=position,
        velocity=velocity,
        deployments=(Deployment(name=ascii_name(run.facts.payload).upper(), time=found.time, mass=mass),),
        covariance_time=np.array([found.time]),
        covariance=found.covariance_rtn()[None],
    )
    issuer = Issuer(originator=envelope.originator, created=envelope.issued_at)
    content = write_kvn(product_to_ocm(product, issuer, str(run.facts.epoch), frame=EARTH_FIXED)).encode()
    fields = {
        "launch": envelope.urn("launch", run.facts.mission),
        "object_name": product.name,
        "phase": "coast",
        "frame": EARTH_FIXED,
        "time_system": "T0",
        "t0_definition": "first motion",
        "start_s": float(product.time[0]),
        "stop_s": float(product.time[-1]),
        "file": data_file(NAME, content, "CCSDS OCM 3.0 KVN"),
        "interpolation": "HERMITE",
        "interpolation_degree": 3,
        "has_covariance": True,
        "notes": f"Mean and covariance of {count} dispersed flights, each carried to {found.time:g} s after T-0 without thrust.",
    }
    records = plan_records(run.facts, envelope, mass, 0.0)
    records["injection"] = envelope.record("trajectory", f"{run.facts.mission}, after injection", fields)
    records["separation-state-dispersed"] = _separation(run, envelope, product, count)
    parts.add(records, {NAME: content})
    parts.tell(
        Severity.OK,
        "covariance",
        NAME,
        f"covariance of {count} flights without a drawn failure, at {found.time:g} s after T-0",
    )
    return product


def _separation(run: Run, envelope: Envelope, product: LaunchProduct, count: int) -> Plain:
    """The payload's state at the mission's T-0 with its covariance."""
    t_zero = parse_utc(str(run.facts.epoch))
    orientation = EarthOrientation(ut1_minus_utc=run.facts.ut1_minus_utc)
    found = separations(product, np.array([t_zero.tai], np.int64), "GCRF", orientation)
    position, item = found.position[0, 0], product.deployments[0]
    bound = orientation.position_bound(float(np.linalg.norm(position)))
    fields = {
        "launch": envelope.urn("launch", run.facts.mission),
        "payload": envelope.urn("payload", run.facts.mission),
        "state_of": f"last stage with payload after its last cut-off, mean of {count} dispersed flights",
        "epoch": format_utc(t_zero.plus(item.time), 9),
        "mission_elapsed_time_s": item.time,
        "t0": run.facts.epoch,
        "frame": "GCRF",
        "position_m": position.tolist(),
        "velocity_m_s": found.velocity[0, 0].tolist(),
        "earth_orientation": earth_orientation(orientation, str(run.facts.epoch), bound),
        "covariance": {
            "frame": "RTN_INERTIAL",
            "lower_triangle": (found.own[0] + found.shared[0])[np.tril_indices(6)].tolist(),
            "basis": "monte-carlo",
            "runs": count,
        },
        "mass_kg": item.mass,
    }
    return envelope.record("separation-state", f"{run.facts.mission}, dispersed", fields)
