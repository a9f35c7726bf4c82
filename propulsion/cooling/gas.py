"""The hot gas along the wall: equilibrium flow by area ratio, its transport properties, its enthalpy down to the wall."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from ...core.errors import InputError
from ..propellants import Mixture
from ..thermo.rocket import RocketStation, solve_rocket

Transport = Literal["cantera", "bartz"]
_SUBSONIC, _SUPERSONIC = 8, 14  # stations solved; in between monotone cubics
_COVERED = 0.98  # of the moles, by species with transport data
# The wall is colder, but water vapour would condense in an equilibrium; its enthalpy goes on with the heat capacity here.
_COLDEST = 500.0
GAS_CONSTANT = 8.314462618


@dataclass(frozen=True)
class GasAt:
    """The undisturbed gas at one cross-section, SI."""

    area_ratio: float
    temperature: float
    pressure: float
    density: float
    speed: float
    mach: float
    gamma: float
    enthalpy: float


class TransportModel:
    """Viscosity and frozen conductivity of a composition.

    "cantera": kinetic theory, mixture-averaged, with the Lennard-Jones data of Cantera's gri30 (H, C, O, N).
    "bartz": Bartz (1957), eqs. 49 and 50: μ = 46.6e-10 M^0.5 T^0.6 lb/(in s), T in degrees Rankine; Pr = 4γ/(9γ − 5).
    """

    def __init__(self, kind: Transport) -> None:
        self.kind: Transport = kind
        self._gas: Any = None
        if kind == "cantera":
            import cantera as ct

            self._gas = ct.Solution("gri30_highT.yaml")
            self._known = set(self._gas.species_names)

    def covers(self, species: tuple[str, ...], fractions: np.ndarray) -> bool:
        """Whether the model has data for all but 2 % of the moles."""
        if self.kind == "bartz":
            return True
        return sum(float(x) for s, x in zip(species, fractions, strict=True) if s in self._known) >= _COVERED

    def at(self, state: Any) -> tuple[float, float]:
        """(viscosity [Pa s], conductivity [W/(m K)]) of a station or an equilibrium."""
        if self.kind == "bartz":
            return bartz_transport(state.temperature, state.gas_molar_mass, state.cp_frozen)
        parts = {s: float(x) for s, x in zip(state.species, state.mole_fractions, strict=True) if s in self._known}
        self._gas.TPX = state.temperature, state.pressure, parts
        return float(self._gas.viscosity), float(self._gas.thermal_conductivity)


def bartz_transport(temperature: float, molar_mass: float, cp: float) -> tuple[float, float]:
    """Bartz's (1957) estimates of viscosity [Pa s] and conductivity [W/(m K)]; gamma from cp and molar mass, frozen."""
    viscosity = 46.6e-10 * (molar_mass * 1e3) ** 0.5 * (temperature * 1.8) ** 0.6 * 0.45359237 / 0.0254
    gamma = cp / (cp - GAS_CONSTANT / molar_mass)
    prandtl = 4.0 * gamma / (9.0 * gamma - 5.0)
    return viscosity, viscosity * cp / prandtl


