"""Whom the caller waits for, and what is played to them until somebody speaks."""

from __future__ import annotations

from collections.abc import Callable

from warmtransfer.core.call import Stage
from warmtransfer.core.counts import FILLS
from warmtransfer.relay.speaker import Speaker

#: Seconds of a tool's work before the caller hears a quiet tone in the AI's silence.
SLOW = 3.0
#: Seconds that the tone goes on after the work, until the AI tells what came of it.
AFTER = 5.0
#: Seconds of silence before a caller in the line for a human hears it, so that nobody thinks it went dead.
LINE = 4.0


class Pauses:
    """One call's silences. `quiet`: seconds of one before a caller who waits for a human hears the tone."""

    __slots__ = (
        "_awaited", "_clock", "_comforting", "_human", "_owed", "_quiet", "_speaker", "_tool", "_tool_done",
        "_turned", "talking",
    )  # fmt: skip

    def __init__(self, clock: Callable[[], float], quiet: float) -> None:
        self._clock = clock
        self._quiet = quiet
        self._speaker: Speaker | None = None
        self._comforting = False
        self._owed = False  #: the recorded line is still to be played
        self._awaited = True  #: the model has not been heard since the stream, or the session, began
        self._turned = clock()  #: when the caller last stopped
        self._human = False  #: a human has been asked for, and that is not decided yet
        self._tool: float | None = None  #: when the tool began that the caller waits for
        self._tool_done: float | None = None  #: and when it had ended
        self.talking = False  #: the caller speaks

    def wait(self, *, tool: float | None, human: bool) -> None:
        """Whether the caller waits for a tool that has been at work since then, or for a human."""
        self._human = human
        if tool is not None:
            self._tool, self._tool_done = tool, None
        elif self._tool is not None and self._tool_done is None:
            self._tool_done = self._clock()

    def stream(self, speaker: Speaker | None) -> None:
        """Sounds go here from now on."""
        self._speaker = speaker
        if speaker is not None:
            self._awaited, self.talking = True, False
            self.comfort(self._comforting)

    def session_lost(self) -> None:
        """Nobody speaks any more."""
        self._awaited = True
        self._talks(False)

    def ai_sounded(self) -> None:
        """The AI is heard."""
        self._awaited = False
        if self._tool_done is not None:
            self._tool = self._tool_done = None

    def caller_started(self) -> None:
        """The caller speaks."""
        self._talks(True)

    def caller_stopped(self) -> None:
        """The caller waits now."""
        self._talks(False)
        self._turned = self._clock()

    def _talks(self, talking: bool) -> None:
        self.talking = talking
        if self._speaker is not None:
            self._speaker.caller(talking)

    def comfort(self, wanted: bool) -> None:
        """Whether no model can speak: the recorded line, then ring tone, until there is one again."""
        self._comforting = self._owed = wanted
        self._comfort()

    def fill(self, stage: Stage) -> None:
        """Play the ring tone while the caller waits for anyone, and at no other time."""
        speaker = self._speaker
        if speaker is None:
            return
        self._comfort()
        if self._comforting or self._ring_wanted(speaker, stage):
            if not speaker.speaking():
                speaker.ring()
        elif self._hum_wanted(speaker, stage):
            if not speaker.speaking():
                speaker.hum()
        else:
            speaker.stop_tone()

    def _comfort(self) -> None:
        """The recorded line, once what the model had said before has been heard."""
        speaker = self._speaker
        if self._owed and speaker is not None and not speaker.speaking():
            self._owed = False
            speaker.say("comfort")

    def _ring_wanted(self, speaker: Speaker, stage: Stage) -> bool:
        if self.talking or stage in (Stage.HUMAN, Stage.OVER):
            return False
        if self._awaited and stage is not Stage.JOINING:
            return True
        return (stage in FILLS or self._human) and self._still(speaker) >= self._quiet

    def _hum_wanted(self, speaker: Speaker, stage: Stage) -> bool:
        if stage is Stage.WAITING and not self.talking:
            return self._still(speaker) >= LINE
        if self._tool is None or self.talking or stage in (Stage.JOINING, Stage.HUMAN, Stage.OVER):
            return False
        now = self._clock()
        if self._tool_done is not None and now - self._tool_done > AFTER:
            return False
        return now - self._tool >= SLOW and self._still(speaker) >= self._quiet

    def _still(self, speaker: Speaker) -> float:
        return self._clock() - max(speaker.last_sound, self._turned)
