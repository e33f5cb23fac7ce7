"""What the tables that are kept beside the calls have in common: each row is of one owner."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from warmtransfer.ports.store.line import Run
from warmtransfer.ports.store.owner import Owner

Transaction = Callable[..., AbstractContextManager[Connection]]


class Owned:
    """Rows of one owner. Any thread may call it; StoreBusy as the store."""

    def __init__(
        self,
        run: Run,
        transaction: Transaction,
        owner: Owner | None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._run = run
        self._transaction = transaction
        self._owner = str(owner or "")
        self._now = now
