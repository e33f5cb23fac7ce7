"""The tables of 0.1.0."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Integer, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0001"
down_revision = None


def _word(name: str) -> Column[str]:
    return Column(name, String, nullable=False)


def _time(name: str) -> Column[float]:
    return Column(name, Double, nullable=False, server_default=text("0"))


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger().with_variant(Integer, "sqlite"))


def _serial() -> Column[int]:
    serial = BigInteger().with_variant(Integer, "sqlite")
    return Column("id", serial, primary_key=True, autoincrement=True)


def upgrade(change: Change) -> None:
    """Make the tables that are missing."""
    _calls(change)
    _decisions(change)
    change.table(
        "warmtransfer_transcript", _serial(), _word("call_id"), _time("at"), _word("who"), _word("text")
    )
    change.index("warmtransfer_transcript", "call_id")


def _calls(change: Change) -> None:
    call, attempt = "warmtransfer_call", "warmtransfer_attempt"
    change.table(
        call,
        Column("id", String, primary_key=True),
        *(_word("stage"), _word("caller_sid"), Column("state", JSON, nullable=False)),
        *(_time("alarm_at"), _time("started_at"), _time("updated_at")),
    )
    change.index(call, "stage")
    change.index(call, "caller_sid")
    change.index(call, "started_at", "id", name="newest")
    change.table(
        attempt,
        Column("call_id", String, primary_key=True),
        Column("n", Integer, primary_key=True, autoincrement=False),
        Column("handoff", Integer, nullable=False),
        *(_word("name"), _word("number"), _word("style"), _word("call_sid"), Column("outcome", String)),
        *(_word("answered_by"), _word("sip"), Column("ended", Boolean, nullable=False)),
        *map(_time, ("dialled_at", "answered_at", "accepted_at", "joined_at", "ended_at")),
    )
    change.index(attempt, "number")


def _decisions(change: Change) -> None:
    journal, outbox = "warmtransfer_journal", "warmtransfer_outbox"
    change.table(
        journal,
        *(_serial(), _word("call_id"), _time("at"), _word("event")),
        *(Column("data", JSON, nullable=False), _word("before"), _word("after")),
    )
    change.index(journal, "call_id")
    change.table(
        outbox,
        *(_serial(), _word("call_id"), _number("journal_id"), Column("order", JSON, nullable=False)),
        *(_time("at"), _time("done_at")),
        Column("result", String, nullable=False, server_default=text("''")),
        Column("lease_owner", String, nullable=False, server_default=text("''")),
        _time("lease_until"),
    )
    change.index(outbox, "call_id")
