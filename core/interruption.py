"""Ctrl-C that is not lost: Python drops a KeyboardInterrupt that is raised inside a destructor or a library's callback.

The handler raises as usual, and remembers; before something is published, ``check`` raises again.
"""

import signal
from typing import Any

EXIT_CODE = 130
_seen = False


def handler(number: int, frame: Any) -> None:
    """For SIGINT: raise KeyboardInterrupt, and remember that it was asked for."""
    global _seen
    _seen = True
    raise KeyboardInterrupt


def install() -> None:
    """Take SIGINT over from Python's own handler."""
    signal.signal(signal.SIGINT, handler)


def asked() -> bool:
    """Whether Ctrl-C was pressed, though what it raised may have been swallowed, or turned into another error, since."""
    return _seen


def check() -> None:
    """Raise KeyboardInterrupt when one was asked for earlier, even if it was swallowed since."""
    if _seen:
        raise KeyboardInterrupt
