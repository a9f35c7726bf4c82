"""Who does work that falls into pieces: processes of this machine, or the workers of a Dask cluster. A worker that dies loses
nothing.

A piece's answer depends on the piece alone, so that it does not matter who does which, or twice.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from ..core.errors import InputError, MissingExtraError, UndecidedError

Answer = TypeVar("Answer")
TRIES = 3  # of pieces whose workers die under them: so many deaths of each worker in a row


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
    (Ctrl-C), before this waits for the pieces that processes have under way, if there are such; it may tell them to make an end.
    Without it the processes are ended at once.
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
    """A pipe of its own leads to every worker, and no lock is shared: one that is killed, whenever it is, holds up no other."""
    if jobs <= 1:
        yield from (work(model, *piece) for piece in pieces)
        return
    waiting, deaths = deque(pieces), 0
    crew: dict[
        Any, tuple[BaseProcess, tuple[Any, ...] | None]
    ] = {}  # by the parent's end of the pipe: worker, its piece
    try:
        for connection, worker in [_hired() for _ in range(jobs)]:
            crew[connection] = worker, None
            _set_to_work(crew, connection, waiting, (work, model))
        while waiting or any(piece is not None for _, piece in crew.values()):
            for connection in wait(list(crew)):
                try:
                    done, answer = connection.recv()  # type: ignore[union-attr]
                except (EOFError, OSError):  # the worker has died (memory, a signal): what it had is done again
                    deaths += 1
                    worker, piece = crew.pop(connection)
                    worker.join()
                    if piece is not None:
                        waiting.appendleft(piece)
                    if deaths >= TRIES * jobs:
                        held = [piece for _, piece in crew.values() if piece is not None]
                        first = ", ".join(str(piece[0]) for piece in islice(chain(waiting, held), jobs))
                        raise UndecidedError(
                            f"worker processes died {deaths} times in a row over what begins with number {first}; is there "
                            "memory enough? Try --jobs 1"
                        ) from None
                    connection, worker = _hired()
                    crew[connection] = worker, None
                    _set_to_work(crew, connection, waiting, (work, model))
                    continue
                if not done:
                    raise answer
                deaths = 0
                crew[connection] = crew[connection][0], None
                _set_to_work(crew, connection, waiting)
                yield answer
    except BaseException:
        if given_up is None:
            for worker, _ in crew.values():
                worker.terminate()  # nobody wants what it has under way, which a piece's next try begins anew
        elif any(piece is not None for _, piece in crew.values()):
            given_up()
        raise
    finally:
        for connection in crew:
            connection.close()  # ends its worker, one that is told to make an end with the piece under way
        for worker, _ in crew.values():
            worker.join()


def _hired() -> tuple[Any, BaseProcess]:
    """(the parent's end of the pipe, a process that waits for work at the other)."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=_serve, args=(theirs,))
    worker.start()
    theirs.close()  # the worker's own is then the only one, and its death ends the pipe
    return ours, worker


def _set_to_work(crew: dict[Any, Any], connection: Any, waiting: deque[tuple[Any, ...]], given: Any = None) -> None:
    """Send a worker what it is given once, and the next piece; one that has died meanwhile is found by the next `wait`."""
    worker, _ = crew[connection]
    try:
        if given is not None:
            connection.send(given)
        if waiting:
            piece = waiting.popleft()
            crew[connection] = worker, piece
            connection.send(piece)
    except OSError:
        pass


def _serve(connection: Any) -> None:
    """A worker: the work and the model first, then piece after piece until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    try:
        work, model = connection.recv()
        while True:
            piece = connection.recv()
            try:
                answer = True, work(model, *piece)
            except Exception as error:
                answer = False, error
            try:
                connection.send(answer)
            except OSError:
                raise
            except Exception as error:  # it cannot be pickled, and nothing of it has been sent
                connection.send((False, UndecidedError(f"a worker's answer cannot be sent: {error}")))
    except (EOFError, OSError):
        return


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
