"""The files of a window: for each T-0 the host's ephemeris, a separation state a payload, and one JSON summary of all."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...core.earth_orientation import OrientationTable
from ...core.errors import InputError
from ...core.frame_series import inertial_series
from ...core.frames import EarthOrientation
from ...core.time import SECOND, Instant, format_utc, format_utc_array
from ...core.wire import parse_json
from ..ccsds.message import Block, Message, Segment, States
from ..ccsds.states import COVARIANCE_NAMES
from ..ccsds.write_kvn import write_kvn
from ..issuer import Issuer, comments, header
from .product import LaunchProduct
from .separation import EARTH_FIXED, Separations, separations

SCHEMA = "osea/launch-opportunities/v1"
REALISATION = "ITRF2000"  # the name of EARTH_FIXED in the files
_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
NANOSECONDS = 9


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is wanted: T-0 at instants (k,) int64, a frame, who issues it; orientation as in `inertial_series`."""

    t0: np.ndarray
    frame: str
    issuer: Issuer
    orientation: OrientationTable | EarthOrientation
    orientation_source: str
    ephemeris: bool = True


def window(opens: Instant, closes: Instant, every: float) -> np.ndarray:
    """T-0 from `opens` to `closes`, both included where they fall on the step of `every` s, as (k,) int64 `Instant.tai`."""
    if not every > 0.0:
        raise InputError(f"the step between two T-0 is {every:g} s; it is positive")
    if closes < opens:
        raise InputError("the window closes before it opens")
    return opens.tai + np.arange(0, closes.tai - opens.tai + 1, round(every * SECOND), dtype=np.int64)


def write_package(
    product: LaunchProduct, request: Request, folder: Path, advance: Callable[[int], None] = lambda _: None
) -> dict[str, Any]:
    """Write every file into `folder`, made if absent, the summary last; returns the summary. advance(i): i files are written."""
    found = separations(product, request.t0, request.frame, request.orientation)
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    host = _host(product, request) if request.ephemeris else None
    for i, t0 in enumerate(request.t0):
        stamp = format_utc(Instant(int(t0)), 3).replace("-", "").replace(":", "").replace(".", "_")
        files: dict[str, str] = {}
        if host is not None:
            files[f"{stamp}/host.oem"] = write_kvn(_ephemeris(product, request, host, i))
        for j, item in enumerate(product.deployments):
            files[f"{stamp}/{file_name(item.name, j)}.opm"] = write_kvn(_separation(product, request, found, i, j))
        (folder / stamp).mkdir(exist_ok=True)
        named = []
        for name, text in files.items():
            data = text.encode()
            (folder / name).write_bytes(data)
            named.append({"path": name, "sha256": hashlib.sha256(data).hexdigest()})
        rows.append(
            {
                "t0": format_utc(Instant(int(t0)), NANOSECONDS),
                "files": named,
                "payloads": _payload_rows(product, found, i),
            }
        )
        advance(i + 1)
    summary = {
        "schema": SCHEMA,
        "host": product.name,
        "issuer": request.issuer.originator,
        "issued_at": request.issuer.created,
        "frame": REALISATION if request.frame == EARTH_FIXED else request.frame,
        "time_system": "UTC",
        "earth_orientation": request.orientation_source,
        "covariance": _covariance_note(product),
        "opportunities": rows,
    }
    text = json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    (folder / "opportunities.json").write_text(text, encoding="utf-8")
    return summary


