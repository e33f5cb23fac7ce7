"""Every event we may send to the model, as the `openai` package types them, closed against unknown keys."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema  # type: ignore[import-untyped]
from pydantic import TypeAdapter


@cache
def client() -> TypeAdapter[Any]:
    """What a client may send. The package is loaded with the first event: it takes a second."""
    from openai.types.realtime import RealtimeClientEventParam

    return TypeAdapter(RealtimeClientEventParam)


@cache
def server() -> TypeAdapter[Any]:
    """What the server may send."""
    from openai.types.realtime import RealtimeServerEvent

    return TypeAdapter(RealtimeServerEvent)


def closed(schema: Any) -> Any:
    """The schema, refusing keys it does not name, at every depth."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for inner in schema.values():
            closed(inner)
    elif isinstance(schema, list):
        for inner in schema:
            closed(inner)
    return schema


@cache
def validator() -> jsonschema.Draft202012Validator:
    """The closed schema of all client events."""
    return jsonschema.Draft202012Validator(closed(client().json_schema()))


def load() -> None:
    """Have all of it at hand: who is answered late by a server that loads takes the model for lost."""
    validator()
    server()


def check_sent(event: dict[str, Any]) -> None:
    """Raise for an event that the real server would refuse."""
    client().validate_json(json.dumps(event), strict=True)
    validator().validate(event)
    for tool in event.get("session", {}).get("tools", []):
        jsonschema.Draft202012Validator.check_schema(tool["parameters"])
    for body in (event.get("session", {}), event.get("response", {})):
        assert body.get("output_modalities", ["audio"]) in (["audio"], ["text"])


def check_given(event: dict[str, Any]) -> None:
    """Raise for an event that no real server would send: our own scripts are held to the types too."""
    server().validate_python(event)
