"""cvxpy with Clarabel on the landing's cone program as our solver has it: run_cvxpy.py PROGRAM.json; prints times and optimum.

Once stated and solved, and again solved as stated.
"""

# Runs in an environment of its own.
# pyright: reportMissingImports=false

import json
import sys
import time
from pathlib import Path

import cvxpy as cp
import numpy as np

data = json.loads(Path(sys.argv[1]).read_text())
cones, states = data["cones"], data["states"]


def state_problem():
    nodes = len(data["nodes"])
    x = cp.Variable((nodes, 11))
    limits, cost = [x[0, :states] == -np.array(data["nodes"][0]["b"])], 0
    for k, node in enumerate(data["nodes"]):
        cost += np.array(node["cost"]) @ x[k]
        g, h = np.array(node["g"]), np.array(node["h"])
        for row, size in cones:
            if not np.any(g[row : row + size]):
                continue
            slack = h[row : row + size] - g[row : row + size] @ x[k]
            limits.append(slack[0] >= 0 if size == 1 else cp.SOC(slack[0], slack[1:]))
        if k:
            f, c, b = (np.array(node[n]) for n in "fcb")
            limits.append(x[k, :states] == f @ x[k - 1] + c @ x[k, states:] - b)
    for i, (given, value) in enumerate(zip(data["terminal"], data["target"], strict=True)):
        if given:
            limits.append(x[nodes - 1, i] == value)
    return cp.Problem(cp.Minimize(cost), limits)


begun = time.process_time()
problem = state_problem()
problem.solve(solver=cp.CLARABEL)
stated = time.process_time() - begun
begun = time.process_time()
for _ in range(5):
    problem.solve(solver=cp.CLARABEL)
again = (time.process_time() - begun) / 5
found = {"stated_s": stated, "again_s": again, "solver_s": problem.solver_stats.solve_time, "cost": problem.value}
print(json.dumps(found))
