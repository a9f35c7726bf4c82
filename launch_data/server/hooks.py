"""Delivery of webhooks: in order, at least once, signed as Standard Webhooks 1.0 have it (HMAC-SHA-256, `v1`)."""

import asyncio
import http.client
import logging
import time
from contextlib import suppress
from typing import Any

from ...core.errors import InputError
from ..store import webhooks
from ..store.store import Announced, Store
from ..store.tokens import reader_by_id
from .envelope import cloud_event
from .feed import Feed
from .settings import Settings
from .targets import post

LOG = logging.getLogger("osea.data")
BATCH = 20  # events of one webhook, before others have their turn
AT_ONCE = 8  # receivers


class Deliverer:
    """Tells each webhook what it asked for and its token may read."""

    def __init__(self, store: Store, settings: Settings, feed: Feed) -> None:
        self.store, self.settings, self.feed = store, settings, feed

    async def run(self) -> None:
        """Deliver until cancelled."""
        places = asyncio.Semaphore(AT_ONCE)

        async def one(hook: Any) -> None:
            async with places:
                await asyncio.to_thread(self.deliver, hook)

        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.feed.changed(self.feed.number), 1.0)
            try:
                due = await asyncio.to_thread(webhooks.due, self.store, self.feed.number)
                await asyncio.gather(*map(one, due))
            except Exception:
                LOG.exception("webhooks are not delivered")

    def deliver(self, hook: Any) -> None:
        """Send a webhook's next events. What was sent and not yet written down is sent again after a crash."""
        reader = reader_by_id(self.store, hook.token)
        if reader is None:
            webhooks.failed(self.store, hook.id, len(webhooks.WAITS) + 1, "its token has ended")
            return
        filters = {name: value for name in ("kind", "launch") if (value := getattr(hook, name)) is not None}
        last = self.store.last_number()
        found = self.store.announced(hook.number, reader, filters=filters, limit=BATCH)
        self.store.audit_reading(reader, "webhook", [told.stored for told in found])
        done = hook.number
        for told in found:
            if reason := self._send(hook, told):
                if done != hook.number:
                    webhooks.delivered(self.store, hook.id, done)
                webhooks.failed(self.store, hook.id, hook.failures + 1 if done == hook.number else 1, reason)
                return
            done = told.number
        webhooks.delivered(self.store, hook.id, done if len(found) == BATCH else max(last, done))

    def _send(self, hook: Any, told: Announced) -> str:
        """Why it was not taken; empty when it was."""
        body, stamp = cloud_event(told), int(time.time())
        headers = {
            "Content-Type": "application/cloudevents+json",
            "User-Agent": "osea-data",
            "webhook-id": told.event,
            "webhook-timestamp": str(stamp),
            "webhook-signature": webhooks.signature(self.store, hook.id, told.event, stamp, body),
        }
        private = self.settings.private_webhooks
        try:
            status = post(hook.url, body, headers, limit=self.settings.webhook_time, private=private)
        except (OSError, http.client.HTTPException, InputError) as error:
            return f"{type(error).__name__}"
        return "" if 200 <= status < 300 else f"HTTP {status}"
