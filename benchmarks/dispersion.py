"""Dispersion: runs per second of the point mass with joint loads, and what a second cluster worker gains: `python
benchmarks/dispersion.py`.

The model is built once. Runs per second are counted from drawn points to columns, by the clock with the start of the worker
processes in it. Processor time is told beside the clock's, because a loaded machine takes from the latter. The cluster is
Dask's scheduler and workers of one thread on this machine; one worker and two take turns, each time a cluster of its own, so
that nothing idles beside what is measured, and none is left behind. Writes benchmarks/dispersion.md with --write; three
minutes on a quiet machine of two cores.
"""

import argparse
import os
import platform
import socket
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")

HERE = Path(__file__).resolve().parent
GOAL_RATE, GOAL_WORKERS = 1000.0, 1.8
ROUNDS = 3
RUNS, CLUSTER_RUNS, ALONE = 10_000, 24_000, 1000
WARM = 2000
"""Runs of a cluster before its turn is timed: every worker imports the package and loads the compiled code in them."""
DASHBOARD = 8787


def main() -> None:
    """Measure and print; write the table when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--cluster-runs", type=int, default=CLUSTER_RUNS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    from osea_rocket.core.documents import load_document
    from osea_rocket.studies.dispersion import DispersionStudy
    from osea_rocket.studies.dispersion_build import build_dispersion
    from osea_rocket.studies.dispersion_command import fly_all
    from osea_rocket.studies.dispersion_runs import fly_runs
    from osea_rocket.trajectory.dispersion.sampling import unit_points

    if _answers(DASHBOARD):
        print(f"port {DASHBOARD} is taken: a Dask cluster runs already, and may share the cores", file=sys.stderr)
    before = os.getloadavg()[0]
    dispersion = load_document(DispersionStudy, HERE.parent / "examples" / "falcon9" / "dispersion.yaml")
    begun = time.perf_counter()
    model = build_dispersion(dispersion).model
    building = time.perf_counter() - begun
    print(f"model built in {building:.0f} s", file=sys.stderr)
    points = unit_points(dispersion.sampling, ALONE, model.dimensions, dispersion.seed)
    fly_runs(model, 0, points[:50])
    alone = []
    for _ in range(arguments.rounds):
        clock, processor = time.perf_counter(), time.process_time()
        for first in range(0, ALONE, model.chunk):
            fly_runs(model, first, points[first : first + model.chunk])
        alone.append((ALONE / (time.perf_counter() - clock), ALONE / (time.process_time() - processor)))
    both = [fly_all(model, dispersion, arguments.runs)[1] for _ in range(arguments.rounds)]
    print(f"two processes: {', '.join(f'{rate:,.0f}' for rate in both)} runs/s", file=sys.stderr)
    turns = [cluster_turn(model, dispersion, arguments.cluster_runs) for _ in range(arguments.rounds)]
    clock_alone, processor_alone = (statistics.median(column) for column in zip(*alone, strict=True))
    ratio = statistics.median(two / one for one, two, _ in turns)
    rate = statistics.median(both)
    rows = [
        ("one process, processor time", f"{processor_alone:,.0f} runs/s", "", ""),
        ("one process, clock", f"{clock_alone:,.0f} runs/s", "", ""),
        (
            "two processes, clock, with their start",
            f"{rate:,.0f} runs/s (best {max(both):,.0f})",
            f"≥ {GOAL_RATE:,.0f}",
            _verdict(rate >= GOAL_RATE),
        ),
        (
            "cluster, one worker → two, clock",
            f"{ratio:.2f} times",
            f"≥ {GOAL_WORKERS}",
            _verdict(ratio >= GOAL_WORKERS),
        ),
        (
            "… what two cores allow, from processor time",
            f"{statistics.median(a for _, _, a in turns):.2f} times",
            "",
            "",
        ),
        ("model: optimum, engines, responses", f"{building:.0f} s", "", ""),
    ]
    told = ", ".join(f"{one:,.0f} / {two:,.0f}" for one, two, _ in turns)
    spent = (time.perf_counter() - begun) / 60.0
    text = [
        "# Dispersion: speed",
        "",
        f"Made by `python benchmarks/dispersion.py --write` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, "
        f"{platform.machine()}, load average {before:.1f} before and {os.getloadavg()[0]:.1f} after, {spent:.1f} min. Example: "
        f"`examples/falcon9/dispersion.yaml`, {model.dimensions} dimensions, an ascent of 546 s to orbit with the loads of "
        f"{len(model.along.joints)} joints and {len(model.along.ways.times)} impact points on the way; "
        f"{arguments.runs:,} runs, medians of {arguments.rounds} rounds.",
        "",
        "| What | Measured | Wanted | Met |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        f"Turns of the cluster ({arguments.cluster_runs:,} runs; one worker, two workers), runs/s: {told}. The clock runs from "
        "the client's connection to the last result; workers have flown before. What two cores allow: a worker takes w of "
        "processor time for a run and the client with the scheduler c, which one worker leaves a core of their own and two do "
        "not: 2 w / (w + c).",
        "",
    ]
    print("\n".join(text))
    if arguments.write:
        (HERE / "dispersion.md").write_text("\n".join(text), encoding="utf-8")


def cluster_turn(model, dispersion, runs: int) -> tuple[float, float, float]:
    """(runs/s with one worker, with two, and the ratio that two cores allow by processor time)."""
    from typing import Any

    import psutil
    from distributed import LocalCluster

    from osea_rocket.studies.dispersion_command import fly_all

    me = psutil.Process()

    def spent() -> tuple[float, float]:
        """Processor time [s] of this process, with the scheduler, and of all workers."""
        return sum(me.cpu_times()[:2]), sum(sum(p.cpu_times()[:2]) for p in me.children(recursive=True))

    quiet: Any = None  # no dashboard
    cluster: Any
    rates, shares = [], []
    for workers in (1, 2):
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=quiet, host="127.0.0.1"
        ) as cluster:
            fly_all(model, dispersion, WARM, scheduler=cluster.scheduler_address)
            before = spent()
            rates.append(fly_all(model, dispersion, runs, scheduler=cluster.scheduler_address)[1])
            client, work = (b - a for a, b in zip(before, spent(), strict=True))
            shares.append(2.0 * work / (work + client))
            print(f"cluster of {workers}: {rates[-1]:,.0f} runs/s", file=sys.stderr)
    return rates[0], rates[1], shares[1]


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        tried.settimeout(0.5)
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _verdict(met: bool) -> str:
    return "yes" if met else "**no**"


if __name__ == "__main__":
    main()
