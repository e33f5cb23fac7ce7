"""Callbacks with what is to be done for them, and recordings that are to be fetched."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Double, Integer, String, text

from warmtransfer.ports.store.migrating import Change

revision = "0009"
down_revision = "0008"


def upgrade(change: Change) -> None:
    """One row a callback, one an order of one, one a recording."""
    _callbacks(change)
    _orders(change)
    _recordings(change)


def _callbacks(change: Change) -> None:
    change.table(
        "warmtransfer_callback",
        Column("id", String, primary_key=True),
        Column("owner", String, nullable=False, server_default=text("''")),
        Column("call_id", String, nullable=False, server_default=text("''")),
        Column("number", String, nullable=False, server_default=text("''")),
        Column("stage", String, nullable=False),
        Column("state", JSON, nullable=False),
        _time("alarm_at"),
        _time("created_at"),
        _time("updated_at"),
    )
    change.index("warmtransfer_callback", "call_id")
    change.index("warmtransfer_callback", "owner", "created_at", "id", name="newest")
    change.index("warmtransfer_callback", "owner", "alarm_at", name="due", where="alarm_at > 0")


def _orders(change: Change) -> None:
    serial = BigInteger().with_variant(Integer, "sqlite")
    change.table(
        "warmtransfer_callback_order",
        Column("id", serial, primary_key=True, autoincrement=True),
        Column("callback_id", String, nullable=False),
        Column("order", JSON, nullable=False),
        Column("process", String, nullable=False, server_default=text("''")),
        Column("taken", Integer, nullable=False, server_default=text("0")),
        _time("at"),
        _time("done_at"),
        Column("result", String, nullable=False, server_default=text("''")),
    )
    change.index("warmtransfer_callback_order", "callback_id")
    change.index("warmtransfer_callback_order", "process", name="open", where="done_at = 0")


def _recordings(change: Change) -> None:
    change.table(
        "warmtransfer_recording",
        Column("call_id", String, primary_key=True),
        Column("url", String, primary_key=True),
        Column("owner", String, nullable=False, server_default=text("''")),
        Column("seconds", Integer, nullable=False, server_default=text("0")),
        Column("tries", Integer, nullable=False, server_default=text("0")),
        Column("kept", String, nullable=False, server_default=text("''")),
        Column("words", String, nullable=False, server_default=text("''")),
        Column("fault", String, nullable=False, server_default=text("''")),
        _time("at"),
        _time("next_at"),
        _time("told_at"),
        _time("deleted_at"),
    )
    change.index("warmtransfer_recording", "owner", "next_at", name="due", where="next_at > 0")


def _time(name: str) -> Column[float]:
    return Column(name, Double, nullable=False, server_default=text("0"))
