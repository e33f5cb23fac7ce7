"""Events for the host's systems, and what became of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0008"
down_revision = "0007"


def _word(name: str, default: str = "") -> Column[str]:
    return Column(name, String, nullable=False, server_default=text(f"'{default}'"))


def _time(name: str) -> Column[float]:
    return Column(name, Double, nullable=False, server_default=text("0"))


def upgrade(change: Change) -> None:
    """One row an event."""
    number = BigInteger().with_variant(Integer, "sqlite")
    change.table(
        "warmtransfer_event",
        Column("id", number, primary_key=True, autoincrement=True),
        _word("owner"),
        Column("call_id", String, nullable=False),
        Column("n", Integer, nullable=False),
        Column("type", String, nullable=False),
        Column("body", String, nullable=False),
        _time("at"),
        _word("state", "open"),
        _time("since"),
        _time("due_at"),
        Column("tries", Integer, nullable=False, server_default=text("0")),
        Column("unreached", Boolean, nullable=False, server_default=text("false")),
        _word("result"),
        _time("done_at"),
        _word("process"),
        _time("until"),
    )
    change.index("warmtransfer_event", "call_id")
    change.index("warmtransfer_event", "owner", name="open", where="state = 'open'")
    change.index("warmtransfer_event", "owner", "at", name="at")
