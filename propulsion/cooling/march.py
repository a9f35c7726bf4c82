"""The march along a circuit: at every step the wall's balance, then the coolant's energy and momentum."""

from dataclasses import dataclass

import numpy as np

from ...core.errors import InputError, UndecidedError
from .contour import Wall
from .coolant import Coolant, State, coolant
from .coolant_side import friction_factor, nusselt_at_bulk, property_factor
from .document import Channels, Circuit, Duct, Layer
from .gas import GasAt, WallGas
from .hot_side import GasSideModel
from .passages import Passages, Section
from .result import CircuitResult, FilmResult
from .structure import floor_bending_stress, jacket_hoop_stress, thermal_stress, tube_hoop_stress
from .wall import at, conduction, wall_material

STEPS = 240
_OPENS, _LEAVES = 1.0, 0.5  # of a line's dynamic head: see Duct
_COVERING = 1e-5  # m: a layer thinner than this does not fill the valleys between tubes


@dataclass(frozen=True)
class Local:
    """The wall's balance at one place."""

    adiabatic: float
    flux: float
    gas_coefficient: float
    hot: float
    cold: float
    coefficient: float
    reynolds: float
    friction: float
    per_length: float  # W/m along the wall, all passages of the circuit


@dataclass(frozen=True)
class Surroundings:
    """What all circuits share."""

    wall: Wall
    passage_wall: Wall  # the contour behind the layers
    gas: WallGas
    model: GasSideModel
    layers: tuple[Layer, ...]
    film: FilmResult | None

    def gas_at(self, x: float) -> GasAt:
        """The gas beside x."""
        return self.gas.at(self.wall.area_ratio(x), x > self.wall.throat_x)

    def adiabatic(self, x: float, place: GasAt) -> float:
        """Adiabatic wall temperature [K], the film's share taken off."""
        aw = self.model.adiabatic(place)
        f = self.film
        if f is None or x < f.x[0]:
            return aw
        return aw - float(np.interp(x, f.x, f.effectiveness)) * (aw - f.film_temperature)

    def layers_at(self, x: float) -> tuple[tuple[str, float], ...]:
        """(material, thickness) from the gas side inwards."""
        found = []
        for layer in self.layers:
            places = [s.x for s in layer.stations]
            if places[0] <= x <= places[-1]:
                found.append((layer.material, float(np.interp(x, places, [s.thickness for s in layer.stations]))))
        return tuple(found)


