"""The vehicle: stages from the bottom up, boosters beside them, and what stands on top."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..core.documents import Document, FieldError, Integer, Module, Reference
from ..core.modules import AnyPart, Join
from ..core.quantity import SI, Area, ratio
from .parts import Fairing, Interstage, Payload, PayloadAdapter
from .phases import Phase
from .published import PublishedVehicle
from .stage import Stage
from .wording import metres


class StrapOns(Document):
    """Equal boosters, evenly placed around a core stage.

    stage: the booster. count: how many (two or more). beside: name of the core stage that they are attached to (the lowest
    when left out). station: height of their exit plane over that of the lowest core stage. ignition: after lift-off
    (0: on the ground). kept: propellant with which each is cut off, for its way back. drop: after lift-off, when they leave; left
    out, when they are cut off. fore_attachment, aft_attachment:
    heights over their exit plane at which they are held to the core; thrust_attachment: which of the two carries their thrust.
    """

    stage: Reference[Stage]
    count: Integer
    beside: str | None = None
    station: Annotated[float, SI("m", ("0 m",))] = 0.0
    ignition: Annotated[float, SI("s", ("65.5 s",), ge=0.0, le=3600.0)] = 0.0
    kept: Annotated[float, SI("kg", ("50 t",), ge=0.0)] = 0.0
    drop: Annotated[float, SI("s", ("66 s",), gt=0.0, le=3600.0)] | None = None
    fore_attachment: Annotated[float, SI("m", ("20 m",), gt=0.0)] | None = None
    aft_attachment: Annotated[float, SI("m", ("3 m",), ge=0.0)] | None = None
    thrust_attachment: Literal["fore", "aft"] | None = None

    @model_validator(mode="after")
    def _attached(self):
        given = (self.fore_attachment, self.aft_attachment, self.thrust_attachment)
        if any(v is None for v in given) and any(v is not None for v in given):
            raise FieldError(
                "fore_attachment", "give 'fore_attachment', 'aft_attachment' and 'thrust_attachment', or none of them"
            )
        fore, aft = self.fore_attachment, self.aft_attachment
        if fore is not None and aft is not None and not aft < fore <= self.stage.length:
            raise FieldError(
                "fore_attachment",
                f"the fore attachment ({metres(fore)}) stands over the aft one ({metres(aft)}) and within the strap-on "
                f"({metres(self.stage.length)}); correct them",
            )
        return self

    @model_validator(mode="after")
    def _even(self):
        if self.count < 2:
            raise FieldError(
                "count", "boosters stand evenly around the core: give two or more (one would pull it sideways)"
            )
        if self.stage.role != "strap-on":
            raise FieldError("stage", f"'{self.stage.name}' is a core stage; set 'role: strap-on' in its file")
        return self


class DragCurve(Document):
    """A given drag coefficient against Mach number, in place of the build-up.

    mach: ascending, four points or more; coefficient: as many; reference_area: that they refer to.
    """

    mach: tuple[Annotated[float, ratio(ge=0.0)], ...] = Field(min_length=4)
    coefficient: tuple[Annotated[float, ratio(ge=0.0)], ...] = Field(min_length=4)
    reference_area: Area
    source: str = Field(min_length=3)

    @model_validator(mode="after")
    def _a_curve(self):
        if len(self.mach) != len(self.coefficient):
            raise FieldError(
                "coefficient",
                f"{len(self.mach)} Mach numbers and {len(self.coefficient)} coefficients: make them as many",
            )
        if any(b <= a for a, b in zip(self.mach, self.mach[1:], strict=False)):
            raise FieldError("mach", "the Mach numbers must ascend; sort the curve by Mach number")
        if self.reference_area <= 0:
            raise FieldError("reference_area", "the reference area must be greater than 0")
        return self


class Vehicle(Module, schema="osea/vehicle/v1"):
    """A launch vehicle.

    stages: core stages, lowest first. boosters: groups of strap-ons. interstages: each names the stage it stands on.
    fairing, adapter: optional. payload: its mass may be open. drag: a given curve, else the build-up is used.
    equipment: further parts with ports (avionics, batteries, recovery kit, umbilicals, pad, landing site); masses of stages
    count what is built into them. joins: which ports meet, where the order of the stack does not say it.
    published: figures of the whole from elsewhere, to hold the modules against. phases: of the count and the flight in order, for
    power and energy.
    """

    stages: tuple[Reference[Stage], ...] = Field(min_length=1)
    boosters: tuple[StrapOns, ...] = ()
    interstages: tuple[Reference[Interstage], ...] = ()
    fairing: Reference[Fairing] | None = None
    adapter: Reference[PayloadAdapter] | None = None
    payload: Reference[Payload]
    drag: DragCurve | None = None
    equipment: tuple[AnyPart, ...] | None = None
    joins: tuple[Join, ...] | None = None
    published: PublishedVehicle | None = None
    phases: tuple[Phase, ...] | None = None

    @model_validator(mode="after")
    def _names_differ(self):
        names = [s.name for s in self.stages] + [b.stage.name for b in self.boosters]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise FieldError("stages", f"two stages are called '{name}'; give each a name of its own")
        for i, stage in enumerate(self.stages):
            if stage.role != "core":
                raise FieldError(
                    f"stages.{i}", f"'{stage.name}' is a strap-on; list it under 'boosters', or set 'role: core'"
                )
        return self

    @model_validator(mode="after")
    def _phases_are_known(self):
        names = [phase.name for phase in self.phases or ()]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise FieldError(f"phases.{i}.name", f"two phases are called '{name}'; give each a name of its own")
        parts = [*self.stages, *(g.stage for g in self.boosters)]
        known = {p.name for p in (*parts, *(self.equipment or ()), self.payload)}
        known |= {f"engines of {stage.name}" for stage in parts}
        for i, phase in enumerate(self.phases or ()):
            for name in set(phase.without) - known:
                raise FieldError(f"phases.{i}.without", f"there is no part '{name}'; known: {', '.join(sorted(known))}")
        for i, unit in enumerate(self.equipment or ()):
            for row in getattr(unit, "power_in", None) or ():
                if self.phases is not None and row.phase not in names:
                    raise FieldError(
                        f"equipment.{i}",
                        f"'{unit.name}' states its power in '{row.phase}', which is no phase here; known: {', '.join(names)}",
                    )
        return self

    @model_validator(mode="after")
    def _boosters_have_a_core(self):
        for i, group in enumerate(self.boosters):
            if group.beside is not None and group.beside not in [s.name for s in self.stages]:
                raise FieldError(
                    f"boosters.{i}.beside", f"there is no core stage '{group.beside}'; known: {_list(self.stages)}"
                )
        return self

    @model_validator(mode="after")
    def _interstages_stand_on_stages(self):
        taken: set[str] = set()
        for i, part in enumerate(self.interstages):
            below = [s.name for s in self.stages[:-1]]
            if part.on not in below:
                known = ", ".join(f"'{n}'" for n in below) or "none: a vehicle of one stage has no interstage"
                raise FieldError(
                    f"interstages.{i}",
                    f"interstage '{part.name}' stands on '{part.on}', which has no stage above it; known: {known}",
                )
            if part.on in taken:
                raise FieldError(f"interstages.{i}", f"two interstages stand on '{part.on}'; keep one")
            taken.add(part.on)
            index = below.index(part.on)
            lower, upper = self.stages[index], self.stages[index + 1]
            _meets(
                f"interstages.{i}",
                f"interstage '{part.name}'",
                part.lower_diameter,
                lower.name,
                lower.diameter,
                "lower_diameter",
            )
            _meets(
                f"interstages.{i}",
                f"interstage '{part.name}'",
                part.upper_diameter,
                upper.name,
                upper.diameter,
                "upper_diameter",
            )
            if part.encloses >= upper.length:
                raise FieldError(
                    f"interstages.{i}", f"interstage '{part.name}' encloses all of '{upper.name}'; reduce 'encloses'"
                )
        return self

    @model_validator(mode="after")
    def _neighbours_meet(self):
        on = {part.on for part in self.interstages}
        for i, (lower, upper) in enumerate(zip(self.stages, self.stages[1:], strict=False)):
            if lower.name not in on and abs(lower.diameter - upper.diameter) > 1e-3:
                raise FieldError(
                    f"stages.{i + 1}",
                    f"'{lower.name}' ({metres(lower.diameter)}) and '{upper.name}' ({metres(upper.diameter)}) do not meet; "
                    "put an interstage between them or correct a diameter",
                )
        return self

    @model_validator(mode="after")
    def _top_fits(self):
        top = self.stages[-1]
        if self.fairing is not None:
            base = self.fairing.base_diameter
            if base is not None:
                _meets("fairing", "the fairing's base_diameter", base, top.name, top.diameter, "base_diameter")
            elif self.fairing.boattail_length == 0 and abs(self.fairing.diameter - top.diameter) > 1e-3:
                raise FieldError(
                    "fairing",
                    f"the fairing ({metres(self.fairing.diameter)}) and '{top.name}' ({metres(top.diameter)}) do not meet; "
                    "give the fairing a boattail_length or correct a diameter",
                )
        if self.adapter is not None and self.adapter.lower_diameter > top.diameter * (1 + 1e-9):
            raise FieldError(
                "adapter",
                f"the adapter ({metres(self.adapter.lower_diameter)}) is wider than '{top.name}' ({metres(top.diameter)}); "
                "correct its lower_diameter",
            )
        if self.fairing is not None and self.payload.diameter is not None:
            limit = self.fairing.envelope.diameter if self.fairing.envelope else self.fairing.diameter
            if self.payload.diameter > limit * (1 + 1e-9):
                raise FieldError(
                    "payload",
                    f"the payload ({metres(self.payload.diameter)} wide) does not fit in the fairing ({metres(limit)} free); "
                    "take a wider fairing or a narrower payload",
                )
        if self.fairing is not None and self.payload.length is not None:
            adapter = self.adapter.height if self.adapter else 0.0
            limit = self.fairing.envelope.height if self.fairing.envelope else self.fairing.length - adapter
            if self.payload.length > limit * (1 + 1e-9):
                raise FieldError(
                    "payload",
                    f"the payload ({metres(self.payload.length)} high) does not fit in the fairing ({metres(limit)} free); "
                    "take a longer fairing or a shorter payload",
                )
        return self

    def stage(self, name: str) -> Stage:
        """The stage or booster called *name*; KeyError names the known ones."""
        for stage in (*self.stages, *(b.stage for b in self.boosters)):
            if stage.name == name:
                return stage
        raise KeyError(f"no stage '{name}'; known: {_list((*self.stages, *(b.stage for b in self.boosters)))}")

    def interstage_on(self, stage: Stage) -> Interstage | None:
        """The interstage that stands on *stage*, or None."""
        return next((part for part in self.interstages if part.on == stage.name), None)


def _list(stages: tuple[Stage, ...]) -> str:
    return ", ".join(f"'{s.name}'" for s in stages)


def _meets(field: str, what: str, diameter: float, other: str, other_diameter: float, name: str) -> None:
    """Joined bodies have one diameter at the joint, to a millimetre."""
    if abs(diameter - other_diameter) > 1e-3:
        raise FieldError(
            field,
            f"{what} ({metres(diameter)}) and '{other}' ({metres(other_diameter)}) do not meet; make {name} equal to the stage's "
            "diameter",
        )


__all__ = ["DragCurve", "StrapOns", "Vehicle"]
