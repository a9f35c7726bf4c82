"""Thermochemistry against its peers on one core: LOX/CH4 at 100 bar to one exit, O/F 2.6 to 3.8: `python benchmarks/thermo.py`.

Our minimiser (batch, each case started from the ones before), the PyPI package `cea` with all products, `rocketcea`, and
plain Cantera calls take turns, five rounds; the medians of processor time (so that other load on the machine counts
little) and their ratios are printed and written to benchmarks/thermo.md. Each peer lives in an environment of its own
under benchmarks/peers/thermo/ (made here when it is missing: `--install`; rocketcea needs gfortran); a peer that is not
there is said to be missing.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

import numpy as np

from osea_rocket.core.compiled import compiled
from osea_rocket.propulsion.equilibrium import cantera_data
from osea_rocket.propulsion.propellants import Mixture
from osea_rocket.propulsion.thermo.reactants import mixture_of, reactant
from osea_rocket.propulsion.thermo.rocket import Request, run, solve_rocket
from osea_rocket.propulsion.thermo.species import species_of
from osea_rocket.propulsion.thermo.table import QUANTITIES, compiled_look_up, thermo_table

HERE = Path(__file__).parent
PEERS = HERE / "peers" / "thermo"
ROUNDS, AREA_RATIO = 5, 40.0
GOALS = {"cea": 30.0, "rocketcea": 5.0, "Cantera": 300.0}
FUEL, OXIDIZER = reactant("LCH4"), reactant("LOX")


def ours(count: int = 2000) -> float:
    """Mean seconds a case of our batch, from reactants to stations."""
    start = time.process_time()
    mixtures = [mixture_of(OXIDIZER, FUEL, float(x)) for x in np.linspace(2.6, 3.8, count)]
    species = species_of(tuple(symbol for symbol, _ in mixtures[0].atoms))
    b = np.array([[amount for _, amount in m.atoms] for m in mixtures])
    prepared = time.process_time()
    rows, _ = run(
        species, b, [m.enthalpy for m in mixtures], [1e7] * count, "equilibrium", Request((AREA_RATIO,)), True
    )
    assert not rows[:, :, 10].any(), "a case did not converge"
    ours.preparing = (prepared - start) / count  # type: ignore[attr-defined]
    return (time.process_time() - prepared) / count


def cantera(count: int = 10) -> float:
    """Mean seconds a case of plain Cantera calls: equilibrate HP, SP in a search for the throat and one for the exit."""
    import cantera as ct
    from scipy.optimize import brentq, minimize_scalar

    gas: Any = ct.Solution(yaml=json.dumps(cantera_data(("C", "H", "O"))))

    def isp(mixture: Mixture) -> float:
        gas.TPX = 3500.0, 1e7, dict(mixture.atoms)
        gas.equilibrate("TP")
        gas.HP = mixture.enthalpy, 1e7
        gas.equilibrate("HP")
        h, s = gas.enthalpy_mass, gas.entropy_mass

        def flux(pressure: float) -> Any:
            gas.SP = s, pressure
            gas.equilibrate("SP")
            return gas.density * np.sqrt(2.0 * max(h - gas.enthalpy_mass, 0.0))

        found: Any = minimize_scalar(
            lambda x: -flux(1e7 * x), bounds=(0.5, 0.65), method="bounded", options={"xatol": 1e-6}
        )
        brentq(lambda x: np.log(-found.fun / flux(float(np.exp(x))) / AREA_RATIO), np.log(1e4), np.log(1e6), xtol=1e-9)
        u = np.sqrt(2.0 * (h - gas.enthalpy_mass))
        return float(u + gas.P / (gas.density * u)) / 9.80665

    mixtures = [mixture_of(OXIDIZER, FUEL, float(x)) for x in np.linspace(2.6, 3.8, count)]
    start = time.process_time()
    answers = [isp(mixture) for mixture in mixtures]
    spent = (time.process_time() - start) / count
    assert abs(answers[0] / solve_rocket(mixtures[0], 1e7, area_ratios=(AREA_RATIO,)).isp() - 1.0) < 1e-4
    return spent


def peer(name: str, count: int) -> float | None:
    """Mean seconds a case of a peer; None when its environment is missing."""
    python = Path(os.environ.get("OSEA_PEERS", PEERS)) / name / "bin" / "python"
    if not python.exists():
        return None
    runner = PEERS / f"run_{name}.py"
    done = subprocess.run(
        [python, runner, str(count), str(AREA_RATIO)], capture_output=True, text=True, check=True, cwd=runner.parent
    )
    return float(done.stdout.splitlines()[-1].split()[0])


def install() -> None:
    """Make the peers' environments."""
    for name in ("cea", "rocketcea"):
        venv.create(PEERS / name, with_pip=True)
        subprocess.run(
            [PEERS / name / "bin" / "pip", "install", "-q", "-r", PEERS / f"requirements-{name}.txt"], check=True
        )


