"""`osea certify`: conformance with the standard, as a signed certificate."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from .app import JsonFlag, app, finish


class _IssueUnlessNamed(TyperGroup):
    """`osea certify PATH` issues: what is no name of a command is a path."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["issue", *args]
        return super().parse_args(ctx, args)


certify = typer.Typer(
    cls=_IssueUnlessNamed,
    no_args_is_help=True,
    help="Hold a thing against the standard's suites, and issue, check or revoke its certificate: osea certify PATH|URL.",
)
app.add_typer(certify, name="certify")

KeyFiles = Annotated[
    list[Path], typer.Option("--key", "-k", metavar="FILE", help="A public key that is trusted; may be repeated.")
]
Trusted = Annotated[
    list[Path] | None, typer.Option("--trust", metavar="FILE", help="A public key that a package is signed with.")
]
Token = Annotated[
    str | None, typer.Option("--token", metavar="TOKEN", envvar="OSEA_DATA_TOKEN", help="For a server that wants one.")
]
Loads = Annotated[
    Path | None, typer.Option("--loads", metavar="RUN", help="A design run: loads at a vehicle's joints.")
]
Codec = Annotated[
    str | None, typer.Option("--codec", metavar="COMMAND", help="A program that answers for a message set's codec.")
]


@certify.command()
def issue(
    place: Annotated[
        str,
        typer.Argument(
            metavar="PATH|URL", help="A study, vehicle, module, engine, site, message set, log, folder, server."
        ),
    ],
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", help="That is asked for: bronze, silver, gold or platinum.")
    ] = "bronze",
    key: Annotated[
        Path | None, typer.Option("--key", "-k", metavar="FILE", help="The private key to sign with (osea data key).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FOLDER", help="Where it goes (out/certificate-<name>).")
    ] = None,
    days: Annotated[int, typer.Option("--days", metavar="N", help="Until it expires, 366 at most.")] = 365,
    trust: Trusted = None,
    token: Token = None,
    loads: Loads = None,
    codec: Codec = None,
    issued: Annotated[
        str | None, typer.Option("--issued", metavar="UTC", help="The time that it bears (else now).")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Ask every requirement, and write certificate.json, certificate.html and badge.svg.

    Exit 0 where the level asked for is reached, 1 where a requirement of it fails, 3 where one is unknown.
    """
    from ..core.signing import read_public_keys
    from ..studies.certify.command import run_certify
    from ..studies.certify.subjects import Wishes

    wishes = Wishes(keys=read_public_keys(trust or ()), token=token, loads=loads, codec=codec)
    finish(
        json,
        lambda: run_certify(place, out, level=level, key_file=key, wishes=wishes, days=days, issued=issued),
    )


@certify.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="CERTIFICATE.json", help="A certificate.")],
    key: KeyFiles,
    revoked: Annotated[
        list[Path] | None, typer.Option("--revoked", metavar="FILE", help="A revocation list of the issuer.")
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", metavar="PATH|URL", help="Make every verdict again from the subject.")
    ] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="UTC", help="As of this time (else now).")] = None,
    trust: Trusted = None,
    token: Token = None,
    loads: Loads = None,
    codec: Codec = None,
    json: JsonFlag = False,
) -> None:
    """Is a certificate to be trusted: signature, expiry, revocation, whole suites, the level that follows. Exit 1 where not."""
    from ..core.signing import read_public_keys
    from ..studies.certify.command import run_verify
    from ..studies.certify.subjects import Wishes

    wishes = Wishes(keys=read_public_keys(trust or ()), token=token, loads=loads, codec=codec)
    finish(json, lambda: run_verify(file, key, revoked=revoked or (), of=of, wishes=wishes, at=at))


@certify.command()
def revoke(
    file: Annotated[Path, typer.Argument(metavar="CERTIFICATE.json", help="A certificate of this key.")],
    key: Annotated[Path, typer.Option("--key", "-k", metavar="FILE", help="The private key that signed it.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for its readers.")],
    into: Annotated[Path, typer.Option("--list", metavar="FILE", help="The revocation list to add to.")] = Path(
        "revoked.json"
    ),
    json: JsonFlag = False,
) -> None:
    """Withdraw a certificate: name it in a signed revocation list."""
    from ..studies.certify.command import run_revoke

    finish(json, lambda: run_revoke(file, key, reason, into=into))
