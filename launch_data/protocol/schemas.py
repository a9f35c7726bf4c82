"""What is published of the protocol, made from the models and rules: JSON Schemas, the list of rules, the examples."""

import json
from typing import Any

from ...core.findings import Severity
from ..conformance.classes import classes
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
    files["conformance.md"] = _conformance_page(False)
    files["conformance.zh.md"] = _conformance_page(True)
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


def _conformance_page(chinese: bool) -> str:
    """What each class demands; the programs behind it are in `launch_data/conformance`."""
    if chinese:
        lines = [
            "# 发射数据协议的符合性类别",
            "",
            "[English](conformance.md) · 由程序生成。`osea data check 包 --class C3` 逐条检验该类别及其所依赖的类别：",
            "成立（holds）、不成立（fails，退出码 1）、未知（unknown，退出码 3）。未知绝不算成立。",
            "等级：Bronze = C0、C1；Silver 另加 C2、C3；Gold 另加 C4 至 C7。",
        ]
    else:
        lines = [
            "# Conformance classes of the launch-data protocol",
            "",
            "[中文](conformance.zh.md) · Made from the program. `osea data check PACKAGE --class C3` asks every demand of a",
            "class and of those that it builds on: it holds, it fails (exit 1), or it is unknown (exit 3), which is never taken",
            "to hold. Demands on an interface (C1, C4) are asked of a running server. Levels: Bronze is C0 and C1; Silver adds",
            "C2 and C3; Gold adds C4 to C7.",
        ]
    for one in classes().values():
        needs = ("需要 " if chinese else "needs ") + ", ".join(one.needs) if one.needs else ""
        name = one.name_zh if chinese else one.name
        lines += ["", f"## {one.code} {name}", "", *([f"{needs}  "] if needs else []), f"{one.level}", ""]
        head = "| 条款 | 要求 |" if chinese else "| demand | what |"
        lines += [head, "|---|---|"]
        lines += [f"| {d.code} | {d.text_zh if chinese else d.text} |" for d in one.demands]
    return "\n".join(lines) + "\n"
