"""The flight simulator's speed and its error of integration: `python benchmarks/flight.py`.

Falcon 9 with everything on (control at 100 Hz, actuators, slosh, wind, sensors, navigation, explicit guidance) on every
core, and Calisto beside
RocketPy (in an environment of its own under `.venv/peers`), the two taking turns. Writes benchmarks/flight.md with --write.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RUNNERS = HERE / "peers" / "flight"
PEERS = ROOT / ".venv" / "peers"
OURS = [sys.executable, str(HERE / "flight.py")]
REFERENCE_SPAN = 500.0  # s of flight that the aim counts in


def falcon_case():
    """Falcon 9 as `osea fly` flies it, with a steady west wind, a gust and light turbulence besides."""
    from osea_rocket.core.documents import load_document
    from osea_rocket.studies.ascend import ascend
    from osea_rocket.studies.documents import Study
    from osea_rocket.studies.flight_phases import flight_case
    from osea_rocket.studies.steering_table import steering_table
    from osea_rocket.trajectory.flight.layout import WIND_NODES, P

    flown = ascend(load_document(Study, ROOT / "examples" / "falcon9" / "study.yaml"))
    case = flight_case(flown, steering_table(flown.solved, flown.ascent.trajectory)).case
    case = case.with_head(turbulence=1.0).with_parameters(
        gust_speed=9.0, gust_altitude=9e3, gust_length=300.0, gust_azimuth=1.57
    )
    nodes = np.arange(WIND_NODES)
    case.parameters[P.wind_east : P.wind_east + WIND_NODES] = 25.0 * np.exp(-(((nodes * 500.0 - 11e3) / 5e3) ** 2))
    return case


def ascent(rounds: int) -> dict:
    """Flights a second on all cores and on one, normalised to 500 s of flight; the first call's time; and the error of the
    step."""
    from osea_rocket.trajectory.flight.kernel import RESULT_NAMES, fly_many

    case = falcon_case()
    begun = time.perf_counter()
    first = fly_many(case, case.parameters[None], np.array([1.0]))[0]
    cold = time.perf_counter() - begun
    span = first[RESULT_NAMES.index("time")] / REFERENCE_SPAN
    cores = os.cpu_count() or 1

    def some(count: int, seed: int) -> np.ndarray:
        return fly_many(case, np.tile(case.parameters, (count, 1)), seed + np.arange(count, dtype=float))

    rates, alone = [], []
    for k in range(rounds):
        begun = time.perf_counter()
        with ThreadPoolExecutor(cores) as pool:
            list(pool.map(lambda c, k=k: some(10, 1000 * k + 100 * c), range(cores)))
        rates.append(10 * cores * span / (time.perf_counter() - begun))
        used, begun = time.process_time(), time.perf_counter()
        some(10, 1000 * k)
        alone.append(10 * span / (time.process_time() - used))
    return {
        "cold_s": cold, "rate": statistics.median(rates), "best": max(rates), "per_core_cpu": statistics.median(alone),
        "cores": cores,
        "status": float(first[0]), "span": float(first[RESULT_NAMES.index("time")]), "error_m": step_error(),
    }  # fmt: skip


def step_error() -> float:
    """Distance [m] between the optimum flown in steps of 10 ms and of 1 ms, at insertion."""
    from osea_rocket.core.documents import load_document
    from osea_rocket.studies.ascend import ascend
    from osea_rocket.studies.documents import Study
    from osea_rocket.studies.flight_case import optimum_case
    from osea_rocket.studies.steering_table import steering_table
    from osea_rocket.trajectory.flight.kernel import fly_one

    flown = ascend(load_document(Study, ROOT / "examples" / "falcon9" / "study.yaml"))
    case = optimum_case(flown, steering_table(flown.solved, flown.ascent.trajectory))
    return float(np.linalg.norm(fly_one(case)[3:6] - fly_one(case.with_phases(step=0.001))[3:6]))


def calisto(flights: int) -> dict:
    """Seconds for each flight of Calisto, and its apogee over the ground [m]."""
    from osea_rocket.trajectory.flight.kernel import RESULT_NAMES, fly_many

    spec = importlib.util.spec_from_file_location("calisto", ROOT / "examples" / "calisto" / "calisto.py")
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    case = script.calisto()
    found = fly_many(case, case.parameters[None], np.zeros(1))[0]
    seconds = []
    for _ in range(flights):
        begun = time.perf_counter()
        found = fly_many(case, case.parameters[None], np.zeros(1))[0]
        seconds.append(time.perf_counter() - begun)
    return {
        "apogee": float(found[RESULT_NAMES.index("most_altitude")] - script.ELEVATION), "end": float(found[2]), "seconds": seconds
    }  # fmt: skip


def rocketpy() -> Path:
    """RocketPy's Python, made when missing."""
    python, done = PEERS / "rocketpy" / "bin" / "python", PEERS / "rocketpy" / ".installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS / "rocketpy"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", RUNNERS / "rocketpy.txt"], check=True)
        done.touch()
    return python


