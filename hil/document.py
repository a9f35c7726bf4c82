"""The bench document (`osea/bench/v1`): what flies, which computers fly it, over which links, by which clock."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..avionics.message_set import MessageSet
from ..core.documents import Count, Document, FieldError, Flag, Module, Reference, load_document
from ..core.quantity import SI, Ratio, ratio
from .adapters.document import Adapter
from .cards import CardWiring
from .conditions import ConditionText
from .faults import Fault
from .mapping import Received, Sent
from .requirements import Requirement
from .transports.document import Link

_DATA = Path(__file__).parent / "data"
Duration = Annotated[float, SI("s", ("10 s",), ge=0.0, le=86400.0)]
Wait = Annotated[float, SI("s", ("100 ms",), gt=0.0, le=3600.0)]
Rate = Annotated[float, SI("Hz", ("400 Hz",), gt=0.0, le=20e3)]


class Power(Document):
    """A battery behind one bus: open voltage less resistance times current. Estimates of what is usual, until given."""

    voltage: Annotated[float, SI("V", ("28 V",), gt=0.0, le=1000.0)] = 28.5
    resistance: Annotated[float, SI("ohm", ("20 mohm",), ge=0.0, le=10.0)] = 0.02
    load: Annotated[float, SI("A", ("20 A",), ge=0.0, le=1e4)] = Field(default=20.0, description="drawn all the time")
    actuators: Annotated[float, SI("A*s/rad", ("150 A*s/rad",), ge=0.0)] = Field(
        default=100.0, description="drawn more while gimbals turn, for each radian a second"
    )
    capacity: Annotated[float, SI("A*s", ("40 A*h",), gt=0.0)] = 144e3
    least: Annotated[float, SI("V", ("22 V",), ge=0.0, le=1000.0)] = Field(
        default=22.0, description="below it sensors and actuators fall silent"
    )


class ClockSource(Document):
    """Time from outside the host: a pulse a second, or a PTP hardware clock."""

    type: Literal["pps", "ptp"]
    device: str = Field(default="", description="else /dev/pps0 or /dev/ptp0", examples=["/dev/ptp1"])


class Clock(Document):
    """How the bench's time goes on.

    lockstep: a step when every computer has answered; the same flight on any machine. real_time: a step every period of the
    host's clock. accelerated: as real_time, faster by a factor.
    """

    mode: Literal["lockstep", "real_time", "accelerated"] = "lockstep"
    factor: Annotated[float, ratio(gt=0.0, le=1000.0)] = Field(default=1.0, description="accelerated: of real time")
    patience: Wait = Field(default=10.0, description="for a computer's first answer")
    timeout: Wait = Field(default=0.2, description="lockstep: for an answer, then the samples are sent again")
    resends: Annotated[int, Field(strict=True, ge=0, le=100)] = 3
    spin: Annotated[float, SI("s", ("200 us",), ge=0.0, le=0.1)] = Field(
        default=200e-6, description="real time: the last of a wait is spent spinning, not sleeping"
    )
    overrun: Literal["catch_up", "slip"] = Field(
        default="catch_up", description="after a late step: make up for it, or move the time scale"
    )
    silence: Wait = Field(default=1.0, description="real time: a computer that says nothing for so long has failed")
    source: ClockSource | None = Field(default=None, description="real time: whose seconds count; else the host's")

    @model_validator(mode="after")
    def _source_for_real_time(self) -> Self:
        if self.source is not None and self.mode == "lockstep":
            raise FieldError("source", "in lockstep no clock runs; choose real_time, or leave out the source")
        return self


class Computer(Document):
    """One flight computer: its link, and what is said over it.

    ``adapter`` names flight software that speaks a protocol of its own (hil/adapters/data), ``adapter_file`` a file that says how
    another speaks; ``send`` and ``receive`` then replace the adapter's. Without an adapter they map the bench's message set, and
    without them the bench's own two messages go there and back (hil/data/own-mapping.yaml).
    """

    name: str = Field(min_length=1, max_length=40)
    link: Link
    adapter: str | None = Field(default=None, description="the name of one that is built in or installed")
    adapter_file: Reference[Adapter] | None = Field(default=None, description="one of your own (osea/bench-adapter/v1)")
    options: dict[str, str | Ratio | Flag] = Field(default_factory=dict, description="of an installed adapter")
    send: tuple[Sent, ...] = ()
    receive: tuple[Received, ...] = ()

    @model_validator(mode="after")
    def _one_way_to_speak(self) -> Self:
        if self.adapter is not None and self.adapter_file is not None:
            raise FieldError("adapter_file", "an adapter is named already; keep one of 'adapter' and 'adapter_file'")
        adapted = self.adapter is not None or self.adapter_file is not None
        if not adapted and bool(self.send) != bool(self.receive):
            missing = "receive" if self.send else "send"
            raise FieldError(
                missing, "say both what is sent and what is received, or neither for the bench's own two messages"
            )
        if self.adapter is None and self.options:
            raise FieldError("options", "options are an adapter's; name one, or leave them out")
        if self.receive and not any(r.answers for r in self.receive):
            raise FieldError(
                "receive", "one received message needs 'answers: true': the one that ends a computer's step"
            )
        return self


class Bench(Module, schema="osea/bench/v1"):
    """A bench: one vehicle, one or more flight computers, faults, requirements."""

    study: Reference[Module] = Field(
        description="what flies: a study (osea/study/v1), or a booster's descent (osea/landing/v1)"
    )
    messages: Reference[MessageSet] | None = Field(
        default=None, description="else the bench's own set, hil/data/bench.yaml"
    )
    rate: Rate = Field(default=400.0, description="of the plant and of the exchange")
    countdown: Duration = Field(default=2.0, description="on the pad before T-0")
    longest: Duration = Field(default=3600.0, description="the run ends, at the latest, so long after T-0")
    until: ConditionText | None = Field(default=None, description="the run ends, as planned, when this holds")
    seed: Annotated[int, Field(strict=True, ge=0, le=2**31)] = 0
    manual_phases: Flag = Field(
        default=False, description="stages separate and burns end by command alone, not when the plan says so"
    )
    clock: Clock = Clock()
    power: Power = Power()
    computers: tuple[Computer, ...] = Field(min_length=1, max_length=9)
    cards: tuple[CardWiring, ...] = ()
    faults: tuple[Fault, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    record_every: Count = Field(default=1, description="steps between two recorded rows of signals")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.study.schema_id not in ("osea/study/v1", "osea/landing/v1"):
            raise FieldError(
                "study", f"expected a study (osea/study/v1) or a landing (osea/landing/v1), not {self.study.schema_id}"
            )
        names = [c.name for c in self.computers]
        for what, items in (
            ("computers", names),
            ("cards", [c.name for c in self.cards]),
            ("faults", [f.name for f in self.faults]),
            ("requirements", [r.name for r in self.requirements]),
        ):
            for i, name in enumerate(items):
                if name in items[:i]:
                    raise FieldError(f"{what}.{i}.name", f"'{name}' is named twice; choose another name")
        for i, fault in enumerate(self.faults):
            if fault.computer is not None and fault.computer not in names:
                raise FieldError(
                    f"faults.{i}.computer", f"there is no computer '{fault.computer}'; there are {', '.join(names)}"
                )
        return self

    def message_set(self) -> MessageSet:
        """The messages between plant and computers."""
        return self.messages or own_messages()


class OwnMapping(Module, schema="osea/bench-mapping/v1"):
    """What is sent and received where a bench document does not say."""

    send: tuple[Sent, ...]
    receive: tuple[Received, ...]


@cache
def own_mapping() -> OwnMapping:
    """The bench's own mapping of its own messages."""
    return load_document(OwnMapping, _DATA / "own-mapping.yaml")


@cache
def own_messages() -> MessageSet:
    """The bench's own message set: samples of all sensors in one message, commands in another."""
    return load_document(MessageSet, _DATA / "bench.yaml")
