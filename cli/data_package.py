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
    from ..launch_data.build.command import Wishes, run_build
    from ..launch_data.build.hazards import Offices

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
