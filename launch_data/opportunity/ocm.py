"""A launch product as a CCSDS OCM that counts from T-0, and back.

TRAJ: CARTPV in ITRF2000, times relative to EPOCH_TZERO. COV: CARTPV in RSW_INERTIAL or RSW_ROTATING (R, S, W are R, T, N), lower
triangle. MAN: one block, a line a deployment (DEPLOY_*), in RSW_INERTIAL. What a line's deviation means is the
book's: percent of the deployment speed.
"""

from collections.abc import Iterator

import numpy as np

from ...core.errors import InputError
from ..ccsds.message import Block, Message, Segment
from ..ccsds.values import is_number, number_text
from ..issuer import Issuer, comments, header
from .product import CovarianceFrame, Deployment, LaunchProduct

_COMPOSITION = (
    "TIME_RELATIVE", "DEPLOY_ID", "DEPLOY_DV_X", "DEPLOY_DV_Y", "DEPLOY_DV_Z", "DEPLOY_MASS", "DEPLOY_DV_SIGMA",
)  # fmt: skip
_UNITS = ("n/a", "km/s", "km/s", "km/s", "kg", "%")
_FRAMES: dict[str, CovarianceFrame] = {
    "RSW_INERTIAL": "RTN_INERTIAL",
    "RSW_ROTATING": "RTN_ROTATING",
    "RTN_INERTIAL": "RTN_INERTIAL",
    "RTN_ROTATING": "RTN_ROTATING",
}
_TRIANGLE = np.tril_indices(6)


def product_to_ocm(product: LaunchProduct, issuer: Issuer, t_zero: str, *, frame: str = "ITRF2000") -> Message:
    """The product as a message; t_zero: UTC of the planned T-0 (EPOCH_TZERO), from which all times count."""
    metadata = Block(
        "metadata",
        (("OBJECT_NAME", product.name.upper()), ("TIME_SYSTEM", "UTC"), ("EPOCH_TZERO", t_zero.removesuffix("Z"))),
    )
    opening = comments("Counted from T-0; Earth-fixed, so that it holds for every T-0 of the window.")
    blocks = [_trajectory(product, frame), *_covariance(product), _deployments(product)]
    return Message("ocm", "3.0", header(issuer, opening), (Segment(metadata, tuple(blocks)),))


def _trajectory(product: LaunchProduct, frame: str) -> Block:
    states = np.hstack([product.position, product.velocity]) * 1e-3
    rows = tuple(
        (number_text(float(t)), *(number_text(float(v)) for v in row))
        for t, row in zip(product.time, states, strict=True)
    )
    values = (
        ("TRAJ_BASIS", "PREDICTED"),
        ("INTERPOLATION", "HERMITE"),
        ("INTERPOLATION_DEGREE", 3),
        ("CENTER_NAME", "EARTH"),
        ("TRAJ_REF_FRAME", frame),
        ("TRAJ_TYPE", "CARTPV"),
        ("TRAJ_UNITS", ("km", "km", "km", "km/s", "km/s", "km/s")),
    )
    return Block("traj", values, (), rows)


def _covariance(product: LaunchProduct) -> Iterator[Block]:
    if not len(product.covariance_time):
        return
    rows = tuple(
        (number_text(float(t)), *(f"{v:.15e}" for v in matrix[_TRIANGLE] * 1e-6))
        for t, matrix in zip(product.covariance_time, product.covariance, strict=True)
    )
    values = (
        ("COV_BASIS", "PREDICTED"),
        ("COV_REF_FRAME", product.covariance_frame.replace("RTN", "RSW")),
        ("COV_TYPE", "CARTPV"),
        ("COV_ORDERING", "LTM"),
        ("COV_UNITS", ("km", "km", "km", "km/s", "km/s", "km/s")),
    )
    yield Block("cov", values, (), rows)


def _deployments(product: LaunchProduct) -> Block:
    rows = tuple(
        (
            number_text(d.time),
            d.name.replace(" ", "_"),
            *(f"{v * 1e-3:.15e}" for v in d.delta_v),
            number_text(-d.mass if d.mass is not None else 0.0),
            number_text(100.0 * d.sigma),
        )
        for d in product.deployments
    )
    values = (
        ("MAN_ID", "DEPLOYMENTS"),
        ("MAN_BASIS", "PREDICTED"),
        ("MAN_DEVICE_ID", "DEPLOY"),
        ("MAN_PURPOSE", "DEPLOY"),
        ("MAN_REF_FRAME", "RSW_INERTIAL"),
        ("DC_TYPE", "CONTINUOUS"),
        ("MAN_COMPOSITION", _COMPOSITION),
        ("MAN_UNITS", _UNITS),
    )
    return Block("man", values, (), rows)


