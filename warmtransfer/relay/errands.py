"""What the model and the caller send us to do: tools in threads of their own, and asking for a human."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from warmtransfer.clock import Clock
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.errors import WarmTransferError, log_fault
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.protocol import ToolCall
from warmtransfer.relay.tools import TAKE_MESSAGE, TRANSFER, CallInfo, Toolbox

log = logging.getLogger("warmtransfer")

#: `answered(call_id, text, speak)`, in the loop; an empty call_id when no tool waits for the text.
Answered = Callable[[str, str, bool], object]

ON_THE_WAY = frozenset({Stage.RINGING, Stage.BRIEFING, Stage.CANCELLING})
BAD_ARGUMENTS = "The arguments were not a JSON object. Call the tool again with correct ones."
NOT_POSSIBLE = "The handoff could not be started. Tell the caller so, and offer to help yourself."
TOO_SLOW = "The tool did not answer in time. Tell the caller it did not work."
NOTHING_SAID = "There was nothing in the message. Ask the caller for it, then call the tool again."
NOT_TAKEN = "The message could not be kept. Tell the caller so, and to call again later."
TAKEN = "The message has been taken. Tell the caller so in one sentence."
#: Letters of a message that are kept.
MESSAGE_LIMIT = 4000
CONNECTED = "The caller is being connected now. Say nothing more."


class Desk(Protocol):
    """The part of the desk a relay needs. Only `post` and `ask` block."""

    def post(self, call_id: str, event: ev.Event) -> Call:
        """Decide this fact now."""

    def post_later(self, call_id: str, event: ev.Event) -> None:
        """Decide this fact soon."""

    def ask(self, call_id: str, source: str, target: str = "", reason: str = "", summary: str = "") -> Call:
        """Ask for a human."""

    def heard(self, call_id: str, who: str, text: str) -> None:
        """Keep a line of what was said."""


def standing(call: Call) -> str:
    """Where a handoff stands, in words for the model."""
    if call.stage in ON_THE_WAY:
        return briefing.progress(call)
    if call.stage in (Stage.JOINING, Stage.HUMAN, Stage.REDIRECTED, Stage.MESSAGE, Stage.OVER):
        return CONNECTED
    return call.news or briefing.exhausted(call)


class Errands:
    """One call's errands. Used in the loop."""

    def __init__(
        self, info: CallInfo, loop: Loop, clock: Clock, desk: Desk, toolbox: Toolbox, answered: Answered
    ) -> None:
        self._info = info
        self._loop = loop
        self._clock = clock
        self._desk = desk
        self._toolbox = toolbox
        self._answered = answered
        self._open: dict[str, ToolCall] = {}
        self._transfer: ToolCall | None = None

    def run(self, call: ToolCall, seconds: float) -> None:
        """Run what the model called; it is answered once, after `seconds` at the latest."""
        if call.arguments is None:
            self._answered(call.call_id, BAD_ARGUMENTS, True)
            return
        self._open[call.call_id] = call
        self._loop.later(self._clock.real(seconds), self._late, call)
        if call.name == TRANSFER:
            self._transfer = call
            wish = [str(call.arguments.get(key) or "") for key in ("target", "reason", "summary")]
            self._loop.spawn(lambda: self._done(call, self._ask("tool", *wish), not call.spoken))
        elif call.name == TAKE_MESSAGE and call.name not in self._toolbox:
            text = str(call.arguments.get("text") or "").strip()[:MESSAGE_LIMIT]
            self._loop.spawn(lambda: self._done(call, self._take(text), True))
        else:
            arguments = call.arguments
            run = self._toolbox.run
            limit = self._clock.real(seconds)
            self._loop.spawn(lambda: self._done(call, run(call.name, arguments, self._info, limit), True))

    def ask(self, source: str, reason: str, summary: str) -> None:
        """Ask for a human although the model did not."""
        self._loop.spawn(
            lambda: self._loop.soon(self._answered, "", self._ask(source, "", reason, summary), True)
        )

    def tell(self, news: str) -> bool:
        """Give the news as the output of a handoff the model waits for; False when it waits for none."""
        call = self._transfer
        if call is None:
            return False
        self._close(call, news, True)
        return True

    @property
    def transferring(self) -> bool:
        """Whether the model has asked for a human and not had its answer."""
        return self._transfer is not None

    def _ask(self, source: str, target: str, reason: str, summary: str) -> str:
        limit = 40 * briefing.SUMMARY_LIMIT
        try:
            call = self._desk.ask(self._info.call_id, source, target[:80], reason[:400], summary[:limit])
        except WarmTransferError as exc:
            log_fault(log, exc, "call %s: a human could not be asked for", self._info.call_id)
            return NOT_POSSIBLE
        return standing(call)

    def _take(self, text: str) -> str:
        """Keep the message; the model hears that it was taken only once it is."""
        if not text:
            return NOTHING_SAID
        try:
            self._desk.post(self._info.call_id, ev.MessageTaken(text))
        except WarmTransferError as exc:
            log_fault(log, exc, "call %s: a message could not be kept", self._info.call_id)
            return NOT_TAKEN
        return TAKEN

    def _done(self, call: ToolCall, text: str, speak: bool) -> None:
        self._loop.soon(self._close, call, text, speak)

    def _late(self, call: ToolCall) -> None:
        if call.call_id in self._open:
            log.warning("call %s: tool %s took too long", self._info.call_id, call.name)
            self._close(call, TOO_SLOW, True)

    def _close(self, call: ToolCall, text: str, speak: bool) -> None:
        if self._open.pop(call.call_id, None) is None:
            return
        if self._transfer is call:
            self._transfer = None
        self._answered(call.call_id, text, speak)
