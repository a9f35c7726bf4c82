"""`osea rocket`: small rockets from OpenRocket, and on to RocketPy."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish

rocket = typer.Typer(no_args_is_help=True, help="Small rockets: read OpenRocket's .ork, write a RocketPy set-up.")
app.add_typer(rocket, name="rocket")


@rocket.command("import")
def import_rocket(
    file: Annotated[Path, typer.Argument(metavar="FILE.ork", help="An OpenRocket design.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The YAML file to write.")] = None,
    json: JsonFlag = False,
) -> None:
    """An OpenRocket design as a document (osea/small-rocket/v1), with a list of what is left out."""
    from ..studies.openrocket.command import run_import

    finish(json, lambda: run_import(file, out))


@rocket.command("export")
def export_rocket(
    file: Annotated[Path, typer.Argument(metavar="ROCKET.yaml", help="A small rocket (osea/small-rocket/v1).")],
    motor: Annotated[Path, typer.Option("--motor", metavar="FILE.eng", help="The motor's thrust curve (RASP).")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The Python file to write.")] = None,
    json: JsonFlag = False,
) -> None:
    """A small rocket as a RocketPy script that flies it."""
    from ..studies.openrocket.command import run_export

    finish(json, lambda: run_export(file, motor, out))
