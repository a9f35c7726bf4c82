"""The common bulkhead of S-II, Saturn V's second stage: its core, and what it saved against two domes and an intertank.

The pressures are recalled, so that the comparison shows and proves nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..propulsion.thrust_curve import ThrustCurve
from ..vehicle.body_loads import BodyLoads
from ..vehicle.parts import Payload
from ..vehicle.stage import Stage
from ..vehicle.structure.cases import LoadCase
from ..vehicle.structure.document import BulkheadRules, StructureRules
from ..vehicle.structure.sizing import Structure, size_structure
from ..vehicle.tank import Dome, Tank
from ..vehicle.vehicle import Vehicle
from .comparison import Comparison


@dataclass(frozen=True)
class Built:
    """The stage's tanks built in one way: from the lowest dome to the highest [m], and their structure."""

    length: float
    structure: Structure


def s_ii(given: dict[str, Any], common: bool) -> Built:
    """The tanks with a common bulkhead that holds with either tank vented, or with two domes and an intertank between."""
    radius = given["radius_m"]
    dome = Dome(height_ratio=given["dome_height_m"] / radius)
    lox = Tank(
        name="LOX tank", contents="LOX", diameter=2 * radius, propellant_mass=given["lox_kg"], pressure=given["lox_pressure_Pa"],
        lower_dome=dome, upper_dome=dome,
    )  # fmt: skip
    lh2 = Tank(
        name="LH2 tank", contents="LH2", diameter=2 * radius, propellant_mass=given["lh2_kg"], pressure=given["lh2_pressure_Pa"],
        lower_dome=dome.evolve(inward=True) if common else dome, upper_dome=dome,
        gap_below=0.0 if common else given["clearance_m"],
    )  # fmt: skip
    stage = Stage(
        name="S-II", role="core", diameter=2 * radius, length=40.0, dry_mass=40e3,
        propellant_mass=given["lox_kg"] + given["lh2_kg"], tanks=(lox, lh2),
        motor=ThrustCurve(name="five J-2", time=(0.0, 1.0, 2.0, 3.0), thrust=(5e6,) * 4, isp_vacuum=421.0, exit_area=10.0),
    )  # fmt: skip
    station, one = np.linspace(0, stage.length, 41), np.ones(41)
    loads = BodyLoads(
        station=station, axial=given["axial_N"] * one, shear=0 * one, bending=0 * one, normal_force=0.0,
        center_of_pressure=None, lateral_acceleration=0.0, engine_angle=None,
    )  # fmt: skip
    rules = StructureRules(
        name="S-II", material="aluminium 2219-T87", ultimate_factor=1.4, tanks="stiffened",
        common_bulkheads=BulkheadRules(construction="sandwich", either_alone=True),
    )  # fmt: skip
    case = LoadCase("first stage's cut-off", loads, given["acceleration_m_s2"], {"S-II": 1.0})
    vehicle = Vehicle(name="S-II", stages=(stage,), payload=Payload(name="payload"))
    bottom, top = stage.tank_stations[0], stage.tank_stations[-1] + lh2.height
    structure = size_structure(vehicle, rules, [case])
    return Built(top - bottom, structure)


def mass_between(built: Built) -> float:
    """Of tanks, bulkhead and intertank [kg], without the skirts at the ends."""
    skirts = sum(s.mass for s in built.structure.shells if s.kind == "skirt")
    return built.structure.mass - skirts


def comparisons(group: str, given: dict[str, Any]) -> list[Comparison]:
    """Core, length and mass."""
    together, apart = s_ii(given, True), s_ii(given, False)
    core = together.structure.bulkheads[0].core
    note = (
        "S-II: the tanks' pressures and the acceleration are recalled; faces and core are the lightest that hold with either "
        "tank vented, with a factor of 1.4"
    )
    rows = (
        ("honeycomb of the common bulkhead", "m", given["core_m"], core, note),
        ("length saved by it", "m", given["length_saved_m"], apart.length - together.length, ""),
        ("mass saved by it", "kg", given["mass_saved_kg"], mass_between(apart) - mass_between(together), ""),
    )
    return [
        Comparison(
            group, f"S-II, {name}", unit, published, given["source"], given["grade"], ours=ours, kind="shown", digits=3,
            note=why,
        )
        for name, unit, published, ours, why in rows
    ]  # fmt: skip
