"""`osea engine`: an engine cycle in balance, or a solid motor fired."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish


@app.command()
def engine(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="ENGINE.yaml",
            help="An engine cycle (osea/engine-cycle/v1), a solid motor (osea/solid-motor/v1) or a RASP file (.eng).",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The run folder to write (out/<name of the engine> when left out)."),
    ] = None,
    json: JsonFlag = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="No progress bar.")] = False,
) -> None:
    """Design an engine (cycle, contour, injector, cooling, throttling, trade), or fire a solid motor: report.html and data."""
    from ..studies.engine_command import run_engine

    finish(json, lambda: run_engine(file, out, quiet=quiet))
