"""LOX/CH4 to one exit by rocketcea; prints the mean seconds a case. Run by benchmarks/thermo.py; argv as in run_cea.py."""

import sys
import time

import numpy as np
from rocketcea.cea_obj import CEA_Obj

count, area_ratio = int(sys.argv[1]), float(sys.argv[2])
engine = CEA_Obj(
    oxName="LOX", fuelName="CH4"
)  # its own cards: boiling liquids; results of equal inputs are kept, so none repeats


def run(ratio: float) -> float:
    return float(engine.get_Isp(Pc=100e5 / 6894.757293168361, MR=ratio, eps=area_ratio, frozen=0))


run(3.0)
start = time.process_time()
isp = [run(ratio) for ratio in np.linspace(2.6, 3.8, count)]
print((time.process_time() - start) / count, isp[-1])
