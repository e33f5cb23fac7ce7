"""What is owed to the caller: that an AI speaks, a human they were promised, something to hear meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from warmtransfer.core.call import Stage
from warmtransfer.ports.model.protocol import Model, ToolCall, Want
from warmtransfer.relay.disclosure import Disclosure
from warmtransfer.relay.errands import Errands
from warmtransfer.relay.memory import Memory
from warmtransfer.relay.pauses import Pauses
from warmtransfer.relay.phrases import Phrases
from warmtransfer.relay.settings import RelaySettings
from warmtransfer.relay.tools import TRANSFER
from warmtransfer.relay.watchdog import Due, Watchdog
from warmtransfer.relay.wishes.reading import Caller

#: Stages in which a wish for a human is news.
SEEKABLE = frozenset({Stage.CONNECTING, Stage.AI, Stage.RETURNING})
NAMES = {"caller": "Caller", "ai": "Assistant"}
#: Seconds of a tool's work after which the model is asked for a word to the caller.
WORD = 2.5
WAITING = "waiting"
WORDS = 'Say one short sentence and nothing else, in the caller\'s language: "One moment, please."'


class Duties:
    """One call's. Looked at now and then, in the loop."""

    def __init__(
        self,
        clock: Callable[[], float],
        errands: Errands,
        pauses: Pauses,
        memory: Memory,
        settings: RelaySettings,
    ) -> None:
        self._clock = clock
        self._errands = errands
        self._pauses = pauses
        self._memory = memory
        self._phrases = Phrases(settings.phrases, settings.language)
        self._disclosure = Disclosure(settings.disclosure)
        self._watchdog = Watchdog(self._phrases)
        self._soothed = 0.0  #: when the work began for which the caller was asked to wait
        self._kept: set[str] = set()  #: items whose promise of a handoff was kept

    # What happens -----------------------------------------------------------------------------------

    def ai_said(self, item: str, text: str) -> None:
        """The caller has heard this."""
        if self._disclosure.heard(text):
            self._errands.disclosed(self._disclosure.line)
        if item not in self._kept:
            self._watchdog.ai_said(text, self._clock())

    def caller_said(self, stage: Stage, text: str) -> None:
        """The caller said this: a wish for a person is remembered, a no takes one back that is not served."""
        if self._errands.transferring:
            if self._phrases.said(text) is Caller.REFUSES:
                self._errands.withdraw()
        elif stage is Stage.WAITING:
            if self._phrases.tired(text):
                self._errands.leave_line()
        elif stage in SEEKABLE:
            self._watchdog.caller_said(text, self._clock())

    def tool_called(self, call: ToolCall) -> None:
        """The AI hands over, or has tried to."""
        if call.name != TRANSFER:
            return
        if call.arguments is None:
            self._watchdog.tried(self._clock())
            return
        self._watchdog.satisfied()
        # What announced this call may be heard only when its handoff is over already.
        self._kept.update(self._memory.sounding())

    def line_missed(self) -> None:
        """What the caller has not heard of the AI's line by now, here or in another process, they missed."""
        if not any(map(self._disclosure.heard, self._memory.earlier())):
            self._disclosure.missed()

    def served(self) -> None:
        """A handoff runs: it is all that was owed."""
        self._watchdog.satisfied()

    # What is due ------------------------------------------------------------------------------------

    def mind(self, stage: Stage, model: Model | None, *, quiet: bool) -> None:
        """What was missed is said again, and a handoff that was asked for, or announced, has to happen.

        `quiet`: the AI says nothing.
        """
        if model is not None and (reminder := self._disclosure.reminder()):
            model.know(reminder)
        if stage not in SEEKABLE or self._errands.transferring:
            return
        due = self._watchdog.due(
            self._clock(),
            busy=not quiet,
            unsure=self._pauses.talking or self._memory.waiting(),
            alone=model is None,
        )
        if due is Due.NUDGE and model is not None:
            model.say(Want("nudge", note=self._watchdog.note))
        if due is not Due.HANDOFF:
            return
        source = self._watchdog.source
        self._watchdog.satisfied()
        said = [f"{NAMES[who]}: {text}" for who, text in self._memory.lines()]
        self._errands.ask(source, "The caller asked for a person.", " ".join(said[-6:]))

    def look(self, stage: Stage) -> None:
        """See whom, or what, the caller waits for now."""
        tried = stage in SEEKABLE and self._watchdog.tries > 0
        self._pauses.wait(tool=self._errands.since, human=self._errands.transferring or tried)

    def keep_company(self, stage: Stage, model: Model | None, *, quiet: bool) -> None:
        """Who waits for a tool hears a word, then a quiet tone; who waits for a human hears it ring."""
        self.look(stage)
        since = self._errands.since
        if since is None or since == self._soothed or model is None or not quiet or self._pauses.talking:
            return
        if self._clock() - since >= WORD:
            self._soothed = since
            model.say(Want(WAITING, instructions=WORDS, tools=False))