def check_summary(path: Path) -> None:
    """Raise InputError unless every file that `opportunities.json` names stands beside it as it was written."""
    try:
        summary = parse_json(path.read_bytes(), str(path))
        named = [f for row in summary["opportunities"] for f in row["files"]]
        hashes = {str(f["path"]): f["sha256"] for f in named}
    except (KeyError, TypeError):
        raise InputError(f"this is no summary of opportunities ({SCHEMA})", where=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None
    for name, sha256 in hashes.items():
        file = path.parent / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise InputError(f"{name} does not stay in the folder", where=str(path))
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
            raise InputError(
                f"{name} is missing, or not the file that was written: its sha256 differs", where=str(path)
            )


def _covariance_note(product: LaunchProduct) -> dict[str, Any]:
    return {
        "given": len(product.covariance_time) > 0,
        "given_in": product.covariance_frame,
        "common_to_all_payloads": "the host's part, shared_covariance_m_m_s of each payload in RTN_INERTIAL",
    }


def _payload_rows(product: LaunchProduct, found: Separations, i: int) -> list[dict[str, Any]]:
    rows = []
    for j, item in enumerate(product.deployments):
        row: dict[str, Any] = {
            "name": item.name,
            "mission_elapsed_time_s": item.time,
            "utc": format_utc(Instant(int(found.tai[i, j])), NANOSECONDS),
            "position_m": found.position[i, j].tolist(),
            "velocity_m_s": found.velocity[i, j].tolist(),
        }
        if item.mass is not None:
            row["mass_kg"] = item.mass
        if found.has_covariance and i == 0:  # in these axes they are the same at every T-0
            row["own_covariance_m_m_s"] = found.own[j].tolist()
            row["shared_covariance_m_m_s"] = found.shared[j].tolist()
        rows.append(row)
    return rows


def _separation(product: LaunchProduct, request: Request, found: Separations, i: int, j: int) -> Message:
    item = product.deployments[j]
    opening = comments(
        f"Predicted state of {item.name} after its separation from {product.name}, computed; not tracked.",
        f"T-0 = {format_utc(Instant(int(request.t0[i])), NANOSECONDS)}; mission elapsed time {item.time:.6f} s.",
        *(
            ["The covariance holds the host's part, which all payloads of this launch share."]
            if found.has_covariance
            else []
        ),
        f"Earth orientation: {request.orientation_source}.",
    )
    state = [*(found.position[i, j] * 1e-3).tolist(), *(found.velocity[i, j] * 1e-3).tolist()]
    epoch = format_utc(Instant(int(found.tai[i, j])), NANOSECONDS, zulu=False)
    data = [Block("stateVector", (("EPOCH", epoch), *zip(_STATE, state, strict=True)))]
    if item.mass is not None:
        data.append(Block("spacecraftParameters", (("MASS", float(item.mass)),)))
    if found.has_covariance:
        matrix = found.covariance(i, j) * 1e-6
        values = ((name, float(matrix[a, b])) for name, a, b in COVARIANCE_NAMES)
        data.append(Block("covarianceMatrix", tuple(values)))
    metadata = _metadata(item.name, request)
    return Message("opm", "2.0", header(request.issuer, opening), (Segment(metadata, tuple(data)),))


def _host(product: LaunchProduct, request: Request) -> tuple[np.ndarray, np.ndarray]:
    """The host's states at every T-0 in the frame asked for, (k, n, 6) m and m/s, and their instants (k, n)."""
    k, n = len(request.t0), len(product.time)
    tai = request.t0[:, None] + np.round(product.time * SECOND).astype(np.int64)[None, :]
    fixed = np.hstack([product.position, product.velocity])
    if request.frame == EARTH_FIXED:
        return np.broadcast_to(fixed, (k, n, 6)), tai
    turn = inertial_series(request.frame, tai.reshape(-1), request.orientation)
    position, velocity = (np.broadcast_to(v, (k, n, 3)).reshape(-1, 3) for v in (product.position, product.velocity))
    return np.hstack(turn.to_inertial(position, velocity)).reshape(k, n, 6), tai


def _ephemeris(product: LaunchProduct, request: Request, host: tuple[np.ndarray, np.ndarray], i: int) -> Message:
    states, tai = host[0][i] * 1e-3, host[1][i]
    epochs = tuple(format_utc_array(tai))
    metadata = _metadata(product.name, request)
    span = (
        ("START_TIME", epochs[0]),
        ("STOP_TIME", epochs[-1]),
        ("INTERPOLATION", "HERMITE"),
        ("INTERPOLATION_DEGREE", 3),
    )
    opening = comments(
        "Predicted launch trajectory, computed; not tracked.",
        f"T-0 = {format_utc(Instant(int(request.t0[i])), NANOSECONDS)}. Earth orientation: {request.orientation_source}.",
    )
    none = np.zeros((len(tai), 3))
    segment = Segment(
        Block("metadata", (*metadata.values, *span)),
        (),
        States(epochs, tai, states, none, np.zeros(len(tai), dtype=bool)),
    )
    return Message("oem", "2.0", header(request.issuer, opening), (segment,))


def _metadata(name: str, request: Request) -> Block:
    frame = REALISATION if request.frame == EARTH_FIXED else request.frame
    about = (("OBJECT_NAME", name.upper()), ("OBJECT_ID", "UNKNOWN"))
    return Block("metadata", (*about, ("CENTER_NAME", "EARTH"), ("REF_FRAME", frame), ("TIME_SYSTEM", "UTC")))


def file_name(name: str, place: int) -> str:
    """Of an object: its place, and what a file system takes of its name."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
    return f"{place + 1:02d}-{kept[:60]}"
