"""Flight software that speaks a protocol of its own: a document (`osea/bench-adapter/v1`) says how.

Those in ``data`` are built in; a bench names another by its file. What no document can say is one short Python file, a
`speech.Speech`, which an installed package adds by the entry point group ``osea_rocket.hil_adapters``
(name: the adapter's, object: a function of bench and computer). No code comes out of a bench file.
"""

import difflib
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.documents import load_document
from ...core.errors import InputError

if TYPE_CHECKING:
    from ..document import Bench, Computer
    from ..speech import Speech

GROUP = "osea_rocket.hil_adapters"
_DATA = Path(__file__).parent / "data"


def built_in() -> dict[str, Path]:
    """Names and files of the adapters that come with the package."""
    return {p.stem: p for p in sorted(_DATA.glob("*.yaml")) if not p.stem.endswith("-messages")}


def find(bench: "Bench", computer: "Computer") -> "Speech":
    """What a computer with an adapter speaks. Raises InputError at its place for a name that is not known."""
    from .document import Adapter
    from .speech import AdapterSpeech

    if computer.adapter_file is not None:
        return AdapterSpeech(computer.adapter_file, bench, computer)
    name = computer.adapter or ""
    own = built_in()
    if name in own:
        if computer.options:
            raise InputError(
                f"'{name}' has no options; map its fields in 'send' and 'receive'", where=computer.where("options")
            )
        return AdapterSpeech(load_document(Adapter, own[name]), bench, computer)
    found = {e.name: e for e in entry_points(group=GROUP)}
    if name in found:
        return found[name].load()(bench, computer)
    known = sorted({*own, *found})
    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(known)}"
    raise InputError(f"there is no adapter '{name}'{hint}", where=computer.where("adapter"))
