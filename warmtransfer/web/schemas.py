"""Pieces that the description of the API is made of: JSON Schema, as OpenAPI 3.1 has it."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def text(means: str, **more: Any) -> Schema:
    """Text."""
    return {"type": "string", "description": means, **more}


def number(means: str, **more: Any) -> Schema:
    """A number."""
    return {"type": "number", "description": means, **more}


def whole(means: str) -> Schema:
    """A whole number, 0 or more."""
    return {"type": "integer", "minimum": 0, "description": means}


def flag(means: str) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": means}


def time(means: str) -> Schema:
    """A moment."""
    return number(f"{means} Seconds since 1970, UTC; 0 for not yet.")


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {
        **schema,
        "type": [schema["type"], "null"],
        **({"enum": [*schema["enum"], None]} if "enum" in schema else {}),
    }


def one_of(means: str, words: Any) -> Schema:
    """One of the words of an enum."""
    return {"type": "string", "enum": [each.value for each in words], "description": means}


def array(of: Schema, means: str = "") -> Schema:
    """A list."""
    return {"type": "array", "items": of, **({"description": means} if means else {})}


def closed(fields: Schema, *optional: str) -> Schema:
    """An object with exactly these fields; those named may be missing."""
    required = [name for name in fields if name not in optional]
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


def ref(name: str) -> Schema:
    """One of the description's own schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(means: str, schema: Schema) -> Schema:
    """An answer of this schema."""
    return {"description": means, "content": {"application/json": {"schema": schema}}}


def _refusals() -> Schema:
    said = {
        "400": "What is wrong with the request, and what it should be.",
        "401": "The token is wrong or missing.",
        "404": "There is no such call, or the API is off.",
        "405": "The path is there, for another method: Allow says which.",
        "413": "The body is longer than any that is taken.",
        "429": "Too many wrong tokens came from this address; Retry-After says when to ask again.",
        "500": "A fault of the app's own; its log says where.",
        "503": "The call is being decided elsewhere, or the database cannot be had: ask again.",
    }
    return {status: answer(means, ref("Fault")) for status, means in said.items()}


def operation(name: str, does: str, answers: Schema, **more: Any) -> Schema:
    """One request, with its refusals."""
    return {"operationId": name, "summary": does, **more, "responses": {**answers, **_refusals()}}
