"""What a call's model is offered to hand over to, and when that has changed under it."""

from __future__ import annotations

from typing import Any, Protocol

from warmtransfer.core.available import Available
from warmtransfer.relay.tools import Toolbox


class Directory(Protocol):
    """Who may be dialled. Only `renew` blocks."""

    serial: int  #: counts changes, but for those that time brings

    def now(self) -> Available:
        """Who can be reached at this moment."""

    def moment(self) -> float:
        """What time it is."""

    def renew(self) -> None:
        """Make sure that it is of now."""


class Offers:
    """One call's. Used in the loop; looking costs a comparison while nothing changes."""

    __slots__ = ("_directory", "_found", "_serial", "_toolbox", "_waits", "tools")

    def __init__(self, toolbox: Toolbox, directory: Directory) -> None:
        self._toolbox = toolbox
        self._directory = directory
        self._waits = False
        self._look()

    def wait(self, waits: bool) -> None:
        """Whether the caller waits in a line, which the tools then are about, too; `changed` tells of it."""
        self._waits, self._serial = waits, -1

    def changed(self) -> tuple[str, bool] | None:
        """None while the tools are as they were; else `tools` are new: the change in words, and whether it
        came with the hour, which is news to a model that has told the caller otherwise."""
        due = 0.0 < self._found.until <= self._directory.moment()
        if self._serial == self._directory.serial and not due:
            return None
        before = self.tools
        self._look()
        if self.tools == before:
            return None
        return f"Who can be reached has changed. {self._found.told()}", due

    def _look(self) -> None:
        self._serial = self._directory.serial
        self._found = self._directory.now()
        self.tools: list[dict[str, Any]] = self._toolbox.shown(self._found, self._waits)
