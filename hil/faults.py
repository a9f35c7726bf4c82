"""Faults of a bench document: of sensors, actuators, engines, power, and of messages under way."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..core.documents import Document, FieldError, Flag
from ..core.quantity import SI, Ratio, parse
from .conditions import ConditionText
from .signals import INDEX, INPUT_INDEX, SIGNALS

Time = Annotated[float, SI("s", ("60 s",), ge=-86400.0, le=86400.0)]
Span = Annotated[float, SI("s", ("2 s",), ge=0.0, le=86400.0)]

SENSOR = ("freeze", "bias", "drift", "noise", "dropout", "stuck_bit")
ACTUATOR = ("jam", "slow", "free")
VEHICLE = ("engine_out", "thrust_loss", "brown_out")
MESSAGE = ("loss", "delay", "corruption", "reorder", "babble", "wrong_time", "mute")
Kind = Literal[
    "freeze", "bias", "drift", "noise", "dropout", "stuck_bit",
    "jam", "slow", "free",
    "engine_out", "thrust_loss", "brown_out",
    "loss", "delay", "corruption", "reorder", "babble", "wrong_time", "mute",
]  # fmt: skip


class Fault(Document):
    """One fault, from a time, a condition or a press of its button on, for a while or for good.

    Sensors (signal): freeze (the last value stays), bias (amount added), drift (amount a second), noise (amount: one standard
    deviation), dropout (nought, and its valid flag too), stuck_bit (bit: of the value as a 32-bit float). Actuators (signal: a
    command): jam (stays where it is), slow (amount: share of the change let through each step), free (goes to nought).
    Vehicle: engine_out (amount: how many), thrust_loss (amount: share lost), brown_out (amount: volts lost). Messages: loss
    (amount: share), delay (span), corruption (amount: share with one bit flipped), reorder (amount: share swapped with the
    next), babble (amount: frames of noise to the computer each step), wrong_time (amount: seconds added to clock.time), mute
    (the computer's answers are thrown away).
    """

    name: str = Field(min_length=1, max_length=80)
    kind: Kind
    signal: str | None = None
    computer: str | None = Field(default=None, description="of messages: whose link; else all")
    at: Time | None = None
    when: ConditionText | None = None
    by_hand: Flag = Field(default=False, description="begins when somebody presses its button (osea hil run --by-hand)")
    duration: Span | None = Field(default=None, description="else for good")
    amount: str | Ratio | None = Field(default=None, description="a quantity with its unit, or a pure number")
    span: Span | None = Field(default=None, description="of a delay")
    bit: Annotated[int, Field(strict=True, ge=0, le=31)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum((self.at is not None, self.when is not None, self.by_hand)) != 1:
            raise FieldError("at", "give 'at' (a time), 'when' (a condition), or 'by_hand: true'")
        known = INDEX if self.kind in SENSOR else INPUT_INDEX if self.kind in ACTUATOR else {}
        if known and (self.signal is None or not self.places()):
            what = (
                "a sensor's signal such as imu.rate.x or gnss.position"
                if self.kind in SENSOR
                else "a command such as command.gimbal_y"
            )
            raise FieldError("signal", f"'{self.kind}' needs 'signal': {what}")
        if not known and self.signal is not None:
            raise FieldError("signal", f"'{self.kind}' has no signal; leave it out")
        if self.kind in ("bias", "drift", "noise", "slow", "engine_out", "thrust_loss", "brown_out", "loss", "corruption",
                         "reorder", "babble", "wrong_time") and self.amount is None:  # fmt: skip
            raise FieldError("amount", f"'{self.kind}' needs an amount")
        if self.kind == "stuck_bit" and self.bit is None:
            raise FieldError("bit", "'stuck_bit' needs 'bit', 0 (lowest) to 31")
        if self.kind == "delay" and self.span is None:
            raise FieldError("span", "'delay' needs 'span', a time")
        self.value()
        return self

    def places(self) -> list[int]:
        """Where the signal, or the signals of that group, stand."""
        known = INDEX if self.kind in SENSOR else INPUT_INDEX
        name = self.signal or ""
        return [known[name]] if name in known else [i for n, i in known.items() if n.startswith(name + ".")]

    def value(self) -> float:
        """The amount in SI units."""
        if self.amount is None:
            return 0.0
        unit = {"brown_out": "V", "wrong_time": "s"}.get(self.kind, "")
        if self.kind in ("bias", "noise", "drift"):
            unit = SIGNALS[self.places()[0]].unit
            unit = f"{unit or '1'}/s" if self.kind == "drift" else unit
        try:
            number = float(self.amount) if unit == "" else parse(str(self.amount), unit)
        except ValueError as error:
            text = str(error) if unit else f"expected a pure number, not '{str(self.amount)[:40]}'"
            raise FieldError("amount", text) from None
        if self.kind in ("loss", "corruption", "reorder", "slow", "thrust_loss") and not 0.0 <= number <= 1.0:
            raise FieldError("amount", f"a share is 0 to 1, not {number:g}")
        return number
