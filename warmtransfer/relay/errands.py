"""What the model and the caller send us to do: tools in threads of their own, and asking for a human."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from warmtransfer.clock import Clock
from warmtransfer.core import briefing
from warmtransfer.core import events as ev
from warmtransfer.core.call import Call, Stage
from warmtransfer.errors import StoreBusy, UnknownTarget, WarmTransferError, log_fault
from warmtransfer.ports.loop.protocols import Loop
from warmtransfer.ports.model.protocol import ToolCall
from warmtransfer.relay.tools import LEAVE, PLACE, TAKE_MESSAGE, TRANSFER, CallInfo, Toolbox

log = logging.getLogger("warmtransfer")

#: `answered(call_id, text, speak)`, in the loop; an empty call_id when no tool waits for the text.
Answered = Callable[[str, str, bool], object]

ON_THE_WAY = frozenset({Stage.RINGING, Stage.BRIEFING, Stage.CANCELLING})
UNREADABLE = (
    "Your call of {} could not be read: its arguments were cut off, or not a JSON object. "
    "Call it again with correct ones."
)
TWICE_UNREADABLE = "Your call of {} could not be read again. Tell the caller it did not work."
IN_HAND = "A person is being asked for without your call. Keep the caller company; promise nothing."
NOT_POSSIBLE = "The handoff could not be started. Tell the caller so, and offer to help yourself."
TOO_SLOW = "The tool did not answer in time. Tell the caller it did not work."
NOTHING_SAID = "There was nothing in the message. Ask the caller for it, then call the tool again."
NOT_TAKEN = "The message could not be kept. Tell the caller so, and to call again later."
TAKEN = "The message has been taken. Tell the caller so in one sentence."
UNSEEN = "That cannot be seen just now. Say so, and promise nothing."
NOT_IN_LINE = "The caller is in no line for a person now."
STILL_IN_LINE = "The caller could not be taken out of the line. Tell them so in one sentence."
UNKNOWN = (
    "Nobody was called: the target is none of {}. Call it again with one of these names; if you do not know "
    "which of them the caller means, ask."
)
#: Letters of a message that are kept.
MESSAGE_LIMIT = 4000
CONNECTED = "The caller is being connected now. Say nothing more."
KEPT = (
    "The wish for a person is noted, and they are called as soon as that is possible. Tell the caller that "
    "it takes a moment longer."
)
#: Characters of a summary that are kept.
LONGEST = 40 * briefing.SUMMARY_LIMIT
#: Seconds after which a wish that is still to be decided is called noted.
NOTED = 3.0


class Desk(Protocol):
    """The part of the desk a relay needs. Only `call`, `post` and `ask` block."""

    def call(self, call_id: str) -> Call | None:
        """The call as it is."""

    def post(self, call_id: str, event: ev.Event) -> Call:
        """Decide this fact now."""

    def post_later(self, call_id: str, event: ev.Event) -> None:
        """Decide this fact soon."""

    def ask(self, call_id: str, source: str, target: str = "", reason: str = "", summary: str = "") -> Call:
        """Ask for a human; raises StoreBusy when the database cannot be had, UnknownTarget for nobody's."""

    def ask_later(
        self,
        call_id: str,
        wish: tuple[str, str, str, str],
        wanted: Callable[[], bool],
        settled: Callable[[Call | None], object],
    ) -> None:
        """Ask for a human as soon as the database can be had, if that is `wanted` then."""

    def heard(self, call_id: str, who: str, text: str) -> None:
        """Keep a line of what was said."""


def standing(call: Call) -> str:
    """Where a handoff stands, in words for the model."""
    if call.stage in ON_THE_WAY:
        return briefing.progress(call)
    if call.stage is Stage.WAITING:
        return call.news or briefing.in_line(call)
    if call.stage in (Stage.JOINING, Stage.HUMAN, Stage.REDIRECTED, Stage.MESSAGE, Stage.OVER):
        return CONNECTED
    return call.news or briefing.exhausted(call)


