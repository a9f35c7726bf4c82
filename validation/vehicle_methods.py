"""Methods of the vehicle's structure and aerodynamics beside published figures.

``python -m osea_rocket.validation.vehicle_methods`` prints the table.
"""

from math import pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..vehicle import fin_methods
from ..vehicle.aero_table import Body, build_table
from ..vehicle.fin_methods import FinSet
from ..vehicle.parts import nose_profile
from ..vehicle.structure import buckling
from ..vehicle.structure.materials import find_material
from ..vehicle.structure.modes import bending_modes
from . import common_bulkhead
from .comparison import Comparison

SHELLS, AIR = "Shells and beams", "Normal force and centre of pressure"


def _data() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "vehicle_methods.yaml").read_text(encoding="utf-8"))


def comparisons() -> list[Comparison]:
    """Shells, a common bulkhead and beams, then the small rocket of RocketPy."""
    data = _data()
    bulkhead = common_bulkhead.comparisons(SHELLS, data["common_bulkhead"])
    return [*_shells(data), *bulkhead, *_beams(data["beams"]), *_calisto(data["calisto"])]


def _shells(data: dict[str, Any]) -> list[Comparison]:
    given, barrel = data["knockdown"], data["barrel"]
    rows = [
        Comparison(
            SHELLS, f"SP-8007 axial knock-down at r/t = {slim}", "1", gamma, given["source"], given["grade"],
            ours=buckling.knockdown_axial(slim), tolerance=0.01 * gamma, digits=4,
        )
        for slim, gamma in given["rows"]
    ]  # fmt: skip
    wall = buckling.thickness_for(1.83, find_material("Al-Li 2195-T8"), 1e7, 0.0)
    rows.append(
        Comparison(
            SHELLS, "SP-8007: wall of an unpressurised barrel for 10 MN", "m", barrel["thickness_m"], barrel["source"],
            barrel["grade"], ours=wall, tolerance=0.01 * barrel["thickness_m"], digits=3,
        )
    )  # fmt: skip
    return rows + _figure_6()


def left_out(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What a smooth curve through all points of a reading but one says of that one, over it, less one: the reader's error."""
    from scipy.optimize import curve_fit

    def curve(x: np.ndarray, top: float, half: float, power: float) -> np.ndarray:
        return np.log(top / (1 + (half / x) ** power))

    errors = []
    for k in range(len(x)):
        rest = np.arange(len(x)) != k
        found, _ = curve_fit(curve, x[rest], np.log(y[rest]), p0=(0.28, 0.22, 0.9), maxfev=9999)
        errors.append(float(np.exp(curve(x[k], *found)) / y[k] - 1))
    return np.array(errors)


def _figure_6() -> list[Comparison]:
    """The readings of the figure for pressure: each one's own error, and how far the coarse one is from the fine one."""
    fine = buckling.figure_6()
    coarse = fine["other_reading"]
    scatter = []
    for reading in (fine, coarse):
        errors = left_out(np.array(reading["pressure_parameter"]), np.array(reading["increase"]))
        scatter.append(float(np.sqrt(np.mean(errors**2))))
    note = (
        "Figure 6 of SP-8007 is a curve without an equation, known to us by two readings. A smooth curve through all points of a "
        f"reading but one gives that one within {scatter[0]:.1%} (root mean square) in the fine one, which is used, and within "
        f"{scatter[1]:.1%} in the coarse one, which its reader calls good to 10 %: what lies between them is its error."
    )
    rows = [
        Comparison(
            SHELLS, "SP-8007 fig. 6: reading error of the increase by pressure, root mean square", "1", 0.01, "own bound", "read",
            ours=scatter[0], kind="at most", digits=2, note=note,
        )
    ]  # fmt: skip
    rows += [
        Comparison(
            SHELLS, f"SP-8007 fig. 6: increase by pressure at (p/E)(r/t)² = {x:g}, beside the coarse reading", "1", y,
            f"NASA SP-8007 (1968), fig. 6, {coarse['citation']}", "secondary", ours=buckling.pressure_increase(x, 1.0, 1.0),
            tolerance=0.10 * y, kind="shown", digits=3,
        )
        for x, y in zip(coarse["pressure_parameter"], coarse["increase"], strict=True)
    ]  # fmt: skip
    return rows


def _beams(given: dict[str, Any]) -> list[Comparison]:
    length, mass, ei = 40.0, 1200.0, 4e9
    rows = []
    for support in ("free", "clamped"):
        modes = bending_modes(np.linspace(0, length, 41), np.full(40, mass), np.full(40, ei), support=support)
        for k, root in enumerate(given[support]):
            exact = root**2 / (2 * pi * length**2) * sqrt(ei / mass)
            rows.append(
                Comparison(
                    SHELLS, f"uniform beam, {support}, mode {k + 1} (40 elements)", "Hz", exact, given["source"], given["grade"],
                    ours=float(modes.frequency[k]), tolerance=1e-3 * exact, digits=6,
                )
            )  # fmt: skip
    return rows


def _calisto(given: dict[str, Any]) -> list[Comparison]:
    radius = 0.0635
    area = pi * radius**2
    x, r = map(np.array, nose_profile("von-karman", 0.55829, radius, 400))
    body = Body(np.append(-2.5, -x[::-1]), np.append(radius, r[::-1]))
    rows = []
    for sweep, fin_center, slope, center in given["rows"]:
        fins = FinSet(3, 0.100, 0.050, 0.090, sweep, radius, -2.224)
        table = build_table([body], [fins], reference_area=area)
        values = (
            ("fins' centre of pressure behind the tip", "m", fin_center, -fin_methods.center_station(fins, 0.0)),
            ("fins' slope of the normal force", "1/rad", slope, fin_methods.set_slope(fins, 0.0, area)),
            ("centre of pressure behind the tip", "m", center, -table.center_of_pressure(0.0)),
        )
        rows += [
            Comparison(
                AIR, f"Calisto, leading edge swept by {1e3 * sweep:.0f} mm: {name}", unit, published, given["source"],
                given["grade"], ours=ours, tolerance=0.01 * published, digits=4,
            )
            for name, unit, published, ours in values
        ]  # fmt: skip
    return rows


if __name__ == "__main__":
    for row in comparisons():
        print(f"{row.quantity:90} {row.ours:10.4g} {'' if row.published is None else row.published:>10} {row.met}")
