"""`osea avionics`: what one definition of the messages is good for."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish

avionics = typer.Typer(no_args_is_help=True, help="Messages between boxes: decode recorded telemetry.")
app.add_typer(avionics, name="avionics")


@avionics.command()
def decode(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CCSDS packets, or frames that carry them.")],
    message_set: Annotated[
        Path | None,
        typer.Option("--set", "-s", metavar="SET.yaml", help="The message set (else the built-in launcher's)."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the CSV files go.")] = Path(
        "decoded"
    ),
    framing: Annotated[str, typer.Option("--framing", "-f", help="packets, tm, cobs or slip.")] = "packets",
    spacecraft: Annotated[int, typer.Option(min=0, max=1023, help="Of the transfer frames (tm).")] = 0,
    channel: Annotated[int, typer.Option(min=0, max=7, help="Virtual channel of the transfer frames (tm).")] = 0,
    length: Annotated[
        int, typer.Option(min=16, max=2048, help="Octets of a transfer frame without its marker (tm).")
    ] = 1115,
    ocf: Annotated[bool, typer.Option("--ocf", metavar="", help="Frames carry operational control (tm).")] = False,
    plain: Annotated[bool, typer.Option("--plain", metavar="", help="Frames are not randomised (tm).")] = False,
    json: JsonFlag = False,
) -> None:
    """One CSV file a message, in engineering units; gaps, limits left and what was damaged are told."""

    def job() -> tuple[dict, str]:
        from ..avionics.decode_command import run_decode
        from ..avionics.tm_frames import TmLink

        link = TmLink(spacecraft, channel, length, ocf=ocf, randomise=not plain) if framing == "tm" else None
        return run_decode(file, message_set, out, framing, link)

    finish(json, job)
