"""RASP engine files (``.eng``): the format that model and sounding rocketry's tools share.

A file holds motors one after the other. Lines that begin with ``;`` are comments. A motor's first line: name, diameter
[mm], length [mm], delays, propellant mass [kg], loaded mass [kg], manufacturer. Then a line a point: time [s], thrust [N];
times ascend, and the thrust of the last point is zero, which ends the motor. Format: "RASP File Format",
thrustcurve.org (recalled), and files as they are found.
"""

import math
import re
from collections.abc import Iterable
from pathlib import Path

from ...core.errors import InputError
from .curve import RaspMotor, thinned

CLASSIC_POINTS = 32  # what the first programs could read


def read_eng(path: str | Path) -> tuple[RaspMotor, ...]:
    """All motors of a file. Raises InputError that names file and line."""
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # older files
    return parse_eng(text, name=str(path))


def parse_eng(text: str, *, name: str = "text") -> tuple[RaspMotor, ...]:
    """All motors of a text; blank lines, comments anywhere, tabs and either line end are taken as they come."""
    motors: list[RaspMotor] = []
    header: tuple[int, list[str]] | None = None
    points: list[tuple[float, float]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split(";", 1)[0].replace(",", " ").split()
        if not words:
            continue
        where = f"{name}:{number}"
        if header is None:
            header, points = (number, _header(words, where)), []
            continue
        if len(words) != 2:
            what = "a new motor begins before the last thrust of the one above is zero" if len(words) >= 6 else (
                f"expected time and thrust, found '{line.strip()[:60]}'"
            )  # fmt: skip
            raise InputError(what, where=where)
        time, thrust = (_number(w, what, where) for w, what in zip(words, ("time", "thrust"), strict=True))
        if time < 0.0:
            raise InputError(f"time {time:g} s is before ignition", where=where)
        if thrust < 0.0:
            raise InputError(f"thrust {thrust:g} N is negative; write 0", where=where)
        if points and time <= points[-1][0]:
            raise InputError(f"time {time:g} s does not follow {points[-1][0]:g} s; times must ascend", where=where)
        points.append((time, thrust))
        if thrust == 0.0 and any(f > 0.0 for _, f in points):
            motors.append(_motor(header, points, name))
            header = None
    if header is not None:
        if points and points[-1][1] != 0.0:
            raise InputError("the file ends before the thrust is zero; end the motor with a point of zero thrust",
                             where=f"{name}:{len(text.splitlines())}")  # fmt: skip
        raise InputError("a motor without a thrust curve", where=f"{name}:{header[0]}")
    if not motors:
        raise InputError("no motor in this file", where=name)
    return tuple(motors)


def _header(words: list[str], where: str) -> list[str]:
    if len(words) < 6:
        raise InputError(
            "expected a motor's first line: name, diameter mm, length mm, delays, propellant kg, loaded kg, manufacturer; "
            f"found {len(words)} of 7 words",
            where=where,
        )
    for i, what in ((1, "diameter"), (2, "length"), (4, "propellant mass"), (5, "loaded mass")):
        if _number(words[i], what, where) < 0.0:
            raise InputError(f"{what} {words[i]} is negative", where=where)
    if float(words[5]) < float(words[4]):
        raise InputError(f"loaded mass {words[5]} kg is less than the propellant's {words[4]} kg", where=where)
    return words


def _number(word: str, what: str, where: str) -> float:
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?", word):
        raise InputError(f"{what}: '{word[:40]}' is not a number", where=where)
    value = float(word)
    if not math.isfinite(value):
        raise InputError(f"{what}: '{word[:40]}' is too large", where=where)
    return value


def _motor(header: tuple[int, list[str]], points: list[tuple[float, float]], name: str) -> RaspMotor:
    number, words = header
    if not any(f > 0.0 for _, f in points):
        raise InputError("a motor that never thrusts", where=f"{name}:{number}")
    return RaspMotor(
        name=words[0],
        diameter=float(words[1]) / 1e3,
        length=float(words[2]) / 1e3,
        delays=words[3],
        propellant_mass=float(words[4]),
        loaded_mass=float(words[5]),
        manufacturer=" ".join(words[6:]),
        points=tuple(points),
    )


def format_eng(curves: Iterable[RaspMotor], *, comment: str = "", most: int | None = None) -> str:
    """The text of a file. most: points a motor (CLASSIC_POINTS for the oldest readers); None: all of them."""
    lines = [f"; {line}" for line in comment.splitlines()]
    for c in curves:
        points = c.points
        if most is not None and len(points) > most:
            import numpy as np

            t, f = np.array(points).T
            points = tuple(points[i] for i in thinned(t, f, most))
        words = (_word(c.name), _mm(c.diameter), _mm(c.length), _word(c.delays) or "0", repr(c.propellant_mass),
                 repr(c.loaded_mass), _word(c.manufacturer) or "unknown")  # fmt: skip
        lines.append(" ".join(words))
        lines += [f"   {t!r} {f!r}" for t, f in points]
        lines.append(";")
    return "\n".join(lines) + "\n"


def _mm(length: float) -> str:
    return repr(round(length * 1e3, 9))


def _word(text: str) -> str:
    """A name as one word: the format parts words by blanks."""
    return re.sub(r"[\s;,]+", "-", text.strip()).strip("-")
