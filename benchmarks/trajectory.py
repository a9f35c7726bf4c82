"""The optimal-control layer's speed beside its peers', and its cost against the mesh: `python benchmarks/trajectory.py`.

The peers (YAPSS, MPOPT, MAPTOR, Dymos) come from PyPI, each in an environment of its own under `.venv/peers`, made when
missing. Every measurement is a fresh process, and the programs take turns, so that all see the same machine. A time runs from
stating the problem to its solution: what each must import is loaded before. Writes benchmarks/trajectory.md with --write.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNNERS = HERE / "peers" / "trajectory"
PEERS = HERE.parent / ".venv" / "peers"
OURS = HERE / "trajectory_ours.py"
LIMIT = 300  # s for one solve

# problem, its unit and answer, the peers' runners, and the ratio aimed at
RACES = [
    ("delta3", "Delta III ascent", "kg", 7529.712, [("yapss", 15), ("mpopt", 50), ("maptor", 50)]),
    ("shuttle", "shuttle re-entry", "deg", 34.1412, [("maptor", 20), ("dymos", 100)]),
]
GOALS = [
    ("delta3", "Delta III", "solve_s", "solve, cold", 0.060),
    ("delta3", "Delta III", "again_s", "solve again after 1 % more air", 0.015),
    ("delta3", "Delta III", "from_import_s", "import to first solution", 1.5),
    ("shuttle", "shuttle", "solve_s", "solve, cold", 0.080),
    ("goddard", "Goddard", "solve_s", "solve, cold", 0.200),
    ("ma2019", "ascent and booster return (Ma et al. 2019)", "processor_s", "stated to solved, processor time", 2.0),
]


def environment(peer: str) -> Path:
    """The peer's Python, made when missing."""
    python = PEERS / peer / "bin" / "python"
    done = PEERS / peer / ".installed"
    if not done.exists():
        print(f"installing {peer} …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", PEERS / peer], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
        subprocess.run([*install, RUNNERS / f"{peer}.txt"], check=True)
        if (RUNNERS / f"{peer}-alone.txt").exists():
            subprocess.run([*install, RUNNERS / f"{peer}-alone.txt", "--no-deps"], check=True)
        done.touch()
    return python


def run(command: list) -> dict:
    """The last line that a process prints, as JSON."""
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=LIMIT, env=clean, cwd=RUNNERS, check=True
        )
    except subprocess.TimeoutExpired:
        return {"error": f"not within {LIMIT} s"}
    except subprocess.CalledProcessError as error:
        return {"error": (error.stderr.strip().splitlines() or ["failed"])[-1]}
    return json.loads(ended.stdout.strip().splitlines()[-1])


def ours(problem: str, *, loaded: bool = True) -> dict:
    """One run of ours; *loaded*: with everything imported before the clock starts."""
    return run([sys.executable, OURS, problem, *(["loaded"] if loaded else [])])


def theirs(peer: str, problem: str) -> dict:
    """One run of a peer's."""
    problem_of = install(peer)
    return {"error": problem_of} if problem_of else run([environment(peer), RUNNERS / f"run_{peer}.py", problem])


@cache
def install(peer: str) -> str:
    """Make the peer's environment; what went wrong, or nothing."""
    try:
        environment(peer)
    except subprocess.CalledProcessError as error:
        return f"cannot be installed (pip ended with {error.returncode})"
    return ""


def median(runs: list[dict], key: str) -> float:
    """The median of a key over the runs that have it."""
    values = [r[key] for r in runs if key in r]
    return statistics.median(values) if values else float("nan")