def product_from_ocm(message: Message, where: str = "") -> tuple[LaunchProduct, str]:
    """The product of a message, and its EPOCH_TZERO. Raises InputError for an OCM that is none, saying what it lacks."""

    def refuse(what: str, line: int = 0) -> InputError:
        return InputError(what, where=f"{where}:{line}" if where and line else where or None)

    if message.kind != "ocm":
        raise refuse(f"this is an {message.kind.upper()}; opportunities start from an OCM that counts from T-0")
    segment = message.segments[0]
    if segment.metadata.text("TIME_SYSTEM") != "UTC":
        raise refuse("TIME_SYSTEM is to be UTC", segment.metadata.line)
    trajectories = [b for b in segment.blocks("traj") if b.text("TRAJ_TYPE", "CARTPV") in ("CARTPV", "CARTPVA")]
    if not trajectories:
        raise refuse("there is no trajectory of TRAJ_TYPE CARTPV")
    flight = trajectories[0]
    if not flight.text("TRAJ_REF_FRAME").startswith(("ITRF", "WGS84", "EFG")):
        raise refuse(
            f"TRAJ_REF_FRAME is {flight.text('TRAJ_REF_FRAME') or 'not stated'}; only an Earth-fixed trajectory (ITRF2000 …) "
            "holds for every T-0",
            flight.line,
        )
    if not all(is_number(row[0]) for row in flight.rows):
        raise refuse("the states are to count from EPOCH_TZERO in seconds, not to bear dates", flight.line)
    numbers = flight.columns(0)
    covariance_time, covariance, frame = _read_covariance(segment.block("cov"), refuse)
    return LaunchProduct(
        name=segment.metadata.text("OBJECT_NAME", "HOST"),
        time=numbers[:, 0],
        position=numbers[:, 1:4] * 1e3,
        velocity=numbers[:, 4:7] * 1e3,
        deployments=tuple(_read_deployments(segment, refuse)),
        covariance_time=covariance_time,
        covariance=covariance,
        covariance_frame=frame,
        where=where,
    ), segment.metadata.text("EPOCH_TZERO")


def _read_covariance(block: Block | None, refuse) -> tuple[np.ndarray, np.ndarray, CovarianceFrame]:
    if block is None:
        return np.zeros(0), np.zeros((0, 6, 6)), "RTN_INERTIAL"
    frame = _FRAMES.get(block.text("COV_REF_FRAME"))
    if frame is None:
        raise refuse(
            f"COV_REF_FRAME is {block.text('COV_REF_FRAME')}; it is to be one of {', '.join(_FRAMES)}", block.line
        )
    if block.text("COV_TYPE") != "CARTPV" or block.text("COV_ORDERING", "LTM") != "LTM":
        raise refuse("the covariance is to be of COV_TYPE CARTPV, COV_ORDERING LTM", block.line)
    numbers = block.columns(0)
    matrices = np.zeros((len(numbers), 6, 6))
    matrices[:, _TRIANGLE[0], _TRIANGLE[1]] = matrices[:, _TRIANGLE[1], _TRIANGLE[0]] = numbers[:, 1:] * 1e6
    return numbers[:, 0], matrices, frame


def _read_deployments(segment: Segment, refuse) -> Iterator[Deployment]:
    for block in segment.blocks("man"):
        names = [n.upper() for n in block["MAN_COMPOSITION"]]  # type: ignore[union-attr]
        if "DEPLOY_ID" not in names:
            continue
        if "TIME_RELATIVE" not in names or not {"DEPLOY_DV_X", "DEPLOY_DV_Y", "DEPLOY_DV_Z"} <= set(names):
            raise refuse("a deployment has TIME_RELATIVE and DEPLOY_DV_X, _Y, _Z", block.line)
        if block.text("MAN_REF_FRAME") not in _FRAMES:
            raise refuse(
                f"deployments are in one of {', '.join(_FRAMES)}, not {block.text('MAN_REF_FRAME')}", block.line
            )
        for row in block.rows:
            cell = dict(zip(names, row, strict=True))
            mass = float(cell.get("DEPLOY_MASS", 0.0))
            x, y, z = (1e3 * float(cell[f"DEPLOY_DV_{axis}"]) for axis in "XYZ")
            yield Deployment(
                name=cell["DEPLOY_ID"],
                time=float(cell["TIME_RELATIVE"]),
                delta_v=(x, y, z),
                sigma=0.01 * float(cell.get("DEPLOY_DV_SIGMA", 0.0)),
                mass=abs(mass) or None,
            )
