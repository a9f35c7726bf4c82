"""The `osea` command: its entry point, and how every command ends (exit codes, errors as text or JSON)."""

import os
import signal
import sys
from pathlib import Path

if Path(sys.argv[0]).stem == "osea":  # Ctrl-C during the imports below: main() takes over
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import typer

from ..core import interruption
from ..core.errors import OseaError
from .app import app, as_json, say


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Entry point: no traceback reaches a user (set OSEA_TRACEBACK=1 to see one). Leaves by sys.exit.

    With --json a failure, too, is one JSON document on stdout: status, exit_code, message.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if Path(sys.argv[0]).stem == "osea":
        interruption.install()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: nobody to tell
        code = 0
    sys.exit(code)


def _run(arguments: Sequence[str]) -> int:
    def failed(code: int, message: str, show: Callable[[], None] | None = None) -> int:
        if "--json" in arguments:
            print(as_json({"status": "failed", "exit_code": code, "message": message}))
        (show or (lambda: say(message)))()
        return code

    def interrupted() -> int:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C adds nothing
        return failed(interruption.EXIT_CODE, "interrupted; nothing unfinished was published")

    try:
        from . import (  # noqa: F401  registers the commands
            ascent,
            avionics,
            campaign,
            certify,
            commands,
            data,
            data_package,
            disperse,
            engine,
            fly,
            hil,
            land,
            modules,
            rocket,
            sweep,
            thermo,
        )  # fmt: skip

        command: Any = typer.main.get_command(app)  # its own main() has other ideas of interruptions and broken pipes
        if "_OSEA_COMPLETE" in os.environ:  # a shell asks what may follow (osea --install-completion)
            command._main_shell_completion({}, "osea", "_OSEA_COMPLETE")
        with command.make_context("osea", list(arguments)) as context:
            command.invoke(context)
        return 0
    except typer.Exit as end:
        return end.exit_code
    except KeyboardInterrupt:
        return interrupted()
    except OseaError as error:
        return interrupted() if interruption.asked() else failed(error.exit_code, str(error))
    except BrokenPipeError:
        raise
    except OSError as error:  # a full disk, a folder that went away
        return failed(2, f"cannot read or write '{error.filename}': {error.strerror or error}")
    except Exception as error:
        # compiled libraries pass it on in their own words, pydantic among them; an import that it breaks off, in any
        if interruption.asked() or "KeyboardInterrupt" in str(error):
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
