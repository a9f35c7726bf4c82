"""The cooling jacket of the RL10A-3-3A against published stations and models.

``python -m osea_rocket.validation.cooling`` prints the table. What was chosen: Bartz (1957) as published, with his own
transport estimates; Gnielinski with Norris, Itō and Krasnoshchekov-Protopopov; tubes as racetracks; friction,
acceleration, and Idelchik's losses at manifolds: 0.5 of a dynamic head where a passage begins, 1 where it ends. The other
models of the library run beside it.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..core.errors import OseaError
from ..propulsion.cooling.document import Cooling
from ..propulsion.cooling.gas import WallGas
from ..propulsion.cooling.result import CoolingResult
from ..propulsion.cooling.solve import cool, gas_along
from ..propulsion.propellants import Mixture
from ..propulsion.thermo.reactants import mixture_of, reactant
from .comparison import Comparison

_INCH = 0.0254
_OUTLET, _DROP = 0.05, 0.10  # the aims
_NOTE = (
    "No constant was adjusted. Gas properties matter most: kinetic theory (Cantera) gives a lower Prandtl number than Bartz's "
    "estimate and a quarter more heat, near the test's outlet temperature. Both had been run on this case when Bartz's own "
    "estimates, with which his 0.026 was found, became the default: this row is no blind prediction."
)
_DROP_NOTE = (
    "From the line ahead of the jacket to the line behind it, as published: friction 8.4 bar, heat and acceleration 2.5, "
    "manifolds 1.9 (textbook coefficients on the passages' heads and on the lines' own, which are the stations' total less "
    "static pressures). The manifolds were left out at first (10.8 bar, -20 %) and added knowing that; no coefficient was "
    "fitted. Published models of this jacket differ among themselves by half (static drop of the tubes 9.5 to 14.6 bar; test "
    "15.8), and 0.1 mm of tube width, 0.15 mm of height (digitised from a coarse scan) or 0.03 mm of wall are worth about 2 "
    "bar each: what agrees here agrees within that."
)


@cache
def _data() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "rl10_jacket.yaml").read_text(encoding="utf-8"))


def rl10_contour() -> tuple[np.ndarray, np.ndarray]:
    """(x, radius) [m] of the hot wall, the silver insert included."""
    d = _data()
    throat = d["throat_radius"] * 1e-3
    points = {x * _INCH: throat * a**0.5 for x, a in d["stations"]}
    points[d["chamber_end"] * 1e-3] = throat * d["stations"][0][1] ** 0.5
    points[d["turnaround"] * 1e-3] = throat * d["turnaround_area_ratio"] ** 0.5
    first, *_, last = d["insert_inner"]
    points |= {0.0: throat, first[0] * 1e-3: first[1] * 1e-3, last[0] * 1e-3: last[1] * 1e-3}
    x = np.array(sorted(points))
    return x, np.array([points[v] for v in x])


def rl10_mixture() -> Mixture:
    """What enters the chamber, as it is in the injector's plenums."""
    d = _data()
    (hot, fuel_bar), (cold, oxygen_bar) = d["fuel_injector"], d["oxygen_injector"]
    oxygen = reactant("O2(L)", temperature=cold, pressure=oxygen_bar * 1e5)
    hydrogen = reactant("H2(L)", temperature=hot, pressure=fuel_bar * 1e5)
    return mixture_of(oxygen, hydrogen, d["oxygen_flow"] / d["mass_flow"])


def _sizes(rows: list[list[float]], x: float) -> float:
    places, sizes = zip(*rows, strict=True)
    return float(np.interp(x, places, sizes))


def _duct_area(end: str) -> float:
    """Of the line at one end of the jacket [m²]: total less static pressure of the station is ½ (ṁ/A)²/ρ."""
    d = _data()
    head = (d[f"{end}_pressure_bar"] - d[f"{end}_static_bar"]) * 1e5
    return d["mass_flow"] / (2.0 * d[f"{end}_density"] * head) ** 0.5


def rl10_cooling(*, correlation: str = "gnielinski", crown: str = "cosine", **changes: Any) -> Cooling:
    """The jacket: 180 short tubes down to the turnaround, 180 long ones back to the injector; the silver insert."""
    d = _data()
    middle, low, high = d["interleaving"], d["chamber_end"], d["turnaround"]

    def stations(begin: float, end: float, widths: list[list[float]], share: float) -> list[dict[str, Any]]:
        inside = {x for x, _ in (*widths, *d["height"]) if begin < x < end}
        return [
            {
                "x": x * 1e-3,
                "width": _sizes(widths, x) * 1e-3,
                "height": _sizes(d["height"], x) * 1e-3,
                "share": share,
            }
            for x in sorted({begin, end} | inside)
        ]

    nozzle = stations(middle + 0.1, high, d["width_360"], 0.5)
    chamber = stations(low, middle, d["width_180"], 1.0)
    tubes = {"type": "tubes", "count": d["tubes"], "wall": d["wall"] * 1e-3, "material": "347", "crown": crown}
    common = {
        "coolant": "hydrogen",
        "mass_flow": d["mass_flow"],
        "roughness": d["roughness_um"] * 1e-6,
        "correlation": correlation,
    }
    short = common | {
        "name": "short tubes",
        "begin": (middle + 0.1) * 1e-3,
        "end": high * 1e-3,
        "geometry": tubes | {"stations": nozzle},
        "inlet_pressure": d["inlet_pressure_bar"] * 1e5,
        "inlet_temperature": d["inlet_temperature"],
        "inlet_duct": {"area": _duct_area("inlet")},
    }
    long = common | {
        "name": "long tubes",
        "begin": high * 1e-3,
        "end": low * 1e-3,
        "geometry": tubes | {"stations": chamber + nozzle},
        "after": "short tubes",
        "outlet_duct": {"area": _duct_area("outlet")},
    }
    layer = [
        {"x": x * 1e-3, "thickness": max(r - _sizes(d["insert_inner"], x), 0.0) * 1e-3} for x, r in d["insert_outer"]
    ]
    return Cooling.model_validate(
        {"name": "RL10A-3-3A", "circuits": [short, long], "layers": [{"material": "silver", "stations": layer}]}
        | changes
    )


