"""The one door to numba."""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numba.extending import intrinsic, overload, register_jitable

from . import numeric

F = TypeVar("F", bound=Callable[..., Any])

_evaluate_table = register_jitable(numeric.evaluate_table)
_evaluate_flat_table = register_jitable(numeric.evaluate_flat_table)


@overload(numeric.lookup)
def _lookup(table, x):
    if getattr(table, "instance_class", None) is numeric.FlatTable:
        if isinstance(table.types[0], numba.types.Integer):  # see address_of
            return lambda table, x: _evaluate_flat_table(numeric.FlatTable(_at_address(table.data), table.at), x)
        return lambda table, x: _evaluate_flat_table(table, x)
    return lambda table, x: _evaluate_table(table, x)


@overload(numeric.choose)
def _choose(condition, if_true, if_false):
    return lambda condition, if_true, if_false: if_true if condition else if_false


@cache
def source_hash() -> str:
    """Hash of the package's sources: numba's own cache does not see edits in the files a function calls."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(root):
        # below the root only packages count: not .venv (thousands of files), out, tests
        folders[:] = sorted(name for name in folders if Path(folder, name, "__init__.py").is_file())
        for name in sorted(files):
            if name.endswith(".py"):
                path = Path(folder, name)
                digest.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


_cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
numba.config.CACHE_DIR = str(_cache_home / "osea_rocket" / source_hash())  # type: ignore[attr-defined]

_registered: set[Callable[..., Any]] = set()


def compiled(function: F) -> F:
    """The function compiled by numba, with every ``@equation`` known so far; compiled code is kept on disk, and holds no lock."""
    _register()
    return numba.njit(cache=True, nogil=True)(function)  # type: ignore[return-value]


def compiled_ieee(function: F) -> F:
    """As `compiled`, but a division by zero gives infinity or not-a-number, as IEEE 754 has it, and no exception: a check less
    for every division, for loops that look at their results themselves."""
    _register()
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)  # type: ignore[return-value]


def _register() -> None:
    for known in numeric.EQUATIONS:
        if known not in _registered:
            _registered.add(known)
            register_jitable(known)


def is_kept(function: str) -> bool:
    """Whether compiled code of a function (``module.name``) is on disk, so that its first call is quick."""
    return any(Path(numba.config.CACHE_DIR).glob(f"*/{function}*.nbi"))  # type: ignore[attr-defined]


@intrinsic
def _pointer(typing_context, address):
    from numba.core import cgutils

    def generate(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return numba.types.voidptr(address), generate


@numba.njit
def _at_address(address):
    return numba.carray(_pointer(address), 1 << 40, np.float64)  # type: ignore


@numba.njit
def address_of(array):
    """Address of a contiguous float64 array, as the data of a `FlatTable` in compiled code; the array must outlive the table.

    numba passes every word of an array and counts every copy of it: a model of a dozen tables pays more for that than for its
    equations.
    """
    return array.ctypes.data
