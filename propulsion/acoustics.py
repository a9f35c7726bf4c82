"""Acoustic modes of a combustion chamber, and cavities that damp them.

A closed cylinder of hot gas: f = c/2 sqrt((j'/(pi R))² + (q/L)²), j' a zero of the derivative of a Bessel function (Williams,
Combustion Theory, ch. 9; NASA SP-194, Harrje and Reardon 1972). The convergent part in front of a choked throat is short
against the wave: it acts by its volume, so that the acoustic length is the cylinder's length plus the convergent volume over
the chamber's section (half to two thirds of its length for usual contractions). Through-flow of Mach number M lowers
transverse frequencies by sqrt(1 - M²) and longitudinal ones by 1 - M²: the standing wave of a duct with uniform flow.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import Count, Document, FieldError
from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..core.quantity import SI, Temperature, ratio
from ..core.results import Result, Unit
from .thermo.rocket import RocketStation
from .thermo.species import GAS_CONSTANT

CavityKind = Literal["quarter-wave", "Helmholtz"]
CavityLength = Annotated[float, SI("m", ("30 mm",), gt=0.0, le=5.0)]
_TUNED = 0.05  # ours: a cavity within 5 % of its mode counts as tuned; its gas is seldom known better
_SHORT_NOZZLE = 0.5  # of the acoustic length, a quarter of the first longitudinal wave


class AcousticCavity(Document):
    """A ring of equal cavities beside the injector's face.

    mode: the one to damp, "1T", "1L1T", …. depth and diameter: of a quarter-wave slot or of a Helmholtz resonator's neck.
    volume: behind a Helmholtz neck. temperature: of the gas inside, cooler than the chamber's. sound_speed: instead of it.
    """

    kind: CavityKind = "quarter-wave"
    mode: str = Field(pattern=r"^(\d+L)?(\d+T)?(\d+R)?$", min_length=2)
    count: Count
    depth: CavityLength
    diameter: CavityLength
    volume: Annotated[float, SI("m^3", ("20 cm^3",), gt=0.0)] | None = None
    temperature: Temperature | None = None
    sound_speed: Annotated[float, SI("m/s", ("900 m/s",), gt=0.0)] | None = None
    open_area: Annotated[float, ratio(ge=0.0, lt=1.0)] = 0.0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.kind == "Helmholtz") != (self.volume is not None):
            raise FieldError("volume", "a Helmholtz resonator has a volume behind its neck, a quarter-wave cavity none")
        if (self.temperature is None) == (self.sound_speed is None):
            raise FieldError("temperature", "give the cavity gas's temperature or its sound_speed")
        return self


@dataclass(frozen=True, kw_only=True)
class AcousticMode(Result):
    """One standing wave: half waves along the axis, waves about it, nodal circles. name: "1L", "1T", "1L1T", "1R"."""

    name: str
    longitudinal: int
    tangential: int
    radial: int
    frequency: Annotated[float, Unit("Hz")]


@dataclass(frozen=True, kw_only=True)
class CavityTuning(Result):
    """A cavity beside its mode. tuned_depth: quarter-wave depth or neck length that would meet the mode; None if none can."""

    mode: str
    frequency: Annotated[float, Unit("Hz")]
    mode_frequency: Annotated[float, Unit("Hz")]
    tuned_depth: Annotated[float | None, Unit("m")]
    open_area_of_face: float


@dataclass(frozen=True, kw_only=True)
class ChamberAcoustics(Result):
    """Modes in rising order, and the cavities' tuning."""

    diameter: Annotated[float, Unit("m")]
    acoustic_length: Annotated[float, Unit("m")]
    sound_speed: Annotated[float, Unit("m/s")]
    mach: float
    modes: tuple[AcousticMode, ...]
    cavities: tuple[CavityTuning, ...] = ()

    def mode(self, name: str) -> AcousticMode:
        """A mode by its name. Raises InputError when it is not among those computed."""
        for m in self.modes:
            if m.name == name:
                return m
        raise InputError(f"no acoustic mode '{name}'; computed: {', '.join(m.name for m in self.modes)}")


def sound_speed(chamber: RocketStation, *, c_star_efficiency: float = 1.0) -> float:
    """Speed of sound [m/s] of the chamber's gas in equilibrium. Incomplete combustion lowers it as it lowers c*, both being
    proportional to the root of temperature over molar mass."""
    gas = 1e-3 * GAS_CONSTANT / chamber.gas_molar_mass  # the constant is per kmol
    speed = np.sqrt(chamber.gamma_s * gas * chamber.temperature)
    return float(speed) * c_star_efficiency


