"""How far the payload moves when one input of the Falcon 9 example moves: ``python examples/falcon9/sensitivity.py``."""

import math
from collections.abc import Callable
from pathlib import Path

import osea_rocket
from osea_rocket.studies.documents import Study
from osea_rocket.vehicle.aerodynamics import drag_table
from osea_rocket.vehicle.vehicle import DragCurve


def stage(study: Study, index: int, **changes) -> Study:
    """The study with one stage changed."""
    stages = list(study.vehicle.stages)
    stages[index] = stages[index].evolve(**changes)
    return study.evolve(vehicle=study.vehicle.evolve(stages=tuple(stages)))


def engine(study: Study, index: int, isp: float = 1.0, thrust: float = 1.0) -> Study:
    """The study with one stage's specific impulse and thrust multiplied."""
    old = study.vehicle.stages[index].engine
    assert old is not None
    assert old.published.isp_vacuum is not None
    published = old.published.evolve(isp_vacuum=old.published.isp_vacuum * isp)
    return stage(study, index, engine=old.evolve(thrust_vacuum=old.thrust_vacuum * thrust, published=published))


def exit_area(study: Study, area: float) -> Study:
    """The study with another nozzle exit area of the first stage's engine [m²], by its area ratio.

    0.681 m² is what 845 kN at sea level and 914 kN in vacuum lead to; the recalled area ratio of 16 gives 0.873 m².
    """
    old = study.vehicle.stages[0].engine
    assert old is not None
    now = osea_rocket.design(study).engines[0].exit_area
    return stage(study, 0, engine=old.evolve(area_ratio=old.area_ratio * area / now))


def drag(study: Study, factor: float) -> Study:
    """The study with its built-up drag curve multiplied."""
    first = study.vehicle.stages[0]
    area = first.engine_count * osea_rocket.design(study).engines[0].exit_area
    table = drag_table(study.vehicle, nozzle_exit_area=area)
    curve = DragCurve(
        mach=tuple(table.mach), coefficient=tuple(factor * table.cd), reference_area=table.reference_area,
        source="the build-up, multiplied",
    )  # fmt: skip
    return study.evolve(vehicle=study.vehicle.evolve(drag=curve))


def limit(study: Study, **changes) -> Study:
    """The study with other limits."""
    return study.evolve(mission=study.mission.evolve(limits=study.mission.limits.evolve(**changes)))


VARIANTS: dict[str, Callable[[Study], Study]] = {
    "first stage, Isp +1 %": lambda s: engine(s, 0, isp=1.01),
    "second stage, Isp +1 %": lambda s: engine(s, 1, isp=1.01),
    "first stage, exit area 0.681 m2 an engine (0.873)": lambda s: exit_area(s, 0.681),
    "second stage, thrust 981 kN (934)": lambda s: engine(s, 1, thrust=981 / 934),
    "first stage, propellant -1 %": lambda s: stage(
        s, 0, propellant_mass=0.99 * s.vehicle.stages[0].propellant_mass, tanks=()
    ),
    "second stage, propellant -1 %": lambda s: stage(
        s, 1, propellant_mass=0.99 * s.vehicle.stages[1].propellant_mass, tanks=()
    ),
    "second stage, dry mass +100 kg": lambda s: stage(s, 1, dry_mass=s.vehicle.stages[1].dry_mass + 100),
    "drag x 0.5": lambda s: drag(s, 0.5),
    "drag x 1.5": lambda s: drag(s, 1.5),
    "11 s from cut-off to ignition (6)": lambda s: s.evolve(
        mission=s.mission.evolve(sequence=s.mission.sequence.evolve(separation_coasts=(11.0,)))
    ),
    "axial acceleration at most 4 g (6)": lambda s: limit(s, axial_acceleration=4 * 9.80665),
    "no limit on dynamic pressure": lambda s: limit(s, dynamic_pressure=None),
    "q·alpha at most a quarter (50 kPa deg)": lambda s: limit(s, q_alpha=50e3 * math.pi / 180),
}


def main() -> None:
    """Print the table."""
    study = osea_rocket.load(Path(__file__).with_name("study.yaml"))
    assert isinstance(study, Study)
    base = osea_rocket.design(study).payload_mass
    print(f"{'payload as it stands':<52}{base:9.0f} kg")
    for name, variant in VARIANTS.items():
        print(f"{name:<52}{osea_rocket.design(variant(study)).payload_mass - base:+9.0f} kg", flush=True)


if __name__ == "__main__":
    main()
