"""The one door to numba."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numba.extending import intrinsic, overload, register_jitable

from . import numeric
from .caches import cache_home
from .source_closure import closure_hash

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
def cache_folder(file: str) -> Path:
    """Where the compiled code of a source file is kept: numba's own cache does not see edits in the files a function calls,
    so it has a folder for each state of the sources that the file depends on."""
    return cache_home() / closure_hash(file)


_registered: set[Callable[..., Any]] = set()


def compiled(function: F) -> F:
    """The function compiled by numba, with every ``@equation`` known so far; compiled code is kept on disk, and holds no lock."""
    return _compile(function)


def compiled_ieee(function: F) -> F:
    """As `compiled`, for the innermost loops: a division by zero gives infinity or not-a-number, as IEEE 754 has it, and no
    exception, and arrays are passed without being counted, so that none can be made in it."""
    return _compile(function, error_model="numpy", _nrt=False)


def _compile(function: F, **options: Any) -> F:
    _register()
    folder = cache_folder(function.__code__.co_filename)
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # read when the function is made
    return numba.njit(cache=True, nogil=True, **options)(function)  # type: ignore[return-value]


def _register() -> None:
    for known in numeric.EQUATIONS:
        if known not in _registered:
            _registered.add(known)
            register_jitable(known)


def is_kept(file: str | Path, function: str) -> bool:
    """Whether compiled code of a source file's function is on disk, so that its first call is quick."""
    return any(cache_folder(str(file)).glob(f"*/{Path(file).stem}.{function}-*.nbi"))


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
