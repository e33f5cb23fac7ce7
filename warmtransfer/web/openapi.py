"""What the API takes and answers, as OpenAPI 3.1 (spec.openapis.org/oas/v3.1.0): read by people's tools.

Answers are described closed: a test holds every real one to these schemas, so that a field which is not
described here is found. What a journal's decision is about is open, because each event and order has fields
of its own.
"""

from __future__ import annotations

from typing import Any

from warmtransfer.core.call import AIState, Stage, Style
from warmtransfer.core.legs import Place
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.reach import Why
from warmtransfer.core.search import OPEN
from warmtransfer.web import described_callbacks
from warmtransfer.web.asking import MOST
from warmtransfer.web.moments import FORMS

Schema = dict[str, Any]

#: The package's, which is above this room; a test compares them.
VERSION = "0.1.0"

#: Fields of a handoff that is asked for, and the most letters each may have.
HANDOFF = {"target": 100, "reason": 500, "summary": 2000}
_HANDOFF = {
    "target": "Whom the caller wants: a name, or words of a description; empty for whoever can be reached.",
    "reason": "Why, in a few words: the human hears it.",
    "summary": "What the human hears before they take the call; empty lets the model write one.",
}


def _text(means: str, **more: Any) -> Schema:
    return {"type": "string", "description": means, **more}


def _number(means: str, **more: Any) -> Schema:
    return {"type": "number", "description": means, **more}


def _whole(means: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": means}


def _flag(means: str) -> Schema:
    return {"type": "boolean", "description": means}


def _time(means: str) -> Schema:
    return _number(f"{means} Seconds since 1970, UTC; 0 for not yet.")


def _maybe(schema: Schema) -> Schema:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {
        **schema,
        "type": [schema["type"], "null"],
        **({"enum": [*schema["enum"], None]} if "enum" in schema else {}),
    }


def _one_of(means: str, words: Any) -> Schema:
    return {"type": "string", "enum": [each.value for each in words], "description": means}


def _list(of: Schema, means: str = "") -> Schema:
    return {"type": "array", "items": of, **({"description": means} if means else {})}


def _closed(fields: Schema, *optional: str) -> Schema:
    """An object with exactly these fields; those named may be missing."""
    required = [name for name in fields if name not in optional]
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


HANDED: Schema = _closed(
    {
        "number": _whole("Which of the call's handoffs."),
        "source": _text("Who asked: tool, words, watchdog, api, python or model_down."),
        "target": _text("Whom they asked for."),
        "reason": _text("Why."),
        "summary": _text("What the human is told."),
        "closed": _text("Why those it asks for were not rung, in the words for the AI."),
        "skipped": _list(
            _closed(
                {
                    "name": _text("Who."),
                    "why": _one_of("Why.", Why),
                    "since": _time("When that began."),
                }
            ),
            "Who could not be rung when somebody was looked for last.",
        ),
        "all_busy": _flag("Whether that was all of them who could be reached."),
    }
)
ATTEMPT: Schema = _closed(
    {
        "n": _whole("Which of the call's attempts, from 1."),
        "handoff": _whole("Which of the call's handoffs it serves."),
        "name": _text("Who was tried."),
        "number": _text("What was dialled."),
        "digits": _text("Tones sent after the answer."),
        "caller_id": _text("The number that their phone shows; empty for the deployment's choice."),
        "first": _whole("The first attempt of their round; 0 for one that is rung alone."),
        "last": _flag("Whether the call ends when they leave it."),
        "style": _one_of("How they are briefed.", Style),
        "call_sid": _text("The leg's CallSid; empty while none is known."),
        "outcome": _maybe(_one_of("How it ended, or how it stands; null while it is open.", Outcome)),
        "answered_by": _text("What the carrier's detection says of who picked up."),
        "sip": _text("The SIP code of the carrier's last word."),
        "ended": _flag("Whether the leg is known to be over."),
        "moved": _flag("Whether the caller's own leg dialled it (style redirect)."),
        "dialled_at": _time("When it was decided to dial."),
        "turn_at": _time("When its turn at the carrier was likely to come."),
        "answered_at": _time("When somebody picked up."),
        "accepted_at": _time("When they took the call."),
        "joined_at": _time("When they were in the room with the caller."),
        "ended_at": _time("When it was over."),
        "looks": _whole("How many of the looks at the two, once together, have been made."),
        "proofs": _list(
            _closed(
                {
                    "at": _time("When they were looked for."),
                    "caller": _one_of("Where the caller was; empty for not looked for.", Place),
                    "human": _one_of("Where the human was.", Place),
                }
            ),
            "What these looks, and those after a repair, have found.",
        ),
        "parted_at": _time("When the first of human and caller left the other."),
        "left_first": _text("Who that was.", enum=["", "caller", "human", "room"]),
        "talked": _maybe(_number("Seconds for which they talked with the caller; null for never.")),
        "told": _list(
            _closed({"at": _time("When."), "text": _text("What they were told.")}),
            "Every document that was read to them; only where one call is asked for.",
        ),
    },
    "told",
)
MESSAGE: Schema = _closed(
    {
        "text": _text("What the AI has noted."),
        "recording": _maybe(
            _closed({"url": _text("Where the recording is."), "seconds": _maybe(_number("How long it is."))})
        ),
    }
)
CALL: Schema = {
    "id": _text("The call's id.", pattern="^[0-9a-f]{1,64}$"),
    "stage": _one_of("Where the caller is now.", Stage),
    "caller": _text("The caller's number, as the carrier tells it."),
    "called": _text("The number that they called."),
    "started_at": _time("When the call came."),
    "disclosed_at": _maybe(_time("When the caller had heard that an AI speaks; null for not yet.")),
    "ended_at": _maybe(_time("When the caller was gone; null while they are there.")),
    "ai": _one_of("Where the AI's leg and its model are.", AIState),
    "handoff": _maybe(_ref("Handoff")),
    "attempts": _list(_ref("Attempt"), "Each dial of each human, in their order."),
    "message": _maybe(_ref("Message")),
}
STORY: Schema = {
    **CALL,
    "recordings": described_callbacks.RECORDINGS,
    "legs": {
        "type": "object",
        "additionalProperties": _list(_text("A CallSid.")),
        "description": "Every CallSid by its leg: caller, ai-1, human-1 and so on.",
    },
    "rooms": {
        "type": "object",
        "additionalProperties": _text("A ConferenceSid."),
        "description": "Every conference's SID by its name.",
    },
    "billed": _closed(
        {
            "legs": _list(
                _closed(
                    {
                        "leg": _text("caller, ai-1, human-1 and so on."),
                        "began_at": _time("When it was answered."),
                        "ended_at": _maybe(_time("When it ended.")),
                        "seconds": _number("How long it was up."),
                        "minutes": _whole("What the carrier would count: every minute that has begun."),
                    }
                )
            ),
            "minutes": _whole("Of all legs."),
        }
    ),
    "transcript": _list(
        _closed(
            {
                "at": _time("When."),
                "who": _text("caller, ai, or who else spoke."),
                "text": _text("The words."),
            }
        )
    ),
    "journal": _list(_ref("Decision"), "Every decision, in its order."),
}
DECISION: Schema = _closed(
    {
        "at": _time("When it was decided."),
        "event": _text("What had happened."),
        "data": {"type": "object", "description": "What the event says."},
        "before": _text("The stage before."),
        "after": _text("The stage after."),
        "orders": _list(
            {
                "type": "object",
                "properties": {
                    "order": _text("What was ordered."),
                    "done_at": _maybe(_time("When it was done; null while it is open.")),
                    "result": _text("What came of it."),
                },
                "required": ["order", "done_at", "result"],
                "description": "An order, with fields of its own.",
            }
        ),
    }
)


#: What each of `asking.FILTERS` takes.
_FILTERS: dict[str, Schema] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50, "description": "How many."},
    "live": _text("1 for calls that go on, and no others.", enum=["1", "true", "0", "false"]),
    "number": _text("The caller's number, or a human's that was called; without a + its last digits."),
    "since": _text(f"Begun then or later: {FORMS}, or seconds since 1970. Without a zone it is UTC."),
    "human": _text("A human of this name was dialled.", maxLength=100),
    "outcome": _text("An attempt ended so.", enum=[OPEN, *(each.value for each in Outcome)]),
    "after": _text("The `next` of an earlier answer: the page behind it."),
}
PARAMETERS: list[Schema] = [
    {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in _FILTERS.items()
]
_ID: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": CALL["id"],
    "description": "The call's id.",
}


