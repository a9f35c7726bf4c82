"""The document of an adapter (`osea/bench-adapter/v1`): how flight software that has a protocol of its own is spoken to."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...avionics.message_set import MessageSet
from ...core.documents import Document, FieldError, Flag, Integer, Module, Reference
from ..conditions import ConditionText
from ..mapping import Rate, Received, Sent
from .lines import heard_signals, said_signals

Template = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        examples=["IMU <imu.rate.x|deg/s:.4f> <imu.rate.y|deg/s:.4f>", "GIMBAL <command.gimbal_y|deg>"],
    ),
]


class Said(Document):
    """A line of text to the computer: ``<signal>``, ``<signal|unit>`` or ``<signal|unit:.3f>`` stand for values."""

    line: Template
    rate: Rate | None = Field(default=None, description="else every step")
    when: ConditionText | None = Field(default=None, description="said only while this holds")

    @model_validator(mode="after")
    def _known_signals(self) -> Self:
        try:
            said_signals(self.line)
        except ValueError as error:
            raise FieldError("line", str(error)) from None
        return self


class Heard(Document):
    """A line of text from the computer: ``<command.…>`` or ``<command.…|unit>`` where its numbers stand, ``<>`` for a word of no
    interest. Blanks match any blanks."""

    line: Template
    answers: Flag = Field(default=False, description="it ends the computer's step")

    @model_validator(mode="after")
    def _known_signals(self) -> Self:
        try:
            heard_signals(self.line)
        except ValueError as error:
            raise FieldError("line", str(error)) from None
        return self


class Adapter(Module, schema="osea/bench-adapter/v1"):
    """What flight software speaks, as a mapping: messages and the envelope that they travel in, or lines of text, or both."""

    description: str = ""
    envelope: Literal["plain", "packets", "cfs", "mavlink", "fprime"] = Field(
        default="plain",
        description="plain: structures told apart by size and constants; packets: CCSDS space packets; cfs: those, with cFE's "
        "command checksum; mavlink: MAVLink 2 (1 is understood); fprime: F Prime's frames",
    )
    messages: Reference[MessageSet] | None = None
    ids: dict[str, Integer] = Field(default_factory=dict, description="mavlink: numbers of the messages")
    system: Annotated[int, Field(strict=True, ge=1, le=255)] = Field(
        default=1, description="mavlink: the bench's own number"
    )
    component: Annotated[int, Field(strict=True, ge=0, le=255)] = Field(default=200, description="mavlink")
    free_running: Flag = Field(
        default=False,
        description="the clock of what is sent goes on while the bench waits for the first answer: for software that "
        "answers only after several samples",
    )
    send: tuple[Sent, ...] = ()
    receive: tuple[Received, ...] = ()
    say: tuple[Said, ...] = ()
    hear: tuple[Heard, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.send or self.receive) and self.messages is None:
            raise FieldError("messages", "'send' and 'receive' need the messages' definition; name a message set")
        if not self.send and not self.say:
            raise FieldError("send", "nothing is sent; give 'send' (messages) or 'say' (lines)")
        if not any(r.answers for r in (*self.receive, *self.hear)):
            raise FieldError(
                "receive", "one received message or line needs 'answers: true': the one that ends a computer's step"
            )
        if self.envelope == "mavlink":
            for m in (*self.send, *self.receive):
                if m.message not in self.ids:
                    raise FieldError("ids", f"'{m.message}' needs its number among 'ids'")
        elif self.ids:
            raise FieldError("ids", "only MAVLink numbers its messages; leave this out")
        return self
