"""Which of the console's sessions somebody has ended."""

from __future__ import annotations

from sqlalchemy import Column, Double, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0017"
down_revision = "0014"


def upgrade(change: Change) -> None:
    """One row a session that was logged out of before it was over."""
    change.table(
        "warmtransfer_logout",
        Column("owner", String, primary_key=True),
        Column("session", String, primary_key=True),
        Column("since", Double, nullable=False, server_default=text("0")),
    )
