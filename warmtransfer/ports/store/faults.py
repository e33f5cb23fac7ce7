"""The database's faults, as ours: what may be asked again, and what not."""

from __future__ import annotations

import logging

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from warmtransfer.errors import StoreBusy, WarmTransferError

log = logging.getLogger("warmtransfer.ports.store.store")


def mapped(exc: SQLAlchemyError) -> WarmTransferError:
    """Ours for theirs: locked, unreachable and full count as busy, the rest is nobody's passing trouble."""
    brief = _brief(exc)
    lost = isinstance(exc, DBAPIError) and exc.connection_invalidated
    passing = isinstance(exc, OperationalError | InterfaceError | PoolTimeout)
    # SQLite's driver calls a wrong statement or a missing table operational too.
    if lost or (passing and not brief.endswith(" SQLITE_ERROR")):
        log.warning("the database cannot be had: %s", brief)
        return StoreBusy(f"the database cannot be had: {brief}")
    log.error("the database refuses: %s", brief)
    return WarmTransferError(f"the database refuses: {brief}")


def _brief(exc: SQLAlchemyError) -> str:
    """The kind of failure, without the statement and its values."""
    cause = getattr(exc, "orig", None)
    state = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or ""
    return f"{type(cause or exc).__name__} {state}".strip()
