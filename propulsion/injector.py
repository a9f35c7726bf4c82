"""The injector: orifice areas, number of elements, jets and their momentum, and whether it is stiff enough against chugging.

Orifices as in Sutton and Biblarz, Rocket Propulsion Elements, ch. 8 (mass flow = Cd A sqrt(2 rho dp)), gases through the
isentropic orifice with choking. The elements' geometry follows from equal areas for equal elements.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import model_validator

from ..core.documents import Count, Document, FieldError
from ..core.errors import InputError
from ..core.findings import Finding
from ..core.quantity import SI, Pressure, ratio
from ..core.results import Result, Unit
from .engine import Thrust
from .injector_data import Discharge, Element, OrificeKind, injector_data
from .injector_jets import ElementFlow, Jet, element_flow, jet, swirl_discharge

COAXIAL = ("shear coaxial", "swirl coaxial", "pintle")
IMPINGING = ("unlike doublet", "like doublet", "triplet")
PositiveLength = Annotated[float, SI("m", ("3 mm",), gt=0.0, le=5.0)]
ElementThrust = Thrust
ElementFlowRate = Annotated[float, SI("kg/s", ("0.3 kg/s",), gt=0.0)]


class InjectorSide(Document):
    """One propellant's passages. Give pressure_drop or pressure_drop_fraction (of the chamber pressure), or neither when the
    engine's balance gives it. orifice: without, an annulus around a centre, a short tube elsewhere. discharge_coefficient:
    else the table's. angle: of the jet against the axis, impinging elements. swirl_number: geometric constant of a swirler,
    R_in r / (n r_in²); replaces the orifice's coefficient.
    """

    orifice: OrificeKind | None = None
    discharge_coefficient: Discharge | None = None
    pressure_drop: Pressure | None = None
    pressure_drop_fraction: Annotated[float, ratio(gt=0.0, le=2.0)] | None = None
    orifice_diameter: PositiveLength | None = None
    angle: Annotated[float, SI("rad", ("30 deg",), ge=0.0, lt=1.5)] = 0.0
    swirl_number: Annotated[float, ratio(gt=0.0, le=20.0)] | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if self.pressure_drop is not None and self.pressure_drop_fraction is not None:
            raise FieldError("pressure_drop_fraction", "give pressure_drop or pressure_drop_fraction, not both")
        if self.discharge_coefficient is not None and self.swirl_number is not None:
            raise FieldError("swirl_number", "give discharge_coefficient or swirl_number, not both")
        if self.pressure_drop is not None and self.pressure_drop <= 0.0:
            raise FieldError("pressure_drop", "a pressure drop is above zero")
        return self


class Injector(Document):
    """The main injector. How many elements: give ``elements``, thrust_per_element, flow_per_element, or an
    orifice_diameter of one side. centre: the propellant in the middle of a coaxial element, or out of a pintle's tip.
    post_wall: between the two passages of a coaxial element. pintle_diameter: of the tip. face_diameter: of the plate.
    """

    element: Element
    oxidizer: InjectorSide = InjectorSide()
    fuel: InjectorSide = InjectorSide()
    elements: Count | None = None
    thrust_per_element: ElementThrust | None = None
    flow_per_element: ElementFlowRate | None = None
    centre: Literal["oxidizer", "fuel"] = "oxidizer"
    post_wall: PositiveLength | None = None
    pintle_diameter: PositiveLength | None = None
    face_diameter: PositiveLength | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        given = [n for n in ("elements", "thrust_per_element", "flow_per_element") if getattr(self, n) is not None]
        given += [
            f"{n}.orifice_diameter" for n in ("oxidizer", "fuel") if getattr(self, n).orifice_diameter is not None
        ]
        if self.element == "pintle":
            if self.pintle_diameter is None:
                raise FieldError("pintle_diameter", "a pintle needs the diameter of its tip")
            if self.elements not in (None, 1) or given not in ([], ["elements"]):
                raise FieldError(given[0], "a pintle is one element; leave this out")
        elif len(given) != 1:
            said = f"; here {' and '.join(given)} are given" if given else ""
            raise FieldError(
                given[1] if given else "elements",
                f"give one of elements, thrust_per_element, flow_per_element, or one side's orifice_diameter{said}",
            )
        if self.element in ("shear coaxial", "swirl coaxial") and self.post_wall is None:
            raise FieldError("post_wall", f"a {self.element} element needs the wall between its two passages")
        if self.element == "swirl coaxial" and getattr(self, self.centre).swirl_number is None:
            raise FieldError(
                f"{self.centre}.swirl_number", "the centre of a swirl coaxial element needs its swirl_number"
            )
        if self.element in ("unlike doublet", "like doublet") and not self.oxidizer.angle + self.fuel.angle > 0.0:
            raise FieldError("oxidizer.angle", "jets impinge at an angle; give oxidizer.angle and fuel.angle")
        if self.element == "triplet" and not self.oxidizer.angle > 0.0:
            raise FieldError("oxidizer.angle", "the outer (oxidizer) jets of a triplet impinge at an angle")
        if self.element in COAXIAL:
            outer = self.fuel if self.centre == "oxidizer" else self.oxidizer
            if outer.orifice_diameter is not None:
                name = "fuel" if self.centre == "oxidizer" else "oxidizer"
                raise FieldError(f"{name}.orifice_diameter", "the outer passage is an annulus; size it by the centre")
        return self

    def orifice(self, who: str) -> OrificeKind:
        """The kind of one side's orifices: given, else an annulus around a centre, a short tube elsewhere."""
        own = getattr(self, who).orifice
        return own or ("annulus" if self.element in COAXIAL and who != self.centre else "short tube")

    def coefficient(self, who: str) -> float:
        """The discharge coefficient of one side: given, of the swirler, or of the table."""
        side: InjectorSide = getattr(self, who)
        if side.discharge_coefficient is not None:
            return side.discharge_coefficient
        if side.swirl_number is not None:
            return swirl_discharge(side.swirl_number)[0]
        kind = self.orifice(who)
        return next(o.discharge_coefficient for o in injector_data().orifices if o.kind == kind)


