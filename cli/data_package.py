"""`osea data build`, `sign`, `verify`, `diff`, `watch`: packages of launch data, and who vouches for them."""

from pathlib import Path
from typing import Annotated

import typer

from .app import JsonFlag, finish
from .data import data


@data.command()
def build(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN…", help="Run folders of osea design, fly or disperse.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="The package; new or empty.")],
    own: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="PATH", help="Records of your own (files or folders): provider, site, pad …"),
    ] = None,
    opens: Annotated[str | None, typer.Option("--from", metavar="UTC", help="First T-0 (else the mission's).")] = None,
    closes: Annotated[str | None, typer.Option("--to", metavar="UTC", help="Last T-0 (else the mission's).")] = None,
    region: Annotated[
        str, typer.Option("--fir", metavar="ICAO", help="Flight information region of notices.")
    ] = "XXXX",
    area: Annotated[str, typer.Option("--navarea", metavar="NUMBER", help="NAVAREA of notices, such as IV.")] = "XX",
    audience: Annotated[
        str, typer.Option("--audience", metavar="WHO", help="public: without what is restricted; issuer: everything.")
    ] = "public",
    withhold: Annotated[
        list[str] | None,
        typer.Option("--withhold", metavar="KIND/PATH", help="Leave out, with all that tells it; may be repeated."),
    ] = None,
    after: Annotated[
        Path | None,
        typer.Option("--after", metavar="PACKAGE", help="The package that this one follows: revisions rise."),
    ] = None,
    issued: Annotated[
        str | None, typer.Option("--issued", metavar="UTC", help="When it is issued (else when the runs ended).")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """A package of static files that any web server can hold: records, trajectories, hazard areas, index, manifest.

    The same runs give the same bytes. What a run does not know (country, owner) is asked for, never made up.
    """
    from ..launch_data.packaging.command import Wishes, run_build
    from ..launch_data.packaging.hazards import Offices

    wishes = Wishes(
        own=tuple(own or ()),
        opens=opens,
        closes=closes,
        offices=Offices(region=region, area=area),
        audience=audience,
        withhold=tuple(withhold or ()),
        after=after,
        issued=issued,
    )
    finish(json, lambda: run_build(runs, out, wishes))


KeyFiles = Annotated[
    list[Path],
    typer.Option("--key", metavar="FILE", help="A public key that is trusted, or a set of them; may be repeated."),
]


@data.command()
def key(
    path: Annotated[
        Path, typer.Argument(metavar="FILE.json", help="The private key; FILE.pub.json is the public one.")
    ],
    json: JsonFlag = False,
) -> None:
    """A new pair of keys (Ed25519, as JWK): the private one readable by its owner alone."""
    from ..launch_data.signed import run_key

    finish(json, lambda: run_key(path))


@data.command()
def sign(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files, or folders of packages.")],
    private: Annotated[Path, typer.Option("--key", metavar="FILE", help="The private key, of osea data key.")],
    conceal: Annotated[
        list[str] | None,
        typer.Option(
            "--conceal", metavar="FIELD", help="Of one record: fields that copies may withhold (stages/0/dry_mass_kg)."
        ),
    ] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="UTC", help="When it is signed (else now).")] = None,
    json: JsonFlag = False,
) -> None:
    """Sign bytes as they are (JWS, Ed25519): NAME.jws beside a file, manifest.json.jws in a package; --conceal: NAME.sd.jws."""
    from ..launch_data.signed import run_sign

    finish(json, lambda: run_sign(paths, private, at=at, conceal=tuple(conceal or ())))


@data.command()
def verify(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Packages, signed files, or NAME.sd.jws.")],
    keys: KeyFiles,
    after: Annotated[
        Path | None, typer.Option("--after", metavar="PACKAGE", help="An earlier package; what is older is a replay.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="The record of a NAME.sd.jws.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Does the signature hold, by a key that you trust? Exit 1: it does not."""
    from ..launch_data.signed import run_verify

    finish(json, lambda: run_verify(paths, keys, after=after, out=out))


@data.command()
def redact(
    token: Annotated[Path, typer.Argument(metavar="NAME.sd.jws", help="A record signed with --conceal.")],
    fields: Annotated[
        list[str], typer.Option("--withhold", metavar="FIELD", help="A field to withhold; may be repeated.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The copy, COPY.sd.jws.")],
    json: JsonFlag = False,
) -> None:
    """A copy without some fields, which still verifies: no key is needed."""
    from ..launch_data.signed import run_redact

    finish(json, lambda: run_redact(token, fields, out))


@data.command()
def diff(
    before: Annotated[
        Path, typer.Argument(metavar="BEFORE", help="A record, a package, or a folder or .jsonl of records.")
    ],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The same, later.")],
    json: JsonFlag = False,
) -> None:
    """What changed from one revision or package to the next."""
    from ..launch_data.difference import run_diff

    finish(json, lambda: run_diff(before, after))


@data.command()
def watch(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A package's folder or address, or a stream of events.")
    ],
    events: Annotated[
        bool, typer.Option("--events", metavar="", help="The address is an event stream (SSE), of osea data serve.")
    ] = False,
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", min=0.1, help="From one look to the next.")
    ] = 10.0,
    looks: Annotated[
        int, typer.Option("--looks", metavar="N", min=0, help="End after so many looks or events; 0: never.")
    ] = 0,
    token: Annotated[
        str | None,
        typer.Option("--token", metavar="TOKEN", envvar="OSEA_DATA_TOKEN", help="For servers that want one."),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", metavar="", help="Each change as one JSON document on a line of its own.")
    ] = False,
) -> None:
    """Follow a feed and say what changes, as it does, until interrupted."""
    from ..launch_data.watch_command import run_watch

    run_watch(source, events=events, every=every, looks=looks, token=token, as_lines=json)
