"""Solid motors: firings of real ones beside our internal ballistics, and closed forms.

``python -m osea_rocket.validation.solids`` prints the table.
"""

from math import cos, pi, radians, sin, tan
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..core.documents import load_document
from ..core.errors import OseaError
from ..propulsion.solids.burnback import Section
from ..propulsion.solids.document import ErosiveBurning, SolidMotor
from ..propulsion.solids.outline import star
from ..propulsion.solids.performance import SolidMotorPerformance, solid_performance
from .comparison import Comparison

MOTORS = Path(__file__).resolve().parents[1] / "examples" / "motors"
_SCALE = {"kN s": 1e-3, "bar": 1e-5, "s": 1.0}
_GROUP = "Solid motors"


def comparisons() -> list[Comparison]:
    """Firings, the band of erosive burning, closed forms."""
    rows: list[Comparison] = []
    if MOTORS.is_dir():  # an installed wheel carries no examples
        data = yaml.safe_load((Path(__file__).parent / "data" / "solids.yaml").read_text(encoding="utf-8"))
        for firing in data["firings"]:
            rows += _firing(firing, data)
    return [*rows, _end_burner_pressure(), _end_burner_time(), _bates(), _star_perimeter(), _mass()]


def _firing(firing: dict[str, Any], data: dict[str, Any]) -> list[Comparison]:
    motor = load_document(SolidMotor, MOTORS / firing["file"])
    result, error = None, ""
    try:
        result = solid_performance(motor)
    except OseaError as failure:
        error = failure.message
    rows = []
    for name, field, unit, published, *bound in firing["figures"]:
        ours = None if result is None else getattr(result, field) * _SCALE[unit]
        rows.append(Comparison(
            _GROUP, f"{firing['title']}: {name}", unit, published, firing["source"], "secondary", ours=ours,
            tolerance=bound[0] / 100.0 * published if bound else 0.0, kind="within" if bound else "shown", digits=4,
            note=firing["note"] if field == "peak_pressure" else data["note"], real=True, error=error,
        ))  # fmt: skip
    rows.append(_thrust_coefficient(firing, motor, result))
    peak = next(f for f in firing["figures"] if f[1] == "peak_pressure")
    for which in ("weakest", "strongest"):
        ours, error = None, ""
        try:
            erosive = ErosiveBurning.model_validate(data["erosive"][which])
            eroded = motor.evolve(propellant=motor.propellant.evolve(erosive=erosive))
            ours = solid_performance(eroded).peak_pressure * _SCALE["bar"]
        except OseaError as failure:
            error = failure.message
        rows.append(Comparison(
            _GROUP, f"{firing['title']}: peak pressure, erosive burning with the {which} usual properties", "bar", peak[3],
            firing["source"], "secondary", ours=ours, kind="shown", digits=4, note=data["erosive"]["note"], real=True,
            error=error,
        ))  # fmt: skip
    return rows


def _thrust_coefficient(firing: dict[str, Any], motor: SolidMotor, result: SolidMotorPerformance | None) -> Comparison:
    """Thrust over pressure and throat in the steady part of the record, beside ours at the same pressure."""
    steady, throat = firing["steady"], pi / 4.0 * motor.nozzle.throat_diameter**2
    ours = None
    if result is not None:
        burning = result.thrust > 0.0
        at = int(np.argmin(np.abs(result.pressure[burning] - steady["pressure"])))
        ours = float(result.thrust[burning][at] / (result.pressure[burning][at] * throat))
    return Comparison(
        _GROUP, f"{firing['title']}: thrust coefficient at {steady['time']:.1f} s of the record", "1",
        steady["thrust"] / (steady["pressure"] * throat), firing["source"], "secondary", ours=ours, kind="shown", digits=4,
        note=firing["note"], real=True,
    )  # fmt: skip


