"""Make flight.ocm from a design run: its ascent, then a coast of one turn in which twelve payloads leave.

osea design examples/falcon9/missions/sso-dawn-dusk-study.yaml --out out/sso
python examples/launch_data/make_flight.py out/sso/launch_data examples/launch_data/flight.ocm
"""

import sys
from pathlib import Path

import numpy as np

from osea_rocket.core.earth import MU, ROTATION_RATE
from osea_rocket.launch_data.ccsds.files import read_messages
from osea_rocket.launch_data.ccsds.write_kvn import write_kvn
from osea_rocket.launch_data.issuer import Issuer
from osea_rocket.launch_data.opportunity.ocm import product_from_ocm, product_to_ocm
from osea_rocket.launch_data.opportunity.product import Deployment, LaunchProduct

COAST, STEP, STATES = 6000.0, 10.0, 240  # s, s, states kept of the ascent
SPIN = np.array([0.0, 0.0, ROTATION_RATE])


def acceleration(position: np.ndarray, velocity: np.ndarray) -> np.ndarray:
    """Of a point mass around a round Earth, in the Earth-fixed frame [m/s^2]."""
    gravity = -MU * position / np.linalg.norm(position) ** 3
    return gravity - 2.0 * np.cross(SPIN, velocity) - np.cross(SPIN, np.cross(SPIN, position))


def step(state: np.ndarray, h: float) -> np.ndarray:
    """One step of the classical Runge-Kutta method; state: position and velocity (6,)."""

    def rate(s: np.ndarray) -> np.ndarray:
        return np.concatenate([s[3:], acceleration(s[:3], s[3:])])

    k1 = rate(state)
    k2 = rate(state + 0.5 * h * k1)
    k3 = rate(state + 0.5 * h * k2)
    k4 = rate(state + h * k3)
    return state + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def main(folder: Path, target: Path) -> None:
    ascent, _ = product_from_ocm(read_messages(folder / "flight.ocm")[0])
    time, states = ascent.time, np.hstack([ascent.position, ascent.velocity])
    kept = np.unique(np.linspace(0, len(time) - 1, STATES).astype(int))
    time, states = time[kept], states[kept]
    coast = [states[-1]]
    for _ in range(int(COAST / STEP)):
        coast.append(step(coast[-1], STEP))
    stop = time[-1]
    keep_every = 3
    time = np.concatenate([time, stop + STEP * np.arange(1, len(coast))[keep_every - 1 :: keep_every]])
    states = np.concatenate([states, np.array(coast[1:])[keep_every - 1 :: keep_every]])
    product = LaunchProduct(
        name="SECOND STAGE",
        time=time.round(3),
        position=states[:, :3],
        velocity=states[:, 3:],
        deployments=tuple(
            Deployment(
                name=f"COMPUTE {i}",
                time=round(float(stop) + 60.0 + 20.0 * i, 2),
                delta_v=(0.0, 0.3, 0.02 * i),
                mass=550.0,
            )
            for i in range(1, 13)
        ),
        covariance_time=np.zeros(0),
        covariance=np.zeros((0, 6, 6)),
    )
    issuer = Issuer(originator="EXAMPLE LAUNCH", created="2027-01-15T00:00:00Z")
    target.write_text(write_kvn(product_to_ocm(product, issuer, "2027-03-01T00:00:00Z")), encoding="ascii")
    print(f"{target}: {len(time)} states, engine cut-off at T+{stop:.1f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
