"""Variants: a set extends a set, a message extends a message; here both are folded into whole messages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.documents import FieldError
from .messages import SharedEnum

if TYPE_CHECKING:
    from .message_set import MessageSet


@dataclass(frozen=True)
class Folded:
    """A message with all that it inherits. field_paths: where each of its fields stands in the set's document."""

    document: Any
    path: str
    field_paths: tuple[str, ...]
    ancestors: tuple[str, ...]


def shared_enums(messages: "MessageSet") -> dict[str, SharedEnum]:
    """The enums by name, the set's own before those of the set it extends."""
    inherited = shared_enums(messages.extends) if messages.extends else {}
    return inherited | {e.name: e for e in messages.enums}


def folded(messages: "MessageSet") -> list[Folded]:
    """Every message of the set and of the set it extends, in order; one of the same name replaces the inherited one.

    Raises FieldError for a parent that does not exist, is of another type, or descends from its own child.
    """
    inherited: dict[str, Folded] = {}
    if messages.extends:
        for m in folded(messages.extends):
            paths = tuple("extends" for _ in m.field_paths)
            inherited[m.document.name] = Folded(m.document, "extends", paths, m.ancestors)
    own = {m.name: (i, m) for i, m in enumerate(messages.messages)}
    done: dict[str, Folded] = {}

    def fold(name: str, chain: tuple[str, ...], asked_at: str) -> Folded:
        if name in done:
            return done[name]
        if name not in own or (name in inherited and name in chain):  # a variant may extend its namesake below
            if name in inherited:
                return inherited[name]
            known = ", ".join([*own, *(n for n in inherited if n not in own)])
            raise FieldError(asked_at, f"there is no message '{name}' to extend; known: {known}")
        if name in chain:
            circle = " → ".join((*chain[chain.index(name) :], name))
            raise FieldError(asked_at, f"the messages extend each other in a circle: {circle}; remove one 'extends'")
        i, m = own[name]
        path = f"messages.{i}"
        paths = tuple(f"{path}.fields.{j}" for j in range(len(m.fields)))
        result = Folded(m, path, paths, ())
        if m.extends:
            parent = fold(m.extends, (*chain, name), f"{path}.extends")
            result = _merge(result, parent)
        done[name] = result
        return result

    for name in own:
        fold(name, (), "")
    return [done.get(name, inherited.get(name)) for name in {**inherited, **own}]  # type: ignore[misc]


def _merge(child: Folded, parent: Folded) -> Folded:
    if child.document.type != parent.document.type:
        text = f"'{parent.document.name}' is of type {parent.document.type}, not {child.document.type}"
        raise FieldError(f"{child.path}.extends", text)
    fields: dict[Any, tuple[Any, str]] = {}
    for i, field in enumerate(parent.document.fields):
        at = parent.field_paths[i]
        fields[getattr(field, "name", ("padding", i))] = (
            field,
            at if at.startswith("messages") else f"{child.path}.extends",
        )
    for i, field in enumerate(child.document.fields):
        fields[getattr(field, "name", ("own padding", i))] = (field, child.field_paths[i])
    # what is at its default counts as not said, so that a resolved document, which says everything, stays the same
    kinds = type(child.document).model_fields
    said = [n for n, info in kinds.items() if n != "type" and getattr(child.document, n) != info.get_default()]
    keep = {n: getattr(child.document, n) for n in said} | {"name": child.document.name, "extends": None}
    keep["fields"] = tuple(f for f, _ in fields.values())
    keep["abstract"] = child.document.abstract
    merged = parent.document.model_copy(update=keep)
    ancestors = (parent.document.name, *parent.ancestors)
    return Folded(merged, child.path, tuple(p for _, p in fields.values()), ancestors)
