"""The fairing from what it must cover: its shape by the payload's envelope, its mass by a cited relation."""

from math import pi

import numpy as np

from ...vehicle.parts import Envelope, Fairing, nose_profile
from ...vehicle.relations.registry import estimate, find
from ...vehicle.vehicle import Vehicle
from .document import FreeFairing
from .masses import MassLine, StageMass

RELATION = "Akin: fairings, skirts, intertanks"
BOATTAIL = (
    0.5  # of its step in diameter, where the document has none: as data/launchers.yaml of the book of proof has it
)


def sized_fairing(vehicle: Vehicle, rules: FreeFairing) -> tuple[Fairing, StageMass]:
    """The fairing of a vehicle about the envelope that the rules ask for, and its mass with the ends of the relation's scatter.

    The cylinder is as wide as the envelope with the clearance on both sides; the nose keeps its document's shape and slenderness,
    and the cylinder is as long as it takes for the envelope's cone to stay the clearance away from it.
    """
    old = vehicle.fairing
    assert old is not None
    envelope = rules.envelope
    diameter = envelope.diameter + 2 * rules.clearance
    nose = old.nose_length * diameter / old.diameter
    base = old.base_diameter or vehicle.stages[-1].diameter
    boattail = _boattail(old, base, diameter)
    if vehicle.adapter is not None:  # the envelope is full width from the adapter's top on
        boattail = min(boattail, vehicle.adapter.height)
    cylinder = _cylinder(envelope, rules.clearance, old.nose_shape, nose, diameter, vehicle, boattail)
    changes = {
        "diameter": diameter,
        "base_diameter": base,
        "nose_length": nose,
        "boattail_length": boattail,
        "length": boattail + cylinder + nose,
        "envelope": envelope,
    }
    sized = old.evolve(**changes)
    factor = rules.technology_factor
    if factor is None:  # the document's own
        factor = old.mass / find("shell", RELATION).relation.mass({"area": surface(old, base)})
    said = estimate(
        find("shell", RELATION), {"area": surface(sized, base)}, technology_factor=factor, where=old.where("mass")
    )
    line = MassLine(component="fairing", relation=said.relation, mass=said.mass, low=said.low, high=said.high)
    mass = StageMass(
        stage=old.name,
        lines=(line,),
        engines=0.0,
        others=said.mass / factor,
        technology_factor=factor,
        recovery_hardware=0.0,
        dry=said.mass,
        sources=tuple(said.sources),
        findings=tuple(said.findings),
    )
    return sized.evolve(mass=said.mass), mass


def surface(fairing: Fairing, base: float) -> float:
    """Outer surface [m^2]: boat-tail, cylinder, nose."""
    radius = fairing.diameter / 2
    x, r = (np.array(v) for v in nose_profile(fairing.nose_shape, fairing.nose_length, radius))
    nose = float(np.sum(pi * (r[1:] + r[:-1]) * np.hypot(np.diff(x), np.diff(r))))
    cone = pi * (radius + base / 2) * float(np.hypot(fairing.boattail_length, radius - base / 2))
    return nose + 2 * pi * radius * fairing.cylinder_length + (cone if fairing.boattail_length > 0 else 0.0)


def _boattail(old: Fairing, base: float, diameter: float) -> float:
    """Its length [m], of the document's slope."""
    step, before = abs(diameter - base), abs(old.diameter - base)
    if step < 1e-6:
        return 0.0
    return step * (old.boattail_length / before if before > 1e-6 and old.boattail_length > 0 else BOATTAIL)


def _cylinder(
    envelope: Envelope, clearance: float, shape: str, nose: float, diameter: float, vehicle: Vehicle, boattail: float
) -> float:
    """Length [m] of the cylinder, over which the envelope, standing on the adapter, clears the nose."""
    foot = vehicle.adapter.height if vehicle.adapter is not None else 0.0
    heights = np.linspace(envelope.cylinder_height, envelope.height, 40)
    along = (heights - envelope.cylinder_height) / max(envelope.height - envelope.cylinder_height, 1e-9)
    needed = (envelope.diameter + (envelope.top_diameter - envelope.diameter) * along) / 2 + clearance
    x, r = (np.array(v) for v in nose_profile(shape, nose, diameter / 2))
    # the highest place of the nose, over its foot, that is still as wide as each height asks
    room = np.interp(-needed, -r[::-1], nose - x[::-1])
    start = float(np.max(foot + heights - room))  # where the nose may begin at the lowest
    return max(start, foot + envelope.cylinder_height) - boattail
