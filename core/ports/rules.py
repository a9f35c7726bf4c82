"""The closed list of matching rules: equal, subset, capacity, conjugate, semver, curve_below, contains, one_of, bijection.

A rule is declared on a field, ``Annotated[Length | None, Equal(0.5e-3)]``, and called with the two sides' values and their
place; it answers with one Finding. It knows no files and no models. Of a directed field the first value is the demand.
"""

import difflib
from dataclasses import dataclass
from typing import Any, ClassVar

from ..findings import Finding, Severity
from ..versions import Version, satisfies
from .curves import Curve, RoomProfile, Sound
from .wording import per_cent, shown

MARGIN_POLICY = 0.05
"""A capacity met by less than this is a WARN. A choice of this project, from no standard."""
CURVE_POLICY_DB = 3.0
"""A level met by less than this is a WARN: qualification 3 dB over the greatest expected flight level (NASA-STD-7001A, 4.3;
read in the summary of thermaxtesting.com, "NASA-STD-7001A Testing")."""


@dataclass(frozen=True)
class Place:
    """Which field of which two ports is compared.

    joint: ``s1.top -> s2.bottom``. field: dotted path in the port. one, other: names of the modules that the first and the
    second value belong to. words: the verbs of demand and capability. written: both values as their files say them.
    """

    joint: str
    field: str
    where: str
    one: str
    other: str
    unit: str | None = None
    words: tuple[str, str] = ("has", "has")
    written: tuple[str | None, str | None] = (None, None)

    def finding(self, severity: Severity, rule: str, text: str, margin: float | None = None) -> Finding:
        return Finding(severity, f"port.{self.field}.{rule}", self.where, f"{self.joint} {self.field}: {text}", margin)


@dataclass(frozen=True)
class Rule:
    """Base of the rules. name: as in the standard."""

    name: ClassVar[str]

    def __call__(self, one: Any, other: Any, place: Place) -> Finding:
        raise NotImplementedError


@dataclass(frozen=True)
class Equal(Rule):
    """Both sides say the same: numbers to a tolerance (SI), texts apart from capitals and blanks."""

    name: ClassVar[str] = "equal"
    tolerance: float = 0.0

    def __call__(self, one: Any, other: Any, place: Place) -> Finding:
        if isinstance(one, float) and isinstance(other, float):
            return self._numbers(one, other, place)
        if _plain(one) == _plain(other):
            return place.finding(Severity.OK, self.name, f"both have {shown(one, place.unit)}")
        text = (
            f"{place.one} has {shown(one, place.unit)}, {place.other} has {shown(other, place.unit)}; "
            "make both sides the same, or take a module that fits"
        )
        return place.finding(Severity.ERROR, self.name, text)

    def _numbers(self, one: float, other: float, place: Place) -> Finding:
        apart = abs(one - other)
        margin = (self.tolerance - apart) / self.tolerance if self.tolerance else None
        if apart <= self.tolerance * (1 + 1e-9):
            text = f"both have {shown(one, place.unit)} (tolerance {shown(self.tolerance, place.unit)})"
            return place.finding(Severity.OK, self.name, text, margin)
        units = [w.strip().lstrip("-+.0123456789eE ") for w in place.written if w]
        mixed = len(set(units)) == 2
        values = [
            shown(v, place.unit, 6) + (f" (written {w})" if mixed else "")
            for v, w in zip((one, other), place.written, strict=True)
        ]
        text = (
            f"{place.one} has {values[0]}, {place.other} has {values[1]}: {shown(apart, place.unit, 2)} apart, "
            f"tolerance {shown(self.tolerance, place.unit)}; "
        )
        if mixed:
            text += f"one file is in {units[0]} and the other in {units[1]}: was a rounded figure converted? If so, "
        return place.finding(Severity.ERROR, self.name, text + "make both sides the same figure", margin)


