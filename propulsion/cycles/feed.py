"""A pressure-fed engine over its burn: tank pressures, thrust and mixture ratio against time, and the gas that it takes.

Blow-down: p Vⁿ of the ullage is constant, V grows by the propellant that has left (Sutton and Biblarz 2017, section 6.4).
Regulated: the tank holds its pressure; the gas comes from a bottle that empties down to it, p Vⁿ again
(the same, section 6.4: m = (p V / R T₀) n / (1 − p/p₀), n = gamma there).
"""

from typing import Any

import numpy as np

from ...core.errors import InputError, UndecidedError
from .document import EngineCycle
from .operate import Hardware, hardware, solve_at
from .result import PressureFeed, TankFeed

_GAS_CONSTANT = {"helium": 2077.1, "nitrogen": 296.8}  # J/(kg K)
_POINTS = 25
_LOWEST = 0.02  # of the design chamber pressure: below it the engine is taken for out


def pressure_feed(cycle: EngineCycle, points: int = _POINTS, built: Hardware | None = None) -> PressureFeed:
    """The burn of a pressure-fed engine until its first tank is empty, in equal steps of time (Heun's rule, one probe).

    Raises InputError where no tank says how it is pressurized, or where pumps feed the engine.
    """
    tanks: list[Any] = [c for c in cycle.components if c.type == "tank" and c.pressurization is not None]
    if not tanks:
        raise InputError(f"{cycle.name}: no tank has a pressurization", where=cycle.where("components"))
    if len(tanks) < sum(c.type == "tank" for c in cycle.components):
        raise InputError(f"{cycle.name}: give the pressurization of every tank, or of none", where=tanks[0].where())
    built = built or hardware(cycle)
    medium = {s.source: s.medium for s in built.prepared.network.streams}
    density = {t.name: medium[t.name].guess_density(t.pressure, t.temperature) for t in tanks}
    x = built.start

    def rates(mass: np.ndarray) -> tuple[np.ndarray, dict[str, float]]:
        nonlocal x
        changes = {f"{t.name}.pressure": _pressure(t, m, density[t.name]) for t, m in zip(tanks, mass, strict=True)}
        x = solve_at(built, changes, x).x
        r = built.system.readings(x, changes)
        return np.array([r[f"{t.name}.flow"] for t in tanks]), r

    full = np.array([t.pressurization.propellant_mass for t in tanks])
    mass, time, rows, masses = full.copy(), 0.0, [], [full.copy()]
    flow, reading = rates(mass)
    step = float(np.min(mass / flow)) / (points - 1)
    rows.append((time, reading))
    while True:
        guess = np.maximum(mass - step * flow, 0.0)
        ahead, _ = rates(guess)
        mean = 0.5 * (flow + ahead)
        last = float(np.min(mass / mean))
        taken = min(step, last)
        mass, time = np.maximum(mass - taken * mean, 0.0), time + taken
        flow, reading = rates(mass)
        rows.append((time, reading))
        masses.append(mass.copy())
        if last <= step * (1.0 + 1e-9):
            break
        if reading["chamber.pressure"] < _LOWEST * cycle.chamber_pressure or len(rows) > 20 * points:
            raise UndecidedError(f"{cycle.name}: the chamber pressure runs out before the tanks do, at {time:.0f} s")
    times, mass_table = np.array([t for t, _ in rows]), np.array(masses).T

    def column(key: str) -> np.ndarray:
        return np.array([r[key] for _, r in rows])

    thrust = column("engine.thrust_vacuum")
    return PressureFeed(
        input_hash=cycle.content_hash(),
        time=times,
        thrust_vacuum=thrust,
        chamber_pressure=column("chamber.pressure"),
        mass_flow=column("engine.mass_flow"),
        isp_vacuum=column("engine.isp_vacuum"),
        oxidizer_fuel_ratio=column("engine.oxidizer_fuel_ratio"),
        total_impulse=float(np.trapezoid(thrust, times)),
        emptied=tanks[int(np.argmin(mass / full))].name,
        tanks=tuple(_tank(t, m, density[t.name]) for t, m in zip(tanks, mass_table, strict=True)),
    )


def _pressure(tank: Any, mass: float, density: float) -> float:
    store = tank.pressurization
    if store.mode == "regulated":
        return tank.pressure
    ullage = store.ullage + (store.propellant_mass - mass) / density
    return tank.pressure * (store.ullage / ullage) ** store.polytropic_exponent


def _tank(tank: Any, mass: np.ndarray, density: float) -> TankFeed:
    store, n = tank.pressurization, tank.pressurization.polytropic_exponent
    gas = _GAS_CONSTANT[store.gas]
    if store.mode == "blow-down":
        pressurant, bottle = tank.pressure * store.ullage / (gas * tank.temperature), None
    else:
        if store.bottle_pressure <= tank.pressure:
            raise InputError(
                f"{tank.name}: the bottle ({store.bottle_pressure / 1e5:g} bar) must stand above the tank "
                f"({tank.pressure / 1e5:g} bar)",
                where=tank.where("pressurization"),
            )
        emptied = (store.ullage or 0.0) + store.propellant_mass / density
        share = tank.pressure / store.bottle_pressure
        pressurant = tank.pressure * emptied / (gas * store.bottle_temperature) * n / (1.0 - share)
        bottle = pressurant * gas * store.bottle_temperature / store.bottle_pressure
    return TankFeed(
        tank=tank.name, mode=store.mode,
        pressure=np.array([_pressure(tank, float(m), density) for m in mass]), propellant_mass=mass,
        pressurant_mass=float(pressurant), bottle_volume=bottle,
    )  # fmt: skip
