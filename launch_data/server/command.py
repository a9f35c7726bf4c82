"""What `osea data serve` and `osea data token` do, apart from parsing the command line."""

import ipaddress
import logging
import sys
from pathlib import Path
from typing import Any

from ...core.errors import InputError
from ..store import tokens
from ..store.keys import key_file
from ..store.store import Store
from .settings import Settings

Answer = tuple[dict[str, Any], str]


def open_store(url: str, key: Path | None = None) -> Store:
    """The store of a URL, with its key: the file named, or beside a SQLite database."""
    if key is None and url.startswith("sqlite:///"):
        key = Path(url.removeprefix("sqlite:///").partition("?")[0] + ".key")
    store = Store(url)
    store.key = key_file(key) if key is not None else None
    return store


def run_serve(url: str, *, host: str, port: int, key: Path | None, settings: Settings) -> Answer:
    """Serve until interrupted. Raises InputError when the store or the address cannot be had."""
    import uvicorn

    from .app import create_app
    from .protocol import impatient

    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if not _is_loopback(host):
        print(f"{host} is reached from outside; tokens need TLS, so put a proxy with TLS before this", file=sys.stderr)
    store = open_store(url, key)
    config = uvicorn.Config(
        create_app(store, settings),
        host=host,
        port=port,
        http=impatient(settings),
        ws="none",
        access_log=False,  # a query may hold what somebody should not have written there
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
        limit_concurrency=settings.most_streams + 500,
    )
    server = uvicorn.Server(config)
    print(f"serving {store.url} on http://{host}:{port}/ (Ctrl-C ends it)", file=sys.stderr, flush=True)
    try:
        server.run()
    except SystemExit:
        raise InputError(f"cannot listen on {host}:{port}; is another server there?") from None
    finally:
        store.close()
    return {"status": "done", "store": store.url}, "stopped"


def run_token(url: str, role: str, *, party: str | None, days: int, label: str, clearances: tuple[str, ...]) -> Answer:
    """Make a token and tell it, this once."""
    store = Store(url)
    made = tokens.issue(store, role, party=party, days=days, label=label, clearances=clearances)
    data = {"status": "done", "id": made.id, "token": made.text, "role": role, "party": party, "expires": made.expires}
    return data, f"{made.text}\n(told this once; {role}{f' for {party}' if party else ''}, until {made.expires})"


def run_tokens(url: str) -> Answer:
    """All tokens, without their secrets."""
    found = tokens.tokens(Store(url))
    lines = [_token_line(t) for t in found]
    return {"status": "done", "tokens": found}, "\n".join(lines) or "no tokens"


def _token_line(token: dict[str, Any]) -> str:
    end = "revoked" if token["revoked"] else f"until {token['expires']}"
    return f"{token['id']}  {token['role']:<10} {token['party'] or '-':<40} {end}  {token['label']}".rstrip()


def run_revoke(url: str, identifier: str) -> Answer:
    """A token is good for nothing from now on."""
    tokens.revoke(Store(url), identifier)
    return {"status": "done", "id": identifier}, f"{identifier} is revoked"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
