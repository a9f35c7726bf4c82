"""Ideal rocket performance against NASA CEA: 44 cases of main chambers and preburners, by propellant combination."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..propulsion.propellants import Mixture
from ..propulsion.thermo.reactants import blend, mixture_of, reactant
from ..propulsion.thermo.rocket import RocketSolution, Solver, solve_rocket
from .comparison import Comparison

MODES = ("equilibrium", "frozen_chamber", "frozen_throat")
PERFORMANCE = 5e-5  # relative, of Isp and c*: the aim
TEMPERATURE = 0.1  # K, of the chamber
_SOURCE = "NASA CEA 3.3.4, run for this comparison"


@cache
def reference() -> dict[str, Any]:
    """The reference cases, with their source."""
    return json.loads((Path(__file__).parent / "data" / "cea_cases.json").read_text(encoding="utf-8"))


def combinations() -> list[str]:
    """The propellant combinations, in the order of the file."""
    return list(dict.fromkeys(case["propellants"] for case in reference()["cases"]))


def mixture(case: dict[str, Any]) -> Mixture:
    """What enters the chamber in a case."""
    fuel, oxidizer = (blend([(reactant(name), share) for name, share in case[k]]) for k in ("fuel", "oxidizer"))
    return mixture_of(oxidizer, fuel, case["oxidizer_fuel_ratio"])


def solve(case: dict[str, Any], mode: str, solver: Solver = "gibbs") -> RocketSolution:
    """The case by one of our solvers; Cantera gets the supersonic stations only."""
    stations = case["modes"][mode]["stations"]
    return solve_rocket(
        mixture(case),
        case["pressure_bar"] * 1e5,
        mode=mode,  # type: ignore[arg-type]
        area_ratios=tuple(s[1] for s in stations if s[0] == "supersonic"),
        subsonic_area_ratios=tuple(s[1] for s in stations if s[0] == "subsonic") if solver == "gibbs" else (),
        solver=solver,
    )


def errors(case: dict[str, Any], mode: str) -> dict[str, list[float]]:
    """Relative errors of c*, of Isp (vacuum and matched) and pressure at every station; of temperature [K]."""
    expected = case["modes"][mode]
    ours = solve(case, mode)
    found: dict[str, list[float]] = {
        "c_star": [ours.c_star / expected["c_star_m_s"] - 1.0],
        "isp": [],
        "pressure": [],
        "chamber": [ours.chamber.temperature - expected["chamber_temperature_K"]],
        "temperature": [],
    }
    for station, (place, _, t, p, vacuum, matched) in zip(ours.stations, expected["stations"], strict=True):
        assert station.station == place and station.isp_vacuum and station.isp_matched
        found["isp"] += [station.isp_vacuum / vacuum - 1.0, station.isp_matched / matched - 1.0]
        found["pressure"].append(station.pressure / (p * 1e5) - 1.0)
        found["temperature"].append(station.temperature - t)
    return found


def comparisons() -> list[Comparison]:
    """The worst error over the cases of each combination and of the three kinds of expansion."""
    rows = []
    for combination in combinations():
        cases = [c for c in reference()["cases"] if c["propellants"] == combination]
        found = [errors(case, mode) for case in cases for mode in MODES if mode in case["modes"]]
        for name, text, unit, scale, aim in (
            ("c_star", "c*", "%", 100.0, 100 * PERFORMANCE),
            ("isp", "Isp", "%", 100.0, 100 * PERFORMANCE),
            ("chamber", "chamber temperature", "K", 1.0, TEMPERATURE),
        ):
            rows.append(
                Comparison(
                    "Combustion and expansion",
                    f"{combination}, {text}: worst of {len(cases)} {'cases' if len(cases) > 1 else 'case'}, "
                    f"{len(found)} expansions",
                    unit,
                    aim,
                    _SOURCE,
                    "read",
                    ours=float(max(np.max(np.abs(f[name])) for f in found)) * scale,
                    kind="at most",
                    digits=2,
                    note="difference from CEA; the column 'published' is the bound",
                )
            )
    return rows
