"""The line of legs that wait for their turn: one row an account."""

from __future__ import annotations

from sqlalchemy import JSON, Column, String

from warmtransfer.ports.store.migrating import Change

revision = "0004"
down_revision = "0003"


def upgrade(change: Change) -> None:
    """Nobody waits yet."""
    change.table(
        "warmtransfer_line",
        Column("account", String, primary_key=True),
        Column("line", JSON, nullable=False),
    )
