"""Optimum staging in closed form: how a velocity is shared among stages of known exhaust speed and structural fraction."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Annotated

from ..core.errors import ImpossibleError
from ..core.results import Array, Result, Unit


@dataclass(frozen=True, kw_only=True)
class Staging(Result):
    """Stages from the lowest up (n,): mass ratio, velocity, gross, propellant and dry mass; lift-off mass with the payload."""

    mass_ratio: Array
    delta_v: Annotated[Array, Unit("m/s")]
    gross: Annotated[Array, Unit("kg")]
    propellant: Annotated[Array, Unit("kg")]
    dry: Annotated[Array, Unit("kg")]
    liftoff_mass: Annotated[float, Unit("kg")]
    multiplier: float


@dataclass(frozen=True)
class StageType:
    """exhaust_speed [m/s], effective; structural_fraction: dry over gross mass of the stage."""

    exhaust_speed: float
    structural_fraction: float


def optimum_staging(stages: Sequence[StageType], delta_v: float, payload: float) -> Staging:
    """The split with the least lift-off mass: n_i = (c_i k - 1)/(c_i e_i k), sum c_i ln n_i = delta_v, k by bisection.

    Lagrange's condition for stages in series without losses (H. D. Curtis, Orbital Mechanics for Engineering Students, sec. on
    optimal staging; after M. W. Hunter 1957 and R. Subotowicz 1958). Raises ImpossibleError when the stages cannot give the
    velocity with any mass.
    """
    import numpy as np
    from scipy.optimize import brentq

    limit = sum(-s.exhaust_speed * log(s.structural_fraction) for s in stages)
    if delta_v >= limit:
        raise ImpossibleError(
            f"{delta_v:.0f} m/s is beyond what stages of these structural fractions give without any payload "
            f"({limit:.0f} m/s); add a stage, or take better engines or lighter structures"
        )

    def speed(k: float) -> float:
        return sum(s.exhaust_speed * log(_ratio(s, k)) for s in stages) - delta_v

    # a stage whose ratio would be below 1 helps nobody and is left at 1; at this k every ratio is
    low = 1.0 / max(s.exhaust_speed * (1 - s.structural_fraction) for s in stages) * (1 + 1e-9)
    high = low * 2
    while speed(high) < 0:
        high *= 2
    k = float(brentq(speed, low, high, xtol=1e-16, rtol=1e-14))  # type: ignore[arg-type]
    ratios = [_ratio(s, k) for s in stages]
    above, gross = payload, []
    for stage, n in reversed(list(zip(stages, ratios, strict=True))):
        mass = above * (n - 1) / (1 - n * stage.structural_fraction)
        gross.insert(0, mass)
        above += mass
    masses = np.array(gross)
    dry = masses * np.array([s.structural_fraction for s in stages])
    return Staging(
        mass_ratio=np.array(ratios),
        delta_v=np.array([s.exhaust_speed * log(n) for s, n in zip(stages, ratios, strict=True)]),
        gross=masses,
        propellant=masses - dry,
        dry=dry,
        liftoff_mass=above,
        multiplier=k,
    )


def _ratio(stage: StageType, k: float) -> float:
    c, e = stage.exhaust_speed, stage.structural_fraction
    return max((c * k - 1) / (c * e * k), 1.0)