@dataclass(frozen=True)
class Feed:
    """A propellant in its manifold. density [kg/m³] at the manifold's pressure. gamma: of a gas, whose density follows the
    isentrope through the orifice; None for a liquid. surface_tension [N/m], viscosity [Pa s]: for spray numbers.
    """

    mass_flow: float
    density: float
    gamma: float | None = None
    surface_tension: float | None = None
    viscosity: float | None = None

    def check(self, who: str) -> None:
        """Raises InputError for a state that no orifice can pass."""
        if not (np.isfinite(self.mass_flow) and self.mass_flow > 0.0):
            raise InputError(f"injector, {who}: the mass flow {self.mass_flow:g} kg/s is not above zero")
        if not (np.isfinite(self.density) and self.density > 0.0):
            raise InputError(f"injector, {who}: the density {self.density:g} kg/m³ is not above zero")
        if self.gamma is not None and not 1.0 < self.gamma < 2.0:
            raise InputError(f"injector, {who}: the gas's gamma {self.gamma:g} is outside 1 to 2")


@dataclass(frozen=True, kw_only=True)
class SideDesign(Result):
    """One propellant's passages as sized. orifice_diameter: of a round orifice; None for an annulus, whose inner and outer
    diameters are given. pressure_ratio: drop over chamber pressure; stiffness at the lowest throttle beside it.
    velocity, density: of the jet at the orifice's exit, before friction."""

    propellant: str
    orifices: int
    area: Annotated[float, Unit("m^2")]
    discharge_coefficient: float
    pressure_drop: Annotated[float, Unit("Pa")]
    pressure_ratio: float
    lowest_pressure_ratio: float
    choked: bool
    orifice_diameter: Annotated[float | None, Unit("m")]
    inner_diameter: Annotated[float | None, Unit("m")]
    outer_diameter: Annotated[float | None, Unit("m")]
    velocity: Annotated[float, Unit("m/s")]
    density: Annotated[float, Unit("kg/m^3")]
    reynolds: float | None
    spray_half_angle: Annotated[float | None, Unit("rad")]


