"""Shape of the coolant's passage at a place: flow area, hydraulic diameter, and how it takes heat from the wall."""

from dataclasses import dataclass

import numpy as np

from ...core.errors import InputError
from .document import Channels, Circuit, Tubes

_ANGLES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_COSINES = np.cos(0.25 * np.pi * (_ANGLES + 1.0))
_WEIGHTS = 0.25 * np.pi * _WEIGHTS


@dataclass(frozen=True)
class Section:
    """One passage at a place, SI. wall: thickness between gas and coolant at the top of the passage; pitch: along the
    circumference, hot side; share: of the circumference that all passages of the circuit cover."""

    tube: bool
    area: float
    diameter: float
    wall: float
    pitch: float
    share: float
    width: float
    height: float
    rib: float
    crown_uniform: bool = False

    def coolant_share(self, coefficient: float, conductivity: float, spread: bool) -> float:
        """Area that gives heat to the coolant, at the temperature behind the wall's top, per hot-side area.

        Channels: the floor, and both ribs as fins, tanh(mL)/(mL) (Incropera and DeWitt, section 3.6). Tubes: the crown's
        inner over outer radius, for heat passes the thin wall straight; spread: under a layer that fills the valleys the
        whole half circle is fed.
        """
        if self.tube:
            return self.width / (self.width + 2.0 * self.wall) * (0.5 * np.pi if spread else 1.0)
        m = (2.0 * coefficient / (conductivity * self.rib)) ** 0.5
        return (self.width + 2.0 * float(np.tanh(m * self.height)) / m) / self.pitch

    def crown_factor(self, gas_coefficient: float, resistance: float) -> float:
        """Heat of a tube's crown over (heat flux at its top × tube's width).

        Along the crown the gas side's coefficient is h cos θ, the wall's and coolant's resistance [m² K/W] as at the top:
        ∫ from 0 to π/2 of (1/h + R)/(1/(h cos θ) + R) dθ, one where the gas side limits, up to π/2 where the coolant does.
        """
        if not self.tube:
            return 1.0
        if self.crown_uniform:
            return 0.5 * np.pi
        top = 1.0 / gas_coefficient + resistance
        return float(np.sum(_WEIGHTS * top / (1.0 / (gas_coefficient * _COSINES) + resistance)))


class Passages:
    """The sections of a circuit along x, linear between its stations."""

    def __init__(self, circuit: Circuit) -> None:
        self._geometry: Tubes | Channels = circuit.geometry
        self._where = circuit.where("geometry")
        stations = circuit.geometry.stations
        self._x = np.array([s.x for s in stations])
        self.count = circuit.geometry.count
        low, high = min(circuit.begin, circuit.end), max(circuit.begin, circuit.end)
        if self._x[0] > low + 1e-9 or self._x[-1] < high - 1e-9:
            raise InputError(
                f"{circuit.name}: the passages are given from x = {self._x[0]:g} to {self._x[-1]:g} m, the circuit runs "
                f"from {low:g} to {high:g} m; add stations",
                where=self._where,
            )

    def _value(self, name: str, x: float) -> float:
        return float(np.interp(x, self._x, [getattr(s, name) for s in self._geometry.stations]))

    def at(self, x: float, radius: float) -> Section:
        """The section at x [m] where the hot wall's radius [m] is as given. Raises InputError where ribs vanish."""
        g = self._geometry
        share, width, height = self._value("share", x), self._value("width", x), self._value("height", x)
        pitch = 2.0 * np.pi * radius * share / self.count
        if isinstance(g, Tubes):
            w, h = width - 2.0 * g.wall, height - 2.0 * g.wall
            if h >= w:  # straight flanks between half circles
                area, perimeter = 0.25 * np.pi * w * w + w * (h - w), np.pi * w + 2.0 * (h - w)
            else:  # lying flat
                area, perimeter = 0.25 * np.pi * h * h + h * (w - h), np.pi * h + 2.0 * (w - h)
            uniform = g.crown == "uniform"
            return Section(True, area, 4.0 * area / perimeter, g.wall, pitch, share, w, h, 0.0, uniform)
        floor = self._value("floor", x)
        given = [s.rib for s in g.stations if s.rib is not None]
        if len(given) == len(g.stations):
            rib = self._value("rib", x)
        else:
            rib = 2.0 * np.pi * (radius + floor) * share / self.count - width
        if rib <= 0.0:
            raise InputError(
                f"at x = {x:.4f} m {self.count} channels of {width * 1e3:.2f} mm leave no rib on a radius of "
                f"{radius * 1e3:.1f} mm; use fewer or narrower channels",
                where=self._where,
            )
        return Section(
            False, width * height, 2.0 * width * height / (width + height), floor, pitch, share, width, height, rib
        )
