"""`osea engine`: an engine cycle in balance."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish


@app.command()
def engine(
    file: Annotated[Path, typer.Argument(metavar="ENGINE.yaml", help="An engine cycle (osea/engine-cycle/v1).")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The run folder to write (out/<name of the engine> when left out)."),
    ] = None,
    json: JsonFlag = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="No progress bar.")] = False,
) -> None:
    """Balance an engine cycle: pressures, temperatures, flows, powers, losses; report.html and data in a run folder."""
    from ..studies.engine_command import run_engine

    finish(json, lambda: run_engine(file, out, quiet=quiet))
