"""Whether the caller hears an answer: one without a sound is asked for once more, then we speak ourselves."""

from __future__ import annotations

from enum import Enum

#: Failed responses in a row that mean the session is no good; as many mute answers, asked for twice each.
FAILURES = 3
#: Put before a response that is asked for once more: the model may think that it has spoken.
UNHEARD = "The caller has heard nothing of your last answer. Answer them now, aloud."


class Then(Enum):
    """What has to be done after a response."""

    NOTHING = "nothing"
    RETRY = "retry"  #: it failed: ask again after a moment
    ASK_AGAIN = "ask again"  #: nothing of it could be heard
    SPEAK = "speak"  #: … of the one asked for again neither: say something ourselves
    GIVE_UP = "give up"  #: the session is no good


class Answers:
    """The responses of one call's sessions, one after the other."""

    def __init__(self) -> None:
        self._failed = 0
        self._mute = 0
        self._answered = False

    def sounded(self) -> None:
        """Some of the response's audio came."""
        self._answered = True
        self._mute = 0

    def excused(self) -> None:
        """The response called a tool, which will be answered, or the caller has spoken meanwhile."""
        self._answered = True

    def renewed(self) -> None:
        """Another session: what the one before did is not held against it."""
        self._failed = self._mute = 0
        self._answered = False

    def ended(self, status: str, *, wanted: bool) -> Then:
        """A response is over. `wanted`: the caller waits for what it says."""
        answered, self._answered = self._answered, False
        self._failed = self._failed + 1 if status == "failed" else 0
        if self._failed:
            return Then.GIVE_UP if self._failed >= FAILURES else Then.RETRY
        if answered or not wanted or status == "cancelled":
            return Then.NOTHING
        self._mute += 1
        if self._mute >= 2 * FAILURES:
            return Then.GIVE_UP
        return Then.SPEAK if self._mute % 2 == 0 else Then.ASK_AGAIN
