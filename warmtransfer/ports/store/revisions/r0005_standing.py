"""What a process says of itself to whoever looks: its host, since when, its streams, that it leaves."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Integer, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0005"
down_revision = "0004"


def upgrade(change: Change) -> None:
    """Processes of the release before say nothing of it."""
    process = "warmtransfer_process"
    change.column(process, Column("host", String, nullable=False, server_default=text("''")))
    change.column(process, Column("since", Double, nullable=False, server_default=text("0")))
    change.column(process, Column("streams", Integer, nullable=False, server_default=text("0")))
    change.column(process, Column("leaving", Boolean, nullable=False, server_default=text("false")))
