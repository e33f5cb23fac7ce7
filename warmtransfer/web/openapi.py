"""What the API takes and answers, as OpenAPI 3.1 (spec.openapis.org/oas/v3.1.0): read by people's tools.

Answers are described closed: a test holds every real one to these schemas, so that a field which is not
described here is found. What a journal's decision is about is open, because each event and order has fields
of its own.
"""

from __future__ import annotations

from warmtransfer.core.call import AIState, Stage, Style
from warmtransfer.core.legs import Place
from warmtransfer.core.outcomes import CallEnd, HandoffEnd, Outcome
from warmtransfer.core.reach import Why
from warmtransfer.core.screening import Screen
from warmtransfer.core.search import OPEN
from warmtransfer.web import described_callbacks
from warmtransfer.web.asking import MOST
from warmtransfer.web.moments import FORMS
from warmtransfer.web.schemas import (
    Schema,
    answer,
    array,
    closed,
    flag,
    maybe,
    number,
    one_of,
    operation,
    ref,
    text,
    time,
    whole,
)

#: The package's, which is above this room; a test compares them.
VERSION = "0.1.0"

#: Fields of a handoff that is asked for, and the most letters each may have.
HANDOFF = {"target": 100, "reason": 500, "summary": 2000}
_HANDOFF = {
    "target": "Whom the caller wants: a name, or words of a description; empty for whoever can be reached.",
    "reason": "Why, in a few words: the human hears it.",
    "summary": "What the human hears before they take the call; empty lets the model write one.",
}


