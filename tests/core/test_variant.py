"""Fields of nested documents set by their paths."""

import pytest
from pydantic import model_validator

from osea_rocket.core.documents import Document
from osea_rocket.core.errors import InputError
from osea_rocket.core.quantity import Length
from osea_rocket.core.variant import value_at, with_fields


class Box(Document):
    low: Length
    high: Length
    name: str = ""

    @model_validator(mode="after")
    def _ordered(self):
        if self.high < self.low:
            raise ValueError("upside down")
        return self


class Shelf(Document):
    boxes: tuple[Box, ...]
    best: Box
    note: str = ""


SHELF = Shelf(
    boxes=(Box(low=0.0, high=1.0, name="first box"), Box(low=1.0, high=2.0, name="second")), best=Box(low=0.0, high=5.0)
)


def test_fields_deep_down_and_by_name_or_place():
    new = with_fields(SHELF, {"best.high": "7 m", "boxes.0.low": "50 cm", "boxes.second.high": 4.0})
    assert (new.best.high, new.boxes[0].low, new.boxes[1].high) == (7.0, 0.5, 4.0)
    assert (SHELF.best.high, SHELF.boxes[0].low) == (5.0, 0.0)
    assert value_at(new, "boxes.first box.low") == 0.5


def test_fields_of_one_part_change_together():
    """Either alone would be refused: 10 m lies above the old upper end."""
    new = with_fields(SHELF, {"best.low": 10.0, "best.high": 20.0})
    assert (new.best.low, new.best.high) == (10.0, 20.0)
    with pytest.raises(InputError, match="upside down"):
        with_fields(SHELF, {"best.low": 10.0})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("best.hihg", "did you mean 'high'"),
        ("boxes.2.low", "there are 2"),
        ("boxes.secnd.low", "did you mean 'second'"),
        ("best.high.more", "has no parts"),
        ("nothing", "there is no field 'nothing'"),
    ],
)
def test_a_path_that_leads_nowhere_names_the_nearest(path, text):
    with pytest.raises(InputError, match=text):
        with_fields(SHELF, {path: 1.0})
    with pytest.raises(InputError):
        value_at(SHELF, path)


def test_a_part_and_its_whole_cannot_both_be_set():
    with pytest.raises(InputError, match="as a whole"):
        with_fields(SHELF, {"best": Box(low=0.0, high=1.0), "best.high": 2.0})
