"""The web page and what is published: static files of the package, schemas, OpenAPI and AsyncAPI documents."""

import json
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from ...report import theme
from ..protocol.schemas import json_schema
from . import answers
from .problems import ProblemError
from .published import asyncapi
from .questions import KIND_NAMES

ROUTER = APIRouter(include_in_schema=False)
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/json",
}


@cache
def _assets() -> dict[str, tuple[bytes, str]]:
    """Name, content and media type of every file of the page; the coastline is the one of the reports."""
    folder = files(__name__.rpartition(".")[0]).joinpath("data", "page")
    found = {}
    for item in folder.iterdir():
        if item.is_file():
            found[item.name] = (item.read_bytes(), TYPES[item.name.rpartition(".")[2]])
    land = files(theme.__name__.rpartition(".")[0]).joinpath("data", "land.json")
    found["land.json"] = (land.read_bytes(), TYPES["json"])
    return found


def _asset(request: Request, name: str) -> Response:
    if name not in _assets():
        raise ProblemError(404, "there is no such page")
    content, media_type = _assets()[name]
    return answers.tagged(request, content, media_type=media_type)


@ROUTER.get("/")
async def index(request: Request) -> Response:
    return _asset(request, "index.html")


@ROUTER.get("/docs")
async def docs(request: Request) -> Response:
    return _asset(request, "docs.html")


@ROUTER.get("/page/{name}")
async def asset(request: Request, name: str) -> Response:
    return _asset(request, name)


@ROUTER.get("/schemas/")
async def schemas(request: Request) -> Response:
    return answers.tagged(request, json.dumps([f"/schemas/{k}-v1.schema.json" for k in KIND_NAMES]).encode())


@ROUTER.get("/schemas/{name}")
async def schema(request: Request, name: str) -> Response:
    kind = name.removesuffix("-v1.schema.json")
    if kind == name or kind not in KIND_NAMES:
        raise ProblemError(404, "there is no such schema")
    return answers.tagged(request, _schema(kind), media_type="application/schema+json")


@cache
def _schema(kind: str) -> bytes:
    return json.dumps(json_schema(kind), ensure_ascii=False).encode()


@ROUTER.get("/asyncapi.json")
async def asyncapi_document(request: Request) -> Response:
    return answers.tagged(request, json.dumps(asyncapi(), ensure_ascii=False).encode())
