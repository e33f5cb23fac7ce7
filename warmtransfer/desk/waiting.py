"""Callers who came while nobody was up: the fallback document has them, and we take them in."""

from __future__ import annotations

import logging
from collections.abc import Callable

from warmtransfer import errors
from warmtransfer.core.call import Call
from warmtransfer.core.legs import LegState
from warmtransfer.desk.protocols import Carrier, Links, Settings

log = logging.getLogger("warmtransfer")


def take_in(
    carrier: Carrier, links: Links, settings: Settings, by_caller: Callable[[str], Call | None]
) -> None:
    """Have every caller whom we do not know, and who is in no room, ask for us at once.

    One who talks with the number of last resort is left alone: their document asks when that is over.
    """
    try:
        waiting = [sid for sid in carrier.incoming(settings.number) if by_caller(sid) is None]
        seated = _seated(carrier) if waiting else frozenset()
        for sid in waiting:
            if sid not in seated and not _talks(carrier, sid, settings.last_resort):
                log.warning("call %s came while nobody was up: it is taken in", sid)
                carrier.move_call(sid, links.again())
    except errors.CarrierError as fault:
        log.warning("callers who came while nobody was up were not all taken in: %s", fault.kind)


def _seated(carrier: Carrier) -> frozenset[str]:
    rooms = [carrier.find_room(name) for name in carrier.open_rooms()]
    return frozenset(sid for room in rooms if room for sid in carrier.people(room).values())


def _talks(carrier: Carrier, sid: str, number: str) -> bool:
    return bool(number) and carrier.find_child(sid, number)[1] is LegState.UP
