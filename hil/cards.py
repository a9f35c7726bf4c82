"""Cards of a bench: analogue and discrete channels beside the computers' links, and links that no transport here knows.

Both come from installed packages, by entry points; no code comes out of a bench file. A card of values (group
``osea_rocket.hil_cards``) is made by ``open(options, outputs, inputs)``, with the names of its channels in the order of their
values; a link of frames (group ``osea_rocket.hil_links``: MIL-STD-1553, ARINC 429, a synchronous RS-422 card) by
``open(options)``, which gives a `transports.base.Transport`.
"""

import difflib
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from typing import Annotated, Any, Protocol, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import Document, FieldError, Flag
from ..core.errors import InputError
from ..core.quantity import SI, Ratio, ratio
from .signals import INDEX, INPUT_INDEX
from .transports.base import LinkLostError

CARDS, LINKS = "osea_rocket.hil_cards", "osea_rocket.hil_links"
Options = Mapping[str, str | float | bool]
Rate = Annotated[float, SI("Hz", ("100 Hz",), gt=0.0, le=20e3)]


class CardLostError(Exception):
    """A card is gone; says which, and what happened."""


class Card(Protocol):
    """An open card. A call returns at once, or within what the bench's clock bears."""

    def exchange(self, outputs: np.ndarray, inputs: np.ndarray) -> None:
        """Put outputs (n,) on the card's channels; fill inputs (m,) with what its others say. Raises LinkLostError."""
        ...

    def close(self) -> None: ...


class Wire(Document):
    """What a channel carries: gain times the signal's SI value, plus offset, in the card's own unit (volts, counts, 0 or 1)."""

    signal: str
    gain: Annotated[float, ratio()] = Field(
        default=1.0, description="of the card's unit, for one SI unit of the signal"
    )
    offset: Annotated[float, ratio()] = 0.0


class CardWiring(Document):
    """One card: who makes it, and which signal is on which channel."""

    name: str = Field(min_length=1, max_length=40)
    card: str = Field(description="of an installed package (entry point group osea_rocket.hil_cards)")
    options: dict[str, str | Ratio | Flag] = Field(default_factory=dict, description="the card's own")
    outputs: dict[str, Wire] = Field(default_factory=dict, description="channel: a signal of the plant")
    inputs: dict[str, Wire] = Field(
        default_factory=dict,
        description="channel: a command; the card's value counts, whatever a computer's messages say",
    )
    rate: Rate | None = Field(default=None, description="else every step")

    @model_validator(mode="after")
    def _known_signals(self) -> Self:
        if not self.outputs and not self.inputs:
            raise FieldError("outputs", "a card without channels does nothing; wire one")
        for field, wires, known in (("outputs", self.outputs, INDEX), ("inputs", self.inputs, INPUT_INDEX)):
            for channel, wire in wires.items():
                if wire.signal not in known:
                    near = difflib.get_close_matches(wire.signal, known, 1)
                    hint = f"; did you mean '{near[0]}'?" if near else f"; known are {', '.join(list(known)[:8])} …"
                    raise FieldError(f"{field}.{channel}.signal", f"there is no signal '{wire.signal}' here{hint}")
                if wire.gain == 0.0:
                    raise FieldError(f"{field}.{channel}.gain", "a gain of nought carries nothing")
        return self


def installed(group: str, name: str, where: str | None) -> Callable[..., Any]:
    """The maker of a card or link, from an installed package. Raises InputError that names those that there are."""
    found = {e.name: e for e in entry_points(group=group)}
    if name not in found:
        near = difflib.get_close_matches(name, found, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(sorted(found)) or 'none'}"
        raise InputError(f"no installed package brings '{name}' (entry point group {group}); {hint}", where=where)
    return found[name].load()


class CardSeat:
    """A card at the bench, during a run. rate: of the bench [Hz]."""

    def __init__(self, wiring: CardWiring, rate: float) -> None:
        own = wiring.rate or rate
        self._every = round(rate / own)
        if self._every < 1 or abs(self._every * own - rate) > 1e-9 * rate:
            text = f"{own:g} Hz is no whole part of the bench's {rate:g} Hz; choose another rate"
            raise InputError(text, where=wiring.where("rate"))
        self.name = wiring.name
        self._out, self._out_gain, self._out_offset = _places(wiring.outputs, INDEX)
        self._in, self._in_gain, self._in_offset = _places(wiring.inputs, INPUT_INDEX)
        self._values = np.full(len(self._in), np.nan)
        make = installed(CARDS, wiring.card, wiring.where("card"))
        try:
            self._card: Card = make(dict(wiring.options), tuple(wiring.outputs), tuple(wiring.inputs))
        except (ValueError, KeyError, OSError) as error:
            raise InputError(f"card '{wiring.name}' cannot be opened: {error}", where=wiring.where("options")) from None

    def exchange(self, tick: int, signals: np.ndarray, inputs: np.ndarray) -> None:
        """Outputs go to the card; what it says goes into inputs. A channel that has said nothing yet (NaN) changes nothing.
        Raises CardLostError."""
        if tick % self._every == 0:
            try:
                self._card.exchange(signals[self._out] * self._out_gain + self._out_offset, self._values)
            except LinkLostError as error:
                raise CardLostError(f"card '{self.name}': {error}") from None
        said = np.isfinite(self._values)
        inputs[self._in[said]] = ((self._values - self._in_offset) / self._in_gain)[said]

    def close(self) -> None:
        self._card.close()


def _places(wires: Mapping[str, Wire], known: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows: Sequence[Wire] = tuple(wires.values())
    gains, offsets = np.array([w.gain for w in rows]), np.array([w.offset for w in rows])
    return np.array([known[w.signal] for w in rows], int), gains, offsets
