"""Work shared out: every piece once, whoever does it, and an end where pieces kill their workers."""

import ctypes

import pytest

from osea_rocket.core.errors import UndecidedError
from osea_rocket.studies.pool import shared_out

PIECES = [(k,) for k in range(9)]


def test_processes_answer_every_piece_once():
    alone = list(shared_out(pow, 3, PIECES, jobs=1))
    assert alone == [3**k for k in range(9)]
    assert sorted(shared_out(pow, 3, PIECES, jobs=2)) == alone
    assert list(shared_out(pow, 3, [])) == []


def test_what_kills_its_worker_every_time_ends_with_a_reason():
    with pytest.raises(UndecidedError, match=r"died 3 times in a row over what begins with number 4, 4"):
        # reads from address 1
        list(shared_out(ctypes.string_at, 1, [(4,), (4,)], jobs=2))
