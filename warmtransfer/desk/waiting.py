"""Callers who came while nobody was up: the fallback document has them, and we take them in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from warmtransfer import errors
from warmtransfer.core.call import Call, Stage
from warmtransfer.core.legs import LegState
from warmtransfer.desk.protocols import Carrier, Links, Settings

log = logging.getLogger("warmtransfer")


class Waiting:
    """Has callers who are not served, and are in no room, begin with us. Blocks; one at a time.

    One who talks with the number of last resort is left alone: their document asks when that is over.
    """

    def __init__(
        self, carrier: Carrier, links: Links, settings: Settings, by_caller: Callable[[str], Call | None]
    ) -> None:
        self._carrier = carrier
        self._links = links
        self._settings = settings
        self._by_caller = by_caller
        self._moved: list[str] = []  #: the last ones, whose request may still be on its way

    def take_in_all(self) -> None:
        """Everybody who waits now."""
        try:
            self._take_in(self._carrier.incoming(self._settings.number))
        except (errors.CarrierError, errors.StoreBusy) as fault:
            log.warning("callers who came while nobody was up were not all taken in: %s", fault)

    def take_in(self, call_sid: str) -> None:
        """The one who has just knocked."""
        try:
            self._take_in([call_sid])
        except (errors.CarrierError, errors.StoreBusy) as fault:
            log.warning("call %s, which waits, was not taken in: %s", call_sid, fault)

    def _take_in(self, sids: Iterable[str]) -> None:
        waiting = [sid for sid in sids if sid not in self._moved and self._unserved(self._by_caller(sid))]
        seated = self._seated() if waiting else frozenset()
        for sid in waiting:
            if sid not in seated and not self._talks(sid):
                log.warning("call %s came while nobody was up: it is taken in", sid)
                self._carrier.move_call(sid, self._links.again())
                self._moved = [*self._moved[-99:], sid]

    def _unserved(self, call: Call | None) -> bool:
        """Not known, or by a request whose answer came too late: the fallback document was there first."""
        return call is None or call.stage is Stage.ARRIVING

    def _seated(self) -> frozenset[str]:
        rooms = [self._carrier.find_room(name) for name in self._carrier.open_rooms()]
        return frozenset(sid for room in rooms if room for sid in self._carrier.people(room).values())

    def _talks(self, sid: str) -> bool:
        number = self._settings.last_resort
        return bool(number) and self._carrier.find_child(sid, number)[1] is LegState.UP
