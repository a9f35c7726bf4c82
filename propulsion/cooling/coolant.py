"""The coolant: states with transport properties, through the critical region, and what limits it (data with sources)."""

import difflib
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import Field

from ...core.documents import Document, Grade, Module, load_document
from ...core.errors import InputError, UndecidedError
from ...core.quantity import Temperature
from ..fluids.state import NAMES
from ..propellants import DATA, known_propellant

# CoolProp has no RP-1; n-dodecane is the heaviest single component of the usual surrogates (a finding says so).
SURROGATES = {"RP-1": "n-Dodecane"}


class CoolantLimit(Document):
    """One limit of a coolant: coking (of the wetted wall), decomposition (of the wetted wall), bulk."""

    coolant: str
    kind: str = Field(pattern="^(coking|decomposition)$")
    wall_temperature: Temperature
    grade: Grade
    citation: str = Field(min_length=3)


class CoolantLimits(Module, schema="osea/coolant-limits/v1"):
    """The file of limits. unlimited: coolants that neither coke nor decompose."""

    limits: tuple[CoolantLimit, ...]
    unlimited: tuple[str, ...]


@cache
def coolant_limits() -> CoolantLimits:
    """The data file of coolant limits."""
    return load_document(CoolantLimits, DATA / "coolant_limits.yaml")


@dataclass(frozen=True)
class State:
    """A state of the coolant, SI."""

    pressure: float
    temperature: float
    density: float
    enthalpy: float
    entropy: float
    cp: float
    viscosity: float
    conductivity: float
    sound_speed: float

    @property
    def prandtl(self) -> float:
        """Prandtl number."""
        return self.viscosity * self.cp / self.conductivity


class Coolant:
    """A coolant by CoolProp's reference equation of state and transport models; hydrogen is para."""

    def __init__(self, name: str) -> None:
        import CoolProp
        from CoolProp.CoolProp import AbstractState

        propellant = known_propellant(name)
        fluid = propellant.fluid if propellant is not None else name.casefold()
        label = propellant.name if propellant is not None else name
        self.surrogate = SURROGATES.get(label)
        backend = self.surrogate or NAMES.get(fluid or "")
        if backend is None:
            near = difflib.get_close_matches(name, [*NAMES, *SURROGATES], 3, 0.3)
            raise InputError(
                f"{label}: no equation of state with transport properties, so it cannot be marched along a wall; "
                f"coolants: {', '.join(near or [*NAMES, *SURROGATES])}"
            )
        self.name = fluid if fluid in NAMES else label
        self._api: Any = CoolProp
        self._state = AbstractState("HEOS", backend)
        self.critical_pressure = float(self._state.p_critical())
        self.critical_temperature = float(self._state.T_critical())
        self.lowest_temperature = float(self._state.Tmin())
        self.highest_temperature = float(self._state.Tmax())
        self.citation = f"CoolProp {backend}"
        try:
            self.at_temperature(0.5 * self.critical_pressure, 1.3 * self.critical_temperature)
        except UndecidedError:
            raise InputError(
                f"{label}: CoolProp carries no viscosity or conductivity for it; choose another coolant"
            ) from None

    def _read(self, what: str) -> State:
        s = self._state
        try:
            two_phase = s.phase() == self._api.iphase_twophase
            state = State(
                pressure=s.p(),
                temperature=s.T(),
                density=s.rhomass(),
                enthalpy=s.hmass(),
                entropy=s.smass(),
                cp=0.0 if two_phase else s.cpmass(),
                viscosity=0.0 if two_phase else s.viscosity(),
                conductivity=0.0 if two_phase else s.conductivity(),
                sound_speed=0.0 if two_phase else s.speed_sound(),
            )
        except ValueError as error:
            raise UndecidedError(f"{self.name}: no properties at {what}: {error}") from None
        if two_phase:
            raise UndecidedError(
                f"{self.name} boils in bulk at {state.pressure / 1e5:.1f} bar, {state.temperature:.0f} K; the march is "
                "for one phase: raise the pressure or the flow"
            )
        return state

    def at_temperature(self, pressure: float, temperature: float) -> State:
        """At a pressure [Pa] and temperature [K]; above 1.5 times the equation's range: the state there."""
        held = min(temperature, 1.5 * self.highest_temperature)
        try:
            self._state.update(self._api.PT_INPUTS, pressure, held)
        except ValueError as error:
            raise UndecidedError(f"{self.name}: no state at {pressure / 1e5:.2f} bar, {held:.1f} K: {error}") from None
        return self._read(f"{pressure / 1e5:.2f} bar, {held:.1f} K")

    def at_enthalpy(self, pressure: float, enthalpy: float) -> State:
        """At a pressure [Pa] and specific enthalpy [J/kg, CoolProp's datum]."""
        if pressure <= 0.0:
            raise UndecidedError(f"{self.name}: the pressure falls to nothing on the way; widen the passages")
        try:
            self._state.update(self._api.HmassP_INPUTS, enthalpy, pressure)
        except ValueError as error:
            raise UndecidedError(
                f"{self.name}: no state at {pressure / 1e5:.2f} bar and enthalpy {enthalpy:.4g} J/kg: {error}"
            ) from None
        return self._read(f"{pressure / 1e5:.2f} bar")

    def at_entropy(self, enthalpy: float, entropy: float, pressure_guess: float) -> float:
        """Pressure [Pa] of the state with an enthalpy and an entropy: where a flow comes to rest without loss."""
        p = pressure_guess
        for _ in range(60):
            s = self.at_enthalpy(p, enthalpy)
            # at constant enthalpy dp = −ρ T ds
            step = (s.entropy - entropy) * s.density * s.temperature
            step = max(min(step, 0.5 * p), -0.5 * p)
            p += step
            if abs(step) < 1e-9 * p:
                return p
        raise UndecidedError(f"{self.name}: total pressure not found")

    def saturation(self, pressure: float) -> "Saturation | None":
        """Saturated liquid and vapour at a pressure [Pa]; None at and above the critical pressure."""
        if pressure >= self.critical_pressure:
            return None
        s = self._state
        try:
            s.update(self._api.PQ_INPUTS, pressure, 0.0)
            t, liquid, h_liquid, cp = s.T(), s.rhomass(), s.hmass(), s.cpmass()
            tension = s.surface_tension()
            s.update(self._api.PQ_INPUTS, pressure, 1.0)
            return Saturation(t, liquid, s.rhomass(), s.hmass() - h_liquid, cp, tension)
        except ValueError as error:
            raise UndecidedError(f"{self.name}: no saturation at {pressure / 1e5:.2f} bar: {error}") from None

    def pseudo_critical_temperature(self, pressure: float) -> float:
        """Where the heat capacity peaks on the isobar [K]; below the critical pressure the boiling temperature."""
        sat = self.saturation(pressure)
        if sat is not None:
            return sat.temperature
        import numpy as np

        grid = np.linspace(0.9, 2.0, 111) * self.critical_temperature
        heat = [self.at_temperature(pressure, float(t)).cp for t in grid]
        return float(grid[int(np.argmax(heat))])


@dataclass(frozen=True)
class Saturation:
    """Both phases at one pressure, SI."""

    temperature: float
    liquid_density: float
    vapour_density: float
    latent_heat: float
    liquid_cp: float
    surface_tension: float


@cache
def coolant(name: str) -> Coolant:
    """The coolant of that name: a propellant, or a fluid of the library. Raises InputError."""
    return Coolant(name)