def race(rounds: int) -> list[str]:
    """The table of ratios."""
    lines = [
        "| Problem | Program | Answer | Stated to solved | Ours | Ratio | Solved again | Ours | Ratio | Aim |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for key, name, unit, answer, peers in RACES:
        mine: list[dict] = []
        found: dict[str, list[dict]] = {peer: [] for peer, _ in peers}
        for _ in range(rounds):
            for peer, _ in peers:
                mine.append(ours(key))
                found[peer].append(theirs(peer, key))
        whole, solve = median(mine, "seconds"), median(mine, "solve_s")
        lines.append(f"| {name} ({answer:g} {unit}) | **ours** | {median(mine, 'answer'):.7g} | | | | | | | |")
        for peer, aim in peers:
            failed = [r for r in found[peer] if "error" in r]
            if len(failed) == len(found[peer]):
                lines.append(f"| {name} | {peer} | {failed[0]['error']} | | | | | | | {aim} |")
                continue
            time = median(found[peer], "seconds")
            again = min(time, median(found[peer], "again_s"))
            lines.append(
                f"| {name} | {peer} | {median(found[peer], 'answer'):.7g} | {time:.2f} s | {1e3 * whole:.0f} ms | "
                f"**{time / whole:.0f}** | {again:.2f} s | {1e3 * solve:.0f} ms | **{again / solve:.0f}** | {aim} |"
            )
    return lines


def goals(rounds: int) -> list[str]:
    """Our own times against their aims."""
    lines = ["| Problem | What | Median | Aim | |", "|---|---|---:|---:|---|"]
    runs = {key: [ours(key, loaded=False) for _ in range(rounds)] for key in dict.fromkeys(g[0] for g in GOALS)}
    for key, name, field, what, aim in GOALS:
        value = median(runs[key], field)
        lines.append(
            f"| {name} | {what} | {1e3 * value:.1f} ms | {1e3 * aim:.0f} ms | {'yes' if value <= aim else 'no'} |"
        )
    return lines


def growth() -> list[str]:
    """Cost against the mesh."""
    lines = [
        "| Intervals a phase | Unknowns | Nonzeros | Build | Iterations | Solve | Iteration | per 1000 unknowns | Final mass |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in run([sys.executable, OURS, "growth"])["rows"]:
        lines.append(
            "| {intervals} | {unknowns} | {nonzeros} | {build_s:.2f} s | {iterations} | {solve_s:.2f} s | {step_ms:.1f} ms | "
            "{step_ms_per_1000:.2f} ms | {mass:.5f} kg |".format(**row)
        )
    return lines


def main() -> int:
    """Print the page, and write it if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write benchmarks/trajectory.md")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    for _, _, _, _, peers in RACES:
        for peer, _ in peers:
            install(peer)
    race_lines = race(options.rounds)
    parts = [
        "# Speed of the optimal-control layer\n",
        f"Made by `python benchmarks/trajectory.py --write` ({datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f} before and {os.getloadavg()[0]:.1f} after; the machine "
        f"is shared). Medians of fresh processes, the programs taking turns, {options.rounds} rounds.\n",
        "## Beside the peers\n",
        *race_lines,
        "",
        "*Stated to solved*: the first solve of a process, from stating the problem, imports loaded before; ours includes the "
        "flown first guess, tracing and building. *Solved again*: the program's own solve a second time in that process, from "
        "the same cold guess: what it keeps of its building, it keeps (MPOPT and MAPTOR keep nothing; the better of the two "
        "times counts); of ours the solver's time remains. The aims are ratios of solves. Each peer solves the mesh, "
        "guess and tolerance of its authors' own example. Dymos runs IPOPT through ipyopt (pyoptsparse has no package in the "
        "registry), with its tolerance tightened from 1e-2 to 1e-6; MPOPT runs with numpy 1.26 in place of the 1.22 it asks "
        "for.\n",
        "## Against the aims\n",
        *goals(options.rounds),
        "",
        "## Cost against the mesh: Delta III\n",
        "Degree 4 throughout, cold from the flown guess, the better of two solves. Linear cost would keep the time of an "
        "iteration per 1000 unknowns level.\n",
        *growth(),
        "",
    ]
    page = "\n".join(parts)
    print(page)
    if options.write:
        (HERE / "trajectory.md").write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
