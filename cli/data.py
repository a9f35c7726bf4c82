"""`osea data`: launch data that others read."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, app, finish

data = typer.Typer(no_args_is_help=True, help="Launch data that others read.")
app.add_typer(data, name="data")

LenientFlag = Annotated[
    bool, typer.Option("--lenient", metavar="", help="Warn where a message contradicts its own tables, and read it.")
]


@data.command()
def check(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…", help="Records (JSON), CCSDS messages (KVN or XML), folders; with --class a server, too."
        ),
    ],
    lenient: LenientFlag = False,
    strict: Annotated[
        bool, typer.Option("--strict", metavar="", help="What is not known fails, too (exit 3).")
    ] = False,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="CLASS", help="Of a package: every demand of C0 … C7; may be repeated."),
    ] = None,
    keys: Annotated[
        list[Path] | None, typer.Option("--key", metavar="FILE", help="A public key that is trusted, for C7.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option("--token", metavar="TOKEN", envvar="OSEA_DATA_TOKEN", help="For a server that wants one."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Are these records and messages as the protocol and the Blue Books want them? File, place, rule, what to change.

    JSON files are judged together: schema, then rules. Every other file is read as OPM, OMM, OEM, OCM or RDM. With --class, a
    package or a running server is held against conformance classes: exit 1 where a demand fails, 3 where one is unknown.
    """
    if classes:
        from ..launch_data.conformance.command import run_conformance

        folder = paths[0] if len(paths) == 1 else Path()
        finish(json, lambda: run_conformance(folder, classes, keys or ()))
        return
    from ..launch_data.command import run_check

    finish(json, lambda: run_check([Path(p) for p in paths], lenient=lenient, strict=strict))


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
    screening: Annotated[
        str | None,
        typer.Option("--screening", metavar="CONTACT", help="Write a launch-COLA package; whom the screener tells."),
    ] = None,
    radius: Annotated[
        float, typer.Option("--hard-body-radius", metavar="METRES", help="Of a sphere round each object screened.")
    ] = 5.0,
    probability: Annotated[
        float | None, typer.Option("--probability", metavar="P", help="Of a collision, above which a T-0 is closed.")
    ] = None,
    miss_distance: Annotated[
        float | None, typer.Option("--miss-distance", metavar="METRES", help="Below which a T-0 is closed.")
    ] = None,
    span: Annotated[
        float, typer.Option("--screen-for", metavar="SECONDS", help="After a payload's separation.")
    ] = 10_800.0,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the files go; new or empty.")
    ] = Path("out/opportunities"),
    json: JsonFlag = False,
) -> None:
    """Separation states (OPM) of every payload, with covariance, and the host's OEM, for each T-0 of a window.

    With --screening, also one file an object that counts from T-0, and the record by which a screener closes T-0s.
    """
    from datetime import UTC, datetime

    from ..launch_data.opportunity.command import run_opportunities

    wish = None
    if screening is not None:
        from ..launch_data.opportunity.screening import Screening

        wish = Screening(
            contact=screening, radius=radius, span=span, probability=probability, miss_distance=miss_distance
        )
    elif probability is not None or miss_distance is not None:
        from ..core.errors import InputError

        raise InputError("a threshold is a screening's; say whom to tell: --screening CONTACT")
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
            screening=wish,
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
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="spacex-api, gcat, launch-library, csis or telemetry.")
    ],
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


StoreUrl = Annotated[
    str, typer.Argument(metavar="STORE", help="sqlite:///launches.db, or postgresql://USER@HOST/DATABASE.")
]


@data.command()
def serve(
    store: StoreUrl = "sqlite:///launches.db",
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", help="On which port.", min=1, max=65535)] = 8080,
    rate: Annotated[
        float, typer.Option("--rate", metavar="N", help="Requests a second of one client; 0: no limit.", min=0.0)
    ] = 50.0,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="The key that signs webhooks (else beside a SQLite store)."),
    ] = None,
    private_webhooks: Annotated[
        bool, typer.Option("--private-webhooks", metavar="", help="Webhooks may lead into this network, by HTTP too.")
    ] = False,
) -> None:
    """Records over HTTP: read, listed, followed live, appended; with a page for people. Ctrl-C ends it.

    Without a token everything public can be read; `osea data token` makes tokens.
    """
    from ..launch_data.server.command import run_serve
    from ..launch_data.server.settings import Settings

    settings = Settings(rate=rate, burst=max(4 * int(rate), 1), private_webhooks=private_webhooks)
    finish(False, lambda: run_serve(store, host=host, port=port, key=key, settings=settings))


token = typer.Typer(no_args_is_help=True, help="Tokens of a store: who may write, and read what is not public.")
data.add_typer(token, name="token")


@token.command()
def add(
    store: StoreUrl,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="reader, provider, regulator or admin.")],
    party: Annotated[
        str | None, typer.Option("--party", metavar="URN", help="For whom it stands; a provider's needs it.")
    ] = None,
    days: Annotated[int, typer.Option("--days", metavar="N", help="How long it is good for.")] = 365,
    clearance: Annotated[
        list[str] | None,
        typer.Option("--clearance", metavar="REGIME/STATE", help="Controlled records it may read, such as ITAR/US."),
    ] = None,
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="A note of your own.")] = "",
    json: JsonFlag = False,
) -> None:
    """Make a token. It is told this once; the store keeps only its hash."""
    from ..launch_data.server.command import run_token

    finish(json, lambda: run_token(store, role, party=party, days=days, label=label, clearances=tuple(clearance or ())))


@token.command("list")
def list_(store: StoreUrl, json: JsonFlag = False) -> None:
    """All tokens: whose, until when, and whether revoked."""
    from ..launch_data.server.command import run_tokens

    finish(json, lambda: run_tokens(store))


@token.command()
def revoke(store: StoreUrl, identifier: Annotated[str, typer.Argument(metavar="ID")], json: JsonFlag = False) -> None:
    """A token is good for nothing from now on."""
    from ..launch_data.server.command import run_revoke

    finish(json, lambda: run_revoke(store, identifier))
