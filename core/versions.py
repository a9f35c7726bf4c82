"""Semantic versions (semver.org 2.0.0): order, ranges, and what two majors mean to each other."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

_VERSION = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})(?:-([0-9A-Za-z.-]{1,40}))?")
_PART = re.compile(r"(\^|~|>=|<=|>|<|=)?\s*([0-9][0-9A-Za-z.-]*)")


@dataclass(frozen=True)
class Version:
    """major.minor.patch, with an optional pre-release label."""

    major: int
    minor: int
    patch: int
    label: str = ""

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Raises ValueError with the mend for a text that is no version."""
        match = _VERSION.fullmatch(text.strip())
        if not match:
            raise ValueError(f"'{text[:60]}' is not a semantic version; write three numbers, such as 1.2.0")
        return cls(int(match[1]), int(match[2]), int(match[3]), match[4] or "")

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}" + (f"-{self.label}" if self.label else "")

    @property
    def key(self) -> tuple:
        """Orders versions; a labelled one comes before the release of its numbers. Labels are compared part by part."""
        parts = tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in self.label.split("."))
        return self.major, self.minor, self.patch, not self.label, parts

    def compatible(self, other: "Version") -> bool:
        """The same major; while the major is 0, the same minor too (semver.org, item 4: anything may change)."""
        return self.major == other.major and (self.major > 0 or self.minor == other.minor)

    def next(self, change: str) -> "Version":
        """The version after a breaking, additive or editorial change; below 1.0.0 a breaking one raises the minor."""
        if change == "breaking":
            return Version(self.major + 1, 0, 0) if self.major else Version(0, self.minor + 1, 0)
        if change == "additive" and self.major:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


def satisfies(version: Version, wanted: str) -> bool:
    """True when *version* lies in a range: ``^1.2.0``, ``~1.2.0``, ``>=1.2.0 <2.0.0``, ``1.2.0`` (exactly)."""
    for operator, text in _parts(wanted):
        bound = Version.parse(text)
        low, high = version.key >= bound.key, version.key <= bound.key
        holds = {
            "^": low and version.compatible(bound),
            "~": low and (version.major, version.minor) == (bound.major, bound.minor),
            ">=": low,
            "<=": high,
            ">": not high,
            "<": not low,
            "=": low and high,
        }
        if not holds[operator]:
            return False
    return True


def _parts(wanted: str) -> list[tuple[str, str]]:
    parts = [(m[1] or "=", m[2]) for m in _PART.finditer(wanted)]
    if not parts or _PART.sub("", wanted).strip(" ,"):
        raise ValueError(f"'{wanted[:60]}' is not a range of versions; write '^1.2.0' or '>=1.2.0 <2.0.0'")
    return parts


def _checked_version(text: str) -> str:
    return str(Version.parse(text))


def _checked_range(text: str) -> str:
    for _, version in _parts(text):
        Version.parse(version)
    return text


VersionText = Annotated[str, AfterValidator(_checked_version), Field(examples=["1.2.0"])]
VersionRange = Annotated[str, AfterValidator(_checked_range), Field(examples=["^1.2.0", ">=1.2.0 <2.0.0"])]
