"""Orbits: elements of a state, and the conditions that a state at insertion must meet, without angles of elements.

Conditions are written with the angular momentum h = r × v and the eccentricity vector e = v × h / mu - r / |r|: acos() of
elements has infinite slope where inclination equals the launch latitude or the orbit turns circular. Residuals are divided
by the target's own scale, so that each is of order one, and zero when met. Angles are measured in the frame of the state.
"""

from typing import Any, NamedTuple

import numpy as np

from ..core.earth import MU
from ..core.numeric import equation

CIRCULAR = 1e-6
"""Below this eccentricity (13 m between perigee and apogee in low orbit) a target counts as circular."""


class Elements(NamedTuple):
    """Osculating elements: SI and radians; the semi-major axis of a hyperbola is negative, its apogee_radius infinite.

    Undefined angles are 0: argument_of_perigee of a circular orbit (true_anomaly then counts from the node),
    ascending_node of an equatorial one (the perigee then counts from the x axis).
    """

    semi_major_axis: float
    eccentricity: float
    inclination: float
    ascending_node: float
    argument_of_perigee: float
    true_anomaly: float
    perigee_radius: float
    apogee_radius: float
    angular_momentum: np.ndarray
    eccentricity_vector: np.ndarray


class OrbitGoal(NamedTuple):
    """A target orbit. SI, radians; node and argument are None where free. Make it with `orbit_goal`."""

    gravitational_parameter: float
    semi_latus_rectum: float
    eccentricity: float
    inclination: float
    ascending_node: float | None
    argument_of_perigee: float | None


class EscapeGoal(NamedTuple):
    """A way out with an energy c3 [m^2/s^2] from a perigee; what is None is free. Angles [rad] in the state's frame: of the
    orbit's plane, and of the outgoing asymptote. Make it with `escape_goal`."""

    gravitational_parameter: float
    semi_latus_rectum: float
    eccentricity: float
    c3: float
    inclination: float | None
    declination: float | None
    longitude: float | None


@equation
def angular_momentum(x, y, z, vx, vy, vz):
    """Specific angular momentum (hx, hy, hz) [m^2/s]."""
    return y * vz - z * vy, z * vx - x * vz, x * vy - y * vx


@equation
def eccentricity_vector(mu, x, y, z, vx, vy, vz):
    """Eccentricity vector (ex, ey, ez) [-], towards perigee."""
    hx, hy, hz = angular_momentum(x, y, z, vx, vy, vz)
    r = np.sqrt(x * x + y * y + z * z)
    ex = (vy * hz - vz * hy) / mu - x / r
    ey = (vz * hx - vx * hz) / mu - y / r
    ez = (vx * hy - vy * hx) / mu - z / r
    return ex, ey, ez


@equation
def outgoing_asymptote(mu, c3, x, y, z, vx, vy, vz):
    """Unit vector of the asymptote along which a hyperbola of energy c3 [m^2/s^2] leaves.

    S = (sqrt(c3)/mu h × e - e) / (1 + c3 h²/mu²): its components are -1/e along the perigee and sqrt(e² - 1)/e beside it, as
    the true anomaly at infinity has them (Battin, *Mathematics and Methods of Astrodynamics*, 1999, sec. 4.4).
    """
    hx, hy, hz = angular_momentum(x, y, z, vx, vy, vz)
    ex, ey, ez = eccentricity_vector(mu, x, y, z, vx, vy, vz)
    k = np.sqrt(c3) / mu
    size = 1.0 + c3 * (hx * hx + hy * hy + hz * hz) / (mu * mu)
    return (
        (k * (hy * ez - hz * ey) - ex) / size,
        (k * (hz * ex - hx * ez) - ey) / size,
        (k * (hx * ey - hy * ex) - ez) / size,
    )


def orbit_goal(
    perigee_radius: float,
    apogee_radius: float,
    inclination: float,
    ascending_node: float | None = None,
    argument_of_perigee: float | None = None,
    gravitational_parameter: float = MU,
) -> OrbitGoal:
    """The target with these radii [m] and angles [rad]. Raises ValueError where they contradict one another."""
    if not 0 < perigee_radius <= apogee_radius:
        raise ValueError("a perigee radius is positive and not above the apogee radius")
    eccentricity = (apogee_radius - perigee_radius) / (apogee_radius + perigee_radius)
    if argument_of_perigee is not None and (
        eccentricity < CIRCULAR or (ascending_node is None and np.sin(inclination) < 1e-9)
    ):
        raise ValueError("an argument of perigee needs a node and a perigee: an orbit neither equatorial nor circular")
    return OrbitGoal(
        gravitational_parameter=gravitational_parameter,
        semi_latus_rectum=2 * perigee_radius * apogee_radius / (perigee_radius + apogee_radius),
        eccentricity=eccentricity,
        inclination=inclination,
        ascending_node=ascending_node,
        argument_of_perigee=argument_of_perigee,
    )


