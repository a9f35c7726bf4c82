"""A powered landing with attitude, by successive convexification: for design, and to check plans that know no attitude.

Szmuk & Açıkmeşe, Successive convexification for 6-DoF Mars rocket powered landing with free-final-time, AIAA 2018-0617: the rigid
body's equations linearised about the last path with their derivatives by every node and by the time of flight, what that leaves
unreachable paid for (virtual control), steps held by a quadratic cost, each program a cone program (Clarabel). Thrust is linear
between nodes. Axes: x and y level, z up, from the pad; the body's z is its axis; quaternion body to pad, scalar first.
"""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from ..core.errors import MissingExtraError, UndecidedError

STATES, CONTROLS = 14, 3
M, R, V, Q, W = 0, slice(1, 4), slice(4, 7), slice(7, 11), slice(11, 14)
SUBSTEPS = 8
MOST_PASSES = 60
UNREACHABLE_COST = 100.0
STEP_COST, LEAST_STEP_COST = 0.5, 0.01
"""Of the square of a step of a node's state and thrust, scaled, at first; lowered while linear and true motion come
together, raised where they do not."""
SETTLED, REACHED, CLOSED = 2e-5, 1e-6, 2e-5
"""At which passes end: relative change of the time of flight or last mass, whichever is sought; sum of what is unreachable
and largest gap between an interval's end and its node, scaled."""


@dataclass(frozen=True, kw_only=True)
class SixDofVehicle:
    """Vehicle and limits, in any consistent units (SI; or scaled ones). inertia (3,): about the body's axes; thrust_arm: of the
    gimbals below the centre of mass; mass_per_impulse: mass flow over thrust; gimbal, tilt, glide_slope: largest angles [rad] of
    thrust from the axis, of the axis from the vertical, and of the place from the vertical over the pad; turn_rate: largest."""

    wet_mass: float
    dry_mass: float
    inertia: tuple[float, float, float]
    thrust_arm: float
    mass_per_impulse: float
    least_thrust: float
    most_thrust: float
    gimbal: float
    tilt: float
    turn_rate: float
    glide_slope: float
    gravity: float = 9.80665


@dataclass(frozen=True)
class SixDofPlan:
    """time (n,), mass (n,), position, velocity (n, 3), attitude (n, 4), rates (n, 3) of the body, thrust (n, 3) in the body's
    axes, linear between.
    passes: programs solved; unreachable: what the last one could not reach (scaled)."""

    time: np.ndarray
    mass: np.ndarray
    position: np.ndarray
    velocity: np.ndarray
    attitude: np.ndarray
    rates: np.ndarray
    thrust: np.ndarray
    passes: int
    unreachable: float
    flight_times: tuple[float, ...] = field(default=())

    @property
    def flight_time(self) -> float:
        return float(self.time[-1])


def motion(x: Any, u: Any, vehicle: SixDofVehicle) -> list[Any]:
    """Derivative of mass, position, velocity, quaternion, rates (14) under a thrust in body axes (3); numbers or symbols."""
    m, (vx, vy, vz), (a, b, c, d), (wx, wy, wz) = (
        x[0],
        (x[4], x[5], x[6]),
        (x[7], x[8], x[9], x[10]),
        (x[11], x[12], x[13]),
    )
    ux, uy, uz = u[0], u[1], u[2]
    ix, iy, iz = vehicle.inertia
    arm = vehicle.thrust_arm
    return [
        -vehicle.mass_per_impulse * np.sqrt(ux * ux + uy * uy + uz * uz),
        vx, vy, vz,
        ((1 - 2 * (c * c + d * d)) * ux + 2 * (b * c - a * d) * uy + 2 * (b * d + a * c) * uz) / m,
        (2 * (b * c + a * d) * ux + (1 - 2 * (b * b + d * d)) * uy + 2 * (c * d - a * b) * uz) / m,
        (2 * (b * d - a * c) * ux + 2 * (c * d + a * b) * uy + (1 - 2 * (b * b + c * c)) * uz) / m - vehicle.gravity,
        0.5 * (-b * wx - c * wy - d * wz),
        0.5 * (a * wx + c * wz - d * wy),
        0.5 * (a * wy + d * wx - b * wz),
        0.5 * (a * wz + b * wy - c * wx),
        (arm * uy - (iz - iy) * wy * wz) / ix,
        (-arm * ux - (ix - iz) * wz * wx) / iy,
        -(iy - ix) * wx * wy / iz,
    ]  # fmt: skip


