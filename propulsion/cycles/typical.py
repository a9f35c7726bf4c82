"""An engine of which only propellants, mixture ratio, pressure, area ratio and cycle are known: typical figures for the rest."""

from ...core.errors import InputError
from ..engine import OPEN_CYCLES
from ..propellants import find_propellant
from .balance import balance
from .chamber import chamber_gas
from .document import EngineCycle
from .gases import gases_of
from .losses import factors, loss_class

# Estimates, of the order of published engines of the class (none is fitted to one).
_PUMP_EFFICIENCY = 0.70
_TURBINE_EFFICIENCY = 0.55
_TURBINE_RATIO = 16.0
_INJECTOR_DROP = 0.20  # of chamber pressure
_JACKET_DROP = 0.30
_GENERATOR_PRESSURE = 0.9
_GENERATOR_RATIO = {"fuel-rich hydrogen": 0.90, "fuel-rich kerosene": 0.33, "fuel-rich methane": 0.30,
                    "fuel-rich storable": 0.10}  # fmt: skip
_BLEED_TEMPERATURE = 450.0  # K, of hydrogen out of the jacket; SE-21D and LE-5B: 506 K and 409 K
_JACKET_SHARE = 0.2  # of the fuel that an expander bleed engine sends there
_EXHAUST_AREA_RATIO = 4.0
_TANK_TEMPERATURE = {"H2(L)": 21.0, "O2(L)": 91.0, "CH4(L)": 112.0}


def typical_open_cycle(
    name: str, cycle: str, oxidizer: str, fuel: str, ratio: float, pressure: float, area_ratio: float, thrust: float = 1e6
) -> EngineCycle:  # fmt: skip
    """A gas-generator, tap-off or expander-bleed engine with typical figures, one turbine and one shaft.

    Raises InputError for a fuel whose gas has no model.
    """
    fitting = [g for g in gases_of(oxidizer, fuel) if g in _GENERATOR_RATIO]
    gas = fitting[0] if fitting else None
    if gas is None or (cycle == "expander bleed" and gas != "fuel-rich hydrogen"):
        raise InputError(f"no model of a gas generator's fuel-rich gas for {fuel}")

    def tank(label: str, propellant: str) -> dict:
        temperature = _TANK_TEMPERATURE.get(find_propellant(propellant).name, 290.0)
        return {"type": "tank", "name": label, "propellant": propellant, "pressure": 3e5, "temperature": temperature}

    components = [
        tank("fuel tank", fuel),
        tank("oxygen tank", oxidizer),
        {"type": "pump", "name": "fuel pump", "shaft": "shaft", "efficiency": _PUMP_EFFICIENCY},
        {"type": "pump", "name": "oxygen pump", "shaft": "shaft", "efficiency": _PUMP_EFFICIENCY},
        {"type": "shaft", "name": "shaft"},
        {"type": "injector", "name": "oxygen injector", "pressure_drop": _INJECTOR_DROP * pressure},
        {"type": "turbine", "name": "turbine", "shaft": "shaft", "efficiency": _TURBINE_EFFICIENCY,
         "pressure_ratio": _TURBINE_RATIO},
        {"type": "exhaust", "name": "turbine exhaust", "area_ratio": _EXHAUST_AREA_RATIO},
        {"type": "chamber", "name": "thrust chamber"},
    ]  # fmt: skip
    driven = {"gas generator": _generator, "tap-off": _tap, "expander bleed": _bleed}[cycle]
    more, flows = driven(gas, pressure)
    return EngineCycle.model_validate(
        {
            "name": name, "cycle": cycle, "oxidizer": oxidizer, "fuel": fuel, "oxidizer_fuel_ratio": ratio,
            "chamber_pressure": pressure, "area_ratio": area_ratio, "thrust_vacuum": thrust,
            "components": components + more, "flows": flows,
        }
    )  # fmt: skip


def typical_gas_generator(
    name: str, oxidizer: str, fuel: str, ratio: float, pressure: float, area_ratio: float, thrust: float = 1e6
) -> EngineCycle:
    """``typical_open_cycle`` of a gas generator."""
    return typical_open_cycle(name, "gas generator", oxidizer, fuel, ratio, pressure, area_ratio, thrust)


