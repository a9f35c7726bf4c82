"""Distributions that a value in a definition may carry: `31.0 kN ± 1 % (3σ)` reads as 31000.0 and remembers the rest.

Whoever asks for the field gets its nominal value, a float like any other (`Uncertain` is a float); only a dispersion looks at
what stands behind it. Text forms, after the nominal value:

    ± 1 % (3σ)                       normal; the spread is that many standard deviations, in per cent of the nominal value …
    ± 0.3 kN (1σ)                    … or absolute, with its unit; ±, +/- and +- are one sign, σ may be written sigma
    ± 1 % (3σ, truncated)            cut at the spread stated
    ± 1 % (1σ, truncated 2.5σ)       cut at ± 2.5 standard deviations
    ± 1 % (1σ, truncated 30..32 kN)  cut at two values
    ± 1 % (uniform)                  even within the spread
    (uniform 30.5..31.2 kN)          even between two values, the nominal one inside
    (triangular 30.5..31.2 kN)       its peak at the nominal value

How many standard deviations are meant is never guessed. A sample of values (a table) and correlations do not fit behind a number:
they stand in the dispersion document.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from pydantic_core import PydanticCustomError

Kind = Literal["normal", "uniform", "triangular", "table"]
NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_SIGN = r"(?:±|\+/-|\+-)"
_SPREAD = re.compile(rf"(?P<nominal>.*?)\s*{_SIGN}\s*(?P<spread>{NUMBER})\s*(?P<unit>[^(]*?)\s*(?:\((?P<how>.*)\))?\s*")
_BETWEEN = re.compile(r"(?P<nominal>.*?)\s*\(\s*(?P<kind>uniform|triangular)\s+(?P<span>.+)\)\s*")
_SPAN = re.compile(rf"\s*(?P<low>{NUMBER})\s*\.\.\s*(?P<high>{NUMBER})\s*(?P<unit>.*?)\s*")
_SIGMAS = re.compile(rf"(?P<count>{NUMBER})\s*-?\s*(?:σ|sigma)")
LOOKS_UNCERTAIN = re.compile(rf"{_SIGN}|\(\s*(?:uniform|triangular)\b")
BEYOND_DOUBT = 6.0
"""Standard deviations: a bound of the field so far off is met by one value in a thousand million, and the tail is cut there."""


@dataclass(frozen=True)
class Distribution:
    """How a value scatters; SI. nominal: the field's value. deviation: σ of a normal before truncation.

    low, high: what it never leaves (infinite where nothing cuts it). values: of a table, ascending, each as likely.
    """

    kind: Kind
    nominal: float
    deviation: float = 0.0
    low: float = -math.inf
    high: float = math.inf
    values: tuple[float, ...] = ()

    def quantile(self, probability: Any) -> Any:
        """Values (n,) at probabilities (n,) strictly between 0 and 1: the inverse of the cumulative distribution."""
        import numpy as np  # slow to load, and who reads a file does not need it

        u = np.asarray(probability, float)
        if self.kind == "table":  # every value as likely: a step function, so that only measured values occur
            return np.asarray(self.values)[np.minimum((u * len(self.values)).astype(int), len(self.values) - 1)]
        if self.kind == "uniform":
            return self.low + (self.high - self.low) * u
        if self.kind == "triangular":
            whole, left = self.high - self.low, self.nominal - self.low
            rising = self.low + np.sqrt(u * whole * left)
            falling = self.high - np.sqrt((1.0 - u) * whole * (self.high - self.nominal))
            return np.where(u * whole < left, rising, falling)
        if self.deviation == 0.0:
            return np.full_like(u, self.nominal)
        from scipy.special import ndtr, ndtri

        a, b = ((end - self.nominal) / self.deviation for end in (self.low, self.high))
        inside = ndtr(a) + (ndtr(b) - ndtr(a)) * u
        return np.clip(self.nominal + self.deviation * ndtri(inside), self.low, self.high)

    def mean(self) -> float:
        """The expected value."""
        if self.kind == "table":
            return math.fsum(self.values) / len(self.values)
        if self.kind == "uniform":
            return 0.5 * (self.low + self.high)
        if self.kind == "triangular":
            return (self.low + self.nominal + self.high) / 3.0
        return self._moments()[0]

    def standard_deviation(self) -> float:
        """Of the distribution as it stands, cut tails counted."""
        if self.kind == "table":
            return math.sqrt(math.fsum((v - self.mean()) ** 2 for v in self.values) / len(self.values))
        if self.kind == "uniform":
            return (self.high - self.low) / math.sqrt(12.0)
        if self.kind == "triangular":
            a, b, c = self.low, self.high, self.nominal
            return math.sqrt(max(a * a + b * b + c * c - a * b - a * c - b * c, 0.0) / 18.0)
        return self._moments()[1]

    def _moments(self) -> tuple[float, float]:
        """Mean and deviation of a truncated normal (Johnson, Kotz & Balakrishnan, *Continuous Univariate Distributions* 1,
        1994, sec. 13.10.1)."""
        if self.deviation == 0.0:
            return self.nominal, 0.0
        from scipy.special import ndtr

        a, b = ((end - self.nominal) / self.deviation for end in (self.low, self.high))
        inside = ndtr(b) - ndtr(a)
        at_a, at_b = (math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) for z in (a, b))
        shift = (at_a - at_b) / inside
        tails = ((a * at_a if math.isfinite(a) else 0.0) - (b * at_b if math.isfinite(b) else 0.0)) / inside
        return self.nominal + self.deviation * shift, self.deviation * math.sqrt(max(1.0 + tails - shift * shift, 0.0))

    def scaled(self, factor: float) -> "Distribution":
        """The distribution of *factor* (positive) times the value."""
        return Distribution(
            self.kind,
            self.nominal * factor,
            self.deviation * factor,
            self.low * factor,
            self.high * factor,
            tuple(v * factor for v in self.values),
        )

    def text(self, unit: str) -> str:
        """As it stands behind the nominal value in a file, in SI, so that it reads back the same; none for a table."""
        unit = f" {unit}" if unit else ""
        if self.kind in ("uniform", "triangular"):
            return f"({self.kind} {self.low!r}..{self.high!r}{unit})"
        if self.kind == "table":
            raise ValueError("a table does not stand behind a number")
        cut = f", truncated {self.low!r}..{self.high!r}{unit}" if math.isfinite(self.low + self.high) else ""
        return f"± {self.deviation!r}{unit} (1σ{cut})"


class Uncertain(float):
    """A nominal value, in every respect a float, that carries its distribution."""

    distribution: Distribution

    def __new__(cls, distribution: Distribution) -> "Uncertain":
        value = super().__new__(cls, distribution.nominal)
        value.distribution = distribution
        return value

    def __reduce__(self) -> tuple[Any, ...]:
        return Uncertain, (self.distribution,)


def refused(template: str, /, **values: Any) -> PydanticCustomError:
    """What parsing raises."""
    return PydanticCustomError("distribution", template, values)  # type: ignore[arg-type]


def split(text: str) -> tuple[str, re.Match[str]]:
    """(nominal value's text, what stands behind it). Raises a pydantic error for text of neither form."""
    match = _SPREAD.fullmatch(text) or _BETWEEN.fullmatch(text)
    if match is None:
        raise refused(
            "expected a distribution such as '1 kN ± 1 % (3σ)', '1 kN ± 20 N (1σ, truncated)', '1 kN ± 1 % (uniform)' or "
            "'1 kN (uniform 0.9..1.2 kN)'"
        )
    return match["nominal"], match


def distribution(
    nominal: Fraction,
    match: re.Match[str],
    absolute: Callable[[str, str], Fraction],
    difference: Callable[[str, str], Fraction],
    number: Callable[[str], Fraction],
) -> Distribution:
    """The distribution behind a nominal value [SI]. absolute, difference: a decimal string with its unit as an exact SI value,
    and as an SI difference; number: a plain decimal. Every figure is rounded once. Raises a pydantic error.
    """
    if "kind" in match.groupdict():
        low, high = _span(match["span"], absolute)
        if not low <= nominal <= high:
            raise refused("the nominal value lies outside '{span}'", span=match["span"].strip())
        return Distribution(match["kind"], float(nominal), low=float(low), high=float(high))  # type: ignore[arg-type]
    amount, unit = match["spread"], match["unit"]
    if unit == "%":
        spread = abs(nominal) * number(amount) / 100
        if nominal == 0:
            raise refused("per cent of a nominal value of zero is nothing; give the spread with its unit")
    else:
        spread = difference(amount, unit)
    if spread < 0:
        raise refused("a spread is not negative")
    how, _, cut = ((match["how"] or "").strip()).partition(",")
    if how.strip() == "uniform" and not cut:
        return Distribution("uniform", float(nominal), low=float(nominal - spread), high=float(nominal + spread))
    sigmas = _SIGMAS.fullmatch(how.strip())
    if sigmas is None or number(sigmas["count"]) <= 0:
        raise refused("say what the spread is: '(1σ)', '(3σ)' or '(uniform)' behind it")
    deviation = spread / number(sigmas["count"])
    low, high = _cut(cut.strip(), nominal, deviation, spread, absolute, number)
    return Distribution("normal", float(nominal), float(deviation), low, high)


def _cut(
    text: str,
    nominal: Fraction,
    deviation: Fraction,
    spread: Fraction,
    absolute: Callable[[str, str], Fraction],
    number: Callable[[str], Fraction],
) -> tuple[float, float]:
    if not text:
        return -math.inf, math.inf
    word, _, where = text.partition(" ")
    where = where.strip()
    if word == "truncated" and not where:
        return float(nominal - spread), float(nominal + spread)
    sigmas = _SIGMAS.fullmatch(where)
    if word == "truncated" and sigmas is not None and number(sigmas["count"]) > 0:
        reach = deviation * number(sigmas["count"])
        return float(nominal - reach), float(nominal + reach)
    if word == "truncated" and sigmas is None:
        low, high = _span(where, absolute)
        if not low <= nominal <= high:
            raise refused("the nominal value lies outside '{span}'", span=where)
        return float(low), float(high)
    raise refused("behind the deviations only 'truncated', 'truncated 2.5σ' or 'truncated 30..32 kN' may stand")


def _span(text: str, absolute: Callable[[str, str], Fraction]) -> tuple[Fraction, Fraction]:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise refused("'{span}': a span is written '30..32 kN', its unit once", span=text.strip())
    low, high = (absolute(match[end], match["unit"]) for end in ("low", "high"))
    if low > high:
        raise refused("'{span}': a span runs from its low end to its high end", span=text.strip())
    return low, high


def held(found: Distribution, bounds: dict[str, Any], text: str) -> Distribution:
    """The distribution when no value of it can break the field's bounds (gt, ge, lt, le; SI), the bound as its end.

    Raises a pydantic error that says how often the bound would be broken, and how to mend it.
    """
    low = max((bounds[n] for n in ("gt", "ge") if n in bounds), default=-math.inf)
    high = min((bounds[n] for n in ("lt", "le") if n in bounds), default=math.inf)
    outside = _outside(found, low, high)
    if found.kind != "normal" or math.isfinite(found.low + found.high):
        if found.low < low or found.high > high:
            end = found.low if found.low < low else found.high
            raise refused(
                "'{text}' reaches {end} in SI units, and the value is {bound}; narrow it",
                text=text.strip(), end=f"{end:g}", bound=_bound(end, low, high),
            )  # fmt: skip
        return found
    if outside:
        share, end = outside
        raise refused(
            "'{text}' is {bound} in only {share} of all cases: no such value exists; cut it, '(…σ, truncated …σ)', or narrow it",
            text=text.strip(), bound=_bound(end, low, high), share=f"{1 - share:.4%}",
        )  # fmt: skip
    return Distribution(found.kind, found.nominal, found.deviation, max(found.low, low), min(found.high, high))


def _bound(end: float, low: float, high: float) -> str:
    return f"at least {low:g}" if end <= low else f"at most {high:g}"


def _outside(found: Distribution, low: float, high: float) -> tuple[float, float] | None:
    """(probability of breaking the nearer bound, that bound) of a normal that comes within six deviations of one."""
    if found.kind != "normal" or not found.deviation:
        return None
    bound = min((low, high), key=lambda end: abs(end - found.nominal))
    sigmas = abs(bound - found.nominal) / found.deviation
    return (0.5 * math.erfc(sigmas / math.sqrt(2)), bound) if sigmas < BEYOND_DOUBT else None