def acoustic_length(cylinder_length: float, convergent_length: float, contraction_ratio: float) -> float:
    """Cylinder plus convergent volume over the chamber's section [m]; the convergent part a frustum down to the throat."""
    if contraction_ratio < 1.0:
        raise InputError(f"contraction ratio {contraction_ratio:g}: the chamber is not narrower than its throat")
    x = 1.0 / contraction_ratio
    return cylinder_length + convergent_length * (1.0 + np.sqrt(x) + x) / 3.0


def chamber_mach(contraction_ratio: float, gamma: float) -> float:
    """Mach number at the end of the cylinder: isentropic flow of constant gamma, A/A* = contraction ratio."""
    from scipy.optimize import brentq

    if contraction_ratio <= 1.0:
        return 1.0
    power = (gamma + 1.0) / (2.0 * (gamma - 1.0))

    def over(mach: float) -> float:
        area = (2.0 / (gamma + 1.0) * (1.0 + 0.5 * (gamma - 1.0) * mach**2)) ** power / mach
        return float(area - contraction_ratio)

    return float(brentq(over, 1e-6, 1.0))  # type: ignore[arg-type]


def chamber_modes(
    diameter: float,
    cylinder_length: float,
    speed_of_sound: float,
    *,
    convergent_length: float = 0.0,
    contraction_ratio: float | None = None,
    gamma: float = 1.2,
    cavities: tuple[AcousticCavity, ...] = (),
    chamber_temperature: float | None = None,
    highest: tuple[int, int, int] = (2, 3, 2),
    where: str = "acoustics",
) -> ChamberAcoustics:
    """Modes of a cylinder closed at the injector, with a choked short nozzle.

    diameter, lengths [m]; speed_of_sound [m/s] of the chamber's gas; contraction_ratio: chamber over throat area, None for a
    closed cylinder at rest; chamber_temperature [K]: for cavities given by temperature. highest: of longitudinal, tangential,
    radial order. Raises InputError for what is out of range.
    """
    from scipy.special import jnp_zeros

    for value, what in ((diameter, "diameter"), (cylinder_length, "length"), (speed_of_sound, "speed of sound")):
        if not (np.isfinite(value) and value > 0.0):
            raise InputError(f"acoustics: the chamber's {what} {value:g} is not above zero")
    if contraction_ratio is None:
        if convergent_length > 0.0:
            raise InputError("acoustics: a convergent part needs the contraction ratio (chamber over throat area)")
        length, mach = cylinder_length, 0.0
    else:
        length = acoustic_length(cylinder_length, convergent_length, contraction_ratio)
        mach = chamber_mach(contraction_ratio, gamma)
    slow = 1.0 - mach**2
    modes = []
    for q in range(highest[0] + 1):
        for m in range(highest[1] + 1):
            zeros = [0.0, *jnp_zeros(0, highest[2])] if m == 0 else list(jnp_zeros(m, highest[2] + 1))
            for n, zero in enumerate(zeros[: highest[2] + 1]):
                if q == m == n == 0:
                    continue
                across, along = 2.0 * zero / (np.pi * diameter), q / length
                frequency = 0.5 * speed_of_sound * float(np.sqrt(slow * across**2 + (slow * along) ** 2))
                modes.append(
                    AcousticMode(name=_name(q, m, n), longitudinal=q, tangential=m, radial=n, frequency=frequency)
                )
    modes.sort(key=lambda mode: mode.frequency)
    result = ChamberAcoustics(
        diameter=diameter,
        acoustic_length=float(length),
        sound_speed=speed_of_sound,
        mach=mach,
        modes=tuple(modes),
        sources=("NASA SP-194, Harrje and Reardon, 1972", "Williams, Combustion Theory, ch. 9: modes of a cylinder"),
    )
    tuned = tuple(_tuning(result, c, chamber_temperature) for c in cavities)
    findings = [_cavity_finding(c, t) for c, t in zip(cavities, tuned, strict=True)]
    if convergent_length > 0.0:
        findings.append(_short_nozzle(convergent_length, result, where))
    return replace(result, cavities=tuned, findings=tuple(findings))


def _name(q: int, m: int, n: int) -> str:
    """Two tangential and one radial order: "2T1R"; none of an order is not named."""
    return "".join(f"{count}{letter}" for count, letter in ((q, "L"), (m, "T"), (n, "R")) if count)


