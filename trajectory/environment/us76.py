"""The U.S. Standard Atmosphere 1976 by its own equations, -5 to 1000 km: the reference from which the flight tables are made.

Source: COESA, *U.S. Standard Atmosphere, 1976*, NOAA-S/T 76-1562 / NASA TM X-74335, to whose section 1 the equation numbers
belong. The constants are in `data/us76.json`. Altitudes are geometric, in metres. Nothing here is meant for an optimizer: see
`atmosphere.py`.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

LOWEST, LOWER_TOP, HIGHEST = -5e3, 86e3, 1000e3
_HYDROGEN_FROM, _HYDROGEN_BASE = 150e3, 500e3


class Profile(NamedTuple):
    """Columns over altitude [m]: kinetic temperature [K], pressure [Pa], density [kg/m^3], mean molar mass [kg/kmol]."""

    altitude: np.ndarray
    temperature: np.ndarray
    pressure: np.ndarray
    density: np.ndarray
    molar_mass: np.ndarray


@lru_cache(maxsize=1)
def constants() -> dict[str, Any]:
    """The defining constants, as in the data file."""
    return json.loads((Path(__file__).parents[1] / "data" / "us76.json").read_text(encoding="utf-8"))


def geopotential(altitude: np.ndarray) -> np.ndarray:
    """Geopotential altitude [m'] of a geometric one [m] (eq. 18)."""
    radius = constants()["effective_radius_m"]
    return radius * altitude / (radius + altitude)


def lower(altitude: np.ndarray) -> Profile:
    """The seven layers of linear molecular-scale temperature up to 86 km (eq. 23, 33a, 33b, 42).

    The kinetic temperature differs from the molecular-scale one by the molar-mass ratio of table 8 from 80 km up.
    """
    c = constants()
    base, slope = np.array(c["lower"]["base_m"]), np.array(c["lower"]["gradient_K_m"])
    exponent = c["gravity_m_s2"] * c["molar_mass_sea_level_kg_kmol"] / c["gas_constant_J_kmol_K"]  # K/m'
    temperature, pressure = [c["sea_level_temperature_K"]], [c["sea_level_pressure_Pa"]]
    for i in range(len(base) - 1):
        temperature.append(temperature[i] + slope[i] * (base[i + 1] - base[i]))
        pressure.append(float(_layer_pressure(base[i + 1] - base[i], temperature[i], pressure[i], slope[i], exponent)))
    h = geopotential(altitude)
    i = np.clip(np.searchsorted(base, h, side="right") - 1, 0, len(base) - 1)
    molecular = np.array(temperature)[i] + slope[i] * (h - base[i])
    p = _layer_pressure(h - base[i], np.array(temperature)[i], np.array(pressure)[i], slope[i], exponent)
    ratio = np.interp(altitude, c["molar_mass_ratio"]["altitude_m"], c["molar_mass_ratio"]["ratio"])
    mass = c["molar_mass_sea_level_kg_kmol"]
    density = p * mass / (c["gas_constant_J_kmol_K"] * molecular)
    return Profile(altitude, molecular * ratio, p, density, mass * ratio)


def _layer_pressure(height: Any, temperature: Any, pressure: Any, slope: Any, exponent: float) -> Any:
    flat = slope == 0
    safe = np.where(flat, 1.0, slope)
    ratio = temperature / (temperature + np.where(flat, 0.0, slope) * height)
    return pressure * np.where(flat, np.exp(-exponent * height / temperature), ratio ** (exponent / safe))


def kinetic_temperature(altitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kinetic temperature [K] and its gradient [K/m] from 86 to 1000 km (eq. 25, 27, 29, 31)."""
    c = constants()
    k, radius = c["kinetic_temperature"], c["effective_radius_m"]
    z = altitude
    s = np.clip((z - k["isothermal_top_m"]) / k["ellipse_width_m"], 0.0, 0.99)
    root = np.sqrt(1 - s * s)
    ellipse = k["ellipse_centre_K"] + k["ellipse_height_K"] * root
    ellipse_slope = -k["ellipse_height_K"] * s / (k["ellipse_width_m"] * root)
    linear = k["linear_base_K"] + k["linear_gradient_K_m"] * (z - k["ellipse_top_m"])
    stretch = (radius + k["linear_top_m"]) / (radius + z)
    rest = (k["exosphere_K"] - k["exponential_base_K"]) * np.exp(
        -k["exponential_rate_1_m"] * (z - k["linear_top_m"]) * stretch
    )
    layers = [z <= k["isothermal_top_m"], z <= k["ellipse_top_m"], z <= k["linear_top_m"]]
    temperature = np.select(layers, [np.full_like(z, k["isothermal_K"]), ellipse, linear], k["exosphere_K"] - rest)
    slope = np.select(
        layers,
        [np.zeros_like(z), ellipse_slope, np.full_like(z, k["linear_gradient_K_m"])],
        k["exponential_rate_1_m"] * stretch**2 * rest,
    )
    return temperature, slope


def upper(step: float = 100.0) -> Profile:
    """The upper atmosphere on a grid of `step` metres from 86 to 1000 km, by diffusive equilibrium of six gases (eq. 32-41).

    Integrals by Simpson's rule over each step. N2 first, then O and O2 against N2, then Ar and He against N2 + O + O2, then H
    against them all from 150 km up, as the standard prescribes.
    """
    c = constants()
    half = step / 2
    z = LOWER_TOP + half * np.arange(round((HIGHEST - LOWER_TOP) / half) + 1)
    temperature, slope = kinetic_temperature(z)
    gravity = c["gravity_m_s2"] * (c["effective_radius_m"] / (c["effective_radius_m"] + z)) ** 2
    scale = gravity / (c["gas_constant_J_kmol_K"] * temperature)  # 1/m per kg/kmol
    e = c["eddy_diffusion"]
    bump = np.clip(e["width_m2"] - (z - e["constant_top_m"]) ** 2, 1.0, None)
    eddy = np.select(
        [z < e["constant_top_m"], z < e["top_m"]],
        [np.full_like(z, e["value_m2_s"]), e["value_m2_s"] * np.exp(1 - e["width_m2"] / bump)],
        0.0,
    )
    gases = c["species"]
    sea_level_mass = c["molar_mass_sea_level_kg_kmol"]
    n: dict[str, np.ndarray] = {}

    def settle(name: str, integrand: np.ndarray) -> None:
        n[name] = (
            gases[name]["number_density_86_km"] * temperature[0] / temperature * np.exp(-_integral(integrand, half))
        )

    settle("N2", scale * np.where(z < 100e3, sea_level_mass, gases["N2"]["molar_mass"]))
    for name, background in (("O", ("N2",)), ("O2", ("N2",)), ("Ar", ("N2", "O", "O2")), ("He", ("N2", "O", "O2"))):
        gas = gases[name]
        total = sum(n[b] for b in background)
        mean = sum(n[b] * gases[b]["molar_mass"] for b in background) / total
        mean = np.where(z < 100e3, sea_level_mass, mean)
        diffusion = gas["a"] / total * (temperature / 273.15) ** gas["b"]
        own = gas["molar_mass"] + gas["alpha"] * slope / scale / temperature
        f = scale * (diffusion * own + mean * eddy) / (diffusion + eddy)
        flux = gas["Q"] * (z - gas["U"]) ** 2 * np.exp(-gas["W"] * (z - gas["U"]) ** 3)
        if name == "O":
            extra = c["oxygen_extra_flux"]
            down = np.clip(extra["u"] - z, 0.0, None)
            flux = flux + extra["q"] * down**2 * np.exp(-extra["w"] * down**3)
        settle(name, f + flux)
    n["H"] = _hydrogen(z, temperature, scale, sum(n.values()), half)

    total = np.sum(list(n.values()), axis=0)
    mass = np.sum([n[name] * gases[name]["molar_mass"] for name in n], axis=0)
    whole = slice(None, None, 2)
    return Profile(
        altitude=z[whole],
        temperature=temperature[whole],
        pressure=(total * c["boltzmann_J_K"] * temperature)[whole],
        density=(mass / c["avogadro_1_kmol"])[whole],
        molar_mass=(mass / total)[whole],
    )


def _hydrogen(z: np.ndarray, temperature: np.ndarray, scale: np.ndarray, background: Any, half: float) -> np.ndarray:
    """Atomic hydrogen [1/m^3], none below 150 km, in upward flux below 500 km and in equilibrium above (eq. 39-41)."""
    gas = constants()["species"]["H"]
    base = round((_HYDROGEN_BASE - z[0]) / half)
    tau = _integral(scale * gas["molar_mass"], half)
    tau = tau - tau[base]
    power = 1 + gas["alpha"]
    reference = constants()["temperature_500_km_K"]
    diffusion = gas["a"] / background * (temperature / 273.15) ** gas["b"]
    supply = _integral(gas["flux"] / diffusion * (temperature / reference) ** power * np.exp(tau), half)
    supply = np.where(z < _HYDROGEN_BASE, supply - supply[base], 0.0)
    density = (gas["number_density_500_km"] - supply) * (reference / temperature) ** power * np.exp(-tau)
    return np.where(z < _HYDROGEN_FROM, 0.0, density)


def _integral(y: np.ndarray, half: float) -> np.ndarray:
    """Running integral at every node of a grid of spacing `half`: Simpson's rule, its cubic half-step rule at the odd nodes."""
    whole = half / 3 * (y[:-2:2] + 4 * y[1::2] + y[2::2])
    first = half / 12 * (5 * y[:-2:2] + 8 * y[1::2] - y[2::2])
    out = np.zeros_like(y)
    out[2::2] = np.cumsum(whole)
    out[1::2] = out[:-2:2] + first
    return out


@lru_cache(maxsize=1)
def profile() -> Profile:
    """The whole standard atmosphere: 100 m steps from -5 to 1000 km, the two parts joined at 86 km."""
    top = upper(100.0)
    bottom = lower(np.arange(LOWEST, LOWER_TOP, 100.0))
    return Profile(*(np.concatenate([a, b]) for a, b in zip(bottom, top, strict=True)))
