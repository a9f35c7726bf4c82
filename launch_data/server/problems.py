"""Errors as problem details (RFC 9457): what is wrong, where, and how to mend it; never a value that was secret."""

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from ...core.errors import InputError
from ...core.findings import Finding
from ..store.append import RefusedError

LOG = logging.getLogger("osea.data")
MEDIA_TYPE = "application/problem+json"
LONGEST = 500  # characters of a text of ours that repeats what was sent


class ProblemError(Exception):
    """A request that is answered by a problem."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, dict(headers or {})


def problem(
    status: int, detail: str, *, errors: Sequence[Mapping[str, Any]] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """The response: type, title, status, detail, and a row for each error."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail[:LONGEST],
    }
    if errors:
        body["errors"] = list(errors)[:100]
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(text, status, dict(headers or {}), MEDIA_TYPE)


def rows(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """Findings as rows of a problem or of an answer."""
    return [
        {"rule": f.rule, "severity": str(f.severity), "where": f.where, "detail": f.message[:LONGEST]} for f in findings
    ]


def register(app: FastAPI) -> None:
    """Answer every error of the application by a problem."""

    @app.exception_handler(ProblemError)
    async def _problem(request: Request, error: ProblemError) -> Response:
        return problem(error.status, error.detail, headers=error.headers)

    @app.exception_handler(RefusedError)
    async def _refused(request: Request, error: RefusedError) -> Response:
        return problem(error.status, str(error), errors=rows(error.findings))

    @app.exception_handler(InputError)
    async def _input(request: Request, error: InputError) -> Response:
        """What could be read, and is not as it should be."""
        errors = [{"detail": line[:LONGEST]} for line in error.details]
        head = f"{error.where}: {error.message}" if error.where else error.message
        return problem(422, head, errors=errors)

    @app.exception_handler(OperationalError)
    async def _store(request: Request, error: OperationalError) -> Response:
        LOG.error("the store does not answer: %s", type(error.orig).__name__)
        return problem(503, "the store does not answer; try again", headers={"Retry-After": "2"})

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        if error.status_code == 405:  # of all routes of the path, where Starlette names those of the first
            matching = [r for r in app.router.routes if r.matches(request.scope)[0] != Match.NONE]
            headers["Allow"] = ", ".join(sorted({m for r in matching for m in getattr(r, "methods", None) or ()}))
        return problem(error.status_code, str(error.detail), headers=headers)
