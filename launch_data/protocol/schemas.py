"""What is published of the protocol, made from the models and rules: JSON Schemas, the list of rules, the examples."""

import json
from typing import Any

from ...core.findings import Severity
from .examples import examples
from .kinds import KINDS, kind_name
from .rules import RULES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DUTY = {Severity.ERROR: "must", Severity.WARN: "should", Severity.UNKNOWN: "unknown"}


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of `osea/launch-data/KIND/v1`; fields that it does not name are allowed."""
    model = KINDS[f"osea/launch-data/{kind}/v1"]
    made = model.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, "$id": f"{kind}-v1.schema.json", **made}


def published() -> dict[str, str]:
    """Name and text of every file of `standard/launch-data/` that is generated; the same in every run."""
    files = {}
    for model in KINDS.values():
        kind = kind_name(model)
        files[f"schemas/{kind}-v1.schema.json"] = _json(json_schema(kind))
        files[f"examples/{kind}.json"] = _json(examples()[kind])
    files["rules.json"] = _json([_rule_row(code) for code in sorted(RULES)])
    files["rules.md"] = _rules_page()
    return dict(sorted(files.items()))


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _rule_row(code: str) -> dict[str, Any]:
    one = RULES[code]
    fails = {
        path: "(taken away)" if not isinstance(v, str | int | float | list | dict) else v
        for path, v in one.fails.items()
    }
    return {
        "code": code,
        "records": [kind_name(k) for k in one.kinds] or ["every record"],
        "duty": _DUTY[one.severity],
        "statement": one.statement,
        "broken_by": fails,
    }


def _rules_page() -> str:
    lines = [
        "# Rules of the launch-data protocol",
        "",
        f"Made from the program: {len(RULES)} rules that a schema cannot say. *must*: a record that breaks it is refused by a",
        "conforming consumer; *should*: a warning; *unknown*: what cannot be judged is not taken for right. Each rule has an",
        "example that passes (`examples/`) and a change of it that breaks the rule (`rules.json`).",
    ]
    group = ""
    for code in sorted(RULES):
        one = RULES[code]
        if code[:6] != group:
            group = code[:6]
            lines += ["", f"## {group}", "", "| code | records | duty | rule |", "|---|---|---|---|"]
        kinds = ", ".join(kind_name(k) for k in one.kinds) or "every record"
        statement = one.statement.replace("|", "\\|")
        lines.append(f"| {code} | {kinds} | {_DUTY[one.severity]} | {statement} |")
    return "\n".join(lines) + "\n"
