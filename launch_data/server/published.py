"""What is published of the server: the OpenAPI 3.1 and AsyncAPI 3.0 documents, made from the program."""

import json
from typing import Any

from ..protocol.kinds import KINDS, kind_name
from .envelope import event_type

_ENVELOPE = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "description": "The same however often the event is sent."},
        "source": {"type": "string", "format": "uri", "description": "The record's issuer."},
        "subject": {"type": "string", "format": "uri", "description": "The record's id."},
        "time": {"type": "string", "format": "date-time", "description": "When the server recorded it."},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "format": "uri-reference"},
    },
}
_SIGNED = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {"type": "string", "description": "The event's id."},
        "webhook-timestamp": {
            "type": "string",
            "description": "Seconds of Unix time; refuse what is older than minutes.",
        },
        "webhook-signature": {
            "type": "string",
            "description": "v1, and base64 of HMAC-SHA-256 over `webhook-id.webhook-timestamp.body`, by Standard Webhooks 1.0.",
        },
    },
}


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document: two feeds of server-sent events, and webhooks; every message a CloudEvents 1.0 envelope."""
    names = [kind_name(model) for model in KINDS.values()]
    messages = {name: {"$ref": f"#/components/messages/{name}"} for name in names}
    feed = {"description": "text/event-stream; `id` is the event's id, for Last-Event-ID.", "messages": messages}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Launch data, live",
            "version": "1.0.0",
            "description": "Each record that comes in, and each whose embargo ends, is told once or more, in order.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "events": {"address": "/v1/events", **feed},
            "launch": {
                "address": "/v1/launches/{id}/events",
                "parameters": {"id": {"description": "The launch's identifier, a URN."}},
                **feed,
            },
            "webhook": {
                "address": None,
                "description": "POST to the URL that was asked for with /v1/webhooks; any status of 2xx takes it.",
                "messages": messages,
            },
        },
        "operations": {
            f"{'send' if channel == 'webhook' else 'receive'}-{channel}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{channel}"},
            }
            for channel in ("events", "launch", "webhook")
        },
        "components": {
            "messages": {name: _message(name) for name in names},
            "schemas": {"envelope": _ENVELOPE, "signature": _SIGNED},
        },
    }


def _message(kind: str) -> dict[str, Any]:
    data = {"type": {"const": event_type(kind)}, "data": {"$ref": f"schemas/{kind}-v1.schema.json"}}
    return {
        "name": event_type(kind),
        "contentType": "application/cloudevents+json",
        "headers": {"$ref": "#/components/schemas/signature"},
        "payload": {"allOf": [{"$ref": "#/components/schemas/envelope"}, {"type": "object", "properties": data}]},
    }


def interfaces() -> dict[str, str]:
    """Name and text of the documents of `standard/launch-data/` that describe the server."""
    from .app import bare_app

    documents = {"openapi.json": bare_app().openapi(), "asyncapi.json": asyncapi()}
    return {name: json.dumps(one, indent=1, ensure_ascii=False) + "\n" for name, one in documents.items()}
