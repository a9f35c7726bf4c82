"""YAPSS on Delta III: the example in its own package, as it ships (5 intervals of 5 points a phase, Lobatto)."""

# Runs in an environment of its own.
# pyright: reportMissingImports=false

import json
import time

from yapss.examples.delta_iii_ascent import setup

begun = time.perf_counter()
problem = setup()
problem.ipopt_options.print_level = 0
problem.ipopt_options.sb = "yes"
solution = problem.solve()
seconds = time.perf_counter() - begun
begun = time.perf_counter()
problem.solve()
again = time.perf_counter() - begun
mass = solution.objective
print(
    json.dumps(
        {"seconds": seconds, "again_s": again, "answer": abs(mass), "status": str(solution.nlp_info.ipopt_status)}
    )
)
