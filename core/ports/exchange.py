"""What crosses a joint has two ends: who asks or acts, and who must bear or deliver it. One small document a pair of words.

Each class names its demand first and its capability second. Both modules may state both: a joint is checked both ways.
"""

from typing import Any, ClassVar, Generic, TypeVar, get_args

from ..documents import Document
from ..quantity import SI
from ..versions import VersionRange, VersionText

T = TypeVar("T")


def unit_of(annotation: Any) -> str | None:
    """The SI unit that stands in a type, None when there is none."""
    if isinstance(annotation, SI):
        return annotation.unit
    if isinstance(annotation, type) and issubclass(annotation, Exchange):
        fields = annotation.model_fields.values()
        return next((u for f in fields for u in map(unit_of, (*f.metadata, f.annotation)) if u is not None), None)
    for argument in (*get_args(annotation), *getattr(annotation, "__metadata__", ())):
        found = unit_of(argument)
        if found is not None:
            return found
    return None


class Exchange(Document, Generic[T]):
    """Base of the pairs; *demand* and *capability* are the names of its two fields."""

    demand: ClassVar[str]
    capability: ClassVar[str]

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """A name that does not hang on object addresses: the JSON Schema is the same in every run."""
        kind = params[0]
        unit = unit_of(kind)
        if unit is None:
            plain = get_args(kind)[0] if hasattr(kind, "__metadata__") else kind
            return f"{cls.__name__}_{'whole' if plain is int else getattr(plain, '__name__', 'list')}"
        pair = "pair_" if "tuple" in repr(kind) else ""
        return f"{cls.__name__}_{pair}{unit.replace('/', '_per_').replace('^', '').replace('*', '_') or 'ratio'}"


class Load(Exchange[T], Generic[T]):
    """What one side applies to the other, and what it allows to be applied to itself."""

    demand, capability = "applies", "allows"
    applies: T | None = None
    allows: T | None = None


class Supply(Exchange[T], Generic[T]):
    """What one side needs of the other, and what it provides to it."""

    demand, capability = "needs", "provides"
    needs: T | None = None
    provides: T | None = None


class Span(Exchange[T], Generic[T]):
    """The range that one side supplies, and the range that it accepts."""

    demand, capability = "supplies", "accepts"
    supplies: T | None = None
    accepts: T | None = None


class Choice(Exchange[str]):
    """The one thing that a side brings, and the list of those that it accepts."""

    demand, capability = "supplies", "accepts"
    supplies: str | None = None
    accepts: tuple[str, ...] | None = None


class Items(Exchange[str]):
    """What one side needs, as a list, and the list that it provides."""

    demand, capability = "needs", "provides"
    needs: tuple[str, ...] | None = None
    provides: tuple[str, ...] | None = None


class Room(Exchange[T], Generic[T]):
    """The envelope that one side occupies, and the one that it keeps clear for the other."""

    demand, capability = "occupies", "clears"
    occupies: T | None = None
    clears: T | None = None


class Wanted(Exchange[str]):
    """The range of versions that one side needs, and the version that it provides."""

    demand, capability = "needs", "provides"
    needs: VersionRange | None = None
    provides: VersionText | None = None
