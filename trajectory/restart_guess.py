"""First guess of an ascent with restarts: the ascent to the first orbit, solved by itself, then coasts and burns one by one.

A pitch programme flown forward ends short of an orbit, and a coast from there leads into the ground, which costs the solver
hundreds of iterations or its convergence. An orbit that the mission leaves open is guessed as a parking orbit or a Hohmann
transfer. Each coast and burn is fitted to the orbit that it leads to (`burn_fit`), and flown with J2 from where the one before
ended, so that the whole flight is guessed close to a flight that exists.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..core.earth import MU, RADIUS
from .ascent_guess import GuessedPhase
from .burn_fit import Landing, Sizes, Wanted, asymptote_direction, farthest, fit_burn, fly_fitted
from .environment.gravity import WGS84
from .flight_plan import FlightPlan, Segment
from .mission import LOWEST_PERIGEE, EscapeOrbit, InsertionOrbit, Mission, TargetOrbit
from .motion import thrust_in_vacuum, total_mass_flow
from .optimal_control.solution import Solution
from .range_safety.corridor import direction_of
from .range_safety.impact_point import vacuum_impact_coordinates
from .steering import LaunchFrame

_PARKING_PERIGEE = 185e3  # m
_LEFT_TO_RAISE = 30e3  # m, so that the next burn has something to do
_APART = 1.001  # of a transfer's two radii, at least
_SAME = 1e-6
_LEEWAY = 60.0  # s

SolveFirstMesh = Callable[[FlightPlan, Mission, tuple[GuessedPhase, ...] | None], Solution]


def has_restarts(plan: FlightPlan) -> bool:
    """Whether the last stage coasts in orbit and burns again."""
    return _first_coast(plan) < len(plan.segments)


def _first_coast(plan: FlightPlan) -> int:
    """Index of the first coast after a burn of the same stage; the number of segments when there is none."""
    pairs = enumerate(zip(plan.segments, plan.segments[1:], strict=False), start=1)
    return next(
        (k for k, (a, b) in pairs if b.steering == "none" and a.powered and a.stage == b.stage), len(plan.segments)
    )


def with_coasts_held(plan: FlightPlan) -> FlightPlan:
    """The plan with those coasts before the last stage's first burn that may last held at their shortest; itself without any.

    Where that burn is short, as when the stages below do all to the first orbit, it is all the same when it comes: a solver
    that moves it along the orbit is lost.
    """
    cut = _first_coast(plan)
    if cut == len(plan.segments) or not any(map(_waits, plan.segments[:cut])):
        return plan
    before = (replace(s, duration=s.shortest) if _waits(s) else s for s in plan.segments[:cut])
    return replace(plan, segments=(*before, *plan.segments[cut:]))


def _waits(segment: Segment) -> bool:
    """Whether it is a coast whose length is found."""
    return segment.steering == "none" and segment.duration is None


def guess_with_restarts(
    plan: FlightPlan, mission: Mission, frame: LaunchFrame, solve: SolveFirstMesh
) -> tuple[GuessedPhase, ...]:
    """Guesses of all phases: the flight to the first orbit solved, what follows fitted burn by burn.

    solve: finds the ascent of a plan on its first mesh, from a guess, or from none when there is no restart yet.
    """
    cut = _first_coast(plan)
    burns = [plan.segments[cut - 1], *(s for s in plan.segments[cut:] if s.powered)]
    sizes = _sizes(burns, mission.target)
    plane = escape_plane(mission)
    inclinations = _inclinations(burns, mission.inclination if plane is None else plane[0], mission)
    turns = [abs(b - a) for a, b in pairwise(inclinations)]
    gains = [_speed_change(a, b, turn) for (a, b), turn in zip(pairwise(sizes), turns, strict=True)]

    *before, first = plan.segments[:cut]
    assert first.burnout_mass is not None
    kept, share = _kept(burns, gains, 0.0), _kept(burns, gains, 1.0) - _kept(burns, gains, 0.0)
    target = _as_target(sizes[0], inclinations[0], mission, None if plane is None else plane[1])
    parked = replace(first, burnout_mass=first.burnout_mass + kept, kept_per_payload=share, target=target)
    solution = solve(replace(plan, segments=(*before, parked)), mission, None)
    payload = max(float(solution.parameters["payload"]), plan.released)
    phases = [GuessedPhase.of(p) for p in solution.phases]
    state, clock = _final_state(phases[-1]), phases[-1].start + phases[-1].duration
    for k in range(1, len(burns)):
        last, coast, burn = plan.segments[cut + 2 * k - 3 : cut + 2 * k]
        state = state.copy()
        state[6] = coast.mass_after_drop(state[6], payload, last)
        leaves = (
            burn.target.goal() if isinstance(burn.target, EscapeOrbit) and burn.target.declination is not None else None
        )
        asks = isinstance(burn.target, InsertionOrbit) or getattr(burn.target, "inclination", None) is not None
        asks = asks and leaves is None
        hardest = None if burn.payload_gone else mission.limits.axial_acceleration
        argument = getattr(burn.target, "argument_of_perigee", None)
        wanted = Wanted(
            sizes[k],
            inclinations[k] if asks else None,
            turns[k] if k < len(turns) else 0.0,
            argument=argument,
            lands=_landing(burn, mission, clock),
            leaves=leaves,
        )
        following = plan.segments[cut + 2 * k] if k + 1 < len(burns) else None
        raises = following is not None and burn.target is None and sizes[k][1] > _APART * sizes[k][0]
        if raises and abs(sizes[k + 1][1] / sizes[k][1] - 1) < _SAME:
            assert following is not None
            for _ in range(2):  # J2 lets an osculating apogee be missed by kilometres half a turn later
                wanted = replace(wanted, perigee_free=True)
                fitted = fit_burn(coast, burn, frame, state, wanted, hardest)
                _, _, then = fly_fitted(fitted, coast, burn, frame, state, clock)
                short = sizes[k][1] - farthest(following, frame, then)
                wanted = replace(wanted, sizes=(wanted.sizes[0], wanted.sizes[1] + short))
        fitted = fit_burn(coast, burn, frame, state, wanted, hardest)
        coasting, burning, state = fly_fitted(fitted, coast, burn, frame, state, clock)
        phases += [coasting, burning]
        clock = burning.start + burning.duration
    return tuple(phases)


def without_disposal(plan: FlightPlan, mission: Mission) -> FlightPlan:
    """The plan until its payload is released, its last burn keeping the propellant that the disposal burn takes from there."""
    *before, last, _, burn = plan.segments
    orbit, down = _asked(last, mission.target), _asked(burn, mission.target)
    # a payload is released in the mission's orbit, and a disposal burn names its perigee
    assert last.burnout_mass is not None and orbit is not None and down is not None
    kept = _kept([last, burn], [_speed_change(orbit, down, 0.0)], 0.0)
    return replace(plan, segments=(*before, replace(last, burnout_mass=last.burnout_mass + kept)))


def disposal_again(
    plan: FlightPlan, mission: Mission, frame: LaunchFrame, solved: Solution
) -> tuple[GuessedPhase, ...]:
    """A flight found without its disposal, or without its area, as a guess of the one with it: coast and burn fitted anew."""
    last, coast, burn = plan.segments[-3:]
    phases = [GuessedPhase.of(p) for p in solved.phases if p.name not in (coast.name, burn.name)]
    state, clock = _final_state(phases[-1]).copy(), phases[-1].start + phases[-1].duration
    state[6] = coast.mass_after_drop(state[6], float(solved.parameters["payload"]), last)
    size = _asked(burn, mission.target)
    assert size is not None  # a disposal burn names its perigee
    fitted = fit_burn(coast, burn, frame, state, Wanted(size, lands=_landing(burn, mission, clock)))
    coasting, burning, _ = fly_fitted(fitted, coast, burn, frame, state, clock)
    return (*phases, coasting, burning)


def near_its_guess(plan: FlightPlan, guess: tuple[GuessedPhase, ...]) -> FlightPlan:
    """The plan with the coast to disposal held within a minute of its guess.

    When it ends costs next to nothing, and decides where on Earth the stage comes down: a solver that moves it freely is lost.
    """
    *before, coast, burn = plan.segments
    guessed = guess[-2].duration
    longest = guessed + _LEEWAY if coast.longest is None else min(guessed + _LEEWAY, coast.longest)
    held = replace(coast, shortest=max(guessed - _LEEWAY, coast.shortest), longest=longest)
    return replace(plan, segments=(*before, held, burn))


def _landing(burn: Segment, mission: Mission, clock: float) -> Landing | None:
    """Where a disposal burn is to bring the stage down: the middle of the mission's area."""
    if mission.limits.disposal_area is None or not burn.payload_gone:
        return None
    (area,) = mission.limits.disposal_area
    middle = direction_of(area.latitude, area.longitude).mean(axis=0)
    return Landing(middle / np.linalg.norm(middle), clock)


