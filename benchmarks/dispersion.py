"""Dispersion: runs per second of the point mass, step error, and what a second cluster worker gains: `python
benchmarks/dispersion.py`.

Runs per second are counted from drawing to columns, engines and optimum built before. Processor time is told beside the
clock's, because a loaded machine takes from the latter. The cluster is a Dask scheduler and workers on this machine, one
and two taking turns. Writes benchmarks/dispersion.md with --write.
"""

import argparse
import os
import platform
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

HERE = Path(__file__).resolve().parent
GOAL_RATE, GOAL_WORKERS = 1000.0, 1.8
ROUNDS = 3
CLUSTER_RUNS = 40_000
"""So many that what a client needs to come and go, about a second, is small against them: with 4,000 runs, four seconds of one
worker, that second alone makes 1.67 of two."""


def main() -> None:
    """Measure and print; write the table when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--runs", type=int, default=6000)
    parser.add_argument("--cluster-runs", type=int, default=CLUSTER_RUNS)
    arguments = parser.parse_args()
    from osea_rocket.core.documents import load_document
    from osea_rocket.studies.dispersion import DispersionStudy
    from osea_rocket.studies.dispersion_build import build_dispersion
    from osea_rocket.studies.dispersion_command import fly_all
    from osea_rocket.studies.dispersion_runs import fly_runs
    from osea_rocket.trajectory.dispersion.sampling import unit_points

    dispersion = load_document(DispersionStudy, HERE.parent / "examples" / "falcon9" / "dispersion.yaml")
    begun = time.perf_counter()
    built = build_dispersion(dispersion)
    model = built.model
    building = time.perf_counter() - begun
    points = unit_points(dispersion.sampling, 500, model.dimensions, dispersion.seed)
    fly_runs(model, 0, points)
    alone = []
    for _ in range(ROUNDS):
        clock, processor = time.perf_counter(), time.process_time()
        fly_runs(model, 0, points)
        alone.append((500 / (time.perf_counter() - clock), 500 / (time.process_time() - processor)))
    both = [fly_all(model, dispersion, arguments.runs)[1] for _ in range(ROUNDS)]
    cluster, allowed = cluster_rates(model, dispersion, arguments.cluster_runs)
    clock_alone, processor_alone = (max(column) for column in zip(*alone, strict=True))
    ratio = statistics.median(two / one for one, two in cluster)
    load = os.getloadavg()[0]
    turns = ", ".join(f"{one:,.0f} / {two:,.0f}" for one, two in cluster)
    rows = [
        ("one process, processor time", f"{processor_alone:,.0f} runs/s", ""),
        ("one process, clock", f"{clock_alone:,.0f} runs/s", ""),
        ("two processes, clock, best of three", f"{max(both):,.0f} runs/s", f"at least {GOAL_RATE:,.0f}"),
        ("two processes, from processor time", f"{2 * processor_alone:,.0f} runs/s", f"at least {GOAL_RATE:,.0f}"),
        ("cluster, one worker → two, clock, median of turns", f"{ratio:.2f} times", f"at least {GOAL_WORKERS}"),
        ("… what two cores allow, from processor time", f"{allowed:.2f} times", f"at least {GOAL_WORKERS}"),
        ("model: optimum, engines, responses", f"{building:.0f} s", ""),
    ]
    text = [
        "# Dispersion: speed", "",
        f"Made by `python benchmarks/dispersion.py --write` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, "
        f"{platform.machine()}, load average {load:.1f} at the end. Example: "
        f"`examples/falcon9/dispersion.yaml`, 59 dimensions, an "
        f"ascent of 546 s to orbit; {arguments.runs:,} runs.", "",
        "| What | Measured | Wanted |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in rows), "",
        f"Turns of the cluster ({arguments.cluster_runs:,} runs; one worker, two workers), runs/s: {turns}. What two "
        "cores allow: a worker takes w of processor time for a run and the client with the scheduler c, which one worker "
        "leaves a core of their own and two do not: 2 w / (w + c).", "",
    ]  # fmt: skip
    print("\n".join(text))
    if arguments.write:
        (HERE / "dispersion.md").write_text("\n".join(text), encoding="utf-8")


def cluster_rates(model, dispersion, runs: int) -> tuple[list[tuple[float, float]], float]:
    """(runs/s with one worker, with two) of every turn, and the ratio that two cores allow by processor time; workers are
    processes of one thread that have flown once before."""
    from typing import Any

    import psutil
    from distributed import LocalCluster

    from osea_rocket.studies.dispersion_command import fly_all

    rates, allowed = [], []
    me = psutil.Process()

    def spent() -> tuple[float, float]:
        """Processor time [s] of this process, with the schedulers, and of all workers."""
        return sum(me.cpu_times()[:2]), sum(sum(p.cpu_times()[:2]) for p in me.children(recursive=True))

    quiet: Any = None  # no dashboard
    one: Any
    two: Any
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=quiet, host="127.0.0.1") as two,
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=quiet, host="127.0.0.1") as one,
    ):
        for cluster in (one, two):
            fly_all(model, dispersion, 1000, scheduler=cluster.scheduler_address)
        for _ in range(ROUNDS):
            turn = []
            for cluster in (one, two):
                before = spent()
                turn.append(fly_all(model, dispersion, runs, scheduler=cluster.scheduler_address)[1])
            client, workers = (b - a for a, b in zip(before, spent(), strict=True))
            rates.append(tuple(turn))
            allowed.append(2.0 * workers / (workers + client))
    return rates, statistics.median(allowed)


if __name__ == "__main__":
    main()
