"""What was set at the carrier before we changed it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store, here
from warmtransfer.ports.store.tables import found


class Findings(Store):
    """One owner's, in the database at `url`, which is made or brought up to date as the app's own is."""

    def __init__(self, url: str, owner: Owner) -> None:
        super().__init__(url, here, owner=owner)
        self._name = str(owner)

    def found(self) -> Mapping[str, Any] | None:
        """What stood there before the first change that was not undone; None for no change."""
        rows = self._read(select(found.c.settings).where(found.c.owner == self._name))
        return dict(rows[0].settings) if rows else None

    def keep(self, settings: Mapping[str, Any]) -> None:
        """Remember this, unless something is remembered already: what we have set ourselves is no finding."""
        if self.found() is None:
            row = {"owner": self._name, "settings": dict(settings), "at": time.time()}
            self._run(self._write, insert(found), [row])

    def forget(self) -> None:
        """It was put back."""
        self._run(self._delete, delete(found).where(found.c.owner == self._name))

    def _delete(self, statement: Any) -> None:
        with self._transaction() as db:
            db.execute(statement)