def _intervals(vehicle: SixDofVehicle, count: int) -> Any:
    """CasADi: end states (14, count) of intervals and their derivatives by begin, both thrusts and the interval's time."""
    import casadi as ca

    x, u0, u1, t = ca.SX.sym("x", STATES), ca.SX.sym("u0", CONTROLS), ca.SX.sym("u1", CONTROLS), ca.SX.sym("t")

    def slope(y: Any, s: float) -> Any:
        u = u0 * (1 - s) + u1 * s
        return ca.vertcat(*motion([y[i] for i in range(STATES)], [u[i] for i in range(3)], vehicle))

    y, h = x, t / SUBSTEPS
    for n in range(SUBSTEPS):
        s, d = n / SUBSTEPS, 1.0 / SUBSTEPS
        k1 = slope(y, s)
        k2 = slope(y + 0.5 * h * k1, s + 0.5 * d)
        k3 = slope(y + 0.5 * h * k2, s + 0.5 * d)
        k4 = slope(y + h * k3, s + d)
        y = y + h / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4)
    whole = ca.vertcat(x, u0, u1, t)
    return ca.Function("interval", [x, u0, u1, t], [y, ca.jacobian(y, whole)]).map(count)


class _Program:
    """Rows of a cone program: equalities, half-lines and second-order cones, as Clarabel wants them."""

    def __init__(self, variables: int) -> None:
        self.size, self.rows = variables, {"zero": [], "line": [], "cone": []}
        self.cones: list[int] = []

    def add(self, kind: str, terms: list[tuple[np.ndarray, np.ndarray, float]]) -> None:
        """Rows h - g x: each (columns, values of g, h); nought, not negative, or one second-order cone together."""
        self.rows[kind] += terms
        if kind == "cone":
            self.cones.append(len(terms))

    def solve(self, quadratic: np.ndarray, linear: np.ndarray) -> np.ndarray:
        """The variables of least cost; raises UndecidedError without an optimum."""
        try:
            clarabel: Any = import_module("clarabel")  # it has no types
        except ImportError:
            raise MissingExtraError("clarabel", "convex") from None
        from scipy.sparse import csc_matrix, diags

        rows = [r for kind in ("zero", "line", "cone") for r in self.rows[kind]]
        i = np.concatenate([np.full(len(c), k) for k, (c, _, _) in enumerate(rows)])
        j, v = (np.concatenate([np.asarray(r[n], float) for r in rows]) for n in (0, 1))
        a, b = csc_matrix((v, (i, j.astype(int))), (len(rows), self.size)), np.array([r[2] for r in rows])
        kinds = [clarabel.ZeroConeT(len(self.rows["zero"])), clarabel.NonnegativeConeT(len(self.rows["line"]))]
        kinds += [clarabel.SecondOrderConeT(n) for n in self.cones]
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        found = clarabel.DefaultSolver(csc_matrix(diags(quadratic)), linear, a, b, kinds, settings).solve()
        if str(found.status) not in ("Solved", "AlmostSolved"):
            raise UndecidedError(f"the cone program of a landing with attitude: {found.status}")
        return np.array(found.x)


