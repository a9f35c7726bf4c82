"""What holds across the keywords of a message: times in order, rows as wide as their type, matrices that are covariances."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from ...core.errors import InputError
from .builder import Report
from .grammar import grammar
from .message import Block, Message, Segment
from .states import covariance, times
from .values import is_number

_REENTRY = ("REENTRY_WINDOW_START", "NOMINAL_REENTRY_EPOCH", "REENTRY_WINDOW_END")
_DATELESS = ("MET", "MRT", "SCLK")
_TRIANGULAR = ("LTM", "UTM")
_CORRELATED = ("LTMWCC", "UTMWCC")  # a full matrix: covariances on one side, correlations on the other


def check(message: Message, report: Report, *, lenient: bool = False) -> None:
    """Apply every rule of the message's kind. Raises InputError with all that is broken; lenient: warns of it instead."""
    _apply(message, report)
    if lenient:
        for line, text in report.problems:
            report.warn(line, "rule", text)
        report.problems.clear()
    report.raise_problems()


def _apply(message: Message, report: Report) -> None:
    for block in message.blocks():
        for rule in _OF_BLOCK.get(block.name, ()):
            rule(block, report)
    for segment in message.segments:
        if message.kind == "oem":
            _oem(segment, report)
        elif message.kind == "ocm":
            _ocm(segment, report)
        elif message.kind == "rdm":
            _in_order(
                segment.block("atmosphericReentryParameters"),
                ("REENTRY_WINDOW_START", "NOMINAL_REENTRY_EPOCH", "REENTRY_WINDOW_END"),
                "UTC",
                report,
            )
    systems = {s.metadata.text("TIME_SYSTEM") for s in message.segments}
    if len(systems) > 1:
        line = message.segments[1].metadata.line
        report.problem(
            line, f"the segments have different time systems ({', '.join(sorted(systems))}); a message has one"
        )


# ---- blocks that several kinds of message share ----


def _elements(block: Block, report: Report) -> None:
    """Mean or osculating elements: an ellipse or a hyperbola, an inclination of the half circle."""
    eccentricity, inclination = block.get("ECCENTRICITY"), block.get("INCLINATION")
    axis, motion = block.get("SEMI_MAJOR_AXIS"), block.get("MEAN_MOTION")
    if isinstance(eccentricity, float) and eccentricity < 0.0:
        report.problem(block.line, f"ECCENTRICITY is {eccentricity}; it is never negative")
    if isinstance(inclination, float) and not 0.0 <= inclination <= 180.0:
        report.problem(block.line, f"INCLINATION is {inclination} deg; it lies between 0 and 180")
    if isinstance(axis, float) and isinstance(eccentricity, float) and axis * (1.0 - eccentricity) <= 0.0:
        report.problem(
            block.line, "SEMI_MAJOR_AXIS is positive for an ellipse and negative for a hyperbola; see ECCENTRICITY"
        )
    if isinstance(motion, float) and motion <= 0.0:
        report.problem(block.line, f"MEAN_MOTION is {motion} rev/day; it is positive")


def _spacecraft(block: Block, report: Report) -> None:
    for keyword, value in block.values:
        if (
            keyword in ("MASS", "WET_MASS", "DRY_MASS", "DRAG_AREA", "SOLAR_RAD_AREA")
            and isinstance(value, float)
            and value < 0
        ):
            report.problem(block.line, f"{keyword} is {value}; it is never negative")


def _matrix(block: Block, report: Report) -> None:
    matrix = covariance_of(block)
    if matrix is not None:
        _definite(matrix, block.line, report)


def _manoeuvre(block: Block, report: Report) -> None:
    wanted = ("MAN_DURATION", "MAN_DELTA_MASS", "MAN_REF_FRAME", "MAN_DV_1", "MAN_DV_2", "MAN_DV_3")
    if missing := [k for k in wanted if block.get(k) is None]:
        report.warn(block.line, "manoeuvre", f"the manoeuvre lacks {', '.join(missing)}, which the book's table has")


_OF_BLOCK: dict[str, tuple[Callable[[Block, Report], None], ...]] = {
    "keplerianElements": (_elements,),
    "meanElements": (_elements,),
    "spacecraftParameters": (_spacecraft,),
    "phys": (_spacecraft,),
    "covarianceMatrix": (_matrix,),
    "maneuverParameters": (_manoeuvre,),
}


