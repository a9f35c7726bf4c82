"""What is wrong in a definition document, in words: file, line, field and the mend."""

import difflib
from collections.abc import Mapping

from pydantic import BaseModel, ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode

from . import strict_yaml
from .errors import InputError
from .strict_yaml import Problem
from .wording import field_names, message, shown

_SHOWN = 40  # problems in one message


class DocumentError(InputError):
    """A definition file is wrong; ``problems`` lists every place."""

    def __init__(self, problems: list[Problem]) -> None:
        files = list(dict.fromkeys(p.file for p in problems))
        self.problems = tuple(sorted(dict.fromkeys(problems), key=lambda p: (files.index(p.file), p.line, p.column)))
        lines = [str(problem) for problem in self.problems[:_SHOWN]]
        if len(self.problems) > _SHOWN:
            lines.append(f"… and {len(self.problems) - _SHOWN} more")
        InputError.__init__(self, "\n".join(lines))


class FieldError(ValueError):
    """For validators of whole documents: the message belongs to one field (a dotted path from the document)."""

    def __init__(self, field_path: str, message: str) -> None:
        self.field_path = field_path
        super().__init__(message)


def _names_at(
    model: type[BaseModel], root: Node, loc: tuple[str | int, ...], kinds: Mapping[str, type[BaseModel]]
) -> list[str]:
    """The fields that may stand at *loc*: of the innermost document around it that says its own schema."""
    for i in range(len(loc), 0, -1):
        schema = strict_yaml.find(strict_yaml.find(root, loc[:i]), ("schema",))
        if isinstance(schema, ScalarNode) and schema.value in kinds:
            return field_names(kinds[schema.value], loc[i:])
    return field_names(model, loc)


def _as_written(
    model: type[BaseModel], root: Node, loc: tuple[str | int, ...], kinds: Mapping[str, type[BaseModel]]
) -> list[str | int]:
    """The place as a reader of the file finds it: without the tags by which pydantic tells one model of a union from another."""
    found, node = [], root
    for i, part in enumerate(loc):
        written = not isinstance(node, MappingNode) or any(k.value == str(part) for k, _ in node.value)
        if written or part in _names_at(model, root, loc[:i], kinds):
            found.append(part)
            node = strict_yaml.find(node, (part,))
    return found


def problems_of(
    error: ValidationError, model: type[BaseModel], root: Node, file: str, kinds: Mapping[str, type[BaseModel]]
) -> list[Problem]:
    """What pydantic refused in a file, each at its line and with the mend. root: the file as YAML; kinds: models by schema."""
    problems = []
    errors = error.errors(include_url=False)
    # a misspelt field is also a missing one: one message for both
    misspelt = {
        (e["loc"][:-1], near)
        for e in errors
        if e["type"] == "extra_forbidden"
        for near in difflib.get_close_matches(str(e["loc"][-1])[:100], _names_at(model, root, e["loc"][:-1], kinds), 1)
    }
    for e in errors:
        loc = e["loc"]
        if e["type"] == "reference_failed" or (e["type"] == "missing" and (loc[:-1], loc[-1]) in misspelt):
            continue
        if e["type"] == "extra_forbidden":
            node = strict_yaml.find_key(strict_yaml.find(root, loc[:-1]), loc[-1])
            names = _names_at(model, root, loc[:-1], kinds)
            near = difflib.get_close_matches(str(loc[-1])[:100], names, 1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; known: {', '.join(names)}" if names else ""
            text = f"unknown field {shown(loc[-1])}{hint}"
            loc = loc[:-1]
        elif e["type"] == "missing":
            node, text = strict_yaml.find(root, loc[:-1]), f"'{loc[-1]}' is missing"
            loc = loc[:-1]
        else:
            cause = e.get("ctx", {}).get("error")
            if isinstance(cause, FieldError):
                loc = (*loc, *(int(p) if p.isdigit() else p for p in cause.field_path.split(".")))
            node = strict_yaml.find(root, loc)
            # what the file says, not what has become of it: '-4 t' rather than -4000.0
            text = message(e, shown(node.value) if isinstance(node, ScalarNode) else None)
        dotted = ".".join(map(str, _as_written(model, root, loc, kinds)))
        text = f"{dotted}: {text}" if dotted else text
        problems.append(Problem(file, node.start_mark.line + 1, node.start_mark.column + 1, text))
    return problems
