"""Solid motors in the book of proof."""

import pytest

from osea_rocket.validation import solids
from osea_rocket.validation.comparison import Comparison


@pytest.fixture(scope="module")
def rows() -> list[Comparison]:
    return solids.comparisons()


def test_what_is_promised_holds(rows: list[Comparison]) -> None:
    assert not [r.error for r in rows if r.error]
    promised = [r for r in rows if r.met is not None]
    assert len(promised) == 11
    assert not [r.quantity for r in promised if not r.met]


def test_misses_stand_in_the_book(rows: list[Comparison]) -> None:
    """Three firings; the peak pressures, which miss, are shown and not promised."""
    real = [r for r in rows if r.real]
    assert {r.quantity.split(":")[0] for r in real} == {"O3100", "N2950", "P9100"}
    peaks = [r for r in real if "peak pressure" in r.quantity]
    assert len(peaks) == 9 and all(r.kind == "shown" and r.ours is not None for r in peaks)
