"""Missions of several burns, as a user states them: solved, flown again by another integrator, held to what they asked for."""

from pathlib import Path

import numpy as np

from ..core.documents import load_document
from ..core.earth import MU
from ..core.errors import OseaError
from ..core.progress import Progress
from ..studies.ascend import FlownAscent, ascend
from ..studies.documents import Study
from ..trajectory.burn_fit import asymptote_direction
from ..trajectory.environment.gravity import WGS84
from ..trajectory.mission import EscapeOrbit
from ..trajectory.orbit import outgoing_asymptote
from ..trajectory.range_safety.impact_point import vacuum_impact_coordinates
from .comparison import Comparison

GROUP = "Missions of several burns"
FOLDER = Path(__file__).resolve().parent.parent / "examples" / "falcon9" / "missions"
CASES = ("three-drops", "geostationary", "escape-parked", "disposal")


def comparisons(progress: Progress | None = None) -> list[Comparison]:
    """Each example of several burns: payload, how far its flight again is off, and what it asked for against what it got."""
    rows: list[Comparison] = []
    for name in CASES:
        path = FOLDER / f"{name}-study.yaml"
        if not path.is_file():
            text = "the example is not installed; run from the repository"
            rows.append(Comparison(GROUP, name, "kg", None, "own bound", "read", kind="shown", error=text))
            continue
        study = load_document(Study, path)
        try:
            flown = ascend(study, progress)
        except OseaError as error:
            rows.append(Comparison(GROUP, study.mission.name, "kg", None, "own bound", "read", error=error.message))
            continue
        rows += _rows(flown)
    return rows


def _rows(flown: FlownAscent) -> list[Comparison]:
    mission, ascent = flown.study.mission, flown.ascent

    def bound(what: str, ours: float, unit: str, most: float) -> Comparison:
        quantity = f"{mission.name}: {what}"
        return Comparison(GROUP, quantity, unit, most, "own bound", "read", ours=ours, kind="at most", digits=3)

    rows = [
        Comparison(
            GROUP, f"{mission.name}: payload", "kg", None, "own bound", "read", ours=ascent.payload_mass, kind="shown"
        ),
        bound("flown again, position", ascent.solver.position_error, "m", 100.0),
        bound("flown again, speed", ascent.solver.velocity_error, "m/s", 0.1),
        bound("perigees and apogees asked for, flown again", orbits_off(flown), "m", 1000.0),
    ]
    if isinstance(mission.orbit, EscapeOrbit) and mission.orbit.c3 is not None:
        rows.append(bound("C3 off", abs(ascent.insertion.c3 - mission.orbit.c3), "m^2/s^2", 1000.0))
        rows.append(bound("asymptote off", np.degrees(asymptote_off(flown)), "deg", 0.01))
    for area in mission.limits.disposal_area or ():
        outside = float(area.distance(*vacuum_impact_coordinates(WGS84, *_end(flown)))[0])
        rows.append(bound(f"impact outside {area.name}", outside, "m", 10.0))
    return rows


def orbits_off(flown: FlownAscent) -> float:
    """The largest difference [m] between an altitude that the mission or a burn asks for and the one flown again."""
    mission, reached = flown.study.mission, flown.ascent.orbits
    final = next(o.orbit for o in reached if o.segment == flown.plan.insertion.name)
    lowest = mission.orbit.perigee_altitude
    assert lowest is not None  # every orbit of these examples has one
    highest = None if isinstance(mission.orbit, EscapeOrbit) else mission.orbit.apogee_altitude
    asked = [(final, lowest, highest)]
    for burn, arrived in zip(mission.sequence.burns[:-1], reached, strict=False):
        if burn.orbit is not None:
            asked.append((arrived.orbit, burn.orbit.perigee_altitude, burn.orbit.apogee_altitude))
    perigees = [abs(o.perigee_altitude - perigee) for o, perigee, _ in asked]
    apogees = [abs(o.apogee_altitude - apogee) for o, _, apogee in asked if apogee is not None]
    return max(perigees + apogees)


def asymptote_off(flown: FlownAscent) -> float:
    """The angle [rad] between the way out that the mission asks for and the optimizer's; 0 where it asks for none."""
    orbit = flown.solved.mission.target
    assert isinstance(orbit, EscapeOrbit)
    if orbit.declination is None or orbit.asymptote_longitude is None:
        return 0.0
    _, *state = _end(flown)
    way_out = np.array(outgoing_asymptote(MU, orbit.c3, *state))
    declination, longitude = orbit.declination, orbit.asymptote_longitude
    wanted = asymptote_direction(declination, longitude)
    return float(np.arctan2(np.linalg.norm(np.cross(way_out, wanted)), way_out @ wanted))


def _end(flown: FlownAscent) -> list[float]:
    """Time [s] and state [m, m/s] at the optimum's end, in the frame frozen at T-0."""
    end = flown.solved.solution[flown.plan.segments[-1].name]
    return [float(end.end), *(float(end.states[n][-1]) for n in ("x", "y", "z", "vx", "vy", "vz"))]
