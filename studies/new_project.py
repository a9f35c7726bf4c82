"""`osea new`: a folder with a small launcher to begin from, every file explained by its comments."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..core.errors import InputError

_SCHEMAS = ("study", "vehicle", "stage", "engine", "mission")


def run_new(folder: Path, name: str | None = None) -> tuple[dict[str, Any], str]:
    """Write the files of a new project; never over others. name: of vehicle and study (the folder's when left out)."""
    from .schema_command import json_schema, port_schema

    called = name or re.sub(r"[-_]+", " ", folder.resolve().name).strip()
    if not called or not re.fullmatch(r"[^\n\r\"'#:{}\[\]&*!|>%@`]+", called):
        raise InputError(f"'{called}' is no name for a vehicle; give one with --name")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"'{folder}' exists and is not empty; name a new folder")
    source = Path(str(files(__name__.rpartition(".")[0]).joinpath("data", "new")))
    written = []
    for file in sorted(f for f in source.rglob("*") if f.is_file()):
        written.append(
            _write(folder / file.relative_to(source), file.read_text(encoding="utf-8").replace("NAME", called))
        )
    for kind in _SCHEMAS:
        _write(folder / "schemas" / f"{kind}-v1.schema.json", json.dumps(json_schema(kind), ensure_ascii=False) + "\n")
    _write(folder / "schemas" / "port-v1.schema.json", json.dumps(port_schema(), ensure_ascii=False) + "\n")
    lines = [
        f"{called}: a project in {folder}",
        *(f"  {path}" for path in written),
        "",
        f"next: osea check {folder / 'study.yaml'}",
    ]
    return {"status": "done", "folder": str(folder), "name": called, "files": [str(p) for p in written]}, "\n".join(
        lines
    )


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write '{path}': {error.strerror}") from None
    return path
