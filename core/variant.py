"""Variants of a nested document: several fields set at once, by their dotted paths."""

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar

from .documents import Document
from .errors import InputError

D = TypeVar("D", bound=Document)


def with_fields(document: D, changes: Mapping[str, Any]) -> D:
    """A validated variant of *document* with the fields at the dotted paths set to the values.

    A path goes through documents by field name and through lists by position or by the ``name`` of the part:
    ``vehicle.stages.0.dry_mass``, ``vehicle.stages.first stage.dry_mass``. Values are as in files (``"300 km"``) or SI.
    Fields of one part change together, so that they may depend on each other. Raises InputError for a path that leads
    nowhere, with the nearest name, and for values that are refused.
    """
    return _changed(document, {tuple(path.split(".")): value for path, value in changes.items()}, "")


def _changed(value: Any, changes: Mapping[tuple[str, ...], Any], at: str) -> Any:
    grouped: dict[str, dict[tuple[str, ...], Any]] = {}
    for (first, *rest), new in changes.items():
        grouped.setdefault(first, {})[tuple(rest)] = new
    if isinstance(value, Document):
        fields = type(value).model_fields
        new_values = {}
        for name, inner in grouped.items():
            if name not in fields:
                raise _leads_nowhere(at, name, list(fields))
            new_values[name] = _set(getattr(value, name), inner, f"{at}{name}.")
        return value.evolve(**new_values)
    if isinstance(value, tuple):
        items = list(value)
        for name, inner in grouped.items():
            index = _index(items, name, at)
            items[index] = _set(items[index], inner, f"{at}{name}.")
        return tuple(items)
    raise InputError(f"'{at.rstrip('.')}' has no parts, so '{at}{next(iter(grouped))}' is not a field")


def _set(value: Any, inner: Mapping[tuple[str, ...], Any], at: str) -> Any:
    if () in inner:
        if len(inner) > 1:
            raise InputError(f"'{at.rstrip('.')}' is set as a whole and in a part of it; set one of them")
        return inner[()]
    return _changed(value, inner, at)


def _index(items: list[Any], name: str, at: str) -> int:
    if name.isdigit():
        if int(name) < len(items):
            return int(name)
        raise InputError(f"'{at}{name}': there are {len(items)}, counted from 0")
    names = [str(getattr(item, "name", "")) for item in items]
    if names.count(name) == 1:
        return names.index(name)
    raise _leads_nowhere(at, name, names)


def _leads_nowhere(at: str, name: str, known: list[str]) -> InputError:
    near = difflib.get_close_matches(name[:100], known, 1)
    hint = f"; did you mean '{near[0]}'?" if near else f"; known: {', '.join(known)}"
    return InputError(f"there is no field '{at}{name}'{hint}")


def value_at(document: Document, path: str) -> Any:
    """The value at a dotted path, as `with_fields` names it. Raises InputError for a path that leads nowhere."""
    value: Any = document
    at = ""
    for name in path.split("."):
        if isinstance(value, Document):
            if name not in type(value).model_fields:
                raise _leads_nowhere(at, name, list(type(value).model_fields))
            value = getattr(value, name)
        elif isinstance(value, tuple):
            value = value[_index(list(value), name, at)]
        else:
            raise InputError(f"'{at.rstrip('.')}' has no parts, so '{at}{name}' is not a field")
        at += f"{name}."
    return value
