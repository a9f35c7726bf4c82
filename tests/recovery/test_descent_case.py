"""The six-degree-of-freedom flight that a landing's document makes."""

from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.numeric import lookup, table
from osea_rocket.recovery.descent_case import air_above, descent_case
from osea_rocket.recovery.descent_document import LandingStudy
from osea_rocket.trajectory.flight.plant import Plant
from osea_rocket.trajectory.flight.plume import drag_share

STUDY = Path(__file__).resolve().parents[2] / "examples" / "landing" / "study.yaml"
HEIGHT, SINKING = 20e3, 900.0


def slowing(study: LandingStudy) -> float:
    """Change of the vertical speed [m/s] in a short step with all engines of the entry burn at work, straight down."""
    plant = Plant(descent_case(study, 0.0, np.array([0.0, 0.0, HEIGHT]), np.array([0.0, 0.0, -SINKING])))
    for _ in range(150):  # till the engines have come up
        plant.step(0.01)
    before, up = plant.state[3:6].copy(), plant.state[:3] / np.linalg.norm(plant.state[:3])
    plant.step(0.01)
    return float(up @ (plant.state[3:6] - before)) / 0.01


def test_a_study_that_asks_for_it_flies_with_what_its_engines_leave_of_the_drag() -> None:
    study = load_document(LandingStudy, STUDY)
    assert study.plume == "none"  # the flights of docs/landing.md are without
    whole, part = slowing(study), slowing(study.evolve(plume="one nozzle"))
    # about what the air takes at the begin: the step is 1.5 s later, lower and slower
    air, b = air_above(study.altitude), study.booster
    rho, sound = (float(np.interp(HEIGHT, air.height, column)) for column in (air.density, air.sound))
    q_area = 0.5 * rho * SINKING**2 * b.area
    drag = q_area * lookup(table([p.mach for p in b.drag], [p.coefficient for p in b.drag]), SINKING / sound)
    left = lookup(drag_share(), b.entry_engines * b.engine.thrust_vacuum / q_area)
    assert left < 0.0
    assert whole - part == pytest.approx(drag / study.entry.mass * (1.0 - left), rel=0.15)
