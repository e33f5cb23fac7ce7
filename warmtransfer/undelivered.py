"""Says in the log why a human's text message has not arrived, with what to do about it."""

from __future__ import annotations

import logging

from warmtransfer.core import events as ev
from warmtransfer.core.call import Call
from warmtransfer.ports.carrier.refusals import advice

log = logging.getLogger("warmtransfer")


def told(before: Call | None, after: Call, event: ev.Event) -> None:
    """One line a message, for whoever runs the deployment: the call goes on without it."""
    if isinstance(event, ev.CardLost):
        attempt = after.attempt_number(event.n)
        name = attempt.name if attempt else "somebody"
        why = advice(event.code) or "the carrier does not say why"
        log.warning("call %s: the card of %s did not arrive: %s", after.id, name, why)
