"""The launch-data server: records over HTTP, the live countdown, webhooks, and the page that shows them.

Without the extra `server` importing this raises MissingExtraError.
"""

from importlib.util import find_spec

from ...core.errors import MissingExtraError

for _package in ("fastapi", "uvicorn"):
    if find_spec(_package) is None:
        raise MissingExtraError(_package, "server")
