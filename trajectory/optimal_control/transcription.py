"""The non-linear programme of a problem on its meshes: sparse, scaled, with exact derivatives.

Unknowns: phase by phase (states, controls) of every collocation point, the states at the end, start, duration; then the
parameters; all over their scales. Constraints: phase by phase and point by point the defects
``w_k (sum_m D_km X_m - h/2 (tf - t0) f(X_k, U_k, t_k) / scale)`` of all states (Garg et al. 2010, eq. 43, times the
quadrature weight w_k, h the interval's fraction) and the path values; then the constraints between ends. The weight makes
a defect an error of the state itself, in its scale, and the defect's multiplier the costate.

Derivatives are assembled by fixed index maps from the traced point functions mapped over the points, so building costs
milliseconds on any mesh.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import casadi as ca
import numpy as np

from .collocation import radau
from .end_functions import AT_END, EndFunctions, EndShape, end_shape, trace_ends
from .functions import Point, Shape, trace_point
from .problem import Mesh, Phase, Problem, bounds_of

Array = np.ndarray


@dataclass(frozen=True)
class Grid:
    """A mesh laid out: intervals' edges (fractions), and per collocation point its fraction, interval and weight h w/2."""

    edges: Array
    fractions: Array
    weights: Array
    first: Array  # index of each interval's first point, then the number of points

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, mesh: Mesh) -> "Grid":
        """The grid of a mesh."""
        edges = np.concatenate([[0.0], np.cumsum(mesh.fractions)])
        edges[-1] = 1.0
        widths = np.diff(edges)
        schemes = [radau(d) for d in mesh.degrees]
        return cls(
            edges=edges,
            fractions=np.concatenate(
                [e + w * (s.points + 1) / 2 for e, w, s in zip(edges, widths, schemes, strict=False)]
            ),
            weights=np.concatenate([w * s.weights / 2 for w, s in zip(widths, schemes, strict=True)]),
            first=np.concatenate([[0], np.cumsum(mesh.degrees)]),
        )


@dataclass(frozen=True)
class PhaseLayout:
    """Where a phase's unknowns and constraints stand. states (points + 1, ns), controls (points, nc): unknowns' indices;
    clock: of start and duration; defects (points, ns), path (points, np): constraints' indices; constants: in p."""

    grid: Grid
    states: Array
    controls: Array
    clock: Array
    defects: Array
    path: Array
    constants: Array

    @property
    def point_count(self) -> int:
        return len(self.controls)


def transcribe(problem: Problem) -> "Transcription":
    """The problem's programme; problems that differ in numbers only share one (cached)."""
    shapes = tuple(Shape.of(problem, phase) for phase in problem.phases)
    return _transcribe(
        tuple(p.name for p in problem.phases), shapes, tuple(p.mesh for p in problem.phases), end_shape(problem)
    )


@lru_cache(maxsize=64)
def _transcribe(
    names: tuple[str, ...], shapes: tuple[Shape, ...], meshes: tuple[Mesh, ...], ends: EndShape
) -> "Transcription":
    points = tuple(trace_point(shape, name) for shape, name in zip(shapes, names, strict=True))
    return Transcription(shapes, meshes, points, trace_ends(ends), len(ends.constants))


