"""Who flies the runs: processes of this machine, or the workers of a Dask cluster. A worker that dies loses nothing.

Work is cut into chunks whose results depend on their run numbers alone, so that it does not matter who flies which, or
twice.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

import numpy as np

from ..core.errors import InputError, MissingExtraError, UndecidedError
from .dispersion_model import DispersionModel
from .dispersion_runs import Columns, fly_runs

Chunk = tuple[int, np.ndarray]
"""Number of the first run, and its points (n, dimensions)."""
TRIES = 3  # of a chunk whose workers die under it


def flown_here(model: DispersionModel, chunks: Sequence[Chunk], jobs: int = 0) -> Iterator[Columns]:
    """Columns of every chunk, as they come in, from processes (0: one a core; 1: this one).

    Raises UndecidedError where a chunk kills its worker every time.
    """
    jobs = min(jobs or os.cpu_count() or 1, len(chunks))
    if jobs <= 1:
        yield from (fly_runs(model, *chunk) for chunk in chunks)
        return
    waiting, tries = dict(enumerate(chunks)), 0
    while waiting:
        pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=(model,))
        try:
            futures: dict[Future[Columns], int] = {pool.submit(_fly, *chunk): k for k, chunk in waiting.items()}
            for future in as_completed(futures):
                columns = future.result()
                del waiting[futures[future]]
                tries = 0
                yield columns
        except BrokenProcessPool:  # a worker died (memory, a signal): what it had is flown again
            tries += 1
            if tries >= TRIES:
                runs = ", ".join(
                    f"{first}–{first + len(points) - 1}" for first, points in list(waiting.values())[:jobs]
                )
                raise UndecidedError(
                    f"worker processes died {TRIES} times in a row over runs {runs}; is there memory enough? Try --jobs 1"
                ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_model: DispersionModel | None = None  # of a worker process


def _begin(model: DispersionModel) -> None:
    global _model
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _model = model


def _fly(first: int, points: np.ndarray) -> Columns:
    assert _model is not None
    return fly_runs(_model, first, points)


def flown_on_cluster(model: DispersionModel, chunks: Sequence[Chunk], scheduler: str) -> Iterator[Columns]:
    """Columns of every chunk from the workers of a Dask cluster, which must have this package too.

    scheduler: its address, `tcp://host:8786`; use your own cluster, for its workers run what they are sent. Raises
    InputError where nobody answers there.
    """
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
        futures = [client.submit(fly_runs, model_there, *chunk, pure=False, retries=TRIES) for chunk in chunks]
        for future in as_completed(futures, loop=client.loop):
            yield future.result()
            future.release()
    finally:
        client.close()
