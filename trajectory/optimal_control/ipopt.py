"""The door to IPOPT: options, progress, interruption, time limit."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import casadi as ca
import numpy as np

from ...core import interruption

Array = np.ndarray


@dataclass(frozen=True, kw_only=True)
class Options:
    """The solver's settings.

    tolerance: of optimality and of scaled constraints. acceptable_tolerance: None accepts nothing looser. explain: when a
    solve fails, solve again with soft limits, to name the limit that gives way or to find a better start.
    max_time: of one solve [s] of processor time, so that what a loaded machine finds is what an idle one does. extra: further
    IPOPT options as (name, value) pairs.
    """

    tolerance: float = 1e-8
    max_iterations: int = 500
    max_time: float = 120.0
    acceptable_tolerance: float | None = None
    linear_solver: str = "mumps"
    explain: bool = True
    extra: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What IPOPT returned: scaled unknowns, constraints, multipliers; *status* as IPOPT names it; wall time [s]."""

    x: Array
    g: Array
    objective: float
    bound_multipliers: Array
    multipliers: Array
    status: str
    iterations: int
    wall_time: float

    @property
    def converged(self) -> bool:
        """Whether this is a solution."""
        return self.status in ("Solve_Succeeded", "Solved_To_Acceptable_Level")


Hook = Callable[[int, float, Array], None]


class _Watch(ca.Callback):
    """Called by IPOPT after every iteration: reports progress, and stops it when the user interrupts."""

    def __init__(self, unknowns: int, constraints: int) -> None:
        ca.Callback.__init__(self)
        self.sizes = {"f": 1, "x": unknowns, "lam_x": unknowns, "g": constraints, "lam_g": constraints}
        self.reset(None)
        self.construct("watch", {})

    def reset(self, hook: Hook | None) -> None:
        """Ready for another solve."""
        self.hook = hook
        self.interrupted = False
        self.error: BaseException | None = None
        self.count = 0

    def get_n_in(self) -> int:
        return ca.nlpsol_n_out()

    def get_n_out(self) -> int:
        return 1

    def get_name_in(self, i: int) -> str:
        return ca.nlpsol_out(i)

    def get_sparsity_in(self, i: int) -> ca.Sparsity:
        return ca.Sparsity.dense(self.sizes.get(ca.nlpsol_out(i), 0), 1)

    def eval(self, arg: Any) -> list[int]:
        if self.interrupted:
            return [1]
        try:
            if self.hook is not None:
                self.hook(self.count, float(arg[1]), np.asarray(arg[2]).ravel())
        except BaseException as error:  # a hook's own failure must not vanish inside the solver
            self.error = error
            return [1]
        self.count += 1
        return [0]


class Ipopt:
    """IPOPT on one programme, with its exact derivatives. *warm*: starts close to the solution, with multipliers."""

    def __init__(
        self,
        nlp: dict[str, ca.MX],
        derivatives: dict[str, ca.Function],
        options: Options,
        warm: bool = False,
    ) -> None:
        self.watch = _Watch(nlp["x"].numel(), nlp["g"].numel())
        settings: dict[str, Any] = {
            "print_level": 0,
            "sb": "yes",
            "linear_solver": options.linear_solver,
            "mu_strategy": "adaptive",
            "tol": options.tolerance,
            "constr_viol_tol": options.tolerance,
            "max_iter": options.max_iterations,
            "max_cpu_time": options.max_time,
            "acceptable_iter": 0,
        }
        if options.linear_solver == "mumps":
            settings["mumps_pivot_order"] = 0  # minimum degree: see docs/optimal_control.md
        if options.acceptable_tolerance is not None:
            settings |= {"acceptable_iter": 10, "acceptable_tol": options.acceptable_tolerance}
            settings["acceptable_constr_viol_tol"] = options.acceptable_tolerance
        if warm:
            settings |= {"warm_start_init_point": "yes", "mu_init": 1e-6}
            for name in ("bound_push", "bound_frac", "slack_bound_push", "slack_bound_frac", "mult_bound_push"):
                settings[f"warm_start_{name}"] = 1e-8
        self.function = ca.nlpsol(
            "solver",
            "ipopt",
            nlp,
            {
                "ipopt": settings | dict(options.extra),
                **derivatives,
                "no_nlp_grad": True,
                "calc_lam_p": False,
                "print_time": False,
                "iteration_callback": self.watch,
                "error_on_fail": False,
                "show_eval_warnings": False,
            },
        )

    def run(self, hook: Hook | None = None, **arguments: Array) -> Outcome:
        """Solve. arguments: x0, p, lbx, ubx, lbg, ubg, lam_x0, lam_g0. KeyboardInterrupt and the hook's errors come out."""
        self.watch.reset(hook)
        begun = time.perf_counter()
        with _Interruptible(self.watch):
            found = self.function(**arguments)
        wall_time = time.perf_counter() - begun
        if self.watch.error is not None:
            raise self.watch.error
        statistics = self.function.stats()
        if self.watch.interrupted or statistics["return_status"] == "User_Requested_Stop":
            raise KeyboardInterrupt
        return Outcome(
            x=np.asarray(found["x"]).ravel(),
            g=np.asarray(found["g"]).ravel(),
            objective=float(found["f"]),
            bound_multipliers=np.asarray(found["lam_x"]).ravel(),
            multipliers=np.asarray(found["lam_g"]).ravel(),
            status=statistics["return_status"],
            iterations=int(statistics["iter_count"]),
            wall_time=wall_time,
        )


class _Interruptible:
    """While IPOPT runs, Ctrl-C only sets a mark that the next iteration sees: CasADi would swallow the exception."""

    def __init__(self, watch: _Watch) -> None:
        self.watch = watch
        self.active = False

    def __enter__(self) -> None:
        # Only the handler that raises KeyboardInterrupt is replaced: whoever set another one means it.
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) in (
            signal.default_int_handler,
            interruption.handler,
        ):
            self.before = signal.getsignal(signal.SIGINT)
            signal.signal(signal.SIGINT, self._mark)
            self.active = True

    def _mark(self, *_: Any) -> None:
        self.watch.interrupted = True

    def __exit__(self, *_: object) -> None:
        if self.active:
            signal.signal(signal.SIGINT, self.before)
