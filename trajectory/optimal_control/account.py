"""What a solution may be trusted for: the solver's own report, the mesh's error, and the same flight by another integrator."""

from dataclasses import dataclass

from .propagation import Reflown, refly
from .refine import MeshError, mesh_error
from .solution import Solution, SolveReport


@dataclass(frozen=True)
class Account:
    """*mesh_errors*: relative, in the states' scales, a phase each. *flights*: every phase flown again from its first states
    with the solution's controls. *tolerance*: of that integration."""

    problem: str
    objective: str
    report: SolveReport
    mesh_errors: tuple[MeshError, ...]
    flights: tuple[Reflown, ...]
    scales: tuple[tuple[tuple[str, str, float], ...], ...]  # of the phases' states: name, unit, scale

    @property
    def mesh_error(self) -> float:
        """The largest of all phases and intervals."""
        return max(e.largest for e in self.mesh_errors)

    @property
    def flown_apart(self) -> float:
        """The largest difference at a phase's end, in the states' scales."""
        return max(self._worst(i)[0] for i in range(len(self.flights)))

    def _worst(self, index: int) -> tuple[float, str, str, float]:
        """Scaled difference, state, unit, difference of the state that ends farthest away."""
        flight = self.flights[index]
        found = [
            (abs(flight.end_difference[name]) / scale, name, unit, flight.end_difference[name])
            for name, unit, scale in self.scales[index]
        ]
        return max(found)

    def __str__(self) -> str:
        r = self.report
        lines = [
            f"{self.problem}: {self.objective}",
            f"{r.solver}: {r.status.replace('_', ' ').lower()} after {r.iterations} iterations; "
            f"build {1e3 * r.build_time:.0f} ms, solve {1e3 * r.solve_time:.0f} ms; "
            f"{r.unknowns} unknowns, {r.constraints} constraints, {r.nonzeros} nonzeros",
            f"largest violation {r.violation:.1e} (scaled): {r.worst}",
        ]
        for index, error in enumerate(self.mesh_errors):
            worst = int(error.errors.argmax())
            _, name, unit, difference = self._worst(index)
            lines.append(
                f"{error.phase}: {len(error.errors)} intervals, mesh error {error.largest:.1e} (interval {worst + 1}, "
                f"{error.states[worst]}); flown again it ends {difference:+.2e} {unit} off in {name}"
            )
        return "\n".join(lines)


def account_of(solution: Solution, tolerance: float = 1e-11) -> Account:
    """Judge a solution; takes some tens of milliseconds a phase, for the flight. ``print(account_of(solution))`` tells all."""
    goal = solution.problem.objective
    return Account(
        problem=solution.problem.name,
        objective=f"{goal.name} {solution.objective:.8g} {goal.unit}".rstrip(),
        report=solution.report,
        mesh_errors=tuple(mesh_error(phase) for phase in solution.phases),
        flights=refly(solution, tolerance),
        scales=tuple(tuple((s.name, s.unit, s.scale) for s in p.phase.all_states) for p in solution.phases),
    )
