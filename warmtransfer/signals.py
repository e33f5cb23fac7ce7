"""What a host app may listen to. Sender: the Flask app; argument `call`: the call after the fact.

Receivers run in a worker thread, inside the app's context, one fact of a call after the other; they may
take their time, and what they raise (`SystemExit`, too) is logged and changes nothing. A receiver may be
`async def`.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable
from typing import Any

from blinker import NamedSignal, Namespace
from flask import Flask

from warmtransfer.core.call import Call
from warmtransfer.core.events import Event
from warmtransfer.core.notices import Kind, notices
from warmtransfer.errors import log_fault
from warmtransfer.ports.loop.coroutines import Coroutines

log = logging.getLogger("warmtransfer")

_signals = Namespace()

#: A call came in.
call_started = _signals.signal("call-started")
#: A human is wanted; also given: `handoff`.
handoff_asked = _signals.signal("handoff-asked")
#: A human talks with the caller; also given: `attempt`.
human_joined = _signals.signal("human-joined")
#: Nobody is being tried any more; also given: `handoff` and `joined`, whether a human has the caller.
handoff_ended = _signals.signal("handoff-ended")
#: A message for those who could not be had: the AI has taken one, or the caller has recorded one; also
#: given: `text`, what the AI has noted, or `url` and `seconds` of the recording.
message_left = _signals.signal("message-left")
#: The caller has left, or was let go.
call_over = _signals.signal("call-over")

#: Each kind of notice by its signal. An attempt's end has none: `call.attempts` tells of it.
SIGNALS = {
    Kind.CALL_STARTED: call_started,
    Kind.HANDOFF_ASKED: handoff_asked,
    Kind.HUMAN_JOINED: human_joined,
    Kind.HANDOFF_ENDED: handoff_ended,
    Kind.MESSAGE_LEFT: message_left,
    Kind.CALL_OVER: call_over,
}


def told(before: Call | None, after: Call) -> list[tuple[NamedSignal, dict[str, Any]]]:
    """The signals that the change from `before` to `after` calls for, in order."""
    due = notices(before, after)
    return [(SIGNALS[each.kind], each.more) for each in due if each.kind in SIGNALS]


class Announcer:
    """Sends the signals of one app."""

    def __init__(self, app: Flask, coroutines: Coroutines | None = None) -> None:
        self._app = app
        self._coroutines = coroutines or Coroutines()

    def __call__(self, before: Call | None, after: Call, event: Event) -> None:
        """Tell whoever listens what this change means to a host app."""
        for signal, more in told(before, after):
            for receiver in signal.receivers_for(self._app):
                self._tell(receiver, after, more)

    def _tell(self, receiver: Any, call: Call, more: dict[str, Any]) -> None:
        try:
            with self._app.app_context():
                answer = receiver(self._app, call=call, **more)
            if inspect.isawaitable(answer):
                self._coroutines.run(lambda: self._finish(answer))
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # noqa: BLE001 - a SystemExit would end this call's later signals
            log_fault(log, exc, "call %s: a listener failed", call.id)

    async def _finish(self, answer: Awaitable[object]) -> None:
        with self._app.app_context():
            await answer