_Parts = tuple[list[dict], tuple[tuple[str, ...], ...]]
_OXYGEN = ("oxygen tank", "oxygen pump", "oxygen injector", "thrust chamber")


def _jacket(pressure: float) -> dict:
    return {"type": "jacket", "name": "jacket", "pressure_drop": (_JACKET_DROP + _INJECTOR_DROP) * pressure}


def _generator(gas: str, pressure: float) -> _Parts:
    parts = [
        {"type": "split", "name": "fuel split", "branches": [{"to": "GG fuel valve"}]},
        {"type": "split", "name": "oxygen split", "branches": [{"to": "GG oxygen valve"}]},
        _jacket(pressure),
        {"type": "valve", "name": "GG fuel valve"},
        {"type": "valve", "name": "GG oxygen valve"},
        {"type": "burner", "name": "gas generator", "gas": gas, "pressure": _GENERATOR_PRESSURE * pressure,
         "oxidizer_fuel_ratio": _GENERATOR_RATIO[gas]},
    ]  # fmt: skip
    flows = (
        ("fuel tank", "fuel pump", "fuel split", "jacket", "thrust chamber"),
        ("oxygen tank", "oxygen pump", "oxygen split", "oxygen injector", "thrust chamber"),
        ("fuel split", "GG fuel valve", "gas generator"),
        ("oxygen split", "GG oxygen valve", "gas generator"),
        ("gas generator", "turbine", "turbine exhaust"),
    )
    return parts, flows


def _tap(gas: str, pressure: float) -> _Parts:
    parts = [
        _jacket(pressure),
        {"type": "tap", "name": "tap", "gas": gas, "oxidizer_fuel_ratio": _GENERATOR_RATIO[gas]},
    ]
    flows = (("fuel tank", "fuel pump", "jacket", "thrust chamber"), _OXYGEN, ("tap", "turbine", "turbine exhaust"))
    return parts, flows


def _bleed(gas: str, pressure: float) -> _Parts:
    parts = [
        {"type": "split", "name": "fuel split", "branches": [{"to": "jacket", "fraction": _JACKET_SHARE}]},
        {"type": "jacket", "name": "jacket", "pressure_drop": _JACKET_DROP * pressure,
         "outlet_temperature": _BLEED_TEMPERATURE},
        {"type": "split", "name": "bleed split", "branches": [{"to": "turbine"}]},
        {"type": "valve", "name": "fuel valve"},
        {"type": "mixer", "name": "fuel mixer"},
        {"type": "injector", "name": "fuel injector", "pressure_drop": _INJECTOR_DROP * pressure},
    ]  # fmt: skip
    flows = (
        ("fuel tank", "fuel pump", "fuel split", "fuel valve", "fuel mixer", "fuel injector", "thrust chamber"),
        ("fuel split", "jacket", "bleed split", "fuel mixer"),
        ("bleed split", "turbine", "turbine exhaust"),
        _OXYGEN,
    )
    return parts, flows


def typical_isp(
    name: str, cycle: str, oxidizer: str, fuel: str, ratio: float, pressure: float, area_ratio: float
) -> float:
    """Vacuum specific impulse [s] from propellants, O/F, chamber pressure [Pa], area ratio and cycle alone.

    Closed cycles: what heat and pump work give the chamber they took from it, so the propellants enter as in the tank.
    Raises InputError for an open cycle with a fuel whose gas has no model.
    """
    if cycle in OPEN_CYCLES:
        return balance(typical_open_cycle(name, cycle, oxidizer, fuel, ratio, pressure, area_ratio)).isp_vacuum
    gas = chamber_gas(oxidizer, fuel, ratio, pressure, area_ratio)
    cold = (ratio * gas.assigned_oxidizer + gas.assigned_fuel) / (1.0 + ratio)
    c_star, nozzle = factors(loss_class(fuel, cycle).losses)
    return float(gas.isp(ratio, pressure, cold)) * c_star * nozzle
