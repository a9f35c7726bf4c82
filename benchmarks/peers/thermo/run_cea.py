"""LOX/CH4 to one exit by the PyPI package `cea`, all products; prints the mean seconds a case. Run by benchmarks/thermo.py.

argv: number of cases, area ratio. O/F 2.6 to 3.8, chamber 100 bar, liquids at their boiling points.
"""

import sys
import time

import cea
import numpy as np

count, area_ratio = int(sys.argv[1]), float(sys.argv[2])
# The package insists on a pressure ratio beside the area ratio: one next to 1, the cheapest there is.
names = ["CH4(L)", "O2(L)"]
reactants = cea.Mixture(names)
products = cea.Mixture(names, products_from_reactants=True)
solver = cea.RocketSolver(products, reactants=reactants)
solution = cea.RocketSolution(solver)
temperatures = np.array([111.643, 90.17])


def run(ratio: float) -> float:
    weights = reactants.of_ratio_to_weights(np.array([0.0, 1.0]), np.array([1.0, 0.0]), ratio)
    enthalpy = reactants.calc_property(cea.ENTHALPY, weights, temperatures) / cea.R
    solver.solve(solution, weights, 100.0, [1.001], supar=[area_ratio], hc=enthalpy, iac=True)
    return float(solution.Isp_vacuum[-1]) / 9.80665


run(3.0)
start = time.process_time()
isp = [run(ratio) for ratio in np.linspace(2.6, 3.8, count)]
print((time.process_time() - start) / count, isp[-1])
