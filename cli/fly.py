"""`osea fly`: a study flown with six degrees of freedom."""

from typing import Annotated

import typer

from .app import JsonFlag, app, finish
from .commands import OutFolder, QuietFlag, StudyFile


@app.command()
def fly(
    study: StudyFile,
    out: OutFolder = None,
    seed: Annotated[
        int,
        typer.Option("--seed", min=0, help="Of sensor errors, noise and turbulence; 0: instruments without biases."),
    ] = 0,
    json: JsonFlag = False,
    quiet: QuietFlag = False,
) -> None:
    """Fly a study with six degrees of freedom: control designed with its margins, sensors, navigation, guidance; report and
    data."""
    from ..studies.fly_command import run_fly

    finish(json, lambda: run_fly(study, out, seed=seed, quiet=quiet))
