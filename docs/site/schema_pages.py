"""The reference of the document kinds: a page for each JSON Schema under standard/, its fields in tables."""

import json
from pathlib import Path
from typing import Any


def pages(root: Path) -> dict[str, str]:
    """Pages by their names: ``reference/schemas/stage-v1.md`` and so on."""
    found = {}
    for folder in ("standard/schemas", "standard/launch-data/schemas"):
        for file in sorted((root / folder).glob("*.schema.json")):
            name = file.name.removesuffix(".schema.json")
            prefix = "schemas" if folder == "standard/schemas" else "records"
            schema = json.loads(file.read_text(encoding="utf-8"))
            found[f"reference/{prefix}/{name}.md"] = _page(name, schema, f"{folder}/{file.name}")
    return found


def _page(name: str, schema: dict[str, Any], path: str) -> str:
    kind, version = name.rsplit("-", 1)
    lines = [
        f"# {kind} {version}",
        "",
        _escaped(schema.get("description", "")),
        "",
        f"For programs: [{path}](/{path}).",
        "",
    ]
    lines += _table(schema)
    for title, part in sorted(schema.get("$defs", {}).items()):
        if part.get("properties") or part.get("description"):
            lines += [f"## {title}", "", _escaped(part.get("description", "")), "", *_table(part)]
    return "\n".join(lines)


def _table(part: dict[str, Any]) -> list[str]:
    required = set(part.get("required", ()))
    rows = [
        f"| `{name}` | {_kind(field)} | {'required' if name in required else _default(field)} | {_cell(_limits(field))} |"
        for name, field in part.get("properties", {}).items()
    ]
    return ["| field | is | | limits, example |", "|---|---|---|---|", *rows, ""] if rows else []


def _kind(field: dict[str, Any]) -> str:
    if "$ref" in field:
        title = field["$ref"].rsplit("/", 1)[-1].removesuffix("-v1.schema.json")
        return f"{title}"
    if "anyOf" in field or "oneOf" in field:
        kinds = [_kind(f) for f in field.get("anyOf") or field["oneOf"] if f.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "x-unit" in field:
        return f"quantity, {_cell(field['x-unit'])}" if field["x-unit"] != "1" else "ratio"
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_kind(field['items'])}" if isinstance(field.get("items"), dict) else "list"
    kind = field.get("type", "anything")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    return "" if value is None or value == [] or value == "" else f"default `{json.dumps(value, ensure_ascii=False)}`"


def _limits(field: dict[str, Any]) -> str:
    inner = [field, *[f for f in field.get("anyOf", ()) if isinstance(f, dict)]]
    signs = {"x-gt": ">", "x-ge": "≥", "x-lt": "<", "x-le": "≤", "minimum": "≥", "maximum": "≤"}
    told = [f"{sign} {f[key]}" for f in inner for key, sign in signs.items() if key in f]
    told += [f"such as `{f['examples'][-1]}`" for f in inner if f.get("examples")][:1]
    return "; ".join([field["description"], *told] if "description" in field else told)


def _cell(text: str) -> str:
    return " ".join(_escaped(text).replace("|", "\\|").split())


def _escaped(text: str) -> str:
    """Markdown of a description: code stays code, other signs stand for themselves."""
    pieces = text.replace("``", "`").split("`")
    for i in range(0, len(pieces), 2):
        for sign in "*_<[]${}":
            pieces[i] = pieces[i].replace(sign, "\\" + sign)
    return "`".join(pieces)
