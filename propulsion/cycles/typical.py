"""An engine of which only propellants, mixture ratio, pressure, area ratio and cycle are known: typical figures for the rest."""

from ...core.errors import InputError
from ..engine import OPEN_CYCLES
from ..propellants import find_propellant
from .balance import balance
from .chamber import chamber_gas
from .document import EngineCycle
from .losses import factors, loss_class

# Estimates, of the order of published engines of the class (none is fitted to one).
_PUMP_EFFICIENCY = 0.70
_TURBINE_EFFICIENCY = 0.55
_TURBINE_RATIO = 16.0
_INJECTOR_DROP = 0.20  # of chamber pressure
_JACKET_DROP = 0.30
_GENERATOR_PRESSURE = 0.9
_GENERATOR_RATIO = {"fuel-rich hydrogen": 0.90, "fuel-rich kerosene": 0.33}
_EXHAUST_AREA_RATIO = 4.0
_TANK_TEMPERATURE = {"H2(L)": 21.0, "O2(L)": 91.0}


def typical_gas_generator(
    name: str, oxidizer: str, fuel: str, ratio: float, pressure: float, area_ratio: float, thrust: float = 1e6
) -> EngineCycle:
    """A gas-generator engine with typical figures, one turbine and one shaft. Raises InputError for other fuels."""
    gas = {"H2(L)": "fuel-rich hydrogen", "RP-1": "fuel-rich kerosene"}.get(find_propellant(fuel).name)
    if gas is None:
        raise InputError(f"no model of a gas generator's fuel-rich gas for {fuel}")

    def tank(label: str, propellant: str) -> dict:
        temperature = _TANK_TEMPERATURE.get(find_propellant(propellant).name, 290.0)
        return {"type": "tank", "name": label, "propellant": propellant, "pressure": 3e5, "temperature": temperature}

    generator = {"type": "burner", "name": "gas generator", "gas": gas, "pressure": _GENERATOR_PRESSURE * pressure,
                 "oxidizer_fuel_ratio": _GENERATOR_RATIO[gas]}  # fmt: skip
    components = [
        tank("fuel tank", fuel),
        tank("oxygen tank", oxidizer),
        {"type": "pump", "name": "fuel pump", "shaft": "shaft", "efficiency": _PUMP_EFFICIENCY},
        {"type": "pump", "name": "oxygen pump", "shaft": "shaft", "efficiency": _PUMP_EFFICIENCY},
        {"type": "shaft", "name": "shaft"},
        {"type": "split", "name": "fuel split", "branches": [{"to": "GG fuel valve"}]},
        {"type": "split", "name": "oxygen split", "branches": [{"to": "GG oxygen valve"}]},
        {"type": "jacket", "name": "jacket", "pressure_drop": (_JACKET_DROP + _INJECTOR_DROP) * pressure},
        {"type": "injector", "name": "oxygen injector", "pressure_drop": _INJECTOR_DROP * pressure},
        {"type": "valve", "name": "GG fuel valve"},
        {"type": "valve", "name": "GG oxygen valve"},
        generator,
        {"type": "turbine", "name": "turbine", "shaft": "shaft", "efficiency": _TURBINE_EFFICIENCY,
         "pressure_ratio": _TURBINE_RATIO},
        {"type": "exhaust", "name": "turbine exhaust", "area_ratio": _EXHAUST_AREA_RATIO},
        {"type": "chamber", "name": "thrust chamber"},
    ]  # fmt: skip
    flows = (
        ("fuel tank", "fuel pump", "fuel split", "jacket", "thrust chamber"),
        ("oxygen tank", "oxygen pump", "oxygen split", "oxygen injector", "thrust chamber"),
        ("fuel split", "GG fuel valve", "gas generator"),
        ("oxygen split", "GG oxygen valve", "gas generator"),
        ("gas generator", "turbine", "turbine exhaust"),
    )
    return EngineCycle.model_validate(
        {
            "name": name, "cycle": "gas generator", "oxidizer": oxidizer, "fuel": fuel, "oxidizer_fuel_ratio": ratio,
            "chamber_pressure": pressure, "area_ratio": area_ratio, "thrust_vacuum": thrust,
            "components": components, "flows": flows,
        }
    )  # fmt: skip


def typical_isp(
    name: str, cycle: str, oxidizer: str, fuel: str, ratio: float, pressure: float, area_ratio: float
) -> float:
    """Vacuum specific impulse [s] from propellants, O/F, chamber pressure [Pa], area ratio and cycle alone.

    Closed cycles: what heat and pump work give the chamber they took from it, so the propellants enter as in the tank.
    Raises InputError for an open cycle without a typical network (expander bleed, tap-off).
    """
    if cycle == "gas generator":
        return balance(typical_gas_generator(name, oxidizer, fuel, ratio, pressure, area_ratio)).isp_vacuum
    if cycle in OPEN_CYCLES:
        raise InputError(f"{name}: no typical network for a {cycle} engine; write its own")
    gas = chamber_gas(oxidizer, fuel, ratio, pressure, area_ratio)
    cold = (ratio * gas.assigned_oxidizer + gas.assigned_fuel) / (1.0 + ratio)
    c_star, nozzle = factors(loss_class(fuel, cycle).losses)
    return float(gas.isp(ratio, pressure, cold)) * c_star * nozzle