def _answer(means: str, schema: Schema) -> Schema:
    return {"description": means, "content": {"application/json": {"schema": schema}}}


def _refusals() -> Schema:
    said = {
        "400": "What is wrong with the request, and what it should be.",
        "401": "The token is wrong or missing.",
        "404": "There is no such call, or the API is off.",
        "429": "Too many wrong tokens came from this address; Retry-After says when to ask again.",
        "503": "The call is being decided elsewhere, or the database cannot be had: ask again.",
    }
    return {status: _answer(means, _ref("Fault")) for status, means in said.items()}


def _operation(name: str, does: str, answers: Schema, **more: Any) -> Schema:
    return {"operationId": name, "summary": does, **more, "responses": {**answers, **_refusals()}}


PATHS: dict[str, Schema] = {
    "/calls": {
        "get": _operation(
            "calls",
            "The newest calls.",
            {"200": _answer("A page of them.", _ref("Calls"))},
            parameters=PARAMETERS,
        )
    },
    "/calls/{id}": {
        "get": _operation(
            "call",
            "All that is remembered of one call.",
            {"200": _answer("The call.", _ref("Story"))},
            parameters=[_ID],
        )
    },
    "/calls/{id}/handoff": {
        "post": _operation(
            "handoff",
            "Ask for a human for this caller.",
            {
                "202": _answer("It is asked for; the call as it is now.", _ref("Call")),
                "409": _answer("The call is in a stage in which nobody can be handed over.", _ref("Fault")),
            },
            parameters=[_ID],
            requestBody={"required": False, "content": {"application/json": {"schema": _ref("Asked")}}},
        )
    },
    **described_callbacks.paths(_operation, _answer, _ref),
    "/openapi.json": {"get": _operation("description", "This.", {"200": _answer("It.", {"type": "object"})})},
}
_NEXT = _text("The `after` of the page behind this one; null on the last.")
SCHEMAS: dict[str, Schema] = {
    "Calls": _closed({"calls": _list(_ref("Call")), "next": _maybe(_NEXT)}),
    "Call": _closed(CALL),
    "Story": _closed(STORY),
    "Handoff": HANDED,
    "Attempt": ATTEMPT,
    "Message": MESSAGE,
    "Decision": DECISION,
    **described_callbacks.SCHEMAS,
    "Asked": _closed(
        {name: _text(_HANDOFF[name], maxLength=most) for name, most in HANDOFF.items()}, *HANDOFF
    ),
    "Fault": _closed({"error": _text("What kind."), "detail": _maybe(_text("What to do."))}),
}


def described(server: str) -> Schema:
    """The whole description; `server` is the API's own URL."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "warmtransfer",
            "version": VERSION,
            "description": "The calls that an AI answers, and how they were handed to people.",
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": PATHS,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "WARMTRANSFER_API_TOKEN"}
            },
            "schemas": SCHEMAS,
        },
    }
