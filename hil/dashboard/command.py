"""What `osea hil dashboard` does, apart from parsing the command line."""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...core.errors import InputError, MissingExtraError
from ..transports.document import is_loopback
from .sources import Live, Recorded, Source

_LEAST = 16  # characters of a token


def run_dashboard(
    recording: Path | None, *, board: Path | None, bind: str, port: int, control: bool, token: str | None
) -> tuple[dict[str, Any], str]:
    """Serve the page until interrupted: of the bench that runs, or of a recording.

    control: faults may be pressed by whoever has the token, a new one unless one is given. Raises InputError when the recording
    or the address cannot be had.
    """
    try:
        import uvicorn
        import websockets  # noqa: F401  uvicorn's, for the WebSocket

        from .app import create_app
    except ImportError as error:
        raise MissingExtraError(error.name or "fastapi", "server") from None
    if token is not None and len(token) < _LEAST:
        raise InputError(f"a token has at least {_LEAST} characters; leave it out and one is made")
    if control or token is not None:
        token = token or secrets.token_urlsafe(24)
    source: Source = Recorded(recording) if recording is not None else Live(board)
    local = is_loopback(bind)
    if not local:
        print(f"{bind} is reached from outside: whoever reaches it sees the flight", file=sys.stderr)
    hosts = frozenset({"localhost", "127.0.0.1", "::1", bind}) if local else None
    app = create_app(source, token=token, hosts=hosts)
    config = uvicorn.Config(
        app, host=bind, port=port, ws="websockets-sansio", ws_max_size=4096, access_log=False, log_level="warning",
        server_header=False, proxy_headers=False, timeout_graceful_shutdown=2,
    )  # fmt: skip
    with suppress(OSError, AttributeError):
        os.nice(10)  # the bench comes first
    shown = f"[{bind}]" if ":" in bind else bind
    where = f"http://{shown}:{port}/" + (f"#token={token}" if token else "")
    print(f"dashboard on {where} (Ctrl-C ends it)", file=sys.stderr, flush=True)
    if token is None:
        print("read-only; --control lets faults be pressed", file=sys.stderr, flush=True)
    try:
        uvicorn.Server(config).run()
    except SystemExit:
        raise InputError(f"cannot listen on {bind}:{port}; is another server there?") from None
    return {"status": "done"}, "stopped"
