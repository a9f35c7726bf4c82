"""Ideal rocket performance against NASA CEA: 21 cases of LOX with RP-1, LCH4 and LH2."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..propulsion.nozzle import rocket
from ..propulsion.propellants import find_propellant, mix
from .comparison import Comparison

MODES = ("equilibrium", "frozen_chamber", "frozen_throat")
PERFORMANCE = 1e-4  # relative, of Isp and c*: the aim
TEMPERATURE = 0.5  # K


@cache
def reference() -> dict[str, Any]:
    """The reference cases, with their source."""
    return json.loads((Path(__file__).parent / "data" / "cea_cases_lox.json").read_text(encoding="utf-8"))


def errors(case: dict[str, Any], mode: str) -> dict[str, list[float]]:
    """Relative errors of c* and of Isp (vacuum and matched) at every exit, and differences of temperature [K]."""
    expected = case["modes"][mode]
    stations = expected["stations"]
    mixture = mix(find_propellant("LOX"), find_propellant(case["fuel"]), case["oxidizer_fuel_ratio"])
    ours = rocket(mixture, case["pressure_bar"] * 1e5, tuple(s[0] for s in stations), expansion=mode)  # type: ignore[arg-type]
    found: dict[str, list[float]] = {
        "c_star": [ours.c_star / expected["c_star_m_s"] - 1.0],
        "isp": [],
        "pressure": [],
        "chamber": [ours.chamber.temperature - expected["chamber_temperature_K"]],
        "temperature": [],
    }
    for station, (_, t, p, vacuum, matched) in zip(ours.exits, stations, strict=True):
        found["isp"] += [station.isp_vacuum / vacuum - 1.0, station.isp_matched / matched - 1.0]
        found["pressure"].append(station.pressure / (p * 1e5) - 1.0)
        found["temperature"].append(station.temperature - t)
    return found


def comparisons() -> list[Comparison]:
    """The worst error over all cases, for each kind of expansion."""
    rows = []
    cases, source = reference()["cases"], "NASA CEA 3.3.4, run for this comparison"
    for mode in MODES:
        found = [errors(case, mode) for case in cases]

        def worst(name: str, found: list = found) -> float:
            return float(max(np.max(np.abs(f[name])) for f in found))

        label = mode.replace("_", " in the ")
        for name, text, unit, scale, aim in (
            ("c_star", "c*", "%", 100.0, 100 * PERFORMANCE),
            ("isp", "Isp", "%", 100.0, 100 * PERFORMANCE),
            ("chamber", "chamber temperature", "K", 1.0, TEMPERATURE),
        ):
            rows.append(
                Comparison(
                    "Combustion and expansion",
                    f"{text}, {label}: worst of {len(cases)} cases",
                    unit,
                    aim,
                    source,
                    "read",
                    ours=worst(name) * scale,
                    kind="at most",
                    digits=2,
                    note="difference from CEA; the column 'published' is the bound",
                )
            )
    return rows