@dataclass(frozen=True, kw_only=True)
class InjectorDesign(Result):
    """An injector as sized. velocity_ratio, momentum_flux_ratio: outer over inner for coaxial elements, fuel over oxidizer
    else. momentum_ratio: of the streams' momenta, the same way round; a pintle's total momentum ratio is centre over
    annulus. resultant_angle: of the merged sheet against the axis, positive towards the side that the oxidizer's jet flies
    to. rupe: rho_o v_o² d_o / (rho_f v_f² d_f), 1 for the best mixing of an unlike doublet. weber: of the slower stream in the
    faster gas. pitch: between neighbouring elements on the plate."""

    element: str
    elements: int
    flow_per_element: Annotated[float, Unit("kg/s")]
    thrust_per_element: Annotated[float | None, Unit("N")]
    oxidizer: SideDesign
    fuel: SideDesign
    velocity_ratio: float
    momentum_flux_ratio: float
    momentum_ratio: float
    resultant_angle: Annotated[float | None, Unit("rad")]
    spray_half_angle: Annotated[float | None, Unit("rad")]
    rupe: float | None
    weber: float | None
    pitch: Annotated[float | None, Unit("m")]
    element_diameter: Annotated[float, Unit("m")]


def design_injector(
    injector: Injector,
    oxidizer: Feed,
    fuel: Feed,
    chamber_pressure: float,
    *,
    oxidizer_drop: float | None = None,
    fuel_drop: float | None = None,
    thrust: float | None = None,
    lowest_throttle: float = 1.0,
    input_hash: str = "",
) -> InjectorDesign:
    """Size the injector at its design point.

    chamber_pressure [Pa]; oxidizer_drop, fuel_drop [Pa]: of the engine's balance, where the document gives none; thrust [N]:
    needed for thrust_per_element; lowest_throttle: flow over the design flow, for the stiffness there. The count is rounded
    up and the orifices shrink to keep the drop. Raises InputError for what is missing or out of range.
    """
    from .injector_findings import injector_findings

    if not (np.isfinite(chamber_pressure) and chamber_pressure > 0.0):
        raise InputError(f"injector: the chamber pressure {chamber_pressure:g} Pa is not above zero")
    if not 0.0 < lowest_throttle <= 1.0:
        raise InputError(f"injector: the lowest throttle {lowest_throttle:g} is outside 0 to 1")
    oxidizer.check("oxidizer")
    fuel.check("fuel")
    jets = {
        "oxidizer": jet(oxidizer, injector.coefficient("oxidizer"), chamber_pressure,
                        _drop(injector, "oxidizer", chamber_pressure, oxidizer_drop)),
        "fuel": jet(fuel, injector.coefficient("fuel"), chamber_pressure,
                    _drop(injector, "fuel", chamber_pressure, fuel_drop)),
    }  # fmt: skip
    feeds = {"oxidizer": oxidizer, "fuel": fuel}
    kind = next(e for e in injector_data().elements if e.kind == injector.element)
    per_element = {"oxidizer": kind.oxidizer_orifices, "fuel": kind.fuel_orifices}
    total = oxidizer.mass_flow + fuel.mass_flow
    count = _count(injector, jets, per_element, total, thrust)
    sides = {
        who: _side(injector, who, feeds[who], jets, count, count * per_element[who], chamber_pressure, lowest_throttle)
        for who in ("oxidizer", "fuel")
    }
    flow: ElementFlow = element_flow(injector, oxidizer, fuel, jets["oxidizer"], jets["fuel"], sides)
    design = InjectorDesign(
        element=injector.element,
        elements=count,
        flow_per_element=total / count,
        thrust_per_element=None if thrust is None else thrust / count,
        oxidizer=sides["oxidizer"],
        fuel=sides["fuel"],
        velocity_ratio=flow.velocity_ratio,
        momentum_flux_ratio=flow.momentum_flux_ratio,
        momentum_ratio=flow.momentum_ratio,
        resultant_angle=flow.resultant_angle,
        spray_half_angle=flow.spray_half_angle,
        rupe=flow.rupe,
        weber=flow.weber,
        pitch=_pitch(injector, count),
        element_diameter=flow.diameter,
        input_hash=input_hash,
        sources=_sources(injector),
    )
    findings: tuple[Finding, ...] = injector_findings(injector, design, feeds)
    return replace(design, findings=findings)


