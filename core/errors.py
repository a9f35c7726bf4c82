"""The three ways a job can end badly, each with its exit code; a message always says how to mend."""

from collections.abc import Iterable
from typing import Any


class OseaError(Exception):
    """Base of all errors meant for the user; shown as text, never as a traceback.

    ``where`` is ``file:line:column`` (see ``Document.where``); further ``details`` are one line each.
    """

    exit_code = 1

    def __init__(self, message: str, *, where: str | None = None, details: Iterable[str] = ()) -> None:
        self.message = message
        self.where = where
        self.details: tuple[str, ...] = ()
        self.add(details)

    def add(self, details: Iterable[str]) -> None:
        """Further details, learnt where the error passes through."""
        self.details = (*self.details, *details)
        head = f"{self.where}: {self.message}" if self.where else self.message
        self.args = ("\n".join([head, *(f"  {line}" for line in self.details)]),)

    def __reduce__(self) -> tuple[Any, ...]:
        # as a worker process sends it: an exception's own way gives the text to __init__, which may ask for something else
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[OseaError], args: tuple[str, ...], fields: dict[str, Any]) -> OseaError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


class InputError(OseaError):
    """The definition is wrong (exit 2)."""

    exit_code = 2


class ImpossibleError(OseaError):
    """The definition is sound, and the physics says no (exit 1)."""

    exit_code = 1


class UndecidedError(OseaError):
    """A solver did not converge: neither yes nor no (exit 3)."""

    exit_code = 3


class MissingExtraError(InputError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"this needs the package '{package}': pip install 'osea-rocket[{extra}]'")