def _plain_motor(grain: dict[str, Any], **more: Any) -> SolidMotor:
    """A motor with one law and a given gas, for the closed forms."""
    law = {"rate": 0.007, "at": 5e6, "exponent": 0.35, "pressures": (1e5, 1e7)}
    base = {
        "name": "closed form", "grain": (grain,), "ballistics": "quasi-steady",
        "propellant": {"name": "p", "density": 1700.0, "burn_rate": (law,), "gas": {"c_star": 1550.0, "gamma": 1.2}},
        "nozzle": {"throat_diameter": 0.02, "exit_diameter": 0.05, "half_angle": 0.26, "efficiency": 0.95},
    }  # fmt: skip
    return SolidMotor.model_validate(base | more)


_END_BURNER = {"shape": "end burner", "length": 0.3, "outer_diameter": 0.12}
_SMALL_NOZZLE = {"throat_diameter": 0.005, "exit_diameter": 0.012, "half_angle": 0.26, "efficiency": 0.95}


def _end_burner() -> tuple[SolidMotor, float, float]:
    """The motor, its pressure (rho a c* K)^(1/(1-n)) [Pa] and burning time L/(a p^n) [s]."""
    n, k = 0.35, (0.12 / 0.005) ** 2
    a = 0.007 / 5e6**n
    p = (a * 1700.0 * 1550.0 * k) ** (1.0 / (1.0 - n))
    return _plain_motor(_END_BURNER, nozzle=_SMALL_NOZZLE), p, 0.3 / (a * p**n)


def _closed(quantity: str, unit: str, exact: float, ours: float, formula: str, relative: float = 1e-9) -> Comparison:
    return Comparison(_GROUP, quantity, unit, exact, f"closed form: {formula}", "read", ours=ours,
                      tolerance=relative * abs(exact), digits=9)  # fmt: skip


def _end_burner_pressure() -> Comparison:
    motor, p, _ = _end_burner()
    ours = solid_performance(motor).peak_pressure
    return _closed("End burner: steady pressure", "bar", p / 1e5, ours / 1e5, "(rho a c* K)^(1/(1-n))")


def _end_burner_time() -> Comparison:
    motor, _, time = _end_burner()
    return _closed("End burner: burning time", "s", time, solid_performance(motor).action_time, "L/(a p^n)")


def _bates() -> Comparison:
    """A segment with both ends burning has the same surface at first and at last when L = (3 D + d)/2."""
    outer, core = 0.09, 0.03
    grain = {"shape": "bates", "length": 1.5 * outer + 0.5 * core, "outer_diameter": outer, "core_diameter": core}
    area = solid_performance(_plain_motor(grain)).burning_area
    return _closed("BATES of neutral length: last over first surface", "1", 1.0, float(area[-2] / area[0]),
                   "L = (3 D + d)/2", 1e-6)  # fmt: skip


def _star_perimeter() -> Comparison:
    """Flanks, fillets about the corners and arcs about the axis, while all are left."""
    n, fraction, opening, tip, y = 6, 0.8, radians(75.0), 0.06, 0.012
    a = fraction * pi / n
    flank = tip * sin(a) / sin(opening / 2.0) - y / tan(opening / 2.0)
    exact = 2.0 * n * (flank + y * (pi / 2.0 + a - opening / 2.0) + (tip + y) * (pi / n - a))
    assert y < tip * sin(a) / cos(opening / 2.0)
    ours = Section(star(n, tip, opening, fraction), 0.1, n).measure(y)[0]
    return _closed(
        "Star of six points: perimeter after 12 mm", "m", exact, ours, "flanks, fillets and arcs of the offset star"
    )


def _mass() -> Comparison:
    """The worst closure of mass of a firing with filling, slivers and emptying."""
    grain = {"shape": "finocyl", "length": 0.4, "outer_diameter": 0.09, "core_diameter": 0.02, "fins": 6, "fin_width": 0.005,
             "fin_length": 0.015}  # fmt: skip
    ours = solid_performance(_plain_motor(grain, ballistics="transient")).mass_balance
    return Comparison(_GROUP, "Finocyl, transient: closure of mass", "1", 1e-6, "own bound", "read", ours=ours,
                      kind="at most", digits=2)  # fmt: skip


if __name__ == "__main__":
    from .page import lines

    print(lines(comparisons()))
