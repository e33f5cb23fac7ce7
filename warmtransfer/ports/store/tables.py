"""The tables that calls are kept in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    text,
)
from sqlalchemy.event import listen

metadata = MetaData()

_Number = BigInteger().with_variant(Integer, "sqlite")


def _serial() -> Column[int]:
    return Column("id", _Number, primary_key=True, autoincrement=True)


def _word(name: str, **options: Any) -> Column[str]:
    return Column(name, String, nullable=False, **options)


def _time(name: str) -> Column[float]:
    return Column(name, Double, nullable=False, server_default=text("0"))


#: What is not over, or still has a timer, and what was not carried out: a few rows of many. Written out and
#: not built, because an index for some rows serves only a question that repeats its condition, constants too.
LIVE = text("(stage <> 'over' OR alarm_at > 0)")
OPEN = text("done_at = 0")
UNDELIVERED = text("state = 'open'")

#: One row a call; `state` is all of `core.call.Call`, the rest is for finding and counting it. `holder` is
#: the process that has the call's stream, or would have it.
call = Table(
    "warmtransfer_call",
    metadata,
    _word("id", primary_key=True),
    _word("owner", server_default=text("''")),
    _word("stage"),
    _word("caller_sid", index=True),
    _word("caller", server_default=text("''")),
    _word("outcome", server_default=text("''")),
    Column("state", JSON, nullable=False),
    _word("holder", server_default=text("''")),
    _time("alarm_at"),
    _time("started_at"),
    _time("updated_at"),
    # Counted as it happens (`tallies`): requests for a person, lost sessions, the longest silence in seconds.
    Column("asked", Integer, nullable=False, server_default=text("0")),
    Column("losses", Integer, nullable=False, server_default=text("0")),
    Column("messaged", Boolean, nullable=False, server_default=text("false")),
    _time("quiet"),
    Index("ix_warmtransfer_call_newest", "started_at", "id"),
    Index("ix_warmtransfer_call_caller", "caller", "started_at", "id"),
    Index("ix_warmtransfer_call_live", "owner", "started_at", "id", sqlite_where=LIVE, postgresql_where=LIVE),
)

#: Written from `call.state` at every save, for questions that span calls.
attempt = Table(
    "warmtransfer_attempt",
    metadata,
    _word("call_id", primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("handoff", Integer, nullable=False),
    _word("name"),
    _word("number", index=True),
    _word("digits", server_default=text("''")),
    _word("style"),
    _word("call_sid"),
    Column("outcome", String),
    _word("answered_by"),
    _word("sip"),
    Column("ended", Boolean, nullable=False),
    _time("dialled_at"),
    _time("answered_at"),
    _time("accepted_at"),
    _time("joined_at"),
    _time("ended_at"),
    # Counted as it happens (`tallies`): their request, when it rang, and when the AI had left the two alone.
    _time("asked_at"),
    _time("rang_at"),
    _time("alone_at"),
    Index("ix_warmtransfer_attempt_ended", "number", "ended_at"),
)

#: One row a seat of a telephone that an attempt has, until its leg has ended.
claim = Table(
    "warmtransfer_claim",
    metadata,
    _word("telephone", primary_key=True),
    Column("seat", Integer, primary_key=True, autoincrement=False),
    _word("call_id", index=True),
    Column("n", Integer, nullable=False),
    _time("since"),
)

#: One row a caller who waits in a line for a human; `place` is `core.place.Waits`.
waiting = Table(
    "warmtransfer_waiting",
    metadata,
    _word("call_id", primary_key=True),
    _word("owner", server_default=text("''")),
    _time("since"),
    Column("priority", Integer, nullable=False, server_default=text("0")),
    Column("place", JSON, nullable=False),
)

#: One row a human who is off duty.
duty = Table(
    "warmtransfer_duty",
    metadata,
    _word("owner", primary_key=True),
    _word("name", primary_key=True),
    _time("since"),
    _word("by", server_default=text("''")),
)

#: One row a human whose own page may be opened by a link; another `turn` makes it another link.
page = Table(
    "warmtransfer_page",
    metadata,
    _word("owner", primary_key=True),
    _word("name", primary_key=True),
    Column("turn", Integer, nullable=False, server_default=text("1")),
    _time("since"),
)

#: One row an address from which wrong passwords came, by its seal, until `since` is a minute ago.
guess = Table(
    "warmtransfer_guess",
    metadata,
    _word("owner", primary_key=True),
    _word("seal", primary_key=True),
    _time("since"),
    Column("tries", Integer, nullable=False, server_default=text("0")),
)

#: One row a decision, in the order in which they were made.
journal = Table(
    "warmtransfer_journal",
    metadata,
    _serial(),
    _word("call_id", index=True),
    _time("at"),
    _word("event"),
    Column("data", JSON, nullable=False),
    _word("before"),
    _word("after"),
    sqlite_autoincrement=True,
)

#: One row an order; `done_at` is 0 until it was carried out. `process` is to do it, and has it for as long as
#: its own lease lasts; `taken` counts from how many it was taken over.
outbox = Table(
    "warmtransfer_outbox",
    metadata,
    _serial(),
    _word("call_id", index=True),
    Column("journal_id", _Number),
    Column("order", JSON, nullable=False),
    _word("lane", server_default=text("''")),
    _word("process", server_default=text("''")),
    Column("taken", Integer, nullable=False, server_default=text("0")),
    _time("at"),
    _time("done_at"),
    _word("result", server_default=text("''")),
    Index("ix_warmtransfer_outbox_open", "process", sqlite_where=OPEN, postgresql_where=OPEN),
    sqlite_autoincrement=True,
)

#: One row a process that serves, where several do; it counts as gone after `until`, by the database's clock.
process = Table(
    "warmtransfer_process",
    metadata,
    _word("id", primary_key=True),
    _word("place"),
    Column("pid", Integer, nullable=False),
    _time("until"),
    # For those who look at it alone.
    _word("host", server_default=text("''")),
    _time("since"),
    Column("streams", Integer, nullable=False, server_default=text("0")),
    Column("leaving", Boolean, nullable=False, server_default=text("false")),
)

#: One row an account: who waits to have a leg made at the carrier, and when the next turn is.
line = Table(
    "warmtransfer_line",
    metadata,
    _word("account", primary_key=True),
    Column("line", JSON, nullable=False),
)

#: One row an event for the host's systems, numbered within its call; `body` is sent as it stands here, each
#: time. `since` is when it was first tried, `due_at` when it is next, by the database's clock; `process` has
#: it `until` then. `unreached`: the last try met nobody.
event = Table(
    "warmtransfer_event",
    metadata,
    _serial(),
    _word("owner", server_default=text("''")),
    _word("call_id", index=True),
    Column("n", Integer, nullable=False),
    _word("type"),
    _word("body"),
    _time("at"),
    _word("state", server_default=text("'open'")),
    _time("since"),
    _time("due_at"),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("unreached", Boolean, nullable=False, server_default=text("false")),
    _word("result", server_default=text("''")),
    _time("done_at"),
    _word("process", server_default=text("''")),
    _time("until"),
    Index("ix_warmtransfer_event_open", "owner", sqlite_where=UNDELIVERED, postgresql_where=UNDELIVERED),
    Index("ix_warmtransfer_event_at", "owner", "at"),
    sqlite_autoincrement=True,
)

#: What caller and AI said.
transcript = Table(
    "warmtransfer_transcript",
    metadata,
    _serial(),
    _word("call_id", index=True),
    _time("at"),
    _word("who"),
    _word("text"),
    sqlite_autoincrement=True,
)

#: One row a call and process with pages that listen to it; the wish holds `until`, by the database's clock.
listener = Table(
    "warmtransfer_listener",
    metadata,
    _word("call_id", primary_key=True),
    _word("process", primary_key=True),
    _time("until"),
)

#: Pieces of a call's sound on their way from one process to another, for seconds: in no write-ahead log.
sound = Table(
    "warmtransfer_sound",
    metadata,
    _serial(),
    _word("call_id", index=True),
    _time("at"),
    _word("body"),
    sqlite_autoincrement=True,
)
_UNLOGGED: Any = DDL("ALTER TABLE %(fullname)s SET UNLOGGED")  # type: ignore[no-untyped-call]
listen(sound, "after_create", _UNLOGGED.execute_if(dialect="postgresql"))

#: What was set at the carrier before we changed it, so that it can be put back; one row an owner.
found = Table(
    "warmtransfer_found",
    metadata,
    _word("owner", primary_key=True),
    Column("settings", JSON, nullable=False),
    _time("at"),
)

#: What has a timer, or is to be fetched.
DUE = text("alarm_at > 0")
FETCHED = text("next_at > 0")

#: One row a callback; `state` is all of `core.callbacks.callback.Callback`.
callback = Table(
    "warmtransfer_callback",
    metadata,
    _word("id", primary_key=True),
    _word("owner", server_default=text("''")),
    _word("call_id", server_default=text("''"), index=True),
    _word("number", server_default=text("''")),
    _word("stage"),
    Column("state", JSON, nullable=False),
    _time("alarm_at"),
    _time("created_at"),
    _time("updated_at"),
    Index("ix_warmtransfer_callback_newest", "owner", "created_at", "id"),
    Index("ix_warmtransfer_callback_due", "owner", "alarm_at", sqlite_where=DUE, postgresql_where=DUE),
)

#: One row an order of a callback, under the rules of `outbox`.
callback_order = Table(
    "warmtransfer_callback_order",
    metadata,
    _serial(),
    _word("callback_id", index=True),
    Column("order", JSON, nullable=False),
    _word("process", server_default=text("''")),
    Column("taken", Integer, nullable=False, server_default=text("0")),
    _time("at"),
    _time("done_at"),
    _word("result", server_default=text("''")),
    Index("ix_warmtransfer_callback_order_open", "process", sqlite_where=OPEN, postgresql_where=OPEN),
    sqlite_autoincrement=True,
)

#: One row a recorded message that somebody wants; `next_at` is 0 once nothing is to be done any more.
recording = Table(
    "warmtransfer_recording",
    metadata,
    _word("call_id", primary_key=True),
    _word("url", primary_key=True),
    _word("owner", server_default=text("''")),
    Column("seconds", Integer, nullable=False, server_default=text("0")),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    _word("kept", server_default=text("''")),
    _word("words", server_default=text("''")),
    _word("fault", server_default=text("''")),
    _time("at"),
    _time("next_at"),
    _time("told_at"),
    _time("deleted_at"),
    Index(
        "ix_warmtransfer_recording_due",
        *("owner", "next_at"),
        sqlite_where=FETCHED,
        postgresql_where=FETCHED,
    ),
)

#: Serialises the creation of tables, and of one call, between processes (`pg_advisory_xact_lock`).
LOCK_TABLES = 7_747_001
LOCK_CALL = 7_747_002
#: Callers who arrive come one at a time: how many there are may decide about the next.
LOCK_ARRIVALS = 7_747_003
#: One process at a time forgets an owner's old calls.
LOCK_PRUNE = 7_747_004
#: Who is rung is decided one call at a time: whoever is taken may decide about the next.
LOCK_RINGING = 7_747_005
#: What one call promises is saved one after the other.
LOCK_CALLBACK = 7_747_009