class Transcription:
    """The programme's functions and where everything stands in its vectors."""

    def __init__(
        self,
        shapes: Sequence[Shape],
        meshes: Sequence[Mesh],
        points: Sequence[Point],
        ends: EndFunctions,
        shared_constants: int,
    ) -> None:
        self.shapes, self.points, self.ends = tuple(shapes), tuple(points), ends
        self.solvers: dict[Any, Any] = {}  # by their options, kept as long as the programme
        self.layouts: list[PhaseLayout] = []
        at = row = 0
        constant = shared_constants
        for shape, mesh in zip(shapes, meshes, strict=True):
            grid = Grid.of(mesh)
            n, ns, nc, nq = mesh.point_count, len(shape.states), len(shape.controls), len(shape.path)
            own = len(shape.constants) - shared_constants
            block = at + np.arange(n * (ns + nc)).reshape(n, ns + nc)
            at += block.size
            rows = row + np.arange(n * (ns + nq)).reshape(n, ns + nq)
            row += rows.size
            self.layouts.append(
                PhaseLayout(
                    grid=grid,
                    states=np.vstack([block[:, :ns], at + np.arange(ns)]),
                    controls=block[:, ns:],
                    clock=at + ns + np.arange(2),
                    defects=rows[:, :ns],
                    path=rows[:, ns:],
                    constants=np.concatenate([np.arange(shared_constants), constant + np.arange(own)]),
                )
            )
            at += ns + 2
            constant += own
        self.parameters = at + np.arange(len(shapes[0].parameters))
        self.unknown_count = at + len(self.parameters)
        self.end_rows = row + np.arange(len(ends.rows))
        self.constraint_count = row + len(ends.rows)
        self.constant_count = constant
        self._assemble()

    @cached_property
    def end_unknowns(self) -> Array:
        """Indices of the unknowns that the end functions see, in their order."""
        parts = []
        for p, count in zip(self.layouts, self.ends.last_controls, strict=True):
            parts += [p.states[0], p.states[-1], p.clock]
            if count:
                parts += [p.controls[0], p.controls[-count:].ravel()]
        return np.concatenate([*parts, self.parameters])

    def _point_unknowns(self, layout: PhaseLayout) -> Array:
        """Indices of the unknowns that each point sees, (points, nz)."""
        n = layout.point_count
        shared = np.concatenate([layout.clock, self.parameters])
        return np.hstack([layout.states[:-1], layout.controls, np.tile(shared, (n, 1))])

    def _linear_part(self) -> tuple[Array, Array, Array]:
        """The defects' constant part w D as (rows, columns, values)."""
        rows, columns, values = [], [], []
        for layout in self.layouts:
            for a, b in zip(layout.grid.first[:-1], layout.grid.first[1:], strict=True):
                scheme = radau(int(b - a))
                weighted = scheme.weights[:, None] * scheme.differentiation
                for s in range(layout.states.shape[1]):
                    rows.append(np.repeat(layout.defects[a:b, s], b - a + 1))
                    columns.append(np.tile(layout.states[a : b + 1, s], b - a))
                    values.append(weighted.ravel())
        return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)

    def _assemble(self) -> None:
        n, m = self.unknown_count, self.constraint_count
        x, p = ca.MX.sym("x", n), ca.MX.sym("p", self.constant_count)
        lam_f, lam_g = ca.MX.sym("lam_f"), ca.MX.sym("lam_g", m)

        values: list[ca.MX] = []
        jacobians: list[ca.MX] = []
        hessians: list[ca.MX] = []
        jacobian_at: list[tuple[Array, Array]] = []
        hessian_at: list[tuple[Array, Array]] = []
        for layout, point in zip(self.layouts, self.points, strict=True):
            count = layout.point_count
            unknowns = self._point_unknowns(layout)
            rows = np.hstack([layout.defects, layout.path])
            z = ca.reshape(_pick(x, unknowns.ravel()), unknowns.shape[1], count)
            # A defect's factor is w h/2: the weights of the grid.
            clock = ca.DM(np.vstack([layout.grid.fractions, layout.grid.weights]))
            constants = ca.repmat(_pick(p, layout.constants), 1, count)
            multipliers = ca.reshape(_pick(lam_g, rows.ravel()), rows.shape[1], count)
            d = point.derivatives
            values.append(ca.vec(d.value.map(count)(z, clock, constants)))
            jacobians.append(ca.vec(d.jacobian.map(count)(z, clock, constants)))
            hessians.append(ca.vec(d.hessian.map(count)(z, clock, constants, multipliers)))
            jacobian_at.append((rows[:, d.jacobian_at[0]].ravel(), unknowns[:, d.jacobian_at[1]].ravel()))
            hessian_at.append((unknowns[:, d.hessian_at[0]].ravel(), unknowns[:, d.hessian_at[1]].ravel()))

        d = self.ends.derivatives
        z_ends = _pick(x, self.end_unknowns)
        ends = d.value(z_ends, p)
        end_jacobian = d.jacobian(z_ends, p)
        is_goal = d.jacobian_at[0] == 0
        goal_nonzeros, row_nonzeros = np.flatnonzero(is_goal), np.flatnonzero(~is_goal)
        goal_columns = self.end_unknowns[d.jacobian_at[1][goal_nonzeros]]
        values.append(_pick(ends, 1 + np.arange(len(self.ends.rows))))
        jacobians.append(_pick(end_jacobian, row_nonzeros))
        jacobian_at.append(
            (self.end_rows[d.jacobian_at[0][row_nonzeros] - 1], self.end_unknowns[d.jacobian_at[1][row_nonzeros]])
        )
        hessians.append(d.hessian(z_ends, p, ca.vertcat(lam_f, _pick(lam_g, self.end_rows))))
        hessian_at.append((self.end_unknowns[d.hessian_at[0]], self.end_unknowns[d.hessian_at[1]]))

        linear_rows, linear_columns, linear_values = self._linear_part()
        places, where = _pattern(linear_rows, linear_columns)
        linear = ca.DM(_sparsity(m, n, places), _add(linear_values, where, len(places)))
        # The rows come in the order of the constraints already: phases' points, then ends.
        g = ca.mtimes(linear, x) + ca.vertcat(*values)
        f = ends[0]

        gradient = _scatter(n, goal_columns, _pick(end_jacobian, goal_nonzeros))

        rows, columns = (np.concatenate(c) for c in zip(*jacobian_at, strict=True))
        places, where = _pattern(np.concatenate([linear_rows, rows]), np.concatenate([linear_columns, columns]))
        constant = _add(linear_values, where[: len(linear_rows)], len(places))
        source = np.zeros(len(places), dtype=int)  # 0: nothing but the linear part
        source[where[len(linear_rows) :]] = 1 + np.arange(len(rows))
        entries = _pick(ca.vertcat(0, *jacobians), source) + ca.DM(constant)
        jacobian = ca.sparsity_cast(entries, _sparsity(m, n, places))

        rows, columns = (np.concatenate(c) for c in zip(*hessian_at, strict=True))
        rows, columns = np.minimum(rows, columns), np.maximum(rows, columns)
        places, where = _pattern(rows, columns)
        # A start, a duration or a parameter is seen by many points: their shares add up.
        collect = ca.DM(ca.Sparsity(len(places), len(where), list(range(len(where) + 1)), where.tolist()), 1.0)
        hessian = ca.sparsity_cast(ca.densify(ca.mtimes(collect, ca.vertcat(*hessians))), _sparsity(n, n, places))

        self.nlp = {"x": x, "p": p, "f": f, "g": g}
        self.grad_f = ca.Function("nlp_grad_f", [x, p], [f, gradient], ["x", "p"], ["f", "grad_f_x"])
        self.jac_g = ca.Function("nlp_jac_g", [x, p], [g, jacobian], ["x", "p"], ["g", "jac_g_x"])
        self.hess_lag = ca.Function(
            "nlp_hess_l", [x, p, lam_f, lam_g], [hessian], ["x", "p", "lam_f", "lam_g"], ["triu_hess_gamma_x_x"]
        )
        self.evaluate = ca.Function("evaluate", [x, p], [f, g])


