"""Who waits in a line for a human."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, Integer, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0010"
down_revision = "0009"


def upgrade(change: Change) -> None:
    """One row a caller who waits."""
    change.table(
        "warmtransfer_waiting",
        Column("call_id", String, primary_key=True),
        Column("owner", String, nullable=False, server_default=text("''")),
        Column("since", Double, nullable=False, server_default=text("0")),
        Column("priority", Integer, nullable=False, server_default=text("0")),
        Column("place", JSON, nullable=False),
    )