def cavity_frequency(cavity: AcousticCavity, speed_of_sound: float) -> float:
    """Resonance [Hz]. Quarter wave: c / 4(l + dl); Helmholtz: c/2 pi sqrt(S / V(l + dl)).

    dl: the mass of gas outside that moves along, 8/(3 pi) r (1 - 0.7 sqrt(open area)) at each open end (Rayleigh; interaction of
    neighbouring openings as in NASA SP-194); a neck has two, a slot one.
    """
    return _resonance(cavity, speed_of_sound, cavity.depth)


def _end(cavity: AcousticCavity) -> float:
    ends = 1.0 if cavity.kind == "quarter-wave" else 2.0
    return ends * 8.0 / (3.0 * np.pi) * 0.5 * cavity.diameter * (1.0 - 0.7 * np.sqrt(cavity.open_area))


def _resonance(cavity: AcousticCavity, speed: float, depth: float) -> float:
    length = depth + _end(cavity)
    if cavity.volume is None:
        return speed / (4.0 * length)
    section = np.pi / 4.0 * cavity.diameter**2
    return float(speed / (2.0 * np.pi) * np.sqrt(section / (cavity.volume * length)))


def tuned_depth(cavity: AcousticCavity, speed_of_sound: float, frequency: float) -> float | None:
    """The depth [m] (a neck's length) at which the cavity answers to a frequency [Hz]; None when the end alone is too long."""
    if cavity.volume is None:
        length = speed_of_sound / (4.0 * frequency)
    else:
        section = np.pi / 4.0 * cavity.diameter**2
        length = float(section / cavity.volume * (speed_of_sound / (2.0 * np.pi * frequency)) ** 2)
    depth = length - _end(cavity)
    return float(depth) if depth > 0.0 else None


def _tuning(chamber: ChamberAcoustics, cavity: AcousticCavity, chamber_temperature: float | None) -> CavityTuning:
    speed = cavity.sound_speed
    if speed is None:
        if chamber_temperature is None:
            raise InputError(
                "a cavity given by its temperature needs the chamber's temperature", where=cavity.where("temperature")
            )
        speed = chamber.sound_speed * float(np.sqrt((cavity.temperature or 0.0) / chamber_temperature))
    try:
        target = chamber.mode(cavity.mode).frequency
    except InputError as error:
        raise InputError(error.message, where=cavity.where("mode")) from None
    return CavityTuning(
        mode=cavity.mode,
        frequency=_resonance(cavity, speed, cavity.depth),
        mode_frequency=target,
        tuned_depth=tuned_depth(cavity, speed, target),
        open_area_of_face=cavity.count * (cavity.diameter / chamber.diameter) ** 2,
    )


def _cavity_finding(cavity: AcousticCavity, tuning: CavityTuning) -> Finding:
    off = tuning.frequency / tuning.mode_frequency - 1.0
    text = f"{cavity.kind} cavity at {tuning.frequency:.0f} Hz, {off:+.1%} off the chamber's {tuning.mode}"
    text += f" at {tuning.mode_frequency:.0f} Hz"
    if abs(off) <= _TUNED:
        return Finding(Severity.OK, "acoustics.cavity", cavity.where(), text, margin=1.0 - abs(off) / _TUNED)
    if tuning.tuned_depth is not None:
        text += f"; a depth of {tuning.tuned_depth * 1e3:.1f} mm would meet it"
    else:
        text += "; no depth meets it: take a smaller opening or volume"
    return Finding(Severity.WARN, "acoustics.cavity", cavity.where(), text, margin=1.0 - abs(off) / _TUNED)


def _short_nozzle(convergent_length: float, chamber: ChamberAcoustics, where: str) -> Finding:
    """The volume rule holds while the convergent part is short against a quarter of the first longitudinal wave."""
    margin = 1.0 - convergent_length / (_SHORT_NOZZLE * chamber.acoustic_length)
    text = f"the convergent part is {convergent_length / chamber.acoustic_length:.0%} of the acoustic length"
    if margin >= 0.0:
        return Finding(Severity.OK, "acoustics.short_nozzle", where, text, margin=margin)
    text += "; a long convergent part is not a volume: longitudinal modes are rough here, transverse ones hold"
    return Finding(Severity.WARN, "acoustics.short_nozzle", where, text, margin=margin)
