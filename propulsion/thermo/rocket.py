"""Ideal rocket performance of a mixture, by the Gibbs minimiser or by Cantera: one call, one kind of answer."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from ...core.earth import G0
from ...core.errors import InputError, UndecidedError
from ...core.results import Array, Result, Unit
from ..propellants import Mixture
from .species import GAS_CONSTANT, SpeciesSet, species_of

Mode = Literal["equilibrium", "frozen_chamber", "frozen_throat"]
Solver = Literal["gibbs", "cantera"]
Place = Literal["chamber", "throat", "subsonic", "supersonic"]
MODES: tuple[Mode, ...] = ("equilibrium", "frozen_chamber", "frozen_throat")
SOLVERS: tuple[Solver, ...] = ("gibbs", "cantera")
LOWEST_PRESSURE, HIGHEST_PRESSURE = 1e3, 1e8  # Pa
HIGHEST_AREA_RATIO = 10000.0
TRACE = 5e-6  # mole fractions below this are not reported (CEA's default)


@dataclass(frozen=True, kw_only=True)
class RocketStation(Result):
    """The flow at one cross-section.

    area_ratio: A/A_throat, None in the chamber. gamma_s, mach: of shifting or frozen composition, as the flow is.
    molar_mass: of all species, condensed ones too (CEA's MW); gas_molar_mass: mass of the mixture per amount of gas
    (CEA's M, 1/n). cp_frozen: with the composition held. Isp and thrust coefficient: of a nozzle that ends here; None in
    the chamber.
    """

    station: Place
    area_ratio: float | None
    temperature: Annotated[float, Unit("K")]
    pressure: Annotated[float, Unit("Pa")]
    density: Annotated[float, Unit("kg/m^3")]
    enthalpy: Annotated[float, Unit("J/kg")]
    entropy: Annotated[float, Unit("J/kg/K")]
    gamma_s: float
    cp_frozen: Annotated[float, Unit("J/kg/K")]
    molar_mass: Annotated[float, Unit("kg/mol")]
    gas_molar_mass: Annotated[float, Unit("kg/mol")]
    speed: Annotated[float, Unit("m/s")]
    mach: float
    isp_vacuum: Annotated[float | None, Unit("s")]
    isp_matched: Annotated[float | None, Unit("s")]
    thrust_coefficient_vacuum: float | None
    species: tuple[str, ...]
    mole_fractions: Array


@dataclass(frozen=True, kw_only=True)
class RocketSolution(Result):
    """Ideal performance; ``stations`` in the order of the request.

    c_star: total pressure of the flow at rest over the throat's mass flux. With a finite-area chamber the total pressure
    lies below the injector's, ``injector_pressure``, and ``combustion_end`` is the flow where the contraction begins.
    """

    solver: Solver
    mode: Mode
    propellants: str
    oxidizer_fuel_ratio: float
    c_star: Annotated[float, Unit("m/s")]
    chamber: RocketStation
    throat: RocketStation
    stations: tuple[RocketStation, ...]
    injector_pressure: Annotated[float, Unit("Pa")]
    contraction_ratio: float | None = None
    combustion_end: RocketStation | None = None

    def isp(self, index: int = 0, ambient_pressure: float = 0.0) -> float:
        """Specific impulse [s] of a nozzle that ends at that station, at an ambient pressure [Pa], flowing full."""
        return station_isp(self.stations[index], ambient_pressure)

    def thrust_coefficient(self, index: int = 0, ambient_pressure: float = 0.0) -> float:
        """Thrust over the flow's total pressure and throat area, for a nozzle that ends at that station."""
        return self.isp(index, ambient_pressure) * G0 / self.c_star


def station_isp(station: RocketStation, ambient_pressure: float = 0.0) -> float:
    """Specific impulse [s] of a nozzle that ends at the station, flowing full."""
    assert station.isp_vacuum is not None, "the chamber has none"
    return station.isp_vacuum - ambient_pressure / (station.density * station.speed * G0)


@dataclass(frozen=True)
class Request:
    """The stations asked for besides chamber and throat, in this order: subsonic, supersonic, pressure ratios."""

    area_ratios: tuple[float, ...] = ()
    subsonic_area_ratios: tuple[float, ...] = ()
    pressure_ratios: tuple[float, ...] = ()

    def check(self) -> None:
        """Raises InputError for a ratio out of range."""
        for ratio in (*self.area_ratios, *self.subsonic_area_ratios):
            if not 1.0 <= ratio <= HIGHEST_AREA_RATIO:
                raise InputError(f"area ratio {ratio:g} is outside 1 to {HIGHEST_AREA_RATIO:g} (area over throat area)")
        for ratio in self.subsonic_area_ratios:
            if ratio < 1.0001:
                raise InputError(f"subsonic area ratio {ratio:g}: at least 1.0001; 1 is the throat itself")
        for ratio in self.pressure_ratios:
            if not 1.0 < ratio <= 1e7:
                raise InputError(f"pressure ratio {ratio:g} is outside 1 to 1e7 (chamber over station pressure)")

    def coded(self) -> tuple[np.ndarray, np.ndarray]:
        """Kinds and values as the compiled solver takes them, chamber and throat first."""
        kinds = [0, 1, *[2] * len(self.subsonic_area_ratios), *[3] * len(self.area_ratios)]
        kinds += [4] * len(self.pressure_ratios)
        values = [0.0, 0.0, *self.subsonic_area_ratios, *self.area_ratios, *self.pressure_ratios]
        return np.array(kinds, dtype=np.int64), np.array(values, dtype=float)


def check_pressure(pressure: float) -> None:
    """Raises InputError for a chamber pressure [Pa] out of range."""
    if not LOWEST_PRESSURE <= pressure <= HIGHEST_PRESSURE:
        raise InputError(f"chamber pressure {pressure / 1e5:g} bar is outside 0.01 to 1000 bar")


def solve_rocket(
    mixture: Mixture,
    pressure: float,
    *,
    mode: Mode = "equilibrium",
    area_ratios: tuple[float, ...] = (),
    subsonic_area_ratios: tuple[float, ...] = (),
    pressure_ratios: tuple[float, ...] = (),
    contraction_ratio: float | None = None,
    mass_flux: float | None = None,
    solver: Solver = "gibbs",
) -> RocketSolution:
    """Ideal performance at an injector pressure [Pa] (RP-1311 part I, chapter 6).

    Infinite-area chamber, unless contraction_ratio (chamber over throat area) or mass_flux [kg/(s m²)] of the chamber's
    cross-section is given. pressure_ratios: total pressure over the station's. solver: "gibbs", our minimiser, gases and
    condensed species; "cantera", the reference: gases only, and an error where a condensed product would form.
    Raises InputError for what is out of range, UndecidedError where a state could not be found.
    """
    check_pressure(pressure)
    request = Request(tuple(area_ratios), tuple(subsonic_area_ratios), tuple(pressure_ratios))
    request.check()
    if mode not in MODES:
        raise InputError(f"unknown mode '{mode}'; one of {', '.join(MODES)}")
    if solver not in SOLVERS:
        raise InputError(f"unknown solver '{solver}'; one of {', '.join(SOLVERS)}")

    def solve(total: float, asked: Request) -> RocketSolution:
        if solver == "cantera":
            from .reference import solve_by_cantera

            return solve_by_cantera(mixture, total, mode, asked)
        species = species_of(tuple(symbol for symbol, _ in mixture.atoms))
        atoms = np.array([[amount for _, amount in mixture.atoms]])
        rows, amounts = run(species, atoms, [mixture.enthalpy], [total], mode, asked)
        return solution_of(mixture, mode, asked, species, rows[0], amounts[0])

    if contraction_ratio is None and mass_flux is None:
        return solve(pressure, request)
    from .finite_area import solve_finite_area

    return solve_finite_area(solve, pressure, request, contraction_ratio, mass_flux)


def run(
    species: SpeciesSet,
    atoms: np.ndarray,
    enthalpy: list[float] | np.ndarray,
    pressure: list[float] | np.ndarray,
    mode: Mode,
    request: Request,
    warm: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """The compiled solver on q problems: rows (q, m, columns) and amounts (q, m, species); see ``expansion.rocket``."""
    from . import expansion
    from .state import memory_size, new_state

    kinds, values = request.coded()
    h = np.asarray(enthalpy, dtype=float) / GAS_CONSTANT
    p = np.asarray(pressure, dtype=float) / 1e5
    rows = np.zeros((len(p), len(kinds), expansion.COLUMNS))
    amounts = np.zeros((len(p), len(kinds), len(species.gases) + len(species.phases)))
    b = np.ascontiguousarray(atoms, dtype=float)
    bank = species.bank
    memory = np.zeros((3 + 2 * len(kinds), memory_size(bank)))
    expansion.rocket(bank, b, h, p, MODES.index(mode), kinds, values, warm, new_state(bank), memory, rows, amounts)
    return rows, amounts


_REASONS = {
    1: "no convergence",
    2: "singular equations",
    3: "outside the range of the species data, 200 to 6000 K",
    4: "a condensed product would form where its data end",
}


def solution_of(
    mixture: Mixture, mode: Mode, request: Request, species: SpeciesSet, rows: np.ndarray, amounts: np.ndarray
) -> RocketSolution:
    """A solution from the solver's rows. Raises UndecidedError when a state was not found."""
    kinds, values = request.coded()
    for kind, value, row in zip(kinds, values, rows, strict=True):
        if row[10] != 0.0:
            what = ("chamber", "throat", "subsonic area ratio", "area ratio", "pressure ratio")[kind]
            what += f" {value:g}" if kind > 1 else ""
            raise UndecidedError(
                f"{mixture.label} at O/F {mixture.oxidizer_fuel_ratio:g}, {mode}: {what} not found: "
                f"{_REASONS.get(int(row[10]), 'no convergence')}"
            )
    c_star = rows[0, 0] * 1e5 / (rows[1, 2] * rows[1, 8])
    names = (*species.gases, *species.phases)
    places: list[Place] = ["chamber", "throat"]
    for kind, row in zip(kinds[2:], rows[2:], strict=True):
        subsonic = kind == 2 or (kind == 4 and row[0] > rows[1, 0])
        places.append("subsonic" if subsonic else "supersonic")
    stations = tuple(
        _station(place, row, n, names, c_star) for place, row, n in zip(places, rows, amounts, strict=True)
    )
    return RocketSolution(
        solver="gibbs",
        mode=mode,
        propellants=mixture.label,
        oxidizer_fuel_ratio=mixture.oxidizer_fuel_ratio,
        c_star=c_star,
        chamber=stations[0],
        throat=stations[1],
        stations=stations[2:],
        injector_pressure=rows[0, 0] * 1e5,
    )


def _station(place: Place, row: np.ndarray, n: np.ndarray, names: tuple[str, ...], c_star: float) -> RocketStation:
    pressure, temperature, density, enthalpy, entropy, gamma, cp, moles, speed, area, _, total = (float(v) for v in row)
    pressure *= 1e5
    fractions = n / total
    order = [int(i) for i in np.argsort(-fractions, kind="stable") if fractions[i] > TRACE]
    vacuum = matched = coefficient = None
    if place != "chamber":
        vacuum = (speed + pressure / (density * speed)) / G0
        matched = speed / G0
        coefficient = vacuum * G0 / c_star
    return RocketStation(
        station=place,
        area_ratio=None if place == "chamber" else area,
        temperature=temperature,
        pressure=pressure,
        density=density,
        enthalpy=enthalpy,
        entropy=entropy,
        gamma_s=gamma,
        cp_frozen=cp,
        molar_mass=1e-3 / total,
        gas_molar_mass=1e-3 / moles,
        speed=speed,
        mach=speed / float(np.sqrt(gamma * pressure / density)),
        isp_vacuum=vacuum,
        isp_matched=matched,
        thrust_coefficient_vacuum=coefficient,
        species=tuple(names[i] for i in order),
        mole_fractions=fractions[order],
    )