class March:
    """One circuit through its surroundings."""

    def __init__(self, circuit: Circuit, around: Surroundings) -> None:
        if circuit.mass_flow is None:
            raise InputError(f"{circuit.name}: no mass flow is known", where=circuit.where())
        self.circuit, self.around, self.mass_flow = circuit, around, circuit.mass_flow
        self.fluid: Coolant = coolant(circuit.coolant)
        self.passages = Passages(circuit)
        self.material = wall_material(circuit.geometry.material)
        self._plate = conduction(self.material.name)
        low, high = around.wall.x[0], around.wall.x[-1]
        for place in (circuit.begin, circuit.end):
            if not low - 1e-9 <= place <= high + 1e-9:
                raise InputError(
                    f"{circuit.name}: x = {place:g} m is not on the contour, {low:g} to {high:g} m",
                    where=circuit.where("begin"),
                )

    def section(self, x: float) -> Section:
        """The passage at x."""
        return self.passages.at(x, self.around.wall.at(x))

    def balance(self, x: float, bulk: State, pseudo_critical: float, heated: float) -> Local:
        """Temperatures of the wall at x [m] beside a bulk state, ``heated`` [m] behind the inlet.

        Unknown is the hot wall's temperature; the rest follows from it. Raises UndecidedError when no balance is found.
        """
        from scipy.optimize import brentq

        section, place = self.section(x), self.around.gas_at(x)
        adiabatic = self.around.adiabatic(x, place)
        flux_of = self.around.model.flux
        layers = self.around.layers_at(x)
        covered = sum(t for _, t in layers) > _COVERING
        mass_flux = self.mass_flow / (self.passages.count * section.area)
        reynolds = mass_flux * section.diameter / bulk.viscosity
        curvature = self.around.passage_wall.curvature(x)
        nusselt = nusselt_at_bulk(
            self.circuit.correlation, bulk, reynolds, section.diameter, self.circuit.roughness, curvature, heated
        )

        def inward(hot: float) -> tuple[float, float, float]:
            flux = flux_of(place, hot, adiabatic)
            t = hot
            for name, thickness in layers:
                t = conduction(name).cold_side(t, flux, thickness)
            top = t
            # under a layer that fills the valleys, the tube's wall is fed all around its crown
            spread = 0.5 * np.pi if covered and section.tube else 1.0
            return flux, top, self._plate.cold_side(top, flux / spread, section.wall)

        def coefficient(cold: float) -> float:
            if self.circuit.correlation == "taylor":
                factor = 1.0
            else:
                factor = property_factor(
                    self.fluid, bulk, self.fluid.at_temperature(bulk.pressure, cold), pseudo_critical
                )
            return nusselt(cold, factor) * bulk.conductivity / section.diameter

        def excess(hot: float) -> float:
            flux, _, cold = inward(hot)
            if cold <= bulk.temperature:
                return (cold - bulk.temperature) - flux * 1e-9
            h = coefficient(cold)
            share = section.coolant_share(h, at(self.material.conductivity, cold), covered)
            return cold - bulk.temperature - flux / (h * share)

        if adiabatic <= bulk.temperature + 1.0:
            raise UndecidedError(
                f"{self.circuit.name}: at x = {x:.4f} m the coolant ({bulk.temperature:.0f} K) is as hot as the gas at "
                f"the wall ({adiabatic:.0f} K); end the circuit earlier or lessen the film"
            )
        try:
            hot = float(brentq(excess, bulk.temperature + 1e-6, adiabatic - 1e-6, xtol=1e-7, maxiter=200))  # type: ignore[arg-type]
        except (ValueError, RuntimeError) as error:
            raise UndecidedError(f"{self.circuit.name}: no wall temperature at x = {x:.4f} m: {error}") from None
        flux, _, cold = inward(hot)
        h = coefficient(cold)
        gas_coefficient = flux / (adiabatic - hot)
        behind = (hot - bulk.temperature) / flux
        crown = 1.0 if covered else section.crown_factor(gas_coefficient, behind)
        radius = self.around.wall.at(x)
        return Local(
            adiabatic,
            flux,
            gas_coefficient,
            hot,
            cold,
            h,
            reynolds,
            friction_factor(reynolds, self.circuit.roughness, section.diameter, curvature),
            flux * crown * 2.0 * np.pi * radius * section.share,
        )

    def run(self, pressure: float, temperature: float, steps: int = STEPS) -> CircuitResult:
        """From a total inlet pressure [Pa] and temperature [K] to the outlet; Heun's method, second order.

        Energy: ṁ d(h + u²/2) = dQ. Momentum, one-dimensional: dp = −G du − f G²/(2ρD) ds. Manifolds cost dynamic heads of the
        passages and of the lines beyond them.
        """
        c, wall = self.circuit, self.around.wall
        x = self._grid(steps)
        along = np.array([wall.along(v) for v in x])
        length = np.abs(along - along[0])
        rest = self.fluid.at_temperature(pressure, temperature)
        flux = [self.mass_flow / (self.passages.count * self.section(v).area) for v in x]
        head = 0.5 * flux[0] ** 2 / rest.density
        total_enthalpy = rest.enthalpy
        ahead = c.inlet_loss * head + self._duct(c.inlet_duct, _OPENS, rest.density)
        p = pressure - head - ahead
        bulk = self._static(p, total_enthalpy, flux[0])
        pc = self.fluid.pseudo_critical_temperature(max(bulk.pressure, 1.0))
        rows: list[tuple[State, Local]] = []
        friction = 0.0
        here = self.balance(float(x[0]), bulk, pc, 0.0)
        rows.append((bulk, here))
        for i in range(len(x) - 1):
            ds = float(length[i + 1] - length[i])
            slope = self._slope(float(x[i]), bulk, here, flux[i])
            guess_h = total_enthalpy + here.per_length * ds / self.mass_flow
            guess = self._step(bulk, slope * ds, guess_h, flux[i], flux[i + 1])
            there = self.balance(float(x[i + 1]), guess, pc, float(length[i + 1]))
            mean = 0.5 * (slope + self._slope(float(x[i + 1]), guess, there, flux[i + 1])) * ds
            total_enthalpy += 0.5 * (here.per_length + there.per_length) * ds / self.mass_flow
            bulk = self._step(bulk, mean, total_enthalpy, flux[i], flux[i + 1])
            friction += mean
            here = self.balance(float(x[i + 1]), bulk, pc, float(length[i + 1]))
            rows.append((bulk, here))
        lost = c.outlet_loss * 0.5 * flux[-1] ** 2 / bulk.density
        total = self.fluid.at_entropy(total_enthalpy, bulk.entropy, bulk.pressure) - lost
        plenum = self.fluid.at_enthalpy(total, total_enthalpy)
        beyond = self._duct(c.outlet_duct, _LEAVES, plenum.density)
        outlet = self.fluid.at_enthalpy(total - beyond, total_enthalpy) if beyond else plenum
        manifolds = ahead + lost + beyond
        return self._result(x, length, rows, flux, pressure, temperature, outlet, friction, manifolds)

    def _duct(self, duct: Duct | None, usual: float, density: float) -> float:
        """What a line's opening into, or out of, a manifold costs [Pa]."""
        if duct is None:
            return 0.0
        return (usual if duct.loss is None else duct.loss) * 0.5 * (self.mass_flow / duct.area) ** 2 / density

    def _grid(self, steps: int) -> np.ndarray:
        """Places from begin to end, finer where the radius is small: equal steps of √(A_throat/A) along the wall."""
        c, wall = self.circuit, self.around.wall
        fine = np.linspace(c.begin, c.end, 4001)
        along = np.abs(np.array([wall.along(v) for v in fine]) - wall.along(c.begin))
        weight = np.array([wall.throat_radius / wall.at(v) for v in fine])
        measure = np.concatenate([[0.0], np.cumsum(0.5 * (weight[1:] + weight[:-1]) * np.diff(along))])
        return np.interp(np.linspace(0.0, measure[-1], steps + 1), measure, fine)

    def _slope(self, x: float, bulk: State, local: Local, flux: float) -> float:
        """Friction's pressure loss per length [Pa/m]."""
        return local.friction * flux**2 / (2.0 * bulk.density * self.section(x).diameter)

    def _static(self, pressure: float, total_enthalpy: float, flux: float) -> State:
        """The static state that flows with a mass flux [kg/(s m²)] at a static pressure [Pa]."""
        state = self.fluid.at_enthalpy(pressure, total_enthalpy)
        for _ in range(50):
            enthalpy = total_enthalpy - 0.5 * (flux / state.density) ** 2
            new = self.fluid.at_enthalpy(pressure, enthalpy)
            done = abs(new.density - state.density) < 1e-7 * state.density
            state = new
            if done:
                return state
        raise UndecidedError(f"{self.circuit.name}: the coolant chokes at {pressure / 1e5:.1f} bar; widen the passages")

    def _step(self, before: State, friction: float, total_enthalpy: float, flux: float, next_flux: float) -> State:
        """One step of momentum: p₂ = p₁ − friction − ½ (G₁ + G₂)(u₂ − u₁), the mean of both mass fluxes."""
        u1, p = flux / before.density, before.pressure - friction
        for _ in range(60):
            state = self._static(p, total_enthalpy, next_flux)
            new = before.pressure - friction - 0.5 * (flux + next_flux) * (next_flux / state.density - u1)
            if new <= 0.0:
                raise UndecidedError(
                    f"{self.circuit.name}: the pressure falls to nothing: the coolant chokes; widen the passages"
                )
            if abs(new - p) < 1e-8 * p:
                return state
            p = new
        raise UndecidedError(f"{self.circuit.name}: the coolant comes near the speed of sound; widen the passages")

    def _result(
        self,
        x: np.ndarray,
        length: np.ndarray,
        rows: list[tuple[State, Local]],
        flux: list[float],
        pressure: float,
        temperature: float,
        outlet: State,
        friction: float,
        manifolds: float,
    ) -> CircuitResult:
        wall = self.around.wall
        radius = np.array([wall.at(v) for v in x])
        bulk = [b for b, _ in rows]
        local = [r for _, r in rows]
        speed = np.array([g / b.density for g, b in zip(flux, bulk, strict=True)])
        gas_pressure = np.array([self.around.gas_at(float(v)).pressure for v in x])
        stresses = np.array(
            [self._stress(float(v), b, r, p) for v, b, r, p in zip(x, bulk, local, gas_pressure, strict=True)]
        )
        per_length = np.array([r.per_length for r in local])
        return CircuitResult(
            name=self.circuit.name,
            coolant=self.fluid.name,
            x=x,
            length=length,
            radius=radius,
            area_ratio=np.array([wall.area_ratio(v) for v in x]),
            gas_pressure=gas_pressure,
            adiabatic_temperature=np.array([r.adiabatic for r in local]),
            gas_coefficient=np.array([r.gas_coefficient for r in local]),
            heat_flux=np.array([r.flux for r in local]),
            heat_per_length=per_length,
            hot_wall_temperature=np.array([r.hot for r in local]),
            cold_wall_temperature=np.array([r.cold for r in local]),
            temperature=np.array([b.temperature for b in bulk]),
            pressure=np.array([b.pressure for b in bulk]),
            density=np.array([b.density for b in bulk]),
            speed=speed,
            mach=speed / np.array([b.sound_speed for b in bulk]),
            reynolds=np.array([r.reynolds for r in local]),
            coolant_coefficient=np.array([r.coefficient for r in local]),
            pressure_stress=stresses[:, 0],
            thermal_stress=stresses[:, 1],
            jacket_stress=stresses[:, 2],
            heat=float(np.sum(0.5 * (per_length[1:] + per_length[:-1]) * np.diff(length))),
            inlet_pressure=pressure,
            outlet_pressure=outlet.pressure,
            inlet_temperature=temperature,
            outlet_temperature=outlet.temperature,
            friction_drop=friction,
            manifold_drop=manifolds,
            sources=(self.fluid.citation,),
        )

    def _stress(self, x: float, bulk: State, local: Local, gas_pressure: float) -> tuple[float, float, float]:
        section, m = self.section(x), self.material
        mean = 0.5 * (local.hot + local.cold)
        difference = bulk.pressure - gas_pressure
        thermal = 0.0
        if m.youngs_modulus is not None and m.expansion is not None:
            thermal = float(
                thermal_stress(
                    at(m.youngs_modulus, mean), at(m.expansion, mean), local.flux, section.wall, m.poisson_ratio,
                    at(m.conductivity, mean),
                )
            )  # fmt: skip
        if section.tube:
            return float(tube_hoop_stress(abs(difference), 0.5 * section.width, section.wall)), thermal, 0.0
        g = self.circuit.geometry
        assert isinstance(g, Channels)
        outer = self.around.wall.at(x) + section.wall + section.height
        bending = float(floor_bending_stress(abs(difference), section.width, section.wall))
        return bending, thermal, float(jacket_hoop_stress(bulk.pressure, outer, g.jacket))
