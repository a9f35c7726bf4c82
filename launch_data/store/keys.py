"""The server's key: 32 random bytes in a file of its own, which only its owner may read."""

import os
import secrets
from pathlib import Path

from ...core.errors import InputError

LENGTH = 32


def key_file(path: Path) -> bytes:
    """The key in a file; made when there is none. Raises InputError for a file that is no key or that others may read."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    except OSError as error:
        raise InputError(f"cannot make the key '{path}': {error.strerror}") from None
    key = secrets.token_bytes(LENGTH)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def _read(path: Path) -> bytes:
    try:
        others = path.stat().st_mode & 0o077
        key = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the key '{path}': {error.strerror}") from None
    if others and os.name == "posix":
        raise InputError(f"others may read the key '{path}'; chmod 600 it")
    if len(key) != LENGTH:
        raise InputError(f"'{path}' is no key: it has {len(key)} bytes, not {LENGTH}")
    return key
