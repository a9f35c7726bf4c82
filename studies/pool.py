"""Who does work that falls into pieces: processes of this machine, or the workers of a Dask cluster. A worker that dies loses
nothing.

A piece's answer depends on the piece alone, so that it does not matter who does which, or twice.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

from ..core.errors import InputError, MissingExtraError, UndecidedError

Answer = TypeVar("Answer")
TRIES = 3  # of a piece whose workers die under it


def shared_out(
    work: Callable[..., Answer],
    model: Any,
    pieces: Sequence[tuple[Any, ...]],
    *,
    jobs: int = 0,
    scheduler: str | None = None,
    given_up: Callable[[], None] | None = None,
) -> Iterator[Answer]:
    """work(model, *piece) of every piece, as they come in.

    work: a function of a module. model: what all pieces share; a worker is given it once. jobs: processes, 0 for one a core, 1
    for this one. scheduler: in place of processes, the address of a Dask cluster, `tcp://host:8786`, whose workers must have
    this package too; use your own cluster, for its workers run what they are sent. given_up: called when nobody wants the rest
    (Ctrl-C), before this waits for the pieces that processes have under way; it may tell them to make an end.
    Raises InputError where no scheduler answers, UndecidedError where pieces kill their workers every time.
    """
    if not pieces:
        return iter(())
    if scheduler is not None:
        return _on_cluster(work, model, pieces, scheduler)
    return _here(work, model, pieces, min(jobs or os.cpu_count() or 1, len(pieces)), given_up)


def _here(
    work: Callable[..., Answer],
    model: Any,
    pieces: Sequence[tuple[Any, ...]],
    jobs: int,
    given_up: Callable[[], None] | None,
) -> Iterator[Answer]:
    if jobs <= 1:
        yield from (work(model, *piece) for piece in pieces)
        return
    waiting, tries = dict(enumerate(pieces)), 0
    while waiting:
        pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=(work, model))
        try:
            futures: dict[Future[Answer], int] = {pool.submit(_do, *piece): k for k, piece in waiting.items()}
            for future in as_completed(futures):
                answer = future.result()
                del waiting[futures[future]]
                tries = 0
                yield answer
        except BrokenProcessPool:  # a worker died (memory, a signal): what it had is done again
            tries += 1
            if tries >= TRIES:
                first = ", ".join(str(piece[0]) for piece in list(waiting.values())[:jobs])
                raise UndecidedError(
                    f"worker processes died {TRIES} times in a row over what begins with number {first}; is there memory "
                    "enough? Try --jobs 1"
                ) from None
        except BaseException:
            if given_up is not None:
                given_up()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)  # after Ctrl-C the pieces under way end first


_given: tuple[Callable[..., Any], Any] | None = None  # of a worker process


def _begin(work: Callable[..., Any], model: Any) -> None:
    global _given
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _given = work, model


def _do(*piece: Any) -> Any:
    assert _given is not None
    work, model = _given
    return work(model, *piece)


def _on_cluster(
    work: Callable[..., Answer], model: Any, pieces: Sequence[tuple[Any, ...]], scheduler: str
) -> Iterator[Answer]:
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise MissingExtraError("distributed", "cluster") from None
    try:
        client: Any = Client(scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"no Dask scheduler answers at '{scheduler}': {error}; start one with 'dask scheduler'"
        ) from None
    try:
        if not client.scheduler_info()["workers"]:
            raise InputError(
                f"the scheduler at '{scheduler}' has no workers; start some with 'dask worker {scheduler}'"
            )
        model_there = client.scatter(model, broadcast=True, hash=False)
        # distributed hands a lost worker's tasks to others by itself; retries are for what dies again and again
        futures = [client.submit(work, model_there, *piece, pure=False, retries=TRIES) for piece in pieces]
        for future in as_completed(futures, loop=client.loop):
            yield future.result()
            future.release()
    finally:
        client.close()
