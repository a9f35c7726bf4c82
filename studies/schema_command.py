"""`osea schema`: the JSON Schemas of the definition files, written from the models themselves."""

import json
import re
from pathlib import Path
from typing import Any

from ..certification.documents import WIRE as CERTIFICATES
from ..core.documents import SCHEMAS, Module
from ..core.errors import ImpossibleError
from ..core.ports.port import Port
from ..hil.fault_campaign import FaultCampaign  # noqa: F401  its schema, the bench's and the adapter's
from ..recovery.reuse.records import KINDS as REUSE_RECORDS
from . import documents  # noqa: F401  with it, every schema is known
from .campaign.document import CampaignStudy  # noqa: F401  its schema
from .chain.document import Chain  # noqa: F401  its schema
from .dispersion import DispersionStudy  # noqa: F401  its schema
from .sweep import Sweep  # noqa: F401  its schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


# What people write; tables of data that only the package reads have no schema here.
KINDS = (
    "avionics-unit", "battery", "bench", "bench-adapter", "booster", "booster-return",
    "campaign", "chain", "cooling", "descent", "dispenser", "dispersion",
    "electrical", "engine",
    "engine-cycle", "environment", "fairing", "fault-campaign", "fins", "flight", "flown-unit", "harness-segment", "interstage",
    "landing", "landing-legs", "landing-needs", "landing-site", "launch-pad", "launch-site", "message-set", "mission",
    "parachute", "payload", "payload-adapter", "range", "reaction-control", "small-rocket", "solid-motor", "stage", "structure",
    "study", "sweep", "tank", "thrust-curve", "thrust-structure", "umbilical", "vehicle",
)  # fmt: skip
_PORT_FILE = "port-v1.schema.json"


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of one kind of document (``stage``); ports refer to the file that all kinds share."""
    schema = f"osea/{kind}/v1"
    model: type[Module] = SCHEMAS[schema]
    made = _unrolled(model.model_json_schema(by_alias=True, mode="validation"))
    made["properties"]["schema"] = {
        "const": schema,
        "title": "Schema",
        "description": "kind and version of the document",
    }
    made["required"] = ["schema", *(n for n in made.get("required", ()) if n != "schema")]
    return _headed(kind, _with_shared_ports(made))


def _unrolled(made: dict[str, Any]) -> dict[str, Any]:
    """A model that may hold another of its kind is a definition referred to: it is put at the top, where "#" is itself."""
    if "$ref" not in made:
        return made
    own = made["$ref"].removeprefix("#/$defs/")
    text = json.dumps(made["$defs"]).replace(f'"#/$defs/{own}"', '"#"')
    definitions = json.loads(text)
    return definitions.pop(own) | {"$defs": definitions}


def port_schema() -> dict[str, Any]:
    """The JSON Schema of a port."""
    return _headed("port", Port.model_json_schema(by_alias=True, mode="validation"))


def _headed(kind: str, made: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"{kind}-v1.schema.json", **_titled(_plainly_named(made))}


def _titled(node: Any) -> Any:
    """Every field with a title: pydantic gives none to fields that hold a document or nothing."""
    if isinstance(node, list):
        return [_titled(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _titled(value) for key, value in node.items()}
    fields = made.get("properties")
    if isinstance(fields, dict):
        for name, field in fields.items():
            if isinstance(field, dict) and "title" not in field:
                field["title"] = name.replace("_", " ").title()
    return made


def _with_shared_ports(made: dict[str, Any]) -> dict[str, Any]:
    """References to a port point to its file, and definitions that nothing uses any more are left out."""
    definitions = made.pop("$defs", {})
    definitions.pop("Port", None)
    made = json.loads(json.dumps(made).replace('"#/$defs/Port"', f'"{_PORT_FILE}"'))
    definitions = json.loads(json.dumps(definitions).replace('"#/$defs/Port"', f'"{_PORT_FILE}"'))
    used: set[str] = set()
    wanted = _references(made)
    while wanted - used:
        name = (wanted - used).pop()
        used.add(name)
        wanted |= _references(definitions[name])
    return made | ({"$defs": {n: d for n, d in definitions.items() if n in used}} if used else {})


def _plainly_named(made: dict[str, Any]) -> dict[str, Any]:
    """Definitions under their titles in place of the names that pydantic gives to parametrized types."""
    names: dict[str, str] = {}
    taken: dict[str, dict[str, Any]] = {}
    for key, definition in made.get("$defs", {}).items():
        title = definition.get("title", key) if re.search(r"__|_$", key) else key
        number = 1
        while taken.setdefault(title, definition) != definition:
            number += 1
            title = f"{definition.get('title', key)}_{number}"
        names[key] = title

    def renamed(match: re.Match[str]) -> str:
        return f'"#/$defs/{names[match[1]]}"'

    text = re.sub(r'"#/\$defs/([^"]+)"', renamed, json.dumps({k: v for k, v in made.items() if k != "$defs"}))
    definitions = re.sub(r'"#/\$defs/([^"]+)"', renamed, json.dumps(taken))
    return json.loads(text) | ({"$defs": json.loads(definitions)} if taken else {})


def _references(value: Any) -> set[str]:
    return set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(value)))


def reuse_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of one kind of record of reuse (``use``); as on every wire, fields that it does not name are allowed."""
    model = REUSE_RECORDS[f"osea/reuse/{kind}/v1"]
    return _headed(f"reuse-{kind}", model.model_json_schema(by_alias=True, mode="validation"))


def certificate_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of what `osea certify` writes: ``certificate`` or ``revocation-list``."""
    return _headed(kind, CERTIFICATES[kind].model_json_schema(by_alias=True, mode="validation"))


def schema_files() -> dict[str, str]:
    """Every schema's file name and text; the same in every run."""
    made = {f"{kind}-v1.schema.json": json_schema(kind) for kind in KINDS} | {_PORT_FILE: port_schema()}
    made |= {
        f"reuse-{kind}-v1.schema.json": reuse_schema(kind) for kind in (name.split("/")[2] for name in REUSE_RECORDS)
    }
    made |= {f"{kind}-v1.schema.json": certificate_schema(kind) for kind in CERTIFICATES}
    return {n: json.dumps(s, indent=1, ensure_ascii=False, sort_keys=True) + "\n" for n, s in sorted(made.items())}


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
