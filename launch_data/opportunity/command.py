"""What `osea data opportunities` does, apart from parsing the command line."""

from pathlib import Path
from typing import Any

from ...core.earth_orientation import read_orientation
from ...core.errors import InputError
from ...core.frame_series import FRAMES
from ...core.frames import UNKNOWN_ORIENTATION, UT1_BOUND
from ...core.progress import RichProgress
from ...core.time import format_utc, parse_utc
from ..ccsds.files import read_messages
from ..issuer import Issuer
from .ocm import product_from_ocm
from .package import Request, window, write_package
from .screening import Screening, write_screening
from .separation import EARTH_FIXED

Answer = tuple[dict[str, Any], str]
MOST = 20_000  # opportunities of one window; each is a folder of files


def run_opportunities(
    source: Path,
    out: Path,
    *,
    opens: str,
    closes: str,
    every: float,
    frame: str,
    orientation: Path | None,
    originator: str,
    created: str,
    ephemeris: bool,
    screening: Screening | None = None,
) -> Answer:
    """Write the package of every T-0 from `opens` to `closes` (UTC), `every` s, from an OCM that counts from T-0.

    screening: with it, what a screener needs for the window is written too.
    """
    if frame not in (EARTH_FIXED, *FRAMES):
        raise InputError(f"{frame!r} is no frame of separation states; use {', '.join((EARTH_FIXED, *FRAMES))}")
    message, *more = read_messages(source)
    if more:
        raise InputError(f"'{source}' holds {1 + len(more)} messages; one OCM is needed")
    product, _ = product_from_ocm(message, str(source))
    t0 = window(parse_utc(opens), parse_utc(closes), every)
    if len(t0) > MOST:
        raise InputError(f"the window has {len(t0)} T-0; at most {MOST} are made in one run: take a larger step")
    if out.exists() and any(out.iterdir()):
        raise InputError(f"'{out}' is not empty; name another folder, or empty it")
    request = Request(
        t0=t0,
        frame=frame,
        issuer=Issuer(originator=originator, created=created),
        orientation=read_orientation(orientation) if orientation else UNKNOWN_ORIENTATION,
        orientation_source=orientation.name if orientation else "none; UT1 taken as UTC, polar motion as zero",
        ephemeris=ephemeris,
    )
    progress = RichProgress({"opportunities": 1.0})
    try:
        with progress.step("opportunities"):
            summary = write_package(product, request, out, lambda i: progress.note(f"{i} of {len(t0)}"))
            screened = None if screening is None else write_screening(product, request, screening, out)
    finally:
        progress.close()
    lines = [f"{len(t0)} opportunities of {len(product.deployments)} payloads in {summary['frame']} → {out}"]
    if screened is not None:
        lines.append(f"screening of {len(screened['objects'])} objects → {out / 'screening-package.json'}")
    warnings = []
    if orientation is None and frame != EARTH_FIXED:
        radius = float((product.position**2).sum(axis=1).max() ** 0.5)
        warnings.append(
            f"no file of Earth orientation: UT1 may be {UT1_BOUND} s from UTC, and the states "
            f"{UNKNOWN_ORIENTATION.position_bound(radius):.0f} m from where they are said to be; give --eop"
        )
    if not len(product.covariance_time):
        warnings.append("the OCM has no covariance, so none is written; a screener cannot use these states alone")
    lines += [f"WARN  {w}" for w in warnings]
    data = {
        "status": "done",
        "folder": str(out),
        "frame": summary["frame"],
        "opportunities": len(t0),
        "payloads": [d.name for d in product.deployments],
        "first_t0": format_utc(parse_utc(opens), 3),
        "screened_objects": 0 if screened is None else len(screened["objects"]),
        "warnings": warnings,
    }
    return data, "\n".join(lines)