@dataclass(frozen=True)
class WallGas:
    """Gas along a wall, of one mixture, total pressure and range of area ratios; made by ``wall_gas``.

    Interpolated in s = ±√ln(A/A_throat), negative ahead of the throat: smooth through the throat.
    """

    mixture: Mixture
    pressure: float
    c_star: float
    stations: tuple[RocketStation, ...]
    transport: TransportModel
    chamber: RocketStation
    _curves: dict[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def places(self) -> np.ndarray:
        """s of the stations."""
        return np.array([_place(st) for st in self.stations])

    @cached_property
    def stagnation(self) -> tuple[float, float, float]:
        """Viscosity [Pa s], frozen heat capacity [J/(kg K)] and Prandtl number at rest in the chamber."""
        assert self.chamber.cp_frozen is not None
        viscosity, conductivity = self.transport.at(self.chamber)
        return viscosity, self.chamber.cp_frozen, viscosity * self.chamber.cp_frozen / conductivity

    def _curve(self, name: str) -> Any:
        if name not in self._curves:
            from scipy.interpolate import PchipInterpolator

            y = [np.log(st.pressure) if name == "ln_p" else getattr(st, name) for st in self.stations]
            self._curves[name] = PchipInterpolator(self.places, y)
        return self._curves[name]

    def at(self, area_ratio: float, supersonic: bool) -> GasAt:
        """The gas at an area ratio. Raises InputError beyond the solved range."""
        s = float(np.sqrt(np.log(max(area_ratio, 1.0)))) * (1.0 if supersonic else -1.0)
        low, high = self.places[0], self.places[-1]
        if not low - 1e-9 <= s <= high + 1e-9:
            raise InputError(f"area ratio {area_ratio:g} is outside the range that the gas was solved for")
        s = min(max(s, low), high)
        c = {
            n: float(self._curve(n)(s))
            for n in ("temperature", "ln_p", "gas_molar_mass", "speed", "gamma_s", "enthalpy")
        }
        p = float(np.exp(c["ln_p"]))
        density = p * c["gas_molar_mass"] / (GAS_CONSTANT * c["temperature"])
        mach = c["speed"] / float(np.sqrt(c["gamma_s"] * p / density))
        return GasAt(area_ratio, c["temperature"], p, density, c["speed"], mach, c["gamma_s"], c["enthalpy"])

    @cached_property
    def layer(self) -> "BoundaryTable":
        """Properties across the boundary layer at every station."""
        return BoundaryTable(self)


class BoundaryTable:
    """Enthalpy and properties of the mixture in equilibrium at the station's pressure, from wall to free stream."""

    def __init__(self, gas: WallGas) -> None:
        from ..thermo.states import solve_state

        self.temperatures = np.unique(
            np.append(np.arange(_COLDEST, gas.chamber.temperature, 125.0), gas.chamber.temperature)
        )
        shape = (len(gas.stations), len(self.temperatures))
        self.enthalpy, self.density = np.zeros(shape), np.zeros(shape)
        self.viscosity, self.prandtl, self.cp = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for i, station in enumerate(gas.stations):
            for j, t in enumerate(self.temperatures):
                state = solve_state(gas.mixture, station.pressure, temperature=float(t))
                viscosity, conductivity = gas.transport.at(state)
                self.enthalpy[i, j], self.density[i, j] = state.enthalpy, state.density / station.pressure
                self.viscosity[i, j], self.cp[i, j] = viscosity, state.cp_frozen
                self.prandtl[i, j] = viscosity * state.cp_frozen / conductivity
        self.places = gas.places

    def row(self, place: float) -> tuple[np.ndarray, ...]:
        """Enthalpy, density over pressure, viscosity, Prandtl number, heat capacity against temperature at a place."""
        k = int(np.clip(np.searchsorted(self.places, place) - 1, 0, len(self.places) - 2))
        w = float(np.clip((place - self.places[k]) / (self.places[k + 1] - self.places[k]), 0.0, 1.0))
        tables = (self.enthalpy, self.density, self.viscosity, self.prandtl, self.cp)
        return tuple((1.0 - w) * t[k] + w * t[k + 1] for t in tables)


def _place(station: RocketStation) -> float:
    if station.station == "throat" or station.area_ratio is None:
        return 0.0
    s = float(np.sqrt(np.log(max(station.area_ratio, 1.0))))
    return -s if station.station == "subsonic" else s


def wall_gas(
    mixture: Mixture, pressure: float, contraction: float, expansion: float, transport: Transport = "cantera"
) -> WallGas:
    """The gas from a contraction ratio through the throat to an expansion ratio, at a total pressure [Pa].

    Shifting equilibrium. Raises InputError where no transport data cover the gas, UndecidedError where no state is found.
    """
    if contraction < 1.0005 or expansion < 1.0005:
        raise InputError("the wall must reach from a chamber (contraction above 1) to a nozzle (expansion above 1)")
    root = [float(np.sqrt(np.log(a))) for a in (contraction * 1.0001, expansion * 1.0001)]
    sub = np.exp((root[0] * np.linspace(1.0, 1.0 / _SUBSONIC, _SUBSONIC)) ** 2)
    sup = np.exp((root[1] * np.linspace(1.0 / _SUPERSONIC, 1.0, _SUPERSONIC)) ** 2)
    sub, sup = np.maximum(sub, 1.0002), np.maximum(sup, 1.0002)
    solution = solve_rocket(
        mixture,
        pressure,
        area_ratios=tuple(float(a) for a in sup),
        subsonic_area_ratios=tuple(float(a) for a in sub),
    )
    n = len(sub)
    stations = (*solution.stations[:n], solution.throat, *solution.stations[n:])
    model = TransportModel(transport)
    if not model.covers(solution.chamber.species, solution.chamber.mole_fractions):
        raise InputError(
            f"{mixture.label}: no kinetic transport data for this gas (only H, C, O, N); set transport: bartz"
        )
    return WallGas(mixture, pressure, solution.c_star, stations, model, solution.chamber)
