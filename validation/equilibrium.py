"""Ideal rocket performance against NASA CEA: 44 cases of main chambers and preburners, by propellant combination, and 18
other propellants with finite-area chambers, composition frozen at the throat, subsonic stations and pressure ratios."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..propulsion.propellants import Mixture
from ..propulsion.thermo.reactants import blend, mixture_of, reactant
from ..propulsion.thermo.rocket import RocketSolution, Solver, solve_rocket
from ..propulsion.thermo.states import solve_state
from .comparison import Comparison

DATA = Path(__file__).parent / "data"
MODES = ("equilibrium", "frozen_chamber", "frozen_throat")
PERFORMANCE = 5e-5  # relative, of Isp and c*: the aim
TEMPERATURE = 0.1  # K, of the chamber
_SOURCE = "NASA CEA 3.3.4, run for this comparison"


@cache
def reference() -> dict[str, Any]:
    """The reference cases, with their source."""
    return json.loads((DATA / "cea_cases.json").read_text(encoding="utf-8"))


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


@cache
def other_propellants() -> list[dict[str, Any]]:
    """Cases of the propellants that ``reference`` lacks, with their source in the file."""
    return json.loads((DATA / "cea_more_cases.json").read_text(encoding="utf-8"))["cases"]


def other_errors(case: dict[str, Any], mode: str) -> dict[str, list[float]]:
    """As ``errors``, for a case of ``other_propellants``; mode "finite_area": contraction ratio 2, shifting."""
    expected = case["modes"][mode]
    fuel = blend([(reactant(name), share) for name, share in case["fuel"]])
    oxidizer = blend([(reactant(name), share) for name, share in case["oxidizer"]]) if case["oxidizer"] else None
    injector = case["pressure_bar"] * 1e5
    finite = mode == "finite_area"
    by_place = {
        place: tuple(s for s in expected["stations"] if s[0] == place)
        for place in ("subsonic", "supersonic", "pressure")
    }
    total = expected["total_pressure_bar"] * 1e5 if finite else injector
    ours = solve_rocket(
        mixture_of(oxidizer, fuel, case["oxidizer_fuel_ratio"]),
        injector,
        mode="equilibrium" if finite else mode,  # type: ignore[arg-type]
        area_ratios=tuple(s[1] for s in by_place["supersonic"]),
        subsonic_area_ratios=tuple(s[1] for s in by_place["subsonic"]),
        pressure_ratios=tuple(total / (s[3] * 1e5) for s in by_place["pressure"]),
        contraction_ratio=2.0 if finite else None,
    )
    t_throat, p_throat = expected["throat"]
    # CEA names a finite-area chamber's temperature at the injector: that of the gas at rest at the injector's pressure
    at_injector = solve_state(mixture_of(oxidizer, fuel, case["oxidizer_fuel_ratio"]), injector).temperature
    found: dict[str, list[float]] = {
        "c_star": [ours.c_star / expected["c_star_m_s"] - 1.0],
        "isp": [],
        "pressure": [ours.throat.pressure / (p_throat * 1e5) - 1.0],
        "chamber": [at_injector - expected["chamber_temperature_K"]],
        "temperature": [ours.throat.temperature - t_throat],
    }
    if finite and ours.combustion_end is not None:
        t_end, p_end = expected["combustion_end"]
        found["pressure"] += [ours.combustion_end.pressure / (p_end * 1e5) - 1.0, ours.chamber.pressure / total - 1.0]
        found["temperature"].append(ours.combustion_end.temperature - t_end)
    wanted = (*by_place["subsonic"], *by_place["supersonic"], *by_place["pressure"])
    for station, (_, _, t, p, vacuum, matched) in zip(ours.stations, wanted, strict=True):
        assert station.isp_vacuum and station.isp_matched
        found["isp"] += [station.isp_vacuum / vacuum - 1.0, station.isp_matched / matched - 1.0]
        found["pressure"].append(station.pressure / (p * 1e5) - 1.0)
        found["temperature"].append(station.temperature - t)
    return found


def comparisons() -> list[Comparison]:
    """The worst error over the cases of each combination and of the kinds of expansion."""
    groups = []
    for combination in combinations():
        cases = [c for c in reference()["cases"] if c["propellants"] == combination]
        found = [errors(case, mode) for case in cases for mode in MODES if mode in case["modes"]]
        groups.append((combination, len(cases), found))
    others = other_propellants()
    found = [other_errors(case, mode) for case in others for mode in case["modes"]]
    groups.append(("Other propellants, finite-area chambers too", len(others), found))
    rows = []
    for combination, count, found in groups:
        for name, text, unit, scale, aim in (
            ("c_star", "c*", "%", 100.0, 100 * PERFORMANCE),
            ("isp", "Isp", "%", 100.0, 100 * PERFORMANCE),
            ("chamber", "chamber temperature", "K", 1.0, TEMPERATURE),
        ):
            rows.append(
                Comparison(
                    "Combustion and expansion",
                    f"{combination}, {text}: worst of {count} {'cases' if count > 1 else 'case'}, "
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
