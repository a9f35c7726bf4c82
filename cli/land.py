"""`osea land`: a booster's powered landing, flown with six degrees of freedom, once or many times."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish
from .commands import OutFolder, QuietFlag


@app.command()
def land(
    study: Annotated[
        Path,
        typer.Argument(
            metavar="STUDY.yaml", help="A landing (osea/landing/v1), or a descent without engines (osea/descent/v1)."
        ),
    ],
    out: OutFolder = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Of the one flight shown; 0: nothing dispersed, noise alone.")
    ] = 0,
    runs: Annotated[
        int,
        typer.Option("--runs", "-n", min=0, max=100_000, help="Dispersed flights beside it, of seeds from --first on."),
    ] = 0,
    first: Annotated[int, typer.Option("--first", min=1, help="Seed of the first dispersed flight.")] = 1,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0: one a core.")] = 0,
    json: JsonFlag = False,
    quiet: QuietFlag = False,
) -> None:
    """Land a booster under its own guidance: entry burn, fall, landing burn; judged by the legs' limits; report and data. Or
    size and fly a descent under parachutes, a parafoil or wings, to the ground, into water, a net or onto a hook."""
    from ..studies.canopy_command import is_unpowered, run_descent
    from ..studies.landing_command import run_land

    if is_unpowered(study):
        finish(json, lambda: run_descent(study, out))
        return
    finish(json, lambda: run_land(study, out, seed=seed, runs=runs, first=first, jobs=jobs, quiet=quiet))