def _pick(vector: ca.MX, places: Array) -> ca.MX:
    """The vector's components at the places, as a column."""
    return vector.nz[places.tolist()] if len(places) else ca.MX(0, 1)


def _pattern(rows: Array, columns: Array) -> tuple[Array, Array]:
    """The distinct places, as column * 2^32 + row ascending (column-major), and each entry's place among them."""
    return np.unique(columns.astype(np.int64) * 2**32 + rows, return_inverse=True)


def _sparsity(m: int, n: int, places: Array) -> ca.Sparsity:
    columns = places // 2**32
    starts = np.searchsorted(columns, np.arange(n + 1))
    return ca.Sparsity(m, n, starts.tolist(), (places % 2**32).tolist())


def _add(values: Array, where: Array, count: int) -> Array:
    return np.bincount(where, weights=values, minlength=count)


def _scatter(n: int, places: Array, values: ca.MX) -> ca.MX:
    """A dense column with the values at the places."""
    count = len(places)
    spread = ca.DM(ca.Sparsity(n, count, list(range(count + 1)), places.tolist()), 1.0)
    return ca.densify(ca.mtimes(spread, values))


@dataclass(frozen=True)
class Numbers:
    """The numeric side of a problem: bounds on unknowns and constraints and the constants, all scaled."""

    lower: Array
    upper: Array
    g_lower: Array
    g_upper: Array
    constants: Array


