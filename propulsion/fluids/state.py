"""States of real fluids by CoolProp, frozen: from pressure and temperature, enthalpy or entropy."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from ...core.errors import InputError
from ...core.results import Result, Unit

# Hydrogen in tanks is para: normal hydrogen is 13 % off in a jacket from 30 K to 210 K.
NAMES = {
    "hydrogen": "ParaHydrogen",
    "oxygen": "Oxygen",
    "methane": "Methane",
    "propane": "n-Propane",
    "ethanol": "Ethanol",
    "ammonia": "Ammonia",
    "nitrous oxide": "NitrousOxide",
    "nitrogen": "Nitrogen",
    "helium": "Helium",
    "water": "Water",
}


@dataclass(frozen=True, kw_only=True)
class FluidState(Result):
    """One state of a pure fluid. Enthalpy and entropy on CoolProp's datum; phase in CoolProp's words."""

    fluid: str
    pressure: Annotated[float, Unit("Pa")]
    temperature: Annotated[float, Unit("K")]
    density: Annotated[float, Unit("kg/m^3")]
    enthalpy: Annotated[float, Unit("J/kg")]
    entropy: Annotated[float, Unit("J/kg/K")]
    cp: Annotated[float | None, Unit("J/kg/K")]
    sound_speed: Annotated[float | None, Unit("m/s")]
    phase: str


@lru_cache(maxsize=32)
def _backend(name: str) -> Any:
    from CoolProp import CoolProp

    return CoolProp.AbstractState("HEOS", name)


@dataclass(frozen=True)
class _Limits:
    """Where an equation of state holds, of whatever terms it is made."""

    temperature_range: tuple[float, float]
    highest_pressure: float
    critical_temperature: float
    citation: str


@lru_cache(maxsize=32)
def _limits(name: str) -> _Limits:
    from CoolProp import CoolProp

    data = json.loads(CoolProp.get_fluid_param_string(name, "JSON"))[0]
    eos = data["EOS"][0]
    return _Limits(
        temperature_range=(eos["Ttriple"], eos["T_max"]),
        highest_pressure=eos["p_max"],
        critical_temperature=data["STATES"]["critical"]["T"],
        citation=f"{name}: {eos['BibTeX_EOS']}, coefficients as in CoolProp",
    )


def fluid_state(
    fluid: str,
    *,
    pressure: float,
    temperature: float | None = None,
    enthalpy: float | None = None,
    entropy: float | None = None,
) -> FluidState:
    """The state at a pressure [Pa] and one of temperature [K], enthalpy [J/kg], entropy [J/(kg K)].

    Raises InputError for an unknown fluid and for a state outside the range of its equation of state.
    """
    import CoolProp

    if fluid not in NAMES:
        raise InputError(f"unknown fluid '{fluid}'; known: {', '.join(NAMES)}")
    pairs = {"temperature": temperature, "enthalpy": enthalpy, "entropy": entropy}
    given = {key: value for key, value in pairs.items() if value is not None}
    if len(given) != 1:
        raise InputError("a state needs the pressure and one of temperature, enthalpy, entropy")
    eos, state = _limits(NAMES[fluid]), _backend(NAMES[fluid])
    if not 0.0 < pressure <= eos.highest_pressure:
        raise InputError(f"{fluid}: {pressure / 1e5:g} bar is outside 0 to {eos.highest_pressure / 1e5:g} bar")
    low, high = eos.temperature_range
    if temperature is not None and not low <= temperature <= high:
        raise InputError(f"{fluid}: {temperature:g} K is outside {low:g} to {high:g} K, the range of {eos.citation}")
    (kind, value), *_ = given.items()
    try:
        if kind == "temperature":
            state.update(CoolProp.PT_INPUTS, pressure, value)
        elif kind == "enthalpy":
            state.update(CoolProp.HmassP_INPUTS, value, pressure)
        else:
            state.update(CoolProp.PSmass_INPUTS, pressure, value)
    except ValueError as error:
        raise InputError(
            f"{fluid} at {pressure / 1e5:g} bar and {kind} {value:g}: {str(error).split(':')[0]}"
        ) from None
    two_phase = state.phase() == CoolProp.iphase_twophase
    return FluidState(
        fluid=fluid,
        pressure=pressure,
        temperature=state.T(),
        density=state.rhomass(),
        enthalpy=state.hmass(),
        entropy=state.smass(),
        cp=None if two_phase else state.cpmass(),
        sound_speed=None if two_phase else state.speed_sound(),
        phase="two-phase" if two_phase else _PHASES.get(state.phase(), "fluid"),
        sources=(eos.citation,),
    )


# CoolProp's enumeration of phases
_PHASES = {0: "liquid", 1: "supercritical", 2: "supercritical gas", 3: "supercritical liquid", 5: "gas"}


def saturation_pressure(fluid: str, temperature: float) -> float | None:
    """Vapour pressure [Pa]; None above the critical temperature. Raises InputError below the triple point."""
    import CoolProp

    eos, state = _limits(NAMES[fluid]), _backend(NAMES[fluid])
    if temperature >= eos.critical_temperature:
        return None
    if temperature < eos.temperature_range[0]:
        raise InputError(f"{fluid}: {temperature:g} K is below the triple point {eos.temperature_range[0]:g} K")
    state.update(CoolProp.QT_INPUTS, 0.0, temperature)
    return float(state.p())


def spray_properties(fluid: str, pressure: float, temperature: float) -> tuple[float | None, float | None]:
    """(surface tension [N/m], viscosity [Pa s]) of a fluid by CoolProp; None for what it does not carry.

    There is a surface only below the critical pressure and temperature.
    """
    import CoolProp

    eos, state = _limits(NAMES[fluid]), _backend(NAMES[fluid])
    tension = viscosity = None
    try:
        state.update(CoolProp.PT_INPUTS, pressure, temperature)
        viscosity = float(state.viscosity())
        if temperature < eos.critical_temperature and pressure < state.p_critical():
            state.update(CoolProp.QT_INPUTS, 0.0, temperature)
            tension = float(state.surface_tension())
    except ValueError:
        pass
    return tension, viscosity
