"""Measured Earth orientation from a file that the user gives: UT1-UTC, polar motion, celestial pole offsets, day by day.

Three forms are known by their content: the IERS' `finals2000A` (Bulletin A, fixed columns), its series C04 (columns with
blanks), and CelesTrak's CSV. Values between days are linear in UT1-TAI, which has no leaps, and in the others.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import InputError
from .frames import ARCSECOND, EarthOrientation
from .time import SECOND, Instant, tai_minus_utc_array, utc_days_to_tai

if TYPE_CHECKING:
    import numpy as np

MJD_OF_ORIGIN = 51544  # 2000-01-01
_C04 = re.compile(r"\s*\d{4}\s+\d{1,2}\s+\d{1,2}\s+(\d{1,2}\s+)?\d{5}(\.\d+)?\s")
_BULLETIN_A = ((18, 27), (37, 46), (58, 68), (97, 106), (116, 125))  # x, y ["], UT1-UTC [s], dX, dY [0.001"]
_BULLETIN_B = ((134, 144), (144, 154), (154, 165), (165, 175), (175, 185))
_FINALS = re.compile(r"[ \d]{6} \d{5}\.\d{2} [IP ]")


@dataclass(frozen=True, eq=False)
class OrientationTable:
    """Daily values. time: (n,) int64 TAI nanoseconds since 2000-01-01; ut1_minus_tai in s; the rest in rad; all (n,)."""

    source: str
    time: "np.ndarray"
    ut1_minus_tai: "np.ndarray"
    pole_x: "np.ndarray"
    pole_y: "np.ndarray"
    cip_dx: "np.ndarray"
    cip_dy: "np.ndarray"

    def columns_at(self, tai: "np.ndarray") -> "tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]":
        """UT1-UTC [s], pole x and y, offsets dX and dY [rad] at instants (n,) int64. InputError outside of the table."""
        import numpy as np

        tai = np.asarray(tai, np.int64)
        if tai.size and (tai.min() < self.time[0] or tai.max() > self.time[-1]):
            wrong = Instant(int(tai.min() if tai.min() < self.time[0] else tai.max()))
            raise InputError(
                f"{_day(wrong)} is not in the table, which goes from {_day(self.first)} to {_day(self.last)}",
                where=self.source,
            )
        # whole seconds apart from the rest, so that a float keeps the nanosecond
        x = (tai - self.time[0]) / SECOND
        nodes = (self.time - self.time[0]) / SECOND
        ut1 = np.interp(x, nodes, self.ut1_minus_tai) + tai_minus_utc_array(tai)
        others = (np.interp(x, nodes, v) for v in (self.pole_x, self.pole_y, self.cip_dx, self.cip_dy))
        return (ut1, *others)  # type: ignore[return-value]

    def at(self, instant: Instant) -> EarthOrientation:
        """The values at one instant."""
        import numpy as np

        ut1, x, y, dx, dy = (float(v[0]) for v in self.columns_at(np.array([instant.tai])))
        return EarthOrientation(ut1_minus_utc=ut1, pole_x=x, pole_y=y, cip_dx=dx, cip_dy=dy)

    @property
    def first(self) -> Instant:
        return Instant(int(self.time[0]))

    @property
    def last(self) -> Instant:
        return Instant(int(self.time[-1]))


def read_orientation(path: str | Path) -> OrientationTable:
    """Read a file of Earth orientation. Raises InputError, with the line, for what is none of the three forms."""
    import numpy as np

    path = Path(path)
    try:
        lines = path.read_text(encoding="ascii", errors="strict").splitlines()
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError("this is no file of Earth orientation: it is not ASCII", where=str(path)) from None
    rows = _rows(lines, path)
    if len(rows) < 2:
        raise InputError(
            "this is no file of Earth orientation; finals2000A (IERS), C04 (IERS) and EOP CSV (CelesTrak) are known",
            where=str(path),
        )
    table = np.array(rows)
    days = np.round(table[:, 0]).astype(np.int64) - MJD_OF_ORIGIN
    if (np.abs(table[:, 0] - np.round(table[:, 0])) > 1e-9).any() or (np.diff(days) <= 0).any():
        raise InputError("the days of the file do not rise by whole days", where=str(path))
    time = utc_days_to_tai(days)
    offset = tai_minus_utc_array(time)
    x, y, dx, dy = (table[:, k] * ARCSECOND for k in (1, 2, 4, 5))
    return OrientationTable(str(path), time, table[:, 3] - offset, x, y, dx, dy)


def _rows(lines: list[str], path: Path) -> list[tuple[float, ...]]:
    """(MJD, x and y in arcsec, UT1-UTC in s, dX and dY in arcsec) a day, from 1972 on; days without values end the table."""
    rows: list[tuple[float, ...]] = []
    header = lines[0].split(",") if lines and lines[0].startswith("DATE,MJD") else None
    for number, line in enumerate(lines, 1):
        try:
            if header is not None:
                if number == 1:
                    continue
                cell = dict(zip(header, next(csv.reader([line])), strict=True))
                row = tuple(float(cell[k]) for k in ("MJD", "X", "Y", "UT1-UTC", "DX", "DY"))
            elif _FINALS.match(line):
                if not line[58:68].strip():
                    break  # the end of the predictions
                final = bool(line[154:165].strip())  # Bulletin B's values, where they are out
                x, y, ut1, dx, dy = (_cell(line, span) for span in (_BULLETIN_B if final else _BULLETIN_A))
                row = (float(line[7:15]), x, y, ut1, dx * 1e-3, dy * 1e-3)
            elif match := _C04.match(line):
                cells = line.split()
                row = tuple(float(c) for c in (cells[4:7] if match[1] else cells[3:6]))
                rest = cells[7:] if match[1] else cells[6:]
                row = (*row, float(rest[0]), *(float(c) for c in (rest[1:3] if match[1] else rest[2:4])))
            else:
                continue
        except (ValueError, KeyError, IndexError):
            raise InputError("this line is not as the file's other lines are", where=f"{path}:{number}") from None
        if row[0] >= 41317.0:  # 1972-01-01, the first day of whole leap seconds
            rows.append(row)
    return rows


def _cell(line: str, span: tuple[int, int]) -> float:
    """A number of a fixed column; the offsets dX, dY are blank in predictions, and small."""
    text = line[slice(*span)].strip()
    return float(text) if text else 0.0


def _day(instant: Instant) -> str:
    from .time import format_utc

    return format_utc(instant, 0)[:10]
