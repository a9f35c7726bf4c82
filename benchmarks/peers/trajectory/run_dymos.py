"""Dymos with IPOPT on the shuttle's re-entry without its heating limit: its own model, the phase as its authors state it.

OpenMDAO reaches IPOPT through pyoptsparse, which has no package in the registry; the short driver below takes IPOPT from the
package ipyopt instead, with the total Jacobian's sparsity as OpenMDAO's own colouring finds it and IPOPT's limited-memory
Hessian, as pyoptsparse would. The tolerance is tightened from the authors' 1e-2 to 1e-6, to reach the published figure.
"""

# Runs in an environment of its own.
# pyright: reportMissingImports=false

import contextlib
import io
import json
import os
import tempfile
import time

os.environ["OPENMDAO_REPORTS"] = "0"

import dymos as dm
import ipyopt
import numpy as np
import openmdao.api as om
from dymos.examples.shuttle_reentry.shuttle_ode import ShuttleODE


class IpoptDriver(om.ScipyOptimizeDriver):
    """IPOPT in place of SciPy's optimizers."""

    status = -100

    def run(self):
        """Optimize; True if it failed."""
        self._total_jac = None
        self._check_for_missing_objective()
        self._run_solve_nonlinear()
        values = self.get_design_var_values()
        x = np.concatenate([values[n] for n in self._designvars])
        sides = self._autoscaler.get_bounds_scaling("design_var")
        x_lower, x_upper = (
            np.concatenate([np.broadcast_to(getattr(sides[n], side), values[n].shape) for n in self._designvars])
            for side in ("lower", "upper")
        )
        sides = self._autoscaler.get_bounds_scaling("constraint")
        g_lower, g_upper = [], []
        for name, value in self.get_constraint_values().items():
            for side, out, missing in (("lower", g_lower, -1e30), ("upper", g_upper, 1e30)):
                bound = sides[name].equals if sides[name].equals is not None else getattr(sides[name], side)
                out.append(np.broadcast_to(missing if bound is None else bound, value.shape).ravel())
        g_lower, g_upper = np.concatenate(g_lower), np.concatenate(g_upper)
        names = list(self._objs) + list(self._cons)
        last: dict = {"x": None, "jacobian": None, "jacobian_at": None}

        def move(x):
            if last["x"] is None or not np.array_equal(last["x"], x):
                self._vectors["design_var"].set_data(x.copy(), driver_scaling=True)
                self._set_design_vars(driver_scaling=True)
                with self._problem().model._relevance.nonlinear_active("iter"):
                    self._run_solve_nonlinear()
                last["x"] = x.copy()

        def objective(x):
            move(x)
            return float(next(iter(self.get_objective_values().values()))[0])

        def constraints(x, out):
            move(x)
            out[:] = np.concatenate([v.ravel() for v in self.get_constraint_values().values()])

        def totals(x):
            move(x)
            if last["jacobian_at"] is None or not np.array_equal(last["jacobian_at"], x):
                last["jacobian"] = self._compute_totals(
                    of=names, wrt=list(self._designvars), return_format="array"
                ).copy()
                last["jacobian_at"] = x.copy()
            return last["jacobian"]

        def gradient(x, out):
            out[:] = totals(x)[0]

        coloring = self._get_coloring()
        self._total_jac = None  # the colouring leaves its own, unscaled
        pattern = np.zeros((1 + len(g_lower), len(x)), dtype=bool)
        pattern[coloring._nzrows, coloring._nzcols] = True
        rows, columns = np.nonzero(pattern[1:])

        def jacobian(x, out):
            out[:] = totals(x)[1:][rows, columns]

        problem = ipyopt.Problem(
            len(x), np.maximum(x_lower, -1e30), np.minimum(x_upper, 1e30), len(g_lower), g_lower, g_upper, (rows, columns),
            ([], []), objective, gradient, constraints, jacobian,
            ipopt_options={
                "print_level": 0, "sb": "yes", "max_iter": 1000, "tol": 1e-6, "constr_viol_tol": 1e-6,
                "hessian_approximation": "limited-memory", "nlp_scaling_method": "gradient-based",
                "mu_strategy": "monotone", "mu_init": 0.01, "bound_mult_init_method": "mu-based",
            },
        )  # fmt: skip
        found, _, IpoptDriver.status = problem.solve(x)
        move(found)
        return IpoptDriver.status not in (0, 1)


def shuttle():
    """The problem and its phase, set up."""
    rad = np.pi / 180
    p = om.Problem(model=om.Group(), reports=False)
    p.driver = IpoptDriver()
    p.driver.declare_coloring(show_summary=False)
    trajectory = p.model.add_subsystem("traj", dm.Trajectory())
    phase = trajectory.add_phase(
        "phase0", dm.Phase(ode_class=ShuttleODE, transcription=dm.Radau(num_segments=50, order=3))
    )
    phase.set_time_options(fix_initial=True, units="s", duration_ref=200)
    state = {"fix_initial": True}
    steep = {"lower": -89 * rad, "upper": 89 * rad}
    phase.add_state("h", fix_final=True, units="ft", rate_source="hdot", targets=["h"], lower=0, ref0=75000, ref=300000,
                    defect_ref=1000, **state)  # fmt: skip
    phase.add_state("gamma", fix_final=True, units="rad", rate_source="gammadot", targets=["gamma"], **steep, **state)
    phase.add_state("phi", fix_final=False, units="rad", rate_source="phidot", lower=0, upper=89 * rad, **state)
    phase.add_state("psi", fix_final=False, units="rad", rate_source="psidot", targets=["psi"], lower=0, upper=90 * rad,
                    **state)  # fmt: skip
    phase.add_state("theta", fix_final=False, units="rad", rate_source="thetadot", targets=["theta"], **steep, **state)
    phase.add_state("v", fix_final=True, units="ft/s", rate_source="vdot", targets=["v"], lower=500, ref0=2500, ref=25000,
                    **state)  # fmt: skip
    phase.add_control("alpha", units="rad", opt=True, lower=-90 * rad, upper=90 * rad, targets=["alpha"])
    phase.add_control("beta", units="rad", opt=True, lower=-89 * rad, upper=rad, targets=["beta"])
    phase.add_objective("theta", loc="final", ref=-0.01)
    p.setup(check=False, force_alloc_complex=True)
    return p, phase


def guess(phase):
    """Straight lines, angle of attack and bank as the authors'."""
    rad = np.pi / 180
    phase.set_time_val(initial=0, duration=2000, units="s")
    for name, values, unit in (
        ("h", [260000, 80000], "ft"), ("gamma", [-rad, -5 * rad], "rad"), ("phi", [0, 75 * rad], "rad"),
        ("psi", [90 * rad, 10 * rad], "rad"), ("theta", [0, 25 * rad], "rad"), ("v", [25600, 2500], "ft/s"),
    ):  # fmt: skip
        phase.set_state_val(name, values, units=unit)
    phase.set_control_val("alpha", [17.4 * rad, 17.4 * rad], units="rad")
    phase.set_control_val("beta", [-75 * rad, 0], units="rad")


with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
    begun = time.perf_counter()
    problem, entry = shuttle()
    guess(entry)
    problem.run_driver()
    seconds = time.perf_counter() - begun
    answer = float(problem.get_val("traj.phase0.timeseries.theta", units="deg")[-1, 0])
    begun = time.perf_counter()
    guess(entry)
    problem.run_driver()
    again = time.perf_counter() - begun
print(json.dumps({"seconds": seconds, "again_s": again, "answer": answer, "status": str(IpoptDriver.status)}))
