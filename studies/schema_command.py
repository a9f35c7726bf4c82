"""`osea schema`: the JSON Schemas of the definition files, written from the models themselves."""

import json
from pathlib import Path
from typing import Any

from ..core.documents import SCHEMAS, Module
from ..core.errors import ImpossibleError
from . import documents  # noqa: F401  with it, every schema is known

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(schema: str) -> dict[str, Any]:
    """The JSON Schema of one kind of document, ``osea/stage/v1``."""
    model: type[Module] = SCHEMAS[schema]
    made = model.model_json_schema(by_alias=True, mode="validation")
    made["properties"]["schema"] = {
        "const": schema,
        "title": "Schema",
        "description": "kind and version of the document",
    }
    made["required"] = ["schema", *(n for n in made.get("required", ()) if n != "schema")]
    return {"$schema": DIALECT, "$id": f"urn:osea:schema:{schema.removeprefix('osea/').replace('/', ':')}", **made}


def file_name(schema: str) -> str:
    """``osea/stage/v1`` → ``stage-v1.schema.json``."""
    return schema.removeprefix("osea/").replace("/", "-") + ".schema.json"


def schema_files() -> dict[str, str]:
    """Every schema's file name and text; the same in every run."""
    ours = sorted(name for name in SCHEMAS if name.startswith("osea/"))
    return {file_name(s): json.dumps(json_schema(s), indent=1, ensure_ascii=False, sort_keys=True) + "\n" for s in ours}


def run_schema(folder: Path, check: bool) -> tuple[dict[str, Any], str]:
    """Write the schemas, or say which files are not current."""
    texts = schema_files()
    present = {p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.schema.json")} if folder.is_dir() else {}
    stale = sorted(name for name in {*texts, *present} if texts.get(name) != present.get(name))
    data: dict[str, Any] = {"status": "done", "folder": str(folder), "schemas": sorted(texts), "not_current": stale}
    if check:
        if stale:
            message = f"{folder}: {len(stale)} schemas are not current ({', '.join(stale[:5])}); run 'osea schema'"
            data |= {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": message}
        return data, f"{len(texts)} schemas, {len(stale)} not current"
    folder.mkdir(parents=True, exist_ok=True)
    for name in present.keys() - texts.keys():
        (folder / name).unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return data, f"{len(texts)} schemas in {folder}, {len(stale)} of them new, changed or gone"
