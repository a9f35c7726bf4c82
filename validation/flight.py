"""The six-degree-of-freedom flight against closed solutions: rotation, turning frame, ellipse, fall, pendulum, conservation.

Each is flown by the compiled loop itself; what is compared is its end against the formula's.
"""

from typing import Any

import numpy as np

from ..core.earth import MU, ROTATION_RATE
from ..core.numeric import table
from ..trajectory.environment.atmosphere import density, exponential_atmosphere
from ..trajectory.environment.gravity import WGS84
from ..trajectory.flight.case import Case, Phase, assemble, no_lift
from ..trajectory.flight.flexible import pack_pendulums
from ..trajectory.flight.layout import EVENT_APOGEE, EVENT_GROUND, KIND_CHUTE, Y
from ..trajectory.flight.plant import Flight
from ..trajectory.steering import LaunchFrame
from .comparison import Comparison

FRAME = LaunchFrame(0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
BODY: dict[str, Any] = {"roll_inertia": 2e3, "pitch_inertia": 1e4, "yaw_inertia": 1e4, "center_of_mass": 5.0}
ROUND = WGS84._replace(j2=0.0)


def one_phase(
    duration: float,
    *,
    position: Any = (7e6, 0.0, 0.0),
    velocity: Any = (0.0, 7500.0, 0.0),
    quaternion: Any = (1.0, 0.0, 0.0, 0.0),
    rates: Any = (0.0, 0.0, 0.0),
    mass: float = 1e3,
    earth: Any = ROUND,
    atmosphere: Any = None,
    tables: dict[str, Any] | None = None,
    head: dict[str, float] | None = None,
    slosh: np.ndarray | None = None,
    **numbers: float,
) -> Case:
    """A body that flies one phase; no engine, no air (area 0) unless given."""
    phase = Phase(
        name="free",
        numbers={"duration": duration, "area": 0.0, **numbers},
        tables={**BODY, **(tables or {})},
        aero=no_lift(5.0),
        slosh=slosh,
    )
    return assemble(
        [phase],
        position=np.array(position),
        velocity=np.array(velocity),
        quaternion=np.array(quaternion),
        mass=mass,
        frame=FRAME,
        earth=earth,
        atmosphere=atmosphere,
        rates=np.array(rates),
        head=head,
    )


def precession(duration: float = 600.0) -> float:
    """Largest difference [rad/s] of the body rates of an axisymmetric body, torque-free, from the closed solution: the rates
    across turn about the axis at (I_x - I_y) / I_y w_x (Goldstein, *Classical Mechanics*, 2nd ed., sec. 5-6)."""
    rates = np.array([0.3, 0.08, 0.0])
    flight = Flight(one_phase(duration, rates=rates))
    flight.advance()
    turning = (BODY["roll_inertia"] - BODY["pitch_inertia"]) / BODY["pitch_inertia"] * rates[0]
    angle = turning * duration
    wanted = np.array([rates[0], rates[1] * np.cos(angle), rates[1] * np.sin(angle)])
    return float(np.max(np.abs(flight.state[10:13] - wanted)))


def conservation(duration: float = 6000.0, step: float = 0.1) -> dict[str, float]:
    """Relative drift of orbital energy and angular momentum in a round field over about a revolution, and of the angular
    momentum (inertial) and the energy of a tumbling body with three unlike moments of inertia."""
    tables = {"roll_inertia": 2e3, "pitch_inertia": 8e3, "yaw_inertia": 1e4}
    case = one_phase(duration, velocity=(300.0, 7600.0, 100.0), rates=(0.02, 0.05, 0.08), tables=tables, step=step)
    flight = Flight(case)
    before = _invariants(flight.state, tables)
    flight.advance()
    after = _invariants(flight.state, tables)
    return {name: float(np.max(np.abs(after[name] - before[name])) / np.linalg.norm(before[name])) for name in before}


def _invariants(y: np.ndarray, inertia: dict[str, float]) -> dict[str, np.ndarray]:
    r, v, q, w = y[:3], y[3:6], y[6:10], y[10:13]
    i = np.array(list(inertia.values()))
    turn = i * w
    t = 2.0 * np.cross(q[1:], turn)
    return {
        "orbital energy": np.array([0.5 * v @ v - MU / np.linalg.norm(r)]),
        "orbital momentum": np.cross(r, v),
        "rotational energy": np.array([0.5 * w @ turn]),
        "rotational momentum": turn + q[0] * t + np.cross(q[1:], t),
    }


def ellipse(step: float = 0.1) -> float:
    """Time [s] by which the apogee of a ballistic ellipse is missed, from Kepler's equation."""
    r, v = np.array([6.6e6, 0.0, 0.0]), np.array([2500.0, 6000.0, 500.0])
    flight = Flight(one_phase(1e5, position=r, velocity=v, step=step, end_event=EVENT_APOGEE))
    flight.advance()
    a = 1.0 / (2.0 / np.linalg.norm(r) - v @ v / MU)
    e_cos, e_sin = 1.0 - np.linalg.norm(r) / a, r @ v / np.sqrt(MU * a)
    e, anomaly = np.hypot(e_cos, e_sin), np.arctan2(e_sin, e_cos)
    return float(abs(flight.time - (np.pi - (anomaly - e * np.sin(anomaly))) * np.sqrt(a**3 / MU)))


def falling_east(height: float = 200.0) -> tuple[float, float]:
    """Eastward deflection [m] of a body dropped from rest over the equator, flown and by the closed first-order solution
    (1/3) W g t^3 with t = sqrt(2 h / g) (Goldstein, sec. 4-10): what a turning frame does, as with Foucault's pendulum."""
    radius = ROUND.equatorial_radius
    flat = ROUND._replace(flattening=0.0)
    r = radius + height
    case = one_phase(
        100.0, position=(r, 0.0, 0.0), velocity=(0.0, ROTATION_RATE * r, 0.0), earth=flat, end_event=EVENT_GROUND,
        head={"ground": 0.0},
    )  # fmt: skip
    flight = Flight(case)
    flight.advance()
    x, y = flight.state[0], flight.state[1]
    angle = np.arctan2(y, x) - ROTATION_RATE * flight.time
    # g falls by what the turning takes, and t is the flight's own
    g = MU / radius**2 - ROTATION_RATE**2 * radius
    return float(angle * radius), float(ROTATION_RATE * g * np.sqrt(2.0 * height / g) ** 3 / 3.0)


def terminal_velocity() -> tuple[float, float]:
    """Speed [m/s] under a parachute near the ground after a long fall, flown and from weight = drag."""
    air = exponential_atmosphere(1.225, 1e9)
    still = ROUND._replace(rotation_rate=0.0, flattening=0.0)
    radius, mass, area = ROUND.equatorial_radius, 100.0, 40.0
    case = one_phase(
        1000.0, position=(radius + 3000.0, 0.0, 0.0), velocity=(0.0, 0.0, 0.0), mass=mass, earth=still, atmosphere=air,
        kind=KIND_CHUTE, chute_area=area, end_event=EVENT_GROUND, step=0.02, head={"ground": 0.0},
    )  # fmt: skip
    flight = Flight(case)
    flight.advance()
    g = MU / radius**2
    return float(-flight.state[3]), float(np.sqrt(2.0 * mass * g / (float(density(air, 0.0)) * area)))


def pendulum_period() -> tuple[float, float]:
    """Period [s] of a small slosh pendulum under steady thrust, flown (from its zero crossings) and 2 pi sqrt(L / a)."""
    length, acceleration, mass, damping = 1.3, 12.0, 1e5, 0.01
    columns = np.zeros((4, 6))
    columns[:, 0], columns[:, 1], columns[:, 2] = 1e-3, length, 6.0  # so light that the body does not answer
    slosh = pack_pendulums(np.linspace(1.0, 2e5, 4), columns)
    tables = {
        "roll_inertia": 1e9,
        "pitch_inertia": 1e9,
        "yaw_inertia": 1e9,
        "thrust": table([0.0, 0.3, 0.7, 1.0], [mass * acceleration] * 4),
    }
    case = one_phase(
        60.0, mass=mass, engines=1.0, start_ramp=0.0, ignites=1.0, gimbal_station=0.0, tables=tables, slosh=slosh, step=0.005,
        guidance=3.0,
    )  # fmt: skip
    state = case.state.copy()
    state[Y.slosh] = 0.02
    flight = Flight(Case(case.names, case.bank, case.phases, state, case.parameters))
    crossings, before, time = [], 0.02, 0.0
    for k in range(1, 8001):
        flight.advance(0.005 * k - 1e-9)
        now = flight.state[Y.slosh]
        if before > 0.0 >= now:
            crossings.append(time + (flight.time - time) * before / (before - now))
        before, time = now, flight.time
    period = (crossings[-1] - crossings[0]) / (len(crossings) - 1)
    return float(period), float(2.0 * np.pi * np.sqrt(length / acceleration) / np.sqrt(1.0 - damping**2))


def comparisons() -> list[Comparison]:
    """Rows of the book of proof."""
    drift = conservation()
    east, east_wanted = falling_east()
    fall, fall_wanted = terminal_velocity()
    period, period_wanted = pendulum_period()
    return [
        _bound(
            "torque-free precession over 600 s, error of the rates", "rad/s", precession(), 1e-9, "Goldstein sec. 5-6"
        ),
        *(
            _bound(f"drift of {name} over 6000 s, steps of 0.1 s", "", v, 1e-9, "conservation")
            for name, v in drift.items()
        ),
        _bound("apogee of a ballistic ellipse, error of its time", "s", ellipse(), 1e-6, "Kepler's equation"),
        _row("body dropped 200 m over the equator, to the east", "m", east, east_wanted, 1e-3, "Goldstein sec. 4-10"),
        _row("terminal velocity under a parachute", "m/s", fall, fall_wanted, 1e-4, "weight = drag"),
        _row("period of a slosh pendulum", "s", period, period_wanted, 1e-4, "2π sqrt(L/a)"),
    ]


GROUP = "Flight with six degrees of freedom"


def _bound(quantity: str, unit: str, ours: float, most: float, source: str) -> Comparison:
    return Comparison(
        GROUP, quantity, unit, most, f"closed solution: {source}", "read", ours=ours, kind="at most", digits=2,
        note="'published' is the bound",
    )  # fmt: skip


def _row(quantity: str, unit: str, ours: float, published: float, share: float, source: str) -> Comparison:
    return Comparison(
        GROUP,
        quantity,
        unit,
        published,
        f"closed solution: {source}",
        "read",
        ours=ours,
        tolerance=share * abs(published),
    )
