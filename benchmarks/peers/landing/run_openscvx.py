"""openscvx on the landing of G-FOLD's figures: run_openscvx.py [NODES]; prints times, final mass and time of flight.

Most mass at the end, to rest: Acikmese, Carson & Blackmore (2013), sec. V, with the start that openscvx's own example has.
The first solve is the cold one, after everything was compiled; the next begins from its answer.
"""

# Runs in an environment of its own.
# pyright: reportMissingImports=false

import contextlib
import json
import sys
import time

import numpy as np
import openscvx as ox

NODES = int(sys.argv[1]) if len(sys.argv) > 1 else 10
CANT, ENGINES, THRUST, EXHAUST = np.radians(27.0), 6, 3100.0, 225 * 9.807
LEAST, MOST = (share * ENGINES * THRUST * np.cos(CANT) for share in (0.3, 0.8))
WET, DRY, FASTEST = 1905.0, 1505.0, 500.0 / 3.6

position, velocity, mass = (ox.State(n, shape=(k,)) for n, k in (("position", 3), ("velocity", 3), ("mass", 1)))
position.min, position.max = [-3000.0, -3000.0, 0.0], [3000.0, 3000.0, 3000.0]
position.initial, position.final = [2000.0, 0.0, 1500.0], [0.0, 0.0, 0.0]
velocity.min, velocity.max = [-FASTEST] * 3, [FASTEST] * 3
velocity.initial, velocity.final = [80.0, 30.0, -75.0], [0.0, 0.0, 0.0]
mass.min, mass.max, mass.initial, mass.final = [DRY], [WET], [WET], [ox.Maximize(1590.0)]
for state, end in ((position, [0.0, 0.0, 0.0]), (velocity, [0.0, 0.0, 0.0]), (mass, [1590.0])):
    begin = np.asarray([v[1] if isinstance(v, tuple) else v for v in state.initial], float)
    state.guess = np.linspace(begin, end, NODES)
thrust = ox.Control("thrust", shape=(3,))
thrust.min, thrust.max = [-ENGINES * THRUST] * 3, [ENGINES * THRUST] * 3
thrust.guess = np.tile([0.0, 0.0, ENGINES * 0.4 * THRUST], (NODES, 1))
size = ox.linalg.Norm(thrust)
limits = []
for state in (position, velocity, mass):
    limits += [ox.ctcs(state <= state.max, idx=0), ox.ctcs(state.min <= state, idx=0)]
limits += [
    ox.ctcs(size >= LEAST, idx=1),
    ox.ctcs(size <= MOST, idx=1),
    ox.ctcs(ox.linalg.Norm(position[:2]) <= np.tan(np.radians(86.0)) * position[2], idx=2),
]
problem = ox.Problem(
    dynamics={
        "position": velocity,
        "velocity": thrust / mass[0] - np.array([0.0, 0.0, 3.7114]),
        "mass": -size / (EXHAUST * np.cos(CANT)),
    },
    constraints=limits,
    states=[position, velocity, mass],
    controls=[thrust],
    time=ox.Time(initial=0.0, final=ox.Free(95.0), min=0.0, max=100.0),
    N=NODES,
    algorithm={"autotuner": ox.RampProximalWeight(ramp_factor=1.04), "lam_prox": 2.0, "lam_cost": 0.25, "lam_vc": 1.2},
)
with contextlib.redirect_stdout(sys.stderr):
    begun = time.process_time()
    problem.initialize()
    made = time.process_time() - begun
    times = []
    for _ in range(2):
        begun = time.process_time()
        found = problem.solve()
        times.append(time.process_time() - begun)
nodes = found.nodes if hasattr(found, "nodes") else {}
print(json.dumps({
    "compiled_s": made, "cold_s": times[0], "again_s": times[1], "converged": bool(found.converged),
    "mass": float(np.asarray(nodes["mass"]).ravel()[-1]), "time": float(np.asarray(nodes["time"]).ravel()[-1]), "nodes": NODES,
}))  # fmt: skip