def disposal_hint(guess: tuple[GuessedPhase, ...], mission: Mission) -> tuple[str, ...]:
    """What helps a user whose flight was not found: that even the best disposal burn of its longest coast misses the area."""
    if mission.limits.disposal_area is None:
        return ()
    (area,) = mission.limits.disposal_area
    last = guess[-1]
    at = vacuum_impact_coordinates(WGS84, last.start + last.duration, *_final_state(last)[:6])
    outside = float(area.distance(*at)[0])
    if not outside > 0.0:
        return ()
    latitude, longitude = np.degrees(at)
    return (
        f"along the flight guessed, of all disposal burns within the longest coast the nearest one to {area.name} leads to "
        f"{latitude:.1f} deg, {longitude:.1f} deg, {outside / 1e3:.0f} km outside: the ground track may not pass it; "
        "allow a longer coast, or choose an area under the track",
    )


def _final_state(phase: GuessedPhase) -> np.ndarray:
    """(x, y, z, vx, vy, vz, mass) at the end of a guessed phase."""
    return np.array([np.atleast_1d(phase.values[n])[-1] for n in ("x", "y", "z", "vx", "vy", "vz", "mass")])


def _as_target(size: Sizes, inclination: float, mission: Mission, node: float | None) -> TargetOrbit:
    same_plane = abs(inclination - mission.inclination) < 1e-9
    return TargetOrbit(
        perigee_altitude=max(size[0] - RADIUS, LOWEST_PERIGEE),
        apogee_altitude=max(size[1] - RADIUS, size[0] - RADIUS, LOWEST_PERIGEE),
        inclination=inclination,
        ascending_node=getattr(mission.target, "ascending_node", None) if same_plane and node is None else node,
    )


