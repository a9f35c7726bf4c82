"""OSEA-Rocket: open rocket design and avionics toolkit.

``load(path)`` reads any definition file; ``design(study)`` runs a study. Names load when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .core.documents import load_document as load_document
    from .core.errors import ImpossibleError as ImpossibleError
    from .core.errors import InputError as InputError
    from .core.errors import OseaError as OseaError
    from .core.errors import UndecidedError as UndecidedError
    from .studies.design import design as design
    from .studies.documents import load as load

_PUBLIC = {
    "load": "studies.documents",
    "design": "studies.design",
    "load_document": "core.documents",
    "OseaError": "core.errors",
    "InputError": "core.errors",
    "ImpossibleError": "core.errors",
    "UndecidedError": "core.errors",
}

__all__ = ["ImpossibleError", "InputError", "OseaError", "UndecidedError", "design", "load", "load_document"]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
