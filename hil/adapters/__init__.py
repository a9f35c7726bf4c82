"""Flight software that speaks a protocol of its own: one short file an adapter, each a `speech.Speech`.

None is built in; an installed package adds its own by the entry point group ``osea_rocket.hil_adapters``
(name: the adapter's, object: a function of bench and computer). No code comes out of a bench file.
"""

import difflib
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from ...core.errors import InputError

if TYPE_CHECKING:
    from ..document import Bench, Computer
    from ..speech import Speech

GROUP = "osea_rocket.hil_adapters"


def find(name: str, computer: "Computer") -> "Callable[[Bench, Computer], Speech]":
    """The adapter's maker. Raises InputError at the computer's place for a name that is not known."""
    found = {e.name: e for e in entry_points(group=GROUP)}
    if name in found:
        return found[name].load()
    known = sorted(found)
    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(known) or 'none installed'}"
    raise InputError(f"there is no adapter '{name}'{hint}", where=computer.where("adapter"))
