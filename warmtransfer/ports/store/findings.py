"""What was set at the carrier before we changed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warmtransfer.ports.store.owner import Owner
from warmtransfer.ports.store.store import Store, here


class Findings:
    """One owner's, in the database at `url`, which is made or brought up to date as the app's own is."""

    def __init__(self, url: str, owner: Owner) -> None:
        self._store = Store(url, here)
        self._name = str(owner)

    def found(self) -> Mapping[str, Any] | None:
        """What stood there before the first change that was not undone; None for no change."""
        return self._store.found(self._name)

    def keep(self, settings: Mapping[str, Any]) -> None:
        """Remember this, unless something is remembered already: what we have set ourselves is no finding."""
        self._store.keep_found(self._name, settings)

    def forget(self) -> None:
        """It was put back."""
        self._store.forget_found(self._name)

    def close(self) -> None:
        """Close the database."""
        self._store.close()
