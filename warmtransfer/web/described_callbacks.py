"""What the API takes and answers of callbacks, as OpenAPI 3.1: part of `openapi.py`."""

from __future__ import annotations

from typing import Any

from warmtransfer.core.callbacks.callback import Side, Stage
from warmtransfer.core.outcomes import Outcome
from warmtransfer.core.screening import Screen
from warmtransfer.web.schemas import Schema, answer, closed, operation, ref

#: The most callbacks of one answer.
MOST = 500
FILTERS = ("limit", "live", "stage", "after")


def _is(kind: str | list[str], means: str, **more: Any) -> Schema:
    return {"type": kind, "description": means, **more}


_OUTCOMES = [*(each.value for each in Outcome), None]
_TIME = "Seconds since 1970, UTC"
LEG = closed(
    {
        "n": _is("integer", "Which of the callback's legs, from 1."),
        "side": _is("string", "Whose leg.", enum=[each.value for each in Side]),
        "attempt": _is("integer", "The try that it belongs to, from 1."),
        "name": _is("string", "Who was dialled."),
        "number": _is("string", "What was dialled."),
        "digits": _is("string", "Tones sent after the answer."),
        "caller_id": _is("string", "The number that their phone shows; empty for the deployment's choice."),
        "detection": _is("string", "How a machine is told from a person there; empty for as usual."),
        "call_sid": _is("string", "The leg's CallSid; empty while none is known."),
        "outcome": _is(["string", "null"], "How it ended; null while it is open.", enum=_OUTCOMES),
        "answered_by": _is("string", "What the carrier's detection says of who picked up."),
        "ended": _is("boolean", "Whether the leg is known to be over."),
        "screen": _is(
            "string",
            "How far it is with a telephone that asks who calls.",
            enum=[each.value for each in Screen],
        ),
        "screened_at": _is("number", f"When it was listened to first, or asked. {_TIME}; 0 for never."),
        "sip": _is("string", "The SIP code of the carrier's last word."),
        "dialled_at": _is("number", f"When it was decided to dial. {_TIME}."),
        "answered_at": _is("number", f"When somebody picked up. {_TIME}; 0 for not yet."),
        "joined_at": _is("number", f"When they were in the room. {_TIME}; 0 for not yet."),
        "ended_at": _is("number", f"When it was over. {_TIME}; 0 for not yet."),
    }
)
CALLBACK = closed(
    {
        "id": _is("string", "The callback's id.", pattern="^[0-9a-f]{1,64}$"),
        "stage": _is("string", "How far it has come.", enum=[each.value for each in Stage]),
        "how": _is("string", "The same in a few words, with how the newest try ended."),
        "call_id": _is("string", "The call in which it was promised."),
        "number": _is("string", "The number to be rung."),
        "name": _is("string", "Who is to be rung, as they said it."),
        "about": _is("string", "What it is about."),
        "when_words": _is("string", "When, in the caller's words."),
        "wanted_at": _is(["number", "null"], f"When, as a time; null for as soon as possible. {_TIME}."),
        "target": _is("string", "Whom they want."),
        "by": _is("string", "Who has taken it: ai, or voice without a model."),
        "called_at": _is("number", f"When they had called. {_TIME}."),
        "created_at": _is("number", f"When it was promised. {_TIME}."),
        "next_at": _is(["number", "null"], f"When it is tried next; null if it is not waiting. {_TIME}."),
        "tries": _is("integer", "How many tries are over."),
        "why": _is("string", "How the newest one ended, or what has cancelled it."),
        "legs": {"type": "array", "items": LEG, "description": "Every dial, in order."},
        "ended_at": _is(["number", "null"], f"When it was over; null while it is not. {_TIME}."),
    }
)
RECORDINGS: Schema = {
    "type": "array",
    "description": "Recorded messages, as they are fetched.",
    "items": closed(
        {
            "url": _is("string", "Where the carrier has it."),
            "seconds": _is("integer", "How long it is."),
            "words": _is("string", "What is said in it, as far as a model could tell."),
            "kept": _is("string", "The file it was put into; empty for none."),
            "told_at": _is(["number", "null"], f"When listeners were told; null for not yet. {_TIME}."),
            "deleted_at": _is(["number", "null"], f"When the carrier had deleted it, or null. {_TIME}."),
            "fault": _is("string", "Why it could not be had when it was tried last; empty for nothing."),
        }
    ),
}
SCHEMAS: dict[str, Schema] = {
    "Callback": CALLBACK,
    "Callbacks": closed(
        {
            "callbacks": {"type": "array", "items": ref("Callback")},
            "next": _is(["string", "null"], "The `after` of the page behind this one; null on the last."),
        }
    ),
}
_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": CALLBACK["properties"]["id"],
    "description": "The callback's id.",
}
_PARAMETERS = [
    {"name": name, "in": "query", "required": False, "schema": schema}
    for name, schema in {
        "limit": _is("integer", "How many.", minimum=1, maximum=MOST, default=50),
        "live": _is("string", "1 for those that are not over.", enum=["1", "true", "0", "false"]),
        "stage": _is("string", "Only those in this stage.", enum=[each.value for each in Stage]),
        "after": _is("string", "The `next` of an earlier answer: the page behind it."),
    }.items()
]


_NOW, _WRONG = ref("Callback"), ref("Fault")
#: The routes.
PATHS: dict[str, Schema] = {
    "/callbacks": {
        "get": operation(
            "callbacks",
            "The newest callbacks.",
            {"200": answer("A page of them.", ref("Callbacks"))},
            parameters=_PARAMETERS,
        )
    },
    "/callbacks/{id}": {
        "get": operation(
            "callback", "One callback.", {"200": answer("It.", _NOW)}, parameters=[_ID]
        )
    },
    "/callbacks/{id}/dial": {
        "post": operation(
            "dial",
            "Try it now, whenever it was to be; one that was given up begins anew.",
            {
                "202": answer("It is tried within seconds, if somebody can be rung.", _NOW),
                "409": answer("It is being tried, is done, or was cancelled.", _WRONG),
            },
            parameters=[_ID],
        )
    },
    "/callbacks/{id}/cancel": {
        "post": operation(
            "cancel",
            "Say that it is not needed any more.",
            {
                "200": answer("It is cancelled, or will be when its legs have ended.", _NOW),
                "409": answer("It is done, or they talk.", _WRONG),
            },
            parameters=[_ID],
        )
    },
}
