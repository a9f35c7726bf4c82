"""Work shared out: every piece once, whoever does it, and an end where pieces kill their workers."""

import ctypes
import operator
import subprocess
import time
from multiprocessing import active_children

import pytest

from osea_rocket.core.errors import MissingExtraError, OseaError, UndecidedError
from osea_rocket.studies import pool
from osea_rocket.studies.pool import shared_out

PIECES = [(k,) for k in range(9)]


def test_processes_answer_every_piece_once():
    alone = list(shared_out(pow, 3, PIECES, jobs=1))
    assert alone == [3**k for k in range(9)]
    assert sorted(shared_out(pow, 3, PIECES, jobs=2)) == alone
    assert list(shared_out(pow, 3, [])) == []


@pytest.mark.parametrize("soon", [True, False])
def test_a_worker_killed_while_its_piece_is_on_the_way_holds_up_nobody(monkeypatch, soon):
    """Pieces are larger than a pipe's buffer, and the first worker dies before it has read one, or after."""
    hired, made = [], pool._hired

    def remembered():
        found = made()
        hired.append(found[1])
        if soon and len(hired) == 1:
            found[1].kill()
        return found

    monkeypatch.setattr(pool, "_hired", remembered)
    answers = []
    for answer in shared_out(operator.mul, 2, [(b"x" * (300_000 + k),) for k in range(9)], jobs=2):
        answers.append(len(answer))
        if not soon and len(answers) == 1:
            hired[0].kill()
    assert sorted(answers) == [2 * (300_000 + k) for k in range(9)]
    assert len(hired) == 3 and not any(worker.is_alive() for worker in hired)


def asks_for_what_is_missing(model: int, piece: int) -> object:
    if piece:
        raise MissingExtraError("distributed", "cluster")
    return lambda: model  # which no pipe takes


@pytest.mark.parametrize(("piece", "told"), [(0, "cannot be sent"), (1, r"osea-rocket\[cluster\]")])
def test_a_worker_that_cannot_answer_says_why(piece, told):
    with pytest.raises(OseaError, match=told) as caught:
        list(shared_out(asks_for_what_is_missing, 1, [(piece,)] * 2, jobs=2))
    assert type(caught.value) is (MissingExtraError if piece else UndecidedError)


def test_nobody_gives_up_what_is_done():
    """A generator that is let go after its last answer."""
    given_up = []
    answers = shared_out(pow, 3, [(1,), (2,)], jobs=2, given_up=lambda: given_up.append(1))
    assert {next(answers), next(answers)} == {3, 9}
    answers.close()  # type: ignore[attr-defined]
    assert not given_up


def test_what_kills_its_worker_every_time_ends_with_a_reason():
    with pytest.raises(UndecidedError, match=r"died 6 times in a row over what begins with number 4, 4"):
        # reads from address 1
        list(shared_out(ctypes.string_at, 1, [(4,), (4,)], jobs=2))


@pytest.mark.timeout(60)
def test_pieces_under_way_are_told_when_nobody_wants_the_rest(tmp_path):
    """The first piece answers; the others wait for a file, which only *given_up* makes."""
    text = f"mkdir {tmp_path}/first 2>/dev/null && exit 7; while [ ! -e {tmp_path}/stop ]; do sleep 0.05; done"
    answers = shared_out(subprocess.call, ["sh", "-c", text], [(-1,)] * 5, jobs=2, given_up=(tmp_path / "stop").touch)
    assert next(answers) == 7
    assert not (tmp_path / "stop").exists()
    answers.close()  # type: ignore[attr-defined]  a generator, which Ctrl-C ends in the same way
    assert (tmp_path / "stop").exists()


@pytest.mark.timeout(60)
def test_pieces_under_way_are_ended_at_once_when_nobody_is_to_be_told():
    """The first piece answers; the others would take an hour."""
    answers = shared_out(operator.call, time.sleep, [(0,), (3600,), (3600,)], jobs=2)
    assert next(answers) is None
    workers = active_children()
    answers.close()  # type: ignore[attr-defined]  a generator, which Ctrl-C ends in the same way
    assert workers and not any(worker.is_alive() for worker in workers)