@cache
def rl10_gas(transport: str = "bartz") -> WallGas:
    """The hot gas along the wall, by one of the transport models."""
    x, radius = rl10_contour()
    return gas_along(
        rl10_cooling(transport=transport), rl10_mixture(), _data()["chamber_pressure_bar"] * 1e5, x, radius
    )


def rl10_result(**variant: Any) -> CoolingResult:
    """The jacket marched, by a variant of the models (fields of Cooling, correlation, crown)."""
    x, radius = rl10_contour()
    return cool(rl10_cooling(**variant), x, radius, rl10_gas(variant.get("transport", "bartz")))


_VARIANTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Bartz, Cantera's transport", {"transport": "cantera"}),
    ("reference enthalpy, Cantera's transport", {"gas_side": "reference enthalpy", "transport": "cantera"}),
    ("coolant by Taylor", {"correlation": "taylor"}),
    ("crowns heated evenly (bound)", {"crown": "uniform"}),
)


def comparisons() -> list[Comparison]:
    """Outlet, pressure drop, heat; profile along the wall; the same by the other models."""
    d = _data()
    try:
        result = rl10_result()
    except OseaError as failure:
        return [_row("outlet temperature", "K", d["outlet_temperature"], "STA", None, _OUTLET, error=failure.message)]
    return stated_rows(result) + _variant_rows(d["inlet_pressure_bar"] - d["outlet_pressure_bar"])


def stated_rows(result: CoolingResult) -> list[Comparison]:
    """Totals against the aims, then the profile along the wall, of the models stated above."""
    d, long = _data(), result.circuits[-1]
    drop = d["inlet_pressure_bar"] - d["outlet_pressure_bar"]
    rows = [
        _row("outlet temperature", "K", d["outlet_temperature"], "STA", long.outlet_temperature, _OUTLET, note=_NOTE),
        _row("pressure drop, total", "bar", drop, "STA", result.pressure_drop / 1e5, _DROP, note=_DROP_NOTE),
        _row("heat", "MW", d["heat_MW"], "STA", result.heat / 1e6, _OUTLET, note=_NOTE),
    ]
    order = np.argsort(long.x)
    for x, published in d["profile"]:
        ours = float(np.interp(x * 1e-3, long.x[order], long.temperature[order]))
        rows.append(_row(f"coolant at x = {x:.0f} mm", "K", published, "BIN", ours))
    tubes = (result.circuits[0].pressure[0] - long.pressure[-1]) / 1e5
    for source, drop in d["static_drop_of_tubes"]:
        rows.append(_row(f"static drop of the tubes, {source}", "bar", drop, source, float(tubes)))
    for source, flux in d["peak_heat_flux"]:
        rows.append(_row(f"highest heat flux, {source}", "MW/m2", flux, source, result.highest_heat_flux / 1e6))
    for source, hottest in d["peak_wall_temperature"]:
        rows.append(_row(f"highest wall temperature, {source}", "K", hottest, source, result.highest_wall_temperature))
    return rows


def _variant_rows(drop: float) -> list[Comparison]:
    d, rows = _data(), []
    test = d["test"]
    for name, variant in _VARIANTS:
        try:
            r = rl10_result(**variant)
        except OseaError as failure:
            rows.append(_row(f"outlet, {name}", "K", d["outlet_temperature"], "STA", None, error=failure.message))
            continue
        rows.append(_row(f"outlet, {name}", "K", d["outlet_temperature"], "STA", r.circuits[-1].outlet_temperature))
        rows.append(_row(f"pressure drop, {name}", "bar", drop, "STA", r.pressure_drop / 1e5))
        if variant == {"transport": "cantera"}:
            ours = r.circuits[-1].outlet_temperature
            rows.append(_row(f"outlet of the test, {name}", "K", test["outlet_temperature"], "TST", ours))
            lost = test["inlet_pressure_bar"] - test["outlet_pressure_bar"]
            rows.append(_row(f"static drop of the test, {name}", "bar", lost, "TST", r.pressure_drop / 1e5))
    return rows


def _row(
    what: str,
    unit: str,
    published: float,
    source: str,
    ours: float | None,
    tolerance: float | None = None,
    *,
    note: str = "",
    error: str = "",
) -> Comparison:
    return Comparison(
        "Cooling",
        f"RL10A-3-3A jacket: {what}",
        unit,
        published,
        _data()["sources"][source],
        "secondary",
        ours=ours,
        tolerance=0.0 if tolerance is None else tolerance * published,
        kind="shown" if tolerance is None else "within",
        digits=4,
        note=note,
        real=source in ("STA", "TST"),
        error=error,
    )


if __name__ == "__main__":
    from .page import lines

    print(lines(comparisons()))
