"""How a call ended, as far as a release that says so has saved it."""

from __future__ import annotations

from sqlalchemy import Column, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0011"
down_revision = "0010"


def upgrade(change: Change) -> None:
    """A word beside the state; empty for a call that goes on, and for what an older release saved last."""
    change.column("warmtransfer_call", Column("outcome", String, nullable=False, server_default=text("''")))
