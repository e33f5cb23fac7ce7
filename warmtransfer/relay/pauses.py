"""Whom the caller waits for, and what is played to them until somebody speaks."""

from __future__ import annotations

from collections.abc import Callable

from warmtransfer.core.call import Stage
from warmtransfer.core.table import FILLS
from warmtransfer.relay.speaker import Speaker


class Pauses:
    """One call's silences. `quiet`: seconds of one before a caller who waits for a human hears the tone."""

    __slots__ = ("_awaited", "_clock", "_comforting", "_owed", "_quiet", "_speaker", "_turned", "talking")

    def __init__(self, clock: Callable[[], float], quiet: float) -> None:
        self._clock = clock
        self._quiet = quiet
        self._speaker: Speaker | None = None
        self._comforting = False
        self._owed = False  #: the recorded line is still to be played
        self._awaited = True  #: the model has not been heard since the stream, or the session, began
        self._turned = clock()  #: when the caller last stopped
        self.talking = False  #: the caller speaks

    def stream(self, speaker: Speaker | None) -> None:
        """Sounds go here from now on."""
        self._speaker = speaker
        if speaker is not None:
            self._awaited, self.talking = True, False
            self.comfort(self._comforting)

    def session_lost(self) -> None:
        """Nobody speaks any more."""
        self._awaited, self.talking = True, False

    def ai_sounded(self) -> None:
        """The model is heard."""
        self._awaited = False

    def caller_started(self) -> None:
        """The caller speaks."""
        self.talking = True

    def caller_stopped(self) -> None:
        """The caller waits now."""
        self.talking = False
        self._turned = self._clock()

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
        if not self._comforting and not self._tone_wanted(speaker, stage):
            speaker.stop_tone()
        elif not speaker.speaking():
            speaker.ring()

    def _comfort(self) -> None:
        """The recorded line, once what the model had said before has been heard."""
        speaker = self._speaker
        if self._owed and speaker is not None and not speaker.speaking():
            self._owed = False
            speaker.comfort()

    def _tone_wanted(self, speaker: Speaker, stage: Stage) -> bool:
        if self.talking or stage in (Stage.HUMAN, Stage.OVER):
            return False
        if self._awaited and stage is not Stage.JOINING:
            return True
        still = self._clock() - max(speaker.last_sound, self._turned)
        return stage in FILLS and still >= self._quiet
