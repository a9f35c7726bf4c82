"""The envelope of what is told: CloudEvents 1.0 in JSON, around the record as it was issued."""

import json

from ...core.time import Instant, format_utc
from ..store.store import Announced


def event_type(kind: str) -> str:
    """`osea.launch-data.launch.v1` of a kind."""
    return f"osea.launch-data.{kind}.v1"


def cloud_event(told: Announced) -> bytes:
    """The event as JSON text; `id` stays the same however often it is sent."""
    stored = told.stored
    head = {
        "specversion": "1.0",
        "id": told.event,
        "source": stored.issuer,
        "type": event_type(stored.kind),
        "subject": stored.id,
        "time": format_utc(Instant(stored.recorded_at), 6),
        "datacontenttype": "application/json",
        "dataschema": f"/schemas/{stored.kind}-v1.schema.json",
    }
    return json.dumps(head)[:-1].encode() + b', "data": ' + stored.text + b"}"


def server_sent(told: Announced) -> bytes:
    """The event as `text/event-stream` has it; line breaks of the record stay line breaks of JSON."""
    lines = b"".join(b"data: " + line + b"\n" for line in cloud_event(told).splitlines())
    return f"id: {told.event}\nevent: {event_type(told.stored.kind)}\n".encode() + lines + b"\n"