@dataclass(frozen=True)
class Subset(Rule):
    """What one side supplies lies within what the other accepts: a range in a range, or a set in a set."""

    name: ClassVar[str] = "subset"

    def __call__(self, one: Any, other: Any, place: Place) -> Finding:
        if (one and isinstance(one[0], str)) or (other and isinstance(other[0], str)) or not one:
            return self._sets(one, other, place)
        (low, high), (lowest, highest) = one, other
        width = highest - lowest
        room = min(low - lowest, highest - high)
        margin = room / width if width else None
        text = f"{place.one} {place.words[0]} {shown(one, place.unit)}, {place.other} {place.words[1]} {shown(other, place.unit)}"
        tiny = 1e-9 * max(abs(lowest), abs(highest))
        if room >= -tiny:
            return place.finding(Severity.OK, self.name, text, max(margin, 0.0) if margin is not None else None)
        ends = []
        if low < lowest - tiny:
            ends.append(f"{shown(lowest - low, place.unit, 3)} too low at its low end")
        if high > highest + tiny:
            ends.append(f"{shown(high - highest, place.unit, 3)} too high at its high end")
        return place.finding(
            Severity.ERROR,
            self.name,
            f"{text}: {' and '.join(ends)}; narrow what {place.one} {place.words[0]} or widen what {place.other} "
            f"{place.words[1]}",
            margin,
        )

    def _sets(self, one: tuple[str, ...], other: tuple[str, ...], place: Place) -> Finding:
        known = {_plain(v) for v in other}
        missing = [v for v in one if _plain(v) not in known]
        if not missing:
            return place.finding(
                Severity.OK, self.name, f"{place.other} {place.words[1]} all that {place.one} {place.words[0]}"
            )
        near = [f" (near: '{m[0]}')" if (m := difflib.get_close_matches(v, other, 1)) else "" for v in missing]
        listed = ", ".join(f"'{v}'{hint}" for v, hint in zip(missing, near, strict=True))
        text = (
            f"{place.one} {place.words[0]} {listed}, which {place.other} does not {_infinitive(place.words[1])}; add it there or "
            "drop it here"
        )
        return place.finding(Severity.ERROR, self.name, text)


@dataclass(frozen=True)
class Capacity(Rule):
    """A demand is within a capability divided by a factor of safety: demand · factor ≤ capability."""

    name: ClassVar[str] = "capacity"
    factor: float = 1.0
    policy: float = MARGIN_POLICY

    def __call__(self, one: float, other: float, place: Place) -> Finding:
        text = f"{place.one} {place.words[0]} {shown(one, place.unit)}, {place.other} {place.words[1]} {shown(other, place.unit)}"
        needed = one * self.factor
        if self.factor != 1.0:
            text += f" (factor {self.factor:g})"
        if needed == 0:
            return place.finding(Severity.OK, self.name, text)
        margin = max(min(other / needed - 1, 1e6), -1e6)
        text += f": margin {per_cent(margin)}"
        if margin < -1e-9:
            text += (
                f"; let {place.other} {_infinitive(place.words[1])} {shown(needed, place.unit)} or more, or bring what "
                f"{place.one} {place.words[0]} down to {shown(other / self.factor, place.unit)}"
            )
            return place.finding(Severity.ERROR, self.name, text, margin)
        if margin < self.policy - 1e-9:
            return place.finding(Severity.WARN, self.name, f"{text}, less than {100 * self.policy:g} %", margin)
        whole = isinstance(one, int) and isinstance(other, int)  # two inhibits of two: no margin is meant
        return place.finding(Severity.OK, self.name, text, None if whole else margin)


CONJUGATES = {
    "lower": "upper",
    "upper": "lower",
    "provider": "user",
    "user": "provider",
    "plug": "receptacle",
    "receptacle": "plug",
    "male": "female",
    "female": "male",
    "out": "in",
    "in": "out",
    "both": "both",
    "passive": "passive",
}


