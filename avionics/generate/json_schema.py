"""JSON Schema (2020-12) of decoded messages: what the Python codec's ``decode`` gives, as JSON."""

import json
from typing import Any

from ..layout_types import Limits, ResolvedField, ResolvedMessage, ResolvedSet
from .outputs import Loss, Output, identifier


def generate(s: ResolvedSet) -> Output:
    """NAME.schema.json: one definition a message; the whole is {"message": NAME, "values": {…}}."""
    losses: list[Loss] = []
    definitions = {m.name: _message(m) for m in s.messages}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": s.name,
        "description": s.description,
        "x-content": s.input_hash,
        "oneOf": [
            {
                "type": "object",
                "properties": {"message": {"const": name}, "values": {"$ref": f"#/$defs/{name}"}},
                "required": ["message", "values"],
            }
            for name in definitions
        ],
        "$defs": definitions,
    }
    for m in s.messages:
        losses.append(Loss("json-schema", m.name, "values only: octets, headers and checksum are not described"))
        losses += [
            Loss("json-schema", f"{m.name}.{f.name}", "octets are text of hexadecimal digits")
            for f in m.values
            if f.kind == "bytes"
        ]
    return Output(
        {f"{identifier(s.name)}.schema.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"}, tuple(losses)
    )


def _message(m: ResolvedMessage) -> dict[str, Any]:
    return {
        "type": "object",
        "description": m.description,
        "properties": {f.name: _field(f) for f in m.values},
        "required": [f.name for f in m.values],
        "additionalProperties": False,
    }


def _field(f: ResolvedField) -> dict[str, Any]:
    one = _element(f)
    if f.is_array:
        one = {"type": "array", "items": one, "minItems": f.count, "maxItems": f.count}
        if f.elements:
            one["x-elements"] = list(f.elements)
    return ({"description": f.description} if f.description else {}) | one


def _element(f: ResolvedField) -> dict[str, Any]:
    match f.kind:
        case "enum":
            return {"enum": [v.name for v in f.values], "x-values": {v.name: v.value for v in f.values}}
        case "flags":
            names = [v.name for v in f.values]
            return {
                "type": "array",
                "items": {"enum": names},
                "uniqueItems": True,
                "x-bits": {v.name: v.value for v in f.values},
            }
        case "bool":
            return {"type": "boolean"}
        case "text":
            return {"type": "string", "maxLength": f.width // 8}
        case "bytes":
            return {"type": "string", "pattern": f"^[0-9a-f]{{{f.width // 4}}}$"}
    scaled = f.scale != 1.0 or f.offset != 0.0 or f.calibration is not None or f.kind == "bcd"
    one: dict[str, Any] = {"type": "number" if scaled or f.raw == "float" else "integer"}
    if one["type"] == "integer":
        one |= {"minimum": f.raw_limits[0], "maximum": f.raw_limits[1]}
    if f.unit:
        one["x-unit"] = f.unit
    if f.time_code:
        one["x-epoch"] = f.epoch
    for name, limits in (("range", f.range), ("yellow", f.yellow), ("red", f.red)):
        if isinstance(limits, Limits):
            one[f"x-{name}"] = [limits.low, limits.high]
    return one