def plan_six_dof(
    vehicle: SixDofVehicle,
    position: np.ndarray,
    velocity: np.ndarray,
    final_velocity: np.ndarray,
    *,
    nodes: int = 30,
    guess: float = 4.0,
    least: str = "time",
    attitude: np.ndarray | None = None,
) -> SixDofPlan:
    """A landing at the origin, upright and without turning, in the least time or with the least propellant.

    position, velocity, final_velocity (3,); attitude (4,): at the begin, free when left out; guess: of the flight time; least:
    "time" or "propellant". Raises UndecidedError where passes do not settle.
    """
    x, u = _guess(vehicle, position, velocity, final_velocity, nodes)
    fly, scale = _intervals(vehicle, nodes - 1), max(float(np.linalg.norm(position)), 1e-9)
    size = _sizes(vehicle, scale)

    def flown(x: np.ndarray, u: np.ndarray, time: float) -> tuple[np.ndarray, np.ndarray, float]:
        """Ends of the intervals, their derivatives, and the largest gap to the nodes."""
        ends, slopes = fly(x[:-1].T, u[:-1].T, u[1:].T, np.full((1, nodes - 1), time / (nodes - 1)))
        slopes = np.array(slopes).reshape(STATES, nodes - 1, -1).transpose(1, 0, 2)
        ends = np.array(ends).T
        return ends, slopes, float(np.abs((ends - x[1:]) / size[:STATES]).max())

    time, step, times, boundary = guess, STEP_COST, [guess], (position, velocity, final_velocity, attitude)
    gap, last = np.inf, np.inf
    for passes in range(1, MOST_PASSES + 1):
        ends, slopes, _ = flown(x, u, time)
        x, u, time, unreachable = _convex(vehicle, (x, u, time), ends, slopes, boundary, step, least, size, guess)
        times.append(time)
        goal = time if least == "time" else float(x[-1, M])
        before, gap = gap, flown(x, u, time)[2]
        change, last = abs(goal / last - 1.0), goal
        if change < SETTLED and unreachable < REACHED and gap < CLOSED:
            at = np.linspace(0.0, time, nodes)
            return SixDofPlan(at, x[:, M], x[:, R], x[:, V], x[:, Q], x[:, W], u, passes, unreachable, tuple(times))
        if unreachable < REACHED:
            step = max(step * (0.7 if gap < max(before, CLOSED) else 2.0), LEAST_STEP_COST)
    raise UndecidedError(f"a landing with attitude did not settle in {MOST_PASSES} programs")


def _sizes(vehicle: SixDofVehicle, scale: float) -> np.ndarray:
    """What states and thrusts are measured in, (17,)."""
    speed = np.sqrt(scale * vehicle.gravity)
    return np.array([vehicle.wet_mass, *3 * [scale], *3 * [speed], *7 * [1.0], *3 * [vehicle.most_thrust]])


def _guess(
    vehicle: SixDofVehicle, position: np.ndarray, velocity: np.ndarray, last: np.ndarray, nodes: int
) -> tuple[np.ndarray, np.ndarray]:
    s = np.linspace(0.0, 1.0, nodes)[:, None]
    x = np.zeros((nodes, STATES))
    x[:, M] = vehicle.wet_mass + s[:, 0] * 0.3 * (vehicle.dry_mass - vehicle.wet_mass)
    x[:, R], x[:, V], x[:, 7] = (1 - s) * position, (1 - s) * velocity + s * last, 1.0
    u = np.zeros((nodes, CONTROLS))
    u[:, 2] = np.clip(x[:, M] * vehicle.gravity, 1.05 * vehicle.least_thrust, vehicle.most_thrust)
    return x, u


