"""What is said about a wrong document: pydantic's findings in the words of someone who writes a YAML file."""

import difflib
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails


def shown(value: Any) -> str:
    """A value for a message: quoted when it is text, and cut when it is long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:70]}…"


def message(e: ErrorDetails, written: str | None = None) -> str:
    """The message of one of pydantic's errors; *written*: the value as it stands in the file."""
    ctx = e.get("ctx", {})
    given = written or shown(e.get("input"))
    if isinstance(ctx.get("error"), Exception):
        return str(ctx["error"])
    match e["type"]:
        case "greater_than":
            return f"must be greater than {ctx['gt']:g}, is {given}"
        case "greater_than_equal":
            return f"must be at least {ctx['ge']:g}, is {given}"
        case "less_than":
            return f"must be less than {ctx['lt']:g}, is {given}"
        case "less_than_equal":
            return f"must be at most {ctx['le']:g}, is {given}"
        case "literal_error":
            options = [o.strip("' ") for o in str(ctx["expected"]).replace(" or ", ", ").split(",")]
            near = difflib.get_close_matches(str(e.get("input"))[:100], options, 1)
            return f"must be one of {', '.join(options)}, not {given}" + (
                f"; did you mean '{near[0]}'?" if near else ""
            )
        case "tuple_type" | "list_type":
            return "a list is expected here (items in [brackets] or lines that begin with '- ')"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "fields with values are expected here ('name: value' lines)"
        case "string_type" if isinstance(e.get("input"), dict | list | tuple):
            return "one text is expected here, not a list or fields of its own"
        case "string_type":
            return f"text is expected here, not {given}; put it in quotes"
        case "bool_type":
            return f"must be true or false, not {given}"
        case "int_type" | "int_from_float":
            return f"a whole number is expected here, not {given}"
        case "finite_number":
            return "must be a finite number"
        case "string_too_short":
            return "must not be empty"
        case "too_short":
            return f"at least {ctx.get('min_length', 1)} expected here"
        case "union_tag_invalid":
            options = [o.strip("' ") for o in str(ctx["expected_tags"]).split(",")]
            near = difflib.get_close_matches(str(ctx["tag"])[:100], options, 1)
            return f"{ctx['discriminator']} must be one of {', '.join(options)}, not '{ctx['tag']}'" + (
                f"; did you mean '{near[0]}'?" if near else ""
            )
        case "union_tag_not_found":
            return f"{ctx['discriminator']} is missing"
    return e["msg"]


def field_names(model: Any, path: tuple[str | int, ...]) -> list[str]:
    """The fields that may stand at *path* of a document, by their names in files."""
    for part in path:
        if isinstance(part, int):
            model = next((a for a in get_args(model) if a is not Ellipsis), model)
            continue
        candidates = [m for m in _models(model) if part in m.model_fields]
        tagged = [
            m for m in _models(model) if any(f.default == part for f in m.model_fields.values())
        ]  # which of a union
        model = candidates[0].model_fields[part].annotation if candidates else tagged[0] if tagged else model
    return [info.alias or name for m in _models(model) for name, info in m.model_fields.items()]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for argument in get_args(annotation) for m in _models(argument)]