def table_speed() -> tuple[dict[str, float], float]:
    """Errors of the default table [%] and look-ups per second in compiled code."""
    table = thermo_table(OXIDIZER, FUEL, (2.4, 4.2), (20e5, 300e5), AREA_RATIO)
    look_up, grid = compiled_look_up(), table.grid("isp_vacuum")

    @compiled
    def many(grid, ratios, pressures):
        total = 0.0
        for i in range(len(ratios)):
            total += look_up(grid, ratios[i], pressures[i])
        return total

    rng = np.random.default_rng(1)
    x, p = rng.uniform(2.4, 4.2, 200_000), rng.uniform(2e6, 3e7, 200_000)
    many(grid, x, p)
    best = np.inf
    for _ in range(ROUNDS):
        start = time.process_time()
        many(grid, x, p)
        best = min(best, time.process_time() - start)
    return {q: 100.0 * float(e) for q, e in zip(QUANTITIES, table.error, strict=True)}, len(x) / best


def main() -> int:
    """Print the table and write it."""
    if "--install" in sys.argv:
        install()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core, for the peers as well
    ours(50)
    seconds: dict[str, list[float]] = {"ours": [], "cea": [], "rocketcea": [], "Cantera": []}
    missing = set()
    for _ in range(ROUNDS):
        for name, measure in (
            ("ours", ours),
            ("cea", lambda: peer("cea", 100)),
            ("ours", ours),
            ("rocketcea", lambda: peer("rocketcea", 400)),
            ("ours", ours),
            ("Cantera", cantera),
        ):
            value = measure()
            if value is None:
                missing.add(name)
            else:
                seconds[name].append(value)
    mine = statistics.median(seconds["ours"])
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    lines = [
        "# Thermochemistry: time a case",
        "",
        f"LOX/CH4, 100 bar, to area ratio {AREA_RATIO:g}, shifting equilibrium; made by `python benchmarks/thermo.py`; one core, "
        f"load average {load} at the end. Median of {ROUNDS} rounds taken in turns.",
        "",
        "| solver | µs a case (processor) | ratio to ours | goal |",
        "|---|---|---|---|",
        f"| OSEA-Rocket, batch, all 121 gases and 3 condensed phases | {mine * 1e6:.1f} | 1 | |",
    ]
    passed = True
    labels = {
        "cea": "PyPI `cea` 3.3.4, all products",
        "rocketcea": "`rocketcea` 1.2.3",
        "Cantera": "plain Cantera calls",
    }
    for name, goal in GOALS.items():
        if name in missing:
            lines.append(f"| {labels[name]} | not installed here | | {goal:g} |")
            continue
        median = statistics.median(seconds[name])
        passed &= median / mine >= goal
        lines.append(f"| {labels[name]} | {median * 1e6:.0f} | {median / mine:.1f} | {goal:g} |")
    errors, rate = table_speed()
    passed &= rate >= 1e6 and max(errors.values()) <= 0.02
    lines += [
        "",
        f"Making the mixtures in Python takes {ours.preparing * 1e6:.1f} µs a case more. "  # type: ignore[attr-defined]
        "`cea` insists on a pressure ratio beside the area ratio; one next to 1 is asked for.",
        "",
        "Table of 33 × 17 knots (O/F 2.4 to 4.2, 20 to 300 bar), largest error midway between knots: "
        + ", ".join(f"{name} {value:.2g} %" for name, value in errors.items())
        + f"; {rate / 1e6:.1f} million look-ups a second (goal 1 million, 0.02 %).",
        "",
    ]
    text = "\n".join(lines)
    (HERE / "thermo.md").write_text(text, encoding="utf-8")
    print(text)
    print(json.dumps({"passed": passed}), file=sys.stderr)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
