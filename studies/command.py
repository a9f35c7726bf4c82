"""What `osea design` and `osea check` do, apart from parsing the command line."""

import re
import sys
from pathlib import Path
from typing import Any

from ..core.documents import Module, load_document
from ..core.errors import ImpossibleError, InputError, UndecidedError
from ..core.findings import Finding, Severity, by_gravity, refusal, worst
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from ..recovery.reuse.log import SUFFIX
from .documents import Study, declared_schema, load

CHAIN = "osea/chain/v1"


def run_design_of(
    path: Path, out: Path | None, *, quiet: bool = False, resize: bool = False, quick: bool = False
) -> tuple[dict[str, Any], str]:
    """Run a chain or a study, told by the file's `schema:`. Raises InputError for an option that is the other's."""
    if declared_schema(path) != CHAIN:
        if quick:
            raise InputError(f"--quick is for chains ({CHAIN})", where=str(path))
        return run_design(path, out, quiet=quiet, resize=resize)
    if resize:
        raise InputError("--resize is for studies (osea/study/v1); a chain says itself what is sized", where=str(path))
    from .chain.command import run_chain_file
    from .chain.document import Chain

    chain = load(path)
    assert isinstance(chain, Chain)
    return run_chain_file(chain, out, quick=quick, quiet=quiet)


def run_design(
    path: Path, out: Path | None, *, quiet: bool = False, resize: bool = False
) -> tuple[dict[str, Any], str]:
    """Run a study and publish its run folder; returns (summary as plain data, the same for people).

    A study with `size:` is closed around its ascent first, and so is any with *resize*. A finding of ERROR makes the data's
    exit_code 1; the run is published all the same.
    """
    from .design import STEPS, design
    from .run import summary, write_design

    progress = Progress() if quiet else RichProgress(STEPS | {"sizing": 40.0})
    sized = None
    try:
        with progress.step("read"):
            study = load_document(Study, path)
        folder = out or Path("out") / (re.sub(r"\W+", "-", study.name.lower()).strip("-") or path.stem)
        with RunFolder(folder, "design", study) as run:
            if resize or study.size is not None:
                from .sizing.loop import size_study

                sized = size_study(study, progress, None if quiet else _on_stderr)
            result = design(study if sized is None else sized.study, progress)
            with progress.step("report"):
                write_design(result, run, sized)
            run.publish()
    finally:
        progress.close()
    data, text = summary(result)
    if sized is not None:
        from .sizing.summary import sizing_summary

        more, lines = sizing_summary(sized, result)
        data, text = data | more, f"{text}\n{lines}"
    report = folder / "report.html"
    return data | refusal(result.findings) | {
        "run": str(folder),
        "report": str(report),
    }, f"{text}\n\n  report  {report}"


def _on_stderr(line: str) -> None:
    """A line of the sizing loop, as it is known."""
    print(line, file=sys.stderr)


def run_check(
    path: Path,
    *,
    strict: bool = False,
    run: Path | None = None,
    html: Path | None = None,
    out: Path | None = None,
    site: Path | None = None,
) -> tuple[dict[str, Any], str]:
    """Read any document and list what is weak or unknown in it; of a vehicle (or a study's) and of electrics the interfaces too.

    run: the folder of a design run, for the loads at the joints. html: a file for the report of a vehicle or of electrics.
    out: a folder for the drawings and lists of an electrical interface. site: a landing site in place of the vehicle's own. A log
    of reuse (.jsonl) is read as `check_reuse.check_log` says. The data's exit_code is 1
    where a check says ERROR, 3 where one says UNKNOWN and strict is asked for.
    """
    from .provenance import unsourced

    if path.suffix == SUFFIX:
        from .check_reuse import check_log

        if run or html or out or site:
            raise InputError(f"'{path}' is a log of reuse, and takes no option but --strict and --json")
        return check_log(path, strict)
    document = load(path)
    if site is not None:
        from .check_landing import set_on_site

        document = set_on_site(document, load(site))
    findings = [*unsourced(document), *_unknown(document)]
    own = [f"  {f.severity:<8}{f.where}: {f.message}" for f in by_gravity(findings)]
    interfaces, table, more = _interfaces(document, run, html, out)
    findings += more
    state = worst(findings)
    lines = [f"{document.name}: {document.schema_}, {state}", *table, *own]
    end = {"status": "done"}
    if state is Severity.ERROR or (strict and state is Severity.UNKNOWN):
        count = sum(f.severity is state for f in findings)
        what = "must be mended" if state is Severity.ERROR else "cannot be known from it, and --strict asks for all"
        end = {
            "status": "failed",
            "exit_code": ImpossibleError.exit_code if state is Severity.ERROR else UndecidedError.exit_code,
            "message": f"{path}: {count} {'thing' if count == 1 else 'things'} {what}; see {state} above",
        }
    data = end | {
        "schema": document.schema_,
        "name": document.name,
        "worst": str(state),
        "content_hash": document.content_hash(),
        **interfaces,
        "findings": [
            {"severity": str(f.severity), "rule": f.rule, "where": f.where, "message": f.message, "margin": f.margin}
            for f in findings
        ],
    }
    return data, "\n".join(lines)


def _interfaces(
    document: Module, run: Path | None, html: Path | None, out: Path | None
) -> tuple[dict[str, Any], list[str], tuple[Finding, ...]]:
    """A vehicle's joints and assembly: as data, as lines, as findings; nothing for other documents."""
    from ..vehicle.vehicle import Vehicle
    from .documents import Study

    if document.schema_ == "osea/electrical/v1":
        from .check_electrical import checked as check_electrics

        if run:
            raise InputError("--loads is for vehicles and studies", where=document.where())
        return check_electrics(document, out, html)  # type: ignore[arg-type]
    vehicle = document.vehicle if isinstance(document, Study) else document
    if out:
        raise InputError("--out is for electrical interfaces (osea/electrical/v1)", where=document.where())
    if not isinstance(vehicle, Vehicle):
        if run or html:
            raise InputError("--loads and --html are for vehicles and studies", where=document.where())
        return {}, [], ()
    from .check import as_data, as_text, check_vehicle, write_html
    from .check_assembly import read_loads

    loads = read_loads(run) if run else None
    checked = check_vehicle(vehicle, loads=loads)
    if html is not None:
        write_html(checked, vehicle, html, loads=loads)
    return as_data(checked), [as_text(checked), ""], checked.all_findings


def _unknown(document: Any) -> list[Finding]:
    """What the documents' own checks say, for the kinds that have some."""
    from ..propulsion.engine import Engine
    from ..vehicle.checks import coverage
    from ..vehicle.vehicle import Vehicle
    from .provenance import documents_of

    found: list[Finding] = []
    for module in documents_of(document):
        if isinstance(module, Vehicle):
            found += coverage(module)
        if isinstance(module, Engine):
            from ..propulsion.performance import engine_performance

            found += engine_performance(module).findings
    return list(dict.fromkeys(found))
