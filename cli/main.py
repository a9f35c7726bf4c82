"""The `osea` command: parsing, and how every command ends (exit codes, errors as text, JSON on stdout)."""

import json
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from ..core.errors import OseaError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Open rocket design: one vehicle definition, from the engine to orbit and to open launch data.",
)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document on stdout.")]

_EPILOG = "Exit codes: 0 done, 1 the physics says no, 2 the input is wrong, 3 undecided, 130 interrupted."


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"osea-rocket {version('osea-rocket')}")
        raise typer.Exit()


@app.callback(epilog=_EPILOG)
def _osea(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def finish(json_wanted: bool, job: Callable[[], tuple[Any, str]]) -> None:
    """Run a command's job, which returns (plain data, text), and print one of the two.

    With --json a failure, too, is one JSON document: status, exit_code, message.
    """
    try:
        data, text = job()
    except (OseaError, KeyboardInterrupt) as error:
        if json_wanted:
            interrupted = isinstance(error, KeyboardInterrupt)
            code = 130 if interrupted else error.exit_code
            message = "interrupted" if interrupted else str(error)
            print(json.dumps({"status": "failed", "exit_code": code, "message": message}, ensure_ascii=False))
        raise
    print(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) if json_wanted else text)


def main() -> None:
    """Entry point: no traceback reaches a user (set OSEA_TRACEBACK=1 to see one)."""
    from . import commands  # noqa: F401  registers the commands

    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        _say("interrupted; nothing was published")
        sys.exit(130)
    except OseaError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: nobody to tell
        sys.exit(0)
    except Exception as error:
        if os.environ.get("OSEA_TRACEBACK"):
            raise
        _say(
            f"a fault of OSEA-Rocket, not of your input: {type(error).__name__}: {error}\n"
            "  run again with OSEA_TRACEBACK=1 and report what it prints"
        )
        sys.exit(3)


def _say(text: str) -> None:
    head = "\033[1;31merror\033[0m " if sys.stderr.isatty() else "error "
    print(head + text, file=sys.stderr)
