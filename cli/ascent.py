"""`osea ascent`: the flight of a study alone."""

from .app import JsonFlag, app, finish
from .commands import OutFolder, QuietFlag, StudyFile


@app.command()
def ascent(study: StudyFile, out: OutFolder = None, json: JsonFlag = False, quiet: QuietFlag = False) -> None:
    """Find a study's optimal ascent: trajectory, steering table, loads, impact points, launch data, maps and report."""
    from ..studies.ascent_command import run_ascent

    finish(json, lambda: run_ascent(study, out, quiet=quiet))