def escape_plane(mission: Mission) -> tuple[float, float] | None:
    """Inclination and node [rad] of the eastward plane of the site at T-0 and the asymptote; None where none is asked for."""
    target = mission.target
    if not isinstance(target, EscapeOrbit) or target.declination is None or target.asymptote_longitude is None:
        return None
    normal = np.cross(mission.site.position(), asymptote_direction(target.declination, target.asymptote_longitude))
    normal *= np.sign(normal[2]) / np.linalg.norm(normal)
    return float(np.arccos(normal[2])), float(np.arctan2(normal[0], -normal[1]))


def _inclinations(burns: list[Segment], wanted: float, mission: Mission) -> list[float]:
    """[rad] after each burn: as asked, else as it was; at first one that the site reaches without turning the plane."""
    least = abs(mission.site.geocentric_latitude()) + 1e-4
    found = [float(np.clip(wanted, least, np.pi - least))]
    for k, burn in enumerate(burns):
        asked = getattr(burn.target, "inclination", None)
        if asked is None and isinstance(burn.target, InsertionOrbit):
            asked = wanted
        found.append(found[-1] if asked is None else asked)
        if k == 0:
            found = found[1:]
    return found


def _sizes(burns: list[Segment], final: TargetOrbit | EscapeOrbit) -> list[Sizes]:
    """Perigee and apogee radius after each burn; those left open are parked in, or transfers to the next one."""
    sizes: list[Sizes | None] = [_asked(burn, final) for burn in burns]
    for k, size in enumerate(sizes):
        if size is not None:
            continue
        before = sizes[k - 1] if k else None
        after = next(s for s in sizes[k + 1 :] if s is not None)
        if sizes[k + 1] is None:  # a transfer is still to come
            low = min(RADIUS + _PARKING_PERIGEE, after[0])
            sizes[k] = before or (low, low)
        elif before is None:
            low = RADIUS + min(max(after[0] - RADIUS - _LEFT_TO_RAISE, LOWEST_PERIGEE), _PARKING_PERIGEE)
            # an apogee whose place is asked for is raised from there, not from where the first burn happens to end
            parks = after[1] < 0 or getattr(final, "argument_of_perigee", None) is not None
            sizes[k] = (low, low if parks else after[1])
        elif 0 < after[1] < before[0]:
            sizes[k] = (after[0], before[1])
        else:
            sizes[k] = (before[0], after[1])
    return [s for s in sizes if s is not None]


def _asked(burn: Segment, final: TargetOrbit | EscapeOrbit) -> Sizes | None:
    """What a burn's orbit says; an apogee that it leaves open is as high as the mission's."""
    target = burn.target
    if target is None:
        return None
    if isinstance(target, InsertionOrbit):
        return (final.perigee_radius, final.apogee_radius)
    if target.apogee_radius is not None:
        return (target.perigee_radius, target.apogee_radius)
    return (target.perigee_radius, max(final.apogee_radius, target.perigee_radius))


def _common_radius(before: Sizes, after: Sizes) -> float:
    """Where one burn leads from one orbit to the other: at the apsis that they share, as nearly as may be."""
    pairs = [(abs(a - b), a, rank) for rank, a in enumerate(before[::-1]) for b in after]
    return min(pairs, key=lambda p: (round(p[0], -3), p[2]))[1]


def _speed(orbit: Sizes, radius: float) -> float:
    """Vis-viva [m/s]; 0 where the orbit does not come to the radius."""
    axis = 0.5 * (orbit[0] + orbit[1])
    return float(np.sqrt(max(MU * (2 / radius - 1 / axis), 0.0)))


def _speed_change(before: Sizes, after: Sizes, turn: float) -> float:
    radius = _common_radius(before, after)
    a, b = _speed(after, radius), _speed(before, radius)
    return float(np.sqrt(max(a * a + b * b - 2 * a * b * np.cos(turn), 0.0)))


def _kept(burns: list[Segment], gains: list[float], payload: float) -> float:
    """Propellant and payload [kg] beyond what the first burn leaves that must be left when it ends (Tsiolkovsky, backwards).

    It grows in proportion to the payload.
    """
    last = burns[-1]
    assert last.burnout_mass is not None
    exhaust = thrust_in_vacuum(last.model, 1.0) / total_mass_flow(last.model, 1.0)
    mass = last.burnout_mass + last.payload_aboard(payload)
    dry = mass
    for burn, before, gain in zip(burns[:0:-1], burns[-2::-1], gains[::-1], strict=True):
        grown = mass * float(np.exp(gain / exhaust))
        released = before.payload_aboard(payload) - burn.payload_aboard(payload)
        mass, dry = grown + released, dry + released
    return mass - dry
