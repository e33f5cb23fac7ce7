"""Pages that listen to a call whose stream another process has."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Integer, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0014"
down_revision = "0013"


def upgrade(change: Change) -> None:
    """One row a call and process that listens; and what it is given to hear, for seconds."""
    change.table(
        "warmtransfer_listener",
        Column("call_id", String, primary_key=True),
        Column("process", String, primary_key=True),
        Column("until", Double, nullable=False, server_default=text("0")),
    )
    change.table(
        "warmtransfer_sound",
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
        Column("call_id", String, nullable=False),
        Column("at", Double, nullable=False, server_default=text("0")),
        Column("body", String, nullable=False),
        logged=False,
    )
    change.index("warmtransfer_sound", "call_id")
