"""The application that commands register with, and how a command prints its result."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Annotated, Any

import typer

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Open rocket design: one vehicle definition, from the engine to orbit and to open launch data.",
)

JsonFlag = Annotated[bool, typer.Option("--json", metavar="", help="Print the result as one JSON document on stdout.")]

_EPILOG = "Exit codes: 0 done, 1 the physics says no, 2 the input is wrong, 3 undecided, 130 interrupted."


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"osea-rocket {version('osea-rocket')}")
        raise typer.Exit()


@app.callback(epilog=_EPILOG)
def _osea(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, metavar="", help="Show the version.")
    ] = False,
) -> None:
    pass


def finish(json_wanted: bool, job: Callable[[], tuple[dict[str, Any], str]]) -> None:
    """Run a command's job, which returns (plain data, text), and print one of the two.

    Whatever else the job or a solver's library prints goes to stderr. A job that is done and whose answer is no puts
    status "failed", exit_code and message into its data.
    """
    with _chatter_on_stderr():
        data, text = job()
    print(as_json(data) if json_wanted else text)
    if data.get("exit_code"):
        say(data["message"])
        raise typer.Exit(data["exit_code"])


def as_json(data: Any) -> str:
    """One JSON document; a number that is not finite is an error."""
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False)


@contextmanager
def _chatter_on_stderr() -> Iterator[None]:
    """Send to stderr what is printed meanwhile, by Python and by libraries that write to the file descriptor."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        with redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def say(text: str) -> None:
    """An error, on stderr."""
    head = "\033[1;31merror\033[0m " if sys.stderr.isatty() else "error "
    print(head + text, file=sys.stderr)