@dataclass(frozen=True)
class Conjugate(Rule):
    """The sides are each other's counterpart: lower and upper, provider and user, plug and receptacle."""

    name: ClassVar[str] = "conjugate"

    def __call__(self, one: str, other: str, place: Place) -> Finding:
        if CONJUGATES[one] == other:
            return place.finding(Severity.OK, self.name, f"{one} meets {other}")
        text = (
            f"{place.one} is '{one}' and {place.other} is '{other}'; '{one}' meets '{CONJUGATES[one]}': join other ports, "
            "or correct one of them"
        )
        return place.finding(Severity.ERROR, self.name, text)


@dataclass(frozen=True)
class Semver(Rule):
    """A provided version lies in the range needed; or, of two plain versions, the majors are the same."""

    name: ClassVar[str] = "semver"
    both_plain: bool = False

    def __call__(self, one: str, other: str, place: Place) -> Finding:
        if self.both_plain:
            if Version.parse(one).compatible(Version.parse(other)):
                return place.finding(Severity.OK, self.name, f"versions {one} and {other} are compatible")
            text = (
                f"{place.one} follows version {one} and {place.other} version {other}, which are not compatible; bring both "
                "to one major version"
            )
            return place.finding(Severity.ERROR, self.name, text)
        text = f"{place.one} {place.words[0]} {one}, {place.other} {place.words[1]} {other}"
        if satisfies(Version.parse(other), one):
            return place.finding(Severity.OK, self.name, text)
        return place.finding(Severity.ERROR, self.name, f"{text}, which is outside; change one of the two versions")


@dataclass(frozen=True)
class CurveBelow(Rule):
    """A curve lies below another at every point of both, in log-log; the margin is relative: 10^(dB/20) - 1 or 10^(dB/10) - 1.

    Where the capability's curve has ended and the demand's has not, nothing is known: UNKNOWN, unless a common point fails.
    """

    name: ClassVar[str] = "curve_below"
    policy_db: float = CURVE_POLICY_DB

    def __call__(self, one: Curve, other: Curve, place: Place) -> Finding:
        if isinstance(one, Sound) and isinstance(other, Sound) and one.bands != other.bands:
            one, other = one.in_octaves(), other.in_octaves()
        low, high = max(one.frequency[0], other.frequency[0]), min(one.frequency[-1], other.frequency[-1])
        points = sorted({f for f in (*one.frequency, *other.frequency, low, high) if low <= f <= high})
        verbs = f"{place.one} {place.words[0]}", f"{place.other} {place.words[1]}"
        if low > high:
            text = f"the curves share no frequency ({verbs[0]} {_range(one)}, {verbs[1]} {_range(other)}); extend one"
            return place.finding(Severity.UNKNOWN, self.name, text)
        least, at = min((other.decibels(f) - one.decibels(f), f) for f in points)
        margin = max(10 ** (least / one.per_decade), 1e-9) - 1 if abs(least) < 200 else None
        text = (
            f"at {at:.5g} Hz {verbs[0]} {one.level_text(at)}, {verbs[1]} {other.level_text(at)}: margin {least:+.1f} dB"
        )
        if least < -1e-9:
            text += f"; qualify {place.other} to a level {-least:.1f} dB higher there, or lower what {verbs[0]}"
            return place.finding(Severity.ERROR, self.name, text, margin)
        if one.frequency[0] < low / (1 + 1e-6) or one.frequency[-1] > high * (1 + 1e-6):
            text = (
                f"{verbs[0]} {_range(one)} and {verbs[1]} {_range(other)} only; give {place.other}'s curve over the whole "
                "range"
            )
            return place.finding(Severity.UNKNOWN, self.name, text, margin)
        if least < self.policy_db - 1e-9:
            return place.finding(Severity.WARN, self.name, f"{text}, less than {self.policy_db:g} dB", margin)
        return place.finding(Severity.OK, self.name, text, margin)


