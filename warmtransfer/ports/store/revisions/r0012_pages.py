"""Whose own page may be opened by a link."""

from __future__ import annotations

from sqlalchemy import Column, Double, Integer, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0012"
down_revision = "0011"


def upgrade(change: Change) -> None:
    """One row a human who has a link."""
    change.table(
        "warmtransfer_page",
        Column("owner", String, primary_key=True),
        Column("name", String, primary_key=True),
        Column("turn", Integer, nullable=False, server_default=text("1")),
        Column("since", Double, nullable=False, server_default=text("0")),
    )
