"""The Delta III problem's figures (Betts 2010, example 6.15), shared by the peers that ship no example of it in their package."""

import math

MU, RADIUS, SPIN = 3.986012e14, 6378145.0, 7.29211585e-5
GROUND_DENSITY, SCALE_HEIGHT, DRAG_AREA = 1.225, 7200.0, 0.5 * 4 * math.pi
SOLID_FLOW, FIRST_FLOW, SECOND_FLOW = 17010.0 / 75.2, 95550.0 / 261.0, 16820.0 / 700.0
THRUSTS = [6 * 628500.0 + 1083100.0, 3 * 628500.0 + 1083100.0, 1083100.0, 110094.0]
FLOWS = [6 * SOLID_FLOW + FIRST_FLOW, 3 * SOLID_FLOW + FIRST_FLOW, FIRST_FLOW, SECOND_FLOW]
TIMES = [0.0, 75.2, 150.4, 261.0, 961.0]
DROPPED = [6 * 2280.0, 3 * 2280.0, 8830.0]
LATITUDE = math.radians(28.5)
PAD = [RADIUS * math.cos(LATITUDE), 0.0, RADIUS * math.sin(LATITUDE)]
SPEED = [0.0, SPIN * PAD[0], 0.0]
ORBIT = [24361140.0, 0.7308, math.radians(28.5), math.radians(269.8), math.radians(130.5)]
FIRST_MASS, LAST_MASS = [301454.0], []
for flow, begin, end, dropped in zip(FLOWS, TIMES, TIMES[1:], [*DROPPED, 0.0], strict=False):
    LAST_MASS.append(FIRST_MASS[-1] - flow * (end - begin))
    FIRST_MASS.append(LAST_MASS[-1] - dropped)


def elements(r, v, math_of):
    """Semi-major axis, eccentricity, inclination, node, argument of perigee, in the quadrants of the wanted orbit."""
    h = [r[1] * v[2] - r[2] * v[1], r[2] * v[0] - r[0] * v[2], r[0] * v[1] - r[1] * v[0]]
    radius = math_of.sqrt(r[0] ** 2 + r[1] ** 2 + r[2] ** 2)
    e = [
        (v[1] * h[2] - v[2] * h[1]) / MU - r[0] / radius,
        (v[2] * h[0] - v[0] * h[2]) / MU - r[1] / radius,
        (v[0] * h[1] - v[1] * h[0]) / MU - r[2] / radius,
    ]
    eccentricity = math_of.sqrt(e[0] ** 2 + e[1] ** 2 + e[2] ** 2)
    momentum = math_of.sqrt(h[0] ** 2 + h[1] ** 2 + h[2] ** 2)
    node = math_of.sqrt(h[0] ** 2 + h[1] ** 2)
    energy = (v[0] ** 2 + v[1] ** 2 + v[2] ** 2) / 2 - MU / radius
    return [
        -MU / (2 * energy),
        eccentricity,
        math_of.acos(h[2] / momentum),
        2 * math.pi - math_of.acos(-h[1] / node),
        math_of.acos((-h[1] * e[0] + h[0] * e[1]) / (node * eccentricity)),
    ]


def perigee():
    """Position and velocity at the wanted orbit's perigee: the last point of the peers' own guesses."""
    a, e, i, node, argument = ORBIT
    radius, speed = a * (1 - e), math.sqrt(MU * (1 + e) / (a * (1 - e)))
    to_node = [math.cos(node), math.sin(node), 0.0]
    ahead = [-math.sin(node) * math.cos(i), math.cos(node) * math.cos(i), math.sin(i)]
    c, s = math.cos(argument), math.sin(argument)
    p = [c * x + s * y for x, y in zip(to_node, ahead, strict=True)]
    q = [-s * x + c * y for x, y in zip(to_node, ahead, strict=True)]
    return [radius * x for x in p], [speed * x for x in q]


def rates(r, v, m, u, phase, math_of, drag=1.0):
    """Rates of position and speed."""
    radius = math_of.sqrt(r[0] ** 2 + r[1] ** 2 + r[2] ** 2)
    air = [v[0] + SPIN * r[1], v[1] - SPIN * r[0], v[2]]
    speed = math_of.sqrt(air[0] ** 2 + air[1] ** 2 + air[2] ** 2 + 1e-12)
    density = GROUND_DENSITY * math_of.exp(-(radius - RADIUS) / SCALE_HEIGHT)
    return list(v), [
        THRUSTS[phase] / m * u[k] - MU / radius**3 * r[k] - drag * 0.5 * density * DRAG_AREA * speed * air[k] / m
        for k in range(3)
    ]
