"""Carries out orders about the leg of somebody who listens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from warmtransfer.core import events as ev
from warmtransfer.core import orders as do
from warmtransfer.core.legs import Ended, LegState
from warmtransfer.desk.protocols import Carrier, Links, Settings
from warmtransfer.errors import CarrierGone

log = logging.getLogger("warmtransfer")


def gone_is_done(request: Callable[..., object], *arguments: str | int) -> None:
    """Ending what is over already is success."""
    try:
        request(*arguments)
    except CarrierGone:
        log.debug("already over")


def supervising(
    carrier: Carrier, links: Links, settings: Settings
) -> dict[type[do.Order], Callable[[str, Any], ev.Event | None]]:
    """How each of these orders is done."""

    def dial(call_id: str, order: do.DialSupervisor) -> ev.Event:
        # No detection of machines: nobody is let in without a key.
        sid = carrier.dial(
            to=order.number,
            from_=settings.number,
            url=links.supervisor(call_id, order.n),
            status_callback=links.supervisor_status(call_id, order.n),
            amd_callback="",
            ring=int(order.ring),
            time_limit=settings.call_limit,
            digits=order.digits,
        )
        return ev.SupervisorDialled(order.n, sid)

    def set_role(call_id: str, order: do.SetRole) -> None:
        gone_is_done(carrier.voice, order.room_sid, order.call_sid, order.muted, order.coached)

    def end(call_id: str, order: do.EndSupervisor) -> ev.Event | None:
        if not order.call_sid:
            return None
        gone_is_done(carrier.end_call, order.call_sid)
        return ev.SupervisorEnded(order.n)

    def look(call_id: str, order: do.LookForSupervisor) -> ev.Event | None:
        state = carrier.leg(order.call_sid)
        over = state is LegState.UNKNOWN or isinstance(state, Ended)
        return ev.SupervisorEnded(order.n) if over else None

    return {
        do.DialSupervisor: dial,
        do.SetRole: set_role,
        do.EndSupervisor: end,
        do.LookForSupervisor: look,
    }
