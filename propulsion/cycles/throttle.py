"""Analysis: the hardware of a design point at other chamber pressures, mixture ratio held or let go."""

import time
from collections.abc import Callable

import numpy as np

from ...core.errors import InputError, UndecidedError
from .balance import Prepared
from .document import EngineCycle
from .elements import Pump, Turbine
from .operate import hardware
from .result import Throttling


def _setting(cycle: EngineCycle) -> Callable[[str], str]:
    """What is read of a control: the resistance of a valve, the power of a motor."""
    motors = {c.name for c in cycle.components if c.type == "motor"}
    return lambda name: f"{name}.power" if name in motors else f"{name}.resistance"


def throttle(
    cycle: EngineCycle,
    controls: tuple[str, ...],
    lowest: float = 0.6,
    points: int = 20,
    prepared: Prepared | None = None,
) -> Throttling:
    """Operating points from full chamber pressure down to *lowest* of it.

    controls: the valves whose resistance (or motors whose power) is changed: with one, chamber pressure is set and the
    mixture ratio follows; with two, both are set. Resistances, turbine capacities (Stodola), exhaust throats and the main
    throat are those of the design point; pump and turbine characteristics are the document's maps, else the estimates of
    ``turbomachinery``; the jacket's heat goes with pressure^0.8.
    Raises InputError for controls that are not passages, UndecidedError where a point could not be found.
    """
    if not 1 <= len(controls) <= 2:
        raise InputError(f"{cycle.name}: one or two control valves are needed, not {len(controls)}")
    built = hardware(cycle, controls, prepared)
    system, reference, x = built.system, built.reference, built.start
    full = cycle.chamber_pressure
    rows = []
    levels = np.linspace(1.0, lowest, points)
    previous = x
    began = time.perf_counter()
    for k, level in enumerate(levels):
        changes = {"chamber_pressure": level * full}
        # a straight line through the last two points is a better start than the last one
        start = x if k < 2 else 2.0 * x - previous
        found = system.newton(start, system.parameters(changes))
        if found is None:
            raise UndecidedError(f"{cycle.name}: no operating point found at {level:.0%} of the chamber pressure")
        previous, x = x, found.x
        rows.append(system.readings(x, changes))
    seconds = time.perf_counter() - began
    rows = rows[::-1]
    turbines = [c.name for c in cycle.components if c.type == "turbine"]
    shafts = tuple(dict.fromkeys(c.shaft for c in cycle.components if isinstance(c, Pump | Turbine)))
    hottest = [max((r.get(f"{t}.inlet_temperature", 0.0) for t in turbines), default=0.0) for r in rows]

    def column(key: str) -> np.ndarray:
        return np.array([r[key] for r in rows])

    return Throttling(
        input_hash=cycle.content_hash(),
        throttle=levels[::-1],
        thrust_vacuum=column("engine.thrust_vacuum"),
        mass_flow=column("engine.mass_flow"),
        isp_vacuum=column("engine.isp_vacuum"),
        oxidizer_fuel_ratio=column("engine.oxidizer_fuel_ratio"),
        turbine_inlet_temperature=np.array(hottest),
        shafts=shafts,
        speed_ratio=np.array([column(f"{s}.speed_ratio") for s in shafts]),
        controls=controls,
        control_resistance=np.array([column(k) / reference[k] for k in map(_setting(cycle), controls)]),
        sweep_time=seconds,
    )
