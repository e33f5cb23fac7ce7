"""What the host app shows of its own on a call's page: fetched by the page once it is there, and limited.

The host's code may ask other systems, and wait for them. The page, and what can be done on it, do not.
"""

from __future__ import annotations

import logging
import threading

from flask import Response

from warmtransfer.console.pages import escaped
from warmtransfer.console.room import console, here
from warmtransfer.console.story import known
from warmtransfer.core.call import Call
from warmtransfer.errors import log_fault

log = logging.getLogger("warmtransfer")

#: Bytes that are shown, as many as a whole page of ours may have; and panels made at once by a process.
MOST = 60_000
AT_ONCE = 4

_room = threading.BoundedSemaphore(AT_ONCE)


@console.get("/calls/<call_id>/panel")
def panel(call_id: str) -> Response:
    """The host app's part: nothing when it shows nothing; in words why it cannot be shown."""
    call = known(call_id)
    if not _room.acquire(blocking=False):
        return _answer(_sorry("too many are still being made"))
    try:
        return _answer(_made(call))
    finally:
        _room.release()


def _made(call: Call) -> str:
    make = here().panel
    if make is None:
        return ""
    try:
        made = escaped(make(call) or "")
    except Exception as exc:  # noqa: BLE001 - the page of a call is shown whatever the host's part does
        log_fault(log, exc, "call %s: the console's panel failed", call.id)
        return _sorry("it failed, and the log says where")
    if len(made.encode()) > MOST:
        log.warning("call %s: the console's panel is of %d bytes, more than %d", call.id, len(made), MOST)
        return _sorry("it is too long")
    return made


def _sorry(why: str) -> str:
    return f'<p class="muted">The app’s own part is not shown: {why}.</p>'


def _answer(html: str) -> Response:
    return Response(html, content_type="text/html; charset=utf-8")