def _convex(vehicle, reference, ends, slopes, boundary, step, least, size, guess):
    """One program about a reference path; the new path, its time, and the sum of what it could not reach."""
    x, u, time = reference
    position, velocity, final_velocity, attitude = boundary
    nodes, width = len(x), STATES + CONTROLS
    size_x = size[:STATES]
    # variables, all scaled: nodes' states and thrusts, time over its reference, unreachable parts and their bounds
    t_at = nodes * width
    miss_at, bound_at = t_at + 1, t_at + 1 + (nodes - 1) * STATES
    total = bound_at + (nodes - 1) * STATES
    p = _Program(total)

    def col(k: int, i: int) -> int:
        return k * width + i

    def line(columns, values, h: float) -> None:
        p.add("line", [(np.array(columns), np.array(values, float), h)])

    def fix(k: int, index: range, values) -> None:
        p.add(
            "zero",
            [(np.array([col(k, i)]), np.array([1.0]), float(v) / size[i]) for i, v in zip(index, values, strict=True)],
        )

    def cone(top: tuple[list[int], list[float], float], parts: list[tuple[int, float]]) -> None:
        """|parts| <= top: top as h - g x, parts as columns with factors."""
        rows = [(np.array(top[0], int), np.array(top[1], float), top[2])]
        p.add("cone", rows + [(np.array([c]), np.array([-f]), 0.0) for c, f in parts])

    for k in range(nodes - 1):
        columns = np.concatenate(
            [np.arange(col(k, 0), col(k, width)), np.arange(col(k + 1, STATES), col(k + 1, width)), [t_at]]
        )
        # slopes by begin, both thrusts, the interval's time
        g = slopes[k].copy()
        g[:, -1] *= time / (nodes - 1)
        g[:, :-1] *= np.concatenate([size, np.full(3, vehicle.most_thrust)])
        now = np.concatenate([x[k] / size_x, u[k] / vehicle.most_thrust, u[k + 1] / vehicle.most_thrust, [1.0]])
        for i in range(STATES):
            row = g[i] / size[i]
            h = ends[k, i] / size[i] - row @ now
            c = np.concatenate([columns, [col(k + 1, i), miss_at + k * STATES + i]])
            p.add("zero", [(c, np.concatenate([-row, [1.0, -1.0]]), float(h))])
            at, bound = miss_at + k * STATES + i, bound_at + k * STATES + i
            line([at, bound], [1.0, -1.0], 0.0)
            line([at, bound], [-1.0, -1.0], 0.0)
    fix(0, range(7), [vehicle.wet_mass, *position, *velocity])
    fix(0, range(11, 14), np.zeros(3))
    if attitude is not None:
        fix(0, range(7, 11), attitude)
    fix(nodes - 1, range(1, 14), [0, 0, 0, *final_velocity, 1, 0, 0, 0, 0, 0, 0])
    for k in range(nodes):
        m, ux, uz = col(k, M), col(k, STATES), col(k, STATES + 2)
        line([m], [-1.0], -vehicle.dry_mass / vehicle.wet_mass)
        cone(([col(k, 3)], [-np.tan(vehicle.glide_slope)], 0.0), [(col(k, 1), 1.0), (col(k, 2), 1.0)])
        cone(([], [], np.sqrt(0.5 * (1.0 - np.cos(vehicle.tilt)))), [(col(k, 8), 1.0), (col(k, 9), 1.0)])
        cone(([], [], vehicle.turn_rate), [(col(k, i), 1.0) for i in range(11, 14)])
        cone(([], [], 1.0), [(ux, 1.0), (ux + 1, 1.0), (uz, 1.0)])
        cone(([uz], [-np.tan(vehicle.gimbal)], 0.0), [(ux, 1.0), (ux + 1, 1.0)])
        along = u[k] / max(float(np.linalg.norm(u[k])), 1e-9)
        line([ux, ux + 1, uz], -along, -vehicle.least_thrust / vehicle.most_thrust)
    line([t_at], [-1.0], -0.3)
    quadratic, linear = np.zeros(total), np.zeros(total)
    quadratic[:t_at], quadratic[t_at] = 2.0 * step / nodes, 2.0 * step
    linear[:t_at] = -2.0 * step / nodes * (np.concatenate([x / size_x, u / vehicle.most_thrust], axis=1)).ravel()
    linear[t_at] = -2.0 * step
    if least == "time":
        linear[t_at] += time / guess
    else:
        linear[col(nodes - 1, M)] -= 1.0
    linear[bound_at:] = UNREACHABLE_COST
    found = p.solve(quadratic, linear)
    both = found[:t_at].reshape(nodes, width) * size
    return both[:, :STATES], both[:, STATES:], float(found[t_at] * time), float(np.abs(found[miss_at:bound_at]).sum())
