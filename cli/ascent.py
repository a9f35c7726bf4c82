"""`osea ascent`: the flight of a study alone."""

from typing import Annotated, Literal

import typer

from .app import JsonFlag, app, finish
from .commands import OutFolder, QuietFlag, StudyFile

Recover = Annotated[
    Literal["rtls", "ship", "parachute", "expend"] | None,
    typer.Option(
        "--recover", help="How the booster comes back, by the study's 'recovery:' (its own way when left out)."
    ),
]


@app.command()
def ascent(
    study: StudyFile, out: OutFolder = None, recover: Recover = None, json: JsonFlag = False, quiet: QuietFlag = False
) -> None:
    """Find a study's optimal ascent: trajectory, steering table, loads, impact points, launch data, maps and report.

    With --recover the booster's return to the launch site, a ship, or under a parachute is found in the same optimum.
    """
    from ..studies.ascent_command import run_ascent

    finish(json, lambda: run_ascent(study, out, quiet=quiet, recover=recover))
