"""`osea disperse`: a study flown thousands of times with what is uncertain about it drawn anew each time."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from .app import JsonFlag, app, finish


@app.command()
def disperse(
    file: Annotated[Path, typer.Argument(metavar="STUDY.yaml", help="A study, or a dispersion (osea/dispersion/v1).")],
    runs: Annotated[int, typer.Option("--runs", "-n", min=1, help="How many flights.")] = 1000,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The run folder to write.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="In place of the document's.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0: one a core.")] = 0,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="tcp://HOST:PORT", help="Fly on a Dask cluster (extra 'cluster')."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", metavar="", help="Take up what an interrupted run of the same dispersion has left."),
    ] = False,
    covariance: Annotated[
        bool, typer.Option("--covariance", metavar="", help="Linear covariance beside the Monte Carlo.")
    ] = False,
    sobol: Annotated[
        int, typer.Option("--sobol", metavar="N", help="Sobol' indices, from N (groups + 2) more runs; a power of two.")
    ] = 0,
    model: Annotated[
        Literal["point-mass", "six-dof"],
        typer.Option("--model", help="What flies: a point mass, or the whole vehicle with control, sensors and slosh."),
    ] = "point-mass",
    replay: Annotated[
        int | None, typer.Option("--replay", metavar="RUN", help="Fly this one run again and tell all about it.")
    ] = None,
    json: JsonFlag = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="No progress bar.")] = False,
) -> None:
    """Fly a study thousands of times with its uncertain values drawn: percentiles, ellipses, sensitivities, failures, report."""
    from ..studies import dispersion_command as command

    if replay is not None:
        finish(json, lambda: command.replay(file, runs, replay, seed=seed, model=model, quiet=quiet))
        return
    finish(
        json,
        lambda: command.run_disperse(
            file, runs, out, seed=seed, jobs=jobs, scheduler=scheduler, resume=resume, covariance=covariance,
            sobol=sobol, model=model, quiet=quiet,
        ),
    )  # fmt: skip
