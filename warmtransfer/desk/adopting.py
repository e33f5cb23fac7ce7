"""Rooms that belong to no stored call: the database was lost, or the call was made by nobody we know."""

from __future__ import annotations

import logging
from collections.abc import Callable

from warmtransfer import errors
from warmtransfer.core.call import Call, call_of
from warmtransfer.desk.protocols import Carrier

log = logging.getLogger("warmtransfer")


class Adoption:
    """Ends such rooms, so that their callers start anew. Runs in worker threads and keeps no state."""

    def __init__(self, carrier: Carrier, call: Callable[[str], Call | None], number: str) -> None:
        """`call`: the stored call of an id; `number`: our own."""
        self._carrier = carrier
        self._call = call
        self._number = number

    def adopt(self, room: str) -> None:
        """End a room whose call nobody knows; its caller's leg then asks what comes next, and starts anew.

        A caller who has company of a human's is left alone.
        """
        try:
            sid = self._carrier.find_room(room)
            if sid and not any(label.startswith("human-") for label in self._carrier.people(sid)):
                log.warning("room %s belongs to no stored call: it is ended, its caller starts anew", room)
                self._carrier.end_room(sid)
        except errors.CarrierError as fault:
            log.warning("room %s belongs to no stored call, and was not ended: %s", room, fault)

    def adopt_forgotten(self) -> None:
        """Adopt the rooms of our number whose calls nobody knows: the database was lost."""
        try:
            for room in self._carrier.open_rooms():
                if self._forgotten(room):
                    self.adopt(room)
        except errors.CarrierError as fault:
            log.warning("rooms that belong to no stored call were not looked for: %s", fault)

    def _forgotten(self, room: str) -> bool:
        call_id = call_of(room)
        if not call_id or self._call(call_id) is not None:
            return False
        # Another deployment of ours may share the account: its callers have phoned another number.
        caller = self._carrier.find_participant(self._carrier.find_room(room), "caller")
        return bool(caller) and self._carrier.number_called(caller) == self._number
