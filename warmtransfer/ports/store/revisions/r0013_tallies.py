"""What is counted of calls stands beside them, not in the journal alone; wrong passwords are counted."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Integer, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0013"
down_revision = "0012"

CALL, ATTEMPT, JOURNAL = "warmtransfer_call", "warmtransfer_attempt", "warmtransfer_journal"
#: Stages in which a wish for a person begins another request.
FREE = "'connecting', 'ai', 'waiting', 'returning'"


def upgrade(change: Change) -> None:
    """Of what is over it is counted once; the release before goes on with calls that it does not count."""
    for name in ("asked_at", "rang_at", "alone_at"):
        change.column(ATTEMPT, Column(name, Double, nullable=False, server_default=text("0")))
    for name in ("asked", "losses"):
        change.column(CALL, Column(name, Integer, nullable=False, server_default=text("0")))
    change.column(CALL, Column("messaged", Boolean, nullable=False, server_default=text("false")))
    change.column(CALL, Column("quiet", Double, nullable=False, server_default=text("0")))
    change.table(
        "warmtransfer_guess",
        Column("owner", String, primary_key=True),
        Column("seal", String, primary_key=True),
        Column("since", Double, nullable=False, server_default=text("0")),
        Column("tries", Integer, nullable=False, server_default=text("0")),
    )
    number, seconds = (f"CAST({change.within('data', key)} AS NUMERIC)" for key in ("n", "seconds"))
    asked = f"{_event('HandoffAsked')} AND j.before IN ({FREE})"
    answered = "CASE answered_at WHEN 0 THEN joined_at ELSE answered_at END"
    rang = f"{_event('HumanRang')} AND {number} = n AND j.at <= {answered}"
    alone = f"{_event('AILeft')} AND j.at >= joined_at AND j.at <= ended_at"
    _attempts(change, "asked_at", "MAX", f"{asked} AND j.at <= dialled_at")
    _attempts(change, "rang_at", "MIN", rang)
    _attempts(change, "alone_at", "MIN", alone)
    lost = _event("ModelLost")
    _calls(change, "asked", f"(SELECT COUNT(*) {_facts('id')} AND {asked})", asked)
    _calls(change, "losses", f"(SELECT COUNT(*) {_facts('id')} AND {lost})", lost)
    left = f"({_event('MessageTaken')} OR {_event('MessageLeft')} AND {seconds} > 0)"
    _calls(change, "messaged", "true", left)


def _attempts(change: Change, column: str, which: str, counts: str) -> None:
    """The first or last of these facts, of attempts that have brought somebody into the call and are over."""
    found = f"(SELECT {which}(j.at) {_facts('call_id', ATTEMPT)} AND {counts})"
    change.fill(
        f"UPDATE {ATTEMPT} SET {column} = COALESCE({found}, 0) "
        f"WHERE {column} = 0 AND joined_at > 0 AND ended_at > 0"
    )


def _calls(change: Change, column: str, value: str, there: str) -> None:
    """This value, for calls that are over and of which there is such a fact."""
    none = "NOT messaged" if column == "messaged" else f"{column} = 0"
    change.fill(
        f"UPDATE {CALL} SET {column} = {value} WHERE {none} AND stage = 'over' AND alarm_at = 0 "
        f"AND EXISTS (SELECT 1 {_facts('id')} AND {there})"
    )


def _facts(key: str, of: str = CALL) -> str:
    return f"FROM {JOURNAL} j WHERE j.call_id = {of}.{key}"


def _event(name: str) -> str:
    return f"j.event = '{name}'"
