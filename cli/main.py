"""The `osea` command: parsing, and how every command ends (exit codes, errors as text, JSON on stdout)."""

import os
import signal
import sys
from pathlib import Path

if Path(sys.argv[0]).stem == "osea":  # Ctrl-C during the imports below: main() takes over
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Annotated, Any, NoReturn

import typer

from ..core.errors import OseaError

INTERRUPTED = 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
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
    print(_json(data) if json_wanted else text)
    if data.get("exit_code"):
        _say(data["message"])
        raise typer.Exit(data["exit_code"])


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Entry point: no traceback reaches a user (set OSEA_TRACEBACK=1 to see one). Leaves by sys.exit.

    With --json a failure, too, is one JSON document on stdout: status, exit_code, message.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if Path(sys.argv[0]).stem == "osea":
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: nobody to tell
        code = 0
    sys.exit(code)


def _run(arguments: Sequence[str]) -> int:
    def failed(code: int, message: str, say: Callable[[], None] | None = None) -> int:
        if "--json" in arguments:
            print(_json({"status": "failed", "exit_code": code, "message": message}))
        (say or (lambda: _say(message)))()
        return code

    def interrupted() -> int:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C adds nothing
        return failed(INTERRUPTED, "interrupted; nothing unfinished was published")

    try:
        from . import commands, engine, thermo  # noqa: F401  registers the commands

        command = typer.main.get_command(app)  # its own main() has other ideas of interruptions and broken pipes
        with command.make_context("osea", list(arguments)) as context:
            command.invoke(context)
        return 0
    except typer.Exit as end:
        return end.exit_code
    except KeyboardInterrupt:
        return interrupted()
    except OseaError as error:
        return failed(error.exit_code, str(error))
    except BrokenPipeError:
        raise
    except OSError as error:  # a full disk, a folder that went away
        return failed(2, f"cannot read or write '{error.filename}': {error.strerror or error}")
    except Exception as error:
        if "KeyboardInterrupt" in str(error):  # as compiled libraries pass it on, pydantic among them
            return interrupted()
        wrong: Any = error
        if hasattr(wrong, "format_message"):  # the parser's: a wrong argument
            from typer.rich_utils import rich_format_error

            return failed(wrong.exit_code, wrong.format_message(), lambda: rich_format_error(wrong))
        if os.environ.get("OSEA_TRACEBACK"):
            raise
        return failed(
            3,
            f"a fault of OSEA-Rocket, not of your input: {type(error).__name__}: {error}\n"
            "  run again with OSEA_TRACEBACK=1 and report what it prints",
        )


def _json(data: Any) -> str:
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


def _say(text: str) -> None:
    head = "\033[1;31merror\033[0m " if sys.stderr.isatty() else "error "
    print(head + text, file=sys.stderr)