def _drop(injector: Injector, who: str, chamber_pressure: float, balance: float | None) -> float:
    side: InjectorSide = getattr(injector, who)
    if side.pressure_drop is not None:
        return side.pressure_drop
    if side.pressure_drop_fraction is not None:
        return side.pressure_drop_fraction * chamber_pressure
    if balance is None:
        raise InputError(
            f"the injector's {who} side has no pressure drop; give pressure_drop or pressure_drop_fraction",
            where=injector.where(who),
        )
    if not balance > 0.0:
        raise InputError(
            f"the injector's {who} pressure drop of {balance:g} Pa is not above zero", where=injector.where(who)
        )
    return balance


def _count(
    injector: Injector, jets: dict[str, Jet], per_element: dict[str, int], total: float, thrust: float | None
) -> int:
    if injector.element == "pintle":
        return 1
    if injector.elements is not None:
        return injector.elements
    if injector.flow_per_element is not None:
        return _whole(total / injector.flow_per_element)
    if injector.thrust_per_element is not None:
        if thrust is None:
            raise InputError("thrust_per_element needs the engine's thrust", where=injector.where("thrust_per_element"))
        return _whole(thrust / injector.thrust_per_element)
    who = "oxidizer" if injector.oxidizer.orifice_diameter is not None else "fuel"
    diameter = getattr(injector, who).orifice_diameter
    return _whole(jets[who].area / (per_element[who] * np.pi / 4.0 * diameter**2))


def _whole(number: float) -> int:
    """The next whole number, forgiving what rounding of units leaves behind."""
    return max(1, int(np.ceil(number * (1.0 - 1e-9))))


def _side(
    injector: Injector,
    who: str,
    feed: Feed,
    jets: dict[str, Jet],
    count: int,
    orifices: int,
    pressure: float,
    lowest: float,
) -> SideDesign:
    own, side = jets[who], getattr(injector, who)
    inner = outer = diameter = None
    each = own.area / orifices
    if injector.element in COAXIAL and who != injector.centre:
        centre = jets[injector.centre].area / count
        if injector.element == "pintle":
            inner = float(injector.pintle_diameter or 0.0)
        else:
            inner = float(np.sqrt(4.0 * centre / np.pi)) + 2.0 * float(injector.post_wall or 0.0)
        outer = float(np.sqrt(inner**2 + 4.0 * each / np.pi))
    else:
        diameter = float(np.sqrt(4.0 * each / np.pi))
    hydraulic = diameter if diameter is not None else (outer or 0.0) - (inner or 0.0)
    reynolds = None if feed.viscosity is None else own.density * own.velocity * hydraulic / feed.viscosity
    return SideDesign(
        propellant=who,
        orifices=orifices,
        area=own.area,
        discharge_coefficient=injector.coefficient(who),
        pressure_drop=own.drop,
        pressure_ratio=own.drop / pressure,
        # a liquid's drop goes with the flow squared, chamber pressure with the flow; a gas keeps its ratio
        lowest_pressure_ratio=own.drop / pressure * (lowest if feed.gamma is None else 1.0),
        choked=own.choked,
        orifice_diameter=diameter,
        inner_diameter=inner,
        outer_diameter=outer,
        velocity=own.velocity,
        density=own.density,
        reynolds=reynolds,
        spray_half_angle=None if side.swirl_number is None else swirl_discharge(side.swirl_number)[1],
    )


def _pitch(injector: Injector, count: int) -> float | None:
    """Between the centres of elements packed in hexagons over the plate."""
    if injector.face_diameter is None:
        return None
    area = np.pi / 4.0 * injector.face_diameter**2
    return float(np.sqrt(2.0 / np.sqrt(3.0) * area / count))


def _sources(injector: Injector) -> tuple[str, ...]:
    data = injector_data()
    sides = {w: getattr(injector, w) for w in ("oxidizer", "fuel")}
    tabled = {
        injector.orifice(w) for w, s in sides.items() if s.discharge_coefficient is None and s.swirl_number is None
    }
    return (*(o.citation for o in data.orifices if o.kind in tabled), data.stiffness.citation)
