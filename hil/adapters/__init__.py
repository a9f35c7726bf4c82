"""Flight software that speaks a protocol of its own: one short file an adapter, each a `speech.Speech`.

Built-in ones are listed in ``BUILT_IN``; an installed package adds its own by the entry point group ``osea_rocket.hil_adapters``
(name: the adapter's, object: a function of bench and computer). No code comes out of a bench file.
"""

import difflib
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from ...core.errors import InputError

if TYPE_CHECKING:
    from ..document import Bench, Computer
    from ..speech import Speech

GROUP = "osea_rocket.hil_adapters"
BUILT_IN: dict[str, str] = {}
"""Adapter: its module here."""


def find(name: str, computer: "Computer") -> "Callable[[Bench, Computer], Speech]":
    """The adapter's maker. Raises InputError at the computer's place for a name that is not known."""
    if name in BUILT_IN:
        return import_module(f".{BUILT_IN[name]}", __package__).speech
    found = {e.name: e for e in entry_points(group=GROUP)}
    if name in found:
        return found[name].load()
    known = sorted({*BUILT_IN, *found})
    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(known)}"
    raise InputError(f"there is no adapter '{name}'{hint}", where=computer.where("adapter"))