def covariance_of(block: Block) -> np.ndarray | None:
    """The matrix of a covariance block; None when an element is missing or no number."""
    try:
        return covariance(block)
    except (KeyError, TypeError):
        return None


def _definite(matrix: np.ndarray, line: int, report: Report) -> None:
    """A covariance has no negative variance, in any direction: an error on the diagonal, a warning beside it."""
    if (np.diag(matrix) < 0.0).any():
        report.problem(line, "a variance (a diagonal element of the covariance) is negative")
        return
    sigma = np.sqrt(np.diag(matrix))
    scale = np.where(sigma > 0.0, sigma, 1.0)
    lowest = float(np.linalg.eigvalsh(matrix / np.outer(scale, scale)).min())
    if lowest < -1e-6:  # numbers with seven digits leave so much
        report.warn(
            line, "covariance", f"the matrix is no covariance: least eigenvalue of its correlations {lowest:.2g}"
        )


# ---- OEM ----


def _oem(segment: Segment, report: Report) -> None:
    metadata = segment.metadata
    system = metadata.text("TIME_SYSTEM", "UTC")
    _in_order(metadata, ("START_TIME", "USEABLE_START_TIME", "USEABLE_STOP_TIME", "STOP_TIME"), system, report)
    if metadata.get("INTERPOLATION") is not None and metadata.get("INTERPOLATION_DEGREE") is None:
        report.problem(metadata.line, "INTERPOLATION without INTERPOLATION_DEGREE, which it needs")
    states = segment.states
    if states is None:
        return
    steps = np.diff(states.time)
    if (steps <= 0).any():
        worst = int(np.argmin(steps)) + 1
        message = f"the times of the states do not rise: {states.epochs[worst]} follows {states.epochs[worst - 1]}"
        if steps.min() < 0:
            report.problem(metadata.line, message)
        else:
            report.warn(metadata.line, "time", message)
    ends = _times([metadata.text("START_TIME"), metadata.text("STOP_TIME")], system)
    if ends is not None and (states.time[0] < ends[0] or states.time[-1] > ends[1]):
        report.problem(metadata.line, "a state lies outside of START_TIME to STOP_TIME")
    _in_span(segment.blocks("covarianceMatrix"), report, system)


def _in_span(blocks: Sequence[Block], report: Report, system: str) -> None:
    epochs = _times([b.text("EPOCH") for b in blocks], system)
    if epochs is not None and (np.diff(epochs) < 0).any():
        report.warn(blocks[0].line, "order", "the covariance matrices are not in order of time")


# ---- OCM ----


def _ocm(segment: Segment, report: Report) -> None:
    metadata = segment.metadata
    system = metadata.text("TIME_SYSTEM", "UTC")
    _in_order(metadata, ("START_TIME", "STOP_TIME"), system, report)
    book = grammar("ocm")
    for block in segment.blocks("traj"):
        name = block.text("TRAJ_TYPE", "CARTPV")
        if block.get("TRAJ_TYPE") is None:
            report.warn(block.line, "type", "TRAJ_TYPE is not stated; CARTPV is assumed")
        _typed(block, "TRAJ", name, book.tables["traj_types"], _width_of_state, report)
    for block in segment.blocks("cov"):
        _typed(block, "COV", block.text("COV_TYPE"), book.tables["traj_types"], _width_of_covariance, report)
        _covariance_rows(block, report)
    for block in segment.blocks("man"):
        _composition(block, book.tables["man_elements"], report)


def _width_of_state(block: Block, size: int) -> int:
    return size


def _width_of_covariance(block: Block, size: int) -> int:
    ordering = block.text("COV_ORDERING", "LTM")
    return size * size if ordering in ("FULL", *_CORRELATED) else size * (size + 1) // 2


def _typed(
    block: Block,
    prefix: str,
    name: str,
    types: dict[str, list[str]],
    width: Callable[[Block, int], int],
    report: Report,
) -> None:
    """Rows as wide as their type, units as the type has them, times that do not go back."""
    units = types.get(name.upper())
    if units is None:
        report.warn(
            block.line,
            "type",
            f"{prefix}_TYPE = {name} is in no registry that this knows; its rows are taken as they are",
        )
        return
    stated = block.get(f"{prefix}_UNITS")
    if stated is not None and [u.strip() for u in stated if u.strip()] != units:  # type: ignore[union-attr]
        report.problem(
            block.line,
            f"{prefix}_UNITS = [{', '.join(map(str, stated))}] are not those of {name}, [{', '.join(units)}]",  # type: ignore[arg-type]
        )
    wanted = width(block, len(units)) + 1
    for row in block.rows:
        if len(row) != wanted:
            report.problem(
                block.line,
                f"a line of {name} has a time and {wanted - 1} numbers; one has {len(row)} values: {' '.join(row)[:60]}",
            )
            return
        if not all(is_number(cell) for cell in row[1:]):
            report.problem(block.line, f"a line of {prefix} holds what is no number: {' '.join(row)[:80]}")
            return
    _rising([row[0] for row in block.rows], block.line, report)


