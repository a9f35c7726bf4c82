"""Frozen results: SI floats and read-only arrays inside, suffixed SI numbers in files, equal after the round trip."""

import dataclasses
import sys
import types
import typing
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, NamedTuple, Self, Union, get_args, get_origin

import numpy as np

from .findings import Finding

Array = np.ndarray


class Unit(NamedTuple):
    """The SI unit of a result's field, ``Annotated[float, Unit("N")]``; it becomes the key's suffix in files."""

    symbol: str

    @property
    def suffix(self) -> str:
        """``kg/s`` → ``kg_s``, ``m/s^2`` → ``m_s2``, ``W/m^2`` → ``W_m2``."""
        return self.symbol.replace("/", "_").replace("^", "").replace("*", "_").replace(" ", "_")


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a discipline returns. input_hash: of the resolved input; sources: citations; findings: what to mind."""

    input_hash: str = ""
    sources: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # else @dataclass would give each class an == that is ambiguous on arrays
        if "__eq__" not in cls.__dict__:
            cls.__eq__, cls.__hash__ = Result.__eq__, Result.__hash__  # type: ignore[method-assign]

    def __eq__(self, other: object) -> bool:
        return self.same_as(other)

    def __hash__(self) -> int:
        return hash((type(self), self.input_hash))

    def __post_init__(self) -> None:
        layout = _layout(type(self))
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _frozen(getattr(self, field.name), layout[field.name][1]))

    def same_as(self, other: object) -> bool:
        """True when all fields are equal, arrays element by element (== on arrays would be ambiguous)."""
        return type(self) is type(other) and all(
            _same(getattr(self, f.name), getattr(other, f.name)) for f in dataclasses.fields(self)
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON, suffixed SI keys. Raises ValueError on a number that is not finite."""
        return {key: _plain(getattr(self, name), name) for name, (key, _) in _layout(type(self)).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The result back from its plain data; unknown keys and missing ones raise ValueError."""
        layout = _layout(cls)
        if not isinstance(data, dict):
            raise ValueError(f"{cls.__name__}: fields are expected, not {data!r}")
        keys = {key for key, _ in layout.values()}
        if set(data) != keys:
            odd = sorted(set(data) ^ keys)
            raise ValueError(f"{cls.__name__}: keys differ: {', '.join(odd)}")
        return cls(**{name: _build(data[key], kind) for name, (key, kind) in layout.items()})


@cache
def _layout(cls: type) -> dict[str, tuple[str, Any]]:
    """Field name → (key in files, type). Raises TypeError for two fields that would share a key."""
    hints = typing.get_type_hints(cls, include_extras=True)
    layout = {}
    for field in dataclasses.fields(cls):
        kind, suffix = hints[field.name], ""
        if get_origin(kind) is Annotated:
            kind, *extras = get_args(kind)
            suffix = next(("_" + e.suffix for e in extras if isinstance(e, Unit)), "")
        layout[field.name] = (field.name + suffix, kind)
    if len({key for key, _ in layout.values()}) < len(layout):
        raise TypeError(f"{cls.__name__}: two fields share a key in files")
    return layout


def _frozen(value: Any, kind: Any) -> Any:
    """Arrays as read-only float64 copies, lists as tuples, numpy's scalars as Python's."""
    if isinstance(value, np.ndarray) or (kind is np.ndarray and isinstance(value, list | tuple)):
        array = np.array(value, dtype=float, order="C")
        array.flags.writeable = False
        return array
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list) or type(value) is tuple:
        kinds = get_args(kind) if get_origin(kind) is tuple else ()
        item_kind = get_args(kinds[0])[0] if kinds and get_origin(kinds[0]) is Annotated else next(iter(kinds), None)
        return tuple(_frozen(item, item_kind) for item in value)
    return value


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and np.array_equal(a, b)
    if isinstance(a, Result):
        return a.same_as(b)
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b)


def _plain(value: Any, name: str) -> Any:
    if isinstance(value, Result):
        return value.to_json()
    if isinstance(value, Finding):
        return {f.name: _plain(getattr(value, f.name), name) for f in dataclasses.fields(value)}
    if isinstance(value, np.ndarray):
        if not np.all(np.isfinite(value)):
            raise ValueError(f"{name} holds a number that is not finite")
        return value.tolist()
    if isinstance(value, tuple):
        return [_plain(item, name) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float) and not np.isfinite(value):
        raise ValueError(f"{name} is not finite")
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{name}: a {type(value).__name__} has no place in a result")


def _build(data: Any, kind: Any) -> Any:
    """*data* as a value of type *kind*. Raises ValueError when it is something else: files come from strangers."""
    origin = get_origin(kind)
    if origin is Annotated:
        return _build(data, get_args(kind)[0])
    if origin in (Union, types.UnionType):
        options = [a for a in get_args(kind) if a is not types.NoneType]
        if len(options) != 1:
            raise TypeError(f"a result's field is of one type or None, not {kind}")
        return None if data is None else _build(data, options[0])
    if origin is tuple:
        if not isinstance(data, list):
            raise ValueError(f"a list is expected, not {data!r}")
        item_kinds = get_args(kind)
        if len(item_kinds) == 2 and item_kinds[1] is Ellipsis:
            return tuple(_build(item, item_kinds[0]) for item in data)
        return tuple(_build(item, k) for item, k in zip(data, item_kinds, strict=True))
    if kind is Finding:
        hints = typing.get_type_hints(Finding)
        if not isinstance(data, dict) or set(data) != set(hints):
            raise ValueError("a finding has the keys " + ", ".join(hints))
        return Finding(**{key: _build(value, hints[key]) for key, value in data.items()})
    if isinstance(kind, type) and issubclass(kind, Result):
        return kind.from_json(data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if kind is np.ndarray:
        array = np.array(data)
        if (array.size and array.dtype.kind not in "if") or not np.all(np.isfinite(array.astype(float))):
            raise ValueError("an array of finite numbers is expected")
        return array.astype(float)
    # the comparison is false for nan, inf and whole numbers beyond floats
    if kind is float and type(data) in (int, float) and abs(data) <= sys.float_info.max:
        return float(data)
    if kind in (str, int, bool) and type(data) is kind:
        return data
    if kind in (float, str, int, bool):
        raise ValueError(f"{kind.__name__} is expected, not {data!r}")
    return data