HANDED: Schema = closed(
    {
        "number": whole("Which of the call's handoffs."),
        "source": text("Who asked: tool, words, watchdog, api, python or model_down."),
        "target": text("Whom they asked for."),
        "reason": text("Why."),
        "summary": text("What the human is told."),
        "closed": text("Why those it asks for were not rung, in the words for the AI."),
        "skipped": array(
            closed(
                {
                    "name": text("Who."),
                    "why": one_of("Why.", Why),
                    "since": time("When that began."),
                }
            ),
            "Who could not be rung when somebody was looked for last.",
        ),
        "stopped": flag("Whether somebody has said that nobody else is to be rung."),
        "all_busy": flag("Whether that was all of them who could be reached."),
        "instead": text("Who could be rung, when nobody was because whom it asks for is not there."),
        "asked_at": time("When a human was asked for."),
        "ended_at": time("When it had ended."),
        "outcome": maybe(one_of("How it ended; null while it goes on.", HandoffEnd)),
    }
)
ATTEMPT: Schema = closed(
    {
        "n": whole("Which of the call's attempts, from 1."),
        "handoff": whole("Which of the call's handoffs it serves."),
        "name": text("Who was tried."),
        "number": text("What was dialled."),
        "digits": text("Tones sent after the answer."),
        "caller_id": text("The number that their phone shows; empty for the deployment's choice."),
        "first": whole("The first attempt of their round; 0 for one that is rung alone."),
        "last": flag("Whether the call ends when they leave it."),
        "style": one_of("How they are briefed.", Style),
        "call_sid": text("The leg's CallSid; empty while none is known."),
        "outcome": maybe(one_of("How it ended, or how it stands; null while it is open.", Outcome)),
        "answered_by": text("What the carrier's detection says of who picked up."),
        "key": text("The key that they pressed."),
        "status": text("The carrier's last word on the leg: completed, busy, no-answer, canceled, failed …"),
        "sip": text("The SIP code of the carrier's last word."),
        "ended": flag("Whether the leg is known to be over."),
        "moved": flag("Whether the caller's own leg dialled it (style redirect)."),
        "dialled_at": time("When it was decided to dial."),
        "turn_at": time("When its turn at the carrier was likely to come."),
        "answered_at": time("When somebody picked up."),
        "accepted_at": time("When they took the call."),
        "joined_at": time("When they were in the room with the caller."),
        "ended_at": time("When it was over."),
        "screen": one_of("How far it is with a telephone that asks who calls.", Screen),
        "screened_at": time("When a machine was first listened to, or asked who calls."),
        "looks": whole("How many of the looks at the two, once together, have been made."),
        "proofs": array(
            closed(
                {
                    "at": time("When they were looked for."),
                    "caller": one_of("Where the caller was; empty for not looked for.", Place),
                    "human": one_of("Where the human was.", Place),
                }
            ),
            "What these looks, and those after a repair, have found.",
        ),
        "card_sent": flag("Whether a text message with their card has been ordered."),
        "card_taken": flag("Whether they have accepted on their card."),
        "by_card": flag("Whether it is that which has let them in, and no key."),
        "parted_at": time("When the first of human and caller left the other."),
        "left_first": text("Who that was.", enum=["", "caller", "human", "room"]),
        "dropped_early": flag("Whether that was within ten seconds of their being brought together."),
        "talked": maybe(number("Seconds for which they talked with the caller; null for never.")),
        "told": array(
            closed({"at": time("When."), "text": text("What they were told.")}),
            "Every document that was read to them; only where one call is asked for.",
        ),
    },
    "told",
)
MESSAGE: Schema = closed(
    {
        "text": text("What the AI has noted."),
        "recording": maybe(
            closed({"url": text("Where the recording is."), "seconds": maybe(number("How long it is."))})
        ),
    }
)
WAITS: Schema = closed(
    {
        "since": time("When they first asked for a human: the place in the line is by that."),
        "until": time("When they have waited for as long as the plan allows."),
        "place": whole("Their place among those who wait for any of the same humans; 1 is next."),
        "seconds": maybe(number("How long it may take, by the last calls; null when nobody can say.")),
    }
)
CALL: Schema = {
    "id": text("The call's id.", pattern="^[0-9a-f]{1,64}$"),
    "stage": one_of("Where the caller is now.", Stage),
    "caller": text("The caller's number, as the carrier tells it."),
    "called": text("The number that they called."),
    "started_at": time("When the call came."),
    "disclosed_at": maybe(time("When the caller had heard that an AI speaks; null for not yet.")),
    "ended_at": maybe(time("When the caller was gone; null while they are there.")),
    "outcome": maybe(one_of("How the call ended; null while the caller is there.", CallEnd)),
    "ai": one_of("Where the AI's leg and its model are.", AIState),
    "handoff": maybe(ref("Handoff")),
    "handoffs": array(ref("Handoff"), "Every request for a human; the newest is `handoff`, too."),
    "attempts": array(ref("Attempt"), "Each dial of each human, in their order."),
    "message": maybe(ref("Message")),
    "callback": maybe(
        closed({"id": text("Which callback."), "promised_at": time("When it was promised first.")})
    ),
    "waits": maybe(ref("Waits")),
}
STORY: Schema = {
    **CALL,
    "recordings": described_callbacks.RECORDINGS,
    "legs": {
        "type": "object",
        "additionalProperties": array(text("A CallSid.")),
        "description": "Every CallSid by its leg: caller, ai-1, human-1 and so on.",
    },
    "rooms": {
        "type": "object",
        "additionalProperties": text("A ConferenceSid."),
        "description": "Every conference's SID by its name.",
    },
    "billed": closed(
        {
            "legs": array(
                closed(
                    {
                        "leg": text("caller, ai-1, human-1 and so on."),
                        "began_at": time("When it was answered."),
                        "ended_at": maybe(time("When it ended.")),
                        "seconds": number("How long it was up."),
                        "minutes": whole("What the carrier would count: every minute that has begun."),
                    }
                )
            ),
            "minutes": whole("Of all legs."),
        }
    ),
    "transcript": array(
        closed(
            {
                "at": time("When."),
                "who": text("caller, ai, or who else spoke."),
                "text": text("The words."),
            }
        )
    ),
    "journal": array(ref("Decision"), "Every decision, in its order."),
}
DECISION: Schema = closed(
    {
        "at": time("When it was decided."),
        "event": text("What had happened."),
        "data": {"type": "object", "description": "What the event says."},
        "before": text("The stage before."),
        "after": text("The stage after."),
        "orders": array(
            {
                "type": "object",
                "properties": {
                    "order": text("What was ordered."),
                    "done_at": maybe(time("When it was done; null while it is open.")),
                    "result": text("What came of it."),
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
    "live": text("1 for calls that go on, and no others.", enum=["1", "true", "0", "false"]),
    "number": text("The caller's number, or a human's that was called; without a + its last digits."),
    "since": text(f"Begun then or later: {FORMS}, or seconds since 1970. Without a zone it is UTC."),
    "human": text("A human of this name was dialled.", maxLength=100),
    "outcome": text("The call, or an attempt, ended so.", enum=[OPEN, *Outcome, *CallEnd]),
    "after": text("The `next` of an earlier answer: the page behind it."),
}
PARAMETERS: list[Schema] = [
    {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in _FILTERS.items()
]
ID: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": CALL["id"],
    "description": "The call's id.",
}


PATHS: dict[str, Schema] = {
    "/calls": {
        "get": operation(
            "calls",
            "The newest calls.",
            {"200": answer("A page of them.", ref("Calls"))},
            parameters=PARAMETERS,
        )
    },
    "/calls/{id}": {
        "get": operation(
            "call",
            "All that is remembered of one call.",
            {"200": answer("The call.", ref("Story"))},
            parameters=[ID],
        )
    },
    "/calls/{id}/handoff": {
        "post": operation(
            "handoff",
            "Ask for a human for this caller.",
            {
                "202": answer("It is asked for; the call as it is now.", ref("Call")),
                "409": answer("The call is in a stage in which nobody can be handed over.", ref("Fault")),
            },
            parameters=[ID],
            requestBody={"required": False, "content": {"application/json": {"schema": ref("Asked")}}},
        )
    },
    **described_callbacks.PATHS,
    "/openapi.json": {"get": operation("description", "This.", {"200": answer("It.", {"type": "object"})})},
}
_NEXT = text("The `after` of the page behind this one; null on the last.")
SCHEMAS: dict[str, Schema] = {
    "Calls": closed({"calls": array(ref("Call")), "next": maybe(_NEXT)}),
    "Call": closed(CALL),
    "Story": closed(STORY),
    "Handoff": HANDED,
    "Attempt": ATTEMPT,
    "Message": MESSAGE,
    "Waits": WAITS,
    "Decision": DECISION,
    **described_callbacks.SCHEMAS,
    "Asked": closed(
        {name: text(_HANDOFF[name], maxLength=most) for name, most in HANDOFF.items()}, *HANDOFF
    ),
    "Fault": closed({"error": text("What kind."), "detail": maybe(text("What to do."))}),
}


def described(server: str, more: Schema) -> Schema:
    """The whole description; `server` is the API's own URL, `more`: paths that are described elsewhere."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "warmtransfer",
            "version": VERSION,
            "description": "The calls that an AI answers, and how they were handed to people.",
        },
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "paths": {**PATHS, **more},
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "WARMTRANSFER_API_TOKEN"}
            },
            "schemas": SCHEMAS,
        },
    }
