"""What was set at the carrier before `provision` changed it."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0006"
down_revision = "0005"


def upgrade(change: Change) -> None:
    """One row an owner."""
    change.table(
        "warmtransfer_found",
        Column("owner", String, primary_key=True),
        Column("settings", JSON, nullable=False),
        Column("at", Double, nullable=False, server_default=text("0")),
    )
