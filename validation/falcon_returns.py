"""Falcon 9 flights whose booster came back to its launch site, flown as one problem with that return.

The plain flight of `falcon_flights` knows nothing of the booster after its cut-off. Here the booster carries its kit, and of
the ascents from whose cut-off it comes home to the pad with what its tanks then hold, the one is flown that saves most of the
second stage's propellant. `python -m osea_rocket.validation.falcon_returns FLIGHT...` flies single ones and keeps them.
"""

import sys
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..core.documents import load_document
from ..core.errors import OseaError
from ..propulsion.engine_map import EngineMap
from ..recovery.booster_return_document import BoosterReturn
from ..recovery.booster_return_plan import ReturnPlan, return_plan, with_kit
from ..trajectory.flight_plan import FlightPlan, flight_plan
from ..trajectory.ground import LandingSite
from ..trajectory.mission import Mission
from ..vehicle.vehicle import Vehicle
from .falcon_flights import ascent_of, flights, plan_of, records, state_at
from .falcon_times import times_of
from .kept_rows import KeptRows

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ENGINES = 9


@dataclass(frozen=True)
class Returned:
    """Speed [m/s], altitude and downrange [m] at the recorded cut-off; why there is none."""

    name: str
    speed: float = 0.0
    altitude: float = 0.0
    downrange: float = 0.0
    error: str = ""


@cache
def returns() -> dict[str, Any]:
    """The flights that came back, their pads, and the rule."""
    return yaml.safe_load((Path(__file__).parent / "data" / "falcon_returns.yaml").read_text(encoding="utf-8"))


@cache
def return_document() -> BoosterReturn:
    """The example's kit, burns, drag and limits, to the launch site."""
    return load_document(BoosterReturn, EXAMPLES / "falcon9" / "recovery" / "return.yaml").evolve(mode="rtls")


def single_engines(vehicle: Vehicle, maps: Any) -> tuple[Vehicle, dict[str, Any]]:
    """The launcher rows carry one engine of a stage's whole thrust; a return counts engines: nine of a ninth each."""
    first = vehicle.stages[0]
    whole = maps[first.name]
    assert isinstance(whole, EngineMap)  # as the row of Falcon 9 has it
    one = replace(
        whole, thrust_vacuum=whole.thrust_vacuum / ENGINES, mass_flow=whole.mass_flow / ENGINES,
        exit_area=whole.exit_area / ENGINES,
    )  # fmt: skip
    counted = first.model_copy(update={"engine_count": ENGINES})
    return vehicle.model_copy(update={"stages": (counted, *vehicle.stages[1:])}), {**maps, first.name: one}


def plans_of(
    flight: dict[str, Any], record: dict[str, Any], throttle: float = 1.0
) -> tuple[FlightPlan, Mission, ReturnPlan]:
    """The flight with the kit aboard, cut at the recorded times, and its booster's way to the pad. throttle: of the second
    stage."""
    documents, cut = plan_of(flight, record, throttle)
    document, pad = return_document(), returns()["pads"][flight["site"]]
    if pad is not None:
        document = document.evolve(pads=(load_document(LandingSite, EXAMPLES / "falcon_heavy" / pad),))
    vehicle, maps = single_engines(with_kit(documents.vehicle, document, "rtls"), documents.maps)
    whole = flight_plan(vehicle, documents.mission, maps)
    flown = {s.name for s in cut.segments}
    plan = replace(whole, segments=tuple(s for s in whole.segments if s.name in flown))
    return plan, documents.mission, return_plan(vehicle, documents.mission, maps, plan, document, "rtls")


def fly(name: str) -> Returned:
    """The flight of that name."""
    from ..recovery.booster_return import solve_with_return
    from ..trajectory.ascent_result import fly_ascent

    flight, record = next(f for f in flights()["flights"] if f["flight"] == name), records()[name]
    try:
        throttle = ascent_of(flight, record)[1] if "seco1" in record["events"] else 1.0
        plan, mission, back = plans_of(flight, record, throttle)
        found = fly_ascent(solve_with_return(plan, mission, back)[0])
    except OseaError as error:
        return Returned(name, error=error.message)
    event = record["events"]["meco"] - times_of(flights()["rules"], record)[0]
    return Returned(name, *state_at(found.trajectory, event))


KEPT = KeptRows(
    "falcon_returns",
    (
        "core", "propulsion", "vehicle", "trajectory", "recovery", "examples/falcon9/recovery", "examples/falcon_heavy",
        "validation/falcon_flights.py", "validation/falcon_times.py", "validation/falcon_returns.py",
        "validation/launcher_rows.py",
        "validation/data/launchers.yaml", "validation/data/falcon_flights.yaml", "validation/data/falcon_returns.yaml",
    ),
)  # fmt: skip


if __name__ == "__main__":
    for asked in sys.argv[1:]:
        print(flown := fly(asked), flush=True)
        KEPT.put(asdict(flown))
