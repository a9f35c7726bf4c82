"""`osea data`: launch data that others read."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish

data = typer.Typer(no_args_is_help=True, help="Launch data that others read: check, convert, opportunities, schemas.")
app.add_typer(data, name="data")

LenientFlag = Annotated[
    bool, typer.Option("--lenient", metavar="", help="Warn where a message contradicts its own tables, and read it.")
]


@data.command()
def check(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Records (JSON), CCSDS messages (KVN or XML), or folders of them."),
    ],
    lenient: LenientFlag = False,
    strict: Annotated[
        bool, typer.Option("--strict", metavar="", help="What is not known fails, too (exit 3).")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Are these records and messages as the protocol and the Blue Books want them? File, place, rule, what to change.

    JSON files are judged together: schema, then rules. Every other file is read as OPM, OMM, OEM, OCM or RDM.
    """
    from ..launch_data.command import run_check

    finish(json, lambda: run_check(paths, lenient=lenient, strict=strict))


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
    from ..launch_data.command import run_convert

    finish(json, lambda: run_convert(source, target, lenient=lenient))


@data.command()
def opportunities(
    source: Annotated[
        Path, typer.Argument(metavar="OCM", help="A flight that counts from T-0: trajectory, covariance, deployments.")
    ],
    opens: Annotated[str, typer.Option("--from", metavar="UTC", help="First T-0, such as 2027-03-01T12:00:00Z.")],
    closes: Annotated[str, typer.Option("--to", metavar="UTC", help="Last T-0.")],
    originator: Annotated[str, typer.Option("--originator", metavar="NAME", help="Who issues the messages.")],
    every: Annotated[float, typer.Option("--every", metavar="SECONDS", help="From one T-0 to the next.")] = 60.0,
    frame: Annotated[str, typer.Option("--frame", metavar="FRAME", help="ITRF, GCRF, EME2000, TOD or TEME.")] = "GCRF",
    eop: Annotated[
        Path | None,
        typer.Option("--eop", metavar="FILE", help="Earth orientation: finals2000A or C04 (IERS), CSV (CelesTrak)."),
    ] = None,
    created: Annotated[
        str | None, typer.Option("--created", metavar="UTC", help="When they are issued (else now).")
    ] = None,
    ephemeris: Annotated[bool, typer.Option(help="Write the host's ephemeris too, an OEM a T-0.")] = True,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the files go; new or empty.")
    ] = Path("out/opportunities"),
    json: JsonFlag = False,
) -> None:
    """Separation states (OPM) of every payload, with covariance, and the host's OEM, for each T-0 of a window."""
    from datetime import UTC, datetime

    from ..launch_data.opportunity.command import run_opportunities

    issued = created or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    finish(
        json,
        lambda: run_opportunities(
            source,
            out,
            opens=opens,
            closes=closes,
            every=every,
            frame=frame,
            orientation=eop,
            originator=originator,
            created=issued,
            ephemeris=ephemeris,
        ),
    )


@data.command()
def schemas(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where they go.")] = Path(
        "standard/launch-data"
    ),
    check: Annotated[
        bool, typer.Option("--check", metavar="", help="Write nothing; say what is not current (exit 1).")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """JSON Schemas, examples and rules of the launch-data protocol, as published in standard/launch-data."""
    from ..launch_data.command import run_schemas

    finish(json, lambda: run_schemas(out, check))


@data.command("import")
def import_(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="spacex-api, gcat, launch-library or csis.")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The source's file, or the folder of its files.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the records go; new or empty.")],
    retrieved: Annotated[
        str | None, typer.Option("--retrieved", metavar="UTC", help="When it was taken (else now).")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Other people's launch data as records: every field mapped, or kept and listed; contradictions told."""
    from datetime import UTC, datetime

    from ..launch_data.importers.command import run_import

    when = retrieved or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    finish(json, lambda: run_import(source, path, out, when))
