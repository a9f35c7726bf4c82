"""`osea campaign`: a constellation deployed by a fleet, with its calendar and what a kilogram costs."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish
from .commands import OutFolder, QuietFlag


@app.command()
def campaign(
    file: Annotated[Path, typer.Argument(metavar="STUDY.yaml", help="A campaign (osea/campaign/v1).")],
    out: OutFolder = None,
    runs: Annotated[
        int | None,
        typer.Option(
            "--runs", "-n", min=10, max=10_000, help="Campaigns of each constellation, in place of the study's."
        ),
    ] = None,
    json: JsonFlag = False,
    quiet: QuietFlag = False,
) -> None:
    """Deploy a constellation by a fleet of reused boosters: launches, boosters built, calendar, cash flow, price a kilogram."""
    from ..studies.campaign.command import run_campaign

    finish(json, lambda: run_campaign(file, out, runs=runs, quiet=quiet))
