"""Engine cycles against published balances, and vacuum specific impulse from five figures alone.

``python -m osea_rocket.validation.cycles`` prints the table.
"""

import time
from pathlib import Path
from typing import Any

import yaml

from ..core.documents import load_document
from ..core.errors import OseaError
from ..propulsion.cycles.balance import balance, prepare
from ..propulsion.cycles.document import EngineCycle
from ..propulsion.cycles.losses import loss_defaults
from ..propulsion.cycles.result import CycleBalance
from ..propulsion.cycles.typical import typical_isp
from ..propulsion.fluids.state import fluid_state
from .comparison import Comparison

ROOT = Path(__file__).resolve().parents[1]
ENGINES = ROOT / "examples" / "engines"
_SCALE = {"kW": 1e-3, "MW": 1e-6, "bar": 1e-5, "MPa": 1e-6, "kN": 1e-3}
_ISP_MEAN, _ISP_WORST = 1.0, 2.5  # percent


def _data() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "cycles.yaml").read_text(encoding="utf-8"))


def load_engine(name: str) -> EngineCycle:
    """An engine of examples/engines."""
    return load_document(EngineCycle, ENGINES / name)


def with_efficiencies(cycle: EngineCycle, efficiencies: dict[str, float]) -> EngineCycle:
    """The engine with other efficiencies of some machines."""
    changed = tuple(
        c.evolve(efficiency=efficiencies[c.name]) if c.name in efficiencies else c  # type: ignore[union-attr]
        for c in cycle.components
    )
    return cycle.evolve(components=changed)


def quantity(result: CycleBalance, path: str) -> float:
    """``turbine.<name>.power``, ``stream.<source>.pressure``, ``burner.<name>.…``, ``heat.<name>``, or a field of the result."""
    kind, _, rest = path.partition(".")
    if not rest:
        return float(getattr(result, kind))
    if kind == "heat":
        return next(h.heat for h in result.heats if h.name == rest)
    name, _, field = rest.rpartition(".")
    if kind == "stream":
        return float(getattr(result.stream(name), field))
    items: tuple[Any, ...] = {"pump": result.pumps, "turbine": result.turbines, "burner": result.burners,
                              "exhaust": result.exhausts}[kind]  # fmt: skip
    return float(getattr(next(i for i in items if i.name == name), field))


def comparisons() -> list[Comparison]:
    """Balances engine by engine, then specific impulse, then closure and speed."""
    if not ENGINES.is_dir():  # an installed wheel carries no examples
        return []
    data = _data()
    rows: list[Comparison] = []
    for engine in data["engines"]:
        rows += _balance_rows(engine, data["sources"])
    return rows + _machine_rows(data) + _isp_rows(data) + _speed_rows()


def _balance_rows(engine: dict[str, Any], sources: dict[str, str]) -> list[Comparison]:
    result, error = None, ""
    try:
        cycle = with_efficiencies(load_engine(engine["file"]), engine.get("efficiencies", {}))
        result = balance(cycle)
    except OseaError as failure:
        error = failure.message
    rows = []
    for name, path, unit, published, *bound in engine["figures"]:
        ours = None if result is None else quantity(result, path) * _SCALE.get(unit, 1.0)
        rows.append(
            Comparison(
                "Engine cycles",
                f"{engine['title']}: {name}",
                unit,
                published,
                sources[engine["source"]],
                "secondary",
                ours=ours,
                tolerance=bound[0] / 100.0 * published if bound else 0.0,
                kind="within" if bound else "shown",
                digits=5,
                note=engine.get("note", ""),
                real="SE-21D" not in engine["title"],  # a study; the others were built and run
                error=error,
            )
        )
    if result is not None:
        rows.append(
            Comparison(
                "Engine cycles", f"{engine['title']}: worst of mass, energy and power balances", "1", 1e-8, "own bound", "read",
                ours=result.worst_balance, kind="at most", digits=2,
            )
        )  # fmt: skip
    return rows


def _machine_rows(data: dict[str, Any]) -> list[Comparison]:
    """Single pumps, of an engine whose balance is not published whole."""
    rows = []
    for name, fluid, inlet, cold, outlet, flow, efficiency, published in data["machines"]:
        before = fluid_state(fluid, pressure=inlet * 1e5, temperature=cold)
        ideal = fluid_state(fluid, pressure=outlet * 1e5, entropy=before.entropy)
        work = (ideal.enthalpy - before.enthalpy) / efficiency
        after = fluid_state(fluid, pressure=outlet * 1e5, enthalpy=before.enthalpy + work)
        ours = {"power": flow * work / 1e3, "temperature": after.temperature}
        (what, value), *_ = published.items()
        unit, kind = ("kW", "within") if what == "power" else ("K", "shown")
        rows.append(
            Comparison(
                "Engine cycles", f"{name}: {what if what == 'power' else 'outlet temperature'}", unit, value,
                data["sources"]["SSO"], "secondary", ours=ours[what], tolerance=0.03 * value, digits=5,
                kind=kind, real=True,
                note="SSME: coolant flows, heat and turbine temperatures are not in the table: single pumps only. The oxygen "
                "pumps' listed outlets are mixed with drive flow.",
            )
        )  # fmt: skip
    return rows


def _isp_rows(data: dict[str, Any]) -> list[Comparison]:
    used = {name for c in loss_defaults().classes for name in c.set_with}
    rows, errors = [], []
    for name, cycle, oxidizer, fuel, ratio, bar, area, published, source in data["isp"]:
        recalled = source == "R"
        ours, error = None, ""
        try:
            ours = typical_isp(name, cycle, oxidizer, fuel, ratio, bar * 1e5, area)
        except OseaError as failure:
            error = failure.message
        if ours is not None and not recalled and name not in used:
            errors.append(abs(ours / published - 1.0) * 100.0)
        rows.append(
            Comparison(
                "Vacuum Isp from five figures",
                f"{name} ({cycle})" + (", used to set a default" if name in used else ", recalled target" if recalled else ""),
                "s", published, data["sources"][source], "recalled" if recalled else "secondary", ours=ours,
                tolerance=_ISP_WORST / 100.0 * published, kind="shown" if name in used else "within", digits=5,
                error=error, real=True,
                note="Propellants, O/F, chamber pressure, area ratio, cycle; default losses of the class, typical machines.",
            )
        )  # fmt: skip
    if errors:
        rows.append(
            Comparison(
                "Vacuum Isp from five figures", f"mean |error| of the {len(errors)} engines neither recalled nor used", "%",
                _ISP_MEAN, "own bound", "read", ours=sum(errors) / len(errors), kind="at most", digits=2,
            )
        )  # fmt: skip
    return rows


def _speed_rows() -> list[Comparison]:
    rows = []
    for file in ("j-2.yaml", "rl10a-3-3a.yaml", "se-21d.yaml"):
        prepared = prepare(load_engine(file))
        system, p = prepared.system, prepared.system.parameters()
        best = 1e9
        for _ in range(5):
            began = time.perf_counter()
            system.newton(system.start, p)
            best = min(best, time.perf_counter() - began)
        rows.append(
            Comparison("Engine cycles", f"{prepared.cycle.name}: one steady solve, cold", "ms", 10.0, "own bound", "read",
                       ours=best * 1e3, kind="at most", digits=2)
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    from .page import lines

    print(lines(comparisons()))
