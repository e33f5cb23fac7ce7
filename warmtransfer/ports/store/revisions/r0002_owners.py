"""Whose a call is, who rang, and the digits behind a human's number."""

from __future__ import annotations

from sqlalchemy import Column, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0002"
down_revision = "0001"


def upgrade(change: Change) -> None:
    """A call without an owner is claimed at the next start, one without a caller is found by its state."""
    call = "warmtransfer_call"
    change.column(call, Column("owner", String, nullable=False, server_default=text("''")))
    change.column(call, Column("caller", String, nullable=False, server_default=text("''")))
    change.column("warmtransfer_attempt", Column("digits", String, nullable=False, server_default=text("''")))
    change.index(call, "caller", "started_at", "id", name="caller")
    change.index(call, "owner", "started_at", "id", name="live", where="(stage <> 'over' OR alarm_at > 0)")