@dataclass(slots=True, eq=False)
class Wish:
    """A human is asked for: by the model's `call`, or by ourselves."""

    asked: tuple[str, str, str, str]  #: source, target, reason, summary
    call: ToolCall | None = None
    wanted: bool = True  #: the caller has not taken it back
    noted: bool = False  #: it takes long, and the model was told so


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
        self._open: dict[str, tuple[ToolCall, float]] = {}  #: and when they began
        self._wishes: list[Wish] = []
        self._unreadable: Counter[str] = Counter()

    @property
    def transferring(self) -> bool:
        """Whether a human has been asked for, and that is not decided yet."""
        return bool(self._wishes)

    @property
    def since(self) -> float | None:
        """When the oldest of the host app's tools that are at work began."""
        return min((began for call, began in self._open.values() if call.name != TRANSFER), default=None)

    def run(self, call: ToolCall, seconds: float) -> None:
        """Run what the model called; it is answered once, after `seconds` at the latest."""
        if call.arguments is None:
            self._refuse(call)
            return
        self._unreadable.pop(call.name, None)
        self._open[call.call_id] = (call, self._clock.monotonic())
        if call.name == TRANSFER:
            target, reason, summary = (
                str(call.arguments.get(key) or "") for key in ("target", "reason", "summary")
            )
            self._seek(Wish(("tool", target[:80], reason[:400], summary[:LONGEST]), call))
            return
        self._loop.later(self._clock.real(seconds), self._late, call)
        if call.name in (PLACE, LEAVE) and call.name not in self._toolbox:
            about = self._place if call.name == PLACE else self._leave
            self._loop.spawn(lambda: self._done(call, about()))
            return
        if call.name == TAKE_MESSAGE and call.name not in self._toolbox:
            text = str(call.arguments.get("text") or "").strip()[:MESSAGE_LIMIT]
            self._loop.spawn(lambda: self._done(call, self._take(text)))
            return
        arguments = call.arguments
        run = self._toolbox.run
        limit = self._clock.real(seconds)
        self._loop.spawn(lambda: self._done(call, run(call.name, arguments, self._info, limit)))

    def ask(self, source: str, reason: str, summary: str) -> None:
        """Ask for a human although the model did not."""
        self._seek(Wish((source, "", reason[:400], summary[:LONGEST])))

    def disclosed(self, line: str) -> None:
        """Tell the desk that the caller has heard this line: an AI speaks."""
        self._desk.post_later(self._info.call_id, ev.Disclosed(line))

    def leave_line(self) -> None:
        """The caller has said that they want no human."""
        self._desk.post_later(self._info.call_id, ev.LineLeft("words"))

    def tell(self, news: str) -> bool:
        """Give the news as the output of a handoff, or of the way out of the line, that the model waits for;
        False when it waits for none."""
        for call, _ in list(self._open.values()):
            if call.name == LEAVE and call.name not in self._toolbox:
                self._close(call, news, True)
                return True
        for wish in self._wishes:
            if wish.call is not None and wish.call.call_id in self._open:
                self._close(wish.call, news, True)
                return True
        return False

    def withdraw(self) -> None:
        """The caller wants nobody any more: what has not been decided yet is not asked for."""
        for wish in self._wishes:
            wish.wanted = False

    # Asking for a human -----------------------------------------------------------------------------

    def _seek(self, wish: Wish) -> None:
        self._wishes.append(wish)
        self._loop.later(self._clock.real(NOTED), self._note, wish)
        self._loop.spawn(lambda: self._decide(wish))

    def _decide(self, wish: Wish) -> None:
        """In a thread of its own: what cannot be saved now is kept by the desk."""
        call_id = self._info.call_id
        try:
            call = self._desk.ask(call_id, *wish.asked)
        except StoreBusy as fault:
            log.warning("call %s: the wish for a human is kept until it can be saved: %s", call_id, fault)
            self._loop.soon(self._note, wish)
            self._desk.ask_later(
                call_id,
                wish.asked,
                lambda: wish.wanted,
                lambda found: self._loop.soon(self._settle, wish, standing(found) if found else ""),
            )
        except UnknownTarget as fault:
            log.warning("call %s: the model asked for somebody who does not exist", call_id)
            self._loop.soon(self._settle, wish, UNKNOWN.format(", ".join(fault.names)))
        except WarmTransferError as fault:
            log_fault(log, fault, "call %s: a human could not be asked for", call_id)
            self._loop.soon(self._settle, wish, NOT_POSSIBLE)
        else:
            self._loop.soon(self._settle, wish, standing(call))

    def _note(self, wish: Wish) -> None:
        if wish.noted or wish not in self._wishes:
            return
        wish.noted = True
        self._tell(wish, KEPT, True)

    def _settle(self, wish: Wish, text: str) -> None:
        if wish not in self._wishes:
            return
        self._wishes.remove(wish)
        if not wish.noted:
            self._tell(wish, text, wish.call is None or not wish.call.spoken)
        elif text:
            self._answered("", text, text == NOT_POSSIBLE)

    def _tell(self, wish: Wish, text: str, speak: bool) -> None:
        if wish.call is None:
            self._answered("", text, speak)
        else:
            self._close(wish.call, text, speak)

    # The host app's tools ---------------------------------------------------------------------------

    def _refuse(self, call: ToolCall) -> None:
        self._unreadable[call.name] += 1
        if self._unreadable[call.name] == 1:
            self._answered(call.call_id, UNREADABLE.format(call.name), True)
            return
        del self._unreadable[call.name]
        text = IN_HAND if call.name == TRANSFER else TWICE_UNREADABLE.format(call.name)
        self._answered(call.call_id, text, call.name != TRANSFER)

    def _done(self, call: ToolCall, text: str) -> None:
        self._loop.soon(self._close, call, text, True)

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

    def _place(self) -> str:
        """Where the caller is in the line."""
        try:
            call = self._desk.call(self._info.call_id)
        except WarmTransferError as exc:
            log_fault(log, exc, "call %s: its place in the line could not be seen", self._info.call_id)
            return UNSEEN
        if call is None or call.stage is not Stage.WAITING:
            return NOT_IN_LINE
        return f"The caller is in the line for a person. {briefing.place(call)}"

    def _leave(self) -> str:
        """Take them out of it; what is to be said then comes with the news of it."""
        try:
            call = self._desk.post(self._info.call_id, ev.LineLeft("tool"))
        except WarmTransferError as exc:
            log_fault(log, exc, "call %s: the caller could not leave the line", self._info.call_id)
            return STILL_IN_LINE
        return NOT_IN_LINE if call.stage is not Stage.WAITING else STILL_IN_LINE

    def _late(self, call: ToolCall) -> None:
        if call.call_id in self._open:
            log.warning("call %s: tool %s took too long", self._info.call_id, call.name)
            self._close(call, TOO_SLOW, True)

    def _close(self, call: ToolCall, text: str, speak: bool) -> None:
        if self._open.pop(call.call_id, None) is not None:
            self._answered(call.call_id, text, speak)
