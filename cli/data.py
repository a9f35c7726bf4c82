"""`osea data`: launch data that others read."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish

data = typer.Typer(no_args_is_help=True, help="Launch data that others read: check and convert CCSDS messages.")
app.add_typer(data, name="data")

LenientFlag = Annotated[
    bool, typer.Option("--lenient", metavar="", help="Warn where a message contradicts its own tables, and read it.")
]


@data.command()
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE…", help="CCSDS messages (KVN or XML), or folders.")],
    lenient: LenientFlag = False,
    json: JsonFlag = False,
) -> None:
    """Are these OPM, OMM, OEM, OCM and RDM files as the Blue Books want them? File, line, and what to change."""
    from ..launch_data.ccsds.command import run_check

    finish(json, lambda: run_check(paths, lenient=lenient))


@data.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A CCSDS message, KVN or XML.")],
    target: Annotated[
        Path, typer.Argument(metavar="TO", help="The file to write: XML where it ends in .xml, else KVN.")
    ],
    lenient: LenientFlag = False,
    json: JsonFlag = False,
) -> None:
    """The same message in the other form."""
    from ..launch_data.ccsds.command import run_convert

    finish(json, lambda: run_convert(source, target, lenient=lenient))