def run(command: list) -> dict:
    """The last line that a process prints, as JSON."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ended = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=clean, check=True)
    return json.loads(ended.stdout.strip().splitlines()[-1])


def main() -> int:
    """Print the page, and write it if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write benchmarks/flight.md")
    parser.add_argument(
        "--part", choices=["ascent", "calisto"], help="one measurement, as JSON (for the processes of a round)"
    )
    options = parser.parse_args()
    if options.part:
        print(json.dumps(ascent(options.rounds) if options.part == "ascent" else calisto(20)))
        return 0
    load, python = os.getloadavg()[0], rocketpy()
    mine, theirs = [], []
    for _ in range(options.rounds):
        mine.append(run([*OURS, "--part", "calisto"]))
        theirs.append(run([python, RUNNERS / "run_rocketpy.py", 3]))
    flown = run([*OURS, "--part", "ascent", "--rounds", options.rounds])
    ours_s = statistics.median(s for m in mine for s in m["seconds"])
    theirs_s = statistics.median(s for m in theirs for s in m["seconds"])
    apart = mine[0]["apogee"] / theirs[0]["apogee"] - 1.0

    def verdict(met: bool) -> str:
        return "yes" if met else "**no**"

    rate, error, ratio, cold = flown["rate"], flown["error_m"], theirs_s / ours_s, flown["cold_s"]
    cores, best = flown["cores"], flown["best"]
    heights = f"{mine[0]['apogee']:.1f} m; RocketPy {theirs[0]['apogee']:.1f} m: {100 * apart:+.2f} %"
    rows = [
        (
            "Falcon 9, 500 s of flight with everything on",
            f"{rate:.1f} runs/s on {cores} cores (best {best:.1f})",
            "≥ 40",
            verdict(rate >= 40.0),
        ),
        ("… of one core's processor time", f"{flown['per_core_cpu']:.1f} runs/s", "", ""),
        ("state at insertion, 10 ms against 1 ms", f"{1e3 * error:.1f} mm", "≤ 1 m", verdict(error <= 1.0)),
        ("first call, with compiling or loading", f"{cold:.1f} s", "< 30 s", verdict(cold < 30.0)),
        (
            "Calisto",
            f"{1e3 * ours_s:.1f} ms; RocketPy {1e3 * theirs_s:.0f} ms: **{ratio:.0f} ×**",
            "≥ 100 ×",
            verdict(ratio >= 100.0),
        ),
        ("Calisto's apogee over the ground", heights, "within 1 %", verdict(abs(apart) <= 0.01)),
    ]
    page = "\n".join(
        [
            "# Speed of the flight simulator\n",
            f"Made by `python benchmarks/flight.py --write` ({datetime.now(UTC):%Y-%m-%d}, Python "
            f"{platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, load {load:.1f} before and "
            f"{os.getloadavg()[0]:.1f} after; the machine is shared, and absolute rates suffer from it). Medians of "
            f"{options.rounds} rounds; Calisto and RocketPy take turns.\n",
            "| What | Measured | Aim | Met |",
            "|---|---|---|---|",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
            "Everything on: control and navigation at 100 Hz, inertial unit, satellite fixes, fifteen-state filter, gimbals "
            "with lag and rate limit, slosh, jets, a wind profile, a 1 − cos gust, Dryden turbulence, explicit guidance. "
            "Threads, because the compiled code holds no lock.\n",
        ]
    )
    print(page)
    if options.write:
        (HERE / "flight.md").write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