@dataclass(frozen=True)
class Contains(Rule):
    """One envelope lies inside another at every height."""

    name: ClassVar[str] = "contains"

    def __call__(self, one: RoomProfile, other: RoomProfile, place: Place) -> Finding:
        ends = (
            f"{place.one} {place.words[0]} heights of {one.height[0]:g} to {one.height[-1]:g} m",
            f"{place.other} {place.words[1]} {other.height[0]:g} to {other.height[-1]:g} m",
        )
        out = max(other.height[0] - one.height[0], one.height[-1] - other.height[-1])
        if out > 1e-6:
            span = other.height[-1] - other.height[0]
            text = f"{ends[0]}, {ends[1]}: {out:.3g} m too much; shorten the one or lengthen the other"
            return place.finding(Severity.ERROR, self.name, text, -out / span)
        heights = [h for h in sorted({*one.height, *other.height}) if one.height[0] <= h <= one.height[-1]]
        room, at = min((other.diameter_at(h) - one.diameter_at(h), h) for h in heights)
        free = other.diameter_at(at)
        text = (
            f"at a height of {at:g} m {place.one} {place.words[0]} Ø {one.diameter_at(at):.4g} m, {place.other} "
            f"{place.words[1]} Ø {free:.4g} m"
        )
        margin = room / free if free > 0 else None
        if room < -1e-6:
            text += f": {-room:.3g} m too wide; make {place.one} narrower there or take a wider {place.other}"
            return place.finding(Severity.ERROR, self.name, text, margin)
        return place.finding(Severity.OK, self.name, text, max(margin, 0.0) if margin is not None else None)


@dataclass(frozen=True)
class OneOf(Rule):
    """What one side brings is in the other side's list."""

    name: ClassVar[str] = "one_of"

    def __call__(self, one: str, other: tuple[str, ...], place: Place) -> Finding:
        listed = ", ".join(f"'{v}'" for v in other) or "nothing"
        text = f"{place.one} {place.words[0]} '{one}', {place.other} {place.words[1]} {listed}"
        if _plain(one) in {_plain(v) for v in other}:
            return place.finding(Severity.OK, self.name, text)
        return place.finding(Severity.ERROR, self.name, f"{text}; change what is brought, or add it to the list")


@dataclass(frozen=True)
class Bijection(Rule):
    """Pin by pin: both connectors have the same pins, each with the same signal, and what is out on one is in on the other."""

    name: ClassVar[str] = "bijection"

    def __call__(self, one: tuple[Any, ...], other: tuple[Any, ...], place: Place) -> Finding:
        first, second = {p.pin: p for p in one}, {p.pin: p for p in other}
        faults = [f"pin {p} is on {place.one} only" for p in first if p not in second]
        faults += [f"pin {p} is on {place.other} only" for p in second if p not in first]
        for name, pin in first.items():
            mate = second.get(name)
            if mate is None:
                continue
            if _plain(pin.signal) != _plain(mate.signal):
                faults.append(f"pin {name} is '{pin.signal}' on {place.one} and '{mate.signal}' on {place.other}")
            elif CONJUGATES[pin.direction] != mate.direction:
                faults.append(
                    f"pin {name} ({pin.signal}) is '{pin.direction}' on {place.one} and '{mate.direction}' on {place.other}"
                )
        if not faults:
            return place.finding(Severity.OK, self.name, f"{len(first)} pins meet, signal by signal")
        more = f" and {len(faults) - 4} more" if len(faults) > 4 else ""
        text = "; ".join(faults[:4]) + more + "; make the pin maps the same, or put a harness segment between"
        return place.finding(Severity.ERROR, self.name, text)


RULES: tuple[type[Rule], ...] = (Equal, Subset, Capacity, Conjugate, Semver, CurveBelow, Contains, OneOf, Bijection)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split()).casefold()
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value


def _infinitive(verb: str) -> str:
    return "have" if verb == "has" else verb.removesuffix("s")


def _range(curve: Curve) -> str:
    return f"{curve.frequency[0]:g} to {curve.frequency[-1]:g} Hz"
