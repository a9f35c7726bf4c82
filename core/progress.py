"""Progress of long work: named steps on stderr, with the time; silent unless someone looks."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Hears which step is at work; this base is silent. ``RichProgress`` draws a bar."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Name the step that runs inside the with block."""
        yield

    def note(self, text: str) -> None:
        """A short text on the step at work (an iteration count, say)."""

    def close(self) -> None:
        """Take the display down."""


class RichProgress(Progress):
    """A bar on stderr with the step at work, its note, and the time spent and left (by the steps' usual shares)."""

    def __init__(self, steps: dict[str, float]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar
        from rich.table import Column

        self._shares = steps
        self.seconds: dict[str, float] = {}
        console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("{task.description:<16}", markup=False),  # names from files may hold [brackets]
            BarColumn(bar_width=20),
            TimeElapsedColumn(table_column=Column(min_width=7)),
            TextColumn("left"),
            TimeRemainingColumn(table_column=Column(min_width=7)),
            TextColumn("{task.fields[note]}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")),
            console=console,
            transient=True,
            disable=not console.is_terminal,  # in a file or a log a bar is noise
        )
        self._task = self._bar.add_task("starting", total=sum(steps.values()), note="")
        self._bar.start()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._bar.update(self._task, description=name, note="")
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
        self._bar.advance(self._task, self._shares.get(name, 0.0))

    def note(self, text: str) -> None:
        self._bar.update(self._task, note=text)

    def close(self) -> None:
        self._bar.stop()
