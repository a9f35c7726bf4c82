"""Figures with a range: all at their likely values, one of them at an end of its range, or all drawn from their ranges."""

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ...core.distribution import Uncertain
from ...core.documents import Document


def ranged(document: Any, at: str = "") -> Iterator[tuple[str, Uncertain]]:
    """Every figure of a document that carries a distribution, with its dotted path; parts of a list by their ``name``."""
    if isinstance(document, Uncertain):
        yield at, document
    elif isinstance(document, Document):
        for name, value in document:
            yield from ranged(value, f"{at}.{name}" if at else name)
    elif isinstance(document, tuple):
        for i, value in enumerate(document):
            yield from ranged(value, f"{at}.{getattr(value, 'name', i)}")


class Drawing:
    """Looks figures up: ``drawing(figure)`` is a float, or values (count,) when that many were drawn.

    Of *count* draws the first has every figure at its likely value. A path's draws depend on the seed and the path alone, so two
    cases differ by what is different in them and not by chance. pinned: values by path, in place of likely ones.
    """

    def __init__(
        self, *documents: Document, count: int = 1, seed: int = 1, pinned: Mapping[str, float] | None = None
    ) -> None:
        self.count = count
        self.paths: dict[str, Uncertain] = {}
        self._values: dict[int, Any] = {}
        for document in documents:
            for path, figure in ranged(document):
                if id(figure) in self._values:  # one figure, reached by two ways
                    continue
                self.paths[path] = figure
                self._values[id(figure)] = self._drawn(path, figure, seed)
        for path, value in (pinned or {}).items():
            self._values[id(self.paths[path])] = value

    def _drawn(self, path: str, figure: Uncertain, seed: int) -> Any:
        if self.count == 1:
            return float(figure)
        uniform = np.random.default_rng([seed, zlib.crc32(path.encode())]).random(self.count - 1)
        return np.concatenate([[float(figure)], figure.distribution.quantile(uniform)])

    def __call__(self, figure: float) -> Any:
        return self._values.get(id(figure), figure)

    def single(self, number: int) -> "Drawing":
        """Draw *number* alone, its figures floats."""
        one = Drawing()
        one.paths = self.paths
        one._values = {k: float(v[number]) if np.ndim(v) else v for k, v in self._values.items()}
        return one
