"""The application: the store behind HTTP, with the feed that tells what is new."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from ..store.store import Store
from . import live, page, problems, reading, writing
from .feed import Feed
from .guard import Guard
from .hooks import Deliverer
from .service import Service
from .settings import Settings

TITLE = "Launch data"
DESCRIPTION = (
    "Records of the open launch-data protocol: read, listed, followed live, appended. Times are UTC, units SI. "
    "Without a token everything public can be read."
)


def create_app(store: Store, settings: Settings | None = None) -> FastAPI:
    """The application over an open store."""
    settings = settings or Settings()
    feed = Feed(store, settings)
    deliverer = Deliverer(store, settings, feed)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(feed.run()), asyncio.create_task(deliverer.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    app = bare_app(lifespan)
    app.state.service = Service(store, settings, feed, asyncio.Semaphore(settings.most_files))
    problems.register(app)
    app.add_middleware(Guard, store=store, settings=settings)
    return app


def bare_app(lifespan: Any = None) -> FastAPI:
    """The routes without a store, from which the OpenAPI document is made."""
    app = FastAPI(title=TITLE, description=DESCRIPTION, version="1.0", docs_url=None, redoc_url=None, lifespan=lifespan)
    for router in (reading.ROUTER, live.ROUTER, writing.ROUTER, page.ROUTER):
        app.router.routes.extend(router.routes)  # as they are; a router within a router is slower
    document = app.openapi()  # FastAPI keeps it; what it cannot know is added
    document["components"] = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    document["security"] = [{}, {"token": []}]
    document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    return app
