"""What a host app may listen to. Sender: the Flask app; argument `call`: the call after the fact.

Receivers run in a worker thread, inside the app's context, one fact of a call after the other; they may
take their time, and what they raise (`SystemExit`, too) is logged and changes nothing. A receiver may be
`async def`.
"""

from __future__ import annotations

import inspect
import io
import logging
from collections.abc import Awaitable
from typing import Any

from blinker import NamedSignal, Namespace
from flask import Flask

from warmtransfer.core.call import Call
from warmtransfer.core.callbacks import notices as back
from warmtransfer.core.callbacks.callback import Callback
from warmtransfer.core.events import Event
from warmtransfer.core.notices import Kind, notices
from warmtransfer.errors import log_fault
from warmtransfer.ports.loop.coroutines import Coroutines
from warmtransfer.ports.store.recordings import Recording

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
#: A message for those who could not be had; also given: `text`, `url`, `seconds` and `stream`. What the AI
#: has noted is a text. What the caller has recorded comes once it has been fetched: `stream` is the WAV
#: file, to be read (None when it could not be had), and `text` what is said in it, where a model could tell.
#: Whoever raises is told of it once more, and anybody may be told of one message twice.
message_left = _signals.signal("message-left")
#: The caller has left, or was let go.
call_over = _signals.signal("call-over")

#: A callback has been promised; given, instead of `call`: `callback`.
callback_taken = _signals.signal("callback-taken")
#: A callback is done, given up or cancelled; given, instead of `call`: `callback`, whose stage says which.
callback_ended = _signals.signal("callback-ended")

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
    news = [each for each in notices(before, after) if each.kind in SIGNALS]
    # A recording is told of with its sound, once that has been fetched.
    due = (each for each in news if not (each.kind is Kind.MESSAGE_LEFT and each.more["url"]))
    return [(SIGNALS[each.kind], each.more | _besides(each.kind)) for each in due]


def _besides(kind: Kind) -> dict[str, Any]:
    return {"stream": None} if kind is Kind.MESSAGE_LEFT else {}


#: The same of callbacks.
SIGNALS_BACK = {back.Kind.TAKEN: callback_taken, back.Kind.ENDED: callback_ended}


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

    def back(self, before: Callback | None, after: Callback) -> None:
        """Tell them what became of a callback."""
        for kind in back.notices(before, after):
            for receiver in SIGNALS_BACK[kind].receivers_for(self._app):
                self._send(receiver, f"callback {after.id}", {"callback": after})

    def recorded(self, call: Call, recording: Recording, sound: io.BytesIO | None) -> None:
        """Tell all of them of a recorded message; then raises RuntimeError if one of them has."""
        faults: list[str] = []
        given = {"text": recording.words, "url": recording.url, "seconds": recording.seconds}
        for receiver in message_left.receivers_for(self._app):
            if sound is not None:
                sound.seek(0)
            try:
                self._given(receiver, {"call": call, **given, "stream": sound})
            except KeyboardInterrupt:
                raise
            except BaseException as exc:  # noqa: BLE001 - a SystemExit would end what sees to recordings
                log_fault(log, exc, "call %s: a listener failed", call.id)
                faults.append(type(exc).__name__)
        if faults:
            raise RuntimeError(faults[0])

    def _tell(self, receiver: Any, call: Call, more: dict[str, Any]) -> None:
        self._send(receiver, f"call {call.id}", {"call": call, **more})

    def _send(self, receiver: Any, what: str, given: dict[str, Any]) -> None:
        try:
            self._given(receiver, given)
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # noqa: BLE001 - a SystemExit would end this call's later signals
            log_fault(log, exc, "%s: a listener failed", what)

    def _given(self, receiver: Any, given: dict[str, Any]) -> None:
        with self._app.app_context():
            answer = receiver(self._app, **given)
        if inspect.isawaitable(answer):
            self._coroutines.run(lambda: self._finish(answer))

    async def _finish(self, answer: Awaitable[object]) -> None:
        with self._app.app_context():
            await answer
