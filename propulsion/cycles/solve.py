"""Closing the balances: Newton's method with exact derivatives; where it fails, which balance cannot hold, and by how much."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import casadi as ca
import numpy as np

from ...core.errors import ImpossibleError, InputError, UndecidedError
from ..fluids.media import RealFluid
from .network import Network, Stream

_CLOSED = 1e-10  # scaled residual at which Newton stops
_ACCEPTED = 1e-8  # scaled residual of every balance in an answer
_LONGEST_STEP = 0.7  # of any logarithm
_ITERATIONS = 80
_UPHILL = 1e-6  # of chamber pressure
_HIGHEST_PRESSURE = 1e8  # Pa


@dataclass(frozen=True)
class Solution:
    """x: logarithms of the unknowns; worst: the largest scaled residual; iterations: of Newton's method."""

    x: np.ndarray
    worst: float
    iterations: int


class System:
    """A network turned into functions of (x, p): scaled residuals, Jacobian, readings."""

    def __init__(self, network: Network, name: str, where: str = "") -> None:
        self.network, self.name, self.where = network, name, where
        x = ca.vertcat(*network.logarithms)
        p = ca.vertcat(*network.parameters.values())
        residual = ca.vertcat(*(e.residual / e.scale for e in network.equations))
        self._square(residual, x)
        self.residual_expression, self.x, self.p = residual, x, p
        both = ca.Function("both", [x, p], [residual, ca.jacobian(residual, x)], {"cse": True})
        at, given = ca.MX.sym("x", len(network.start)), ca.MX.sym("p", p.shape[0])
        here, slope = both(at, given)
        self.step = ca.Function("step", [at, given], [here, -ca.solve(slope, here, "qr")])  # sparse, exact derivatives
        self.value = ca.Function("value", [x, p], [residual], {"cse": True})
        keys = list(network.readings)
        self.reading_keys = keys
        self.read = ca.Function("read", [x, p], [ca.vertcat(*(network.readings[k] for k in keys))], {"cse": True})
        self.read_residual = ca.Function("raw", [x, p], [ca.vertcat(*(e.residual for e in network.equations))])
        pressures = ca.vertcat(*(s.pressure for s in network.streams))
        self.pressures = ca.Function("pressures", [x, p], [pressures])
        self.start = np.log(network.start)
        self.unknowns = len(network.start)

    def _square(self, residual: Any, x: Any) -> None:
        """As many equations as unknowns, each with its own: else say which part of the document is short or over."""
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import maximum_bipartite_matching

        net = self.network
        pattern = (
            ca.jacobian_sparsity(residual, x)
            if hasattr(ca, "jacobian_sparsity")
            else ca.jacobian(residual, x).sparsity()
        )
        rows, columns = pattern.get_triplet()
        matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=pattern.shape)
        matched = maximum_bipartite_matching(matrix, perm_type="column")
        lone_equations = [net.equations[i].name for i in np.flatnonzero(matched < 0)]
        taken = set(matched[matched >= 0].tolist())
        lone_unknowns = [n for i, n in enumerate(net.names) if i not in taken]
        if lone_equations or lone_unknowns:
            over = f"too much is given: {'; '.join(lone_equations)}" if lone_equations else ""
            short = f"nothing determines: {'; '.join(lone_unknowns)}" if lone_unknowns else ""
            raise InputError(
                f"{self.name}: the cycle has {len(net.names)} unknowns and {len(net.equations)} equations; "
                + "; ".join(part for part in (short, over) if part)
                + " (a valve without pressure_drop, a turbine without pressure_ratio or a branch without fraction frees one)",
                where=self.where or None,
            )

    def parameters(self, changes: dict[str, float] | None = None) -> np.ndarray:
        """The parameters with some of them changed."""
        values = self.network.parameter_values | (changes or {})
        return np.array([values[k] for k in self.network.parameters])

    def newton(self, start: np.ndarray, p: np.ndarray, longest_step: float = _LONGEST_STEP) -> Solution | None:
        """Damped Newton's method on the logarithms; None when it does not converge."""
        x = start.copy()
        worst = np.inf
        for iteration in range(_ITERATIONS):
            try:
                residual, step = (m.full().ravel() for m in self.step(x, p))
            except RuntimeError:  # CasADi's factorization: the derivatives are singular or not numbers
                return None
            worst = float(np.max(np.abs(residual)))
            if not np.isfinite(worst):
                return None
            if worst < _CLOSED:
                return Solution(x, worst, iteration)
            longest = float(np.max(np.abs(step)))
            if not np.isfinite(longest):  # the derivatives are singular
                return None
            factor = min(1.0, longest_step / longest)
            for _ in range(12):  # only so far that the residuals stay numbers
                new = np.asarray(self.value(x + factor * step, p)).ravel()
                if np.all(np.isfinite(new)) and np.max(np.abs(new)) < 100.0 * max(worst, 1.0):
                    break
                factor *= 0.5
            x = x + factor * step
            if worst < 1e-8 and longest < 1e-13:
                return Solution(x, worst, iteration)
        return Solution(x, worst, _ITERATIONS) if worst < _ACCEPTED else None

    def solve(self, start: np.ndarray | None = None, changes: dict[str, float] | None = None) -> Solution:
        """A closed cycle. Raises ImpossibleError naming the balance that cannot hold, UndecidedError when undecided."""
        p = self.parameters(changes)
        found = self.newton(self.start if start is None else start, p)
        if found is None and start is not None:
            found = self.newton(self.start, p)
        if found is not None and not self.absurd(found.x, p):
            return self.stable(found, p)
        refused = found  # a staged cycle has a second root at absurd pressures: look again, within bounds
        try:
            found = self._elastic(self.start if start is None or refused is not None else start, p)
        except UndecidedError:
            if refused is None:
                raise
            found = refused
        if self.absurd(found.x, p):
            raise ImpossibleError(
                f"{self.name}: the cycle closes only where pressure would have to rise by itself:",
                where=self.where or None,
                details=[
                    *self.uphill(found.x, p),
                    "raise the pressure ahead of it (outlet_pressure of its pump, a kick pump), or lower what lies behind",
                ],
            )
        return self.stable(found, p)

    def stable(self, found: Solution, p: np.ndarray) -> Solution:
        """The solution on stable density roots: one with ∂p/∂ρ ≤ 0 in a stream is solved again from the stable density.

        Raises UndecidedError, naming stream and state, where no such solution is found.
        """
        loose = self._unstable(found.x)
        if not loose:
            return found
        x = found.x.copy()
        for stream, pressure, temperature in loose:
            place = self.network.names.index(f"{stream.name}: density")
            x[place] = np.log(stream.medium.guess_density(pressure, temperature))
        again = self.newton(x, p)
        if again is not None and not self.absurd(again.x, p) and not self._unstable(again.x):
            return again
        raise UndecidedError(
            f"{self.name}: the balances close only with a fluid in an unstable state (its pressure falls as its density rises):",
            where=self.where or None,
            details=[
                *(f"{s.name}: {s.medium.name} at {q / 1e5:.2f} bar and {t:.1f} K boils there" for s, q, t in loose),
                "raise the pressure ahead of it or behind it, or take less heat",
            ],
        )

    def _unstable(self, x: np.ndarray) -> list[tuple[Stream, float, float]]:
        """Streams of real fluids on a mechanically unstable density root, with their pressure and temperature."""
        known = dict(zip(self.network.names, np.exp(x), strict=True))
        loose = []
        for s in self.network.streams:
            medium, t, rho = s.medium, known.get(f"{s.name}: temperature"), known.get(f"{s.name}: density")
            if not isinstance(medium, RealFluid) or t is None or rho is None or t >= medium.eos.critical_temperature:
                continue
            pressure = float(medium.pressure(t, rho))
            if float(medium.pressure(t, rho * (1.0 + 1e-6))) <= pressure:
                loose.append((s, pressure, float(t)))
        return loose

    def absurd(self, x: np.ndarray, p: np.ndarray) -> bool:
        """Whether some passage would have to raise the pressure, or a pressure is beyond all engines."""
        return bool(self.uphill(x, p))

    def uphill(self, x: np.ndarray, p: np.ndarray) -> list[str]:
        """What makes a solution absurd, by name and amount, the worst first."""
        values = np.asarray(self.read(x, p)).ravel()
        drops = sorted((v, k) for k, v in zip(self.reading_keys, values, strict=True) if k.endswith(".pressure_drop"))
        lines = [
            f"'{name.removesuffix('.pressure_drop')}' would have to raise the pressure by {-drop / 1e5:.1f} bar"
            for drop, name in drops
            if drop < -_UPHILL * self.network.pressure_scale
        ]
        highest = float(np.max(np.asarray(self.pressures(x, p))))
        if highest > _HIGHEST_PRESSURE:
            lines.append(f"a pressure of {highest / 1e5:,.0f} bar, beyond {_HIGHEST_PRESSURE / 1e5:,.0f} bar")
        return lines

    @cached_property
    def _soft(self) -> list[int]:
        return [i for i, e in enumerate(self.network.equations) if e.kind == "power"]

    @cached_property
    def _elastic_solver(self) -> Any:
        """Least violation of the shaft powers with all other equations held; building it costs more than a run."""
        soft = self._soft
        plus, minus = ca.SX.sym("plus", len(soft)), ca.SX.sym("minus", len(soft))
        residual = ca.SX(self.residual_expression)
        for k, i in enumerate(soft):
            residual[i] = residual[i] - plus[k] + minus[k]
        z = ca.vertcat(self.x, plus, minus)
        problem = {"x": z, "p": self.p, "f": ca.sum1(plus) + ca.sum1(minus), "g": residual}
        options = {
            "print_time": False,
            "ipopt": {"print_level": 0, "sb": "yes", "max_iter": 400, "tol": 1e-9, "mumps_pivot_order": 0},
        }
        return ca.nlpsol("elastic", "ipopt", problem, options)

    def _elastic(self, start: np.ndarray, p: np.ndarray) -> Solution:
        """The least violation (IPOPT): a solution, a no, or undecided."""
        net, soft, solver = self.network, self._soft, self._elastic_solver
        n = len(soft)
        low = np.concatenate([self.start - 4.0, np.zeros(2 * n)])
        high = np.concatenate([self.start + 4.0, np.full(2 * n, np.inf)])
        for k, name in enumerate(net.names):
            if name.endswith(": pressure"):
                high[k] = np.log(_HIGHEST_PRESSURE)
        answer = solver(
            x0=np.concatenate([np.clip(start, low[: self.unknowns], high[: self.unknowns]), np.full(2 * n, 0.1)]),
            p=p, lbx=low, ubx=high, lbg=0.0, ubg=0.0,
        )  # fmt: skip
        x = np.asarray(answer["x"]).ravel()[: self.unknowns]
        if solver.stats()["success"]:
            polished = self.newton(x, p)
            if polished is not None:
                return polished
            raw = np.asarray(self.read_residual(x, p)).ravel()
            lacking = [(net.equations[i].name, raw[i]) for i in soft if abs(raw[i]) / net.equations[i].scale > 1e-6]
            if lacking:
                lines = [
                    f"{name}: {'lacks' if value < 0 else 'has too much,'} {abs(value) / 1e3:,.0f} kW"
                    for name, value in lacking
                ]
                raise ImpossibleError(
                    f"{self.name}: the cycle has no solution: the turbine cannot drive its pump at this chamber pressure; "
                    "at the least violation with everything else balanced:",
                    where=self.where or None,
                    details=[*lines, "lower the chamber pressure, or raise heat, turbine temperature, or efficiency"],
                )
        raise UndecidedError(
            f"{self.name}: the balances could not be closed ({solver.stats()['return_status']}); the largest gaps:",
            where=self.where or None,
            details=self.gaps(x, p),
        )

    def gaps(self, x: np.ndarray, p: np.ndarray) -> list[str]:
        """The equations that are furthest from holding, by name and amount."""
        net = self.network
        residual = np.asarray(self.value(x, p)).ravel()
        worst = np.argsort(-np.abs(residual))[:6]
        return [
            f"{net.equations[i].name}: {residual[i] * net.equations[i].scale:.4g} {net.equations[i].unit}"
            for i in worst
        ]

    def readings(self, x: np.ndarray, changes: dict[str, float] | None = None) -> dict[str, float]:
        """All readings of a solution."""
        values = np.asarray(self.read(x, self.parameters(changes))).ravel()
        return {k: float(v) for k, v in zip(self.reading_keys, values, strict=True)}
