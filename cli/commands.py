"""The commands. Each imports what it needs when it runs, so that `osea --help` stays quick."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY.yaml", help="A study: which vehicle flies which mission.")]
AnyFile = Annotated[Path, typer.Argument(metavar="FILE.yaml", help="Any definition file.")]
OutFolder = Annotated[
    Path | None, typer.Option("--out", "-o", help="The run folder to write (out/<name of the study> when left out).")
]
StrictFlag = Annotated[bool, typer.Option("--strict", metavar="", help="UNKNOWN counts as a failure (exit 3).")]
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="No progress bar.")]


@app.command()
def design(
    study: StudyFile,
    out: OutFolder = None,
    resize: Annotated[
        bool,
        typer.Option("--resize", metavar="", help="Close the size around the ascent first, as after a swapped engine."),
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", metavar="", help="Of a chain: leave out what takes long, fewer runs of the rest.")
    ] = False,
    json: JsonFlag = False,
    quiet: QuietFlag = False,
) -> None:
    """Engine, vehicle, ascent and launch data of a study in one run: report.html and data in a run folder.

    A study with `size:` is sized first: loads, engines, diameters until nothing moves. A chain (osea/chain/v1) runs many
    steps, engine to campaign, hands values on, and links their pages.
    """
    from ..studies.command import run_design_of

    finish(json, lambda: run_design_of(study, out, quiet=quiet, resize=resize, quick=quick))


@app.command()
def check(
    file: AnyFile,
    strict: StrictFlag = False,
    run: Annotated[
        Path | None,
        typer.Option("--loads", "--run", metavar="RUN", help="A design run of the vehicle: loads at its joints."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the report of a vehicle or electrical interface here."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FOLDER", help="Drawings, wire list and document of an electrical interface."
        ),
    ] = None,
    site: Annotated[
        Path | None, typer.Option("--site", metavar="SITE.yaml", help="Check a vehicle against this landing site.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Read a document of any kind by its `schema:` and say what is wrong, weak or unknown in it.

    Of a vehicle, every joint is matched port by port; of an electrical interface, every pin, wire, load and message is
    held against the rules: margins, and what to change. A reuse log (.jsonl) is read too: life used, findings, release.
    """
    from ..studies.command import run_check

    finish(json, lambda: run_check(file, strict=strict, run=run, html=html, out=out, site=site))


@app.command()
def validate(
    write: Annotated[Path | None, typer.Option("--write", help="Write the table as Markdown to this file.")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="PART", help="This part alone (more than once for several); with --write, its sections."
        ),
    ] = None,
    json: JsonFlag = False,
    quiet: QuietFlag = False,
) -> None:
    """Our numbers beside the published ones, computed again."""
    from ..validation.command import run_validate

    finish(json, lambda: run_validate(write, only=only or (), quiet=quiet))


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is not there yet, or empty.")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Of the vehicle (else the folder's).")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """A new project: a small two-stage launcher in commented files that pass `osea check`, to change into your own."""
    from ..studies.new_project import run_new

    finish(json, lambda: run_new(folder, name))


@app.command()
def doctor(json: JsonFlag = False) -> None:
    """Look whether this installation is whole: Python, packages, extras, compilers, programs, folders. Exit 1 where it is not."""
    from ..studies.doctor import run_doctor

    finish(json, run_doctor)
