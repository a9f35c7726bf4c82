"""Where everything stands: stations along the vehicle's axis, from the lowest exit plane (0) to the nose (up)."""

from dataclasses import dataclass
from typing import Annotated

from ..core.results import Array, Result, Unit
from .parts import nose_profile
from .vehicle import Vehicle


@dataclass(frozen=True, kw_only=True)
class Part(Result):
    """One part's place: kind (stage, interstage, adapter, payload, fairing, booster), name, bottom and top station [m]."""

    kind: str
    name: str
    bottom: Annotated[float, Unit("m")]
    top: Annotated[float, Unit("m")]
    diameter: Annotated[float, Unit("m")]


@dataclass(frozen=True, kw_only=True)
class Layout(Result):
    """Stations of all parts [m] and the overall length."""

    parts: tuple[Part, ...]
    length: Annotated[float, Unit("m")]

    def part(self, kind: str, name: str | None = None) -> Part:
        """The first part of that kind (and name); KeyError when there is none."""
        for part in self.parts:
            if part.kind == kind and (name is None or part.name == name):
                return part
        raise KeyError(f"no {kind} {name or ''} in the layout")


def layout(vehicle: Vehicle) -> Layout:
    """Stack the parts. An upper stage stands on its interstage, lowered by what the interstage encloses."""
    parts: list[Part] = []
    station = 0.0
    for stage in vehicle.stages:
        top = station + stage.length
        parts.append(Part(kind="stage", name=stage.name, bottom=station, top=top, diameter=stage.diameter))
        station = top
        interstage = vehicle.interstage_on(stage)
        if interstage is not None:
            top = station + interstage.length
            diameter = max(interstage.lower_diameter, interstage.upper_diameter)
            parts.append(Part(kind="interstage", name=interstage.name, bottom=station, top=top, diameter=diameter))
            station = top - interstage.encloses
    for group in vehicle.boosters:
        beside = next(p for p in parts if p.kind == "stage" and p.name == (group.beside or vehicle.stages[0].name))
        bottom = beside.bottom + group.station
        parts.append(
            Part(
                kind="booster",
                name=group.stage.name,
                bottom=bottom,
                top=bottom + group.stage.length,
                diameter=group.stage.diameter,
            )
        )
    base = station
    ends = [base]
    if vehicle.adapter is not None:
        adapter = vehicle.adapter
        parts.append(
            Part(
                kind="adapter",
                name=adapter.name,
                bottom=base,
                top=base + adapter.height,
                diameter=adapter.lower_diameter,
            )
        )
        station = base + adapter.height
        ends.append(station)
    payload = vehicle.payload
    if payload.length is not None and payload.diameter is not None:
        parts.append(
            Part(
                kind="payload",
                name=payload.name,
                bottom=station,
                top=station + payload.length,
                diameter=payload.diameter,
            )
        )
        ends.append(station + payload.length)
    if vehicle.fairing is not None:
        fairing = vehicle.fairing
        parts.append(
            Part(kind="fairing", name=fairing.name, bottom=base, top=base + fairing.length, diameter=fairing.diameter)
        )
        ends.append(base + fairing.length)
    return Layout(parts=tuple(parts), length=max([*ends, *(p.top for p in parts)]))


def fairing_profile(vehicle: Vehicle) -> tuple[Array, Array]:
    """Outline of the fairing: height over its joint [m], ascending from the joint to the tip, and radius [m]."""
    import numpy as np

    fairing = vehicle.fairing
    if fairing is None:
        raise ValueError("the vehicle has no fairing")
    xs, rs = nose_profile(fairing.nose_shape, fairing.nose_length, fairing.diameter / 2)
    heights = [fairing.length - x for x in reversed(xs)]
    radii = list(reversed(rs))
    base = (fairing.base_diameter or vehicle.stages[-1].diameter) / 2
    if fairing.cylinder_length > 1e-9:
        heights.insert(0, fairing.boattail_length)
        radii.insert(0, fairing.diameter / 2)
    if fairing.boattail_length > 0:
        heights.insert(0, 0.0)
        radii.insert(0, base)
    return np.array(heights), np.array(radii)
