"""What the API takes and answers where something is asked for of a call, as in openapi.py."""

from __future__ import annotations

from warmtransfer.web.openapi import ID
from warmtransfer.web.schemas import Schema, answer, closed, operation, ref
from warmtransfer.web.wishes import DOES, SAID, needed, taken

_TYPES = {int: "integer", str: "string", bool: "boolean"}


def _said(field: str) -> Schema:
    kind, means, most = SAID[field]
    limit = {"maxLength": most} if most else {"minimum": 0} if kind is int else {}
    return {"type": _TYPES[kind], "description": means, **limit}


def _wish(name: str, does: str) -> Schema:
    fields = {each: _said(each) for each in taken(name)}
    body = closed(fields, *(each for each in fields if each not in needed(name)))
    return operation(
        name.replace("-", "_"),
        does,
        {
            "202": answer("It is decided; the call as it is now.", ref("Call")),
            "409": answer("It does not fit the call as it stands, and why.", ref("Fault")),
        },
        parameters=[ID],
        requestBody={"required": bool(needed(name)), "content": {"application/json": {"schema": body}}},
    )


#: Of every wish.
PATHS = {f"/calls/{{id}}/{name}": {"post": _wish(name, does)} for name, does in DOES.items()}
