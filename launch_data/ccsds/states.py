"""The states of an OEM: lines of a time and six or nine numbers, read many at once."""

import re
from collections.abc import Sequence

import numpy as np

from ...core.errors import InputError
from ...core.time import LAST_YEAR, SECOND, parse_utc_array
from .builder import Report
from .message import Block, States
from .values import ValueFaultError, check_date, parse_number

_NAMES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
# the keywords of a covariance's lower triangle, row by row, and each with its row and column
COVARIANCE_TRIANGLE = tuple(tuple(f"C{a}_{b}" for b in _NAMES[: i + 1]) for i, a in enumerate(_NAMES))
COVARIANCE_NAMES = tuple((name, i, j) for i, row in enumerate(COVARIANCE_TRIANGLE) for j, name in enumerate(row))
_CELLS = (7, 10)  # time, position, velocity, and acceleration where it is given
_ALLOWED = b"0123456789+-.eE:TZ \t\n"
_YEAR_ZERO = re.compile(r"^0000", re.ASCII)


def read_states(lines: Sequence[str], numbers: Sequence[int], time_system: str, report: Report) -> States | None:
    """The states of data lines; `numbers` are their places in the file. None when the report got a problem."""
    text = "\n".join(lines)
    try:
        if text.encode("ascii").translate(None, _ALLOWED):
            raise ValueError
        cells = text.split()
        for width in _CELLS:  # all lines alike, as they nearly always are
            if len(cells) == width * len(lines) == width * text.count("T") and all("T" in c for c in cells[::width]):
                columns = np.array([list(map(float, cells[k::width])) for k in range(1, width)]).T
                epochs = tuple(cells[::width])
                accelerated = np.full(len(lines), width == 10)
                break
        else:
            epochs, columns, accelerated = _line_by_line(lines)
        if not np.isfinite(columns).all():
            raise ValueError
        time = times(epochs, time_system)
    except (ValueError, InputError):
        _name_problem(lines, numbers, time_system, report)
        return None
    full = columns.shape[1] == 9
    accelerations = columns[:, 6:].copy() if full else np.zeros((len(lines), 3))
    return States(epochs, time, columns[:, :6].copy(), accelerations, accelerated)


def times(epochs: Sequence[str], time_system: str) -> np.ndarray:
    """Nanoseconds since 2000-01-01T00:00:00 of the time system, (n,) int64; of TAI for UTC. InputError for what is no time.

    Mission elapsed time that counts from year zero is counted from the year 2000: only differences mean something.
    """
    if time_system == "UTC":
        return parse_utc_array(epochs)
    texts = [_YEAR_ZERO.sub("2000", e) for e in epochs]
    if late := next((t for t in texts if not "1700" < t[:4] <= LAST_YEAR), None):
        raise InputError(f"{late!r}: only years from 1701 to {LAST_YEAR} are supported")
    for text in texts:
        try:
            check_date(text, "time")
        except ValueFaultError as error:
            raise InputError(str(error)) from None
    plain = [_calendar(t.removesuffix("Z")) for t in texts]
    try:
        return np.array(plain, "datetime64[ns]").astype(np.int64) - 946_684_800 * SECOND
    except ValueError as error:  # second 60, say, which only UTC has
        raise InputError(f"not a time of {time_system}: {error}") from None


def covariance(block: Block) -> np.ndarray:
    """The 6 x 6 matrix of a `covarianceMatrix` block, symmetric, in km and s."""
    matrix = np.zeros((6, 6))
    for name, i, j in COVARIANCE_NAMES:
        matrix[i, j] = matrix[j, i] = block.number(name)
    return matrix


def _line_by_line(lines: Sequence[str]) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Epochs, nine columns and which lines have an acceleration, of lines with and without one. ValueError for any other."""
    rows = [line.split() for line in lines]
    if any(len(row) not in _CELLS for row in rows):
        raise ValueError
    columns = np.zeros((len(rows), 9))
    for row, cells in zip(columns, rows, strict=True):
        row[: len(cells) - 1] = [float(c) for c in cells[1:]]
    return tuple(r[0] for r in rows), columns, np.array([len(r) == 10 for r in rows], dtype=bool)


def _calendar(text: str) -> str:
    """`2000-023T…` as `2000-01-23T…`, for numpy."""
    if text[4:5] == "-" and text[8:9] == "T":
        day = np.datetime64(f"{text[:4]}-01-01") + (int(text[5:8]) - 1)
        return f"{day}{text[8:]}"
    return text


def _name_problem(lines: Sequence[str], numbers: Sequence[int], time_system: str, report: Report) -> None:
    """Say which line and which value it was."""
    for line, number in zip(lines, numbers, strict=True):
        epoch, *rest = line.split()
        if len(rest) + 1 not in _CELLS:
            report.problem(number, f"a state is a time and 6 or 9 numbers; this line has {len(rest) + 1} values")
            continue
        try:
            check_date(epoch, "the time of a state")
            times([epoch], time_system)
            for cell in rest:
                parse_number(cell, "a component of a state")
        except (ValueFaultError, InputError) as error:
            report.problem(number, str(error))
