"""What a flight plan consists of: segments of flight, each with one set of engines at work and one set of parts attached."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from .motion import PhaseModel
from .sequence import BurnOrbit
from .targets import InsertionOrbit

Steering = Literal["vertical", "pitch-over", "free", "held", "none"]


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One stretch of flight.

    steering: vertical (attitude held, straight up), pitch-over (constant rate), free, held (attitude as it was), none (a
    long coast, attitude of no interest). duration: fixed [s], or None; then found between shortest and longest.

    dropped_before: mass [kg] left behind when the segment begins; where that is a whole core stage, with whatever it has
    not burned, begin_mass says instead what flies on: the mass [kg], payload apart. released_before: payload [kg] that has
    left by the segment's beginning, all of it when payload_gone.

    burnout_mass: the mass [kg], payload apart, below which the burning stage has no usable propellant; None where no core
    stage burns; kept_per_payload [kg/kg]: what must be left beside it for each kilogram of payload. throttle: fixed by a
    schedule; None where it is the optimizer's or full. engines: of the core stage at work.
    clock: what the solid motors' curves count from: lift-off ("flight"), their stage's ignition ("burn"), or None. clock_end
    [s]: the clock at the segment's end, where that is fixed. strap_ons: those attached.

    target: the orbit in which it must end; None elsewhere. fairing_on: whether the payload is still covered.
    """

    name: str
    stage: str
    steering: Steering
    model: PhaseModel
    throttle_min: float = 1.0
    duration: float | None = None
    shortest: float = 1.0
    longest: float | None = None
    dropped_before: float = 0.0
    begin_mass: float | None = None
    dropped_name: str = ""
    released_before: float = 0.0
    payload_gone: bool = False
    burnout_mass: float | None = None
    kept_per_payload: float = 0.0
    throttle: float | None = None
    engines: int = 0
    clock: Literal["flight", "burn"] | None = None
    clock_end: float | None = None
    solid: bool = False
    ignites: bool = False
    strap_ons: tuple[str, ...] = ()
    target: InsertionOrbit | BurnOrbit | None = None
    fairing_on: bool = True

    @property
    def powered(self) -> bool:
        """Whether the core stage's engines are at work."""
        return self.burnout_mass is not None

    @property
    def throttles(self) -> bool:
        """Whether the throttle is free."""
        return self.steering == "free" and self.powered and self.throttle is None and self.throttle_min < 1.0

    @property
    def drops(self) -> bool:
        """Whether something is left behind when the segment begins."""
        return bool(self.dropped_name)

    def payload_aboard(self, payload: Any) -> Any:
        """Payload [kg] still carried, of the whole; floats or CasADi values."""
        return 0.0 if self.payload_gone else payload - self.released_before

    def mass_after_drop(self, mass: Any, payload: Any, before: "Segment | None" = None) -> Any:
        """The mass with which the segment begins, from the one before it; payload included, floats or CasADi values."""
        if self.begin_mass is not None:
            return payload + self.begin_mass
        released = 0.0 if before is None else before.payload_aboard(payload) - self.payload_aboard(payload)
        return mass - self.dropped_before - released


@dataclass(frozen=True)
class StrapOnGroup:
    """When a group of strap-ons burns and leaves, all [s] after lift-off; what all of it has burned [kg] until a time; and its
    thrust [N] at a time and an ambient pressure [Pa], while it burns."""

    name: str
    count: int
    ignition: float
    burnout: float
    drop: float
    burned: Callable[[float], float]
    thrust: Callable[[float, float], float]


@dataclass(frozen=True)
class FlightPlan:
    """Segments in order. liftoff_mass: payload apart [kg]; payload_mass: given, or None when it is to be found."""

    segments: tuple[Segment, ...]
    liftoff_mass: float
    payload_mass: float | None
    strap_ons: tuple[StrapOnGroup, ...] = ()

    def strap_on_burned(self, begin: float, end: float) -> float:
        """Propellant [kg] of all strap-ons burned between two times after lift-off."""
        return sum(group.burned(end) - group.burned(begin) for group in self.strap_ons)

    @property
    def insertion(self) -> Segment:
        """The segment at whose end the payload's orbit is reached; only a disposal burn follows it."""
        return next(s for s in reversed(self.segments) if isinstance(s.target, InsertionOrbit))

    @property
    def released(self) -> float:
        """Payload [kg] that leaves before insertion."""
        return self.insertion.released_before

    def restarted(self, segment: Segment) -> bool:
        """Whether the segment's stage has burned and coasted before it burns here."""
        own = [s for s in self.segments[: self.segments.index(segment)] if s.stage == segment.stage]
        burned = next((i for i, s in enumerate(own) if s.powered), len(own))
        return segment.powered and any(not s.powered for s in own[burned:])

    def before(self, segment: Segment) -> Segment | None:
        """The segment before one, None before the first."""
        at = self.segments.index(segment)
        return self.segments[at - 1] if at else None
