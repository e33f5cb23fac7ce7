"""Whose telephone is in use, who is off duty, and when an attempt at a number ended."""

from __future__ import annotations

from sqlalchemy import Column, Double, Integer, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0007"
down_revision = "0006"


def upgrade(change: Change) -> None:
    """One row a seat that is taken, one a human who is away."""
    change.table(
        "warmtransfer_claim",
        Column("telephone", String, primary_key=True),
        Column("seat", Integer, primary_key=True, autoincrement=False),
        Column("call_id", String, nullable=False),
        Column("n", Integer, nullable=False),
        Column("since", Double, nullable=False, server_default=text("0")),
    )
    change.index("warmtransfer_claim", "call_id")
    change.table(
        "warmtransfer_duty",
        Column("owner", String, primary_key=True),
        Column("name", String, primary_key=True),
        Column("since", Double, nullable=False, server_default=text("0")),
        Column("by", String, nullable=False, server_default=text("''")),
    )
    change.index("warmtransfer_attempt", "number", "ended_at", name="ended")
