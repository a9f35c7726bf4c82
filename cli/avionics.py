"""`osea avionics`: what one definition of the messages is good for."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish

avionics = typer.Typer(
    no_args_is_help=True,
    help="Messages between boxes: code, databases and documents from one definition; decode recorded telemetry.",
)
app.add_typer(avionics, name="avionics")


@avionics.command()
def build(
    message_set: Annotated[
        Path, typer.Argument(metavar="SET.yaml", help="A message set; the word 'launcher' is the built-in one.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the files go.")] = Path(
        "out/avionics"
    ),
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="OUTPUT",
            help="c99, xtce, dbc, json-schema, wireshark, mavlink, csv, icd; may be repeated.",
        ),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", metavar="", help="Print the ICD as a PDF (by Chromium or its like).")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """C99 codec, XTCE, DBC, JSON Schema, Wireshark dissector, MAVLink, field table and ICD from one message set.

    What an output cannot say is printed and written to losses.txt.
    """
    from ..avionics.generate.command import run_build

    finish(json, lambda: run_build(message_set, out, only or [], pdf=pdf))


@avionics.command()
def decode(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="CCSDS packets, or frames that carry them; with --follow also - or udp:PORT."
        ),
    ],
    message_set: Annotated[
        Path | None,
        typer.Option("--set", "-s", metavar="SET.yaml", help="The message set (else the built-in launcher's)."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the tables go.")] = Path("decoded"),
    table: Annotated[str, typer.Option("--format", metavar="FORMAT", help="csv, parquet or csv,parquet.")] = "csv",
    framing: Annotated[str, typer.Option("--framing", "-f", help="packets, tm, cobs or slip.")] = "packets",
    spacecraft: Annotated[int, typer.Option(min=0, max=1023, help="Of the transfer frames (tm).")] = 0,
    channel: Annotated[int, typer.Option(min=0, max=7, help="Virtual channel of the transfer frames (tm).")] = 0,
    length: Annotated[
        int, typer.Option(min=16, max=2048, help="Octets of a transfer frame without its marker (tm).")
    ] = 1115,
    ocf: Annotated[bool, typer.Option("--ocf", metavar="", help="Frames carry operational control (tm).")] = False,
    plain: Annotated[bool, typer.Option("--plain", metavar="", help="Frames are not randomised (tm).")] = False,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            "-F",
            metavar="",
            help="Go on as octets come: a growing file, - (standard input), udp:PORT or udp:HOST:PORT; Ctrl-C ends it.",
        ),
    ] = False,
    idle: Annotated[
        float | None, typer.Option("--idle", min=0, metavar="SECONDS", help="End --follow after so long a silence.")
    ] = None,
    json: JsonFlag = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="No progress bar.")] = False,
) -> None:
    """One table a message, in engineering units; gaps, limits left and what was damaged are told.

    With --follow limits, gaps and damage are told on stderr as they happen.
    """

    def job() -> tuple[dict, str]:
        from ..avionics.decode_command import run_decode, run_follow
        from ..avionics.tm_frames import TmLink
        from ..core.progress import Progress, RichProgress

        link = TmLink(spacecraft, channel, length, ocf=ocf, randomise=not plain) if framing == "tm" else None
        if follow:
            return run_follow(file, message_set, out, framing, link, table, idle)
        progress = Progress() if quiet else RichProgress({"frames": 1.0, "packets": 1.0, "tables": 6.0})
        try:
            return run_decode(Path(file), message_set, out, framing, link, table, progress)
        finally:
            progress.close()

    finish(json, job)