def escape_goal(
    perigee_radius: float,
    c3: float,
    inclination: float | None = None,
    declination: float | None = None,
    longitude: float | None = None,
    gravitational_parameter: float = MU,
) -> EscapeGoal:
    """The way out with this perigee [m] and energy [m^2/s^2]; the asymptote's longitude counts in the state's frame."""
    eccentricity = 1.0 + perigee_radius * c3 / gravitational_parameter
    return EscapeGoal(
        gravitational_parameter,
        perigee_radius * (1.0 + eccentricity),
        eccentricity,
        c3,
        inclination,
        declination,
        longitude,
    )


def escape_residuals(goal: EscapeGoal, x: Any, y: Any, z: Any, vx: Any, vy: Any, vz: Any) -> tuple[Any, ...]:
    """Residuals that vanish on the way out, for floats or CasADi SX, named by `escape_names`."""
    mu, e = goal.gravitational_parameter, goal.eccentricity
    size = (mu * goal.semi_latus_rectum) ** 0.5
    hx, hy, hz = (component / size for component in angular_momentum(x, y, z, vx, vy, vz))
    ex, ey, ez = eccentricity_vector(mu, x, y, z, vx, vy, vz)
    residuals = [
        0.5 * (hx * hx + hy * hy + hz * hz - 1.0),
        (ex * ex + ey * ey + ez * ez - e * e) / (2 * e),
    ]
    if goal.inclination is not None:
        residuals.append(hz - float(np.cos(goal.inclination)))
    if goal.declination is None:
        return tuple(residuals)
    s = outgoing_asymptote(mu, goal.c3, x, y, z, vx, vy, vz)
    sine, cosine = float(np.sin(goal.declination)), float(np.cos(goal.declination))
    if goal.longitude is None:
        return (*residuals, s[2] - sine)
    so, co = float(np.sin(goal.longitude)), float(np.cos(goal.longitude))
    east, north = np.array([-so, co, 0.0]), np.array([-sine * co, -sine * so, cosine])
    return (*residuals, _along(east, *s), _along(north, *s))


def escape_names(goal: EscapeGoal) -> tuple[str, ...]:
    """What each of `escape_residuals` compares with the target: relative to it, 0 when met."""
    names = ["angular momentum", "eccentricity"] + ["inclination"] * (goal.inclination is not None)
    if goal.declination is not None:
        names += ["declination of the asymptote"] if goal.longitude is None else ["asymptote, east", "asymptote, north"]
    return tuple(f"{n} at injection, less the escape's" for n in names)


def terminal_residuals(goal: OrbitGoal, x: Any, y: Any, z: Any, vx: Any, vy: Any, vz: Any) -> tuple[Any, ...]:
    """Residuals that vanish in the target orbit, for floats or CasADi SX; their number depends on what the target leaves free.

    Plane and size: |h| and h_z; with a node, and for an equatorial target, h as a vector in the target's axes (3).
    Shape: |e| (1); with an argument of perigee e along the target's perigee and across it (2), from the orbit's own node where
    that is free; of a circular target, whose |e|
    has no slope, |r| and r · v, which together with h say that e vanishes (2).
    """
    mu, e = goal.gravitational_parameter, goal.eccentricity
    size = (mu * goal.semi_latus_rectum) ** 0.5
    hx, hy, hz = (component / size for component in angular_momentum(x, y, z, vx, vy, vz))
    sine, cosine = float(np.sin(goal.inclination)), float(np.cos(goal.inclination))
    node, across = _plane_axes(goal.inclination, goal.ascending_node or 0.0)
    if goal.ascending_node is not None or sine < 1e-9:
        normal = np.cross(node, across)
        residuals = [_along(normal, hx, hy, hz) - 1.0, _along(node, hx, hy, hz), _along(across, hx, hy, hz)]
    else:
        residuals = [0.5 * (hx * hx + hy * hy + hz * hz - 1.0)]
        # h_z is flat near the equator, where its complement is not
        residuals += [hz - cosine if sine > 0.05 else (hx * hx + hy * hy - sine * sine) / (2 * sine)]

    if e < CIRCULAR:
        radius = goal.semi_latus_rectum
        residuals += [
            0.5 * ((x * x + y * y + z * z) / radius**2 - 1.0),
            (x * vx + y * vy + z * vz) / size,
        ]
        return tuple(residuals)
    ex, ey, ez = eccentricity_vector(mu, x, y, z, vx, vy, vz)
    if goal.argument_of_perigee is None:
        residuals += [(ex * ex + ey * ey + ez * ez - e * e) / (2 * e)]
    elif goal.ascending_node is None:
        s, c = float(np.sin(goal.argument_of_perigee)), float(np.cos(goal.argument_of_perigee))
        sideways = (hx * hx + hy * hy) ** 0.5  # the node lies along (-hy, hx, 0)
        to_node, ahead = (hx * ey - hy * ex) / sideways, ez / sine
        residuals += [c * to_node + s * ahead - e, c * ahead - s * to_node]
    else:
        s, c = float(np.sin(goal.argument_of_perigee)), float(np.cos(goal.argument_of_perigee))
        perigee, beside = c * node + s * across, c * across - s * node
        residuals += [
            _along(perigee, ex, ey, ez) - e,
            _along(beside, ex, ey, ez),
        ]
    return tuple(residuals)


