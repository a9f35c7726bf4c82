"""What `osea design` does with a chain."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from ...core.run_folder import RunFolder
from .document import Chain
from .report import chain_report
from .result import ChainResult
from .run import run_chain


def run_chain_file(
    chain: Chain, out: Path | None, *, quick: bool = False, jobs: int = 0, quiet: bool = False
) -> tuple[dict[str, Any], str]:
    """Run a chain and publish its folder; (summary as plain data, the same for people).

    The folder is published with whatever steps ended well; a step that did not makes the data's exit_code that of its state.
    """
    folder = out or Path("out") / (re.sub(r"\W+", "-", chain.name.lower()).strip("-") or "chain")

    def hear(line: str) -> None:
        if not quiet:
            print(f"  {line}", file=sys.stderr, flush=True)

    with RunFolder(folder, "chain", chain) as run:
        result = run_chain(chain, run, quick=quick, jobs=jobs, hear=hear)
        run.write_result("chain", result)
        run.write_text("report.html", chain_report(chain, result, run.partial).html())
        run.publish()
    return summary(result, folder)


def summary(result: ChainResult, folder: Path) -> tuple[dict[str, Any], str]:
    """How every step ended, the headline, and the exit code."""
    width = max(len(s.title) for s in result.steps)
    lines = [f"{result.name}{' (quick)' if result.quick else ''}: {result.seconds:.0f} s", ""]
    for s in result.steps:
        times = f"{s.seconds:6.1f} s, processor {s.processor_time:6.1f} s"
        lines.append(f"  {s.title:<{width}}  {s.state:<14} {times}  {s.message}".rstrip())
    lines.append("")
    for t in result.headline:
        value = f"{t.value:,.5g} {t.unit}" if t.value is not None else t.message or "not known"
        lines.append(f"  {t.name}: {value}{f' ({t.note})' if t.note else ''}")
    lines += ["", f"  report  {folder / 'report.html'}"]
    code, bad = result.worst
    data: dict[str, Any] = {"status": "done", "run": str(folder), "report": str(folder / "report.html")}
    data |= json.loads(json.dumps(result.to_json()))
    if code:
        message = "; ".join(f"{s.title}: {s.state}{' (' + s.message + ')' if s.message else ''}" for s in bad)
        data |= {"status": "failed", "exit_code": code, "message": message}
    return data, "\n".join(lines)
