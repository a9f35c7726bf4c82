"""Analysis: the hardware of a design point at other chamber pressures, mixture ratio held or let go."""

import time

import numpy as np

from ...core.errors import InputError, UndecidedError
from .balance import Prepared, prepare
from .components import build
from .document import EngineCycle, Pump, Turbine
from .losses import factors, losses_of
from .result import Throttling
from .solve import System
from .start import guess, order


def throttle(
    cycle: EngineCycle,
    controls: tuple[str, ...],
    lowest: float = 0.6,
    points: int = 20,
    prepared: Prepared | None = None,
) -> Throttling:
    """Operating points from full chamber pressure down to *lowest* of it.

    controls: the valves whose resistance is changed: with one, chamber pressure is set and the mixture ratio follows; with
    two, both are set. Resistances, turbine capacities (Stodola), exhaust throats and the main throat are those of the design
    point; pump and turbine characteristics are the estimates of ``turbomachinery``; the jacket's heat goes with pressure^0.8.
    Raises InputError for controls that are not passages, UndecidedError where a point could not be found.
    """
    kinds = {c.name: c.type for c in cycle.components}
    for name in controls:
        if kinds.get(name) not in ("valve", "line", "injector"):
            raise InputError(f"{cycle.name}: '{name}' is not a valve of this engine")
    if not 1 <= len(controls) <= 2:
        raise InputError(f"{cycle.name}: one or two control valves are needed, not {len(controls)}")
    design = prepared or prepare(cycle)
    at_design = design.system.solve()
    reference = design.system.readings(at_design.x)
    network = build(
        cycle, guess(cycle), order(cycle), design.gas, factors(losses_of(cycle)), "analysis", reference, controls
    )
    system = System(network, f"{cycle.name} (throttled)", cycle.where())
    known = dict(zip(design.network.names, at_design.x, strict=True))
    x = np.array([known.get(n, s) for n, s in zip(network.names, system.start, strict=True)])
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
        control_resistance=np.array([column(f"{v}.resistance") / reference[f"{v}.resistance"] for v in controls]),
        sweep_time=seconds,
    )