def residual_names(goal: OrbitGoal) -> tuple[str, ...]:
    """What each of `terminal_residuals` compares with the target: relative to it, 0 when met."""
    if goal.ascending_node is not None or np.sin(goal.inclination) < 1e-9:
        names = ["angular momentum", "tilt of the plane about its node", "turn of the plane's node"]
    else:
        names = ["angular momentum", "inclination"]
    if goal.eccentricity < CIRCULAR:
        return tuple(f"{n} at insertion, less the orbit's" for n in (*names, "radius", "radial speed"))
    names += ["eccentricity"] if goal.argument_of_perigee is None else ["eccentricity", "direction of the perigee"]
    return tuple(f"{n} at insertion, less the orbit's" for n in names)


def _plane_axes(inclination: float, node: float) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors in the orbit plane: towards the ascending node, and 90 degrees ahead of it."""
    ci, si, cn, sn = np.cos(inclination), np.sin(inclination), np.cos(node), np.sin(node)
    return np.array([cn, sn, 0.0]), np.array([-ci * sn, ci * cn, si])


def _along(axis: np.ndarray, x: Any, y: Any, z: Any) -> Any:
    """Component along an axis; plain floats, for numpy's own scalars would swallow a CasADi value."""
    a, b, c = axis.tolist()
    return x * a + y * b + z * c


def elements(position: np.ndarray, velocity: np.ndarray, gravitational_parameter: float = MU) -> Elements:
    """Osculating elements of an inertial state (3,) [m], (3,) [m/s]. Raises ValueError for motion through the centre.

    Angles by atan2 throughout (Montenbruck & Gill, *Satellite Orbits*, 2000, sec. 2.2.4), in [0, 2 pi), inclination in [0, pi].
    """
    r, v = np.asarray(position, float), np.asarray(velocity, float)
    mu = gravitational_parameter
    h = np.cross(r, v)
    h_size, r_size = float(np.linalg.norm(h)), float(np.linalg.norm(r))
    if h_size <= 1e-9 * r_size * max(float(np.linalg.norm(v)), 1.0):
        raise ValueError("the state moves straight through the Earth's centre: it has no orbit plane")
    e_vector = np.cross(v, h) / mu - r / r_size
    e = float(np.linalg.norm(e_vector))
    inclination = float(np.arctan2(np.hypot(h[0], h[1]), h[2]))
    equatorial = np.hypot(h[0], h[1]) < 1e-11 * h_size
    node = 0.0 if equatorial else float(np.arctan2(h[0], -h[1]))
    towards, across = _plane_axes(inclination, node)
    argument_of_latitude = np.arctan2(r @ across, r @ towards)
    perigee = 0.0 if e < 1e-11 else float(np.arctan2(e_vector @ across, e_vector @ towards))
    p = h_size**2 / mu
    energy = 0.5 * float(v @ v) - mu / r_size
    turn = 2 * np.pi
    return Elements(
        semi_major_axis=float(-mu / (2 * energy)) if energy != 0 else float("inf"),
        eccentricity=e,
        inclination=inclination,
        ascending_node=node % turn,
        argument_of_perigee=perigee % turn,
        true_anomaly=float(argument_of_latitude - perigee) % turn,
        perigee_radius=p / (1 + e),
        apogee_radius=p / (1 - e) if e < 1 else float("inf"),
        angular_momentum=h,
        eccentricity_vector=e_vector,
    )


def state_from_elements(
    semi_major_axis: float,
    eccentricity: float,
    inclination: float,
    ascending_node: float,
    argument_of_perigee: float,
    true_anomaly: float,
    gravitational_parameter: float = MU,
) -> tuple[np.ndarray, np.ndarray]:
    """Inertial position (3,) [m] and velocity (3,) [m/s] of elements: the inverse of `elements`."""
    p = semi_major_axis * (1 - eccentricity**2)
    towards, across = _plane_axes(inclination, ascending_node)
    u = argument_of_perigee + true_anomaly
    radial, ahead = np.cos(u) * towards + np.sin(u) * across, np.cos(u) * across - np.sin(u) * towards
    r = p / (1 + eccentricity * np.cos(true_anomaly))
    speed = np.sqrt(gravitational_parameter / p)
    velocity = speed * (
        eccentricity * np.sin(true_anomaly) * radial + (1 + eccentricity * np.cos(true_anomaly)) * ahead
    )
    return r * radial, velocity
