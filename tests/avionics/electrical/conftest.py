"""The clean example, read once, and changes of it by the names of its parts: ``wires/W001/type``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from osea_rocket.avionics.electrical.document import Electrical
from osea_rocket.core.documents import load_document

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "avionics" / "electrical.yaml"
_KEYS = ("name", "pin", "equipment", "signal", "source")


@pytest.fixture(scope="session")
def sound() -> Electrical:
    """The example."""
    return load_document(Electrical, EXAMPLE)


@pytest.fixture(scope="session")
def changed() -> Callable[..., Electrical]:
    """A copy with something else at a path: a field (None: left out), or with drop=True a part taken out."""
    return _changed


def _changed(at: Any, path: str, value: Any, drop: bool = False) -> Any:
    step, _, rest = path.partition("/")
    if isinstance(at, tuple):
        i = int(step) if step.isdigit() and not _found(at, step) else _found(at, step)[0]
        if not rest:
            assert drop
            return (*at[:i], *at[i + 1 :])
        return (*at[:i], _changed(at[i], rest, value, drop), *at[i + 1 :])
    field = next((n for n, info in type(at).model_fields.items() if step in (n, info.alias)))
    if rest:
        return at.model_copy(update={field: _changed(getattr(at, field), rest, value, drop)})
    fields = {n: getattr(at, n) for n in type(at).model_fields if n != field}
    return type(at).model_validate(fields if value is None else fields | {field: value})


def _found(parts: tuple, name: str) -> list[int]:
    return [i for i, p in enumerate(parts) if next((getattr(p, k) for k in _KEYS if hasattr(p, k)), None) == name]
