"""The network's ears: what has been said on a line, as far as it is a line that the simulator has spoken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache

from warmtransfer.simulator.model.ears import UNCLEAR
from warmtransfer.simulator.model.matching import KEPT, Line, found_in, mended
from warmtransfer.simulator.sound.audio import PCM
from warmtransfer.simulator.sound.speech import Speech, lines, listen, recorded

#: How sure they are of words that were found as they were spoken, and of words that lost parts on the way.
SURE, LESS_SURE = 0.95, 0.7


class Known:
    """Keeps in mind what is spoken, from when it is made until it is closed."""

    def __init__(self) -> None:
        self._spoken: dict[tuple[str, int], Speech | Line] = {}
        self._stop: Callable[[], None] = listen(self._learn)

    def _learn(self, speech: Speech) -> None:
        key = speech.text, id(speech.pcm)
        self._spoken[key] = self._spoken.pop(key, speech)
        if len(self._spoken) > KEPT:
            self._spoken.pop(next(iter(self._spoken)))

    async def words(self, pcm: PCM) -> tuple[str, float]:
        """The words that are heard in a sound, and how sure they are; none where they are unknown."""
        return await asyncio.to_thread(self._words, pcm)

    def _words(self, pcm: PCM) -> tuple[str, float]:
        library = [*self._lines(), *_shipped()]
        for listened, sure in ((found_in, SURE), (mended, LESS_SURE)):
            text = listened(pcm, library)
            if text != UNCLEAR:
                return text, sure
        return "", 0.0

    def _lines(self) -> list[Line]:
        """What was spoken, the last first; each is made ready to be compared once, when somebody listens."""
        for key, spoken in list(self._spoken.items()):
            if isinstance(spoken, Speech) and key in self._spoken:
                self._spoken[key] = Line.of(spoken)
        return [each for each in reversed(list(self._spoken.values())) if isinstance(each, Line)]

    def close(self) -> None:
        """Listens no more."""
        self._stop()


@cache
def _shipped() -> tuple[Line, ...]:
    return tuple(Line.of(Speech.even(text, recorded(name))) for name, text in lines().items())
