"""`osea sweep`: one study flown many times with some of its fields varied."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish


@app.command()
def sweep(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="A study, or a sweep (osea/sweep/v1).")],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="FIELD[,FIELD]=A..B UNIT:COUNT",
            help="What varies: 'mission.orbit.inclination=28.5..97 deg:5', or values 'FIELD=28.5 deg;51.6 deg'; several fields "
            "take one value. May be repeated: every combination is flown.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The run folder to write.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0: one a core.")] = 0,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="tcp://HOST:PORT", help="Fly on a Dask cluster (extra 'cluster')."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", metavar="", help="Take up what an interrupted run of the same sweep has left.")
    ] = False,
    json: JsonFlag = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="No progress bar.")] = False,
) -> None:
    """Fly a study over ranges of any of its fields: payload against orbit, thrust, dry mass …; curves, fronts, CSV, report."""
    from ..studies.sweep_report import run_sweep_command

    finish(
        json,
        lambda: run_sweep_command(
            file, tuple(vary or ()), out, jobs=jobs, scheduler=scheduler, resume=resume, quiet=quiet
        ),
    )