def numbers_of(problem: Problem, programme: Transcription) -> Numbers:
    """Bounds and constants in the programme's order."""
    lower, upper = (np.full(programme.unknown_count, s * np.inf) for s in (-1, 1))
    g_lower, g_upper = np.zeros(programme.constraint_count), np.zeros(programme.constraint_count)
    constants = [*problem.constants.values()]
    ends: list[tuple[float, float]] = []
    row_bounds = {}
    for phase, layout in zip(problem.phases, programme.layouts, strict=True):
        constants += phase.constants.values()
        scales = np.array([s.scale for s in phase.all_states])
        lower[layout.states] = np.array([s.lower for s in phase.all_states]) / scales
        upper[layout.states] = np.array([s.upper for s in phase.all_states]) / scales
        for node, fixed in ((0, {**phase.initial, **{i.name: 0.0 for i in phase.integrals}}), (-1, phase.final)):
            for s, state in enumerate(phase.all_states):
                if state.name in fixed:
                    low, high = bounds_of(fixed[state.name])
                    at = layout.states[node, s]
                    lower[at], upper[at] = max(lower[at], low / state.scale), min(upper[at], high / state.scale)
        for c, control in enumerate(phase.controls):
            lower[layout.controls[:, c]] = control.lower / control.scale
            upper[layout.controls[:, c]] = control.upper / control.scale
        for at, bounds in zip(layout.clock, (phase.start, phase.duration), strict=True):
            lower[at], upper[at] = (b / phase.time_scale for b in bounds_of(bounds))
        for q, limit in enumerate(phase.path):
            g_lower[layout.path[:, q]] = limit.lower / limit.scale
            g_upper[layout.path[:, q]] = limit.upper / limit.scale
        row_bounds[phase.name, "end"] = bounds_of(phase.end)
        row_bounds |= {(phase.name, x.name + AT_END): (x.lower, x.upper) for x in (*phase.controls, *phase.path)}
    for at, parameter in zip(programme.parameters, problem.parameters, strict=True):
        lower[at], upper[at] = parameter.lower / parameter.scale, parameter.upper / parameter.scale
    for boundary in problem.boundaries:
        row_bounds |= {("boundary", x.name): (x.lower, x.upper) for x in boundary.limits}
    for row in programme.ends.rows:
        low, high = row_bounds.get((row.where, row.name), (0.0, 0.0))
        ends.append((low / row.scale, high / row.scale))
    if ends:
        g_lower[programme.end_rows], g_upper[programme.end_rows] = np.array(ends).T
    return Numbers(lower, upper, g_lower, g_upper, np.array(constants, dtype=float))


def start_of(problem: Problem, programme: Transcription, numbers: Numbers) -> Array:
    """The scaled starting point from the phases' guesses, moved inside the bounds."""
    x = np.zeros(programme.unknown_count)
    for phase, layout in zip(problem.phases, programme.layouts, strict=True):
        nodes = np.append(layout.grid.fractions, 1.0)
        for s, state in enumerate(phase.all_states):
            x[layout.states[:, s]] = _guessed(phase, state.name, nodes) / state.scale
        for c, control in enumerate(phase.controls):
            x[layout.controls[:, c]] = _guessed(phase, control.name, nodes[:-1]) / control.scale
        x[layout.clock] = phase.guess.start / phase.time_scale, phase.guess.duration / phase.time_scale
    for at, parameter in zip(programme.parameters, problem.parameters, strict=True):
        x[at] = parameter.guess / parameter.scale
    return np.clip(x, numbers.lower, numbers.upper)


def _guessed(phase: Phase, name: str, fractions: Array) -> Array:
    given = np.atleast_1d(np.asarray(phase.guess.values.get(name, 0.0), dtype=float))
    if len(given) == 1:
        return np.full(len(fractions), given[0])
    at = np.linspace(0.0, 1.0, len(given)) if phase.guess.at is None else np.asarray(phase.guess.at, dtype=float)
    return np.interp(fractions, at, given)