def _rising(epochs: Sequence[str], line: int, report: Report) -> None:
    """Time tags count from T-zero or are dates; each kind must not go back."""
    relative = [float(e) for e in epochs if is_number(e)]
    absolute = [e for e in epochs if not is_number(e)]
    later = _times(absolute, "TAI") if absolute else np.zeros(0, np.int64)
    if later is None:
        report.problem(line, "a time tag is neither a number of seconds nor a date")
    elif any(b < a for a, b in pairwise(relative)) or (np.diff(later) < 0).any():
        report.problem(line, "the time tags of the lines go back")


def _covariance_rows(block: Block, report: Report) -> None:
    size = len(grammar("ocm").tables["traj_types"].get(block.text("COV_TYPE").upper(), ()))
    ordering = block.text("COV_ORDERING", "LTM")
    if ordering not in _TRIANGULAR or any(len(r) != size * (size + 1) // 2 + 1 for r in block.rows):
        return
    for numbers in block.columns():
        matrix = np.zeros((size, size))
        matrix[np.tril_indices(size) if ordering == "LTM" else np.triu_indices(size)] = numbers
        _definite(matrix + matrix.T - np.diag(np.diag(matrix)), block.line, report)


def _composition(block: Block, elements: dict[str, str], report: Report) -> None:
    """Lines of a manoeuvre: a time first, known elements, as many cells as are named, the units of the book."""
    stated = block.get("MAN_COMPOSITION")
    if not isinstance(stated, tuple):
        return
    names = [n.upper() for n in stated]
    timed = [n for n in names if n in ("TIME_ABSOLUTE", "TIME_RELATIVE")]
    if not timed or names[0] not in ("TIME_ABSOLUTE", "TIME_RELATIVE"):
        report.problem(
            block.line, "MAN_COMPOSITION begins with TIME_ABSOLUTE or TIME_RELATIVE, and this one has neither"
        )
        return
    rest = [n for n in names if n not in timed]
    if unknown := [n for n in rest if n not in elements]:
        report.problem(block.line, f"MAN_COMPOSITION has {', '.join(unknown)}, which table 6-8 does not know")
        return
    units = block.get("MAN_UNITS")
    if isinstance(units, tuple) and [u.strip() for u in units] != [elements[n] for n in rest]:
        report.problem(
            block.line,
            f"MAN_UNITS are [{', '.join(elements[n] for n in rest)}] for this composition, not [{', '.join(units)}]",
        )
    for row in block.rows:
        if len(row) != len(names):
            report.problem(
                block.line, f"a line of the manoeuvre has {len(row)} values; MAN_COMPOSITION names {len(names)}"
            )
            return
        for name, cell in zip(names, row, strict=True):
            if name not in ("DEPLOY_ID", "ACC_INTERP", "THR_INTERP", "TIME_ABSOLUTE") and not is_number(cell):
                report.problem(block.line, f"{name} is a number, not {cell!r}")


# ---- time ----


def _in_order(block: Block | None, keywords: Sequence[str], system: str, report: Report) -> None:
    """Times that must not go back in the order given; those that are absent are passed over."""
    present = [(k, block.text(k)) for k in keywords if block is not None and block.get(k) is not None]
    for (first, a), (second, b) in pairwise(present):
        both = [float(a), float(b)] if is_number(a) and is_number(b) else _times([a, b], system)
        if block is not None and both is not None and both[0] > both[1]:
            report.problem(block.line, f"{first} = {a} is later than {second} = {b}")


def _times(texts: Sequence[str], system: str) -> np.ndarray | None:
    """The times, or None when one is no date (its own check has said so)."""
    try:
        return times(texts, system if system not in _DATELESS else "TAI") if texts else np.zeros(0, np.int64)
    except (InputError, ValueError):
        return None
