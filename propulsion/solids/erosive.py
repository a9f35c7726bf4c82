"""Erosive burning: the gas that passes a port heats its wall, and the propellant burns faster towards the aft end.

r = r0 + alpha G^0.8 L^-0.2 exp(-beta rho r / G), with r0 the rate by the pressure alone, G the gas flow over the port's area,
L the grain's length, rho the propellant's density: Lenoir & Robillard, 6th Symposium on Combustion (1957), as stated by
Humble, Henry & Larson, Space Propulsion Analysis and Design (quoted at tdkpropulsion.com, "More Erosive Formulas").
alpha = 0.0288 c_p mu^0.2 Pr^(-2/3) / (rho c_s) (T - T_s)/(T_s - T_grain), the turbulent flat plate's heat transfer:
Sutton & Biblarz, Rocket Propulsion Elements, 7th ed., section 11.1 (its list of symbols read; the factor recalled).
"""

from math import exp

import numpy as np

from .burnback import Section
from .document import ErosiveBurning, SolidMotor
from .gas import burn_rate
from .grain import GrainTable, Piece, Shrinking, pieces_of, steps_of

_CELL = 1.0  # diameters: the longest stretch of grain that is taken to burn alike


def heat_factor(e: ErosiveBurning, density: float, temperature: float) -> float:
    """alpha [m^2.8 kg^-0.8 s^-0.2] for a grain of that density [kg/m^3] and temperature [K]."""
    transfer = 0.0288 * e.gas_heat_capacity * e.gas_viscosity**0.2 * e.prandtl ** (-2.0 / 3.0)
    heating = (e.gas_temperature - e.surface_temperature) / (e.surface_temperature - temperature)
    return transfer / (density * e.solid_heat_capacity) * heating


def eroded_rate(still: float, flux: float, length: float, alpha: float, beta: float, density: float) -> float:
    """r [m/s] from r0 [m/s], the flux G [kg/(m^2 s)] and the grain's length [m]; Newton from above, convex and falling."""
    if flux <= 1e-9 or alpha <= 0.0:
        return still
    gain, decay = alpha * flux**0.8 * length**-0.2, beta * density / flux
    r = still
    for _ in range(60):  # r - r0 - gain e^(-decay r) rises and is concave: Newton from below never overshoots
        more = gain * exp(-decay * r)
        step = (r - still - more) / (1.0 + decay * more)
        r -= step
        if abs(step) <= 1e-13 * r:
            break
    return r


class Eroded:
    """A grain in cells one diameter long or less, each with the depth of its own; the ends burn by pressure alone.

    State: depth of the ends first, then of each cell from the head. A segment's burning ends shorten all its cells alike.
    """

    def __init__(self, motor: SolidMotor, grain: GrainTable) -> None:
        assert motor.propellant.erosive is not None
        self.motor, self.grain = motor, grain
        p = motor.propellant
        self.alpha = heat_factor(motor.propellant.erosive, p.density, motor.temperature)
        self.beta = motor.propellant.erosive.beta
        self.pieces, self.length = pieces_of(motor)
        fronts: dict = {}
        self.cells: list[tuple[int, int]] = []  # segment, cells of that segment
        self.cross: list[Shrinking] = []
        made: dict[tuple[int, float], Shrinking] = {}
        for k, piece in enumerate(self.pieces):
            if piece.section is None:
                continue
            n = max(1, round(piece.s.length / (_CELL * piece.s.outer_diameter)))
            key = id(piece.section), getattr(piece.s, "fillet", 0.0)
            if key not in made:
                made[key] = _cross(piece, piece.section, fronts)
            for _ in range(n):
                self.cells.append((k, n))
                self.cross.append(made[key])
        over = sorted({x.s.length / x.s.burning for x in self.pieces if x.s.burning})
        self.jumps = (tuple(over) or (10.0 * grain.depth[-1],), *(c.jumps for c in self.cross))
        self.whole = grain.burning.whole

    def _lengths(self, w: float) -> list[float]:
        """Length of each segment [m] when its ends have burnt to a depth."""
        return [max(x.s.length - x.s.burning * w, 0.0) for x in self.pieces]

    def rates(self, depths: np.ndarray, spans: list[int], pressure: float) -> tuple[np.ndarray, float, float, float]:
        p = self.motor.propellant
        still = float(burn_rate(p, self.motor.temperature, pressure))
        lengths = self._lengths(float(depths[0]))
        found = np.zeros(len(depths))
        found[0] = still
        consumed, surface, most, j = 0.0, 0.0, 0.0, 0
        for k, piece in enumerate(self.pieces):
            if lengths[k] <= 0.0:
                j += sum(1 for c in self.cells if c[0] == k)
                continue
            if piece.section is None:
                area = piece.case * piece.s.burning
                consumed, surface = consumed + area * still, surface + area
                continue
            n = next(c[1] for c in self.cells if c[0] == k)
            length = lengths[k] / n
            crosses = [self.cross[j + i](float(depths[1 + j + i]), spans[1 + j + i]) for i in range(n)]
            face = sum(c[1] for c in crosses) / n
            ends = piece.s.burning
            consumed += (face * still) if ends == 2 else 0.0  # the head end's gas passes the whole port
            for i, (perimeter, solid) in enumerate(crosses):
                port = max(piece.case - solid, 1e-3 * piece.case)
                wall = perimeter * length
                r = still
                for _ in range(2):  # half of the cell's own gas passes its middle
                    flux = p.density * (consumed + 0.5 * wall * r) / port
                    r = eroded_rate(still, flux, self.length, self.alpha, self.beta, p.density)
                found[1 + j + i] = r
                consumed += wall * r
                surface += wall
                most = max(most, p.density * consumed / port)
            consumed += (face * still) if ends >= 1 else 0.0
            surface += ends * face
            j += n
        return found, consumed, surface, most

    def moment(self, depths: np.ndarray, spans: list[int]) -> float:
        lengths = self._lengths(float(depths[0]))
        middle = [
            x.head + 0.5 * x.s.length - (0.5 * float(depths[0]) if x.s.burning == 1 else 0.0) for x in self.pieces
        ]
        total = sum(x.case * lengths[k] * middle[k] for k, x in enumerate(self.pieces) if x.section is None)
        order = 0
        for j, (k, n) in enumerate(self.cells):
            order = order + 1 if j and self.cells[j - 1][0] == k else 0
            at = middle[k] + lengths[k] * ((order + 0.5) / n - 0.5)
            total += self.cross[j](float(depths[1 + j]), spans[1 + j])[1] * lengths[k] / n * at
        return float(total)

    def volume(self, depths: np.ndarray, spans: list[int]) -> float:
        lengths = self._lengths(float(depths[0]))
        total = sum(x.case * lengths[k] for k, x in enumerate(self.pieces) if x.section is None)
        for j, (k, n) in enumerate(self.cells):
            if lengths[k] > 0.0:
                total += self.cross[j](float(depths[1 + j]), spans[1 + j])[1] * lengths[k] / n
        return float(total)


def _cross(piece: Piece, section: Section, fronts: dict) -> Shrinking:
    """Perimeter [m] and propellant's area [m^2] of a cross-section against its depth, whatever the ends do."""
    last = section.web() - getattr(piece.s, "fillet", 0.0)
    whole = Piece(piece.s, section, 0.0, last, steps_of(piece.s, section, last))
    return Shrinking(
        lambda w, left: whole.cross(w, fronts, left) if w < last or left else (0.0, 0.0), (*whole.steps, last)
    )
