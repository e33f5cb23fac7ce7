"""Two who talk, and a leg that is listened to: what is asked of the carrier for them."""

from __future__ import annotations

import logging
from contextlib import suppress

from warmtransfer import errors
from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.legs import Place
from warmtransfer.desk.protocols import Carrier, Links

log = logging.getLogger("warmtransfer")


def look(carrier: Carrier, call_id: str, order: do.LookAtBridge) -> ev.Event:
    """Where caller and human are in their room."""
    found = carrier.places(order.room_sid)
    human = found.get(order.call_sid) or found.get(f"human-{order.n}", Place.OUT)
    return ev.BridgeSeen(order.n, order.room_sid, found.get(order.caller_sid, Place.OUT), human)


def mend(carrier: Carrier, call_id: str, order: do.MendBridge) -> None:
    """Let one of them be heard; whoever has gone is found by the look that follows."""
    log.warning("call %s: %s is muted or on hold beside a human: let go", call_id, order.key)
    with suppress(errors.CarrierGone):
        carrier.release(order.room_sid, order.call_sid)


def listen(carrier: Carrier, links: Links, call_id: str, order: do.ListenToLeg) -> None:
    """Have the leg ask for its document anew: it listens now."""
    carrier.move_call(order.call_sid, links.human(call_id, order.n))
