"""Sees to it that a handoff that was asked for, or announced, happens: nudges the model, then acts itself.

Nothing is done against a no. The model is always asked first: it may call its tool, or ask the caller.
"""

from __future__ import annotations

from enum import Enum

from warmtransfer.relay.phrases import Phrases
from warmtransfer.relay.tools import TRANSFER
from warmtransfer.relay.wishes.reading import Assistant, Caller, assistant

#: Seconds: the model's own, better call wins when it comes within the first of these.
GRACE = 2.5
NUDGE = 6.0
OWN = 8.0
#: Seconds that the nudge waits for a running answer, and the own handoff for words that may be a no.
PATIENCE = 4.0

WISHED = (
    f"The caller seems to have asked for a person, but no tool was called. If so, call {TRANSFER} now. If "
    "you are not sure, ask the caller in one short question whether to connect them. If they do not want "
    "that, go on helping."
)
PROMISED = (
    "You spoke of handing over to a person, but no tool was called. If the caller should be transferred, "
    f"call {TRANSFER} now; if you are not sure, ask them; otherwise say that you will go on helping."
)


class Due(Enum):
    """What has to be done now."""

    NUDGE = "nudge"  #: remind the model to call its tool, with `note`
    HANDOFF = "handoff"  #: the reminder did not help: ask for a human, as `source`


class Watchdog:
    """One call's wishes and promises. Times are the relay's clock."""

    def __init__(self, phrases: Phrases | None = None) -> None:
        self._phrases = phrases or Phrases()
        self.satisfied()

    def satisfied(self) -> None:
        """The tool was called, a handoff runs, or nobody wants one any more: nothing is owed."""
        self._wished_at: float | None = None  #: the caller asked for a person, or said yes to one
        self._insisted_at: float | None = None  #: … again
        self._promised_at: float | None = None  #: the AI announced one
        self._nudged_at: float | None = None
        self.tries = 0  #: calls of the tool that could not be read
        self._asked_back = False  #: the AI has asked the caller about the wish, which is as good as a nudge
        self._offered = False  #: the AI has asked the caller whether to connect them
        self._answered = False  #: the caller has said something since

    @property
    def source(self) -> str:
        """Whose words a handoff goes back to: the caller's (`words`), or the AI's alone (`watchdog`)."""
        return "watchdog" if self._wished_at is None else "words"

    @property
    def note(self) -> str:
        """What the model is told."""
        return PROMISED if self._wished_at is None else WISHED

    def caller_said(self, text: str, now: float) -> None:
        """The caller said this. A wish counts, a yes to an offer too; a no ends what it answers."""
        said = self._phrases.said(text)
        if said is Caller.ASKS or (said is Caller.YES and self._offered):
            if self._wished_at is None:
                self._wished_at = now
            elif self._insisted_at is None:
                self._insisted_at = now
            self._offered = False
        elif said is Caller.REFUSES or (said is Caller.NO and self._questioned()):
            self.satisfied()
        self._answered = True

    def ai_said(self, text: str, now: float) -> None:
        """The AI said this, and it was heard. An announcement is a promise; an offer waits for the caller."""
        said = assistant(text, self._phrases.language)
        if said is Assistant.ANNOUNCES:
            self._promised_at = now if self._promised_at is None else self._promised_at
            self._offered = False
        elif said is Assistant.OFFERS:
            self._ask_back(now)
        elif said is Assistant.WITHDRAWS and self._wished_at is None:
            self.satisfied()
        elif self._answered:
            self._offered = False

    def tried(self, now: float) -> None:
        """The AI called its tool, and nobody can read the call: being told so is as good as a nudge."""
        self.tries += 1
        if self._promised_at is None:
            self._promised_at = now
        if self._nudged_at is None:
            self._nudged_at = now

    def due(self, now: float, *, busy: bool = False, unsure: bool = False, alone: bool = False) -> Due | None:
        """What is due; each is told once.

        `busy`: the AI speaks, and may still call its tool or ask the caller. `unsure`: the caller speaks, or
        what they said is not known yet. `alone`: there is no model that could be asked.
        """
        wait = PATIENCE if unsure else 0.0
        if self._insisted_at is not None and now - self._insisted_at >= GRACE + wait:
            return Due.HANDOFF
        if self.tries > 1 and not unsure:
            return Due.HANDOFF
        if self._nudged_at is not None:
            return Due.HANDOFF if now - self._nudged_at >= OWN + wait else None
        started = self._nudge_at()
        if started is None or now < started + (PATIENCE if busy else 0.0):
            return None
        if alone and self._wished_at is not None:
            return Due.HANDOFF
        self._nudged_at = now
        return Due.NUDGE

    def _nudge_at(self) -> float | None:
        if self._wished_at is not None:
            return self._wished_at + GRACE
        return None if self._promised_at is None else self._promised_at + NUDGE

    def _questioned(self) -> bool:
        """Whether a bare no is one to a handoff: to an offer, or to what only the AI has announced."""
        return self._offered or (self._promised_at is not None and self._wished_at is None)

    def _ask_back(self, now: float) -> None:
        """The caller decides: a promise of the AI's alone is off; a wish waits once, and needs no nudge."""
        self._offered, self._answered = True, False
        if self._wished_at is None:
            self._promised_at = self._nudged_at = None
            self.tries = 0
        elif not self._asked_back:
            self._asked_back, self._nudged_at = True, now
